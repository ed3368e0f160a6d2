"""An archive of one file gives that file, if no program could find another one in it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import replace

import pytest
from archives import archive, streamed
from hypothesis import given
from hypothesis import strategies as st

from docexchange.envelope import Attachment
from docexchange.errors import DocExchangeError, LimitExceeded, MalformedEnvelope
from docexchange.limits import Limits

TEXT = b"%PDF-1.4 " + b"one line of a letter\n" * 50


def attached(octets: bytes) -> Attachment:
    """An attachment with these octets."""
    return Attachment.from_bytes(octets, name="a.pdf", media_type="application/pdf")


def code_of(octets: bytes, limits: Limits | None = None) -> str:
    """How the archive is refused."""
    with pytest.raises((MalformedEnvelope, LimitExceeded)) as refused:
        attached(octets).inflated(limits)
    return refused.value.code


@pytest.mark.parametrize(
    "octets",
    [
        archive(("x.txt", TEXT)),
        archive(("x.txt", TEXT), method=zipfile.ZIP_STORED),
        archive(("folder/../../x.txt", TEXT)),
        archive(("c:\\folder\\x.txt", TEXT)),
        streamed("x.txt", TEXT),
    ],
)
def test_the_file_inside_is_given(octets: bytes):
    """Name without folders, size, digest and octets are those of the file inside."""
    carried = attached(octets)
    inner = carried.inflated()
    assert (inner.name, inner.media_type, inner.size) == ("x.txt", "text/plain", len(TEXT))
    assert b"".join(inner.chunks()) == TEXT
    with inner.open() as stream:
        assert stream.read() == TEXT
    assert (carried.size, b"".join(carried.chunks())) == (len(octets), octets)


@given(st.binary(max_size=3000), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_any_octets_come_out_as_they_went_in(octets: bytes, method: int):
    """Whatever was packed is what is read."""
    packed = archive(("x.bin", octets), method=method)
    assert b"".join(attached(packed).inflated().chunks()) == octets


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"%PDF-1.4 no archive, but long enough to have a head",
        archive(),
        archive(("a", TEXT), ("b", TEXT)),
        archive(("a", TEXT)) + b"\0",
        b"\0" + archive(("a", TEXT)),
        archive(("a", TEXT)) + archive(("b", TEXT)),
        archive(("a", TEXT)).replace(b"PK\x01\x02", b"PK\x01\x03"),
        archive(("..", TEXT)),
        archive(("folder/", b"")),
        archive(("a\u202efdp.exe", TEXT)),
        archive(("c:x.txt", TEXT)),
        archive(("a_b.txt", TEXT)).replace(b"a_b", b"a\0b"),
        archive(("a_b.txt", TEXT)).replace(b"a_b", b"a\x1bb"),
        archive(("a" * 5000, TEXT)),
    ],
)
def test_anything_but_one_file_is_refused(octets: bytes):
    """Several files, none, something around them, or a name that deceives."""
    assert code_of(octets) == "envelope.attachment-archive"


def test_two_names_or_two_checksums_are_refused():
    """What stands at the file must stand in the directory too."""
    octets = archive(("a.pdf", TEXT))
    assert code_of(octets.replace(b"a.pdf", b"b.pdf", 1)) == "envelope.attachment-archive"
    checksum = struct.pack("<L", zlib.crc32(TEXT))
    at = octets.rindex(checksum)
    assert code_of(octets[:at] + b"\1\1\1\1" + octets[at + 4 :]) == "envelope.attachment-archive"


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_flipped_octet_goes_unseen(place: int, bits: int):
    """After any change the archive is refused, or gives what it gave before."""
    octets = bytearray(streamed("x.pdf", TEXT))
    octets[place % len(octets)] ^= bits
    try:
        inner = attached(bytes(octets)).inflated()
    except DocExchangeError:
        return
    assert b"".join(inner.chunks()) == TEXT


@pytest.mark.parametrize("cut", range(1, 120, 7))
def test_a_cut_archive_is_refused(cut: int):
    """An archive that ends too early is refused."""
    assert code_of(archive(("x", TEXT))[:-cut]) == "envelope.attachment-archive"


def test_bombs_are_refused_by_size_and_by_ratio():
    """What grows too large, or too much, is given up on."""
    bomb = archive(("x", b"\0" * 5_000_000))
    assert code_of(bomb) == "limit.inflation-ratio"
    limits = replace(Limits(), inflated_bytes=100_000, inflation_ratio=2000)
    assert code_of(bomb, limits) == "limit.inflated-bytes"
    assert attached(bomb).inflated(replace(Limits(), inflation_ratio=2000)).size == 5_000_000


def test_an_archive_in_an_archive_is_a_file_like_any_other():
    """One layer is opened and no more, so that archives of archives do not multiply."""
    inner = archive(("bomb", b"\0" * 1_000_000))
    for _ in range(5):
        inner = archive(("a.zip", inner))
    opened = attached(inner).inflated()
    assert (opened.name, opened.size < 3000) == ("a.zip", True)
    assert b"".join(opened.chunks()).startswith(b"PK\x03\x04")


@pytest.mark.parametrize("told", [0, 1, len(TEXT) - 1, len(TEXT) + 1, 2**32 - 1])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_sizes_that_are_only_told_are_not_believed(told: int, method: int):
    """An archive that says another size than it has, at the file and in its directory, is none."""
    octets = archive(("x.pdf", TEXT), method=method)
    size = struct.pack("<L", len(TEXT))
    assert octets.count(size) >= 2
    lying = octets.replace(size, struct.pack("<L", told))
    assert code_of(lying) == "envelope.attachment-archive"
