"""Reading fields out of a tree: by name, in any order, with a finding instead of a crash.

A ``Fields`` is one element seen as named children. What cannot be read as the type it should have
becomes ``None`` and a finding; the letter around it can still be shown.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from docexchange.envelope.paths import numbered, without_numbers
from docexchange.envelope.reading.dialects import PLACEHOLDERS, STRICT, Dialect
from docexchange.envelope.reading.findings import Finding
from docexchange.envelope.reading.tolerances import Tolerance, tolerated
from docexchange.envelope.reading.values import MOST_TOLD, Values
from docexchange.envelope.xml import leaf_text
from docexchange.errors import MalformedEnvelope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

    from docexchange.envelope.reading.findings import Notes

__all__ = ["Fields"]

_NONE: Final[Mapping[str, list[_Element]]] = MappingProxyType({})
_NEEDED: Final = re.compile(
    r"MessageHeader\.((From|To)\.Organ(Id|Name)|DocumentId|Subject|StatusCode"
    r"|Code\.Code(Number|Notation)|PromulgationInfo\.PromulgationDate|DocumentType\.Type(Name)?"
    r"|SignerInfo\.FullName|OtherInfo\.Priority|ResponseFor\..*|StaffInfo\.Department)"
    r"|TraceHeaderList\.Bussiness\.(BussinessDocType|StaffInfo\.Department|DocumentId)"
    r"|(edXMLEnvelope|AttachmentEncoded)\..*"
)
"""Fields that must say something: a placeholder there is a fault of the letter, not a habit."""


class Fields(Values):
    """One element and its children by name.

    Args:
        element: the element; None for one that is absent, which has no fields.
        path: its element path, for findings; or what it stands in, and its name there.
        notes: where findings go.
        dialect: how the children are named.
    """

    __slots__ = ("_children", "_element", "_path", "dialect", "notes")

    def __init__(
        self,
        element: _Element | None,
        path: str | tuple[Fields, str],
        notes: Notes,
        dialect: Dialect = STRICT,
    ) -> None:
        self.dialect = dialect
        self._element = element
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
        return self._element is not None

    @property
    def element(self) -> _Element | None:
        """The element; None for one that is absent."""
        return self._element

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

    def attribute(self, name: str) -> str:
        """An attribute of the element; empty when absent."""
        return "" if self._element is None else self._element.get(name, "")

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
        told = found[:MOST_TOLD]
        self.notes.add(tolerated(tolerance, self.path, expected=expected, found=told), self.element)

    def tolerate_once(self, tolerance: Tolerance, *, expected: str, found: str) -> None:
        """Note that a tolerance was used, if it was not noted before anywhere."""
        if not self.notes.full and not self.notes.has(tolerance):
            self.tolerate(tolerance, expected=expected, found=found)
