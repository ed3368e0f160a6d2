"""The course of one validation: its steps in order, what became known, and the report of both.

>>> course = Course()
>>> certificate = course.take("certificate", lambda: signing_certificate(signature))
>>> course.passed()
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict, TypeVar

from docexchange.signing.errors import Refusal
from docexchange.signing.report import SignatureReport, Step
from docexchange.signing.verdicts import Indication

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docexchange.signing.certificates import Signatory
    from docexchange.signing.report import ChainCertificate, Covered, TimestampReport
    from docexchange.signing.trust import Evidence

__all__ = ["Course", "Facts"]

_T = TypeVar("_T")


class Facts(TypedDict, total=False):
    """Fields of the report, as they become known."""

    algorithm: str
    algorithm_name: str
    foreign: bool
    chain: tuple[ChainCertificate, ...]
    evidence: tuple[Evidence, ...]
    level: str
    signing_time: datetime | None
    roles: tuple[str, ...]
    signatory: Signatory
    coverage: tuple[Covered, ...]
    best_signature_time: datetime
    proved_by: int | None
    timestamps: tuple[TimestampReport, ...]
    counter_signatures: tuple[SignatureReport, ...]
    policy: str


class Course:
    """Steps are numbered as they are taken; a refusal ends the course."""

    def __init__(self) -> None:
        self.facts: Facts = {}
        self._steps: list[Step] = []

    def take(self, name: str, check: Callable[[], _T], *, detail: str = "") -> _T:
        """Take one step.

        Args:
            name: what is checked.
            check: the check.
            detail: what to say of it if it holds.

        Raises:
            Refusal: it does not hold.
        """
        try:
            result = check()
        except Refusal as refusal:
            self.note(name, passed=False, detail=str(refusal))
            raise
        self.note(name, passed=True, detail=detail)
        return result

    def note(self, name: str, *, passed: bool | None, detail: str = "") -> None:
        """Put down a step.

        Args:
            name: what was checked.
            passed: whether it held; None when it was not checked.
            detail: what was found.
        """
        number = len(self._steps) + 1
        self._steps.append(
            Step(number=number, name=name, passed=passed, detail=detail)
            if detail
            else _silent(number, name, passed)
        )

    def passed(self) -> SignatureReport:
        """The report of a course that went to its end."""
        return SignatureReport(
            indication=Indication.TOTAL_PASSED, steps=tuple(self._steps), **self.facts
        )

    def ended_by(self, refusal: Refusal) -> SignatureReport:
        """The report of a course that a refusal ended."""
        return SignatureReport(
            indication=refusal.sub_indication.indication,
            sub_indication=refusal.sub_indication,
            reason=str(refusal),
            code=refusal.code,
            advice=refusal.advice,
            steps=tuple(self._steps),
            **self.facts,
        )


@lru_cache(maxsize=256)
def _silent(number: int, name: str, passed: bool | None) -> Step:  # noqa: FBT001
    """A step with nothing to say of it; most are alike in most reports."""
    return Step(number=number, name=name, passed=passed)
