"""Letters of the strict form are read from their octets, and say what the parser would say."""

from __future__ import annotations

import tracemalloc
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letter_mutations import mutated
from letters import HUB, PDF, letter, octets, plain, status, written
from mutated_letters import full_letters
from signing_help import signed_letter
from strict_help import check_reading, lines_changed

from docexchange.envelope import Envelope, Organization
from docexchange.envelope.attachments.attachment import BytesSource
from docexchange.envelope.reading.skeleton import Skeleton
from docexchange.envelope.reading.strict import read_strict
from docexchange.envelope.writing.writer import FRAME
from docexchange.errors import LimitExceeded
from docexchange.identifiers import OrganId
from docexchange.limits import Limits
from docexchange.testing.strategies.letters import messages

if TYPE_CHECKING:
    from random import Random

    from docexchange.envelope import Message
    from docexchange.testing import DemoPki


NOWHERE = BytesSource(b"")


@cache
def seeds() -> list[bytes]:
    """Letters of every kind, all of the strict form."""
    told = [letter(), status(), letter(sender=Organization(OrganId("000.21.31.H53"), "A & <B>"))]
    return [*map(written, told), *(octets(Envelope.of(m).with_trace(HUB)) for m in told), plain()]


@pytest.mark.parametrize("number", range(7))
def test_what_we_write_has_the_strict_form(number: int) -> None:
    """It is read without a parser, with hubs behind it or not, and the parser says the same."""
    assert check_reading(seeds()[number])
    assert "root" not in vars(Envelope.from_bytes(seeds()[number]))


@pytest.mark.parametrize("kind", ["new", "recall", "update", "status"])
def test_letters_with_everything_in_them_have_it(kind: str) -> None:
    """Every field is read alike; what replaces others alone is left to the parser."""
    assert check_reading(full_letters()[kind])
    assert Envelope.from_bytes(full_letters()["replace"]).strict is None


@given(messages)
def test_any_message_is_read_alike(message: Message) -> None:
    """Whatever it says, and whichever of the two reads it, it says the same."""
    check_reading(written(message))


@given(messages)
def test_what_was_just_written_has_the_form_that_is_read(message: Message) -> None:
    """Nobody looks at another text than the one that leaves the house."""
    ours, told = Envelope.of(message), Envelope.from_bytes(written(message)).strict
    if told is not None:
        assert ours.strict is not None
        assert ours.strict.fragments == told.fragments
        assert ours.strict.signatures == told.signatures


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<?xml version="1.0" encoding="UTF-8"?>\n', b""),
        (b"<edXML:From>\n", b"<edXML:From>\n<!-- c -->"),
        (b"<edXML:From>\n", b"<edXML:From>\n<?x?>"),
        (b"<edXML:From>\n", b"<edXML:From>\n\n"),
        (b"<edXML:From>", b"<edXML:From >"),
        (b"<edXML:From>", b'<edXML:From xmlns:x="urn:x">'),
        (b"<edXML:From>", b'<edXML:From Id="f">'),
        (b"</edXML:From>", b"</edXML:From >"),
        (b"<edXML:To>", b"<To>"),
        (b"<edXML:To>", b"<edXML:New>1</edXML:New>\n<edXML:To>"),
        (b"<edXML:CodeNumber>12", b"<edXML:CodeNumber>&#49;2"),
        (b"<edXML:CodeNumber>12", b"<edXML:CodeNumber>1<![CDATA[2]]>"),
        (b"<edXML:CodeNumber>12", b"<edXML:CodeNumber>1>2"),
        (b"<edXML:CodeNumber>12", b"<edXML:CodeNumber>12\r"),
        (b"<edXML:CodeNumber>12", b"<edXML:CodeNumber>null"),
        (b"<edXML:CodeNumber>12", b"<edXML:CodeNumber> "),
        (b"<edXML:CodeNumber>12", b"<edXML:CodeNumber>"),
        (b"2026/03/02</edXML:Prom", b"2026-03-02</edXML:Prom"),
        (b"</edXML>\n", b"</edXML>\n<!-- c -->"),
        (b"</edXML>\n", b"</edXML>\n\n"),
        (b"</edXML>\n", b"</edXML>"),
        (b"\n", b"\r\n"),
    ],
)
def test_whatever_differs_is_left_to_the_parser(old: bytes, new: bytes) -> None:
    """The smallest thing that we do not write, and a reading that is worth a finding."""
    data = plain()
    assert old in data
    assert not check_reading(data.replace(old, new))


def test_what_follows_the_end_is_no_part_of_the_letter() -> None:
    """The attachments behind the closed root, or the letter twice, are no XML."""
    data = written(letter(PDF))
    begin = data.index(b"</edXML:edXMLEnvelope>") + 23
    moved = data[:begin] + b"</edXML>\n" + data[begin:].replace(b"</edXML>\n", b"")
    assert not check_reading(moved)
    assert not check_reading(data + data)


@pytest.mark.parametrize("limits", [Limits(depth=5), Limits(elements=20)])
def test_narrow_limits_are_left_to_the_parser(limits: Limits) -> None:
    """Who allows less depth or fewer elements than a letter has is told so, as ever."""
    with pytest.raises(LimitExceeded):
        Envelope.from_bytes(plain(), limits)


def test_a_signature_needs_its_depth(pki: DemoPki) -> None:
    """Signed letters nest deeper than others: each is read where its own depth is allowed."""
    with pytest.raises(LimitExceeded):
        Envelope.from_bytes(signed_letter(pki), Limits(depth=11))
    assert Envelope.from_bytes(signed_letter(pki), Limits(depth=12)).strict is not None


PARTY = b"<edXML:To>\n<edXML:OrganId>A00</edXML:OrganId>\n</edXML:To>\n"
FILLINGS = [b"x", b"<", b"\n", b"&", b"&amp;", b"<a>\n", b"<edXML:To>\n", b"</a>\n", PARTY]


@pytest.mark.parametrize("filling", FILLINGS)
def test_much_of_anything_costs_little(filling: bytes) -> None:
    """A quarter of a megabyte of nonsense is left to the parser, and so is more than that."""
    start = FRAME + b"<edXML:MessageHeader>\n"
    for size in (250_000, 300_000):
        data = start + filling * (size // len(filling)) + b"</edXML:edXMLHeader>\n"
        tracemalloc.start()
        try:
            assert read_strict(Skeleton(data, (), len(data), Limits()), NOWHERE, Limits()) is None
            assert tracemalloc.get_traced_memory()[1] < 24_000_000
        finally:
            tracemalloc.stop()


@given(st.integers(0, 6), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_changed_letters_are_read_alike(number: int, random: Random) -> None:
    """After changes of lines, texts, ids and markup, the two readers still agree."""
    change = random.choice((lines_changed, lines_changed, mutated))
    check_reading(change(seeds()[number], random))
