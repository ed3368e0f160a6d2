"""``letter.toml``: the fields of a letter in plain words, and what they become on the wire.

Faults are collected, each under the key where it stands, so that a letter is mended in one go. The
rules of the field are not repeated here: ``envelope.rules`` judges the document that comes out, and
its element paths are told as the keys people wrote.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from docexchange.cli._business_toml import BUSINESS_KEYS, read_business
from docexchange.cli._table import Table
from docexchange.envelope import (
    Code,
    Document,
    DocumentType,
    Organization,
    OtherInfo,
    Priority,
    PromulgationInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    SteeringType,
)
from docexchange.envelope.rules.rules import check
from docexchange.errors import InvalidField, InvalidIdentifier, UnreadableInput
from docexchange.identifiers import DocumentId, MessageId, OrganId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

__all__ = ["AttachmentEntry", "LetterFile", "faults_of", "read_letter"]

_ADMINISTRATIVE: Final = 2
_PRIORITIES: Final = {
    word: priority
    for priority in Priority
    for word in (priority.english, priority.vietnamese, str(int(priority)))
}
_STEERING: Final = {
    word: kind for kind in SteeringType for word in (kind.name.lower(), str(int(kind)))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentEntry:
    """A file that the letter asks for."""

    place: str
    """Where it stands in the letter file, for faults."""
    file: str
    """Its path."""
    name: str = ""
    """The name to send it under; that of the file when empty."""
    description: str = ""
    """Shown to people."""
    media_type: str = ""
    """MIME type; guessed when empty."""
    zipped: bool = False
    """Whether to send it in a ZIP archive of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFile:
    """What a letter file says."""

    document: Document
    """The letter, without its attachments."""
    attachments: tuple[AttachmentEntry, ...]
    """What to attach."""
    faults: tuple[InvalidField, ...]
    """What keeps the file from being read as a letter."""


def read_letter(data: bytes) -> LetterFile:
    """Read a letter file.

    Args:
        data: the file, TOML in UTF-8.

    Raises:
        UnreadableInput: it is not TOML.
    """
    values = _parse(data)
    if not values:
        raise UnreadableInput(
            "expected a letter, found an empty file",
            code="letter.empty",
            advice="`docexchange compose --example` prints one to begin with.",
        )
    faults: list[InvalidField] = []
    letter = Table(values, faults)
    document = _document(letter)
    attachments = tuple(_attachment(entry) for entry in letter.tables("attachments"))
    letter.done()
    return LetterFile(document=document, attachments=attachments, faults=tuple(faults))


