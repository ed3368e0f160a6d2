"""``[recall]``, ``[update]`` and ``[[replace]]`` of a letter file: what a letter does to others.

>>> faults: list[InvalidField] = []
>>> letter = Table({"recall": {"document_id": "000.21.31.H53,2026/02/01,9/UBND"}}, faults)
>>> read_business(letter)[0].kind
<BusinessKind.RECALL: 1>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope import (
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    ResponseFor,
)
from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import DocumentId, OrganId

if TYPE_CHECKING:
    from docexchange.cli._table import Table

__all__ = ["BUSINESS_KEYS", "read_business"]

_PATH: Final = "TraceHeaderList.Bussiness"
BUSINESS_KEYS: Final = {
    f"{_PATH}.BussinessDocumentInfo.ReceiverList.Receiver": "update",
    f"{_PATH}.BussinessDocumentInfo": "update",
    f"{_PATH}.ReplacementInfoList.ReplacementInfo.OrganIdList.OrganId": "replace.agencies",
    f"{_PATH}.ReplacementInfoList.ReplacementInfo.DocumentId": "replace.document_id",
    f"{_PATH}.ReplacementInfoList.ReplacementInfo": "replace",
    f"{_PATH}.DocumentId": "acts_on",
}
"""Keys for element paths, longer paths before those they begin with."""


def read_business(letter: Table) -> tuple[Business, ResponseFor | None]:
    """What a letter does: at most one of the three.

    Args:
        letter: the whole file.

    Returns:
        It, without reason and staff; and for a recall the letter that it takes back.
    """
    recall, update = letter.table("recall"), letter.table("update")
    replaced = letter.tables("replace")
    present = {"recall": recall, "update": update, "replace": replaced}
    found = [key for key, value in present.items() if value]
    for key in found[1:]:
        letter.tell(
            key,
            "M",
            f"expected one of recall, update and replace, found it beside {found[0]}",
            advice="Write a letter for each.",
        )
    if recall is not None:
        return _recall(recall)
    if update is not None:
        return _update(update), None
    if replaced:
        replacements = tuple(map(_replacement, replaced))
        return Business(kind=BusinessKind.REPLACE, replacements=replacements), None
    return Business(), None


def _recall(recall: Table) -> tuple[Business, ResponseFor]:
    taken_back = ResponseFor(
        code=recall.text("code"),
        document_id=recall.value("document_id", DocumentId, required=True),
        promulgated=recall.day("date"),
    )
    recall.done()
    business = Business(kind=BusinessKind.RECALL, document_id=taken_back.document_id)
    return business, taken_back


def _update(update: Table) -> Business:
    document_id = update.value("document_id", DocumentId, required=True)
    receivers = (
        *(Receiver(organ_id, ReceiverType.REMOVED) for organ_id in _agencies(update, "remove")),
        *(Receiver(organ_id, ReceiverType.ADDED) for organ_id in _agencies(update, "add")),
    )
    info = BusinessDocumentInfo(
        document_info=update.flag("document"),
        document_receiver=bool(receivers),
        receivers=receivers,
    )
    update.done()
    return Business(kind=BusinessKind.UPDATE, document_id=document_id, document_info=info)


def _replacement(replaced: Table) -> ReplacementInfo:
    document_id = replaced.value("document_id", DocumentId, required=True)
    agencies = _agencies(replaced, "agencies")
    replaced.done()
    return ReplacementInfo(document_id, agencies)


def _agencies(table: Table, key: str) -> tuple[OrganId, ...]:
    found = []
    for number, text in enumerate(table.texts(key), start=1):
        try:
            found.append(OrganId.parse(text))
        except InvalidIdentifier as error:
            table.tell(f"{key}[{number}]", "T", str(error), advice=error.advice)
    return tuple(found)
