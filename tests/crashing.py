"""A letter and its statuses through four nodes on disk, killed at a chosen moment and started anew.

``python -m crashing FOLDER KIND PART,...`` runs one exchange to its end to learn its moments, and
then, for each of the moments chosen, another one in a fork that dies there by SIGKILL; in a second
fork all nodes are started again, and everyone who does not know whether his call succeeded repeats
it. For each killed exchange a line of JSON tells where it died and what was found afterwards.

In an exchange of the kind ``event-back`` the centre refuses the letter, so that it comes back to
the commune. In one of the kind ``event-many`` it is for four agencies behind one hub: the province,
two that it serves, and the centre.

``python -m crashing FOLDER event chain`` kills a single exchange at every moment that it has not
died at before, life after life.

Moments of the kind ``event`` are the durable events of a node; moments of the kind ``step`` are
what the nodes ask of the operating system (audit events of Python), and the two sides of each
write to the store and of each parcel sent.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tomllib
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from exchange_help import CODES, LETTER, NAMES, NOW, OCTETS, letter

from docexchange.clock import VirtualClock
from docexchange.delivery import Book, InboundState, OutboundState, SQLiteStore
from docexchange.envelope import Envelope, StatusCode
from docexchange.identifiers import OrganId
from docexchange.instrumentation.events import DURABLE
from docexchange.node import InboxFolder, Node
from docexchange.node.opening.config import read_config
from docexchange.signing import verify_receipt
from docexchange.transport import FolderTransport, Parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docexchange.delivery import Change
    from docexchange.instrumentation import Event

Moment = tuple[str, str]
"""Which node, and what it was about to do, or had done."""

ROUNDS: Final = 12
_BACK: Final = "-back"
_MANY: Final = "-many"
_SERVED: Final = (OrganId("000.01.00.H53"), OrganId("000.02.00.H53"))
"""Agencies without a node, in exchanges for many."""
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_SYSTEM: Final = {
    "fcntl.flock",
    "os.chmod",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
}


class Watch:
    """Sees every moment of an exchange, and kills its own process at one of them.

    Args:
        kind: which moments count.
        fatal: the number of the one to die at, from 1.
        survived: a file of those died at before, for dying at the first that is not in it.
    """

    def __init__(self, kind: str, fatal: int = 0, survived: Path | None = None) -> None:
        self._kind = kind.removesuffix(_BACK).removesuffix(_MANY)
        self._fatal = fatal
        self._survived = survived
        self._before = survived.read_text().splitlines() if survived else []
        self.at_work = ""
        self.moments: list[Moment] = []

    def hook(self, event: Event) -> None:
        """Listen to a node."""
        if event.name not in DURABLE:
            return
        self._see("event", event.name)
        line = f"{self.at_work} {event.name} {event.fields['message_id']}"
        if self._survived and line not in self._before:
            with self._survived.open("a") as stream:
                stream.write(f"{line}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    def step(self, what: str) -> None:
        """Listen to stores, transports and the operating system."""
        self._see("step", what)

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Listen to Python itself."""
        if event in _SYSTEM or (event == "open" and _is_writing(arguments[2])):
            self.step(event)

    def _see(self, kind: str, what: str) -> None:
        if kind != self._kind or not self.at_work:
            return
        self.moments.append((self.at_work, what))
        if len(self.moments) == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def _is_writing(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & _WRITES)


class WatchedStore(SQLiteStore):
    """The store on disk, with someone looking on."""

    watch: Watch

    def apply(self, changes: Sequence[Change]) -> None:
        """Write, with a moment before and after."""
        self.watch.step("before apply")
        super().apply(changes)
        self.watch.step("after apply")


class WatchedTransport(FolderTransport):
    """The folders, with someone looking on."""

    watch: Watch

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        """Send, with a moment before and after."""
        self.watch.step("before send")
        answers = super().send(parcel, payload, to=to)
        self.watch.step("after send")
        return answers


def open_node(folder: Path, clock: VirtualClock, watch: Watch) -> Node:
    """A node as its configuration says, watched."""
    config = read_config(folder)
    node = Node.from_config(config, clock=clock, hooks=[watch.hook])
    node.close()
    store = WatchedStore(folder / "store" / "store.db")
    transport = WatchedTransport(folder / "mailbox", base=folder.parent)
    store.watch = transport.watch = watch
    point = replace(node.point, store=store, transport=transport)
    return Node(point, application=InboxFolder(folder / "inbox"), folder=folder / "store")


