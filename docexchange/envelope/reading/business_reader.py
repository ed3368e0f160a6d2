"""Reading of ``Bussiness``: what a message does with a document, and who handled it.

What is empty is absent: the Java SDK writes ``BussinessDocumentInfo`` and ``ReplacementInfoList``
into every message when it is fed with empty ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.codes import BusinessKind, ReceiverType
from docexchange.envelope.model import (
    Business,
    BusinessDocumentInfo,
    Receiver,
    ReplacementInfo,
    StaffInfo,
)
from docexchange.envelope.xml import leaf_text
from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import DocumentId, OrganId

if TYPE_CHECKING:
    from docexchange.envelope.reading.values import Values

__all__ = ["read_business", "read_staff"]


def read_business(business: Values) -> Business | None:
    """What the message does; None when it does not say.

    Args:
        business: the ``Bussiness`` element.

    Raises:
        MalformedEnvelope: it can be read two ways.
    """
    if not business:
        return None
    info = business.one("BussinessDocumentInfo")
    replaced = business.one("ReplacementInfoList").all("ReplacementInfo")
    return Business(
        kind=business.choice("BussinessDocType", BusinessKind),
        reason=business.text("BussinessDocReason"),
        paper=business.value("Paper", _yes_or_no),
        document_id=business.value("DocumentId", DocumentId),
        document_info=_document_info(info) if info.has_children else None,
        replacements=tuple(_replacement(item) for item in replaced if item.has_children),
        staff=tuple(filter(None, map(read_staff, business.all("StaffInfo")))),
    )


def read_staff(staff: Values) -> StaffInfo | None:
    """Who handled it; None when it does not say.

    Args:
        staff: the ``StaffInfo`` element.
    """
    told = StaffInfo(
        department=staff.text("Department"),
        department_id=staff.text("DepartmentId"),
        staff=staff.text("Staff"),
        staff_id=staff.text("StaffId"),
        email=staff.text("Email"),
        mobile=staff.text("Mobile"),
    )
    return None if told == StaffInfo() else told


def _document_info(info: Values) -> BusinessDocumentInfo | None:
    receivers = info.one("ReceiverList").all("Receiver")
    told = BusinessDocumentInfo(
        document_info=info.value("DocumentInfo", _yes_or_no),
        document_receiver=info.value("DocumentReceiver", _yes_or_no),
        receivers=tuple(_receiver(item) for item in receivers if item.has_children),
    )
    return None if told == BusinessDocumentInfo() else told


def _receiver(receiver: Values) -> Receiver:
    return Receiver(
        receiver.value("OrganId", OrganId), receiver.choice("ReceiverType", ReceiverType)
    )


def _replacement(replaced: Values) -> ReplacementInfo:
    organ_ids = map(_organ_id, replaced.one("OrganIdList").all("OrganId"))
    return ReplacementInfo(replaced.value("DocumentId", DocumentId), tuple(filter(None, organ_ids)))


def _organ_id(item: Values) -> OrganId | None:
    text = leaf_text(item.element) if item.element is not None else ""
    try:
        return OrganId(text) if text else None
    except InvalidIdentifier as error:
        item.tell(str(error))
        return None


def _yes_or_no(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError(f"expected 0 or 1, found {text[:40]!r}")
    return text == "1"
