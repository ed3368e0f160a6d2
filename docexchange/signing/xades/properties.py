"""XAdES properties: when, with which certificate, in which role (ETSI EN 319 132-1, clause 5.2).

Written in canonical form, like ``SignedInfo``; read by the letter.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.base64_stream import encode
from docexchange.envelope.names import DS
from docexchange.envelope.xml import inside, leaf_text, text
from docexchange.errors import MalformedEnvelope
from docexchange.signing.certificates import digest_of_der
from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xades.first_version import (
    NamedCertificate,
    certificate_digest,
    check_first_version,
    digest_value,
    read_first_version,
)
from docexchange.signing.xades.names import SIGNED_PROPERTIES, XADES
from docexchange.signing.xades.plain import read_plain
from docexchange.signing.xades.policies import SignaturePolicy, policy_xml, read_policy
from docexchange.signing.xmldsig.c14n import exclusive
from docexchange.signing.xmldsig.references import supported_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

    from docexchange.signing.xades.plain import PlainProperties
    from docexchange.signing.xmldsig.algorithms import Digest
    from docexchange.signing.xmldsig.build import SignedPart
    from docexchange.signing.xmldsig.element import SignatureElement

__all__ = [
    "SIGNED_PROPERTIES",
    "XADES",
    "SignedProperties",
    "find_signed_properties",
    "properties_xml",
    "read_octets",
    "read_properties",
]

_QUALIFYING: Final = f"{{{XADES}}}QualifyingProperties"
_SIGNED: Final = f"{{{XADES}}}SignedProperties"
_UNSIGNED: Final = f"{{{XADES}}}UnsignedProperties"
_OF_SIGNATURE: Final = f"{{{XADES}}}SignedSignatureProperties"
_POLICY: Final = f"{{{XADES}}}SignaturePolicyIdentifier"
_SIGNING_TIME: Final = f"{{{XADES}}}SigningTime"
_CERTIFICATES: Final = [
    f"{{{XADES}}}{name}" for name in ("SigningCertificateV2", "Cert", "CertDigest")
]
_ROLES: Final = [
    [f"{{{XADES}}}{name}" for name in (version, "ClaimedRoles", "ClaimedRole")]
    for version in ("SignerRoleV2", "SignerRole")
]
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedProperties:
    """What the signer says about the signature, under the signature."""

    target: _Element | bytes
    """The ``SignedProperties`` element; its octets where there is no tree."""
    signing_time: datetime | None
    """Claimed by the signer; proves nothing. None where it is absent, or has no zone."""
    certificate_digests: tuple[tuple[Digest, bytes], ...]
    """Digests that name the signing certificate (``SigningCertificateV2``)."""
    first_version: NamedCertificate | None
    """The same as it was written before (``SigningCertificate``); None where it is not."""
    roles: tuple[str, ...]
    """Claimed roles."""
    policy: SignaturePolicy | None
    """The signature policy named; None for none."""
    policy_implied: bool
    """Whether there is one that nobody here can know: implied, or not named by an OID."""
    unsigned: _Element | None
    """``UnsignedProperties`` beside them; None for none."""
    octets: bytes = field(default=b"", compare=False, repr=False)
    """Their exclusive canonical form, where they were read from it; else empty."""

    @property
    def named(self) -> tuple[tuple[Digest, bytes], ...]:
        """Digests that name the signing certificate, in whichever version."""
        first = self.first_version
        return self.certificate_digests or (((first.digest, first.value),) if first else ())


def properties_xml(
    identity: str,
    *,
    signing_time: datetime,
    certificate: bytes,
    digest: Digest,
    role: str,
    parts: Sequence[SignedPart],
    policy: SignaturePolicy | None = None,
) -> str:
    """``SignedProperties`` in canonical form.

    Args:
        identity: its ``Id``.
        signing_time: timezone-aware.
        certificate: DER of the signing certificate.
        digest: algorithm for its digest.
        role: claimed role; empty for none.
        parts: what is signed, each with its MIME type.
        policy: the policy signed under.
    """
    moment = signing_time.astimezone(UTC).isoformat(timespec="seconds")
    return (
        f'<xades:SignedProperties xmlns:xades="{XADES}" Id="{identity}">'
        "<xades:SignedSignatureProperties>"
        f"<xades:SigningTime>{moment.removesuffix('+00:00')}Z</xades:SigningTime>"
        f"{_signer_xml(certificate, digest, policy, role)}</xades:SignedSignatureProperties>"
        f"<xades:SignedDataObjectProperties>{''.join(map(_format_xml, parts))}"
        "</xades:SignedDataObjectProperties></xades:SignedProperties>"
    )


@lru_cache(maxsize=64)
def _signer_xml(
    certificate: bytes, digest: Digest, policy: SignaturePolicy | None, role: str
) -> str:
    """Who signs, under which policy and in which role: the same under every letter of a signer."""
    value = encode(digest_of_der(certificate, digest.hashlib_name))
    claimed = (
        "<xades:SignerRoleV2><xades:ClaimedRoles><xades:ClaimedRole>"
        f"{text(role)}</xades:ClaimedRole></xades:ClaimedRoles></xades:SignerRoleV2>"
        if role
        else ""
    )
    return (
        "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
        f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{digest}"></ds:DigestMethod>'
        f'<ds:DigestValue xmlns:ds="{DS}">{value}</ds:DigestValue>'
        "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
        f"{policy_xml(policy)}{claimed}"
    )


def _format_xml(part: SignedPart) -> str:
    return (
        f'<xades:DataObjectFormat ObjectReference="#{part.identity}"><xades:MimeType>'
        f"{text(part.media_type)}</xades:MimeType></xades:DataObjectFormat>"
    )


def find_signed_properties(signature: SignatureElement) -> _Element:
    """The ``SignedProperties`` of a signature: exactly one, at exactly its place.

    Raises:
        Refusal: it is missing, doubled, elsewhere, or meant for another signature.
    """
    if len(signature.objects) != 1:
        raise malformed(f"expected one ds:Object, found {len(signature.objects)}")
    children = list(signature.objects[0])
    if [child.tag for child in children] != [_QUALIFYING]:
        raise malformed("expected xades:QualifyingProperties alone in ds:Object, found otherwise")
    qualifying = children[0]
    if not signature.identity or qualifying.get("Target") != f"#{signature.identity}":
        raise malformed(
            f"expected QualifyingProperties for #{signature.identity}, found them for "
            f"{qualifying.get('Target')!r}"
        )
    if [child.tag for child in qualifying] not in ([_SIGNED], [_SIGNED, _UNSIGNED]):
        raise malformed(
            "expected SignedProperties and UnsignedProperties in QualifyingProperties, found "
            "otherwise"
        )
    return qualifying[0]


def read_properties(element: _Element) -> SignedProperties:
    """Read signed properties.

    Raises:
        Refusal: they do not have the prescribed form.
    """
    octets = exclusive(element, comments=True)
    plain = read_plain(octets)
    if plain is None:
        return _read_tree(element)
    return _told(plain, element, octets, next(element.itersiblings(_UNSIGNED), None))


def read_octets(octets: bytes) -> SignedProperties | None:
    """Read signed properties that stand alone; None when they do not have the plain form.

    Args:
        octets: their exclusive canonical form.

    Raises:
        Refusal: they do not say what they must.
    """
    plain = read_plain(octets)
    return None if plain is None else _told(plain, octets, octets, None)


def _told(
    plain: PlainProperties, target: _Element | bytes, octets: bytes, unsigned: _Element | None
) -> SignedProperties:
    digest = supported_digest(plain.digest_method), digest_value(plain.digest_value)
    return SignedProperties(
        target=target,
        signing_time=_moment(plain.time),
        certificate_digests=(digest,),
        first_version=None,
        roles=(plain.role,) if plain.role else (),
        policy=None,
        policy_implied=False,
        unsigned=unsigned,
        octets=octets,
    )


def _read_tree(element: _Element) -> SignedProperties:
    own = list(element.iterchildren(_OF_SIGNATURE))
    if len(own) != 1:
        raise malformed(f"expected SignedSignatureProperties once, found {len(own)}")
    policies = list(own[0].iterchildren(_POLICY))
    if len(policies) > 1:
        raise malformed(f"expected one signature policy at most, found {len(policies)}")
    policy = read_policy(policies[0]) if policies else None
    digests = map(certificate_digest, inside(own[0], *_CERTIFICATES))
    return SignedProperties(
        target=element,
        signing_time=_time(own[0]),
        certificate_digests=tuple(digests),
        first_version=read_first_version(own[0]),
        roles=tuple(_leaf(item) for path in _ROLES for item in inside(own[0], *path)),
        policy=policy,
        policy_implied=bool(policies) and policy is None,
        unsigned=next(element.itersiblings(_UNSIGNED), None),
    )


def check_certificate(properties: SignedProperties, certificate: bytes) -> None:
    """Hold the signing certificate against the digest that was signed.

    A public key can stand in several certificates; the signer says which one is meant
    (EN 319 132-1, clause 5.2.2).

    Raises:
        Refusal: it is another certificate, or none was named.
    """
    if not properties.certificate_digests:
        raise malformed("expected SigningCertificateV2, found none")
    digest, value = properties.certificate_digests[0]
    actual = digest_of_der(certificate, digest.hashlib_name)
    if not hmac.compare_digest(actual, value):
        raise Refusal(
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            f"expected the signing certificate with digest {value.hex()}, found one with "
            f"{actual.hex()}",
            code="signature.certificate-substituted",
            advice="The certificate in the file is not the one the signer named.",
        )
    check_first_version(properties.first_version, certificate)


def _first(parent: _Element, tag: str) -> _Element | None:
    return next(parent.iterchildren(tag), None)


def _leaf(element: _Element) -> str:
    try:
        return leaf_text(element)
    except MalformedEnvelope as error:
        raise malformed(str(error)) from error


def _time(properties: _Element) -> datetime | None:
    element = _first(properties, _SIGNING_TIME)
    return None if element is None else _moment(_leaf(element))


def _moment(text: str) -> datetime | None:
    """The moment; None without a zone, which the schema lets programs leave out."""
    found = _TIME.fullmatch(text)
    if not found:
        raise malformed(f"expected a date and time in SigningTime, found {text[:40]!r}")
    try:
        moment = datetime.fromisoformat(f"{found[1]}{found[3] or ''}")
        return moment.astimezone(UTC) if found[3] else None
    except (ValueError, OverflowError) as error:
        raise malformed(f"expected a moment in SigningTime: {error}") from error