class Exchange:
    """One letter on its way through four nodes, and its statuses on their way back."""

    def __init__(self, folder: Path, clock: VirtualClock, watch: Watch) -> None:
        self._watch = watch
        self._clock = clock
        self.nodes = {name: open_node(folder / "nodes" / name, clock, watch) for name in NAMES}

    def run(self, pause: timedelta) -> None:
        """Send, let everyone work, report, let everyone work."""
        self._as("commune", lambda node: node.send(letter(), key="k-1"))
        self._work(pause)
        self._as("central", lambda node: node.report_status(LETTER, StatusCode.RECEIVED))
        self._work(pause)
        for node in self.nodes.values():
            node.close()

    def _work(self, pause: timedelta) -> None:
        for _ in range(ROUNDS):
            busy = [self._as(name, _recover_and_run) for name in NAMES]
            if not any(busy) and not self._waiting():
                return
            self._clock.advance(pause)

    def _waiting(self) -> bool:
        return any(node.store.next_due() for node in self.nodes.values())

    def _as(self, name: str, act: Callable[[Node], Any]) -> Any:
        self._watch.at_work = name
        try:
            return act(self.nodes[name])
        finally:
            self._watch.at_work = ""


class Returned(Exchange):
    """One letter on its way to a recipient who refuses it, and the news on its way back."""

    def run(self, pause: timedelta) -> None:
        """Send, and let everyone work."""
        self._as("commune", lambda node: node.send(letter(), key="k-1"))
        self._work(pause)
        for node in self.nodes.values():
            node.close()


class Many(Exchange):
    """One letter on its way to four agencies behind one hub."""

    def run(self, pause: timedelta) -> None:
        """Send, and let everyone work."""
        text = letter(CODES["province"], *_SERVED, CODES["central"])
        self._as("commune", lambda node: node.send(text, key="k-1"))
        self._work(pause)
        for node in self.nodes.values():
            node.close()


def _recover_and_run(node: Node) -> int:
    node.recover()
    return node.run_until_idle()


# --- what is found afterwards ------------------------------------------------------------------


def faults(folder: Path) -> Iterator[str]:
    """Everything that is not as it must be once all nodes are idle."""
    clock = VirtualClock(NOW + timedelta(days=1))
    for name in NAMES:
        place = folder / "nodes" / name
        yield from (f"{name}: {fault}" for fault in _leftovers(place))
        with closing(sqlite3.connect(place / "store" / "store.db")) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                yield f"{name}: store {found}"
        with Node.from_config(place, clock=clock) as node:
            if _comes_back(folder):
                yield from (f"{name}: {fault}" for fault in _returned(node, name))
                continue
            if _is_for_many(folder):
                yield from (f"{name}: {fault}" for fault in _many(place, node, name))
                continue
            yield from (f"{name}: {fault}" for fault in _records(node))
            yield from _books(node, name)
            if name == "central":
                yield from _final(place, node)
            if name == "commune":
                yield from _statuses(node, outgoing=False)


def _leftovers(place: Path) -> Iterator[str]:
    for part in ("mailbox/new", "mailbox/tmp", "mailbox/set-aside", "store/payloads/tmp"):
        for leftover in (place / part).iterdir():
            yield f"left over: {part}/{leftover.name}"


def _records(node: Node) -> Iterator[str]:
    """Deliveries that did not end well, or ended without the evidence for it."""
    for summary in node.store.messages():
        for record in node.store.outbound_of(summary.message_id):
            if record.state is not OutboundState.ACKNOWLEDGED:
                yield f"{summary.message_id} is {record.state}: {record.problem}"
            node.point.payloads.verify(record.payload)
            obtained = [
                verify_receipt(receipt.xml, node.point.verifier)
                for receipt in node.store.receipts(summary.message_id)
                if not receipt.given
            ]
            if [receipt.sha256 for receipt in obtained if receipt.accepted] != [record.payload]:
                yield f"{summary.message_id}: receipts {obtained}"
        for came in node.store.inbound_of(summary.message_id):
            if came.state not in (InboundState.HANDED_OVER, InboundState.RELAYED):
                yield f"{summary.message_id} came in and is {came.state}: {came.problem}"
            node.point.payloads.verify(came.payload)
        events = [entry.event for entry in node.store.timeline(summary.message_id)]
        for event in ("submitted", "received", "relayed", "handed-over", "status"):
            if events.count(event) > 1:
                yield f"{summary.message_id}: {events.count(event)} times {event}"


