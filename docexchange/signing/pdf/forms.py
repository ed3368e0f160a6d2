"""What came to the form of a file after signing that is seen, and that no signature accounts for.

pyHanko lets a new signature field be, signed or not, and whatever it shows. Whoever signs it is
judged; nobody judges an empty one or a timestamp, so these must show and do nothing: text on a page
needs no key that way (Mainka et al., "Shadow Attacks", 2021, and "Breaking the Specification: PDF
Certification", 2021). It also lets the form say anew how fields are drawn, or that they are drawn
out of their values, where others were seen when it was signed.

>>> shown_unsigned(reader, revision=0)
'the field Evil, which shows or does something and is not signed'
>>> is_drawn_otherwise(reader, revision=0)
False
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject
from pyhanko.sign.fields import enumerate_sig_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhanko.pdf_utils.reader import PdfFileReader

__all__ = ["is_drawn_otherwise", "shown_unsigned"]

_DRAWING: Final = ("/DA", "/DR", "/NeedAppearances", "/Q")
"""Entries of a form that say how fields are drawn (ISO 32000-1, table 218)."""
_ACTIONS: Final = ("/A", "/AA")
"""What a viewer does when somebody points at a field, or opens its page."""


def shown_unsigned(reader: PdfFileReader, revision: int) -> str:
    """A signature field that is new or filled since a revision, shows something and is not signed.

    Args:
        reader: of the file.
        revision: what was signed.

    Returns:
        Words for it; empty where there is none.
    """
    then = enumerate_sig_fields(reader.get_historical_resolver(revision))
    filled = {name: value is not None for name, value, _ in then}
    for name, value, field in enumerate_sig_fields(reader):
        as_before = filled.get(name) == (value is not None)
        if not as_before and not _is_signed(value) and _is_seen(field.get_object()):
            return f"the field {name}, which shows or does something and is not signed"
    return ""


def _is_signed(value: Any) -> bool:
    """Whether somebody is judged for it: timestamps prove a time, and not what is seen."""
    held = value.get_object() if value is not None else None
    return isinstance(held, DictionaryObject) and _value(held, "/Type") != "/DocTimeStamp"


def _is_seen(field: DictionaryObject) -> bool:
    return any(_has_area(item) or _is_more(item) for item in (field, *_children(field)))


def _is_more(widget: DictionaryObject) -> bool:
    """Whether it is more than a place to sign.

    Notes, lines and drawings are seen wherever their rectangle is, and actions draw on every page.
    """
    kind = _value(widget, "/Subtype")
    return kind not in {None, "/Widget"} or any(key in widget for key in _ACTIONS)


def _children(field: DictionaryObject) -> Iterator[DictionaryObject]:
    for child in _value(field, "/Kids") or ():
        held = child.get_object()
        if isinstance(held, DictionaryObject):
            yield held


def _has_area(widget: DictionaryObject) -> bool:
    """Whether its rectangle is not empty; one that cannot be read may be seen by others."""
    if "/Rect" not in widget:
        return False
    corners = _plain(widget["/Rect"])
    try:
        left, bottom, right, top = (float(number) for number in corners)
    except (TypeError, ValueError):
        return True
    return left != right and bottom != top


def _plain(item: Any) -> Any:
    """The same with nothing but values in it; references of references too."""
    item = item.get_object() if isinstance(item, IndirectObject) else item
    return [_plain(part) for part in list.__iter__(item)] if isinstance(item, ArrayObject) else item


def is_drawn_otherwise(reader: PdfFileReader, revision: int) -> bool:
    """Whether the form says of its fields otherwise than in a revision how they are drawn.

    Args:
        reader: of the file.
        revision: what was signed.
    """
    before, now = (
        _value(handler.root, "/AcroForm") or DictionaryObject()
        for handler in (reader.get_historical_resolver(revision), reader)
    )
    drawn = any(
        _value(field.get_object(), "/FT") != "/Sig" for field in _value(now, "/Fields") or ()
    )
    return drawn and any(_said(before, name) != _said(now, name) for name in _DRAWING)


def _said(form: DictionaryObject, name: str) -> Any:
    """An entry as it is written; what stands there for nothing is nothing."""
    return (form.raw_get(name) if name in form else None) or None


def _value(held: DictionaryObject, name: str) -> Any:
    """An entry, wherever it is written; None where it is not, or there is no dictionary."""
    try:
        return held[name]
    except (KeyError, TypeError):
        return None
