"""Letters of other systems are read as what they are, and each tolerance used is told."""

from __future__ import annotations

import pytest
from letters import NAMESPACE, changed, code_of, plain
from rewriting import E_DOC, GO_VN, bare, wrapped

from docexchange.envelope import Envelope


@pytest.mark.parametrize("namespace", [NAMESPACE, GO_VN, E_DOC, b""])
@pytest.mark.parametrize("name", [b"edXML", b"edXMLEnvelope", b"edXMLHeader", b"MessageHeader"])
def test_two_letters_in_one_file_are_refused(namespace: bytes, name: bytes):
    """Outside the strict dialect no second frame of any namespace may stand in the file."""
    second = b'<%s xmlns="%s"/>' % (name, namespace)
    for data in (
        wrapped(beside=b"<s:Header>" + second + b"</s:Header>"),
        wrapped().replace(b"</s:Body>", second + b"</s:Body>"),
        wrapped().replace(b"<s:Body>", b"<s:Body>" + second),
        bare().replace(b"<Subject>", second + b"<Subject>"),
    ):
        assert code_of(data) == "envelope.ambiguous-root"


@pytest.mark.parametrize("lead", [b"x" * 1025, b"<a/>", b"<", b"<!-- -->", b"\0", b"\xff\xfe"])
def test_not_everything_may_stand_in_front(lead: bytes):
    """Long texts, tags and other encodings before the declaration are refused."""
    assert code_of(lead + plain()).startswith("xml.")


def test_an_attachment_in_what_stands_in_front_is_refused():
    """What stands in front cannot hold a content element that the scanner would take for one."""
    lead = b"<ContentTransferEncoded>AAAA</ContentTransferEncoded>"
    assert code_of(lead + plain())


@pytest.mark.parametrize("text", [b"null", b"N/A"])
def test_a_placeholder_where_something_is_needed_is_an_error(text: bytes):
    """A subject that says nothing is kept as it is and told as a fault of the letter."""
    data = changed("V/v báo cáo &amp; &lt;thử&gt;".encode(), text)
    envelope = Envelope.from_bytes(data)
    assert [finding.code for finding in envelope.findings] == ["M.MessageHeader.Subject"]
    assert envelope.message.subject == text.decode()
