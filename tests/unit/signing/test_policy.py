"""What a verifier insists on."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, x25519
from signing_help import NOW, private_key

from docexchange.signing import SubIndication, VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import (
    EXCLUSIVE_C14N,
    REFUSED,
    TRANSFORMS,
    UNUSUAL,
    Digest,
    KeyKind,
    SignatureAlgorithm,
)
from docexchange.signing.xmldsig.deviations import Deviation

RSA, EC = SignatureAlgorithm.RSA_SHA256, SignatureAlgorithm.ECDSA_SHA256


def refusal(call: Any, *arguments: Any) -> Refusal:
    """What a call refuses with."""
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    return caught.value


def test_the_strict_choices_are_the_defaults() -> None:
    """Nobody has to know an option to be safe."""
    policy = VerificationPolicy()
    assert policy.check_revocation
    assert policy.min_rsa_bits == 2048
    assert policy.curves == ("secp256r1", "secp384r1", "secp521r1")


@pytest.mark.parametrize("algorithm", [item for item in SignatureAlgorithm if not item.legacy])
def test_algorithms_that_hold_are_allowed(algorithm: SignatureAlgorithm) -> None:
    """By their URI."""
    assert VerificationPolicy().signature_algorithm(algorithm.value) is algorithm


@pytest.mark.parametrize("uri", [*REFUSED, "", "urn:x", RSA.value + " ", RSA.value.upper()])
def test_everything_else_is_refused_by_name(uri: str) -> None:
    """HMAC is a breach of constraints, for no policy can ever allow it."""
    found = refusal(VerificationPolicy().signature_algorithm, uri)
    assert found.code == "signature.algorithm"
    assert REFUSED.get(uri, uri or "none") in str(found)
    keyed = REFUSED.get(uri, "").startswith("HMAC")
    expected = "SIG_CONSTRAINTS_FAILURE" if keyed else "CRYPTO_CONSTRAINTS_FAILURE"
    assert found.sub_indication == SubIndication[expected]
    assert found.advice


@pytest.mark.parametrize(("kind", "algorithm"), [("rsa2048", RSA), ("p256", EC), ("p384", EC)])
def test_keys_of_the_profile_are_allowed(kind: str, algorithm: SignatureAlgorithm) -> None:
    """With an algorithm of their kind; with one of the other they are refused."""
    key = private_key(kind).public_key()
    policy = VerificationPolicy()
    policy.check_key(key, algorithm)
    other = EC if algorithm is RSA else RSA
    found = refusal(policy.check_key, key, other)
    assert found.sub_indication is SubIndication.SIG_CRYPTO_FAILURE
    assert found.code == "signature.key-kind"
    assert algorithm.kind is KeyKind(algorithm.kind.value)


def test_short_odd_and_foreign_keys_are_refused() -> None:
    """Each with what was found and what would do."""
    policy = VerificationPolicy()
    cases: list[tuple[Any, Any, str, str]] = [
        (private_key("rsa1024").public_key(), RSA, "RSA of 1024 bits", "2048 bits or more"),
        (ec.generate_private_key(ec.SECP256K1()).public_key(), EC, "secp256k1", "secp256r1 or"),
        (x25519.X25519PrivateKey.generate().public_key(), EC, "X25519", "RSA, ECDSA or EdDSA"),
        (dsa.generate_private_key(1024).public_key(), RSA, "DSA", "RSA, ECDSA or EdDSA"),
        (b"shared secret", RSA, "bytes", "RSA, ECDSA or EdDSA"),
    ]
    for key, algorithm, found, expected in cases:
        error = refusal(policy.check_key, key, algorithm)
        assert error.sub_indication is SubIndication.CRYPTO_CONSTRAINTS_FAILURE
        assert error.code == "signature.key-size"
        assert found in str(error)
        assert expected in str(error)


def test_a_policy_can_be_stricter() -> None:
    """Longer keys, fewer curves."""
    policy = VerificationPolicy(min_rsa_bits=3072, curves=("secp384r1",))
    policy.check_key(private_key("p384").public_key(), EC)
    for kind, algorithm in (("rsa2048", RSA), ("p256", EC)):
        assert refusal(policy.check_key, private_key(kind).public_key(), algorithm)


def test_the_policy_for_auditors_is_wide_in_forms_and_not_in_algorithms() -> None:
    """Any transform but unusual ones; nothing that is broken; no bare keys, no odd forms."""
    general, ours = VerificationPolicy.general(), VerificationPolicy()
    assert general.algorithms == ours.algorithms
    assert general.digests == ours.digests
    assert general.min_rsa_bits == ours.min_rsa_bits
    assert general.foreign
    assert not general.key_values
    assert not general.deviations | ours.deviations
    assert not ours.foreign
    assert general.transforms == TRANSFORMS - UNUSUAL
    assert ours.transforms == {EXCLUSIVE_C14N}
    general.check_key(ec.generate_private_key(ec.BrainpoolP256R1()).public_key(), EC)


def test_the_lifted_policy_takes_everything_and_says_so_in_its_name() -> None:
    """Only so can agreement with old corpora be measured."""
    lifted = VerificationPolicy.unsafe_legacy()
    assert lifted.algorithms == set(SignatureAlgorithm)
    assert lifted.digest(Digest.SHA1.value) is Digest.SHA1
    assert lifted.key_values
    lifted.check_key(b"secret", SignatureAlgorithm.HMAC_SHA1)
    assert lifted.deviations == set(Deviation)
    assert lifted.transforms == TRANSFORMS
    lifted.check_digests_at([item.hashlib_name for item in Digest], NOW)
    assert refusal(VerificationPolicy.general().digest, Digest.SHA1.value).code == (
        "signature.digest-algorithm"
    )
