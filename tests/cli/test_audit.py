"""``docexchange audit``: the log tells who did what, and proves that it is whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from contextvars import copy_context
from typing import TYPE_CHECKING

import pytest

from docexchange.cli._store_words import audited_words
from docexchange.cli._vietnamese import ADVICE
from docexchange.cli._words import speak

if TYPE_CHECKING:
    from network_help import Cli, Network

NO_GUARD = """DROP TRIGGER IF EXISTS audit_is_not_changed;
DROP TRIGGER IF EXISTS audit_is_not_shortened;"""


def change(network: Network, script: str) -> None:
    """Reach into the log of the central office."""
    with closing(sqlite3.connect(network["central"] / "store" / "store.db")) as connection:
        connection.executescript(NO_GUARD + script)


def test_an_untouched_log_is_whole(cli: Cli, delivered: Network) -> None:
    """Its head is the one that ``head`` tells, as text and as JSON."""
    head = cli("audit", "head", "--node", delivered["central"], "--json").answer("audit-head")
    assert cli("audit", "head", "--node", delivered["central"]).out == (
        f"{head['number']} {head['hash']}\n"
    )
    words = ["audit", "verify", "--node", delivered["central"], "--head", head["hash"]]
    answer = cli(*words, "--json").answer("audit-verify")
    assert (answer["problems"], answer["entries"]) == ([], head["number"])
    assert answer["head"] == head["hash"]
    ran = cli(*words)
    assert ran.code == 0
    assert "no problems" in ran.out


@pytest.mark.parametrize(
    ("script", "number", "code"),
    [
        ("UPDATE audit SET what = 'x' WHERE number = 3", 3, "audit.hash"),
        ("UPDATE audit SET sha256 = 'x' WHERE number = 3", 3, "audit.hash"),
        ("UPDATE audit SET previous = hash WHERE number = 3", 3, "audit.hash"),
        ("DELETE FROM audit WHERE number = 1", 1, "audit.number"),
        ("DELETE FROM audit WHERE number = 3", 3, "audit.number"),
        (
            """UPDATE audit SET number = -1 WHERE number = 3;
            UPDATE audit SET number = 3 WHERE number = 4;
            UPDATE audit SET number = 4 WHERE number = -1""",
            3,
            "audit.hash",
        ),
    ],
)
def test_the_first_entry_that_was_tampered_with_is_named(
    cli: Cli, delivered: Network, script: str, number: int, code: str
) -> None:
    """Changed, removed or exchanged: exit code 1, the number of the entry, advice in Vietnamese."""
    change(delivered, script)
    ran = cli("audit", "verify", "--node", delivered["central"], "--json")
    first = ran.answer("audit-verify")["problems"][0]
    assert (ran.code, first["code"]) == (1, code)
    assert f"audit entry {number}:" in first["message"]
    ran = cli("--lang", "vi", "audit", "verify", "--node", delivered["central"])
    assert ADVICE["audit"] in ran.out


def test_a_cut_end_is_found(cli: Cli, delivered: Network) -> None:
    """By a head noted before; and without one by the receipts that the log has forgotten."""
    head = cli("audit", "head", "--node", delivered["central"], "--json").answer("audit-head")
    change(delivered, f"DELETE FROM audit WHERE number = {head['number']}")
    words = ["audit", "verify", "--node", delivered["central"]]
    ran = cli(*words, "--head", head["hash"], "--json")
    codes = {problem["code"] for problem in ran.answer("audit-verify")["problems"]}
    assert (ran.code, "audit.head" in codes) == (1, True)
    receipt = "SELECT max(number) FROM audit WHERE what = 'receipt.given'"
    change(delivered, f"DELETE FROM audit WHERE number >= ({receipt})")
    ran = cli(*words, "--json")
    codes = {problem["code"] for problem in ran.answer("audit-verify")["problems"]}
    assert (ran.code, codes) == (1, {"audit.missing"})


def test_the_log_is_listed_by_message_name_person_and_time(cli: Cli, delivered: Network) -> None:
    """Each filter leaves out what it does not name; together they narrow each other."""
    words = ["audit", "list", "--node", delivered["central"]]
    everything = cli(*words, "--json").answer("audit-list")
    assert [entry["number"] for entry in everything] == list(range(1, len(everything) + 1))
    receipts = cli(*words, "--what", "receipt", "--json").answer("audit-list")
    assert {entry["what"] for entry in receipts} == {"receipt.given", "receipt.obtained"}
    letter = cli(*words, "--about", "m-letter", "--json").answer("audit-list")
    assert {entry["about"].partition(" ")[0] for entry in letter} == {"m-letter"}
    who = receipts[0]["who"]
    assert {entry["who"] for entry in cli(*words, "--who", who, "--json").answer("audit-list")} == {
        who
    }
    since = everything[5]["at"]
    late = cli(*words, "--since", since, "--json").answer("audit-list")
    assert late == [entry for entry in everything if entry["at"] >= since]
    assert 0 < len(late) < len(everything)
    lines = cli(*words, "--about", "m-letter", "--what", "receipt.given").out.splitlines()
    assert len(lines) == 1
    assert "receipt.given (receipt given) · m-letter" in lines[0]
    assert cli(*words, "--what", "nothing").out == "the log is empty\n"
    assert cli("--lang", "vi", *words, "--what", "nothing").out == "nhật ký trống\n"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_entry_says_in_words_what_was_done(
    cli: Cli, delivered: Network, language: str
) -> None:
    """Behind the name that ``--what`` takes stands what it means, in the language asked for."""
    for node in ("commune", "central"):
        lines = cli("--lang", language, "audit", "list", "--node", delivered[node]).out.splitlines()
        assert len(lines) > 5
        for line in lines:
            name, words = line.split(" · ")[2].split(" (", 1)
            assert name.isascii()
            assert words.isascii() == (language == "en")


@pytest.mark.parametrize(
    ("what", "english", "vietnamese"),
    [
        ("outbound.is-acknowledged", "the next hop has it", "chặng sau đã nhận"),
        ("inbound.is-handed_over", "handed over", "đã giao"),
        ("status.is-06", "06 finished", "06 hoàn thành"),
        ("outbound.is-teleported", "", ""),
        ("teleported", "", ""),
    ],
)
def test_what_was_written_without_an_event_has_words_too(
    what: str, english: str, vietnamese: str
) -> None:
    """States and statuses that no timeline tells of; what a newer version knows keeps its name."""

    def in_language(language: str) -> str:
        speak(language)
        return audited_words(what)

    assert copy_context().run(in_language, "en") == english
    assert copy_context().run(in_language, "vi") == vietnamese
