"""``kill -9`` at every durable step of two nodes that reach each other over HTTPS.

After each crash the node is started anew, and both are left to themselves: the letter was handed
over once, both sides keep the same receipt byte for byte, the delivery is acknowledged, status 01
came back and was acknowledged too, and in the end stores and audit logs are whole, the way of each
letter is proved, and nothing is left over (`served_crashing`). A letter that a hub gives up comes
home through such nodes in the same way (`served_returning`).
"""

from __future__ import annotations

import pytest
from crash_runs import deaths_of, folder_in_memory

from docexchange.instrumentation.events import EventName

KILLED = -9
EVENTS = {
    EventName.OUTBOUND_STARTED,
    EventName.OUTBOUND_CARRIED,
    EventName.OUTBOUND_ENDED,
    EventName.INBOUND_STORED,
    EventName.INBOUND_ACCEPTED,
    EventName.RECEIPT_SENT,
    EventName.PARCEL_SETTLED,
    EventName.HANDOVER_TAKEN,
    EventName.HANDOVER_RECORDED,
    EventName.SUBMIT_STORED,
}
SPOOLED = {"open http/spool/*", "os.remove http/spool/*"}
STEPS = {
    "commune": {  # it sends the letters
        EventName.SUBMIT_QUEUED,
        "open lines/uploads/.*.*.part",
        "os.rename lines/uploads/*.json",
        "os.remove lines/uploads/*.json",
    },
    "district": {
        "os.mkdir http/uploads/*",
        "open http/uploads/*/data",
        "open http/uploads/*/offset.new",
        "os.rename http/uploads/*/offset",
        "open http/uploads/*/info.json.new",
        "os.rename http/uploads/*/info.json",
        "open http/uploads/*/receipt.xml.new",
        "os.rename http/uploads/*/receipt.xml",
        "os.remove http/uploads/*/data",
    },
}
FETCHING = {
    "commune": {
        EventName.INBOUND_ACCEPTED,
        EventName.RECEIPT_SENT,
        "open lines/mailbox-*/partial/*.lease",
        "open lines/mailbox-*/partial/*.part",
        "os.rename lines/mailbox-*/new/*",
        "os.rename lines/mailbox-*/tmp/.gone-*",
    },
    "district": {
        EventName.OUTBOUND_AWAITING,
        EventName.RECEIPT_RECORDED,
        "open boxes/H53.31.21/tmp/*.*/payload",
        "os.rename boxes/H53.31.21/new/*",
        "os.rename boxes/H53.31.21/tmp/.gone-*",
    },
}

COMING_BACK = {
    "commune": {EventName.OUTBOUND_ENDED, EventName.RECEIPT_RECORDED, EventName.PARCEL_SETTLED},
    "district": {
        EventName.OUTBOUND_ENDED,
        EventName.RECEIPT_RECORDED,
        EventName.PARCEL_SETTLED,
        EventName.RETURN_ISSUED,
        EventName.RETURN_CARRIED,
    },
    "province": {EventName.OUTBOUND_ENDED, EventName.RETURN_ISSUED, EventName.RETURN_CARRIED},
}


@pytest.fixture
def folder():
    """Where both nodes are."""
    with folder_in_memory() as folder:
        yield folder


@pytest.mark.parametrize("node", STEPS)
def test_a_served_node_killed_at_any_durable_step_loses_and_doubles_nothing(folder, node):
    """Its events, the files of bodies and uploads, its notes: each is reached, fatal, made good."""
    deaths = deaths_of("served_crashing", folder, "moments", node)
    died = {death["at"] for death in deaths if death["died"] == KILLED}
    assert died >= EVENTS | SPOOLED | STEPS[node]


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "node",
    [
        "district",
        pytest.param("commune", marks=pytest.mark.soak),
        pytest.param("province", marks=pytest.mark.soak),
    ],
)
def test_a_letter_comes_home_though_a_node_is_killed_on_its_way_back(folder, node):
    """The last hub gives it up: at every step of every node, its origin learns of it all the same.

    Each node before the last has a receipt of the next hop, and one later refusal with the reason.
    """
    deaths = deaths_of("served_returning", folder, node, timeout=300)
    died = {death["at"] for death in deaths if death["died"] == KILLED}
    assert died >= COMING_BACK[node] | (SPOOLED if node != "province" else set())


@pytest.mark.soak
@pytest.mark.timeout(400)
@pytest.mark.parametrize("node", FETCHING)
def test_a_node_killed_while_letters_are_fetched_loses_and_doubles_nothing(folder, node):
    """The mailbox at the neighbour, the lease, what was fetched, the receipt left there."""
    deaths = deaths_of("served_crashing", folder, "fetching", node, timeout=300)
    died = {death["at"] for death in deaths if death["died"] == KILLED}
    assert died >= FETCHING[node]


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_two_hundred_kills_under_load_lose_and_double_nothing(folder):
    """Hundreds of letters both ways, small ones and uploads, one node or the other killed."""
    deaths = deaths_of("served_crashing", folder, "random", 200, "two hundred", timeout=1100)
    assert sum(death["died"] == KILLED for death in deaths) == 200
    # What dies at rest proves nothing.
    assert sum(death.get("busy", False) for death in deaths) >= 100
    letters = [death["letters"] for death in deaths if "letters" in death]
    assert len(letters) == 2
    assert min(letters) >= 200
