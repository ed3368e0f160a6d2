"""The timestamp authority of the tests keeps the rules that it is there to test."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import tsp
from signing_help import NOW, private_key
from timestamp_help import DATA, authority, stamper

from docexchange.signing import TsaClient
from docexchange.signing.errors import Refusal
from docexchange.signing.timestamps import read_response, request_der
from docexchange.signing.tokens import read_token
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.testing import ServedTsa, TimestampAuthority
from docexchange.transport import HttpPoster

if TYPE_CHECKING:
    from docexchange.clock import VirtualClock
    from docexchange.testing import DemoPki


def test_it_tells_its_clocks_time_and_counts(pki: DemoPki, clock: VirtualClock) -> None:
    """Whole seconds, and a new number for every token."""
    made = TimestampAuthority(pki.tsa, clock=clock)
    first = read_token(made.stamp(DATA))
    clock.advance(timedelta(seconds=90, microseconds=5))
    second = read_token(made.stamp(DATA))
    assert (first.time, second.time) == (NOW, NOW + timedelta(seconds=90))
    assert (first.serial, second.serial) == (1, 2)


@pytest.mark.parametrize(
    ("request_", "failure"),
    [
        (b"junk", "bad_data_format"),
        (request_der(DATA, digest=Digest.SHA256, policy="1.2.3"), "unaccepted_policy"),
        (request_der(DATA, digest=Digest.SHA1), "bad_alg"),
        (request_der(DATA, digest=Digest.MD5), "bad_alg"),
    ],
)
def test_it_refuses_by_the_standards_words(pki: DemoPki, request_: bytes, failure: str) -> None:
    """RFC 3161, clause 2.4.2: a status and the reason, and no token."""
    answer = authority(pki.tsa).answer(request_)
    with pytest.raises(Refusal, match=failure) as caught:
        read_response(answer)
    assert caught.value.code == "timestamp.refused"


@pytest.mark.parametrize("kind", ["p256", "rsa2048", "ed25519"])
def test_the_token_carries_chain_and_mechanism(pki: DemoPki, kind: str) -> None:
    """Its own certificate and those in between, never the root."""
    token = read_token(authority(stamper(pki, kind, key=private_key(kind))).stamp(DATA))
    assert len(token.certificates) == 2
    names = {"p256": "ECDSA_SHA256", "rsa2048": "RSA_SHA256", "ed25519": "ED25519"}
    assert token.signature.algorithm.name == names[kind]


def test_it_answers_over_http(pki: DemoPki, clock: VirtualClock) -> None:
    """On this machine, while the block runs."""
    with ServedTsa(pki, clock=clock) as served:
        token = TsaClient((served.url,), poster=HttpPoster()).stamp(DATA, at=NOW)
    assert token.time == NOW
    assert served.url.startswith("http://127.0.0.1:")


def test_a_request_of_another_library_is_understood(pki: DemoPki) -> None:
    """Without a nonce, without the wish for a certificate."""
    imprint = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": bytes(64)}
    request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint}).dump()
    token = read_response(authority(pki.tsa).answer(request))
    assert (token.nonce, token.digest) == (None, Digest.SHA512)
