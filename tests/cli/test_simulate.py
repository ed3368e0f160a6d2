"""``docexchange simulate``: a scenario is played, told in words and in JSON, and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from docexchange.simulator import scenario_text, shipped_scenarios

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli

SMALL = """
name = "small"
tiers = [1, 2, 4]
[[traffic]]
tier = 3
to = "up"
letters = 4
[expected]
all_arrive = true
longest_minutes = 1
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Four letters between seven agencies."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_run_is_told_and_drawn(cli: Cli, scenario: Path, tmp_path: Path) -> None:
    """Figures, delays and promises in words; the picture in a file; exit code 0."""
    drawn = tmp_path / "small.svg"
    ran = cli("simulate", scenario, "--seed", 7, "--picture", drawn)
    assert ran.code == 0, ran.err
    assert "4 / 4 copies arrived" in ran.out
    assert "Promises: all kept" in ran.out
    assert ran.out.count("  ok") == 2
    assert ET.parse(drawn).getroot().tag.endswith("svg")


def test_seeds_give_a_run_each(cli: Cli, scenario: Path) -> None:
    """The answer fits its schema, and each run is that of its seed."""
    runs = cli("simulate", scenario, "--seed", 7, "--seeds", 2, "--json").answer("simulate")
    assert [run["seed"] for run in runs] == [7, 8]
    assert [run["holds"] for run in runs] == [True, True]
    assert runs[0]["digest"] != runs[1]["digest"]
    (again,) = cli("simulate", scenario, "--seed", 8, "--json").answer("simulate")
    assert again == runs[1]


def test_several_processes_play_the_same_history(cli: Cli, scenario: Path) -> None:
    """Answer and digest are those of one; what cannot be divided is refused by name."""
    (one,) = cli("simulate", scenario, "--seed", 7, "--json").answer("simulate")
    (two,) = cli("simulate", scenario, "--seed", 7, "--processes", 2, "--json").answer("simulate")
    assert two == one
    dead = cli("simulate", "dead-province", "--processes", 2)
    assert (dead.code, "found faults down and 0.02 seconds" in dead.err) == (2, True)
    told = cli("--lang", "vi", "simulate", "dead-province", "--processes", 2).err
    assert "kịch bản không có sự cố" in told


def test_what_is_not_as_expected_is_a_negative_verdict(cli: Cli, scenario: Path) -> None:
    """A line that is too slow for what the scenario expects: exit code 1, and both numbers."""
    slow = '[profiles.slow]\nlatency_seconds = 600\n[[lines]]\ntiers = [2, 3]\nprofile = "slow"\n'
    scenario.write_text(SMALL + slow, encoding="utf-8")
    ran = cli("simulate", scenario)
    assert ran.code == 1
    assert "longest minutes, at most 1; found 10  NO" in ran.out


def test_it_speaks_vietnamese(cli: Cli, scenario: Path, tmp_path: Path) -> None:
    """Words of the answer and of the picture."""
    drawn = tmp_path / "small.svg"
    ran = cli("--lang", "vi", "simulate", scenario, "--picture", drawn)
    assert "Cam kết: đều được giữ" in ran.out
    assert "Cấp 3" in drawn.read_text(encoding="utf-8")


def test_a_full_disk_for_the_picture_is_told(cli: Cli, scenario: Path) -> None:
    """As with every other file that a command writes: exit code 2, and what to do."""
    ran = cli("simulate", scenario, "--picture", "/dev/full")
    ran.refused(2, "output.not-writable")
    assert "No space left on device" in ran.err


def test_there_are_scenarios_to_begin_with(cli: Cli, tmp_path: Path) -> None:
    """They are listed with what they show, and the example is one of them as it stands."""
    listed = cli("simulate", "--list").out.splitlines()
    assert [line.split()[0] for line in listed] == list(shipped_scenarios())
    assert all(len(line.split()) > 3 for line in listed)
    assert cli("simulate", "--example").out == scenario_text("dead-province")
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_played_is_told(cli: Cli, scenario: Path, tmp_path: Path) -> None:
    """A key that is unknown, a file that is not there, a picture that cannot be kept."""
    cli("simulate", tmp_path / "none.toml").refused(4, "input.not-found")
    nowhere = tmp_path / "nowhere" / "small.svg"
    cli("simulate", scenario, "--picture", nowhere).refused(2, "output.not-writable")
    bitmap = tmp_path / "small.png"
    told = cli("simulate", scenario, "--picture", bitmap)
    told.refused(2, "output.not-writable")
    assert "ends in .svg" in told.err
    assert not bitmap.exists()
    scenario.write_text(SMALL + "[colour]\n", encoding="utf-8")
    ran = cli("simulate", scenario)
    ran.refused(2, "simulator.scenario")
    assert "colour: unknown key" in ran.err
