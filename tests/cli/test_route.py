"""``docexchange route explain``: the way of a letter, in words and in JSON."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from agency_trees import four_tiers

from docexchange.cli._route_lines import _WORDS
from docexchange.cli._words import moment_words
from docexchange.clock import SystemClock
from docexchange.delivery import Outage
from docexchange.directory import Directory, write_toml
from docexchange.identifiers import OrganId
from docexchange.node import directory_file, open_storage, read_config
from docexchange.routing import HopReason

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli, Network

COMMUNE, FAR, SISTER = "000.21.31.H53", "000.00.28.H17", "H53.31.22"
RULES = """[[rule]]
name = "neighbours"
from = "H53.31"
to = "H17.28"
way = "direct"
because = "agreement 12"
"""

CLOSED = """
[[agency]]
code = "H47"
name = "Quảng Nam"
tier = 2
parent = "G22"
valid_to = 2025-06-30
successor = "H17"
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Four tiers, and a province that was merged into another."""
    path = tmp_path / "agencies.toml"
    path.write_text(write_toml(four_tiers()) + CLOSED, encoding="utf-8")
    return path


def test_every_hop_is_told_with_its_reason(cli: Cli, listed: Path) -> None:
    """Number, code, name, why, and what would change it."""
    ran = cli("route", "explain", COMMUNE, FAR, "--directory", listed, "--at", "2025-07-01")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == f"{COMMUNE} → {FAR} (2025-07-01)"
    assert lines[1] == "  1. 000.00.31.H53 UBND huyện Bến Cầu · superior on the way up"
    assert lines[2].startswith("     would change with: a rule")
    assert sum(line.startswith("     would change with") for line in lines) == 5


def test_the_answer_in_json_says_the_same(cli: Cli, listed: Path) -> None:
    """Hops, reasons, and every link once with all recipients behind it."""
    words = ["route", "explain", COMMUNE, FAR, SISTER, "--directory", listed]
    answer = cli(*words, "--at", "2025-07-01", "--json").answer("route-explain")
    first, second = answer["routes"]
    assert [hop["reason"] for hop in first["hops"]] == ["up", "up", "common", "down", "recipient"]
    assert second["recipient"] == "000.22.31.H53"
    assert answer["links"][0]["recipients"] == [FAR, SISTER]
    ran = cli(*words, "--at", "2025-07-01")
    assert "6 links, each carries the letter once:" in ran.out


def test_a_closed_code_is_explained(cli: Cli, listed: Path) -> None:
    """Before the reform it was itself; afterwards its letters go to the successor."""
    words = ["route", "explain", COMMUNE, "H47", "--directory", listed, "--json", "--at"]
    before = cli(*words, "2025-06-30").answer("route-explain")["routes"][0]
    after = cli(*words, "2025-07-01").answer("route-explain")["routes"][0]
    assert (before["recipient"], before["closed"]) == ("H47", None)
    assert after["recipient"] == "000.00.00.H17"
    assert after["closed"]["last_day"] == "2025-06-30"
    ran = cli("route", "explain", COMMUNE, "H47", "--directory", listed, "--at", "2025-07-01")
    assert "H47 Quảng Nam: closed, last day 2025-06-30; goes to its successor" in ran.out


def test_rules_and_broken_links_are_told(cli: Cli, listed: Path, tmp_path: Path) -> None:
    """The rule with its reason; where its link is down, what was avoided."""
    rules = tmp_path / "routing.toml"
    rules.write_text(RULES, encoding="utf-8")
    words = ["route", "explain", COMMUNE, FAR, "--directory", listed, "--rules", rules]
    assert "straight by a rule · rule: neighbours (agreement 12)" in cli(*words).out
    down = cli(*words, "--down", "H53.31:H17.28", "--json").answer("route-explain")
    assert down["routes"][0]["hops"][1]["avoided"] == FAR
    ran = cli(*words, "--down", "H53.31:H17.28", "--down", "H53.21:H53")
    assert f"avoided, out of order: the link to {FAR}" in ran.out


def test_a_recipient_without_a_route_is_a_negative_answer(cli: Cli, listed: Path) -> None:
    """The others are told all the same."""
    words = ["route", "explain", COMMUNE, "Z99", SISTER, "--directory", listed]
    ran = cli(*words)
    assert ran.code == 1
    assert "→ Z99: no route [route.unknown-agency]" in ran.out
    assert "000.22.31.H53" in ran.out
    problem = cli(*words, "--json").answer("route-explain")["routes"][0]["problem"]
    assert problem["code"] == "route.unknown-agency"


def test_a_node_s_own_directory_and_rules_count(cli: Cli, network: Network) -> None:
    """Whoever stands in the folder of the node need name nothing else."""
    folder = network["commune"]
    (folder / "routing.toml").write_text(
        RULES.replace('"H53.31"', '"H53.31.21"').replace("H17.28", "G22")
    )
    config = folder / "node.toml"
    config.write_text(config.read_text("utf-8") + '\n[routing]\nrules = "routing.toml"\n', "utf-8")
    ran = cli("route", "explain", COMMUNE, "G22", "--node", folder)
    assert "rule: neighbours" in ran.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--at", "yesterday"], "usage.day"),
        (["--down", "H53"], "usage.link"),
        (["--rules", "absent.toml"], "input.not-found"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    cli: Cli, listed: Path, words: list[str], code: str
) -> None:
    """One line, with a stable code."""
    ran = cli("route", "explain", COMMUNE, FAR, "--directory", listed, *words)
    ran.refused(4 if code == "input.not-found" else 2, code)


def test_all_of_it_can_be_said_in_vietnamese(cli: Cli, listed: Path) -> None:
    """Every reason, and everything that would change one."""
    for reason in HopReason:
        assert _WORDS[reason]
        assert _WORDS[reason.would_change]
    ran = cli("--lang", "vi", "route", "explain", COMMUNE, FAR, SISTER, "--directory", listed)
    assert "cơ quan cấp trên chung gần nhất" in ran.out
    assert not re.search(r"superior|would|links|recipient", ran.out)


def test_links_that_the_node_saw_out_of_order_are_told_and_count(
    cli: Cli, network: Network
) -> None:
    """From its store: in words, in JSON, in the hops, and by the doctor; not for another day."""
    now = SystemClock().now()
    config = read_config(network["commune"])
    directory = Directory.from_path(directory_file(config))
    entry = directory.find(OrganId("000.00.31.H53"), now.date())
    assert entry is not None
    outage = Outage(
        endpoint=entry.endpoint,
        failures=5,
        since=now - timedelta(hours=1),
        until=now,
        reason="no answer",
    )
    with open_storage(config) as storage:
        storage.store.put_outage(outage)
    words = ["route", "explain", COMMUNE, "G22", "--node", config.base]
    ran = cli(*words)
    assert "this link is out of order, and there is no other" in ran.out
    assert "links out of order, as this node saw them last:" in ran.out
    assert f"  {COMMUNE} → 000.00.31.H53 · since {moment_words(outage.since)}" in ran.out
    answer = cli(*words, "--json").answer("route-explain")
    (link,) = answer["out_of_order"]
    assert (link["from"], link["to"], link["reason"]) == (COMMUNE, "000.00.31.H53", "no answer")
    assert answer["routes"][0]["hops"][0]["out_of_order"]
    assert cli(*words, "--json", "--at", "2026-03-02").answer("route-explain")["out_of_order"] == []
    doctor = cli("node", "doctor", "--node", config.base, "--json").answer("node-doctor")
    (symptom,) = [item for item in doctor["symptoms"] if item["name"] == "link"]
    assert symptom["found"].startswith("000.00.31.H53: out of reach since")
