"""Base64 in pieces equals base64 as a whole, and nothing but base64 passes."""

from __future__ import annotations

import base64
import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import Trickle

from docexchange.envelope.attachments.base64_stream import (
    CHUNK,
    Base64Decoder,
    Base64Reader,
    decode,
    decode_spaced,
    encode,
    encoded_chunks,
    encoded_length,
)
from docexchange.errors import MalformedEnvelope

WHITE = st.text(" \t\r\n", max_size=3).map(str.encode)


def decoded(pieces: list[bytes]) -> bytes:
    """What the decoder makes of text in pieces."""
    decoder = Base64Decoder()
    octets = b"".join([decoder.feed(piece) for piece in pieces])
    decoder.finish()
    return octets


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """``data`` cut at some places."""
    marks = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in pairwise(marks)]


@given(st.binary(max_size=200), st.data(), st.lists(st.integers(0, 1000), max_size=20))
def test_white_space_and_pieces_change_nothing(
    octets: bytes, data: st.DataObject, places: list[int]
):
    """Text with white space anywhere, in any pieces, decodes to the same octets."""
    text = b"".join(data.draw(WHITE) + bytes([character]) for character in base64.b64encode(octets))
    assert decoded(cut(text + data.draw(WHITE), places)) == octets


@given(st.text("AB=+ \n-", max_size=16).map(str.encode), st.lists(st.integers(0, 99), max_size=9))
def test_pieces_do_not_decide_what_is_base64(text: bytes, places: list[int]):
    """Whether text is base64 is the same question in any pieces."""

    def outcome(pieces: list[bytes]) -> bytes | None:
        try:
            return decoded(pieces)
        except MalformedEnvelope:
            return None

    assert outcome(cut(text, places)) == outcome([text])


@given(st.text("AB=+ \n-<", max_size=16).map(str.encode), st.lists(st.integers(0, 99), max_size=9))
def test_the_quick_way_decodes_the_same_or_takes_nothing(text: bytes, places: list[int]):
    """Pieces of nothing but base64 may be taken so; the others are left alone."""

    def either(pieces: list[bytes]) -> bytes | None:
        decoder = Base64Decoder()
        try:
            octets = [
                decoder.feed(piece) if (quick := decoder.feed_pure(piece)) is None else quick
                for piece in pieces
            ]
            decoder.finish()
        except MalformedEnvelope:
            return None
        return b"".join(octets)

    def usual() -> bytes | None:
        try:
            return decoded([text])
        except MalformedEnvelope:
            return None

    assert either(cut(text, places)) == usual()


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize(
    "text",
    [b"AA==AAAA", b"AAA=AAAA", b"AA==A", b"AA==\n\nAAAA", b"AA=\n=A", b"AA== AA==", b"AAAAAA==\n="],
)
def test_nothing_follows_the_padding_in_any_piece(text: bytes, size: int):
    """Text behind the padding is refused wherever the pieces end."""
    with pytest.raises(MalformedEnvelope, match="base64"):
        decoded([text[at : at + size] for at in range(0, len(text), size)])


@given(st.text("AB=", max_size=12).map(str.encode))
def test_the_standard_library_agrees(text: bytes):
    """What Python's own strict decoder refuses is refused, what it takes decodes alike."""
    try:
        expected = base64.b64decode(text, validate=True)
        strict = len(text) % 4 == 0 and b"=" not in text.rstrip(b"=") and text.count(b"=") < 3
    except ValueError:
        strict = False
    if strict:
        assert decoded([text]) == expected
    else:
        with pytest.raises(MalformedEnvelope):
            decoded([text])


