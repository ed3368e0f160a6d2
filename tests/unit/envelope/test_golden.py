"""The bytes that the writer makes stay what they were.

``python tests/golden_letters.py`` makes the files anew. Whoever changes one of them changes what
the national axis is sent.
"""

from __future__ import annotations

import re

import pytest
from golden_letters import FOLDER, LETTERS
from letters import octets

from docexchange.envelope import Envelope, StatusCode, differences
from docexchange.envelope.names import EDXML
from docexchange.envelope.reading.shape import LETTER, Shape

GOLDEN = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.edxml"))}


def test_there_is_a_file_for_each_letter_and_each_status() -> None:
    """No kind of message is left out, and no file is left over."""
    assert {*GOLDEN} == {*LETTERS}
    assert {f"status-{code}" for code in StatusCode} < {*GOLDEN}


@pytest.mark.parametrize("name", LETTERS)
def test_the_writer_writes_what_it_wrote(name: str) -> None:
    """Byte for byte, and a second time."""
    assert octets(LETTERS[name]) == GOLDEN[name]
    assert octets(LETTERS[name]) == GOLDEN[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_what_was_written_is_read_as_what_it_was(name: str) -> None:
    """No finding, no difference, and the same bytes again."""
    envelope = Envelope.from_bytes(GOLDEN[name])
    assert envelope.findings == ()
    assert differences(LETTERS[name], envelope) == ()
    assert octets(envelope) == GOLDEN[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_prefixes_are_literal(name: str) -> None:
    """``edXML:`` in the envelope; none at the root and at attachments but for their content."""
    text = GOLDEN[name].decode()
    tags = re.findall(r"</?([A-Za-z:]+)", text)
    bare = {"edXML", "AttachmentEncoded", "Attachment"}
    beside = {"ContentId", "AttachmentName", "Description", "ContentType"}
    beside |= {"Format", "FieldName", "MimeType"}
    head, _, attached = text.partition("</edXML:edXMLEnvelope>")
    unprefixed = {tag for tag in tags if ":" not in tag}
    assert unprefixed <= bare | beside
    assert {tag for tag in re.findall(r"</?([A-Za-z:]+)", head) if ":" not in tag} == {"edXML"}
    prefixed = {tag for tag in re.findall(r"<([A-Za-z:]+)", attached) if ":" in tag}
    assert prefixed <= {"edXML:ContentTransferEncoded"}
    assert set(re.findall(r'xmlns(?::\w+)?="([^"]*)"', text)) == {EDXML}


def names_in(shape: Shape) -> set[str]:
    """The names of everything inside, at any depth."""
    return set(shape.names).union(*map(names_in, shape.within.values()))


def test_the_letter_with_everything_has_every_field_of_the_standard() -> None:
    """What is not in one of these files is not pinned: together they hold every known element."""
    found = {tag for data in GOLDEN.values() for tag in re.findall(rb"<(?:edXML:)?(\w+)", data)}
    assert {name.encode() for name in names_in(LETTER) - {"Signature"}} - found == set()
