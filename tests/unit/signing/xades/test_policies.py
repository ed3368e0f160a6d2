"""Signature policies: written, read, and held against those that are known."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from signing_help import (
    Forgery,
    assert_passed,
    assert_refused,
    edit,
    exclusive,
    letter,
    sign,
    verifier_for,
)

from docexchange.envelope.names import DS
from docexchange.errors import ConfigurationError
from docexchange.signing import SignaturePolicy, SubIndication, VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.xades.names import XADES
from docexchange.signing.xades.policies import check_policy, policy_xml, read_policy
from docexchange.signing.xmldsig.algorithms import Digest

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.testing import DemoPki

OID = "1.3.6.1.4.1.32473.9"
RULES = SignaturePolicy(oid=OID, value=hashlib.sha256(b"rules").digest())
OTHER = SignaturePolicy(oid=OID, value=hashlib.sha256(b"other rules").digest())
LONG = SignaturePolicy(oid=OID, digest=Digest.SHA512, value=bytes(64))


def element_of(text: str) -> _Element:
    return etree.fromstring(f'<xades:X xmlns:xades="{XADES}">{text}</xades:X>')[0]


@pytest.mark.parametrize("policy", [RULES, LONG])
def test_what_is_written_is_read_and_is_canonical(policy: SignaturePolicy) -> None:
    """The text that is digested is the text that is written."""
    text = policy_xml(policy)
    element = element_of(text)
    assert read_policy(element) == policy
    bound = text.replace("Identifier>", f'Identifier xmlns:xades="{XADES}">', 1)
    assert exclusive(element).decode() == bound


def test_no_policy_is_no_text() -> None:
    """Most signatures have none."""
    assert policy_xml(None) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"urn:oid:{OID}", "urn:oid:9.3"),
        (f"urn:oid:{OID}", f"policy {OID}"),
        ("#sha256", "#sha1"),
        ("ds:DigestMethod", "ds:Other"),
        ("ds:DigestValue", "ds:Other"),
        ("xades:Identifier", "xades:Identity"),
        ("xades:SignaturePolicyId>", "xades:Other>"),
        ("<ds:DigestValue xmlns:ds", "<ds:DigestValue/><ds:DigestValue xmlns:ds"),
        ("<xades:SignaturePolicyId>", "<xades:Other/><xades:SignaturePolicyId>"),
        ("=</ds:DigestValue>", "</ds:DigestValue>"),
    ],
)
def test_another_form_is_refused(old: str, new: str) -> None:
    """Half a policy names none, and two name neither."""
    text = policy_xml(RULES)
    assert old in text
    bound = new.replace("<ds:DigestValue/>", f'<ds:DigestValue xmlns:ds="{DS}"/>')
    with pytest.raises(Refusal):
        read_policy(element_of(text.replace(old, bound)))


@pytest.mark.parametrize(
    ("oid", "value"), [("1.3", bytes(31)), ("3.1", bytes(32)), ("1.03", bytes(32)), ("", bytes(32))]
)
def test_a_policy_must_be_one(oid: str, value: bytes) -> None:
    """An OID, and a digest of its full length."""
    with pytest.raises(ConfigurationError):
        SignaturePolicy(oid=oid, value=value)


def test_known_policies_are_data(pki: DemoPki) -> None:
    """Known: passes and is told; unknown or of another text: INDETERMINATE, each by its name."""
    data = sign(letter(), pki.agency("commune"), policy=RULES)
    known = VerificationPolicy(signature_policies=(OTHER, RULES))
    assert assert_passed(verifier_for(pki, policy=known), data).signatures[0].policy == OID
    assert_refused(
        verifier_for(pki),
        data,
        SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE,
        "signature.policy-unknown",
    )
    changed = VerificationPolicy(signature_policies=(OTHER,))
    assert_refused(
        verifier_for(pki, policy=changed),
        data,
        SubIndication.POLICY_PROCESSING_ERROR,
        "signature.policy-changed",
    )


def test_a_policy_that_is_only_implied_names_none() -> None:
    """Nobody could say which."""
    implied = element_of(
        "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyImplied/>"
        "</xades:SignaturePolicyIdentifier>"
    )
    assert read_policy(implied) is None
    with pytest.raises(Refusal, match="implied"):
        check_policy(None, (RULES,))


@pytest.mark.parametrize("name", ["http://www.example.org/policy.pdf", "urn:example:policy"])
def test_a_policy_may_be_named_by_any_uri_and_is_not_known_then(pki: DemoPki, name: str) -> None:
    """EN 319 132-1, clause 5.2.9: programs of other countries write so; the form is in order."""
    data = edit(sign(letter(), pki.agency("commune"), policy=RULES), f"urn:oid:{OID}", name)
    forgery = Forgery(data).redigest().resign(pki.agency("commune").private_key)
    verdict = (SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE, "signature.policy-unknown")
    assert_refused(verifier_for(pki), forgery.bytes(), *verdict)


def test_a_policy_swapped_after_signing_breaks_the_digest(pki: DemoPki) -> None:
    """It is signed like everything else; that it is broken weighs more than that it is unknown."""
    data = edit(sign(letter(), pki.agency("commune"), policy=RULES), OID, OID[:-1] + "8")
    assert_refused(verifier_for(pki), data, SubIndication.HASH_FAILURE, "signature.digest")
