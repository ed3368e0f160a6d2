"""Named values of one element, whoever reads them: what a reader of letters asks for.

``Fields`` finds them in a tree and tolerates; ``strict`` finds them in octets and does not.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, Self, TypeVar

from docexchange.envelope.formats import (
    format_date,
    format_timestamp,
    parse_date,
    parse_timestamp,
)
from docexchange.envelope.reading.tolerances import Tolerance
from docexchange.errors import InvalidIdentifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime
    from enum import IntEnum

    from lxml.etree import _Element

__all__ = ["MOST_TOLD", "Values"]

T = TypeVar("T")
E = TypeVar("E", bound="IntEnum")

MOST_TOLD: Final = 300
"""Characters of what was found that a finding repeats."""
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")  # fits 32 bits


class Values(ABC):
    """One element and its children by name."""

    __slots__ = ()

    @property
    @abstractmethod
    def element(self) -> _Element | None:
        """The element, for errors and findings; None for one that is absent."""

    @property
    @abstractmethod
    def path(self) -> str:
        """Its element path."""

    @property
    @abstractmethod
    def has_children(self) -> bool:
        """Whether there is anything inside; an empty ``ResponseFor`` occurs in real messages."""

    @abstractmethod
    def __bool__(self) -> bool:
        """Whether the element is there."""

    @abstractmethod
    def all(self, name: str) -> Iterator[Self]:
        """Every child called ``name``."""

    @abstractmethod
    def one(self, name: str) -> Self:
        """The only child called ``name``, or an absent one."""

    @abstractmethod
    def attribute(self, name: str) -> str:
        """An attribute of the element; empty when absent."""

    @abstractmethod
    def hold_single(self, *names: str) -> None:
        """Refuse several of any of these, of which readers may take different ones."""

    @abstractmethod
    def text(self, name: str) -> str:
        """The text of a child; empty when absent, or when it only says that there is none."""

    @abstractmethod
    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all children called ``name``, without those that say nothing."""

    @abstractmethod
    def tell(self, problem: str) -> None:
        """Note that this field cannot be read as the type it should have."""

    @abstractmethod
    def tolerate(self, tolerance: Tolerance, *, expected: str, found: str) -> None:
        """Note that a tolerance was used on this field."""

    @abstractmethod
    def tolerate_once(self, tolerance: Tolerance, *, expected: str, found: str) -> None:
        """Note that a tolerance was used, if it was not noted before anywhere."""

    def value(self, name: str, read: Callable[[str], T]) -> T | None:
        """A child read by ``read``; None, and a finding, when it cannot be."""
        text = self.text(name)
        if not text:
            return None
        try:
            return read(text)
        except (ValueError, InvalidIdentifier) as error:
            self.one(name).tell(str(error)[:MOST_TOLD])
            return None

    def exact(
        self,
        name: str,
        read: Callable[[str], T],
        tolerance: Tolerance,
        form: str,
        *,
        write: Callable[[T], str] = str,
    ) -> T | None:
        """A child read by ``read``; using ``tolerance`` unless it is what we would write.

        Args:
            name: of the child.
            read: reads its text.
            tolerance: what to note when the text has another form than the one we write.
            form: that one form, in words.
            write: writes a value in that form.
        """
        value = self.value(name, read)
        if value is not None and (found := self.text(name)) != write(value):
            self.one(name).tolerate(tolerance, expected=form, found=found)
        return value

    def date(self, name: str) -> date | None:
        """A child read as a date in Vietnam."""
        return self.exact(name, parse_date, Tolerance.DATE, "yyyy/MM/dd", write=format_date)

    def timestamp(self, name: str) -> datetime | None:
        """A child read as a moment."""
        form, write = "yyyy/MM/dd HH:mm:ss", format_timestamp
        return self.exact(name, parse_timestamp, Tolerance.TIMESTAMP, form, write=write)

    def number(self, name: str) -> int | None:
        """A child read as a whole number."""
        return self.value(name, _whole_number)

    def choice(self, name: str, kind: type[E]) -> E | None:
        """A child read as a number out of a code list."""
        return self.value(name, lambda text: _member(kind, text))


def _whole_number(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError(f"expected a whole number, found {text[:40]!r}")
    return int(text)


def _member(kind: type[E], text: str) -> E:
    try:
        return kind(_whole_number(text))
    except ValueError:
        known = ", ".join(str(int(member)) for member in kind)
        raise ValueError(f"expected one of {known}, found {text[:40]!r}") from None
