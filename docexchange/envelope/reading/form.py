"""The form of a letter: what departs from the strict dialect without changing any field.

>>> note_form(root, message_header, notes)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import EDXML, local_name
from docexchange.envelope.reading.dialects import STRICT, Dialect, dialect_of
from docexchange.envelope.reading.shape import LETTER, SIGNATURE, Shape, ranks_of
from docexchange.envelope.reading.tolerances import Tolerance, tolerated

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.envelope.reading.findings import Notes

__all__ = ["note_form"]

_HEADER: Final = "edXMLEnvelope.edXMLHeader"
_XLINK: Final = "{http://www.w3.org/1999/xlink}"
_MOST_SHOWN: Final = 80


def note_form(
    root: _Element, header: _Element, notes: Notes, *, lead: int = 0, encoding: str = ""
) -> None:
    """Note what is unusual about the form of a letter, each kind once in each place.

    Args:
        root: the ``edXML`` element.
        header: the ``MessageHeader``.
        notes: where findings go.
        lead: how many bytes stand before the XML declaration.
        encoding: which it came in, or claims to, when that is not UTF-8.
    """
    form = _Form(notes, dialect_of(root))
    form.frame(root, lead, encoding)
    if root.attrib:
        form.attributes(root, LETTER, "")
    form.walk(root, LETTER, "")
    form.empty_response(header)


class _Form:
    """One walk through the tree, side by side with the table of shapes."""

    def __init__(self, notes: Notes, dialect: Dialect) -> None:
        self._notes, self._dialect = notes, dialect
        self._told: set[tuple[Tolerance, str]] = set()

    def frame(self, root: _Element, lead: int, encoding: str) -> None:
        """What stands around the letter."""
        if encoding:
            self._tell(Tolerance.ENCODING, "edXML", "UTF-8", encoding, root)
        if lead:
            expected = "<?xml as the first bytes of the file"
            self._tell(Tolerance.LEADING_BYTES, "edXML", expected, f"{lead} bytes before it", root)
        if root.getparent() is not None:
            expected, found = "edXML as the root of the file", "it inside a SOAP envelope"
            self._tell(Tolerance.SOAP, "edXML", expected, found, root)
        if self._dialect is not STRICT:
            found = self._dialect.namespace or "none"
            self._tell(Tolerance.NAMESPACE, "edXML", f"namespace {EDXML}", found, root)

    def walk(self, parent: _Element, shape: Shape, path: str) -> None:
        """Compare an element that holds others, and all below it, with its shape."""
        ranks, last, bare = ranks_of(shape, self._dialect.brace), -1, shape.may_be_empty
        if (text := parent.text) and not text.isspace():
            self._stray(text, parent, path)
        for child in parent:
            known = ranks.get(child.tag)  # type: ignore[arg-type]
            if known is None:
                self._unknown(child, path)
            else:
                rank, name, inside = known
                if rank < last:
                    self._order(child, shape, path)
                else:
                    last = rank
                # Most are texts as the standard has them; what is more than that costs a call.
                if inside.names or child.keys() or (child.prefix == "edXML") is not inside.prefixed:
                    self._known(child, inside, _below(path, name), bare=bare)
                elif not (bare or len(child) or (child.text or "").strip()):
                    self._empty(child, inside, _below(path, name))
            if (tail := child.tail) and not tail.isspace():
                self._stray(tail, parent, path)

    def _known(self, child: _Element, shape: Shape, path: str, *, bare: bool) -> None:
        if shape is SIGNATURE:
            return
        if (child.prefix == "edXML") is not shape.prefixed and self._dialect.namespace:
            self._prefix(child, shape)
        if child.keys():
            self.attributes(child, shape, path)
        if shape.names:
            self.walk(child, shape, path)
        if not (bare or len(child) or (child.text or "").strip()):
            self._empty(child, shape, path)

    def attributes(self, element: _Element, shape: Shape, path: str) -> None:
        """Attributes that the strict dialect does not have."""
        for name in map(str, element.attrib):
            if name in shape.attributes:
                continue
            found = f"{_shown(name)} in {local_name(str(element.tag))}"
            if name.startswith(_XLINK):
                self._tell(Tolerance.HREF, path, "ContentId alone", found, element, once="once")
            else:
                allowed = " or ".join(sorted(shape.attributes))
                known = f"{allowed} as attribute" if allowed else "no attributes"
                self._tell(Tolerance.UNKNOWN_ATTRIBUTE, path, known, found, element)

    def _stray(self, text: str, parent: _Element, path: str) -> None:
        found = repr(_shown(text.strip()))
        self._tell(Tolerance.STRAY_TEXT, path, "nothing but elements", found, parent)

    def _unknown(self, child: _Element, path: str) -> None:
        if isinstance(child.tag, str):
            expected = "elements of the standard"
            found = _shown(child.tag)
            self._tell(Tolerance.UNKNOWN_ELEMENT, path, expected, found, child, about=found)

    def _order(self, child: _Element, shape: Shape, path: str) -> None:
        expected = f"the order {' '.join(shape.names)}"
        found = f"{local_name(str(child.tag))} too late"
        self._tell(Tolerance.ORDER, path, expected, found, child)

    def _prefix(self, child: _Element, shape: Shape) -> None:
        # Central systems look at the prefix itself. Attachments have none, the rest all have it.
        name = local_name(str(child.tag))
        expected = "the prefix edXML" if shape.prefixed else f"{name} without a prefix"
        found = child.prefix or "none"
        about = "inside" if shape.prefixed else "attachments"
        self._tell(Tolerance.PREFIX, name, expected, found, child, once=about)

    def _empty(self, child: _Element, shape: Shape, path: str) -> None:
        name = local_name(str(child.tag))
        if name != "ResponseFor" and not shape.may_be_empty:
            expected, found = "no element where there is nothing to say", f"{name} with nothing"
            self._tell(Tolerance.EMPTY, path, expected, found, child, once="once")

    def empty_response(self, header: _Element) -> None:
        """An empty ``ResponseFor`` occurs in a real message."""
        path, expected = "MessageHeader.ResponseFor", "OrganId, Code or DocumentId"
        for field in header.iterchildren(self._dialect.tag("ResponseFor")):
            if not len(field):
                self._tell(Tolerance.EMPTY_RESPONSE, path, expected, "nothing", field)

    def _tell(
        self,
        tolerance: Tolerance,
        path: str,
        expected: str,
        found: str,
        element: _Element,
        *,
        about: str = "",
        once: str = "",
    ) -> None:
        key = (tolerance, once or f"{path} {about}")
        if key not in self._told and not self._notes.full:
            self._told.add(key)
            finding = tolerated(tolerance, path or "edXML", expected=expected, found=found)
            self._notes.add(finding, element)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path and path != _HEADER else name


def _shown(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
