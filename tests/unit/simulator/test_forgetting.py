"""Long runs forget what is finished: with the same outcome, and only after it was checked."""

from __future__ import annotations

import gc
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docexchange.delivery import PutInbound, PutOutbound
from docexchange.errors import UsageError, VerificationFailed
from docexchange.limits import Limits
from docexchange.signing import TrustStore
from docexchange.signing.errors import Refusal
from docexchange.simulator import SimulatedNetwork
from docexchange.simulator.forgetting import Forgetter
from docexchange.simulator.payloads import Spool
from docexchange.simulator.pki import Seal, SimulatedPki
from docexchange.simulator.remembering import Recent, RememberingVerifier
from docexchange.simulator.scenario import Scenario
from docexchange.simulator.simulation import Simulation
from docexchange.simulator.store import SimulatedStore
from docexchange.testing.contracts.records import inbound, outbound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

AT_REST = timedelta(minutes=5)


@pytest.fixture
def network() -> Iterator[SimulatedNetwork]:
    """Seven agencies."""
    with SimulatedNetwork.create(tiers=(1, 2, 4), seed=3) as made:
        yield made


def scenario(**values: Any) -> Scenario:
    """Letters up and down over lines that lose some."""
    traffic = [
        {"tier": 3, "to": "up", "letters": 5},
        {"tier": 1, "to": "anywhere", "letters": 3, "recipients": 2},
    ]
    return Scenario.model_validate(
        {
            "name": "small",
            "tiers": (1, 2, 4),
            "traffic": traffic,
            "profiles": {"bad": {"loss": 0.2}},
            "lines": [{"tiers": (2, 3), "profile": "bad"}],
            **values,
        }
    )


def test_forgetting_changes_nothing_that_happens() -> None:
    """The same history, figures and digest as without it; and nothing is left in memory."""
    asked = scenario()
    with Simulation(asked, seed=5) as simulation:
        whole = simulation.run()
    with Simulation(asked, seed=5, forgets=True) as simulation:
        thin = simulation.run()
        agencies = simulation.network.agencies.values()
        assert simulation.network.deliveries == {}
        assert [agency.store.counts() for agency in agencies] == [{}] * 7
        assert not any(agency.inbox or agency.statuses for agency in agencies)
    assert replace(thin, hours=0, queues=()) == replace(whole, hours=0, queues=())


def test_what_is_under_way_is_kept(network: SimulatedNetwork) -> None:
    """A letter to an agency that is down stays until it has arrived and its sender knows."""
    top, bottom = network.agency(tier=1), network.agency(tier=3)
    forgetter = Forgetter(network)
    with network.faults.down(bottom, minutes=60):
        delivery = top.send(network.letters.plain(to=bottom))
        network.run(minutes=59)
        assert forgetter.sweep(older_than=AT_REST) == []
        assert delivery.message_id in network.deliveries
    network.run_until_quiet()
    network.run(minutes=6)
    assert forgetter.sweep(older_than=AT_REST) == []
    assert network.deliveries == {}


def test_what_failed_is_counted(network: SimulatedNetwork) -> None:
    """A letter whose sender knows that it cannot be delivered is finished as well."""
    top, bottom = network.agency(tier=1), network.agency(tier=3)
    forgetter = Forgetter(network)
    network.faults.partition(bottom)
    top.send(network.letters.plain(to=bottom))
    network.run_until_quiet(limit_hours=24 * 20)
    assert forgetter.sweep(older_than=AT_REST) == []
    assert (forgetter.failed, network.deliveries) == (1, {})


def test_a_broken_promise_is_found_before_it_is_forgotten(network: SimulatedNetwork) -> None:
    """A letter that vanished from an inbox is told, and nothing is forgotten."""
    top, bottom = network.agency(tier=1), network.agency(tier=3)
    delivery = top.send(network.letters.plain(to=bottom))
    network.run_until_quiet()
    network.run(minutes=6)
    bottom.host.desk.forget([delivery.message_id])
    found = Forgetter(network).sweep(older_than=AT_REST)
    assert [problem.rule for problem in found] == ["lost"]
    assert delivery.message_id in network.deliveries


def test_a_letter_that_comes_after_it_was_forgotten_is_a_problem(
    network: SimulatedNetwork,
) -> None:
    """Whatever is in an inbox and was never sent is told: nothing can hide in being forgotten."""
    top, bottom = network.agency(tier=1), network.agency(tier=3)
    delivery = top.send(network.letters.plain(to=bottom))
    network.run_until_quiet()
    network.outgoing.forget(delivery)
    with pytest.raises(AssertionError, match="one that nobody did"):
        network.check_invariants()


