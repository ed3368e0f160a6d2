"""The signature value: does this key say yes to these octets?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm

__all__ = ["verify_value"]


def verify_value(
    public_key: object, algorithm: SignatureAlgorithm, data: bytes, value: bytes
) -> None:
    """Check a signature value.

    Args:
        public_key: RSA or elliptic-curve public key.
        algorithm: matches the kind of key.
        data: canonical octets of ``SignedInfo``.
        value: for ECDSA, r and s side by side (RFC 4051, clause 2.3.6).

    Raises:
        Refusal: it does not hold.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    hash_algorithm = getattr(hashes, algorithm.digest.name)()
    try:
        if isinstance(public_key, rsa.RSAPublicKey):
            public_key.verify(value, data, padding.PKCS1v15(), hash_algorithm)
        elif isinstance(public_key, ec.EllipticCurvePublicKey):
            der = _der(value, (public_key.curve.key_size + 7) // 8)
            public_key.verify(der, data, ec.ECDSA(hash_algorithm))
        else:
            raise _failed(f"a key of type {type(public_key).__name__}")
    except InvalidSignature:
        raise _failed("a value that this key did not make, or SignedInfo was changed") from None


def _der(value: bytes, size: int) -> bytes:
    from cryptography.hazmat.primitives.asymmetric import utils

    if len(value) != 2 * size:
        raise _failed(f"{len(value)} octets where {2 * size} were due")
    r, s = int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big")
    return utils.encode_dss_signature(r, s)


def _failed(found: str) -> Refusal:
    return Refusal(
        SubIndication.SIG_CRYPTO_FAILURE,
        f"expected a signature value by the key of the certificate, found {found}",
        code="signature.value",
        advice="The signature or what it says was changed. Do not use the letter.",
    )
