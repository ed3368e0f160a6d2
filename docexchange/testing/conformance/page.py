"""Results as one HTML page that needs nothing from elsewhere, in Vietnamese or English.

>>> html_page(results, url="https://node.example:8443/", at=clock.now(), language="vi")
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from docexchange.clock import VIETNAM
from docexchange.report import xml_text
from docexchange.testing.conformance.case import Outcome
from docexchange.testing.conformance.vietnamese import finding_in_vietnamese

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from docexchange.testing.conformance.case import Result

__all__ = ["VIETNAMESE", "html_page", "title_of"]

VIETNAMESE: Final = {
    "Conformance of an endpoint": "Kiểm tra sự phù hợp của điểm kết nối",
    "Endpoint": "Điểm kết nối",
    "Checked at": "Kiểm tra lúc",
    "Case": "Mục kiểm tra",
    "Promise": "Điều phải bảo đảm",
    "Level": "Mức độ",
    "Result": "Kết quả",
    "Details": "Chi tiết",
    "Clause": "Điều khoản",
    "expected": "cần",
    "found": "gặp",
    "reason": "lý do",
    "passed": "đạt",
    "failed": "không đạt",
    "warned": "nên sửa",
    "skipped": "bỏ qua",
    "MUST": "bắt buộc",
    "SHOULD": "nên có",
    "conforms": "phù hợp",
    "trying the cases": "đang kiểm tra",
    "does not conform": "không phù hợp",
}
"""The words of the page, and of the command."""
_STYLE: Final = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; line-height: 1.5; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
th, td { border-bottom: 1px solid #888; padding: .4rem .6rem; }
th, td { text-align: left; vertical-align: top; }
td.failed, p.failed { border-left: .4rem solid #c62828; padding-left: .6rem; font-weight: bold; }
td.warned { border-left: .4rem solid #b26a00; } td.passed { border-left: .4rem solid #2e7d32; }
td.skipped { border-left: .4rem solid #888; }
p.passed { border-left: .4rem solid #2e7d32; padding-left: .6rem; }
main { overflow-x: auto; } td, code { overflow-wrap: anywhere; }
"""


def title_of(result: Result, language: str) -> str:
    """The promise in words.

    Args:
        result: of a case.
        language: ``vi`` or ``en``.
    """
    return result.case.title_vi if language == "vi" else result.case.title


def html_page(results: Sequence[Result], *, url: str, at: datetime, language: str) -> str:
    """Write the page.

    Args:
        results: in the order in which they ran.
        url: the endpoint.
        at: when.
        language: ``vi`` or ``en``.
    """
    words = _Words(language)
    count = Counter(result.outcome for result in results)
    bad = bool(count[Outcome.FAILED])
    verdict = words("does not conform" if bad else "conforms")
    counts = ", ".join(f"{words(item)}: {count[item]}" for item in Outcome)
    moment = f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S} +07:00"
    heads = ("Case", "Promise", "Level", "Result", "Details")
    lines = [
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{words('Conformance of an endpoint')}: {verdict}</title>",
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>",
        f"<h1>{words('Conformance of an endpoint')}</h1>",
        f"<p>{words('Endpoint')}: <code>{xml_text(url)}</code></p>",
        f'<p>{words("Checked at")}: <time datetime="{at.isoformat()}">{moment}</time></p>',
        f'<p class="{"failed" if bad else "passed"}">{verdict}</p>',
        f"<table>\n<caption>{counts}</caption>\n<thead><tr>",
        *(f'<th scope="col">{words(head)}</th>' for head in heads),
        "</tr></thead>\n<tbody>",
        *(line for result in results for line in _row(result, words)),
        "</tbody>\n</table>\n</main>\n</body>\n</html>",
    ]
    return "\n".join(lines) + "\n"


class _Words:
    """The words of the page in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, word: str) -> str:
        return VIETNAMESE[word] if self.language == "vi" else word

    def finding(self, english: str) -> str:
        """What was expected or found."""
        return finding_in_vietnamese(english) if self.language == "vi" else english


def _row(result: Result, words: _Words) -> Iterator[str]:
    case = result.case
    yield f'<tr id="{case.id}"><th scope="row"><code>{case.id}</code></th>'
    yield f"<td>{xml_text(title_of(result, words.language))}<br>"
    yield f"<small>{words('Clause')}: {xml_text(case.clause)}</small></td>"
    yield f"<td>{words(case.level)}</td>"
    yield f'<td class="{result.outcome}">{words(result.outcome)}</td>'
    yield f"<td>{_details(result, words)}</td></tr>"


def _details(result: Result, words: _Words) -> str:
    found = xml_text(words.finding(result.found))
    if not result.expected:
        return found and f"{words('reason')}: {found}"
    expected = xml_text(words.finding(result.expected))
    return f"{words('expected')} <code>{expected}</code><br>{words('found')} <code>{found}</code>"
