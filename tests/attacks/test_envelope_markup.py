"""Letters made to be read two ways, or to make the parser do more than parse: all refused."""

from __future__ import annotations

import base64
import socket
import tempfile
from pathlib import Path

import pytest
from letters import (
    CLOSE,
    HUB,
    NAMESPACE,
    OPEN,
    changed,
    code_of,
    octets,
    plain,
    plain_base64,
    refusal,
    with_content,
)

from docexchange.envelope import Document, Envelope

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
SECRET = base64.b64encode(b"%PDF forged").decode().encode()
LONG = b"p" * 70


def with_head(extra: bytes, data: bytes | None = None) -> bytes:
    """A letter with something between the XML declaration and the root."""
    return changed(HEAD, HEAD + extra, data)


@pytest.mark.parametrize("entity", [b"&x;", b"&copy;", b"&#0;", b"&#xFFFF;", b"&#xD800;", b"&"])
def test_references_to_nothing_are_refused(entity: bytes):
    """Undeclared entities and impossible characters are syntax errors."""
    assert code_of(changed(b"<edXML:Subject>", b"<edXML:Subject>" + entity)) == "xml.syntax"


def test_xinclude_includes_nothing():
    """An XInclude element is an unknown element: no file is opened, no text appears."""
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secret"
        secret.write_text("secret", encoding="ascii")
        include = b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" parse="text" href="%s"/>'
        inside = include % secret.as_uri().encode()
        data = changed(b"<edXML:Code>", inside + b"<edXML:Code>")
        assert b"secret</" not in octets(Envelope.from_bytes(data))
        assert code_of(changed(b"<edXML:Subject>", b"<edXML:Subject>" + inside)) == (
            "xml.mixed-content"
        )


@pytest.mark.parametrize(
    "hint",
    [
        b'<!DOCTYPE edXML SYSTEM "%s">',
        b'<!DOCTYPE edXML [<!ENTITY x SYSTEM "%s">]>',
        b'<!DOCTYPE edXML [<!ENTITY %% x SYSTEM "%s"> %%x;]>',
        b'<?xml-stylesheet type="text/xsl" href="%s"?>',
        b'<?xml-model href="%s"?>',
        b'<a xsi:schemaLocation="urn:x %s" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>',
        b'<a x:noNamespaceSchemaLocation="%s" xmlns:x="http://www.w3.org/2001/XMLSchema-instance"/>',
        b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="%s"/>',
        b'<a xml:base="%s" xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="x"/>',
    ],
)
def test_nothing_that_a_letter_points_at_is_fetched(hint: bytes):
    """Schemas, entities, style sheets and inclusions: nobody comes to where they are said to be."""
    with socket.create_server(("127.0.0.1", 0)) as bait:
        bait.settimeout(0)
        url = b"http://127.0.0.1:%d/x" % bait.getsockname()[1]
        inside = changed(b"<edXML:Code>", hint % url + b"<edXML:Code>")
        before = with_head(hint % url)
        codes = {code_of(before), code_of(inside)}
        assert codes <= ({"xml.dtd"} if b"DOCTYPE" in hint else {"", "xml.syntax"})
        with pytest.raises(BlockingIOError):
            bait.accept()


@pytest.mark.parametrize("instruction", [b"<?xml-stylesheet href='x'?>", b"<?php echo 1 ?>"])
def test_instructions_around_the_letter_do_nothing(instruction: bytes):
    """Processing instructions outside texts are passed over and kept as they are."""
    data = with_head(instruction)
    assert octets(Envelope.from_bytes(data)) == data


@pytest.mark.parametrize("inside", [b"<!-- -->", b"<?x?>", b"<b/>", b"<edXML:b>x</edXML:b>"])
@pytest.mark.parametrize(
    "field",
    [b"Subject", b"CodeNumber", b"PromulgationDate", b"DocumentId", b"TypeName", b"FullName"],
)
def test_a_text_that_parsers_read_differently_is_refused(field: bytes, inside: bytes):
    """``abc<!-- -->def`` is one text to some and two to others, so it is none here."""
    start = b"<edXML:%s>" % field
    assert code_of(changed(start, start + b"abc" + inside)) == "xml.mixed-content"