def _many(place: Path, node: Node, name: str) -> Iterator[str]:
    """What is wrong with a letter for four: each delivery, its evidence, and what was taken."""
    for summary in node.store.messages():
        for record in node.store.outbound_of(summary.message_id):
            words = [
                verify_receipt(receipt.xml, node.point.verifier)
                for receipt in node.store.receipts_for(summary.message_id, record.recipient)
                if not receipt.given
            ]
            if record.state is not OutboundState.ACKNOWLEDGED:
                yield f"{summary.message_id} to {record.recipient} is {record.state}"
            if [(word.sha256, word.accepted) for word in words] != [(record.payload, True)]:
                yield f"{summary.message_id} to {record.recipient}: receipts {words}"
        for came in node.store.inbound_of(summary.message_id):
            if came.state not in (InboundState.HANDED_OVER, InboundState.RELAYED):
                yield f"{summary.message_id} for {came.recipient} is {came.state}"
    events = Counter(entry.event for entry in node.store.timeline(LETTER))
    names = ("submitted", "received", "relayed", "handed-over", "taken-before")
    found = tuple(events[event] for event in names)
    expected = {
        "commune": (1, 0, 0, 0, 0),
        "district": (0, 4, 4, 0, 0),
        "province": (0, 4, 1, 1, 2),
        "central": (0, 1, 0, 1, 0),
    }[name]
    if found[1:] != expected[1:]:
        yield f"{LETTER}: {dict(zip(names, found, strict=True))}"
    inbox = [path.name for path in (place / "inbox").glob("*")]
    if inbox != ([f"{LETTER}.edxml"] if name in ("province", "central") else []):
        yield f"inbox: {inbox}"


def _books(node: Node, name: str) -> Iterator[str]:
    """The letter stands once in each book, with its number, and in no hub's."""
    expected = {"commune": [[12], []], "central": [[], [1]]}.get(name, [[], []])
    found = [[row.number for row in node.register.rows(book)] for book in Book]
    if found != expected:
        yield f"books: expected {expected}, found {found}"


def _returned(node: Node, name: str) -> Iterator[str]:
    """A letter that did not come back, or without the words of the next hop."""
    refused = InboundState.REFUSED
    came = [record.state for record in node.store.inbound_of(LETTER)]
    if came != ([] if name == "commune" else [refused]):
        yield f"came in and is {came}"
    for record in node.store.outbound_of(LETTER):
        expected = OutboundState.REJECTED if name == "province" else OutboundState.RETURNED
        if record.state is not expected or "certificate" not in record.problem:
            yield f"is {record.state}: {record.problem}"
        words = [
            verify_receipt(receipt.xml, node.point.verifier)
            for receipt in node.store.receipts(LETTER)
            if not receipt.given
        ]
        last = max(words, key=lambda word: word.at)
        if last.accepted or {word.sha256 for word in words} != {record.payload}:
            yield f"has the words {words}"


def _final(place: Path, node: Node) -> Iterator[str]:
    inbox = sorted(path.name for path in (place / "inbox").iterdir())
    if inbox != [f"{LETTER}.edxml"]:
        yield f"inbox: {inbox}"
        return
    verified = node.point.verifier.verify(Envelope.read(place / "inbox" / inbox[0]))
    octets = [b"".join(item.chunks()) for item in verified.attachments]
    if octets != [OCTETS]:
        yield f"attachments: {octets}"
    events = [entry.event for entry in node.store.timeline(LETTER)]
    if events.count("handed-over") != 1:
        yield f"handed over {events.count('handed-over')} times"
    yield from _statuses(node, outgoing=True)


def _statuses(node: Node, *, outgoing: bool) -> Iterator[str]:
    found = node.store.statuses(str(letter().document_id))
    codes = sorted(status.code for status in found if status.outgoing == outgoing)
    if codes != ["01", "03"]:
        yield f"statuses: {codes}"


# --- processes ---------------------------------------------------------------------------------


def run_killed(template: Path, folder: Path, kind: str, fatal: int) -> list[str]:
    """One exchange that dies at a moment, what follows, and what is wrong then."""
    lay_out(template, folder, kind)
    died = _fork(lambda: _exchange(folder, Watch(kind, fatal), timedelta(seconds=1)))
    if died != -signal.SIGKILL:
        return [f"the first life ended with {died}"]
    again = _fork(lambda: _exchange(folder, Watch(kind), timedelta(minutes=10), hours=1))
    if again:
        return [f"the second life ended with {again}"]
    return list(faults(folder))


def lay_out(template: Path, folder: Path, kind: str) -> None:
    """Four fresh nodes; keys and trust are those of the template.

    Where letters come back, the centre knows no certificate of the commune.
    """
    for name in CODES:
        (folder / "nodes" / name / "mailbox").mkdir(parents=True)
        shutil.copy(template / "nodes" / name / "node.toml", folder / "nodes" / name)
    (folder / "pki").symlink_to(template / "pki")
    if kind.endswith(_MANY):
        directory = (template / "pki" / "directory.toml").read_text(encoding="utf-8")
        for name in CODES:
            _use(folder / "nodes" / name, "many.toml", directory + _served_by_the_province())
    if kind.endswith(_BACK):
        directory = (template / "pki" / "directory.toml").read_text(encoding="utf-8")
        _use(folder / "nodes" / "central", "strict.toml", _without_commune(directory))


