"""What a neighbour says is waiting for us, read strictly: it is a peer, and may be mistaken.

>>> parcels, more = listed({"parcels": [], "more": False}, neighbour=district, own=commune)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from docexchange.errors import InvalidIdentifier, TransportError, UsageError
from docexchange.identifiers import MessageId, OrganId
from docexchange.transport.parcel import Parcel, ParcelKind

__all__ = ["Listed", "listed"]

_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_DOTS: Final = {".", ".."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One parcel that waits."""

    id: str
    """Its name in the mailbox; a part of addresses."""
    parcel: Parcel
    """Its note."""

    @property
    def name(self) -> str:
        """A name in our own folders: that of the neighbour may differ in case alone."""
        token = sha256(self.id.encode()).hexdigest()[:16]
        return f"{self.parcel.message_id}.{self.parcel.recipient}.{self.parcel.kind}.{token}"


def listed(
    values: dict[str, Any], *, neighbour: OrganId, own: OrganId
) -> tuple[list[Listed], bool]:
    """Read a listing.

    Args:
        values: the JSON object.
        neighbour: who has the mailbox.
        own: whose it is.

    Returns:
        The parcels, and whether there are more.

    Raises:
        TransportError: it is no such listing.
    """
    try:
        found = [_one(item, neighbour, own) for item in values["parcels"]]
        return found, values["more"] is True
    except (KeyError, TypeError, ValueError, InvalidIdentifier, UsageError) as error:
        raise TransportError(
            f"mailbox at {neighbour}: expected a listing of parcels, found otherwise: {error!r}",
            code="transport.odd-answer",
            advice="Ask the other side which program answers there.",
        ) from error


def _recipients(item: dict[str, Any]) -> tuple[OrganId, ...]:
    """All of them where there are several; else the one that listings have always named."""
    named = item.get("recipients", [item["recipient"]])
    if not isinstance(named, list):
        raise TypeError(f"recipients {type(named).__name__}")
    return tuple(map(OrganId, named))


def _one(item: dict[str, Any], neighbour: OrganId, own: OrganId) -> Listed:
    name = item["id"]
    if not _ID.fullmatch(name) or name in _DOTS:
        raise ValueError(f"id {name[:80]!r}")
    if type(item["size"]) is not int:
        raise TypeError(f"size {item['size']!r}")
    return Listed(
        id=name,
        parcel=Parcel(
            kind=ParcelKind(item["kind"]),
            message_id=MessageId(item["message_id"]),
            recipients=_recipients(item),
            origin=OrganId(item["origin"]),
            from_node=neighbour,
            to_node=own,
            sha256=item["sha256"],
            size=item["size"],
            message_kind=item["message_kind"],
        ),
    )
