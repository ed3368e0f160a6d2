"""Which key a signature is checked with.

A certificate comes first, and if several are there, the signer's is found by what names it: the
digest in the signed properties, then everything that ``X509Data`` says, then by being the only one
that issued none of the others. Without a certificate: a key that the caller knows by the name
given. A bare key in the signature is taken only where the policy says so, and one that contradicts
a certificate beside it is refused always.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docexchange.signing.certificates import digest_of_der, load_der
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.signing.xmldsig.distinguished import same_name
from docexchange.signing.xmldsig.placeholders import bad_certificate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.x509 import Certificate

    from docexchange.signing.xmldsig.keyinfo import KeyInfo

__all__ = ["Chosen", "KnownKeys", "choose_key"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKeys:
    """Keys and certificates that the caller knows."""

    certificates: tuple[bytes, ...] = ()
    """DER; used where ``KeyInfo`` names a certificate without bringing it."""
    by_name: Mapping[str, object] = field(default_factory=dict)
    """Public keys, or secrets as octets, by ``KeyName``."""
    otherwise: object = None
    """The key where the signature names none that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The key, and where it comes from."""

    key: object
    """A public key, or octets."""
    certificate: bytes = b""
    """DER of the signer's certificate; empty when the key has none."""
    chain: tuple[bytes, ...] = ()
    """The other certificates."""


def choose_key(
    info: KeyInfo,
    known: KnownKeys,
    *,
    named: Sequence[tuple[Digest, bytes]] = (),
    bare: bool = False,
) -> Chosen:
    """Find the key.

    Args:
        info: what the signature says.
        known: what the caller knows.
        named: digests out of signed properties: of the signing certificate, and of others of its
            path maybe, in any order.
        bare: whether a key without a certificate may be taken out of the signature.

    Raises:
        Refusal: there is none, or several could be meant, or what is said is contradictory.
    """
    candidates = info.certificates or (known.certificates if info.describes_certificate else ())
    if candidates:
        chosen = _by_certificate(info, tuple(candidates), named)
        _check_bare(info, chosen.key)
        return chosen
    for name in info.names:
        if name in known.by_name:
            return Chosen(key=known.by_name[name])
    if known.otherwise is not None:
        return Chosen(key=known.otherwise)
    if info.values:
        return Chosen(key=_bare(info, allowed=bare))
    found = "only what names it" if info.describes_certificate else "none"
    raise _not_found(f"expected the signing certificate in KeyInfo, found {found}")


def _by_certificate(
    info: KeyInfo,
    candidates: tuple[bytes, ...],
    named: Sequence[tuple[Digest, bytes]],
) -> Chosen:
    loaded, bad = _loaded(candidates)
    fitting = [der for der, item in loaded.items() if _fits(info, der, item)]
    if named:
        fitting = [der for item in named for der in loaded if _has_digest(der, item)]
    if len(fitting) > 1:
        fitting = _leaves(list(dict.fromkeys(fitting)), loaded)
    if named:
        fitting = fitting[:1]
    # One key can stand in several certificates, and the names in them differ.
    if len(fitting) != 1:
        raise bad or _not_found(
            f"expected one certificate that can be the signer's, found {len(fitting)} among "
            f"{len(loaded)}"
        )
    signer = fitting[0]
    chain = tuple(der for der in loaded if der != signer)
    return Chosen(key=loaded[signer].public_key(), certificate=signer, chain=chain)


def _loaded(candidates: tuple[bytes, ...]) -> tuple[dict[bytes, Certificate], Refusal | None]:
    """Those that can be read, and what is wrong with the first that cannot.

    A root may be older than the rules; what nobody can read is of no help, and no harm.
    """
    loaded: dict[bytes, Certificate] = {}
    bad: Refusal | None = None
    for der in dict.fromkeys(candidates):
        try:
            loaded[der] = load_der(der)
        except ValueError as error:
            bad = bad or bad_certificate(der, error)
    return loaded, bad


def _fits(info: KeyInfo, der: bytes, certificate: Certificate) -> bool:
    """Whether a certificate is one of those named, in each way in which any are named."""
    subject, issuer = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
    number, identifier = certificate.serial_number, _identifier(certificate)
    ways = (
        [same_name(name, subject) for name in info.subjects],
        [number == found and same_name(name, issuer) for name, found in info.serials],
        [hmac.compare_digest(found, identifier) for found in info.identifiers],
        [_digest_is(uri, value, der) for uri, value in info.digests],
    )
    return all(any(way) for way in ways if way)


def _identifier(certificate: Certificate) -> bytes:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
    return found.value.digest


def _digest_is(uri: str, value: bytes, der: bytes) -> bool:
    # It only finds the certificate; nothing is believed for it, so a weak one does no harm.
    try:
        digest = Digest(uri)
    except ValueError:
        return False
    return hmac.compare_digest(digest.new(der).digest(), value)


def _has_digest(der: bytes, named: tuple[Digest, bytes]) -> bool:
    digest, value = named
    return hmac.compare_digest(digest_of_der(der, digest.hashlib_name), value)


def _leaves(fitting: list[bytes], loaded: Mapping[bytes, Certificate]) -> list[bytes]:
    """Those that issued none of the others."""
    issuers = {
        item.issuer.public_bytes() for item in loaded.values() if item.issuer != item.subject
    }
    return [der for der in fitting if loaded[der].subject.public_bytes() not in issuers]


def _public_bytes(key: object) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    made: bytes = key.public_bytes(  # type: ignore[attr-defined]
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return made


def _check_bare(info: KeyInfo, key: object) -> None:
    if any(_public_bytes(value) != _public_bytes(key) for value in info.values):
        raise Refusal(
            SubIndication.SIG_CONSTRAINTS_FAILURE,
            "expected KeyValue to be the key of the certificate beside it, found another key",
            code="signature.key-value",
            advice="Whoever wrote this wants readers to use different keys. Do not use the file.",
        )


def _bare(info: KeyInfo, *, allowed: bool) -> object:
    if not allowed:
        raise Refusal(
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            "expected the signing certificate in KeyInfo, found a bare key (KeyValue)",
            code="signature.key-value",
            advice="Nobody vouches for a bare key: anyone can make one that fits.",
        )
    if len({_public_bytes(value) for value in info.values}) != 1:
        raise _not_found("expected one KeyValue, found different ones")
    return info.values[0]


def _not_found(message: str) -> Refusal:
    return Refusal(
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        message,
        code="signature.no-certificate",
        advice="Ask the sender to sign again with the certificate of the signer in the signature.",
    )
