"""The shape of the strict dialect, as one table: which elements, in which order, inside which.

The order is that of the Java SDK, and thus of the axis. Readers depend on none of it; ``form``
compares letters with it, and the XML schema says the same.

>>> LETTER.within["edXMLEnvelope"].within["edXMLHeader"].names[0]
'MessageHeader'
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import CONTENT_ELEMENT, DS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LETTER", "SIGNATURE", "Shape", "ranks_of", "shape_at"]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What an element holds: other elements, or, when it names none, text."""

    names: tuple[str, ...] = ()
    """Its children, in order."""
    within: Mapping[str, Shape] = field(default_factory=dict)
    """The shape of those that hold more than text."""
    attributes: frozenset[str] = frozenset()
    """Attributes it may have."""
    many: frozenset[str] = frozenset()
    """Children that may stand there more than once."""
    any_order: bool = False
    """Whether its children may stand in any order."""
    may_be_empty: bool = False
    """Whether it is written even when there is nothing inside."""
    prefixed: bool = True
    """Whether it, and text inside it, is written with the prefix ``edXML``."""


def _of(*names: str, **within: Shape) -> Shape:
    return Shape(names=names, within=within)


def _list(name: str, **within: Shape) -> Shape:
    """Of one kind of children, any number of them."""
    return Shape(names=(name,), within=within, many=frozenset({name}))


_ID: Final = frozenset({"Id"})
_PARTY: Final = _of(
    *("OrganId", "OrganizationInCharge", "OrganName", "OrganAdd"),
    *("Email", "Telephone", "Fax", "Website"),
)
_STAFF: Final = _of("Department", "DepartmentId", "Staff", "StaffId", "Email", "Mobile")
_BUSINESS: Final = Shape(
    names=(
        *("DocumentId", "BussinessDocType", "BussinessDocReason", "Paper"),
        *("BussinessDocumentInfo", "ReplacementInfoList", "StaffInfo"),
    ),
    within={
        "BussinessDocumentInfo": _of(
            *("DocumentInfo", "DocumentReceiver", "ReceiverList"),
            ReceiverList=_list("Receiver", Receiver=_of("OrganId", "ReceiverType")),
        ),
        "ReplacementInfoList": _list(
            "ReplacementInfo",
            ReplacementInfo=_of("DocumentId", "OrganIdList", OrganIdList=_list("OrganId")),
        ),
        "StaffInfo": _STAFF,
    },
    attributes=_ID,
    many=frozenset({"StaffInfo"}),
)
_MESSAGE_HEADER: Final = Shape(
    names=(
        *("From", "To", "DocumentId", "Code", "PromulgationInfo", "DocumentType", "Subject"),
        *("Content", "SignerInfo", "DueDate", "OtherInfo", "ResponseFor", "SteeringType"),
        *("ResponseForTask", "ApplicationType", "ToPlaces"),
        *("StaffInfo", "StatusCode", "Description", "Timestamp"),
    ),
    within={
        "From": _PARTY,
        "To": _PARTY,
        "Code": _of("CodeNumber", "CodeNotation"),
        "PromulgationInfo": _of("Place", "PromulgationDate"),
        "DocumentType": _of("Type", "TypeDetail", "TypeName"),
        "SignerInfo": _of("Competence", "Position", "FullName"),
        "OtherInfo": _of(
            *("Priority", "SphereOfPromulgation", "TyperNotation", "PromulgationAmount"),
            *("PageAmount", "Direction", "ReplyFors", "ReferenceCodes", "Appendixes"),
            Appendixes=_list("Appendix"),
        ),
        "ResponseFor": _of("OrganId", "Code", "DocumentId", "PromulgationDate"),
        "ResponseForTask": _list("TaskCode"),
        "ToPlaces": _list("Place"),
        "StaffInfo": _STAFF,
    },
    attributes=_ID,
    many=frozenset({"To", "ResponseFor"}),
)
_TRACES: Final = Shape(
    names=("TraceHeader", "Bussiness"),
    within={
        # The axis itself writes entries without a code.
        "TraceHeader": Shape(names=("OrganId", "Timestamp"), may_be_empty=True),
        "Bussiness": _BUSINESS,
    },
    attributes=frozenset({"id", "version"}),
    many=frozenset({"TraceHeader"}),
    any_order=True,  # samples have the traces first, SDK 0.0.3 the business
)
_MANIFEST: Final = Shape(
    names=("Reference",),
    within={
        "Reference": _of(
            *("ContentId", "ContentType", "Description", "AttachmentName"),
            *("Format", "FieldName", "MimeType"),
        )
    },
    attributes=frozenset({"version"}),
    many=frozenset({"Reference"}),
    may_be_empty=True,
)
_ATTACHMENTS: Final = Shape(
    names=("Attachment",),
    within={
        "Attachment": Shape(
            names=(
                *("ContentId", "AttachmentName", "Description", "ContentType"),
                *("Format", "FieldName", "MimeType", CONTENT_ELEMENT),
            ),
            within={CONTENT_ELEMENT: Shape(may_be_empty=True)},
            prefixed=False,
        )
    },
    many=frozenset({"Attachment"}),
    may_be_empty=True,
    prefixed=False,
)
SIGNATURE: Final = Shape(may_be_empty=True)
"""The shape of an XML signature, which is none of our business here."""
LETTER: Final = Shape(
    names=("edXMLEnvelope", "AttachmentEncoded"),
    within={
        "edXMLEnvelope": _of(
            # Attachments inside have a code of their own (D.attachments-inside).
            *("edXMLHeader", "edXMLBody", "AttachmentEncoded"),
            AttachmentEncoded=_ATTACHMENTS,
            edXMLHeader=_of(
                *("MessageHeader", "TraceHeaderList", "Signature"),
                MessageHeader=_MESSAGE_HEADER,
                TraceHeaderList=_TRACES,
                Signature=SIGNATURE,
            ),
            edXMLBody=Shape(
                names=("edXMLManifest",),
                within={"edXMLManifest": _MANIFEST},
                attributes=_ID,
                may_be_empty=True,
            ),
        ),
        "AttachmentEncoded": _ATTACHMENTS,
    },
    prefixed=False,
)
"""The shape of ``edXML``, the root."""

_TEXT: Final = Shape()
_PLAIN_TEXT: Final = Shape(prefixed=False)


@cache
def ranks_of(shape: Shape, brace: str) -> dict[str, tuple[int, str, Shape]]:
    """Rank, name and shape of each child, by its tag.

    Args:
        shape: of the parent.
        brace: what stands before a name in the dialect.
    """
    text = _TEXT if shape.prefixed else _PLAIN_TEXT
    return {
        f"{{{DS}}}{name}" if name == "Signature" else brace + name: (
            0 if shape.any_order else rank,
            name,
            shape.within.get(name, text),
        )
        for rank, name in enumerate(shape.names)
    }


def shape_at(path: str) -> Shape:
    """The shape of what stands in the header of a letter.

    Args:
        path: ``MessageHeader.OtherInfo``; unknown ones hold text.
    """
    shape = LETTER.within["edXMLEnvelope"].within["edXMLHeader"]
    for name in path.split("."):
        shape = shape.within.get(name, _TEXT)
    return shape
