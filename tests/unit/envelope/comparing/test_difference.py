"""What differs between two letters is told in the field's terms, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from letters import (
    AT,
    CLOSE,
    COMMUNE,
    GOVERNMENT_OFFICE,
    HUB,
    NAMESPACE,
    OPEN,
    PDF,
    changed,
    letter,
    octets,
    plain,
    status,
    written,
)
from rewriting import bare, inside, moved, prefixed, wrapped

from docexchange.envelope import (
    Attachment,
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Code,
    Difference,
    Document,
    Envelope,
    Organization,
    OtherInfo,
    Priority,
    PromulgationInfo,
    Receiver,
    ReceiverType,
    ResponseFor,
    SignerInfo,
    StatusCode,
    TraceHeader,
    differences,
)
from docexchange.identifiers import ContentId, DocumentId, MessageId, OrganId
from docexchange.testing.strategies.letters import messages

if TYPE_CHECKING:
    from docexchange.envelope import Message

PROVINCE = Organization(OrganId("000.00.00.H53"), "UBND tỉnh Tây Ninh")
HEAD_END = b"</edXML:edXMLHeader>"


def of(message: Message) -> Envelope:
    """The envelope of a message as its receiver reads it."""
    return Envelope.from_bytes(written(message))


def files(*named: tuple[str, bytes], **changes: Any) -> Document:
    """A letter with files of these names and octets."""
    return letter(*(Attachment.from_bytes(data, name=name) for name, data in named), **changes)


def told(before: Message | bytes, after: Message | bytes) -> list[tuple[str, str, str]]:
    """Code, path and which of each difference."""
    return [(item.code, item.path, item.which) for item in found(before, after)]


def found(before: Message | bytes, after: Message | bytes) -> tuple[Difference, ...]:
    """The differences between two messages or files."""
    sides = [item if isinstance(item, bytes) else written(item) for item in (before, after)]
    return differences(*map(Envelope.from_bytes, sides))


@given(messages)
def test_a_letter_does_not_differ_from_itself(message: Message) -> None:
    """Whatever a letter holds, it is the same as itself, built or read."""
    assert differences(Envelope.of(message), of(message)) == ()


@given(messages, messages)
def test_the_other_way_round_is_the_mirror_image(one: Message, other: Message) -> None:
    """As many differences one way as the other; before and after change places."""
    there, back = differences(of(one), of(other)), differences(of(other), of(one))
    assert len(there) == len(back)
    sides = {(item.before, item.after) for item in there if item.code == "field.changed"}
    assert sides == {(item.after, item.before) for item in back if item.code == "field.changed"}


@pytest.mark.parametrize(
    ("changes", "path", "before", "after"),
    [
        ({"subject": "V/v khác"}, "Subject", "V/v báo cáo & <thử>", "V/v khác"),
        ({"content": "Tóm tắt"}, "Content", None, "Tóm tắt"),
        ({"due_date": date(2026, 12, 31)}, "DueDate", None, "2026/12/31"),
        ({"code": Code("13", "UBND-VX")}, "Code.CodeNumber", "12", "13"),
        (
            {"promulgation": PromulgationInfo(on=date(2026, 3, 3))},
            "PromulgationInfo.PromulgationDate",
            "2026/03/02",
            "2026/03/03",
        ),
        ({"signer": SignerInfo(full_name="Lê B")}, "SignerInfo.FullName", "Nguyễn Văn An", "Lê B"),
        ({"other_info": OtherInfo(priority=Priority.EXPRESS)}, "OtherInfo.Priority", "0", "3"),
        ({"message_id": MessageId("m-2")}, "Id", "m-1", "m-2"),
        ({"sender": replace(COMMUNE, name="X")}, "From.OrganName", "UBND xã An Thạnh", "X"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_field_is_told_with_both_values(
    changes: dict[str, Any], path: str, before: str | None, after: str | None
) -> None:
    """Each changed field is one difference, absent values are None, and the rest is silent."""
    assert found(letter(), letter(**changes)) == (
        Difference(code="field.changed", path=f"MessageHeader.{path}", before=before, after=after),
    )


def test_receivers_are_matched_by_their_code() -> None:
    """Another order is no difference; one more, one less and a new name are, each by its code."""
    before = letter(recipients=(GOVERNMENT_OFFICE, COMMUNE))
    assert told(before, letter(recipients=(COMMUNE, GOVERNMENT_OFFICE))) == []
    renamed = replace(COMMUNE, name="UBND phường")
    assert told(before, letter(recipients=(renamed, PROVINCE))) == [
        ("item.removed", "MessageHeader.To", "000.00.00.G22"),
        ("field.changed", "MessageHeader.To.OrganName", "000.21.31.H53"),
        ("item.added", "MessageHeader.To", "000.00.00.H53"),
    ]
    added = found(letter(), letter(recipients=(GOVERNMENT_OFFICE, PROVINCE)))
    assert [item.after for item in added] == ["000.00.00.H53, UBND tỉnh Tây Ninh"]


def test_appendixes_are_matched_by_their_text_and_told_in_order() -> None:
    """What comes and goes is told alone; the same texts in another order are one difference."""
    before = letter(other_info=OtherInfo(appendixes=("A", "B", "B")))
    path = "MessageHeader.OtherInfo.Appendixes.Appendix"
    assert told(before, letter(other_info=OtherInfo(appendixes=("A", "B", "C")))) == [
        ("item.removed", path, "B"),
        ("item.added", path, "C"),
    ]
    (order,) = found(before, letter(other_info=OtherInfo(appendixes=("B", "A", "B"))))
    assert (order.code, order.before, order.after) == ("item.order", "A; B; B", "B; A; B")


def test_what_a_message_does_is_told() -> None:
    """Kind, document acted on and receivers of an update, matched by their code."""
    info = BusinessDocumentInfo(
        document_info=False,
        document_receiver=True,
        receivers=(Receiver(PROVINCE.organ_id, ReceiverType.ADDED),),
    )
    business = Business(kind=BusinessKind.UPDATE, document_id=DocumentId("9/X"), document_info=info)
    other = replace(
        business,
        document_info=replace(info, receivers=(Receiver(PROVINCE.organ_id, ReceiverType.REMOVED),)),
    )
    path = "TraceHeaderList.Bussiness"
    news = told(letter(business=Business()), letter(business=business))
    assert {item[1].removeprefix(f"{path}.") for item in news} == {
        "BussinessDocType",
        "DocumentId",
        "BussinessDocumentInfo.DocumentInfo",
        "BussinessDocumentInfo.DocumentReceiver",
        "BussinessDocumentInfo.ReceiverList.Receiver",
    }
    assert told(letter(business=business), letter(business=other)) == [
        (
            "field.changed",
            f"{path}.BussinessDocumentInfo.ReceiverList.Receiver.ReceiverType",
            "000.00.00.H53",
        )
    ]


def test_answered_documents_are_matched_by_whose_they_are() -> None:
    """The same document answered to two agencies is two entries; a changed date is a field."""
    one = ResponseFor(organ_id=PROVINCE.organ_id, code="3/X")
    other = replace(one, organ_id=COMMUNE.organ_id)
    dated = replace(one, promulgated=date(2026, 1, 31))
    path = "MessageHeader.ResponseFor"
    assert told(letter(response_for=(one, other)), letter(response_for=(other, dated))) == [
        ("field.changed", f"{path}.PromulgationDate", "000.00.00.H53, 3/X")
    ]


def test_a_letter_and_a_status_are_of_two_kinds() -> None:
    """That the one is a letter and the other a report on it comes first."""
    first, *rest = found(letter(), status())
    assert (first.code, first.before, first.after) == ("kind.changed", "document", "status")
    assert "MessageHeader.StatusCode" in [item.path for item in rest]
    assert told(status(), status(StatusCode.REFUSED))[-1][1] == "MessageHeader.StatusCode"


def test_attachments_are_told_by_what_became_of_them() -> None:
    """Removed, added, under another name, and with other octets: each is told as what it is."""
    before = files(("same", b"0"), ("old name", b"1"), ("changed", b"22"), ("gone", b"3"))
    after = files(("same", b"0"), ("new name", b"1"), ("changed", b"444"), ("new", b"5"))
    octets_path, listed = "AttachmentEncoded.Attachment", "edXMLBody.edXMLManifest.Reference"
    assert told(before, after) == [
        ("attachment.renamed", f"{listed}.AttachmentName", "old name"),
        ("attachment.octets", octets_path, "changed"),
        ("attachment.removed", listed, "gone"),
        ("attachment.added", listed, "new"),
    ]
    change = found(before, after)[1]
    assert str(change.before).startswith("2 bytes, SHA-256 ")
    assert str(change.after).startswith("3 bytes, SHA-256 ")


def test_files_that_swapped_names_are_told_as_renamed() -> None:
    """The octets tell which file is which, even where both names occur on both sides."""
    swapped = told(files(("a", b"1"), ("b", b"2")), files(("a", b"2"), ("b", b"1")))
    assert {item[0] for item in swapped} == {"attachment.renamed", "attachment.order"}
    assert [item[2] for item in swapped] == ["a", "b", ""]


def test_equal_files_are_counted() -> None:
    """One of two equal files that is missing is missing."""
    twin = replace(PDF, content_id=ContentId("210"))
    path = "edXMLBody.edXMLManifest.Reference"
    assert told(letter(PDF, twin), letter(twin)) == [("attachment.removed", path, PDF.name)]


def test_type_description_and_id_of_an_attachment_are_told() -> None:
    """What the manifest says of the same file is compared field by field."""
    other = replace(
        PDF,
        media_type="application/octet-stream",
        description="Bản quét",
        content_id=ContentId("2"),
    )
    path = "edXMLBody.edXMLManifest.Reference"
    assert [item[1] for item in told(letter(PDF), letter(other))] == [
        f"{path}.ContentType",
        f"{path}.Description",
        f"{path}.ContentId",
    ]


def test_the_order_of_attachments_is_told() -> None:
    """The same files in another order are one difference."""
    (order,) = found(files(("a", b"1"), ("b", b"2")), files(("b", b"2"), ("a", b"1")))
    assert (order.code, order.before, order.after) == ("attachment.order", "a; b", "b; a")


def test_octets_that_no_manifest_lists_are_told() -> None:
    """Two letters that differ only in what nobody signed do differ."""
    extra = OPEN.join((b"<Attachment><ContentId>cid:x</ContentId>", b"%s")) + CLOSE
    end = b"</AttachmentEncoded>"
    one, other = (
        changed(end, extra % text + b"</Attachment>" + end) for text in (b"AAAA", b"BBBB")
    )
    assert [item[0] for item in told(one, other)] == ["unlisted.removed", "unlisted.added"]
    assert [item[0] for item in told(plain(), one)] == ["unlisted.added", "finding.added"]


def test_a_relayed_letter_differs_by_its_trace_header() -> None:
    """What a hub adds is one difference; a second entry that is the same counts as well."""
    envelope = of(letter(PDF))
    relayed = envelope.with_trace(HUB)
    added = Difference(
        code="trace.added",
        path="TraceHeaderList.TraceHeader",
        after="000.00.31.H53, 2026/03/02 09:00:00",
    )
    assert differences(envelope, relayed) == (added,)
    assert differences(envelope, Envelope.from_bytes(octets(relayed))) == (added,)
    assert differences(relayed, relayed.with_trace(HUB)) == (added,)
    nobody = replace(added, after="?, 2026/03/02 09:00:00")
    assert differences(envelope, envelope.with_trace(TraceHeader(None, AT))) == (nobody,)


def test_signatures_are_matched_by_all_they_hold() -> None:
    """One more, one less, and one whose certificate alone was exchanged."""
    one, other = (
        changed(
            HEAD_END,
            b'<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"><s:KeyInfo>%s</s:KeyInfo>'
            b"</s:Signature>" % key + HEAD_END,
        )
        for key in (b"A", b"B")
    )
    path = "edXMLHeader.Signature"
    assert told(plain(), one) == [("signature.added", path, "1")]
    assert told(one, plain()) == [("signature.removed", path, "1")]
    assert told(one, other) == [("signature.removed", path, "1"), ("signature.added", path, "1")]


def test_unknown_elements_are_told_by_their_path() -> None:
    """Elements of other systems that came, went or changed, wherever they stand."""

    def with_extra(*extras: bytes) -> bytes:
        return changed(b"</edXML:DocumentType>", b"".join(extras) + b"</edXML:DocumentType>")

    one, two = b"<edXML:Vendor>1</edXML:Vendor>", b'<edXML:Vendor a="2">1</edXML:Vendor>'
    path = "edXML.edXMLEnvelope.edXMLHeader.MessageHeader.DocumentType.Vendor"
    assert told(plain(), with_extra(one)) == [("element.added", path, "")]
    assert told(with_extra(one), plain()) == [("element.removed", path, "")]
    assert told(with_extra(one), with_extra(two)) == [("element.changed", path, "")]
    assert told(with_extra(one, two), with_extra(two)) == [("element.removed", path, "")]
    assert told(with_extra(one, two), with_extra(two, one)) == []


def test_attributes_are_told_but_for_ids_that_follow_from_another() -> None:
    """An id that breaks a signature and a word of another system differ; a new message id is one.

    All other ids are made of it.
    """
    place = "edXML.edXMLEnvelope.edXMLHeader.TraceHeaderList.Bussiness.@Id"
    assert told(plain(), changed(b'Id="m-1.business"', b'Id="other"')) == [
        ("attribute.added", place, "")
    ]
    vendor = changed(b"<edXML:Subject>", b'<edXML:Subject lang="vi">')
    (added,) = found(plain(), vendor)
    path = "edXML.edXMLEnvelope.edXMLHeader.MessageHeader.Subject.@lang"
    assert (added.code, added.path, added.after) == ("attribute.added", path, "vi")
    renamed = plain().replace(b'"m-1', b'"m-2')
    assert told(plain(), renamed) == [("field.changed", "MessageHeader.Id", "")]


def test_a_copy_that_contradicts_the_manifest_is_told() -> None:
    """The name beside the octets is signed by nobody; a letter that shows another one differs."""
    name = "<AttachmentName>quyết định.pdf</AttachmentName>".encode()
    other = changed(name, b"<AttachmentName>khac.pdf</AttachmentName>")
    assert told(plain(), other) == [
        ("copy.added", "AttachmentEncoded.Attachment.AttachmentName", "quyết định.pdf")
    ]


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (prefixed(b"x:"), {"form.changed", "finding.added"}),
        (plain().replace(NAMESPACE, b"http://www.go.vn/eDoc"), {"form.changed", "finding.added"}),
        (bare(), {"form.changed", "finding.added"}),
        (wrapped(), {"form.changed", "finding.added"}),
        (inside(), {"finding.added"}),
        (moved(b"Subject", b"<edXML:SignerInfo>\n"), set()),
        (changed(b"2026/03/02</edXML:Prom", b"02/03/2026</edXML:Prom"), {"finding.added"}),
    ],
    ids=["prefix", "namespace", "none", "soap", "inside", "order", "date"],
)
def test_another_dialect_changes_no_field(data: bytes, codes: set[str]) -> None:
    """Namespace, prefix, wrapping and the findings about them are told; all values are the same."""
    assert {item[0] for item in told(plain(), data)} == codes


def test_ten_thousand_attachments_take_no_longer_than_reading_them() -> None:
    """Matching is linear: ten thousand files, all of them in another order and one renamed."""
    many = tuple(
        replace(PDF, content_id=ContentId(f"c{n}"), name=f"{n}.pdf", sha256=n.to_bytes(32))
        for n in range(10_000)
    )
    renamed = replace(many[0], name="x.pdf")
    one = replace(Envelope.of(letter()), message=letter(*many))
    other = replace(one, message=letter(*many[:0:-1], renamed))
    assert [item.code for item in differences(one, other)] == [
        "attachment.renamed",
        "attachment.order",
    ]
