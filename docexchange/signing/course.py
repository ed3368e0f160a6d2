"""The course of one validation: its steps in order, what became known, and the report of both.

>>> course = Course()
>>> certificate = course.take("certificate", signing_certificate, signature)
>>> course.passed()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from docexchange.signing.report import SignatureReport
from docexchange.signing.steps import Steps
from docexchange.signing.verdicts import Indication

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.signing.certificates import Signatory
    from docexchange.signing.errors import Refusal
    from docexchange.signing.report import ChainCertificate, Covered, TimestampReport
    from docexchange.signing.trust import Evidence

__all__ = ["Course", "Facts"]


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


class Course(Steps):
    """The steps and what they make known; a refusal ends the course."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: Facts = {}

    def passed(self) -> SignatureReport:
        """The report of a course that went to its end."""
        return SignatureReport(indication=Indication.TOTAL_PASSED, steps=self.taken, **self.facts)

    def ended_by(self, refusal: Refusal) -> SignatureReport:
        """The report of a course that a refusal ended."""
        return SignatureReport.refused(refusal, steps=self.taken, **self.facts)
