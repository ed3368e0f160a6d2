"""Keys that sign: loaded once, checked on loading, forgotten by nobody else.

>>> key = SigningKey.from_pkcs12("agency.p12", password=lambda: b"secret")
>>> signer = Signer(key)

Parsing an RSA key costs fifty times what a signature costs: keep the object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from docexchange.errors import InputNotFound, UnusableKey
from docexchange.signing.certificates import is_for_pss_alone
from docexchange.signing.constraints import MIN_RSA_BITS
from docexchange.signing.pss import pss_digest_of
from docexchange.signing.xmldsig.algorithms import Digest, KeyKind, Padding, SignatureAlgorithm
from docexchange.signing.xmldsig.value import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurve,
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.x509 import Certificate

    PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey
    PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey

__all__ = [
    "KeyDevice",
    "SigningKey",
    "check_signer",
    "no_certificate",
    "own_digest",
    "own_padding",
    "side_by_side",
]

_MAX_KEY_FILE: Final = 1024 * 1024
_PKCS12: Final = "a PKCS#12 file and its password"
_PEM_KEY: Final = "a PEM private key and its password"
_CERTIFICATE: Final = "a certificate in PEM or DER"
_CURVE_DIGEST: Final = {
    "secp256r1": Digest.SHA256,
    "secp384r1": Digest.SHA384,
    "secp521r1": Digest.SHA512,
}


@runtime_checkable
class KeyDevice(Protocol):
    """A key that never leaves its device: a token, a card, a security module."""

    def public_key(self) -> PublicKey:
        """The public half."""

    def sign_octets(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """A signature value as XML signatures want it (for ECDSA, r and s side by side).

        Raises:
            UnusableKey: the device will not sign.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key with the certificate that belongs to it."""

    private_key: PrivateKey | KeyDevice = field(repr=False)
    """RSA of 2048 bits or more, ECDSA on P-256, P-384 or P-521, Ed25519, or a device with such."""
    certificate: Certificate
    """Its certificate."""
    chain: tuple[Certificate, ...] = ()
    """Intermediate certificates, the issuer's first; never the root."""

    def __post_init__(self) -> None:
        public_key = check_signer(_public_half(self.private_key))
        if public_key != self.certificate.public_key():
            raise UnusableKey(
                "expected the certificate of this key, found one of another key "
                f"({self.certificate.subject.rfc4514_string()})",
                code="key.mismatch",
                advice="Give the certificate that was issued for this key.",
            )

    @property
    def kind(self) -> KeyKind:
        """RSA, ECDSA or Ed25519."""
        found = kind_of(self.private_key.public_key())
        if found is None:  # check_signer has seen to it
            raise _unusable(type(self.private_key).__name__, "key.unsupported")
        return found

    @property
    def in_device(self) -> bool:
        """Whether a device signs, which takes its time, and not this processor."""
        return hasattr(self.private_key, "sign_octets")

    @property
    def digest(self) -> Digest:
        """The digest that matches the strength of the key, or that its certificate asks for."""
        return pss_digest_of(self.certificate) or own_digest(self.private_key.public_key())

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """DER of the certificate and of its chain."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return tuple(item.public_bytes(Encoding.DER) for item in (self.certificate, *self.chain))

    def sign(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign octets, in the form XML signatures want (RFC 9231, clause 2.3.6 for ECDSA)."""
        return _way(type(self.private_key), algorithm)(self.private_key, data)

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

        data = _read(path, _PKCS12)
        secret = password() if password else None
        try:
            key, certificate, others = pkcs12.load_key_and_certificates(data, secret)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            given = bool(secret)
            raise _not_opened(path, _PKCS12, given=given) from error
        if key is None or certificate is None:
            raise _incomplete(path, "no key" if key is None else "no certificate")
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

        data = _read(key, _PEM_KEY)
        secret = password() if password and b"ENCRYPTED" in data else None
        try:
            private_key = load_pem_private_key(data, secret)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            if b"PRIVATE KEY" not in data and b"CERTIFICATE" in data:
                raise _incomplete(key, "no key") from error
            raise _not_opened(key, _PEM_KEY, given=bool(secret)) from error
        if certificates is None and b"CERTIFICATE" not in data:
            raise _incomplete(key, "no certificate")
        found = data if certificates is None else _read(certificates, _CERTIFICATE)
        try:
            first, *chain = load_pem_bundle(found)
        except ValueError as error:
            raise no_certificate(certificates or key, found) from error
        chain = [item for item in chain if item.issuer != item.subject]
        return cls(private_key=private_key, certificate=first, chain=tuple(chain))  # type: ignore[arg-type]

    @classmethod
    def from_uri(cls, uri: str, *, password: Callable[[], bytes] | None = None) -> SigningKey:
        """Read a key by URI.

        Args:
            uri: ``pkcs12:agency.p12``, ``file:agency.pem``, ``pkcs11:token=…`` (RFC 7512), or a
                plain path.
            password: of the file, or the PIN of the token; asked for once, when it is needed.

        Raises:
            InputNotFound: it cannot be read.
            UnusableKey: the scheme is not known, or the key cannot be used.
            MissingExtra: what the scheme needs is not installed.
        """
        scheme, colon, rest = uri.partition(":")
        if colon and scheme == "pkcs12":
            return cls.from_pkcs12(rest, password=password)
        if colon and scheme == "file":
            return cls.from_pem(rest, password=password)
        if colon and scheme == "pkcs11":
            from docexchange.signing.pkcs11_keys import key_on_token

            return key_on_token(uri, pin=password)
        if colon and scheme in {"hsm", "http", "https"}:
            raise UnusableKey(
                f"expected pkcs11:, pkcs12: or file: as kind of key, found {scheme}:",
                code="key.scheme",
            )
        if Path(uri).suffix.lower() in {".p12", ".pfx"}:
            return cls.from_pkcs12(uri, password=password)
        return cls.from_pem(uri, password=password)


