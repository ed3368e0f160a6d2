"""``docexchange node run``: works, tells, ends when told to, and never beside another."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from network_help import apart, begun

from docexchange.cli.node import _logging_to_stderr, _stopped_by_signals
from docexchange.clock import SystemClock
from docexchange.delivery import OutboundState
from docexchange.identifiers import MessageId
from docexchange.node.opening.lock import NodeLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from network_help import Cli, Network

LETTER = MessageId("m-letter")


def state(network: Network) -> OutboundState:
    """Where the letter is at the commune's node."""
    with network.storage("commune") as storage:
        (record,) = storage.store.outbound_of(LETTER)
        return record.state


@pytest.fixture
def queued(cli: Cli, network: Network) -> Network:
    """A network in which a letter waits at the commune's node."""
    assert cli("send", network.letter(), "--node", network["commune"]).code == 0
    return network


def test_one_pass_sends_what_is_due(cli: Cli, queued: Network) -> None:
    """The letter is carried; each event is a line on standard error, with its fields."""
    ran = cli("node", "run", "--node", queued["commune"], "--once")
    assert (ran.code, ran.out) == (0, "")
    assert state(queued) is OutboundState.AWAITING_RECEIPT
    started, carried, awaiting, due = ran.err.splitlines()
    told = datetime.fromisoformat(started.split(" INFO ")[0].replace(" +", "+"))
    assert told.utcoffset() == timedelta(hours=7)
    assert timedelta(0) <= SystemClock().now() - told < timedelta(minutes=1)
    assert " INFO outbound.started node=000.21.31.H53 message_id=m-letter" in started
    assert " INFO outbound.carried " in carried
    assert " INFO outbound.awaiting-receipt " in awaiting
    assert due.startswith("Next step due: ")


def test_nodes_run_in_turn_deliver_a_letter(cli: Cli, queued: Network) -> None:
    """Each until idle, up to the centre and back: handed over and acknowledged."""
    for name in ("commune", "district", "province", "central", "province", "district", "commune"):
        assert cli("node", "run", "--node", queued[name], "--until-idle").code == 0
    assert (queued["central"] / "inbox" / "m-letter.edxml").is_file()
    assert state(queued) is OutboundState.ACKNOWLEDGED


def test_a_node_with_nothing_to_do_says_nothing(cli: Cli, network: Network) -> None:
    """Silence is good news."""
    ran = cli("node", "run", "--node", network["central"], "--until-idle")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_missing_mailbox_of_the_peer_loses_nothing(cli: Cli, queued: Network) -> None:
    """The attempt fails with a warning and is repeated; with the mailbox back it succeeds."""
    path = queued["commune"] / "node.toml"
    path.write_text(f"{path.read_text()}\n[retry]\nfirst_seconds = 0.001\nlongest_seconds = 0.001")
    mailbox = queued["district"] / "mailbox"
    away = mailbox.rename(queued.folder / "away")
    ran = cli("node", "run", "--node", queued["commune"], "--once")
    assert ran.code == 0
    assert " WARNING outbound.failed " in ran.err
    assert state(queued) is OutboundState.RETRY_WAIT
    told = cli("status", "m-letter", "--node", queued["commune"])
    assert "failed, waits to be repeated" in told.out
    away.rename(mailbox)
    assert cli("node", "run", "--node", queued["commune"], "--once").code == 0
    assert state(queued) is OutboundState.AWAITING_RECEIPT


def test_a_second_node_on_the_same_folder_is_refused(cli: Cli, network: Network) -> None:
    """One clear line, code 5, whatever it was asked to do."""
    with NodeLock(network["commune"] / "store"):
        for option in ([], ["--once"], ["--until-idle"]):
            ran = cli("node", "run", "--node", network["commune"], *option)
            ran.refused(5, "store.in-use")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_resting_node_at_once(queued: Network, number: signal.Signals) -> None:
    """It rests for an hour when it is told to end: exit code 0, no error, the work is done.

    Meanwhile a second one is refused, and letters are accepted.
    """
    queued.set("commune", "poll_seconds", "3600.0")
    arguments = ["node", "run", "--node", str(queued["commune"])]
    with begun(*arguments, stderr=subprocess.PIPE) as running:
        seen = next(line for line in running.stderr if "outbound.awaiting-receipt" in line)
        apart([*arguments, "--once"]).refused(5, "store.in-use")
        other = queued.letter(message_id="m-other", number="13")
        assert apart(["send", other, "--node", queued["commune"]]).code == 0
        running.send_signal(number)
        _, rest = running.communicate(timeout=60)
    assert seen.endswith("message_id=m-letter\n")
    assert (running.returncode, rest) == (0, "")
    assert state(queued) is OutboundState.AWAITING_RECEIPT


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs Linux and two processors",
)
@pytest.mark.parametrize("together", ["true", "false"])
def test_all_threads_of_a_running_node_are_on_one_processor(queued: Network, together: str) -> None:
    """Unless its configuration says otherwise."""
    queued.set("commune", "one_processor", together)
    arguments = ["node", "run", "--node", str(queued["commune"])]
    with begun(*arguments, stderr=subprocess.PIPE) as running:
        next(line for line in running.stderr if "outbound.awaiting-receipt" in line)
        threads = [int(task.name) for task in Path(f"/proc/{running.pid}/task").iterdir()]
        found = {frozenset(os.sched_getaffinity(thread)) for thread in threads}
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    (processors,) = found
    assert len(threads) > 1
    assert len(processors) == (1 if together == "true" else len(os.sched_getaffinity(0)))


