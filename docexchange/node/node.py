"""The node: an agency's access point. Wires the rooms together and does the work, step by step.

>>> with Node.from_config("commune/") as node:
...     submission = node.send(letter)
...     node.run_until_idle()

One pass takes in what arrived, hands over what was accepted, and sends what is due. What it does is
written down first, or undone by doing it again: it may be killed at any moment.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from docexchange.clock import SystemClock
from docexchange.envelope import Envelope
from docexchange.limits import Limits
from docexchange.node.books.register import Register
from docexchange.node.business.application import Handlers
from docexchange.node.business.consent import Consent
from docexchange.node.business.handing import Handing
from docexchange.node.business.inbox import InboxFolder
from docexchange.node.business.reporting import Reporting
from docexchange.node.business.standings import Standings
from docexchange.node.incoming.receiving import Receiving
from docexchange.node.keeping import mend_unattended
from docexchange.node.opening.config import NodeConfig, read_config
from docexchange.node.opening.lock import NodeLock
from docexchange.node.opening.opening import open_point
from docexchange.node.opening.snapshots import prepare
from docexchange.node.outgoing.mending import Mending
from docexchange.node.outgoing.sending import Sending
from docexchange.node.outgoing.submitting import Submission, Submitting
from docexchange.node.working import Working

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from docexchange.clock import Clock
    from docexchange.delivery import OutboundRecord, Store
    from docexchange.envelope import Message, StatusCode
    from docexchange.identifiers import DocumentId, MessageId, OrganId
    from docexchange.instrumentation import Hook
    from docexchange.lifecycle import Standing
    from docexchange.node.business.application import Application, Decision, Letter
    from docexchange.node.crew import Flag
    from docexchange.node.opening.storage import Storage
    from docexchange.node.point import AccessPoint
    from docexchange.signing import SignedEnvelope
    from docexchange.transport import Arrival
    from docexchange.web import WebLimits
    from docexchange.web.shell import Shell

__all__ = ["Node"]

Handler = TypeVar("Handler", bound="Callable[[Letter], Decision]")


class Node(AbstractContextManager["Node"]):
    """One access point.

    Args:
        point: what it works with; ``from_config`` puts it together.
        application: takes the letters that are for this agency.
        folder: the store's folder; one running node at a time.
        poll_seconds: rest between passes when there is nothing to do.
        lock: held while it works; a file in ``folder`` when left out.
    """

    def __init__(
        self,
        point: AccessPoint,
        *,
        application: Application,
        folder: Path,
        poll_seconds: float = 2.0,
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        self._point = point
        self._submitting = Submitting(point)
        self._handlers = Handlers(application)
        self._folder = folder
        sending = Sending(point)
        self._mending = Mending(point, sending.steps)
        self._reporting = Reporting(point, self._submitting)
        self._standings = Standings(point.store, point.own, speaks=point.speaks_for)
        self._consent = Consent(point, self._submitting, self._standings)
        handing = Handing(point, self._handlers, self._submitting, self._standings, self._consent)
        self._working = Working(
            point,
            receiving=Receiving(point),
            sending=sending,
            handing=handing,
            folder=folder,
            poll_seconds=poll_seconds,
            lock=lock or NodeLock(folder),
        )

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
        prepare(config, clock := clock or SystemClock())
        point = open_point(config, clock, hooks, limits or Limits())
        mend_unattended(point, config.base / config.store)
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

    @property
    def register(self) -> Register:
        """The books of its agency."""
        return Register(self._point.own, self._point.store, self._point.clock)

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
            message: document, status, envelope, or its path; signed here if nobody signed it.
            key: the caller's own key; sending again under the same key changes nothing.

        Raises:
            VerificationFailed: the signature is one that others would refuse.
            NoRoute: a recipient cannot be reached.
            ConflictingDuplicate: the key or id is known with another message.
            StoreFailure: it could not be kept.
        """
        if isinstance(message, (str, Path)):
            message = Envelope.read(message, self._point.limits)
        submission = self._submitting.submit(message, key=key)
        self._working.wake()
        return submission

    def report_status(
        self,
        message_id: MessageId,
        code: StatusCode,
        *,
        description: str = "",
        inherited: Storage | None = None,
    ) -> None:
        """Tell a document's sender what became of it; reporting the same twice changes nothing.

        Args:
            message_id: the message that brought the document.
            code: what became of it.
            description: the reason, in refusals.
            inherited: the memory of the agency that accepted it, where that was merged into ours.

        Raises:
            UsageError: no such document was accepted here, or others have to report this.
        """
        self._reporting.report(message_id, code, description, inherited=inherited)

    def standing(self, name: MessageId | DocumentId | str) -> tuple[Standing, ...]:
        """Where a document stands after what its sender asked for later.

        Args:
            name: the id of the document or of its message; of a recall, update or replacement, and
                all documents that it is about are shown.

        Returns:
            For a document sent from here one for each receiver; else one, as we stand to it.
        """
        return self._standings.of(name)

    def answer(self, message_id: MessageId, *, agree: bool, reason: str = "") -> bool:
        """Agree to a recall, an update or a replacement (status 15), or refuse it (16).

        The same answer twice changes nothing; who refused may still agree.

        Args:
            message_id: the letter that asks, once it was taken; or the document, for what its
                sender asked last.
            agree: whether to agree.
            reason: why, for the sender; a refusal must have one.

        Returns:
            Whether that is new.

        Raises:
            UsageError: nobody asked, what was agreed to is refused, or a refusal has no reason.
        """
        is_new = self._consent.answer(message_id, agree=agree, reason=reason)
        self._working.wake()
        return is_new

    def ask_back(
        self, message_id: MessageId, recipient: OrganId | None = None, *, reason: str
    ) -> bool:
        """Ask receivers to give a document back, with status 13 instead of a letter.

        Args:
            message_id: the document, sent from here.
            recipient: only this agency; all when left out.
            reason: why, for the receivers.

        Returns:
            Whether that is new for any of them.

        Raises:
            UsageError: no such document was sent from here, or there is no reason.
        """
        is_new = self._consent.ask_back(message_id, recipient, reason=reason)
        self._working.wake()
        return is_new

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

    def recover(self) -> int:
        """Make good what a crash cut short, and remove what it left; returns how many attempts."""
        return self._working.recover()

    def at_work(self) -> AbstractContextManager[None]:
        """Keep other processes from this store, so that ``take`` may be called from any thread.

        Raises:
            StoreFailure: another node is at work on the store.
        """
        return self._working.at_work()

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
        return self._working.take(arrival)

    def asgi(self, limits: WebLimits | None = None) -> Shell:
        """The node's HTTP side, as an ASGI application for one process.

        Args:
            limits: bounds on what callers may ask.

        Raises:
            MissingExtra: the extra ``server`` is not installed.
        """
        from docexchange.node.serving.serving import application_of

        return application_of(self, limits=limits)

    def run_once(self) -> int:
        """One pass; returns how much was done, 0 when there was nothing to do.

        Raises:
            StoreFailure: the store failed, or another node is at work on it.
        """
        return self._working.run_once()

    def next_due(self) -> datetime | None:
        """When a pass will find something to do, if nothing arrives; None: not until then."""
        return self._working.next_due()

    def run_until_idle(self, *, passes: int = 1000) -> int:
        """Pass, at most so many times, until only what waits for a later time is left to do."""
        return self._working.run_until_idle(passes)

    def run(self, stop: Flag, *, workers: int = 0) -> None:
        """Recover, then work until told to stop; no other node can work on the store meanwhile.

        Args:
            stop: set it to end; what is in hand is finished first.
            workers: so many threads send, take in and hand over, so that whoever is slow holds up
                nobody else; 0: one thing after another, in the calling thread.

        Raises:
            StoreFailure: another node is at work on the store, or it cannot be recovered.
        """
        self._working.run(stop, workers=workers)

    def close(self) -> None:
        """Let go of store and transport."""
        self._point.transport.close()
        self._point.store.close()

    def __exit__(self, *exc_info: object) -> None:
        self.close()
