"""The published form of a directory, and what differs between two of them.

    text = published_form(entries)
    assert apply(old, difference(old, text)) == text

A published directory is the TOML of its agencies, sorted as text, so that the same agencies are the
same bytes whoever wrote them down in whichever order. A delta is what `diff` would show: the
agencies that go, with `- ` in front of each line, and those that come, with `+ `.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.directory.snapshots.refusals import refusal
from docexchange.directory.toml_file import write_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.directory.entry import DirectoryEntry

__all__ = ["apply", "difference", "published_form"]

# An agency is a few lines of TOML in which no value has a line break; an empty line ends it.
_END: Final = "\n\n"


def published_form(entries: Iterable[DirectoryEntry]) -> str:
    """A directory as it is published.

    Args:
        entries: in any order.
    """
    return _joined(_agencies(write_toml(entries)))


def difference(before: str, after: str) -> str:
    """What leads from one directory to another.

    Args:
        before: the earlier one, in its published form.
        after: the later one, in its published form.
    """
    old, new = set(_agencies(before)), set(_agencies(after))
    gone = [_marked("- ", agency) for agency in sorted(old - new)]
    come = [_marked("+ ", agency) for agency in sorted(new - old)]
    return _joined([*gone, *come])


def apply(before: str, delta: str) -> str:
    """What an earlier directory becomes; the caller compares its digest.

    Args:
        before: the earlier directory, in its published form.
        delta: as ``difference`` wrote it.

    Raises:
        SnapshotRefused: ``snapshot.delta``; it is none, or one from another directory.
    """
    agencies = set(_agencies(before))
    for marked in _agencies(delta):
        sign = marked[:2]
        agency = "\n".join(_unmarked(line, sign) for line in marked.split("\n"))
        if sign not in {"- ", "+ "} or (agency in agencies) is (sign == "+ "):
            raise refusal("delta", "delta: expected agencies that go or come, found another line")
        agencies ^= {agency}
    return _joined(agencies)


def _agencies(text: str) -> list[str]:
    return text.removesuffix("\n").split(_END) if text else []


def _joined(agencies: Iterable[str]) -> str:
    text = _END.join(sorted(agencies))
    return f"{text}\n" if text else ""


def _marked(sign: str, agency: str) -> str:
    return "\n".join(f"{sign}{line}" for line in agency.split("\n"))


def _unmarked(line: str, sign: str) -> str:
    if not line.startswith(sign):
        raise refusal("delta", f"delta: expected {sign!r} in front of each line, found another")
    return line[len(sign) :]
