"""Many files verified at once: found in folders, spread over processes, told in order.

>>> for outcome in outcomes(files_in(["received/"]), judge, View(), jobs=2):
...     print(outcome.verdict)
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange._special import is_special
from docexchange.cli._examining import Outcome, View, examined
from docexchange.cli._spreading import spread
from docexchange.cli._trust import Judge, judge_of
from docexchange.cli._words import language, speak
from docexchange.errors import InputNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docexchange.cli._trust import Given

    _File = tuple[str, bool]

__all__ = ["Found", "files_in", "outcomes"]

_SUFFIXES: Final = (".edxml", ".xml", ".pdf")
_MANY: Final = 64
"""Files from which it is worth while to start processes, each of which takes half a second."""
_BATCH: Final = 16


class Found:
    """Files to verify, and how many others lie beside them."""

    def __init__(self, *, many: bool) -> None:
        self.many = many
        """Whether more than one file may have been meant, however many there are."""
        self.names: list[str] = []
        self.places: list[str] = []
        """Where each belongs below a folder of things about them."""
        self.listed: list[bool] = []
        """Whether each was found in a folder, and not named."""
        self.others = 0

    def add(self, name: str, place: str, *, listed: bool) -> None:
        """Add a file."""
        self.names.append(name)
        self.places.append(place)
        self.listed.append(listed)


def files_in(names: Sequence[str]) -> Found:
    """The files behind names; of folders, all ``.edxml``, ``.xml`` and ``.pdf`` in and below them.

    Pipes and devices are read where they are named, as ``verify <(…)`` wants it. In a folder they
    are left alone: nobody keeps letters in those, and some never end; so are links to folders,
    which may lead in a circle.

    Args:
        names: files as they are, and folders.

    Raises:
        InputNotFound: there is no such file in a folder.
    """
    found = Found(many=len(names) > 1 or Path(names[0]).is_dir())
    for name in names:
        if not Path(name).is_dir():
            place = "standard-input" if name == "-" else Path(name).name
            found.add(name, place, listed=False)
            continue
        before = len(found.names)
        _walk(name, found, below=Path(name).resolve().name if len(names) > 1 else "")
        if len(found.names) == before:
            raise InputNotFound(
                f"{name}: expected .edxml, .xml or .pdf files in the folder, found none"
            )
    return found


def _walk(folder: str, found: Found, *, below: str) -> None:
    def add(name: str) -> None:
        found.add(name, str(Path(below, os.path.relpath(name, folder))), listed=True)

    def unreadable(error: OSError) -> None:
        add(str(error.filename))  # reading it says why

    for path, folders, files in os.walk(folder, onerror=unreadable):
        folders.sort()
        letters = [name for name in sorted(files) if name.lower().endswith(_SUFFIXES)]
        places = [os.path.join(path, name) for name in letters]  # noqa: PTH118
        wanted = [place for place in places if not is_special(place)]
        for place in wanted:
            add(place)
        linked = [name for name in folders if Path(path, name).is_symlink()]
        found.others += len(files) - len(wanted) + len(linked)


def outcomes(found: Found, judge: Judge, view: View, *, jobs: int | None) -> Iterator[Outcome]:
    """Verify files, each outcome as soon as it and all before it are there.

    Args:
        found: the files.
        judge: how they are to be judged.
        view: what is to be told.
        jobs: processes; None for one for each processor where there are many files.
    """
    files = list(zip(found.names, found.listed, strict=True))
    count = jobs or (_processors() if len(files) >= _MANY else 1)
    # Standard input belongs to this process.
    if count > 1 and len(files) > 1 and "-" not in found.names:
        return _spread(files, judge.given, view, count)
    return (examined(name, judge, view, listed=listed) for name, listed in files)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _spread(files: Sequence[_File], given: Given, view: View, jobs: int) -> Iterator[Outcome]:
    started = (given, view, language())
    for done in spread(_examine, _batches(files), jobs=jobs, begin=_start, given=started):
        yield from done


def _batches(files: Iterable[_File]) -> Iterator[list[_File]]:
    left = iter(files)
    while batch := list(islice(left, _BATCH)):
        yield batch


_WORK: list[tuple[Judge, View]] = []
"""In a process of ours: how to judge, and what to tell."""


def _start(given: Given, view: View, chosen: str) -> None:
    speak(chosen)
    _WORK[:] = [(judge_of(given), view)]


def _examine(files: list[_File]) -> list[Outcome]:
    [(judge, view)] = _WORK
    return [examined(name, judge, view, listed=listed) for name, listed in files]
