"""Whole programs: xmlsec1 on the same letters, our own command from cold, and a folder of 10,000.

``xmlsec1 --repeat`` reads and verifies one file again and again. Its own clock leaves out what it
does between two rounds, so both are shown: processor time until it ends, start-up taken off, and
what it says itself. Attachments are given to it decoded, as files of their own: it cannot find them
in the letter. The job begins with the letter all the same, so for 100 MB the processor time of
``base64 -d`` on their text is added. It checks the references and the path to the root; no
revocation, no coverage.
"""

from __future__ import annotations

import os
import re
import sys
import time
from statistics import median
from typing import TYPE_CHECKING

from letters import KIB, MIB, NOW
from measuring import Taken, seconds, target, times_ours

from docexchange import Envelope, Signer
from docexchange.testing import run_measured

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from letters import Bench

EDXML = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
IDS = [*(f"{EDXML}:{name}" for name in ("MessageHeader", "Bussiness", "edXMLBody"))]
COMMAND = [sys.executable, "-c", "from docexchange.cli import main; main()"]
FILES = 10_000
COLD_TARGET = 0.3
_CLOCK = re.compile(rb"Executed \d+ tests in ([\d.]+) msec")


class XmlsecProgram:
    """The program xmlsec1, with the attachment given as a file of its own."""

    name = "xmlsec1"

    def __init__(self, bench: Bench, size: int) -> None:
        self.letter, raw = bench.letter(size), bench.raw(size)
        (attachment,) = Envelope.read(self.letter).message.attachments
        ids = [
            word for name in (*IDS, f"{XADES}:SignedProperties") for word in ("--id-attr:Id", name)
        ]
        self._command = ["xmlsec1", "--verify"]
        self._command += ["--trusted-pem", str(bench.root_pem), *ids]
        self._command += [f"--url-map:{attachment.content_id.uri}", str(raw)]
        self._command += ["--verification-time", f"{NOW:%Y-%m-%d %H:%M:%S}"]

    def run(self, times: int = 1) -> tuple[float, float]:
        """Seconds of processor time, and seconds by its own clock."""
        done = _ended(run_measured([*self._command, "--repeat", str(times), self.letter]))
        told = _CLOCK.search(done.stderr + done.stdout)
        return done.cpu_seconds, float(told[1]) / 1000


def compare_small(bench: Bench, verify: object, rounds: int, times: int = 300) -> None:
    """Our verification of a 4 KB letter beside ``xmlsec1 --repeat``, taking turns."""
    program = XmlsecProgram(bench, 4 * KIB)
    own, whole, clock = [], [], []
    verify()
    for _ in range(rounds):
        own.append(seconds(verify, times).cpu)
        start, _ = program.run()
        took, told = program.run(times + 1)
        whole.append((took - start) / times)
        clock.append(told / (times + 1))
    print(f"  {'xmlsec1 --repeat':22} {1 / median(whole):9.0f} /s   ", end="")
    ratio = times_ours(whole, own)
    print(f"{ratio:5.2f} × the processor time of ours{target(ratio, 1)}")
    print(f"  {'  by its own clock':22} {1 / median(clock):9.0f} /s   ", end="")
    print(f"{times_ours(clock, own):5.2f} × the processor time of ours")


def compare_large(bench: Bench, verify: object, rounds: int) -> None:
    """Our verification of 100 MB beside the program's, start-up and all."""
    program, size = XmlsecProgram(bench, 100 * MIB), bench.letter(100 * MIB).stat().st_size
    text = _text_of(bench.letter(100 * MIB), bench.folder / "attachment.b64")
    decode = ["sh", "-c", 'exec base64 -d "$0" >/dev/null', text]
    own, whole, alone = [], [], []
    for _ in range(rounds):
        own.append(seconds(verify, 1))
        alone.append(_of_program(program.run))
        decoding = _of_program(lambda: (_ended(run_measured(decode)).cpu_seconds,))
        whole.append(Taken(alone[-1].cpu + decoding.cpu, alone[-1].wall + decoding.wall))
    _show_large("base64 -d, xmlsec1", whole, own, size, wanted=4)
    _show_large("  xmlsec1 alone", alone, own, size)


def _of_program(run: Callable[[], tuple[float, ...]]) -> Taken:
    """Processor time of a program, which it is asked for, and what one waits for its end."""
    begin = time.perf_counter()
    cpu, *_ = run()
    return Taken(cpu, time.perf_counter() - begin)


def _show_large(
    name: str, theirs: list[Taken], ours: list[Taken], size: int, *, wanted: float = 0
) -> None:
    ratio = times_ours([item.cpu for item in theirs], [item.cpu for item in ours])
    waited = times_ours([item.wall for item in theirs], [item.wall for item in ours])
    rate = size / median(item.cpu for item in theirs) / 1e6
    beside = target(ratio, wanted) if wanted else ""
    print(f"  {name:22} {rate:8.0f} MB/s   {ratio:5.2f} × the processor time of ours, ", end="")
    print(f"{waited:5.2f} × the wait{beside}")


def _text_of(letter: Path, target: Path) -> Path:
    """The base64 text of the one attachment of a letter, in a file of its own."""
    (slot,) = Envelope.read(letter).slots
    with target.open("wb") as file:
        file.writelines(slot.source.text_chunks())
    return target


def measure_cold(bench: Bench, rounds: int) -> None:
    """``docexchange verify FILE`` in a process that starts for it.

    With byte code, as ``pip install`` leaves it: the first run, which does not count, writes it.
    """
    command = [*COMMAND, "verify", bench.letter(4 * KIB), *_options(bench)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env = kept | {"PYTHONPYCACHEPREFIX": str(bench.folder / "bytecode")}
    runs = [_ended(run_measured(command, env=env)) for _ in range(rounds + 1)][1:]
    cpu = median(run.cpu_seconds for run in runs)
    print("\nverify FILE, 4 KB, from cold")
    met = "met" if cpu <= COLD_TARGET else "missed"
    print(f"  {'docexchange':22} {cpu:9.2f} s of processor time", end="")
    print(f"   (target {COLD_TARGET} s: {met})", end="")
    print(f" {max(run.peak_bytes for run in runs) / MIB:7.0f} MiB")


def measure_folder(bench: Bench, files: int = FILES) -> None:
    """``docexchange verify FOLDER --json`` over many letters, with all cores."""
    folder = _folder(bench, files)
    begin = time.perf_counter()
    command = [*COMMAND, "verify", folder, "--json", *_options(bench)]
    done = _ended(run_measured(command, timeout_seconds=600))
    took = time.perf_counter() - begin
    passed = done.stdout.count(b"TOTAL-PASSED")
    print(f"\nverify FOLDER --json, {files:,} letters of 4 KB, {os.cpu_count()} cores")
    print(f"  {'docexchange':22} {files / took:9.0f} files/s {took:8.1f} s", end="")
    print(f" {done.peak_bytes / MIB:7.0f} MiB, {passed:,} verdicts that passed")


def _folder(bench: Bench, files: int) -> Path:
    folder = bench.folder / f"letters-{files}"
    if not folder.exists():
        folder.mkdir()
        signer: Signer = bench.signer()
        for number in range(files):
            signed = signer.sign(bench.document(4 * KIB))
            (folder / f"{number:05}.edxml").write_bytes(b"".join(signed.envelope.chunks()))
    return folder


def _options(bench: Bench) -> list[str]:
    return ["--trust", str(bench.pki / "trust"), "--at", f"{NOW:%Y-%m-%dT%H:%M:%SZ}"]


def _ended(done: object) -> object:
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    return done
