"""Take in what arrives: store, judge, answer with a signed receipt, and only then let go.

1. The bytes are stored before anything else: large ones durably, small ones with step 5.
2. They are read; who they are from and for is taken from what is signed, never from the note.
3. Has it come before? The duplicate rule decides (``delivery.duplicates``).
4. The signature is judged and, for others' letters, the way onward found.
5. The record, the receipt and, when relaying, the message in our own queue are written in one
   transaction: whatever happens later, all of it has happened or none.
6. The receipt is sent, and the parcel settled. A crash before that brings the parcel again, and
   step 3 answers with the stored receipt.

A parcel for several recipients is read and its signature judged once; steps 3 and 4 decide for each
recipient apart (``deciding``), and step 5 writes down what was decided for all of them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from docexchange.delivery import Change, Payload
from docexchange.envelope import Envelope, TraceHeader
from docexchange.errors import InputNotFound, UnreadableInput
from docexchange.instrumentation import EventName
from docexchange.node.incoming.answering import Answering, Incoming, Once
from docexchange.node.incoming.deciding import Deciding
from docexchange.node.point import AccessPoint, message_id_of

if TYPE_CHECKING:
    from docexchange.identifiers import OrganId
    from docexchange.node.incoming.answering import Answer
    from docexchange.transport import Arrival

__all__ = ["Receiving"]


class Receiving:
    """Takes in messages for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point
        self._answering = Answering(point)
        self._deciding = Deciding(point, self._answering)

    def take(self, arrival: Arrival) -> bool:
        """Deal with one parcel that holds a message; tells whether it is dealt with."""
        self._point.emit(
            EventName.INBOUND_STARTED,
            message_id=str(arrival.parcel.message_id),
            peer=str(arrival.parcel.from_node),
        )
        payload = Payload(sha256=arrival.parcel.sha256, size=arrival.parcel.size)
        kept: list[Change] = []
        try:
            payload, kept = self._stored(arrival)
            incoming, strangers = self._read(arrival, payload, kept)
        except InputNotFound:
            raise  # our own disk; that is no reason to turn a letter away
        except UnreadableInput as error:
            self._answering.refuse_unread(arrival, payload, kept, str(error))
            return True
        answers = [
            self._deciding.answer(incoming.copy_for(to)) for to in incoming.parcel.recipients
        ]
        return self._answering.give(incoming, [*answers, *self._not_meant(incoming, strangers)])

    def _stored(self, arrival: Arrival) -> tuple[Payload, list[Change]]:
        with arrival.open() as stream:
            stored = self._point.store_stream(stream)
        self._point.emit(EventName.INBOUND_STORED, message_id=str(arrival.parcel.message_id))
        return stored

    def _read(
        self, arrival: Arrival, payload: Payload, kept: list[Change]
    ) -> tuple[Incoming, list[OrganId]]:
        """Read the message; hold the unsigned note to what the message itself says.

        Returns:
            What arrived, for recipients spelt as in the message: one recipient must not become two
            by writing its code in both ways. And whom the note names beside them without reason.
        """
        point, envelope = self._point, arrival.envelope
        if envelope is None or arrival.parcel.sha256 != payload.sha256:
            envelope = point.envelope(payload.sha256)
        own_id = message_id_of(envelope, payload.sha256)
        if arrival.parcel.message_id != own_id:
            raise _false_note(f"message {own_id}", arrival.parcel.message_id)
        meant, strangers = _told_apart(arrival.parcel.recipients, envelope.message.destinations)
        if not meant:
            raise _false_note(_EXPECTED, arrival.parcel.recipient)
        incoming = Incoming(
            arrival=arrival,
            parcel=arrival.parcel.only(*meant),
            payload=payload,
            kept=kept,
            envelope=envelope,
            examined=Once(partial(point.verifier.examine, envelope)),
            traced=Once(partial(self._traced, envelope, kept)),
        )
        return incoming, strangers

    def _traced(self, envelope: Envelope, kept: list[Change]) -> Payload:
        point = self._point
        traced = envelope.with_trace(TraceHeader(point.own, point.clock.now()))
        payload, more = point.store_envelope(traced)
        kept += more
        return payload

    def _not_meant(self, incoming: Incoming, strangers: list[OrganId]) -> list[Answer]:
        """Refusals for recipients who are none; those of the letter are not to suffer from them."""
        return [
            self._answering.refuse(incoming.copy_for(code), str(_false_note(_EXPECTED, code)))
            for code in strangers
        ]


_EXPECTED = "one of the letter's recipients"


def _told_apart(
    named: tuple[OrganId, ...], destinations: tuple[OrganId, ...]
) -> tuple[list[OrganId], list[OrganId]]:
    """Recipients in the letter's spelling (a code written twice is one), and what is none."""
    spelt: dict[str, OrganId] = {}
    for code in destinations:
        spelt.setdefault(code.as_decision_20, code)
    exact = set(destinations)
    meant = [
        code if code in exact else spelt[code.as_decision_20]
        for code in named
        if code.as_decision_20 in spelt
    ]
    return meant, [code for code in named if code.as_decision_20 not in spelt]


def _false_note(expected: str, found: object) -> UnreadableInput:
    return UnreadableInput(f"note: expected {expected}, found {found}", code="delivery.note")
