"""A table of a TOML file, read by key: what is wrong is noted, and the reading goes on.

>>> faults: list[InvalidField] = []
>>> table = Table({"number": [15], "subjct": "Báo cáo"}, faults)
>>> table.text("number"), table.text("subject"), table.done()
('', '', None)
>>> [f"{fault.path}: {fault} {fault.advice}" for fault in faults]
['number: expected text, found the list [15] Correct it.',
 'subjct: expected a key of a letter, found another Did you mean subject?']
"""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.envelope.formats import parse_date
from docexchange.errors import InvalidField, InvalidIdentifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Table"]

_SHOWN: Final = 60

T = TypeVar("T")


class Table:
    """One table; every look-up makes its key known, so that ``done`` can name the others.

    Args:
        values: the table as read.
        faults: where faults are noted.
        path: where it stands (``to[2]``); empty for the whole file.
    """

    def __init__(
        self, values: Mapping[str, object], faults: list[InvalidField], path: str = ""
    ) -> None:
        self._values, self._faults, self.path = values, faults, path
        self._known: list[str] = []

    def text(self, key: str, *, required: bool = False) -> str:
        """A text without the white space around it; empty when absent."""
        value = self._get(key, required=required)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # people write number = 15, and it is clear what they mean
        if value is not None and not isinstance(value, str):
            self.tell(key, "T", f"expected text, found {_shown(value)}")
            return ""
        text = (value or "").strip()
        if value is not None and required and not text:
            self._missing(key)
        return text

    def number(self, key: str) -> int | None:
        """A whole number."""
        return self._typed(key, int, "a whole number")

    def flag(self, key: str) -> bool:
        """Yes or no; no when absent."""
        return self._typed(key, bool, "true or false") or False

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A date: ``2026-03-02`` without quotes, or a text in one of the forms of the field."""
        value = self._get(key, required=required)
        if isinstance(value, str):
            return self._read(key, value, parse_date)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.tell(key, "T", f"expected a date such as 2026-03-02, found {_shown(value)}")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when absent."""
        values = self._typed(key, list, "a list of texts") or []
        for number, value in enumerate(values, start=1):
            if not isinstance(value, str):
                self.tell(f"{key}[{number}]", "T", f"expected text, found {_shown(value)}")
        return tuple(value.strip() for value in values if isinstance(value, str))

    def value(self, key: str, read: Callable[[str], T], *, required: bool = False) -> T | None:
        """A text that ``read`` turns into something else."""
        text = self.text(key, required=required)
        return self._read(key, text, read) if text else None

    def choice(self, key: str, choices: Mapping[str, T]) -> T | None:
        """One of a few words, or its number."""
        value = self._get(key, required=False)
        if value is None:
            return None
        word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
        if word not in choices or isinstance(value, bool):
            known = ", ".join(choices)
            self.tell(key, "R", f"expected one of {known}; found {_shown(value)}")
            return None
        return choices[word]

    def table(self, key: str, *, required: bool = False) -> Table | None:
        """A table inside."""
        value = self._typed(key, dict, f"a table [{key}]", required=required)
        return None if value is None else Table(value, self._faults, self._place(key))

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """Several tables, each under ``[[key]]``; a single one under ``[key]`` will do."""
        value = self._get(key, required=required)
        items = [value] if isinstance(value, dict) else value
        if items is None:
            return []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self.tell(key, "T", f"expected tables, each under [[{key}]], found {_shown(value)}")
            return []
        if required and not items:
            self._missing(key)
        return [
            Table(item, self._faults, f"{self._place(key)}[{number}]")
            for number, item in enumerate(items, start=1)
        ]

    def done(self) -> None:
        """Say that everything was looked up; what was not is unknown."""
        for key in self._values:
            if key not in self._known:
                near = get_close_matches(key, self._known, n=1)
                advice = f"Did you mean {near[0]}?" if near else "Remove it."
                self.tell(key, "M", "expected a key of a letter, found another", advice=advice)

    def tell(self, key: str, kind: str, problem: str, *, advice: str = "") -> None:
        """Note a fault.

        Args:
            key: of the value in question.
            kind: ``N`` missing, ``R`` out of range, ``M`` not allowed, ``T`` of the wrong type.
            problem: what was expected and what was found.
            advice: what to do.
        """
        place = self._place(key)
        self._faults.append(
            InvalidField(
                problem, path=place, code=f"{kind}.{place}", advice=advice or "Correct it."
            )
        )

    def _place(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _get(self, key: str, *, required: bool) -> object | None:
        self._known.append(key)
        if key not in self._values and required:
            self._missing(key)
        return self._values.get(key)

    def _missing(self, key: str) -> None:
        self.tell(key, "N", "expected a value, found none", advice="Fill it in.")

    def _typed(self, key: str, kind: type[T], words: str, *, required: bool = False) -> T | None:
        value = self._get(key, required=required)
        if value is None:
            return None
        # A bool is an int to Python, and never what somebody means who is asked for a number.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.tell(key, "T", f"expected {words}, found {_shown(value)}")
            return None
        return value

    def _read(self, key: str, text: str, read: Callable[[str], T]) -> T | None:
        try:
            return read(text)
        except (ValueError, InvalidIdentifier) as error:
            self.tell(key, "T", str(error))
            return None


def _shown(value: object) -> str:
    words = {bool: "", int: "the number ", float: "the number ", list: "the list "}
    text = repr(value)
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"{words.get(type(value), '')}{text}"
