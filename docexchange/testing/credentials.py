"""What a signer holds: a certificate, its private key, and the certificates in between.

Keys made here guard nothing: they are for tests and demonstrations.

    from docexchange.testing import new_key

    key = new_key("p256")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Credential", "KeyKind", "PrivateKey", "new_key"]

KeyKind = Literal["p256", "p384", "p521", "ed25519", "rsa2048", "rsa3072", "rsa4096"]
"""A kind of key; the elliptic curves are made a thousand times faster than RSA."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
"""A private key of one of those kinds."""


def _rsa(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


_KINDS: Final[Mapping[str, Callable[[], PrivateKey]]] = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "rsa2048": lambda: _rsa(2048),
    "rsa3072": lambda: _rsa(3072),
    "rsa4096": lambda: _rsa(4096),
}


def new_key(kind: KeyKind) -> PrivateKey:
    """Make a fresh private key, the one random thing in a demonstration.

    Args:
        kind: algorithm and size.

    Raises:
        UsageError: a kind that is not in the list.
    """
    if kind not in _KINDS:
        raise UsageError(
            f"key: expected one of {', '.join(_KINDS)}, found {kind!r}",
            code="testing.key",
            advice="Use p256 where speed matters and rsa2048 where practice does.",
        )
    return _KINDS[kind]()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Credential:
    """A certificate with its private key and what leads from it towards the root."""

    certificate: x509.Certificate
    """The signer's own certificate."""
    private_key: PrivateKey
    """The key that belongs to it."""
    chain: tuple[x509.Certificate, ...] = ()
    """The certificates a signature should carry, nearest issuer first, without the root."""

    def __post_init__(self) -> None:
        if self.private_key.public_key() != self.certificate.public_key():
            raise UsageError(
                f"credential: expected the private key of {self.name}, found the key of another",
                code="testing.key",
            )

    @property
    def name(self) -> str:
        """The common name of the subject."""
        values = self.certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(values[0].value) if values else self.certificate.subject.rfc4514_string()

    @property
    def der(self) -> bytes:
        """The signer's certificate in DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def sha256(self) -> str:
        """SHA-256 of that DER in lower-case hex; the directory names certificates by it."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def certificate_pem(self) -> bytes:
        """The certificate and then its chain, in PEM."""
        held = (self.certificate, *self.chain)
        return b"".join(each.public_bytes(Encoding.PEM) for each in held)

    def key_pem(self, password: str | None = None) -> bytes:
        """The private key in PEM (PKCS#8).

        Args:
            password: encrypts the key; none leaves it open.
        """
        return self.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _seal(password))

    def pkcs12(self, password: str) -> bytes:
        """Certificate, key and chain in one PKCS#12 file, as tokens and browsers exchange them.

        Args:
            password: encrypts the file.
        """
        return pkcs12.serialize_key_and_certificates(
            self.name.encode(), self.private_key, self.certificate, self.chain, _seal(password)
        )

    def __repr__(self) -> str:
        return f"Credential(name={self.name!r}, sha256={self.sha256!r})"


def _seal(password: str | None) -> KeySerializationEncryption:
    if password is None:
        return NoEncryption()
    if not (password and password.isprintable()):
        raise UsageError(
            "password: expected one or more printable characters, found none or others",
            code="testing.password",
        )
    return BestAvailableEncryption(password.encode())
