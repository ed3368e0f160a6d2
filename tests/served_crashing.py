"""Letters between two served nodes that are killed at each of their moments, or at random.

``python -m served_crashing FOLDER moments NAME`` finds out the moments that a node has in an
exchange (its events, and what it asks of the system in the folders of its uploads), and then, for
each of them, sends a letter in whose exchange that node dies there by SIGKILL, and is started anew.
For each a line of JSON tells where it died and what was found afterwards.

``python -m served_crashing FOLDER fetching NAME`` does the same where the commune can be reached by
nobody, and fetches what is for it from its mailbox at the district.

``python -m served_crashing FOLDER random KILLS SEED`` keeps letters going both ways, small ones and
uploads, and kills one node or the other after a time that the lot says.

Nodes run as forks of this process, which has read all code already: ``docexchange node run``, with
a fuse.
"""

from __future__ import annotations

import io
import json
import logging
import mmap
import os
import random
import re
import signal
import sys
import traceback
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from served_pair import CODES, LARGE, OTHER, SMALL, Pair

from docexchange.cli import main as command_line
from docexchange.instrumentation.events import DURABLE, EventName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docexchange.envelope import Document
    from docexchange.instrumentation import Event

EVENTS: Final = {*DURABLE, EventName.OUTBOUND_ENDED}
_STEPS: Final = {"os.mkdir", "os.remove", "os.rename", "os.rmdir"}
_PLACES: Final = re.compile(r"/store/((?:http|lines|boxes)/.*)")
_NAMES: Final = re.compile(r"(?:m-[0-9a-z-]+\.[0-9A-Z.]+\.message\.)?[0-9a-f]{16,}")
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_SUBMITTING: Final = [EventName.SUBMIT_STORED, EventName.SUBMIT_QUEUED]
_NAME: Final = 256
"""Octets of the name of a moment."""
_LONGEST_SECONDS: Final = 0.8
"""So long a node lives at most in random runs."""


