from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.clock import VIETNAM
from docexchange.envelope.codes import StatusCode
from docexchange.errors import UsageError
from docexchange.identifiers import OrganId
from docexchange.lifecycle import StatusReport, fold, judge

START = datetime(2025, 7, 1, 1, tzinfo=UTC)
RECEIVER, SENDER = OrganId("H53.31.21"), OrganId("H53")


def report(code: str, minutes: int = 0, sender: OrganId = RECEIVER) -> StatusReport:
    return StatusReport(
        status=StatusCode(code), at=START + timedelta(minutes=minutes), sender=sender
    )


reports = st.lists(
    st.builds(
        report,
        st.sampled_from([status.value for status in StatusCode]),
        st.integers(0, 5),
        st.sampled_from([RECEIVER, SENDER]),
    ),
    max_size=8,
)


def test_no_reports_are_no_status():
    """A document of which nothing was heard has no status and nothing odd."""
    thread = fold([])
    assert thread.current is None
    assert thread.warnings == ()


def test_late_reports_take_their_place():
    """A 03 that comes in after the 06 does not bring the document back."""
    thread = fold(
        [report("06", 40), report("01", 0), report("04", 20), report("03", 10), report("05", 30)]
    )
    assert thread.current is StatusCode.FINISHED
    assert thread.warnings == ()


def test_one_second_is_ordered_by_code():
    """A system that reports everything at 02:00 sharp finished its work in the usual order."""
    thread = fold([report("05"), report("03"), report("06"), report("01"), report("04")])
    assert [entry.status.value for entry in thread.reports] == ["01", "03", "04", "05", "06"]
    assert thread.warnings == ()


def test_a_refused_recall_leaves_the_work_going_on():
    """13 by the sender and 16 by the receiver are followed by the rest of the work."""
    thread = fold(
        [report("01"), report("03", 1), report("13", 2, SENDER), report("16", 3), report("04", 4)]
    )
    assert thread.current is StatusCode.ASSIGNED
    assert thread.warnings == ()


def test_skipped_steps_are_kept_with_a_warning():
    """03, then 06, is a finished document with one remark."""
    thread = fold([report("01"), report("03", 1), report("06", 2)])
    assert thread.current is StatusCode.FINISHED
    (warning,) = thread.warnings
    assert warning == judge(StatusCode.RECEIVED, StatusCode.FINISHED).warning


def test_the_same_moment_in_two_zones_is_one_report():
    """08:00 in Vietnam is 01:00 UTC, so the copy is a double."""
    there = StatusReport(status=StatusCode.ARRIVED, at=START.astimezone(VIETNAM), sender=RECEIVER)
    assert len(fold([report("01"), there]).reports) == 1


@given(listed=reports, data=st.data())
def test_order_and_doubles_do_not_matter(listed, data):
    """However reports arrive, and however often, the outcome is the same."""
    doubled = listed + data.draw(
        st.lists(st.sampled_from(listed), max_size=4) if listed else st.just([])
    )
    assert fold(data.draw(st.permutations(doubled))) == fold(listed)


@given(listed=reports)
def test_no_report_is_lost(listed):
    """Every distinct report is in the thread once, oldest first, with one judged step each."""
    thread = fold(listed)
    assert set(thread.reports) == set(listed)
    assert len(thread.reports) == len(set(listed)) == len(thread.transitions)
    times = [entry.at for entry in thread.reports]
    assert times == sorted(times)
    assert [step.new for step in thread.transitions] == [entry.status for entry in thread.reports]


def test_a_time_without_zone_is_refused():
    """A naive time could be seven hours off."""
    with pytest.raises(UsageError, match="expected a time with a timezone") as caught:
        StatusReport(status=StatusCode.ARRIVED, at=datetime(2025, 7, 1), sender=RECEIVER)  # noqa: DTZ001
    assert "Vietnam" in caught.value.advice
