"""A letter of every kind and a status of every code, for the files that pin the writer's bytes.

Run it to write the files anew after a change that is meant; look at what ``git diff`` says then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange.envelope import (
    Attachment,
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Code,
    Document,
    DocumentType,
    Envelope,
    Organization,
    OtherInfo,
    Priority,
    PromulgationInfo,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    StatusCode,
    SteeringType,
    TraceHeader,
    status_of,
)
from docexchange.identifiers import ContentId, DocumentId, MessageId, OrganId

if TYPE_CHECKING:
    from docexchange.envelope import Status

FOLDER: Final = Path(__file__).parent / "unit" / "envelope" / "golden"
AT: Final = datetime(2026, 3, 2, 2, 5, 9, tzinfo=UTC)
COMMUNE: Final = Organization(OrganId("000.21.31.H53"), "UBND xã An Thạnh")
PROVINCE: Final = Organization(OrganId("000.00.00.H53"), "UBND tỉnh Tây Ninh")
OFFICE: Final = Organization(
    OrganId("000.00.00.G22"),
    "Văn phòng Chính phủ",
    in_charge="Chính phủ",
    address="Số 1 Hoàng Hoa Thám, Ba Đình, Hà Nội",
    email="vpcp@chinhphu.vn",
    telephone="080.43100",
    fax="080.43205",
    website="https://vpcp.chinhphu.vn",
)
EARLIER: Final = DocumentId("000.21.31.H53,2026/02/01,9/UBND-VX")
STAFF: Final = StaffInfo(
    department="Văn phòng",
    department_id="VP",
    staff="Trần Văn Nam",
    staff_id="NV-7",
    email="nam@tayninh.gov.vn",
    mobile="0912345678",
)
SMALL: Final = Document(
    message_id=MessageId("m-golden"),
    sender=COMMUNE,
    recipients=(PROVINCE,),
    document_id=DocumentId("000.21.31.H53,2026/03/02,15/UBND-VX"),
    code=Code("15", "UBND-VX"),
    promulgation=PromulgationInfo(on=date(2026, 3, 2)),
    document_type=DocumentType(type=2, name="Công văn"),
    subject="V/v báo cáo",
    signer=SignerInfo(full_name="Nguyễn Thị Hoa"),
)
WHOLE: Final = replace(
    SMALL,
    sender=OFFICE,
    recipients=(PROVINCE, COMMUNE),
    promulgation=PromulgationInfo(place="Hà Nội", on=date(2026, 3, 2)),
    document_type=DocumentType(type=2, name="Công văn", detail=18),
    subject='V/v "báo cáo" & <thử> ]]> \t cuối',
    content="Nội dung\r\nhai dòng",
    signer=SignerInfo(
        full_name="Nguyễn Thị Hoa", competence="TM. ỦY BAN NHÂN DÂN", position="Chủ tịch"
    ),
    due_date=date(2026, 12, 31),
    other_info=OtherInfo(
        priority=Priority.EXPRESS_TIMED,
        sphere="Chuyển đổi số",
        typer_notation="NVN",
        copies=2,
        pages=30,
        direction=False,
        reply_fors="1",
        reference_codes="2",
        appendixes=("Phụ lục 1", "Phụ lục 2"),
    ),
    response_for=(
        ResponseFor(
            organ_id=PROVINCE.organ_id,
            code="31/UBND-KSTT",
            document_id=EARLIER,
            promulgated=date(2026, 1, 31),
        ),
        ResponseFor(code="32/UBND-KSTT"),
    ),
    steering=SteeringType.REPORT,
    task_codes=("NV-1", "NV-2"),
    application_type="1",
    to_places=("Như trên", "Lưu: VT"),
    business=Business(reason="Văn bản điện tử mới", paper=True, staff=(STAFF,)),
    attachments=(
        Attachment.from_bytes(
            b"%PDF-1.4 scan", name="báo cáo.pdf", description="Quý I", content_id=ContentId("209")
        ),
        replace(
            Attachment.from_bytes(b"", name="rỗng.txt"),
            format="TXT",
            field_name="Phụ lục",
            mime_type="text/plain",
        ),
        Attachment.from_bytes(b"\0\xff" * 40, name="a&b.bin"),
    ),
)
RECALL: Final = Business(kind=BusinessKind.RECALL, reason="Sai số liệu", document_id=EARLIER)
UPDATE: Final = Business(
    kind=BusinessKind.UPDATE,
    document_id=EARLIER,
    document_info=BusinessDocumentInfo(
        document_info=True,
        document_receiver=True,
        receivers=(
            Receiver(COMMUNE.organ_id, ReceiverType.REMOVED),
            Receiver(OFFICE.organ_id, ReceiverType.ADDED),
        ),
    ),
)
REPLACEMENT: Final = Business(
    kind=BusinessKind.REPLACE,
    replacements=(
        ReplacementInfo(EARLIER, (PROVINCE.organ_id, OFFICE.organ_id)),
        ReplacementInfo(DocumentId("8/UBND-VX")),
    ),
)


def report(code: StatusCode) -> Status:
    """A status with everything in it."""
    party = COMMUNE if code.by_sender else PROVINCE
    built = status_of(
        SMALL, code, reporter=party, at=AT, description=f"Lý do: {code.vietnamese}", staff=STAFF
    )
    return replace(built, message_id=MessageId(f"m-golden-{code}"))


LETTERS: Final = {
    "new-small": Envelope.of(SMALL),
    "new-whole": Envelope.of(WHOLE),
    "new-without-ids": Envelope.of(replace(SMALL, message_id=None, business=None)),
    "new-relayed": Envelope.of(SMALL).with_trace(TraceHeader(OrganId("000.00.31.H53"), AT)),
    "recall": Envelope.of(replace(SMALL, business=RECALL)),
    "update": Envelope.of(replace(SMALL, business=UPDATE)),
    "replacement": Envelope.of(replace(SMALL, business=REPLACEMENT)),
    **{f"status-{code}": Envelope.of(report(code)) for code in StatusCode},
}
"""Envelopes by the name of their file."""

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, envelope in LETTERS.items():
        envelope.write_to(FOLDER / f"{name}.edxml")
