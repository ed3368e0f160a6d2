"""Keys that sign: loaded once, checked on loading, forgotten by nobody else.

>>> key = SigningKey.from_pkcs12("agency.p12", password=lambda: b"secret")
>>> signer = Signer(key)

Parsing an RSA key costs fifty times what a signature costs: keep the object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange.errors import InputNotFound, UnusableKey
from docexchange.signing.xmldsig.algorithms import Digest, KeyKind, SignatureAlgorithm

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

    PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

__all__ = ["MIN_RSA_BITS", "SigningKey"]

MIN_RSA_BITS: Final = 2048
"""Circular 15/2025/TT-BKHCN, and ETSI TS 119 312."""
_MAX_KEY_FILE: Final = 1024 * 1024
_CURVE_DIGEST: Final = {"secp256r1": Digest.SHA256, "secp384r1": Digest.SHA384}


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key with the certificate that belongs to it."""

    private_key: PrivateKey = field(repr=False)
    """RSA of 2048 bits or more, or ECDSA on P-256 or P-384."""
    certificate: Certificate
    """Its certificate."""
    chain: tuple[Certificate, ...] = ()
    """Intermediate certificates, the issuer's first; never the root."""

    def __post_init__(self) -> None:
        self._check_kind()
        if self.private_key.public_key() != self.certificate.public_key():
            raise UnusableKey(
                "expected the certificate of this key, found one of another key "
                f"({self.certificate.subject.rfc4514_string()})",
                code="key.mismatch",
                advice="Give the certificate that was issued for this key.",
            )

    def _check_kind(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec, rsa

        key = self.private_key
        if isinstance(key, rsa.RSAPrivateKey):
            if key.key_size < MIN_RSA_BITS:
                raise _unusable(f"RSA of {key.key_size} bits", "key.too-small")
        elif isinstance(key, ec.EllipticCurvePrivateKey):
            if key.curve.name not in _CURVE_DIGEST:
                raise _unusable(f"ECDSA on {key.curve.name}", "key.unsupported")
        else:
            raise _unusable(type(key).__name__, "key.unsupported")

    @property
    def kind(self) -> KeyKind:
        """RSA or ECDSA."""
        return (
            KeyKind.RSA
            if hasattr(self.private_key, "private_numbers") and hasattr(self.private_key, "decrypt")
            else KeyKind.EC
        )

    @property
    def digest(self) -> Digest:
        """The digest that matches the strength of the key."""
        curve = getattr(self.private_key, "curve", None)
        return _CURVE_DIGEST[curve.name] if curve is not None else Digest.SHA256

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """DER of the certificate and of its chain."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return tuple(item.public_bytes(Encoding.DER) for item in (self.certificate, *self.chain))

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign octets, in the form XML signatures want (RFC 4051, clause 2.3.6 for ECDSA)."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

        hash_algorithm = getattr(hashes, algorithm.digest.name)()
        key = self.private_key
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, padding.PKCS1v15(), hash_algorithm)
        size = (key.curve.key_size + 7) // 8
        r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hash_algorithm)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    @classmethod
    def from_pkcs12(
        cls, path: Path | str, *, password: Callable[[], bytes] | None = None
    ) -> SigningKey:
        """Read a PKCS#12 file (``.p12``, ``.pfx``).

        Args:
            path: the file.
            password: asked for when the file is read.

        Raises:
            InputNotFound: it cannot be read.
            UnusableKey: wrong password, or no usable key in it.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import pkcs12

        data = _read(path)
        secret = password() if password else None
        try:
            key, certificate, others = pkcs12.load_key_and_certificates(data, secret)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _not_opened(path, "a PKCS#12 file and its password", error) from error
        if key is None or certificate is None:
            raise UnusableKey(
                f"{path}: expected a key and its certificate, found "
                f"{'no key' if key is None else 'no certificate'}",
                code="key.incomplete",
            )
        chain = tuple(item for item in others if item.issuer != item.subject)
        return cls(private_key=key, certificate=certificate, chain=chain)  # type: ignore[arg-type]

    @classmethod
    def from_pem(
        cls,
        key: Path | str,
        certificates: Path | str | None = None,
        *,
        password: Callable[[], bytes] | None = None,
    ) -> SigningKey:
        """Read a key and its certificates from PEM files.

        Args:
            key: file with the private key, and the certificates when no other file is given.
            certificates: file with the certificate first and then its chain.
            password: asked for when the key is encrypted.

        Raises:
            InputNotFound: a file cannot be read.
            UnusableKey: wrong password, no key, no certificate, or they do not match.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        from docexchange.signing.certificates import load_pem_bundle

        data = _read(key)
        secret = password() if password and b"ENCRYPTED" in data else None
        try:
            private_key = load_pem_private_key(data, secret)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _not_opened(key, "a PEM private key and its password", error) from error
        source = certificates or key
        try:
            first, *chain = load_pem_bundle(_read(source))
        except ValueError as error:
            raise _not_opened(source, "a certificate in PEM or DER", error) from error
        chain = [item for item in chain if item.issuer != item.subject]
        return cls(private_key=private_key, certificate=first, chain=tuple(chain))  # type: ignore[arg-type]

    @classmethod
    def from_uri(cls, uri: str, *, password: Callable[[], bytes] | None = None) -> SigningKey:
        """Read a key by URI: ``pkcs12:agency.p12``, ``file:agency.pem``, or a plain path.

        Raises:
            InputNotFound: it cannot be read.
            UnusableKey: the scheme is not known, or the key cannot be used.
        """
        scheme, colon, rest = uri.partition(":")
        if colon and scheme == "pkcs12":
            return cls.from_pkcs12(rest, password=password)
        if colon and scheme == "file":
            return cls.from_pem(rest, password=password)
        if colon and scheme in {"pkcs11", "hsm", "http", "https"}:
            raise UnusableKey(
                f"expected pkcs12: or file: as kind of key, found {scheme}:", code="key.scheme"
            )
        if Path(uri).suffix.lower() in {".p12", ".pfx"}:
            return cls.from_pkcs12(uri, password=password)
        return cls.from_pem(uri, password=password)


def _read(path: Path | str) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(_MAX_KEY_FILE + 1)
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    if len(data) > _MAX_KEY_FILE:
        raise UnusableKey(f"{path}: expected a key file, found over 1 MiB", code="key.unreadable")
    return data


def _unusable(found: str, code: str) -> UnusableKey:
    return UnusableKey(
        f"expected RSA of {MIN_RSA_BITS} bits or more, or ECDSA on P-256 or P-384, found {found}",
        code=code,
        advice="Ask your certificate authority for a new key.",
    )


def _not_opened(path: Path | str, expected: str, error: Exception) -> UnusableKey:
    return UnusableKey(
        f"{path}: expected {expected}, found that it does not open ({error})",
        code="key.not-opened",
        advice="Check the password and the file.",
    )
