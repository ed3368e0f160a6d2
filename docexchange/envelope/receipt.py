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
from docexchange.envelope.xml import check_text, leaf_text, parse, text
from docexchange.errors import (
    InvalidField,
    InvalidIdentifier,
    MalformedEnvelope,
    MalformedReceipt,
)
from docexchange.identifiers import MessageId, OrganId
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

__all__ = ["FIELDS", "Receipt", "read_receipt", "receipt_of", "receipt_xml", "says_accepted"]

FIELDS: Final = (
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
"""Elements of its content, in order."""
_CONTENT: Final = "".join(f"<{name}>%s</{name}>\n" for name in FIELDS)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MOST_REASON: Final = 4000
_BINDING: Final = f' xmlns="{RECEIPT}"'
_HEAD: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<Receipt{_BINDING}>\n'
_USUAL: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a receiving node says about bytes that reached it.

    Raises:
        InvalidField: a value that no receipt can carry.
    """

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
    """Why they were refused, at most 4,000 characters."""

    def __post_init__(self) -> None:
        self._hold("Sha256", _SHA256.fullmatch(self.sha256), "64 lower-case hexadecimal digits")
        self._hold("Size", self.size >= 0, "0 or more")
        self._hold("Hop", self.hop >= 0, "0 or more")
        self._hold("Time", self.at.utcoffset() is not None, "a moment with its time zone")
        self._hold("Reason", check_text(self.reason) is None, "text that XML can carry")
        self._hold("Reason", len(self.reason) <= _MOST_REASON, f"up to {_MOST_REASON} characters")

    def _hold(self, name: str, good: object, expected: str) -> None:
        if not good:
            value = getattr(self, "at" if name == "Time" else name.lower())
            raise InvalidField(
                f"receipt: expected {expected} as {name}, found {str(value)[:80]!r}",
                path=f"Receipt.Content.{name}",
                code=f"T.Receipt.{name}",
            )

    @property
    def content_id(self) -> str:
        """``Id`` of the signed part."""
        return f"{self.message_id}.receipt"

    @property
    def content(self) -> bytes:
        """The signed part, in exclusive canonical form."""
        *values, reason = _values(self)  # of which only the reason may need escapes
        fields = _CONTENT % (*values, text(reason))
        return f'<Content{_BINDING} Id="{self.content_id}">\n{fields}</Content>'.encode()

    @property
    def label(self) -> str:
        """What reports call it."""
        return "receipt"

    def xml(self, signature: bytes = b"") -> bytes:
        """Write it, as ``receipt_xml`` does."""
        return receipt_xml(self, signature)


def receipt_xml(receipt: Receipt, signature: bytes = b"") -> bytes:
    """Write a receipt.

    Args:
        receipt: what to say.
        signature: the ``ds:Signature`` over its content, once there is one.
    """
    content = receipt.content.replace(_BINDING.encode(), b"", 1)
    return _HEAD.encode() + content + b"\n" + signature + b"</Receipt>\n"


def _values(receipt: Receipt) -> list[str]:
    at = receipt.at.astimezone(UTC).replace(tzinfo=None)
    return [
        receipt.message_id.value,
        receipt.recipient.value,
        receipt.from_node.value,
        receipt.issuer.value,
        receipt.sha256,
        str(receipt.size),
        f"{at.isoformat(timespec='microseconds')}Z",
        str(receipt.hop),
        "true" if receipt.accepted else "false",
        receipt.reason.strip(),
    ]


def says_accepted(xml: bytes) -> bool:
    """Whether a receipt that we wrote ourselves says that the message was accepted.

    Args:
        xml: what ``receipt_xml`` wrote; nothing that anybody else did.
    """
    return b"\n<Accepted>true</Accepted>\n" in xml


def read_receipt(data: bytes, limits: Limits | None = None) -> tuple[Receipt, _Element]:
    """Read a receipt; its signature is not looked at here.

    Returns:
        The receipt, and the root element for the verifier.

    Raises:
        MalformedReceipt: it is none.
        LimitExceeded: it is larger than a receipt can be.
    """
    limits = limits or _USUAL
    limits.hold("receipt_bytes", len(data), found=str(len(data)))
    try:
        root = parse(data, limits)
        return _receipt(root), root
    except (MalformedEnvelope, InvalidIdentifier, InvalidField, ValueError) as error:
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
    if names != [f"{{{RECEIPT}}}{name}" for name in FIELDS]:
        raise ValueError(f"other fields than a receipt has: {names[:12]}")
    return receipt_of([leaf_text(child) for child in content], content.get("Id", ""))


def receipt_of(values: Sequence[str], identity: str) -> Receipt:
    """The receipt that says this.

    Args:
        values: the texts of its fields, in order.
        identity: ``Id`` of its content.

    Raises:
        ValueError: one of them is written in another way than a receipt has it.
        InvalidIdentifier: an agency or a message is none.
        InvalidField: it is no value of a receipt.
    """
    receipt = Receipt(
        message_id=MessageId(values[0]),
        recipient=OrganId(values[1]),
        from_node=OrganId(values[2]),
        issuer=OrganId(values[3]),
        sha256=values[4],
        size=int(values[5]),
        at=datetime.fromisoformat(values[6]),
        hop=int(values[7]),
        accepted=values[8] == "true",
        reason=values[9],
    )
    # Read as it would be written: no other spelling of a number or a time means the same.
    if [*values] != _values(receipt) or identity != receipt.content_id:
        raise ValueError(f"other values than a receipt has: {', '.join(values)[:200]!r}")
    return receipt
