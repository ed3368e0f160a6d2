"""A message as plain values, and back: the one form of it in JSON.

>>> value = message_as_json(envelope.message)
>>> value["document"]["subject"]
'V/v báo cáo'
>>> message_from_json(json.loads(json.dumps(value)))

Attachments are told by name, type, size and digest; their octets stay where they are.
``schemas/message.schema.json`` is the same form for others (``docexchange schema message``).
Nothing of it is verified, and ``message_from_json`` holds nothing to the rules of the field:
``Envelope.of`` does.
"""

from __future__ import annotations

import errno
import hashlib
import reprlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from docexchange.envelope.attachments.attachment import Attachment
from docexchange.envelope.codes import (
    BusinessKind,
    Priority,
    ReceiverType,
    StatusCode,
    SteeringType,
)
from docexchange.envelope.model import (
    Business,
    BusinessDocumentInfo,
    Code,
    Document,
    DocumentType,
    Message,
    Organization,
    OtherInfo,
    PromulgationInfo,
    Receiver,
    ReplacementInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    Status,
)
from docexchange.envelope.plain_values import (
    DAY,
    FLAG,
    HEX,
    INTEGER,
    MOMENT,
    TEXT,
    Key,
    Many,
    Maybe,
    Part,
    Thing,
    identifier,
    named,
    numbered,
    refusal,
)
from docexchange.identifiers import ContentId, DocumentId, MessageId, OrganId

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.envelope.attachments.attachment import Source

__all__ = ["attachment_as_json", "message_as_json", "message_from_json"]

_ORGAN_ID: Final = identifier(OrganId, "an agency code")
_DOCUMENT_ID: Final = Maybe(identifier(DocumentId, "a document id"))
_ORGANIZATION: Final = Thing(
    Organization,
    (
        Key("organ_id", _ORGAN_ID),
        *(Key(name, TEXT) for name in ("name", "in_charge", "address")),
        *(Key(name, TEXT) for name in ("email", "telephone", "fax", "website")),
    ),
)
_ANSWERED: Final = Thing(
    ResponseFor,
    (
        Key("organ_id", Maybe(_ORGAN_ID)),
        Key("code", TEXT),
        Key("document_id", _DOCUMENT_ID),
        Key("date", Maybe(DAY), "promulgated"),
    ),
)
_STAFF: Final = Thing(
    StaffInfo,
    (
        Key("department", TEXT),
        Key("department_id", TEXT),
        Key("name", TEXT, "staff"),
        *(Key(name, TEXT) for name in ("staff_id", "email", "mobile")),
    ),
)
_CHANGES: Final = Thing(
    BusinessDocumentInfo,
    (
        Key("document", Maybe(FLAG), "document_info"),
        Key("receivers_changed", Maybe(FLAG), "document_receiver"),
        Key(
            "receivers",
            Many(
                Thing(
                    Receiver,
                    (
                        Key("organ_id", Maybe(_ORGAN_ID)),
                        Key("change", Maybe(named(ReceiverType)), "type"),
                    ),
                )
            ),
        ),
    ),
)
_BUSINESS: Final = Thing(
    Business,
    (
        Key("kind", Maybe(named(BusinessKind))),
        Key("reason", TEXT),
        Key("paper", Maybe(FLAG)),
        Key("document_id", _DOCUMENT_ID),
        Key("changes", Maybe(_CHANGES), "document_info"),
        Key(
            "replacements",
            Many(
                Thing(
                    ReplacementInfo,
                    (Key("document_id", _DOCUMENT_ID), Key("organ_ids", Many(_ORGAN_ID))),
                )
            ),
        ),
        Key("staff", Many(_STAFF)),
    ),
)
_OTHER_INFO: Final = Thing(
    OtherInfo,
    (
        Key("priority", Maybe(numbered(Priority))),
        Key("sphere", TEXT),
        Key("typer", TEXT, "typer_notation"),
        Key("copies", Maybe(INTEGER)),
        Key("pages", Maybe(INTEGER)),
        Key("direction", Maybe(FLAG)),
        Key("reply_fors", TEXT),
        Key("reference_codes", TEXT),
        Key("appendixes", Many(TEXT)),
    ),
)
_TYPE: Final = Thing(
    DocumentType,
    (
        Key("name", TEXT),
        Key("number", Maybe(INTEGER), "type"),
        Key("detail", Maybe(INTEGER)),
    ),
)
_SIGNER: Final = Thing(
    SignerInfo, (Key("name", TEXT, "full_name"), Key("position", TEXT), Key("competence", TEXT))
)
_DOCUMENT: Final = Thing(
    dict,
    (
        Key("document_id", _DOCUMENT_ID),
        Key("to", Many(_ORGANIZATION), "recipients"),
        Part("code", Thing(Code, (Key("number", TEXT), Key("notation", TEXT)))),
        Part(
            "promulgation",
            Thing(PromulgationInfo, (Key("place", TEXT), Key("date", Maybe(DAY), "on"))),
        ),
        Key("type", _TYPE, "document_type"),
        Key("subject", TEXT),
        Key("content", TEXT),
        Key("signer", _SIGNER),
        Key("due", Maybe(DAY), "due_date"),
        Part("other_info", _OTHER_INFO),
        Key("in_response_to", Many(_ANSWERED), "response_for"),
        Key("steering", Maybe(numbered(SteeringType))),
        Key("task_codes", Many(TEXT)),
        Key("application_type", TEXT),
        Key("to_places", Many(TEXT)),
        Key("acted_on", Many(TEXT), told_by=lambda document: map(str, document.acted_on)),
        Key("business", Maybe(_BUSINESS)),
    ),
)
_STATUS: Final = Thing(
    dict,
    (
        Key("code", Maybe(identifier(StatusCode, f"one of {', '.join(StatusCode)}"))),
        Key("words", Maybe(TEXT), told_by=lambda status: status.code and status.code.english),
        Key("at", Maybe(MOMENT)),
        Key("about", _ANSWERED, "response_for"),
        Key("staff", Maybe(_STAFF)),
        Key("description", TEXT),
    ),
)
_ATTACHMENT: Final = Thing(
    dict,
    (
        *(Key(name, TEXT) for name in ("name", "media_type", "description")),
        Key("size", INTEGER),
        Key("sha256", HEX),
        Key("content_id", identifier(ContentId, "a content id")),
    ),
)
_MESSAGE: Final = Thing(
    dict,
    (
        Key("message_id", Maybe(identifier(MessageId, "a message id"))),
        Key("from", _ORGANIZATION, "sender"),
        Key("document", Maybe(_DOCUMENT)),
        Key("status", Maybe(_STATUS)),
        Key("attachments", Many(_ATTACHMENT)),
    ),
)


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """The octets of an attachment of which only the description is here."""

    name: str
    """Its name."""

    def open(self) -> BinaryIO:
        """Fail: nobody said where they are."""
        raise FileNotFoundError(
            errno.ENOENT, "its octets are not here, only their description", self.name
        )


