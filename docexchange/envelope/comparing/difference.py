"""What differs between two letters, in the terms of the field instead of lines of XML.

Not compared: white space and comments between elements, the order of fields and receivers, and
values that cannot be read as what they should be (their findings are).

>>> [change.code for change in differences(letter, letter.with_trace(trace))]
['trace.added']
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from docexchange.envelope.comparing.attachment_changes import attachment_changes
from docexchange.envelope.comparing.changes import Difference, changed, unmatched
from docexchange.envelope.comparing.elements import attributes, strangers
from docexchange.envelope.comparing.message_changes import message_changes
from docexchange.envelope.formats import format_timestamp
from docexchange.envelope.names import SIGNATURES, local_name
from docexchange.envelope.reading.tolerances import Tolerance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from docexchange.envelope.envelope import Envelope
    from docexchange.envelope.model import TraceHeader

__all__ = ["Difference", "differences"]

_COPIES: Final = ("AttachmentName", "Description", "ContentType")


def differences(before: Envelope, after: Envelope) -> tuple[Difference, ...]:
    """Everything in which two letters differ; empty when nothing does.

    Args:
        before: the first.
        after: the second.

    Raises:
        InputNotFound: attachments that a manifest does not list, and that have gone since.
    """
    return (
        *message_changes(before.message, after.message),
        *attachment_changes(before, after),
        *_copies(before, after),
        *_traces(before, after),
        *_signatures(before, after),
        *_strangers(before, after),
        *_attributes(before, after),
        *_form(before, after),
        *_findings(before, after),
    )


def _sided(code: str, path: str, before: str | None, after: str | None) -> Difference:
    change = "removed" if after is None else "added"
    return Difference(code=f"{code}.{change}", path=path, before=before, after=after)


def _copies(before: Envelope, after: Envelope) -> Iterator[Difference]:
    """What stands beside the octets, where it contradicts the manifest, which alone is signed."""
    for one, other in unmatched(_contradictions(before), _contradictions(after)):
        name, which, text = one or other or ("", "", "")
        yield Difference(
            code="copy.removed" if other is None else "copy.added",
            path=f"AttachmentEncoded.Attachment.{name}",
            which=which,
            before=text if other is None else None,
            after=text if one is None else None,
        )


def _contradictions(envelope: Envelope) -> Iterator[tuple[str, str, str]]:
    tag = envelope.dialect.tag
    listed = {item.content_id.value: item for item in envelope.message.attachments}
    for element in envelope.root.iter(tag("Attachment")):
        item = listed.get(_text(element.find(tag("ContentId"))).removeprefix("cid:"))
        if item is not None:
            signed = (item.name, item.description, item.media_type)
            for name, told in zip(_COPIES, signed, strict=True):
                text = _text(element.find(tag(name)))
                if text and text != told.strip():
                    yield name, item.name, text


def _text(element: _Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _traces(before: Envelope, after: Envelope) -> Iterator[Difference]:
    for one, other in unmatched(map(_trace, before.traces), map(_trace, after.traces)):
        yield _sided("trace", "TraceHeaderList.TraceHeader", one, other)


def _trace(trace: TraceHeader) -> str:
    at = format_timestamp(trace.at) if trace.at else "?"
    return f"{trace.organ_id or '?'}, {at}"


def _signatures(before: Envelope, after: Envelope) -> Iterator[Difference]:
    """Signatures that only one letter has; each by its number in it."""
    sides = [
        [child for child in envelope.header if local_name(str(child.tag)) in SIGNATURES]
        for envelope in (before, after)
    ]
    one, other = ({_digest(item): str(n) for n, item in enumerate(s, start=1)} for s in sides)
    for left, right in unmatched(map(_digest, sides[0]), map(_digest, sides[1])):
        if left is not None:
            which, text = one[left], f"SHA-256 {left}"
            code, values = "signature.removed", {"before": text}
        else:
            which, text = other[str(right)], f"SHA-256 {right}"
            code, values = "signature.added", {"after": text}
        yield Difference(code=code, path="edXMLHeader.Signature", which=which, **values)


def _strangers(before: Envelope, after: Envelope) -> Iterator[Difference]:
    """Elements that the tables do not have; equal ones are matched first, then those of a path."""
    one, other = _found(before), _found(after)
    left: dict[str, list[str]] = {}
    right: dict[str, list[str]] = {}
    for removed, added in unmatched(one, other):
        path, text, _ = removed or added or ("", "", "")
        (left if added is None else right).setdefault(path, []).append(text)
    for path in dict.fromkeys((*left, *right)):
        gone, come = left.get(path, []), right.get(path, [])
        common = min(len(gone), len(come))
        for was, now in zip(gone, come, strict=False):
            yield Difference(code="element.changed", path=path, before=was, after=now)
        yield from (_sided("element", path, text, None) for text in gone[common:])
        yield from (_sided("element", path, None, text) for text in come[common:])


def _found(envelope: Envelope) -> list[tuple[str, str, str]]:
    return [
        (path, " ".join(" ".join(map(str, element.itertext())).split()), _digest(element))
        for path, element in strangers(envelope.root, envelope.dialect)
    ]


def _attributes(before: Envelope, after: Envelope) -> Iterator[Difference]:
    for one, other in unmatched(_attributed(before), _attributed(after)):
        path, value = one or other or ("", "")
        yield _sided("attribute", path, *((value, None) if other is None else (None, value)))


def _attributed(envelope: Envelope) -> Iterator[tuple[str, str]]:
    """Attributes that tell more than the fields do: no ids that follow from another one."""
    own = str(envelope.message.message_id or "")
    derived = {f"{own}{suffix}" for suffix in ("", ".business", ".body")}
    for path, value in attributes(envelope.root, envelope.dialect):
        follows = path.endswith(".@href") or (path.endswith(".@Id") and value in derived)
        if not follows:
            yield path, value


def _digest(element: _Element) -> str:
    """SHA-256 over names, attributes and texts of an element and all in it."""
    digest = hashlib.sha256()
    for item in element.iter():
        name = item.tag if isinstance(item.tag, str) else "<!"
        shape = (name, len(item), sorted(item.attrib.items()), item.text or "")
        tail = "" if item is element else item.tail or ""
        digest.update(repr((shape, tail)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _form(before: Envelope, after: Envelope) -> Iterator[Difference]:
    for one, other in zip(_frame(before), _frame(after), strict=True):
        yield from changed(one[0], one[1], other[1], code="form.changed")


def _frame(envelope: Envelope) -> tuple[tuple[str, str], ...]:
    above = envelope.root.getparent()
    return (
        ("edXML.namespace", envelope.dialect.namespace),
        ("edXML.prefix", envelope.header.prefix or ""),
        ("edXML.wrapping", "" if above is None else "SOAP"),
    )


def _findings(before: Envelope, after: Envelope) -> Iterator[Difference]:
    for left, right in unmatched(_noted(before), _noted(after)):
        path, code, message = left or right or ("", "", "")
        text = f"{code}: {message}"
        values = (text, None) if right is None else (None, text)
        yield _sided("finding", path, *values)


def _noted(envelope: Envelope) -> Iterator[tuple[str, str, str]]:
    """Findings but those about what is compared for itself."""
    for item in envelope.findings:
        if item.code not in {Tolerance.UNKNOWN_ELEMENT, Tolerance.UNKNOWN_ATTRIBUTE}:
            yield item.path, item.code, item.message
