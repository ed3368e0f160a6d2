"""Feed damaged input to everything that reads bytes from outside, guided by coverage.

    python fuzz/run.py                          # ten minutes, half of them for envelopes
    python fuzz/run.py --minutes 1 receipt      # one reader
    python fuzz/run.py --replay FILE envelope   # one input again, with the traceback

The only outcomes allowed are those of ``tests/reader_properties.py``. Each reader runs in a process
of its own. What was found stays in ``fuzz/work/findings``; what led further stays in
``fuzz/work/corpus``, from where the next run goes on.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE: Final = Path(__file__).resolve().parent
WORK: Final = HERE / "work"
# The tree this file stands in is what is fuzzed, whatever else is installed.
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]

NAMES: Final = (
    *("envelope", "signature", "archive", "receipt", "base64"),
    *("identifiers", "parcel", "directory", "letter-file"),
)
LETTERS: Final = frozenset({"envelope", "signature"})
LONGEST: Final = 32 * 1024
"""Bytes of an input."""
BY_ELEMENTS: Final = 0.7
"""How often a letter is changed by its elements instead of by libFuzzer."""
NO_ATHERIS: Final = (
    "fuzz: expected the package atheris, found none. It has wheels for Python 3.11 to 3.13 on "
    f"x86-64 Linux only; this is Python {sys.version_info[0]}.{sys.version_info[1]}. With one of "
    "those: rm -rf .venv && make fuzz PYTHON=python3.12"
)


def main() -> None:
    """Run what the command line asks for; the exit code is 1 when something was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(NAMES))
    parser.add_argument("--minutes", type=float, default=10, help="for all targets together")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="one input again")
    parser.add_argument("--child", type=int, metavar="SECONDS", help=argparse.SUPPRESS)
    options = parser.parse_args()
    targets = options.targets or list(NAMES)
    if unknown := set(targets) - set(NAMES):
        parser.error(f"expected targets among {', '.join(NAMES)}, found {', '.join(unknown)}")
    if options.replay:
        replay(targets[0], options.replay)
    elif options.child is not None:
        fuzz(targets[0], options.child)
    else:
        sys.exit(survey(targets, options.minutes * 60))


def survey(targets: Sequence[str], seconds: float) -> int:
    """Fuzz one target after the other, and print a line about each."""
    try:
        import atheris  # noqa: F401  a child would say it in more words
    except ImportError:
        sys.exit(NO_ATHERIS)
    weights = dict.fromkeys(targets, 1)
    if "envelope" in weights:
        weights["envelope"] = max(1, len(weights) - 1)  # half of the time
    found = 0
    print(f"{'target':12} {'executions':>10} {'a second':>9} {'edges':>6} {'inputs':>6}  findings")
    for name in targets:
        share = max(1, int(seconds * weights[name] / sum(weights.values())))
        found += report(name, share)
    return 1 if found else 0


def report(name: str, seconds: int) -> int:
    """Fuzz one target in a process of its own; returns how many findings there are."""
    findings = WORK / "findings" / name
    findings.mkdir(parents=True, exist_ok=True)
    before = set(findings.iterdir())
    log = WORK / f"{name}.log"
    with log.open("wb") as stream:
        command = [sys.executable, __file__, "--child", str(seconds), name]
        code = subprocess.run(command, stderr=stream, stdout=stream, check=False).returncode
    new = sorted(set(findings.iterdir()) - before)
    told = log.read_text(encoding="utf-8", errors="replace")
    runs = _last(r"stat::number_of_executed_units: +(\d+)", told)
    rate = _last(r"stat::average_exec_per_sec: +(\d+)", told)
    edges, kept = _last(r" cov: (\d+)", told), _last(r" corp: (\d+)", told)
    print(f"{name:12} {runs:>10} {rate:>9} {edges:>6} {kept:>6}  {len(new)}", flush=True)
    for path in new:
        print(f"    {path}\n    python fuzz/run.py --replay {path} {name}")
    if code and not new:
        print(f"    it ended with {code}; see {log}")
    return len(new) or int(code != 0)


def _last(pattern: str, text: str) -> str:
    found = re.findall(pattern, text)
    return found[-1] if found else "?"


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["docexchange"]):
        from reader_properties import PROPERTIES
    from letter_mutations import mutated
    from seeds import dictionary, seeds_for

    corpus, seeds, words = WORK / "corpus" / name, WORK / "seeds" / name, WORK / "dictionary"
    for folder in (corpus, seeds):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds_for(name)):
        (seeds / str(number)).write_bytes(seed)
    words.write_text(dictionary(), encoding="ascii")

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < BY_ELEMENTS:
            return mutated(data, random)[:longest]
        return atheris.Mutate(data, longest)

    arguments = [
        *(__file__, f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-dict={words}"),
        *("-timeout=20", "-rss_limit_mb=1024", "-print_final_stats=1", "-reduce_inputs=0"),
        *(f"-artifact_prefix={WORK / 'findings' / name}/", str(corpus), str(seeds)),
    ]
    # The property's answer is of no use here, and libFuzzer wants none.
    atheris.Setup(
        arguments,
        lambda data: (PROPERTIES[name](data), None)[1],
        custom_mutator=mutate if name in LETTERS else None,
    )
    atheris.Fuzz()


def replay(name: str, path: Path) -> None:
    """Give one input to its property; a traceback is the answer to why it was kept."""
    from reader_properties import PROPERTIES

    PROPERTIES[name](path.read_bytes())
    print(f"{path}: nothing is wrong with it")


if __name__ == "__main__":
    main()
