"""The door to lxml lets in nothing but plain, bounded UTF-8 XML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from docexchange.envelope.xml import attribute, check_text, leaf_text, parse, text
from docexchange.errors import LimitExceeded, MalformedEnvelope, UnreadableInput
from docexchange.limits import Limits
from docexchange.testing.strategies.letters import XML_CHARACTERS


@given(st.text(XML_CHARACTERS))
def test_text_survives_the_parser(value: str):
    """Any text XML can carry comes back unchanged as element text and as attribute."""
    root = parse(f'<a b="{attribute(value)}">{text(value)}</a>'.encode())
    assert (root.text or "", root.get("b")) == (value, value)


@pytest.mark.parametrize("character", ["\0", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_carry_is_found(character: str):
    """Each character outside XML is refused with its number and position."""
    assert check_text(f"ab{character}") == f"character U+{ord(character):04X} at position 2"
    for escape in (text, attribute):
        with pytest.raises(ValueError, match="position 0"):
            escape(character)


@given(st.characters())
def test_lxml_agrees_on_characters(character: str):
    """What we let through, lxml takes; what we refuse, it refuses."""
    element = etree.Element("a")
    try:
        element.text = character
        taken = True
    except ValueError:
        taken = False
    assert taken == (check_text(character) is None)


@pytest.mark.parametrize("data", [b"", b" \n", b"\t"])
def test_nothing_is_told_as_nothing(data: bytes):
    """Empty input says so."""
    with pytest.raises(MalformedEnvelope) as refused:
        parse(data)
    assert refused.value.code == "xml.empty"


@pytest.mark.parametrize(
    "data",
    [
        '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"),
        "<a/>".encode("utf-16-le"),
        "<a/>".encode("utf-16-be"),
        "<a/>".encode("utf-32"),
        b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>",
        b"<?xml version='1.0' encoding = 'windows-1258' ?><a/>",
        b'<?xml version="1.0"\n encoding="UTF-7"?><a/>',
    ],
)
def test_other_encodings_are_refused(data: bytes):
    """Only UTF-8 is read; anything declared or recognised otherwise is refused as such."""
    with pytest.raises(MalformedEnvelope) as refused:
        parse(data)
    assert refused.value.code == "xml.encoding"


@pytest.mark.parametrize("encoding", ["cp037", "cp500", "cp1140", "utf-7", "shift_jis"])
def test_hidden_encodings_hide_no_dtd(encoding: str):
    """A DTD written so that the bytes do not show it is not read either."""
    xml = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "boo">]><a>&x;</a>'
    with pytest.raises(MalformedEnvelope):
        parse(xml.encode(encoding))


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("name", [b"UTF-8", b"utf-8", b"utf8", b"US-ASCII"])
def test_utf_8_in_all_spellings_is_read(mark: bytes, name: bytes):
    """A byte order mark and any spelling of the encoding are fine."""
    data = mark + b'<?xml version="1.0" encoding="%s"?><a>x</a>' % name
    assert parse(data).text == "x"


@pytest.mark.parametrize("mark", [b"<!DOCTYPE a>", b"<!DOCTYPE a SYSTEM 'x'>", b"<!ENTITY a>"])
def test_a_dtd_is_refused_with_its_line(mark: bytes):
    """Document type declarations are refused before a parser sees them."""
    with pytest.raises(MalformedEnvelope) as refused:
        parse(b"<?xml version='1.0'?>\n" + mark + b"<a/>")
    assert (refused.value.code, refused.value.line) == ("xml.dtd", 2)
    assert "hostile" in refused.value.advice


def test_broken_xml_tells_the_line():
    """What the parser says is passed on with the line."""
    with pytest.raises(MalformedEnvelope, match="line 2") as refused:
        parse(b"<a>\n<b></a>")
    assert (refused.value.code, refused.value.line) == ("xml.syntax", 2)


@pytest.mark.parametrize(("count", "good"), [(10, True), (11, False), (30, False)])
def test_the_limit_of_elements_is_exact(count: int, good: object):
    """As many elements as allowed pass, one more does not, however they are written."""
    for child in (b"<b/>", b"<b></b>"):
        data = b"<a>" + child * (count - 1) + b"</a>"
        if good:
            assert len(parse(data, Limits(elements=10)).findall("b")) == count - 1
        else:
            with pytest.raises(LimitExceeded, match="10 elements"):
                parse(data, Limits(elements=10))


@pytest.mark.parametrize(("depth", "good"), [(64, True), (65, False)])
def test_the_limit_of_depth_is_exact(depth: int, good: object):
    """As deep as allowed passes, one deeper does not."""
    data = b"<a>" * depth + b"</a>" * depth
    if good:
        assert parse(data).tag == "a"
    else:
        with pytest.raises(LimitExceeded, match="depth"):
            parse(data)


def test_the_limit_of_bytes_is_kept():
    """More bytes than allowed are refused before they are parsed."""
    with pytest.raises(LimitExceeded, match="skeleton_bytes"):
        parse(b"<a>" + b" " * 100 + b"</a>", Limits(skeleton_bytes=50))


@given(st.binary(max_size=60))
def test_any_bytes_are_xml_or_not(data: bytes):
    """Arbitrary bytes give a tree or one of our errors."""
    try:
        told = parse(data).tag
    except UnreadableInput as error:
        told = error.code
    assert told


@given(st.text("<>/ab&;='\"![]-? \n", max_size=40))
def test_any_markup_is_xml_or_not(markup: str):
    """Arbitrary markup gives a tree or one of our errors, and never a DTD."""
    try:
        root = parse(markup.encode())
    except UnreadableInput:
        return
    assert root.getroottree().docinfo.internalDTD is None


def test_a_leaf_is_text_and_nothing_else():
    """Text is read without white space around it; anything inside it is refused."""
    assert leaf_text(parse(b"<a> \n x y </a>")) == "x y"
    assert leaf_text(parse(b"<a/>")) == ""
    assert leaf_text(parse(b"<a><![CDATA[x]]></a>")) == "x"
    for inside in (b"<b/>", b"<!-- -->", b"x<?p?>"):
        with pytest.raises(MalformedEnvelope, match="only text"):
            leaf_text(parse(b"<a>" + inside + b"</a>"))
