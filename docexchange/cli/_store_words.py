"""The words of ``docexchange store`` and ``docexchange audit``, in English and Vietnamese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.cli._output import answer, plain
from docexchange.cli._words import advice_on, language, message_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.delivery import Problem

__all__ = ["print_problems", "problem_json", "term"]

_TERMS: Final = {
    "records": "bản ghi",
    "payloads": "tệp nội dung",
    "bytes": "byte",
    "audit entries": "mục nhật ký",
    "head of the audit log": "mục cuối của nhật ký",
    "no problems": "không có lỗi",
    "problems": "lỗi",
    "Checking": "Đang kiểm tra",
    "Copying": "Đang sao lưu",
    "backup made": "đã sao lưu",
    "backup restored": "đã khôi phục từ bản sao lưu",
    "messages purged": "văn bản đã dọn",
    "receipts purged": "biên nhận đã dọn",
    "payloads removed": "tệp nội dung đã xóa",
    "the log is empty": "nhật ký trống",
}


def term(english: str) -> str:
    """A term of these commands in the language asked for."""
    vietnamese = _TERMS[english]
    return vietnamese if language() == "vi" else english


def print_problems(problems: Iterable[Problem]) -> None:
    """Print each problem, and what to do about it."""
    for problem in problems:
        answer(f"{plain(message_on(problem.message))} [{problem.code}]")
        answer(f"    {advice_on(problem.code, problem.advice)}")


def problem_json(problem: Problem) -> dict[str, str]:
    """A problem as plain values."""
    return {"code": problem.code, "message": problem.message, "advice": problem.advice}
