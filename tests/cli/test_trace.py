"""``docexchange trace``: the way of a letter, out of the memories of the nodes it passed."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from network_help import CENTRAL, COMMUNE, DISTRICT, NAMES, PROVINCE

from docexchange.cli._exchange_words import EVENTS, event_words
from docexchange.delivery import OutboundEvent
from docexchange.node import Node

if TYPE_CHECKING:
    from network_help import Cli, Network

WAY = [COMMUNE, DISTRICT, PROVINCE, CENTRAL]


def nodes(network: Network, *names: str) -> list[object]:
    """The options that name nodes."""
    return [part for name in names for part in ("--node", network[name])]


def test_every_event_of_a_delivery_has_words() -> None:
    """In both languages; an event of a newer version is shown by its own name."""
    assert {f"outbound.{event}" for event in OutboundEvent} <= set(EVENTS)
    assert all(english and vietnamese for english, vietnamese in EVENTS.values())
    assert event_words("outbound.teleported") == "outbound.teleported"


def test_all_nodes_together_tell_the_whole_way(cli: Cli, delivered: Network) -> None:
    """In order of time, hop by hop; each received the bytes that the one before sent."""
    ran = cli("trace", "m-letter", *nodes(delivered, *NAMES), "--json")
    rows = ran.answer("trace")["timeline"]
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert all(row["words"] != row["event"] for row in rows)
    received = [row for row in rows if row["event"] == "received"]
    assert [row["node"] for row in received] == [str(code) for code in WAY[1:]]
    assert [row["verdict"] for row in received] == ["TOTAL-PASSED"] * 3
    carried = [row for row in rows if row["event"] == "outbound.carried"]
    assert [row["sha256"] for row in carried] == [row["sha256"] for row in received]
    assert rows[-1]["event"] in {"outbound.receipt", "status.sent"}


def test_both_sides_of_a_hop_keep_its_receipt(cli: Cli, delivered: Network) -> None:
    """Whoever gave it and whoever obtained it, about the same bytes."""
    answer = cli("trace", "m-letter", *nodes(delivered, *NAMES), "--json").answer("trace")
    for one, following in pairwise(WAY):
        of_hop = [item for item in answer["receipts"] if item["issuer"] == str(following)]
        assert {(item["kept_by"], item["given"]) for item in of_hop} == {
            (str(one), False),
            (str(following), True),
        }
        assert len({item["sha256"] for item in of_hop}) == 1
        assert all(item["accepted"] for item in of_hop)


def test_one_node_tells_what_it_knows(cli: Cli, delivered: Network) -> None:
    """Without the others' folders the way is seen from one house; named twice, it is asked once."""
    once = cli("trace", "m-letter", *nodes(delivered, "province"), "--json").answer("trace")
    twice = cli("trace", "m-letter", *nodes(delivered, "province", "province"), "--json")
    assert {row["node"] for row in once["timeline"]} == {str(PROVINCE)}
    assert twice.answer("trace") == once


def test_the_current_folder_is_the_node(
    cli: Cli, delivered: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --node it is the node in the current folder."""
    monkeypatch.chdir(delivered["central"])
    answer = cli("trace", "m-letter", "--json").answer("trace")
    assert {row["node"] for row in answer["timeline"]} == {str(CENTRAL)}


def test_a_copy_of_a_folder_is_enough(cli: Cli, delivered: Network) -> None:
    """An auditor needs node.toml and the store, and neither keys nor mailboxes."""
    copy = delivered.folder / "audit"
    copy.mkdir()
    shutil.copy(delivered["central"] / "node.toml", copy)
    shutil.copytree(delivered["central"] / "store", copy / "store")
    shutil.rmtree(delivered.folder / "pki")
    answer = cli("trace", "m-letter", "--node", copy, "--json").answer("trace")
    assert "handed-over" in [row["event"] for row in answer["timeline"]]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_people_get_a_table(cli: Cli, delivered: Network, language: str) -> None:
    """Vietnam time, hop, event in words, short digest, verdict; then the receipts."""
    ran = cli("--lang", language, "trace", "m-letter", *nodes(delivered, *NAMES))
    head, *lines = ran.out.splitlines()
    assert head.split("  ")[0] == {"en": "time (Vietnam)", "vi": "thời gian (Việt Nam)"}[language]
    received = [line for line in lines if event_in(language, "received") in line]
    assert len(received) == 3
    for line in received:
        assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  000\.", line)
        assert re.search(r"  [0-9a-f]{12}  TOTAL-PASSED · ← 000\.", line)
    word = {"en": "receipt · signed by", "vi": "biên nhận · ký bởi"}[language]
    assert sum(line.startswith(word) for line in lines) == 6
    assert (ran.code, ran.err) == (0, "")


def event_in(language: str, event: str) -> str:
    """The words of an event."""
    return EVENTS[event][language == "vi"]


def test_a_refusal_is_told_with_its_reason(cli: Cli, network: Network) -> None:
    """A hop that trusts nobody refuses; the sender's timeline says so and why."""
    with Node.from_config(network["commune"]) as node:
        node.send(network.letter())
        node.run_until_idle()
        trust = network.folder / "pki" / "trust" / "root.pem"
        genuine = trust.read_bytes()
        trust.write_bytes((network.folder / "pki" / "bad" / "stranger.pem").read_bytes())
        network.work("district")
        trust.write_bytes(genuine)
        node.run_until_idle()
    answer = cli("trace", "m-letter", *nodes(network, "district"), "--json").answer("trace")
    (row,) = answer["timeline"]
    assert row["event"] == "refused"
    assert "NO_CERTIFICATE_CHAIN_FOUND" in row["detail"]["reason"]
    assert [item["accepted"] for item in answer["receipts"]] == [False]
    text = cli("trace", "m-letter", *nodes(network, "district", "commune")).out
    assert "refused, refusal given" in text
    assert "refused by the next hop" in text


@pytest.mark.parametrize(
    ("message_id", "name", "exit_code", "code"),
    [
        ("m-none", "commune", 2, "trace.unknown-message"),
        ("not an id!", "commune", 2, "identifier.message-id"),
        ("m-letter", "nowhere", 4, "input.not-found"),
    ],
)
def test_what_nobody_knows_is_said(cli, network, message_id, name, exit_code, code) -> None:
    """One clear line and the exit code of its kind."""
    cli("trace", message_id, "--node", network[name]).refused(exit_code, code)
    assert not network["nowhere"].exists()


def test_a_damaged_store_is_said(cli: Cli, delivered: Network) -> None:
    """Random bytes instead of the database: one line, code 5."""
    (delivered["district"] / "store" / "store.db").write_bytes(b"\x93\x12random" * 999)
    cli("trace", "m-letter", *nodes(delivered, "commune", "district")).refused(5, "store.damaged")
