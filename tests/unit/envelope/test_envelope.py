"""An envelope carries a message there and back, and keeps the bytes that it was read from."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from counting import handles_of
from hypothesis import given
from hypothesis import strategies as st
from letters import (
    AT,
    HUB,
    PDF,
    Trickle,
    changed,
    content_of,
    letter,
    octets,
    plain,
    status,
    written,
)

from docexchange.envelope import Attachment, Envelope, Finding, TraceHeader
from docexchange.errors import (
    InputNotFound,
    InvalidEnvelope,
    InvalidField,
    LimitExceeded,
    MalformedEnvelope,
    UsageError,
)
from docexchange.limits import Limits
from docexchange.testing.strategies.letters import documents, messages, statuses, traces

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.envelope import Document, Message, Status

LIST_START = b'<edXML:TraceHeaderList version="1.0">'
LIST_END = b"</edXML:TraceHeaderList>"


@given(messages)
def test_what_may_be_sent_is_received_equal(message: Message):
    """Any message that may be sent comes out of its bytes equal, with no findings."""
    received = Envelope.from_bytes(written(message))
    assert content_of(received.message) == content_of(message)
    assert received.findings == ()


@given(documents)
def test_a_received_letter_is_written_again_byte_for_byte(document: Document):
    """Reading and writing an envelope changes no byte, nor does sending its message again."""
    data = written(document)
    received = Envelope.from_bytes(data)
    assert octets(received) == data
    assert written(received.message) == data


@given(documents | statuses, traces)
def test_a_trace_header_changes_nothing_else(message: Document | Status, trace: TraceHeader):
    """A hub's trace header only inserts bytes; message and attachments stay equal."""
    before = written(message)
    after = octets(Envelope.from_bytes(before).with_trace(trace))
    at = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
    grown = len(after) - len(before)
    assert at is not None
    assert before == after[:at] + after[at + grown :]
    received = Envelope.from_bytes(after)
    assert content_of(received.message) == content_of(message)
    assert received.traces == (trace,)


@given(documents | statuses, st.lists(traces, max_size=2), traces)
def test_a_trace_header_stands_where_the_tree_says(
    message: Document | Status, before: list[TraceHeader], trace: TraceHeader
):
    """Without a parser its place is found in the octets; both ways give the same file."""
    data = written(message)
    for hop in before:
        data = octets(Envelope.from_bytes(data).with_trace(hop))
    quick = Envelope.from_bytes(data)
    parsed = replace(quick)
    assert parsed.strict is None
    assert octets(quick.with_trace(trace)) == octets(parsed.with_trace(trace))


@given(documents | statuses, traces)
def test_a_trace_header_on_what_was_just_written_needs_no_tree(
    message: Document | Status, trace: TraceHeader
):
    """The form of what we write is known; a copy is looked at in its tree, with one result."""
    ours = Envelope.of(message)
    looked_at = replace(ours)
    assert (ours.ours, looked_at.ours) == (True, False)
    assert octets(ours.with_trace(trace)) == octets(looked_at.with_trace(trace))
    assert "root" not in vars(ours)


def test_trace_headers_stand_in_the_order_of_the_hops():
    """Later hubs are added behind earlier ones, in the value and in the bytes."""
    second = TraceHeader(None, AT)
    envelope = Envelope.from_bytes(plain()).with_trace(HUB).with_trace(second)
    assert envelope.traces == (HUB, second)
    assert Envelope.from_bytes(octets(envelope)).traces == (HUB, second)


def test_a_trace_header_goes_into_the_only_list():
    """A list that is there already gets the trace header; no second list appears."""
    traced = octets(Envelope.of(letter()).with_trace(HUB))
    assert traced.count(b"<edXML:TraceHeaderList") == 1
    assert traced.index(b"<edXML:TraceHeader>") < traced.index(LIST_END)


def test_a_trace_header_takes_the_prefix_in_force():
    """In a list of the default namespace the trace header has no prefix either."""
    data = plain()
    start, end = data.index(LIST_START), data.index(LIST_END) + len(LIST_END)
    bare = data[start:end].replace(b"edXML:", b"")
    bare = bare.replace(b"<TraceHeaderList", b'<TraceHeaderList xmlns="%s"' % _namespace())
    traced = octets(Envelope.from_bytes(data[:start] + bare + data[end:]).with_trace(HUB))
    assert b"<TraceHeader>\n<OrganId>000.00.31.H53</OrganId>" in traced
    assert Envelope.from_bytes(traced).traces == (HUB,)


def test_a_trace_header_refuses_a_moment_without_zone():
    """A naive moment is refused, because it would be read as the time of this machine."""
    naive = TraceHeader(None, datetime(2026, 3, 2))  # noqa: DTZ001 - the very thing refused
    with pytest.raises(InvalidField, match="time zone"):
        Envelope.of(letter()).with_trace(naive)


