"""Attacks through forms that no standard has, and what only a lifted policy takes: no downgrade."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import utils
from dsig_help import Ref, certificate_info, examined, sign_into
from lxml import etree
from signing_help import NOW, b64, certify, private_key, trust_in

from docexchange.clock import VirtualClock
from docexchange.envelope import Attachment
from docexchange.envelope.names import DS
from docexchange.signing import VerificationPolicy, Verifier
from docexchange.signing.xmldsig.algorithms import Canonicalization, Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.deviations import Deviation

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

KEY = private_key("p256")
INFO = certificate_info(certify("signer", key=KEY).der)
GENERAL = VerificationPolicy.general()
LEGACY = VerificationPolicy.unsafe_legacy()
BODY = '<body Id="b"><pay>1</pay></body>'


@pytest.mark.parametrize("policy", [VerificationPolicy(foreign=True), GENERAL])
@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("signature.der-value", utils.encode_dss_signature),
        ("signature.value-length", lambda r, s: r.to_bytes(33, "big") + s.to_bytes(33, "big")),
    ],
)
def test_another_form_of_a_value_is_no_way_round_a_policy(
    code: str, form: Any, policy: VerificationPolicy
) -> None:
    """Refused by name while it holds, bad as any once something is changed; lifted or not."""
    root = etree.fromstring(f"<m>{BODY}</m>")
    element = sign_into(root, [Ref("#b", (Canonicalization.EXCLUSIVE.value,))], key=KEY, info=INFO)
    value = element.find(f"{{{DS}}}SignatureValue")
    octets = base64.b64decode(value.text)
    r, s = int.from_bytes(octets[:32], "big"), int.from_bytes(octets[32:], "big")
    value.text = b64(form(r, s))
    refused = examined(element, policy)
    assert refused.refusal.code == code
    assert not refused.value_holds
    lifted = replace(policy, deviations=frozenset({Deviation(code)}))
    assert examined(element, lifted).intact
    other = replace(policy, deviations=frozenset(Deviation) - {Deviation(code)})
    assert examined(element, other).refusal.code == code
    root[0][0].text = "1000000"
    assert examined(element, lifted).refusal.code == "signature.digest"
    element[0][0].tail = " "
    for each in (policy, lifted):
        assert examined(element, each).refusal.code == "signature.value"


@pytest.mark.parametrize("width", [0, 33])
def test_another_form_of_a_value_is_a_matter_of_the_value(pki: DemoPki, width: int) -> None:
    """The step that does not hold is the one that the value is checked in."""
    root = etree.fromstring(f"<m>{BODY}</m>")
    element = sign_into(root, [Ref("#b", (Canonicalization.EXCLUSIVE.value,))], key=KEY, info=INFO)
    value = element.find(f"{{{DS}}}SignatureValue")
    octets = base64.b64decode(value.text)
    halves = [int.from_bytes(half, "big") for half in (octets[:32], octets[32:])]
    wide = b"".join(half.to_bytes(width or 32, "big") for half in halves)
    value.text = b64(wide if width else utils.encode_dss_signature(*halves))
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), policy=GENERAL)
    (report,) = verifier.examine_xml(etree.tostring(root)).signatures
    assert report.code == ("signature.value-length" if width else "signature.der-value")
    assert report.steps[-1].name == "signature value"


@pytest.mark.parametrize("algorithm", [a for a in SignatureAlgorithm if "RIPEMD" in a.name])
def test_ripemd_160_is_refused_by_name(algorithm: SignatureAlgorithm) -> None:
    """As method and as digest, by every policy but the lifted one."""
    root = etree.fromstring(f"<m>{BODY}</m>")
    element = sign_into(root, [Ref("#b")], key=KEY, info=INFO, method=algorithm.value)
    for policy in (VerificationPolicy(foreign=True), GENERAL):
        refusal = examined(element, policy).refusal
        assert refusal.code == "signature.algorithm"
        assert "RIPEMD-160" in str(refusal)
    digested = sign_into(
        etree.fromstring(f"<m>{BODY}</m>"),
        [Ref("#b", (Canonicalization.EXCLUSIVE.value,))],
        key=KEY,
        info=INFO,
        digest=Digest.RIPEMD160,
    )
    refusal = examined(digested).refusal
    assert refusal.code == "signature.digest-algorithm"
    assert "RIPEMD-160" in str(refusal)
    assert examined(digested, LEGACY).intact


DOCUMENTS = {
    "signature.dtd": b"<!DOCTYPE d [<!ENTITY a 'one'>]><d>&a;</d>",
    "signature.encoding": b'<?xml version="1.0" encoding="ISO-8859-1"?><d>\xe9</d>',
}


@pytest.mark.parametrize("code", DOCUMENTS)
def test_documents_that_the_one_parser_refuses_are_refused_by_name(code: str) -> None:
    """Beside the signature, before a transform that needs nodes; each lifted by itself."""
    part = {"d": Attachment.from_bytes(DOCUMENTS[code], name="d")}
    root = etree.fromstring("<m/>")
    steps = (Canonicalization.EXCLUSIVE.value,)
    element = sign_into(root, [Ref("d", steps)], key=KEY, info=INFO, detached=part)
    for policy in (VerificationPolicy(foreign=True), GENERAL):
        assert examined(element, policy, detached=part).refusal.code == code
    lifted = replace(GENERAL, deviations=frozenset({Deviation(code)}))
    assert examined(element, lifted, detached=part).intact
    other = {"d": Attachment.from_bytes(DOCUMENTS[code] + b"<!---->", name="d")}
    assert examined(element, lifted, detached=other).intact  # a comment: the form leaves it out
    other = {"d": Attachment.from_bytes(DOCUMENTS[code].replace(b"<d>", b"<d>x"), name="d")}
    assert examined(element, lifted, detached=other).refusal.code == "signature.digest"
