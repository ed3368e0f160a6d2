"""What the octets of attachments show about their form: base64, emptiness, first bytes.

Each kind is told once per file, about the first attachment that shows it.

>>> note_octets(owners, parts, contents)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.base64_stream import encoded_length
from docexchange.envelope.reading.tolerances import Tolerance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.envelope.reading.parts import Part
    from docexchange.envelope.reading.values import Values

__all__ = ["PDF_MARK", "ZIP_MARK", "note_octets"]

PDF_MARK: Final = b"%PDF"
"""How a PDF begins."""
ZIP_MARK: Final = b"PK\x03\x04"
"""How a ZIP archive begins, and office files, which are such archives."""
_UNSAID: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_NO_ARCHIVES: Final = ("application/pdf", "image/", "text/", "audio/", "video/")
_FITTING: Final = "a ContentType that fits the octets"


def note_octets(
    owners: Sequence[Values],
    parts: Sequence[Part],
    contents: Sequence[Attachment | None],
) -> None:
    """Note what is unusual about the octets, each kind once.

    Args:
        owners: the ``Attachment`` elements, in document order.
        parts: what was cut out of each.
        contents: the attachment of each; None for one that the manifest does not list.
    """
    told: set[Tolerance] = set()
    for owner, part, attachment in zip(owners, parts, contents, strict=True):
        for tolerance, expected, found in _odd(part, attachment):
            if tolerance not in told:
                told.add(tolerance)
                owner.tolerate(tolerance, expected=expected, found=found)


def _odd(part: Part, attachment: Attachment | None) -> Iterator[tuple[Tolerance, str, str]]:
    if part.self_closed:
        yield Tolerance.SELF_CLOSED, "octets", "an empty tag"
    elif part.length != encoded_length(part.size):
        yield Tolerance.BASE64, "base64 on one line", "white space in it"
    if attachment is not None:
        claimed = attachment.media_type.lower()
        if part.head == PDF_MARK and claimed not in _UNSAID and claimed != "application/pdf":
            yield Tolerance.CONTENT_TYPE, _FITTING, f"a PDF called {attachment.media_type}"
        elif part.head == ZIP_MARK and claimed.startswith(_NO_ARCHIVES):
            yield Tolerance.ZIPPED, _FITTING, f"a ZIP archive called {attachment.media_type}"
