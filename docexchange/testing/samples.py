"""What letters consist of when nobody has one to lend: PDF files, small or of any size.

`scan_pdf` makes what a scanner makes, pages of grey noise that no compression shrinks, without
holding more than a chunk of it. `text_pdf` makes one typed page. The same arguments give the same
bytes.

    from docexchange.testing import scan_pdf, text_pdf

    size = scan_pdf("Quyết định 12.pdf", pages=3, bytes_per_page=1_000_000, seed=1)
    letter = text_pdf("Công văn 15", ["Kính gửi: UBND tỉnh Tây Ninh"])
"""

from __future__ import annotations

import hashlib
import io
import math
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from docexchange.errors import UsageError
from docexchange.testing._pdf import PdfWriter, Sink, text_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["scan_pdf", "text_pdf"]

_A4: Final = (595, 842)  # points
_A4_RATIO: Final = math.sqrt(2)
_CHUNK: Final = 256 * 1024
_LINES: Final = 44
_COLUMNS: Final = 90
_FONT: Final = "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"
_NO_MARKS: Final = str.maketrans("đĐ", "dD")


def scan_pdf(
    target: str | Path | Sink,
    *,
    pages: int = 1,
    bytes_per_page: int = 1_000_000,
    title: str = "Bản quét",
    seed: int = 0,
) -> int:
    """Write a PDF of grey noise, like a scan, of any size in little memory.

    Args:
        target: a path, or a stream to write to. A file that cannot be finished is removed.
        pages: how many, at least 1.
        bytes_per_page: size of each page's raster in bytes, at least 1; the raster fills A4, so it
            may come out smaller by a part of one row.
        title: of the document, any language.
        seed: decides the noise.

    Returns:
        The size of the file in bytes; a little over ``pages * bytes_per_page``.

    Raises:
        UsageError: no page, an empty page, a title that is no text, or more than 10 GB.
        OSError: the system would not let us write.
    """
    _check_positive(pages, "pages")
    _check_positive(bytes_per_page, "bytes_per_page")
    _check_title(title)
    if not isinstance(target, str | Path):
        return _write_scan(target, pages, bytes_per_page, title, seed)
    path = Path(target)
    try:
        with path.open("wb") as stream:
            return _write_scan(stream, pages, bytes_per_page, title, seed)
    except BaseException:
        if path.is_file():  # and not /dev/stdout
            path.unlink()
        raise


def text_pdf(title: str, lines: Sequence[str]) -> bytes:
    """Make a PDF of one typed page.

    Args:
        title: stands above the text, and with its diacritics in the properties of the file.
        lines: at most 44 lines of at most 90 characters; on the page they lose their diacritics,
            and what is still not ASCII becomes a question mark.

    Raises:
        UsageError: more text than the page holds, or a title that is no text.
    """
    _check_title(title)
    _check_fits(title, lines)
    stream = io.BytesIO()
    pdf = PdfWriter(stream)
    text = _typed([title, "", *lines])
    page, parent, font = pdf.reserve(), pdf.reserve(), pdf.reserve()
    _add_page(pdf, page, parent, f"/Font << /F {font} 0 R >>", text)
    pdf.add(font, _FONT)
    _finish(pdf, parent, [page], title)
    return stream.getvalue()


def _write_scan(sink: Sink, pages: int, bytes_per_page: int, title: str, seed: int) -> int:
    pdf = PdfWriter(sink)
    parent = pdf.reserve()
    numbers = [pdf.reserve() for _ in range(pages)]
    for index, page in enumerate(numbers):
        image = _add_raster(pdf, bytes_per_page, seed=f"{seed} {index}")
        placed = f"q {_A4[0]} 0 0 {_A4[1]} 0 0 cm /I Do Q".encode("ascii")
        _add_page(pdf, page, parent, f"/XObject << /I {image} 0 R >>", placed)
    return _finish(pdf, parent, numbers, title)


def _add_raster(pdf: PdfWriter, size: int, *, seed: str) -> int:
    width = max(1, math.isqrt(int(size / _A4_RATIO)))
    height = size // width
    number = pdf.reserve()
    entries = (
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} "
        "/ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    pdf.add_stream(number, entries, width * height, _noise(width * height, seed=seed))
    return number


def _add_page(pdf: PdfWriter, page: int, parent: int, resources: str, content: bytes) -> None:
    stream = pdf.reserve()
    pdf.add_stream(stream, "", len(content), [content])
    pdf.add(
        page,
        f"<< /Type /Page /Parent {parent} 0 R /MediaBox [0 0 {_A4[0]} {_A4[1]}] "
        f"/Resources << {resources} >> /Contents {stream} 0 R >>",
    )


def _finish(pdf: PdfWriter, parent: int, pages: Sequence[int], title: str) -> int:
    kids = " ".join(f"{page} 0 R" for page in pages)
    pdf.add(parent, f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>")
    catalog, info = pdf.reserve(), pdf.reserve()
    pdf.add(catalog, f"<< /Type /Catalog /Pages {parent} 0 R >>")
    pdf.add(info, f"<< /Title {text_string(title)} /Producer {text_string('docexchange')} >>")
    return pdf.finish(catalog=catalog, info=info)


def _noise(size: int, *, seed: str) -> Iterator[bytes]:
    """Yield ``size`` bytes that look random: a key stream runs at memory speed."""
    key = hashlib.sha256(seed.encode()).digest()
    stream = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    zeros = bytes(_CHUNK)
    for start in range(0, size, _CHUNK):
        yield stream.update(zeros[: min(_CHUNK, size - start)])


def _typed(lines: Sequence[str]) -> bytes:
    shown = " ".join(f"({_plain(line)}) '" for line in lines)
    return f"BT /F 9 Tf 16 TL 54 800 Td {shown} ET".encode("ascii")


def _plain(line: str) -> str:
    bare = unicodedata.normalize("NFD", line.translate(_NO_MARKS))
    kept = "".join(mark for mark in bare if not unicodedata.combining(mark))
    ascii_only = kept.encode("ascii", "replace").decode("ascii")
    return ascii_only.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _check_positive(value: int, what: str) -> None:
    if value < 1:
        raise UsageError(f"{what}: expected 1 or more, found {value}", code="testing.sample")


def _check_title(title: str) -> None:
    try:
        title.encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            f"title: expected text, found half a character: {error}", code="testing.sample"
        ) from error


def _check_fits(title: str, lines: Sequence[str]) -> None:
    longest = max(map(len, (title, *lines)))
    if len(lines) > _LINES or longest > _COLUMNS:
        raise UsageError(
            f"text_pdf: expected at most {_LINES} lines of at most {_COLUMNS} characters, "
            f"found {len(lines)} lines, the longest of {longest}",
            code="testing.sample",
            advice="Shorten the text, or use scan_pdf for large files.",
        )
