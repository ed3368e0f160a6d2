"""Letters whose fields are each in order but do not fit together, or do not fit their kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from letters import GOVERNMENT_OFFICE, changed, letter, plain, status, written
from vectors.bases import (
    DISTRICT,
    HERE,
    OLD,
    RECALL,
    REPLACE,
    STATUS,
    UPDATE,
    with_text,
    with_value,
)
from vectors.field_rules import ATTACHED, BUSINESS, INFO, RECEIVER, REPLACED, fault, shown
from vectors.vector import DECISION_28, DECREE_30, PLAIN, QCVN, Vector, unchecked

from docexchange.envelope import (
    BusinessDocumentInfo,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    ResponseFor,
)
from docexchange.identifiers import DocumentId, OrganId

_CHANGE: Final = UPDATE.business.document_info
_TWICE: Final = (
    Receiver(DISTRICT, ReceiverType.ADDED),
    Receiver(OrganId("H53.31"), ReceiverType.REMOVED),
)
_OTHER: Final = (ResponseFor(organ_id=HERE, code="1/A", document_id=DocumentId("other")),)
_INFO_PATH: Final = "business.document_info"

BUSINESS_KINDS: Final = (
    shown(f"N.{BUSINESS}.BussinessDocReason", with_value(RECALL, "business.reason", ""),
          en="A recall without a reason.", vi="Thu hồi mà không nêu lý do.",
          source=f"{DECISION_28}, article 8(2); {QCVN}, Bussiness"),
    shown(f"N.{BUSINESS}.DocumentId-recall",
          replace(with_value(RECALL, "business.document_id", None), response_for=()),
          f"N.{BUSINESS}.DocumentId",
          en="A recall that does not say of which document.",
          vi="Thu hồi mà không nêu văn bản nào.", source=f"{DECISION_28}, article 8(2); {QCVN}"),
    shown(f"M.{BUSINESS}.DocumentId", replace(RECALL, response_for=_OTHER),
          en="A recall that names one document in Bussiness and another in ResponseFor.",
          vi="Thu hồi nêu một văn bản trong Bussiness và văn bản khác trong ResponseFor.",
          source=f"{QCVN}, Bussiness; CWE-436"),
    shown(f"N.{BUSINESS}.DocumentId-update", with_value(UPDATE, "business.document_id", None),
          f"N.{BUSINESS}.DocumentId",
          en="An update that does not say of which document.",
          vi="Cập nhật mà không nêu văn bản nào.", source=f"{QCVN}, Bussiness"),
    shown(f"N.{INFO}", with_value(UPDATE, _INFO_PATH, None),
          en="An update that does not say what changes.",
          vi="Cập nhật mà không nêu thay đổi gì.", source=f"{QCVN}, BussinessDocumentInfo"),
    shown(f"N.{INFO}.DocumentInfo", with_value(UPDATE, f"{_INFO_PATH}.document_info", None),
          en="An update that does not say whether the document changes.",
          vi="Cập nhật mà không nêu thông tin văn bản có đổi không.",
          source=f"{QCVN}, BussinessDocumentInfo"),
    shown(f"N.{INFO}.DocumentReceiver", with_value(UPDATE, f"{_INFO_PATH}.document_receiver", None),
          en="An update that does not say whether receivers change.",
          vi="Cập nhật mà không nêu nơi nhận có đổi không.",
          source=f"{QCVN}, BussinessDocumentInfo"),
    shown(f"N.{RECEIVER}", with_value(UPDATE, f"{_INFO_PATH}.receivers", ()),
          en="An update of receivers without a receiver.",
          vi="Cập nhật nơi nhận mà không có nơi nhận nào.", source=f"{QCVN}, ReceiverList"),
    shown(f"N.{RECEIVER}.ReceiverType", with_value(UPDATE, f"{_INFO_PATH}.receivers.0.type", None),
          en="A receiver that is neither added nor removed.",
          vi="Nơi nhận không ghi thêm hay bớt.", source=f"{QCVN}, ReceiverList"),
    shown(f"N.{RECEIVER}.OrganId", with_value(UPDATE, f"{_INFO_PATH}.receivers.0.organ_id", None),
          en="A receiver without a code.", vi="Nơi nhận không có mã.",
          source=f"{QCVN}, ReceiverList"),
    shown(f"M.{INFO}", with_value(UPDATE, _INFO_PATH, BusinessDocumentInfo(
              document_info=False, document_receiver=False)),
          en="An update that changes nothing.", vi="Cập nhật mà không thay đổi gì.",
          source=f"{QCVN}, BussinessDocumentInfo"),
    shown(f"M.{INFO}.DocumentReceiver", with_value(UPDATE, _INFO_PATH, replace(
              _CHANGE, document_info=True, document_receiver=False)),
          en="An update that changes no receivers, and lists one.",
          vi="Cập nhật ghi không đổi nơi nhận nhưng lại liệt kê nơi nhận.",
          source=f"{QCVN}, BussinessDocumentInfo; CWE-436"),
    shown(f"M.{RECEIVER}", with_value(UPDATE, f"{_INFO_PATH}.receivers", _TWICE),
          f"M.{RECEIVER} {RECEIVER}[2]",
          en="One agency added under its old code and removed under its new one.",
          vi="Một cơ quan được thêm bằng mã cũ và bớt bằng mã mới.",
          source="Decision 20/2020/QĐ-TTg, articles 4 to 6; CWE-436"),
    shown(f"N.{REPLACED}", with_value(REPLACE, "business.replacements", ()),
          en="A replacement of nothing.", vi="Thay thế mà không nêu văn bản nào.",
          source=f"{DECREE_30}, article 18; {QCVN}, ReplacementInfoList"),
    shown(f"N.{REPLACED}.DocumentId",
          with_value(REPLACE, "business.replacements", (ReplacementInfo(None, (HERE,)),)),
          en="A replacement that names agencies and no document.",
          vi="Thay thế nêu cơ quan mà không nêu văn bản.", source=f"{QCVN}, ReplacementInfoList"),
    shown(f"M.{REPLACED}",
          with_value(REPLACE, "business.replacements", REPLACE.business.replacements * 2),
          f"M.{REPLACED} {REPLACED}[2]",
          en="A document that is replaced twice.", vi="Một văn bản bị thay thế hai lần.",
          source=f"{QCVN}, ReplacementInfoList"),
    shown(f"M.{INFO}-recall", with_value(RECALL, _INFO_PATH, _CHANGE), f"M.{INFO}",
          en="A recall that also updates.", vi="Thu hồi lại kèm cập nhật.",
          source=f"{QCVN}, Bussiness; CWE-436"),
    shown(f"M.{BUSINESS}.ReplacementInfoList",
          with_value(UPDATE, "business.replacements", REPLACE.business.replacements),
          en="An update that also replaces.", vi="Cập nhật lại kèm thay thế.",
          source=f"{QCVN}, Bussiness; CWE-436"),
)  # fmt: skip

LETTERS: Final = (
    shown("M.MessageHeader.To", letter(recipients=(GOVERNMENT_OFFICE,) * 2),
          "M.MessageHeader.To MessageHeader.To[2]",
          en="One receiver twice.", vi="Một nơi nhận ghi hai lần.", source=f"{QCVN}, To"),
    shown("R.MessageHeader.ResponseFor.Code",
          letter(response_for=(ResponseFor(organ_id=HERE, code="x" * 43),)),
          en="The letter answered has a code of 43 characters; 42 are allowed.",
          vi="Số, ký hiệu văn bản được trả lời dài 43 ký tự; chỉ được 42.",
          source=f"{DECREE_30}, appendix VI (11 + 1 + 30 characters)"),
    shown("M.MessageHeader.ResponseFor.Code",
          letter(response_for=(ResponseFor(organ_id=HERE, code="null", document_id=OLD),)),
          en="The letter answered has null in place of its code.",
          vi="Số, ký hiệu văn bản được trả lời ghi null.", source=f"{QCVN}, ResponseFor"),
    *(shown(f"T.MessageHeader.Code.{name}", with_value(letter(), f"code.{attribute}", "1\u200b2"),
            en=f"{name} with an invisible character, copied from a web page.",
            vi=f"{name} có ký tự vô hình, chép từ trang mạng.",
            source=f"{DECREE_30}, appendix I (number and notation)")
      for name, attribute in (("CodeNumber", "number"), ("CodeNotation", "notation"))),
    fault("T.TraceHeaderList.TraceHeader.Timestamp",
          changed(b"<edXML:Bussiness ", b"<edXML:TraceHeader><edXML:OrganId>000.00.31.H53"
                  b"</edXML:OrganId><edXML:Timestamp>soon</edXML:Timestamp></edXML:TraceHeader>"
                  b"<edXML:Bussiness "), message=PLAIN,
          en="A trace header with a moment that is none.",
          vi="TraceHeader ghi thời điểm không phải là thời điểm.",
          source=f"{QCVN}, TraceHeaderList; {DECISION_28}, article 14(4)"),
)  # fmt: skip

STATUSES: Final = (
    *(shown(f"N.MessageHeader.ResponseFor.{name}", with_value(STATUS, f"response_for.{attribute}",
            nothing),
            en=f"A status that does not say {what}.", vi=f"Trạng thái không nêu {that}.",
            source=f"{QCVN}, status message")
      for name, attribute, nothing, what, that in (
          ("OrganId", "organ_id", None, "whom it is for", "gửi cho ai"),
          ("DocumentId", "document_id", None, "which document it is about", "về văn bản nào"),
          ("Code", "code", "", "the number and notation of its document", "số, ký hiệu văn bản"))),
    fault("N.MessageHeader.StatusCode", with_text(unchecked(STATUS), "MessageHeader.StatusCode",
          ""), "D.empty MessageHeader.StatusCode", "N.MessageHeader.StatusCode",
          message=with_value(STATUS, "code", None),
          en="A status with an empty code.", vi="Trạng thái có mã rỗng.",
          source=f"{QCVN}, status message"),
    shown("N.MessageHeader.Timestamp", with_value(STATUS, "at", None),
          en="A status that does not say when.", vi="Trạng thái không nêu thời điểm.",
          source=f"{QCVN}, status message; {DECISION_28}, article 14(4)"),
    fault("T.MessageHeader.Timestamp-before-year-1",
          with_text(unchecked(STATUS), "MessageHeader.Timestamp", "0001/01/01 00:00:00"),
          "T.MessageHeader.Timestamp", message=with_value(STATUS, "at", None),
          en="A moment that is still in the year 0 in UTC.",
          vi="Thời điểm mà theo giờ UTC vẫn là năm 0.",
          source=f"{DECISION_28}, article 14(4); ISO 8601"),
    shown("R.MessageHeader.Description", with_value(STATUS, "description", "x" * 501),
          en="A status with a reason of 501 characters; 500 are allowed.",
          vi="Trạng thái có lý do dài 501 ký tự; chỉ được 500.", source=f"{QCVN}, status message"),
    shown("R.MessageHeader.ResponseFor.Code-status",
          with_value(STATUS, "response_for.code", "x" * 43), "R.MessageHeader.ResponseFor.Code",
          en="A status about a document with a code of 43 characters; 42 are allowed.",
          vi="Trạng thái về văn bản có số, ký hiệu dài 43 ký tự; chỉ được 42.",
          source=f"{DECREE_30}, appendix VI"),
    fault("M.AttachmentEncoded",
          written(status()).replace(b"</edXML>\n",
          b"") + plain()[plain().index(b"<AttachmentEncoded>"):],
          f"M.{ATTACHED}", "M.AttachmentEncoded", message=status(),
          en="A status with an attachment.", vi="Trạng thái có tệp đính kèm.",
          source=f"{QCVN}, status message"),
)  # fmt: skip


def _manifest_name(name: str) -> bytes:
    return with_text(plain(), "edXMLManifest.Reference.AttachmentName", name)


def _unlisted() -> bytes:
    start, end = b"<edXML:Reference>", b"</edXML:Reference>\n"
    data = plain()
    return data[: data.index(start)] + data[data.index(end) + len(end) :]


def _called(name: str) -> object:
    return replace(PLAIN, attachments=(replace(PLAIN.attachments[0], name=name),))


ATTACHMENTS: Final = (
    fault("M.AttachmentEncoded.Attachment", _unlisted(), message=replace(PLAIN, attachments=()),
          en="An attachment that the manifest does not list, so that nothing says what it is.",
          vi="Tệp đính kèm không có trong bản kê, không rõ là gì.",
          source=f"{QCVN}, edXMLManifest; CWE-345"),
    fault(f"N.{ATTACHED}.ContentTransferEncoded",
          changed(b"</AttachmentEncoded>", b"<Attachment><ContentId>cid:1</ContentId></Attachment>"
                  b"</AttachmentEncoded>"),
          f"N.{ATTACHED}.ContentTransferEncoded {ATTACHED}[2].ContentTransferEncoded",
          message=PLAIN,
          en="An attachment without octets.", vi="Tệp đính kèm không có nội dung.",
          source=f"{QCVN}, AttachmentEncoded"),
    fault(f"M.{ATTACHED}.AttachmentName", _manifest_name("null"), message=_called("null"),
          en="An attachment called null.", vi="Tệp đính kèm có tên là null.",
          source=f"{QCVN}, edXMLManifest"),
    fault(f"R.{ATTACHED}.AttachmentName", _manifest_name("x" * 501),
          f"M.AttachmentName {ATTACHED}.AttachmentName", f"R.{ATTACHED}.AttachmentName",
          message=_called("x" * 501),
          en="An attachment with a name of 501 characters; 500 are allowed, and 255 bytes.",
          vi="Tên tệp đính kèm dài 501 ký tự; chỉ được 500 ký tự và 255 byte.",
          source=f"{QCVN}, edXMLManifest; POSIX.1, NAME_MAX"),
)  # fmt: skip

RULES: Final[tuple[Vector, ...]] = (*BUSINESS_KINDS, *LETTERS, *STATUSES, *ATTACHMENTS)
"""All of them. To add one, add a row."""
