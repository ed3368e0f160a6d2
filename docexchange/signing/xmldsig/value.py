"""The signature value: does this key say yes to these octets?

Whether the key and the algorithm are good enough is the policy's decision; here the sum is done.
A value in a form that no standard has is done as well, and refused for its form, by name, unless
the policy lifts that: whoever reads the refusal knows that the key is not at fault.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import Digest, KeyKind, Padding
from docexchange.signing.xmldsig.deviations import Deviation
from docexchange.signing.xmldsig.placeholders import made_up

if TYPE_CHECKING:
    from collections.abc import Collection

    from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

    from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm

__all__ = ["NO_PARAMETERS", "MethodParameters", "kind_of", "verify_value"]


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
    context: bytes = b""
    """Context of ML-DSA (FIPS 204, clause 5.2)."""


NO_PARAMETERS: Final = MethodParameters()
_FEWEST_HMAC_BITS: Final = 40
"""What must be left even where short ones are allowed; fewer can be found by trying."""
_DIGEST_INFO: Final = bytes.fromhex("3021300906052b2403020105000414")
"""In front of a digest by RIPEMD-160 inside RSA (RFC 8017, clause 9.2; OID 1.3.36.3.2.1)."""


def verify_value(
    public_key: object,
    algorithm: SignatureAlgorithm,
    data: bytes,
    value: bytes,
    *,
    parameters: MethodParameters = NO_PARAMETERS,
    deviations: Collection[Deviation] = (),
) -> None:
    """Check a signature value.

    Args:
        public_key: matches the algorithm's kind; octets for HMAC.
        algorithm: what was done.
        data: canonical octets of ``SignedInfo``.
        value: for ECDSA and DSA, r and s side by side (RFC 9231, clause 2.3.6).
        parameters: of ``SignatureMethod``.
        deviations: forms that are accepted though no standard has them.

    Raises:
        Refusal: it does not hold, or only in such a form.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    if kind_of(public_key) is not algorithm.kind:
        raise _failed(f"a key of type {type(public_key).__name__}")
    try:
        deviation = _verify(public_key, algorithm, data, value, parameters)
    except InvalidSignature:
        other = "a value that this key did not make, or SignedInfo was changed"
        raise _failed(made_up(value) or other) from None
    except (UnsupportedAlgorithm, ValueError) as error:  # a digest too long for the key, and such
        raise _failed(f"a key that cannot have made it ({error})") from error
    if deviation is not None:
        deviation.check(deviations, _found(value, parameters))


def _found(value: bytes, parameters: MethodParameters) -> str:
    bits = parameters.hmac_bits
    held = f"{len(value)} octets in another form, which this key did make"
    return held if bits is None else f"one of {bits} bits"


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
        **_lattices(),
    }
    return next((kind for kind, known in kinds.items() if issubclass(cls, known)), None)


def _lattices() -> dict[KeyKind, type]:
    """ML-DSA, where the library is new enough to have it."""
    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa
    except ImportError:
        return {}
    return {
        KeyKind.MLDSA44: mldsa.MLDSA44PublicKey,
        KeyKind.MLDSA65: mldsa.MLDSA65PublicKey,
        KeyKind.MLDSA87: mldsa.MLDSA87PublicKey,
    }


def _verify(
    key: object,
    algorithm: SignatureAlgorithm,
    data: bytes,
    value: bytes,
    parameters: MethodParameters,
) -> Deviation | None:
    """Whether it holds, and in which form that no standard has."""
    if algorithm.kind is KeyKind.RSA:
        _verify_rsa(key, algorithm, data, value, parameters)  # type: ignore[arg-type]
    elif algorithm.kind is KeyKind.EC:
        return _verify_ecdsa(key, algorithm.digest, data, value)  # type: ignore[arg-type]
    elif algorithm.kind is KeyKind.DSA:
        return _verify_dsa(key, algorithm.digest, data, value)  # type: ignore[arg-type]
    elif algorithm.kind is KeyKind.HMAC:
        return _verify_hmac(key, algorithm.digest, data, value, parameters.hmac_bits)  # type: ignore[arg-type]
    elif algorithm.kind in {KeyKind.ED25519, KeyKind.ED448}:
        key.verify(value, data)  # type: ignore[attr-defined]
    else:
        key.verify(value, data, parameters.context)  # type: ignore[attr-defined]
    return None


def _verify_rsa(
    key: RSAPublicKey,
    algorithm: SignatureAlgorithm,
    data: bytes,
    value: bytes,
    parameters: MethodParameters,
) -> None:
    from cryptography.hazmat.primitives.asymmetric import padding

    digest = parameters.digest or algorithm.digest
    if algorithm.padding is Padding.PKCS1 and digest is Digest.RIPEMD160:
        return _verify_recovered(key, _DIGEST_INFO + digest.new(data).digest(), value)
    if algorithm.padding is Padding.PKCS1:
        return key.verify(value, data, padding.PKCS1v15(), _hash(digest))
    mask = padding.MGF1(_hash(parameters.mask_digest or digest))
    hashed = _hash(digest)
    length = hashed.digest_size if parameters.salt_length is None else parameters.salt_length
    return key.verify(value, data, padding.PSS(mask, length), hashed)


