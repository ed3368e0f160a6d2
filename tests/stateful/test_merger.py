"""A province before and after 1 July 2025 in one run: nothing is lost, doubled or counted twice."""

from __future__ import annotations

import os
import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from merger_help import (
    HEIR,
    MIDNIGHT,
    MINISTRY,
    NEW_COMMUNE,
    OFFICE,
    OLD_PROVINCE,
    REFORM,
    START,
    Week,
    commune,
    merging_provinces,
    midnight_storm,
    provinces,
)

from docexchange.delivery import Book, InboundState, OutboundState
from docexchange.directory import binding_of
from docexchange.envelope import Envelope
from docexchange.errors import DocExchangeError, NoRoute, UsageError
from docexchange.report import (
    ChainState,
    Group,
    Measure,
    ends_of,
    indicators,
    ledger_of,
    overdue,
    receipt_chains,
)
from docexchange.routing import Agencies, ClosedCodes, Rule, Rules, Way
from docexchange.signing import Verifier, verify_receipt
from docexchange.simulator import USUAL, Fault, FaultKind, History, Reply, Send, play
from docexchange.simulator.cast import Cast
from docexchange.simulator.pki import SimulatedPki

SEEDS = int(os.environ.get("MERGER_SEEDS", "400"))
"""How many storms the long run plays, in parts that run beside each other."""
PARTS = 20
LATER = datetime(2025, 8, 1, tzinfo=UTC)
SETTING = replace(USUAL, start=START)
REFUSED_FOR = {
    FaultKind.EXPIRED,
    FaultKind.REVOKED,
    FaultKind.ROLLED_OVER,
    FaultKind.STALE_DIRECTORY,
}
"""What makes nodes refuse letters, whose senders then learn of it."""


@pytest.fixture(scope="module")
def week():
    """From Thursday to Friday of the next week."""
    with provinces(SETTING, seed=1) as network:
        week = Week(network)
        week.play()
        yield week


def trust():
    """What somebody trusts who has nothing but the files."""
    return SimulatedPki(at=START).trust()


def agencies(week):
    """All nodes."""
    return week.network.agencies.values()


def test_every_letter_arrives_once_at_whoever_its_code_means(week):
    """Up, down and across, before and after, and those that midnight caught on their way."""
    week.network.check_invariants()
    assert all(item.is_accepted and item.has_arrived for item in week.deliveries)
    tiers = {(item.sender.tier, item.recipients[0].tier) for item in week.june}
    assert tiers == set(product((1, 2, 3, 4), repeat=2))
    tiers = {(item.sender.tier, item.recipients[-1].tier) for item in week.july}
    assert tiers >= set(product((1, 2, 4), repeat=2))
    for delivery in week.deliveries:
        states = set(delivery.states.values())
        assert states == {OutboundState.ACKNOWLEDGED}, delivery.timeline


def test_midnight_caught_letters_everywhere(week):
    """Queued, carried, half relayed, and at a node that was dead: of each kind there was one."""
    late = [item for item in week.june if week.handed_over_at(item) >= MIDNIGHT]
    assert len(late) >= 10
    told = {entry.event for item in late for entry in week.entries(item)}
    assert {"inherited", "outbound.rerouted", "given-up", "outbound.receipt_overdue"} <= told
    for delivery in late:
        closed = [code for code in delivery.document.destinations if week.is_closed(code)]
        for code in closed:
            assert week.holder(delivery, code) == week.network.ways.taker(code, REFORM)


def test_old_codes_are_redirected_and_evidence_keeps_both(week):
    """Letter and receipt say the old code, the books of the heir have it, the timeline both."""
    old = [item for item in week.july if week.is_closed(item.document.destinations[0])]
    assert len(old) >= 5
    for delivery in old:
        code = delivery.document.destinations[0]
        heir = week.network.ways.taker(code, REFORM)
        store = week.network.agencies[heir].store
        assert store.inbound(delivery.message_id, code).state is InboundState.HANDED_OVER
        details = [dict(entry.detail) for entry in store.timeline(delivery.message_id)]
        assert {("closed", str(code)), ("successor", str(heir))} <= {
            item for detail in details for item in detail.items()
        }
        rows = [row for row in store.book(Book.INCOMING) if row.message_id == delivery.message_id]
        assert [row.recipients[0][0] for row in rows] == [str(code)]


