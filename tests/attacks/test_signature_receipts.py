"""Receipts that say what nobody said: changed, borrowed, unsigned, or signed by the wrong node."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from signing_help import (
    COMMUNE,
    NOW,
    PLAIN_RECEIPT,
    edit,
    element,
    letter,
    named_agency,
    sign,
    signing_key,
    trust_in,
)

from docexchange.clock import VirtualClock
from docexchange.envelope.names import DS, RECEIPT
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import DocExchangeError, MalformedReceipt, VerificationFailed
from docexchange.signing import Signer, SubIndication, Verifier, sign_receipt, verify_receipt
from docexchange.signing.statements import judge_statement

if TYPE_CHECKING:
    from docexchange.testing import Credential, DemoPki


@pytest.fixture
def verifier(pki: DemoPki) -> Verifier:
    """Knows whose certificate is whose."""
    return Verifier(trust_in(pki), clock=VirtualClock(NOW), binding=named_agency)


def receipt(credential: Credential, **changes: Any) -> bytes:
    """A signed receipt."""
    signer = Signer(signing_key(credential), clock=VirtualClock(NOW))
    return sign_receipt(replace(PLAIN_RECEIPT, **changes), signer)


def assert_refused(
    verifier: Verifier, data: bytes, sub_indication: SubIndication, code: str
) -> VerificationFailed:
    """The error, after asserting its reason."""
    with pytest.raises(VerificationFailed) as caught:
        verify_receipt(data, verifier)
    report: Any = caught.value.report
    statement, root = read_receipt(data)
    about = statement.message_id
    assert report == judge_statement(statement, root, verifier, message_id=about)
    assert (report.sub_indication, report.code) == (sub_indication, code), report.summary
    assert caught.value.code == code
    return caught.value


def test_a_genuine_receipt_passes(pki: DemoPki, verifier: Verifier) -> None:
    """All that follow start from this one."""
    assert verify_receipt(receipt(pki.agency("district")), verifier) == PLAIN_RECEIPT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Hop>1", "<Hop>2"),
        ("<Sha256>0", "<Sha256>1"),
        ("<Size>4096", "<Size>4097"),
        ("<Recipient>000.00.00.G22", "<Recipient>000.00.00.H53"),
        ("<From>000.21.31.H53", "<From>000.22.31.H53"),
        ("<Accepted>true", "<Accepted>false"),
        ("<Reason>", "<Reason>x"),
        ("02:00:00.000000Z</Time>", "03:00:00.000000Z</Time>"),
        ("<Size>", "\n<Size>"),
    ],
)
def test_one_change_breaks_the_digest(pki: DemoPki, verifier: Verifier, old: str, new: str) -> None:
    """Every field is under the signature, and the space between them too."""
    data = edit(receipt(pki.agency("district")), old, new)
    assert_refused(verifier, data, SubIndication.HASH_FAILURE, "signature.digest")


def test_a_receipt_for_another_message_has_no_signature_for_it(
    pki: DemoPki, verifier: Verifier
) -> None:
    """The id of the message is part of the id that is signed."""
    data = edit(receipt(pki.agency("district")), "m-1.receipt", "m-2.receipt")
    data = edit(data, "<MessageId>m-1", "<MessageId>m-2")
    assert_refused(verifier, data, SubIndication.SIGNED_DATA_NOT_FOUND, "signature.missing-part")


def test_an_id_that_does_not_belong_to_the_message_is_no_receipt(
    pki: DemoPki, verifier: Verifier
) -> None:
    """The two must agree before anything else is looked at."""
    data = edit(receipt(pki.agency("district")), "<MessageId>m-1", "<MessageId>m-2")
    with pytest.raises(MalformedReceipt):
        verify_receipt(data, verifier)


def test_a_receipt_in_the_name_of_another_agency_is_refused(
    pki: DemoPki, verifier: Verifier
) -> None:
    """The commune cannot acknowledge its own letter in the name of the district."""
    error = assert_refused(
        verifier,
        receipt(pki.agency("commune")),
        SubIndication.FORMAT_FAILURE,
        "signature.wrong-sender",
    )
    assert "000.21.31.H53" in str(error)


def test_the_issuer_cannot_be_changed_to_fit_the_certificate(
    pki: DemoPki, verifier: Verifier
) -> None:
    """It is signed like the rest."""
    data = edit(receipt(pki.agency("commune")), "<Issuer>000.00.31", "<Issuer>000.21.31")
    assert_refused(verifier, data, SubIndication.HASH_FAILURE, "signature.digest")


def test_a_receipt_by_a_stranger_is_refused(pki: DemoPki, verifier: Verifier) -> None:
    """Of the right name, from the wrong root."""
    assert_refused(
        verifier,
        receipt(pki.stranger, issuer=COMMUNE),
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        "certificate.no-chain",
    )


def test_a_receipt_with_a_stolen_key_is_refused(pki: DemoPki, verifier: Verifier) -> None:
    """Its certificate was withdrawn the day before."""
    assert_refused(
        verifier,
        receipt(pki.revoked, issuer=COMMUNE),
        SubIndication.REVOKED_NO_POE,
        "certificate.revoked",
    )


def tree(pki: DemoPki) -> Any:
    """A genuine receipt to be changed."""
    return etree.fromstring(receipt(pki.agency("district")))


def test_an_unsigned_receipt_proves_nothing(pki: DemoPki, verifier: Verifier) -> None:
    """It is not even evidence of bad faith."""
    root = tree(pki)
    root.remove(root[1])
    with pytest.raises(MalformedReceipt, match="expected a signature beside"):
        verify_receipt(etree.tostring(root), verifier)


def test_a_placeholder_is_no_signature_of_a_receipt(pki: DemoPki, verifier: Verifier) -> None:
    """Nor is an element of another namespace."""
    root = tree(pki)
    root.replace(root[1], element("Signature", RECEIPT))
    with pytest.raises(MalformedReceipt):
        verify_receipt(etree.tostring(root), verifier)


def test_an_empty_signature_is_refused(pki: DemoPki, verifier: Verifier) -> None:
    """An empty shell of the right name."""
    root = tree(pki)
    root[1][:] = []
    assert_refused(verifier, etree.tostring(root), SubIndication.FORMAT_FAILURE, "signature.format")


def test_the_signature_of_another_receipt_does_not_hold(pki: DemoPki, verifier: Verifier) -> None:
    """The same node, the same message, another hop."""
    other = etree.fromstring(receipt(pki.agency("district"), hop=2))
    root = tree(pki)
    root.replace(root[1], other[1])
    assert_refused(verifier, etree.tostring(root), SubIndication.HASH_FAILURE, "signature.digest")


def test_the_signature_of_a_letter_does_not_make_a_receipt(
    pki: DemoPki, verifier: Verifier
) -> None:
    """What was signed for one purpose is of no use for another."""
    signed = etree.fromstring(sign(letter(), pki.agency("district")))
    root = tree(pki)
    root.replace(root[1], signed.find(f".//{{{DS}}}Signature"))
    assert_refused(
        verifier,
        etree.tostring(root),
        SubIndication.SIGNED_DATA_NOT_FOUND,
        "signature.missing-part",
    )


def second_content(root: Any) -> None:
    root.append(copy.deepcopy(root[0]))


def content_in_the_object(root: Any) -> None:
    evil = copy.deepcopy(root[0])
    root[1].append(root[0])
    root.insert(0, evil)


def second_signature(root: Any) -> None:
    root.append(copy.deepcopy(root[1]))


def extra_field(root: Any) -> None:
    root[0].append(element("Evil", RECEIPT))


def field_twice(root: Any) -> None:
    root[0].append(copy.deepcopy(root[0][0]))


def fields_in_another_order(root: Any) -> None:
    root[0].append(root[0][0])


def comment_in_a_field(root: Any) -> None:
    root[0][4].append(etree.Comment("x"))


@pytest.mark.parametrize(
    "attack",
    [
        second_content,
        second_signature,
        extra_field,
        field_twice,
        fields_in_another_order,
        comment_in_a_field,
    ],
)
def test_a_receipt_of_any_other_shape_is_none(
    pki: DemoPki, verifier: Verifier, attack: Any
) -> None:
    """It is read by the letter."""
    root = tree(pki)
    attack(root)
    with pytest.raises(MalformedReceipt):
        verify_receipt(etree.tostring(root), verifier)


def test_the_signed_content_cannot_be_hidden_in_the_signature(
    pki: DemoPki, verifier: Verifier
) -> None:
    """Two elements under one id."""
    root = tree(pki)
    content_in_the_object(root)
    with pytest.raises(DocExchangeError) as caught:
        verify_receipt(etree.tostring(root), verifier)
    assert isinstance(caught.value, MalformedReceipt)
    assert "twice" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"<a/>", b"\0" * 100, b"<Receipt/>", b"<" * 1000])
def test_what_is_no_receipt_is_said_to_be_none(verifier: Verifier, data: bytes) -> None:
    """Whatever comes in place of it."""
    with pytest.raises(MalformedReceipt):
        verify_receipt(data, verifier)