def _use(place: Path, name: str, directory: str) -> None:
    """Give a node a directory of its own."""
    (place / name).write_text(directory, encoding="utf-8")
    node = (place / "node.toml").read_text(encoding="utf-8")
    node = node.replace("../../pki/directory.toml", name)
    (place / "node.toml").write_text(node, encoding="utf-8")


def _served_by_the_province() -> str:
    return "".join(
        f'\n[[agency]]\ncode = "{code}"\nname = "Sở {code}"\ntier = 3\n'
        f'parent = "{CODES["province"]}"\n'
        for code in _SERVED
    )


def _without_commune(directory: str) -> str:
    for entry in tomllib.loads(directory)["agency"]:
        if entry["code"] == str(CODES["commune"]):
            for certificate in entry["certificates"]:
                directory = directory.replace(certificate, "0" * 64)
    return directory


def _comes_back(folder: Path) -> bool:
    return (folder / "nodes" / "central" / "strict.toml").exists()


def _is_for_many(folder: Path) -> bool:
    return (folder / "nodes" / "central" / "many.toml").exists()


def _exchange(folder: Path, watch: Watch, pause: timedelta, hours: float = 0) -> None:
    sys.addaudithook(watch.audit)
    exchange = Returned if _comes_back(folder) else Many if _is_for_many(folder) else Exchange
    exchange(folder, VirtualClock(NOW + timedelta(hours=hours)), watch).run(pause)


def _fork(act: Callable[[], None]) -> int:
    child = os.fork()
    if not child:
        code = 1
        try:
            act()
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def learn(template: Path, folder: Path, kind: str) -> list[Moment]:
    """All moments of an exchange that nobody disturbs."""
    lay_out(template, folder, kind)
    reader, writer = os.pipe()

    def act() -> None:
        watch = Watch(kind)
        _exchange(folder, watch, timedelta(seconds=1))
        with os.fdopen(writer, "w") as stream:
            json.dump(watch.moments, stream)

    code = _fork_reading(act, writer)
    with os.fdopen(reader) as stream:
        moments = [(name, what) for name, what in json.load(stream)]
    wrong = list(faults(folder))
    if code or wrong:
        raise SystemExit(f"an undisturbed exchange ended with {code}: {wrong}")
    return moments


def _fork_reading(act: Callable[[], None], writer: int) -> int:
    # What fits into a pipe needs no reader yet: some thousand moments.
    code = _fork(act)
    os.close(writer)
    return code


def choose(moments: list[Moment], part: str) -> list[int]:
    """Which moments are fatal.

    Args:
        moments: all there are.
        part: the first of each name at a node (``commune``), all of one name at a node
            (``commune/before apply``), ``all`` of them, what follows upon some
            (``after:os.link``), or a number by lot, of all (``8``) or of one name
            (``3/before send``).
    """
    numbers = range(1, len(moments) + 1)
    if part in CODES:
        first = {moment: number for number, moment in reversed(list(enumerate(moments, start=1)))}
        return sorted(number for (name, _), number in first.items() if name == part)
    if part == "all":
        return list(numbers)
    if part.startswith("after:"):
        return [n + 1 for n in numbers if moments[n - 1][1] == part.removeprefix("after:")]
    if part.partition("/")[0] in CODES:
        return [n for n in numbers if "/".join(moments[n - 1]) == part]
    count, _, wanted = part.partition("/")
    there = [number for number in numbers if wanted in ("", moments[number - 1][1])]
    return sorted(random.Random(part).sample(there, min(int(count), len(there))))


def run_chain(template: Path, folder: Path) -> tuple[list[str], list[str]]:
    """One exchange that dies at each of its moments once; where it died, and what is wrong then."""
    lay_out(template, folder, "event")
    survived = folder / "survived"
    survived.touch()
    for life in range(500):
        pause = timedelta(minutes=10)
        watch = Watch("event", survived=survived)
        code = _fork(lambda: _exchange(folder, watch, pause, hours=life / 4))  # noqa: B023
        if code != -signal.SIGKILL:
            break
    wrong = [f"the last life ended with {code}"] if code else list(faults(folder))
    return survived.read_text().splitlines(), wrong


def main(folder: Path, kind: str, parts: str) -> None:
    """Kill, and tell."""
    out = io.TextIOWrapper(sys.stdout.buffer, write_through=True)
    template = folder / "template"
    if parts == "chain":
        died, wrong = run_chain(template, folder / "chain")
        for line in died:
            name, what, _ = line.split()
            out.write(json.dumps({"node": name, "at": what, "wrong": wrong}) + "\n")
        return
    moments = learn(template, folder / "undisturbed", kind)
    for number in sorted({number for part in parts.split(",") for number in choose(moments, part)}):
        place = folder / f"killed-{number}"
        name, what = moments[number - 1]
        wrong = run_killed(template, place, kind, number)
        out.write(json.dumps({"number": number, "node": name, "at": what, "wrong": wrong}) + "\n")
        shutil.rmtree(place)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
