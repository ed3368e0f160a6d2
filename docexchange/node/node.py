"""The node: an agency's access point. Wires the rooms together and does the work, step by step.

>>> with Node.from_config("commune/") as node:
...     submission = node.send(letter)
...     node.run_until_idle()

One pass (``run_once``) takes in what arrived, hands over what was accepted, and sends what is due.
Everything it does is written down before it is done or undone by doing it again, so a node may be
killed at any moment.
"""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from docexchange.clock import SystemClock
from docexchange.envelope import Document, Envelope
from docexchange.errors import DeliveryError, DocExchangeError, TransportError, UsageError
from docexchange.instrumentation import EventName
from docexchange.limits import Limits
from docexchange.node.application import Handlers
from docexchange.node.config import NodeConfig, read_config
from docexchange.node.handing import Handing
from docexchange.node.inbox import InboxFolder
from docexchange.node.lock import NodeLock, in_use
from docexchange.node.mending import Mending
from docexchange.node.opening import open_point
from docexchange.node.receiving import Receiving
from docexchange.node.sending import Sending
from docexchange.node.submitting import Submission, Submitting
from docexchange.transport import ParcelKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docexchange.clock import Clock
    from docexchange.delivery import OutboundRecord, Store
    from docexchange.envelope import Message, StatusCode
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.instrumentation import Hook
    from docexchange.node.application import Application, Decision, Letter
    from docexchange.node.point import AccessPoint
    from docexchange.signing import SignedEnvelope
    from docexchange.transport import Arrival
    from docexchange.web import WebLimits
    from docexchange.web.shell import Shell

__all__ = ["Flag", "Node"]

_BATCH = 100
_RACES = 5
"""How often a parcel is looked at again because another thread was faster with the same one."""
Handler = TypeVar("Handler", bound="Callable[[Letter], Decision]")
_LOGGER = logging.getLogger("docexchange")


class Flag(Protocol):
    """Tells a running node to stop; a ``threading.Event`` is one."""

    def is_set(self) -> bool:
        """Whether to stop."""

    def wait(self, timeout: float) -> object:
        """Rest, in seconds, or until told to stop."""


