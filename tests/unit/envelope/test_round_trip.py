"""There and back: no message, dialect or access point on the way changes what a letter says."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from letters import HUB, content_of, letter, octets, plain, written
from rewriting import DECLARATION
from rewriting_strategies import rewritten
from vectors import make
from vectors.bases import with_value
from vectors.field_rules import ABSENT, LENGTHS, MUTE
from vectors.vector import unchecked

from docexchange.envelope import (
    BusinessKind,
    Code,
    Document,
    Envelope,
    Priority,
    ReceiverType,
    StatusCode,
    SteeringType,
    TraceHeader,
    model,
)
from docexchange.envelope.rules.rules import check
from docexchange.errors import InvalidEnvelope
from docexchange.testing.strategies.letters import (
    archives,
    businesses,
    documents,
    messages,
    other_infos,
    replacements,
    statuses,
    steerings,
    traces,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docexchange.envelope import Attachment, Finding, Message
    from docexchange.errors import InvalidField

ACCEPTED: Final = {
    vector.name: vector.content
    for vector in make.all_vectors()
    if isinstance(vector.content, bytes) and not vector.error
}
UTF_16: Final = {
    f"tolerances/{name}" for name in ("utf-16", "utf-16-undeclared", "utf-16-le", "utf-16-be")
}
"""Letters in another encoding, which are not written as they came."""
NO_PLACE: Final = {"attacks/trace-list-in-comment"}
"""Letters that no access point may write into."""
OUTSIDE: Final = {
    "M.AttachmentEncoded",
    "M.AttachmentEncoded.Attachment",
    "N.AttachmentEncoded.Attachment.ContentTransferEncoded",
}
"""Findings about what is in the file but not in the message."""
PARTS: Final = tuple(
    part
    for part in (getattr(model, name) for name in model.__all__)
    if is_dataclass(part) and part is not TraceHeader
)
"""The classes that a message is made of."""
FAULTS: Final = (
    *((attribute, "x" * (most + 1)) for _, attribute, most in LENGTHS),
    *((attribute, nothing) for _, attribute, nothing in ABSENT if attribute != "recipients"),
    *((attribute, "null") for _, attribute in MUTE),
)
"""Attributes of a document, and values that must not stand there."""


def pairs(told: Iterable[Finding | InvalidField]) -> list[tuple[str, str]]:
    """Code and path of findings or faults."""
    return [(one.code, one.path) for one in told]


def _said(value: object) -> Iterator[tuple[object, str]]:
    """Every member of a code list in a message, and every field that says something."""
    if isinstance(value, Enum):
        yield type(value), value.name
    elif isinstance(value, tuple):
        for item in value:
            yield from _said(item)
    elif isinstance(value, PARTS):
        for field in fields(value):
            inner = getattr(value, field.name)
            if inner not in {None, "", ()}:
                yield type(value), field.name
            yield from _said(inner)


def _sayings(values: st.SearchStrategy[object], count: int) -> set[tuple[object, str]]:
    """What many examples say together."""
    said: set[tuple[object, str]] = set()

    @settings(max_examples=count, derandomize=True, phases=[Phase.generate], database=None)
    @given(values)
    def collect(value: object) -> None:
        said.update(_said(value))

    collect()
    return said


def test_the_messages_of_these_tests_say_everything():
    """All kinds, codes and fields of the model occur."""
    said = _sayings(documents, 50)  # whose parts alone are made faster
    said |= _sayings(statuses, 250)
    said |= _sayings(businesses | other_infos | replacements | steerings, 500)
    lists = (BusinessKind, StatusCode, Priority, ReceiverType, SteeringType)
    wanted: set[tuple[object, str]] = {(codes, code.name) for codes in lists for code in codes}
    wanted |= {(part, field.name) for part in PARTS for field in fields(part)}
    assert wanted - said == set()


@given(archives)
def test_zipped_attachments_are_carried_as_they_are(archive: Attachment):
    """An archive of one file travels as an archive, and gives its file on the other side."""
    [received] = Envelope.from_bytes(written(letter(archive))).message.attachments
    assert b"".join(received.chunks()) == b"".join(archive.chunks())
    assert b"".join(received.inflated().chunks()) == b"".join(archive.inflated().chunks())


def _padded(value: object, pad: str) -> object:
    """A message with white space around each text, but for names of files."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return f"{pad}{value}{pad}" if value else value
    if isinstance(value, tuple):
        return tuple(_padded(item, pad) for item in value)
    if not isinstance(value, PARTS):
        return value
    pad = " " if isinstance(value, Code) else pad  # which has to be one line
    return type(value)(
        **{field.name: _padded(getattr(value, field.name), pad) for field in fields(value)}
    )


@given(messages, st.sampled_from([" ", "\t", "\r\n", "\u3000"]))
def test_white_space_around_texts_is_no_part_of_them(message: Message, pad: str):
    """A message with white space around each text gives the bytes of the one without."""
    spaced = _padded(message, pad)
    assume(not check(spaced))  # too long by now
    assert written(spaced) == written(message)


@given(st.data(), messages)
def test_another_dialect_says_the_same(data: st.DataObject, message: Message):
    """In any dialect it is the same message, told with tolerances alone, and kept byte for byte."""
    foreign = data.draw(rewritten(written(message)))
    envelope = Envelope.from_bytes(foreign)
    assert content_of(envelope.message) == content_of(message)
    assert {finding.code[:2] for finding in envelope.findings} <= {"D."}
    assert octets(envelope) == foreign
    assert written(envelope.message) == written(message)