def test_a_letter_to_the_old_code_and_to_the_heir_is_one(week):
    """One copy, one entry in the book, one delivery in the count."""
    delivery = week.to_both
    store = week.network.agencies[HEIR].store
    assert len(delivery.states) == 1
    assert [row.message_id for row in store.book(Book.INCOMING)].count(delivery.message_id) == 1
    sender = week.network.agencies[MINISTRY]
    ledger = ledger_of(sender.store, MINISTRY, directory=week.network.directory)
    (row,) = (row for row in ledger.rows if row.message_id == delivery.message_id)
    assert len(ledger.dealings(row)) == 1


def test_signatures_of_june_verify_in_july_from_the_files(week):
    """With the directory and the root alone, as of arrival; also where the signer is no more."""
    directory = week.network.directory
    verifier = Verifier(trust(), clock=week.network.clock, binding=binding_of(directory))
    checked = set()
    for agency in agencies(week):
        for letter in agency.inbox:
            envelope = Envelope.read(letter.path)
            report = verifier.verify(envelope, at=letter.received_at).report
            assert report.passed
            now = verifier.examine(envelope, at=MIDNIGHT + timedelta(days=6))
            assert now.passed, now.summary
            checked.add(letter.message_id)
    assert checked == {item.message_id for item in week.deliveries}
    closed = [item for item in week.june if week.is_closed(item.sender.organ_id)]
    assert any(week.handed_over_at(item) >= MIDNIGHT for item in closed)


def test_receipts_prove_the_way_of_every_letter(week):
    """From the origin to the recipient or its heir, without a contradiction."""
    directory = week.network.directory
    verifier = Verifier(trust(), clock=week.network.clock, binding=binding_of(directory))
    for delivery in week.deliveries:
        stores = {agency.organ_id: agency.store for agency in agencies(week)}
        chains = receipt_chains(
            [
                (code, kept)
                for code, store in stores.items()
                for kept in store.receipts(delivery.message_id)
            ],
            origin=delivery.sender.organ_id,
            verify=lambda xml, at: verify_receipt(xml, verifier, at=at),
            sent={code: store.outbound_of(delivery.message_id) for code, store in stores.items()},
            ends_of=lambda code: ends_of(code, directory),
        )
        assert {chain.state for chain in chains} == {ChainState.WHOLE}, (delivery, chains)
        assert len(chains) == len(delivery.states)


def test_answers_of_july_belong_to_letters_of_june(week):
    """Addressed to an agency that is no more, they reach its heir, and the letter is answered."""
    ledgers = week.ledgers()
    late = overdue(ledgers, now=week.network.now)
    assert not [item for item in late if item.row.message_id in week.answered]
    assert week.answered
    alone = overdue([item for item in ledgers if week.is_closed(item.agency)], now=LATER)
    assert {item.row.message_id for item in alone} & week.answered


def test_indicators_add_up_across_the_merger(week):
    """June of the old agencies and July of their heirs are the totals, however they are cut."""
    ledgers, total = week.ledgers(), {}
    for line in indicators(ledgers, now=LATER):
        total[line.direction] = line
    sent = len(week.deliveries)
    copies = sum(len(week.holders(item)) for item in week.deliveries)
    assert total[Book.OUTGOING].documents == sent
    assert total[Book.INCOMING].documents == copies
    assert total[Book.OUTGOING].rates[Measure.SIGNED_BY_AGENCY].part == sent
    for by in (*([group] for group in Group), [Group.PROVINCE, Group.MONTH]):
        lines = indicators(ledgers, now=LATER, by=by)
        for direction, whole in total.items():
            parts = [line for line in lines if line.direction is direction]
            assert sum(line.documents for line in parts) == whole.documents
            for measure in Measure:
                assert sum(line.rates[measure].part for line in parts) == whole.rates[measure].part
                assert (
                    sum(line.rates[measure].whole for line in parts) == whole.rates[measure].whole
                )
    months = indicators(ledgers, now=LATER, by=[Group.MONTH])
    june = [line.documents for line in months if line.direction is Book.OUTGOING]
    assert june == [len(week.june), len(week.july)]


