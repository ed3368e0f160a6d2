"""Records instead of rows: the agency list of the national axis in JSON, and directories in TOML.

``getAgenciesList`` gives id, pid, code, name and mail; the one of Decision 20 also oldCode and
code102; the one for synchronising also deleted, version and others. The superior is named by the
id of its record. The records stand in a list, alone or as one value of an object::

    {"status": "OK", "ErrorCode": "0", "data": [{"id": "7", "pid": "1", "code": "H53", ...}]}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.directory._shorten import shorten
from docexchange.directory.importing.repairs import Repair
from docexchange.directory.importing.rows import Row, column_of
from docexchange.errors import MalformedDirectory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["read_axis_rows", "read_toml_rows"]

_LINKS: Final = frozenset({"id", "pid", "deleted"})
_NOT_DELETED: Final = frozenset({"", "0", "false", "none", "null"})

_NO_SUPERIOR: Final = frozenset({"", "0", "-1"})

Record = dict[str, Any]


def read_axis_rows(text: str, *, source: str) -> tuple[tuple[Row, ...], tuple[Repair, ...]]:
    """Read the records of an answer.

    Raises:
        MalformedDirectory: no JSON, an answer that reports a failure, or no list of records.
    """
    return _rows(_records(_parsed(text, source), source))


def read_toml_rows(text: str, *, source: str) -> tuple[tuple[Row, ...], tuple[Repair, ...]]:
    """Read a directory that others wrote, one ``[[agency]]`` each.

    Raises:
        MalformedDirectory: no TOML, or no agencies in it.
    """
    import tomllib

    try:
        agencies = tomllib.loads(text).get("agency")
    except (ValueError, RecursionError) as error:
        raise MalformedDirectory(
            f"{source}: expected TOML, found: {error}",
            code="directory.syntax",
            advice="Correct the line named; texts stand in double quotes.",
        ) from error
    return _rows(_records(agencies, source))


def _rows(records: Sequence[Record]) -> tuple[tuple[Row, ...], tuple[Repair, ...]]:
    codes = {_text(item.get("id")): _text(item.get("code")) for item in records if "id" in item}
    rows, faults = [], list(_not_kept(records))
    for number, record in enumerate(records, start=1):
        if _text(record.get("deleted")).lower() in _NOT_DELETED:
            rows.append(Row(line=number, cells=_cells(record, codes)))
            faults.extend(_unknown_superior(number, record, codes))
        else:
            faults.append(_deleted(number, record))
    return tuple(rows), tuple(faults)


def _parsed(text: str, source: str) -> object:
    import json

    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _malformed(source, f"other text: {error}") from error


def _records(answer: object, source: str) -> list[Record]:
    if isinstance(answer, dict):
        status = _text(answer.get("status", "OK"))
        if status.upper() not in {"OK", "SUCCESS", "TRUE"}:
            reason = shorten(answer.get("ErrorDesc"))
            raise _malformed(source, f"status {shorten(status)}: {reason}")
        lists = [value for value in answer.values() if isinstance(value, list)]
        answer = lists[0] if len(lists) == 1 else None
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        raise _malformed(source, "no list of records")
    if not answer:
        raise _malformed(source, "an empty list")
    return answer


def _malformed(source: str, found: str) -> MalformedDirectory:
    return MalformedDirectory(
        f"{source}: expected a list of agencies, found {found}",
        code="directory.axis-list",
        advice="Check that this is the right file; of the axis, keep the whole answer.",
    )


def _cells(record: Record, codes: Mapping[str, str]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, value in record.items():
        column, text = column_of(key), _text(value)
        if column is not None and text.strip():
            cells[column] = f"{cells[column]} {text}" if column in cells else text
    superior = codes.get(_text(record.get("pid")), "")
    if superior and superior != cells.get("code"):
        cells.setdefault("parent", superior)
    return cells


def _unknown_superior(number: int, record: Record, codes: Mapping[str, str]) -> Iterator[Repair]:
    pid = _text(record.get("pid"))
    if pid not in _NO_SUPERIOR and pid not in codes:
        yield Repair(
            code="import.unknown-pid", line=number, column="parent", found=f"pid {pid}", made=""
        )


def _not_kept(records: Sequence[Record]) -> list[Repair]:
    """The fields that a directory has no place for, each once."""
    names = dict.fromkeys(key for record in records for key in record if key not in _LINKS)
    return [
        Repair(code="import.unknown-column", line=0, column=name, found=name, made="")
        for name in names
        if column_of(name) is None
    ]


def _deleted(number: int, record: Record) -> Repair:
    found = f"{_text(record.get('code'))} {_text(record.get('name'))}"
    return Repair(code="import.deleted", line=number, column="", found=found, made="")


def _text(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return "" if value is None else str(value)