@pytest.mark.parametrize(
    "text",
    [b"A", b"AA", b"AAA", b"AA=", b"=", b"====", b"AAAA====", b"A===", b"AA==AA==", b"AA=A",
     b"AA==A", b"AA-_", b"AAA\0", b"AAA\x0b", b"AAA\xa0", b"&#65;AA", b'">AA'],
)  # fmt: skip
def test_what_is_not_base64_is_refused(text: bytes):
    """Bad padding, other alphabets and any other character are refused under one code."""
    with pytest.raises(MalformedEnvelope, match="base64") as refused:
        decoded([text])
    assert refused.value.code == "envelope.attachment-base64"


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
@pytest.mark.parametrize("least", [0, 1, 2, 3])
def test_chunk_boundaries_do_not_show(size: int, least: int):
    """Octets whose text ends around a chunk boundary are encoded and read back the same."""
    octets = bytes(size // 4 * 3 + least)
    pairs = list(encoded_chunks(io.BytesIO(octets)))
    text = b"".join(encoded for _, encoded in pairs)
    assert text == base64.b64encode(octets)
    assert b"".join(raw for raw, _ in pairs) == octets
    assert len(text) == encoded_length(len(octets))
    with Base64Reader(io.BytesIO(b"<" + text + b">"), 1, len(text)) as reader:
        assert reader.read() == octets


@given(st.binary(max_size=60), st.lists(st.integers(1, 5), max_size=60))
def test_a_stream_that_answers_with_little_is_encoded_the_same(octets: bytes, sizes: list[int]):
    """Short reads, as pipes give them, do not break groups of three octets apart."""
    text = b"".join(encoded for _, encoded in encoded_chunks(Trickle(octets, sizes)))
    assert text == base64.b64encode(octets)


@given(st.binary(max_size=50), st.integers(1, 7))
def test_the_reader_fills_buffers_of_any_size(octets: bytes, size: int):
    """However little is asked for at a time, the reader gives all octets in order."""
    text = base64.encodebytes(octets)
    with Base64Reader(io.BytesIO(text), 0, len(text)) as reader:
        pieces = []
        while piece := reader.read(size):
            pieces.append(piece)
    assert b"".join(pieces) == octets


def test_the_reader_closes_the_file_behind_it():
    """Closing the reader, even twice, closes its source."""
    source = io.BytesIO(b"AAAA")
    reader = Base64Reader(source, 0, 4)
    reader.close()
    reader.close()
    assert source.closed


def test_a_source_that_ends_early_is_told():
    """A span that goes beyond the end of its file is an error, not a short attachment."""
    with (
        Base64Reader(io.BytesIO(b"AAAA"), 0, 8) as reader,
        pytest.raises(MalformedEnvelope, match="end of the file"),
    ):
        reader.read()


def test_a_span_that_ends_in_a_group_is_told():
    """A span cut in the middle of four characters is an error."""
    with (
        Base64Reader(io.BytesIO(b"AAAAAA"), 0, 6) as reader,
        pytest.raises(MalformedEnvelope, match="group of four"),
    ):
        reader.read()


@given(st.binary(max_size=200))
def test_a_short_value_comes_back(octets: bytes):
    """It is written as the standard library writes it, and read back the same."""
    assert encode(octets) == base64.b64encode(octets).decode()
    assert decode(encode(octets)) == octets


@pytest.mark.parametrize(
    "text", ["A", "AAA", "A===", "AAAA=", "AA==AA==", "AA=A", "AA-_", "AA AA", "ÀÀÀÀ", "AAA\0"]
)
def test_a_short_value_that_is_not_base64_is_refused(text: str):
    """Surplus padding and white space included, which other decoders pass over."""
    with pytest.raises(ValueError, match=r".+"):
        decode(text)


@pytest.mark.parametrize("space", [" ", "\n", "\r\n\t"])
def test_a_short_value_may_be_broken_into_lines(space: str):
    """By the white space of XML; another kind of space is none, though Python takes it for one."""
    assert decode_spaced(f"{space}AQ{space}ID{space}") == b"\1\2\3"
    for other in ("AQ\xa0ID", "AQ\u2028ID", "AQ-ID", "AQ=ID"):
        with pytest.raises(ValueError, match=r".+"):
            decode_spaced(other)
