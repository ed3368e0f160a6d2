"""Letters over a line that does to them what lines do: they arrive, once, with their receipt."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import replace

import pytest
from exchange_help import hours
from line_help import HASTY, Line
from web_help import Site

from docexchange.clock import SystemClock
from docexchange.delivery import OutboundState
from docexchange.instrumentation import EventName
from docexchange.testing import Fate

ACKNOWLEDGED = OutboundState.ACKNOWLEDGED
BEGUN = 10_000
"""Octets to the server after which hands are shaken, and a letter has begun and not ended."""
SCAN = b"%PDF-1.4 " * 3000


def first(fate):
    """This happens to the first connection; the others are sound."""
    return lambda number: fate if number == 0 else Fate()


def test_a_letter_is_brought_and_its_receipt_comes_back(site):
    """In one request: the receipt that the one gave is the one that the other keeps."""
    with Line(site) as line:
        line.bring(SCAN)
        assert line.state is ACKNOWLEDGED
        assert line.arrived_once()
        kept, given = line.receipts()
        assert kept == given != []


class Straight(Line):
    """No line in between: the server's own address of version 6, written as a number."""

    @property
    def url(self):
        """With the brackets that numbers of version 6 have in addresses."""
        return f"https://[::1]:{self.site.port}/"


def has_version_6():
    """Whether this machine has such addresses."""
    with suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


@pytest.mark.skipif(not has_version_6(), reason="this machine has no IPv6")
def test_a_letter_is_brought_to_an_address_of_version_6(world):
    """The server listens there, and its certificate names it; the receipt comes back."""
    with Site(world, host="::1") as site, Straight(site) as line:
        line.bring(SCAN)
        assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED]


@pytest.mark.parametrize(
    "fate",
    [
        Fate(cut_up=0),
        Fate(cut_up=1000),
        Fate(cut_up=BEGUN),
        Fate(cut_down=1000),
        Fate(cut_answer=BEGUN),
        Fate(spoil_up=1000),
        Fate(spoil_up=BEGUN),
        Fate(spoil_down=1000),
    ],
    ids=str,
)
def test_a_small_letter_survives_whatever_happens_to_the_first_connection(site, fate):
    """It goes again at once, arrives once, and both keep the same receipt."""
    with Line(site, first(fate)) as line:
        line.bring(SCAN)
        assert line.proxy.connections > 1
        assert line.state is ACKNOWLEDGED
        assert line.arrived_once()
        kept, given = line.receipts()
        assert kept == given != []


def test_a_receipt_lost_after_delivery_is_given_again(site):
    """The district has the letter but nobody heard: brought again, it is the same letter."""

    def cut_off(event):
        if event.name is EventName.INBOUND_ACCEPTED:
            line.proxy.drop()

    # Cut once the letter was accepted: TLS has answers of its own, which may come before that.
    site.restart(hooks=(site.world.events.append, cut_off))
    with Line(site, first(Fate(freeze_answer=BEGUN))) as line:
        line.bring(SCAN)
        assert line.state is ACKNOWLEDGED
        assert site.world.told("district").count("inbound.accepted") == 1
        assert site.world.told("district").count("inbound.repeated") == 1
        assert line.arrived_once()
        kept, given = line.receipts()
        assert kept == given
        assert len(given) == 1


@pytest.mark.parametrize("fate", [Fate(freeze_up=BEGUN), Fate(freeze_answer=BEGUN)])
def test_a_half_open_line_is_noticed(site, fate):
    """Nobody says that the line is dead: the wait ends by itself, and the letter goes again."""
    impatient = replace(HASTY, read_seconds=1.5)
    with Line(site, first(fate), settings=impatient) as line:
        line.bring(SCAN)
        assert line.proxy.connections > 1
        assert line.state is ACKNOWLEDGED
        assert line.arrived_once()


def test_a_slow_line_is_only_slow(site):
    """512 kbit/s and 600 ms: everything arrives at the first go, over one connection."""
    slow = Fate(bits_per_second=512_000, latency_seconds=0.6)
    with Line(site, lambda _: slow) as line:
        line.bring(b"x" * 200_000)
        assert line.proxy.connections == 1
        assert line.state is ACKNOWLEDGED
        assert line.arrived_once()


def test_a_dead_line_ends_the_attempt(site):
    """After some goes that gained nothing the delivery schedule takes over, and says why."""
    with Line(site, lambda _: Fate(cut_up=0)) as line:
        line.bring(SCAN)
        assert line.proxy.connections == HASTY.stalls + 1
        assert line.state is OutboundState.RETRY_WAIT
        assert "broken line" in line.sent.problem
        line.proxy.script = lambda _: Fate()
        site.world.clock.advance(hours(1))
        site.world["commune"].run_once()
        assert line.state is ACKNOWLEDGED


def test_a_request_has_an_end_although_every_wait_is_short(site):
    """Over TLS too: each wait is within its time, and all of them together are too long."""
    settings = replace(HASTY, connect_seconds=0.1, read_seconds=2, least_rate=1e9, stalls=0)
    slow = Fate(latency_seconds=0.6)
    with Line(site, lambda _: slow, settings=settings, scale=1) as line:
        line.open(clock=SystemClock())
        line.bring()
        assert line.state is OutboundState.RETRY_WAIT
        assert "broken line" in line.sent.problem
        line.open(clock=SystemClock(), settings=replace(settings, connect_seconds=30))
        site.world.clock.advance(hours(1))
        site.world["commune"].run_once()
        assert line.state is ACKNOWLEDGED
