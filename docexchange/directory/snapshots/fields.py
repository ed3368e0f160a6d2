"""From JSON to fields, strictly: every field there, of its type, and none besides.

fields = Fields({"version": 7}, "release.json")
fields.number("version")
fields.done()
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from docexchange.directory._shorten import shorten
from docexchange.directory.snapshots.refusals import refusal

__all__ = ["MAX_NUMBER", "Fields", "moment_text", "refuse_unless"]

MAX_NUMBER: Final = 2**53
"""The largest number that every reader of JSON keeps exactly."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_LONGEST_TEXT: Final = 4096
_MOST_ITEMS: Final = 64


class Fields:
    """The fields of one JSON object.

    Args:
        values: what was read.
        where: the name of the file, for messages.

    Raises:
        SnapshotRefused: ``snapshot.form``; here and in all methods.
    """

    def __init__(self, values: object, where: str) -> None:
        refuse_unless(isinstance(values, dict), where, "an object in braces", values)
        self._values: dict[str, Any] = dict(values)  # type: ignore[call-overload]
        self._where: Final = where

    def number(self, name: str) -> int:
        """A number from 1 on."""
        value = self._take(name)
        fit = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_NUMBER
        refuse_unless(fit, self._where, f"a number from 1 on as {name}", value)
        return int(value)

    def text(self, name: str) -> str:
        """A text on one line."""
        value = self._take(name)
        fit = isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable()
        refuse_unless(fit, self._where, f"a text on one line as {name}", value)
        return str(value)

    def digest(self, name: str) -> str:
        """A SHA-256 in hexadecimal digits."""
        value = self.text(name)
        fit = _DIGEST.fullmatch(value)
        refuse_unless(fit, self._where, f"64 hexadecimal digits as {name}", value)
        return value

    def moment(self, name: str) -> datetime:
        """A moment in UTC, to the second."""
        value = self.text(name)
        try:
            return datetime.strptime(value, _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            expected = f"a moment such as 2026-03-02T02:00:00Z as {name}"
            refuse_unless(None, self._where, expected, value)
            raise

    def inner(self, name: str) -> Fields:
        """An object."""
        return Fields(self._take(name), self._where)

    def items(self, name: str) -> list[Fields]:
        """A list of objects."""
        value = self._take(name)
        fit = isinstance(value, list) and len(value) <= _MOST_ITEMS
        refuse_unless(fit, self._where, f"a list of at most {_MOST_ITEMS} as {name}", value)
        return [Fields(item, self._where) for item in value]

    def done(self) -> None:
        """Refuse what nobody asked for."""
        unknown = ", ".join(sorted(map(shorten, self._values)))
        refuse_unless(not unknown, self._where, "no other fields", unknown)

    def _take(self, name: str) -> Any:
        refuse_unless(name in self._values, self._where, f"a field {name}", "none")
        return self._values.pop(name)


def refuse_unless(fit: object, where: str, expected: str, found: object) -> None:
    """Refuse a file for its form.

    Args:
        fit: whether it is as it should be.
        where: the name of the file.
        expected: what should be there.
        found: what is.

    Raises:
        SnapshotRefused: ``snapshot.form``.
    """
    if not fit:
        raise refusal("form", f"{where}: expected {expected}, found {shorten(found)}")


def moment_text(at: datetime) -> str:
    """A moment as ``Fields.moment`` reads it; parts of a second are cut off."""
    return at.astimezone(UTC).strftime(_MOMENT)