class Fuse:
    """Kills the process that passes a moment; set in one process, it burns in another."""

    def __init__(self) -> None:
        self._memory: Final = mmap.mmap(-1, 4096)
        self._told = -1

    def arm(self, moment: str, time: int) -> None:
        """Choose the moment.

        Args:
            moment: its name.
            time: 1 for the first time it comes, 2 for the second.
        """
        self._memory[:_NAME] = moment.encode().ljust(_NAME, b"\0")
        self._memory[_NAME] = time

    def connect(self, told: int = -1) -> None:
        """Watch this process from now on: its log and what it asks of the system.

        Args:
            told: where moments are written to, one on each line.
        """
        self._told = told
        logging.getLogger("docexchange").addFilter(self._logged)
        sys.addaudithook(self._asked)

    def hook(self, event: Event) -> None:
        """Listen to a node."""
        if event.name in EVENTS:
            self._pass(event.name)

    def _logged(self, record: logging.LogRecord) -> bool:
        name = record.getMessage().partition(" ")[0]
        if name in EVENTS:
            self._pass(name)
        return True

    def _asked(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STEPS or (event == "open" and _is_writing(arguments[2])):
            target = arguments[1] if event == "os.rename" else arguments[0]
            if place := _PLACES.search(str(target)):
                self._pass(f"{event} {_NAMES.sub('*', place[1])}")

    def _pass(self, moment: str) -> None:
        if self._told >= 0:
            os.write(self._told, f"{moment}\n".encode())
        if self._memory[:_NAME].rstrip(b"\0").decode() != moment or not self._memory[_NAME]:
            return
        self._memory[_NAME] -= 1
        if not self._memory[_NAME]:
            os.kill(os.getpid(), signal.SIGKILL)


def _is_writing(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & _WRITES)


@dataclass(frozen=True, slots=True)
class Forked:
    """A node in a fork of this process."""

    pid: int
    reader: int

    def wait(self) -> int:
        os.close(self.reader)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def fileno(self) -> int:
        return self.reader


def fork_node(folder: Path, fuse: Fuse, told: int = -1) -> Forked:
    """Start ``docexchange node run`` in a fork."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return Forked(pid, reader)
    try:
        sys.stderr = os.fdopen(writer, "w", buffering=1, encoding="utf-8")
        fuse.connect(told)
        command_line(["node", "run", "--node", str(folder)])
    except SystemExit as ended:
        os._exit(int(ended.code or 0))
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a node."""

    what: str
    """Its name."""
    time: int
    """The first time it comes, or the second."""
    octets: bytes
    """Attachment of a letter in whose exchange it comes."""


# --- at each moment ----------------------------------------------------------------------------


def moments(folder: Path, *, fetches: bool) -> dict[str, list[Moment]]:
    """The moments of each node in the exchange of a small and a large letter from the commune."""
    found: dict[str, dict[tuple[str, int], Moment]] = {name: {} for name in CODES}
    readers: dict[str, int] = {}
    with Pair(folder, start=telling(readers), fetches=fetches, several=True) as pair:
        pair.run()
        for reader in readers.values():
            lines_told(reader)
        for number, octets in enumerate((SMALL, LARGE)):
            text = pair.send("commune", number, octets)
            pair.until(lambda text=text: pair.exchanged("commune", text), "the exchange ends")
            for name, reader in readers.items():
                for moment in moments_in(lines_told(reader), octets):
                    found[name].setdefault((moment.what, moment.time), moment)
    return {name: list(items.values()) for name, items in found.items()}


def telling(readers: dict[str, int]) -> Callable[[Path], Forked]:
    """Starts nodes that tell each moment; where that is read is entered by their names."""

    def start(place: Path) -> Forked:
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        readers[place.name] = reader
        forked = fork_node(place, Fuse(), writer)
        os.close(writer)
        return forked

    return start


def moments_in(lines: list[str], octets: bytes) -> Iterator[Moment]:
    """Each moment the first time it came, and the second time if it came again."""
    for what, times in Counter(lines).items():
        yield from (Moment(what, time, octets) for time in range(1, min(times, 2) + 1))


def lines_told(reader: int) -> list[str]:
    data = b""
    try:
        while piece := os.read(reader, 65536):
            data += piece
    except BlockingIOError:
        pass
    return data.decode().splitlines()


def kill_at_moments(folder: Path, name: str, *, fetches: bool) -> Iterator[dict[str, object]]:
    """For each moment of a node a letter, and a death."""
    known = moments(folder / "undisturbed", fetches=fetches)[name]
    fuses = {node: Fuse() for node in CODES}

    def start(place: Path) -> Forked:
        return fork_node(place, fuses[place.name])

    with Pair(folder / "killed", start=start, fetches=fetches, several=True) as pair:
        pair.run()
        sent: list[Document] = []
        if name == "commune":
            for moment in (Moment(what, 1, SMALL) for what in _SUBMITTING):
                died = died_at(moment, partial(pair.send, name, len(sent), SMALL))
                sent.append(pair.send(name, len(sent)))
                yield made_good(pair, moment, sent[-1], died)
        for moment in known:
            fuses[name].arm(moment.what, moment.time)
            sent.append(pair.send("commune", len(sent), moment.octets))
            died = death(pair, name, moment, sent[-1])
            fuses[name].arm("", 0)
            yield made_good(pair, moment, sent[-1], died)
        yield {"at": "", "died": 0, "wrong": list(_wrong_in_the_end(pair, {"commune": sent}))}


def died_at(moment: Moment, act: Callable[..., object]) -> int:
    """Do something at a node, with hooks, in a fork that dies meanwhile; tells how it ended."""
    fuse = Fuse()
    fuse.arm(moment.what, moment.time)
    pid = os.fork()
    if not pid:
        try:
            act(hooks=[fuse.hook])
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def death(pair: Pair, name: str, moment: Moment, text: Document) -> int:
    """Wait for a node to die, and start it anew; gives back how it ended.

    What came twice in the first exchange may not come twice again, and folders are made once, with
    what they say of themselves: then the node goes on living (0).
    """
    once = moment.what.startswith("os.mkdir") or "/notes" in moment.what
    may_live = moment.time > 1 or once

    def over() -> bool:
        return name not in pair.lives or (may_live and pair.exchanged("commune", text))

    pair.until(over, f"{name} dies at {moment.what}")
    if name in pair.lives:
        return 0
    died = pair.ended
    pair.until(lambda: _revived(pair, name), f"{name} serves again")
    return died


def _revived(pair: Pair, name: str) -> bool:
    """Whether a node serves; started if it is dead, also if that was in the moment it was spared.

    Then it started with the next moment armed, which may have come at once.
    """
    if name not in pair.lives:
        pair.begin(name)
    return pair.said(name, "http.serving")


def made_good(pair: Pair, moment: Moment, text: Document, died: int) -> dict[str, object]:
    def is_good() -> bool:
        return all(_revived(pair, name) for name in pair.names) and pair.exchanged("commune", text)

    pair.until(is_good, f"made good: {moment.what}")
    return {"at": moment.what, "died": died, "wrong": list(pair.faults("commune", text))}


def _wrong_in_the_end(pair: Pair, sent: dict[str, list[Document]]) -> Iterator[str]:
    for sender, texts in sent.items():
        inbox = pair.folders[OTHER[sender]] / "inbox"
        # Statuses are copied there as well.
        came = sorted(path.stem for path in inbox.iterdir() if path.stem.startswith("m-"))
        if came != sorted(str(text.message_id) for text in texts):
            yield f"inbox of {OTHER[sender]}: {came}"
        for text in texts:
            yield from _unproved(pair, sender, text)
    yield from wrong_at_the_end(pair)


def wrong_at_the_end(pair: Pair) -> Iterator[str]:
    """How nodes end that are told to, and what they leave over."""
    for name in pair.names:
        code = pair.kill(name, signal.SIGTERM)
        if code:
            yield f"{name} ended with {code}"
    yield from pair.leftovers()


def _unproved(pair: Pair, sender: str, text: Document) -> Iterator[str]:
    """What ``docexchange trace --verify`` says about a letter whose way is not wholly proved.

    For an agency without a node nobody signs but the node that serves it: its way is proved so far.
    """
    message_id, as_expected = str(text.message_id), 3 if len(text.destinations) > 1 else None
    nodes = [f"--node={pair.folders[name]}" for name in (sender, OTHER[sender])]
    said = io.StringIO()
    with redirect_stdout(said):
        try:
            command_line(["trace", message_id, *nodes, "--verify"])
        except SystemExit as ended:
            if (ended.code or None) != as_expected or "prove the whole way" not in said.getvalue():
                yield f"trace of {message_id} ended with {ended.code}: {said.getvalue()}"


# --- at random ---------------------------------------------------------------------------------


def kill_at_random(folder: Path, kills: int, seed: str) -> Iterator[dict[str, object]]:
    """Letters both ways, kills, and in the end everything as it must be."""
    lot, fuse = random.Random(seed), Fuse()
    with Pair(folder, start=lambda place: fork_node(place, fuse), several=True) as pair:
        pair.run()
        sent: dict[str, list[Document]] = {name: [] for name in CODES}
        for _ in range(kills):
            _submit_some(pair, sent, lot)
            pair.listen_for(lot.uniform(0, _LONGEST_SECONDS))
            name = lot.choice(list(CODES))
            died, busy = pair.kill(name), pair.is_busy(name)
            pair.begin(name)
            yield {"at": name, "died": died, "busy": busy, "wrong": []}
        for sender, texts in sent.items():
            pair.until(lambda s=sender, t=texts: pair.exchanged(s, *t), f"all of {sender}", 600)
            wrong = [fault for text in texts for fault in pair.faults(sender, text)]
            yield {"at": f"letters of {sender}", "died": 0, "wrong": wrong, "letters": len(texts)}
        yield {"at": "", "died": 0, "wrong": list(_wrong_in_the_end(pair, sent))}


def _submit_some(pair: Pair, sent: dict[str, list[Document]], lot: random.Random) -> None:
    for sender, texts in sent.items():
        for _ in range(lot.randrange(1, 4)):
            octets = lot.choice((SMALL, SMALL, LARGE))
            # Numbers of one agency are even, those of the other odd.
            number = 2 * len(texts) + (sender == "district")
            texts.append(pair.send(sender, number, octets))


def main(folder: Path, kind: str, *arguments: str) -> None:
    """Kill, and tell."""
    deaths = (
        kill_at_moments(folder, arguments[0], fetches=kind == "fetching")
        if kind in ("moments", "fetching")
        else kill_at_random(folder, int(arguments[0]), arguments[1])
    )
    for death in deaths:
        sys.stdout.write(json.dumps(death) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
