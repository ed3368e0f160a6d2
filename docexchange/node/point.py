"""An access point: everything that the parts of a node work with, in one frozen value."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.clock import vietnam_date
from docexchange.delivery import SMALL_BYTES, KeepBytes
from docexchange.envelope.attachments.streams import PieceReader
from docexchange.errors import NoRoute, TransportError
from docexchange.identifiers import MessageId
from docexchange.instrumentation import Event, EventName
from docexchange.limits import MIB
from docexchange.routing import (
    ALL_WELL,
    DEFAULT_POLICY,
    DEFAULT_RULES,
    ExchangePolicy,
    LinkHealth,
    Posted,
    Rules,
    closed_code,
    network_of,
    route,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date, datetime

    from docexchange.clock import Clock
    from docexchange.delivery import Change, Payload, Payloads, RetrySchedule, Store
    from docexchange.directory import Directory, InForce
    from docexchange.envelope import Envelope, Message
    from docexchange.identifiers import OrganId
    from docexchange.instrumentation import Hook
    from docexchange.limits import Limits
    from docexchange.node.opening.snapshots import Following
    from docexchange.routing import Meaning, Network, Refusal, Route
    from docexchange.signing import Signer, Verifier
    from docexchange.transport import Parcel, Transport

__all__ = ["AccessPoint", "message_id_of", "speaks_for"]

_LOGGER: Final = logging.getLogger("docexchange")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPoint:
    """What a node has and knows."""

    own: OrganId
    """The agency it serves."""
    in_force: InForce
    """Who is where; asked anew each time, as it may be replaced."""
    store: Store
    """What is remembered."""
    payloads: Payloads
    """The bytes of messages."""
    transport: Transport
    """Our mailbox, and the way to those of others."""
    signer: Signer
    """Signs receipts and statuses for the agency."""
    verifier: Verifier
    """Judges what comes in."""
    clock: Clock
    """The time."""
    schedule: RetrySchedule
    """When to try again."""
    limits: Limits
    """Bounds on what is read."""
    rules: Rules = DEFAULT_RULES
    """Which way letters take."""
    policy: ExchangePolicy = DEFAULT_POLICY
    """Which letters may pass."""
    hooks: Sequence[Hook] = ()
    """Who is told about events."""
    following: Following | None = None
    """Brings newer directories, where they are published."""

    @property
    def directory(self) -> Directory:
        """Who is where, now."""
        return self.in_force()

    def emit(self, name: EventName, **fields: object) -> None:
        """Tell the hooks; one that fails must not stop a letter."""
        event = Event(name, {"node": self.own.value, **fields})
        for hook in self.hooks:
            try:
                hook(event)
            except Exception:
                _LOGGER.exception("the hook %r failed at %s", hook, name)

    @property
    def today(self) -> date:
        """The calendar date in Vietnam."""
        return vietnam_date(self.clock.now())

    @property
    def is_turn_of_agencies(self) -> bool:
        """Whether a neighbour's clock may show another day, and agencies change between the two."""
        now, skew = self.clock.now(), timedelta(seconds=self.limits.clock_skew_seconds)
        before, after = vietnam_date(now - skew), vietnam_date(now + skew)
        return before < after and any(
            entry.first_day == after or entry.last_day == before for entry in self.directory
        )

    def is_own(self, organ_id: OrganId) -> bool:
        """Whether a code means the agency of this node, or one that was merged into it."""
        meant = _meaning(organ_id, self._network)
        code = meant.entry.organ_id if meant else organ_id
        return code.as_decision_20 == self.own.as_decision_20

    def serves(self, organ_id: OrganId) -> bool:
        """Whether letters for an agency are at their end here: ours, or one without a node."""
        network = self._network
        meant = _meaning(organ_id, network)
        key = network.node_of(meant.entry).key if meant else organ_id.as_decision_20
        return key == self.own.as_decision_20

    def speaks_for(self, who: OrganId, whom: OrganId, at: datetime | None) -> bool:
        """Whether what an agency says at a moment, now when None, counts for another."""
        day = vietnam_date(at) if at else self.today
        return speaks_for(who, whom, self.directory, day, self.rules)

    def redirection(self, organ_id: OrganId) -> dict[str, OrganId]:
        """What the evidence says of a closed code: the code and who took over; else nothing."""
        meant = _meaning(organ_id, self._network)
        if meant is None or meant.closed is None:
            return {}
        return {"closed": organ_id, "successor": meant.entry.organ_id}

    @property
    def _network(self) -> Network:
        """Who carries letters today; look it up once for one question."""
        return network_of(self.directory, self.today, self.rules)

    def way_to(
        self,
        recipient: OrganId,
        *,
        passed: Collection[OrganId] = (),
        down: Collection[OrganId] = (),
    ) -> Route:
        """The way of a letter from here, today.

        Args:
            recipient: whom it is for.
            passed: agencies that it has passed already.
            down: agencies to which the link from here is out of order.

        Raises:
            NoRoute: there is none, or none that the rules allow.
        """
        return route(
            self.own,
            recipient,
            directory=self.directory,
            at=self.today,
            rules=self.rules,
            health=LinkHealth.of((self.own, peer) for peer in down) if down else ALL_WELL,
            passed=passed,
            limits=self.limits,
        )

    def refusal_of(self, message: Message, recipient: OrganId, *, size: int) -> Refusal | None:
        """Why the policy does not let a letter pass; None where it does.

        Args:
            message: the letter.
            recipient: one of its recipients.
            size: bytes of its envelope.
        """
        sender, network = message.sender.organ_id, self._network
        parties = [_meaning(code, network) for code in (sender, recipient)]
        (sender, sender_tier), (recipient, recipient_tier) = (
            (meant.entry.organ_id, meant.entry.tier) if meant else (code, 0)
            for meant, code in zip(parties, (sender, recipient), strict=True)
        )
        posted = Posted(
            message=message,
            sender=sender,
            sender_tier=sender_tier,
            recipient=recipient,
            recipient_tier=recipient_tier,
            size=size,
        )
        return self.policy.judge(posted)

    def endpoint(self, organ_id: OrganId) -> str:
        """Where an agency's node is reached today; that of a closed one, where it was last.

        Raises:
            NoRoute: the directory does not know it, or knows no endpoint.
        """
        directory, today = self.directory, self.today
        entry = directory.find(organ_id, today)
        is_itself = entry is not None and entry.organ_id == organ_id
        if not is_itself and closed_code(organ_id, directory, today):
            # What its node has in hand still has to end in receipts.
            entry = directory.entries_of(organ_id)[-1]
        if entry is None or not entry.endpoint:
            raise NoRoute(
                f"expected an endpoint of {organ_id} in the directory, found "
                f"{'no such agency' if entry is None else 'none'}",
                code="route.no-endpoint",
                advice="Add the endpoint to the directory.",
            )
        return entry.endpoint

    def store_stream(self, stream: BinaryIO) -> tuple[Payload, list[Change]]:
        """Keep the bytes that a stream has left.

        Returns:
            What was stored, and the changes to apply together with the first record of it: small
            bytes are durable with these, larger ones already.
        """
        return self._store(stream.read(SMALL_BYTES + 1), iter(partial(stream.read, MIB), b""))

    def store_envelope(self, envelope: Envelope) -> tuple[Payload, list[Change]]:
        """Keep the bytes of an envelope; see ``store_stream``."""
        head, pieces = b"", envelope.chunks()
        for piece in pieces:
            head += piece
            if len(head) > SMALL_BYTES:
                break
        return self._store(head, pieces)

    def _store(self, head: bytes, rest: Iterator[bytes]) -> tuple[Payload, list[Change]]:
        """Keep bytes; the head of a small letter is all of it."""
        if len(head) > SMALL_BYTES:
            whole = PieceReader(chain([head], rest))
            return self.payloads.put(io.BufferedReader(whole)), []
        payload = self.payloads.lay(head)
        if payload is None:
            return self.payloads.put(io.BytesIO(head)), []
        return payload, [KeepBytes(sha256=payload.sha256, data=head, at=self.clock.now())]

    def envelope(self, sha256: str) -> Envelope:
        """Read a message that was stored.

        Args:
            sha256: the name of its payload.

        Raises:
            InputNotFound: it is not there.
            MalformedEnvelope: it holds no message.
            LimitExceeded: it is larger than allowed.
        """
        return self.payloads.envelope(sha256, self.limits)

    def send_receipt(self, xml: bytes, about: Parcel) -> None:
        """Give a receipt to the node that brought a message; a lost one is asked for again."""
        try:
            self.carry_receipt(xml, about)
        except (TransportError, NoRoute) as error:
            # The sender, having no receipt, sends again and is then given the stored one.
            self.emit(
                EventName.RECEIPT_NOT_SENT, message_id=str(about.message_id), reason=str(error)
            )
        else:
            self.emit(EventName.RECEIPT_SENT, message_id=str(about.message_id))

    def carry_receipt(self, xml: bytes, about: Parcel) -> None:
        """Give a receipt to the transport.

        Args:
            xml: the receipt.
            about: the parcel that it answers.

        Raises:
            TransportError: it was not accepted for carriage.
            NoRoute: the node that brought the message has no endpoint.
        """
        parcel = about.answered_by(xml, own=self.own)
        self.transport.send(parcel, io.BytesIO(xml), to=self.endpoint(about.from_node))


def speaks_for(who: OrganId, whom: OrganId, directory: Directory, at: date, rules: Rules) -> bool:
    """Whether one agency speaks for another: itself, its heir, or the one whose node serves it.

    Args:
        who: its code.
        whom: that of the other.
        directory: who is who.
        at: the day.
        rules: what becomes of closed codes.
    """
    if who.as_decision_20 == whom.as_decision_20:
        return True
    network = network_of(directory, at, rules)
    speaker, meant = _meaning(who, network), _meaning(whom, network)
    if speaker is None or meant is None:
        return False
    return speaker.entry.organ_id in {meant.entry.organ_id, network.node_of(meant.entry).organ_id}


def _meaning(organ_id: OrganId, network: Network) -> Meaning | None:
    try:
        return network.meaning(organ_id)
    except NoRoute:
        return None


def message_id_of(envelope: Envelope, sha256: str) -> MessageId:
    """The id a message goes by: its own, or one from its bytes where a system wrote none."""
    return envelope.message.message_id or MessageId(f"sha256-{sha256}")
