"""What a message does is read whoever wrote it; what cannot be read is told."""

from __future__ import annotations

import pytest
from letters import changed, code_of, letter, written

from docexchange.envelope import (
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Document,
    Envelope,
    OtherInfo,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    StaffInfo,
)
from docexchange.identifiers import DocumentId, OrganId

UPDATE = b"""\
<edXML:BussinessDocType>2</edXML:BussinessDocType>
<edXML:DocumentId>9/UBND</edXML:DocumentId>
<edXML:BussinessDocumentInfo>
<edXML:ReceiverList>
<edXML:Receiver><edXML:ReceiverType>0</edXML:ReceiverType>\
<edXML:OrganId>28.22.H17</edXML:OrganId></edXML:Receiver>
<edXML:Receiver/>
<edXML:Receiver><edXML:OrganId>H53.31</edXML:OrganId>\
<edXML:ReceiverType>1</edXML:ReceiverType></edXML:Receiver>
</edXML:ReceiverList>
<edXML:DocumentReceiver>1</edXML:DocumentReceiver>
<edXML:DocumentInfo>0</edXML:DocumentInfo>
</edXML:BussinessDocumentInfo>
"""
REPLACEMENT = b"""\
<edXML:BussinessDocType>3</edXML:BussinessDocType>
<edXML:ReplacementInfoList>
<edXML:ReplacementInfo>
<edXML:OrganIdList><edXML:OrganId>H53</edXML:OrganId><edXML:OrganId>G22</edXML:OrganId>\
</edXML:OrganIdList>
<edXML:DocumentId>9/UBND</edXML:DocumentId>
</edXML:ReplacementInfo>
<edXML:ReplacementInfo><edXML:DocumentId>8/UBND</edXML:DocumentId></edXML:ReplacementInfo>
</edXML:ReplacementInfoList>
"""
EMPTY = (
    b"<edXML:BussinessDocumentInfo><edXML:ReceiverList/></edXML:BussinessDocumentInfo>"
    b"<edXML:ReplacementInfoList/>"
)
KIND = b"<edXML:BussinessDocType>0</edXML:BussinessDocType>\n"


def business_in(data: bytes) -> Business:
    """What the letter in ``data`` says it does."""
    message = Envelope.from_bytes(data).message
    assert isinstance(message, Document)
    assert message.business is not None
    return message.business


def codes_of(data: bytes) -> list[str]:
    """Codes of the findings about content; the order of elements is a matter of form."""
    codes = (finding.code for finding in Envelope.from_bytes(data).findings)
    return [code for code in codes if not code.startswith("D.")]


def test_an_update_is_read_in_any_order():
    """Receivers keep their order, empty ones count for nothing, odd codes are a finding."""
    data = changed(KIND, UPDATE)
    business = business_in(data)
    assert (business.kind, business.document_id) == (BusinessKind.UPDATE, DocumentId("9/UBND"))
    assert business.document_info == BusinessDocumentInfo(
        document_info=False,
        document_receiver=True,
        receivers=(
            Receiver(OrganId("28.22.H17"), ReceiverType.REMOVED),
            Receiver(OrganId("H53.31"), ReceiverType.ADDED),
        ),
    )
    assert codes_of(data) == [
        "T.TraceHeaderList.Bussiness.BussinessDocumentInfo.ReceiverList.Receiver.OrganId"
    ]


def test_a_replacement_is_read():
    """Each document replaced has its own list of agencies, which may be absent."""
    data = changed(KIND, REPLACEMENT)
    assert codes_of(data) == []
    assert business_in(data).replacements == (
        ReplacementInfo(DocumentId("9/UBND"), (OrganId("H53"), OrganId("G22"))),
        ReplacementInfo(DocumentId("8/UBND")),
    )


def test_empty_lists_are_absent():
    """A new letter with the empty lists that the Java SDK writes is a new letter like others."""
    data = changed(KIND, KIND + EMPTY)
    assert codes_of(data) == []
    assert business_in(data) == business_in(changed(KIND, KIND))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b"DocumentInfo>0<", b"DocumentInfo>yes<", "DocumentInfo"),
        (b"DocumentReceiver>1<", b"DocumentReceiver>2<", "DocumentReceiver"),
        (b"ReceiverType>0<", b"ReceiverType>9<", "ReceiverList.Receiver.ReceiverType"),
        (b"OrganId>28.22.H17<", b"OrganId>?<", "ReceiverList.Receiver.OrganId"),
    ],
)
def test_what_cannot_be_read_of_an_update_is_told_once(old: bytes, new: bytes, field: str):
    """A value outside its list leaves the letter readable and is one finding."""
    sound = changed(b"28.22.H17", b"G22", UPDATE) if b"28" not in old else UPDATE
    data = changed(KIND, changed(old, new, sound))
    path = f"TraceHeaderList.Bussiness.BussinessDocumentInfo.{field}"
    assert codes_of(data) == [f"T.{path}"]


