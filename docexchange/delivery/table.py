"""Which states a message passes through, as data: nothing here reads, writes or waits.

    step(OutboundState.SENDING, OutboundEvent.CARRIED)
    # <OutboundState.AWAITING_RECEIPT: 'awaiting_receipt'>

The rules of the machine:

1. One row for each (state, event) that may happen. No row: `IllegalTransition`, nothing changed.
2. A step names the next state; it does nothing.
3. Only a receipt or a refusal, both signed by the receiver, ends a delivery from outside. What the
   transport says (`CARRIED`) means that bytes left the house, no more.
4. What the receiver signed last is the last word, whenever it comes: before the transport has
   answered, while waiting to try again, after a crash put the message back in the queue, even after
   we gave up or were refused. Whoever acknowledged a message and cannot deliver it refuses it later
   (`RETURNED`). What it signed before its last word never gets here; it is kept as evidence.
5. Every wait ends: `sending` by an answer or by `RECOVERED` after a crash, `awaiting_receipt` by
   `RECEIPT_OVERDUE`, `retry_wait` by the next attempt, and each of them by `LIFETIME_OVER`.
6. Terminal states are left only by a later word of the receiver, or by a person (`RESENT`).
7. Inbound, a message is handed over or relayed once: those states have no row for doing it again.
8. A receipt is owed from `verified` on; what arrives again then gets the same receipt. Whoever
   cannot pass a message on refuses it while it is still `received`.
9. An unverified message has no claim to its id: other bytes under the same id wait until the first
   is decided, and a refused one makes way (`ARRIVED_AGAIN`).
10. Whoever gives up a message that he relayed owes a refusal to whoever brought it (`RETURNING`),
   until it has been carried; so the news goes back, hop by hop, to where the message came from.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, overload

from docexchange.errors import IllegalTransition

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "INBOUND",
    "OUTBOUND",
    "WAITING",
    "InboundEvent",
    "InboundState",
    "OutboundEvent",
    "OutboundState",
    "diagram",
    "step",
]


class _Word(StrEnum):
    """A state or an event: found in tables as often as its text, and hashed as that is."""

    __hash__ = str.__hash__


class OutboundState(_Word):
    """Where a message to one recipient is."""

    QUEUED = "queued"
    SENDING = "sending"
    AWAITING_RECEIPT = "awaiting_receipt"
    RETRY_WAIT = "retry_wait"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    EXPIRED = "expired"
    DEAD_LETTER = "dead_letter"
    RETURNED = "returned"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        """Whether the node does nothing more by itself."""
        return self in _OUTBOUND_ENDS

    @property
    def is_failure(self) -> bool:
        """Whether it has ended, as far as is known without reaching its recipient."""
        return self.is_terminal and self is not OutboundState.ACKNOWLEDGED


class OutboundEvent(_Word):
    """What can happen to a message to one recipient."""

    STARTED = "started"
    """An attempt begins."""
    CARRIED = "carried"
    """The transport took the bytes; the receipt will follow."""
    FAILED = "failed"
    """The attempt failed and trying again can help."""
    GIVEN_UP = "given_up"
    """The attempts are spent, or trying again cannot help."""
    RECEIPT = "receipt"
    """The receiver signed that it has the message."""
    REFUSAL = "refusal"
    """The receiver signed that it refuses the message."""
    RECEIPT_OVERDUE = "receipt_overdue"
    """No receipt came in time."""
    LIFETIME_OVER = "lifetime_over"
    """The message is too old to be worth another attempt."""
    RECOVERED = "recovered"
    """The node restarted and found an attempt that nobody is making any more."""
    RESENT = "resent"
    """A person asked for the same bytes to be sent again."""
    CANCELLED = "cancelled"
    """A person asked for it not to be sent any more."""
    PUT_OFF = "put_off"
    """The peer is known to be out of reach (`breaker`): it waits without an attempt."""
    REROUTED = "rerouted"
    """The peer has been out of reach for long, and a rule allows another way: it takes that."""


class InboundState(_Word):
    """Where a message that came in is."""

    RECEIVED = "received"
    VERIFIED = "verified"
    REFUSED = "refused"
    RELAYED = "relayed"
    HANDED_OVER = "handed_over"
    RETURNING = "returning"

    @property
    def is_terminal(self) -> bool:
        """Whether the node does nothing more by itself."""
        return self in _INBOUND_ENDS


class InboundEvent(_Word):
    """What can happen to a message that came in."""

    VERIFIED = "verified"
    """It may be relied on, and there is someone to pass it on to."""
    REFUSED = "refused"
    """It may not be relied on, or there is nobody to pass it on to."""
    RELAYED = "relayed"
    """It stands in our own queue for the next hop."""
    HANDED_OVER = "handed_over"
    """The application has it."""
    REPEATED = "repeated"
    """The same bytes came again."""
    CONFLICTED = "conflicted"
    """Other bytes came under the same id."""
    ARRIVED_AGAIN = "arrived_again"
    """It came again after it had been refused."""
    GIVEN_UP = "given_up"
    """What was relayed has failed further on."""
    RETURNED = "returned"
    """Our refusal was carried to whoever brought it, or cannot be."""
    TAKEN_UP = "taken_up"
    """The next hop has it after all."""
    INHERITED = "inherited"
    """Its recipient was merged into us while we were passing it on."""


_S, _E = OutboundState, OutboundEvent

OUTBOUND: Final[Mapping[tuple[OutboundState, OutboundEvent], OutboundState]] = MappingProxyType(
    {
        (_S.QUEUED, _E.STARTED): _S.SENDING,
        (_S.QUEUED, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.QUEUED, _E.REFUSAL): _S.REJECTED,
        (_S.QUEUED, _E.LIFETIME_OVER): _S.EXPIRED,
        (_S.QUEUED, _E.CANCELLED): _S.CANCELLED,
        (_S.QUEUED, _E.PUT_OFF): _S.QUEUED,
        (_S.QUEUED, _E.REROUTED): _S.QUEUED,
        (_S.SENDING, _E.CARRIED): _S.AWAITING_RECEIPT,
        (_S.SENDING, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.SENDING, _E.REFUSAL): _S.REJECTED,
        (_S.SENDING, _E.FAILED): _S.RETRY_WAIT,
        (_S.SENDING, _E.GIVEN_UP): _S.DEAD_LETTER,
        (_S.SENDING, _E.LIFETIME_OVER): _S.EXPIRED,
        (_S.SENDING, _E.CANCELLED): _S.CANCELLED,
        (_S.SENDING, _E.RECOVERED): _S.QUEUED,
        (_S.AWAITING_RECEIPT, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.AWAITING_RECEIPT, _E.REFUSAL): _S.REJECTED,
        (_S.AWAITING_RECEIPT, _E.RECEIPT_OVERDUE): _S.RETRY_WAIT,
        (_S.AWAITING_RECEIPT, _E.GIVEN_UP): _S.DEAD_LETTER,
        (_S.AWAITING_RECEIPT, _E.LIFETIME_OVER): _S.EXPIRED,
        (_S.AWAITING_RECEIPT, _E.CANCELLED): _S.CANCELLED,
        (_S.RETRY_WAIT, _E.STARTED): _S.SENDING,
        (_S.RETRY_WAIT, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.RETRY_WAIT, _E.REFUSAL): _S.REJECTED,
        (_S.RETRY_WAIT, _E.GIVEN_UP): _S.DEAD_LETTER,
        (_S.RETRY_WAIT, _E.LIFETIME_OVER): _S.EXPIRED,
        (_S.RETRY_WAIT, _E.CANCELLED): _S.CANCELLED,
        (_S.RETRY_WAIT, _E.PUT_OFF): _S.RETRY_WAIT,
        (_S.RETRY_WAIT, _E.REROUTED): _S.QUEUED,
        (_S.ACKNOWLEDGED, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.ACKNOWLEDGED, _E.REFUSAL): _S.RETURNED,
        (_S.REJECTED, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.REJECTED, _E.REFUSAL): _S.REJECTED,
        (_S.REJECTED, _E.RESENT): _S.QUEUED,
        (_S.EXPIRED, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.EXPIRED, _E.REFUSAL): _S.REJECTED,
        (_S.EXPIRED, _E.RESENT): _S.QUEUED,
        (_S.DEAD_LETTER, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.DEAD_LETTER, _E.REFUSAL): _S.REJECTED,
        (_S.DEAD_LETTER, _E.RESENT): _S.QUEUED,
        (_S.RETURNED, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.RETURNED, _E.REFUSAL): _S.RETURNED,
        (_S.RETURNED, _E.RESENT): _S.QUEUED,
        (_S.CANCELLED, _E.RECEIPT): _S.ACKNOWLEDGED,
        (_S.CANCELLED, _E.REFUSAL): _S.REJECTED,
        (_S.CANCELLED, _E.RESENT): _S.QUEUED,
    }
)
"""Every step that a message to one recipient may take."""

_I, _A = InboundState, InboundEvent

INBOUND: Final[Mapping[tuple[InboundState, InboundEvent], InboundState]] = MappingProxyType(
    {
        (_I.RECEIVED, _A.VERIFIED): _I.VERIFIED,
        (_I.RECEIVED, _A.REFUSED): _I.REFUSED,
        (_I.RECEIVED, _A.REPEATED): _I.RECEIVED,
        (_I.RECEIVED, _A.CONFLICTED): _I.RECEIVED,
        (_I.VERIFIED, _A.HANDED_OVER): _I.HANDED_OVER,
        (_I.VERIFIED, _A.RELAYED): _I.RELAYED,
        (_I.VERIFIED, _A.REPEATED): _I.VERIFIED,
        (_I.VERIFIED, _A.CONFLICTED): _I.VERIFIED,
        (_I.REFUSED, _A.ARRIVED_AGAIN): _I.RECEIVED,
        (_I.REFUSED, _A.TAKEN_UP): _I.RELAYED,
        (_I.RELAYED, _A.REPEATED): _I.RELAYED,
        (_I.RELAYED, _A.CONFLICTED): _I.RELAYED,
        (_I.RELAYED, _A.GIVEN_UP): _I.RETURNING,
        (_I.RELAYED, _A.INHERITED): _I.VERIFIED,
        (_I.RETURNING, _A.RETURNED): _I.REFUSED,
        (_I.RETURNING, _A.ARRIVED_AGAIN): _I.RECEIVED,
        (_I.RETURNING, _A.TAKEN_UP): _I.RELAYED,
        (_I.HANDED_OVER, _A.REPEATED): _I.HANDED_OVER,
        (_I.HANDED_OVER, _A.CONFLICTED): _I.HANDED_OVER,
    }
)
"""Every step that a message that came in may take."""

WAITING: Final = (_S.AWAITING_RECEIPT, _S.QUEUED, _S.RETRY_WAIT)
"""The outbound states that time moves on: `due_at` counts in these only."""

_OUTBOUND_ENDS: Final = frozenset(
    {_S.ACKNOWLEDGED, _S.REJECTED, _S.EXPIRED, _S.DEAD_LETTER, _S.RETURNED, _S.CANCELLED}
)
_INBOUND_ENDS: Final = frozenset({_I.REFUSED, _I.RELAYED, _I.HANDED_OVER})


@overload
def step(state: OutboundState, event: OutboundEvent) -> OutboundState: ...
@overload
def step(state: InboundState, event: InboundEvent) -> InboundState: ...
def step(
    state: OutboundState | InboundState, event: OutboundEvent | InboundEvent
) -> OutboundState | InboundState:
    """Look up what follows when ``event`` happens in ``state``.

    Args:
        state: the state as it is stored.
        event: what happened; of the same direction as the state.

    Returns:
        The next state.

    Raises:
        IllegalTransition: the table has no such row; nothing has changed.
    """
    # The types are compared because members of different StrEnums with the same text are equal.
    found: OutboundState | InboundState | None = None
    if isinstance(state, OutboundState) and isinstance(event, OutboundEvent):
        found = OUTBOUND.get((state, event))
    elif isinstance(state, InboundState) and isinstance(event, InboundEvent):
        found = INBOUND.get((state, event))
    if found is None:
        raise _illegal(state, event)
    return found


def _illegal(state: StrEnum, event: StrEnum) -> IllegalTransition:
    table: Mapping[Any, object] = OUTBOUND if isinstance(state, OutboundState) else INBOUND
    allowed = ", ".join(known for at, known in table if at == state)
    return IllegalTransition(
        f"{type(state).__name__} {state}: expected one of {allowed}, "
        f"found {type(event).__name__} {event}",
        advice="Read the record again: someone else may have moved it on.",
    )


def diagram(table: Mapping[Any, Any] = OUTBOUND) -> str:
    """Draw a table for the documentation.

    Args:
        table: `OUTBOUND` or `INBOUND`.

    Returns:
        A Mermaid state diagram, one arrow for each row.
    """
    first = next(iter(table))[0]
    states = dict.fromkeys(state for state, _ in table)
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    lines += [f"    {state} --> {after}: {event}" for (state, event), after in table.items()]
    lines += [f"    {state} --> [*]" for state in states if state.is_terminal]
    return "\n".join(lines) + "\n"
