"""Letters taken in over HTTP, durable and with a signed receipt, beside what others do for one.

    python benchmarks/exchange.py                                   # about a minute and a half
    python benchmarks/exchange.py --minutes 10 --messages 100000    # flatness, in a full store

The long run makes its letters beforehand, 500 for each of its seconds: ten minutes are 300,000 of
them, which takes some minutes and 5 GB, kept in ``--dir`` for the next time, and as much again is
received.

A letter of 10 KB is brought over mutual TLS; the node checks who brings it, stores it, judges its
signature with every policy on, and answers with a signed receipt when letter, record and receipt
are on the disk. Node and caller are processes of their own on this machine; beside the rate stands
what each of them takes of the processors for a letter. Beside them:

- the limit: uvicorn and one INSERT into SQLite, the same octets over the same TLS, nothing else;
- the node with all its work: log, handing over, and a signed status about every letter;
- one message through other packages, in one process: made, read, answered, the answer read.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import cycles
import serving
from filling import fill
from letters import PEM
from measuring import target
from premises import Premises

if TYPE_CHECKING:
    from serving import Run

RATE, P99_SECONDS = 400, 0.25
FLAT = 0.9
"""The last minutes have at least so much of the rate of the first ones, and the slowest of all so
much of the mean."""
MEMORY = 1.1
"""So many times the memory of the first minute is the most in the end."""
_ENDS = 2
"""Minutes at each end that are compared."""
_WHOLE = 0.95
"""A run that lasted less than this part of its time had too few letters."""
_MORE_THAN_EVER = 500
"""Letters in a second, for making enough of them."""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="docexchange-exchange-") as temporary:
        measure(options.dir or Path(temporary), options)


def measure(folder: Path, options: argparse.Namespace) -> None:
    """Everything, the long run where it was asked for."""
    folder.mkdir(exist_ok=True)
    seconds = max(options.minutes * 60, options.seconds)
    print(f"\ntake in letters of 10 KB over HTTPS, {options.connections} connections")
    kinds = PEM if not options.minutes else ["p256"]
    for kind in sorted(kinds):
        premises = Premises(folder, kind)
        letters = premises.letters(serving.WARM + int(seconds * _MORE_THAN_EVER))
        premises.clear()
        limit = _run("uvicorn + INSERT", serving.plain, premises, letters, options)
        premises.clear()
        fill(premises, options.messages)
        name, long = f"docexchange, {PEM[kind]}", options.minutes * 60
        ours = _run(name, serving.accepting, premises, letters, options, seconds=long)
        _judge(ours, limit)
        if kind == "p256" and not long:
            premises.clear()
            _run("  with all its work", serving.whole, premises, letters, options)
    cycles.measure(folder, options.rounds)


def _run(name, command, premises, letters, options, *, seconds=0) -> Run:
    seconds = seconds or options.seconds
    run = serving.loaded(
        command(premises), premises, letters, seconds=seconds, connections=options.connections
    )
    waits = f"p50 {run.p50 * 1e3:5.0f} ms   p99 {run.p99 * 1e3:5.0f} ms"
    print(
        f"  {name:22} {run.rate:9.0f} /s   {waits}"
        f"   {run.server_cpu * 1e3:5.2f} ms of processor time ({run.caller_cpu * 1e3:.2f} caller)"
        f"   {run.memory[0]:4.0f} to {run.memory[-1]:4.0f} MiB"
    )
    if run.other:
        raise SystemExit(f"expected every letter to be accepted, found {run.other}")
    if command is not serving.plain and run.seconds < seconds * _WHOLE:
        raise SystemExit(f"expected letters for {seconds:g} s, found that they ran out")
    return run


def _judge(ours: Run, limit: Run) -> None:
    print(f"  {'  rate':22} {ours.rate:9.0f} /s{target(ours.rate, RATE)}", end="")
    print(f"   {limit.rate / ours.rate:5.2f} × as many at the limit")
    met = "met" if ours.p99 <= P99_SECONDS else "missed"
    print(f"  {'  p99':22} {ours.p99 * 1e3:9.0f} ms   (target {P99_SECONDS * 1e3:g}: {met})")
    if ours.minutes:
        _judge_flatness(ours)


def _judge_flatness(run: Run) -> None:
    """Each minute, and whether the last ones are as the first ones."""
    per_minute = 60 // serving.SAMPLE_SECONDS
    for number, minute in enumerate(run.minutes, start=1):
        memory = run.memory[min(number * per_minute, len(run.memory) - 1)]
        waits = f"p99 {minute.p99 * 1e3:5.0f} ms"
        print(f"  {f'  minute {number}':22} {minute.rate:9.0f} /s   {waits}   {memory:4.0f} MiB")
    rates = [minute.rate for minute in run.minutes]
    first, last = (sum(some) / len(some) for some in (rates[:_ENDS], rates[-_ENDS:]))
    print(f"  {'  last to first':22} {last / first:9.2f}   {target(last / first, FLAT)}")
    print(f"  {'  slowest to mean':22} {min(rates) / run.rate:9.2f}", end="")
    print(f"   {target(min(rates) / run.rate, FLAT)}")
    grown = run.memory[-1] / run.memory[per_minute]
    met = "met" if grown <= MEMORY else "missed"
    print(f"  {'  memory, last to first':22} {grown:9.2f}      (target at most {MEMORY:g}: {met})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8, help="of each short run")
    parser.add_argument("--minutes", type=float, default=0, help="of the long run")
    parser.add_argument("--messages", type=int, default=0, help="that are in the store before")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=50, help="messages through other packages")
    parser.add_argument("--dir", type=Path, help="where keys and letters are kept")
    return parser.parse_args()


if __name__ == "__main__":
    main()
