"""Reading fields out of a tree: by name, in any order, with a finding instead of a crash.

A ``Fields`` is one element seen as named children. What cannot be read as the type it should have
becomes ``None`` and a finding; the letter around it can still be shown.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.envelope.dialects import PLACEHOLDERS, STRICT, Dialect
from docexchange.envelope.findings import Finding
from docexchange.envelope.formats import (
    format_date,
    format_timestamp,
    parse_date,
    parse_timestamp,
)
from docexchange.envelope.paths import numbered, without_numbers
from docexchange.envelope.tolerances import Tolerance, tolerated
from docexchange.envelope.xml import leaf_text
from docexchange.errors import InvalidIdentifier, MalformedEnvelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime
    from enum import IntEnum

    from lxml.etree import _Element

    from docexchange.envelope.findings import Notes

__all__ = ["Fields"]

T = TypeVar("T")
E = TypeVar("E", bound="IntEnum")

_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")  # fits 32 bits
_MOST_TOLD: Final = 300
_NONE: Final[Mapping[str, list[_Element]]] = MappingProxyType({})
_NEEDED: Final = re.compile(
    r"MessageHeader\.((From|To)\.Organ(Id|Name)|DocumentId|Subject|StatusCode"
    r"|Code\.Code(Number|Notation)|PromulgationInfo\.PromulgationDate|DocumentType\.Type(Name)?"
    r"|SignerInfo\.FullName|OtherInfo\.Priority|ResponseFor\..*|StaffInfo\.Department)"
    r"|TraceHeaderList\.Bussiness\.(BussinessDocType|StaffInfo\.Department|DocumentId)"
    r"|(edXMLEnvelope|AttachmentEncoded)\..*"
)
"""Fields that must say something: a placeholder there is a fault of the letter, not a habit."""


class Fields:
    """One element and its children by name.

    Args:
        element: the element; None for one that is absent, which has no fields.
        path: its element path, for findings; or what it stands in, and its name there.
        notes: where findings go.
        dialect: how the children are named.
    """

    __slots__ = ("_children", "_path", "dialect", "element", "notes")

    def __init__(
        self,
        element: _Element | None,
        path: str | tuple[Fields, str],
        notes: Notes,
        dialect: Dialect = STRICT,
    ) -> None:
        self.dialect = dialect
        self.element = element
        self._path = path
        self.notes = notes
        if element is None:
            self._children: Mapping[str, list[_Element]] = _NONE
            return
        children: dict[str, list[_Element]] = {}
        self._children = children
        for child in element:
            tag = child.tag
            if tag in children:
                children[tag].append(child)
            elif isinstance(tag, str):
                children[tag] = [child]

    def __bool__(self) -> bool:
        return self.element is not None

    @property
    def path(self) -> str:
        """Its element path; most of them nobody asks for."""
        if isinstance(self._path, tuple):
            outer, name = self._path
            self._path = f"{outer.path}.{name}" if outer.path else name
        return self._path

    @path.setter
    def path(self, path: str) -> None:
        self._path = path

    def all(self, name: str) -> Iterator[Fields]:
        """Every child called ``name``."""
        for number, child in enumerate(self._children.get(self.dialect.tag(name), ()), start=1):
            yield Fields(child, (self, numbered(name, number)), self.notes, self.dialect)

    def one(self, name: str) -> Fields:
        """The only child called ``name``, or an absent one.

        Raises:
            MalformedEnvelope: there are several, so that readers may disagree which one counts.
        """
        return Fields(self._only(name), (self, name), self.notes, self.dialect)

    def hold_single(self, *names: str) -> None:
        """Refuse several of any of these, of which readers may take different ones.

        Raises:
            MalformedEnvelope: there are.
        """
        for name in names:
            self._only(name)

    def _only(self, name: str) -> _Element | None:
        found = self._children.get(self.dialect.tag(name))
        if found is None:
            return None
        if len(found) > 1:
            raise MalformedEnvelope(
                f"expected {name} once in {self.path or 'edXML'}, found it {len(found)} times",
                code="envelope.repeated-element",
                line=found[1].sourceline,
                element=found[1],
            )
        return found[0]

    @property
    def has_children(self) -> bool:
        """Whether there is anything inside; an empty ``ResponseFor`` occurs in real messages."""
        return bool(self._children)

    def text(self, name: str) -> str:
        """The text of a child; empty when absent, or when it only says that there is none."""
        children = self._children.get(self.dialect.tag(name))
        if children is None:
            return ""
        if len(children) > 1:
            self._only(name)  # refuses
        child = children[0]
        found = leaf_text(child) if len(child) else (child.text or "").strip()
        return self._placeholder(name, found) if found in PLACEHOLDERS else found

    def _placeholder(self, name: str, found: str) -> str:
        field = self.one(name)
        if _NEEDED.fullmatch(without_numbers(field.path)):
            return found  # and the rules say what they think of it
        field.tolerate(Tolerance.PLACEHOLDER, expected="a value or no element", found=found)
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all children called ``name``, without those that say nothing."""
        children = self._children.get(self.dialect.tag(name), ())
        told = tuple(filter(None, map(leaf_text, children)))
        if PLACEHOLDERS.isdisjoint(told):
            return told
        found = next(text for text in told if text in PLACEHOLDERS)
        field = next(self.all(name))
        field.tolerate(Tolerance.PLACEHOLDER, expected="a value or no element", found=found)
        return tuple(text for text in told if text not in PLACEHOLDERS)

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
        finding = Finding(
            code=f"T.{without_numbers(self.path)}",
            path=self.path,
            message=problem,
            advice="Ask the sender to correct the field.",
        )
        self.notes.add(finding, self.element)

    def tolerate(self, tolerance: Tolerance, *, expected: str, found: str) -> None:
        """Note that a tolerance was used on this field."""
        told = found[:_MOST_TOLD]
        self.notes.add(tolerated(tolerance, self.path, expected=expected, found=told), self.element)

    def tolerate_once(self, tolerance: Tolerance, *, expected: str, found: str) -> None:
        """Note that a tolerance was used, if it was not noted before anywhere."""
        if not self.notes.full and not self.notes.has(tolerance):
            self.tolerate(tolerance, expected=expected, found=found)

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
