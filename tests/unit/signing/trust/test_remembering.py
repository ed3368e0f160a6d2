"""Remembered verdicts: what is told of a moment does not depend on what was asked before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signing_help import NOW, certify, revocation_list

from docexchange.signing import SubIndication, TrustStore
from docexchange.signing.errors import Refusal
from docexchange.signing.trust.judging import TrustedPath
from docexchange.signing.trust.remembering import Verdicts

if TYPE_CHECKING:
    from datetime import datetime

PATH = TrustedPath(subjects=("leaf", "root"), certificates=(b"leaf", b"root"))
SECONDS = st.lists(st.integers(0, 59), min_size=1, max_size=8)


class Judge:
    """Says yes from one second to another, and counts how often it was asked."""

    def __init__(self, begin: int = 0, end: int = 60) -> None:
        self._begin, self._end, self.asked = begin, end, 0

    def __call__(self, at: datetime) -> TrustedPath:
        """The path, where there is one."""
        self.asked += 1
        if self._begin <= at.second < self._end:
            return PATH
        early = at.second < self._begin
        raise Refusal(SubIndication.REVOKED_NO_POE, "no", code="early" if early else "late")


def said(verdicts: Verdicts, judge: Judge, second: int) -> str:
    """What is said of a second of one minute."""
    moment = NOW + timedelta(seconds=second, microseconds=7)
    verdict = verdicts.on("question", at=moment, judge=judge)
    return verdict.code if isinstance(verdict, Refusal) else "path"


@given(SECONDS, st.integers(0, 60), st.integers(0, 60))
def test_each_second_is_told_as_if_it_alone_were_asked_about(
    seconds: list[int], begin: int, end: int
) -> None:
    """In whatever order, wherever in the minute a path begins and ends to be good."""
    verdicts, judge = Verdicts(lasting=lambda _: True), Judge(begin, max(begin, end))
    told = [said(verdicts, judge, second) for second in seconds]
    alone = [said(Verdicts(lasting=lambda _: True), judge, second) for second in seconds]
    assert told == alone


@pytest.mark.parametrize("judge", [Judge(), Judge(60), Judge(0, 0)])
def test_a_minute_without_a_change_is_judged_twice(judge: Judge) -> None:
    """At the first question, and for the rest of the minute at the second; as often for a no."""
    verdicts = Verdicts(lasting=lambda _: True)
    told = {said(verdicts, judge, second) for second in range(5, 60)}
    assert len(told) == 1
    assert judge.asked == 2
    assert len(verdicts) == 1


def test_the_words_of_a_refusal_are_those_of_its_second() -> None:
    """One code may have two reasons within a minute: the signer has ended, and then the root."""

    def judge(at: datetime) -> TrustedPath:
        who = "the root" if at.second else "the signer"
        raise Refusal(SubIndication.OUT_OF_BOUNDS_NO_POE, f"{who} has ended", code="ended")

    verdicts = Verdicts(lasting=lambda _: True)
    for second in (0, 1, 0, 59):
        told = verdicts.on("question", at=NOW + timedelta(seconds=second), judge=judge)
        assert str(told) == f"the {'root' if second else 'signer'} has ended"


def test_what_does_not_last_is_asked_again() -> None:
    """Each time, also in the same second."""
    verdicts, judge = Verdicts(lasting=lambda _: False), Judge()
    for number in range(1, 4):
        assert said(verdicts, judge, 5) == "path"
        assert judge.asked == number
    assert len(verdicts) == 0


@given(SECONDS)
def test_a_certificate_is_revoked_from_its_second_on(seconds: list[int]) -> None:
    """Whichever moments of that minute were judged before."""
    trust = TrustStore([ROOT.der], crls=[LIST])
    assert [outcome(trust, second) for second in seconds] == [ALONE[item] for item in seconds]


def outcome(trust: TrustStore, second: int) -> str:
    """What a store says of the revoked certificate in a second of one minute."""
    at = NOW + timedelta(seconds=second)
    try:
        trust.find_path(LEAF.der, [], at=at, check_revocation=True)
    except Refusal as refusal:
        return refusal.code
    return "path"


ROOT: Any = certify("Root", ca=True)
LEAF: Any = certify("Leaf", issuer=ROOT)
LIST = revocation_list(ROOT, LEAF, at=NOW + timedelta(hours=1), since=NOW + timedelta(seconds=30))
ALONE = [outcome(TrustStore([ROOT.der], crls=[LIST]), second) for second in range(60)]


def test_the_second_of_the_revocation_is_known() -> None:
    """Good before it and not after it, to the second that is tolerated."""
    assert ALONE[:29] == ["path"] * 29
    assert ALONE[31:] == ["certificate.revoked"] * 29
