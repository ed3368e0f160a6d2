"""The signature value: this key, these octets."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st
from signing_help import private_key, raw_signature

from docexchange.signing import SubIndication
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm
from docexchange.signing.xmldsig.value import verify_value

HASHES = {"SHA256": hashes.SHA256, "SHA384": hashes.SHA384, "SHA512": hashes.SHA512}
P256 = private_key("p256")


def assert_refused(key: Any, algorithm: SignatureAlgorithm, data: bytes, value: bytes) -> Refusal:
    """Why the value does not hold."""
    with pytest.raises(Refusal) as caught:
        verify_value(key, algorithm, data, value)
    assert caught.value.sub_indication is SubIndication.SIG_CRYPTO_FAILURE
    assert caught.value.code == "signature.value"
    return caught.value


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p384"])
@pytest.mark.parametrize("digest", HASHES)
def test_a_good_value_holds_and_no_other(kind: str, digest: str) -> None:
    """Other octets, another value, another hash: each is refused."""
    key = private_key(kind)
    family = "RSA" if kind.startswith("rsa") else "ECDSA"
    algorithm = SignatureAlgorithm[f"{family}_{digest}"]
    value = raw_signature(key, b"data", HASHES[digest]())
    verify_value(key.public_key(), algorithm, b"data", value)
    assert_refused(key.public_key(), algorithm, b"Data", value)
    assert_refused(key.public_key(), algorithm, b"data", value[:-1] + bytes([value[-1] ^ 1]))
    other = SignatureAlgorithm[f"{family}_{'SHA512' if digest != 'SHA512' else 'SHA256'}"]
    assert_refused(key.public_key(), other, b"data", value)


@given(st.binary(max_size=80))
def test_random_octets_are_no_value(value: bytes) -> None:
    """Whatever their length."""
    assert_refused(P256.public_key(), SignatureAlgorithm.ECDSA_SHA256, b"data", value)


def test_the_length_is_that_of_the_curve() -> None:
    """The message says how many octets were due."""
    found = assert_refused(P256.public_key(), SignatureAlgorithm.ECDSA_SHA256, b"data", bytes(63))
    assert "63 octets where 64 were due" in str(found)


def test_a_key_of_another_kind_is_no_key() -> None:
    """The policy refuses it earlier; here nothing is taken for granted."""
    key = ed25519.Ed25519PrivateKey.generate()
    found = assert_refused(
        key.public_key(), SignatureAlgorithm.ECDSA_SHA256, b"data", key.sign(b"data")
    )
    assert "Ed25519" in str(found)
