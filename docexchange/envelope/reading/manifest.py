"""The manifest and the octets it lists: which attachment text belongs to which entry.

What is signed is what counts: name, type and description are read from the manifest in the body,
which the signature covers, never from the copy beside the octets.

>>> attachments, contents = read_attachments(root, body, parts, source)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.attachment import Attachment, Source, SpanSource
from docexchange.envelope.names import CONTENT_ELEMENT
from docexchange.envelope.paths import numbered
from docexchange.envelope.reading.fields import Fields
from docexchange.envelope.reading.findings import Finding
from docexchange.envelope.reading.octets import note_octets
from docexchange.envelope.reading.tolerances import Tolerance, tolerated
from docexchange.errors import InvalidIdentifier, MalformedEnvelope
from docexchange.identifiers import ContentId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.etree import _Element

    from docexchange.envelope.reading.parts import Part
    from docexchange.envelope.reading.values import Values

__all__ = ["matched", "read_attachments"]

_PLACE: Final = ("AttachmentEncoded", "Attachment", CONTENT_ELEMENT)
_PATH: Final = "AttachmentEncoded.Attachment"
_COPIES: Final = ("AttachmentName", "Description", "ContentType", "Format", "FieldName", "MimeType")
_HREF: Final = "{http://www.w3.org/1999/xlink}href"


def read_attachments(
    root: _Element, body: Fields, parts: tuple[Part, ...], source: Source
) -> tuple[tuple[Attachment, ...], tuple[Attachment | None, ...]]:
    """Match the manifest with the octets; findings go where those of ``body`` go.

    Args:
        root: the ``edXML`` element.
        body: the ``edXMLBody``.
        parts: the attachment text that was cut out, in document order.
        source: the bytes it was cut out of.

    Returns:
        The attachments of the manifest; and for each part its attachment, or None.

    Raises:
        MalformedEnvelope: they cannot be matched, or in more than one way.
    """
    listed = body.one("edXMLManifest").all("Reference")
    boxes = body.dialect.within(root, *_PLACE[:2])
    elements = _elements(root, boxes, body, len(parts))
    owners = [
        Fields(element.getparent(), numbered(_PATH, number), body.notes, body.dialect)
        for number, element in enumerate(elements, start=1)
    ]
    _note_without_octets(boxes, body)
    known, spans = matched(listed, owners, parts, source)
    for content_id, owner in zip(spans, owners, strict=True):
        if content_id not in known:
            body.notes.add(_unlisted(content_id, owner.path), owner.element)
    contents = tuple(known.get(content_id) for content_id in spans)
    note_octets(owners, parts, contents)
    return tuple(known.values()), contents


def matched(
    listed: Iterable[Values], owners: Sequence[Values], parts: Sequence[Part], source: Source
) -> tuple[dict[ContentId, Attachment], dict[ContentId, Part]]:
    """Match entries of the manifest with octets.

    Args:
        listed: the entries.
        owners: the ``Attachment`` elements, in document order.
        parts: what was cut out of each.
        source: the bytes it was cut out of.

    Returns:
        The attachments of the manifest, and all parts, in order; both by content id.

    Raises:
        MalformedEnvelope: they cannot be matched, or in more than one way.
    """
    for owner in owners:
        owner.hold_single(*_COPIES)  # readers may take either of two
    spans = {_content_id(owner): part for owner, part in zip(owners, parts, strict=True)}
    if len(spans) != len(parts):
        raise MalformedEnvelope(
            "expected each attachment under a content id of its own, found one used twice",
            code="envelope.duplicate-content-id",
        )
    attachments = [_attachment(entry, spans, source) for entry in listed]
    known = {attachment.content_id: attachment for attachment in attachments}
    if len(known) != len(attachments):
        raise MalformedEnvelope(
            "expected each content id once in the manifest, found one used twice",
            code="envelope.duplicate-content-id",
        )
    return known, spans


def _note_without_octets(boxes: list[_Element], body: Fields) -> None:
    content = body.dialect.tag(CONTENT_ELEMENT)
    for number, element in enumerate(boxes, start=1):
        if next(element.iterchildren(content), None) is None:
            path = f"{_PATH}.{CONTENT_ELEMENT}"
            finding = Finding(
                code=f"N.{path}",
                path=f"{numbered(_PATH, number)}.{CONTENT_ELEMENT}",
                message="expected a value, found none",
                advice="Ask the sender for the file: its octets did not come.",
            )
            body.notes.add(finding, element)


def _elements(root: _Element, boxes: list[_Element], body: Fields, wanted: int) -> list[_Element]:
    dialect, content = body.dialect, body.dialect.tag(CONTENT_ELEMENT)
    behind = [item for box in boxes for item in box.iterchildren(content)] if wanted else []
    inside = [] if behind or not wanted else dialect.within(root, "edXMLEnvelope", *_PLACE)
    elements = behind or inside
    if len(elements) != wanted:  # the skeleton was held to as many, wherever they stand
        raise MalformedEnvelope(
            f"expected every {CONTENT_ELEMENT} in edXML/AttachmentEncoded/Attachment and in "
            f"namespace {dialect.namespace or 'none'}, found {wanted - len(elements)} of {wanted} "
            "elsewhere",
            code="envelope.attachment-place",
        )
    if inside:
        attached = next(inside[0].iterancestors()).getparent()
        body.notes.add(
            tolerated(
                Tolerance.ATTACHMENTS_INSIDE,
                "AttachmentEncoded",
                expected="AttachmentEncoded behind edXMLEnvelope",
                found="it inside",
            ),
            attached,
        )
    return elements


def _attachment(entry: Values, spans: dict[ContentId, Part], source: Source) -> Attachment:
    content_id = _content_id(entry)
    part = spans.get(content_id)
    if part is None:
        raise MalformedEnvelope(
            f"expected the octets of {content_id.uri} in AttachmentEncoded, found none",
            code="envelope.attachment-missing",
            element=entry.element,
        )
    return Attachment(
        content_id=content_id,
        name=entry.text("AttachmentName"),
        media_type=entry.text("ContentType"),
        description=entry.text("Description"),
        format=entry.text("Format"),
        field_name=entry.text("FieldName"),
        mime_type=entry.text("MimeType"),
        size=part.size,
        sha256=part.sha256,
        source=SpanSource(source, part.start, part.length),
    )


def _content_id(owner: Values) -> ContentId:
    text = owner.text("ContentId")
    href = owner.attribute(_HREF).strip()
    if not (text or href).startswith("cid:"):
        owner.tolerate_once(Tolerance.CONTENT_ID, expected="cid: in front", found=text or href)
    try:
        content_id = ContentId.parse(text or href)
        if href and ContentId.parse(href) != content_id:
            raise MalformedEnvelope(
                f"{owner.path}: expected xlink:href to name {content_id.uri} as ContentId does, "
                f"found {href[:60]!r}",
                code="envelope.content-id",
                element=owner.element,
                advice="Other programs may take another file for this one. Do not use the letter.",
            )
    except InvalidIdentifier as error:
        raise MalformedEnvelope(
            f"{owner.path}: {error}", code="envelope.content-id", element=owner.element
        ) from error
    return content_id


def _unlisted(content_id: ContentId, path: str) -> Finding:
    return Finding(
        code=f"M.{_PATH}",
        path=path,
        message=f"expected an entry in the manifest for {content_id.uri}, found none",
        advice="Do not use this attachment: nothing says what it is.",
    )
