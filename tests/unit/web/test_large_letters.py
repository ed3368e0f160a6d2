"""Large letters over a line that is cut again and again: they go on where they stood."""

from __future__ import annotations

import random

import pytest
from bad_line import Fate, cut_every
from line_help import Line

from docexchange.delivery import OutboundState
from docexchange.limits import MIB

ACKNOWLEDGED = OutboundState.ACKNOWLEDGED
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