def message_as_json(message: Message) -> dict[str, Any]:
    """A message as plain values: objects, lists, texts, whole numbers, true, false and null.

    Args:
        message: a document or status; the other of the two keys is null.
    """
    is_document = isinstance(message, Document)
    return {
        "message_id": None if message.message_id is None else str(message.message_id),
        "from": _ORGANIZATION.write(message.sender),
        "document": _DOCUMENT.write(message) if is_document else None,
        "status": None if is_document else _STATUS.write(message),
        "attachments": [attachment_as_json(item) for item in message.attachments],
    }


def attachment_as_json(attachment: Attachment) -> dict[str, Any]:
    """An attachment as plain values, without its octets."""
    return _ATTACHMENT.write(attachment)


def message_from_json(
    value: object, *, source: Callable[[ContentId], Source] | None = None
) -> Message:
    """The message that plain values tell.

    Args:
        value: what ``message_as_json`` gave, perhaps by way of JSON.
        source: where the octets of an attachment are, by its content id. Without it they can be
            asked for name, size and digest, but not opened.

    Raises:
        InvalidField: a key too many or too few, a value of the wrong type or outside its list, or
            values that contradict each other (``acted_on``, ``words``).
    """
    told = _MESSAGE.read(value, "")
    document, status = told.pop("document"), told.pop("status")
    attachments = tuple(_attachment(item, source) for item in told.pop("attachments"))
    if (document is None) == (status is None):
        raise refusal("", "value", "either a document or a status", "both or none")
    if status is not None and attachments:
        raise refusal("attachments", "value", "none in a status", str(len(attachments)))
    message: Message
    if document is not None:
        message = Document(**told, **document, attachments=attachments)
    else:
        message = Status(**told, **status)
    _check_told(message, value)
    return message


def _attachment(told: dict[str, Any], source: Callable[[ContentId], Source] | None) -> Attachment:
    if told["size"] < 0 or len(told["sha256"]) != hashlib.sha256().digest_size:
        raise refusal(
            "attachments", "value", "a size from 0 and a digest of 32 octets", reprlib.repr(told)
        )
    octets = source(told["content_id"]) if source else _Elsewhere(told["name"])
    return Attachment(**told, source=octets)


def _check_told(message: Message, value: Any) -> None:
    """What follows from other values must follow from them."""
    owner, key = ("document", "acted_on") if isinstance(message, Document) else ("status", "words")
    right, found = message_as_json(message)[owner][key], value[owner][key]
    if found != right:
        raise refusal(
            f"{owner}.{key}", "value", f"{right!r} after the other values", reprlib.repr(found)
        )
