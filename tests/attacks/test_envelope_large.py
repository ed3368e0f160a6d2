"""Memory does not grow with what is carried, and work grows no faster than it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from counting import calls_of
from letters import HUB, letter, octets

from docexchange.envelope import Attachment, Envelope
from docexchange.errors import LimitExceeded
from docexchange.identifiers import ContentId
from docexchange.limits import Limits
from docexchange.testing import run_measured

if TYPE_CHECKING:
    from pathlib import Path

MOST_MEMORY: Final = 80_000_000
"""Bytes that any of it may hold, the interpreter included."""
PRELUDE: Final = """
import hashlib, sys
from pathlib import Path
from counting import calls_of
from letters import HUB, letter
from docexchange.envelope import Attachment, Envelope
source, target = map(Path, sys.argv[1:3])
"""
STEPS: Final = {
    "write": "Envelope.of(letter(Attachment.from_path(source))).write_to(target)",
    "hash": """
[attachment] = Envelope.read(source).message.attachments
with attachment.open() as stream:
    assert hashlib.file_digest(stream, "sha256").digest() == attachment.sha256
target.write_text(attachment.sha256.hex())
""",
    "trace": "Envelope.read(source).with_trace(HUB).write_to(target)",
}
"""What is done to a file, each in a process of its own."""


def passed_through(folder: Path, size: int) -> dict[str, int]:
    """Write a letter around a file, hash what is in it, add a trace header; the memory of each."""
    scan, written, told, traced = (folder / name for name in ("scan.pdf", "letter", "told", "on"))
    with scan.open("wb") as stream:
        stream.write(b"%PDF")
        stream.truncate(size)
    peaks = {
        "write": _run(STEPS["write"], scan, written),
        "hash": _run(STEPS["hash"], written, told),
        "trace": _run(STEPS["trace"], written, traced),
    }
    expected = Attachment.from_path(scan).sha256.hex()
    grown = traced.stat().st_size - written.stat().st_size
    for path in (scan, written, traced):
        path.unlink()
    assert told.read_text(encoding="ascii") == expected
    assert 0 < grown < 500
    return peaks


def _run(script: str, source: Path, target: Path) -> int:
    """Run a script over two files in a process of its own; the most memory it held, in bytes."""
    search = f"import sys; sys.path[:0] = {sys.path!r}\n"
    done = run_measured(
        [sys.executable, "-c", search + PRELUDE + script, source, target], timeout_seconds=600
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.peak_bytes


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts as Linux does")
def test_pieces_are_read_into_memory_that_is_there_already(tmp_path: Path) -> None:
    """Reading does not take each piece from the system anew: that would double its time."""
    scan, written = tmp_path / "scan.pdf", tmp_path / "letter"
    scan.write_bytes(bytes(30_000_000))
    Envelope.of(letter(Attachment.from_path(scan))).write_to(written)
    count = "getrusage(RUSAGE_SELF).ru_minflt"
    script = (
        f"from resource import *\nbefore = {count}\nEnvelope.read(source)\n"
        f"target.write_text(str({count} - before))"
    )
    _run(script, written, tmp_path / "faults")
    assert int((tmp_path / "faults").read_text(encoding="ascii")) < 30_000_000 / 4096 / 2


def too_much(peaks: dict[str, int]) -> dict[str, int]:
    """Those over the bound."""
    return {step: peak for step, peak in peaks.items() if peak > MOST_MEMORY}


def test_64_megabytes_pass_in_little_memory(tmp_path: Path) -> None:
    """A small share of what the soak test does: written, hashed and passed on under 80 MB."""
    assert too_much(passed_through(tmp_path, 64_000_000)) == {}


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_gigabytes_pass_in_little_memory(tmp_path: Path) -> None:
    """An attachment of 2 GB is written, read and hashed, and passed on by a hub under 80 MB."""
    assert too_much(passed_through(tmp_path, 2_000_000_000)) == {}


def many(count: int, limits: Limits | None = None) -> Envelope:
    """A letter with so many small attachments, under these limits."""
    files = (
        Attachment.from_bytes(
            b"%d" % number, name=f"{number}.txt", content_id=ContentId(f"a{number}")
        )
        for number in range(count)
    )
    return Envelope.of(letter(*files), limits=limits)


def everything(data: bytes) -> None:
    """What a hub and a receiver do with a letter."""
    envelope = Envelope.from_bytes(data)
    for attachment in envelope.message.attachments:
        assert sum(map(len, attachment.chunks())) == attachment.size
    octets(envelope.with_trace(HUB))
    octets(Envelope.of(envelope.message))


def test_work_grows_no_faster_than_the_number_of_attachments() -> None:
    """Ten times as many attachments cost ten times the calls."""
    few, more = (octets(many(count)) for count in (1_000, 10_000))
    assert calls_of(lambda: everything(more)) < 10.5 * calls_of(lambda: everything(few))


def test_one_attachment_over_ten_thousand_is_refused() -> None:
    """The 10,001st is not sent, and whoever sent it, it is not read."""
    with pytest.raises(LimitExceeded) as not_sent:
        many(10_001)
    from_others = octets(many(10_001, Limits(attachments=10_001)))
    with pytest.raises(LimitExceeded) as not_read:
        Envelope.from_bytes(from_others)
    assert not_sent.value.code == not_read.value.code == "limit.attachments"
