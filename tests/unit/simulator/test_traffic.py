"""The letters of a scenario: as many as asked for, at the hours and to the agencies asked for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docexchange.clock import VIETNAM
from docexchange.simulator.cast import Cast
from docexchange.simulator.scenario import Scenario
from docexchange.simulator.traffic import letters_of


def scenario(**values: Any) -> Scenario:
    """A scenario of two tiers below the top with these values."""
    traffic = values.pop("traffic", [{"tier": 3, "to": "up", "letters": 20}])
    return Scenario.model_validate(
        {"name": "small", "tiers": (1, 2, 6), "traffic": traffic, **values}
    )


@given(seed=st.integers(0, 1000), letters=st.integers(0, 60))
@settings(max_examples=25)
def test_the_same_seed_gives_the_same_letters(seed: int, letters: int) -> None:
    """Letters follow from scenario and seed, are as many as asked for, numbered by time."""
    asked = scenario(traffic=[{"tier": 2, "to": "down", "letters": letters}])
    found = letters_of(asked, seed=seed)
    assert found == letters_of(asked, seed=seed)
    assert [send.name for send in found] == list(range(1, letters + 1))
    assert [send.minute for send in found] == sorted(send.minute for send in found)


@pytest.mark.parametrize("to", ["up", "down", "sibling", "across", "anywhere"])
def test_letters_go_where_they_should(to: str) -> None:
    """Every recipient stands to the sender as the traffic says, and nobody writes to himself."""
    tier = 2 if to == "down" else 3
    asked = scenario(traffic=[{"tier": tier, "to": to, "letters": 40, "recipients": 2}])
    cast = Cast(asked.tiers)
    for send in letters_of(asked, seed=1):
        sender = cast.member(*send.sender)
        assert send.sender not in send.to
        for place in send.to:
            other = cast.member(*place)
            fits = {
                "up": other.organ_id == sender.parent,
                "down": other.parent == sender.organ_id,
                "sibling": other.parent == sender.parent,
                "across": other.tier == sender.tier,
                "anywhere": True,
            }
            assert fits[to]


def test_who_has_no_sibling_writes_to_none() -> None:
    """Traffic that finds no recipient is no traffic."""
    alone = scenario(tiers=(1, 1, 6), traffic=[{"tier": 2, "to": "sibling", "letters": 5}])
    assert letters_of(alone, seed=1) == ()


def test_people_keep_hours_and_holidays() -> None:
    """Without letters outside, all are written in office hours, none at weekends or on holidays."""
    closed = date(2026, 3, 4)
    asked = scenario(hours=7 * 24, office={"outside": 0.0, "holidays": [closed]})
    moments = [
        asked.start.astimezone(VIETNAM) + timedelta(minutes=send.minute)
        for send in letters_of(asked, seed=3)
    ]
    assert len(moments) == 4 * 20
    assert {moment.weekday() for moment in moments} == {0, 1, 3, 4}
    assert all(7.5 <= moment.hour + moment.minute / 60 < 17 for moment in moments)


def test_sizes_have_their_shares() -> None:
    """One letter in four is large, within the bounds of its class."""
    asked = scenario(
        traffic=[{"tier": 3, "to": "up", "letters": 1000}],
        sizes=[{"share": 3, "octets": (1, 9)}, {"share": 1, "octets": (100, 100)}],
    )
    sizes = [send.size for send in letters_of(asked, seed=5)]
    assert 200 < sizes.count(100) < 300
    assert all(1 <= size <= 9 for size in sizes if size != 100)
