"""Results as JUnit XML, which every build server reads.

>>> junit_xml(results, url="https://node.example:8443/")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.report import xml_text
from docexchange.testing.conformance.case import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.testing.conformance.case import Result

__all__ = ["junit_xml"]


def junit_xml(results: Sequence[Result], *, url: str) -> str:
    """Write results; what should be kept and is not is told as output, not as a failure.

    Args:
        results: in the order in which they ran.
        url: the endpoint.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        _suite(results, url),
        *(line for result in results for line in _case(result)),
        "</testsuite>",
    ]
    return "\n".join(lines) + "\n"


def _suite(results: Sequence[Result], url: str) -> str:
    failed = sum(result.outcome is Outcome.FAILED for result in results)
    skipped = sum(result.outcome is Outcome.SKIPPED for result in results)
    seconds = sum(result.seconds for result in results)
    name = xml_text(f"docexchange conformance {url}")
    return (
        f'<testsuite name="{name}" tests="{len(results)}" failures="{failed}" errors="0" '
        f'skipped="{skipped}" time="{seconds:.3f}">'
    )


def _case(result: Result) -> Iterator[str]:
    group, _, name = result.case.id.partition(".")
    yield (
        f'<testcase classname="conformance.{group}" name="{name}" time="{result.seconds:.3f}">'
        f'<properties><property name="clause" value="{xml_text(result.case.clause)}"/>'
        "</properties>"
    )
    said = f"{result.case.title} Expected {result.expected}, found {result.found}"
    match result.outcome:
        case Outcome.FAILED:
            message = xml_text(f"expected {result.expected}, found {result.found}")
            yield f'<failure message="{message}">{xml_text(said)}</failure>'
        case Outcome.SKIPPED:
            yield f'<skipped message="{xml_text(result.found)}"/>'
        case Outcome.WARNED:
            yield f"<system-out>{xml_text(said)}</system-out>"
    yield "</testcase>"
