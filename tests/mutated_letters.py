"""Letters with every field in them, and what becomes of them when one element is spoilt."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from letters import HUB, PDF, letter, octets, status
from lxml import etree

from docexchange.envelope import (
    Attachment,
    Business,
    BusinessDocumentInfo,
    BusinessKind,
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
    SteeringType,
)
from docexchange.envelope.names import local_name
from docexchange.identifiers import DocumentId, OrganId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from docexchange.envelope import Status

OLD: Final = DocumentId("000.00.00.H53,2026/03/01,3/X")
STAFF: Final = StaffInfo(
    department="Văn phòng",
    department_id="VP",
    staff="Trần Nam",
    staff_id="7",
    email="nam@x.vn",
    mobile="0900",
)
ANSWERED: Final = ResponseFor(
    organ_id=OrganId("000.00.00.H53"), code="3/X", document_id=OLD, promulgated=date(2026, 3, 1)
)
BUSINESSES: Final = {
    "new": Business(reason="Văn bản điện tử mới", document_id=OLD, staff=(STAFF,)),
    "recall": Business(
        kind=BusinessKind.RECALL, reason="Sai", document_id=OLD, paper=True, staff=(STAFF,)
    ),
    "update": Business(
        kind=BusinessKind.UPDATE,
        document_id=OLD,
        document_info=BusinessDocumentInfo(
            document_info=True,
            document_receiver=True,
            receivers=(
                Receiver(OrganId("G22.01"), ReceiverType.REMOVED),
                Receiver(OrganId("000.00.12.H53"), ReceiverType.ADDED),
            ),
        ),
    ),
    "replace": Business(
        kind=BusinessKind.REPLACE,
        replacements=(
            ReplacementInfo(OLD, (OrganId("G22"), OrganId("H53.31"))),
            ReplacementInfo(DocumentId("4/X"), (OrganId("G22"),)),
        ),
    ),
}


def _party(code: str) -> Organization:
    return Organization(
        OrganId(code),
        "UBND xã An Thạnh",
        in_charge="UBND huyện Bến Cầu",
        address="An Thạnh",
        email="xa@x.vn",
        telephone="0276",
        fax="0277",
        website="https://x.vn",
    )


def full_document(business: Business) -> Document:
    """A document with everything in it."""
    return letter(
        PDF,
        Attachment.from_bytes(b"A table", name="phụ lục.txt", description="Phụ lục"),
        sender=_party("000.21.31.H53"),
        recipients=(_party("000.00.00.G22"), _party("H53.31")),
        promulgation=PromulgationInfo(place="An Thạnh", on=date(2024, 2, 29)),
        document_type=DocumentType(type=2, name="Công văn", detail=18),
        content="Nội dung",
        signer=SignerInfo(full_name="Nguyễn Văn An", competence="TM.", position="Chủ tịch"),
        due_date=date(2026, 12, 31),
        other_info=OtherInfo(
            priority=Priority.EXPRESS,
            sphere="Số",
            typer_notation="NVA",
            copies=2,
            pages=3,
            direction=False,
            reply_fors="1",
            reference_codes="2",
            appendixes=("A", "B"),
        ),
        response_for=(ANSWERED, ANSWERED),
        steering=SteeringType.REPORT,
        task_codes=("T-1", "T-2"),
        application_type="web",
        to_places=("Như trên", "Lưu: VT"),
        business=business,
    )


def full_status() -> Status:
    """A status with everything in it."""
    return replace(
        status(),
        sender=_party("000.00.00.G22"),
        response_for=ANSWERED,
        staff=STAFF,
        description="Đã đến",
    )


def full_letters() -> dict[str, bytes]:
    """A document of each kind and a status, with everything in them and one hub behind them."""
    messages: dict[str, Document | Status] = {
        kind: full_document(business) for kind, business in BUSINESSES.items()
    }
    messages["status"] = full_status()
    return {
        kind: octets(Envelope.of(message).with_trace(HUB)) for kind, message in messages.items()
    }


def _drop(element: _Element) -> None:
    _parent(element).remove(element)


def _double(element: _Element) -> None:
    element.addnext(copy.deepcopy(element))


def _swap(element: _Element) -> None:
    """Let it change places with the next, when that is another kind of element."""
    following = element.getnext()
    if following is not None and following.tag != element.tag:
        following.addnext(element)


def _empty(element: _Element) -> None:
    element[:] = []
    element.text = ""  # and not None, which would be written as one empty tag


def _abroad(element: _Element) -> None:
    element.tag = f"{{urn:elsewhere}}{local_name(str(element.tag))}"


def _say(text: str, element: _Element) -> None:
    if not len(element):
        element.text = text


OPERATIONS: Final[dict[str, Callable[[_Element], None]]] = {
    "dropped": _drop,
    "doubled": _double,
    "swapped": _swap,
    "emptied": _empty,
    "abroad": _abroad,
    "overlong": partial(_say, "x" * 1000),
    "null": partial(_say, "null"),
    "blank": partial(_say, "\u00a0\u3000"),
    "number": partial(_say, "99"),
    "negative": partial(_say, "-1"),
    "letters": partial(_say, "ab\u200b"),
    "lines": partial(_say, "a\nb"),
    "iso-date": partial(_say, "2026-03-02"),
    "no-day": partial(_say, "2026/02/29"),
    "moment": partial(_say, "2026/03/02 24:00:00"),
    "odd-code": partial(_say, "vxp.saas.03"),
    "folder": partial(_say, "../x"),
}
"""What may happen to one element."""


def mutations(data: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Every letter that differs from this one in one element: its path, what happened, the file."""
    root = etree.fromstring(data)
    for number in range(len(list(root.iterdescendants()))):
        for operation in OPERATIONS:
            yield mutated(root, number, operation)


def leaves(root: _Element) -> list[_Element]:
    """The elements that hold a value."""
    return [element for element in root.iterdescendants() if not len(element)]


def mutated(root: _Element, number: int, operation: str) -> tuple[str, str, bytes]:
    """One of them, of the element with this number below the root."""
    tree = copy.deepcopy(root)
    element = next(islice(tree.iterdescendants(), number, None))
    outer = [local_name(str(up.tag)) for up in element.iterancestors()]
    path = ".".join([*outer[-2::-1], local_name(str(element.tag))])
    OPERATIONS[operation](element)
    return path, operation, etree.tostring(tree)


def _parent(element: _Element) -> _Element:
    parent = element.getparent()
    assert parent is not None
    return parent
