"""Scenarios are read whole or refused, and what is wrong with them is told all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docexchange.errors import ConfigurationError, InputNotFound
from docexchange.simulator import read_scenario, scenario_text, shipped_scenarios

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """
name = "small"
tiers = [1, 2, 4]
[[traffic]]
tier = 3
to = "up"
letters = 4
"""


def refusal(folder: Path, text: str) -> str:
    """What is said about such a file."""
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_scenario(path)
    assert caught.value.code == "simulator.scenario"
    return str(caught.value)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_what_is_shipped_can_be_read(name: str) -> None:
    """Every scenario of the package bears the name of its file and says what it shows."""
    scenario = read_scenario(name)
    assert scenario.name == name
    assert scenario.about
    assert scenario.faults or scenario.lines


def test_a_file_goes_before_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of one's own may be called like a scenario of the package."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "satellite").write_text(SMALL, encoding="utf-8")
    assert read_scenario("satellite").name == "small"


def test_a_missing_file_is_told() -> None:
    """What is neither a file nor a name is not found."""
    with pytest.raises(InputNotFound, match=r"nowhere\.toml"):
        read_scenario("nowhere.toml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SMALL + "[calender]\n", "calender: unknown key"),
        (SMALL + "leters = 3\n", "traffic.0.leters: unknown key"),
        (SMALL.replace('"up"', '"sideways"'), "traffic.0.to"),
        (SMALL.replace("tier = 3", "tier = 9"), "found tier 9"),
        (SMALL.replace("[1, 2, 4]", "[2, 2, 4]"), "expected one agency at the top"),
        (SMALL.replace("letters = 4", 'letters = "4"'), "traffic.0.letters"),
        (SMALL + '[[lines]]\ntiers = [2, 3]\nprofile = "radio"\n', "'radio'"),
        (SMALL + '[[lines]]\nprofile = "fibre"\n', "either tiers or agency"),
        (
            SMALL + '[[lines]]\ntiers = [1, 3]\nprofile = "fibre"\n',
            "lines.0: expected two tiers of which one is right above the other, found 1 and 3",
        ),
        (SMALL + '[[lines]]\ntiers = [2, 2]\nprofile = "fibre"\n', "found 2 and 2"),
        (
            SMALL + '[[faults]]\nkind = "loss"\nwhere = [[2, 0], [3, 3]]\n',
            "of which one is right above the other, found [2, 0] and [3, 3]",
        ),
        (SMALL + '[[faults]]\nkind = "loss"\nwhere = [[1, 0], [3, 3]]\n', "[1, 0] and [3, 3]"),
        (SMALL + '[[faults]]\nkind = "down"\n', "at least one node"),
        (SMALL + '[[faults]]\nkind = "down"\nwhere = [[3, 4]]\n', "number 4"),
        (SMALL + "[retry]\nfirst_seconds = 0\n", "first_seconds"),
        (SMALL + "[retry]\nsometimes = 1\n", "sometimes"),
        (SMALL + '[[faults]]\nkind = "delay"\n', "an amount in seconds"),
        (SMALL + '[[faults]]\nkind = "clock-skew"\nwhere = [[2, 0]]\n', "an amount in seconds"),
        (SMALL + '[[faults]]\nkind = "tsa-down"\nwhere = [[2, 0]]\n', "have no timestamps"),
        (SMALL + "[profiles.a]\ndown_from = 18:00:00\n", "down_from and down_minutes together"),
        (SMALL + "[profiles.a]\ndown_minutes = 5\n", "down_from and down_minutes together"),
        (SMALL.replace("tier = 3", "tier = 1"), "traffic.0: expected letters to somebody"),
        (SMALL.replace('"up"', '"down"'), "found 'down' of tier 3"),
        (SMALL + "[office]\nopens = 18:00:00\n", "opens before closes"),
        (SMALL + "[[sizes]]\nshare = 1\noctets = [5, 4]\n", "the smaller first"),
        ("start = 2026-03-02T00:00:00\n" + SMALL, "start"),
        ("name = ", "Invalid value"),
        ('name = "empty"', "traffic: missing"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, told: str) -> None:
    """A key that is unknown, missing, or out of place is told by its name."""
    assert told in refusal(tmp_path, text)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Two faults in different tables stand in one message."""
    told = refusal(tmp_path, SMALL.replace('"up"', '"over"') + "[office]\noutside = 2\n")
    assert "traffic.0.to" in told
    assert "office.outside" in told


def test_no_text_is_told_as_such(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused like any other file that is no scenario."""
    path = tmp_path / "scenario.toml"
    path.write_bytes(b'name = "\xff"')
    with pytest.raises(ConfigurationError, match="no text in UTF-8"):
        read_scenario(path)


@pytest.mark.parametrize("data", [b"", b" \n\n"])
def test_an_empty_file_is_told_as_such(data: bytes, tmp_path: Path) -> None:
    """Not as one in which everything is missing."""
    path = tmp_path / "scenario.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigurationError, match="expected a scenario, found an empty file"):
        read_scenario(path)


def test_the_texts_are_those_that_are_read() -> None:
    """What ``--example`` prints is what is played."""
    assert 'name = "dead-province"' in scenario_text("dead-province")
