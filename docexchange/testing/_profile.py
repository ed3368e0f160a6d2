"""What stands in every certificate: the profile, clause by clause of RFC 5280.

Critical basic constraints (4.2.1.9) and key usage (4.2.1.3), both key identifiers (4.2.1.1 and
4.2.1.2).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.testing.credentials import PrivateKey
    from docexchange.testing.extensions import Extra
    from docexchange.testing.validity import Validity

__all__ = [
    "authority_builder",
    "base_builder",
    "digest",
    "key_identifier",
    "key_usage",
    "sign",
    "subject_name",
    "with_extras",
]

_P384_BITS: Final = 384
_SERIAL_OCTETS: Final = 16  # RFC 5280, 4.1.2.2 allows 20; these 16 cannot turn negative


def subject_name(common_name: str, *, organisation: str = "", code: str = "") -> x509.Name:
    """Build a subject of Vietnam.

    Args:
        common_name: a person or an agency.
        organisation: the agency; the common name where it is left out.
        code: its OrganId, put into organizationIdentifier (2.5.4.97).
    """
    oid = x509.NameOID
    attributes = [
        x509.NameAttribute(oid.COUNTRY_NAME, "VN"),
        x509.NameAttribute(oid.ORGANIZATION_NAME, organisation or common_name),
        x509.NameAttribute(oid.COMMON_NAME, common_name),
    ]
    if code:
        attributes.insert(2, x509.NameAttribute(oid.ORGANIZATION_IDENTIFIER, code))
    return x509.Name(attributes)


def base_builder(
    subject: x509.Name, private_key: PrivateKey, validity: Validity
) -> x509.CertificateBuilder:
    """Begin a certificate: subject, key, serial number, validity, key identifier."""
    public_key = private_key.public_key()
    own_identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(_serial(own_identifier))
        .not_valid_before(validity.begin)
        .not_valid_after(validity.end)
        .add_extension(own_identifier, critical=False)
    )


def authority_builder(
    subject: x509.Name, private_key: PrivateKey, validity: Validity, *, path_length: int | None
) -> x509.CertificateBuilder:
    """Begin the certificate of an authority."""
    builder = base_builder(subject, private_key, validity)
    constraints = x509.BasicConstraints(ca=True, path_length=path_length)
    builder = builder.add_extension(constraints, critical=True)
    return builder.add_extension(key_usage(signer=False), critical=True)


def key_usage(*, signer: bool) -> x509.KeyUsage:
    """What a key is for: documents, or certificates and lists; never both."""
    return x509.KeyUsage(
        digital_signature=signer,
        content_commitment=signer,
        key_cert_sign=not signer,
        crl_sign=not signer,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def key_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """The authority key identifier of what ``issuer`` signs."""
    extension = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(extension.value)


def with_extras(
    builder: x509.CertificateBuilder, extensions: Sequence[Extra]
) -> x509.CertificateBuilder:
    """Put more into a certificate."""
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder


def sign(builder: x509.CertificateBuilder, key: PrivateKey) -> x509.Certificate:
    """Finish a certificate."""
    return builder.sign(key, digest(key))


def digest(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | None:
    """The digest that is as strong as the key; none where the algorithm has its own."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    strong = isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size >= _P384_BITS
    return hashes.SHA384() if strong else hashes.SHA256()


def _serial(own_identifier: x509.SubjectKeyIdentifier) -> int:
    """Derive the serial number from the key: fresh with it, and no second source of chance."""
    return int.from_bytes(hashlib.sha256(own_identifier.digest).digest()[:_SERIAL_OCTETS])
