"""Certificates as this field reads them: whose is it, and what may it do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.x509 import Certificate

__all__ = [
    "MAX_CERTIFICATE",
    "Signatory",
    "digest_of_der",
    "fingerprint",
    "is_for_pss_alone",
    "load_der",
    "load_pem_bundle",
    "signatory",
    "signatory_of",
]

MAX_CERTIFICATE: Final = 32 * 1024
"""Octets of a certificate in a letter; real ones have 1 to 4 KiB, and those read are remembered."""
_COMMON_NAME: Final = "2.5.4.3"
_ORGANIZATION: Final = "2.5.4.10"
_ORGANIZATION_IDENTIFIER: Final = "2.5.4.97"
_RSA_PSS: Final = "1.2.840.113549.1.1.10"
_REMEMBERED: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who a certificate says it belongs to."""

    name: str
    """Common name."""
    organization: str
    """Organisation name."""
    organ_id: OrganId | None
    """Agency code, from ``organizationIdentifier``."""
    issuer: str
    """Distinguished name of the issuer."""
    serial: str
    """Serial number, in hexadecimal."""
    sha256: str
    """SHA-256 of the certificate's DER, in hexadecimal."""
    not_before: datetime
    """Valid from, UTC."""
    not_after: datetime
    """Valid to, UTC."""


@lru_cache(maxsize=_REMEMBERED)
def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate's DER, in lower-case hexadecimal."""
    return hashlib.sha256(der).hexdigest()


@lru_cache(maxsize=_REMEMBERED)
def digest_of_der(der: bytes, name: str) -> bytes:
    """Digest of a certificate's DER.

    Args:
        der: the certificate.
        name: of the digest, as ``hashlib`` has it.
    """
    return hashlib.new(name, der).digest()


@lru_cache(maxsize=_REMEMBERED)
def load_der(der: bytes) -> Certificate:
    """Read a certificate to its last part, so that nothing in it can fail later.

    Raises:
        ValueError: it is none, breaks the rules of X.509, or has a key of an unknown kind.
    """
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.extensions, certificate.public_key()
        _ = certificate.subject, certificate.issuer
        if certificate.serial_number < 1:
            raise ValueError("a serial number that is not positive (RFC 5280, clause 4.1.2.2)")
    except (
        TypeError,  # a name with a value that is no text
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
        UserWarning,  # a deprecation, where the application has made warnings errors
    ) as error:
        raise ValueError(str(error)) from error
    return certificate


def is_for_pss_alone(certificate: Certificate) -> bool:
    """Whether its key is one for RSA-PSS, which must sign in no other way (RFC 4055, clause 1.2).

    Args:
        certificate: one with an RSA key; the key itself has forgotten it.
    """
    return certificate.public_key_algorithm_oid.dotted_string == _RSA_PSS


def load_pem_bundle(data: bytes) -> tuple[Certificate, ...]:
    """Read one DER certificate or any number of PEM certificates.

    Raises:
        ValueError: there is none, or one that ``load_der`` would refuse.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if b"-----BEGIN" not in data:
        return (load_der(data),)
    try:
        found = x509.load_pem_x509_certificates(data)
    except (x509.InvalidVersion, UserWarning) as error:
        raise ValueError(str(error)) from error
    return tuple(load_der(item.public_bytes(Encoding.DER)) for item in found)


@lru_cache(maxsize=_REMEMBERED)
def signatory_of(der: bytes) -> Signatory:
    """Whom a certificate names; quicker than ``signatory`` where its octets are at hand.

    Raises:
        ValueError: see ``load_der``.
    """
    return _signatory(load_der(der), der)


def signatory(certificate: Certificate) -> Signatory:
    """Whom a certificate names."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return _signatory(certificate, certificate.public_bytes(Encoding.DER))


def _signatory(certificate: Certificate, der: bytes) -> Signatory:
    # Of several attributes of one kind the first counts.
    named = {item.oid.dotted_string: item.value for item in reversed([*certificate.subject])}
    return Signatory(
        name=str(named.get(_COMMON_NAME, "")),
        organization=str(named.get(_ORGANIZATION, "")),
        organ_id=_organ_id(str(named.get(_ORGANIZATION_IDENTIFIER, ""))),
        issuer=certificate.issuer.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        sha256=fingerprint(der),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _organ_id(text: str) -> OrganId | None:
    try:
        return OrganId(text) if text else None
    except InvalidIdentifier:
        return None
