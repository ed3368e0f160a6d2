"""The way of a letter, as a value: every hop, why it is taken, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from docexchange.identifiers import OrganId
    from docexchange.routing.closed import ClosedCode

__all__ = ["Hop", "HopReason", "Route"]


class HopReason(StrEnum):
    """Why a letter passes through an agency."""

    SELF = "the sender writes to itself"
    OUTSET = "node that serves the sender"
    UP = "superior on the way up"
    COMMON = "nearest common superior"
    AXIS = "national axis"
    VIA = "agency that a rule names"
    DOWN = "superior of the recipient on the way down"
    DIRECT = "recipient, straight by a rule"
    RECIPIENT = "recipient"
    SERVES = "node that serves the recipient"

    @property
    def would_change(self) -> str:
        """What would have to be different for another way to be taken."""
        return _WOULD_CHANGE[self]


_WOULD_CHANGE: Final[Mapping[HopReason, str]] = {
    HopReason.SELF: "another recipient",
    HopReason.OUTSET: "an endpoint of the sender, or another representative or superior",
    HopReason.UP: "a rule for this agency and recipient, or another superior",
    HopReason.COMMON: "a rule for this agency and recipient, or another superior of one of them",
    HopReason.AXIS: "another axis or default in the rules",
    HopReason.VIA: "that rule, or a rule before it",
    HopReason.DOWN: "a rule for this agency and recipient, or another superior of the recipient",
    HopReason.DIRECT: "that rule, or a rule before it",
    HopReason.RECIPIENT: "nothing: the letter is for it",
    HopReason.SERVES: "an endpoint of the recipient, or another representative or superior",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One agency that a letter is passed to."""

    organ_id: OrganId
    """Its code, as the directory spells it on that date."""
    reason: HopReason
    """Why the letter passes through it."""
    name: str = ""
    """Its name on that date."""
    rule: str = ""
    """The rule that sends the letter there; empty where that follows from the superiors alone."""
    avoided: OrganId | None = None
    """Where the letter would go if the link there were in order."""
    out_of_order: bool = False
    """Whether this link is out of order, and there is no other way."""

    @property
    def would_change(self) -> str:
        """What would have to be different for the letter to pass elsewhere."""
        if self.avoided is not None:
            return f"the link to {self.avoided} in order again"
        return self.reason.would_change

    def __str__(self) -> str:
        rule = f"; rule: {self.rule}" if self.rule else ""
        avoided = f"; the link to {self.avoided} is out of order" if self.avoided else ""
        down = "; this link is out of order, and there is no other" if self.out_of_order else ""
        return f"{self.organ_id} {self.name}: {self.reason}{rule}{avoided}{down}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way of a letter, hop by hop; the last hop is the recipient, or the node serving it."""

    sender: OrganId
    """Where it starts, as the directory spells it; not a hop."""
    recipient: OrganId
    """Where it ends, as the directory spells it; the heir where a closed code is redirected."""
    at: date
    """The calendar date in Vietnam for which the directory was asked."""
    hops: tuple[Hop, ...]
    """Every agency after the sender, in order; at least one."""
    closed: ClosedCode | None = None
    """Where the code asked for is that of a closed agency: its end."""

    def explain(self) -> tuple[str, ...]:
        """The route in lines of text, each hop with its reason."""
        hops = (f"{number}. {hop}" for number, hop in enumerate(self.hops, start=1))
        closed = (f"redirected: {self.closed}",) if self.closed else ()
        return (f"from {self.sender} to {self.recipient} on {self.at}", *closed, *hops)
