"""Damaged letters and plain noise: an envelope or one of two errors, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from letter_mutations import SNIPPETS, mutated
from letters import code_of, octets, plain, refusal, status, written
from reader_properties import PROPERTIES, check_envelope, check_signatures, signed_letters
from vectors.make import contents

from docexchange.envelope import Envelope
from docexchange.errors import LimitExceeded, MalformedEnvelope, UnreadableInput

if TYPE_CHECKING:
    from random import Random

LETTER: Final = plain()
STATUS: Final = written(status())
LETTERS: Final = tuple(contents().values())


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
    check_envelope(data)


@settings(max_examples=500)
@given(st.sampled_from(LETTERS), st.randoms(use_true_random=False))
def test_a_letter_of_any_dialect_with_its_elements_changed_is_read_or_refused(
    data: bytes, random: Random
):
    """Elements dropped, doubled, moved, renamed, other prefixes, values and encodings."""
    check_envelope(mutated(data, random))


@given(st.integers(0, 1), st.randoms(use_true_random=False))
def test_a_signed_letter_with_its_elements_changed_gets_a_verdict(which: int, random: Random):
    """It passes only with the content that was signed, and nothing crashes over it."""
    check_signatures(mutated(signed_letters()[which], random))


@pytest.mark.parametrize("name", sorted(PROPERTIES))
@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_every_reader_takes_any_bytes_or_refuses_them(name: str, data: bytes):
    """Noise gets one of the errors that the reader names, or reads as what it says."""
    check = PROPERTIES[name]
    check(data)


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
    check_envelope(LETTER[:first] + STATUS[second:])
    with pytest.raises(UnreadableInput):
        Envelope.from_bytes(LETTER + STATUS)
