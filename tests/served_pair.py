"""Two agencies, each with a running ``docexchange node run``, that reach each other over HTTPS.

``Pair`` lays them out, starts and kills their processes and reads their logs: whoever waits for
something looks again whenever a node has said something, and never by the clock. ``faults`` tells
what is wrong when a letter has been exchanged.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from exchange_help import COMMUNE, DISTRICT, letter

from docexchange.clock import SystemClock
from docexchange.delivery import InboundState, OutboundState, check_store
from docexchange.identifiers import MessageId, OrganId
from docexchange.node import Node, open_storage, read_config
from docexchange.testing import FOUR_TIERS, DemoAgency, DemoPki, free_ports, write_served_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docexchange.delivery import Store
    from docexchange.envelope import Document
    from docexchange.node import Storage

ROOT: Final = Path(__file__).parents[1]
AGENCIES: Final = (FOUR_TIERS[0], replace(FOUR_TIERS[1], parent=None))
CODES: Final = {"commune": COMMUNE, "district": DISTRICT}
OTHER: Final = {"commune": "district", "district": "commune"}
SERVED: Final = {
    "commune": (OrganId("000.21.01.H53"), OrganId("000.21.02.H53")),
    "district": (OrganId("000.31.01.H53"), OrganId("000.31.02.H53")),
}
"""Agencies without a node of their own."""
SMALL: Final = b"%PDF-1.4 " + b"s" * 2_000
LARGE: Final = b"%PDF-1.4 " + os.urandom(150_000)
HASTE: Final = """
[server.limits]
memory_bytes = 4096        # so that letters pushed go through a file
upload_flush_bytes = 65536
rate_per_second = 100000
burst = 100000
requests_per_agency = 64

[http]
at_once_bytes = 65536      # so that larger ones are uploaded
pause_seconds = 0.02
stalls = 2
rest_seconds = 0.1
lease_seconds = 1

[retry]
first_seconds = 0.05
longest_seconds = 0.2
attempts = 100000
"""


class Life(Protocol):
    """A process of a node."""

    pid: int

    def wait(self) -> int:
        """Wait for its end; gives back its exit code, negative for a signal."""

    def fileno(self) -> int:
        """Where its log is read."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process that was started as an operator starts it."""

    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait(self) -> int:
        code = self.process.wait(30)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code

    def fileno(self) -> int:
        assert self.process.stderr is not None
        return self.process.stderr.fileno()


def start(folder: Path, *, before: str = "") -> Started:
    """Start ``docexchange node run`` for a folder.

    Args:
        folder: of the node.
        before: shell commands that come first (``ulimit -f 8``).
    """
    program = "from docexchange.cli import main; main()"
    command = [sys.executable, "-c", program, "node", "run", "--node", str(folder)]
    if before:
        command = ["sh", "-c", f'{before}; exec "$@"', "sh", *command]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    return Started(subprocess.Popen(command, stderr=subprocess.PIPE, env=environment))