def test_an_unreadable_agency_of_a_replacement_is_told():
    """A code that is none is left out with a finding; the others stay."""
    data = changed(KIND, changed(b">G22<", b">?<", REPLACEMENT))
    assert business_in(data).replacements[0].organ_ids == (OrganId("H53"),)
    path = "TraceHeaderList.Bussiness.ReplacementInfoList.ReplacementInfo.OrganIdList.OrganId"
    assert codes_of(data) == [f"T.{path}"]


@pytest.mark.parametrize(
    ("part", "data"),
    [
        (b"<edXML:DocumentInfo>0</edXML:DocumentInfo>", UPDATE),
        (b"<edXML:ReceiverType>1</edXML:ReceiverType>", UPDATE),
        (b"<edXML:DocumentId>8/UBND</edXML:DocumentId>", REPLACEMENT),
    ],
)
def test_what_stands_there_twice_is_refused(part: bytes, data: bytes):
    """No field of an update or a replacement can be read two ways."""
    assert code_of(changed(KIND, changed(part, part * 2, data))) == "envelope.repeated-element"


def test_two_changes_in_one_message_are_refused():
    """A second ``BussinessDocumentInfo`` would be the one that another reader takes."""
    end = b"</edXML:BussinessDocumentInfo>"
    data = changed(end, end + b"<edXML:BussinessDocumentInfo/>", UPDATE)
    assert code_of(changed(KIND, data)) == "envelope.repeated-element"


def test_extensions_of_the_sdk_are_read():
    """Direction, task codes and ids of departments and people arrive as they were sent."""
    staff = StaffInfo(department="VP", department_id="D1", staff="Nam", staff_id="S1")
    info = OtherInfo(direction=True, reply_fors="1/A", reference_codes="HS-01")
    sent = letter(
        business=Business(staff=(staff,)),
        other_info=info,
        task_codes=("NV-1", "NV-2"),
        application_type="MCDT",
    )
    assert Envelope.from_bytes(written(sent)).message == sent
    assert b"<edXML:Direction>true</edXML:Direction>" in written(sent)


def test_task_codes_are_gathered_from_all_lists():
    """One list with two codes and two lists with one each are the same."""
    one = letter(task_codes=("NV-1", "NV-2"))
    code = b"</edXML:TaskCode>\n"
    split = code + b"</edXML:ResponseForTask><edXML:ResponseForTask>"
    data = written(one).replace(code, split, 1)
    assert Envelope.from_bytes(data).message == one


@pytest.mark.parametrize(
    ("text", "value", "codes"),
    [
        (b"false", False, []),
        (b"1", True, []),
        (b"FALSE", None, ["T.MessageHeader.OtherInfo.Direction"]),
    ],
)
def test_direction_is_read_in_both_spellings(text: bytes, value: object, codes: list[str]):
    """XML has two spellings of a boolean; anything else is a finding."""
    element = b"<edXML:Direction>" + text + b"</edXML:Direction>"
    data = changed(b"</edXML:OtherInfo>", element + b"</edXML:OtherInfo>")
    message = Envelope.from_bytes(data).message
    assert isinstance(message, Document)
    assert message.other_info.direction is value
    assert codes_of(data) == codes


def test_elements_inside_reply_fors_do_no_harm():
    """Where nobody knows the structure, elements leave the letter readable and are told."""
    element = b"<edXML:ReplyFors><edXML:ReplyFor>1</edXML:ReplyFor></edXML:ReplyFors>"
    data = changed(b"</edXML:OtherInfo>", element + b"</edXML:OtherInfo>")
    assert codes_of(data) == ["T.MessageHeader.OtherInfo.ReplyFors"]


@pytest.mark.parametrize("inside", [b"", b"<edXML:Department/>", b"<other/>"])
def test_staff_that_says_nothing_is_left_out(inside: bytes):
    """A ``StaffInfo`` that names nobody is nobody."""
    staff = b"<edXML:StaffInfo>" + inside + b"</edXML:StaffInfo>"
    data = changed(b"</edXML:Bussiness>", staff + b"</edXML:Bussiness>")
    assert business_in(data).staff == ()