def test_a_province_is_one_line_before_and_one_after(week):
    """Two provinces in June, one in July, with all that came under it."""
    lines = indicators(week.ledgers(), now=LATER, by=[Group.PROVINCE, Group.MONTH])
    found = {
        (line.groups[0][1], line.groups[1][1])
        for line in lines
        if line.direction is Book.OUTGOING and line.groups[0][1] not in {OFFICE, MINISTRY}
    }
    provinces_only = {item for item in found if item[0] in {str(HEIR), str(OLD_PROVINCE)}}
    assert provinces_only == {
        (str(OLD_PROVINCE), "2025-06"),
        (str(HEIR), "2025-06"),
        (str(HEIR), "2025-07"),
    }


def test_acknowledgements_of_heirs_count_for_old_codes(week):
    """Each delivery of July was accepted on its day, by whoever has it."""
    ledgers = week.ledgers()
    july = indicators(ledgers, now=LATER, by=[Group.MONTH])[1]
    assert july.groups == ((Group.MONTH, "2025-07"),)
    rate = july.rates[Measure.ACKNOWLEDGED]
    assert rate.part == rate.whole == sum(len(item.states) for item in week.july)


def test_by_policy_old_codes_are_refused_with_the_heir():
    """From midnight on, where rules say so; what was under way still arrives."""
    setting = replace(SETTING, rules=Rules(closed=ClosedCodes.REFUSE))
    with provinces(setting) as network:
        network.run(minutes=(MIDNIGHT - START).total_seconds() / 60 - 5)
        ministry, old = network.agencies[MINISTRY], network.agencies[OLD_PROVINCE]
        with network.faults.down(network.agencies[OFFICE]):
            before = ministry.send(network.letters.plain(to=old))
            network.run(minutes=30)
        with pytest.raises(NoRoute) as caught:
            ministry.send(network.letters.plain(to=old))
        assert caught.value.code == "route.closed-agency"
        assert str(HEIR) in caught.value.advice
        network.run_until_quiet()
        network.check_invariants()
        assert before.is_accepted


def test_an_agency_that_has_ended_sends_nothing_more():
    """Its node says so; the new one sends from its first minute."""
    with provinces(replace(SETTING, start=MIDNIGHT - timedelta(minutes=5))) as network:
        new, old = network.agencies[NEW_COMMUNE], network.agencies[OLD_PROVINCE]
        network.run(minutes=6)
        with pytest.raises(UsageError, match=str(HEIR)) as caught:
            old.send(network.letters.plain(to=new))
        assert caught.value.code == "submit.closed-sender"
        delivery = new.send(network.letters.plain(to=network.agencies[HEIR]))
        network.run_until_quiet()
        assert delivery.has_arrived


@pytest.mark.parametrize("to", [((4, 0), (4, 1)), ((4, 1), (4, 0))])
def test_a_merged_agency_does_not_speak_as_its_heir(to):
    """Both had the letter on the eve, and take it after midnight: each says so in its own name."""
    heir, old = commune(HEIR, 1, 1), commune(HEIR, 1, 2)
    directory = merging_provinces()
    eve = (MIDNIGHT - START).total_seconds() / 60 - 10
    send = Send(name=0, sender=(1, 0), to=to, minute=eve, reply=Reply.LATER)
    history = History(tiers=Cast.of(directory).tiers, seed=36, sends=(send,))
    with play(history, setting=replace(SETTING, directory=directory)) as network:
        network.check_invariants()
        assert {network.agency(tier=tier, n=n).organ_id for tier, n in to} == {heir, old}
        (delivery,) = network.deliveries.values()
        statuses = network.agencies[OFFICE].store.statuses(str(delivery.document.document_id))
        told = {(status.reporter, status.code) for status in statuses}
        assert told == {(heir, "01"), (old, "01")}
        assert min(status.at for status in statuses) > MIDNIGHT


@pytest.mark.parametrize("seed", [0, 3])
def test_all_letters_arrive_in_a_storm_around_midnight(seed):
    """Whatever goes wrong with links, nodes and disks: once, at whoever their codes mean."""
    check_arrival(seed)


