"""Names of XAdES: the namespaces, and the types that references say."""

from __future__ import annotations

from typing import Final

from docexchange.envelope.names import XADES

__all__ = [
    "COUNTERSIGNED",
    "SIGNED_PROPERTIES",
    "XADES",
    "XADES_141",
    "XADES_EARLIER",
    "XADES_RECORDS",
    "xades",
]

XADES_EARLIER: Final = {f"http://uri.etsi.org/01903/v{it}#": it for it in ("1.1.1", "1.2.2")}
"""Versions before the one that everybody writes, by namespace."""
XADES_141: Final = "http://uri.etsi.org/01903/v1.4.1#"
XADES_RECORDS: Final = "http://uri.etsi.org/19132/v1.1.1#"
"""Evidence records (TS 119 132-3)."""
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
"""``Type`` of the reference to the signed properties."""
COUNTERSIGNED: Final = "http://uri.etsi.org/01903#CountersignedSignature"
"""``Type`` of a counter-signature's reference to what it countersigns."""


def xades(name: str) -> str:
    """A XAdES element as lxml spells it."""
    return f"{{{XADES}}}{name}"