class Node:
    """One access point.

    Args:
        point: what it works with; ``from_config`` puts it together.
        application: takes the letters that are for this agency.
        folder: the store's folder; one running node at a time.
        poll_seconds: rest between passes when there is nothing to do.
    """

    def __init__(
        self,
        point: AccessPoint,
        *,
        application: Application,
        folder: Path,
        poll_seconds: float = 2.0,
    ) -> None:
        self._point = point
        self._submitting = Submitting(point)
        self._receiving = Receiving(point)
        self._sending = Sending(point)
        self._handlers = Handlers(application)
        self._handing = Handing(point, self._handlers, self._submitting)
        self._folder = folder
        self._mending = Mending(point, self._sending.steps)
        self._lock = NodeLock(folder)
        self._turn = threading.RLock()
        self._poll_seconds = poll_seconds

    @classmethod
    def from_config(
        cls,
        config: NodeConfig | Path | str,
        *,
        application: Application | None = None,
        clock: Clock | None = None,
        hooks: Sequence[Hook] = (),
        limits: Limits | None = None,
    ) -> Self:
        """Open a node as ``node.toml`` describes it.

        Args:
            config: the configuration, its file, or the folder it is in.
            application: takes letters; the inbox folder when left out.
            clock: tells the time.
            hooks: are told about events.
            limits: bounds on what is read.

        Raises:
            InputNotFound: a file it names is missing.
            ConfigurationError: it cannot work as described.
            StoreFailure: the store cannot be opened.
        """
        config = config if isinstance(config, NodeConfig) else read_config(config)
        point = open_point(config, clock or SystemClock(), hooks, limits or Limits())
        return cls(
            point,
            application=application or InboxFolder(config.base / config.inbox),
            folder=config.base / config.store,
            poll_seconds=config.poll_seconds,
        )

    @property
    def agency(self) -> OrganId:
        """The agency it serves."""
        return self._point.own

    @property
    def store(self) -> Store:
        """What it remembers."""
        return self._point.store

    @property
    def folder(self) -> Path:
        """The folder of its store."""
        return self._folder

    @property
    def point(self) -> AccessPoint:
        """What it works with."""
        return self._point

    def on_document(self, handler: Handler) -> Handler:
        """Give documents to a function instead of the application; use it as a decorator.

        Args:
            handler: takes a ``Letter``; returns None when it has it, ``Refuse`` with the reason for
                the sender, or ``Later``. An error is as good as ``Later``.

        Returns:
            The function itself.
        """
        self._handlers.on_document(handler)
        return handler

    def on_status(self, handler: Handler) -> Handler:
        """Give business statuses to a function; use it as a decorator.

        Args:
            handler: takes a ``Letter`` whose message is a ``Status``.

        Returns:
            The function itself.
        """
        self._handlers.on_status(handler)
        return handler

    def send(
        self, message: Message | SignedEnvelope | Envelope | Path | str, *, key: str = ""
    ) -> Submission:
        """Accept a message for delivery; once this returns it is not lost.

        Args:
            message: a document, a status, an envelope, or the path of one. What carries no
                signature is signed with the node's key.
            key: the caller's own key; sending again under the same key changes nothing.

        Raises:
            VerificationFailed: the signature is one that others would refuse.
            NoRoute: a recipient cannot be reached.
            ConflictingDuplicate: the key or id is known with another message.
            StoreFailure: it could not be kept.
        """
        if isinstance(message, (str, Path)):
            message = Envelope.read(message, self._point.limits)
        return self._submitting.submit(message, key=key)

    def report_status(
        self, message_id: MessageId, code: StatusCode, *, description: str = ""
    ) -> None:
        """Tell a document's sender what became of it; reporting the same twice changes nothing.

        Args:
            message_id: the message that brought the document.
            code: what became of it.
            description: the reason, in refusals.

        Raises:
            UsageError: no such document was accepted here, or its sender alone reports this.
        """
        document = self._document(message_id)
        if code.by_sender:
            raise UsageError(
                f"expected a status that a receiver reports, found {code} ({code.english})",
                code="status.by-sender",
                advice="Only the sender of a document reports this one.",
            )
        self._point.store.apply(
            self._submitting.status_changes(
                document,
                code,
                about=message_id,
                now=self._point.clock.now(),
                description=description,
            )
        )

    def resend(
        self, message_id: MessageId, recipient: OrganId | None = None, *, reason: str = ""
    ) -> list[OutboundRecord]:
        """Have what failed sent again: the same bytes under the same id, never delivered twice.

        Args:
            message_id: the message.
            recipient: only to this agency; to all for which it failed when left out.
            reason: why, for the timeline.

        Returns:
            The deliveries as they are now.

        Raises:
            UsageError: none of them has failed.
            NoRoute: there is no way to a recipient today.
            DeliveryError: code ``store.stale``; someone else was faster.
        """
        return self._mending.resend(message_id, recipient, reason)

    def cancel(
        self, message_id: MessageId, recipient: OrganId | None = None, *, reason: str = ""
    ) -> list[OutboundRecord]:
        """Attempt no more; what the next hop has already may still arrive, and is then known.

        Args:
            message_id: the message.
            recipient: only to this agency; to all for which it is under way when left out.
            reason: why, for the timeline and for whoever brought it.

        Returns:
            The deliveries as they are now.

        Raises:
            UsageError: none of them is under way.
            DeliveryError: code ``store.stale``; someone else was faster.
        """
        return self._mending.cancel(message_id, recipient, reason)

    def _document(self, message_id: MessageId) -> Document:
        for record in self._point.store.inbound_of(message_id):
            if record.kind == "document" and self._point.is_own(record.recipient):
                path = self._point.payloads.path(record.payload)
                envelope = Envelope.read(path, self._point.limits)
                verified = self._point.verifier.verify(envelope, at=record.received_at)
                if isinstance(verified.message, Document):
                    return verified.message
        raise UsageError(
            f"expected a document that was accepted here, found none under {message_id}",
            code="status.unknown-document",
            advice="`docexchange receive` lists the letters that came in.",
        )

    def recover(self) -> int:
        """Make good what a crash cut short, and remove what it left; returns how many attempts."""
        with self._pass():
            self._point.payloads.clean_up()
            return self._resume()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep other processes from this store, so that ``take`` may be called from any thread.

        Raises:
            StoreFailure: another node is at work on the store.
        """
        with self._lock:
            yield

    @contextmanager
    def _pass(self) -> Iterator[None]:
        """One thread at a time makes passes; it may begin one within another."""
        if not self._turn.acquire(blocking=False):
            raise in_use(self._folder)
        try:
            with self._lock:
                yield
        finally:
            self._turn.release()

    def take(self, arrival: Arrival) -> bool:
        """Deal with one parcel that was brought to us; call it inside ``at_work``, in any thread.

        Args:
            arrival: a message or a receipt; it is answered, and settled or set aside.

        Returns:
            False when it cannot be judged now: it was neither answered nor settled.

        Raises:
            TransportError: its bytes cannot be read.
            StoreFailure: nothing was accepted; the one who brought it should come again.
            DeliveryError: the same message came many times in the same moment.
        """
        with self._lock:
            for _ in range(_RACES):
                try:
                    return self._deal_with(arrival)
                except DeliveryError as error:
                    if error.code != "store.stale":
                        raise
                    lost = error
            raise lost

    def asgi(self, limits: WebLimits | None = None) -> Shell:
        """The node's HTTP side, as an ASGI application for one process.

        Args:
            limits: bounds on what callers may ask.

        Raises:
            MissingExtra: the extra ``server`` is not installed.
        """
        from docexchange.node.serving import application_of

        return application_of(self, limits=limits)

    def _deal_with(self, arrival: Arrival) -> bool:
        if arrival.parcel.kind is ParcelKind.RECEIPT:
            return self._sending.take_receipt(arrival)
        return self._receiving.take(arrival)

    def _resume(self) -> int:
        """Take up attempts that were cut short, by a crash or by a failure of the store.

        While we hold the lock nobody else is making an attempt.
        """
        found = self._sending.recover()
        if found:
            self._point.emit(EventName.NODE_RECOVERED, attempts=found)
        return found

    def run_once(self) -> int:
        """One pass; returns how much was done, 0 when there was nothing to do.

        Raises:
            StoreFailure: the store failed, or another node is at work on it.
        """
        with self._pass():
            self._resume()
            return self._take_in() + self._handing.work() + self._sending.work(_BATCH)

    def _take_in(self) -> int:
        taken = 0
        try:
            # Parcels that have to wait do not count: they would hold up those behind them.
            for arrival in self._point.transport.receive(sys.maxsize):
                taken += self._guarded(arrival)
                if taken >= _BATCH:
                    break
        except TransportError as error:
            # What cannot be fetched now must not hold up what is here already.
            self._complain(error)
        return taken

    def _guarded(self, arrival: Arrival) -> bool:
        """Do not let one bad parcel stop the others; it stays where it is."""
        try:
            return self.take(arrival)
        except DocExchangeError as error:
            self._complain(error)
        except OSError as error:  # reading a payload from a share that has gone, for example
            self._complain(TransportError(f"mailbox: expected to read a parcel, found: {error}"))
        except Exception as error:
            # A mistake of ours must not become a way to hold up everybody else's letters.
            _LOGGER.exception("parcel %s", arrival.parcel.message_id)
            self._complain(DeliveryError(f"parcel: {type(error).__name__}: {error}", code="node"))
        return False

    def _complain(self, error: DocExchangeError) -> None:
        self._point.emit(
            EventName.NODE_ERROR, code=error.code, reason=str(error), advice=error.advice
        )

    def run_until_idle(self, *, passes: int = 1000) -> int:
        """Pass until nothing is left to do now; what waits for a later time stays.

        Args:
            passes: at most so many.
        """
        done = 0
        with self._pass():
            for _ in range(passes):
                step = self.run_once()
                done += step
                if not step:
                    break
        return done

    def run(self, stop: Flag) -> None:
        """Recover, then work until told to stop; no other node can work on the store meanwhile.

        Args:
            stop: set it to end after the current pass.

        Raises:
            StoreFailure: another node is at work on the store, or it cannot be recovered.
        """
        with self._pass():
            self.recover()
            while not stop.is_set():
                try:
                    busy = self.run_once()
                except DocExchangeError as error:
                    self._complain(error)
                    busy = 0
                if not busy:
                    stop.wait(self._poll_seconds)

    def close(self) -> None:
        """Let go of store and transport."""
        self._point.transport.close()
        self._point.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
