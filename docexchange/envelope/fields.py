"""Reading fields out of a tree: by name, in any order, with a finding instead of a crash.

A ``Fields`` is one element seen as named children. What cannot be read as the type it should have
becomes ``None`` and a finding; the letter around it can still be shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.envelope.findings import MOST_FINDINGS, Finding
from docexchange.envelope.formats import parse_date, parse_timestamp
from docexchange.envelope.names import edxml
from docexchange.envelope.xml import leaf_text
from docexchange.errors import InvalidIdentifier, MalformedEnvelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime
    from enum import IntEnum

    from lxml.etree import _Element

__all__ = ["Fields"]

T = TypeVar("T")
E = TypeVar("E", bound="IntEnum")

_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")  # fits 32 bits
_MOST_TOLD: Final = 300


class Fields:
    """One element and its children by name.

    Args:
        element: the element; None for one that is absent, which has no fields.
        path: its element path, for findings.
        findings: where findings go.
    """

    __slots__ = ("_children", "element", "findings", "path")

    def __init__(self, element: _Element | None, path: str, findings: list[Finding]) -> None:
        self.element = element
        self.path = path
        self.findings = findings
        self._children: dict[str, list[_Element]] = {}
        for child in element if element is not None else ():
            tag = child.tag
            if isinstance(tag, str):
                self._children.setdefault(tag, []).append(child)

    def __bool__(self) -> bool:
        return self.element is not None

    def all(self, name: str) -> Iterator[Fields]:
        """Every child called ``name``."""
        path = self._path(name)
        for child in self._children.get(edxml(name), ()):
            yield Fields(child, path, self.findings)

    def one(self, name: str) -> Fields:
        """The only child called ``name``, or an absent one.

        Raises:
            MalformedEnvelope: there are several, so that readers may disagree which one counts.
        """
        return Fields(self._only(name), self._path(name), self.findings)

    def _only(self, name: str) -> _Element | None:
        found = self._children.get(edxml(name))
        if found is None:
            return None
        if len(found) > 1:
            line = found[1].sourceline
            raise MalformedEnvelope(
                f"expected {name} once in {self.path or 'edXML'}, found {len(found)}, the second "
                f"at line {line}",
                code="envelope.repeated-element",
                line=line,
            )
        return found[0]

    def _path(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    @property
    def has_children(self) -> bool:
        """Whether there is anything inside; an empty ``ResponseFor`` occurs in real messages."""
        return bool(self._children)

    def text(self, name: str) -> str:
        """The text of a child; empty when absent."""
        child = self._only(name)
        return leaf_text(child) if child is not None else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all children called ``name``, without empty ones."""
        return tuple(filter(None, map(leaf_text, self._children.get(edxml(name), ()))))

    def value(self, name: str, read: Callable[[str], T]) -> T | None:
        """A child read by ``read``; None, and a finding, when it cannot be."""
        text = self.text(name)
        if not text:
            return None
        try:
            return read(text)
        except (ValueError, InvalidIdentifier) as error:
            self.one(name).tell(str(error)[:_MOST_TOLD])
            return None

    def tell(self, problem: str) -> None:
        """Note that this field cannot be read as the type it should have."""
        if len(self.findings) >= MOST_FINDINGS:
            return
        self.findings.append(
            Finding(
                code=f"T.{self.path}",
                path=self.path,
                message=problem,
                advice="Ask the sender to correct the field.",
                line=self.element.sourceline if self.element is not None else None,
            )
        )

    def date(self, name: str) -> date | None:
        """A child read as a date in Vietnam."""
        return self.value(name, parse_date)

    def timestamp(self, name: str) -> datetime | None:
        """A child read as a moment."""
        return self.value(name, parse_timestamp)

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
