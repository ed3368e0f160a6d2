"""``docexchange node``: run an agency's access point."""

from __future__ import annotations

import logging
import os
import select
import signal
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from docexchange._processors import on_one_processor
from docexchange.cli._exchange_words import moment, phrase
from docexchange.cli._exit import ExitCode, end
from docexchange.cli._node_founding import doctor, init
from docexchange.cli._options import node_option
from docexchange.cli._output import note, plain
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    from docexchange.instrumentation import Event, Metrics
    from docexchange.node import NodeConfig

__all__ = ["command"]


@click.group("node")
def command() -> None:
    """Run an agency's access point.

    Example: docexchange node run --node commune
    """


command.add_command(init)
command.add_command(doctor)


@command.command("run")
@node_option
@click.option("--once", is_flag=True, help="One pass, then end.")
@click.option(
    "--until-idle",
    is_flag=True,
    help="End when there is nothing left to do now; letters may still wait for their time.",
)
def run(*, node_folder: Path, once: bool, until_idle: bool) -> None:
    """Take in, verify, pass on, hand over and deliver, until told to stop.

    SIGTERM or Ctrl-C end it after the pass in hand; a second one ends it at once, which loses
    nothing either. Every event is a line on standard error. If node.toml has a [server], other
    nodes are served over HTTP meanwhile; what is in hand when the node is told to stop is finished.

    With --once or --until-idle the exit code is 5 when the node itself was hindered, by its disk,
    its mailbox or its own lists. A letter that cannot be carried now is no such thing: it waits for
    its next attempt, the last line says when that is due, and "delivery list" says why.

    Example: docexchange node run --node commune --until-idle
    """
    from docexchange.instrumentation import log_events
    from docexchange.node import Node, read_config
    from docexchange.node.serving.serving import served

    if once and until_idle:
        raise UsageError("expected --once or --until-idle, found both", code="usage.node-run")
    trouble, config = _Trouble(), read_config(node_folder)
    with (
        on_one_processor() if config.one_processor else nullcontext(),
        _logging_to_stderr(),
        _stopped_by_signals(once=once, until_idle=until_idle) as stop,
        _measured(config) as metrics,
        Node.from_config(config, hooks=[log_events(), trouble, *metrics]) as node,
        served(node, config),
    ):
        for each in metrics:
            each.watch(str(node.agency), node.store.counts)
        node.run(stop, workers=0 if once or until_idle else config.workers)
        due = node.store.next_due()
    if once or until_idle:
        if due:
            note(f"{phrase('Next step due')}: {moment(due)}")
        end(ExitCode.PEER if trouble.found else ExitCode.POSITIVE)


@contextmanager
def _measured(config: NodeConfig) -> Iterator[list[Metrics]]:
    """The hook that counts, served as node.toml says; none where it says nothing."""
    if config.metrics is None:
        yield []
        return
    from docexchange.instrumentation import Metrics

    metrics = Metrics()
    with metrics.served(config.metrics.host, config.metrics.port):
        yield [metrics]


class _Trouble:
    """Listens for what the node itself could not do."""

    def __init__(self) -> None:
        self.found = False

    def __call__(self, event: Event) -> None:
        from docexchange.instrumentation import EventName

        self.found |= event.name is EventName.NODE_ERROR


class _Stop:
    """Tells the node to stop. Unlike ``threading.Event`` it may be set by a signal handler.

    The handler runs between two instructions of the waiting thread, which may hold the lock of an
    ``Event`` at that moment; a byte in a pipe needs no lock.
    """

    def __init__(self, *, once: bool, until_idle: bool) -> None:
        self._reader, self._writer = os.pipe()
        self._ends_by_itself = once or until_idle
        self._passes = 1 if once else -1

    def set(self) -> None:
        os.write(self._writer, b"x")

    def is_set(self) -> bool:
        self._passes -= 1
        return self._passes == -1 or self._signalled(0)

    def wait(self, timeout: float) -> None:
        if self._ends_by_itself:
            self.set()
        self._signalled(timeout)

    def close(self) -> None:
        os.close(self._reader)
        os.close(self._writer)

    def _signalled(self, timeout: float) -> bool:
        return bool(select.select([self._reader], [], [], timeout)[0])


@contextmanager
def _stopped_by_signals(*, once: bool, until_idle: bool) -> Iterator[_Stop]:
    stop = _Stop(once=once, until_idle=until_idle)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def handler(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()
        restore()

    def restore() -> None:
        for number, earlier in before.items():
            signal.signal(number, earlier)

    for number in before:
        signal.signal(number, handler)
    try:
        yield stop
    finally:
        restore()
        stop.close()


class _Clock(logging.Formatter):
    """Tells the time as all other answers do, whatever the time zone of the machine."""

    def formatTime(  # noqa: N802  so logging names it
        self, record: logging.LogRecord, datefmt: str | None = None
    ) -> str:
        del datefmt
        return f"{moment(datetime.fromtimestamp(record.created, UTC))} +07:00"


class _Lines(logging.Handler):
    """One line on standard error for each record, whatever a peer has written into it."""

    def emit(self, record: logging.LogRecord) -> None:
        note(plain(self.format(record)))


@contextmanager
def _logging_to_stderr() -> Iterator[None]:
    logger = logging.getLogger("docexchange")
    handler = _Lines()
    handler.setFormatter(_Clock("%(asctime)s %(levelname)s %(message)s"))
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