def test_a_signature_goes_to_the_end_of_the_header():
    """A signature is inserted right before the end tag of the header and nothing else moves."""
    envelope = Envelope.of(letter(PDF))
    signed = octets(envelope.with_signature(b"<s:Signature xmlns:s='urn:s'/>"))
    assert b"<s:Signature xmlns:s='urn:s'/>\n</edXML:edXMLHeader>" in signed
    assert signed.replace(b"<s:Signature xmlns:s='urn:s'/>\n", b"") == octets(envelope)


def test_equal_messages_give_equal_bytes():
    """Two letters made apart from equal parts have the same bytes."""
    assert written(letter(PDF)) == written(letter(PDF))


@given(statuses)
def test_white_space_around_a_text_is_not_written(message: Status):
    """Texts that differ in the white space around them give the same bytes."""
    spaced = replace(message, description=f" \n{message.description}\t")
    assert written(spaced) == written(message)


def test_all_faults_are_told_at_once():
    """A message with several faults is refused with each of them and its path."""
    broken = letter(subject=" ", content="x" * 501, to_places=("\0",))
    with pytest.raises(InvalidEnvelope) as refused:
        Envelope.of(broken)
    assert {fault.code for fault in refused.value.faults} == {
        "N.MessageHeader.Subject",
        "R.MessageHeader.Content",
        "T.MessageHeader.ToPlaces.Place",
    }


def test_a_date_after_today_is_refused_on_request():
    """With ``today`` given, a letter dated later is refused."""
    with pytest.raises(InvalidEnvelope) as refused:
        Envelope.of(letter(), today=date(2026, 3, 1))
    assert "expected a date up to today (2026/03/01)" in str(refused.value)


def test_a_missing_file_is_input_not_found(tmp_path: Path):
    """A file that is not there is named in the error."""
    with pytest.raises(InputNotFound, match=r"nothing\.edxml"):
        Envelope.read(tmp_path / "nothing.edxml")


@pytest.mark.parametrize("path", ["", ".", "a\0b", "x" * 300])
def test_what_cannot_be_a_letter_file_is_input_not_found(path: str):
    """A folder, an impossible and an over-long name are all reported as our own error."""
    with pytest.raises(InputNotFound):
        Envelope.read(path)


def test_a_file_stays_where_it_is(tmp_path: Path):
    """Attachments of a letter read from a file are read from that file when they are wanted."""
    path = tmp_path / "letter.edxml"
    Envelope.of(letter(PDF)).write_to(path)
    received = Envelope.read(path)
    assert b"".join(received.message.attachments[0].chunks()) == b"%PDF hello"
    assert octets(received) == path.read_bytes()


def test_reading_leaves_no_file_open(tmp_path: Path):
    """After reading, copying and dropping an envelope no file handle is left."""
    path = tmp_path / "letter.edxml"
    Envelope.of(letter(PDF)).write_to(path)
    received = Envelope.read(path)
    octets(received)
    next(received.chunks())
    with received.message.attachments[0].open() as stream:
        stream.read(1)
    gc.collect()
    assert handles_of(path) == []


def test_a_broken_file_is_closed_again(tmp_path: Path):
    """Refusing a file leaves no handle on it."""
    path = tmp_path / "letter.edxml"
    path.write_bytes(plain()[:-200])
    with pytest.raises(MalformedEnvelope):
        Envelope.read(path)
    gc.collect()
    assert handles_of(path) == []


def test_an_attachment_file_that_vanished_is_told(tmp_path: Path):
    """Writing a letter whose attachment is gone names the attachment and the file."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")
    envelope = Envelope.of(letter(Attachment.from_path(path, name="b.txt")))
    path.unlink()
    with pytest.raises(InputNotFound, match=r"attachment b\.txt: .*a\.txt"):
        octets(envelope)


@pytest.mark.parametrize("new", [b"", b"tex", b"texts", b"tent"])
def test_an_attachment_file_that_changed_is_told(tmp_path: Path, new: bytes):
    """Writing a letter whose attachment has other octets by now fails, whatever its size."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")
    envelope = Envelope.of(letter(Attachment.from_path(path)))
    path.write_bytes(new)
    with pytest.raises(MalformedEnvelope, match="expected 4 octets"):
        octets(envelope)


def test_a_failed_write_leaves_no_file(tmp_path: Path):
    """When an attachment cannot be read, neither the letter nor a part of it appears."""
    source = tmp_path / "a.txt"
    source.write_bytes(b"text")
    envelope = Envelope.of(letter(Attachment.from_path(source)))
    source.unlink()
    with pytest.raises(InputNotFound):
        envelope.write_to(tmp_path / "letter.edxml")
    assert list(tmp_path.iterdir()) == []


