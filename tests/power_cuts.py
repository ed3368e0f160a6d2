"""An exchange between four nodes on disk, in which the power of one of them fails at each moment.

``python -m power_cuts FOLDER KIND PART`` runs one exchange of ``crashing`` under strace. Then, for
each durable event and each node, it lays out what a power cut of that node leaves: of its own
folder only what was flushed by then, of all others everything. All nodes are started again there,
and everyone who does not know whether his call succeeded repeats it. For each cut a line of JSON
tells where it was, and what was found afterwards.

PART is ``all``, a number of cuts by lot (``20``), or ``lot:`` and a number, for as many cuts in
which each file and folder of the node has, by lot, lost what was not flushed, or not.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import traceback
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crashing import CODES, Exchange, Watch, _exchange, _fork, faults, lay_out
from exchange_help import NOW
from power_disk import CALLS, Disk

from docexchange.clock import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.instrumentation import Event

_LONGEST: Final = 1 << 25


class Marking(Watch):
    """Notes every durable event in a file."""

    def __init__(self, kind: str, marks: Path) -> None:
        super().__init__(kind)
        self._marks = os.open(marks, os.O_WRONLY | os.O_CREAT)

    def hook(self, event: Event) -> None:
        """Listen to a node."""
        before = len(self.moments)
        super().hook(event)
        for name, what in self.moments[before:]:
            os.write(self._marks, f"{name} {what}\n".encode())


def live(folder: Path, kind: str, marks: Path) -> None:
    """One exchange that nobody disturbs, in this process."""
    _exchange(folder, Marking(kind, marks), timedelta(seconds=1))


def traced(folder: Path, kind: str) -> tuple[Path, Path]:
    """The same under strace; where its trace is, and what the moments are written to."""
    trace, marks = folder.with_name("trace"), folder.with_name("moments")
    words = ["strace", "-f", "-xx", "-s", str(_LONGEST), "-o", str(trace), "-e", f"trace={CALLS}"]
    program = [sys.executable, "-m", "power_cuts", str(folder), kind, "--live", str(marks)]
    subprocess.run([*words, *program], check=True)
    return trace, marks


def cuts(folder: Path, kind: str, part: str) -> None:
    """Cut, and tell."""
    place = folder / "power"
    lay_out(folder / "template", place, kind)
    _fork(lambda: _opened(place))
    disk = Disk(place)
    trace, marks = traced(place, kind)
    real = Disk(place)
    chosen = _choose(marks.read_text().count("\n"), part)
    with trace.open() as lines:
        for number, moment in enumerate(disk.follow(lines, marks=str(marks)), start=1):
            for victim in (name for name in CODES if (number, name) in chosen):
                disk.lay_out(place, lost=_lost(victim, number, by_lot=part.startswith("lot:")))
                wrong = _found(place, kind)
                told = {"at": moment.strip(), "node": victim, "number": number, "wrong": wrong}
                sys.stdout.write(json.dumps(told) + "\n")
    real.lay_out(place, lost=lambda _: False)
    if odd := disk.differs_from(place):
        raise SystemExit(f"expected to have followed all calls, found other files: {odd}")


def _choose(moments: int, part: str) -> set[tuple[int, str]]:
    everything = [(number, name) for number in range(1, moments + 1) for name in CODES]
    if part == "all":
        return set(everything)
    count = min(int(part.removeprefix("lot:")), len(everything))
    return set(random.Random(part).sample(everything, count))


def _lost(victim: str, number: int, *, by_lot: bool) -> Callable[[str], bool]:
    chance = random.Random(f"{number} {victim}")

    def lost(path: str) -> bool:
        is_its = f"{path}/".startswith(f"/nodes/{victim}/")
        return is_its and not (by_lot and chance.getrandbits(1))

    return lost


def _found(place: Path, kind: str) -> list[str]:
    """What is wrong when all nodes have been started again, and are idle."""
    code = _fork(lambda: _again(place, kind))
    return [f"the second life ended with {code}"] if code else list(faults(place))


def _again(folder: Path, kind: str) -> None:
    try:
        _exchange(folder, Watch(kind), timedelta(minutes=10), hours=1)
    except BaseException:
        traceback.print_exc()
        raise


def _opened(folder: Path) -> None:
    for node in Exchange(folder, VirtualClock(NOW), Watch("none")).nodes.values():
        node.close()


if __name__ == "__main__":
    if "--live" in sys.argv:
        live(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[4]))
    else:
        cuts(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
