"""The chain of receipts: whole only when every hop from origin to recipient is vouched for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.delivery import ReceiptRecord
from docexchange.envelope.receipt import Receipt, read_receipt, receipt_xml
from docexchange.errors import MalformedReceipt
from docexchange.identifiers import MessageId, OrganId
from docexchange.report import ChainState, receipt_chains

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
PLACES = [OrganId(f"000.00.{number:02d}.H53") for number in range(1, 9)]
DIGESTS = [f"{number:064x}" for number in range(9)]


def receipts_of(places):
    """One receipt for each hop along ``places``."""
    return [
        Receipt(
            message_id=MessageId("m-letter"),
            recipient=places[-1],
            from_node=one,
            issuer=following,
            sha256=DIGESTS[number],
            size=10,
            at=START + timedelta(minutes=number),
            hop=number,
            accepted=True,
        )
        for number, (one, following) in enumerate(pairwise(places), 1)
    ]


def kept(receipt):
    """As both sides of the hop keep it."""
    record = ReceiptRecord(
        message_id=receipt.message_id,
        recipient=receipt.recipient,
        issuer=receipt.issuer,
        given=True,
        payload=receipt.sha256,
        at=receipt.at,
        xml=receipt_xml(receipt),
        accepted=receipt.accepted,
    )
    return [(receipt.issuer, record), (receipt.from_node, replace(record, given=False))]


def chain_of(receipts, origin=PLACES[0], verify=lambda xml, _: read_receipt(xml)[0], asked=None):
    """The one chain that they make, or those of them that the nodes asked have kept."""
    (chain,) = receipt_chains(
        [
            (node, record)
            for receipt in receipts
            for node, record in kept(receipt)
            if asked is None or node in asked
        ],
        origin=origin,
        verify=verify,
        sent=None if asked is None else dict.fromkeys(asked, ()),
    )
    return chain


@given(length=st.integers(2, 8), data=st.data())
def test_receipts_in_any_order_make_the_same_chain(length, data):
    """All of them: whole. Without one of them: never whole, and never a proof beyond the gap."""
    receipts = data.draw(st.permutations(receipts_of(PLACES[:length])))
    whole = chain_of(receipts)
    assert whole.state is ChainState.WHOLE
    assert [hop.receipt.hop for hop in whole.hops] == list(range(1, length))
    lost = data.draw(st.sampled_from(receipts))
    rest = [receipt for receipt in receipts if receipt is not lost]
    if rest:
        partial = chain_of(rest)
        assert partial.state in {ChainState.OPEN, ChainState.BROKEN}
        assert len(partial.hops) == lost.hop - 1


@given(length=st.integers(3, 8), data=st.data())
def test_some_of_the_nodes_never_contradict_and_prove_no_hop_that_they_do_not_know(length, data):
    """Exactly the hops that one of its two sides was asked about; whole only with all of them."""
    way = PLACES[:length]
    asked = data.draw(st.sets(st.sampled_from(way), min_size=1))
    receipts = data.draw(st.permutations(receipts_of(way)))
    known = [item for item in receipts if {item.issuer, item.from_node} & asked]
    chain = chain_of(receipts, asked=asked)
    assert chain.problems == ()
    assert [hop.receipt.hop for hop in chain.hops] == sorted(item.hop for item in known)
    assert (chain.state is ChainState.WHOLE) == (len(known) == len(receipts))
    if chain.state is not ChainState.WHOLE:
        missing = [item for item in receipts if item not in known]
        ends = {str(end) for item in missing for end in (item.from_node, item.issuer)}
        assert chain.state is ChainState.OPEN
        assert any(end in chain.reason for end in ends)


@given(length=st.integers(3, 8), data=st.data())
def test_a_receipt_that_was_taken_out_is_missed_if_its_issuer_is_asked(length, data):
    """Whoever else was: if it passed the letter on, and somebody says so, that contradicts."""
    way = PLACES[:length]
    asked = data.draw(st.sets(st.sampled_from(way), min_size=1))
    lost = data.draw(st.sampled_from(receipts_of(way)))
    rest = [item for item in receipts_of(way) if item.hop != lost.hop]
    if not any({item.issuer, item.from_node} & asked for item in rest):
        return
    chain = chain_of(rest, asked=asked)
    assert chain.state is not ChainState.WHOLE
    passed_on = lost.issuer in asked and lost.issuer != way[-1]
    assert (chain.state is ChainState.BROKEN) == passed_on
    assert lost.hop not in [hop.receipt.hop for hop in chain.hops]


def test_hop_numbers_are_counted_from_the_first_that_is_known():
    """Beyond a node that was not asked, a gap is a gap all the same."""
    _, second, third = receipts_of(PLACES[:4])
    late = chain_of([replace(second, hop=3), replace(third, hop=4)], asked=[PLACES[2]])
    assert (late.state, late.problems) == (ChainState.OPEN, ())
    chain = chain_of([second, replace(third, hop=4)], asked=[PLACES[2]])
    assert chain.state is ChainState.BROKEN
    assert "expected hop 3, found 4" in chain.problems[0]


def test_a_refusal_in_the_middle_of_the_way_is_told_by_one_node_alone():
    """Whoever refused was asked; whoever brought the letter was not."""
    receipts = receipts_of(PLACES[:4])
    receipts[-1] = replace(receipts[-1], accepted=False, reason="no route")
    for asked in ([PLACES[2]], [PLACES[3]], [PLACES[0], PLACES[3]]):
        chain = chain_of(receipts, asked=asked)
        assert (chain.state, chain.reason) == (ChainState.REFUSED, f"{PLACES[3]}: no route")


def test_a_way_that_is_wholly_proved_needs_nobody_else():
    """A receipt of another way, of which the beginning is not known, takes nothing from it."""
    way = receipts_of(PLACES[:4])
    other = replace(way[1], from_node=PLACES[5], hop=3, at=START)
    chain = chain_of([*way, other], asked=PLACES[:4])
    assert (chain.state, len(chain.hops)) == (ChainState.WHOLE, 3)
    assert chain_of([*way, other], asked=PLACES).state is ChainState.BROKEN


def test_a_hop_number_too_high_tells_of_an_access_point_without_a_receipt():
    """Somebody between the two passed the letter on."""
    first, second = receipts_of(PLACES[:3])
    chain = chain_of([first, replace(second, hop=3)])
    assert chain.state is ChainState.BROKEN
    assert "expected hop 2, found 3" in chain.problems[0]


def test_receipts_that_go_round_end_the_walk():
    """A circle is walked once."""
    first, second = receipts_of(PLACES[:3])
    chain = chain_of([first, replace(second, issuer=PLACES[0], recipient=first.recipient)])
    assert chain.state is ChainState.OPEN
    assert len(chain.hops) == 1


def test_a_recipient_may_be_spelt_in_both_code_systems():
    """The chain ends where the recipient is, however its code is written."""
    (receipt,) = receipts_of(PLACES[:2])
    other = OrganId(receipt.issuer.as_qcvn_102)
    assert chain_of([replace(receipt, issuer=other)]).state is ChainState.WHOLE


def test_a_false_receipt_is_named_and_not_walked_over():
    """Whoever keeps it and why it is false are in the problem."""

    def refuse(xml, _):
        receipt = read_receipt(xml)[0]
        if receipt.hop == 2:
            raise MalformedReceipt("expected its signature, found another")
        return receipt

    chain = chain_of(receipts_of(PLACES[:4]), verify=refuse)
    assert (chain.state, len(chain.hops)) == (ChainState.BROKEN, 1)
    assert any("expected its signature" in problem for problem in chain.problems)


@pytest.mark.parametrize("refused_at", [1, 2, 3])
def test_a_refusal_ends_the_chain_at_its_hop(refused_at):
    """With the reason; the hops before stay proved."""
    receipts = receipts_of(PLACES[:4])[:refused_at]
    receipts[-1] = replace(receipts[-1], accepted=False, reason="no route")
    chain = chain_of(receipts)
    assert (chain.state, len(chain.hops)) == (ChainState.REFUSED, refused_at - 1)
    assert chain.reason == f"{PLACES[refused_at]}: no route"


def test_each_recipient_has_a_chain_of_its_own():
    """Two copies of one letter, one of which is still on its way."""
    one, other = receipts_of(PLACES[:3]), receipts_of([*PLACES[:2], PLACES[5], PLACES[6]])[:1]
    items = [item for receipt in (*one, *other) for item in kept(receipt)]
    chains = receipt_chains(items, origin=PLACES[0], verify=lambda xml, _: read_receipt(xml)[0])
    assert [(chain.recipient, chain.state) for chain in chains] == [
        (PLACES[2], ChainState.WHOLE),
        (PLACES[6], ChainState.OPEN),
    ]


def test_a_way_begins_at_whoever_speaks_for_the_sender_and_passed_nobody_before():
    """By the number of the first hop; a hub that became the sender's heir is none."""
    receipts = [item for receipt in receipts_of(PLACES[1:4]) for item in kept(receipt)]

    def chain(found, *heirs):
        codes = [heir.as_decision_20 for heir in heirs]
        (one,) = receipt_chains(
            found,
            origin=PLACES[0],
            verify=lambda xml, _: read_receipt(xml)[0],
            ends_of=lambda code: codes if code == PLACES[0] else (),
        )
        return one

    assert chain(receipts, PLACES[1]).state is ChainState.WHOLE
    assert chain(receipts, PLACES[2]).state is not ChainState.WHOLE
    behind_a_hub = [item for receipt in receipts_of(PLACES[:4])[1:] for item in kept(receipt)]
    assert chain(behind_a_hub, PLACES[1]).state is not ChainState.WHOLE
