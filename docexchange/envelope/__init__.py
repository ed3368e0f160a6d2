"""What is exchanged: messages, attachments, and the bytes that carry them.

Start with ``DocumentBuilder`` to make a letter, ``Envelope.of`` to put it into bytes,
``Envelope.read`` to open one that came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.envelope.builder import DocumentBuilder, status_of
    from docexchange.envelope.codes import (
        BusinessKind,
        Priority,
        ReceiverType,
        StatusCode,
        SteeringType,
    )
    from docexchange.envelope.comparing.difference import Difference, differences
    from docexchange.envelope.document_types import (
        ABBREVIATIONS,
        ADMINISTRATIVE_TYPES,
        LEGAL_TYPES,
        abbreviation_of,
    )
    from docexchange.envelope.envelope import Envelope
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
        TraceHeader,
    )
    from docexchange.envelope.notation import code_faults, code_of
    from docexchange.envelope.plain import message_as_json, message_from_json
    from docexchange.envelope.reading.findings import Finding
    from docexchange.envelope.receipt import Receipt
    from docexchange.envelope.schemas import schema_path, schema_text

__all__ = [
    "ABBREVIATIONS",
    "ADMINISTRATIVE_TYPES",
    "LEGAL_TYPES",
    "Attachment",
    "Business",
    "BusinessDocumentInfo",
    "BusinessKind",
    "Code",
    "Difference",
    "Document",
    "DocumentBuilder",
    "DocumentType",
    "Envelope",
    "Finding",
    "Message",
    "Organization",
    "OtherInfo",
    "Priority",
    "PromulgationInfo",
    "Receipt",
    "Receiver",
    "ReceiverType",
    "ReplacementInfo",
    "ResponseFor",
    "SignerInfo",
    "StaffInfo",
    "Status",
    "StatusCode",
    "SteeringType",
    "TraceHeader",
    "abbreviation_of",
    "code_faults",
    "code_of",
    "differences",
    "message_as_json",
    "message_from_json",
    "schema_path",
    "schema_text",
    "status_of",
]

__getattr__ = lazily(
    __name__,
    {
        "attachments.attachment": ("Attachment",),
        "builder": (
            "DocumentBuilder",
            "status_of",
        ),
        "codes": (
            "BusinessKind",
            "Priority",
            "ReceiverType",
            "StatusCode",
            "SteeringType",
        ),
        "comparing.difference": (
            "Difference",
            "differences",
        ),
        "document_types": (
            "ABBREVIATIONS",
            "ADMINISTRATIVE_TYPES",
            "LEGAL_TYPES",
            "abbreviation_of",
        ),
        "envelope": ("Envelope",),
        "reading.findings": ("Finding",),
        "model": (
            "Business",
            "BusinessDocumentInfo",
            "Code",
            "Document",
            "DocumentType",
            "Message",
            "Organization",
            "OtherInfo",
            "PromulgationInfo",
            "Receiver",
            "ReplacementInfo",
            "ResponseFor",
            "SignerInfo",
            "StaffInfo",
            "Status",
            "TraceHeader",
        ),
        "notation": (
            "code_faults",
            "code_of",
        ),
        "plain": (
            "message_as_json",
            "message_from_json",
        ),
        "receipt": ("Receipt",),
        "schemas": (
            "schema_path",
            "schema_text",
        ),
    },
)
