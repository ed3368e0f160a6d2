"""The results of conformance cases in lines and in JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from docexchange.cli._output import answer, answer_json, plain, styled
from docexchange.cli._words import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.testing.conformance import Case, Result

__all__ = ["list_cases", "print_result", "print_summary", "results_json", "word"]

_COLOURS: Final = {"passed": "green", "failed": "red", "warned": "yellow", "skipped": "blue"}


def list_cases(cases: Sequence[Case], *, as_json: bool) -> None:
    """Print the cases themselves.

    Args:
        cases: which.
        as_json: as JSON.
    """
    if as_json:
        answer_json({"cases": [_case_json(case) for case in cases]})
        return
    for case in cases:
        answer(f"{case.id:<26} {word(case.level):<8} {_title(case)}")


def print_result(result: Result) -> None:
    """Print what came of one case; two more lines where the promise is not kept."""
    case = result.case
    outcome = styled(f"{word(result.outcome):<10}", _COLOURS[result.outcome])
    answer(f"{outcome} {case.id:<26} {_title(case)}")
    if result.expected:
        answer(f"    {word('expected')}: {plain(_finding(result.expected))}")
    if result.found:
        label = word("found" if result.expected else "reason")
        answer(f"    {label}: {plain(_finding(result.found))}")


def print_summary(results: Sequence[Result]) -> None:
    """Print the verdict, and how many cases came to what."""
    count = Counter(str(result.outcome) for result in results)
    verdict = word("does not conform" if count["failed"] else "conforms")
    told = ", ".join(f"{word(name)} {count[name]}" for name in _COLOURS)
    answer(f"{styled(verdict, 'red' if count['failed'] else 'green')}: {told}")


def results_json(url: str, results: Sequence[Result]) -> dict[str, Any]:
    """Everything as plain values.

    Args:
        url: the endpoint.
        results: in the order in which they ran.
    """
    return {
        "url": url,
        "conforms": all(result.outcome != "failed" for result in results),
        "cases": [
            {
                **_case_json(result.case),
                "outcome": str(result.outcome),
                "seconds": round(result.seconds, 3),
                "expected": result.expected,
                "found": result.found,
            }
            for result in results
        ],
    }


def _case_json(case: Case) -> dict[str, str]:
    return {
        "id": case.id,
        "title": case.title,
        "clause": case.clause,
        "level": str(case.level),
    }


def _title(case: Case) -> str:
    return case.title_vi if language() == "vi" else case.title


def _finding(english: str) -> str:
    from docexchange.testing.conformance.vietnamese import finding_in_vietnamese

    return finding_in_vietnamese(english) if language() == "vi" else english


def word(english: str) -> str:
    """A word about conformance in the language asked for."""
    from docexchange.testing.conformance.page import VIETNAMESE

    return VIETNAMESE[english] if language() == "vi" else str(english)
