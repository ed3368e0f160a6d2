"""The strict form as patterns, made from the table of shapes: what may stand where, each once.

A pattern takes a stretch of a letter apart in one go. Each text in it has a group of its own; what
may be repeated has one group for all of it, and a pattern that takes that apart. What a pattern
matches is well-formed and means one thing.

>>> pattern, form = header_form()
>>> told = pattern.fullmatch(text).groups()
>>> told[form.ones["MessageHeader"].texts["Subject"]]
'V/v báo cáo'
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from docexchange.envelope.names import CONTENT_ELEMENT, EDXML
from docexchange.envelope.reading.shape import LETTER, SIGNATURE, Shape, ranks_of

__all__ = ["Form", "Taken", "header_form", "is_canonical", "repeated_form", "rest_form"]

_CONTENT: Final = f"edXML:{CONTENT_ELEMENT}"
_TRACES: Final = "edXML:TraceHeaderList"
_BINDING: Final = f' xmlns:edXML="{re.escape(EDXML)}"'
_VALUE: Final = "[A-Za-z0-9.:@_-]++"
_TEXT: Final = r"[^<>\x00-\x08\x0b-\x1f]++"
_ODD: Final = re.compile("&(?!amp;|lt;|gt;)")
_ENVELOPE: Final = LETTER.within["edXMLEnvelope"]


@dataclass(slots=True, eq=False)
class Form:
    """Which group of a pattern, from 0, tells what of an element; nobody changes it once made."""

    there: int = -1
    """The element itself: empty when it is there."""
    identity: int = -1
    """Its ``Id``; -1 when it can have none."""
    texts: dict[str, int] = field(default_factory=dict)
    """Children that hold text."""
    ones: dict[str, Form] = field(default_factory=dict)
    """Children that hold more."""
    many: dict[str, tuple[int, str, Shape]] = field(default_factory=dict)
    """Children that may be repeated: all of them, and what ``repeated_form`` wants to know."""


Taken = tuple[re.Pattern[str], Form]
"""A pattern, and what its groups tell."""


@cache
def header_form() -> Taken:
    """What stands in the header before any signature."""
    form = Form()
    return re.compile(_Writer().children(_ENVELOPE.within["edXMLHeader"], form)), form


@cache
def rest_form() -> Taken:
    """What stands behind signatures, from the end of the header on."""
    form, writer = Form(), _Writer()
    body = writer.children(Shape(("edXMLBody",), _ENVELOPE.within), form)
    attachments = writer.children(Shape(("AttachmentEncoded",), LETTER.within), form)
    pattern = f"</edXML:edXMLHeader>\n{body}</edXML:edXMLEnvelope>\n{attachments}</edXML>\n"
    return re.compile(pattern), form


@cache
def repeated_form(tag: str, shape: Shape) -> Taken:
    """One of the children of one name.

    Args:
        tag: as it is written.
        shape: of the child.
    """
    form = Form()
    pattern = re.compile(_Writer().one(form, "", tag, shape))
    return pattern, form.ones.get("", form)


def is_canonical(text: str) -> bool:
    """Whether what a pattern has matched holds only characters of XML, written as they must be.

    Args:
        text: what was matched; the pattern has seen to all but these.
    """
    if "\ufffe" in text or "\uffff" in text:
        return False
    return "&" not in text or _ODD.search(text) is None


class _Writer:
    """Writes a pattern and notes what its groups tell.

    Args:
        group: how groups begin; those that tell nothing are for what is only to be recognised.
    """

    def __init__(self, group: str = "(") -> None:
        self._group, self._count = group, 0

    def _next(self) -> tuple[str, int]:
        self._count += 1
        return self._group, self._count - 1

    def children(self, shape: Shape, form: Form) -> str:
        """All children of an element, in order; each may be absent."""
        written = [self._child(form, *kind, many=kind[0] in shape.many) for kind in _kinds(shape)]
        return "".join(written)

    def _child(self, form: Form, name: str, tag: str, shape: Shape, *, many: bool) -> str:
        # Groups are repeated without ``++``: Python before 3.11.5 takes half of one for a match.
        if not many:
            return f"(?:{self.one(form, name, tag, shape)})?"
        group, at = self._next()
        form.many[name] = at, tag, shape
        return f"{group}(?:{_Writer('(?:').one(Form(), name, tag, shape)})*)"

    def one(self, form: Form, name: str, tag: str, shape: Shape) -> str:
        """One child of an element."""
        if shape.names:
            written, form.ones[name] = self._element(tag, shape)
            return written
        group, form.texts[name] = self._next()
        if tag == _CONTENT:
            return f"<{tag}{_BINDING}>{group}[0-9]++)</{tag}>\n"
        return rf"<{tag}>(?!\s){group}{_TEXT})</{tag}>" + "\n"

    def _element(self, tag: str, shape: Shape) -> tuple[str, Form]:
        group, there = self._next()
        form, start = Form(there), f"<{tag}{group})"
        if tag == _TRACES:
            start += f"(?:{_BINDING})?"
        if "Id" in shape.attributes:
            group, form.identity = self._next()
            start += f'(?: Id="{group}{_VALUE})")?'
        if "version" in shape.attributes:
            start += f'(?: version="{_VALUE}")?'
        start += ">\n" if shape.may_be_empty else ">\n(?!</)"
        return f"{start}{self.children(shape, form)}</{tag}>\n", form


def _kinds(shape: Shape) -> list[tuple[str, str, Shape]]:
    """Each child: its name, how it is written, and its shape; signatures are read elsewhere."""
    kinds = [
        (name, f"edXML:{name}" if inside.prefixed else name, inside)
        for _, name, inside in ranks_of(shape, "").values()
        if inside is not SIGNATURE
    ]
    # Where any order will do, here is the one of the writer: traces come in behind the business.
    return sorted(kinds, key=lambda kind: kind[0] in shape.many) if shape.any_order else kinds
