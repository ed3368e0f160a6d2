"""One letter for each thing that readers put up with; one without anything unusual beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from letters import NAMESPACE, OPEN, PDF, changed, plain, status, with_content, written
from rewriting import (
    DECLARATION,
    E_DOC,
    GO_VN,
    bare,
    broken_lines,
    dated,
    inside,
    moved,
    namespaced,
    other_type,
    prefixed,
    prefixed_attachments,
    wrapped,
)
from vectors.vector import (
    AMENDMENT,
    DECISION_28,
    NAMES,
    NET,
    PLAIN,
    QCVN,
    SDK,
    TRAFFIC,
    XML,
    Vector,
    accepted,
)

from docexchange.envelope import Attachment

_DATE: Final = "D.date MessageHeader.PromulgationInfo.PromulgationDate"
_ATTACHMENT: Final = "AttachmentEncoded.Attachment"
_ENTRY: Final = "edXMLEnvelope.edXMLBody.edXMLManifest.Reference"
_TRACE: Final = b"<edXML:TraceHeader>%s</edXML:TraceHeader><edXML:Bussiness "
_CID: Final = b"<edXML:ContentId>cid:209</edXML:ContentId>"
HREF: Final = b'<edXML:Reference xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="cid:209">'
_ORGAN_ID: Final = b"<edXML:OrganId>000.21.31.H53</edXML:OrganId>\n"
_ORGAN_NAME: Final = "<edXML:OrganName>UBND xã An Thạnh</edXML:OrganName>\n".encode()
UTF_16: Final = changed(b'"UTF-8"', b'"UTF-16"')
_SIGNER_END: Final = b"</edXML:SignerInfo>\n"


def _named(
    name: str, data: bytes, *findings: str, en: str, vi: str, source: str, **more: object
) -> Vector:
    return accepted(f"tolerances/{name}", data, *findings, en=en, vi=vi, source=source, **more)


def _carrying(octets: bytes, media_type: str) -> object:
    attachment = Attachment.from_bytes(
        octets, name=PDF.name, media_type=media_type, content_id=PDF.content_id
    )
    return replace(PLAIN, attachments=(attachment,))


FRAME: Final = (
    _named("namespace-go-vn", namespaced(GO_VN), "D.namespace edXML",
           en="The wrong namespace that is met most often.",
           vi="Không gian tên sai hay gặp nhất.", source=f"{TRAFFIC}; {NAMES}, §2"),
    _named("namespace-e-doc", namespaced(E_DOC), "D.namespace edXML",
           en="The internal namespace of one vendor.",
           vi="Không gian tên nội bộ của một nhà cung cấp.", source=TRAFFIC),
    _named("namespace-none", bare(), "D.namespace edXML",
           en="No namespace at all.", vi="Không có không gian tên nào.", source=TRAFFIC),
    _named("prefix-other", prefixed(b"x:"), "D.prefix edXMLEnvelope",
           en="Another prefix than the literal edXML.",
           vi="Tiền tố khác với đúng chữ edXML.", source=f"{QCVN}; {NAMES}, §4"),
    _named("prefix-none", prefixed(b""), "D.prefix edXMLEnvelope",
           en="The default namespace and no prefix.",
           vi="Không gian tên mặc định, không có tiền tố.", source=f"{NET}; {NAMES}, §6.2"),
    _named("prefix-attachments", prefixed_attachments(), "D.prefix AttachmentEncoded",
           en="The prefix also on the attachments, as one sample has it.",
           vi="Phần tệp đính kèm cũng mang tiền tố, như trong một mẫu.", source=f"{QCVN}, samples"),
    _named("soap-body", wrapped(), "D.soap edXML",
           en="The letter is the child of a SOAP 1.1 body.",
           vi="Văn bản nằm trong Body của SOAP 1.1.", source="SOAP 1.1, §4.3; old provincial axis"),
    _named("soap-header-beside", wrapped(beside=b"<s:Header><x/></s:Header>"), "D.soap edXML",
           en="The same beside a SOAP header that says something else.",
           vi="Như trên, bên cạnh một Header của SOAP nói chuyện khác.",
           source="SOAP 1.1, §4.2; old provincial axis"),
    _named("soap-in-header", wrapped(place=b"Header"), "D.soap edXML",
           en="The letter is the child of a SOAP header.",
           vi="Văn bản nằm trong Header của SOAP.", source="old provincial axis"),
    _named("soap-no-namespace", wrapped(bare()), "D.soap edXML", "D.namespace edXML",
           en="Two tolerances at once: SOAP, and no namespace.",
           vi="Hai sai lệch cùng lúc: SOAP và không có không gian tên.",
           source="old provincial axis"),
    *(_named(f"{codec}{kind}", start.decode().encode(codec), "D.encoding edXML",
             en=f"The letter in {codec.upper()}{words}.", vi=f"Văn bản ở bảng mã {codec.upper()}.",
             source=f"{XML}, §4.3.3, appendix F")
      for codec, kind, words, start in (
          ("utf-16", "", ", with byte order mark and declaration", UTF_16),
          ("utf-16", "-undeclared", " without a declaration", plain().removeprefix(DECLARATION)),
          ("utf-16-le", "", " without a byte order mark", UTF_16),
          ("utf-16-be", "", " without a byte order mark", UTF_16))),
    _named("utf-16-declared-only", changed(b'"UTF-8"', b'"utf-16"'), "D.encoding edXML",
           en="UTF-8 that declares UTF-16, as .NET strings do.",
           vi="UTF-8 nhưng khai báo UTF-16, như chuỗi của .NET.", source=f"{XML}, §4.3.3; {NET}"),
    _named("unknown-elements",
           changed(b"<edXML:Subject>", b'<edXML:New a="1">x</edXML:New>'
                   b'<y:Subject xmlns:y="urn:y">other</y:Subject><edXML:Subject>'),
           "D.unknown-element MessageHeader", "D.unknown-element MessageHeader",
           en="Elements of a later edition and of another namespace.",
           vi="Phần tử của phiên bản sau và của không gian tên khác.", source=QCVN),
    _named("error-list",
           changed(b"</edXML:edXMLHeader>", b"<edXML:ErrorList><edXML:Error>"
                   b"<edXML:Code>N.x</edXML:Code></edXML:Error></edXML:ErrorList>"
                   b"</edXML:edXMLHeader>"),
           "D.unknown-element edXMLEnvelope.edXMLHeader",
           en="A list of errors as one vendor adds it.",
           vi="Danh sách lỗi như một nhà cung cấp vẫn thêm.", source=TRAFFIC),
    _named("placeholder-signature",
           changed(b"</edXML:edXMLHeader>", b"<edXML:DigitalSignature/></edXML:edXMLHeader>"),
           "D.unknown-element edXMLEnvelope.edXMLHeader",
           en="An empty element in place of a signature, as .NET writes it.",
           vi="Phần tử rỗng thay cho chữ ký, như .NET vẫn ghi.", source=NET),
    _named("unknown-attribute", changed(b"<edXML:Subject>", b'<edXML:Subject lang="vi">'),
           "D.unknown-attribute MessageHeader.Subject",
           en="An attribute that the standard does not have.",
           vi="Thuộc tính mà quy chuẩn không có.", source=QCVN),
    _named("unknown-attribute-root", changed(b"<edXML xmlns", b'<edXML version="1" xmlns'),
           "D.unknown-attribute edXML",
           en="The same on the root element.", vi="Như trên, ở phần tử gốc.", source=QCVN),
    _named("trace-list-net", changed(b'List version="1.0">', b'List version="1.0" '
                                     b'mustUnderstand="1">'),
           "D.unknown-attribute TraceHeaderList",
           en="The attribute mustUnderstand of SOAP on the list of traces.",
           vi="Thuộc tính mustUnderstand của SOAP ở TraceHeaderList.", source=NET),
    _named("stray-text", changed(b"<edXML:Code>", b"<edXML:Code>x"),
           "D.stray-text MessageHeader.Code",
           en="Text between elements, before the first.",
           vi="Chữ xen giữa các phần tử, ở trước.", source=f"{XML}, §3.2.1"),
    _named("stray-text-behind", changed(b"</edXML:Code>", b"</edXML:Code>x"),
           "D.stray-text MessageHeader",
           en="Text between elements, behind one.",
           vi="Chữ xen giữa các phần tử, ở sau.", source=f"{XML}, §3.2.1"),
    _named("empty", changed(b"<edXML:SignerInfo>", b"<edXML:Content/><edXML:SignerInfo>"),
           "D.empty MessageHeader.Content",
           en="An optional element with nothing inside.",
           vi="Phần tử không bắt buộc nhưng để rỗng.", source=f"{SDK}; {TRAFFIC}"),
    _named("leading-white", b"\r\n " + plain(), "D.leading-bytes edXML",
           en="White space before the XML declaration.",
           vi="Khoảng trắng trước khai báo XML.", source=f"{XML}, §2.8"),
    _named("leading-text", b"Content-Type: text/xml\r\n\r\n" + plain(), "D.leading-bytes edXML",
           en="The header of a mail before the XML declaration.",
           vi="Phần đầu của thư điện tử trước khai báo XML.", source=f"{XML}, §2.8; {TRAFFIC}"),
)  # fmt: skip

FIELDS: Final = (
    _named("date-dmy", dated("{d}/{m}/{y}", plain()), _DATE,
           en="A date as dd/MM/yyyy.", vi="Ngày dạng dd/MM/yyyy.",
           source=f"{QCVN}; {DECISION_28}, article 14(4)"),
    _named("date-iso", dated("{y}-{m}-{d}", plain()), _DATE,
           en="A date as yyyy-MM-dd.", vi="Ngày dạng yyyy-MM-dd.", source=f"{QCVN}; {TRAFFIC}"),
    _named("date-short", changed(b"Date>2026/03/02<", b"Date>2026/3/2<"), _DATE,
           en="A date without leading zeros.", vi="Ngày không có số 0 đứng đầu.",
           source=f"{QCVN}; {TRAFFIC}"),
    _named("response-empty",
           changed(b"</edXML:OtherInfo>\n", b"</edXML:OtherInfo>\n<edXML:ResponseFor/>"),
           "D.empty-response MessageHeader.ResponseFor",
           en="ResponseFor with nothing inside.", vi="ResponseFor rỗng.", source=TRAFFIC),
    _named("placeholder-null",
           changed(_SIGNER_END, b"</edXML:SignerInfo><edXML:DueDate>null</edXML:DueDate>"),
           "D.placeholder MessageHeader.DueDate",
           en="The text null in place of an optional date.",
           vi="Chữ null thay cho một ngày không bắt buộc.", source=TRAFFIC),
    _named("placeholder-na",
           changed(b"<edXML:SignerInfo>\n",
           b"<edXML:Content>N/A</edXML:Content><edXML:SignerInfo>"),
           "D.placeholder MessageHeader.Content",
           en="The text N/A in place of an optional summary.",
           vi="Chữ N/A thay cho phần tóm tắt không bắt buộc.", source=TRAFFIC),
    _named("placeholder-in-list",
           changed(b"</edXML:MessageHeader>",
                   b"<edXML:ToPlaces><edXML:Place>NULL</edXML:Place></edXML:ToPlaces>"
                   b"</edXML:MessageHeader>"),
           "D.placeholder MessageHeader.ToPlaces.Place",
           en="The text NULL as the only member of a list.",
           vi="Chữ NULL là phần tử duy nhất của một danh sách.", source=TRAFFIC),
    _named("trace-without-organ", changed(b"<edXML:Bussiness ", _TRACE % b""),
           "D.trace-organ-id TraceHeaderList.TraceHeader",
           en="A trace header that does not say whose it is, as the axis itself writes.",
           vi="TraceHeader không ghi mã cơ quan, như chính trục liên thông vẫn ghi.",
           source="the national axis, 2025"),
    _named("trace-null", changed(b"<edXML:Bussiness ",
           _TRACE % b"<edXML:OrganId>null</edXML:OrganId>"),
           "D.placeholder TraceHeaderList.TraceHeader.OrganId",
           "D.trace-organ-id TraceHeaderList.TraceHeader",
           en="A trace header of an agency called null.",
           vi="TraceHeader ghi mã cơ quan là null.", source="the national axis, 2025"),
    _named("order-net", moved(b"DocumentId", b"</edXML:MessageHeader>"),
           "D.order MessageHeader",
           en="DocumentId at the end of the header, where .NET puts it.",
           vi="DocumentId ở cuối MessageHeader, như .NET vẫn ghi.", source=f"{SDK}; {NET}"),
    _named("order-party", changed(_ORGAN_ID + _ORGAN_NAME, _ORGAN_NAME + _ORGAN_ID),
           "D.order MessageHeader.From",
           en="The name of an agency before its code.",
           vi="Tên cơ quan đứng trước mã.", source=SDK),
    _named("order-type", moved(b"Type", b"</edXML:DocumentType>"),
           "D.order MessageHeader.DocumentType",
           en="Type behind TypeName.", vi="Type đứng sau TypeName.",
           source=f"{SDK}; {AMENDMENT}"),
    _named("status-number", changed(b"Code>01<", b"Code>1<", written(status())),
           "D.status-code MessageHeader.StatusCode", message=status(),
           en="A status code as a number.", vi="Mã trạng thái ghi như một số.",
           source=f"{QCVN}, status message; {TRAFFIC}"),
    _named("timestamp-iso",
           changed(b"2026/03/02 09:00:00", b"2026-03-02T09:00:00", written(status())),
           "D.timestamp MessageHeader.Timestamp", message=status(),
           en="A moment as yyyy-MM-ddTHH:mm:ss.", vi="Thời điểm dạng yyyy-MM-ddTHH:mm:ss.",
           source=f"{QCVN}; {DECISION_28}, article 14(4)"),
)  # fmt: skip

ATTACHMENTS: Final = (
    _named("content-id-bare", plain().replace(b"cid:209", b"209"), f"D.content-id {_ATTACHMENT}",
           en="Content ids without cid: in front.", vi="ContentId không có cid: ở đầu.",
           source=f"{NET}; {QCVN}, edXMLManifest"),
    _named("href", changed(b"<edXML:Reference>", HREF, changed(_CID + b"\n", b"")),
           f"D.href {_ENTRY}",
           en="A manifest entry that names its attachment in xlink:href alone.",
           vi="Mục trong bản kê chỉ dùng xlink:href để chỉ tệp đính kèm.",
    source=f"XLink 1.1; {NET}"),
    _named("href-and-content-id", changed(b"<edXML:Reference>", HREF), f"D.href {_ENTRY}",
           en="A manifest entry with ContentId and the same xlink:href.",
           vi="Mục trong bản kê có ContentId và xlink:href giống nhau.",
           source=f"XLink 1.1; {NET}"),
    _named("attachments-inside", inside(), "D.attachments-inside AttachmentEncoded",
           en="AttachmentEncoded inside the envelope element instead of behind it.",
           vi="AttachmentEncoded nằm trong edXMLEnvelope thay vì ở sau.", source=QCVN),
    _named("base64-lines", broken_lines(plain(), every=8), f"D.base64 {_ATTACHMENT}",
           en="Line breaks in base64.", vi="Xuống dòng trong base64.",
           source="RFC 4648, §3.1; RFC 2045, §6.8"),
    _named("base64-spaces", changed(OPEN, OPEN + b" "), f"D.base64 {_ATTACHMENT}",
           en="A space before base64.", vi="Có dấu cách trước base64.", source="RFC 4648, §3.1"),
    _named("self-closed", with_content(b"<ContentTransferEncoded/>"),
           "D.prefix ContentTransferEncoded", f"D.self-closed {_ATTACHMENT}",
           message=_carrying(b"", "application/pdf"),
           en="An attachment of no octets, as one empty tag.",
           vi="Tệp đính kèm 0 byte, ghi bằng một thẻ rỗng.", source=f"{XML}, §3.1"),
    _named("self-closed-prefixed",
           with_content(b'<edXML:ContentTransferEncoded xmlns:edXML="%s" />' % NAMESPACE),
           f"D.self-closed {_ATTACHMENT}", message=_carrying(b"", "application/pdf"),
           en="The same with the prefix and a space.", vi="Như trên, có tiền tố và dấu cách.",
           source=f"{XML}, §3.1"),
    _named("type-wrong", other_type(b"%PDF-1.4", b"image/png"), f"D.content-type {_ATTACHMENT}",
           message=_carrying(b"%PDF-1.4", "image/png"),
           en="A PDF that calls itself a picture.", vi="Tệp PDF nhưng ghi là ảnh.",
           source="ISO 32000-1, §7.5.2; CWE-436"),
    _named("zipped", other_type(b"PK\x03\x04...", b"application/pdf"), f"D.zipped {_ATTACHMENT}",
           message=_carrying(b"PK\x03\x04...", "application/pdf"),
           en="A ZIP archive that calls itself a PDF, as the SDK sends.",
           vi="Tệp nén ZIP nhưng ghi là PDF, như SDK vẫn gửi.", source=SDK),
)  # fmt: skip

TOLERANCES: Final[tuple[Vector, ...]] = (*FRAME, *FIELDS, *ATTACHMENTS)
"""All of them. To add one, add a row."""