def test_a_killed_node_leaves_everything_to_the_next(cli: Cli, queued: Network) -> None:
    """After kill -9 the folder is free again and the letter still goes its way."""
    arguments = ["node", "run", "--node", str(queued["commune"])]
    with begun(*arguments, stderr=subprocess.PIPE) as running:
        next(line for line in running.stderr if "outbound.started" in line)
        running.kill()
    assert cli("node", "run", "--node", queued["commune"], "--until-idle").code == 0
    assert state(queued) is OutboundState.AWAITING_RECEIPT


def test_a_second_signal_is_the_systems_own(network: Network) -> None:
    """The handlers stand only until the first signal, and are gone afterwards."""
    del network
    before = signal.getsignal(signal.SIGTERM)
    with _stopped_by_signals(once=False, until_idle=False) as stop:
        assert not stop.is_set()
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set()
        stop.wait(3600)
        assert signal.getsignal(signal.SIGTERM) is before
    assert signal.getsignal(signal.SIGTERM) is before


def test_trouble_of_its_own_is_an_error_and_nothing_is_lost(cli: Cli, queued: Network) -> None:
    """A store that takes no bytes: an ERROR line, code 5, and the parcel stays where it is."""
    cli("node", "run", "--node", queued["commune"], "--once")
    payloads = queued["district"] / "store" / "payloads"
    in_the_way = list(blocked(payloads))
    ran = cli("node", "run", "--node", queued["district"], "--until-idle")
    assert ran.code == 5
    assert " ERROR node.error " in ran.err
    assert len(list((queued["district"] / "mailbox" / "new").iterdir())) == 1
    for path in in_the_way:
        path.unlink()
    ran = cli("node", "run", "--node", queued["district"], "--until-idle")
    assert ran.code == 0
    assert "inbound.accepted" in ran.err


def blocked(payloads: Path) -> Iterator[Path]:
    """Files where the folders of the payloads should be made."""
    for number in range(256):
        path = payloads / f"{number:02x}"
        if not path.exists():
            path.touch()
            yield path


def test_a_mailbox_that_cannot_be_opened_is_said(cli: Cli, network: Network) -> None:
    """A file where our own mailbox should be: one line, code 5."""
    network.set("commune", "mailbox", '"folder:commune/node.toml"')
    ran = cli("node", "run", "--node", network["commune"], "--once")
    assert (ran.code, ran.out, ran.err.count("\n")) == (5, "", 1)
    assert "[transport.folder-" in ran.err


def test_once_and_until_idle_exclude_each_other(cli: Cli, network: Network) -> None:
    """Code 2: the command cannot be both."""
    ran = cli("node", "run", "--node", network["commune"], "--once", "--until-idle")
    ran.refused(2, "usage.node-run")


def test_a_log_line_is_one_line_whatever_a_peer_writes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Control characters are shown, and logging is afterwards as it was before."""
    logger = logging.getLogger("docexchange")
    before = (list(logger.handlers), logger.level)
    with _logging_to_stderr():
        logger.warning("reason=%s", "one\ntwo\x1b[31m\u202e")
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert not {"\x1b", "\u202e"} & set(printed)
    assert "one two" in printed
    assert (list(logger.handlers), logger.level) == before


# --- numbers -----------------------------------------------------------------------------------


def test_the_numbers_are_served_while_the_node_runs(cli: Cli, queued: Network) -> None:
    """A port in [metrics]; one that is taken is said in one line, before anything is sent."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        path = queued["commune"] / "node.toml"
        port = taken.getsockname()[1]
        path.write_text(f"{path.read_text()}\n[metrics]\nport = {port}\n", encoding="utf-8")
        ran = cli("node", "run", "--node", queued["commune"], "--once")
        ran.refused(2, "configuration.metrics")
        assert state(queued) is OutboundState.QUEUED
    assert cli("node", "run", "--node", queued["commune"], "--once").code == 0
    assert state(queued) is OutboundState.AWAITING_RECEIPT
