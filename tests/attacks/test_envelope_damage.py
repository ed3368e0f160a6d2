"""Damaged letters and plain noise: an envelope or one of two errors, nothing else."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from letters import CLOSE, HUB, OPEN, code_of, content_of, octets, plain, refusal, status, written

from docexchange.envelope import Envelope
from docexchange.errors import LimitExceeded, MalformedEnvelope, UnreadableInput

LETTER: Final = plain()
STATUS: Final = written(status())
SNIPPETS: Final = (
    OPEN, CLOSE, b"<ContentTransferEncoded>", b"</ContentTransferEncoded>", b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"<?x", b"?>", b"<!DOCTYPE a>", b"&#0;", b"&lt;", b"\0", b"\xff",
    b"\xef\xbb\xbf", b"<", b">", b"/>", b'"', b"=", b"AAAA", b"0", b"1",
    b"<edXML:Subject>", b"</edXML:Subject>",
    b"<edXML:TraceHeaderList/>", b"</edXML:TraceHeaderList>", b"</edXML:edXMLHeader>", b"cid:209",
    b"<edXML:StatusCode>01</edXML:StatusCode>", b' Id="m-1"', b' xmlns:edXML="urn:x"', b" ", b"\n",
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A letter after a few cuts, doublings, moves and insertions."""
    data = draw(st.sampled_from([LETTER, STATUS]))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        end = draw(st.sampled_from([start, min(start + 1, end), min(start + 40, end), end]))
        piece = draw(st.sampled_from(SNIPPETS) | st.binary(max_size=3) | st.just(data[start:end]))
        at = draw(st.sampled_from([start, end, 0, len(data)]) | st.integers(0, len(data)))
        if draw(st.booleans()):
            data = data[:start] + data[end:]
        data = data[:at] + piece + data[at:]
    return data


def check_outcome(data: bytes) -> None:
    """Hold a reader's answer to what every answer must be."""
    error = refusal(data)
    if error is not None:
        assert str(error)
        assert error.code
        assert error.advice
        return
    envelope = Envelope.from_bytes(data)
    assert octets(envelope) == data
    content_of(envelope.message)
    try:
        traced = envelope.with_trace(HUB)
    except MalformedEnvelope:
        return  # a comment or the like makes the place ambiguous
    again = Envelope.from_bytes(octets(traced))
    assert again.traces[-1] == HUB
    assert content_of(again.message) == content_of(envelope.message)


@given(st.binary(max_size=300))
@example(b"")
@example(b"<edXML/>")
@example(b"\xff\xfe<\0a\0/\0>\0")
def test_any_bytes_are_refused(data: bytes):
    """Noise is never an envelope, and never another exception."""
    with pytest.raises((MalformedEnvelope, LimitExceeded)):
        Envelope.from_bytes(data)


@settings(max_examples=500)
@given(damaged())
@example(LETTER)
@example(STATUS)
def test_any_damage_is_read_or_refused(data: bytes):
    """A damaged letter is refused, or read, copied byte for byte and passed on by a hub."""
    check_outcome(data)


@pytest.mark.parametrize("data", [LETTER, STATUS], ids=["letter", "status"])
def test_a_letter_cut_short_anywhere_is_refused(data: bytes):
    """Truncated at any byte a letter is no letter; only its last line break may be missing."""
    assert data.endswith(b"</edXML>\n")
    taken = [length for length in range(len(data)) if refusal(data[:length]) is None]
    assert taken == [len(data) - 1]


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80, 0xFF])
def test_a_letter_with_any_byte_changed_is_read_or_refused(mask: int):
    """Whichever byte is changed, the letter is refused, or read and copied as it is."""
    for at in range(len(LETTER)):
        data = bytearray(LETTER)
        data[at] ^= mask
        if refusal(bytes(data)) is None:
            assert octets(Envelope.from_bytes(bytes(data))) == data


@pytest.mark.parametrize("count", [1, 7, 64])
def test_a_letter_with_bytes_missing_is_read_or_refused(count: int):
    """Wherever some bytes are missing inside, no other exception comes out."""
    outcomes = {
        code_of(LETTER[:at] + LETTER[at + count :]) for at in range(0, len(LETTER) - count, 3)
    }
    assert outcomes - {""}


@given(st.integers(0, len(LETTER)), st.integers(0, len(STATUS)))
def test_two_letters_run_together_are_refused(first: int, second: int):
    """The beginning of one letter and the end of another are not a letter by accident."""
    check_outcome(LETTER[:first] + STATUS[second:])
    with pytest.raises(UnreadableInput):
        Envelope.from_bytes(LETTER + STATUS)
