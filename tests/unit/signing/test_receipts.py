"""Signed receipts: what the issuer says comes out as it was said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signing_help import (
    CENTRAL,
    COMMUNE,
    DISTRICT,
    NOW,
    PLAIN_RECEIPT,
    named_agency,
    signing_key,
    trust_in,
)

from docexchange.clock import VirtualClock
from docexchange.envelope import Receipt
from docexchange.errors import UnusableKey, UsageError, VerificationFailed
from docexchange.identifiers import MessageId
from docexchange.signing import Signer, Verifier, sign_receipt, verify_receipt

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

texts = st.text(st.characters(exclude_categories=("C", "Z")), max_size=60).map(str.strip)
receipts = st.builds(
    Receipt,
    message_id=st.uuids().map(lambda value: MessageId(f"m-{value}")),
    recipient=st.sampled_from([CENTRAL, COMMUNE]),
    from_node=st.sampled_from([CENTRAL, COMMUNE]),
    issuer=st.just(DISTRICT),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    size=st.integers(0, 2**40),
    at=st.timedeltas(timedelta(0), timedelta(days=30_000)).map(lambda after: NOW + after),
    hop=st.integers(1, 16),
    accepted=st.booleans(),
    reason=texts,
)


@given(receipt=receipts)
def test_a_signed_receipt_says_what_was_signed(pki: DemoPki, receipt: Receipt) -> None:
    """Every field, refusals with their reason too."""
    signer = Signer(signing_key(pki.agency("district")), clock=VirtualClock(NOW))
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), binding=named_agency)
    assert verify_receipt(sign_receipt(receipt, signer), verifier) == receipt


def test_the_same_receipt_at_the_same_moment_has_the_same_id(pki: DemoPki) -> None:
    """A receipt made again for a duplicate differs in nothing but the ECDSA value."""
    signer = Signer(signing_key(pki.agency("district")), clock=VirtualClock(NOW))
    first, second = (sign_receipt(PLAIN_RECEIPT, signer) for _ in range(2))
    assert first.partition(b"<ds:SignatureValue")[0] == second.partition(b"<ds:SignatureValue")[0]


def test_an_expired_key_signs_no_receipts(pki: DemoPki) -> None:
    """The node must not hand out evidence that proves nothing."""
    later = VirtualClock(NOW + timedelta(days=3000))
    with pytest.raises(UnusableKey):
        sign_receipt(PLAIN_RECEIPT, Signer(signing_key(pki.agency("district")), clock=later))


def test_a_receipt_can_be_judged_for_the_time_when_it_came(pki: DemoPki) -> None:
    """Evidence is looked at years later."""
    signer = Signer(signing_key(pki.agency("district")), clock=VirtualClock(NOW))
    data = sign_receipt(PLAIN_RECEIPT, signer)
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW + timedelta(days=3000)))
    with pytest.raises(VerificationFailed) as caught:
        verify_receipt(data, verifier)
    assert caught.value.code == "certificate.out-of-bounds"
    assert "m-1" in str(caught.value)
    assert verify_receipt(data, verifier, at=NOW) == PLAIN_RECEIPT
    with pytest.raises(UsageError):
        verify_receipt(data, verifier, at=NOW.replace(tzinfo=None))
