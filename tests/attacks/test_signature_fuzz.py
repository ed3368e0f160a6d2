"""Any damage whatever: the letter still says what was signed, or it does not pass; and no crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing_help import (
    NOW,
    PLAIN_RECEIPT,
    Forgery,
    content,
    der,
    signed_letter,
    signed_status,
    signing_key,
    trust_in,
    verifier_for,
)

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.errors import DocExchangeError
from docexchange.signing import Signer, TrustStore, Verifier, sign_receipt, verify_receipt
from docexchange.signing.errors import Refusal

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

    Damage = tuple[float, int, bytes]


def damages() -> st.SearchStrategy[list[Damage]]:
    """One to three places, how many bytes are cut there, and what is put in."""
    pieces = st.one_of(
        st.just(b""),
        st.binary(min_size=1, max_size=2),
        st.sampled_from(
            [b"<", b">", b'"', b"&", b"/", b" ", b"\0", b"<!--", b"-->", b"]]>", b"=", b"A", b"Id"]
        ),
    )
    place = st.floats(0, 1, exclude_max=True)
    length = st.one_of(st.integers(0, 3), st.integers(0, 4000))
    return st.lists(st.tuples(place, length, pieces), min_size=1, max_size=3)


def damaged(data: bytes, places: list[Damage]) -> bytes:
    """The bytes after all of it."""
    for place, length, piece in places:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + length :]
    return data


def check_outcome(verifier: Verifier, original: bytes, data: bytes) -> None:
    """Refused with an error of ours or a verdict, or equal to the last octet."""
    try:
        envelope = Envelope.from_bytes(data)
    except DocExchangeError:
        return
    report = verifier.examine(envelope)
    if report.passed:
        assert content(verifier.verify(envelope) and envelope) == content(original)


@settings(max_examples=200)
@given(places=damages())
def test_a_damaged_letter_says_the_same_or_does_not_pass(
    pki: DemoPki, places: list[Damage]
) -> None:
    """Bytes flipped, cut out and put in, anywhere."""
    original = signed_letter(pki)
    check_outcome(verifier_for(pki), original, damaged(original, places))


@given(places=damages())
def test_a_damaged_status_says_the_same_or_does_not_pass(
    pki: DemoPki, places: list[Damage]
) -> None:
    """The same for a message without a body."""
    original = signed_status(pki)
    check_outcome(verifier_for(pki), original, damaged(original, places))


@given(first=st.floats(0, 1), second=st.floats(0, 1), third=st.floats(0, 1))
def test_pieces_in_another_order_say_the_same_or_do_not_pass(
    pki: DemoPki, first: float, second: float, third: float
) -> None:
    """A stretch of bytes moved to, or repeated at, another place."""
    original = signed_letter(pki)
    a, b, c = sorted(int(part * len(original)) for part in (first, second, third))
    verifier = verifier_for(pki)
    moved = original[:a] + original[b:c] + original[a:b] + original[c:]
    repeated = original[:c] + original[a:b] + original[c:]
    for data in (moved, repeated):
        check_outcome(verifier, original, data)


@given(places=damages())
def test_a_damaged_receipt_says_the_same_or_is_refused(pki: DemoPki, places: list[Damage]) -> None:
    """Receipts are evidence, so they meet the same bar."""
    signer = Signer(signing_key(pki.agency("district")), clock=VirtualClock(NOW))
    data = damaged(sign_receipt(PLAIN_RECEIPT, signer), places)
    try:
        found = verify_receipt(data, verifier_for(pki))
    except DocExchangeError:
        return
    assert found == PLAIN_RECEIPT


@settings(max_examples=200)
@given(places=damages())
def test_a_damaged_certificate_is_a_verdict_and_not_a_crash(
    pki: DemoPki, places: list[Damage]
) -> None:
    """In a letter that is otherwise in order: anybody can make one with a key of their own."""
    commune = pki.agency("commune")
    certificate = damaged(commune.der, places)
    forgery = Forgery(signed_letter(pki)).set_certificates(certificate, *map(der, commune.chain))
    forgery.redigest().resign(commune.private_key)
    report = verifier_for(pki).examine(Envelope.from_bytes(forgery.bytes()))
    assert report.passed == (certificate == commune.der)


@settings(max_examples=200)
@given(places=damages(), which=st.sampled_from(["leaf", "chain", "anchor", "crl"]))
def test_damaged_evidence_never_makes_a_path_out_of_none(
    pki: DemoPki, places: list[Damage], which: str
) -> None:
    """Whatever is wrong with certificates and lists, the answer is a refusal of ours."""
    leaf, chain = pki.revoked.der, list(map(der, pki.revoked.chain))
    anchors, crls = [pki.root.credential.der], [der(item) for item in pki.crls()]
    for name, items in (("chain", chain), ("anchor", anchors), ("crl", crls)):
        if which == name:
            items[-1] = damaged(items[-1], places)
    leaf = damaged(leaf, places) if which == "leaf" else leaf
    with pytest.raises((Refusal, DocExchangeError)):
        TrustStore(anchors, crls=crls).find_path(leaf, chain, at=NOW, check_revocation=True)


def test_the_undamaged_letter_passes(pki: DemoPki) -> None:
    """So that the tests above do not pass for want of a good letter."""
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW))
    for original in (signed_letter(pki), signed_status(pki)):
        assert verifier.examine(Envelope.from_bytes(original)).passed