def test_an_envelope_file_that_vanished_is_told(tmp_path: Path):
    """Copying a letter whose file is gone is our own error and names the file."""
    path = tmp_path / "letter.edxml"
    path.write_bytes(plain())
    received = Envelope.read(path)
    path.unlink()
    with pytest.raises(InputNotFound, match=r"letter\.edxml"):
        octets(received)


def test_an_envelope_file_that_became_shorter_is_told(tmp_path: Path):
    """A letter is never copied with a hole where its attachment was."""
    path = tmp_path / "letter.edxml"
    path.write_bytes(plain())
    received = Envelope.read(path)
    path.write_bytes(plain()[:100])
    with pytest.raises(MalformedEnvelope, match="end of the file") as refused:
        octets(received)
    assert refused.value.code == "envelope.truncated"


def test_an_existing_file_is_kept_on_request(tmp_path: Path):
    """``replace=False`` refuses to overwrite and says what to do."""
    path = tmp_path / "letter.edxml"
    path.write_bytes(b"old")
    with pytest.raises(UsageError, match="found one") as refused:
        Envelope.of(letter()).write_to(path, replace=False)
    assert refused.value.code == "output.exists"
    assert path.read_bytes() == b"old"


def test_unlisted_attachments_are_counted_and_kept():
    """An attachment without a manifest entry is told, not handed out, and copied along."""
    data = plain()
    start, end = data.index(b"<edXML:Reference>"), data.index(b"</edXML:Reference>")
    unlisted = data[:start] + data[end + len(b"</edXML:Reference>") :]
    received = Envelope.from_bytes(unlisted)
    assert (received.unlisted, received.message.attachments) == (1, ())
    assert [finding.code for finding in received.findings] == ["M.AttachmentEncoded.Attachment"]
    assert octets(received) == unlisted


def test_attachments_of_a_status_are_told():
    """A status has no attachments; what comes with one counts as unlisted and is told."""
    data = plain()
    attached = data[data.index(b"<AttachmentEncoded>") :]
    received = Envelope.from_bytes(written(status()).replace(b"</edXML>\n", b"") + attached)
    assert received.unlisted == 1
    assert "M.AttachmentEncoded" in {finding.code for finding in received.findings}


def test_the_limits_stay_with_the_envelope():
    """An envelope re-parses itself under the limits it was read with."""
    limits = Limits(depth=10)
    assert Envelope.from_bytes(plain(), limits).with_trace(HUB).limits is limits


def test_a_limit_of_the_reader_is_kept():
    """A letter larger than the limits in force is refused by the limit's name."""
    with pytest.raises(LimitExceeded, match="attachments"):
        Envelope.from_bytes(plain(), Limits(attachments=0))


def test_what_no_receiver_would_parse_is_not_made():
    """A letter of more elements than its readers take is refused before anybody signs it."""
    elements = octets(Envelope.of(letter())).count(b"<") // 2 + 1
    assert Envelope.of(letter(), limits=Limits(elements=elements))
    with pytest.raises(LimitExceeded, match="elements"):
        Envelope.of(letter(), limits=Limits(elements=elements - 1))


def test_an_envelope_shows_itself_without_its_bytes():
    """The representation of an envelope, in logs and tracebacks, does not spill attachments."""
    big = Attachment.from_bytes(b"secret" * 1000, name="a.bin")
    assert len(repr(Envelope.of(letter(big)))) < 4000
    assert "secret" not in repr(Envelope.from_bytes(written(letter(big))))


def test_findings_name_path_line_and_advice():
    """What is wrong with a received letter is told with its place and what to do."""
    received = Envelope.from_bytes(changed(b"<edXML:Paper>0<", b"<edXML:Paper>2<"))
    assert received.findings == (
        Finding(
            code="T.TraceHeaderList.Bussiness.Paper",
            path="TraceHeaderList.Bussiness.Paper",
            message="expected 0 or 1, found '2'",
            advice="Ask the sender to correct the field.",
            line=plain()[: plain().index(b"<edXML:Paper>")].count(b"\n") + 1,
            column=1,
        ),
    )


def test_any_source_that_opens_again_will_do():
    """An envelope is read from any source that can be opened again and again."""

    class InPieces:
        def open(self) -> Trickle:
            return Trickle(plain(), [7] * 50)

    assert Envelope.from_source(InPieces()).message.subject == "V/v báo cáo & <thử>"


def _namespace() -> bytes:
    return b"http://www.mic.gov.vn/TBT/QCVN_102_2016"
