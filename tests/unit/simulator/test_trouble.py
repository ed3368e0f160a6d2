"""Each fault by itself: what it does while it lasts, and that nothing is lost by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from docexchange.delivery import OutboundState
from docexchange.errors import UsageError
from docexchange.instrumentation import EventName
from docexchange.instrumentation.events import DURABLE
from docexchange.simulator import START, USUAL, Fault, FaultKind, SimulatedNetwork
from docexchange.testing import DemoPki, TimestampAuthority


@pytest.fixture
def network():
    """A ministry, two provinces, four communes."""
    with SimulatedNetwork.create(tiers=(1, 2, 4), seed=1) as network:
        yield network


@pytest.fixture
def commune(network):
    """Who sends."""
    return network.agency(tier=3, n=0)


@pytest.fixture
def ministry(network):
    """Whom it is for."""
    return network.agency(tier=1)


@pytest.fixture
def send(network, commune, ministry):
    """Has a letter sent up."""
    return lambda **how: commune.send(network.letters.plain(to=ministry, **how))


@pytest.fixture
def ends_well(network, commune, ministry):
    """In the end the letter has arrived once, everybody knows, and no promise is broken."""

    def check(delivery):
        network.run_until_quiet()
        assert delivery.state is OutboundState.ACKNOWLEDGED
        assert [letter.message_id for letter in ministry.inbox] == [delivery.message_id]
        assert len(commune.statuses) == 1
        network.check_invariants()

    return check


def said(network, text):
    """How often a text stands in the log."""
    return sum(text in line for line in network.log.lines)


# --- links -------------------------------------------------------------------------------------


def test_what_is_lost_is_sent_again(network, ministry, send, ends_well):
    """While everything is lost nothing arrives, and the sender believes that it was carried."""
    with network.faults.loss(1.0):
        delivery = send()
        network.run(minutes=20)
        assert delivery.state is not OutboundState.ACKNOWLEDGED
        assert ministry.inbox == []
    ends_well(delivery)


def test_delay_and_bandwidth_take_their_time(network, ministry, send, ends_well):
    """Two hops of a minute each, and a file of 100 KB at 1 KB a second, are not there before."""
    network.faults.delay(60)
    network.faults.bandwidth(1000, minutes=5)
    delivery = send(size=100_000)
    network.run(minutes=4)
    assert ministry.inbox == []
    network.run(minutes=3)
    assert len(ministry.inbox) == 1
    ends_well(delivery)


def test_jitter_and_overtaking_change_the_order(network, commune, ministry):
    """Of ten letters sent in one moment, some overtake others."""
    network.faults.jitter(30)
    network.faults.reorder(0.5, seconds=300)
    for _ in range(10):
        commune.send(network.letters.plain(to=ministry))
    network.run_until_quiet()
    arrived = [str(letter.message_id) for letter in ministry.inbox]
    assert sorted(arrived) == sorted(f"m-1-{number}" for number in range(1, 11))
    assert arrived != sorted(arrived)
    network.check_invariants()


def test_what_comes_twice_is_handed_over_once(network, send, ends_well):
    """The second one is answered with the receipt of the first."""
    network.faults.duplicate(1.0, seconds=5)
    ends_well(send())
    assert said(network, "inbound.repeated") > 0


@pytest.mark.parametrize("fault", ["corrupt", "truncate"])
def test_damaged_letters_are_not_taken(network, ministry, send, ends_well, fault):
    """What lost its end or a bit is refused; whole, it is taken."""
    with getattr(network.faults, fault)(1.0):
        delivery = send()
        network.run(minutes=30)
        assert ministry.inbox == []
    ends_well(delivery)


def test_lost_receipts_are_given_again(network, ministry, send, ends_well):
    """The letter has arrived, its sender does not know, asks again and is told."""
    with network.faults.lost_receipt(1.0):
        delivery = send()
        network.run(minutes=4)
        assert len(ministry.inbox) == 1
        assert delivery.state is OutboundState.AWAITING_RECEIPT
    ends_well(delivery)


def test_a_half_open_node_takes_everything_and_has_nothing(network, send, ends_well):
    """Whoever sends to it believes that it was carried."""
    with network.faults.half_open(network.agency(tier=2)):
        delivery = send()
        network.run(minutes=30)
        assert delivery.state is not OutboundState.ACKNOWLEDGED
        assert said(network, "outbound.carried") > 1
    ends_well(delivery)


def test_a_partition_cuts_off_and_keeps_together(network, commune, ministry, send, ends_well):
    """Commune and province reach each other; the ministry is reached by nobody."""
    with network.faults.partition(commune, network.agency(tier=2)):
        delivery = send()
        network.run(minutes=30)
        assert delivery.state is OutboundState.ACKNOWLEDGED
        assert ministry.inbox == []
    ends_well(delivery)


# --- nodes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [step for step in DURABLE if not step.startswith("return")])
def test_a_node_that_dies_at_a_step_goes_on_from_its_store(network, send, ends_well, step):
    """Everybody dies at the first such step, and is started again five minutes later."""
    network.faults.crash(*network.agencies.values(), step=step)
    ends_well(send())
    assert said(network, " died") >= 1


def test_a_node_can_die_at_once_and_is_back_when_it_was_said(network, commune, ministry, send):
    """A letter handed to a dead node is submitted again until the node lives."""
    network.faults.crash(commune, restart_seconds=600)
    assert commune.node is None
    delivery = send()
    assert not delivery.is_accepted
    network.run(minutes=12)
    assert delivery.is_accepted
    assert len(ministry.inbox) == 1


def test_a_full_disk_takes_nothing_and_loses_nothing(network, commune, send, ends_well):
    """Neither at the sender, who submits again, nor at a hub."""
    with network.faults.disk_full(commune, network.agency(tier=2), minutes=60):
        delivery = send()
        network.run(minutes=30)
        assert not delivery.is_accepted
        assert delivery.problem.startswith("store.full")
    ends_well(delivery)


def test_clocks_that_go_wrong_do_no_harm(network, commune, send, ends_well):
    """The commune is four minutes ahead, the province four minutes behind."""
    network.faults.clock_skew(240, commune)
    network.faults.clock_skew(-240, network.agency(tier=2))
    assert (commune.now - network.now).total_seconds() == 240
    ends_well(send())


# --- certificates and directories --------------------------------------------------------------


def test_a_hub_whose_certificate_ends_waits_for_a_new_one(network, send, ends_well):
    """It cannot give receipts meanwhile, so it takes nothing."""
    with network.faults.certificate_expired(network.agency(tier=2)):
        delivery = send()
        network.run(minutes=30)
        assert delivery.state is not OutboundState.ACKNOWLEDGED
    ends_well(delivery)


def test_a_receipt_under_a_revoked_certificate_is_made_anew(network, commune, send, ends_well):
    """It was lost on its way, and the key was reported stolen before it was asked for again."""
    province = network.agency(tier=2)
    with network.faults.lost_receipt(1.0, commune, province):
        delivery = send()
        network.run(minutes=4)
    with network.faults.certificate_revoked(province, minutes=20):
        network.run(minutes=20)
        assert delivery.state is not OutboundState.ACKNOWLEDGED
    ends_well(delivery)
    assert delivery.timeline.count("outbound.started") < 15


def test_a_new_certificate_is_taken_up_by_all(network, commune, send, ends_well):
    """Letters under the old one, and under the new one, are good."""
    delivery = send()
    network.faults.certificate_rolled_over(commune, network.agency(tier=2))
    ends_well(delivery)
    again = send()
    network.run_until_quiet()
    assert again.has_arrived


def test_a_stale_directory_does_not_know_new_certificates(network, commune, ministry, send):
    """Its node refuses what is signed with them, by name, and the origin is told."""
    with network.faults.directory_stale(ministry):
        network.faults.certificate_rolled_over(commune)
        delivery = send()
        network.run_until(lambda: delivery.state is OutboundState.RETURNED, limit_hours=2)
        assert ministry.inbox == []
    network.run_until_quiet()
    network.check_invariants()


def test_without_evidence_of_revocation_letters_wait(network, ministry, send, ends_well):
    """They are neither taken nor refused."""
    with network.faults.ocsp_down(network.agency(tier=2)):
        delivery = send()
        network.run(minutes=30)
        assert said(network, "inbound.postponed") > 0
        assert ministry.inbox == []
    ends_well(delivery)


def test_without_timestamps_letters_wait():
    """In a network whose signatures have timestamps, nothing is signed while there are none."""
    pki = DemoPki.create(at=START, key="p256")
    crls = tuple(crl.public_bytes(Encoding.DER) for crl in pki.crls())
    setting = replace(
        USUAL,
        new_tsa=lambda clock: TimestampAuthority(pki.tsa, clock=clock),
        anchors=(pki.root.credential.der,),
        crls=crls,
    )
    with SimulatedNetwork.create(tiers=(1, 2), setting=setting) as network:
        province, ministry = network.agency(tier=2), network.agency(tier=1)
        with network.faults.tsa_down(province, ministry):
            delivery = province.send(network.letters.plain(to=ministry))
            network.run(minutes=10)
            assert not delivery.is_accepted
        network.run_until_quiet()
        assert delivery.has_arrived
        assert ministry.inbox[0].verified.report.signatures[0].level == "XAdES-B-T"
        network.check_invariants()


def test_timestamps_that_nobody_has_cannot_fail(network, ministry):
    """The fault is refused in a network without timestamps."""
    with pytest.raises(UsageError, match="timestamp authority"):
        network.faults.tsa_down(ministry)


# --- when --------------------------------------------------------------------------------------


def test_faults_come_and_go_at_their_times(network, commune):
    """Ten minutes from now, for thirty minutes."""
    network.faults.at(minutes=10, for_minutes=30).down(commune)
    alive = []
    for _ in range(5):
        alive.append(commune.node is not None)
        network.run(minutes=10.5)
    assert alive == [True, False, False, False, True]


def test_two_faults_of_one_kind_are_over_when_both_are(network, commune):
    """A node that is down for two reasons stays down for the second."""
    first, second = network.faults.down(commune), network.faults.down(commune, minutes=20)
    first.end()
    first.end()
    assert commune.node is None
    network.run(minutes=21)
    assert commune.node is not None
    second.end()
    assert commune.node is not None


def test_a_fault_that_is_called_off_never_begins(network, commune):
    """Ended before its time."""
    with network.faults.at(minutes=10).down(commune):
        network.run(minutes=5)
    network.run(minutes=30)
    assert commune.node is not None


@pytest.mark.parametrize(
    "values",
    [
        {"kind": FaultKind.LOSS, "chance": 1.5},
        {"kind": FaultKind.LOSS, "where": ((1, 0), (2, 0), (3, 0))},
        {"kind": FaultKind.DOWN},
        {"kind": FaultKind.BANDWIDTH},
        {"kind": FaultKind.DELAY, "amount": -1.0},
        {"kind": FaultKind.DELAY, "amount": 1.0, "begin_minutes": -1.0},
        {"kind": FaultKind.DELAY, "amount": 1.0, "minutes": -1.0},
    ],
)
def test_faults_that_cannot_be_are_refused(values):
    """An illegal value does not exist."""
    with pytest.raises(UsageError):
        Fault(**values)


def test_hooks_of_the_setting_hear_of_all_nodes():
    """What the log has, programs can have too."""
    heard = []
    with SimulatedNetwork.create(
        tiers=(1, 2), setting=replace(USUAL, hooks=(heard.append,))
    ) as network:
        network.agency(tier=2).send(network.letters.plain(to=network.agency(tier=1)))
        network.run_until_quiet()
    names = {event.name for event in heard}
    assert {EventName.SUBMIT_QUEUED, EventName.INBOUND_ACCEPTED} <= names


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda faults, _: faults.loss(2), "a chance from 0 to 1, found 2"),
        (lambda faults, _: faults.loss(float("nan")), "a chance from 0 to 1, found nan"),
        (lambda faults, _: faults.loss("0.3"), "expected numbers, found '0.3'"),
        (lambda faults, own: faults.down(own, minutes="5"), "expected numbers, found '5'"),
        (lambda faults, _: faults.delay(-1), "no negative amount, found -1"),
        (lambda faults, _: faults.delay(float("nan")), "no negative amount, found nan"),
        (lambda faults, own: faults.clock_skew(float("nan"), own), "no negative amount, found nan"),
        (lambda faults, own: faults.down(own, minutes=-5), "an end after the beginning, found -5"),
        (lambda faults, own: faults.crash(own, step="handover"), "EventName, found 'handover'"),
        (lambda faults, _: faults.down("ministry"), "an agency of the network, found 'ministry'"),
        (lambda faults, _: faults.down(), "down: expected an agency, found none"),
    ],
)
def test_what_cannot_go_wrong_like_that_is_told_with_what_was_said(network, commune, wrong, words):
    """The value that does not fit, and nothing else of the fault."""
    with pytest.raises(UsageError) as caught:
        wrong(network.faults, commune)
    assert str(caught.value).endswith(words)


def test_a_clock_may_be_behind(network, commune):
    """The one amount that may be negative."""
    assert network.faults.clock_skew(-300, commune).fault.amount == -300


def test_a_fault_nobody_knows_is_told_with_those_there_are(network):
    """And with the one that was meant."""
    with pytest.raises(AttributeError, match=r"down, duplicate.*; did you mean lost_receipt\?$"):
        network.faults.lost_receipts(0.3)
    assert not hasattr(network.faults, "flood")
