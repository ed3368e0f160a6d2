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

__all__ = ["CHILDREN", "attributes", "strangers"]

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

_LEAF_CODE: Final = ".ResponseFor.Code"  # a text; the Code of MessageHeader has two children


def strangers(root: _Element, dialect: Dialect) -> Iterator[tuple[str, _Element]]:
    """Elements that are not in the tables, each with its path; what is inside one is its own.

    Signatures and what looks like one are left out.

    Args:
        root: the ``edXML`` element.
        dialect: how its elements are named.
    """
    return ((path, element) for path, element, known in _walk(root, dialect) if not known)


def attributes(root: _Element, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Attributes of elements that are in the tables: the path, with its name, and the value.

    Args:
        root: the ``edXML`` element.
        dialect: how its elements are named.
    """
    for path, element, known in _walk(root, dialect):
        for name, value in element.attrib.items() if known else ():
            yield f"{path}.@{local_name(str(name))}", str(value)


def _walk(root: _Element, dialect: Dialect) -> Iterator[tuple[str, _Element, bool]]:
    """Every known element and each unknown one among their children, with whether it is known."""
    waiting = [(root, "edXML")]
    while waiting:
        parent, path = waiting.pop()
        yield path, parent, True
        known = _known_in(parent, path, dialect)
        inside = []
        for child in parent:
            if not isinstance(child.tag, str) or _is_signature(child, parent):
                continue
            place = f"{path}.{local_name(child.tag)}"
            if child.tag in known:
                inside.append((child, place))
            else:
                yield place, child, False
        waiting.extend(reversed(inside))


def _known_in(parent: _Element, path: str, dialect: Dialect) -> set[str]:
    leaf = path.endswith(_LEAF_CODE)
    names = () if leaf else CHILDREN.get(local_name(str(parent.tag)), ())
    return {dialect.tag(name) for name in names}


def _is_signature(child: _Element, parent: _Element) -> bool:
    in_header = local_name(str(parent.tag)) == "edXMLHeader"
    return in_header and local_name(str(child.tag)) in SIGNATURES
