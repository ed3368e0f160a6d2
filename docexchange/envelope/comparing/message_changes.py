"""What differs between two messages, field by field in the terms of the wire format.

Both are written in the strict dialect first, so that the order of elements, the form of dates and
the prefix make no difference, and no field can be forgotten that the writer knows.

>>> [change.path for change in message_changes(a, b)]
['MessageHeader.Subject']
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from docexchange.envelope.comparing.changes import Difference, changed, numbered, unmatched
from docexchange.envelope.model import Document
from docexchange.envelope.names import edxml, local_name
from docexchange.envelope.reading.shape import shape_at
from docexchange.envelope.writing.writer import write_skeleton
from docexchange.envelope.xml import parse
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from docexchange.envelope.model import Message

__all__ = ["message_changes"]

_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "To": ("OrganId",),
    "ResponseFor": ("OrganId", "DocumentId", "Code"),
    "StaffInfo": ("Staff", "StaffId"),
    "Receiver": ("OrganId",),
    "ReplacementInfo": ("DocumentId",),
    "ReplacementInfo.OrganIdList.OrganId": (),
    "ToPlaces.Place": (),
    "Appendix": (),
    "TaskCode": (),
}
"""Elements that may repeat, with the children that tell which is which; none: the text itself."""
_ORDERED: Final = frozenset({"Place", "Appendix", "TaskCode"})
_OWN: Final = replace(Limits(), skeleton_bytes=1 << 31, elements=10_000_000)
"""What we wrote ourselves, from what was within bounds; escapes make a text longer."""


def message_changes(before: Message, after: Message) -> Iterator[Difference]:
    """What differs between two messages, attachments left out.

    Args:
        before: the first.
        after: the second.
    """
    yield from changed("MessageHeader", _kind(before), _kind(after), code="kind.changed")
    yield from changed(
        "MessageHeader.Id", str(before.message_id or ""), str(after.message_id or "")
    )
    one, other = _header(before), _header(after)
    for name in ("MessageHeader", "TraceHeaderList"):
        yield from _compared(one.find(edxml(name)), other.find(edxml(name)), name, "")


def _kind(message: Message) -> str:
    return "document" if isinstance(message, Document) else "status"


def _header(message: Message) -> _Element:
    bare = replace(message, attachments=()) if isinstance(message, Document) else message
    written = write_skeleton(bare)
    return parse(written.head + written.rest, _OWN)[0][0]


def _compared(
    before: _Element | None, after: _Element | None, path: str, which: str
) -> Iterator[Difference]:
    """Compare two elements that stand for the same thing; one of them may be absent."""
    one, other = _children(before), _children(after)
    if not (one or other):
        yield from changed(path, _text(before), _text(after), which=which)
    for name in dict.fromkeys((*shape_at(path).names, *one, *other)):
        if name not in one and name not in other:
            continue
        inner = f"{path}.{name}"
        left, right = one.get(name, []), other.get(name, [])
        children = _key_of(inner)
        if children is None:
            yield from _compared(_first(left), _first(right), inner, which)
        else:
            yield from _matched(left, right, children, inner, which)


def _matched(
    before: Sequence[_Element],
    after: Sequence[_Element],
    children: tuple[str, ...],
    path: str,
    outer: str,
) -> Iterator[Difference]:
    """Compare elements of which there may be several, by what tells them apart."""
    one = dict(zip(numbered(_key(item, children) for item in before), before, strict=True))
    other = dict(zip(numbered(_key(item, children) for item in after), after, strict=True))
    for key, item in one.items():
        which = ", ".join(filter(None, (outer, *key[0])))
        if key in other:
            yield from _compared(item, other[key], path, which)
        else:
            yield Difference(code="item.removed", path=path, which=which, before=_summary(item))
    for key, item in other.items():
        if key not in one:
            which = ", ".join(filter(None, (outer, *key[0])))
            yield Difference(code="item.added", path=path, which=which, after=_summary(item))
    if path.rpartition(".")[2] in _ORDERED and not any(unmatched(one, other)):
        sides = ("; ".join(map(_text, items)) for items in (before, after))
        yield from changed(path, *sides, code="item.order")


def _key_of(path: str) -> tuple[str, ...] | None:
    return next((_KEYS[end] for end in _KEYS if path.endswith(f".{end}")), None)


def _key(element: _Element, children: tuple[str, ...]) -> tuple[str, ...]:
    if not children:
        return (_text(element),)
    return tuple(_text(element.find(edxml(name))) for name in children)


def _children(element: _Element | None) -> dict[str, list[_Element]]:
    found: dict[str, list[_Element]] = {}
    for child in () if element is None else element:
        found.setdefault(local_name(str(child.tag)), []).append(child)
    return found


def _first(elements: Sequence[_Element]) -> _Element | None:
    return elements[0] if elements else None


def _text(element: _Element | None) -> str:
    return "" if element is None or len(element) else (element.text or "").strip()


def _summary(element: _Element) -> str:
    texts = (text.strip() for text in map(str, element.itertext()))
    return ", ".join(text for text in texts if text)
