"""The reader takes letters of any system, in any order, and refuses what can be read two ways."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from letters import (
    CLOSE,
    NAMESPACE,
    OPEN,
    PDF,
    changed,
    code_of,
    content_of,
    letter,
    plain,
    refusal,
    status,
    with_content,
    written,
)

from docexchange.envelope import (
    Attachment,
    Business,
    Document,
    Envelope,
    Status,
    StatusCode,
    TraceHeader,
)
from docexchange.envelope.reading.findings import MOST_FINDINGS
from docexchange.identifiers import OrganId


def received(data: bytes) -> Document:
    """The letter in ``data``."""
    message = Envelope.from_bytes(data).message
    assert isinstance(message, Document)
    return message


def codes_of(data: bytes) -> list[str]:
    """Codes of the findings."""
    return [finding.code for finding in Envelope.from_bytes(data).findings]


def test_order_does_not_matter():
    """A letter with its header fields in reverse order is the same letter."""
    data = plain()
    start, end = data.index(b"<edXML:From>"), data.index(b"</edXML:MessageHeader>")
    fields = re.findall(rb"<edXML:(\w+)>.*?</edXML:\1>\n", data[start:end], re.DOTALL)
    blocks = [
        re.search(rb"<edXML:%s>.*?</edXML:%s>\n" % (name, name), data[start:end], re.DOTALL)[0]
        for name in fields
    ]
    assert b"".join(blocks) == data[start:end]
    shuffled = data[:start] + b"".join(reversed(blocks)) + data[end:]
    assert content_of(received(shuffled)) == content_of(received(data))


def test_prefixes_do_not_matter():
    """The same letter with another prefix, or with none, is the same letter."""
    data = plain()
    for prefix in (b"x:", b""):
        binding = b"xmlns:x=" if prefix else b"xmlns="
        other = data.replace(b"xmlns:edXML=", binding).replace(b"edXML:", prefix)
        assert content_of(received(other)) == content_of(received(data))


def test_unknown_elements_are_passed_over():
    """Elements of a newer edition, or of another namespace, do no harm."""
    new = b'<edXML:New>x</edXML:New><y:Subject xmlns:y="urn:y">other</y:Subject><edXML:Subject>'
    assert received(changed(b"<edXML:Subject>", new)).subject == "V/v báo cáo & <thử>"


def test_comments_between_elements_are_passed_over():
    """Comments and instructions beside elements are no part of the message."""
    data = changed(b"<edXML:Subject>", b"<!-- x --><?y z?><edXML:Subject>")
    assert content_of(received(data)) == content_of(received(plain()))


@pytest.mark.parametrize("text", [b"2026/03/02", b"02/03/2026", b"2026-03-02", b" 2026/3/2\n"])
def test_three_date_formats_are_read(text: bytes):
    """Dates as any of the known senders write them are read."""
    data = changed(b"Date>2026/03/02<", b"Date>" + text + b"<")
    assert received(data).promulgation.on == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"Date>2026/03/02", b"Date>2026/02/30", "PromulgationInfo.PromulgationDate"),
        (b"<edXML:Type>2", b"<edXML:Type>hai", "DocumentType.Type"),
        (b"<edXML:Type>2", b"<edXML:Type>--2", "DocumentType.Type"),
        (b"<edXML:Type>2", "<edXML:Type>٢".encode(), "DocumentType.Type"),
        (b"<edXML:Priority>0", b"<edXML:Priority>7", "OtherInfo.Priority"),
        (b"<edXML:Priority>0", b"<edXML:Priority>1_0", "OtherInfo.Priority"),
        (b"<edXML:DocumentId>", b"<edXML:DocumentId>&#x200b;", "DocumentId"),
    ],
)
def test_what_cannot_be_read_is_a_finding(old: bytes, new: bytes, code: str):
    """A field of the wrong type leaves the letter readable and is told once, as ``T.``."""
    envelope = Envelope.from_bytes(changed(old, new))
    assert [finding.code for finding in envelope.findings] == [f"T.MessageHeader.{code}"]
    assert envelope.findings[0].message.startswith(("expected", "day is out", "document id"))
    assert envelope.findings[0].line


@pytest.mark.parametrize("value", [b"2", b"true", b"null", b"-1", b"9" * 5000, b"0x1"])
@pytest.mark.parametrize("name", [b"Paper", b"BussinessDocType"])
def test_odd_values_of_the_business_are_findings(name: bytes, value: bytes):
    """No value of a coded field stops the reader."""
    data = changed(b"<edXML:%s>0<" % name, b"<edXML:%s>%s<" % (name, value))
    expected = [] if (name, value) == (b"BussinessDocType", b"2") else [name.decode()]
    if (name, value) == (b"Paper", b"null"):
        expected = []
    unreadable = [code.rpartition(".")[2] for code in codes_of(data) if code.startswith("T.")]
    assert unreadable == expected
    assert all(len(f.message) < 400 for f in Envelope.from_bytes(data).findings)


@pytest.mark.parametrize("name", [b"From", b"Code", b"Subject", b"DocumentType", b"OtherInfo"])
def test_a_repeated_element_is_refused(name: bytes):
    """Where one is expected and two are found, readers could differ: refused, with its line."""
    data = plain()
    block = re.search(rb"<edXML:%s>.*?</edXML:%s>" % (name, name), data, re.DOTALL)[0]
    error = refusal(changed(block, block + b"\n" + block))
    assert error is not None
    assert error.code == "envelope.repeated-element"
    assert name.decode() in str(error)


def test_without_a_header_it_is_no_envelope():
    """An edXML root without message header is refused, also when it is nearly empty."""
    for data in (b"<a/>", b'<edXML xmlns="http://www.go.vn/edoc"/>'):
        assert code_of(data) == "envelope.root"
    for namespace in (NAMESPACE, b"http://www.go.vn/eDoc", b""):
        assert code_of(b'<edXML xmlns="%s"/>' % namespace) == "envelope.no-header"


def test_without_a_sender_it_is_no_letter():
    """A letter whose sender cannot be told is refused and says where the code was looked for."""
    error = refusal(changed(b"<edXML:OrganId>000.21.31.H53<", b"<edXML:OrganId>@<"))
    assert error is not None
    assert error.code == "envelope.no-organ-id"
    assert "MessageHeader.From/OrganId" in str(error)


def test_an_id_outside_the_grammar_is_refused():
    """The id of the message header is what signatures refer to; an odd one is refused."""
    assert code_of(changed(b'Id="m-1"', b'Id="m 1"')) == "envelope.message-id"


def test_an_empty_response_is_no_response():
    """An empty ``ResponseFor``, which real messages have, is passed over."""
    data = changed(b"<edXML:OtherInfo>", b"<edXML:ResponseFor/><edXML:OtherInfo>")
    assert received(data).response_for == ()


@pytest.mark.parametrize(
    "inside", [b"<edXML:OrganId/>", b"<other/>", b"<!-- -->", b"<edXML:Code> </edXML:Code>"]
)
def test_a_response_for_that_says_nothing_is_no_response(inside: bytes):
    """Whatever stands inside: what names nothing is not in the letter, and not written again."""
    response = b"<edXML:ResponseFor>" + inside + b"</edXML:ResponseFor>"
    message = received(changed(b"<edXML:OtherInfo>", response + b"<edXML:OtherInfo>"))
    assert message.response_for == ()
    assert content_of(received(written(message))) == content_of(message)


@pytest.mark.parametrize("inside", [b"", b"<edXML:Department/>", b"<other/>"])
def test_staff_that_says_nothing_is_nobody(inside: bytes):
    """A status whose ``StaffInfo`` names nobody has none."""
    staff = b"<edXML:StaffInfo>" + inside + b"</edXML:StaffInfo>"
    data = changed(b"<edXML:StatusCode>", staff + b"<edXML:StatusCode>", written(status()))
    message = Envelope.from_bytes(data).message
    assert isinstance(message, Status)
    assert message.staff is None


def test_the_axis_leaves_traces_of_nobody():
    """Trace headers without a code, with ``null`` or with nonsense are kept as unknown."""
    entries = b"".join(
        b"<edXML:TraceHeader>%s<edXML:Timestamp>%s</edXML:Timestamp></edXML:TraceHeader>" % pair
        for pair in [
            (b"<edXML:OrganId>null</edXML:OrganId>", b"2026/03/02 09:00:00"),
            (b"", b"2026-03-02T09:00:00.123"),
            (b"<edXML:OrganId>?!</edXML:OrganId>", b"02/03/2026 9:00:00"),
            (b"<edXML:OrganId>vxp.saas.03</edXML:OrganId>", b""),
        ]
    )
    data = changed(b"<edXML:Bussiness ", entries + b"<edXML:Bussiness ")
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert Envelope.from_bytes(data).traces == (
        TraceHeader(None, at),
        TraceHeader(None, at),
        TraceHeader(None, at),
        TraceHeader(OrganId("vxp.saas.03"), None),
    )


def test_a_status_is_told_by_its_code():
    """A header with a status code is a status message; codes of one digit are read too."""
    data = changed(b"Code>01<", b"Code>3<", written(status()))
    message = Envelope.from_bytes(data).message
    assert isinstance(message, Status)
    assert message.code is StatusCode.RECEIVED


def test_an_unknown_status_is_a_finding():
    """A status code outside the list leaves the status readable."""
    data = changed(b"Code>01<", b"Code>99<", written(status()))
    envelope = Envelope.from_bytes(data)
    assert isinstance(envelope.message, Status)
    assert envelope.message.code is None
    assert codes_of(data) == ["T.MessageHeader.StatusCode"]
    assert "expected one of 01, 02" in envelope.findings[0].message


def test_the_manifest_counts_not_the_copy_beside_the_octets():
    """Name and type come from the manifest, which is signed."""
    data = plain()
    copy = data.index(b"<AttachmentName>")
    data = data[:copy] + data[copy:].replace("quyết định.pdf".encode(), b"virus.exe")
    assert received(data).attachments[0].name == "quyết định.pdf"


def test_both_forms_of_a_content_id_meet():
    """``cid:209`` in the manifest and ``209`` beside the octets are the same."""
    data = plain().replace(b"<ContentId>cid:209", b"<ContentId>209")
    assert received(data).attachments[0].content_id.uri == "cid:209"


def test_attachments_stand_in_the_order_of_the_manifest():
    """The manifest decides the order, wherever the octets lie."""
    other = Attachment.from_bytes(b"other", name="b.bin")
    data = written(letter(PDF, other))
    split = data.index(b"<Attachment>\n<ContentId>" + other.content_id.uri.encode())
    first, end = data.index(b"<Attachment>"), data.index(b"</AttachmentEncoded>")
    swapped = data[:first] + data[split:end] + data[first:split] + data[end:]
    assert [b"".join(a.chunks()) for a in received(swapped).attachments] == [
        b"%PDF hello",
        b"other",
    ]


def test_missing_octets_are_refused():
    """A manifest entry without octets is refused by the attachment's id."""
    data = plain()
    start, end = data.index(b"<AttachmentEncoded>"), data.index(b"</AttachmentEncoded>")
    error = refusal(data[:start] + data[end + len(b"</AttachmentEncoded>") :])
    assert error is not None
    assert (error.code, "cid:209" in str(error)) == ("envelope.attachment-missing", True)


