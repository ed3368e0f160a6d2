"""From the fields of a file to an entry: the same rules for TOML and CSV.

A reader collects the faults of all agencies before it gives up, so that a list is mended in one go.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.directory._shorten import shorten
from docexchange.directory.entry import DirectoryEntry, parse_fingerprint
from docexchange.errors import MalformedDirectory, UsageError
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["KEYS", "LISTS", "REQUIRED", "WRITTEN", "collect_entries", "plain_fields"]

KEYS: Final = (
    "code",
    "name",
    "tier",
    "parent",
    "endpoint",
    "representative",
    "certificates",
    "aliases",
    "valid_from",
    "valid_to",
    "successors",
    "successor",
)
WRITTEN: Final = tuple(key for key in KEYS if key != "successor")
LISTS: Final = frozenset({"certificates", "aliases", "successors"})
REQUIRED: Final = frozenset({"code", "name", "tier"})
_SHOWN_FAULTS: Final = 100
_SHOWN_KEYS: Final = 10
_SHOWN_CHARACTERS: Final = 500

T = TypeVar("T")


def collect_entries(
    rows: Iterable[tuple[str, Mapping[str, object] | str]], *, source: str
) -> tuple[DirectoryEntry, ...]:
    """Make an entry of every row.

    Args:
        rows: where each row stands (``line 5``), and its fields by key, absent ones left out; or
            what is wrong with it, where it has no fields.
        source: the name of the file, for messages.

    Raises:
        MalformedDirectory: there are no rows, or rows that are no agencies; all are named.
    """
    entries: list[DirectoryEntry] = []
    faults: list[str] = []
    for where, fields in rows:
        try:
            entries.append(_entry(fields))
        except UsageError as error:
            faults.append(f"{where}: {error}"[:_SHOWN_CHARACTERS])
    if not entries and not faults:
        raise MalformedDirectory(
            f"{source}: expected at least one agency, found none",
            code="directory.empty",
            advice="Check that this is the right file and that it was copied completely.",
        )
    if faults:
        raise _faulty(faults, source)
    return tuple(entries)


def plain_fields(entry: DirectoryEntry) -> dict[str, object]:
    """The fields of an entry as a file has them: texts, numbers, dates, lists; no absent ones."""
    fields: dict[str, object] = {
        "code": str(entry.organ_id),
        "name": entry.name,
        "tier": entry.tier,
        "parent": entry.parent and str(entry.parent),
        "endpoint": entry.endpoint,
        "representative": entry.representative and str(entry.representative),
        "certificates": [f"sha256:{digits}" for digits in entry.certificates],
        "aliases": [str(alias) for alias in entry.aliases],
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "successors": [str(successor) for successor in entry.successors],
    }
    return {key: value for key, value in fields.items() if value not in (None, "", [])}


def _faulty(faults: list[str], source: str) -> MalformedDirectory:
    lines = faults[:_SHOWN_FAULTS]
    if len(faults) > _SHOWN_FAULTS:
        lines = [*lines, f"... and {len(faults) - _SHOWN_FAULTS} more"]
    return MalformedDirectory(
        f"{source}: expected agencies with {', '.join(KEYS)}, found {len(faults)} faulty ones:\n"
        + "\n".join(lines),
        code="directory.fields",
        advice="Correct the agencies named, then read the directory again.",
    )


def _entry(fields: Mapping[str, object] | str) -> DirectoryEntry:
    """One agency; ``UsageError`` for the first field of the wrong kind."""
    if isinstance(fields, str):
        raise UsageError(fields)
    _refuse_keys(fields)
    return DirectoryEntry(
        organ_id=OrganId(_typed(fields, "code", str, "")),
        name=_typed(fields, "name", str, ""),
        tier=_typed(fields, "tier", int, 0),
        parent=_code(fields, "parent"),
        endpoint=_typed(fields, "endpoint", str, ""),
        representative=_code(fields, "representative"),
        certificates=tuple(map(parse_fingerprint, _texts(fields, "certificates"))),
        aliases=tuple(map(OrganId, _texts(fields, "aliases"))),
        valid_from=_day(fields, "valid_from"),
        valid_to=_day(fields, "valid_to"),
        successors=_successors(fields),
    )


def _refuse_keys(fields: Mapping[str, object]) -> None:
    unknown = [key for key in fields if key not in KEYS]
    missing = sorted(REQUIRED - fields.keys())
    if unknown:
        found = ", ".join(map(shorten, unknown[:_SHOWN_KEYS]))
        raise UsageError(f"expected only known keys, found {found}")
    if missing:
        raise UsageError(f"expected {', '.join(missing)}, found no such key")


def _typed(fields: Mapping[str, object], key: str, kind: type[T], default: T) -> T:
    value = fields.get(key, default)
    if not isinstance(value, kind):
        raise UsageError(f"{key}: expected {_WORDS[kind]}, found {shorten(value)}")
    return value


def _texts(fields: Mapping[str, object], key: str) -> list[str]:
    values: list[object] = _typed(fields, key, list, [])
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) != len(values):
        raise UsageError(f"{key}: expected a list of texts, found {shorten(values)}")
    return texts


def _code(fields: Mapping[str, object], key: str) -> OrganId | None:
    return OrganId(_typed(fields, key, str, "")) if key in fields else None


def _successors(fields: Mapping[str, object]) -> tuple[OrganId, ...]:
    """Under ``successors``; a single one may stand under ``successor``."""
    several = tuple(map(OrganId, _texts(fields, "successors")))
    single = _code(fields, "successor")
    return several if single is None or single in several else (*several, single)


def _day(fields: Mapping[str, object], key: str) -> date | None:
    day = _typed(fields, key, date, date.min) if key in fields else None
    if isinstance(day, datetime):
        raise UsageError(f"{key}: expected a date without a time, found {day.isoformat()}")
    return day


_WORDS: Final[Mapping[type, str]] = {
    str: "a text",
    int: "a whole number",
    list: "a list of texts",
    date: "a date such as 2020-01-01",
}
