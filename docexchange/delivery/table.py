"""Which states a message passes through, as data: nothing here reads, writes or waits.

    step(OutboundState.SENDING, OutboundEvent.CARRIED)
    # Step(state=<OutboundState.AWAITING_RECEIPT>, actions=(<Action.AWAIT_RECEIPT>,))

The rules of the machine:

1. One row for each (state, event) that may happen. No row: `IllegalTransition`, nothing changed.
2. A step names the next state and what the node then owes; it does none of it.
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
   is decided (`JUDGE_LATER`), and a refused one makes way (`ARRIVED_AGAIN`).
10. Whoever gives up a message that he relayed owes a refusal to whoever brought it (`RETURNING`),
   until it has been carried; so the news goes back, hop by hop, to where the message came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

from docexchange.errors import IllegalTransition

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "INBOUND",
    "OUTBOUND",
    "WAITING",
    "Action",
    "InboundEvent",
    "InboundState",
    "OutboundEvent",
    "OutboundState",
    "Step",
    "diagram",
    "step",
]


class OutboundState(StrEnum):
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


class OutboundEvent(StrEnum):
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


class InboundState(StrEnum):
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


class InboundEvent(StrEnum):
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


class Action(StrEnum):
    """What the node owes after a step."""

    SEND = "send"
    """Give the bytes to the transport."""
    AWAIT_RECEIPT = "await_receipt"
    """Make it due when the receipt is overdue (`RetrySchedule.receipt_due`)."""
    PLAN_RETRY = "plan_retry"
    """Make it due for the next attempt (`RetrySchedule.next_attempt`)."""
    AWAIT_PEER = "await_peer"
    """Make it due when the peer is probed next (`Circuit.until`)."""
    MAKE_DUE = "make_due"
    """Make it due at once."""
    KEEP_RECEIPT = "keep_receipt"
    """Store the receipt or refusal as evidence."""
    REPORT = "report"
    """Tell whoever submitted the message what became of it."""
    TELL_BEARER = "tell_bearer"
    """Owe a refusal to whoever brought it here, if it was relayed."""
    VERIFY = "verify"
    """Verify the bytes and decide."""
    GIVE_RECEIPT = "give_receipt"
    """Sign a receipt, store it and send it back."""
    GIVE_REFUSAL = "give_refusal"
    """Sign a refusal with its reason, store it and send it back."""
    REPEAT_RECEIPT = "repeat_receipt"
    """Send the stored receipt back again, byte for byte."""
    MOVE_ON = "move_on"
    """Hand it to the application, or queue it for the next hop."""
    REFUSE_CONFLICT = "refuse_conflict"
    """Keep the other bytes as evidence beside the first and refuse them."""
    JUDGE_LATER = "judge_later"
    """Leave the parcel unsettled until the first message with this id is decided."""


State = TypeVar("State", OutboundState, InboundState)


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """One row of the table: where to, and what is owed."""

    state: State
    """The state to store."""
    actions: tuple[Action, ...] = ()
    """What the node owes, in order; empty when nothing happens."""


_S, _E = OutboundState, OutboundEvent
_KEEP: Final = (Action.KEEP_RECEIPT,)
_ACKNOWLEDGED: Final = Step(_S.ACKNOWLEDGED, (Action.KEEP_RECEIPT, Action.REPORT))
_REJECTED: Final = Step(_S.REJECTED, (Action.KEEP_RECEIPT, Action.REPORT, Action.TELL_BEARER))
_RETURNED: Final = Step(_S.RETURNED, (Action.KEEP_RECEIPT, Action.REPORT, Action.TELL_BEARER))
_EXPIRED: Final = Step(_S.EXPIRED, (Action.REPORT, Action.TELL_BEARER))
_DEAD_LETTER: Final = Step(_S.DEAD_LETTER, (Action.REPORT, Action.TELL_BEARER))
_CANCELLED: Final = Step(_S.CANCELLED, (Action.REPORT, Action.TELL_BEARER))
_SENDING: Final = Step(_S.SENDING, (Action.SEND,))
_QUEUED: Final = Step(_S.QUEUED, (Action.MAKE_DUE,))
_RETRY: Final = Step(_S.RETRY_WAIT, (Action.PLAN_RETRY,))

OUTBOUND: Final[Mapping[tuple[OutboundState, OutboundEvent], Step[OutboundState]]] = (
    MappingProxyType(
        {
            (_S.QUEUED, _E.STARTED): _SENDING,
            (_S.QUEUED, _E.RECEIPT): _ACKNOWLEDGED,
            (_S.QUEUED, _E.REFUSAL): _REJECTED,
            (_S.QUEUED, _E.LIFETIME_OVER): _EXPIRED,
            (_S.QUEUED, _E.CANCELLED): _CANCELLED,
            (_S.QUEUED, _E.PUT_OFF): Step(_S.QUEUED, (Action.AWAIT_PEER,)),
            (_S.QUEUED, _E.REROUTED): _QUEUED,
            (_S.SENDING, _E.CARRIED): Step(_S.AWAITING_RECEIPT, (Action.AWAIT_RECEIPT,)),
            (_S.SENDING, _E.RECEIPT): _ACKNOWLEDGED,
            (_S.SENDING, _E.REFUSAL): _REJECTED,
            (_S.SENDING, _E.FAILED): _RETRY,
            (_S.SENDING, _E.GIVEN_UP): _DEAD_LETTER,
            (_S.SENDING, _E.LIFETIME_OVER): _EXPIRED,
            (_S.SENDING, _E.CANCELLED): _CANCELLED,
            (_S.SENDING, _E.RECOVERED): _QUEUED,
            (_S.AWAITING_RECEIPT, _E.RECEIPT): _ACKNOWLEDGED,
            (_S.AWAITING_RECEIPT, _E.REFUSAL): _REJECTED,
            (_S.AWAITING_RECEIPT, _E.RECEIPT_OVERDUE): _RETRY,
            (_S.AWAITING_RECEIPT, _E.GIVEN_UP): _DEAD_LETTER,
            (_S.AWAITING_RECEIPT, _E.LIFETIME_OVER): _EXPIRED,
            (_S.AWAITING_RECEIPT, _E.CANCELLED): _CANCELLED,
            (_S.RETRY_WAIT, _E.STARTED): _SENDING,
            (_S.RETRY_WAIT, _E.RECEIPT): _ACKNOWLEDGED,
            (_S.RETRY_WAIT, _E.REFUSAL): _REJECTED,
            (_S.RETRY_WAIT, _E.GIVEN_UP): _DEAD_LETTER,
            (_S.RETRY_WAIT, _E.LIFETIME_OVER): _EXPIRED,
            (_S.RETRY_WAIT, _E.CANCELLED): _CANCELLED,
            (_S.RETRY_WAIT, _E.PUT_OFF): Step(_S.RETRY_WAIT, (Action.AWAIT_PEER,)),
            (_S.RETRY_WAIT, _E.REROUTED): _QUEUED,
            (_S.ACKNOWLEDGED, _E.RECEIPT): Step(_S.ACKNOWLEDGED, _KEEP),
            (_S.ACKNOWLEDGED, _E.REFUSAL): _RETURNED,
            (_S.REJECTED, _E.RECEIPT): _ACKNOWLEDGED,
            (_S.REJECTED, _E.REFUSAL): Step(_S.REJECTED, _KEEP),
            (_S.REJECTED, _E.RESENT): _QUEUED,
            (_S.EXPIRED, _E.RECEIPT): _ACKNOWLEDGED,
            (_S.EXPIRED, _E.REFUSAL): _REJECTED,
            (_S.EXPIRED, _E.RESENT): _QUEUED,
            (_S.DEAD_LETTER, _E.RECEIPT): _ACKNOWLEDGED,
            (_S.DEAD_LETTER, _E.REFUSAL): _REJECTED,
            (_S.DEAD_LETTER, _E.RESENT): _QUEUED,
            (_S.RETURNED, _E.RECEIPT): _ACKNOWLEDGED,
            (_S.RETURNED, _E.REFUSAL): Step(_S.RETURNED, _KEEP),
            (_S.RETURNED, _E.RESENT): _QUEUED,
            (_S.CANCELLED, _E.RECEIPT): _ACKNOWLEDGED,
            (_S.CANCELLED, _E.REFUSAL): _REJECTED,
            (_S.CANCELLED, _E.RESENT): _QUEUED,
        }
    )
)
"""Every step that a message to one recipient may take."""

_I, _A = InboundState, InboundEvent
_VERIFY: Final = (Action.VERIFY,)
_RECEIPT: Final = (Action.GIVE_RECEIPT,)

INBOUND: Final[Mapping[tuple[InboundState, InboundEvent], Step[InboundState]]] = MappingProxyType(
    {
        (_I.RECEIVED, _A.VERIFIED): Step(_I.VERIFIED, (Action.GIVE_RECEIPT, Action.MOVE_ON)),
        (_I.RECEIVED, _A.REFUSED): Step(_I.REFUSED, (Action.GIVE_REFUSAL,)),
        (_I.RECEIVED, _A.REPEATED): Step(_I.RECEIVED, _VERIFY),
        (_I.RECEIVED, _A.CONFLICTED): Step(_I.RECEIVED, (Action.JUDGE_LATER,)),
        (_I.VERIFIED, _A.HANDED_OVER): Step(_I.HANDED_OVER),
        (_I.VERIFIED, _A.RELAYED): Step(_I.RELAYED),
        (_I.VERIFIED, _A.REPEATED): Step(_I.VERIFIED, (Action.REPEAT_RECEIPT,)),
        (_I.VERIFIED, _A.CONFLICTED): Step(_I.VERIFIED, (Action.REFUSE_CONFLICT,)),
        (_I.REFUSED, _A.ARRIVED_AGAIN): Step(_I.RECEIVED, _VERIFY),
        (_I.REFUSED, _A.TAKEN_UP): Step(_I.RELAYED, _RECEIPT),
        (_I.RELAYED, _A.REPEATED): Step(_I.RELAYED, (Action.REPEAT_RECEIPT,)),
        (_I.RELAYED, _A.CONFLICTED): Step(_I.RELAYED, (Action.REFUSE_CONFLICT,)),
        (_I.RELAYED, _A.GIVEN_UP): Step(_I.RETURNING, (Action.GIVE_REFUSAL,)),
        (_I.RELAYED, _A.INHERITED): Step(_I.VERIFIED, (Action.GIVE_RECEIPT, Action.MOVE_ON)),
        (_I.RETURNING, _A.RETURNED): Step(_I.REFUSED),
        (_I.RETURNING, _A.ARRIVED_AGAIN): Step(_I.RECEIVED, _VERIFY),
        (_I.RETURNING, _A.TAKEN_UP): Step(_I.RELAYED, _RECEIPT),
        (_I.HANDED_OVER, _A.REPEATED): Step(_I.HANDED_OVER, (Action.REPEAT_RECEIPT,)),
        (_I.HANDED_OVER, _A.CONFLICTED): Step(_I.HANDED_OVER, (Action.REFUSE_CONFLICT,)),
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
def step(state: OutboundState, event: OutboundEvent) -> Step[OutboundState]: ...
@overload
def step(state: InboundState, event: InboundEvent) -> Step[InboundState]: ...
def step(
    state: OutboundState | InboundState, event: OutboundEvent | InboundEvent
) -> Step[OutboundState] | Step[InboundState]:
    """Look up what follows when ``event`` happens in ``state``.

    Args:
        state: the state as it is stored.
        event: what happened; of the same direction as the state.

    Returns:
        The next state and what the node owes.

    Raises:
        IllegalTransition: the table has no such row; nothing has changed.
    """
    # The types are compared because members of different StrEnums with the same text are equal.
    found: Step[OutboundState] | Step[InboundState] | None = None
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


def diagram(table: Mapping[Any, Step[Any]] = OUTBOUND) -> str:
    """Draw a table for the documentation.

    Args:
        table: `OUTBOUND` or `INBOUND`.

    Returns:
        A Mermaid state diagram, one arrow for each row.
    """
    first = next(iter(table))[0]
    states = dict.fromkeys(state for state, _ in table)
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    lines += [f"    {state} --> {row.state}: {event}" for (state, event), row in table.items()]
    lines += [f"    {state} --> [*]" for state in states if state.is_terminal]
    return "\n".join(lines) + "\n"
