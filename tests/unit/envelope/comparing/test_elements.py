"""The tables of elements know everything that the writer writes, and nothing else."""

from __future__ import annotations

from hypothesis import given
from letters import HUB, PDF, changed, letter, octets, plain, written

from docexchange.envelope import Envelope
from docexchange.envelope.comparing.elements import strangers
from docexchange.testing.strategies.letters import messages


def paths(data: bytes) -> list[str]:
    """The paths of all unknown elements in a file."""
    envelope = Envelope.from_bytes(data)
    return [path for path, _ in strangers(envelope.root, envelope.dialect)]


@given(messages)
def test_what_we_write_holds_no_stranger(message) -> None:
    """Every element of every message, with a trace header, is in the tables."""
    assert paths(octets(Envelope.of(message).with_trace(HUB))) == []


def test_strangers_are_told_with_all_they_hold() -> None:
    """An unknown element is told once, where it stands; what is inside is its own affair."""
    stranger = b"<edXML:ErrorList><edXML:Error>x</edXML:Error></edXML:ErrorList>"
    end = b"</edXML:edXMLHeader>"
    assert paths(changed(end, stranger + end)) == ["edXML.edXMLEnvelope.edXMLHeader.ErrorList"]


def test_a_known_name_at_another_place_or_of_another_namespace_is_a_stranger() -> None:
    """Subject is a field of the header alone, and of no other namespace."""
    end = b"</edXML:From>"
    for element in (b"<edXML:Subject>x</edXML:Subject>", b'<OrganName xmlns="urn:x">y</OrganName>'):
        found = paths(changed(end, element + end))
        assert [path.rpartition(".")[0] for path in found] == [
            "edXML.edXMLEnvelope.edXMLHeader.MessageHeader.From"
        ]


def test_signatures_comments_and_instructions_are_no_strangers() -> None:
    """Signatures are compared on their own; comments say nothing."""
    end = b"</edXML:edXMLHeader>"
    assert paths(changed(end, b"<edXML:DigitalSignature/><!-- x --><?x y?>" + end)) == []
    assert paths(plain()) == paths(written(letter(PDF))) == []