@dataclass(repr=False)
class Pair:
    """The commune and the district; a context manager, in whose end both are killed."""

    folder: Path
    start: Callable[[Path], Life] = start
    log: list[str] = field(default_factory=list)
    lives: dict[str, Life] = field(default_factory=dict)
    more: str = HASTE
    agencies: tuple[DemoAgency, ...] = AGENCIES
    """Who has a node; those of ``names`` run."""
    fetches: bool = False
    """Whether the commune is reached by nobody, and fetches what is for it from the district."""
    several: bool = False
    """Whether every second letter is also for two agencies that the other one serves."""
    ended: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The nodes that run."""
        return tuple(agency.folder for agency in self.agencies)

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self._selector = self._open.enter_context(selectors.DefaultSelector())
        self._rest = dict.fromkeys(self.names, b"")
        ports = self._open.enter_context(free_ports(len(self.agencies)))
        folders = (agency.folder for agency in self.agencies)
        self._ports = dict(zip(folders, ports, strict=True))
        self.pki = DemoPki.create(self.agencies, at=SystemClock().now(), key="p256")
        self.folders = write_served_nodes(self.folder, self.pki, ports)
        with (self.folder / "pki" / "directory.toml").open("a", encoding="utf-8") as stream:
            stream.writelines(map(_agency, SERVED))
        for folder in self.folders.values():
            config = folder / "node.toml"
            text = config.read_text(encoding="utf-8")
            config.write_text(f"poll_seconds = 0.05\n{text}{self.more}", encoding="utf-8")
        if self.fetches:
            mailbox = f'mailbox = ["{self.endpoint("district")}"]'
            _change(self.folders["commune"] / "node.toml", "mailbox = []", mailbox)
            self.keep_letters_for("commune")
        return self

    def __exit__(self, *error: object) -> None:
        for name in list(self.lives):
            self.kill(name)
        self._open.close()

    def keep_letters_for(self, name: str) -> None:
        """Whoever sends to that node keeps it until it is fetched."""
        _change(self.folder / "pki" / "directory.toml", self.endpoint(name), "pull:")

    # --- processes ---

    def run(self, *names: str, **options: Any) -> None:
        """Start nodes, and wait until they serve."""
        for name in names or self.names:
            self.begin(name, **options)
        for name in names or self.names:
            self.until(lambda name=name: self.said(name, "http.serving"), f"{name} serves")

    def begin(self, name: str, **options: Any) -> None:
        """Start a node; what it said in former lives is forgotten."""
        self.log = [line for line in self.log if not line.startswith(f"{name}: ")]
        life = self.lives[name] = self.start(self.folders[name], **options)
        self._selector.register(life.fileno(), selectors.EVENT_READ, name)

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """End a process by a signal, and wait for its end."""
        os.kill(self.lives[name].pid, number)
        return self.buried(name)

    def buried(self, name: str) -> int:
        """Wait for the end of a process; gives back how it ended."""
        while name in self.lives:
            self._read(name, 30)
        return self.ended

    def said(self, name: str, *words: str) -> bool:
        """Whether a node said all of that in one line of this life."""
        return any(
            line.startswith(f"{name}: ") and all(word in line for word in words)
            for line in self.log
        )

    def until(self, done: Callable[[], bool], what: str, seconds: float = 30) -> None:
        """Wait until something is the case; looked at again whenever a node has said something."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end or not self.lives:
                raise AssertionError("\n".join([f"waited in vain: {what}", *self.log[-60:]]))
            self.listen(end - time.monotonic())

    def listen(self, seconds: float) -> None:
        """Wait for news, so long at most."""
        for key, _ in self._selector.select(max(seconds, 0)):
            self._take(key.data)

    def listen_for(self, seconds: float) -> None:
        """Read all that is said for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.listen(left)

    def _read(self, name: str, seconds: float) -> None:
        if not self._selector.select(seconds):
            raise AssertionError(f"{name} did not end")
        self._take(name)

    def _take(self, name: str) -> None:
        """Read what a node has said, or note that it has ended."""
        life = self.lives[name]
        data = os.read(life.fileno(), 65536)
        if not data:
            self._selector.unregister(life.fileno())
            self._rest[name] = b""
            self.ended = life.wait()
            del self.lives[name]
            return
        *lines, self._rest[name] = (self._rest[name] + data).split(b"\n")
        self.log += [f"{name}: {line.decode()}" for line in lines]

    def endpoint(self, name: str) -> str:
        """Where a node is reached."""
        return f"https://localhost:{self._ports[name]}/"

    # --- letters ---

    def send(self, sender: str, number: int, octets: bytes = SMALL, hooks: Any = ()) -> Document:
        """Submit a letter as another process of the agency does; again, nothing new happens."""
        text = self.letter(sender, number, octets)
        with Node.from_config(self.folders[sender], hooks=hooks) as node:
            node.send(text, key=f"k-{number}")
        return text

    def letter(self, sender: str, number: int, octets: bytes = SMALL) -> Document:
        """The letter of that number, to the other agency, and perhaps to those behind it."""
        behind = SERVED[OTHER[sender]] if self.several and number % 2 == 0 else ()
        return letter(
            CODES[OTHER[sender]],
            *behind,
            sender=CODES[sender],
            message_id=MessageId(f"m-{sender}-{number}"),
            number=str(number),
            octets=octets,
        )

    def storage(self, name: str) -> Storage:
        """What a node remembers."""
        return open_storage(read_config(self.folders[name]))

    def is_busy(self, name: str) -> bool:
        """Whether a node has something under way, or something that waits for its application."""
        with self.storage(name) as storage:
            return not _settled(storage.store)

    def exchanged(self, sender: str, *texts: Document) -> bool:
        """Whether letters are acknowledged, their statuses have come back, and are so too."""
        wanted = {item.message_id for item in texts}
        with self.storage(sender) as mine, self.storage(OTHER[sender]) as other:
            return (
                _settled(mine.store)
                and _settled(other.store)
                and wanted <= {item.message_id for item in other.store.messages()}
                and all(mine.store.statuses(str(item.document_id)) for item in texts)
            )

    def faults(self, sender: str, text: Document) -> Iterator[str]:
        """Everything that is not as it must be after a letter was exchanged."""
        told: MessageId = text.message_id  # type: ignore[assignment]
        with self.storage(sender) as mine, self.storage(OTHER[sender]) as other:
            found = mine.store.statuses(str(text.document_id))
            if [(item.code, item.outgoing) for item in found] != [("01", False)]:
                yield f"{told}: statuses {found}"
                return
            yield from _faults_of_one(told, mine, other)
            yield from _faults_of_one(found[0].message_id, other, mine)
        inbox = self.folders[OTHER[sender]] / "inbox"
        if not (inbox / f"{told}.edxml").is_file():
            yield f"{told}: not in the inbox: {sorted(inbox.iterdir())}"

    def leftovers(self) -> Iterator[str]:
        """What is left over, damaged or out of line, when nothing is under way any more."""
        for name in self.names:
            store = self.folders[name] / "store"
            with self.storage(name) as storage:
                report = check_store(store / "store.db", storage.payloads)
                yield from (f"{name}: {item.message}" for item in report.problems)
            for part in ("http/spool/*", "payloads/tmp/*", "lines/**/*.json"):
                yield from (f"{name}: left over: {item}" for item in store.glob(part))


def _agency(server: str) -> str:
    """Entries of agencies that another one's node serves."""
    return "".join(
        f'\n[[agency]]\ncode = "{code}"\nname = "Tổ {code}"\ntier = 5\nparent = "{CODES[server]}"\n'
        for code in SERVED[server]
    )


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _settled(store: Store) -> bool:
    """Whether nothing is under way at a node, and nothing waits for its application."""
    under_way = [state for state in OutboundState if not state.is_terminal]
    waiting = (InboundState.RECEIVED, InboundState.VERIFIED)
    return not (
        any(store.in_state(state) for state in under_way)
        or any(store.inbound_in_state(state) for state in waiting)
    )


def _faults_of_one(message_id: MessageId, sent: Storage, came: Storage) -> Iterator[str]:
    """What is wrong with one message at both ends."""
    records = sent.store.outbound_of(message_id)
    if {item.state for item in records} != {OutboundState.ACKNOWLEDGED}:
        yield f"{message_id}: sent and is {records}"
    arrived = came.store.inbound_of(message_id)
    if {item.state for item in arrived} != {InboundState.HANDED_OVER}:
        yield f"{message_id}: came and is {arrived}"
    if [item.recipient for item in records] != [item.recipient for item in arrived]:
        yield f"{message_id}: sent {records}, came {arrived}"
    obtained = {item.xml for item in sent.store.receipts(message_id) if not item.given}
    given = {item.xml for item in came.store.receipts(message_id) if item.given}
    if obtained != given or len(given) != len(records):
        yield f"{message_id}: {len(obtained)} receipts obtained, {len(given)} given"
    for record in (*records, *arrived):
        (sent if record in records else came).payloads.verify(record.payload)
    events = [item.event for item in came.store.timeline(message_id)]
    if events.count("received") != len(records) or events.count("handed-over") != 1:
        yield f"{message_id}: timeline {events}"