def test_one_content_id_for_two_is_refused():
    """Neither two attachments nor two manifest entries may share an id."""
    data = plain()
    entry = re.search(rb"<edXML:Reference>.*</edXML:Reference>", data, re.DOTALL)[0]
    assert code_of(changed(entry, entry * 2)) == "envelope.duplicate-content-id"
    attached = re.search(rb"<Attachment>.*</Attachment>", data, re.DOTALL)[0]
    assert code_of(changed(attached, attached * 2)) == "envelope.duplicate-content-id"
    assert code_of(with_content((OPEN + CLOSE) * 2)) == "envelope.duplicate-content-id"


@pytest.mark.parametrize(
    "place",
    [
        (b"<edXML:Subject>", b"%s<edXML:Subject>"),
        (b"<edXML:edXMLManifest", b"<edXML:Attachment>%s</edXML:Attachment><edXML:edXMLManifest"),
        (b"</edXML>", b"<Attachment><ContentId>1</ContentId>%s</Attachment></edXML>"),
        (b"</AttachmentEncoded>", b"%s</AttachmentEncoded>"),
    ],
)
def test_octets_elsewhere_are_refused(place: tuple[bytes, bytes]):
    """Attachment text counts only where attachments belong; elsewhere it is refused."""
    old, new = place
    assert code_of(changed(old, new % (OPEN + CLOSE))) == "envelope.attachment-place"


def test_octets_of_another_namespace_are_refused():
    """A content element that is not edXML's is refused as such."""
    element = b'<ContentTransferEncoded xmlns="urn:x">AAAA</ContentTransferEncoded>'
    error = refusal(with_content(element))
    assert error is not None
    assert error.code == "envelope.attachment-place"


def test_business_absent_is_none():
    """A letter without ``Bussiness`` has none, instead of an invented one."""
    assert received(written(letter(business=None))).business is None
    assert received(written(letter(business=Business()))).business == Business()


def test_findings_are_bounded():
    """A letter made of nothing but faults is told about up to a bound."""
    faulty = b"<edXML:To><edXML:OrganId>000.00.00.G22</edXML:OrganId></edXML:To>" * 3000
    traces = b"<edXML:TraceHeader><edXML:Timestamp>x</edXML:Timestamp></edXML:TraceHeader>" * 3000
    data = changed(b"<edXML:DocumentId>", faulty + b"<edXML:DocumentId>")
    assert len(codes_of(data)) == MOST_FINDINGS
    data = changed(b"<edXML:Bussiness ", traces + b"<edXML:Bussiness ", data)
    assert len(codes_of(data)) == MOST_FINDINGS
