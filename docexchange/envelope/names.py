"""Names of the wire format: namespaces and element names, spelled as on the wire.

``Bussiness`` with three s is normative. The literal ``edXML:`` prefix matters too: central systems
are reported to reject envelopes that have the same infoset with another prefix.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "CONTENT_ELEMENT",
    "DS",
    "EDXML",
    "RECEIPT",
    "SHIPMENT",
    "SIGNATURES",
    "XADES",
    "edxml",
    "local_name",
]

EDXML: Final = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
"""Namespace of all edXML elements (QCVN 102:2016/BTTTT)."""
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
"""Namespace of XML signatures."""
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
"""Namespace of what XAdES adds to them (ETSI EN 319 132-1)."""
RECEIPT: Final = "urn:docexchange:receipt:1"
"""Namespace of our delivery receipts."""
SHIPMENT: Final = "urn:docexchange:shipment:1"
"""Namespace of our lists of what is on a carried medium."""
CONTENT_ELEMENT: Final = "ContentTransferEncoded"
"""The element whose text is an attachment in base64."""
SIGNATURES: Final = frozenset({"Signature", "DigitalSignature"})
"""Names of signatures and of what systems leave in their place, whatever the namespace."""


def edxml(name: str) -> str:
    """The edXML element ``name`` as lxml spells it."""
    return f"{{{EDXML}}}{name}"


def local_name(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]
