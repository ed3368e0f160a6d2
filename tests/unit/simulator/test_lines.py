"""Lines: which rule decides, when a line is down, when a disk is carried."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from docexchange.simulator.lines import Lines
from docexchange.simulator.scenario import Scenario

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+07:00")


def lines(profile: dict[str, Any], *rules: dict[str, Any]) -> Lines:
    """Lines of a small network with one profile."""
    values = {
        "name": "small",
        "tiers": (1, 2, 4),
        "traffic": [{"tier": 3, "to": "up", "letters": 1}],
        "profiles": {"special": profile},
        "lines": rules or ({"agency": (3, 0), "profile": "special"},),
    }
    return Lines(Scenario.model_validate(values))


def test_the_last_rule_that_fits_decides() -> None:
    """An agency can be taken out of what holds for its tier; both directions are alike."""
    found = lines(
        {}, {"tiers": (2, 3), "profile": "special"}, {"agency": (3, 1), "profile": "fibre"}
    )
    assert found.profile_of((3, 0), (2, 0)) == found.profile_of((2, 0), (3, 0)) == "special"
    assert found.profile_of((3, 1), (2, 0)) == "fibre"
    assert found.profile_of((1, 0), (2, 0)) == "fibre"


def test_rates_are_in_octets() -> None:
    """512 kbit/s are 64,000 octets a second."""
    link = lines({"kbit_per_second": 512, "loss": 0.1}).link((3, 0), (2, 0), at=MONDAY)
    assert (link.bytes_per_second, link.loss) == (64_000, 0.1)


@pytest.mark.parametrize(
    ("minutes", "down"), [(-61, False), (-60, True), (0, True), (59, True), (60, False)]
)
def test_an_outage_lasts_over_midnight(minutes: int, *, down: bool) -> None:
    """From 23:00 for two hours: down until one in the morning, every day."""
    midnight = datetime.fromisoformat("2026-03-03T00:00:00+07:00")
    found = lines({"down_from": datetime(2026, 1, 1, 23).time(), "down_minutes": 120.0})  # noqa: DTZ001
    at = midnight + timedelta(minutes=minutes)
    assert found.link((2, 0), (3, 0), at=at).is_down is down


@pytest.mark.parametrize(
    ("moment", "days"), [("2026-03-02T09:00", 4), ("2026-03-06T09:00", 0), ("2026-03-06T09:01", 7)]
)
def test_a_disk_leaves_once_a_week(moment: str, days: int) -> None:
    """What is sent waits for Friday at nine, and one minute later for the next Friday."""
    at = datetime.fromisoformat(f"{moment}+07:00")
    found = lines({"carried_on": "fri", "latency_seconds": 60.0})
    arrives = at + timedelta(seconds=found.link((3, 0), (2, 0), at=at).latency_seconds)
    assert arrives.isoformat(timespec="minutes").endswith("09:01+07:00")
    assert (arrives.date() - at.date()).days == days
