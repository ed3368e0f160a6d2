"""Attachments know name, size and digest, and hold their octets to them."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import octets, plain

from docexchange.envelope import Attachment, Envelope
from docexchange.envelope.attachments.attachment import (
    BytesSource,
    FileSource,
    SpanSource,
    name_problem,
)
from docexchange.errors import InputNotFound, InvalidField, MalformedEnvelope
from docexchange.identifiers import ContentId


@given(st.binary(max_size=200))
def test_size_and_digest_are_those_of_the_octets(data: bytes):
    """An attachment measures what it is made of."""
    made = Attachment.from_bytes(data, name="a.bin")
    assert (made.size, made.sha256) == (len(data), hashlib.sha256(data).digest())
    assert b"".join(made.chunks()) == data


def test_a_file_and_its_octets_make_the_same_attachment(tmp_path: Path):
    """From a path or from memory, only the source differs."""
    path = tmp_path / "báo cáo.pdf"
    path.write_bytes(b"text")
    one = Attachment.from_path(path)
    two = Attachment.from_bytes(b"text", name="báo cáo.pdf")
    assert (one.content_id, one.media_type, one.sha256) == (
        two.content_id,
        "application/pdf",
        two.sha256,
    )
    assert one.source == FileSource(path)


def test_one_file_under_two_names_is_two_attachments():
    """The derived content id depends on name and octets, and on nothing else."""
    first = Attachment.from_bytes(b"x", name="a.bin")
    again = Attachment.from_bytes(b"x", name="a.bin", description="other")
    other = Attachment.from_bytes(b"x", name="b.bin")
    assert first.content_id == again.content_id != other.content_id


def test_what_the_caller_says_goes_before_guesses():
    """Name, type and content id given by the caller are used as they are."""
    made = Attachment.from_bytes(
        b"", name="a.pdf", media_type="text/plain", content_id=ContentId("209")
    )
    assert (made.media_type, made.content_id.uri) == ("text/plain", "cid:209")


def test_an_unknown_type_is_octets():
    """A name that says nothing about the type gives the general one."""
    assert Attachment.from_bytes(b"", name="a").media_type == "application/octet-stream"


@pytest.mark.parametrize("name", ["", ".", "nothing.pdf", "a\0b"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str):
    """A folder, a missing file and an impossible name are all our own error."""
    with pytest.raises(InputNotFound, match=r"attachment x\.pdf"):
        Attachment.from_path(f"{tmp_path}/{name}", name="x.pdf")


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", "../a.pdf", "a/b", "a\\b", "C:a", "a\nb", "a\0", "a\u202efdp.exe",
     "a\u200bb", "\ufeffa", "a ", " a", "a.", ".a", "a\u2028b", "\ud800", "a|b", "é" * 128],
)  # fmt: skip
def test_names_that_must_not_travel_are_refused(name: str):
    """Folders, drives, invisible characters, turned writing and endless names are refused."""
    assert name_problem(name)
    with pytest.raises(InvalidField, match="plain file name"):
        Attachment.from_bytes(b"", name=name)


@pytest.mark.parametrize("name", ["quyết định.pdf", "15 QĐ-BNV (bản ký).pdf", "a", "é" * 127])
def test_plain_names_pass(name: str):
    """Vietnamese names, spaces inside and 255 bytes are no problem."""
    assert not name_problem(name)


@given(st.text())
def test_a_name_that_passes_stays_in_its_folder(name: str):
    """Whatever passes as a name denotes a file right inside the folder it is put into."""
    if not name_problem(name):
        path = Path("/folder") / name
        assert path.parent == Path("/folder")
        assert path.name == name


def test_a_changed_file_is_told_at_the_end(tmp_path: Path):
    """Reading an attachment whose file changed fails and shows both digests."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"one")
    made = Attachment.from_path(path)
    path.write_bytes(b"two")
    with pytest.raises(MalformedEnvelope, match=hashlib.sha256(b"two").hexdigest()) as refused:
        list(made.chunks())
    assert refused.value.code == "envelope.attachment-changed"


def test_other_digests_are_computed_from_checked_octets(tmp_path: Path):
    """A digest of another algorithm is computed, and not for octets that changed."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"one")
    made = Attachment.from_path(path)
    assert made.digest("sha512") == hashlib.sha512(b"one").digest()
    assert made.digest("sha256") == hashlib.sha256(b"one").digest()
    path.write_bytes(b"two")
    with pytest.raises(MalformedEnvelope):
        made.digest("sha512")


def test_a_file_opens_with_a_buffer(tmp_path: Path):
    """Whoever reads an attachment line by line does not ask the system for every byte."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"one\ntwo\n")
    with Attachment.from_path(path).open() as stream:
        assert isinstance(stream, io.BufferedReader)
        assert list(stream) == [b"one\n", b"two\n"]
    assert stream.raw.closed


def test_a_span_opens_as_a_stream():
    """An attachment inside an envelope reads like a file, in any portions."""
    received = Envelope.from_bytes(plain()).message.attachments[0]
    assert isinstance(received.source, SpanSource)
    with received.open() as stream:
        assert (stream.read(4), stream.read(), stream.read()) == (b"%PDF", b" hello", b"")


def test_a_span_gives_its_text_unchanged():
    """The base64 text of a span is handed out byte for byte."""
    source = SpanSource(BytesSource(b"<QUJD\nREVG>"), 1, 9)
    assert b"".join(source.text_chunks()) == b"QUJD\nREVG"


def test_a_span_beyond_its_file_is_told():
    """Text that the file no longer holds is an error, not silence."""
    with pytest.raises(MalformedEnvelope, match="expected 5 more bytes"):
        list(SpanSource(BytesSource(b"QUJD"), 0, 9).text_chunks())


def test_an_attachment_goes_from_letter_to_letter():
    """An attachment of a received letter can be attached to a new one."""
    received = Envelope.from_bytes(plain()).message.attachments[0]
    copied = Attachment.from_bytes(b"".join(received.chunks()), name=received.name)
    assert copied.sha256 == received.sha256
    assert b"%PDF" not in octets(Envelope.from_bytes(plain()))