def _parse(data: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        found = f"bytes that are no UTF-8 at offset {error.start}"
    except RecursionError:
        found = "brackets too deep"
    except ValueError as error:
        found = str(error)
    raise UnreadableInput(
        f"expected TOML, found: {found}",
        code="letter.syntax",
        advice="Correct the line named; texts stand in double quotes, dates in none.",
    )


def _document(letter: Table) -> Document:
    sender = _organization(letter.table("sender", required=True), 0)
    recipients = [
        _organization(party, number)
        for number, party in enumerate(letter.tables("to", required=True), start=1)
    ]
    code = Code(letter.text("number", required=True), letter.text("notation", required=True))
    issued = letter.day("date", required=True)
    own_id = letter.value("document_id", DocumentId)
    business, recalled = read_business(letter)
    answered = tuple(map(_answered, letter.tables("in_response_to")))
    if recalled is not None and not answered:
        answered = tuple(replace(recalled, organ_id=party.organ_id) for party in recipients)
    return Document(
        message_id=letter.value("message_id", MessageId) or MessageId.new(),
        sender=sender,
        recipients=tuple(recipients),
        document_id=own_id or _document_id(sender.organ_id, issued, code),
        code=code,
        promulgation=PromulgationInfo(place=letter.text("place"), on=issued),
        document_type=_type(letter),
        subject=letter.text("subject", required=True),
        content=letter.text("content"),
        signer=_signer(letter.table("signer", required=True)),
        due_date=letter.day("due"),
        other_info=_other_info(letter),
        response_for=answered,
        steering=letter.choice("steering", _STEERING),
        to_places=letter.texts("to_places"),
        business=replace(
            business,
            reason=letter.text("reason"),
            paper=letter.flag("paper"),
            staff=tuple(map(_staff, letter.tables("staff"))),
        ),
    )


def _document_id(sender: OrganId, issued: date | None, code: Code) -> DocumentId | None:
    try:
        return DocumentId.of(sender, issued, code.number, code.notation) if issued else None
    except InvalidIdentifier:  # the rules tell which of the fields it is made of is wrong
        return None


def _organization(party: Table | None, number: int) -> Organization:
    if party is None:
        return Organization(OrganId(f"missing-{number}"))
    code = party.value("code", OrganId.parse, required=True)
    organization = Organization(
        organ_id=code or OrganId(f"missing-{number}"),
        name=party.text("name", required=True),
        in_charge=party.text("in_charge"),
        address=party.text("address"),
        email=party.text("email"),
        telephone=party.text("telephone"),
        fax=party.text("fax"),
        website=party.text("website"),
    )
    party.done()
    return organization


def _type(letter: Table) -> DocumentType:
    number = letter.number("type_number")
    return DocumentType(
        name=letter.text("type", required=True),
        type=_ADMINISTRATIVE if number is None else number,
        detail=letter.number("type_detail"),
    )


def _signer(signer: Table | None) -> SignerInfo:
    if signer is None:
        return SignerInfo()
    info = SignerInfo(
        full_name=signer.text("name", required=True),
        position=signer.text("position"),
        competence=signer.text("competence"),
    )
    signer.done()
    return info


def _other_info(letter: Table) -> OtherInfo:
    return OtherInfo(
        priority=letter.choice("priority", _PRIORITIES) or Priority.NORMAL,
        sphere=letter.text("sphere"),
        typer_notation=letter.text("typer"),
        copies=letter.number("copies"),
        pages=letter.number("pages"),
        appendixes=letter.texts("appendixes"),
    )


def _answered(item: Table) -> ResponseFor:
    answered = ResponseFor(
        organ_id=item.value("agency", OrganId),
        code=item.text("code"),
        document_id=item.value("document_id", DocumentId),
        promulgated=item.day("date"),
    )
    item.done()
    return answered


def _staff(item: Table) -> StaffInfo:
    staff = StaffInfo(
        department=item.text("department"),
        staff=item.text("name"),
        email=item.text("email"),
        mobile=item.text("mobile"),
    )
    item.done()
    return staff


def _attachment(item: Table) -> AttachmentEntry:
    entry = AttachmentEntry(
        place=item.path,
        file=item.text("file", required=True),
        name=item.text("name"),
        description=item.text("description"),
        media_type=item.text("type"),
        zipped=item.flag("zip"),
    )
    item.done()
    return entry


_KEYS: Final = {
    "MessageHeader.From": "sender",
    "MessageHeader.ToPlaces.Place": "to_places",
    "MessageHeader.To": "to",
    "MessageHeader.DocumentId": "document_id",
    "MessageHeader.Code.CodeNumber": "number",
    "MessageHeader.Code.CodeNotation": "notation",
    "MessageHeader.PromulgationInfo.Place": "place",
    "MessageHeader.PromulgationInfo.PromulgationDate": "date",
    "MessageHeader.DocumentType.TypeName": "type",
    "MessageHeader.DocumentType.TypeDetail": "type_detail",
    "MessageHeader.DocumentType.Type": "type_number",
    "MessageHeader.Subject": "subject",
    "MessageHeader.Content": "content",
    "MessageHeader.SignerInfo.FullName": "signer.name",
    "MessageHeader.SignerInfo.Position": "signer.position",
    "MessageHeader.SignerInfo.Competence": "signer.competence",
    "MessageHeader.DueDate": "due",
    "MessageHeader.OtherInfo.Priority": "priority",
    "MessageHeader.OtherInfo.SphereOfPromulgation": "sphere",
    "MessageHeader.OtherInfo.TyperNotation": "typer",
    "MessageHeader.OtherInfo.PromulgationAmount": "copies",
    "MessageHeader.OtherInfo.PageAmount": "pages",
    "MessageHeader.OtherInfo.Appendixes.Appendix": "appendixes",
    "MessageHeader.ResponseFor": "in_response_to",
    "MessageHeader.SteeringType": "steering",
    **BUSINESS_KEYS,
    "TraceHeaderList.Bussiness.BussinessDocReason": "reason",
    "TraceHeaderList.Bussiness.StaffInfo": "staff",
    "AttachmentEncoded.Attachment": "attachments",
    ".OrganId": ".code",
    ".OrganName": ".name",
    ".OrganizationInCharge": ".in_charge",
    ".OrganAdd": ".address",
    ".AttachmentName": ".name",
    ".Department": ".department",
    ".Staff": ".name",
    ".PromulgationDate": ".date",
}
"""Keys for element paths, longer paths before those they begin with."""
_NUMBER: Final = re.compile(r"\[\d+\]")
_ONE_UPDATE: Final = re.compile(r"^update\[\d+\]")  # receivers have two lists in the file


def faults_of(
    document: Document, *, told: Iterable[InvalidField], today: date
) -> Iterator[InvalidField]:
    """What the rules of the field say against a letter, under the keys of its file.

    Args:
        document: the letter.
        told: faults already known; what follows from them is not told again.
        today: the date in Vietnam; a letter must not be dated after it.
    """
    known = {_NUMBER.sub("", fault.path) for fault in told}
    for fault in check(document, today=today):
        key = _key(fault.path)
        if key == "acts_on":  # the rules name one element where the file has a table for each kind
            kind = document.business.kind if document.business else None
            key = f"{kind.name.lower()}.document_id" if kind else key
        if key == "document_id" and known:
            continue  # it is made of the other fields
        plain = _NUMBER.sub("", key)
        follows = plain in known or plain.rpartition(".")[0] in known
        if not (follows and fault.code[:2] in {"N.", "T."}):
            yield InvalidField(str(fault), path=key, code=fault.code, advice=fault.advice)


def _key(path: str) -> str:
    for element, key in _KEYS.items():
        path = path.replace(element, key)
    return _ONE_UPDATE.sub("update", path.lower())
