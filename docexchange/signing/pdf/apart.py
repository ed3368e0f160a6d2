"""Have a PDF file read by a process of its own, with bounds on its time and memory.

A file that holds no ``ByteRange`` holds no signature; that is seen here, for the price of reading
it once, and no process is started.

>>> facts = facts_apart(source, limits)         # None: not signed
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from docexchange.errors import MissingExtra
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from docexchange._standby import Standby
    from docexchange.envelope.attachments.attachment import Source
    from docexchange.limits import Limits
    from docexchange.signing.pdf.facts import PdfFacts

__all__ = ["facts_apart", "is_pdf", "marks_in", "unreadable"]

_CHUNK: Final = 256 * 1024
_HEADER: Final = b"%PDF-"
_HEADER_WITHIN: Final = 1024  # as readers take it (ISO 32000-1, annex H, note 13)


def _name(text: str) -> bytes:
    """A pattern for a name of PDF; each character may be written as ``#`` and two digits."""
    return "".join(f"(?:{char}|#{ord(char):02x}|#{ord(char):02X})" for char in text).encode()


_MARK: Final = re.compile(b"/" + _name("ByteRange"))
_MARK_LENGTH: Final = 31  # with every character written in three


def is_pdf(source: Source) -> bool:
    """Whether a file begins as PDF files do."""
    with source.open() as stream:
        return _HEADER in _read(stream, _HEADER_WITHIN)


def marks_in(source: Source) -> int:
    """How many times a file says ``ByteRange``, as each signature must."""
    with source.open() as stream:
        return sum(1 for _ in _marks(stream))


def _marks(stream: BinaryIO) -> Iterator[None]:
    tail = b""
    while piece := stream.read(_CHUNK):
        window = tail + piece
        for match in _MARK.finditer(window):
            if match.end() > len(tail):
                yield
        tail = window[-_MARK_LENGTH:]


def facts_apart(source: Source, limits: Limits) -> PdfFacts:
    """Have a signed file read.

    Args:
        source: the file.
        limits: ``pdf_bytes``, ``pdf_memory_bytes``, ``pdf_seconds``, ``signatures``.

    Raises:
        MissingExtra: pyHanko is not installed.
        LimitExceeded: the file is too large.
        Refusal: it could not be read within the bounds.
    """
    import tempfile
    from importlib.util import find_spec

    if find_spec("pyhanko") is None:
        raise MissingExtra(
            "PDF signatures: expected the package pyhanko, found none",
            code="pdf.extra",
            advice="Install it: pip install 'docexchange[pdf]'.",
        )
    with tempfile.TemporaryFile(prefix="docexchange-") as copy, source.open() as stream:
        while piece := stream.read(_CHUNK):
            copy.write(piece)
            limits.hold("pdf_bytes", copy.tell())
        copy.seek(0)
        return _answer(copy, limits)


def _answer(copy: BinaryIO, limits: Limits) -> PdfFacts:
    from subprocess import SubprocessError

    from docexchange.signing.pdf.facts import PdfFacts

    bounds = (limits.pdf_memory_bytes, limits.pdf_seconds, limits.signatures)
    try:
        # The limit is on its own work; others may keep it from that for as long again.
        told = _reader().ask(copy.fileno(), bounds, seconds=2 * limits.pdf_seconds)
        facts = PdfFacts.from_json(told)
    except (OSError, SubprocessError, ValueError) as error:
        raise unreadable(
            f"a PDF file that is read in {limits.pdf_seconds} s and "
            f"{limits.pdf_memory_bytes} octets of memory (pdf_seconds, pdf_memory_bytes)",
            "one that takes more",
            "pdf.too-hard",
        ) from error
    if facts.refusal:
        raise unreadable("a PDF file that can be read", facts.reason, facts.refusal)
    return facts


@cache
def _reader() -> Standby:
    from docexchange._standby import Standby

    return Standby("docexchange.signing.pdf.reading")


def unreadable(expected: str, found: str, code: str) -> Refusal:
    """The refusal of a file that nobody here can look into."""
    return Refusal(
        SubIndication.SIGNED_DATA_NOT_FOUND,
        f"expected {expected}, found {found}",
        code=code,
        advice="Do not rely on signatures that a viewer shows in it; ask the sender for another.",
    )


def _read(stream: BinaryIO, most: int) -> bytes:
    data = b""
    while len(data) < most and (piece := stream.read(most - len(data))):
        data += piece
    return data
