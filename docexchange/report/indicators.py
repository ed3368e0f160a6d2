"""How well does the exchange go? The indicators of the law, counted from books and statuses.

    lines = indicators([ledger], by=[Group.TIER], period=parse_period("2026-Q1"), now=now)
    lines[0].rates[Measure.ELECTRONIC].percent        # 92.7

Every rate is a part of a whole, both counted and both shown: published rates differ less in what is
counted than in what it is divided by. What is divided by what:

1. electronic, paperless, recalled: of all documents in the book, those on paper alone included.
2. signed (by anybody, leader, agency, both), on_time: of the documents on the exchange; on_time, of
   those that bear a date. Only signatures that were verified count.
3. acknowledged, refused: of the deliveries, one for each receiver of a document. A delivery whose
   time is not over counts among the acknowledged once somebody has answered.
4. answered: of the documents with a due date that are answered, or whose due date is over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.delivery import Book
from docexchange.envelope import Priority
from docexchange.lifecycle import WorkCalendar, acknowledge_by, answer_by, send_by
from docexchange.report.ledger import day_of
from docexchange.report.periods import Period, month_of, quarter_of, year_of_day
from docexchange.report.succession import linked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from docexchange.delivery import BookRow
    from docexchange.report.ledger import Dealing, Ledger

__all__ = ["Group", "IndicatorLine", "Measure", "Rate", "indicators"]

_ALWAYS: Final = Period()
_PLAIN: Final = WorkCalendar()


class Measure(StrEnum):
    """What is measured."""

    ELECTRONIC = "electronic"
    """Sent over the exchange."""
    PAPERLESS = "paperless"
    """Sent over the exchange, with no paper copy."""
    SIGNED = "signed"
    """With a good signature."""
    SIGNED_BY_LEADER = "signed_by_leader"
    """With that of the leader."""
    SIGNED_BY_AGENCY = "signed_by_agency"
    """With that of the agency."""
    SIGNED_BY_BOTH = "signed_by_both"
    """With both."""
    ON_TIME = "on_time"
    """Sent (incoming: arrived) by the deadline of Decision 28/2018."""
    ACKNOWLEDGED = "acknowledged"
    """Accepted or refused within the day, to the knowledge of the sender."""
    ANSWERED = "answered"
    """Answered or finished by the due date."""
    REFUSED = "refused"
    """Refused by the receiver."""
    RECALLED = "recalled"
    """Taken back by the sender."""


class Group(StrEnum):
    """What lines are kept apart by, besides the direction."""

    AGENCY = "agency"
    TIER = "tier"
    """Of the agency on the day of the document."""
    SUPERIOR = "superior"
    """The agency right above it on that day; none above the highest."""
    PROVINCE = "province"
    """The province, or other agency right below the highest, that it was or belonged to then."""
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_PERIODS: Final = {
    Group.MONTH: month_of,
    Group.QUARTER: quarter_of,
    Group.YEAR: year_of_day,
}


@dataclass(frozen=True, slots=True)
class Rate:
    """A part of a whole."""

    part: int
    """How many of them."""
    whole: int
    """Out of how many."""

    @property
    def percent(self) -> float | None:
        """The part in percent, to one decimal place, halves up; None of nothing."""
        # In whole numbers: 92.65 must not become 92.6 for the way a computer writes it.
        return (2000 * self.part + self.whole) // (2 * self.whole) / 10 if self.whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    """The indicators of some documents."""

    direction: Book
    """Outgoing or incoming."""
    groups: tuple[tuple[Group, str], ...]
    """What these documents share."""
    documents: int
    """How many there are."""
    rates: Mapping[Measure, Rate]
    """Every measure."""
    reasons: tuple[tuple[str, int], ...]
    """Why documents were refused, the most frequent reason first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    """What one document adds to its line."""

    key: tuple[str, ...]
    measured: tuple[tuple[Measure, bool], ...]
    reasons: tuple[str, ...]


