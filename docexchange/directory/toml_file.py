"""The directory as TOML: the form that people write, one ``[[agency]]`` each.

::

    [[agency]]
    code = "000.21.31.H53"
    name = "UBND xã An Thạnh"
    tier = 4
    parent = "000.00.31.H53"
    endpoint = "folder:../commune/mailbox"
    certificates = ["sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    aliases = ["H53.31.21"]
    valid_from = 2020-01-01
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.directory._fields import collect_entries, plain_fields
from docexchange.directory._shorten import shorten
from docexchange.errors import MalformedDirectory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docexchange.directory.entry import DirectoryEntry

__all__ = ["parse_toml", "write_toml"]

_SHOWN_KEYS: Final = 10


def parse_toml(text: str, *, source: str = "directory") -> tuple[DirectoryEntry, ...]:
    """Read the entries out of TOML text.

    Args:
        text: the whole file.
        source: the name of the file, for messages.

    Raises:
        MalformedDirectory: not TOML, or not agencies; with the line or the agency's number.
    """
    import tomllib

    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedDirectory(
            f"{source}: expected TOML, found: {_reason(error)}",
            code="directory.syntax",
            advice="Correct the line named; texts stand in double quotes.",
        ) from error
    return collect_entries(_tables(document, source), source=source)


def _reason(error: Exception) -> str:
    return "brackets too deep" if isinstance(error, RecursionError) else str(error)


def _tables(
    document: Mapping[str, object], source: str
) -> Iterator[tuple[str, Mapping[str, object]]]:
    unknown = [shorten(key) for key in document if key != "agency"][:_SHOWN_KEYS]
    agencies = document.get("agency", [])
    if unknown or not isinstance(agencies, list):
        raise MalformedDirectory(
            f"{source}: expected only [[agency]] tables, "
            f"found {', '.join(unknown) or '[agency] with single brackets'}",
            code="directory.fields",
            advice="Begin each agency with a line [[agency]].",
        )
    for number, agency in enumerate(agencies, start=1):
        fields = agency if isinstance(agency, dict) else {"agency": agency}
        yield f"agency no. {number}, code {shorten(fields.get('code', ''))}", fields


def write_toml(entries: Iterable[DirectoryEntry]) -> str:
    """Write entries so that ``parse_toml`` gives them back.

    Args:
        entries: a ``Directory``, or entries of one's own.

    Returns:
        The text of the file, to be stored as UTF-8.
    """
    return "\n".join("".join(f"{line}\n" for line in _lines(entry)) for entry in entries)


def _lines(entry: DirectoryEntry) -> Iterator[str]:
    yield "[[agency]]"
    for key, value in plain_fields(entry).items():
        yield f"{key} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_quoted, value))}]"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    # Entries hold printable characters only, so these two are all that TOML asks to escape.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
