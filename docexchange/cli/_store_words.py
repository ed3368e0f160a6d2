"""The words of ``docexchange store`` and ``docexchange audit``, in English and Vietnamese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.cli._exchange_words import EVENTS, STATES, state_words, status_words
from docexchange.cli._output import answer, plain
from docexchange.cli._words import advice_on, language, message_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.delivery import Problem

__all__ = ["audited_words", "print_problems", "problem_json", "term"]

_AUDITED: Final = {
    "receipt.given": ("receipt given", "đã cấp biên nhận"),
    "receipt.obtained": ("receipt obtained", "đã có biên nhận"),
    "refusal.given": ("refusal given", "đã cấp giấy từ chối"),
    "refusal.obtained": ("refusal obtained", "đã có giấy từ chối"),
    "message.purged": ("message purged", "đã dọn văn bản"),
    "receipt.purged": ("receipt purged", "đã dọn biên nhận"),
    "store.backup": ("backup made", "đã sao lưu"),
    "store.restored": ("backup restored", "đã khôi phục từ bản sao lưu"),
    "book.entered": ("entered in a book", "đã vào sổ"),
    "book.reserved": ("number reserved in a book", "đã giữ số trong sổ"),
    **EVENTS,
}
"""What the audit log tells of: what was done about messages, and what else was done."""

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


def audited_words(what: str) -> str:
    """What an entry of the audit log tells of, in words; nothing where they are not known.

    Args:
        what: its name in the log.
    """
    english, vietnamese = _AUDITED.get(what, ("", ""))
    if english:
        return vietnamese if language() == "vi" else english
    kind, known, value = what.partition(".is-")
    if known and kind == "status":
        return status_words(value)
    return state_words(value) if known and value in STATES else ""


def print_problems(problems: Iterable[Problem]) -> None:
    """Print each problem, and what to do about it."""
    for problem in problems:
        answer(f"{plain(message_on(problem.message))} [{problem.code}]")
        answer(f"    {advice_on(problem.code, problem.advice)}")


def problem_json(problem: Problem) -> dict[str, str]:
    """A problem as plain values."""
    return {"code": problem.code, "message": problem.message, "advice": problem.advice}
