"""The machine of one agency: what is on its disk, its clock, and the node that runs on it, or not.

A host lets its node work when something arrived or is due, never otherwise. When the node dies, the
node object is thrown away; store, payloads and mailbox stay, and a new node recovers from them.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.envelope import Document
from docexchange.errors import DocExchangeError, StoreFailure
from docexchange.node import Later, Node, Refuse
from docexchange.simulator.agenda import SkewedClock
from docexchange.simulator.payloads import SpooledPayloads
from docexchange.simulator.wire import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from docexchange.identifiers import MessageId
    from docexchange.instrumentation import Event, EventName
    from docexchange.node import Decision, Letter
    from docexchange.simulator.cast import Member
    from docexchange.simulator.pki import Seal
    from docexchange.simulator.premises import Premises
    from docexchange.simulator.store import SimulatedStore

__all__ = ["Crashed", "Desk", "Host"]

_AGAIN: Final = timedelta(minutes=1)
"""When a node is asked to work again after what it could not do."""
_PASSES: Final = 10_000
_FOLDER: Final = Path("simulated")
_NO_LOCK: Final = nullcontext()
Result = TypeVar("Result")


class Crashed(BaseException):
    """A node dies; nothing in it may go on."""

    def __init__(self, step: EventName, seconds: float) -> None:
        super().__init__(step)
        self.seconds = seconds


def _taken(_letter: Letter) -> None:
    """Take it."""


class Desk:
    """An application that keeps what it is given, each id once.

    Functions of the code under test may decide; what they refuse or put off is not kept.
    """

    def __init__(self) -> None:
        self.usual: Callable[[Letter], Decision] = _taken
        """Decides where the code under test does not."""
        self.letters: Final[list[Letter]] = []
        self.statuses: Final[list[Letter]] = []
        self.on_document: Callable[[Letter], Decision] | None = None
        """Decides about documents, in place of ``usual``."""
        self.on_status: Callable[[Letter], Decision] | None = None
        """Decides about business statuses."""
        self._known: Final[set[str]] = set()

    def take(self, letter: Letter) -> Decision:
        """Keep it, if whoever decides takes it."""
        is_document = isinstance(letter.verified.message, Document)
        decide = self.on_document if is_document else self.on_status
        decision = (decide or self.usual)(letter)
        if isinstance(decision, Later):
            return decision
        if str(letter.message_id) not in self._known:
            self._known.add(str(letter.message_id))
            if not isinstance(decision, Refuse):
                (self.letters if is_document else self.statuses).append(letter)
        return decision

    def forget(self, messages: Collection[MessageId]) -> None:
        """Have never been given these."""
        self._known.difference_update(map(str, messages))
        for kept in (self.letters, self.statuses):
            kept[:] = [letter for letter in kept if letter.message_id not in messages]

    def adopt(self, messages: Iterable[MessageId]) -> None:
        """Have been given these, as another desk was."""
        self._known.update(map(str, messages))

    def has(self, message_id: MessageId) -> bool:
        """Whether a message was taken or refused."""
        return str(message_id) in self._known


class Host:
    """One machine.

    Args:
        member: whose.
        premises: what all machines share.
    """

    def __init__(self, member: Member, premises: Premises) -> None:
        self.member: Final = member
        self._premises: Final = premises
        self._agenda: Final = premises.agenda
        self.clock: Final = SkewedClock(premises.agenda.clock, timedelta())
        (self.seal,) = premises.seals[member.organ_id]  # of the beginning
        self.directory = premises.directory
        self.full_disks = 0
        """How many faults fill its disk."""
        self.blind = 0
        """How many faults keep evidence of revocation from it."""
        self.unstamped = 0
        """How many faults keep timestamps from it."""
        self.stale = 0
        """How many faults keep new directories from it."""
        self.store: SimulatedStore = premises.new_store(str(member.organ_id), self._check_disk)
        self.payloads: Final = SpooledPayloads(premises.spool, self._check_disk)
        self.mailbox: Final = Mailbox(member.place, self.wake)
        self.desk: Final = Desk()
        self._is_played: Final = premises.setting.is_played(member.place)
        self._node: Node | None = None
        self.dooms: Final[dict[EventName, float]] = {}
        """Steps at which the node will die, and how many seconds it then stays dead."""
        self._stops = 0
        self._wake_at: datetime | None = None
        premises.wire.mailboxes[premises.endpoint(member)] = self.mailbox

    @property
    def is_up(self) -> bool:
        """Whether a node runs here."""
        return self._is_played and not self._stops

    @property
    def node(self) -> Node | None:
        """The node that runs, made when it is first wanted; None while it is down."""
        if self._node is None and self.is_up:
            self._open()
        return self._node

    def _open(self) -> None:
        """Start a node on what is there."""
        self.mailbox.rests.clear()
        self._node = Node(
            self._premises.point(self),
            application=self.desk,
            folder=_FOLDER,
            lock=_NO_LOCK,
        )
        try:
            self._node.recover()
        except StoreFailure as error:
            self.note(f"could not recover: {error.code}")
        except Crashed as death:
            self.crash(death.seconds)

    # --- up and down ---

    def stop(self) -> None:
        """Do not run; as often as it was stopped it has to be started."""
        self._stops += 1
        self._node = None
        self.mailbox.is_open = False
        self.note("stopped")

    def start(self) -> None:
        """Run again."""
        self._stops -= 1
        if not self._stops:
            self.note("started")
            self.mailbox.is_open = True
            self._open()
            self.wake()

    def restart(self) -> None:
        """Run with another key, trust or directory; what is down, or was not wanted, stays so."""
        if self._node is not None:
            self._open()
            self.wake()

    def crash(self, seconds: float) -> None:
        """Die now, and be started again after a while."""
        self.note("died")
        self.store = self.store.after_crash()
        self.stop()
        self._agenda.after(timedelta(seconds=seconds), self.start)

    def heard(self, event: Event) -> None:
        """A hook of the node: note what it says, and die of it if that is its doom."""
        said = [f"{name}={value}" for name, value in event.fields.items() if name != "node"]
        self.note(f"{event.name} {' '.join(said)}")
        if event.name in self.dooms:
            raise Crashed(event.name, self.dooms.pop(event.name))

    # --- work ---

    def wake(self, at: datetime | None = None) -> None:
        """Let the node work, now or at a time; once, however often it is asked for."""
        moment = max(at or self._agenda.now(), self._agenda.now())
        if self._wake_at is None or moment < self._wake_at:
            self._wake_at = moment
            self._agenda.at(moment, partial(self._woken, moment))

    def _woken(self, moment: datetime) -> None:
        if self._wake_at == moment:
            self._wake_at = None
            self._work()

    def _work(self) -> None:
        if self.node is None:
            return
        try:
            self.node.run_until_idle(passes=_PASSES)
        except Crashed as death:
            self.crash(death.seconds)
        except DocExchangeError as error:
            self.note(f"could not work: {error.code}")
            self.wake(self._agenda.now() + _AGAIN)
        else:
            self._plan()

    def _plan(self) -> None:
        """Come back when something is due, or for what could not be judged yet."""
        due = self.node.next_due() if self.node else None
        if due is not None:
            self.wake(due - self.clock.offset)
        if self.mailbox.rests:
            self.wake(min(self.mailbox.rests.values()))

    def act(self, act: Callable[[Node], Result]) -> Result | None:
        """Have the node do something at once.

        Returns:
            What it gives back; None when it does not run, or died of it.
        """
        if self.node is None:
            return None
        try:
            result = act(self.node)
        except Crashed as death:
            self.crash(death.seconds)
            return None
        self.wake()
        return result

    def forget(self, messages: Collection[MessageId], document_id: str) -> None:
        """Have never heard of messages and a document."""
        for name in self.store.forget(messages, document_id):
            self.payloads.forget(name)
            self._premises.spool.drop(name)
        self.desk.forget(messages)

    def note(self, text: str) -> None:
        """Write into the log."""
        self._premises.log.add(f"{self.member.organ_id.value} {text}", at=self.member.place)

    def _check_disk(self) -> None:
        if self.full_disks:
            raise StoreFailure(
                f"disk of {self.member.organ_id}: expected room to write, found none",
                code="store.full",
                advice="Make room on the disk.",
            )

    # --- certificates ---

    def renew(self, *, until: datetime | None = None) -> Seal:
        """Change to a new key and certificate; returns the one before."""
        before = self.seal
        self.seal = replace(before, generation=before.generation + 1, until=until)
        return before
