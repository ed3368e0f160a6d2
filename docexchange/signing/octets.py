"""Signatures over plain octets: what is neither XML nor PDF, such as a published directory.

    value = sign_octets(key, data)
    assert vouched(public_octets(key.certificate), data, value)

No certificate path is asked for: whoever calls says which keys count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.errors import UnusableKey
from docexchange.signing.errors import Refusal
from docexchange.signing.keys import check_signer, own_digest
from docexchange.signing.signer import algorithm_for
from docexchange.signing.xmldsig.algorithms import Padding
from docexchange.signing.xmldsig.value import kind_of, verify_value

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from docexchange.signing.keys import SigningKey

__all__ = ["public_octets", "sign_octets", "vouched"]


def public_octets(certificate: Certificate) -> bytes:
    """DER of the public key of a certificate (``SubjectPublicKeyInfo``), in its one normal form."""
    return _normal(certificate.public_key())


def sign_octets(key: SigningKey, data: bytes) -> bytes:
    """Sign octets, by PKCS#1 v1.5, ECDSA (r and s side by side) or Ed25519, as the key is.

    Args:
        key: RSA, ECDSA or Ed25519.
        data: begins with words that nothing else this key signs begins with.

    Raises:
        UnusableKey: the device will not sign.
    """
    return key.sign(data, algorithm_for(key.kind, key.digest, Padding.PKCS1))


def vouched(public_key: bytes, data: bytes, value: bytes) -> bool:
    """Whether a key made a signature over octets.

    Args:
        public_key: DER as ``public_octets`` gives it; in any other form no signature counts, so
            that one key cannot pass for two.
        data: what was signed.
        value: the signature.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = check_signer(load_der_public_key(public_key))
        kind = kind_of(key)
        if kind is None or _normal(key) != public_key:
            return False
        verify_value(key, algorithm_for(kind, own_digest(key), Padding.PKCS1), data, value)
    except (Refusal, UnusableKey, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _normal(key: object) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    octets: bytes = key.public_bytes(  # type: ignore[attr-defined]
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return octets
