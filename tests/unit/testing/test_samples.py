"""Sample PDF files: valid, repeatable, incompressible, and of any size in little memory."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docexchange.errors import UsageError
from docexchange.testing import run_measured, scan_pdf, text_pdf
from docexchange.testing._pdf import PdfWriter, text_string

_SCAN = (
    "import sys; from docexchange.testing import scan_pdf; "
    "scan_pdf(sys.argv[2], bytes_per_page=int(sys.argv[1]))"
)


def _scan(**arguments: object) -> bytes:
    stream = io.BytesIO()
    size = scan_pdf(stream, **arguments)
    assert size == len(stream.getvalue())
    return stream.getvalue()


def _check_table(pdf: bytes) -> None:
    """Every offset of the table points at the object whose number it has."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", pdf)[1])
    table = pdf[start:]
    count = int(re.match(rb"xref\n0 (\d+)\n0000000000 65535 f \n", table)[1])
    offsets = re.findall(rb"(\d{10}) 00000 n \n", table)
    assert len(offsets) == count - 1
    for number, offset in enumerate(offsets, start=1):
        assert pdf.startswith(f"{number} 0 obj\n".encode(), int(offset))


@given(pages=st.integers(1, 5), size=st.integers(1, 5_000), seed=st.integers())
def test_a_scan_of_any_shape_has_a_true_table(pages: int, size: int, seed: int) -> None:
    """Offsets are right, and a page's raster is smaller than asked by less than one row."""
    pdf = _scan(pages=pages, bytes_per_page=size, seed=seed)
    _check_table(pdf)
    assert pdf.count(b"/Subtype /Image") == pages
    width, height, length = map(
        int, re.search(rb"/Width (\d+) /Height (\d+).*?/Length (\d+)", pdf).groups()
    )
    assert width * height == length
    assert size - width < length <= size


@settings(max_examples=20)
@given(title=st.text(max_size=80), lines=st.lists(st.text(max_size=90), max_size=44))
def test_a_typed_page_takes_any_text(title: str, lines: list[str]) -> None:
    """Brackets, backslashes and any script leave the file sound."""
    _check_table(text_pdf(title, lines))


def test_the_same_seed_gives_the_same_scan_and_another_another() -> None:
    """A sample can be named by its arguments."""
    first = _scan(pages=2, bytes_per_page=10_000, seed=7)
    assert first == _scan(pages=2, bytes_per_page=10_000, seed=7)
    assert first != _scan(pages=2, bytes_per_page=10_000, seed=8)


def test_a_scan_cannot_be_compressed() -> None:
    """Neither within a page nor across pages: zipping saves less than 2 %."""
    pdf = _scan(pages=4, bytes_per_page=50_000)
    assert len(zlib.compress(pdf, 9)) > 0.98 * len(pdf)


def test_a_path_and_a_stream_get_the_same_bytes(tmp_path: Path) -> None:
    """A file name may carry diacritics."""
    path = tmp_path / "Quyết định số 12.pdf"
    size = scan_pdf(path, pages=1, bytes_per_page=1_000, title="Quyết định")
    assert path.read_bytes() == _scan(pages=1, bytes_per_page=1_000, title="Quyết định")
    assert path.stat().st_size == size


def test_a_scan_grows_without_growing_memory(tmp_path: Path) -> None:
    """200 MB in one page take no more memory than 2 MB, give or take 4 MB."""
    small, large = (
        run_measured(
            [sys.executable, "-c", _SCAN, str(size), tmp_path / "scan.pdf"],
            cwd=Path(__file__).parents[3],
        )
        for size in (2_000_000, 200_000_000)
    )
    assert (small.returncode, large.returncode) == (0, 0), large.stderr
    assert (tmp_path / "scan.pdf").stat().st_size > 199_000_000
    assert large.peak_bytes < small.peak_bytes + 4_000_000
    (tmp_path / "scan.pdf").unlink()


@pytest.mark.parametrize("wrong", [{"pages": 0}, {"bytes_per_page": 0}, {"pages": -1}])
def test_a_scan_of_nothing_is_refused_and_leaves_no_file(
    tmp_path: Path, wrong: dict[str, int]
) -> None:
    """No page and no byte are refused before a file is made."""
    with pytest.raises(UsageError, match="expected 1 or more"):
        scan_pdf(tmp_path / "scan.pdf", **wrong)
    assert list(tmp_path.iterdir()) == []


