"""Hypothesis strategies: any message that may be sent, with every character that XML can carry."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Final

from hypothesis import strategies as st

from docexchange.envelope import (
    Attachment,
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Code,
    Document,
    DocumentType,
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
    Status,
    StatusCode,
    SteeringType,
    TraceHeader,
)
from docexchange.envelope.attachments.attachment import name_problem
from docexchange.envelope.reading.dialects import PLACEHOLDERS
from docexchange.identifiers import ContentId, DocumentId, MessageId, OrganId

__all__ = [
    "AWKWARD",
    "IN_FILE_NAMES",
    "VISIBLE",
    "XML_CHARACTERS",
    "any_documents",
    "archives",
    "attached",
    "attachments",
    "business_of",
    "businesses",
    "content_ids",
    "document_ids",
    "document_infos",
    "documents",
    "file_names",
    "message_ids",
    "messages",
    "moments",
    "no",
    "numbers",
    "organ_ids",
    "organizations",
    "other_infos",
    "printable",
    "receiver_lists",
    "replacements",
    "responses",
    "staff",
    "statuses",
    "steerings",
    "texts",
    "traces",
    "yes",
    "zipped",
]

XML_CHARACTERS: Final = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=[*map(chr, {*range(32)} - {9, 10, 13}), "\ufffe", "\uffff"],
)
VISIBLE: Final = st.characters(exclude_categories=["C", "Z"]) | st.just(" ")
IN_FILE_NAMES: Final = st.characters(
    exclude_categories=["C", "Zl", "Zp"], exclude_characters='\\/:*?"<>|'
)
AWKWARD: Final = [
    *("V/v báo cáo", "a & b < c > d", "]]>", "<!-- -->", "a\r\nb", "a\tb", "&amp;", "\"'"),
    *(
        "\u00e9",
        "e\u0301",
        "e\u0302\u0323",
        "\u0301a",
    ),  # one letter written three ways; a bare mark
    *("\U0001f600", "\U00020000", "\U0010fffd"),  # beyond 16 bits
    *("a\u200eb", "\u0627\u200f", "a\u2028b", "a\x85b", "a\r\rb", "a\n\n b", "\ufeffa"),
]


def texts(most: int, *, least: int = 0) -> st.SearchStrategy[str]:
    """Text as readers see it: without white space around it."""
    awkward = st.sampled_from([text for text in AWKWARD if len(text) <= most])
    anything = st.text(XML_CHARACTERS, min_size=least, max_size=min(most, 40)) | awkward
    stripped = anything.map(str.strip).filter(lambda text: len(text) >= least)
    return stripped.filter(lambda text: text not in PLACEHOLDERS)


def printable(most: int) -> st.SearchStrategy[str]:
    """One line of visible characters."""
    awkward = [text for text in AWKWARD if len(text) <= most and text.isprintable()]
    anything = st.text(VISIBLE, min_size=1, max_size=min(most, 40)) | st.sampled_from(awkward)
    stripped = anything.map(str.strip)
    return stripped.filter(lambda text: text and text not in PLACEHOLDERS)


organ_ids: Final = st.sampled_from(
    ["000.21.31.H53", "000.00.00.G22", "H53.31.21", "G22", "H37.02.02", "000.00.31.H53"]
).map(OrganId)
organizations: Final = st.builds(
    Organization,
    organ_ids,
    name=texts(500, least=1),
    in_charge=texts(500),
    address=texts(500),
    email=texts(100),
    telephone=texts(20),
    fax=texts(20),
    website=texts(100),
)
message_ids: Final = st.from_regex(r"[A-Za-z_][A-Za-z0-9._-]{0,20}", fullmatch=True).map(MessageId)
document_ids: Final = printable(255).map(DocumentId)
numbers: Final = st.none() | st.integers(0, 999_999_999)
responses: Final = st.builds(
    ResponseFor,
    organ_id=st.none() | organ_ids,
    code=texts(42),
    document_id=document_ids,
    promulgated=st.none() | st.dates(),
)
staff: Final = st.builds(
    StaffInfo,
    department=texts(50, least=1),
    department_id=texts(20),
    staff=texts(50),
    staff_id=texts(20),
    email=texts(50),
    mobile=texts(20),
)
receiver_lists: Final = st.lists(
    st.builds(Receiver, organ_ids, st.sampled_from(ReceiverType)),
    min_size=1,
    max_size=3,
    unique_by=lambda receiver: receiver.organ_id.as_decision_20,  # type: ignore[union-attr]
).map(tuple)
yes: Final = st.booleans().filter(bool)
no: Final = yes.map(lambda value: not value)
document_infos: Final = st.builds(
    BusinessDocumentInfo, document_info=yes, document_receiver=no
) | st.builds(
    BusinessDocumentInfo,
    document_info=st.booleans(),
    document_receiver=yes,
    receivers=receiver_lists,
)
replacements: Final = st.builds(
    ReplacementInfo, document_ids, st.lists(organ_ids, max_size=3).map(tuple)
)


def business_of(kind: BusinessKind, **fields: st.SearchStrategy) -> st.SearchStrategy[Business]:
    """What a message of one kind may say."""
    common = {
        "reason": texts(500),
        "paper": st.none() | st.booleans(),
        "document_id": st.none() | document_ids,
        "staff": st.lists(staff, max_size=2).map(tuple),
    }
    return st.builds(Business, kind=st.just(kind), **(common | fields))


businesses: Final = st.one_of(
    business_of(BusinessKind.NEW),
    business_of(BusinessKind.RECALL, reason=texts(500, least=1), document_id=document_ids),
    business_of(BusinessKind.UPDATE, document_id=document_ids, document_info=document_infos),
    business_of(
        BusinessKind.REPLACE,
        replacements=st.lists(
            replacements, min_size=1, max_size=2, unique_by=lambda item: item.document_id
        ).map(tuple),
    ),
)
other_infos: Final = st.builds(
    OtherInfo,
    priority=st.sampled_from(Priority),
    sphere=texts(100),
    typer_notation=texts(10),
    copies=numbers,
    pages=numbers,
    direction=st.none() | st.booleans(),
    reply_fors=texts(100),
    reference_codes=texts(100),
    appendixes=st.lists(texts(250, least=1), max_size=2).map(tuple),
)
file_names: Final = (
    st.text(IN_FILE_NAMES, min_size=1, max_size=60)
    .map(lambda name: name.strip().strip(".").strip())
    .filter(lambda name: not name_problem(name) and name not in PLACEHOLDERS)
)
content_ids: Final = st.none() | st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9._@+~-]{0,20}", fullmatch=True
).map(ContentId)


def attached(octets: st.SearchStrategy[bytes], *types: str) -> st.SearchStrategy[Attachment]:
    """Attachments of one kind."""
    return st.builds(
        Attachment.from_bytes,
        octets,
        name=file_names,
        media_type=st.sampled_from(types),
        description=texts(50),
        content_id=content_ids,
    )


def zipped(octets: bytes) -> bytes:
    """A ZIP archive of one file, as the Java SDK packs attachments."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr(zipfile.ZipInfo("3f0c.pdf"), octets)
    return target.getvalue()


