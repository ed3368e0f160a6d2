"""Letters that are as they should be, and unusual only in ways that every reader must bear."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from letters import HUB, PDF, changed, letter, octets, plain, written
from rewriting import DECLARATION
from vectors.bases import FULL, RECALL, REPLACE, STATUS, UPDATE
from vectors.vector import (
    DECISION_20,
    DECISION_28,
    DECREE_30,
    PLAIN,
    QCVN,
    SDK,
    XML,
    Vector,
    accepted,
)

from docexchange.envelope import Attachment, Envelope, Message, StatusCode
from docexchange.identifiers import ContentId, OrganId

_SECOND: Final = Attachment.from_bytes(
    b"", name="phụ lục.txt", media_type="text/plain", content_id=ContentId("210")
)
_WORDS: Final = "V/v e\u0302\u0301 (chữ tổ hợp), 😀 𠀀, \u200f\u0627, &<>\"' ]]>, a\tb\nc\rd"


def _valid(
    name: str, data: bytes | None, en: str, vi: str, source: str = QCVN, message: Message = PLAIN
) -> Vector:
    data = written(message) if data is None else data
    return accepted(f"valid/{name}",
data, en=en, vi=vi, source=source, message=message)  # fmt: skip


KINDS: Final = (
    _valid("plain", plain(), "A letter with one attachment.", "Văn bản có một tệp đính kèm."),
    _valid("full", None, "A letter with every field.", "Văn bản có đủ mọi trường.",
           f"{QCVN}; {DECREE_30}, appendix VI; {SDK}", FULL),
    _valid("recall", None, "A recall.", "Thu hồi văn bản.",
           f"{QCVN}, Bussiness; {DECISION_28}, article 8(2)", RECALL),
    _valid("recall-by-response", None, "A recall as in the official sample: ResponseFor names it.",
           "Thu hồi như mẫu chính thức: ResponseFor nêu văn bản.", f"{QCVN}, samples",
           replace(RECALL, business=replace(RECALL.business, document_id=None))),
    _valid("update", None, "An update of the receivers.", "Cập nhật nơi nhận.",
           f"{QCVN}, Bussiness", UPDATE),
    _valid("replacement", None, "A replacement.", "Thay thế văn bản.",
           f"{QCVN}, Bussiness; {DECREE_30}, article 18", REPLACE),
    *(_valid(f"status-{code}", None, f"Status {code}: {code.english}.",
             f"Trạng thái {code}: {code.vietnamese}.",
             f"{QCVN}, status message; {DECISION_28}, article 10(2)", replace(STATUS, code=code))
      for code in StatusCode),
)  # fmt: skip

FORMS: Final = (
    _valid("no-attachment", None, "A letter without attachments.", "Văn bản không có tệp đính kèm.",
           message=letter()),
    _valid("two-attachments", None, "Two attachments, one of no octets.",
           "Hai tệp đính kèm, một tệp 0 byte.", message=letter(PDF, _SECOND)),
    _valid("no-business", None, "A letter that does not say what it does.",
           "Văn bản không có Bussiness.", message=letter(business=None)),
    _valid("no-message-id", None, "A message without an Id, as unsigned ones have it.",
           "Thông điệp không có Id, như khi không ký.", message=letter(message_id=None)),
    _valid("code-of-decision-20", None, "Agency codes in the later grammar.",
           "Mã cơ quan theo quy cách mới.", DECISION_20,
           letter(sender=replace(PLAIN.sender, organ_id=OrganId("H53.31.21")))),
    _valid("passed-on", octets(Envelope.of(PLAIN).with_trace(HUB)),
           "A letter that has passed an access point.", "Văn bản đã qua một trục.",
           f"{QCVN}, TraceHeaderList"),
    _valid("unicode",
           None, "Combining marks, characters beyond 16 bits, right-to-left, line breaks.",
           "Dấu tổ hợp, ký tự ngoài 16 bit, chữ viết từ phải sang trái, xuống dòng.",
           f"{XML}, §2.2 and §2.11; TCVN 6909:2001", replace(letter(), subject=_WORDS)),
    _valid("white-space-around", changed("V/v báo cáo".encode(), " \r\n\tV/v báo cáo".encode()),
           "White space around a text is not part of it.",
           "Khoảng trắng quanh văn bản không thuộc về văn bản.", f"{XML}, §2.10"),
    _valid("byte-order-mark", b"\xef\xbb\xbf" + plain(), "A byte order mark of UTF-8.",
           "Có dấu BOM của UTF-8.", f"{XML}, §4.3.3"),
    _valid("no-declaration", plain().removeprefix(DECLARATION), "No XML declaration.",
           "Không có khai báo XML.", f"{XML}, §2.8"),
    _valid("cdata", changed("V/v báo cáo &amp; &lt;thử&gt;".encode(),
                            "<![CDATA[V/v báo cáo & <thử>]]>".encode()),
           "A text as CDATA.", "Văn bản ghi trong CDATA.", f"{XML}, §2.7"),
    _valid("comments-between", changed(b"<edXML:Subject>", b"<!-- x --><?y z?><edXML:Subject>"),
           "Comments and instructions between elements.", "Chú thích và chỉ thị giữa các phần tử.",
           f"{XML}, §2.5 and §2.6"),
    _valid("type-unsaid", plain().replace(b"application/pdf", b"application/octet-stream"),
           "A PDF whose type is left open.", "Tệp PDF không ghi rõ kiểu.", "RFC 2046, §4.5.1",
           replace(PLAIN, attachments=(replace(PDF, media_type="application/octet-stream"),))),
)  # fmt: skip

VALID: Final[tuple[Vector, ...]] = (*KINDS, *FORMS)
"""All of them. To add one, add a row."""
