"""Signature policies: under which rules a signer says to have signed (EN 319 132-1, clause 5.2.9).

A policy is named by OID and tied to its text by a digest. Which policies are known is data.

>>> policy = SignaturePolicy(oid="1.3.6.1.4.1.32473.9", digest=Digest.SHA256, value=digest_of_text)
>>> Signer(key, policy=policy)
>>> VerificationPolicy(signature_policies=(policy,))
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.base64_stream import decode_spaced, encode
from docexchange.envelope.names import DS
from docexchange.envelope.xml import leaf_text
from docexchange.errors import ConfigurationError, MalformedEnvelope
from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xades.names import XADES
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.signing.xmldsig.references import supported_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

__all__ = ["SignaturePolicy", "check_policy", "policy_xml", "read_policy"]

_OID: Final = re.compile(r"[0-2](\.(0|[1-9]\d*)){1,40}")
_URN: Final = "urn:oid:"
_OTHER: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
"""How any other URI begins."""
_IDENTIFIER, _IMPLIED = f"{{{XADES}}}SignaturePolicyId", f"{{{XADES}}}SignaturePolicyImplied"
_NAME: Final = f"{{{XADES}}}SigPolicyId/{{{XADES}}}Identifier"
_METHOD: Final = f"{{{XADES}}}SigPolicyHash/{{{DS}}}DigestMethod"
_VALUE: Final = f"{{{XADES}}}SigPolicyHash/{{{DS}}}DigestValue"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePolicy:
    """A policy, as signatures name it.

    Raises:
        ConfigurationError: the OID is none, or the digest has another length.
    """

    oid: str
    """Its OID (``1.3.6.1.4.1.32473.9``)."""
    digest: Digest = Digest.SHA256
    """What its text is digested with."""
    value: bytes
    """The digest of its text."""

    def __post_init__(self) -> None:
        import hashlib

        length = hashlib.new(self.digest.hashlib_name).digest_size
        if not _OID.fullmatch(self.oid) or len(self.value) != length:
            raise ConfigurationError(
                f"signature policy: expected an OID and {length} octets of {self.digest.label}, "
                f"found {self.oid[:60]!r} and {len(self.value)} octets",
                code="policy.invalid",
            )


def policy_xml(policy: SignaturePolicy | None) -> str:
    """``SignaturePolicyIdentifier`` in canonical form; nothing for no policy."""
    if policy is None:
        return ""
    return (
        "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId>"
        f'<xades:Identifier Qualifier="OIDAsURN">{_URN}{policy.oid}</xades:Identifier>'
        "</xades:SigPolicyId><xades:SigPolicyHash>"
        f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{policy.digest}"></ds:DigestMethod>'
        f'<ds:DigestValue xmlns:ds="{DS}">{encode(policy.value)}</ds:DigestValue>'
        "</xades:SigPolicyHash></xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>"
    )


def read_policy(element: _Element) -> SignaturePolicy | None:
    """The policy that ``SignaturePolicyIdentifier`` names; None where nobody here can know it.

    That is one which is only implied, or which is named by something else than an OID.

    Raises:
        Refusal: it does not have the prescribed form.
    """
    tags = [child.tag for child in element]
    if tags == [_IMPLIED]:
        return None
    if tags != [_IDENTIFIER]:
        raise malformed("expected SignaturePolicyId or SignaturePolicyImplied, found otherwise")
    method = element[0].find(_METHOD)
    try:
        oid = leaf_text(_one(element[0], _NAME)).removeprefix(_URN)
        if _OTHER.match(oid):
            return None
        value = decode_spaced(leaf_text(_one(element[0], _VALUE)))
        digest = supported_digest(method.get("Algorithm", "") if method is not None else "")
        return SignaturePolicy(oid=oid, digest=digest, value=value)
    except (MalformedEnvelope, ValueError, ConfigurationError) as error:
        raise malformed(f"expected a signature policy by OID and digest: {error}") from error


def _one(element: _Element, path: str) -> _Element:
    found = element.findall(path)
    if len(found) != 1:
        raise malformed(f"expected {path.rpartition('}')[2]} of a policy once, found {len(found)}")
    return found[0]


def check_policy(claimed: SignaturePolicy | None, known: Sequence[SignaturePolicy]) -> str:
    """The OID of a policy that is known, with the digest that is known.

    Args:
        claimed: what the signature names; None for what nobody here can know.
        known: what the verifier knows.

    Raises:
        Refusal: it is not known, or its text is another (EN 319 102-1, clause 5.2.4.4).
    """
    same = [policy for policy in known if claimed and policy.oid == claimed.oid]
    if claimed in known and claimed is not None:
        return claimed.oid
    if same:
        raise Refusal(
            SubIndication.POLICY_PROCESSING_ERROR,
            f"expected the text of policy {same[0].oid} that is known here, found the digest of "
            "another",
            code="signature.policy-changed",
            advice="Ask the sender which edition of the policy was signed under.",
        )
    raise Refusal(
        SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE,
        "expected no signature policy or a known one, found "
        f"{claimed.oid if claimed else 'one that is implied, or not named by an OID'}",
        code="signature.policy-unknown",
        advice="Get the policy from the sender's authority and make it known here.",
    )
