"""Read, write, sign and verify rates beside peers, in one run, with ratios and peak memory.

    python benchmarks/run.py            # everything, four to five minutes
    python benchmarks/run.py --quick    # few rounds

Contenders take turns, round by round, so that a machine that changes its speed changes it for all;
ratios are medians of per-round ratios. Peak memory is that of a process that does the one thing
once. What each contender leaves out is said in ``peers.py``, ``plain.py`` and ``programs.py``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from functools import partial
from itertools import repeat
from pathlib import Path

import envelopes
import programs
import routes
from letters import KIB, MIB, NOW, PEM, SIZES, Bench
from measuring import OURS, compare, peak, show
from peers import Signxml, Xmlsec, sha256_of

from docexchange import Envelope
from docexchange.signing import prepare
from docexchange.signing.signer import algorithm_for
from docexchange.signing.xmldsig.algorithms import Padding

ITERATIONS = {4 * KIB: 256, MIB: 10, 100 * MIB: 1}
KEY, HASH = "the key alone", "SHA-256 of the file"
PAIRED = 5
"""So many times the rounds, for what is told apart by hundredths."""
TARGETS = {
    ("verify", 4 * KIB): {"signxml": 3, "python-xmlsec": 1},
    ("verify", 100 * MIB): {"python-xmlsec": 6, HASH: 0.5},
    ("sign many", 4 * KIB): {KEY: 0.85},
}
"""How many times our time others may at least take; for P-256 the rate of signing counts."""


class Ours:
    """docexchange, full policy: coverage, path, revocation; trust cache warm."""

    name = OURS

    def __init__(self, bench: Bench) -> None:
        self.verifier, self.signer, self.bench = bench.verifier(), bench.signer(), bench

    def verify(self, path: Path) -> None:
        self.verifier.verify(Envelope.read(path))

    def sign(self, path: Path, target: Path | None) -> None:
        document = self.bench.document(path.stat().st_size)
        self.signer.sign(document).write_to(target or Path(os.devnull))


class SignLoaded(Ours):
    """Signing alone: the document is at hand and the result stays in memory."""

    def __init__(self, bench: Bench, size: int) -> None:
        super().__init__(bench)
        self.document = bench.document(size, loaded=True)

    def sign(self, path: Path, target: Path | None) -> None:
        del path, target
        for _ in self.signer.sign(self.document).envelope.chunks():
            pass


class SignMany(SignLoaded):
    """The same for a stream of letters."""

    def __init__(self, bench: Bench, size: int) -> None:
        super().__init__(bench, size)
        self.signed = self.signer.sign_all(repeat(self.document))

    def sign(self, path: Path, target: Path | None) -> None:
        del path, target
        for _ in next(self.signed).envelope.chunks():
            pass


def contenders_for(bench: Bench) -> dict[str, object]:
    return {item.name: item for item in (Ours(bench), Xmlsec(bench), Signxml(bench))}


def once(kind: str, action: str, name: str, size: int, folder: Path) -> None:
    bench = Bench(folder, kind)
    if action == "read":
        envelopes.once(bench, name)
        return
    contender = {OURS: Ours, Xmlsec.name: Xmlsec, Signxml.name: Signxml}[name](bench)
    letter = folder / f"letter-{kind}-{size}.edxml"
    if action == "verify":
        contender.verify(letter)
    else:
        contender.sign(letter, folder / "signed.edxml")


def measure(bench: Bench, label: str, size: int, rounds: int) -> None:
    letter, folder = bench.letter(size), bench.folder
    real = letter.stat().st_size
    everyone = contenders_for(bench)
    times = ITERATIONS[size]
    verify = {name: lambda c=c: c.verify(letter) for name, c in everyone.items()}
    if size >= MIB:
        verify[HASH] = lambda: sha256_of(letter)
    target = folder / "signed.edxml"
    if size >= MIB:
        sign = {name: lambda c=c: c.sign(letter, target) for name, c in everyone.items()}
    else:
        own = {OURS: SignLoaded(bench, size)}
        sign = {name: lambda c=c: c.sign(letter, None) for name, c in (everyone | own).items()}
        key = bench.key()
        algorithm = algorithm_for(key.kind, key.digest, Padding.PKCS1)
        plain = Envelope.of(own[OURS].document)
        octets = prepare(plain, [key.certificate], at=NOW, role="agency").octets
        sign[KEY] = lambda: key.sign(octets, algorithm)
    for action, work in (("verify", verify), ("sign", sign)):
        taken = compare(work, times, rounds)
        peaks = {name: peak(bench.kind, action, name, size, folder) for name in everyone}
        told = f"{label} ({real:,} bytes), {PEM[bench.kind]}"
        show(f"{action} {told}", taken, real, peaks, TARGETS.get((action, size)))
        if action == "verify" and size == 4 * KIB:
            programs.compare_small(bench, verify[OURS], rounds)
        elif action == "verify" and size == 100 * MIB:
            programs.compare_large(bench, verify[OURS], rounds)
        elif KEY in work:
            pair = {OURS: partial(SignMany(bench, size).sign, letter, None), KEY: work[KEY]}
            wanted = TARGETS["sign many", size] if bench.kind == "rsa2048" else {}
            taken = compare(pair, times, PAIRED * rounds)
            show(f"sign many letters of {told}", taken, real, {}, wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--envelopes", action="store_true", help="without signatures only")
    parser.add_argument("--dir", type=Path, help="where keys and letters are kept")
    parser.add_argument("--one", nargs=4, metavar=("KIND", "ACTION", "NAME", "SIZE"))
    options = parser.parse_args()
    if options.one:
        kind, action, name, size = options.one
        once(kind, action, name, int(size), options.dir)
        return
    print(f"Python {sys.version}, {os.cpu_count()} processors", flush=True)
    rounds = 3 if options.quick else 9
    with tempfile.TemporaryDirectory(prefix="docexchange-bench-") as temporary:
        folder = options.dir or Path(temporary)
        folder.mkdir(exist_ok=True)
        bench = Bench(folder, next(iter(PEM)))
        envelopes.measure_small(bench, rounds)
        envelopes.measure_large(bench, min(rounds, 3))
        if options.envelopes:
            return
        routes.measure(20_000 if options.quick else routes.PAIRS)
        for kind in PEM:
            bench = Bench(folder, kind)
            for label, size in SIZES.items():
                if size > MIB and kind != "rsa2048":
                    continue  # at this size the kind of key makes no difference
                measure(bench, label, size, rounds if size < 100 * MIB else min(rounds, 3))
        bench = Bench(folder, next(iter(PEM)))
        programs.measure_cold(bench, rounds)
        programs.measure_folder(bench, 1_000 if options.quick else programs.FILES)


if __name__ == "__main__":
    main()