def _read(path: Path | str, expected: str) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(_MAX_KEY_FILE + 1)
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    if len(data) > _MAX_KEY_FILE:
        raise UnusableKey(
            f"{path}: expected a key file, found over 1 MiB",
            code="key.size",
            advice="Check that this is the right file.",
        )
    if not data.strip():
        raise UnusableKey(
            f"{path}: expected {expected}, found an empty file",
            code="key.empty",
            advice="Check that this is the right file, and that it was copied whole.",
        )
    return data


def no_certificate(path: Path | str, data: bytes) -> UnusableKey:
    """The error for a file that should hold a certificate.

    Args:
        path: of the file.
        data: what it holds.
    """
    other = "a private key" if b"PRIVATE KEY" in data else "something else"
    return UnusableKey(
        f"{path}: expected a certificate in PEM or DER, found {other}",
        code="key.unreadable",
        advice="Give the signer's certificate as the authority issued it.",
    )


def check_signer(key: Any) -> PublicKey:
    """The public key, if letters may be signed with its other half.

    Raises:
        UnusableKey: it is of another kind, or too weak.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < MIN_RSA_BITS:
            raise _unusable(f"RSA of {key.key_size} bits", "key.too-small")
        return key
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.name not in _CURVE_DIGEST:
            raise _unusable(f"ECDSA on {key.curve.name}", "key.unsupported")
        return key
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    raise _unusable(type(key).__name__, "key.unsupported")


def own_padding(certificate: Certificate, padding: Padding) -> Padding:
    """The padding to sign with: the one wished for, unless the key is for RSA-PSS alone."""
    return Padding.PSS if is_for_pss_alone(certificate) else padding


def own_digest(key: PublicKey) -> Digest:
    """The digest that matches the strength of a key."""
    kind = kind_of(key)
    if kind is KeyKind.EC:
        return _CURVE_DIGEST[key.curve.name]  # type: ignore[union-attr]
    return Digest.SHA512 if kind is KeyKind.ED25519 else Digest.SHA256


@lru_cache(maxsize=64)
def _way(kind: type[Any], algorithm: SignatureAlgorithm) -> Callable[[Any, bytes], bytes]:
    """How keys of this type sign with this algorithm; looked up once for all letters."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    hashed = getattr(hashes, algorithm.digest.name)()
    if issubclass(kind, rsa.RSAPrivateKey):
        filled: padding.AsymmetricPadding = padding.PKCS1v15()
        if algorithm.padding is Padding.PSS:
            filled = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
        return lambda key, data: key.sign(data, filled, hashed)
    if issubclass(kind, ec.EllipticCurvePrivateKey):
        scheme = ec.ECDSA(hashed)
        return lambda key, data: side_by_side(key.sign(data, scheme), key.curve)
    if issubclass(kind, ed25519.Ed25519PrivateKey):
        return lambda key, data: key.sign(data)
    return lambda key, data: key.sign_octets(data, algorithm)


def side_by_side(der: bytes, curve: EllipticCurve) -> bytes:
    """An ECDSA value as XML signatures want it: r and s in full width.

    Args:
        der: the value as everybody else has it, ``SEQUENCE { r, s }``.
        curve: of the key.

    Raises:
        ValueError: it is none.
        OverflowError: it is of a larger curve.
    """
    from cryptography.hazmat.primitives.asymmetric import utils

    size = (curve.key_size + 7) // 8
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _public_half(key: Any) -> Any:
    return key.public_key() if hasattr(key, "public_key") else key


def _unusable(found: str, code: str) -> UnusableKey:
    return UnusableKey(
        f"expected RSA of {MIN_RSA_BITS} bits or more, ECDSA on P-256, P-384 or P-521, or "
        f"Ed25519, found {found}",
        code=code,
        advice="Ask your certificate authority for a new key.",
    )


def _incomplete(path: Path | str, found: str) -> UnusableKey:
    return UnusableKey(
        f"{path}: expected a key and its certificate, found {found}",
        code="key.incomplete",
        advice="Give both: a PKCS#12 file, or the private key and with --cert its certificate.",
    )


def _not_opened(path: Path | str, expected: str, *, given: bool = True) -> UnusableKey:
    how = "" if given else " without a password"
    return UnusableKey(
        f"{path}: expected {expected}, found that it does not open{how}",
        code="key.not-opened",
        advice="Check the password and the file.",
    )
