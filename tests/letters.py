"""Letters to test with: small messages with known fields, and ways to compare and cut them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from docexchange.envelope import (
    Attachment,
    Business,
    Document,
    DocumentBuilder,
    Envelope,
    Organization,
    StatusCode,
    TraceHeader,
    status_of,
)
from docexchange.errors import DocExchangeError, LimitExceeded, MalformedEnvelope
from docexchange.identifiers import ContentId, MessageId, OrganId

if TYPE_CHECKING:
    from docexchange.envelope import Message, Status

AT: Final = datetime(2026, 3, 2, 2, 0, 0, tzinfo=UTC)
COMMUNE: Final = Organization(OrganId("000.21.31.H53"), "UBND xã An Thạnh")
GOVERNMENT_OFFICE: Final = Organization(OrganId("000.00.00.G22"), "Văn phòng Chính phủ")
HUB: Final = TraceHeader(OrganId("000.00.31.H53"), AT)
PDF: Final = Attachment.from_bytes(
    b"%PDF hello", name="quyết định.pdf", content_id=ContentId("209")
)
NAMESPACE: Final = b"http://www.mic.gov.vn/TBT/QCVN_102_2016"
OPEN: Final = b'<edXML:ContentTransferEncoded xmlns:edXML="' + NAMESPACE + b'">'
CLOSE: Final = b"</edXML:ContentTransferEncoded>"


def builder(**left_out: bool) -> DocumentBuilder:
    """A builder with everything a letter needs; ``subject=False`` leaves the subject out."""
    steps = {
        "message_id": (MessageId("m-1"),),
        "sender": (COMMUNE,),
        "to": (GOVERNMENT_OFFICE,),
        "code": ("12", "UBND-VX"),
        "promulgated": (date(2026, 3, 2),),
        "type": ("Công văn",),
        "subject": ("V/v báo cáo & <thử>",),
        "signer": ("Nguyễn Văn An",),
    }
    built = DocumentBuilder()
    for step, arguments in steps.items():
        if left_out.get(step, True):
            built = getattr(built, step)(*arguments)
    return built


def letter(*attachments: Attachment, **changes: Any) -> Document:
    """A small letter; ``changes`` are fields of ``Document``."""
    return replace(builder().build(), **({"attachments": attachments} | changes))


def status(code: StatusCode = StatusCode.ARRIVED) -> Status:
    """A status about ``letter()``."""
    return status_of(letter(), code, reporter=GOVERNMENT_OFFICE, at=AT)


def octets(envelope: Envelope) -> bytes:
    """The whole file."""
    return b"".join(envelope.chunks())


def written(message: Message) -> bytes:
    """The whole file of a message."""
    return octets(Envelope.of(message))


def plain() -> bytes:
    """The file of a letter with one attachment and a business element."""
    return written(letter(PDF, business=Business(reason="Văn bản điện tử mới")))


def changed(old: bytes, new: bytes, data: bytes | None = None) -> bytes:
    """The file of ``plain()`` with its only ``old`` exchanged."""
    data = plain() if data is None else data
    assert data.count(old) == 1, (data.count(old), old)
    return data.replace(old, new)


def with_content(element: bytes) -> bytes:
    """The file of ``plain()`` with another content element."""
    data = plain()
    return data[: data.index(OPEN)] + element + data[data.index(CLOSE) + len(CLOSE) :]


def plain_base64() -> bytes:
    """The base64 text in ``plain()``."""
    data = plain()
    return data[data.index(OPEN) + len(OPEN) : data.index(CLOSE)]


def archive(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive as Python writes it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as writer:
        for name, content in files:
            writer.writestr(name, content)
    return target.getvalue()


def refusal(data: bytes) -> DocExchangeError | None:
    """How the reader refuses ``data``; None when it reads it. Any other error passes through."""
    try:
        Envelope.from_bytes(data)
    except (MalformedEnvelope, LimitExceeded) as error:
        return error
    return None


def code_of(data: bytes) -> str:
    """The code of the refusal, or an empty string."""
    error = refusal(data)
    return error.code if error else ""


def content_of(message: Message) -> tuple[Message, list[tuple[object, ...]]]:
    """A message as a value: attachments by what they are instead of where they lie."""
    files = [
        (a.content_id, a.name, a.media_type, a.description, a.size, a.sha256, b"".join(a.chunks()))
        for a in message.attachments
    ]
    bare = replace(message, attachments=()) if isinstance(message, Document) else message
    return bare, files


class Trickle(io.RawIOBase):
    """A stream that answers with pieces of the given sizes, then with whatever is left.

    Args:
        data: all of its bytes.
        sizes: of its pieces, in bytes, one after another.
    """

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        super().__init__()
        self._left = data
        self._sizes = iter(sizes)

    def readable(self) -> bool:
        """True: this is an input."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next piece, at most ``size`` bytes."""
        most = len(self._left) if size < 0 else size
        count = min(next(self._sizes, most), most)
        piece, self._left = self._left[:count], self._left[count:]
        return piece
