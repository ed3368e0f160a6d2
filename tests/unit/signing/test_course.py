"""Steps in order, and the report that they lead to."""

from __future__ import annotations

import pytest

from docexchange.signing import Indication, SubIndication
from docexchange.signing.course import Course
from docexchange.signing.errors import Refusal
from docexchange.signing.report import Step


def test_steps_are_numbered_as_they_are_taken() -> None:
    """What held, what was not checked, and what there was to say of it."""
    course = Course()
    assert course.take("form", lambda: 7) == 7
    course.note("sender", passed=None, detail="no directory")
    course.facts["level"] = "XAdES-B-B"
    report = course.passed()
    assert report.indication is Indication.TOTAL_PASSED
    assert report.level == "XAdES-B-B"
    assert report.steps == (
        Step(number=1, name="form", passed=True),
        Step(number=2, name="sender", passed=None, detail="no directory"),
    )


def test_a_refusal_is_the_last_step_and_the_verdict() -> None:
    """With the standard's reason, and what was known before."""
    course = Course()
    refusal = Refusal(SubIndication.HASH_FAILURE, "expected a, found b", code="c", advice="Ask.")

    def refuse() -> None:
        raise refusal

    with pytest.raises(Refusal):
        course.take("digests", refuse)
    report = course.ended_by(refusal)
    assert report.sub_indication is SubIndication.HASH_FAILURE
    assert (report.reason, report.code, report.advice) == ("expected a, found b", "c", "Ask.")
    expected = Step(number=1, name="digests", passed=False, detail="expected a, found b")
    assert report.steps == (expected,)


def test_courses_share_no_steps() -> None:
    """A step that one report tells as passed is not told so by another."""
    first, second = Course(), Course()
    first.note("form", passed=True)
    second.note("form", passed=False)
    assert [step.passed for step in (*first.passed().steps, *second.passed().steps)] == [
        True,
        False,
    ]
