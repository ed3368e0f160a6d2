"""Books across a merger: nothing is counted twice, and what an heir does counts for the old one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from contract.delivery_samples import row, status
from merger_help import (
    HEIR,
    MINISTRY,
    NEW_COMMUNE,
    OFFICE,
    OLD_PROVINCE,
    commune,
    district,
    merging_provinces,
)

from docexchange.delivery import Book, MemoryStore, PutStatus
from docexchange.identifiers import MessageId, OrganId
from docexchange.report import Group, Measure, indicators, ledger_of, overdue
from docexchange.report.succession import heirs_of, meant_on, place_on

JUNE = datetime(2025, 6, 30, 3, tzinfo=UTC)
JULY = JUNE + timedelta(days=1)
LATER = datetime(2025, 8, 1, tzinfo=UTC)
COUNTRY = merging_provinces()
OLD_COMMUNE = commune(OLD_PROVINCE, 2, 1)


def document(number, at, /, *, to=(), agency=MINISTRY, **values):
    """An entry of a book, of a document that went over the exchange."""
    plain = {
        "agency": agency,
        "number": number,
        "automatic": False,
        "entered_at": at,
        "message_id": MessageId(f"m-{number}"),
        "document_id": f"d-{number}",
        "code": f"{number}/QĐ",
        "mark": f"mark-{number}",
        "issued": at.date(),
        "recipients": tuple((str(code), "") for code in to),
        "electronic": True,
        "roles": ("agency",),
    }
    return row(**(plain | values))


def came(number, at, agency, /, **values):
    """The same as it came in."""
    more = {"book": Book.INCOMING, "received_at": at, "automatic": True, "number": None}
    return document(number, at, agency=agency, **(more | values))


def said(number, reporter, at, code="03", *, outgoing=False):
    """What an agency told about a document."""
    return status(
        message_id=MessageId(f"s-{number}-{code}-{reporter}-{outgoing}"),
        document_id=f"d-{number}",
        code=code,
        reporter=reporter,
        at=at,
        outgoing=outgoing,
    )


def books(agency, rows, statuses=()):
    """The books of an agency, and what it was told."""
    store = MemoryStore()
    for item in rows:
        store.enter(item)
    store.apply([PutStatus(item) for item in statuses])
    return ledger_of(store, agency, directory=COUNTRY)


def rate(measure, *ledgers):
    """One rate of the first line."""
    found = indicators(ledgers, now=LATER)[0].rates[measure]
    return found.part, found.whole


def test_heirs_are_followed_from_one_to_the_next():
    """The commune became a new one, the district the province; who goes on has no heirs."""
    assert heirs_of(OLD_COMMUNE, COUNTRY) == {NEW_COMMUNE.as_decision_20}
    assert heirs_of(OrganId("H39.32"), COUNTRY) == {HEIR.as_decision_20}
    assert heirs_of(HEIR, COUNTRY) == heirs_of(OrganId("X99"), COUNTRY) == frozenset()


def test_a_code_means_its_heir_from_the_day_on():
    """One that nobody knows means itself."""
    last, first = date(2025, 6, 30), date(2025, 7, 1)
    assert meant_on(OLD_PROVINCE, COUNTRY, last) == OLD_PROVINCE.as_decision_20
    assert meant_on(OLD_PROVINCE, COUNTRY, first) == HEIR.as_decision_20
    assert meant_on(OLD_COMMUNE, COUNTRY, first) == NEW_COMMUNE.as_decision_20
    assert meant_on(OrganId("X99"), COUNTRY, first) == OrganId("X99").as_decision_20


def test_an_agency_stands_where_it_stood_on_the_day():
    """After its end it stands where it stood last; before its beginning, where it stood first."""
    june, july = date(2025, 6, 30), date(2025, 7, 1)
    moved = books(commune(OLD_PROVINCE, 1, 1), [])
    assert moved.superiors_on(june)[1:] == (district(OLD_PROVINCE, 1), OLD_PROVINCE, OFFICE)
    assert moved.superiors_on(july)[1:] == (HEIR, OFFICE)
    ended = books(OLD_COMMUNE, [])
    assert ended.superiors_on(july) == ended.superiors_on(june)
    assert books(NEW_COMMUNE, []).tier_on(june) == 4
    assert place_on(OrganId("X99"), COUNTRY, june) is None


def test_a_province_before_and_after_is_a_line_each():
    """June of either, July of both together, and nothing is lost between them."""
    agency = commune(OLD_PROVINCE, 1, 1)
    ledgers = [
        books(agency, [document(1, JUNE, agency=agency), document(2, JULY, agency=agency)]),
        books(HEIR, [document(3, JUNE, agency=HEIR), document(4, JULY, agency=HEIR)]),
    ]
    by = [Group.PROVINCE, Group.MONTH]
    found = {
        tuple(value for _, value in line.groups): line.documents
        for line in indicators(ledgers, now=LATER, by=by)
    }
    assert found == {
        (str(OLD_PROVINCE), "2025-06"): 1,
        (str(HEIR), "2025-06"): 1,
        (str(HEIR), "2025-07"): 2,
    }
    by_superior = indicators(ledgers, now=LATER, by=[Group.SUPERIOR])
    assert [line.groups[0][1] for line in by_superior] == [
        str(OFFICE),
        str(HEIR),
        str(district(OLD_PROVINCE, 1)),
    ]


@pytest.mark.parametrize(
    ("at", "to", "reporters", "expected"),
    [
        (JUNE, [OLD_PROVINCE], [OLD_PROVINCE], (1, 1)),
        (JUNE, [OLD_PROVINCE], [HEIR], (1, 1)),
        (JULY, [OLD_PROVINCE], [HEIR], (1, 1)),
        (JULY, [OLD_PROVINCE], [MINISTRY], (0, 1)),
        (JULY, [OLD_PROVINCE, HEIR], [HEIR], (1, 1)),
        (JULY, [OLD_PROVINCE, HEIR], [OLD_PROVINCE], (1, 1)),
        (JULY, [OLD_PROVINCE, HEIR], [], (0, 1)),
        (JUNE, [OLD_PROVINCE, HEIR], [OLD_PROVINCE, HEIR], (2, 2)),
        (JUNE, [OLD_PROVINCE, HEIR], [OLD_PROVINCE], (1, 2)),
        (JUNE, [OLD_PROVINCE, HEIR], [HEIR], (2, 2)),
        (JULY, [OLD_COMMUNE, commune(OLD_PROVINCE, 2, 2)], [NEW_COMMUNE], (1, 1)),
    ],
)
def test_an_heir_acknowledges_for_the_code_it_took_over(at, to, reporters, expected):
    """Two codes that mean one agency on the day of sending are one delivery."""
    told = [said(1, reporter, at + timedelta(hours=1)) for reporter in reporters]
    ledger = books(MINISTRY, [document(1, at, to=to)], told)
    assert rate(Measure.ACKNOWLEDGED, ledger) == expected


def test_an_heir_that_got_a_copy_of_its_own_speaks_of_that():
    """The old province only said that its copy had arrived; the heir's word is not about that."""
    told = [said(1, OLD_PROVINCE, JUNE, "01"), said(1, HEIR, JUNE)]
    ledger = books(MINISTRY, [document(1, JUNE, to=[OLD_PROVINCE, HEIR])], told)
    assert rate(Measure.ACKNOWLEDGED, ledger) == (1, 2)