def held() -> Counter[type]:
    """How many records of each kind there are."""
    gc.collect()
    found = Counter(map(type, gc.get_objects()))
    known = [kind for kind in found if "docexchange.delivery" in str(kind)]
    return Counter({kind: found[kind] for kind in known})


def test_what_is_forgotten_leaves_nothing(network: SimulatedNetwork) -> None:
    """After ten times as many letters there are no more records than after the first ones."""
    forgetter, counts = Forgetter(network), []
    for letters in (2, 20):
        for number in range(letters):
            commune = network.agency(tier=3, n=number % 2)
            commune.send(network.letters.plain(to=network.agency(tier=1)))
        network.run(minutes=20)
        assert forgetter.sweep(older_than=AT_REST) == []
        assert not network.deliveries
        counts.append(held())
    assert counts[1] - counts[0] == Counter()


def test_a_store_that_has_forgotten_is_as_small_as_a_new_one() -> None:
    """No room is kept for states in which nothing is any more: there are many stores."""
    store = SimulatedStore("H53", lambda: None)
    store.apply([PutOutbound(outbound(), expected=None), PutInbound(inbound(), expected=None)])
    assert store.forget([outbound().message_id, inbound().message_id], "") != set()
    assert (store._outbound._keys_in, store._inbound._keys_in) == ({}, {})


def test_the_spool_gives_room_back() -> None:
    """What is dropped cannot be read, what is not can; a name may be dropped twice."""
    spool = Spool()
    one, two = spool.add(b"one"), spool.add(b"two")
    spool.drop(one)
    spool.drop(one)
    assert spool.get(two) == b"two"
    with pytest.raises(FileNotFoundError):
        spool.get(one)
    assert spool.get(spool.add(b"one")) == b"one"
    spool.close()


def test_what_is_not_at_hand_is_read_again() -> None:
    """The spool has few bytes in memory, and gives all; once it is closed, none that are not."""
    spool = Spool()
    names = [spool.add(f"letter {number}".encode()) for number in range(100)]
    assert [spool.get(name) for name in names] == [f"letter {n}".encode() for n in range(100)]
    spool.close()
    with pytest.raises(UsageError, match="expected an open one") as found:
        spool.get(names[0])
    assert found.value.code == "simulator.closed"
    with pytest.raises(UsageError):
        spool.add(b"one more")


def verdict(trust: TrustStore, leaf: bytes, at: datetime) -> tuple[str, ...] | str:
    """Who stands on the path, or why there is none."""
    try:
        return trust.find_path(leaf, (), at=at, check_revocation=True).subjects
    except Refusal as refusal:
        return str(refusal)


def test_remembered_paths_are_those_of_any_trust_store(network: SimulatedNetwork) -> None:
    """Around the end of a certificate and its revocation, second by second and in any order."""
    pki, start = SimulatedPki(at=network.now), network.now
    end, revoked_at = start + timedelta(hours=1), start + timedelta(minutes=30)
    seal = Seal(network.agency(tier=2).organ_id, until=end)
    (leaf, *_) = pki.key(seal).certificates
    moments = [
        date + timedelta(seconds=s) for date in (revoked_at, end) for s in (-60, *range(-3, 5))
    ]
    for steady in (pki.trust(), pki.trust(frozenset({(seal, revoked_at)}))):
        found = [verdict(steady, leaf, at) for at in (*moments, *reversed(moments))]
        plain = [verdict(TrustStore(steady.anchors, crls=steady.crls), leaf, at) for at in moments]
        assert found == [*plain, *reversed(plain)]
        assert {type(item) for item in found} == {tuple, str}


def test_verifiers_do_not_share_answers(network: SimulatedNetwork) -> None:
    """What one node trusts another may not: an answer belongs to the verifier that gave it."""
    top, bottom = network.agency(tier=1), network.agency(tier=3)
    delivery = top.send(network.letters.plain(to=bottom))
    network.run_until_quiet()
    came = bottom.store.inbound(delivery.message_id, bottom.organ_id)
    assert came is not None
    pki, recent = SimulatedPki(at=network.now.replace(microsecond=0)), Recent()
    envelope = bottom.host.payloads.envelope(came.payload, Limits())
    good, blind = (
        RememberingVerifier(trust, clock=network.clock, recent=recent)
        for trust in (pki.trust(), pki.trust(None))
    )
    for _ in range(2):
        assert good.verify(envelope).report.passed
        with pytest.raises(VerificationFailed):
            blind.verify(envelope)
    assert good.examine(envelope) is good.examine(envelope)
    before = good.examine(envelope)
    network.run(seconds=1)
    assert good.examine(envelope) is not before