def test_a_scan_that_fails_half_way_leaves_no_file(tmp_path: Path) -> None:
    """When the disk takes no more, what was written is removed."""
    script = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)); {_SCAN}"
    done = run_measured(
        [sys.executable, "-c", script, "10000", tmp_path / "scan.pdf"],
        cwd=Path(__file__).parents[3],
    )
    assert b"OSError: [Errno 27] File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_device_that_fails_is_left_alone() -> None:
    """Only files are removed: ``/dev/full`` takes nothing, and stays."""
    with pytest.raises(OSError, match="No space left"):
        scan_pdf("/dev/full", bytes_per_page=1_000_000)
    assert Path("/dev/full").is_char_device()


def test_a_title_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Half a surrogate pair is found before anything is written."""
    with pytest.raises(UsageError, match="half a character"):
        scan_pdf(tmp_path / "scan.pdf", title="\ud800")
    with pytest.raises(UsageError, match="half a character"):
        text_pdf("\ud800", [])
    assert list(tmp_path.iterdir()) == []


def test_a_file_beyond_its_table_is_refused() -> None:
    """Offsets have ten digits; an object that would begin later is refused, not miswritten."""

    class Nowhere:
        """Takes bytes and forgets them."""

        def write(self, data: bytes, /) -> None:
            """Forget ``data``."""

    pdf = PdfWriter(Nowhere())
    pdf.written = 10_000_000_000
    with pytest.raises(UsageError, match="at most 9,999,999,999 bytes"):
        pdf.add(pdf.reserve(), "null")


@pytest.mark.parametrize(
    ("title", "lines", "found"),
    [("x", ["y"] * 45, "45 lines"), ("x", ["y" * 91], "of 91"), ("x" * 91, [], "of 91")],
)
def test_a_page_too_full_is_refused(title: str, lines: list[str], found: str) -> None:
    """Text that would fall off the page is refused, not cut."""
    with pytest.raises(UsageError, match=found):
        text_pdf(title, lines)


def test_a_text_string_is_marked_utf_16() -> None:
    """ISO 32000-1, 7.9.2.2: UTF-16BE after FE FF."""
    assert text_string("Đ") == "<feff0110>"


@pytest.mark.peer("pdfinfo")
def test_poppler_reads_title_and_pages(tmp_path: Path) -> None:
    """Pages, paper and a title with all its diacritics come back without a complaint."""
    scan_pdf(tmp_path / "a.pdf", pages=3, bytes_per_page=20_000, title="Quyết định số 12/QĐ-UBND")
    (tmp_path / "b.pdf").write_bytes(text_pdf("Công văn (mật) \\ 15", ["Kính gửi: …"]))
    for name, pages, title in (
        ("a", 3, "Quyết định số 12/QĐ-UBND"),
        ("b", 1, "Công văn (mật) \\ 15"),
    ):
        done = subprocess.run(
            ["pdfinfo", "-enc", "UTF-8", tmp_path / f"{name}.pdf"], capture_output=True, check=True
        )
        shown = done.stdout.decode()
        assert done.stderr == b""
        assert re.search(rf"^Pages: +{pages}$", shown, re.MULTILINE)
        assert re.search(rf"^Title: +{re.escape(title)}$", shown, re.MULTILINE)
        assert "(A4)" in shown


@pytest.mark.peer("pdftoppm", "pdftotext")
def test_poppler_draws_the_noise_and_reads_the_text(tmp_path: Path) -> None:
    """A scan is drawn in many greys; a typed page yields its text without diacritics."""
    scan_pdf(tmp_path / "a.pdf", bytes_per_page=20_000)
    (tmp_path / "b.pdf").write_bytes(text_pdf("Công văn", ["Đề nghị (gấp)", "", "Trân trọng"]))
    drawn = subprocess.run(
        ["pdftoppm", "-gray", "-r", "20", tmp_path / "a.pdf"], capture_output=True, check=True
    )
    assert drawn.stderr == b""
    assert len(set(drawn.stdout)) > 50
    read = subprocess.run(
        ["pdftotext", tmp_path / "b.pdf", "-"], capture_output=True, check=True, text=True
    )
    assert read.stdout.split() == ["Cong", "van", "De", "nghi", "(gap)", "Tran", "trong"]
