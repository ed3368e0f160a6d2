"""Guards say what they expected and what they found."""

from __future__ import annotations

import pytest
from contract.delivery_samples import COMMUNE, LETTER, OTHER_BYTES, inbound, outbound, receipt

from docexchange.delivery import InboundState, OutboundState, PutInbound, PutOutbound
from docexchange.delivery.changes import check_inbound, check_outbound, receipt_identity
from docexchange.errors import DeliveryError
from docexchange.identifiers import MessageId

S = OutboundState


@pytest.mark.parametrize("state", [None, *OutboundState])
@pytest.mark.parametrize("expected", [None, *OutboundState])
def test_a_guard_holds_exactly_for_the_expected_state(state, expected):
    """A change is let through if and only if what is stored is what was expected."""
    known = outbound(state=state) if state else None
    change = PutOutbound(outbound(), expected=expected)
    if state == expected:
        assert check_outbound(change, known, None) is None
    else:
        with pytest.raises(DeliveryError) as caught:
            check_outbound(change, known, None)
        assert caught.value.code == "store.stale"
        assert caught.value.advice


def test_a_stale_guard_names_the_message():
    """The message says which record of which direction, and both states."""
    change = PutInbound(inbound(), expected=InboundState.VERIFIED)
    with pytest.raises(DeliveryError) as caught:
        check_inbound(change, inbound(state=InboundState.REFUSED))
    text = f"inbound message {LETTER} for {COMMUNE}: expected state verified, found state refused"
    assert str(caught.value) == text


def test_bytes_are_guarded_with_both_digests():
    """A change of bytes names the digest that is stored and the one that was offered."""
    change = PutOutbound(outbound(payload=OTHER_BYTES), expected=S.QUEUED)
    with pytest.raises(DeliveryError, match=f"{outbound().payload}.*{OTHER_BYTES}"):
        check_outbound(change, outbound(), None)


def test_a_submit_key_is_guarded():
    """The holder of a key may use it again; anyone else is told who holds it."""
    change = PutOutbound(outbound(submit_key="k"), expected=None)
    assert check_outbound(change, None, LETTER) is None
    with pytest.raises(DeliveryError, match=r"expected submit key 'k' to be free.*m-other"):
        check_outbound(change, None, MessageId("m-other"))


def test_the_time_is_no_part_of_a_receipt():
    """Two receipts are the same by who signed what, not by when we got it."""
    assert receipt_identity(receipt()) == receipt_identity(
        receipt(at=receipt().at.replace(year=2027))
    )
    assert receipt_identity(receipt()) != receipt_identity(receipt(xml=b"<other/>"))
