"""What must be signed: decided here, from the letter's structure, never by the letter itself.

Of an envelope: ``MessageHeader``; ``Bussiness`` and ``edXMLBody`` where present, each at exactly
its place; and the octets of every attachment. Trace headers are left out on purpose: hubs add them.
What is not covered is not in the ``VerifiedEnvelope``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xades.names import COUNTERSIGNED, SIGNED_PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.envelope.envelope import Envelope
    from docexchange.envelope.writing.writer import Fragment
    from docexchange.signing.xmldsig.references import Resolved

__all__ = ["Part", "check_coverage", "countersigned_part", "parts_of", "uncovered", "written_parts"]


class Part(NamedTuple):
    """One thing that must be signed."""

    label: str
    """What people call it."""
    target: _Element | Attachment | bytes
    """The thing itself; canonical octets of an element that was only written so far."""
    uri: str
    """How a reference must name it; empty when it cannot be named."""
    media_type: str
    """Its MIME type."""
    type: str = ""
    """``Type`` of the reference; empty for none."""


def parts_of(envelope: Envelope) -> tuple[Part, ...]:
    """What a signature on this envelope must cover."""
    header, within = envelope.header, envelope.dialect.within
    return (
        *_element_parts("MessageHeader", within(header, "MessageHeader")),
        *_element_parts("Bussiness", within(header, "TraceHeaderList", "Bussiness")),
        *_element_parts("edXMLBody", within(envelope.root, "edXMLEnvelope", "edXMLBody")),
        *_attachment_parts(envelope.message.attachments),
    )


def _element_parts(label: str, elements: Sequence[_Element]) -> Iterator[Part]:
    for element in elements:
        yield Part(label=label, target=element, uri=_uri(element), media_type="text/xml")


def written_parts(
    fragments: Sequence[Fragment], attachments: Sequence[Attachment]
) -> tuple[Part, ...]:
    """The same of a message that is being put into an envelope, without parsing it.

    Args:
        fragments: what was written of it.
        attachments: its attachments.
    """
    elements = [
        Part(name, octets, f"#{identity}" if identity else "", "text/xml")
        for name, identity, octets in fragments
    ]
    return (*elements, *_attachment_parts(attachments))


def _attachment_parts(attachments: Sequence[Attachment]) -> list[Part]:
    names = Counter([item.name for item in attachments]) if len(attachments) > 1 else {}
    return [
        Part(
            _label(item, doubled=names.get(item.name, 1) > 1),
            item,
            item.content_id.uri,
            item.media_type or "application/octet-stream",
        )
        for item in attachments
    ]


def _label(item: Attachment, *, doubled: bool) -> str:
    """What people call an attachment; no two of a letter are called the same."""
    return (
        f"attachment {item.name} ({item.content_id.uri})" if doubled else f"attachment {item.name}"
    )


def countersigned_part(value: _Element) -> Part:
    """What a counter-signature covers: the value of the signature that it stands in, alone.

    Args:
        value: the ``SignatureValue`` (EN 319 132-1, clause 5.2.7).
    """
    return Part(
        label="countersigned signature",
        target=value,
        uri=_uri(value),
        media_type="text/xml",
        type=COUNTERSIGNED,
    )


def _uri(element: _Element) -> str:
    identity = element.get("Id")
    return f"#{identity}" if identity else ""


def check_coverage(
    resolved: Sequence[Resolved], properties: _Element | bytes, parts: Sequence[Part]
) -> None:
    """Hold what a signature covers against what it must cover.

    Raises:
        Refusal: something is missing, covered twice, or not expected at all.
    """
    wanted = {id(part.target): part for part in parts}
    seen: set[int] = set()
    own = 0
    for reference, target, _ in resolved:
        part = wanted.get(id(target))
        if target is properties:
            own += 1
            if reference.type != SIGNED_PROPERTIES:
                raise malformed("expected the reference to SignedProperties to say its Type")
        elif part is None:
            raise _wrong(f"a reference to something else: {reference.uri}")
        elif id(target) in seen:
            raise _wrong(f"{reference.uri} referenced twice")
        elif part.type not in ("", reference.type):
            raise malformed(f"expected the reference to {reference.uri} to say its Type")
        else:
            seen.add(id(target))
    if own != 1:
        raise malformed(f"expected one reference to SignedProperties, found {own}")
    if len(seen) < len(wanted):
        raise _wrong(f"not covered: {', '.join(uncovered(resolved, parts))}")


def uncovered(resolved: Sequence[Resolved], parts: Sequence[Part]) -> tuple[str, ...]:
    """Labels of parts that no reference points to."""
    covered = {id(item.target) for item in resolved}
    return tuple(part.label for part in parts if id(part.target) not in covered)


def _wrong(found: str) -> Refusal:
    return Refusal(
        SubIndication.FORMAT_FAILURE,
        f"expected every part of the letter under the signature exactly once, found {found}",
        code="signature.coverage",
        advice="Parts of this letter are not vouched for. Do not use it; ask for it again.",
    )
