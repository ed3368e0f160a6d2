"""Findings and errors tell the line and column that an editor shows for them."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import CLOSE, OPEN, changed, plain, plain_base64, with_content

from docexchange.envelope import Envelope
from docexchange.envelope.reading.places import Place, Places
from docexchange.envelope.reading.skeleton import scan
from docexchange.errors import MalformedEnvelope

WHITE = st.sampled_from(["", "\n", "\r\n", "\n\n  ", " ", "\t", "\n<!-- <a> \n -->", "<?p <a>\n?>"])
"""What may stand between two elements."""
TEXT = st.text("ABCD\n ", max_size=24).map(lambda text: text.replace("\n", "\r\n"))


def place_in(data: bytes, offset: int) -> Place:
    """The place of a byte as an editor counts."""
    before = data[:offset].decode()
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"), offset)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, list[int]]:
    """A file with attachments of many lines, and the offset of each start tag."""
    text, tags = "", []

    def element(name: str, inside: str) -> str:
        return f"<{name} a='>'>{inside}</{name}>"

    pieces = ["<edXML xmlns='urn:x'>"]
    for _ in range(draw(st.integers(1, 4))):
        pieces += [draw(WHITE), element("Tên", "ă<![CDATA[<b>]]>"), draw(WHITE)]
        content = draw(TEXT)
        content += "A" * (-len(re.sub(r"\s", "", content)) % 4)
        pieces += [draw(WHITE), f"<ContentTransferEncoded>{content}</ContentTransferEncoded>"]
    for piece in [*pieces, "</edXML>"]:
        if re.match("<[^!?/]", piece):
            tags.append(len(text.encode()))
        text += piece
    return text.encode(), tags


@given(files())
def test_every_element_is_placed_as_in_the_file(made: tuple[bytes, list[int]]):
    """Line, column and offset of each element are those of its start tag in the whole file."""
    data, tags = made
    skeleton = scan(io.BytesIO(data))
    elements = list(skeleton.tree().iter("*"))
    places = Places(skeleton.data, skeleton.parts).of(elements)
    assert [places[element] for element in elements] == [place_in(data, tag) for tag in tags]


@given(st.binary(max_size=300).filter(lambda octets: octets), st.integers(4, 76))
def test_a_finding_behind_an_attachment_has_its_line(octets: bytes, width: int):
    """What stands behind base64 of many lines is found at the line it has in the file."""
    import base64

    text = base64.b64encode(octets)
    lines = b"\r\n".join(text[at : at + width] for at in range(0, len(text), width))
    data = with_content(OPEN + b"\n" + lines + b"\n" + CLOSE)
    data = data.replace(b"</Attachment>", b"<New/></Attachment>")
    found = {item.code: item for item in Envelope.from_bytes(data).findings}
    place = place_in(data, data.index(b"<New/>"))
    unknown = found["D.unknown-element"]
    assert (unknown.line, unknown.column) == (place.line, place.column)


def test_columns_count_characters():
    """A column counts letters, not bytes: what a Vietnamese editor shows."""
    data = changed(b"</edXML:Subject>\n", "ạ</edXML:Subject><edXML:Mới/>".encode())
    (finding,) = Envelope.from_bytes(data).findings
    line = data.decode().splitlines()[finding.line - 1]
    assert line[finding.column - 1 :].startswith("<edXML:Mới/>")


def test_several_of_one_name_are_told_apart():
    """The second receiver is told by its number, and at its own line."""
    to = re.search(rb"<edXML:To>.*?</edXML:To>\n", plain(), re.DOTALL)[0]
    second = to.replace(b"000.00.00.G22", b"28.22.H17")
    data = changed(to, to + second)
    (finding,) = Envelope.from_bytes(data).findings
    assert (finding.code, finding.path) == (
        "T.MessageHeader.To.OrganId",
        "MessageHeader.To[2].OrganId",
    )
    assert finding.line == place_in(data, data.index(b"<edXML:OrganId>28.22")).line


@pytest.mark.parametrize(
    ("old", "new", "code", "mark"),
    [
        (b"</edXML:Subject>", b"", "xml.syntax", b"</edXML:MessageHeader>"),
        (b"<edXML:Subject>", b"<edXML:Subject><!-- x -->", "xml.mixed-content", b"<edXML:Subject>"),
        (b"<edXML:SignerInfo>", b"<edXML:Subject/><edXML:SignerInfo>",
         "envelope.repeated-element", b"<edXML:Subject/>"),
        (b"<edXML:ContentId>cid:209<", b"<edXML:ContentId>cid:2 9<", "envelope.content-id",
         b"<edXML:Reference>"),
        (b"<AttachmentEncoded>", b"<!DOCTYPE a><AttachmentEncoded>", "xml.dtd", b"<!DOCTYPE"),
    ],
)  # fmt: skip
def test_errors_have_their_place(old: bytes, new: bytes, code: str, mark: bytes):
    """A letter that cannot be read is refused at the line and column where it goes wrong."""
    data = changed(old, new)
    with pytest.raises(MalformedEnvelope) as refused:
        Envelope.from_bytes(data)
    error = refused.value
    place = place_in(data, data.index(mark))
    assert (error.code, error.line) == (code, place.line)
    assert f"(line {error.line}, column {error.column})" in str(error)
    assert error.element is None
    if code != "xml.syntax":
        assert (error.column, error.offset) == (place.column, place.offset)


@pytest.mark.parametrize("lead", [b"", b"\n" * 30 + b"AAAA" * 100_000])
def test_bad_base64_is_found_in_the_file(lead: bytes):
    """A character outside base64 is told with its line, its column and its byte."""
    data = with_content(OPEN + lead + plain_base64()[:8] + b"\n  *AAA" + CLOSE)
    with pytest.raises(MalformedEnvelope) as refused:
        Envelope.from_bytes(data)
    place = place_in(data, data.index(b"*"))
    error = refused.value
    assert (error.line, error.column, error.offset) == (place.line, place.column, place.offset)


def test_many_findings_in_many_attachments_are_placed_in_linear_time():
    """A thousand findings between ten thousand attachments do not cost a second look each."""
    one = "<a><x/><ContentTransferEncoded>AAAA\nAAAA</ContentTransferEncoded></a>\n"
    data = f"<edXML>{one * 10_000}</edXML>".encode()
    skeleton = scan(io.BytesIO(data))
    wanted = list(skeleton.tree().iter("x"))[-1000:]
    places = Places(skeleton.data, skeleton.parts).of(wanted)
    assert places[wanted[-1]] == place_in(data, data.rindex(b"<x/>"))
