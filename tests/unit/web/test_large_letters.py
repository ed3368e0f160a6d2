"""Large letters over a line that is cut again and again: they go on where they stood."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tracemalloc
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from contract.killing import ROOT
from exchange_help import COMMUNE, World, hours
from line_help import HASTY, Line, server_fingerprint
from web_help import shown

from docexchange.delivery import OutboundState
from docexchange.limits import MIB
from docexchange.node import Node
from docexchange.node.serving.serving import desk_of
from docexchange.testing import Fate, cut_every
from docexchange.transport import PullBoxes
from docexchange.web.application import application
from docexchange.web.serving import Address, serving

ACKNOWLEDGED = OutboundState.ACKNOWLEDGED
CONFIG = f"""
agency = "{COMMUNE}"
mailbox = []
directory = "pki/directory.toml"

[key]
uri = "pkcs12:pki/agencies/commune/agency.p12"
password_file = "pki/password.txt"

[trust]
paths = ["pki/trust"]

[tls]
key = "pkcs12:pki/agencies/commune/agency.p12"
password_file = "pki/password.txt"

[http]
pause_seconds = 0.05
stalls = 6
"""
SCAN = random.Random(7).randbytes(3 * MIB)
"""A scan whose letter has 4 MiB."""


def cut_first(*places):
    """The first connections are cut there; those after them are sound."""
    return lambda number: Fate(cut_up=places[number]) if number < len(places) else Fate()


def test_fifty_megabytes_over_a_line_cut_every_two(site):
    """The letter arrives once, both keep its receipt, and less than 15 % is sent again."""
    with Line(site, cut_every(2 * MIB)) as line:
        size = line.bring(random.Random(50).randbytes(38 * MIB))
        assert size > 50 * MIB
        assert line.state is ACKNOWLEDGED
        assert line.proxy.connections >= size // (2 * MIB)
        assert line.proxy.up < size * 1.15
        assert line.arrived_once()
        kept, given = line.receipts()
        assert kept == given
        assert len(given) == 1


def test_what_was_acknowledged_is_not_sent_again(site):
    """One cut in the middle: hardly more bytes than the letter has go over the line."""
    with Line(site, cut_first(2 * MIB)) as line:
        size = line.bring(SCAN)
        assert line.state is ACKNOWLEDGED
        assert line.proxy.connections > 1
        assert line.proxy.up < size * 1.15


def test_a_receipt_lost_after_an_upload_is_asked_for_again(site):
    """Every octet had arrived when the line died: none is sent again, and the letter is one."""
    with Line(site) as line:
        size = len(line.bytes_of(line.letter(SCAN)))
        line.proxy.script = lambda number: Fate(cut_answer=size) if number == 0 else Fate()
        line.bring(SCAN)
        assert line.state is ACKNOWLEDGED
        assert line.proxy.up < size + 64 * 1024
        assert line.arrived_once()
        kept, given = line.receipts()
        assert kept == given
        assert len(given) == 1


@pytest.mark.parametrize("fate", [Fate(freeze_up=2 * MIB), Fate(freeze_answer=2 * MIB)])
def test_a_half_open_line_in_the_middle_of_an_upload(site, fate):
    """The wait ends, and the rest goes over another connection."""
    with Line(site, settings=replace(HASTY, read_seconds=1.5, stalls=20)) as line:
        line.proxy.script = lambda number: fate if number == 0 else Fate()
        line.bring(SCAN)
        assert line.state is ACKNOWLEDGED
        assert line.arrived_once()


def test_a_changed_octet_costs_what_was_on_the_way(site):
    """TLS notices; what had arrived before stays."""
    with Line(site, lambda number: Fate(spoil_up=2 * MIB) if number == 0 else Fate()) as line:
        size = line.bring(SCAN)
        assert line.state is ACKNOWLEDGED
        assert line.proxy.up < size * 1.6
        assert line.arrived_once()


def test_a_new_attempt_goes_on_where_the_last_one_stood(site):
    """A line that dies for good ends the attempt; the next, in a new process, sends the rest."""
    dead = Fate(cut_up=0)
    with Line(site, lambda number: Fate(cut_up=3 * MIB) if number == 0 else dead) as line:
        size = line.bring(SCAN)
        assert line.state is OutboundState.RETRY_WAIT
        line.proxy.script = lambda _: Fate()
        site.world.clock.advance(hours(1))
        line.open().run_once()
        assert line.state is ACKNOWLEDGED
        assert line.proxy.up < size * 1.15
        assert line.arrived_once()


def test_the_server_may_be_restarted_meanwhile(site):
    """What it had taken in is there afterwards, and the upload goes on."""
    with Line(site, cut_first(2 * MIB)) as line:

        def restarted(number):
            if number == 1:
                site.restart()
                line.proxy.target = site.port
            return Fate(cut_up=2 * MIB) if number == 0 else Fate()

        line.proxy.script = restarted
        size = line.bring(SCAN)
        assert line.state is ACKNOWLEDGED
        assert line.proxy.up < size * 1.15
        assert line.arrived_once()


def test_an_upload_that_was_forgotten_begins_again(site):
    """The other side kept it as long as it said; the letter is sent whole."""
    dead = Fate(cut_up=0)
    with Line(site, lambda number: Fate(cut_up=3 * MIB) if number == 0 else dead) as line:
        line.bring(SCAN)
        shutil.rmtree(site.node.folder / "http" / "uploads")
        site.restart()
        line.proxy.target, line.proxy.script = site.port, lambda _: Fate()
        site.world.clock.advance(hours(1))
        line.open().run_once()
        assert line.state is ACKNOWLEDGED
        assert line.arrived_once()


def test_an_upload_forgotten_after_its_receipt_is_not_sent_again(site):
    """The receipt is found where all receipts are."""
    with Line(site) as line:
        size = len(line.bytes_of(line.letter(SCAN)))
        lost = [Fate(cut_answer=size), *[Fate(cut_up=0)] * 20]
        line.proxy.script = lambda number: lost[number] if number < len(lost) else Fate()
        line.bring(SCAN)
        assert line.state is OutboundState.RETRY_WAIT
        shutil.rmtree(site.node.folder / "http" / "uploads")
        site.restart()
        line.proxy.target, line.proxy.script = site.port, lambda _: Fate()
        site.world.clock.advance(hours(1))
        line.open().run_once()
        assert line.state is ACKNOWLEDGED
        assert line.proxy.up < size + 64 * 1024
        assert site.world.told("district").count("inbound.accepted") == 1


def test_a_slow_line_that_is_cut_all_the_time(site):
    """512 kbit/s, 600 ms, a cut after each MiB: it takes its time, and arrives."""
    fate = Fate(cut_up=MIB, bits_per_second=512_000, latency_seconds=0.6)
    with Line(site, lambda _: fate, scale=1000) as line:
        size = line.bring(SCAN)
        assert line.state is ACKNOWLEDGED
        assert line.proxy.up < size * 1.15
        assert line.arrived_once()


def test_nothing_is_read_into_memory(site):
    """Client and server together need some MiB for a letter of fifty, also over a bad line."""
    with Line(site, cut_every(16 * MIB)) as line:
        line.world["commune"].send(line.letter(random.Random(50).randbytes(38 * MIB)))
        tracemalloc.start()
        try:
            line.world["commune"].run_once()
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert line.state is ACKNOWLEDGED
        assert most < 25 * MIB


def test_without_tls_a_changed_octet_costs_one_piece(world):
    """On this machine alone: of the pieces with digests the changed one is refused and resent."""
    spoilt = Fate(spoil_up=2 * MIB)
    with (
        plain(world) as site,
        Line(
            site,
            lambda number: spoilt if number == 0 else Fate(),
            claims=[world.pki.agency("district").sha256],
            scheme="http",
        ) as line,
    ):
        size = line.bring(SCAN)
        assert line.state is ACKNOWLEDGED
        assert size + 200 * 1024 < line.proxy.up < size + 600 * 1024
        assert line.arrived_once()


@dataclass
class Plain:
    """A node that is served without TLS, by a server that was told who calls."""

    world: World
    port: int


@contextmanager
def plain(world):
    """Serve the district to the commune, as behind something that ends TLS on this machine."""
    desk = desk_of(world["district"])
    app = application(desk, PullBoxes(world.folder / "boxes"))
    called = shown(app, world.pki.agency("commune"))
    at = Address(host="127.0.0.1", port=0)
    with serving(called, desk, at=at, tls=None) as address:
        yield Plain(world, address.port)


def test_a_process_that_is_killed_leaves_its_upload_to_the_next(site, tmp_path):
    """SIGKILL half-way; the same command again sends the rest and ends well."""
    with Line(site, lambda number: Fate(freeze_up=2 * MIB) if number == 0 else Fate()) as line:
        folder = written_node(line, tmp_path / "office")
        with Node.from_config(folder) as node:
            node.send(line.letter(SCAN))
            size = node.store.outbound_of(line.message_id)[0].size
        with running(folder):
            line.proxy.await_up(2 * MIB)
        with running(folder) as again:
            _, told = again.communicate(timeout=60)
            assert again.returncode == 0, told
        assert line.proxy.up < size * 1.15
        assert line.arrived_once()
        with Node.from_config(folder) as node:
            assert node.store.outbound_of(line.message_id)[0].state is ACKNOWLEDGED


def written_node(line, folder):
    """The commune's node as an operator writes it, with everything in files."""
    pki = line.site.pki
    pki.write(folder / "pki", "demo", endpoints={"district": line.url})
    directory = folder / "pki" / "directory.toml"
    seal, server = pki.agency("district").sha256, server_fingerprint(line.site)
    text = directory.read_text(encoding="utf-8").replace(seal, f'{seal}", "sha256:{server}')
    directory.write_text(text, encoding="utf-8")
    (folder / "node.toml").write_text(CONFIG, encoding="utf-8")
    return folder


@contextmanager
def running(folder):
    """``docexchange node run --until-idle`` in a process of its own, killed in the end."""
    command = "from docexchange.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "node", "run", "--until-idle", "--node", folder],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
