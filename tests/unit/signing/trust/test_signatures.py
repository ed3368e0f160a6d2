"""A good signature is checked once, and makes no other good."""

from __future__ import annotations

import pytest
from asn1crypto.keys import PublicKeyInfo
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from evidence_help import flipped
from signing_help import certify

from docexchange.signing.trust.parsing import certificate_of
from docexchange.signing.trust.signatures import check_signature

ROOT = certify("Root", ca=True)
STRANGER = certify("Root", ca=True)
LEAF = certify("Leaf", issuer=ROOT)
OTHER = certify("Other", issuer=ROOT)


def _parts(der: bytes) -> list:
    """Value, octets, key and algorithm, as the root signed it."""
    made, root = certificate_of(der), certificate_of(ROOT.der)
    head, algorithm, value = (made[index] for index in range(3))
    return [value.native, head.dump(), root.public_key, algorithm]


def test_no_part_may_change_after_it_was_good() -> None:
    """Neither the value, nor what is signed, nor the key, nor the algorithm."""
    good = _parts(LEAF.der)
    check_signature(*good)
    check_signature(*good)
    sha384 = good[3].copy()
    sha384["algorithm"] = "sha384_ecdsa"
    changes = [
        flipped(good[0]),
        flipped(good[1]),
        certificate_of(STRANGER.der).public_key,
        sha384,
    ]
    for index, change in enumerate(changes):
        with pytest.raises(InvalidSignature):
            check_signature(*(change if index == at else part for at, part in enumerate(good)))
    check_signature(*good)


def test_octets_do_not_wander_from_one_part_to_the_next() -> None:
    """The same octets, divided elsewhere, are another question."""
    value, signed, key, algorithm = _parts(LEAF.der)
    check_signature(value, signed, key, algorithm)
    with pytest.raises(InvalidSignature):
        check_signature(value + signed[:1], signed[1:], key, algorithm)


def test_what_failed_fails_again() -> None:
    """A bad signature is not remembered as good, however often it is asked about."""
    mixed = [_parts(OTHER.der)[0], *_parts(LEAF.der)[1:]]
    for _ in range(3):
        with pytest.raises(InvalidSignature):
            check_signature(*mixed)


def test_a_long_list_is_held_to_each_octet_however_often_it_was_good() -> None:
    """What is remembered of a long one is its digest, and another one has another."""
    key = ec.generate_private_key(ec.SECP256R1())
    octets = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    public, algorithm = PublicKeyInfo.load(octets), _parts(LEAF.der)[3]
    signed = bytes(100_000)
    value = key.sign(signed, ec.ECDSA(hashes.SHA256()))
    for _ in range(2):
        check_signature(value, signed, public, algorithm)
        check_signature(value, bytes(bytearray(signed)), public, algorithm)
        for other in (flipped(signed), signed[:-1], signed + b"\0"):
            with pytest.raises(InvalidSignature):
                check_signature(value, other, public, algorithm)
