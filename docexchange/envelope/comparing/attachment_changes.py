"""What differs between the attachments of two letters; nothing is read but what nobody listed.

Files are matched by name and octets, then by octets (another name), then by name (other octets).

>>> [(change.code, change.which) for change in attachment_changes(a, b)]
[('attachment.renamed', 'scan.pdf')]
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.attachment import Attachment, SpanSource
from docexchange.envelope.comparing.changes import Difference, changed, unmatched

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from docexchange.envelope.envelope import Envelope

__all__ = ["attachment_changes"]

_LISTED: Final = "edXMLBody.edXMLManifest.Reference"
_OCTETS: Final = "AttachmentEncoded.Attachment"
_CHUNK: Final = 128 * 1024
_WAYS: Final[tuple[Callable[[Attachment], Hashable], ...]] = (
    lambda item: (item.name, item.sha256, item.content_id),
    lambda item: (item.name, item.sha256),
    lambda item: item.sha256,
    lambda item: item.name,
)
"""By what two attachments are taken for the same one; the surest first."""


def attachment_changes(before: Envelope, after: Envelope) -> Iterator[Difference]:
    """What differs between the attachments of two letters.

    Args:
        before: the first.
        after: the second.

    Raises:
        InputNotFound: octets that no manifest lists cannot be read.
    """
    one, other = before.message.attachments, after.message.attachments
    pairs = _paired(one, other)
    for number, item in enumerate(one):
        if number in pairs:
            yield from _compared(item, other[pairs[number]])
        else:
            yield _alone("attachment.removed", item)
    found = set(pairs.values())
    for number, item in enumerate(other):
        if number not in found:
            yield _alone("attachment.added", item)
    if list(pairs.values()) != sorted(found):
        yield _order([one[number] for number in pairs], [other[number] for number in sorted(found)])
    for left, right in unmatched(_unlisted(before), _unlisted(after)):
        code = "unlisted.removed" if right is None else "unlisted.added"
        yield Difference(code=code, path=_OCTETS, before=left, after=right)


def _paired(before: Iterable[Attachment], after: Iterable[Attachment]) -> dict[int, int]:
    """For each attachment of the first letter its counterpart, by number, in their order."""
    left, right = dict(enumerate(before)), dict(enumerate(after))
    pairs: dict[int, int] = {}
    for way in _WAYS:
        places: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for number, item in right.items():
            places[way(item)].append(number)
        for number, item in list(left.items()):
            if places[way(item)]:
                pairs[number] = places[way(item)].popleft()
                del left[number], right[pairs[number]]
    return dict(sorted(pairs.items()))


def _compared(before: Attachment, after: Attachment) -> Iterator[Difference]:
    name, path = before.name, f"{_LISTED}.AttachmentName"
    yield from changed(path, name, after.name, which=name, code="attachment.renamed")
    octets = (_octets(before), _octets(after))
    yield from changed(_OCTETS, *octets, which=name, code="attachment.octets")
    same = name == after.name and before.sha256 == after.sha256
    fields = {
        "ContentType": (before.media_type, after.media_type),
        "Description": (before.description, after.description),
        # Ours is made of name and octets: it is news only where these stay.
        "ContentId": (before.content_id.uri, after.content_id.uri) if same else ("", ""),
    }
    for field, values in fields.items():
        yield from changed(f"{_LISTED}.{field}", *values, which=name)


def _alone(code: str, item: Attachment) -> Difference:
    text = f"{item.name}, {_octets(item)}"
    if code.endswith("removed"):
        return Difference(code=code, path=_LISTED, which=item.name, before=text)
    return Difference(code=code, path=_LISTED, which=item.name, after=text)


def _order(before: Iterable[Attachment], after: Iterable[Attachment]) -> Difference:
    one, other = ("; ".join(item.name for item in items) for items in (before, after))
    return Difference(code="attachment.order", path=_LISTED, before=one, after=other)


def _octets(item: Attachment) -> str:
    return _told(item.size, item.sha256.hex())


def _told(size: int, sha256: str) -> str:
    return f"{size} bytes, SHA-256 {sha256}"


def _unlisted(envelope: Envelope) -> list[str]:
    """Octets that no manifest entry names, in words."""
    if not envelope.unlisted:
        return []
    listed = {
        item.source.start
        for item in envelope.message.attachments
        if isinstance(item.source, SpanSource)
    }
    spans = (slot.source for slot in envelope.slots if isinstance(slot.source, SpanSource))
    return [_measured(span) for span in spans if span.start not in listed]


def _measured(span: SpanSource) -> str:
    digest, size = hashlib.sha256(), 0
    with span.open() as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
    return _told(size, digest.hexdigest())
