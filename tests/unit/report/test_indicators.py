"""Indicators: what is counted, what it is divided by, and that it is all there is to count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from contract.delivery_samples import COMMUNE, MINISTRY, PROVINCE, row, status
from hypothesis import given
from hypothesis import strategies as st

from docexchange.clock import VIETNAM, vietnam_date
from docexchange.delivery import Book, MemoryStore, PutStatus, SQLiteStore
from docexchange.directory import Directory, DirectoryEntry
from docexchange.identifiers import MessageId
from docexchange.report import (
    Group,
    Measure,
    Period,
    Rate,
    indicators,
    ledger_of,
    overdue,
    parse_period,
)

MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)  # 09:00 in Vietnam
ALWAYS = Period()
LATER = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
KNOWN = Directory([DirectoryEntry(organ_id=MINISTRY, name="Bộ", tier=1)])
NOBODY = Directory([])


def sent(number=1, /, **values):
    """A document that the ministry signed and sent to the commune that Monday."""
    plain = {
        "number": number,
        "automatic": False,
        "entered_at": MONDAY,
        "message_id": MessageId(f"m-{number}"),
        "document_id": f"d-{number}",
        "code": f"{number}/QĐ",
        "mark": f"mark-{number}",
        "issued": date(2026, 3, 2),
        "recipients": ((str(COMMUNE), "Xã"),),
        "electronic": True,
        "paper": False,
        "roles": ("agency", "leader"),
    }
    return row(**(plain | values))


def came(number=1, /, **values):
    """The same as it came in at the ministry, an hour before it was entered."""
    more = {"book": Book.INCOMING, "received_at": MONDAY - HOUR, "automatic": True, "number": None}
    return sent(number, **(more | values))


def said(number=1, code="03", at=MONDAY + HOUR, **values):
    """What the commune told the ministry about it."""
    named = {"message_id": MessageId(f"s-{number}-{code}"), "document_id": f"d-{number}"}
    return status(code=code, at=at, **(named | values))


def own(number=1, code="03", at=MONDAY + HOUR, **values):
    """What the ministry told the sender about it."""
    return said(number, code, at, reporter=MINISTRY, outgoing=True, **values)


def lines(rows, statuses=(), *, by=(), now=LATER, period=ALWAYS, store=None, directory=KNOWN):
    """The indicators of these books."""
    ledger = kept(rows, statuses, store=store, directory=directory)
    return indicators([ledger], now=now, by=by, period=period)


def kept(rows, statuses=(), *, agency=MINISTRY, store=None, directory=KNOWN):
    """Books with these rows and statuses."""
    store = store or MemoryStore()
    for item in rows:
        store.enter(item)
    store.apply([PutStatus(item) for item in statuses])
    return ledger_of(store, agency, directory=directory)


def rate(measure, rows, statuses=(), **options):
    """One rate of the only line."""
    (line,) = lines(rows, statuses, **options)
    found = line.rates[measure]
    return found.part, found.whole


def test_published_rates_come_out_of_a_store_made_so(tmp_path):
    """Of 1,000 documents 92.7 % electronic; of those 97 % signed, 87.7 % by both."""
    rows = []
    for number in range(1, 1001):
        roles = ("agency", "leader") if number <= 813 else ("agency",) if number <= 899 else ()
        rows.append(sent(number, roles=roles) if number <= 927 else paper(number))
    with SQLiteStore(tmp_path / "store.db") as store:
        (line,) = lines(rows, store=store)
    found = {name: value.percent for name, value in line.rates.items()}
    assert line.documents == 1000
    assert (found[Measure.ELECTRONIC], found[Measure.PAPERLESS]) == (92.7, 92.7)
    assert found[Measure.SIGNED] == found[Measure.SIGNED_BY_AGENCY] == 97.0
    assert found[Measure.SIGNED_BY_BOTH] == found[Measure.SIGNED_BY_LEADER] == 87.7


def paper(number, /, **values):
    """A document that went on paper alone."""
    plain = {"message_id": None, "document_id": "", "recipients": (("", "Sở"),)}
    fixed = {"electronic": False, "paper": True, "roles": ()}
    return sent(number, **(plain | values | fixed))


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_percent_is_rounded_half_up(part, whole):
    """To one decimal place, never further off than half of that."""
    part = min(part, whole)
    percent = Rate(part, whole).percent
    assert abs(percent - 100 * part / whole) <= 0.05 + 1e-9
    assert percent == round(percent, 1)
    assert (Rate(1853, 2000).percent, Rate(0, 0).percent) == (92.7, None)


@pytest.mark.parametrize(
    ("changes", "statuses", "expected"),
    [
        ({}, [], (0, 1)),
        ({}, [said(code="01")], (0, 1)),
        ({}, [said()], (1, 1)),
        ({}, [said(code="02")], (1, 1)),
        ({}, [said(code="06")], (1, 1)),
        ({}, [said(reporter=PROVINCE)], (0, 1)),
        ({}, [said(at=MONDAY + 14 * HOUR)], (1, 1)),
        ({}, [said(at=MONDAY + 15 * HOUR)], (0, 1)),
        ({}, [said(code="01", at=MONDAY + 20 * HOUR), said(at=MONDAY + 30 * HOUR)], (1, 1)),
        ({}, [said(), own()], (1, 1)),
        ({"recipients": ((str(COMMUNE), ""), (str(PROVINCE), ""))}, [said()], (1, 2)),
        ({"electronic": False}, [], (0, 0)),
        ({"document_id": ""}, [said()], (0, 1)),
    ],
)
def test_each_receiver_acknowledges_within_the_day(changes, statuses, expected):
    """02 or 03, or what follows it, by the end of the day on which it had the document."""
    assert rate(Measure.ACKNOWLEDGED, [sent(**changes)], statuses) == expected


def test_what_is_not_due_yet_is_not_missed():
    """During the day nobody is late; who answers counts at once."""
    options = {"now": MONDAY + 2 * HOUR}
    assert rate(Measure.ACKNOWLEDGED, [sent()], **options) == (0, 0)
    assert rate(Measure.ACKNOWLEDGED, [sent()], [said()], **options) == (1, 1)
    due = sent(due=date(2026, 3, 2))
    assert rate(Measure.ANSWERED, [due], **options) == (0, 0)
    assert rate(Measure.ANSWERED, [due]) == (0, 1)


def test_we_acknowledge_what_came_in():
    """By our own statuses; those of others are not ours."""
    assert rate(Measure.ACKNOWLEDGED, [came()], [own()]) == (1, 1)
    assert rate(Measure.ACKNOWLEDGED, [came()], [said()]) == (0, 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (1, 1)),
        ({"entered_at": datetime(2026, 3, 3, 11, 59, tzinfo=VIETNAM)}, (1, 1)),
        ({"entered_at": datetime(2026, 3, 3, 12, 0, tzinfo=VIETNAM)}, (0, 1)),
        ({"entered_at": datetime(2026, 3, 3, 8, 0, tzinfo=VIETNAM), "priority": 1}, (0, 1)),
        ({"issued": None}, (0, 0)),
    ],
)
def test_a_document_is_sent_in_time(changes, expected):
    """By noon of the next working day; urgent ones on their day; without a date nobody knows."""
    assert rate(Measure.ON_TIME, [sent(**changes)]) == expected


def test_an_answer_or_the_end_of_work_answers():
    """By id or by number, or status 06, by the end of the due date; later is too late."""
    due = came(due=date(2026, 3, 4))
    answer = {"entered_at": MONDAY + 24 * HOUR}
    assert rate_in(due, [sent(9, answers=(("d-1", ""),), **answer)]) == (1, 1)
    assert rate_in(due, [sent(9, answers=(("", "mark-1"),), **answer)]) == (1, 1)
    late = {"entered_at": MONDAY + 72 * HOUR}
    assert rate_in(due, [sent(9, answers=(("d-1", ""),), **late)]) == (0, 1)
    assert rate_in(due, [sent(9, business=1, answers=(("d-1", ""),), **answer)]) == (0, 1)
    assert rate_in(due, [], [own(code="06")]) == (1, 1)
    assert rate_in(due, [], [said(code="06")]) == (0, 1)


def rate_in(document, others, statuses=()):
    """How many incoming documents were answered."""
    found = lines([document, *others], statuses)[-1]
    assert found.direction is Book.INCOMING
    answered = found.rates[Measure.ANSWERED]
    return answered.part, answered.whole


def test_refusals_are_told_with_their_reasons():
    """The most frequent first; by our own words where we refused."""
    rows = [sent(1), sent(2), sent(3), came(4, refusal="thiếu dấu", automatic=False)]
    refused = [
        said(number, "02", description=reason)
        for number, reason in ((1, "sai thể thức"), (2, "nhầm nơi nhận"), (3, "sai thể thức"))
    ]
    out, into = lines(rows, refused)
    assert out.reasons == (("sai thể thức", 2), ("nhầm nơi nhận", 1))
    assert into.reasons == (("thiếu dấu", 1),)
    assert (out.rates[Measure.REFUSED], into.rates[Measure.REFUSED]) == (Rate(3, 3), Rate(1, 1))


def test_recalls_are_about_documents_and_none_themselves():
    """By a recall document or by status 13, each document once."""
    recall = sent(9, business=1, number=None, answers=(("d-1", ""),))
    rows = [sent(1), sent(2), sent(3), recall]
    assert rate(Measure.RECALLED, rows, [own(1, "13"), own(2, "13")]) == (2, 3)


def test_reserved_numbers_and_updates_are_no_documents():
    """They are in no count."""
    assert lines([row(), sent(business=2, number=None)]) == ()


def test_lines_are_kept_apart_as_asked():
    """By tier, month, quarter and year in Vietnam; midnight there begins the day."""
    last_of_march = datetime(2026, 3, 31, 16, 59, tzinfo=UTC)
    rows = [sent(1, entered_at=last_of_march), sent(2, entered_at=last_of_march + HOUR)]
    by = [Group.TIER, Group.MONTH, Group.QUARTER, Group.YEAR, Group.AGENCY]
    found = [[value for _, value in line.groups] for line in lines(rows, by=by)]
    assert found == [
        ["1", "2026-03", "2026-Q1", "2026", str(MINISTRY)],
        ["1", "2026-04", "2026-Q2", "2026", str(MINISTRY)],
    ]
    assert lines(rows, by=[Group.TIER], directory=NOBODY)[0].groups == ((Group.TIER, ""),)
    (line,) = lines(rows, period=parse_period("2026-Q2"))
    assert line.documents == 1


@st.composite
def books(draw):
    """Documents of any kind over three months, each with what was said about it."""
    rows, statuses = [], []
    for number in range(1, draw(st.integers(0, 25)) + 1):
        at = MONDAY + timedelta(minutes=draw(st.integers(0, 130_000)))
        values = {
            "entered_at": at,
            "issued": vietnam_date(at),
            "roles": draw(st.sampled_from([(), ("agency",), ("leader",), ("agency", "leader")])),
            "paper": draw(st.sampled_from([None, True, False])),
        }
        make = draw(st.sampled_from([sent, came, paper]))
        if make is came:
            values["received_at"] = at
        rows.append(make(number, **values))
        if make is not paper and draw(st.booleans()):
            code = draw(st.sampled_from(["01", "02", "03"]))
            tell = own if make is came else said
            statuses.append(tell(number, code, at + draw(st.integers(0, 40)) * HOUR))
    return rows, statuses


@given(books())
def test_indicators_equal_a_naive_count(made):
    """Over any books each rate is what counting one by one gives, by month and in all."""
    rows, statuses = made
    found = lines(rows, statuses)
    for line in found:
        mine = [item for item in rows if item.book is line.direction]
        gone = [item for item in mine if item.electronic]
        told = {item.document_id: item for item in statuses}
        refused = [item for item in gone if getattr(told.get(item.document_id), "code", 0) == "02"]
        assert line.documents == len(mine)
        assert line.rates[Measure.ELECTRONIC] == Rate(len(gone), len(mine))
        without = [item for item in gone if item.paper is False]
        assert line.rates[Measure.PAPERLESS] == Rate(len(without), len(mine))
        for measure, wanted in (
            (Measure.SIGNED_BY_LEADER, {"leader"}),
            (Measure.SIGNED_BY_AGENCY, {"agency"}),
            (Measure.SIGNED_BY_BOTH, {"leader", "agency"}),
        ):
            good = [item for item in gone if wanted <= set(item.roles)]
            assert line.rates[measure] == Rate(len(good), len(gone))
        assert line.rates[Measure.REFUSED] == Rate(len(refused), len(gone))
        assert line.rates[Measure.ON_TIME] == Rate(len(gone), len(gone))
    by_month = lines(rows, statuses, by=[Group.MONTH])
    for line in found:
        parts = [item for item in by_month if item.direction is line.direction]
        for measure in Measure:
            assert sum(item.rates[measure].part for item in parts) == line.rates[measure].part
            assert sum(item.rates[measure].whole for item in parts) == line.rates[measure].whole


def late(rows, statuses=(), *, now=LATER):
    """What is overdue: the kind, the number and who is to do it."""
    found = overdue([kept(rows, statuses)], now=now)
    return [(item.what.value, item.row.number, item.party) for item in found]


def test_everything_that_is_overdue_is_listed_once():
    """The longest overdue first, with the agency that is to do it."""
    rows = [
        row(entered_at=MONDAY),
        sent(2, due=date(2026, 3, 20)),
        came(3, due=date(2026, 3, 10)),
    ]
    assert late(rows) == [
        ("acknowledge", 1, MINISTRY),
        ("receipt-awaited", 2, COMMUNE),
        ("send", 1, MINISTRY),
        ("answer", 1, MINISTRY),
        ("answer-awaited", 2, None),
    ]
    assert late(rows, now=MONDAY + HOUR) == []


def test_what_is_done_refused_or_taken_back_is_not_overdue():
    """Acknowledged, answered, refused, recalled, or sent under the number that was reserved."""
    due = date(2026, 3, 4)
    rows = [
        came(1, due=due),
        sent(9, answers=(("d-1", ""),)),
        came(2, due=due, refusal="sai", automatic=False),
        sent(3, due=due),
        sent(4, due=due),
        sent(8, business=1, number=None, answers=(("d-4", ""),)),
        row(code="QĐ", entered_at=MONDAY),
    ]
    rows.append(sent(10, code="10/QĐ"))
    told = [own(1), said(9), said(3, "02"), said(10)]
    assert late(rows, told) == []


@given(books(), st.integers(0, 100))
def test_who_is_overdue_has_not_acknowledged_in_time(made, days):
    """The list and the rate never disagree: nobody on the one counts as in time in the other."""
    rows, statuses = made
    now = MONDAY + timedelta(days=days)
    rows = [item for item in rows if item.entered_at <= now]
    statuses = [item for item in statuses if item.at <= now]
    found = lines(rows, statuses, now=now)
    listed = late(rows, statuses, now=now)
    missed = sum(
        line.rates[Measure.ACKNOWLEDGED].whole - line.rates[Measure.ACKNOWLEDGED].part
        for line in found
    )
    assert len(set(listed)) == len(listed) <= missed
