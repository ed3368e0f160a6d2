"""Reading fields out of a tree: by name, in any order, with a finding instead of a crash.

A ``Fields`` is one element seen as named children. What cannot be read as the type it should have
becomes ``None`` and a finding; the letter around it can still be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from docexchange.envelope.findings import Finding
from docexchange.envelope.formats import parse_date, parse_timestamp
from docexchange.envelope.names import edxml
from docexchange.envelope.xml import leaf_text
from docexchange.errors import InvalidIdentifier, MalformedEnvelope

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from lxml.etree import _Element

__all__ = ["Fields"]

T = TypeVar("T")


class Fields:
    """One element and its children by name.

    Args:
        element: the element; None for one that is absent, which has no fields.
        path: its element path, for findings.
        findings: where findings go.
    """

    def __init__(self, element: _Element | None, path: str, findings: list[Finding]) -> None:
        self.element = element
        self.path = path
        self.findings = findings
        self._children: dict[str, list[_Element]] = {}
        for child in element if element is not None else ():
            if isinstance(child.tag, str):
                self._children.setdefault(child.tag, []).append(child)

    def __bool__(self) -> bool:
        return self.element is not None

    def all(self, name: str) -> list[Fields]:
        """Every child called ``name``."""
        path = f"{self.path}.{name}" if self.path else name
        return [Fields(child, path, self.findings) for child in self._children.get(edxml(name), ())]

    def one(self, name: str) -> Fields:
        """The only child called ``name``, or an absent one.

        Raises:
            MalformedEnvelope: there are several, so that readers may disagree which one counts.
        """
        found = self.all(name)
        if len(found) > 1:
            second = found[1].element
            line = second.sourceline if second is not None else None
            raise MalformedEnvelope(
                f"expected {name} once in {self.path or 'edXML'}, found {len(found)}, the second "
                f"at line {line}",
                code="envelope.repeated-element",
                line=line,
            )
        return found[0] if found else Fields(None, f"{self.path}.{name}", self.findings)

    @property
    def has_children(self) -> bool:
        """Whether there is anything inside; an empty ``ResponseFor`` occurs in real messages."""
        return bool(self._children)

    @property
    def own_text(self) -> str:
        """The text of this element itself."""
        return leaf_text(self.element) if self.element is not None else ""

    def text(self, name: str) -> str:
        """The text of a child; empty when absent."""
        return self.one(name).own_text

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all children called ``name``, without empty ones."""
        return tuple(filter(None, (child.own_text for child in self.all(name))))

    def value(self, name: str, read: Callable[[str], T]) -> T | None:
        """A child read by ``read``; None, and a finding, when it cannot be."""
        field = self.one(name)
        text = field.own_text
        if not text:
            return None
        try:
            return read(text)
        except (ValueError, InvalidIdentifier) as error:
            self.findings.append(
                Finding(
                    code=f"T.{field.path}",
                    path=field.path,
                    message=str(error),
                    advice="Ask the sender to correct the field.",
                    line=field.element.sourceline if field.element is not None else None,
                )
            )
            return None

    def date(self, name: str) -> date | None:
        """A child read as a date in Vietnam."""
        return self.value(name, parse_date)

    def timestamp(self, name: str) -> datetime | None:
        """A child read as a moment."""
        return self.value(name, parse_timestamp)

    def number(self, name: str) -> int | None:
        """A child read as a whole number."""
        return self.value(name, _whole_number)


def _whole_number(text: str) -> int:
    if not text.lstrip("-").isdecimal() or len(text) > 9:  # noqa: PLR2004  fits 32 bits
        raise ValueError(f"expected a whole number, found {text[:40]!r}")
    return int(text)
