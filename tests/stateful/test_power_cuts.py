"""The power fails at any moment: what a node has promised by then is on its disk.

SIGKILL leaves everything that was written, flushed or not; a power cut does not. strace tells what
the nodes wrote and flushed, and `power_disk` what is left of it.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from crash_runs import deaths_of, folder_in_memory
from power_disk import CALLS, Disk

from docexchange.testing.nodes import write_nodes

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.testing import DemoPki

pytestmark = pytest.mark.peer("strace")


@pytest.fixture
def cut(pki: DemoPki):
    """Cuts the power at some moments of an exchange; where, when all has ended well each time."""

    def run(kind: str, part: str, timeout: float = 200) -> list[dict[str, object]]:
        with folder_in_memory() as folder:
            write_nodes(folder / "template", pki)
            return deaths_of("power_cuts", folder, kind, part, timeout=timeout)

    return run


def test_what_was_promised_before_a_power_cut_is_kept(cut):
    """Whichever node it meets, with nothing left there but what was flushed."""
    cuts = cut("event", "16")
    assert len(cuts) == 16
    assert len({found["node"] for found in cuts}) == 4


def test_what_was_written_and_not_flushed_may_be_there_or_not(cut):
    """File by file and folder by folder, by lot; a letter for many is no exception."""
    assert len(cut("event-many", "lot:8")) == 8


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["event", "event-back", "event-many"])
@pytest.mark.parametrize("part", ["all", "lot:200"])
def test_the_power_may_fail_at_every_moment_of_an_exchange(cut, kind, part):
    """Each durable event, each node."""
    assert len(cut(kind, part, timeout=3600)) >= 100


PROGRAM = """
import os, sys
folder, marks = sys.argv[1:]
moments = os.open(marks, os.O_WRONLY | os.O_CREAT)
there = os.open(folder, os.O_RDONLY)
def file(name, *pieces, flushed):
    handle = os.open(f"{folder}/{name}", os.O_RDWR | os.O_CREAT, 0o600)
    for number, piece in enumerate(pieces):
        os.write(handle, piece)
        if number < flushed:
            os.fsync(handle)
    os.close(handle)
file("both", b"a", b"b", flushed=2)
file("half", b"a", b"b", flushed=1)
file("none", b"a", flushed=0)
os.fsync(there)
file("late", b"a", flushed=1)
os.rename(f"{folder}/both", f"{folder}/renamed")
os.link(f"{folder}/half", f"{folder}/linked")
os.remove(f"{folder}/old")
os.mkdir(f"{folder}/below")
os.write(moments, b"one")
os.fsync(there)
handle = os.open(f"{folder}/renamed", os.O_RDWR)
os.pwrite(handle, b"X", 1)
os.ftruncate(handle, 5)
os.write(moments, b"two")
os.fdatasync(handle)
os.write(moments, b"three")
"""
LEFT = {
    "one": {"old": b"old", "both": b"ab", "half": b"a", "none": b""},
    "two": {"renamed": b"ab", "half": b"a", "linked": b"a", "none": b"", "late": b"a"},
    "three": {"renamed": b"aX\0\0\0", "half": b"a", "linked": b"a", "none": b"", "late": b"a"},
}
THERE = {"renamed": b"aX\0\0\0", "half": b"ab", "linked": b"ab", "none": b"a", "late": b"a"}


def test_only_what_was_flushed_is_left_on_the_disk(tmp_path: Path):
    """Bytes by their file, names by their folder; what is lost nowhere is the disk as it is."""
    folder, marks, trace = tmp_path / "disk", tmp_path / "moments", tmp_path / "trace"
    folder.mkdir()
    (folder / "old").write_bytes(b"old")
    disk = Disk(folder)
    words = ["strace", "-f", "-xx", "-s", "9999", "-o", trace, "-e", f"trace={CALLS}"]
    subprocess.run([*words, sys.executable, "-c", PROGRAM, folder, marks], check=True)
    assert disk.differs_from(folder)
    found = {}
    with trace.open() as lines:
        for moment in disk.follow(lines, marks=str(marks)):
            disk.lay_out(tmp_path / moment, lost=lambda _: True)
            found[moment] = files_in(tmp_path / moment)
    assert found == LEFT
    assert disk.differs_from(folder) == []
    disk.lay_out(tmp_path / "now", lost=lambda _: False)
    assert files_in(tmp_path / "now") == files_in(folder) == THERE


def files_in(folder: Path) -> dict[str, bytes]:
    """What is in it."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
