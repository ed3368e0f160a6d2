"""One process stands ready for many files, and nothing is left of it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pdf_help import signed, typed

from docexchange.envelope.attachments.attachment import BytesSource
from docexchange.limits import Limits
from docexchange.signing.errors import Refusal
from docexchange.signing.pdf.apart import _reader, facts_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.signing.pdf.facts import PdfFacts
    from docexchange.testing import DemoPki

_MARK = "DOCEXCHANGE_TEST_STANDBY"
needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")


@pytest.fixture(scope="module")
def pdf(pki: DemoPki) -> bytes:
    """A signed file."""
    return signed(typed(), pki.leader("commune"))


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """What tells a process of this test from all others; there is none yet."""
    _reader().leave()
    monkeypatch.setenv(_MARK, tmp_path.name)
    yield f"{_MARK}={tmp_path.name}"
    _reader().leave()


def read(pdf: bytes) -> PdfFacts:
    """What a process tells of a file."""
    return facts_apart(BytesSource(pdf), Limits())


def standing(mark: str, *others: int) -> int:
    """The one process that stands by; those that it forked may not have quite ended."""
    found = set(processes(mark)).difference(others)
    [first] = [process for process in found if parent(process) not in {0, *found}]
    return first


def parent(process: int) -> int:
    """Who forked a process; 0 for one that has ended."""
    lines = told(Path(f"/proc/{process}/status")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("PPid:")), 0)


def processes(mark: str) -> list[int]:
    """Those that were started under the mark, apart from this one."""
    return [
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if int(folder.name) != os.getpid() and mark in told(folder / "environ").split("\0")
    ]


def told(file: Path) -> str:
    """What the system tells; nothing of a process that has ended."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def wait_for_end(handle: int) -> None:
    """Until a process has ended."""
    assert select.select([handle], [], [], 30)[0], "it has not ended"
    os.close(handle)


@needs_proc
def test_many_files_need_one_start(pdf: bytes, mark: str) -> None:
    """The process that has read nothing yet is the same for all of them."""
    first = read(pdf)
    found = standing(mark)
    assert read(pdf) == first == read(pdf)
    assert standing(mark) == found


@needs_proc
def test_it_stands_on_no_disk(pdf: bytes, mark: str) -> None:
    """One that somebody wants to take out again, say."""
    read(pdf)
    assert Path(f"/proc/{standing(mark)}/cwd").readlink() == Path("/")


@needs_proc
def test_one_that_has_ended_is_started_anew(pdf: bytes, mark: str) -> None:
    """Killed, or gone as nobody had asked for long: the next file does not suffer."""
    first = read(pdf)
    gone = standing(mark)
    handle = os.pidfd_open(gone)
    os.kill(gone, signal.SIGKILL)
    wait_for_end(handle)
    assert read(pdf) == first
    assert standing(mark) != gone


@needs_proc
def test_it_ends_with_whoever_started_it(pdf: bytes, mark: str, tmp_path: Path) -> None:
    """Also where that was killed, and could not say so."""
    file = tmp_path / "signed.pdf"
    file.write_bytes(pdf)
    program = (
        "import sys; from pathlib import Path\n"
        "from docexchange.envelope.attachments.attachment import BytesSource\n"
        "from docexchange.limits import Limits\n"
        "from docexchange.signing.pdf.apart import facts_apart\n"
        "assert facts_apart(BytesSource(Path(sys.argv[1]).read_bytes()), Limits()).signatures\n"
        "print('read', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "read\n"
        handle = os.pidfd_open(standing(mark, process.pid))
        process.kill()
    wait_for_end(handle)


def test_threads_share_it(pdf: bytes, mark: str) -> None:
    """Each has the answer about its own file."""
    files = [pdf, *(pdf[:-number] for number in range(1, 9))]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(told_of, files)) == [told_of(file) for file in files]
    assert mark


def told_of(pdf: bytes) -> object:
    """Facts, or the refusal's words."""
    try:
        return read(pdf)
    except Refusal as refusal:
        return str(refusal)


@needs_proc
def test_a_fork_has_its_own(pdf: bytes, mark: str) -> None:
    """As where a server loads everything and forks: neither takes the other's answers."""
    expected = read(pdf)
    answered, answer = os.pipe()
    child = os.fork()
    if not child:
        with_own: Any = b"other"
        try:
            with_own = b"same" if read(pdf) == expected else b"other"
        finally:
            os.write(answer, with_own)
            os._exit(0)
    assert read(pdf) == expected
    os.waitpid(child, 0)
    assert os.read(answered, 10) == b"same"
    os.close(answered)
    os.close(answer)
    assert mark


def test_what_cannot_start_is_no_verdict(
    pdf: bytes, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a process nobody looks into the file, and the refusal says so."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Refusal) as refused:
        read(pdf)
    assert refused.value.code == "pdf.too-hard"
    monkeypatch.undo()
    assert read(pdf).signatures
    assert mark
