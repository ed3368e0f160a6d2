"""Rules of ``Bussiness``: what must be there for each kind of message, and what must not.

====== ======= ==================================================================================
kind   means   must have
====== ======= ==================================================================================
0      new     nothing
1      recall  a reason; the document, in ``Bussiness/DocumentId`` or ``ResponseFor/DocumentId``
2      update  ``DocumentId``; ``BussinessDocumentInfo`` that says what changes
3      replace ``ReplacementInfo`` with the ``DocumentId`` of each document replaced
====== ======= ==================================================================================

``BussinessDocumentInfo`` and ``ReplacementInfoList`` belong to their own kinds only: a message that
says two things would be taken for one of them by one reader and for the other by the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.codes import BusinessKind
from docexchange.envelope.paths import numbered
from docexchange.envelope.rules import checks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docexchange.envelope.model import Business, Document, Receiver, StaffInfo
    from docexchange.errors import InvalidField

__all__ = ["business_faults", "staff_faults"]

_PATH: Final = "TraceHeaderList.Bussiness"
_INFO: Final = f"{_PATH}.BussinessDocumentInfo"
_RECEIVER: Final = f"{_INFO}.ReceiverList.Receiver"
_REPLACED: Final = f"{_PATH}.ReplacementInfoList.ReplacementInfo"


def business_faults(document: Document) -> Iterator[InvalidField]:
    """What is wrong with what a document says it does.

    Args:
        document: the whole of it; one without ``Bussiness`` has no faults.
    """
    business = document.business
    if business is None:
        return
    yield from checks.text(f"{_PATH}.BussinessDocReason", business.reason, 500)
    yield from checks.telling(f"{_PATH}.DocumentId", business.document_id)
    if business.kind is None:
        yield checks.missing(f"{_PATH}.BussinessDocType")
    else:
        yield from _KINDS[business.kind](document, business)
        yield from _foreign(business, business.kind)
    for number, staff in enumerate(business.staff, start=1):
        yield from staff_faults(numbered(f"{_PATH}.StaffInfo", number), staff)


def staff_faults(path: str, staff: StaffInfo) -> Iterator[InvalidField]:
    """What is wrong with who handled it.

    Args:
        path: of the ``StaffInfo`` element.
        staff: what it says.
    """
    yield from checks.telling(f"{path}.Department", staff.department)
    yield from checks.characters(f"{path}.Department", staff.department)
    yield from checks.characters(f"{path}.DepartmentId", staff.department_id)
    yield from checks.characters(f"{path}.Staff", staff.staff)
    yield from checks.characters(f"{path}.StaffId", staff.staff_id)
    yield from checks.characters(f"{path}.Email", staff.email)
    yield from checks.characters(f"{path}.Mobile", staff.mobile)


def _new(_document: Document, _business: Business) -> Iterator[InvalidField]:
    return iter(())


def _recall(document: Document, business: Business) -> Iterator[InvalidField]:
    if not business.reason.strip():
        yield checks.missing(f"{_PATH}.BussinessDocReason")
    answered = {item.document_id for item in document.response_for} - {None}
    if business.document_id is None and not answered:
        yield checks.missing(f"{_PATH}.DocumentId")
    if business.document_id is not None and answered - {business.document_id}:
        yield checks.not_allowed(
            f"{_PATH}.DocumentId",
            f"expected the document that ResponseFor names, found {business.document_id}",
            "Recall one document at a time.",
        )


def _update(_document: Document, business: Business) -> Iterator[InvalidField]:
    if business.document_id is None:
        yield checks.missing(f"{_PATH}.DocumentId")
    info = business.document_info
    if info is None:
        yield checks.missing(_INFO)
        return
    if info.document_info is None:
        yield checks.missing(f"{_INFO}.DocumentInfo")
    if info.document_receiver is None:
        yield checks.missing(f"{_INFO}.DocumentReceiver")
    if info.document_info is False and info.document_receiver is False:
        yield checks.not_allowed(
            _INFO,
            "expected a change of the document or of its receivers, found neither",
            "Say what the update changes.",
        )
    if info.document_receiver and not info.receivers:
        yield checks.missing(_RECEIVER)
    if info.document_receiver is False and info.receivers:
        yield checks.not_allowed(
            f"{_INFO}.DocumentReceiver",
            f"expected 1 where receivers change, found 0 and {len(info.receivers)} of them",
            "Set it, or leave the receivers out.",
        )
    yield from _receivers(info.receivers)


def _receivers(receivers: tuple[Receiver, ...]) -> Iterator[InvalidField]:
    seen = set()
    for number, receiver in enumerate(receivers, start=1):
        path = numbered(_RECEIVER, number)
        if receiver.type is None:
            yield checks.missing(f"{path}.ReceiverType")
        if receiver.organ_id is None:
            yield checks.missing(f"{path}.OrganId")
            continue
        yield from checks.strict_organ_id(f"{path}.OrganId", receiver.organ_id)
        if receiver.organ_id.as_decision_20 in seen:
            yield checks.not_allowed(
                path,
                f"expected each receiver once, found {receiver.organ_id} again",
                "Remove the second entry.",
            )
        seen.add(receiver.organ_id.as_decision_20)


def _replace(_document: Document, business: Business) -> Iterator[InvalidField]:
    if not business.replacements:
        yield checks.missing(_REPLACED)
    seen = set()
    for number, replaced in enumerate(business.replacements, start=1):
        path = numbered(_REPLACED, number)
        for place, organ_id in enumerate(replaced.organ_ids, start=1):
            yield from checks.strict_organ_id(
                numbered(f"{path}.OrganIdList.OrganId", place), organ_id
            )
        if replaced.document_id is None:
            yield checks.missing(f"{path}.DocumentId")
            continue
        if replaced.document_id in seen:
            yield checks.not_allowed(
                path,
                f"expected each document once, found {replaced.document_id} again",
                "Put its agencies into one entry.",
            )
        seen.add(replaced.document_id)


def _foreign(business: Business, kind: BusinessKind) -> Iterator[InvalidField]:
    advice = "Leave it out, or send a message of its own for it."
    if business.document_info is not None and kind is not BusinessKind.UPDATE:
        yield checks.not_allowed(_INFO, f"expected it in updates only, found a {_of(kind)}", advice)
    if business.replacements and kind is not BusinessKind.REPLACE:
        yield checks.not_allowed(
            f"{_PATH}.ReplacementInfoList",
            f"expected it in replacements only, found a {_of(kind)}",
            advice,
        )


def _of(kind: BusinessKind) -> str:
    return f"message of kind {int(kind)} ({kind.name.lower()})"


_KINDS: Final[Mapping[BusinessKind, Callable[[Document, Business], Iterator[InvalidField]]]] = {
    BusinessKind.NEW: _new,
    BusinessKind.RECALL: _recall,
    BusinessKind.UPDATE: _update,
    BusinessKind.REPLACE: _replace,
}
