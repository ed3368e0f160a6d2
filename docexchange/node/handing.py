"""Hand what was accepted for this agency to its application, once.

An application is asked to take a letter until it has; a crash between its taking it and our writing
that down makes us ask again. Therefore taking must be idempotent by ``message_id``: ``InboxFolder``
is (a name is given once), and others promise it.
"""

from __future__ import annotations

import filecmp
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from docexchange.delivery import (
    AddTimeline,
    Change,
    InboundEvent,
    InboundState,
    PutInbound,
    PutStatus,
    StatusRecord,
    TimelineEntry,
    step,
)
from docexchange.envelope import Document, Envelope, Status, StatusCode
from docexchange.envelope.files import write_whole
from docexchange.errors import ConflictingDuplicate, DocExchangeError
from docexchange.instrumentation import EventName
from docexchange.lifecycle import judge

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from docexchange.delivery import InboundRecord
    from docexchange.identifiers import MessageId
    from docexchange.node.point import AccessPoint
    from docexchange.node.submitting import Submitting
    from docexchange.signing import VerifiedEnvelope

__all__ = ["Application", "Handing", "InboxFolder", "Letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A verified message for the application."""

    message_id: MessageId
    """Its id; take each id once."""
    verified: VerifiedEnvelope
    """Message, attachments and report."""
    path: Path
    """The envelope file as it was received; copy it to keep it."""
    received_at: datetime
    """When it was accepted here, UTC."""


class Application(Protocol):
    """Whoever letters are for."""

    def take(self, letter: Letter) -> None:
        """Take a letter; return once it is safe.

        Called again with the same ``message_id`` after a crash: taking it twice must change
        nothing. Raise any ``DocExchangeError`` to be asked again later.
        """


class InboxFolder:
    """An application that is a folder: each letter becomes ``<message id>.edxml`` in it.

    Args:
        folder: made when absent.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, letter: Letter) -> None:
        """Copy a document into the folder; statuses are kept in the store alone."""
        if not isinstance(letter.verified.message, Document):
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._folder / f"{letter.message_id}.edxml"
        if target.exists():
            if not filecmp.cmp(letter.path, target, shallow=False):
                raise ConflictingDuplicate(
                    f"{target}: expected the letter handed over before, found another file",
                    advice="Move that file away; the letter is then handed over again.",
                )
            return
        with letter.path.open("rb") as source, write_whole(target, replace=False) as stream:
            shutil.copyfileobj(source, stream, 1024 * 1024)


class Handing:
    """Hands over for one access point."""

    def __init__(
        self, point: AccessPoint, application: Application, submitting: Submitting
    ) -> None:
        self._point = point
        self._application = application
        self._submitting = submitting

    def work(self) -> int:
        """Offer everything that waits; returns how many were taken."""
        waiting = self._point.store.inbound_in_state(InboundState.VERIFIED)
        return sum(self._offer(record) for record in waiting)

    def _offer(self, record: InboundRecord) -> bool:
        point = self._point
        path = point.payloads.path(record.payload)
        try:
            # Judged again from the stored bytes, as of their acceptance: what the application
            # gets is what a signature covers, whatever happened to the disk since.
            verified = point.verifier.verify(
                Envelope.read(path, point.limits), at=record.received_at
            )
            self._application.take(
                Letter(
                    message_id=record.message_id,
                    verified=verified,
                    path=path,
                    received_at=record.received_at,
                )
            )
        except DocExchangeError as error:
            point.emit(
                EventName.HANDOVER_DEFERRED, message_id=str(record.message_id), reason=str(error)
            )
            return False
        point.emit(EventName.HANDOVER_TAKEN, message_id=str(record.message_id))
        self._record(record, verified)
        point.emit(EventName.HANDOVER_RECORDED, message_id=str(record.message_id))
        return True

    def _record(self, record: InboundRecord, verified: VerifiedEnvelope) -> None:
        point, now = self._point, self._point.clock.now()
        done = replace(record, state=step(record.state, InboundEvent.HANDED_OVER).state)
        changes: list[Change] = [
            PutInbound(done, expected=record.state),
            AddTimeline(
                TimelineEntry.of(
                    now,
                    record.message_id,
                    "handed-over",
                    to=record.recipient,
                    sha256=record.payload,
                )
            ),
        ]
        message = verified.message
        if isinstance(message, Status):
            changes += self._note_status(record, message, now)
        else:
            # "Arrived" is the one status that comes from the system and not from people.
            changes += self._submitting.status_changes(
                message, StatusCode.ARRIVED, about=record.message_id, now=now
            )
        point.store.apply(changes)

    def _note_status(self, record: InboundRecord, status: Status, now: datetime) -> list[Change]:
        about = status.response_for
        document_id = str(about.document_id or "")
        earlier = [
            StatusCode(item.code)
            for item in self._point.store.statuses(document_id)
            if item.reporter == status.sender.organ_id
        ]
        code = status.code or StatusCode.ARRIVED
        odd = judge(earlier[-1] if earlier else None, code).warning
        kept = StatusRecord(
            message_id=record.message_id,
            document_id=document_id,
            code=code,
            reporter=status.sender.organ_id,
            about_recipient=status.sender.organ_id,
            at=status.at or now,
            description=status.description,
            outgoing=False,
        )
        entry = TimelineEntry.of(
            now, record.message_id, "status", code=code, document=document_id, warning=odd
        )
        return [PutStatus(kept), AddTimeline(entry)]
