"""Where threads run: all of them on one processor, and what is heavy on any.

    with on_one_processor():        # threads that are started within stay together
        node.run(stop)

    with on_any_processor():        # this thread, and programs that it starts, may run anywhere
        verify(large)

Python lets one thread run at a time. Where the threads that may run next are on other processors,
each lock, query and file hands over to another processor and back, which takes longer than the work
itself. Binding is Linux's; elsewhere, and where it is forbidden, nothing happens.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["on_any_processor", "on_one_processor"]

_ALLOWED: Final[set[int]] = set()
"""The processors that this process had before it was bound to one; empty while it is not."""
_PROCESSOR_FIELD: Final = 38
"""The place in ``/proc/…/stat`` of where a thread runs, counted from 0 (proc(5))."""


@contextmanager
def on_one_processor() -> Iterator[None]:
    """Bind this thread, and those that it starts meanwhile, to the processor where it runs now."""
    before = _mine()
    if _ALLOWED or len(before) < 2:  # noqa: PLR2004  there is nothing to choose
        yield
        return
    here = _here()
    _bind({here} if here in before else {min(before)})
    _ALLOWED.update(before)
    try:
        yield
    finally:
        _ALLOWED.clear()
        _bind(before)


@contextmanager
def on_any_processor() -> Iterator[None]:
    """Let this thread run on all processors that the process had before it was bound."""
    before = _mine()
    if not _ALLOWED:
        yield
        return
    _bind(_ALLOWED)
    try:
        yield
    finally:
        _bind(before)


def _mine() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def _bind(processors: Collection[int]) -> None:
    with suppress(OSError):  # a container may forbid it
        os.sched_setaffinity(0, processors)


def _here() -> int | None:
    try:
        stat = Path("/proc/thread-self/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    # The second field is a name, in which anything may stand.
    fields = ["", "", *stat.rpartition(")")[2].split()]
    return int(fields[_PROCESSOR_FIELD])