def indicators(
    ledgers: Iterable[Ledger],
    *,
    now: datetime,
    by: Sequence[Group] = (),
    period: Period = _ALWAYS,
    calendar: WorkCalendar = _PLAIN,
) -> tuple[IndicatorLine, ...]:
    """Count.

    Args:
        ledgers: one for each agency; that of an agency that has ended knows those of its heirs.
        now: the present; what is not due yet is not counted as missed.
        by: what to keep apart, in this order; nothing for one line for each direction.
        period: only documents of these days.
        calendar: which days are worked.

    Returns:
        Outgoing lines, then incoming ones, each by what they are kept apart by.
    """
    facts: dict[tuple[str, ...], list[_Fact]] = {}
    for ledger in linked(ledgers):
        for fact in _facts(ledger, tuple(by), period, now, calendar):
            facts.setdefault(fact.key, []).append(fact)
    lines = [_line(key, tuple(by), found) for key, found in sorted(facts.items())]
    return tuple(sorted(lines, key=lambda line: line.direction is Book.INCOMING))


def _facts(
    ledger: Ledger, by: Sequence[Group], period: Period, now: datetime, calendar: WorkCalendar
) -> Iterator[_Fact]:
    for book in Book:
        for row in ledger.documents(book):
            day = day_of(row)
            if day in period:
                dealings = ledger.dealings(row)
                measured = [
                    *_of_document(row, calendar),
                    (Measure.RECALLED, ledger.is_recalled(row)),
                    *_of_dealings(dealings, now, calendar),
                    *_of_answer(ledger, row, now),
                ]
                yield _Fact(
                    key=(book.value, *(_group(name, ledger, day) for name in by)),
                    measured=tuple(measured),
                    reasons=tuple(item.refusal for item in dealings if item.refusal is not None),
                )


def _group(name: Group, ledger: Ledger, day: date) -> str:
    match name:
        case Group.AGENCY:
            return str(ledger.agency)
        case Group.TIER:
            return str(ledger.tier_on(day) or "")
        case Group.SUPERIOR:
            return str(next(iter(ledger.superiors_on(day)[1:]), ""))
        case Group.PROVINCE:
            return str(ledger.superiors_on(day)[-2:][0])
        case _:
            return _PERIODS[name](day)


def _of_document(row: BookRow, calendar: WorkCalendar) -> Iterator[tuple[Measure, bool]]:
    yield Measure.ELECTRONIC, row.electronic
    yield Measure.PAPERLESS, row.electronic and row.paper is False
    if not row.electronic:
        return
    leader, agency = "leader" in row.roles, "agency" in row.roles
    yield Measure.SIGNED, bool(row.roles)
    yield Measure.SIGNED_BY_LEADER, leader
    yield Measure.SIGNED_BY_AGENCY, agency
    yield Measure.SIGNED_BY_BOTH, leader and agency
    if row.issued is not None:
        deadline = send_by(row.issued, priority=Priority(row.priority), calendar=calendar)
        yield Measure.ON_TIME, (row.received_at or row.entered_at) < deadline


def _of_dealings(
    dealings: Iterable[Dealing], now: datetime, calendar: WorkCalendar
) -> Iterator[tuple[Measure, bool]]:
    for dealing in dealings:
        yield Measure.REFUSED, dealing.refusal is not None
        deadline = acknowledge_by(dealing.arrived, calendar=calendar)
        if dealing.acknowledged is not None or deadline <= now:
            yield Measure.ACKNOWLEDGED, _is_in_time(dealing.acknowledged, deadline)


def _of_answer(ledger: Ledger, row: BookRow, now: datetime) -> Iterator[tuple[Measure, bool]]:
    if row.due is not None:
        answered, deadline = ledger.answered_at(row), answer_by(row.due)
        if answered is not None or deadline <= now:
            yield Measure.ANSWERED, _is_in_time(answered, deadline)


def _is_in_time(moment: datetime | None, deadline: datetime) -> bool:
    return moment is not None and moment < deadline


def _line(key: tuple[str, ...], by: Sequence[Group], facts: Sequence[_Fact]) -> IndicatorLine:
    counted = Counter(item for fact in facts for item in fact.measured)
    reasons = Counter(reason for fact in facts for reason in fact.reasons)
    return IndicatorLine(
        direction=Book(key[0]),
        groups=tuple(zip(by, key[1:], strict=True)),
        documents=len(facts),
        rates={
            name: Rate(counted[name, True], counted[name, True] + counted[name, False])
            for name in Measure
        },
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    )
