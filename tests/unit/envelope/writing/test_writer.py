"""The writer speaks the strict dialect, byte for byte."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from letters import HUB, PDF, letter, octets, status, written
from lxml import etree
from signing_help import exclusive

from docexchange.envelope import (
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Envelope,
    OtherInfo,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    ResponseFor,
    StaffInfo,
    TraceHeader,
)
from docexchange.envelope.names import edxml
from docexchange.envelope.writing.writer import Fragment, trace_header, write_skeleton
from docexchange.identifiers import DocumentId, OrganId
from docexchange.testing.strategies.letters import messages

if TYPE_CHECKING:
    from docexchange.envelope import Message

LETTER = """\
<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
<edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">
<edXML:edXMLHeader>
<edXML:MessageHeader Id="m-1">
<edXML:From>
<edXML:OrganId>000.21.31.H53</edXML:OrganId>
<edXML:OrganName>UBND xã An Thạnh</edXML:OrganName>
</edXML:From>
<edXML:To>
<edXML:OrganId>000.00.00.G22</edXML:OrganId>
<edXML:OrganName>Văn phòng Chính phủ</edXML:OrganName>
</edXML:To>
<edXML:DocumentId>000.21.31.H53,2026/03/02,12/UBND-VX</edXML:DocumentId>
<edXML:Code>
<edXML:CodeNumber>12</edXML:CodeNumber>
<edXML:CodeNotation>UBND-VX</edXML:CodeNotation>
</edXML:Code>
<edXML:PromulgationInfo>
<edXML:PromulgationDate>2026/03/02</edXML:PromulgationDate>
</edXML:PromulgationInfo>
<edXML:DocumentType>
<edXML:Type>2</edXML:Type>
<edXML:TypeName>Công văn</edXML:TypeName>
</edXML:DocumentType>
<edXML:Subject>V/v báo cáo &amp; &lt;thử&gt;</edXML:Subject>
<edXML:SignerInfo>
<edXML:FullName>Nguyễn Văn An</edXML:FullName>
</edXML:SignerInfo>
<edXML:OtherInfo>
<edXML:Priority>0</edXML:Priority>
</edXML:OtherInfo>
</edXML:MessageHeader>
<edXML:TraceHeaderList version="1.0">
<edXML:Bussiness Id="m-1.business">
<edXML:BussinessDocType>0</edXML:BussinessDocType>
<edXML:Paper>0</edXML:Paper>
</edXML:Bussiness>
</edXML:TraceHeaderList>
</edXML:edXMLHeader>
<edXML:edXMLBody Id="m-1.body">
<edXML:edXMLManifest version="1.0">
<edXML:Reference>
<edXML:ContentId>cid:209</edXML:ContentId>
<edXML:ContentType>application/pdf</edXML:ContentType>
<edXML:AttachmentName>quyết định.pdf</edXML:AttachmentName>
</edXML:Reference>
</edXML:edXMLManifest>
</edXML:edXMLBody>
</edXML:edXMLEnvelope>
<AttachmentEncoded>
<Attachment>
<ContentId>cid:209</ContentId>
<AttachmentName>quyết định.pdf</AttachmentName>
<ContentType>application/pdf</ContentType>
<edXML:ContentTransferEncoded xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">\
JVBERiBoZWxsbw==</edXML:ContentTransferEncoded>
</Attachment>
</AttachmentEncoded>
</edXML>
"""


def test_a_letter_is_written_to_the_letter():
    """Prefix, order, placement and line breaks are those that the national axis accepts."""
    assert written(letter(PDF)).decode() == LETTER


UPDATE = """\
<edXML:Bussiness Id="m-1.business">
<edXML:DocumentId>9/UBND</edXML:DocumentId>
<edXML:BussinessDocType>2</edXML:BussinessDocType>
<edXML:BussinessDocReason>Sai</edXML:BussinessDocReason>
<edXML:Paper>1</edXML:Paper>
<edXML:BussinessDocumentInfo>
<edXML:DocumentInfo>0</edXML:DocumentInfo>
<edXML:DocumentReceiver>1</edXML:DocumentReceiver>
<edXML:ReceiverList>
<edXML:Receiver>
<edXML:OrganId>H53</edXML:OrganId>
<edXML:ReceiverType>0</edXML:ReceiverType>
</edXML:Receiver>
</edXML:ReceiverList>
</edXML:BussinessDocumentInfo>
<edXML:StaffInfo>
<edXML:Department>VP</edXML:Department>
<edXML:DepartmentId>D1</edXML:DepartmentId>
<edXML:Staff>Nam</edXML:Staff>
<edXML:StaffId>S1</edXML:StaffId>
</edXML:StaffInfo>
</edXML:Bussiness>
"""
REPLACEMENT = """\
<edXML:BussinessDocType>3</edXML:BussinessDocType>
<edXML:Paper>0</edXML:Paper>
<edXML:ReplacementInfoList>
<edXML:ReplacementInfo>
<edXML:DocumentId>9/UBND</edXML:DocumentId>
<edXML:OrganIdList>
<edXML:OrganId>H53</edXML:OrganId>
<edXML:OrganId>G22</edXML:OrganId>
</edXML:OrganIdList>
</edXML:ReplacementInfo>
</edXML:ReplacementInfoList>
</edXML:Bussiness>
"""


def test_updates_and_replacements_are_written_to_the_letter():
    """Their elements stand in the order of the Java SDK."""
    old, here = DocumentId("9/UBND"), OrganId("H53")
    info = BusinessDocumentInfo(
        document_info=False,
        document_receiver=True,
        receivers=(Receiver(here, ReceiverType.REMOVED),),
    )
    update = Business(
        kind=BusinessKind.UPDATE,
        reason="Sai",
        paper=True,
        document_id=old,
        document_info=info,
        staff=(StaffInfo(department="VP", department_id="D1", staff="Nam", staff_id="S1"),),
    )
    replaced = ReplacementInfo(old, (here, OrganId("G22")))
    replacement = Business(kind=BusinessKind.REPLACE, replacements=(replaced,))
    assert UPDATE in written(letter(business=update)).decode()
    assert REPLACEMENT in written(letter(business=replacement)).decode()


def test_a_status_has_neither_body_nor_list():
    """A status message consists of its header alone."""
    data = written(status())
    assert b"edXMLBody" not in data
    assert b"TraceHeaderList" not in data
    assert b"<edXML:StatusCode>01</edXML:StatusCode>" in data
    assert b"<edXML:Timestamp>2026/03/02 09:00:00</edXML:Timestamp>" in data


def test_without_message_id_nothing_has_an_id():
    """A message of a system that signs nothing gets no ids made of nothing."""
    data = written(letter(PDF, message_id=None))
    assert b" Id=" not in data
    assert b"None" not in data


def test_what_is_empty_is_left_out():
    """Empty texts, numbers and groups leave no element behind."""
    data = written(
        letter(
            other_info=OtherInfo(appendixes=("", " ")),
            response_for=(ResponseFor(),),
            business=Business(staff=(StaffInfo(),)),
        )
    )
    for name in (b"Appendix", b"ResponseFor", b"StaffInfo", b"DueDate", b"Content>"):
        assert name not in data


def test_offsets_point_at_the_stand_in_numbers():
    """Each offset is where the number of its attachment stands."""
    document = letter(*(PDF for _ in range(12)))
    found = write_skeleton(document)
    assert [found.rest[at : at + len(str(n))] for n, at in enumerate(found.slots)] == [
        str(n).encode() for n in range(12)
    ]


@given(messages)
def test_fragments_are_what_a_canonicaliser_makes_of_them(message: Message):
    """Name, id and canonical octets of what is signed are those that lxml finds in the tree."""
    found = write_skeleton(message)
    root = etree.fromstring(found.head + found.rest)
    assert found.fragments == tuple(
        Fragment(name, element.get("Id", ""), exclusive(element))
        for name in ("MessageHeader", "Bussiness", "edXMLBody")
        for element in root.iter(edxml(name))
    )


def test_a_trace_header_without_anything_is_still_one():
    """An access point that tells neither name nor time is written with empty fields."""
    xml = trace_header(TraceHeader(None, None), prefix="")
    assert xml.split("\n")[:3] == [
        "<TraceHeader>",
        "<OrganId></OrganId>",
        "<Timestamp></Timestamp>",
    ]


@pytest.mark.peer("xmllint")
@settings(max_examples=10)
@given(messages)
def test_xmllint_finds_it_well_formed(message: Message):
    """Another parser, without any option, accepts what we write, before and after a hub."""
    envelope = Envelope.of(message)
    for data in (written(message), b"".join(envelope.with_trace(HUB).chunks())):
        program = str(shutil.which("xmllint"))
        done = subprocess.run(
            [program, "--noout", "-"], input=data, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")


def test_dates_have_their_leading_zeros():
    """Days, months and early years are written with all their digits."""
    document = letter(due_date=date(926, 3, 2), document_id=DocumentId("x"))
    assert b"<edXML:DueDate>0926/03/02</edXML:DueDate>" in written(document)


def test_extensions_of_an_attachment_stand_where_they_are_signed():
    """Format, FieldName and MimeType come back from the manifest, and stand beside the octets."""
    extended = replace(PDF, format="PDF", field_name="Tệp chính", mime_type="application/x-pdf")
    envelope = Envelope.of(letter(extended))
    again = Envelope.from_bytes(octets(envelope))
    (attachment,) = again.message.attachments
    assert (attachment.format, attachment.field_name) == ("PDF", "Tệp chính")
    assert attachment.mime_type == "application/x-pdf"
    assert again.findings == ()
    assert octets(envelope).count("<FieldName>Tệp chính</FieldName>".encode()) == 1
