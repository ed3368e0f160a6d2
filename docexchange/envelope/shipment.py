"""Shipments: the list that goes with letters on a carried medium, "these parcels, from me, to you".

A line that is down for weeks is bridged by a disk in somebody's bag. What lies on it could be
changed on the way: the list names every parcel with its digest, and its ``Content`` is what the
sending agency signs. Read by the letter, as receipts are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS, SHIPMENT
from docexchange.envelope.xml import canonical, parse
from docexchange.errors import (
    InvalidIdentifier,
    UnreadableInput,
    UsageError,
)
from docexchange.identifiers import MessageId, OrganId
from docexchange.limits import MIB

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Item", "Shipment", "read_shipment"]

MOST_ITEMS: Final = 10_000
"""Parcels in one shipment; what does not fit goes into the next."""

_LARGEST: Final = 8 * MIB
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_WORD: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
_ID: Final = re.compile(r"shipment-[0-9a-f]{32}")
_TIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
_BINDING: Final = f' xmlns="{SHIPMENT}"'
_HEAD: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<Shipment{_BINDING}>\n'
# In the order of canonical XML.
_ATTRIBUTES: Final = ("Kind", "MessageId", "MessageKind", "Origin", "Recipient", "Sha256", "Size")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One parcel of a shipment."""

    kind: str
    """``message`` or ``receipt``."""
    message_id: MessageId
    """The message, or the one that the receipt is about."""
    recipient: OrganId
    """The agency that the message is for."""
    origin: OrganId
    """The agency that the message is from."""
    message_kind: str
    """``document`` or ``status``."""
    sha256: str
    """Digest of its bytes, lower-case hexadecimal; also their name on the medium."""
    size: int
    """Length of its bytes."""

    def __post_init__(self) -> None:
        for name, value, pattern in (
            ("kind", self.kind, _WORD),
            ("message_kind", self.message_kind, _WORD),
            ("sha256", self.sha256, _SHA256),
            ("size", str(self.size), re.compile(r"[0-9]{1,18}")),
        ):
            if not pattern.fullmatch(value):
                raise UsageError(
                    f"shipment, {name}: expected {pattern.pattern}, found {value[:80]!r}",
                    code="shipment.item",
                )

    def _values(self) -> tuple[str, ...]:
        return (
            self.kind,
            str(self.message_id),
            self.message_kind,
            str(self.origin),
            str(self.recipient),
            self.sha256,
            str(self.size),
        )

    def xml(self) -> str:
        """One element; none of its values can hold what XML would have to escape."""
        pairs = zip(_ATTRIBUTES, self._values(), strict=True)
        return "<Parcel " + " ".join(f'{name}="{value}"' for name, value in pairs) + "></Parcel>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """What one agency gives a courier for another."""

    shipment_id: str
    """``shipment-`` and 32 hexadecimal digits."""
    issuer: OrganId
    """The agency whose node packed it."""
    to: OrganId
    """The agency whose node may unpack it."""
    at: datetime
    """When it was packed, UTC."""
    items: tuple[Item, ...]
    """Its parcels."""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.shipment_id) or len(self.items) > MOST_ITEMS:
            raise UsageError(
                f"shipment: expected an id and at most {MOST_ITEMS} parcels, "
                f"found {self.shipment_id[:80]!r} and {len(self.items)}",
                code="shipment.item",
            )

    @property
    def label(self) -> str:
        """What reports call it."""
        return "shipment"

    @property
    def content_id(self) -> str:
        """``Id`` of the signed part."""
        return self.shipment_id

    @property
    def content(self) -> bytes:
        """The signed part, in exclusive canonical form."""
        at = self.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        items = "".join(item.xml() for item in self.items)
        return (
            f'<Content{_BINDING} Id="{self.shipment_id}">\n<Issuer>{self.issuer}</Issuer>\n'
            f"<To>{self.to}</To>\n<Time>{at}Z</Time>\n{items}</Content>"
        ).encode()

    def xml(self, signature: bytes = b"") -> bytes:
        """Write it.

        Args:
            signature: the ``ds:Signature`` over its content, once there is one.
        """
        content = self.content.replace(_BINDING.encode(), b"", 1)
        return _HEAD.encode() + content + b"\n" + signature + b"</Shipment>\n"


def read_shipment(data: bytes) -> tuple[Shipment, _Element]:
    """Read a list; its signature is not looked at here.

    Returns:
        The shipment, and the root element for the verifier.

    Raises:
        UnreadableInput: code ``shipment.malformed``; it is none.
    """
    try:
        _hold(len(data) <= _LARGEST, f"at most {_LARGEST} bytes", len(data))
        root = parse(data)
        return _shipment(root), root
    except (UnreadableInput, InvalidIdentifier, UsageError, ValueError) as error:
        raise UnreadableInput(
            f"expected the list of a shipment, found: {error}",
            code="shipment.malformed",
            advice="Ask whoever packed the medium to pack it again.",
        ) from error


def _shipment(root: _Element) -> Shipment:
    tags = [str(child.tag) for child in root]
    if root.tag != f"{{{SHIPMENT}}}Shipment" or tags[:1] != [f"{{{SHIPMENT}}}Content"]:
        raise ValueError(f"{root.tag!r} with {tags[:4]}")
    content = root[0]
    issuer, to, at, *parcels = content
    shipment = Shipment(
        shipment_id=content.get("Id") or "",
        issuer=OrganId(issuer.text or ""),
        to=OrganId(to.text or ""),
        at=datetime.strptime(at.text or "", _TIME).replace(tzinfo=UTC),
        items=tuple(_item(parcel) for parcel in parcels),
    )
    _hold_to_the_letter(shipment, root)
    return shipment


def _hold(good: object, expected: str, found: object) -> None:
    if not good:
        raise ValueError(f"expected {expected}, found {found}")


def _item(parcel: _Element) -> Item:
    kind, message_id, message_kind, origin, recipient, digest, size = (
        parcel.get(name) or "" for name in _ATTRIBUTES
    )
    return Item(
        kind=kind,
        message_id=MessageId(message_id),
        recipient=OrganId(recipient),
        origin=OrganId(origin),
        message_kind=message_kind,
        sha256=digest,
        size=int(size),
    )


def _hold_to_the_letter(shipment: Shipment, root: _Element) -> None:
    """Refuse whatever is written in another way than we write it: what is read is what is signed.

    Only signatures may stand beside the content.
    """
    if canonical(root[0]) != canonical(parse(shipment.xml())[0]):
        raise ValueError("other content than a shipment has")
    if any(child.tag != f"{{{DS}}}Signature" for child in root[1:]):
        raise ValueError("other elements than signatures beside the content")
