"""XAdES properties: when, with which certificate, in which role (ETSI EN 319 132-1, clause 5.2).

Written in canonical form, like ``SignedInfo``; read by the letter.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
    readable,
)
from docexchange.signing.xades.names import SIGNED_PROPERTIES, XADES
from docexchange.signing.xades.plain import read_plain
from docexchange.signing.xades.policies import SignaturePolicy, policy_xml, read_policy
from docexchange.signing.xmldsig.c14n import exclusive
from docexchange.signing.xmldsig.references import supported_digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

    from docexchange.signing.xades.plain import PlainProperties
    from docexchange.signing.xmldsig.algorithms import Digest
    from docexchange.signing.xmldsig.element import SignatureElement

__all__ = [
    "SIGNED_PROPERTIES",
    "XADES",
    "SignedProperties",
    "find_signed_properties",
    "format_xml",
    "properties_octets",
    "read_octets",
    "read_properties",
    "signer_xml",
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
    """Digests that name the signing certificate, and others of its path maybe, in any order
    (``SigningCertificateV2``)."""
    first_version: tuple[NamedCertificate, ...]
    """The same as it was written before (``SigningCertificate``)."""
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
        first = tuple((item.digest, item.value) for item in self.first_version)
        return self.certificate_digests or first


def properties_octets(
    identity: str, *, signing_time: datetime, signer: str, formats: Iterable[str]
) -> bytes:
    """``SignedProperties`` in canonical form: the octets to digest, which are those in the file.

    Args:
        identity: its ``Id``.
        signing_time: timezone-aware.
        signer: from ``signer_xml``.
        formats: what is signed, from ``format_xml``.
    """
    moment = signing_time.astimezone(UTC).isoformat()[:19]  # to the second
    return (
        f'<xades:SignedProperties xmlns:xades="{XADES}" Id="{identity}">'
        "<xades:SignedSignatureProperties>"
        f"<xades:SigningTime>{moment}Z</xades:SigningTime>"
        f"{signer}</xades:SignedSignatureProperties>"
        f"<xades:SignedDataObjectProperties>{''.join(formats)}"
        "</xades:SignedDataObjectProperties></xades:SignedProperties>"
    ).encode()


def signer_xml(
    certificate: bytes, digest: Digest, *, role: str = "", policy: SignaturePolicy | None = None
) -> str:
    """Who signs, under which policy and in which role, in canonical form.

    Args:
        certificate: DER of the signing certificate.
        digest: algorithm for its digest.
        role: claimed role; empty for none.
        policy: the policy signed under.
    """
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


def format_xml(reference: str, media_type: str) -> str:
    """What the properties say of one thing that is signed, in canonical form.

    Args:
        reference: ``Id`` of the reference to it.
        media_type: its MIME type.
    """
    return (
        f'<xades:DataObjectFormat ObjectReference="#{reference}"><xades:MimeType>'
        f"{text(media_type)}</xades:MimeType></xades:DataObjectFormat>"
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
        first_version=(),
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
    digests = readable(inside(own[0], *_CERTIFICATES), certificate_digest)
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
    """Hold the signing certificate against the digests that were signed.

    A public key can stand in several certificates; the signer says which one is meant, and may name
    others of its path beside it, in any order (EN 319 132-1, clause 5.2.2).

    Raises:
        Refusal: others are named, or none is.
    """
    if not properties.certificate_digests:
        raise malformed("expected SigningCertificateV2, found none")
    if not any(_is_of(certificate, item) for item in properties.certificate_digests):
        digest, value = properties.certificate_digests[0]
        raise Refusal(
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            f"expected the signing certificate with digest {value.hex()}, found one with "
            f"{digest_of_der(certificate, digest.hashlib_name).hex()}",
            code="signature.certificate-substituted",
            advice="The certificate in the file is not the one the signer named.",
        )
    check_first_version(properties.first_version, certificate)


def _is_of(certificate: bytes, named: tuple[Digest, bytes]) -> bool:
    digest, value = named
    return hmac.compare_digest(digest_of_der(certificate, digest.hashlib_name), value)


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
