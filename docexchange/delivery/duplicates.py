"""Has this message come before? The whole of duplicate elimination, one pure decision.

    match judge(store.inbound(message_id, recipient), payload):
        case Arrival.REPEAT: ...  # give the stored receipt again

A sender that saw no receipt sends the same bytes under the same id again, so repeats are ordinary;
other bytes under a known id are an error or an attack.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from docexchange.delivery.table import InboundState

if TYPE_CHECKING:
    from docexchange.delivery.records import InboundRecord

__all__ = ["Arrival", "judge"]


class Arrival(StrEnum):
    """What an arriving message is to the one that is known."""

    NEW = "new"
    """Nothing is known under this id."""
    REPEAT = "repeat"
    """The same bytes again: the stored receipt is given again."""
    CONFLICT = "conflict"
    """Other bytes under the same id: refused once the first is decided, both kept."""
    AGAIN = "again"
    """The earlier attempt was refused or given up: whatever came now is processed afresh."""


def judge(known: InboundRecord | None, payload: str) -> Arrival:
    """Compare an arriving message with what is known under its id and recipient.

    A refused message has no claim to its id, whatever its bytes: otherwise a forger who guesses an
    id could shut out the genuine letter. Neither has one that is still ``received``.

    Args:
        known: the stored record, if any.
        payload: SHA-256 of the bytes that arrived, lower-case hexadecimal.

    Returns:
        What the arriving message is.
    """
    if known is None:
        return Arrival.NEW
    if known.state in (InboundState.REFUSED, InboundState.RETURNING):
        return Arrival.AGAIN
    return Arrival.REPEAT if known.payload == payload else Arrival.CONFLICT
