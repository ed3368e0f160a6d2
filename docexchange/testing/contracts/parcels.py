"""Parcels for tests of transports.

>>> transport.send(parcel_for(b"octets"), io.BytesIO(b"octets"), to=url)
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from docexchange.identifiers import MessageId, OrganId
from docexchange.transport import Parcel, ParcelKind

__all__ = ["parcel_for"]


def parcel_for(content: bytes, *, message_id: str = "m-letter", **values: Any) -> Parcel:
    """A parcel whose note is true of ``content``.

    Args:
        content: the bytes that it is about.
        message_id: the message, or the one that the receipt is about.
        values: other fields of the note; false ones too.
    """
    plain: dict[str, Any] = {
        "kind": ParcelKind.MESSAGE,
        "message_id": MessageId(message_id),
        "recipients": (OrganId("000.21.31.H53"),),
        "origin": OrganId("000.00.00.G22"),
        "from_node": OrganId("000.00.00.G22"),
        "to_node": OrganId("000.00.00.H53"),
        "sha256": sha256(content).hexdigest(),
        "size": len(content),
    }
    return Parcel(**(plain | values))
