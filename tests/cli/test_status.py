"""``docexchange status``: what became of a document, and telling its sender."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from network_help import CENTRAL, DISTRICT, PROVINCE, document
from recall_help import asking

from docexchange.cli._exchange_words import STATES
from docexchange.cli._standing_lines import ODDITIES, SUMMARIES
from docexchange.clock import SystemClock, vietnam_date
from docexchange.delivery import InboundState, OutboundState
from docexchange.directory import close, read_entries, revise, write_toml
from docexchange.envelope import Envelope, StatusCode
from docexchange.lifecycle import Asked, Odd, State
from docexchange.node import Node

if TYPE_CHECKING:
    from network_help import Cli, Network


def document_id() -> str:
    """The id of the document in those letters."""
    return str(document(DISTRICT, CENTRAL, message_id="m").document_id).replace(
        str(DISTRICT), "000.21.31.H53"
    )


def test_every_state_has_words() -> None:
    """A state without words could not be told to anybody."""
    assert set(STATES) == {*OutboundState, *InboundState}


def test_a_queued_letter_is_told_as_such(cli: Cli, network: Network) -> None:
    """One delivery for its recipient, with the next hop and when it is due."""
    cli("send", network.letter(), "--node", network["commune"])
    answer = cli("status", "m-letter", "--node", network["commune"], "--json").answer("status")
    (delivery,) = answer["deliveries"]
    assert (delivery["state"], delivery["attempts"]) == ("queued", 0)
    assert (delivery["recipient"], delivery["next_hop"]) == (str(CENTRAL), str(DISTRICT))
    assert delivery["due_at"] is not None
    assert (answer["arrivals"], answer["statuses"], answer["reported"]) == ([], [], None)


@pytest.mark.parametrize("by_document", [False, True])
def test_a_document_is_found_by_either_id(
    cli: Cli, delivered: Network, *, by_document: bool
) -> None:
    """By the id of its message and by its own; the sender has the receipt and the status 01."""
    name = document_id() if by_document else "m-letter"
    answer = cli("status", name, "--node", delivered["commune"], "--json").answer("status")
    assert answer["document_id"] == document_id()
    assert [delivery["state"] for delivery in answer["deliveries"]] == ["acknowledged"]
    assert answer["deliveries"][0]["due_at"] is None
    (status,) = answer["statuses"]
    assert (status["code"], status["vietnamese"]) == ("01", StatusCode.ARRIVED.vietnamese)
    assert (status["reporter"], status["outgoing"]) == (str(CENTRAL), False)


def test_a_document_is_found_in_the_books_without_its_bytes(cli: Cli, delivered: Network) -> None:
    """Nothing is read for it: it is told of although its letter is gone, as after a purge."""
    for name in ("commune", "central"):
        for path in (delivered[name] / "store" / "payloads").glob("??/*"):
            path.unlink()
        answer = cli("status", document_id(), "--node", delivered[name], "--json").answer("status")
        assert answer["document_id"] == document_id()
        found = answer["deliveries"] + answer["arrivals"]
        assert [item["state"] for item in found] in (["acknowledged"], ["handed_over"])


def test_a_hub_finds_a_document_that_it_only_passed_on(cli: Cli, delivered: Network) -> None:
    """It has it in no book; its letters are read for it."""
    answer = cli("status", document_id(), "--node", delivered["district"], "--json")
    (arrival,) = answer.answer("status")["arrivals"]
    assert arrival["state"] == "relayed"


def test_a_document_from_before_there_were_books_is_found(cli: Cli, delivered: Network) -> None:
    """The letter is read, for no book knows of it."""
    with closing(sqlite3.connect(delivered["commune"] / "store" / "store.db")) as store, store:
        store.execute("DELETE FROM book")
    answer = cli("status", document_id(), "--node", delivered["commune"], "--json")
    (delivery,) = answer.answer("status")["deliveries"]
    assert delivery["state"] == "acknowledged"


def test_a_status_reported_reaches_the_sender(cli: Cli, delivered: Network) -> None:
    """Report 03 at the centre, let the nodes work, and the commune knows; twice is once."""
    arguments = ("status", "m-letter", "--node", delivered["central"], "--report", "03", "--json")
    assert cli(*arguments).answer("status")["reported"] == {"code": "03", "repeated": False}
    assert cli(*arguments).answer("status")["reported"] == {"code": "03", "repeated": True}
    delivered.settle()
    answer = cli("status", "m-letter", "--node", delivered["commune"], "--json").answer("status")
    assert [status["code"] for status in answer["statuses"]] == ["01", "03"]


def test_a_refusal_carries_its_reason(cli: Cli, delivered: Network) -> None:
    """The reason given with --reason stands beside the status at the sender."""
    reason = "Không đúng thẩm quyền"
    ran = cli(
        *("--lang", "vi", "status", document_id(), "--node", delivered["central"]),
        *("--report", "02", "--reason", reason),
    )
    assert "đã báo: 02 từ chối tiếp nhận" in ran.out
    delivered.settle()
    ran = cli("--lang", "vi", "status", "m-letter", "--node", delivered["commune"])
    assert any("02 từ chối tiếp nhận" in line and reason in line for line in ran.out.splitlines())
    assert (ran.code, ran.err) == (0, "")


def test_the_answer_for_people_names_everything(cli: Cli, delivered: Network) -> None:
    """Document, delivery and status, each on a line."""
    ran = cli("status", "m-letter", "--node", delivered["commune"])
    document_line, sent, status = ran.out.splitlines()
    assert document_line == f"Document: {document_id()}"
    assert sent.startswith(f"Sent: m-letter · {CENTRAL} · the next hop has it")
    assert status.startswith(f"Statuses: 01 arrived · {CENTRAL} · ")
    ran = cli("status", "m-letter", "--node", delivered["province"])
    assert "passed on" in ran.out
    assert ran.out.endswith("Statuses: no statuses yet\n")


@pytest.mark.parametrize(
    ("name", "node", "arguments", "code"),
    [
        ("m-none", "commune", (), "status.unknown-document"),
        ("not an id!", "commune", (), "status.unknown-document"),
        ("", "commune", (), "usage.empty"),
        ("\udcff", "commune", (), "identifier.document-id"),
        ("m-letter", "commune", ("--report", "03"), "status.unknown-document"),
        ("m-letter", "province", ("--report", "03"), "status.unknown-document"),
        ("m-letter", "central", ("--report", "13"), "usage"),
        ("m-letter", "central", ("--report", "99"), "usage"),
        ("m-letter", "central", ("--reason", "why"), "usage.reason"),
        ("m-letter", "central", ("--inherited-from", "."), "usage.inherited"),
        ("m-letter", "central", ("--agree", "--ask-back"), "usage.several-statuses"),
        ("m-letter", "central", ("--agree",), "answer.no-question"),
        ("m-letter", "central", ("--refuse",), "answer.no-reason"),
        ("m-letter", "central", ("--report", "02"), "answer.no-reason"),
        ("m-letter", "central", ("--ask-back", "--reason", "x"), "status.unknown-document"),
        ("m-letter", "commune", ("--ask-back",), "answer.no-reason"),
        ("m-letter", "central", ("--report", "02", "--reason", "x" * 501), "envelope.invalid"),
    ],
)
def test_what_cannot_be_is_refused(cli, delivered, name, node, arguments, code) -> None:
    """One clear line, code 2, and no status is queued."""
    cli("status", name, "--node", delivered[node], *arguments).refused(2, code)
    with delivered.storage("central") as storage:
        assert [item.code for item in storage.store.statuses(document_id())] == ["01"]


def test_several_letters_with_one_document_must_be_told_apart(cli: Cli, network: Network) -> None:
    """A document that came twice is shown whole, but reported on by message id only."""
    with Node.from_config(network["commune"]) as node:
        node.send(network.letter())
        node.send(network.letter(message_id="m-second"))
    network.settle()
    node_folder = network["central"]
    answer = cli("status", document_id(), "--node", node_folder, "--json").answer("status")
    assert [item["message_id"] for item in answer["arrivals"]] == ["m-second", "m-letter"]
    ran = cli("status", document_id(), "--node", node_folder, "--report", "03")
    ran.refused(2, "status.which-message")
    assert "m-letter, m-second" in ran.err
    assert cli("status", "m-second", "--node", node_folder, "--report", "03").code == 0


def recalled(network: Network) -> None:
    """The commune recalls its letter, and everybody works."""
    with Node.from_config(network["commune"]) as node:
        letter = Envelope.read(network.letter()).message
        node.send(asking(Asked.RECALL, letter, number="20"))
    network.settle()


def test_every_summary_and_oddity_has_words() -> None:
    """A standing without words could not be told to anybody."""
    asked = {f"{kind}-asked" for kind in Asked if kind is not Asked.ADDITION}
    assert set(SUMMARIES) == {*State, *asked, *(f"{kind}-refused" for kind in Asked)}
    assert set(ODDITIES) == set(Odd)


def test_a_recall_is_answered_from_the_command_line(cli: Cli, delivered: Network) -> None:
    """By the id of the recall or of the letter; the sender sees who agreed. Twice is once."""
    recalled(delivered)
    answer = cli("status", "m-letter", "--node", delivered["commune"], "--json").answer("status")
    (standing,) = answer["standings"]
    assert (standing["summary"], standing["outstanding"]) == ("recall-asked", ["m-20"])
    assert standing["in_force"]["message_id"] == "m-letter"
    agree = ("status", "m-20", "--node", delivered["central"], "--agree", "--json")
    assert cli(*agree).answer("status")["reported"] == {"code": "15", "repeated": False}
    answer = cli(*agree).answer("status")
    assert answer["reported"] == {"code": "15", "repeated": True}
    assert [item["state"] for item in answer["standings"]] == ["recalled"]
    delivered.settle()
    ran = cli("status", "m-letter", "--node", delivered["commune"])
    (line,) = [line for line in ran.out.splitlines() if line.startswith("Standing")]
    assert f"{document_id()} · {CENTRAL} · recalled · Sai số liệu" in line
    ran = cli("status", "m-20", "--node", delivered["central"], "--refuse", "--reason", "x")
    ran.refused(2, "answer.agreed-before")


def test_a_recall_is_refused_with_its_reason(cli: Cli, delivered: Network) -> None:
    """In Vietnamese too, with what is odd: a change of mind."""
    recalled(delivered)
    node = delivered["central"]
    cli("status", document_id(), "--node", node, "--refuse", "--reason", "đã ban hành")
    delivered.settle()
    ran = cli("--lang", "vi", "status", "m-20", "--node", delivered["commune"])
    assert any("từ chối thu hồi" in line and "đã ban hành" in line for line in ran.out.splitlines())
    assert cli("status", "m-letter", "--node", node, "--agree").code == 0
    ran = cli("--lang", "vi", "status", "m-letter", "--node", node)
    assert "Lưu ý: " in ran.out
    assert "tính là đồng ý" in ran.out


def test_a_letter_is_asked_back_from_the_command_line(cli: Cli, delivered: Network) -> None:
    """Status 13 to every receiver, once; the receiver answers by the letter."""
    arguments = (
        "status",
        "m-letter",
        "--node",
        delivered["commune"],
        "--ask-back",
        "--reason",
        "n",
    )
    assert cli(*arguments, "--json").answer("status")["reported"]["repeated"] is False
    assert cli(*arguments, "--json").answer("status")["reported"]["repeated"] is True
    delivered.settle()
    assert cli("status", "m-letter", "--node", delivered["central"], "--agree").code == 0
    delivered.settle()
    answer = cli("status", "m-letter", "--node", delivered["commune"], "--json").answer("status")
    assert [item["state"] for item in answer["standings"]] == ["recalled"]
    assert answer["standings"][0]["asked"][0]["document_id"] == ""


def test_standings_are_told_without_a_directory(cli: Cli, delivered: Network) -> None:
    """A folder that was copied without it still answers; codes then stand for themselves."""
    recalled(delivered)
    config = delivered["commune"] / "node.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("directory.toml", "none.toml"), encoding="utf-8")
    answer = cli("status", "m-letter", "--node", delivered["commune"], "--json").answer("status")
    assert [item["summary"] for item in answer["standings"]] == ["recall-asked"]


def test_an_heir_reports_on_a_letter_of_the_agency_merged_into_it(
    cli: Cli, delivered: Network
) -> None:
    """From the folder of the old node; its directory says who is whose heir since yesterday."""
    yesterday = vietnam_date(SystemClock().now()) - timedelta(days=1)
    path = delivered.folder / "pki" / "directory.toml"
    entries = revise(read_entries(path), on=yesterday, organ_id=PROVINCE, parent=None)
    entries = close(entries, on=yesterday, organ_id=CENTRAL, successors=[PROVINCE])
    path.write_text(write_toml(entries), encoding="utf-8")
    told = ("status", "m-letter", "--node", delivered["province"], "--report", "06", "--json")
    told = (*told, "--inherited-from", delivered["central"])
    reports = [cli(*told).answer("status") for _ in range(2)]
    assert [item["reported"]["repeated"] for item in reports] == [False, True]
    assert {item["document_id"] for item in reports} == {document_id()}
    delivered.settle()
    answer = cli("status", "m-letter", "--node", delivered["commune"], "--json").answer("status")
    assert [(item["code"], item["reporter"]) for item in answer["statuses"]] == [
        ("01", str(CENTRAL)),
        ("06", str(PROVINCE)),
    ]
