"""Deliveries, arrivals and receipts as plain values and in words, for all who show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docexchange.cli._exchange_words import moment, phrase, state_words
from docexchange.cli._output import plain
from docexchange.cli._problem_words import problem_words

if TYPE_CHECKING:
    from docexchange.delivery import InboundRecord, OutboundRecord, ReceiptRecord
    from docexchange.identifiers import OrganId

__all__ = [
    "arrival_json",
    "arrival_line",
    "delivery_json",
    "delivery_line",
    "receipt_json",
    "receipt_line",
]


def delivery_json(record: OutboundRecord) -> dict[str, Any]:
    """A delivery to one recipient as plain values."""
    return {
        "message_id": str(record.message_id),
        "recipient": str(record.recipient),
        "next_hop": str(record.next_hop),
        "state": str(record.state),
        "attempts": record.attempts,
        "due_at": None if record.state.is_terminal else record.due_at.isoformat(),
        "expires_at": record.expires_at.isoformat(),
        "problem": record.problem,
    }


def delivery_line(record: OutboundRecord) -> str:
    """A delivery to one recipient in words."""
    words = [str(record.message_id), str(record.recipient), state_words(record.state)]
    words.append(f"{phrase('Next hop')} {record.next_hop}")
    words.append(f"{phrase('Attempts')} {record.attempts}")
    if not record.state.is_terminal:
        words.append(f"{phrase('Next step due')} {moment(record.due_at)}")
    if record.problem:
        words.append(plain(problem_words(record.problem)))
    return f"{phrase('Sent')}: {' · '.join(words)}"


def arrival_json(record: InboundRecord) -> dict[str, Any]:
    """What came in for one recipient as plain values."""
    return {
        "message_id": str(record.message_id),
        "recipient": str(record.recipient),
        "from_node": str(record.from_node),
        "state": str(record.state),
        "received_at": record.received_at.isoformat(),
        "verdict": record.verdict,
        "problem": record.problem,
    }


def arrival_line(record: InboundRecord) -> str:
    """What came in for one recipient in words."""
    words = [str(record.message_id), str(record.recipient), moment(record.received_at)]
    words += [state_words(record.state), plain(problem_words(record.problem))]
    return f"{phrase('Came in')}: {' · '.join(filter(None, words))}"


def receipt_json(receipt: ReceiptRecord, keeper: OrganId) -> dict[str, Any]:
    """A receipt or refusal as plain values.

    Args:
        receipt: what was signed.
        keeper: the agency whose node has it.
    """
    return {
        "kept_by": str(keeper),
        "issuer": str(receipt.issuer),
        "recipient": str(receipt.recipient),
        "accepted": receipt.accepted,
        "given": receipt.given,
        "sha256": receipt.payload,
        "at": receipt.at.isoformat(),
    }


def receipt_line(receipt: ReceiptRecord, keeper: OrganId, *, several: bool = False) -> str:
    """A receipt or refusal in words.

    Args:
        receipt: what was signed.
        keeper: the agency whose node has it.
        several: the letter has several recipients, so each receipt says whose it is.
    """
    words = [
        phrase("receipt" if receipt.accepted else "refusal"),
        *([f"{phrase('recipient')} {receipt.recipient}"] if several else []),
        f"{phrase('signed by')} {receipt.issuer}",
        f"{phrase('kept by')} {keeper}",
        f"SHA-256 {receipt.payload[:12]}",
        moment(receipt.at),
    ]
    return " · ".join(words)