def test_what_reaches_the_heir_counts_for_the_documents_of_the_old_agency():
    """Acknowledged, answered and taken back in July, in the books of the province that goes on."""
    due = date(2025, 7, 10)
    rows = [
        document(1, JUNE, agency=OLD_PROVINCE, to=[MINISTRY], due=due),
        document(2, JUNE, agency=OLD_PROVINCE, to=[MINISTRY]),
        came(3, JUNE, OLD_PROVINCE, due=due),
    ]
    old = books(OLD_PROVINCE, rows, [said(3, OLD_PROVINCE, JUNE, outgoing=True)])
    answers = [
        came(7, JULY, HEIR, answers=(("d-1", ""),)),
        document(8, JULY, agency=HEIR, answers=(("", "mark-3"),)),
        document(9, JULY, agency=HEIR, business=1, number=None, answers=(("d-2", ""),)),
    ]
    heir = books(HEIR, answers, [said(1, MINISTRY, JUNE + timedelta(hours=9))])
    assert rate(Measure.ACKNOWLEDGED, old, heir) == (1, 2)
    assert rate(Measure.ACKNOWLEDGED, old) == (0, 2)
    outgoing, incoming = indicators([heir, old], now=LATER)
    assert outgoing.rates[Measure.RECALLED].part == 1
    assert [line.rates[Measure.ANSWERED].part for line in (outgoing, incoming)] == [1, 1]
    assert [item.what for item in overdue([old, heir], now=LATER) if item.row.agency != HEIR] == []
