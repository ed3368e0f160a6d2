"""Which cases run, and what comes of each.

>>> for result in run(Bench(profile, token=token), chosen(only=["push.*"])):
...     print(result.outcome, result.case.id)
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from docexchange.errors import UsageError
from docexchange.testing.conformance import about, callers, mailbox, push, refusing, robust, tus
from docexchange.testing.conformance.case import (
    Level,
    NoAnswer,
    NotApplicable,
    Outcome,
    Result,
    Violation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.testing.conformance.bench import Bench
    from docexchange.testing.conformance.case import Case

__all__ = ["CASES", "chosen", "run"]

CASES: Final = (
    *about.CASES,
    *callers.CASES,
    *push.CASES,
    *refusing.CASES,
    *tus.CASES,
    *mailbox.CASES,
    *robust.CASES,
)
"""All cases, in the order in which they run."""


def chosen(*, only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[Case, ...]:
    """The cases that patterns choose.

    Args:
        only: ids, groups or patterns (``push``, ``tus.check*``); all cases when empty.
        skip: the same, of those to leave out.

    Raises:
        UsageError: a pattern that means no case, or none is left.
    """
    for pattern in (*only, *skip):
        if not any(_means(pattern, case) for case in CASES):
            raise UsageError(
                f"cases: expected an id, a group or a pattern of them, found {pattern!r}",
                code="conformance.case",
                advice="docexchange conformance --list shows all cases.",
            )
    found = [case for case in CASES if not only or any(_means(item, case) for item in only)]
    left = tuple(case for case in found if not any(_means(item, case) for item in skip))
    if not left:
        raise UsageError("cases: expected at least one, found none left", code="conformance.case")
    return left


def _means(pattern: str, case: Case) -> bool:
    return pattern == case.group or fnmatchcase(case.id, pattern)


def run(bench: Bench, cases: Sequence[Case]) -> Iterator[Result]:
    """Try cases one after the other.

    Args:
        bench: the run.
        cases: which.

    Gives:
        What came of each, as soon as it is known.

    Raises:
        TransportError: nobody is there at all.
    """
    bench.line.reach()
    try:
        for case in cases:
            yield _tried(bench, case)
    finally:
        bench.tidy()


def _tried(bench: Bench, case: Case) -> Result:
    begun = bench.profile.clock.now()
    outcome, expected, found = Outcome.PASSED, "", ""
    bad = Outcome.FAILED if case.level is Level.MUST else Outcome.WARNED
    try:
        case.check(bench)
    except NotApplicable as reason:
        outcome, found = Outcome.SKIPPED, str(reason)
    except Violation as violation:
        outcome, expected, found = bad, violation.expected, violation.found
    except NoAnswer as silence:
        outcome, expected, found = bad, "an answer", str(silence)
    seconds = (bench.profile.clock.now() - begun).total_seconds()
    return Result(case=case, outcome=outcome, seconds=seconds, expected=expected, found=found)
