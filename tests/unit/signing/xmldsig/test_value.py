"""The signature value: this key, these octets."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, utils
from hypothesis import given
from hypothesis import strategies as st
from signing_help import private_key, raw_signature

from docexchange.signing import SubIndication
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.value import MethodParameters, verify_value

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


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [("PSS_SHA256", hashes.SHA256()), ("PSS_SHA3_512", hashes.SHA3_512())],
)
def test_pss_is_not_pkcs1(algorithm: str, digest: hashes.HashAlgorithm) -> None:
    """Each padding holds under its own name alone, with a salt as long as the digest."""
    key = private_key("rsa2048")
    pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
    value = key.sign(b"data", pss, digest)
    verify_value(key.public_key(), SignatureAlgorithm[algorithm], b"data", value)
    assert_refused(key.public_key(), SignatureAlgorithm.RSA_SHA256, b"data", value)
    short = key.sign(b"data", padding.PSS(padding.MGF1(digest), 20), digest)
    assert_refused(key.public_key(), SignatureAlgorithm[algorithm], b"data", short)


def test_pss_parameters_are_used() -> None:
    """Digest, mask digest and salt may differ from the defaults."""
    key = private_key("rsa2048")
    pss = padding.PSS(padding.MGF1(hashes.SHA512()), 11)
    value = key.sign(b"data", pss, hashes.SHA384())
    parameters = MethodParameters(digest=Digest.SHA384, mask_digest=Digest.SHA512, salt_length=11)
    generic = SignatureAlgorithm.PSS
    verify_value(key.public_key(), generic, b"data", value, parameters=parameters)
    assert_refused(key.public_key(), generic, b"data", value)


@pytest.mark.parametrize("kind", [ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey])
def test_edwards_curves(kind: Any) -> None:
    """The digest is part of the algorithm."""
    key = kind.generate()
    algorithm = SignatureAlgorithm.ED25519 if "25519" in kind.__name__ else SignatureAlgorithm.ED448
    verify_value(key.public_key(), algorithm, b"data", key.sign(b"data"))
    assert_refused(key.public_key(), algorithm, b"Data", key.sign(b"data"))


@pytest.mark.parametrize("curve", [ec.SECP521R1(), ec.BrainpoolP256R1(), ec.BrainpoolP512R1()])
def test_other_curves(curve: ec.EllipticCurve) -> None:
    """P-521 has values of 2 x 66 octets."""
    key = ec.generate_private_key(curve)
    value = raw_signature(key, b"data", hashes.SHA512())
    verify_value(key.public_key(), SignatureAlgorithm.ECDSA_SHA512, b"data", value)
    assert_refused(key.public_key(), SignatureAlgorithm.ECDSA_SHA512, b"data", value[:-1])


def test_dsa_values_are_as_long_as_its_order() -> None:
    """Legacy: only a lifted policy gets here."""
    key = dsa.generate_private_key(1024)
    r, s = utils.decode_dss_signature(key.sign(b"data", hashes.SHA1()))
    value = r.to_bytes(20, "big") + s.to_bytes(20, "big")
    verify_value(key.public_key(), SignatureAlgorithm.DSA_SHA1, b"data", value)
    assert_refused(key.public_key(), SignatureAlgorithm.DSA_SHA1, b"data", value[1:])


def test_a_key_too_short_for_its_digest_is_a_failure_and_no_crash() -> None:
    """RSA of 1024 bits has no room for SHA-512 with a salt as long."""
    key = private_key("rsa1024")
    assert_refused(key.public_key(), SignatureAlgorithm.PSS_SHA512, b"data", bytes(128))


def test_hmac_in_full_and_cut_short() -> None:
    """Half of the digest must be left, and 80 bits (CVE-2009-0217)."""
    full = hmac.digest(b"secret", b"data", "sha256")
    algorithm = SignatureAlgorithm.HMAC_SHA256
    verify_value(b"secret", algorithm, b"data", full)
    half = MethodParameters(hmac_bits=128)
    verify_value(b"secret", algorithm, b"data", full[:16], parameters=half)
    assert_refused(b"secret", algorithm, b"data", full[:16])
    assert_refused(b"Secret", algorithm, b"data", full)
    for bits in (-8, 0, 1, 8, 80, 120, 129, 264):
        with pytest.raises(Refusal) as caught:
            verify_value(
                b"secret",
                algorithm,
                b"data",
                full[: max(bits, 0) // 8],
                parameters=MethodParameters(hmac_bits=bits),
            )
        assert caught.value.code == "signature.format"


def test_a_public_key_is_no_secret() -> None:
    """HMAC under the octets of a public key is the oldest of confusions."""
    assert_refused(P256.public_key(), SignatureAlgorithm.HMAC_SHA256, b"data", bytes(32))
