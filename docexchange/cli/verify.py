"""``docexchange verify``: is it genuine, who signed it, may I rely on it?"""

from __future__ import annotations

from collections import Counter, deque
from functools import wraps
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._examining import View
from docexchange.cli._exit import end, worst
from docexchange.cli._many import files_in, outcomes
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json_list, note, progress, stdout_is_terminal
from docexchange.cli._reports import reports_for
from docexchange.cli._trust import trust_options
from docexchange.cli._words import say
from docexchange.cli._writing import Out, force_option
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docexchange.cli._examining import Outcome
    from docexchange.cli._exit import ExitCode
    from docexchange.cli._late_bar import Bar
    from docexchange.cli._reports import Reports
    from docexchange.cli._trust import Judge

__all__ = ["command"]


def _etsi_option(decorated: Callable[..., None]) -> Callable[..., None]:
    """Add ``--etsi`` and ``--force``, and give the command an ``etsi`` in their place."""

    @wraps(decorated)
    def with_etsi(*, etsi_file: str | None, force: bool, **options: Any) -> None:
        decorated(etsi=Out(path=etsi_file, force=force), **options)

    target = click.option(
        "--etsi",
        "etsi_file",
        metavar="FILE",
        help="Write the report as XML of ETSI TS 119 102-2 to FILE; - is standard output. Of "
        "several files or a folder, one report a file into the folder FILE.",
    )
    return target(force_option(with_etsi))


@click.command("verify")
@click.argument("files", nargs=-1, required=True)
@trust_options(required=True, any_form=True, pdfs=True)
@click.option(
    "--detached",
    multiple=True,
    metavar="NAME=FILE",
    help="File that references of an XML file mean by NAME.",
)
@_etsi_option
@click.option(
    "--second-opinion",
    is_flag=True,
    help="Ask signxml about XML signatures too; where it says otherwise, nothing passes.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes.  [default: one a processor]")
@click.option("-v", "--verbose", is_flag=True, help="Show the whole report.")
@json_option
def command(
    *,
    files: tuple[str, ...],
    judge: Judge,
    detached: tuple[str, ...],
    etsi: Out,
    second_opinion: bool,
    jobs: int | None,
    verbose: bool,
    as_json: bool,
) -> None:
    """Verify the signatures of letters, of any other XML and of PDF files.

    FILES are edXML envelopes, other XML with signatures, PDF files, or folders of .edxml, .xml and
    .pdf files; - reads any of them from standard input. Signatures inside attached PDF files are
    looked into as well (needs the extra pdf). One line per file; the exit code is 0 when
    every file passed, 1 when one failed, 3 when one cannot be decided, 4 when one cannot be read. A
    date without a time means its first moment.

    A signature of any form counts for a letter as long as it surely covers every part; nodes accept
    one form only, as --strict does. Of other XML nobody can say what must be signed: see with -v
    what is. Without --trust, the roots that you keep with docexchange trust are asked, and the line
    says so.

    Example: docexchange verify letter.edxml --trust root.pem --crl ca.crl
    """
    found = files_in(files)
    reports = reports_for(etsi, found, as_json=as_json)
    view = View(
        verbose=verbose,
        as_json=as_json,
        etsi=reports.wanted,
        second_opinion=second_opinion,
        detached=_beside(detached),
    )
    tally = _Tally(quiet=as_json, reports=reports)
    them = outcomes(found, judge, view, jobs=jobs)
    first = next(them)  # before the bar begins to count: processes are started for this one
    # Where people see the lines come, the lines are the progress.
    watched = len(found.names) > 1 and (as_json or not stdout_is_terminal())
    with progress(len(found.names), "verify", watched=watched) as bar:
        results = tally.told(chain([first], them), bar)
        if as_json:
            answer_json_list(results)
        else:
            deque(results, maxlen=0)
    if not as_json and any(Path(name).is_dir() for name in files):
        note(tally.summary(others=found.others))
    end(worst(tally.codes))


class _Tally:
    """Tells outcomes one by one, and remembers how many there were of each verdict."""

    def __init__(self, *, quiet: bool, reports: Reports) -> None:
        self._quiet, self._reports = quiet, reports
        self._verdicts = Counter[str]()
        self.codes: set[ExitCode] = set()

    def told(self, made: Iterable[Outcome], bar: Bar) -> Iterator[dict[str, Any] | None]:
        """Print each outcome, unless JSON is wanted; give what goes there."""
        for outcome in made:
            self.codes.add(outcome.code)
            self._verdicts[outcome.verdict or "unreadable"] += 1
            if not self._quiet:
                self._print(outcome)
            if outcome.etsi:
                self._reports.write(outcome.name, outcome.etsi)
            bar.update(1)
            yield outcome.result

    def _print(self, outcome: Outcome) -> None:
        if outcome.complaint is not None:
            outcome.complaint.say()
        for line in () if self._reports.on_stdout else outcome.lines:
            answer(line)

    def summary(self, *, others: int) -> str:
        """How many of each verdict, and how many files were not looked at."""
        counts = [f"{say(word)} {self._verdicts[word]}" for word in _ORDER if self._verdicts[word]]
        words = [f"{say('files')} {self._verdicts.total()}", *counts]
        if others:
            words.append(f"{say('left out, no .edxml, .xml or .pdf files')} {others}")
        return " · ".join(words)


_ORDER: Final = ("TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED", "unreadable")


def _beside(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, path = pair.partition("=")
        if not (name and equals and path):
            raise UsageError(
                f"--detached: expected NAME=FILE, found {pair!r}",
                code="usage.detached",
                advice="NAME is what the reference says, such as letter.pdf=files/letter.pdf.",
            )
        found[name] = path
    return found
