"""Where does a document stand at one receiver? A pure fold over the reports, in whatever order.

Reports come late, doubled and out of order (one province sends them once a day); the time stated in
a report decides, not the time it came in::

    thread = fold(reports)
    thread.current
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.errors import UsageError
from docexchange.lifecycle.statuses import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from docexchange.envelope.codes import StatusCode
    from docexchange.identifiers import OrganId
    from docexchange.lifecycle.statuses import Transition

__all__ = ["StatusReport", "Thread", "fold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """One status that an agency reported about a document.

    Raises:
        UsageError: ``at`` has no timezone.
    """

    status: StatusCode
    """What was reported."""
    at: datetime
    """When it happened, timezone-aware, as the report states."""
    sender: OrganId
    """Who reported it: the receiver of the document, or for 13 its sender."""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise UsageError(
                f"status {self.status.value} of {self.sender}: expected a time with a timezone, "
                f"found {self.at}",
                code="lifecycle.naive-time",
                advice="Wire times without a zone are Vietnam time, +07:00.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What became of one document at one receiver."""

    reports: tuple[StatusReport, ...] = ()
    """Each report once, oldest first."""
    transitions: tuple[Transition, ...] = ()
    """The step that each report makes, judged."""

    @property
    def current(self) -> StatusCode | None:
        """The latest status; none before the first report."""
        return self.reports[-1].status if self.reports else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd, oldest first."""
        return tuple(step.warning for step in self.transitions if step.warning)


def fold(reports: Iterable[StatusReport]) -> Thread:
    """Put the reports on one document at one receiver in order.

    Args:
        reports: in any order, doubled or not. Reports of the same second are taken in the order of
            their codes, which is the order of the work.
    """
    ordered = tuple(sorted(set(reports), key=_place))
    return Thread(reports=ordered, transitions=tuple(_steps(ordered)))


def _place(report: StatusReport) -> tuple[datetime, str, OrganId]:
    return report.at, report.status.value, report.sender


def _steps(ordered: Iterable[StatusReport]) -> Iterator[Transition]:
    previous: StatusCode | None = None
    for report in ordered:
        yield judge(previous, report.status)
        previous = report.status