@pytest.mark.parametrize("inside", [b"<!-- -->", b"<?x?>", b"<b/>"])
@pytest.mark.parametrize("field", [b"<edXML:ContentId>", b"<ContentId>", b"<edXML:AttachmentName>"])
def test_the_same_holds_for_ids_and_names(field: bytes, inside: bytes):
    """Ids and names of attachments are held to the same rule."""
    assert code_of(changed(field, field + inside)) == "xml.mixed-content"


def test_cdata_is_text_like_any_other():
    """CDATA in a field is text: what looks like markup inside is not."""
    data = changed(b"<edXML:Subject>", b"<edXML:Subject><![CDATA[<b>&x;]]>")
    message = Envelope.from_bytes(data).message
    assert isinstance(message, Document)
    assert message.subject.startswith("<b>&x;V/v")


def element(text: bytes, name: bytes = b"ContentTransferEncoded", attributes: bytes = b"") -> bytes:
    """A content element of the default namespace."""
    return b"<" + name + attributes + b">" + text + b"</" + name + b">"


@pytest.mark.parametrize(
    "hidden",
    [
        b"<!--" + element(SECRET) + b"-->",
        b"<!-- <ContentTransferEncoded> -->",
        b"<![CDATA[" + element(SECRET) + b"]]>",
        b"<?x " + element(SECRET) + b"?>",
        b"<!--<x:ContentTransferEncoded/>-->",
    ],
)
@pytest.mark.parametrize("place", [b"<edXML:Code>", b"<edXML:Subject>", b"<ContentId>"])
def test_content_elements_that_are_none_are_refused(place: bytes, hidden: bytes):
    """A content element inside a comment, CDATA or an instruction is refused, not passed over."""
    assert code_of(changed(place, place + hidden))


@pytest.mark.parametrize(
    "real",
    [
        element(b"0", LONG + b":ContentTransferEncoded", b" xmlns:%s='%s'" % (LONG, NAMESPACE)),
        element(b"0", attributes=b' a="/>"'),
        element(b"0", attributes=b" a='/>'"),
        element(b"<![CDATA[0]]>"),
        element(b"&#48;"),
        element(b"<!-- -->0"),
    ],
)
def test_a_double_in_a_comment_does_not_stand_in_for_the_real_one(real: bytes):
    """The octets that are read are never those of a comment beside an element hidden from us."""
    for fake in (b"<!--" + element(SECRET) + b"-->", b"<![CDATA[" + element(SECRET) + b"]]>"):
        assert code_of(with_content(fake + real))
        assert code_of(with_content(real + fake))


@pytest.mark.parametrize(
    "content",
    [
        b'<ContentTransferEncoded a="/>">' + SECRET + b"</ContentTransferEncoded>",
        b'<ContentTransferEncoded a="/>"><!-- --></ContentTransferEncoded>',
        b"<ContentTransferEncoded/><!--<ContentTransferEncoded/>-->",
        b"<!--<ContentTransferEncoded/>-->",
        b"<![CDATA[<ContentTransferEncoded/>]]>",
        element(b"", attributes=b' a=">"'),
        element(SECRET, attributes=b' a=">"'),
        element(SECRET, attributes=b" a='>'"),
        element(SECRET + b"<b/>" + SECRET),
        element(SECRET + b"<!-- -->"),
        element(b"<!-- -->" + SECRET),
        element(b"<![CDATA[" + SECRET + b"]]>"),
        element(SECRET + b"<![CDATA[" + SECRET + b"]]>"),
        element(SECRET + b"<?x?>"),
        element(element(SECRET)),
        element(SECRET + element(SECRET)),
        element(b"&#65;AAA"),
        element(SECRET).replace(b"</Content", b"</content"),
        element(SECRET)[:-1],
        element(SECRET).replace(b"</", b"< /"),
    ],
)
def test_content_that_is_more_than_base64_is_refused(content: bytes):
    """Markup, references, CDATA or tricks in the tag of a content element are refused."""
    assert code_of(with_content(content))


