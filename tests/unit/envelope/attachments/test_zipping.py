"""A file packed as it is read: equal files give equal archives that every program can open."""

from __future__ import annotations

import io
import random
import tracemalloc
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

import pytest
from archives import archive
from hypothesis import given
from hypothesis import strategies as st
from letters import letter, written

from docexchange.envelope import Attachment, Envelope
from docexchange.envelope.attachments.streams import PieceReader
from docexchange.envelope.attachments.zipping import LARGEST, entry_name
from docexchange.errors import DocExchangeError, InvalidField, MalformedEnvelope

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = random.Random(0).randbytes(1_000_000)
REPORT = b"%PDF-1.4 " + b"line of a report\n" * 400


@dataclass(frozen=True)
class Large:
    """Many octets that are nowhere: each megabyte alike, none compressible."""

    megabytes: int

    def open(self) -> BinaryIO:
        """Open it."""
        return io.BufferedReader(PieceReader([MEGABYTE] * self.megabytes))


def attached(octets: bytes = REPORT, name: str = "báo cáo.pdf") -> Attachment:
    """A file."""
    return Attachment.from_bytes(octets, name=name, description="Quý I")


def octets_of(attachment: Attachment) -> bytes:
    """What is carried."""
    return b"".join(attachment.chunks())


@given(st.binary(max_size=300_000), st.sampled_from(["a.pdf", "báo cáo.PDF", "a", "a.tar.gz"]))
def test_what_is_packed_comes_out_again(octets: bytes, name: str) -> None:
    """Written, read and inflated, octets, name and description are those of the file."""
    plain = attached(octets, name)
    letter_read = Envelope.from_bytes(written(letter(plain.zipped())))
    assert letter_read.findings == ()
    (carried,) = letter_read.message.attachments
    inner = carried.inflated()
    assert carried.is_zipped
    assert carried.media_type == "application/zip"
    assert octets_of(inner) == octets
    same = ("name", "description", "media_type", "size", "sha256", "content_id")
    assert [getattr(inner, field) for field in same] == [getattr(plain, field) for field in same]


@given(st.binary(max_size=3000))
def test_other_programs_open_it(octets: bytes) -> None:
    """Python's zipfile finds one entry, sound, under a UUID with the extension of the file."""
    with zipfile.ZipFile(io.BytesIO(octets_of(attached(octets).zipped()))) as opened:
        (entry,) = opened.infolist()
        assert opened.testzip() is None
        assert opened.read(entry) == octets
    assert entry.filename == entry_name("x.pdf", attached(octets).sha256)
    assert entry.filename.endswith(".pdf")
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_equal_files_give_equal_archives(tmp_path: Path) -> None:
    """The same octets under the same name, from a file or from memory, today or tomorrow."""
    path = tmp_path / "báo cáo.pdf"
    path.write_bytes(REPORT)
    one, other = attached().zipped(), Attachment.from_path(path).zipped()
    assert octets_of(one) == octets_of(other) == octets_of(one)
    assert entry_name("a.pdf", one.sha256) != entry_name("a.pdf", attached().sha256)


def test_the_extension_decides_whether_it_is_a_file_in_its_own_archive() -> None:
    """Archives meant as such, office files and files that are none are not taken for one."""
    assert attached().zipped().is_zipped
    assert attached(archive(("a.PDF", b""), ("b", b"")), "x.pdf").is_zipped
    assert not attached().is_zipped
    assert not attached(b"").is_zipped
    assert not attached(archive(("a.pdf", REPORT)), "tệp.zip").is_zipped
    assert not attached(archive(("[Content_Types].xml", b"")), "a.docx").is_zipped
    assert attached(octets_of(attached().zipped()), "a.zip").zipped().is_zipped


@pytest.mark.parametrize(
    ("carried", "inside", "name"),
    [
        ("quyết định.pdf", "3f.pdf", "quyết định.pdf"),
        ("quyết định.pdf", "3f.exe", "3f.exe"),
        ("quyết định.pdf", "../../etc/3f.PDF", "quyết định.pdf"),
        ("quyết định", "a.pdf", "a.pdf"),
        ("quyết định.zip", "a.pdf", "a.pdf"),
    ],
)
def test_the_name_is_the_one_in_the_manifest_where_the_kind_is_the_same(
    carried: str, inside: str, name: str
) -> None:
    """The manifest names the file; an archive with another kind of file does not hide it."""
    assert attached(archive((inside, REPORT)), carried).inflated().name == name


@pytest.mark.parametrize("inside", ["..", "a\u202efdp.exe", "folder/", "a\0.exe"])
def test_a_deceiving_name_inside_is_refused(inside: str) -> None:
    """A name that is not fit for a file is not made fit."""
    octets = archive(("aaaa.exe", REPORT)).replace(b"aaaa.exe", inside.encode()[:8].ljust(8, b"/"))
    packed = archive((inside, REPORT)) if "\0" not in inside else octets
    with pytest.raises(MalformedEnvelope) as refused:
        attached(packed).inflated()
    assert refused.value.code == "envelope.attachment-archive"


def test_what_shrinks_like_a_bomb_is_packed_uncompressed() -> None:
    """Our own reader opens what we pack, even a scan of nothing but white."""
    white = attached(b"\0" * 5_000_000)
    packed = white.zipped()
    assert packed.size > white.size
    assert octets_of(packed.inflated()) == b"\0" * 5_000_000


def test_a_file_that_changes_meanwhile_is_found(tmp_path: Path) -> None:
    """What is written is what was measured, or nothing."""
    path = tmp_path / "a.pdf"
    path.write_bytes(REPORT)
    packed = Attachment.from_path(path).zipped()
    path.write_bytes(REPORT[:-1] + b"?")
    with pytest.raises(MalformedEnvelope) as refused:
        octets_of(packed)
    assert refused.value.code == "envelope.attachment-changed"
    path.unlink()
    with pytest.raises(DocExchangeError):
        packed.open()


def test_what_no_archive_can_hold_is_refused() -> None:
    """Above 4 GB an archive needs extensions that many readers lack."""
    with pytest.raises(InvalidField) as refused:
        replace(attached(), size=LARGEST + 1).zipped()
    assert refused.value.code == "R.AttachmentEncoded.Attachment"


def test_memory_does_not_grow_with_the_file() -> None:
    """Twenty megabytes are packed and opened again in less than two."""
    large = replace(attached(), source=Large(20), size=20_000_000)
    tracemalloc.start()
    try:
        packed = large.zipped()
        assert packed.inflated().size == 20_000_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
