"""The signature value: does this key say yes to these octets?

Whether the key and the algorithm are good enough is the policy's decision; here the sum is done.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import Digest, KeyKind, Padding
from docexchange.signing.xmldsig.placeholders import made_up

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

    from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm

__all__ = ["MethodParameters", "kind_of", "verify_value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodParameters:
    """What may stand inside ``SignatureMethod``."""

    hmac_bits: int | None = None
    """``HMACOutputLength``; None for the whole of it."""
    digest: Digest | None = None
    """Digest of ``RSAPSSParams``; None for that of the algorithm."""
    mask_digest: Digest | None = None
    """Digest of its mask generation; None for the same."""
    salt_length: int | None = None
    """Octets of salt; None for the length of the digest."""


_NONE = MethodParameters()


def verify_value(
    public_key: object,
    algorithm: SignatureAlgorithm,
    data: bytes,
    value: bytes,
    *,
    parameters: MethodParameters = _NONE,
) -> None:
    """Check a signature value.

    Args:
        public_key: matches the algorithm's kind; octets for HMAC.
        algorithm: what was done.
        data: canonical octets of ``SignedInfo``.
        value: for ECDSA and DSA, r and s side by side (RFC 9231, clause 2.3.6).
        parameters: of ``SignatureMethod``.

    Raises:
        Refusal: it does not hold.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    if kind_of(public_key) is not algorithm.kind:
        raise _failed(f"a key of type {type(public_key).__name__}")
    try:
        _verify(public_key, algorithm, data, value, parameters)
    except InvalidSignature:
        other = "a value that this key did not make, or SignedInfo was changed"
        raise _failed(made_up(value) or other) from None
    except (UnsupportedAlgorithm, ValueError) as error:  # a digest too long for the key, and such
        raise _failed(f"a key that cannot have made it ({error})") from error


def kind_of(key: object) -> KeyKind | None:
    """The kind of a key; None for one that does not sign."""
    return _kind_of(type(key))  # type: ignore[arg-type, unused-ignore]


@lru_cache(maxsize=64)
def _kind_of(cls: type) -> KeyKind | None:
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

    kinds: dict[KeyKind, type] = {
        KeyKind.RSA: rsa.RSAPublicKey,
        KeyKind.EC: ec.EllipticCurvePublicKey,
        KeyKind.ED25519: ed25519.Ed25519PublicKey,
        KeyKind.ED448: ed448.Ed448PublicKey,
        KeyKind.DSA: dsa.DSAPublicKey,
        KeyKind.HMAC: bytes,
    }
    return next((kind for kind, known in kinds.items() if issubclass(cls, known)), None)


def _verify(
    key: object,
    algorithm: SignatureAlgorithm,
    data: bytes,
    value: bytes,
    parameters: MethodParameters,
) -> None:
    if algorithm.kind is KeyKind.RSA:
        _verify_rsa(key, algorithm, data, value, parameters)  # type: ignore[arg-type]
    elif algorithm.kind in {KeyKind.EC, KeyKind.DSA}:
        _verify_dss(key, algorithm, data, value)  # type: ignore[arg-type]
    elif algorithm.kind is KeyKind.HMAC:
        _verify_hmac(key, algorithm.digest, data, value, parameters.hmac_bits)  # type: ignore[arg-type]
    else:
        key.verify(value, data)  # type: ignore[attr-defined]


def _verify_rsa(
    key: RSAPublicKey,
    algorithm: SignatureAlgorithm,
    data: bytes,
    value: bytes,
    parameters: MethodParameters,
) -> None:
    from cryptography.hazmat.primitives.asymmetric import padding

    digest = parameters.digest or algorithm.digest
    if algorithm.padding is Padding.PKCS1:
        return key.verify(value, data, padding.PKCS1v15(), _hash(digest))
    mask = padding.MGF1(_hash(parameters.mask_digest or digest))
    hashed = _hash(digest)
    length = hashed.digest_size if parameters.salt_length is None else parameters.salt_length
    return key.verify(value, data, padding.PSS(mask, length), hashed)


def _verify_dss(
    key: EllipticCurvePublicKey | DSAPublicKey,
    algorithm: SignatureAlgorithm,
    data: bytes,
    value: bytes,
) -> None:
    from cryptography.hazmat.primitives.asymmetric import dsa, ec

    hashed = _hash(algorithm.digest)
    if isinstance(key, dsa.DSAPublicKey):
        order = key.parameters().parameter_numbers().q.bit_length()
        return key.verify(_der(value, (order + 7) // 8), data, hashed)
    # The order of each of the curves we know is as long as the field.
    der = _der(value, (key.curve.key_size + 7) // 8)
    return key.verify(der, data, ec.ECDSA(hashed))


def _verify_hmac(key: bytes, digest: Digest, data: bytes, value: bytes, bits: int | None) -> None:
    actual = hmac.digest(key, data, digest.hashlib_name)
    length = len(actual) if bits is None else bits // 8
    if bits is not None and (bits % 8 or not _least_hmac(len(actual)) <= bits <= 8 * len(actual)):
        raise malformed(
            f"expected an HMACOutputLength of {_least_hmac(len(actual))} to {8 * len(actual)} "
            f"bits in whole octets, found {bits}"
        )
    if not hmac.compare_digest(actual[:length], value):
        raise _failed("a value that this key did not make, or SignedInfo was changed")


def _least_hmac(size: int) -> int:
    """Bits that must be left: CVE-2009-0217; XMLDSig 1.1, clause 6.3.1."""
    return max(80, size * 8 // 2)


def _hash(digest: Digest) -> HashAlgorithm:
    from cryptography.hazmat.primitives import hashes

    made: HashAlgorithm = getattr(hashes, digest.name)()
    return made


def _der(value: bytes, size: int) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import utils

    if len(value) != 2 * size:
        told = made_up(value)
        due = f"{len(value)} octets where {2 * size} were due"
        raise _failed(f"{due} ({told})" if told else due)
    r, s = int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big")
    return utils.encode_dss_signature(r, s)


def _failed(found: str) -> Refusal:
    return Refusal(
        SubIndication.SIG_CRYPTO_FAILURE,
        f"expected a signature value by the key of the certificate, found {found}",
        code="signature.value",
        advice="The signature or what it says was changed. Do not use the letter.",
    )