@pytest.mark.parametrize(
    "text",
    [b"A", b"AA", b"AAA", b"AAAA=", b"=AAA", b"AA=A", b"AA==AA==", b"AAAA====", b"AA-_", b"AA..",
     b"AA\x0bAA", b"AA\xc2\xa0AA", b"AAAA\0", "АААА".encode(), b"data:;base64,AAAA"],
)  # fmt: skip
def test_what_is_not_quite_base64_is_refused(text: bytes):
    """Bad padding, foreign alphabets and look-alike letters are refused as base64."""
    assert code_of(with_content(OPEN + text + CLOSE)) == "envelope.attachment-base64"


def test_an_attribute_may_show_a_content_element():
    """A content element cannot stand in an attribute: the markup character is not allowed there."""
    data = changed(b"<edXML:Code>", b'<edXML:Code a="%s">' % element(SECRET))
    assert code_of(data)
    escaped = element(SECRET).replace(b"<", b"&lt;")
    assert not code_of(changed(b"<edXML:Code>", b'<edXML:Code a="%s">' % escaped))


@pytest.mark.parametrize(
    "name", [b"edXMLEnvelope", b"edXMLHeader", b"MessageHeader", b"TraceHeaderList", b"Bussiness",
             b"edXMLBody", b"edXMLManifest", b"From", b"Code", b"DocumentId", b"Subject"],
)  # fmt: skip
def test_what_stands_twice_is_refused(name: bytes):
    """A second element where one counts is refused, before or behind the first, full or empty."""
    data = plain()
    start = data.index(b"<edXML:" + name)
    end = data.index(b"</edXML:" + name + b">") + len(b"</edXML:" + name + b">")
    for second in (data[start:end], b'<y:%s xmlns:y="%s"/>' % (name, NAMESPACE)):
        for doubled in (
            data[:start] + second + data[start:],
            data[:end] + second + data[end:],
        ):
            assert code_of(doubled)


@pytest.mark.parametrize("namespace", [b"http://www.go.vn/edoc", b"", b"urn:x", NAMESPACE + b"/"])
def test_another_namespace_is_another_format(namespace: bytes):
    """A letter in any namespace but those of the known dialects is refused as such."""
    error = refusal(plain().replace(NAMESPACE, namespace))
    assert error is not None
    assert error.code in {"envelope.root", "xml.syntax"}  # no prefix may be bound to nothing


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be", "cp1258", "cp037"])
def test_other_encodings_are_refused(encoding: str):
    """A letter in any encoding but UTF-8 is refused, with and without its declaration."""
    text = plain().decode()
    for name in ("UTF-8", encoding):
        data = text.replace('encoding="UTF-8"', f'encoding="{name}"').encode(encoding, "replace")
        assert code_of(data).startswith("xml.")


@pytest.mark.parametrize(
    "name",
    ["../a.pdf", "..", "/etc/passwd", "a\\b.pdf", "C:\\a", "a\u202efdp.exe", "a\u200b.pdf", "a\nb",
     "a\tb", ".htaccess", "a" * 300, "a\u2066b", "\ufeffa"],
)  # fmt: skip
def test_a_name_that_must_not_be_used_is_told(name: str):
    """A letter whose attachment has a hostile name can be looked at, with a finding about it."""
    for old in (b"<edXML:AttachmentName>", b"<AttachmentName>"):
        start = plain().index(old) + len(old)
        end = plain().index(b"</", start)
        data = plain()[:start] + name.encode() + plain()[end:]
        codes = [finding.code for finding in Envelope.from_bytes(data).findings]
        assert codes == (["M.AttachmentName"] if old.startswith(b"<edXML") else [])


def test_a_trace_list_that_hides_is_not_spliced_into():
    """A hub never writes its trace header into a comment that the sender prepared."""
    data = plain()
    start = data.index(b"<edXML:TraceHeaderList")
    end = data.index(b"</edXML:TraceHeaderList>") + len(b"</edXML:TraceHeaderList>")
    trap = b'<edXML:TraceHeaderList a=">"/><!--</edXML:TraceHeaderList>-->'
    trapped = Envelope.from_bytes(data[:start] + trap + data[end:]).with_trace(HUB)
    assert Envelope.from_bytes(octets(trapped)).traces == (HUB,)


def test_the_text_of_the_attachment_is_where_it_was():
    """The octets handed out are those between the tags that a plain parser sees."""
    data = plain()
    attachment = Envelope.from_bytes(data).message.attachments[0]
    assert b"".join(attachment.chunks()) == base64.b64decode(plain_base64())
