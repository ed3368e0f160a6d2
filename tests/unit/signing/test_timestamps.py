"""Asking authorities in turn: the first good answer counts, and every bad one is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import tsp
from hypothesis import given
from hypothesis import strategies as st
from signing_help import NOW, SHA2
from timestamp_help import DATA, Broken, authority, client

from docexchange.clock import VirtualClock
from docexchange.errors import ConfigurationError, TransportError
from docexchange.signing import TsaClient
from docexchange.signing.errors import Refusal
from docexchange.signing.timestamps import read_response, request_der
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.testing import TimestampAuthority

if TYPE_CHECKING:
    from docexchange.testing import DemoPki


class Answers:
    """Gives each URL its own answer, and remembers who was asked."""

    def __init__(self, **answers: object) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        assert content_type == "application/timestamp-query"
        self.asked.append(url)
        answer = self.answers[url]
        if isinstance(answer, bytes):
            return answer
        return answer.post(url, body, content_type)


@pytest.mark.parametrize("digest", SHA2)
def test_the_token_is_over_the_octets_and_answers_the_question(
    pki: DemoPki, digest: Digest
) -> None:
    """Digest, nonce and policy are those that were asked for."""
    asking = client(pki.tsa, digest=digest, nonce=lambda: 7, policy="1.3.6.1.4.1.32473.1")
    token = asking.stamp(DATA, at=NOW)
    assert (token.digest, token.nonce, token.time) == (digest, 7, NOW)


def test_the_second_is_asked_when_the_first_does_not_answer(pki: DemoPki) -> None:
    """In the order given, and nobody after the first good answer."""
    answers = Answers(a=Broken(), b=b"<html>", c=authority(pki.tsa), d=authority(pki.tsa))
    assert TsaClient(("a", "b", "c", "d"), poster=answers).stamp(DATA, at=NOW).time == NOW
    assert answers.asked == ["a", "b", "c"]


def test_when_all_fail_every_reason_is_told(pki: DemoPki) -> None:
    """A closed door, a page of HTML, a certificate that may not, a clock that is wrong."""
    wrong_clock = authority(pki.tsa, at=NOW + timedelta(days=1))
    answers = Answers(a=Broken(), b=b"<html>", c=authority(pki.agency("commune")), d=wrong_clock)
    with pytest.raises(TransportError) as caught:
        TsaClient(("a", "b", "c", "d"), poster=answers).stamp(DATA, at=NOW)
    assert caught.value.code == "timestamp.unavailable"
    for words in (
        "none: a: expected an answer",
        "b: timestamp",
        "for timestamps and nothing",
        "d: ",
    ):
        assert words in str(caught.value)


class Replay:
    """Gives everyone the answer it once gave to the first."""

    def __init__(self, genuine: TimestampAuthority) -> None:
        self.genuine = genuine
        self.first = b""

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        self.first = self.first or self.genuine.post(url, body, content_type)
        return self.first


def test_an_old_answer_is_not_taken_for_a_new_one(pki: DemoPki) -> None:
    """The nonce tells them apart, although everything else is right."""
    numbers = iter([1, 2])
    asking = TsaClient(("a",), poster=Replay(authority(pki.tsa)), nonce=lambda: next(numbers))
    assert asking.stamp(DATA, at=NOW).nonce == 1
    with pytest.raises(TransportError, match="the nonce 2, found 1"):
        asking.stamp(DATA, at=NOW)


@dataclass(frozen=True)
class OtherDigest:
    """An authority that digests as it likes; what it stamps is right."""

    genuine: TimestampAuthority

    def post(self, _url: str, _body: bytes, _content_type: str) -> bytes:
        return self.genuine.answer(request_der(DATA, digest=Digest.SHA512, nonce=1))


def test_an_imprint_by_another_digest_is_not_what_was_asked_for(pki: DemoPki) -> None:
    """RFC 3161, clause 2.2: the algorithm is compared, however right the digest."""
    asking = TsaClient(("a",), poster=OtherDigest(authority(pki.tsa)), nonce=lambda: 1)
    with pytest.raises(TransportError, match="an imprint in sha256, found sha512"):
        asking.stamp(DATA, at=NOW)


def test_a_refusal_is_told_in_the_authoritys_words(pki: DemoPki) -> None:
    """It does not know the policy asked for."""
    with pytest.raises(TransportError, match=r"rejection.*unaccepted_policy"):
        client(pki.tsa, policy="1.2.3").stamp(DATA, at=NOW)


def test_somebody_must_be_asked(pki: DemoPki) -> None:
    """No URL at all is a mistake of configuration."""
    with pytest.raises(ConfigurationError) as caught:
        TsaClient((), poster=authority(pki.tsa))
    assert caught.value.code == "timestamp.no-authority"


def test_a_request_says_what_the_standard_wants() -> None:
    """Version, imprint, nonce, policy, and the wish for the certificate (RFC 3161, 2.4.1)."""
    der = request_der(DATA, digest=Digest.SHA512, nonce=5, policy="1.2.3")
    request = tsp.TimeStampReq.load(der, strict=True).native
    assert (request["version"], request["nonce"], request["cert_req"]) == ("v1", 5, True)
    assert request["req_policy"] == "1.2.3"
    assert len(request["message_imprint"]["hashed_message"]) == 64
    bare = tsp.TimeStampReq.load(request_der(DATA, digest=Digest.SHA256), strict=True).native
    assert (bare["nonce"], bare["req_policy"]) == (None, None)


@given(junk=st.binary(max_size=100))
def test_junk_is_no_answer(junk: bytes) -> None:
    """Whatever comes back, the refusal has a name."""
    with pytest.raises(Refusal, match="expected"):
        read_response(junk)


def test_an_endless_answer_is_cut_off() -> None:
    """The limit comes before the parser."""
    with pytest.raises(Refusal) as caught:
        read_response(bytes(10**6))
    assert caught.value.code == "timestamp.size"


def test_every_question_has_a_number_of_its_own(pki: DemoPki) -> None:
    """Two questions about the same octets differ."""
    asking = TsaClient(("a",), poster=TimestampAuthority(pki.tsa, clock=VirtualClock(NOW)))
    assert asking.stamp(DATA, at=NOW).nonce != asking.stamp(DATA, at=NOW).nonce