@given(st.data(), messages, traces, traces)
def test_access_points_only_insert(
    data: st.DataObject, message: Message, first: TraceHeader, second: TraceHeader
):
    """Two trace headers put into a letter of any dialect change no byte around them."""
    before = data.draw(rewritten(written(message)))
    once = octets(Envelope.from_bytes(before).with_trace(first))
    twice = octets(Envelope.from_bytes(once).with_trace(second))
    assert is_insertion(before, once)
    assert is_insertion(once, twice)
    assert twice == octets(Envelope.from_bytes(before).with_trace(first).with_trace(second))
    received = Envelope.from_bytes(twice)
    assert received.traces == (first, second)
    assert content_of(received.message) == content_of(message)


def is_insertion(before: bytes, after: bytes) -> bool:
    """Whether ``after`` is ``before`` with bytes put in at one place."""
    grown = len(after) - len(before)
    at = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
    return grown > 0 and at is not None and before == after[:at] + after[at + grown :]


@given(st.data(), documents)
def test_what_is_wrong_with_a_letter_is_what_keeps_it_from_being_sent(
    data: st.DataObject, message: Document
):
    """Written without a check and read again, a letter has the faults it had as findings."""
    faulty = with_value(message, "attachments", ())
    for attribute, value in data.draw(st.lists(st.sampled_from(FAULTS), min_size=1, max_size=3)):
        if message.business is not None or not attribute.startswith("business"):
            faulty = with_value(faulty, attribute, value)
    envelope = Envelope.from_bytes(unchecked(faulty))
    assert pairs(envelope.findings) == pairs(check(faulty))
    assert content_of(envelope.message) == content_of(faulty)


@pytest.mark.parametrize("name", sorted(ACCEPTED.keys() - UTF_16))
def test_a_vector_is_kept_byte_for_byte(name: str):
    """What was read is written again as it came, unknown parts included."""
    assert octets(Envelope.from_bytes(ACCEPTED[name])) == ACCEPTED[name]


@pytest.mark.parametrize("name", sorted(UTF_16))
def test_utf_16_goes_on_in_utf_8(name: str):
    """A letter in UTF-16 is written as the same characters in UTF-8, and says so."""
    again = octets(Envelope.from_bytes(ACCEPTED[name]))
    assert again in {plain(), plain().removeprefix(DECLARATION)}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_vector_in_the_strict_dialect_is_the_same_message(name: str):
    """Its message is written strictly and read equal; or refused with the faults that were told."""
    envelope = Envelope.from_bytes(ACCEPTED[name])
    told = pairs(envelope.findings)
    faults = pairs(check(envelope.message))
    if not faults:
        again = Envelope.from_bytes(written(envelope.message))
        assert content_of(again.message) == content_of(envelope.message)
        assert {code[:2] for code, _ in pairs(again.findings)} <= {"D."}
        return
    with pytest.raises(InvalidEnvelope) as refused:
        Envelope.of(envelope.message)
    assert pairs(refused.value.faults) == faults
    # What could not be read is absent from the message: told as T., missed as N.
    unreadable = {path for code, path in told if code.startswith("T.")}
    assert {pair for pair in faults if pair[1] not in unreadable} == {
        (code, path) for code, path in told
        if code[:2] in {"N.", "R.", "M."} and code not in OUTSIDE
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(ACCEPTED.keys() - NO_PLACE))
def test_a_vector_is_passed_on_unchanged(name: str):
    """Two trace headers are put in, and nothing else moves."""
    before = Envelope.from_bytes(ACCEPTED[name])
    once = before.with_trace(HUB)
    twice = once.with_trace(HUB)
    assert is_insertion(octets(before), octets(once))
    assert is_insertion(octets(once), octets(twice))
    received = Envelope.from_bytes(octets(twice))
    assert received.traces == (*before.traces, HUB, HUB)
    assert content_of(received.message) == content_of(before.message)


def test_a_list_in_one_empty_tag_is_opened():
    """The one letter that is not only added to: ``/>`` of an empty list makes way for its end."""
    data = plain()
    start = data.index(b"<edXML:TraceHeaderList")
    end = data.index(b"</edXML:TraceHeaderList>") + len(b"</edXML:TraceHeaderList>")
    empty = data[:start] + b"<edXML:TraceHeaderList/>" + data[end:]
    traced = octets(Envelope.from_bytes(empty).with_trace(HUB))
    at = empty.index(b"TraceHeaderList/>") + len(b"TraceHeaderList")
    assert traced.startswith(empty[:at] + b">\n<edXML:TraceHeader>")
    assert traced.endswith(b"</edXML:TraceHeaderList>" + empty[at + len(b"/>") :])


def test_attachments_on_both_sides_stay_where_they_are():
    """With attachments in front of the header and behind it, a trace header moves neither."""
    block = plain()[plain().index(b"<AttachmentEncoded>") : plain().index(b"</edXML>")]
    second = block.replace(b"cid:209", b"cid:210").replace(b"JVBERiBoZWxsbw==", b"JVBERiB0d28=")
    start = plain().index(b"<edXML:edXMLEnvelope")
    data = plain()[:start] + second + plain()[start:]
    reference = plain()[
        plain().index(b"<edXML:Reference>") : plain().index(b"</edXML:edXMLManifest>")
    ]
    data = data.replace(reference, reference + reference.replace(b"cid:209", b"cid:210"))
    before = Envelope.from_bytes(data)
    after = before.with_trace(HUB).with_trace(HUB)
    assert is_insertion(data, octets(after))
    files = [
        b"".join(file.chunks()) for file in Envelope.from_bytes(octets(after)).message.attachments
    ]
    assert files == [b"%PDF hello", b"%PDF two"]
