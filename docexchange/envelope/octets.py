"""What the octets of attachments show about their form: base64, emptiness, first bytes.

Each kind is told once per file, about the first attachment that shows it.

>>> findings = octets_findings(elements, parts, contents)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.base64_stream import encoded_length
from docexchange.envelope.tolerances import Tolerance, tolerated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from docexchange.envelope.attachments import Attachment
    from docexchange.envelope.findings import Finding
    from docexchange.envelope.skeleton import Part

__all__ = ["PDF_MARK", "ZIP_MARK", "octets_findings"]

PDF_MARK: Final = b"%PDF"
"""How a PDF begins."""
ZIP_MARK: Final = b"PK\x03\x04"
"""How a ZIP archive begins, and office files, which are such archives."""
_UNSAID: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_NO_ARCHIVES: Final = ("application/pdf", "image/", "text/", "audio/", "video/")
_PATH: Final = "AttachmentEncoded.Attachment"


def octets_findings(
    elements: Sequence[_Element],
    parts: Sequence[Part],
    contents: Sequence[Attachment | None],
) -> Iterator[Finding]:
    """What is unusual about the octets, each kind once.

    Args:
        elements: the content elements, in document order.
        parts: what was cut out of each.
        contents: the attachment of each; None for one that the manifest does not list.
    """
    told: set[Tolerance] = set()
    for element, part, attachment in zip(elements, parts, contents, strict=True):
        for tolerance, expected, found in _odd(part, attachment):
            if tolerance not in told:
                told.add(tolerance)
                line = element.sourceline
                yield tolerated(tolerance, _PATH, expected=expected, found=found, line=line)


def _odd(part: Part, attachment: Attachment | None) -> Iterator[tuple[Tolerance, str, str]]:
    if part.self_closed:
        yield Tolerance.SELF_CLOSED, "octets", "an empty tag"
    elif part.length != encoded_length(part.size):
        yield Tolerance.BASE64, "base64 on one line", "white space in it"
    if attachment is not None:
        claimed = attachment.media_type.lower()
        if part.head == PDF_MARK and claimed not in _UNSAID and claimed != "application/pdf":
            yield Tolerance.CONTENT_TYPE, attachment.media_type, "a PDF"
        elif part.head == ZIP_MARK and claimed.startswith(_NO_ARCHIVES):
            yield Tolerance.ZIPPED, attachment.media_type, "a ZIP archive"
