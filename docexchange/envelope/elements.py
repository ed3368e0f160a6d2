"""Which elements stand in which, as tables; what is not here is an element nobody told us about.

>>> "Subject" in CHILDREN["MessageHeader"]
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.dialects import ORDER
from docexchange.envelope.names import CONTENT_ELEMENT, SIGNATURES, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from docexchange.envelope.dialects import Dialect

__all__ = ["CHILDREN", "strangers"]

_PARTY: Final = (
    *("OrganId", "OrganizationInCharge", "OrganName", "OrganAdd"),
    *("Email", "Telephone", "Fax", "Website"),
)
CHILDREN: Final = {
    "edXML": ("edXMLEnvelope", "AttachmentEncoded"),
    "edXMLEnvelope": ("edXMLHeader", "edXMLBody", "AttachmentEncoded"),
    "edXMLHeader": ("MessageHeader", "TraceHeaderList"),
    **ORDER,
    "From": _PARTY,
    "To": _PARTY,
    "Code": ("CodeNumber", "CodeNotation"),
    "PromulgationInfo": ("Place", "PromulgationDate"),
    "SignerInfo": ("Competence", "Position", "FullName"),
    "OtherInfo": (
        *("Priority", "SphereOfPromulgation", "TyperNotation", "PromulgationAmount"),
        *("PageAmount", "Direction", "ReplyFors", "ReferenceCodes", "Appendixes"),
    ),
    "Appendixes": ("Appendix",),
    "ResponseFor": ("OrganId", "Code", "DocumentId", "PromulgationDate"),
    "ResponseForTask": ("TaskCode",),
    "ToPlaces": ("Place",),
    "StaffInfo": ("Department", "DepartmentId", "Staff", "StaffId", "Email", "Mobile"),
    "TraceHeaderList": ("TraceHeader", "Bussiness"),
    "TraceHeader": ("OrganId", "Timestamp"),
    "Bussiness": (
        *("DocumentId", "BussinessDocType", "BussinessDocReason", "Paper"),
        *("BussinessDocumentInfo", "ReplacementInfoList", "StaffInfo"),
    ),
    "BussinessDocumentInfo": ("DocumentInfo", "DocumentReceiver", "ReceiverList"),
    "ReceiverList": ("Receiver",),
    "Receiver": ("OrganId", "ReceiverType"),
    "ReplacementInfoList": ("ReplacementInfo",),
    "ReplacementInfo": ("DocumentId", "OrganIdList"),
    "OrganIdList": ("OrganId",),
    "edXMLBody": ("edXMLManifest",),
    "edXMLManifest": ("Reference",),
    "Reference": ("ContentId", "ContentType", "Description", "AttachmentName"),
    "AttachmentEncoded": ("Attachment",),
    "Attachment": ("ContentId", "AttachmentName", "Description", "ContentType", CONTENT_ELEMENT),
}
"""Children by the name of their parent; leaves have none."""

_LEAF_CODE: Final = "ResponseFor"  # its Code is a text; that of MessageHeader has two children


def strangers(root: _Element, dialect: Dialect) -> Iterator[tuple[str, _Element]]:
    """Elements that are not in the tables, each with its path; what is inside one is its own.

    Signatures and what looks like one are left out.

    Args:
        root: the ``edXML`` element.
        dialect: how its elements are named.
    """
    waiting = [(root, "edXML")]
    while waiting:
        parent, path = waiting.pop()
        name = local_name(str(parent.tag))
        leaf = name == "Code" and path.endswith(f"{_LEAF_CODE}.Code")
        known = {dialect.tag(child) for child in (() if leaf else CHILDREN.get(name, ()))}
        inside = []
        for child in parent:
            if not isinstance(child.tag, str):
                continue
            place = f"{path}.{local_name(child.tag)}"
            if child.tag in known:
                inside.append((child, place))
            elif not (name == "edXMLHeader" and local_name(child.tag) in SIGNATURES):
                yield place, child
        waiting.extend(reversed(inside))
