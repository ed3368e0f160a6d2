"""The words of ``docexchange directory``, in English and Vietnamese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.cli._output import answer, plain
from docexchange.cli._words import advice_on, language, message_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.directory import DirectoryEntry, DirectoryFinding
    from docexchange.directory.importing import Repair

__all__ = [
    "REPAIRS",
    "entry_json",
    "field_of",
    "finding_json",
    "named",
    "print_findings",
    "repair_line",
    "term",
]

_TERMS: Final = {
    "a tree": "là một cây",
    "not a tree": "không phải một cây",
    "agencies": "cơ quan",
    "root": "gốc",
    "levels": "tầng",
    "tier": "cấp",
    "tiers": "các cấp",
    "on": "ngày",
    "findings": "lưu ý",
    "entries": "mục",
    "superior": "cấp trên",
    "name": "tên",
    "codes": "mã",
    "reached at": "địa chỉ nhận",
    "served by": "nhận thay bởi",
    "certificate": "chứng thư số",
    "in force": "hiệu lực",
    "closed": "đã kết thúc",
    "opened": "bắt đầu",
    "changed": "thay đổi",
    "successor": "kế thừa bởi",
    "took over from": "kế thừa từ",
    "below": "trực thuộc",
    "history": "quá trình",
    "always": "từ trước đến nay",
    "line": "dòng",
    "left out": "không lấy",
    "added": "thêm",
    "unchanged": "không đổi",
    "repairs": "chỗ sửa",
    "rows": "dòng",
    "written": "đã ghi",
    "nothing written": "không ghi gì",
    "no difference": "không có khác biệt",
    "parent": "cấp trên",
    "endpoint": "địa chỉ nhận",
    "representative": "cơ quan nhận thay",
    "certificates": "chứng thư số",
    "aliases": "mã khác",
    "valid_from": "từ ngày",
    "valid_to": "đến ngày",
    "successors": "cơ quan kế thừa",
    "code": "mã",
}

REPAIRS: Final = {
    "import.encoding": ("the file is not in UTF-8", "tệp không theo UTF-8"),
    "import.unknown-column": ("column not kept", "cột không dùng"),
    "import.surplus-cells": ("cells without a column", "ô không thuộc cột nào"),
    "import.invisible-characters": ("invisible characters", "ký tự không nhìn thấy"),
    "import.odd-spaces": ("odd spaces", "dấu cách lạ"),
    "import.extra-spaces": ("spaces too many", "thừa dấu cách"),
    "import.not-normalised": ("letters in parts", "chữ viết rời dấu"),
    "import.letter-case": ("small letters in a code", "mã viết chữ thường"),
    "import.malformed-code": ("malformed code", "mã sai dạng"),
    "import.short-code": ("code without its zeros", "mã thiếu số không"),
    "import.odd-code": ("code outside both systems", "mã ngoài hai hệ thống mã"),
    "import.no-code": ("no code", "không phải mã"),
    "import.no-name": ("no name", "không có tên"),
    "import.tier": ("no tier", "không phải cấp"),
    "import.date": ("no date", "không phải ngày"),
    "import.doubled-row": ("the same agency again", "trùng cơ quan"),
    "import.two-names": ("another name for the same code", "một mã có hai tên"),
    "import.missing-parent": ("superior not in the list", "không có cấp trên trong danh sách"),
    "import.attached-to-root": (
        "no superior, put below the root",
        "đặt dưới gốc",
    ),
    "import.made-root": ("root not in the list", "không có gốc trong danh sách"),
    "import.unknown-pid": ("superior by an unknown id", "không có bản ghi cấp trên"),
    "import.deleted": ("deleted on the axis", "đã xóa trên Trục"),
    "import.closed-agency": ("closed in the directory", "đã kết thúc trong danh bạ"),
    "import.tiers-from-names": ("tiers told by names", "cấp lấy theo tên"),
}
"""What each repair is about, in English and Vietnamese."""


def term(english: str) -> str:
    """A term of these commands in the language asked for."""
    vietnamese = _TERMS[english]
    return vietnamese if language() == "vi" else english


def named(entry: DirectoryEntry) -> str:
    """An agency by code and name."""
    return plain(f"{entry.organ_id}  {entry.name}")


def field_of(name: str) -> str:
    """The field of an entry by the name it has in a file."""
    return "code" if name == "organ_id" else name


def repair_line(repair: Repair) -> str:
    """A repair on one line."""
    about = REPAIRS[repair.code][language() == "vi"]
    place = f"{term('line')} {repair.line}: " if repair.line else ""
    column = f" ({repair.column})" if repair.column else ""
    made = repair.made or term("left out")
    if repair.code == "import.doubled-row":  # where the first one is
        made = made.replace("(line ", f"({term('line')} ")
    return plain(f"{place}{about}{column}: {repair.found} → {made} [{repair.code}]")


def print_findings(findings: Iterable[DirectoryFinding]) -> None:
    """Print each finding, and what to do about it."""
    for finding in findings:
        answer(f"{plain(message_on(finding.message))} [{finding.code}]")
        answer(f"    {plain(advice_on(finding.code, finding.advice))}")


def finding_json(finding: DirectoryFinding) -> dict[str, Any]:
    """A finding as plain values."""
    return {
        "code": finding.code,
        "message": finding.message,
        "advice": finding.advice,
        "blocking": finding.blocking,
    }


def entry_json(entry: DirectoryEntry) -> dict[str, Any]:
    """An entry as plain values, by the names of a directory file."""
    from datetime import date

    from docexchange.directory import plain_fields

    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in plain_fields(entry).items()
    }
