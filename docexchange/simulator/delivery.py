"""What became of one letter: read from the stores of all nodes that saw it, never from a model.

>>> delivery = commune.send(letters.plain(to=ministry))
>>> [hop.tier for hop in delivery.trace]
[4, 3, 2, 1]
>>> delivery.state
<OutboundState.ACKNOWLEDGED: 'acknowledged'>
>>> print(delivery.timeline)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.clock import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from docexchange.delivery import OutboundState, TimelineEntry
    from docexchange.envelope import Document
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.simulator.agency import Agency
    from docexchange.simulator.host import Host

__all__ = ["Delivery", "Hop", "timeline_of"]

_DIGITS: Final = 12
"""Of a digest, in a line for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A node that has, or had, the letter."""

    agency: Agency
    """Whose node."""
    tier: int
    """Its tier."""
    at: datetime
    """When the node accepted the letter, by the clock of the node."""


class Delivery:
    """One letter that an agency was asked to send.

    Args:
        document: the letter.
        sender: who sends it.
        agencies: all that there are, by code.
        takers: at whose nodes letters to a code end; by date, where that has changed.
    """

    def __init__(
        self,
        document: Document,
        sender: Agency,
        agencies: dict[OrganId, Agency],
        takers: Callable[[OrganId], Sequence[OrganId]],
    ) -> None:
        self.document: Final = document
        """What was sent."""
        self.sender: Final = sender
        """Who sent it."""
        self.problem = ""
        """Why the node has not accepted it so far; empty once it has."""
        self.is_accepted = False
        """Whether the sender's node has said that it has it: it is the node's to deliver then."""
        self._agencies: Final = agencies
        self._takers: Final = takers

    @property
    def message_id(self) -> MessageId:
        """Its id."""
        assert self.document.message_id is not None  # noqa: S101 — a node takes no other
        return self.document.message_id

    @property
    def recipients(self) -> tuple[Agency, ...]:
        """Whom it is for; in place of one that others represent, or that has ended, who takes it.

        An agency that has ended since the start is among them as well as its heir.
        """
        codes = (code for item in self.document.destinations for code in self._takers(item))
        return tuple(self._agencies[code] for code in dict.fromkeys(codes))

    @property
    def states(self) -> dict[OrganId, OutboundState]:
        """How the delivery to each recipient stands at the sender's node."""
        records = self.sender.store.outbound_of(self.message_id)
        return {record.recipient: record.state for record in records}

    @property
    def state(self) -> OutboundState | None:
        """How the delivery to the first recipient stands at the sender's node."""
        return self.states.get(self.document.destinations[0])

    @property
    def has_arrived(self) -> bool:
        """Whether all recipients have it."""
        return all(map(self._has_come_to, self.document.destinations))

    def _has_come_to(self, recipient: OrganId) -> bool:
        return any(
            letter.message_id == self.message_id
            for code in self._takers(recipient)
            for letter in self._agencies[code].inbox
        )

    @property
    def trace(self) -> tuple[Hop, ...]:
        """The nodes that had it on the way to the first recipient, the sender's first."""
        return tuple(self._hops(self.document.destinations[0]))

    def trace_to(self, recipient: Agency) -> tuple[Hop, ...]:
        """The nodes that had it on the way to one recipient, the sender's first.

        Args:
            recipient: one of its recipients.
        """
        return tuple(self._hops(recipient.organ_id))

    def _hops(self, recipient: OrganId) -> Iterator[Hop]:
        seen: set[OrganId] = set()
        agency = self.sender
        while agency.organ_id not in seen:
            seen.add(agency.organ_id)
            sent = agency.store.outbound(self.message_id, recipient)
            came = agency.store.inbound(self.message_id, recipient)
            moments = [came.received_at] if came else [sent.created_at] if sent else []
            yield from (Hop(agency=agency, tier=agency.tier, at=at) for at in moments)
            if sent is None:
                return
            agency = self._agencies[sent.next_hop]

    @property
    def timeline(self) -> str:
        """What all nodes noted about it, for people."""
        hosts = (agency.host for agency in self._agencies.values())
        return timeline_of(self.message_id, hosts)

    def __repr__(self) -> str:
        states = ", ".join(f"{code}: {state}" for code, state in self.states.items())
        return f"<Delivery of {self.message_id}: {states or self.problem or 'not accepted yet'}>"


def timeline_of(message_id: MessageId, hosts: Iterable[Host]) -> str:
    """What nodes noted about a message, by time, a line for each entry.

    Args:
        message_id: the message.
        hosts: where to look.
    """
    found = [
        (entry.at - host.clock.offset, str(host.member.organ_id), entry)
        for host in hosts
        for entry in host.store.timeline(message_id)
    ]
    found.sort(key=lambda item: item[0])
    return "\n".join(_line(at, code, entry) for at, code, entry in found)


def _line(at: datetime, code: str, entry: TimelineEntry) -> str:
    shown = ((name, value[:_DIGITS] if name == "sha256" else value) for name, value in entry.detail)
    said = " ".join(f"{name}={value}" for name, value in shown if value)
    moment = at.astimezone(VIETNAM).isoformat(" ", "milliseconds")[: -len("+07:00")]
    return f"{moment} {code:<18} {entry.event:<24} {said}".rstrip()
