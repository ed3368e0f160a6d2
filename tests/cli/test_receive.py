"""``docexchange receive``: what is shown and copied is what was verified when it came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from network_help import COMMUNE

from docexchange.delivery import InboundState
from docexchange.identifiers import MessageId
from docexchange.node import Node
from docexchange.node.opening.lock import NodeLock

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli, Network


def payload(network: Network, message_id: str) -> Path:
    """Where the centre keeps the bytes of a letter."""
    with network.storage("central") as storage:
        (record,) = storage.store.inbound_of(MessageId(message_id))
        return storage.payloads.path(record.payload)


def test_letters_are_listed_the_latest_first(cli: Cli, delivered: Network) -> None:
    """Each with its sender, number, subject, verdict and state."""
    answer = cli("receive", "--node", delivered["central"], "--json").answer("receive")
    assert [letter["message_id"] for letter in answer] == ["m-second", "m-letter"]
    letter = answer[1]
    assert letter["from"] == {"organ_id": str(COMMUNE), "name": "UBND xã An Thạnh"}
    assert (letter["number"], letter["subject"]) == ("12/UBND-VX", "V/v báo cáo")
    assert (letter["verdict"], letter["state"]) == ("TOTAL-PASSED", "handed_over")
    assert letter["copy"] is None
    one = cli("receive", "--node", delivered["central"], "--json", "--limit", 1).answer("receive")
    assert [letter["message_id"] for letter in one] == ["m-second"]


def test_a_letter_is_one_line_whatever_it_says(cli: Cli, delivered: Network) -> None:
    """Control and direction characters of the sender are shown, not obeyed."""
    ran = cli("--lang", "vi", "receive", "--node", delivered["central"])
    second, first = ran.out.splitlines()
    assert "12/UBND-VX · UBND xã An Thạnh (000.21.31.H53) · V/v báo cáo" in first
    assert first.endswith("TOTAL-PASSED · đã giao")
    assert "\u202e" not in second
    assert (ran.code, ran.err) == (0, "")


def test_nothing_came_in(cli: Cli, network: Network) -> None:
    """An empty list, and a word on standard error for people."""
    assert cli("receive", "--node", network["central"], "--json").answer("receive") == []
    ran = cli("receive", "--node", network["central"])
    assert (ran.code, ran.out, ran.err) == (0, "", "no letters came in\n")


def test_only_what_was_accepted_here_is_listed(cli: Cli, delivered: Network) -> None:
    """Not what was relayed, sent, or is a status."""
    for name in ("commune", "district", "province"):
        assert cli("receive", "--node", delivered[name], "--json").answer("receive") == []


def test_a_refused_letter_is_not_listed(cli: Cli, network: Network) -> None:
    """One that did not verify stays in the memory of the node, but is no letter to work with."""
    with Node.from_config(network["commune"]) as node:
        node.send(network.letter())
        node.run_until_idle()
    pki = network.folder / "pki"
    (pki / "trust" / "root.pem").write_bytes((pki / "bad" / "stranger.pem").read_bytes())
    network.work("district")
    with network.storage("district") as storage:
        assert storage.store.inbound_in_state(InboundState.REFUSED)
    assert cli("receive", "--node", network["district"], "--json").answer("receive") == []


def test_copies_are_the_letters_byte_for_byte(cli: Cli, delivered: Network) -> None:
    """The same files as in the node's inbox, and a second time changes nothing."""
    out = delivered.folder / "new" / "letters"
    arguments = ("receive", "--node", delivered["central"], "--out", out, "--json")
    answer = cli(*arguments).answer("receive")
    for letter in answer:
        name = f"{letter['message_id']}.edxml"
        assert letter["copy"] == str(out / name)
        inbox = delivered["central"] / "inbox" / name
        assert (out / name).read_bytes() == inbox.read_bytes()
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert cli(*arguments).answer("receive") == answer
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before


def test_letters_not_yet_handed_over_are_listed_too(cli: Cli, network: Network) -> None:
    """An inbox that cannot be written to does not hide them."""
    (network["central"] / "inbox").write_text("in the way")
    with Node.from_config(network["commune"]) as node:
        node.send(network.letter())
    network.settle()
    (letter,) = cli("receive", "--node", network["central"], "--json").answer("receive")
    assert letter["state"] == "verified"


def test_another_file_in_the_way_is_left_alone(cli: Cli, delivered: Network) -> None:
    """It is named, it stays, the other letter is copied, and the exit code is not 0."""
    out = delivered.folder / "letters"
    out.mkdir()
    (out / "m-letter.edxml").write_text("mine")
    ran = cli("receive", "--node", delivered["central"], "--out", out)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "[delivery.conflict]" in ran.err
    assert (out / "m-letter.edxml").read_text() == "mine"
    assert (out / "m-second.edxml").is_file()
    assert ran.out.splitlines()[0].startswith("m-second")


def test_a_damaged_letter_is_named_and_hides_no_other(cli: Cli, delivered: Network) -> None:
    """One changed byte on the disk is noticed before anything of the letter is shown."""
    path = payload(delivered, "m-letter")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    ran = cli("receive", "--node", delivered["central"], "--json")
    assert (ran.code, ran.err.count("\n")) == (5, 1)
    shown, damaged = ran.answer("receive")
    assert shown["message_id"] == "m-second"
    assert damaged["message_id"] == "m-letter"
    assert damaged["error"]["code"] == "store.payload-damaged"


def test_a_missing_letter_is_named(cli: Cli, delivered: Network) -> None:
    """Its bytes are gone from the disk: code 5, and one line that says which."""
    payload(delivered, "m-letter").unlink()
    ran = cli("receive", "--node", delivered["central"])
    assert (ran.code, ran.err.count("\n")) == (5, 1)
    assert ran.err.startswith("docexchange: m-letter: ")
    assert "[store.payload-missing]" in ran.err


def test_a_folder_that_cannot_be_made_is_said(cli: Cli, delivered: Network) -> None:
    """The target is a file: code 5, a line for each letter, nothing is written."""
    out = delivered.folder / "file"
    out.touch()
    ran = cli("receive", "--node", delivered["central"], "--out", out)
    assert (ran.code, ran.out, ran.err.count("\n")) == (5, "", 2)
    assert "[inbox.not-writable]" in ran.err
    assert out.read_bytes() == b""


def test_it_works_while_the_node_does_and_without_its_key(cli: Cli, delivered: Network) -> None:
    """Whoever may read the folder may look: no key, no trust, no lock is needed."""
    (delivered.folder / "pki").rename(delivered.folder / "locked-away")
    with NodeLock(delivered["central"] / "store"):
        answer = cli("receive", "--node", delivered["central"], "--json").answer("receive")
    assert len(answer) == 2


@pytest.mark.parametrize(
    ("make", "exit_code", "code"),
    [
        (
            lambda network: network["central"].rename(network.folder / "x"),
            4,
            "configuration.not-found",
        ),
        (lambda n: n.set("central", "colour", '"red"'), 2, "configuration.node"),
        (lambda n: _random(n["central"] / "store" / "store.db"), 5, "store.damaged"),
    ],
    ids=["no folder", "unknown key", "random bytes"],
)
def test_a_node_that_cannot_be_read_says_why(cli, network, make, exit_code, code) -> None:
    """One clear line and the exit code of its kind."""
    make(network)
    cli("receive", "--node", network["central"]).refused(exit_code, code)


def _random(path: Path) -> None:
    path.write_bytes(b"\x93\x12random bytes" * 999)
