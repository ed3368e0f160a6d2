"""Signatures over plain octets: by every kind of key, and by no key in disguise."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from docexchange.signing import SigningKey
from docexchange.signing.octets import public_octets, sign_octets, vouched

DATA = b"docexchange test\n"


def der(key):
    """The public half, in its normal form."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_a_key_with_its_certificate_signs(pki):
    """And nothing but the same octets, key and value fit together."""
    agency, other = pki.agency("commune"), pki.agency("central")
    key = SigningKey(private_key=agency.private_key, certificate=agency.certificate)
    value, public = sign_octets(key, DATA), public_octets(agency.certificate)
    assert vouched(public, DATA, value)
    assert not vouched(public, DATA + b".", value)
    assert not vouched(public, DATA, value[:-1])
    assert not vouched(public, DATA, b"")
    assert not vouched(public_octets(other.certificate), DATA, value)


def test_ed25519_counts():
    """Where a publisher has such a key."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(b"7" * 32)
    assert vouched(der(key), DATA, key.sign(DATA))


def test_a_key_in_another_form_is_no_second_key():
    """A point of a curve may be written short; a signature by it then counts for nobody."""
    key = ec.derive_private_key(7, ec.SECP256R1())
    from cryptography.hazmat.primitives import hashes

    from docexchange.signing.keys import side_by_side

    value = side_by_side(key.sign(DATA, ec.ECDSA(hashes.SHA256())), key.curve)
    assert vouched(der(key), DATA, value)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    normal = der(key)
    start = normal[: -66 - 0]
    shorter = bytearray(start + b"\x00" + point)
    shorter[1] -= 32
    shorter[len(start) - 1] -= 32
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    assert load_der_public_key(bytes(shorter)) == key.public_key()
    assert not vouched(bytes(shorter), DATA, value)


@pytest.mark.parametrize("public", [b"", b"\x30\x00", b"x" * 100])
def test_what_is_no_key_vouches_for_nothing(public):
    """Whatever the octets are."""
    assert not vouched(public, DATA, b"value")


def test_a_weak_key_vouches_for_nothing():
    """RSA of 1024 bits, though its signature holds."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    key = rsa.generate_private_key(65537, 1024)
    value = key.sign(DATA, padding.PKCS1v15(), hashes.SHA256())
    assert not vouched(der(key), DATA, value)
