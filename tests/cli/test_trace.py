"""``docexchange trace``: the way of a letter, out of the memories of the nodes it passed."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from network_help import CENTRAL, COMMUNE, DISTRICT, NAMES, PROVINCE, document
from snapshot_help import DESK, MONTH, YEAR, root_of

from docexchange.cli._exchange_words import EVENTS, event_words
from docexchange.clock import SystemClock
from docexchange.delivery import OutboundEvent
from docexchange.directory import read_entries
from docexchange.directory.snapshots import Publication
from docexchange.envelope import Organization
from docexchange.node import Node
from docexchange.signing.octets import vouched

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


@pytest.mark.parametrize("language", ["en", "vi"])
def test_of_several_recipients_each_line_says_whose_it_is(
    cli: Cli, network: Network, language: str
) -> None:
    """One letter to two agencies by one next hop: its deliveries and receipts are told apart."""
    message = document(COMMUNE, CENTRAL, message_id="m-letter")
    both = (*message.recipients, Organization(PROVINCE, "UBND tỉnh Tây Ninh"))
    with Node.from_config(network["commune"]) as node:
        node.send(replace(message, recipients=both))
    network.settle()
    lines = cli("--lang", language, "trace", "m-letter", *nodes(network, "commune")).out
    word = {"en": "recipient", "vi": "nơi nhận"}[language]
    for recipient in (CENTRAL, PROVINCE):
        told = [line for line in lines.splitlines() if f" · {word} {recipient}" in line]
        assert sum(event_in(language, "submitted") in line for line in told) == 1
        assert sum("SHA-256" in line for line in told) == 1


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
        ("m-letter", "nowhere", 4, "configuration.not-found"),
    ],
)
def test_what_nobody_knows_is_said(cli, network, message_id, name, exit_code, code) -> None:
    """One clear line and the exit code of its kind."""
    cli("trace", message_id, "--node", network[name]).refused(exit_code, code)
    assert not network["nowhere"].exists()


# --- the chain of receipts ---------------------------------------------------------------------


def chain(cli: Cli, network: Network, *names: str, code: int) -> dict[str, Any]:
    """What the receipts that these nodes keep prove about the way to the central office."""
    ran = cli("trace", "m-letter", *nodes(network, *names), "--verify", "--json")
    assert ran.code == code, ran.err
    (found,) = ran.answer("trace")["chains"]
    assert found["recipient"] == str(CENTRAL)
    return found


def change(network: Network, name: str, sql: str, *values: object) -> None:
    """Let somebody with access to its disk change what a node remembers."""
    path = network[name] / "store" / "store.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql, values)


def test_receipts_prove_the_whole_way(cli: Cli, delivered: Network) -> None:
    """From the commune to the centre, each hop signed and kept by both of its sides."""
    found = chain(cli, delivered, *NAMES, code=0)
    assert (found["state"], found["problems"], found["reason"]) == ("whole", [], "")
    assert [(hop["number"], hop["from"], hop["to"]) for hop in found["hops"]] == [
        (number, str(one), str(following))
        for number, (one, following) in enumerate(pairwise(WAY), 1)
    ]
    assert [len(hop["kept_by"]) for hop in found["hops"]] == [2, 2, 2]


def test_a_sender_alone_proves_the_first_hop(cli: Cli, delivered: Network) -> None:
    """What is beyond is not known there: exit code 3, and where the proof ends."""
    found = chain(cli, delivered, "commune", code=3)
    assert (found["state"], len(found["hops"])) == ("open", 1)
    assert str(DISTRICT) in found["reason"]


@pytest.mark.parametrize(
    ("names", "numbers", "gap"),
    [
        (["province"], [2, 3], DISTRICT),
        (["central"], [3], PROVINCE),
        (["province", "central"], [2, 3], DISTRICT),
        (["commune", "central"], [1, 3], PROVINCE),
    ],
)
def test_whoever_was_not_asked_contradicts_nothing(
    cli: Cli, delivered: Network, names: list[str], numbers: list[int], gap: object
) -> None:
    """Genuine receipts from the middle of the way: what they prove, and whose are missing."""
    found = chain(cli, delivered, *names, code=3)
    assert (found["state"], found["problems"]) == ("open", [])
    assert [hop["number"] for hop in found["hops"]] == numbers
    assert found["reason"] == f"no receipt that {gap} was given the letter is kept here"


@pytest.mark.parametrize(
    ("language", "verdict", "reason", "advice"),
    [
        ("en", "prove a part of the way", f"that {PROVINCE} was given the letter", "with --node"),
        ("vi", "chứng minh một phần", f"không lưu biên nhận cho biết {PROVINCE}", "Dùng --node"),
    ],
)
def test_a_recipient_alone_is_told_what_is_missing(
    cli: Cli, delivered: Network, language: str, verdict: str, reason: str, advice: str
) -> None:
    """The hop that is proved, that others are before it, and what to do."""
    ran = cli("--lang", language, "trace", "m-letter", *nodes(delivered, "central"), "--verify")
    told, gap, hop, missing, advised = ran.out.splitlines()[-5:]
    assert verdict in told
    assert (gap, hop.split(" · ")[0]) == ("  …", f"  3. {PROVINCE} → {CENTRAL}")
    assert missing.startswith("  ! ")
    assert reason in missing
    assert advice in advised


@pytest.mark.parametrize("names", [["province"], ["district", "province"], ["province", "central"]])
def test_a_receipt_that_was_taken_out_is_missed_where_it_was_kept(
    cli: Cli, delivered: Network, names: list[str]
) -> None:
    """The province passed the letter on, so that it has a receipt that it was given it."""
    for name in ("district", "province"):
        change(delivered, name, "DELETE FROM receipt WHERE issuer = ?", str(PROVINCE))
    found = chain(cli, delivered, *names, code=1)
    assert found["state"] == "broken"
    (problem,) = found["problems"]
    assert f"expected one that {PROVINCE} was given the letter" in problem


@pytest.mark.parametrize("name", ["province", "central"])
def test_a_forged_receipt_is_found_at_one_node_alone(
    cli: Cli, delivered: Network, name: str
) -> None:
    """That others were not asked excuses nothing that is kept here."""
    change(
        delivered,
        name,
        "UPDATE receipt SET xml = CAST(replace(CAST(xml AS TEXT), '<Hop>3<', '<Hop>2<') AS BLOB)",
    )
    found = chain(cli, delivered, name, code=1)
    assert found["state"] == "broken"
    assert [hop["number"] for hop in found["hops"]] == ([2] if name == "province" else [])
    keeper = {"province": PROVINCE, "central": CENTRAL}[name]
    assert found["problems"][0].startswith(f"receipt kept by {keeper}: ")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_chain_is_told_to_people(cli: Cli, delivered: Network, language: str) -> None:
    """One line for the verdict, one for each hop."""
    ran = cli("--lang", language, "trace", "m-letter", *nodes(delivered, *NAMES), "--verify")
    verdict = {
        "en": f"to {CENTRAL}: the receipts prove the whole way",
        "vi": f"tới {CENTRAL}: các biên nhận chứng minh trọn đường đi",
    }[language]
    lines = ran.out.splitlines()
    place = lines.index(verdict)
    assert lines[place + 1].startswith(f"  1. {COMMUNE} → {DISTRICT} · ")
    assert len(lines) == place + 4


def test_a_forged_receipt_breaks_the_chain(cli: Cli, delivered: Network) -> None:
    """One character of what a receipt says, changed in one store."""
    change(
        delivered,
        "province",
        "UPDATE receipt SET xml = CAST(replace(CAST(xml AS TEXT), '<Hop>2<', '<Hop>1<') AS BLOB)",
    )
    found = chain(cli, delivered, *NAMES, code=1)
    assert found["state"] == "broken"
    assert any(str(PROVINCE) in problem for problem in found["problems"])


def test_another_digest_beside_a_receipt_breaks_the_chain(cli: Cli, delivered: Network) -> None:
    """The store says something else than the receipt it keeps."""
    change(delivered, "district", "UPDATE receipt SET payload = ?", "0" * 64)
    found = chain(cli, delivered, *NAMES, code=1)
    assert any("store of" in problem for problem in found["problems"])


def test_other_bytes_than_were_sent_break_the_chain(cli: Cli, delivered: Network) -> None:
    """A node that remembers sending one letter, and a receipt for another."""
    change(delivered, "district", "UPDATE outbound SET payload = ?", "0" * 64)
    found = chain(cli, delivered, *NAMES, code=1)
    assert any("expected the bytes that" in problem for problem in found["problems"])


def test_a_hop_that_nobody_vouches_for_is_missed(cli: Cli, delivered: Network) -> None:
    """Receipts of the district gone from both sides, all asked: the next one hangs in the air."""
    for name in ("commune", "district"):
        change(delivered, name, "DELETE FROM receipt WHERE issuer = ?", str(DISTRICT))
    found = chain(cli, delivered, *NAMES, code=1)
    assert (found["state"], found["hops"]) == ("broken", [])
    assert any("expected one that" in problem for problem in found["problems"])


def test_a_letter_without_receipts_proves_nothing_yet(cli: Cli, network: Network) -> None:
    """Queued, not delivered: no chain, exit code 3."""
    with Node.from_config(network["commune"]) as node:
        node.send(network.letter())
    ran = cli("trace", "m-letter", *nodes(network, "commune"), "--verify")
    assert ran.code == 3
    assert ran.out.endswith("no receipts are kept\n")


def test_a_refusal_ends_the_chain(cli: Cli, network: Network) -> None:
    """A signed refusal: exit code 1, and its reason."""
    with Node.from_config(network["commune"]) as node:
        node.send(network.letter())
        node.run_until_idle()
        directory = network.folder / "pki" / "directory.toml"
        genuine = directory.read_bytes()
        directory.write_bytes(genuine.replace(str(CENTRAL).encode(), b"000.00.00.G99"))
        network.work("district")
        directory.write_bytes(genuine)
        node.run_until_idle()
    found = chain(cli, network, "commune", "district", code=1)
    assert (found["state"], found["hops"]) == ("refused", [])
    assert found["reason"].startswith(f"{DISTRICT}: ")


def test_a_directory_that_is_published_counts_as_one_of_a_file(
    cli: Cli, delivered: Network
) -> None:
    """The node that is named first follows a publication."""
    folder, now = delivered["commune"], SystemClock().now()
    root = root_of(expires=now + YEAR)
    publication = Publication(folder.parent / "public", vouched)
    entries = read_entries(delivered.folder / "pki" / "directory.toml")
    publication.publish(entries, [DESK.hand], now=now, valid=MONTH, roots=[root.data])
    (folder / "root-1.json").write_bytes(root.data)
    path = folder / "node.toml"
    text = re.sub(r"^directory = .*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(f'{text}\n[snapshot]\nroot = "root-1.json"\nfrom = "../public"\n', "utf-8")
    delivered.work("commune")
    assert chain(cli, delivered, *NAMES, code=0)["state"] == "whole"


def test_a_damaged_store_is_said(cli: Cli, delivered: Network) -> None:
    """Random bytes instead of the database: one line, code 5."""
    (delivered["district"] / "store" / "store.db").write_bytes(b"\x93\x12random" * 999)
    cli("trace", "m-letter", *nodes(delivered, "commune", "district")).refused(5, "store.damaged")
