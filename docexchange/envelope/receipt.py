"""Delivery receipts: "these exact bytes came to me, from you, at this moment".

A receipt is a small XML file of our own; edXML has none. Its ``Content`` is what gets signed. It is
read by the letter: the elements below, in this order, and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS, RECEIPT
from docexchange.envelope.xml import leaf_text, parse, text
from docexchange.errors import InvalidIdentifier, MalformedEnvelope, MalformedReceipt
from docexchange.identifiers import MessageId, OrganId
from docexchange.limits import Limits

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Receipt", "read_receipt", "receipt_xml"]

_FIELDS: Final = (
    "MessageId",
    "Recipient",
    "From",
    "Issuer",
    "Sha256",
    "Size",
    "Time",
    "Hop",
    "Accepted",
    "Reason",
)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a receiving node says about bytes that reached it."""

    message_id: MessageId
    """The message."""
    recipient: OrganId
    """The agency the copy is for."""
    from_node: OrganId
    """The node that handed the bytes over."""
    issuer: OrganId
    """The node that received them, and signs this."""
    sha256: str
    """SHA-256 of the exact bytes, lower-case hexadecimal."""
    size: int
    """How many bytes."""
    at: datetime
    """When they were stored durably, UTC."""
    hop: int
    """How many access points the message had passed on arrival."""
    accepted: bool
    """False for a refusal: the bytes came, and will not be carried on."""
    reason: str = ""
    """Why they were refused."""

    @property
    def content_id(self) -> str:
        """``Id`` of the signed part."""
        return f"{self.message_id}.receipt"


def receipt_xml(receipt: Receipt, signature: bytes = b"") -> bytes:
    """Write a receipt.

    Args:
        receipt: what to say.
        signature: the ``ds:Signature`` over its content, once there is one.
    """
    values = (
        receipt.message_id,
        receipt.recipient,
        receipt.from_node,
        receipt.issuer,
        receipt.sha256,
        receipt.size,
        receipt.at.astimezone(UTC).strftime(_TIME_FORMAT),
        receipt.hop,
        "true" if receipt.accepted else "false",
        receipt.reason,
    )
    fields = "".join(
        f"<{name}>{text(str(value))}</{name}>\n"
        for name, value in zip(_FIELDS, values, strict=True)
    )
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Receipt xmlns="{RECEIPT}">\n'
        f'<Content Id="{receipt.content_id}">\n{fields}</Content>\n'
    )
    return head.encode() + signature + b"</Receipt>\n"


def read_receipt(data: bytes, limits: Limits | None = None) -> tuple[Receipt, _Element]:
    """Read a receipt; its signature is not looked at here.

    Returns:
        The receipt, and the root element for the verifier.

    Raises:
        MalformedReceipt: it is none.
        LimitExceeded: it is larger than a receipt can be.
    """
    limits = limits or Limits()
    if len(data) > limits.receipt_bytes:
        raise MalformedReceipt(
            f"expected a receipt of at most {limits.receipt_bytes} bytes, found {len(data)}"
        )
    try:
        root = parse(data, limits)
        return _receipt(root), root
    except (MalformedEnvelope, InvalidIdentifier, ValueError) as error:
        raise MalformedReceipt(f"expected a delivery receipt, found: {error}") from error


def _receipt(root: _Element) -> Receipt:
    tags = [str(child.tag) for child in root]
    if root.tag != f"{{{RECEIPT}}}Receipt" or tags not in (
        [f"{{{RECEIPT}}}Content"],
        [f"{{{RECEIPT}}}Content", f"{{{DS}}}Signature"],
    ):
        raise ValueError(f"{root.tag!r} with {tags[:4]}")
    content = root[0]
    names = [str(child.tag) for child in content]
    if names != [f"{{{RECEIPT}}}{name}" for name in _FIELDS]:
        raise ValueError(f"other fields than a receipt has: {names[:12]}")
    values = [leaf_text(child) for child in content]
    receipt = Receipt(
        message_id=MessageId(values[0]),
        recipient=OrganId(values[1]),
        from_node=OrganId(values[2]),
        issuer=OrganId(values[3]),
        sha256=_matching(_SHA256, values[4]),
        size=int(values[5]),
        at=datetime.strptime(values[6], _TIME_FORMAT).replace(tzinfo=UTC),
        hop=int(values[7]),
        accepted={"true": True, "false": False}.get(values[8], False),
        reason=values[9],
    )
    if values[8] not in {"true", "false"} or content.get("Id") != receipt.content_id:
        raise ValueError("a field with a value that a receipt does not have")
    return receipt


def _matching(pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(f"a digest that is none: {value[:80]!r}")
    return value