archives: Final = attached(
    st.binary(max_size=100).map(zipped), "application/zip", "application/octet-stream"
)
attachments: Final = archives | attached(
    st.binary(max_size=300), "", "application/pdf", "text/plain; charset=utf-8"
)
steerings: Final = st.none() | st.sampled_from(SteeringType)
any_documents: Final = st.builds(
    Document,
    message_id=st.none() | message_ids,
    sender=organizations,
    recipients=st.lists(
        organizations, min_size=1, max_size=3, unique_by=lambda party: party.organ_id.as_decision_20
    ).map(tuple),
    document_id=document_ids,
    code=st.builds(Code, printable(11), printable(30)),
    promulgation=st.builds(PromulgationInfo, place=texts(50), on=st.dates()),
    document_type=st.builds(
        DocumentType, type=st.integers(0, 99), name=texts(100, least=1), detail=numbers
    ),
    subject=texts(500, least=1),
    content=texts(500),
    signer=st.builds(
        SignerInfo, full_name=texts(50, least=1), competence=texts(100), position=texts(100)
    ),
    due_date=st.none() | st.dates(),
    other_info=other_infos,
    response_for=st.lists(responses, max_size=2).map(tuple),
    steering=steerings,
    task_codes=st.lists(texts(50, least=1), max_size=2).map(tuple),
    application_type=texts(50),
    to_places=st.lists(texts(150, least=1), max_size=2).map(tuple),
    business=st.none() | businesses,
    attachments=st.lists(attachments, max_size=3, unique_by=lambda a: a.content_id).map(tuple),
)


def _of_one_mind(document: Document) -> Document:
    """A recall that answers nothing but the document it takes back."""
    business = document.business
    if business is None or business.kind is not BusinessKind.RECALL:
        return document
    named = (replace(item, document_id=business.document_id) for item in document.response_for)
    return replace(document, response_for=tuple(named))


documents: Final = any_documents.map(_of_one_mind)
moments: Final = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
).map(lambda moment: moment.replace(microsecond=0))
statuses: Final = st.builds(
    Status,
    message_id=st.none() | message_ids,
    sender=organizations,
    response_for=st.builds(
        ResponseFor,
        organ_id=organ_ids,
        code=texts(42, least=1),
        document_id=document_ids,
        promulgated=st.none() | st.dates(),
    ),
    code=st.sampled_from(StatusCode),
    at=moments,
    staff=st.none() | staff,
    description=texts(500),
)
messages: Final = documents | statuses
traces: Final = st.builds(TraceHeader, st.none() | organ_ids, st.none() | moments)
