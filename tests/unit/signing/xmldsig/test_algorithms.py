"""Algorithms by URI."""

from __future__ import annotations

import pytest

from docexchange.errors import UsageError
from docexchange.signing import SubIndication, VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import (
    EXCLUSIVE_C14N,
    REFUSED,
    Canonicalization,
    Digest,
    Padding,
    SignatureAlgorithm,
    name_of,
)
from docexchange.signing.xmldsig.references import supported_digest

ALLOWED = {
    *(item for item in Digest if not item.legacy),
    *(item for item in SignatureAlgorithm if not item.legacy),
    EXCLUSIVE_C14N,
}


@pytest.mark.parametrize("uri", REFUSED)
def test_every_refused_algorithm_is_refused_by_its_name(uri: str) -> None:
    """As a digest and as a signature algorithm; a clerk reads a name and not a URI."""
    for call in (supported_digest, VerificationPolicy().signature_algorithm):
        with pytest.raises(Refusal) as caught:
            call(uri)
        assert f"found {REFUSED[uri]}" in str(caught.value)


@pytest.mark.parametrize("digest", Digest)
def test_a_digest_is_allowed_when_it_has_256_bits_or_more(digest: Digest) -> None:
    """Each of them can be made; the shorter ones are legacy."""
    assert digest.legacy is (digest.new().digest_size < 32)
    assert digest.new(b"ab").digest() == digest.new(b"a" + b"b").digest() != digest.new().digest()
    if not digest.legacy:
        assert supported_digest(digest.value) is digest


@pytest.mark.parametrize("uri", ["", "sha256", "SHA256", Digest.SHA256 + " ", EXCLUSIVE_C14N])
def test_a_digest_that_is_not_in_the_list_is_refused(uri: str) -> None:
    """To the letter."""
    with pytest.raises(Refusal) as caught:
        supported_digest(uri)
    assert caught.value.sub_indication is SubIndication.CRYPTO_CONSTRAINTS_FAILURE
    assert caught.value.code == "signature.digest-algorithm"


def test_nothing_is_both_allowed_and_refused() -> None:
    """The two lists are apart."""
    assert not ALLOWED & set(REFUSED)


@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
def test_an_algorithm_is_its_kind_and_its_digest(algorithm: SignatureAlgorithm) -> None:
    """There and back; for RSA with the padding that everybody knows."""
    if algorithm.legacy:
        with pytest.raises(UsageError, match=f"found {algorithm.digest.label}"):
            SignatureAlgorithm.of(algorithm.kind, algorithm.digest)
    elif algorithm.padding is not Padding.PSS:
        assert SignatureAlgorithm.of(algorithm.kind, algorithm.digest) is algorithm
    assert algorithm.kind.value.lower() in algorithm.value.lower()
    if algorithm.label.endswith(algorithm.digest.label):
        assert algorithm.digest.hashlib_name.replace("_", "-") in algorithm.value


def test_what_both_sides_can_make_and_what_is_broken_is_legacy() -> None:
    """By name: SHA-1, MD5, RIPEMD-160, SHA-224, DSA, HMAC; ML-DSA for the URI of one program."""
    for algorithm in SignatureAlgorithm:
        shared = algorithm.label.startswith(("DSA", "HMAC"))
        weak = algorithm.label.endswith(("SHA-1", "MD5", "SHA-224", "SHA3-224", "RIPEMD-160"))
        own = algorithm.label.startswith("ML-DSA")
        assert algorithm.legacy is (shared or weak or own), algorithm.label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("RSA_SHA1", "RSA with SHA-1"),
        ("PSS_SHA3_256", "RSA-PSS with SHA3-256"),
        ("PSS", "RSA-PSS"),
        ("ED25519", "Ed25519"),
        ("HMAC_MD5", "HMAC with MD5"),
        ("ECDSA_SHA384", "ECDSA with SHA-384"),
    ],
)
def test_an_algorithm_has_the_name_people_know(name: str, label: str) -> None:
    """The same that a refusal tells."""
    assert name_of(SignatureAlgorithm[name].value) == label


def test_canonical_forms_say_what_they_are() -> None:
    """Three kinds, each with and without comments."""
    forms = {(item.exclusive, item.version_11, item.comments) for item in Canonicalization}
    assert len(forms) == len(Canonicalization) == 6
    assert Canonicalization(EXCLUSIVE_C14N).label == "exclusive canonical XML"


def test_an_unknown_algorithm_is_called_by_its_uri() -> None:
    """And an empty one is called none."""
    assert name_of("urn:x") == "urn:x"
    assert name_of("") == "none"
