"""``kill -9`` at every durable step of every node: one letter is handed over, and everyone knows.

After each crash the nodes are started anew and left to themselves: `crashing.faults` finds nothing
wrong with inbox, stores, evidence, statuses and mailboxes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from crash_runs import deaths_of, folder_in_memory

from docexchange.instrumentation.events import DURABLE, EventName
from docexchange.testing.nodes import write_nodes

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.testing import DemoPki

ON_THE_WAY_OUT = {
    EventName.OUTBOUND_STARTED,
    EventName.OUTBOUND_CARRIED,
    EventName.OUTBOUND_AWAITING,
    EventName.RECEIPT_RECORDED,
    EventName.PARCEL_SETTLED,
}
ON_THE_WAY_IN = {
    EventName.INBOUND_STORED,
    EventName.INBOUND_ACCEPTED,
    EventName.RECEIPT_SENT,
    EventName.PARCEL_SETTLED,
}
AT_THE_END = {EventName.HANDOVER_TAKEN, EventName.HANDOVER_RECORDED}
EVENTS = {
    "commune": {event for event in DURABLE if not event.startswith("return.")},
    "district": ON_THE_WAY_IN | ON_THE_WAY_OUT,
    "province": ON_THE_WAY_IN | ON_THE_WAY_OUT,
    "central": ON_THE_WAY_IN | ON_THE_WAY_OUT | AT_THE_END | {EventName.SUBMIT_STORED},
}


RETURNS = {EventName.RETURN_ISSUED, EventName.RETURN_CARRIED}
COMING_BACK = {
    "commune": {EventName.RECEIPT_RECORDED, EventName.PARCEL_SETTLED},
    "district": ON_THE_WAY_IN | ON_THE_WAY_OUT | RETURNS,
    "province": ON_THE_WAY_IN | ON_THE_WAY_OUT | RETURNS,
    "central": {EventName.INBOUND_STORED, EventName.RECEIPT_SENT, EventName.PARCEL_SETTLED},
}


FOR_MANY = {
    "district": ON_THE_WAY_IN | ON_THE_WAY_OUT,
    "province": ON_THE_WAY_IN | ON_THE_WAY_OUT | AT_THE_END,
}


@pytest.fixture(scope="module")
def template(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four nodes in folders that have not run yet."""
    folder = tmp_path_factory.mktemp("nodes") / "template"
    write_nodes(folder, pki)
    return folder


@pytest.fixture
def folder(template: Path):
    """A folder with the template in it."""
    with folder_in_memory() as folder:
        (folder / "template").symlink_to(template)
        yield folder


@pytest.fixture
def killed(folder: Path):
    """Kills exchanges and gives back where they died, after asserting that all ended well."""

    def run(kind: str, part: str, timeout: float = 100) -> list[dict[str, object]]:
        return deaths_of("crashing", folder, kind, part, timeout=timeout)

    return run


def test_the_durable_events_are_those_that_the_nodes_are_killed_at():
    """Whoever adds a durable event adds it here, and the tests below show that it is reached."""
    reached = [*EVENTS.values(), *COMING_BACK.values()]
    assert set().union(*reached) == set(DURABLE)


@pytest.mark.parametrize("node", EVENTS)
def test_a_node_killed_at_any_durable_event_loses_and_doubles_nothing(killed, node):
    """Each event that the node has in an exchange is reached, is fatal, and is made good."""
    deaths = killed("event", node)
    assert {death["at"] for death in deaths} == EVENTS[node]
    assert {death["node"] for death in deaths} == {node}


@pytest.mark.parametrize("node", COMING_BACK)
def test_a_node_killed_while_a_letter_comes_back_does_not_keep_that_to_itself(killed, node):
    """At each event, and in the end the origin knows that its letter was refused, and why."""
    deaths = killed("event-back", node)
    assert {death["at"] for death in deaths} >= COMING_BACK[node]
    assert {death["node"] for death in deaths} == {node}


@pytest.mark.parametrize("node", FOR_MANY)
def test_a_node_killed_with_a_letter_for_many_loses_and_doubles_nothing(killed, node):
    """One parcel for four agencies: each of them has its letter and its receipt, once."""
    deaths = killed("event-many", node)
    assert {death["at"] for death in deaths} >= FOR_MANY[node]
    assert {death["node"] for death in deaths} == {node}


def test_a_hub_killed_between_its_steps_loses_nothing_of_a_letter_for_many(killed):
    """Between the receipts for one parcel, and before the letter goes on."""
    deaths = killed("step-many", "district/before send")
    assert {death["at"] for death in deaths} == {"before send"}
    assert len(deaths) >= 5


def test_a_node_killed_between_its_steps_loses_nothing(killed):
    """Before every write of the receiver, in the midst of the inbox, and at some by lot."""
    beside = ["after apply", "before send", "after send"]
    parts = ["central/before apply", *(f"1/{step}" for step in beside), "after:os.link", "4"]
    deaths = killed("step", ",".join(parts))
    assert {death["at"] for death in deaths} >= {"before apply", *beside, "os.remove"}
    assert len(deaths) >= 15


@pytest.mark.soak
def test_an_exchange_killed_at_each_of_its_events_in_turn_still_ends_well(killed):
    """Some seventy crashes of one and the same exchange, one after the other."""
    deaths = killed("event", "chain")
    assert {death["at"] for death in deaths} == EVENTS["commune"]
    assert len(deaths) > 60


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["event", "step", "event-many", "step-many"])
def test_every_moment_of_an_exchange_may_be_its_last(killed, kind):
    """Every occurrence of every event, and every system call that changes something."""
    deaths = killed(kind, "all", timeout=3600)
    assert len(deaths) > (60 if kind.startswith("event") else 400)
