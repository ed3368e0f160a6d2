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


def chain_of(receipts, origin=PLACES[0], verify=lambda xml, _: read_receipt(xml)[0]):
    """The one chain that they make."""
    (chain,) = receipt_chains(
        [item for receipt in receipts for item in kept(receipt)], origin=origin, verify=verify
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