def _verify_recovered(key: RSAPublicKey, expected: bytes, value: bytes) -> None:
    """For a digest that the library does not know: all of what the padding holds, octet by octet.

    Nothing is parsed, so that nothing can hide in it (CVE-2006-4339).
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding

    whole = len(value) == (key.key_size + 7) // 8
    held = key.recover_data_from_signature(value, padding.PKCS1v15(), None) if whole else b""
    if not hmac.compare_digest(held, expected):
        raise InvalidSignature


def _verify_ecdsa(
    key: EllipticCurvePublicKey, digest: Digest, data: bytes, value: bytes
) -> Deviation | None:
    # The order of each of the curves we know is as long as the field.
    der, deviation = _der(value, (key.curve.key_size + 7) // 8)
    key.verify(der, _shown(digest, data), _ecdsa(digest))
    return deviation


def _verify_dsa(key: DSAPublicKey, digest: Digest, data: bytes, value: bytes) -> Deviation | None:
    order = key.parameters().parameter_numbers().q.bit_length()
    der, deviation = _der(value, (order + 7) // 8)
    key.verify(der, _shown(digest, data), _hash_shown(digest))
    return deviation


@cache
def _ecdsa(digest: Digest) -> ECDSA:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

    return ECDSA(_hash_shown(digest))


def _hash_shown(digest: Digest) -> HashAlgorithm | Prehashed:
    """What DSA and ECDSA are told: they see the octets of a digest and not where they come from."""
    if digest is not Digest.RIPEMD160:
        return _hash(digest)
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

    return Prehashed(hashes.SHA1())  # noqa: S303 - for its length


def _shown(digest: Digest, data: bytes) -> bytes:
    """What they see: of a digest that the library does not know, its octets."""
    return digest.new(data).digest() if digest is Digest.RIPEMD160 else data


def _verify_hmac(
    key: bytes, digest: Digest, data: bytes, value: bytes, bits: int | None
) -> Deviation | None:
    actual = hmac.new(key, data, digest.new).digest()  # type: ignore[arg-type]
    most = 8 * len(actual)
    length = most if bits is None else bits
    if length % 8 or not _FEWEST_HMAC_BITS <= length <= most:
        raise malformed(
            f"expected an HMACOutputLength of {_least_hmac(len(actual))} to {most} bits in whole "
            f"octets, found {bits}"
        )
    if not hmac.compare_digest(actual[: length // 8], value):
        raise _failed("a value that this key did not make, or SignedInfo was changed")
    return Deviation.HMAC_LENGTH if length < _least_hmac(len(actual)) else None


def _least_hmac(size: int) -> int:
    """Bits that must be left: CVE-2009-0217; XMLDSig 1.1, clause 6.3.1."""
    return max(80, size * 8 // 2)


@cache
def _hash(digest: Digest) -> HashAlgorithm:
    from cryptography.hazmat.primitives import hashes

    if digest is Digest.RIPEMD160:
        raise ValueError("nobody here can compute this algorithm with RIPEMD-160")
    made: HashAlgorithm = getattr(hashes, digest.name)()
    return made


def _der(value: bytes, size: int) -> tuple[bytes, Deviation | None]:
    """As the library wants it, and whether the value has another form than the standard's."""
    if len(value) == 2 * size:
        return _der_of_halves(value), None
    if _is_der(value):
        return value, Deviation.DER_VALUE
    if len(value) % 2 == 0 and 0 < len(value) <= 2 * size + 2:
        return _der_of_halves(value), Deviation.VALUE_LENGTH
    told = made_up(value)
    due = f"{len(value)} octets where {2 * size} were due"
    raise _failed(f"{due} ({told})" if told else due)


def _der_of_halves(value: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    half = len(value) // 2
    r, s = int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
    return encode_dss_signature(r, s)


def _is_der(value: bytes) -> bool:
    """Two positive numbers in the only way in which DER writes them, and nothing behind them."""
    from cryptography.hazmat.primitives.asymmetric import utils

    try:
        r, s = utils.decode_dss_signature(value)
    except ValueError:
        return False
    return r > 0 and s > 0 and utils.encode_dss_signature(r, s) == value


def _failed(found: str) -> Refusal:
    return Refusal(
        SubIndication.SIG_CRYPTO_FAILURE,
        f"expected a signature value by the key of the certificate, found {found}",
        code="signature.value",
        advice="The signature or what it says was changed. Do not use the letter.",
    )