def test_letters_arrive_though_clocks_differ_at_midnight():
    """By up to five minutes: nobody refuses by his day what another sent by his."""
    chance = random.Random(0)
    with provinces(replace(SETTING, start=MIDNIGHT - timedelta(minutes=8))) as network:
        agencies = list(network.agencies.values())
        for agency in agencies:
            network.faults.clock_skew(chance.choice([-150, 0, 150]), agency, minutes=25)
        for _ in range(48):
            sender, recipient = chance.sample(agencies, 2)
            with suppress(DocExchangeError):  # not there yet, or no more, by the sender's clock
                sender.send(network.letters.plain(to=recipient))
            network.run(seconds=20)
        network.run_until_quiet()
        network.check_invariants()
        assert len(network.deliveries) > 25
        for delivery in network.deliveries.values():
            assert delivery.has_arrived, delivery.timeline


AROUND = Rules(
    axis=OFFICE,
    rules=(
        Rule(name="usual", way=Way.PARENTS),
        Rule(name="over the axis", way=Way.AXIS, senders=Agencies(tiers=(3, 4))),
        Rule(
            name="straight",
            way=Way.DIRECT,
            senders=Agencies(tiers=(1, 2)),
            recipients=Agencies(tiers=(3, 4)),
        ),
    ),
)
"""If nothing else goes: from below over the axis, and from above straight down."""


@pytest.mark.parametrize("seed", [10, 13])
def test_letters_that_go_around_dead_hubs_arrive_at_midnight_too(seed):
    """The hubs, and who is meant by the codes, change while they are on their ways around."""
    assert check_arrival(seed, rules=AROUND) > 10


def test_a_letter_that_came_from_the_heir_goes_on_by_another_way():
    """At the office at midnight, whose usual way leads back: a rule lets it go straight down."""
    eve = (MIDNIGHT - START).total_seconds() / 60 - 77
    directory = merging_provinces()
    send = Send(name=13, sender=(4, 0), to=((4, 6),), minute=eve)
    faults = (
        Fault(kind=FaultKind.HALF_OPEN, where=((2, 1),), begin_minutes=eve - 3, minutes=46),
        Fault(kind=FaultKind.OCSP_DOWN, where=((1, 0),), begin_minutes=eve + 30, minutes=51),
    )
    history = History(tiers=Cast.of(directory).tiers, seed=92, sends=(send,), faults=faults)
    with play(history, setting=replace(SETTING, directory=directory, rules=AROUND)) as network:
        network.check_invariants()
        (delivery,) = network.deliveries.values()
        (relayed,) = network.agencies[OFFICE].store.outbound_of(delivery.message_id)
        assert relayed.next_hop == NEW_COMMUNE
        assert was_given(network, delivery)


def check_arrival(seed, *, rules=SETTING.rules):
    """All that a node accepted arrives, and every promise holds; how many took another way."""
    with storm_of(seed, without=REFUSED_FOR, rules=rules) as network:
        network.check_invariants()
        for delivery in network.deliveries.values():
            assert was_given(network, delivery) or not delivery.is_accepted, delivery.timeline
        stores = [agency.store for agency in network.agencies.values()]
        entries = (
            entry
            for store, number in product(stores, network.deliveries)
            for entry in store.timeline(number)
        )
        return sum(entry.event == "outbound.rerouted" for entry in entries)


def was_given(network, delivery):
    """Whether at every recipient, or its heir, a letter was taken or refused."""
    return all(
        any(
            came.state is InboundState.HANDED_OVER
            for code in network.ways.takers(recipient)
            for came in network.agencies[code].store.inbound_of(delivery.message_id)
        )
        for recipient in delivery.document.destinations
    )


def storm_of(seed, *, without, rules=SETTING.rules):
    """The two provinces after three hours of June and three of July."""
    setting = replace(SETTING, directory=merging_provinces(), keeps_log=False, rules=rules)
    return play(midnight_storm(seed, without=without), setting=setting)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("rules", [SETTING.rules, AROUND], ids=["tree", "around"])
def test_all_letters_arrive_in_many_storms_around_midnight(part, rules):
    """As many as ``MERGER_SEEDS`` says; each worker plays its share."""
    for seed in range(part, SEEDS, PARTS):
        check_arrival(seed, rules=rules)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_promises_hold_whatever_goes_wrong_around_midnight(part):
    """With wrong clocks and certificates as well; what a revoked key signs counts for nothing."""
    for seed in range(part, SEEDS, PARTS):
        with storm_of(seed, without={FaultKind.REVOKED}) as network:
            network.check_invariants()
