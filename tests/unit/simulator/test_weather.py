"""What becomes of a parcel: pure, and the same for the same parcel."""

from __future__ import annotations

import pytest

from docexchange.simulator import Fault, FaultKind, Link
from docexchange.simulator.dice import Dice
from docexchange.simulator.weather import Damage, Fate, Landing, Transfer, fate_of


def transfer(*, number=1, size=1000, is_receipt=False):
    """A parcel from a commune to its province."""
    return Transfer(
        sender=(3, 0),
        receiver=(2, 0),
        about=("m-1", str(number)),
        size=size,
        is_receipt=is_receipt,
    )


def fate(*faults, link=None, **what):
    """Its fate."""
    return fate_of(transfer(**what), link or Link(), faults, Dice(1))


def test_in_fine_weather_everything_arrives_after_the_latency():
    """And after the time that the bytes take."""
    assert fate() == Fate(landings=(Landing(after_seconds=0.05),))
    slow = Link(latency_seconds=1, bytes_per_second=100)
    assert fate(link=slow) == Fate(landings=(Landing(after_seconds=11),))


def test_the_slowest_rate_counts_and_delays_add_up():
    """A fault of bandwidth makes a fast link slow, not a slow one fast."""
    rate, delay = Fault(FaultKind.BANDWIDTH, amount=10), Fault(FaultKind.DELAY, amount=5)
    link = Link(latency_seconds=1, bytes_per_second=100)
    assert fate(rate, delay, delay, link=link).landings[0].after_seconds == 111


@pytest.mark.parametrize(
    ("kind", "damage"),
    [(FaultKind.CORRUPT, Damage.CORRUPT), (FaultKind.TRUNCATE, Damage.TRUNCATE)],
)
def test_damage_is_done_to_what_lands(kind, damage):
    """The first copy is damaged; a second one is not."""
    first, second = fate(Fault(kind), Fault(FaultKind.DUPLICATE, amount=9)).landings
    assert (first.damage, second.damage) == (damage, Damage.NONE)
    assert first.after_seconds <= second.after_seconds <= first.after_seconds + 9


@pytest.mark.parametrize("kind", [FaultKind.LOSS, FaultKind.HALF_OPEN, FaultKind.LOST_RECEIPT])
def test_what_is_lost_is_accepted_all_the_same(kind):
    """Nobody is told: neither of a lost receipt nor of lost news."""
    assert fate(Fault(kind), is_receipt=True) == Fate()


def test_a_lost_receipt_is_no_lost_letter():
    """The fault meets receipts alone."""
    fault = Fault(FaultKind.LOST_RECEIPT)
    assert fate(fault).landings
    assert not fate(fault, is_receipt=True).landings


@pytest.mark.parametrize(
    ("where", "is_met"),
    [((), True), (((3, 0),), True), (((2, 0), (3, 0)), True), (((1, 0),), False)],
)
def test_a_fault_meets_the_links_it_names(where, is_met):
    """All, those of a node, or the one between two."""
    assert bool(fate(Fault(FaultKind.LOSS, where)).landings) is not is_met


@pytest.mark.parametrize(
    ("where", "is_met"), [(((2, 0),), True), (((3, 0),), False), (((1, 0),), False)]
)
def test_half_open_is_the_side_that_receives(where, is_met):
    """What such a node sends itself arrives."""
    assert bool(fate(Fault(FaultKind.HALF_OPEN, where)).landings) is not is_met


def test_chance_meets_about_as_many_as_it_says_and_always_the_same():
    """Three in ten of a thousand, and the same three in ten again."""
    fault = Fault(FaultKind.LOSS, chance=0.3)
    lost = [number for number in range(1000) if not fate(fault, number=number).landings]
    assert 250 < len(lost) < 350
    assert lost == [n for n in range(1000) if not fate(fault, number=n).landings]


def test_what_has_no_chance_never_happens() -> None:
    """A likelihood of 0 is none, and of 1 a certainty, whatever the dice are thrown for."""
    dice = Dice(1)
    assert not any(dice.happens(0.0, "loss", number) for number in range(100))
    assert all(dice.happens(1.0, "loss", number) for number in range(100))
