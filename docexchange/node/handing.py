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
from docexchange.errors import (
    ConflictingDuplicate,
    DeliveryError,
    DocExchangeError,
    StoreFailure,
    UsageError,
)
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
        if isinstance(letter.verified.message, Document):
            self.keep(letter.message_id, letter.path)

    def keep(self, message_id: MessageId, path: Path) -> Path:
        """Copy an envelope file into the folder, whole or not at all; twice changes nothing.

        Args:
            message_id: gives the copy its name.
            path: the file.

        Returns:
            The copy.

        Raises:
            ConflictingDuplicate: another file has that name.
            StoreFailure: the folder cannot be written to.
        """
        target = self._folder / f"{message_id}.edxml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._clean_up(target)
            if not target.exists():
                _copy(path, target)
            elif not filecmp.cmp(path, target, shallow=False):
                raise ConflictingDuplicate(
                    f"{target}: expected the letter handed over before, found another file",
                    advice="Move that file away; the letter is then handed over again.",
                )
        except (OSError, UsageError) as error:
            raise StoreFailure(
                f"inbox {self._folder}: expected to put a letter there, found: {error}",
                code="inbox.not-writable",
                advice="Check the folder, its permissions and the free space.",
            ) from error
        return target

    def _clean_up(self, target: Path) -> None:
        """Remove what is left of copies of this letter that were cut short (``write_whole``)."""
        for leftover in self._folder.glob(f".{target.name[:40]}.*.part"):
            leftover.unlink(missing_ok=True)


def _copy(path: Path, target: Path) -> None:
    with path.open("rb") as source, write_whole(target, replace=False) as stream:
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
        point, message_id = self._point, str(record.message_id)
        try:
            verified = self._judged(record)
            known = self._was_taken(record, verified)
            if not known:
                self._give(record, verified)
        except DocExchangeError as error:
            return self._defer(message_id, error)
        point.emit(EventName.HANDOVER_TAKEN, message_id=message_id)
        self._record(record, verified, "taken-before" if known else "handed-over")
        point.emit(EventName.HANDOVER_RECORDED, message_id=message_id)
        return True

    def _defer(self, message_id: str, error: DocExchangeError) -> bool:
        self._point.emit(
            EventName.HANDOVER_DEFERRED,
            message_id=message_id,
            reason=f"{error} {error.advice}".strip(),
        )
        return False

    def _judged(self, record: InboundRecord) -> VerifiedEnvelope:
        """Judge the stored bytes again, as of their acceptance.

        What the application gets is what a signature covers, whatever happened to the disk since.
        """
        path = self._point.payloads.path(record.payload)
        envelope = Envelope.read(path, self._point.limits)
        return self._point.verifier.verify(envelope, at=record.received_at)

    def _was_taken(self, record: InboundRecord, verified: VerifiedEnvelope) -> bool:
        """Whether the application has it already, as a letter to another code of this agency."""
        return any(
            _content(self._judged(other)) == _content(verified)
            for other in self._point.store.inbound_of(record.message_id)
            if other.state is InboundState.HANDED_OVER and other.recipient != record.recipient
        )

    def _give(self, record: InboundRecord, verified: VerifiedEnvelope) -> None:
        letter = Letter(
            message_id=record.message_id,
            verified=verified,
            path=self._point.payloads.path(record.payload),
            received_at=record.received_at,
        )
        try:
            self._application.take(letter)
        except DocExchangeError:
            raise
        except Exception as error:
            # Not our code: whatever goes wrong in it, the letter waits and others go on.
            raise DeliveryError(
                f"application: expected it to take {record.message_id}, "
                f"found {type(error).__name__}: {error}",
                code="handover.application",
                advice="Mend the application; the letter is then offered again.",
            ) from error

    def _record(self, record: InboundRecord, verified: VerifiedEnvelope, event: str) -> None:
        now, message = self._point.clock.now(), verified.message
        done = replace(record, state=step(record.state, InboundEvent.HANDED_OVER).state)
        entry = TimelineEntry.of(
            now, record.message_id, event, to=record.recipient, sha256=record.payload
        )
        self._point.store.apply(
            [
                PutInbound(done, expected=record.state),
                AddTimeline(entry),
                *(
                    self._note_status(record, message, now)
                    if isinstance(message, Status)
                    else self._tell_arrival(record, message, now)
                ),
            ]
        )

    def _tell_arrival(
        self, record: InboundRecord, document: Document, now: datetime
    ) -> list[Change]:
        """Report that it has arrived: the one status that no person has to send."""
        try:
            return self._submitting.status_changes(
                document, StatusCode.ARRIVED, about=record.message_id, now=now
            )
        except StoreFailure:
            raise
        except DocExchangeError as error:
            # No way back to the sender, for example; that is no reason to withhold the letter.
            entry = TimelineEntry.of(
                now,
                record.message_id,
                "status.not-sent",
                code=StatusCode.ARRIVED,
                reason=f"{error} {error.advice}".strip(),
            )
            return [AddTimeline(entry)]

    def _note_status(self, record: InboundRecord, status: Status, now: datetime) -> list[Change]:
        code, document_id = status.code, str(status.response_for.document_id or "")
        earlier = [
            StatusCode(item.code)
            for item in self._point.store.statuses(document_id)
            if item.reporter == status.sender.organ_id
        ]
        if code is None:
            odd = "expected a status code of the list, found another; the letter was kept"
            unknown = TimelineEntry.of(
                now, record.message_id, "status", document=document_id, warning=odd
            )
            return [AddTimeline(unknown)]
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


def _content(verified: VerifiedEnvelope) -> tuple[object, ...]:
    """What was said and attached, wherever the bytes are."""
    message = verified.message
    attached = [(item.content_id, item.sha256) for item in message.attachments]
    return replace(message, attachments=()) if isinstance(message, Document) else message, attached
