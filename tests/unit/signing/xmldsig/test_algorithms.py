"""Algorithms by URI."""

from __future__ import annotations

import hashlib

import pytest

from docexchange.signing import SubIndication, VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import (
    EXCLUSIVE_C14N,
    REFUSED,
    Digest,
    KeyKind,
    SignatureAlgorithm,
    name_of,
)
from docexchange.signing.xmldsig.references import supported_digest

ALLOWED = {*Digest, *SignatureAlgorithm, EXCLUSIVE_C14N}


@pytest.mark.parametrize("uri", REFUSED)
def test_every_refused_algorithm_is_refused_by_its_name(uri: str) -> None:
    """As a digest and as a signature algorithm; a clerk reads a name and not a URI."""
    for call in (supported_digest, VerificationPolicy().signature_algorithm):
        with pytest.raises(Refusal) as caught:
            call(uri)
        assert f"found {REFUSED[uri]}" in str(caught.value)


@pytest.mark.parametrize("digest", Digest)
def test_every_allowed_digest_is_one_that_hashlib_knows(digest: Digest) -> None:
    """And of 256 bits or more."""
    assert supported_digest(digest.value) is digest
    assert hashlib.new(digest.hashlib_name).digest_size >= 32


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
    """There and back."""
    assert SignatureAlgorithm.of(algorithm.kind, algorithm.digest) is algorithm
    assert algorithm.kind.value.lower() in algorithm.value
    assert algorithm.digest.hashlib_name in algorithm.value


def test_all_kinds_go_with_all_digests() -> None:
    """Two by three."""
    made = {SignatureAlgorithm.of(kind, digest) for kind in KeyKind for digest in Digest}
    assert made == set(SignatureAlgorithm)


def test_an_unknown_algorithm_is_called_by_its_uri() -> None:
    """And an empty one is called none."""
    assert name_of("urn:x") == "urn:x"
    assert name_of("") == "none"
