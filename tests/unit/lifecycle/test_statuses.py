from __future__ import annotations

from itertools import product

import pytest

from docexchange.envelope.codes import StatusCode
from docexchange.lifecycle import USUAL, judge

EVERY = tuple(StatusCode)


@pytest.mark.parametrize(("previous", "new"), list(product((None, *EVERY), EVERY)))
def test_nothing_is_refused_and_only_unusual_steps_warn(previous, new):
    """Every pair is allowed; only steps of the table to another status have no warning."""
    step = judge(previous, new)
    assert step.allowed
    assert (step.previous, step.new) == (previous, new)
    assert (step.warning == "") is (new in USUAL[previous] and new is not previous)


@pytest.mark.parametrize(
    "line",
    [
        ["01", "02"],
        ["01", "03", "04", "05", "06"],
        ["01", "03", "13", "15"],
        ["01", "03", "13", "16", "04", "05", "06"],
        ["01", "03", "04", "15", "05", "06"],
        ["13", "15"],
    ],
)
def test_the_lines_of_the_rules_pass_without_warning(line):
    """The usual lives of a document raise no warning."""
    statuses = [StatusCode(code) for code in line]
    steps = zip([None, *statuses], statuses, strict=False)
    assert [judge(previous, new).warning for previous, new in steps] == [""] * len(line)


@pytest.mark.parametrize(
    ("previous", "new"),
    [(None, "03"), ("03", "06"), ("03", "05"), ("03", "02"), ("06", "05"), ("02", "13")],
)
def test_odd_steps_of_real_traffic_warn(previous, new):
    """Skipped steps, steps back and steps after a refusal are said."""
    before = None if previous is None else StatusCode(previous)
    assert f"found {new} (" in judge(before, StatusCode(new)).warning


def test_a_warning_says_what_was_expected_in_both_languages():
    """A clerk reads code, Vietnamese and English words of what was expected and found."""
    warning = judge(None, StatusCode.FINISHED).warning
    assert warning == (
        "as the first status expected 01 (đã đến, arrived) or 02 (từ chối tiếp nhận, refused) "
        "or 13 (lấy lại, asked back by the sender), found 06 (hoàn thành, finished)"
    )


def test_a_refusal_is_the_end():
    """After 02 nothing more is expected."""
    warning = judge(StatusCode.REFUSED, StatusCode.RECEIVED).warning
    assert "expected no further status" in warning


@pytest.mark.parametrize("status", EVERY)
def test_a_repeated_status_is_said_to_be_one(status):
    """The same status again is a repetition and no skipped step."""
    assert judge(status, status).warning.endswith("is reported again")


def test_every_status_can_be_reached():
    """The table leads from nothing to every status, and has a row for each."""
    reached, frontier = set(), {None}
    while frontier:
        reached |= frontier
        frontier = {new for status in frontier for new in USUAL[status]} - reached
    assert reached == {None, *EVERY} == set(USUAL)
