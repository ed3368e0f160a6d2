"""Letters of other systems are read as what they are, and each tolerance used is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from dialect_vectors import DECLARATION, E_DOC, GO_VN, OTHERS, UTF_16, VECTORS, bare, wrapped
from letters import HUB, NAMESPACE, changed, code_of, content_of, octets, plain

from docexchange.envelope import Envelope
from docexchange.envelope.tolerances import Tolerance

SAME = VECTORS | UTF_16
ALL = SAME | OTHERS
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "findings.md"


@pytest.mark.parametrize("name", ALL)
def test_each_tolerance_is_told_by_its_code(name: str):
    """A letter of another system has exactly the findings it should, each with a place."""
    data, codes = ALL[name]
    findings = Envelope.from_bytes(data).findings
    assert [finding.code for finding in findings] == codes
    assert all(finding.path and finding.line and finding.advice for finding in findings)


@pytest.mark.parametrize("name", SAME)
def test_the_content_is_that_of_the_strict_letter(name: str):
    """Whatever the dialect, it is the same letter with the same attachment."""
    message = Envelope.from_bytes(SAME[name][0]).message
    assert content_of(message) == content_of(Envelope.from_bytes(plain()).message)


@pytest.mark.parametrize("name", VECTORS | OTHERS)
def test_a_letter_is_written_as_it_came(name: str):
    """Nothing is rewritten: the bytes of any dialect go on as they are."""
    data = ALL[name][0]
    assert octets(Envelope.from_bytes(data)) == data


@pytest.mark.parametrize("name", UTF_16)
def test_utf_16_goes_on_in_utf_8(name: str):
    """A letter in UTF-16 is written as the same characters in UTF-8, and says so."""
    written = octets(Envelope.from_bytes(UTF_16[name][0]))
    assert written in {plain(), plain().removeprefix(DECLARATION)}


@pytest.mark.parametrize("name", SAME)
def test_a_hub_passes_any_dialect_on(name: str):
    """A trace header put into a letter of any dialect is found there again."""
    before = Envelope.from_bytes(SAME[name][0])
    after = Envelope.from_bytes(octets(before.with_trace(HUB)))
    assert after.traces == (*before.traces, HUB)
    assert content_of(after.message) == content_of(before.message)


def test_every_tolerance_has_a_vector_and_a_place_in_the_documents():
    """No tolerance without a letter that uses it, nor without words about it."""
    used = {code for _, codes in ALL.values() for code in codes}
    assert used == set(map(str, Tolerance))
    page = PAGE.read_text(encoding="utf-8")
    assert [code for code in used if f"`{code}`" not in page] == []


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


def test_a_letter_deep_inside_soap_is_not_found():
    """Only a child of the SOAP body or header is a letter."""
    inner = wrapped().replace(b"<s:Body>", b"<s:Body><x>").replace(b"</s:Body>", b"</x></s:Body>")
    assert code_of(inner) == "envelope.root"


@pytest.mark.parametrize("lead", [b"x" * 1025, b"<a/>", b"<", b"<!-- -->", b"\0", b"\xff\xfe"])
def test_not_everything_may_stand_in_front(lead: bytes):
    """Long texts, tags and other encodings before the declaration are refused."""
    assert code_of(lead + plain()).startswith("xml.")


def test_an_attachment_in_what_stands_in_front_is_refused():
    """What stands in front cannot hold a content element that the scanner would take for one."""
    lead = b"<ContentTransferEncoded>AAAA</ContentTransferEncoded>"
    assert code_of(lead + plain())


def test_attachments_both_inside_and_outside_are_refused():
    """One list of attachments only, so that all readers see the same."""
    data = VECTORS["attachments-inside"][0]
    start, end = data.index(b"<AttachmentEncoded>"), data.index(b"</edXML:edXMLEnvelope>")
    assert code_of(changed(b"</edXML>", data[start:end] + b"</edXML>", data)).startswith(
        "envelope."
    )


def test_a_reference_that_names_two_attachments_is_refused():
    """``xlink:href`` and ``ContentId`` that disagree leave it open which file is meant."""
    data = VECTORS["href-and-id"][0]
    assert code_of(changed(b'href="cid:209"', b'href="cid:210"', data)) == "envelope.content-id"


@pytest.mark.parametrize("text", [b"null", b"N/A"])
def test_a_placeholder_where_something_is_needed_is_an_error(text: bytes):
    """A subject that says nothing is kept as it is and told as a fault of the letter."""
    data = changed("V/v báo cáo &amp; &lt;thử&gt;".encode(), text)
    envelope = Envelope.from_bytes(data)
    assert [finding.code for finding in envelope.findings] == ["M.MessageHeader.Subject"]
    assert envelope.message.subject == text.decode()
