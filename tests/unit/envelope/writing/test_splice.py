"""New XML goes to its place in the bytes, or nowhere."""

from __future__ import annotations

import pytest
from letters import HUB, changed, content_of, octets, plain

from docexchange.envelope import Envelope
from docexchange.envelope.writing.splice import (
    Splice,
    place_in_signature,
    place_signature,
    place_trace,
)
from docexchange.errors import MalformedEnvelope

LIST_START = b'<edXML:TraceHeaderList version="1.0">'
LIST_END = b"</edXML:TraceHeaderList>"


def with_list(xml: bytes) -> bytes:
    """The file of ``plain()`` with another list of trace headers."""
    data = plain()
    start, end = data.index(LIST_START), data.index(LIST_END) + len(LIST_END)
    return data[:start] + xml + data[end:]


def test_a_splice_replaces_exactly_what_it_says():
    """A splice takes out the bytes it replaces, and knows how far the rest moves."""
    splice = Splice(at=2, xml=b"xyz", replaces=1)
    assert (splice.into(b"abcd"), splice.growth) == (b"abxyzd", 2)


@pytest.mark.parametrize(
    "empty",
    [
        b"<edXML:TraceHeaderList/>",
        b"<edXML:TraceHeaderList version='1.0' />",
        b'<edXML:TraceHeaderList note=">" other="/>"/>',
        b"<edXML:TraceHeaderList></edXML:TraceHeaderList>",
        b"<edXML:TraceHeaderList\n>\n</edXML:TraceHeaderList\n>",
        b'<edXML:TraceHeaderList note="/>"></edXML:TraceHeaderList>',
        b"<edXML:TraceHeaderList><!-- none --></edXML:TraceHeaderList>",
        b"<edXML:TraceHeaderList/><!-- TraceHeaderList -->",
        b"<edXML:TraceHeaderList/><!--</edXML:TraceHeaderList>-->",
        b'<edXML:TraceHeaderList version="1.0"></edXML:TraceHeaderList>',
        b'<TraceHeaderList xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"/>',
    ],
)
def test_an_empty_list_is_filled(empty: bytes):
    """A list without entries, in any spelling, gets the trace header inside."""
    before = Envelope.from_bytes(with_list(empty))
    after = Envelope.from_bytes(octets(before.with_trace(HUB)))
    assert after.traces == (HUB,)
    assert content_of(after.message) == content_of(before.message)


@pytest.mark.parametrize(
    "ambiguous",
    [
        b"<edXML:TraceHeaderList></edXML:TraceHeaderList><!--</edXML:TraceHeaderList>-->",
        b"<edXML:TraceHeaderList></edXML:TraceHeaderList><!--<TraceHeaderList/>-->",
        b"<!--<TraceHeaderList>--><edXML:TraceHeaderList></edXML:TraceHeaderList>",
        b'<!--<edXML:TraceHeaderList version="1.0">--><edXML:TraceHeaderList/>',
        b"<edXML:TraceHeaderList/><x:TraceHeaderList xmlns:x='urn:x'></x:TraceHeaderList>",
    ],
)
def test_a_second_candidate_makes_the_place_ambiguous(ambiguous: bytes):
    """A tag of the same name in a comment or elsewhere is refused, not guessed at."""
    envelope = Envelope.from_bytes(with_list(ambiguous))
    with pytest.raises(MalformedEnvelope) as refused:
        envelope.with_trace(HUB)
    assert refused.value.code == "envelope.no-place"


@pytest.mark.parametrize("name", [b"TraceHeaderList", b"edXMLHeader", b"MessageHeader"])
def test_a_long_prefix_does_not_hide_the_real_tag(name: bytes):
    """A real end tag with an endless prefix still counts, beside its double in a comment."""
    places = {
        b"TraceHeaderList": lambda skeleton: place_trace(skeleton, HUB, listed=True),
        b"edXMLHeader": lambda skeleton: place_signature(skeleton, b"<s/>"),
        b"MessageHeader": lambda skeleton: place_trace(skeleton, HUB, listed=False),
    }
    prefix = b"p" * 200
    binding = b" xmlns:" + prefix + b'="http://www.mic.gov.vn/TBT/QCVN_102_2016"'
    data = plain().replace(b"<edXML:" + name, b"<" + prefix + b":" + name + binding)
    end = b"</" + prefix + b":" + name + b">"
    data = changed(b"</edXML:" + name + b">", end, data)
    envelope = Envelope.from_bytes(data)
    assert octets(envelope.with_signature(b"<s/>")).count(b"<s/>") == 1
    doubled = changed(end, end + b"<!--</" + name + b">-->", data)
    with pytest.raises(MalformedEnvelope, match="end tag"):
        places[name](Envelope.from_bytes(doubled).skeleton)


def test_without_a_list_the_place_is_behind_the_message_header():
    """A letter without a list gets one of its own, right behind ``MessageHeader``."""
    after = octets(Envelope.from_bytes(with_list(b"")).with_trace(HUB))
    assert b'</edXML:MessageHeader>\n<edXML:TraceHeaderList xmlns:edXML="' in after


def test_a_signature_needs_one_header():
    """Without an end of the header, or with two, there is no place for a signature."""
    for skeleton in (b"", b"</edXMLHeader></a:edXMLHeader>"):
        with pytest.raises(MalformedEnvelope, match="end tag of edXMLHeader"):
            place_signature(skeleton, b"<s/>")


# --- into a signature ---

SIGNATURE = (
    b'<ds:Signature Id="s-1"><ds:Object><xades:QualifyingProperties xmlns:xades="x" Target="#s-1">'
    b'<xades:SignedProperties Id="p"></xades:SignedProperties></xades:QualifyingProperties>'
    b"</ds:Object></ds:Signature>"
)


def test_the_first_unsigned_property_opens_its_place() -> None:
    """With the prefix that the signature uses."""
    added = place_in_signature(SIGNATURE, "s-1", b"<new/>").into(SIGNATURE)
    opened = b"<xades:UnsignedProperties><xades:UnsignedSignatureProperties><new/>"
    assert b"</xades:SignedProperties>" + opened in added
    assert len(added) == len(SIGNATURE) + 2 * len(opened) - len(b"<new/>") + 2


def test_the_next_goes_beside_the_first() -> None:
    """There is one place, however it is spaced."""
    once = place_in_signature(SIGNATURE, "s-1", b"<one/>").into(SIGNATURE)
    spaced = once.replace(b"<xades:Unsigned", b"\n <xades:Unsigned")
    for data in (once, spaced):
        twice = place_in_signature(data, "s-1", b"<two/>").into(data)
        assert b"<two/><one/>" in twice
        assert twice.count(b"<xades:UnsignedProperties>") == 1


@pytest.mark.parametrize("identity", ["s-2", "s", "s-11", "s.1"])
def test_another_signature_is_not_touched(identity: str) -> None:
    """The id is taken whole and by the letter."""
    with pytest.raises(MalformedEnvelope, match="found 0"):
        place_in_signature(SIGNATURE, identity, b"<new/>")


def test_of_two_such_places_none_is_taken() -> None:
    """One of them could be a comment."""
    doubled = SIGNATURE + b"<!--" + SIGNATURE + b"-->"
    with pytest.raises(MalformedEnvelope, match="found 2"):
        place_in_signature(doubled, "s-1", b"<new/>")
    cut = SIGNATURE[: SIGNATURE.index(b"</xades:SignedProperties")]
    with pytest.raises(MalformedEnvelope, match="end of SignedProperties"):
        place_in_signature(cut, "s-1", b"<new/>")
