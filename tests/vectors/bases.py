"""Letters that the vectors start from: one with every field, and one of each kind of message."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, Final

from letters import COMMUNE, GOVERNMENT_OFFICE, letter, status

from docexchange.envelope import (
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    DocumentType,
    OtherInfo,
    PromulgationInfo,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    Status,
    SteeringType,
)
from docexchange.identifiers import DocumentId, OrganId

OLD: Final = DocumentId("000.21.31.H53,2026/02/01,9/UBND-VX")
HERE: Final = GOVERNMENT_OFFICE.organ_id
DISTRICT: Final = OrganId("000.00.31.H53")
STAFF: Final = StaffInfo(
    department="Văn phòng",
    department_id="VP-01",
    staff="Trần Thị Bình",
    staff_id="S-7",
    email="binh@example.vn",
    mobile="0900000000",
)
FULL: Final = letter(
    sender=replace(
        COMMUNE,
        in_charge="UBND huyện Bến Cầu",
        address="Ấp Voi, xã An Thạnh",
        email="anthanh@example.vn",
        telephone="02763000000",
        fax="02763000001",
        website="https://anthanh.example.vn",
    ),
    recipients=(
        replace(
            GOVERNMENT_OFFICE,
            in_charge="Chính phủ",
            address="16 Lê Hồng Phong",
            email="vanthu@example.vn",
            telephone="08043000",
            fax="08043001",
            website="https://vpcp.example.vn",
        ),
    ),
    promulgation=PromulgationInfo(place="An Thạnh", on=date(2026, 3, 2)),
    document_type=DocumentType(type=2, name="Công văn", detail=18),
    content="Báo cáo tình hình thực hiện",
    signer=SignerInfo(full_name="Nguyễn Văn An", competence="TM.", position="Chủ tịch"),
    due_date=date(2026, 3, 31),
    other_info=OtherInfo(
        sphere="Nội vụ",
        typer_notation="NTB",
        copies=3,
        pages=2,
        direction=False,
        reply_fors="9/UBND-VX",
        reference_codes="NĐ 30",
        appendixes=("Biểu mẫu 1", "Biểu mẫu 2"),
    ),
    response_for=(
        ResponseFor(organ_id=HERE, code="7/VPCP-TH", document_id=OLD, promulgated=date(2026, 2, 1)),
    ),
    steering=SteeringType.REPORT,
    task_codes=("NV-1", "NV-2"),
    application_type="QLVB",
    to_places=("Như trên", "Lưu: VT"),
    business=Business(reason="Văn bản điện tử mới", document_id=OLD, staff=(STAFF,)),
)
"""A new letter with every field that one can have, but no attachment."""
RECALL: Final = letter(
    response_for=(ResponseFor(organ_id=HERE, code="9/UBND-VX", document_id=OLD),),
    business=Business(kind=BusinessKind.RECALL, reason="Sai số liệu", document_id=OLD),
)
UPDATE: Final = letter(
    business=Business(
        kind=BusinessKind.UPDATE,
        reason="Đổi nơi nhận",
        document_id=OLD,
        document_info=BusinessDocumentInfo(
            document_info=False,
            document_receiver=True,
            receivers=(Receiver(DISTRICT, ReceiverType.ADDED),),
        ),
    )
)
REPLACE: Final = letter(
    business=Business(
        kind=BusinessKind.REPLACE,
        reason="Thay thế",
        replacements=(ReplacementInfo(OLD, (HERE, DISTRICT)),),
    )
)
STATUS: Final[Status] = replace(
    status(), sender=FULL.recipients[0], staff=STAFF, description="Đã đến"
)


def with_value(message: Any, attribute: str, value: object) -> Any:
    """A message with another value somewhere inside.

    Args:
        message: any dataclass.
        attribute: dotted names; a number stands for a member of a tuple (``recipients.0.fax``).
        value: the new one.
    """
    first, _, rest = attribute.partition(".")
    if isinstance(message, tuple):
        at = int(first)
        return (*message[:at], with_value(message[at], rest, value), *message[at + 1 :])
    inner = with_value(getattr(message, first), rest, value) if rest else value
    return replace(message, **{first: inner})


def with_text(data: bytes, path: str, text: str) -> bytes:
    """A file with other content in the first element at a path.

    Args:
        data: of the strict dialect.
        path: as findings have it; what is searched stands in the file.
        text: XML that takes the place of the content.
    """
    at = 0
    for name in path.split("."):
        found = re.compile(rb"<(?:edXML:)?%s(?=[\s>])[^>]*>" % name.encode()).search(data, at)
        assert found, (path, name)
        at = found.end()
    end = re.compile(rb"</(?:edXML:)?%s>" % path.rpartition(".")[2].encode()).search(data, at)
    assert end, path
    return data[:at] + text.encode() + data[end.start() :]


def empty_fields(value: object, path: str = "") -> list[str]:
    """Paths of the fields of a dataclass that say nothing, for tests of completeness."""
    if isinstance(value, tuple):
        return [found for item in value for found in empty_fields(item, path)] if value else [path]
    if not is_dataclass(value) or isinstance(value, DocumentId | OrganId):
        return [path] if value in {None, ""} else []
    return [
        found
        for field in fields(value)
        for found in empty_fields(getattr(value, field.name), f"{path}.{field.name}".strip("."))
    ]
