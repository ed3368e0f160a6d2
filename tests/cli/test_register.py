"""``docexchange register``: the books on the command line."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from network_help import CENTRAL, COMMUNE, ODD_SUBJECT, apart, yesterday

from docexchange.cli._book_words import book_words
from docexchange.cli._words import speak
from docexchange.clock import SystemClock, vietnam_date
from docexchange.delivery import Book
from docexchange.node import Node
from docexchange.report import Group, Measure, Overdue

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli, Network


def year() -> int:
    """The year in which the letters were sent."""
    return vietnam_date(SystemClock().now()).year


def listed(cli: Cli, node: Path, book: str = "outgoing") -> list[dict[str, object]]:
    """The entries of a book."""
    answer = cli("register", "list", "--node", node, "--book", book, "--json")
    rows: list[dict[str, object]] = answer.answer("register-list")["rows"]
    return rows


def test_delivered_letters_stand_in_both_books(cli: Cli, delivered: Network) -> None:
    """At the sender under their own numbers, at the receiver under those of arrival."""
    sent = listed(cli, delivered["commune"])
    came = listed(cli, delivered["central"], "incoming")
    assert [(row["number"], row["code"]) for row in sent] == [
        (12, "12/UBND-VX"),
        (13, "13/UBND-VX"),
    ]
    assert [(row["number"], row["code"]) for row in came] == [(1, "12/UBND-VX"), (2, "13/UBND-VX")]
    assert [row["signed_by"] for row in came] == [["agency"], ["agency"]]
    assert listed(cli, delivered["district"]) == []
    assert listed(cli, delivered["central"]) == []


def test_the_list_is_for_people(cli: Cli, delivered: Network) -> None:
    """One line for each, nothing in it turns the terminal round; an empty book says so."""
    ran = cli("register", "list", "--node", delivered["commune"])
    lines = ran.out.splitlines()
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
    assert ODD_SUBJECT not in ran.out
    assert lines[0].startswith(f"12 (general {yesterday().year}) · 12/UBND-VX · ")
    told = cli("--lang", "vi", "register", "list", "--node", delivered["commune"]).out
    assert told.startswith(f"12 (chung {yesterday().year}) · ")
    empty = cli("--lang", "vi", "register", "list", "--node", delivered["central"])
    assert (empty.code, empty.out, empty.err) == (0, "", "sổ chưa có văn bản nào\n")


def test_the_next_number_is_reserved_until_its_letter_goes(cli: Cli, delivered: Network) -> None:
    """It follows the highest so far, shows as reserved, and the letter takes its place."""
    node = delivered["commune"]
    taking = ("register", "next", "--node", node, "--year", yesterday().year)
    taken = cli(*taking, "--note", "báo cáo", "--json")
    assert taken.answer("register-next")["number"] == 14
    assert cli(*taking, "--series", "legal").out == "01\n"
    assert "14 (general" in cli("register", "list", "--node", node).out
    with Node.from_config(node) as running:
        running.send(delivered.letter(message_id="m-third", number="14"))
    rows = listed(cli, node)
    assert [(row["number"], row["reserved"]) for row in rows[2:]] == [(1, True), (14, False)]


def test_numbers_are_given_while_the_node_is_at_work(cli: Cli, network: Network) -> None:
    """The command and a running node share the books."""
    with Node.from_config(network["commune"]) as node, node.at_work():
        assert cli("register", "next", "--node", network["commune"]).out == "01\n"
        assert node.register.next_number() == 2


def test_processes_get_different_numbers(network: Network) -> None:
    """Commands in processes of their own never get the same one."""
    given = [apart(["register", "next", "--node", network["commune"]]).out for _ in range(3)]
    assert given == ["01\n", "02\n", "03\n"]


def test_paper_is_entered_under_the_next_number(cli: Cli, network: Network) -> None:
    """With all that the book asks for; it is no letter of the exchange."""
    details = ("--subject", "V/v mời họp", "--type", "Giấy mời", "--to", "Sở Nội vụ", "--copies", 3)
    arguments = ("--node", network["commune"], "--notation", "GM-UBND", "--date", "2026-03-02")
    row = cli("register", "enter", *arguments, *details, "--json").answer("register-enter")
    assert (row["code"], row["date"], row["electronic"]) == ("01/GM-UBND", "2026-03-02", False)
    assert row["recipients"] == [{"organ_id": "", "name": "Sở Nội vụ"}]
    assert cli("register", "enter", *arguments, "--subject", "x").out == "02/GM-UBND\n"
    ran = cli("register", "enter", *arguments[:4], "--date", "2/3/26x", "--subject", "x")
    ran.refused(2, "usage.day")


def test_doubles_are_pointed_out(cli: Cli, delivered: Network) -> None:
    """Two letters with one number: told when it is sent and in the list; both are in the book."""
    again = delivered.letter(message_id="m-again", number="012", subject="khác")
    warned = cli("send", again, "--node", delivered["commune"])
    assert warned.err == "number and notation are in the book already: 012/UBND-VX\n"
    assert warned.code == 0
    answer = cli("register", "list", "--node", delivered["commune"], "--json")
    (double,) = answer.answer("register-list")["duplicates"]
    assert (double["what"], double["rows"]) == ("number", ["m-letter", "m-again"])
    told = cli("register", "list", "--node", delivered["commune"]).err
    assert told == "the same number, notation and issuer: m-letter, m-again\n"


@pytest.mark.parametrize("name", ["m-letter", "12/UBND-VX"])
def test_a_thread_shows_a_document_by_any_name(cli: Cli, delivered: Network, name: str) -> None:
    """By message or number; a name that nobody knows is refused."""
    (row,) = cli("register", "thread", name, "--node", delivered["commune"], "--json").answer(
        "register-thread"
    )
    assert row["message_id"] == "m-letter"
    shown = cli("register", "thread", name, "--node", delivered["central"]).out
    assert shown.startswith(f"incoming · 01 (arrival {year()}) · 12/UBND-VX")
    unknown = cli("register", "thread", "99/X", "--node", delivered["commune"])
    unknown.refused(2, "register.unknown-document")


def test_books_are_written_for_office_programs(
    cli: Cli, delivered: Network, tmp_path: Path
) -> None:
    """CSV with the mark for Excel, XLSX as a sound workbook, heads in the language asked for."""
    arguments = ("--node", delivered["commune"])
    table, workbook = tmp_path / "sổ.csv", tmp_path / "sổ.xlsx"
    assert cli("--lang", "vi", "register", "export", table, *arguments).out == f"{table}\n"
    octets = table.read_bytes()
    assert octets.startswith(b"\xef\xbb\xbf")
    heads, first, _ = csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""))
    assert (heads[0], first[0], first[4]) == (
        "Số, ký hiệu văn bản",
        "12/UBND-VX",
        "Văn phòng Chính phủ",
    )
    assert cli("register", "export", workbook, *arguments, "--book", "incoming").code == 0
    with zipfile.ZipFile(workbook) as archive:
        assert "Arrival number" in archive.read("xl/worksheets/sheet1.xml").decode()
    assert cli("register", "export", table, *arguments).code == 2
    assert cli("register", "export", table, *arguments, "--force").code == 0
    cli("register", "export", "book.ods", *arguments).refused(2, "register.export-form")


def test_a_node_that_never_ran_has_no_books(cli: Cli, network: Network) -> None:
    """Looking makes no store; the error says what to do."""
    (network["commune"] / "store" / "store.db").unlink()
    cli("register", "list", "--node", network["commune"]).refused(5, "store.none")


def test_rates_come_out_of_a_store_by_one_command(cli: Cli, delivered: Network) -> None:
    """Two letters and one on paper: two thirds electronic, all signed by the agency."""
    arguments = ("--node", delivered["commune"], "--notation", "GM", "--subject", "x")
    cli("register", "enter", *arguments, "--date", vietnam_date(SystemClock().now()))
    ran = cli("report", "indicators", "--node", delivered["commune"], "--json")
    (line,) = ran.answer("report-indicators")["lines"]
    assert (line["direction"], line["documents"], line["groups"]) == ("outgoing", 3, {})
    assert line["rates"]["electronic"] == {"part": 2, "whole": 3, "percent": 66.7}
    assert line["rates"]["signed_by_agency"] == {"part": 2, "whole": 2, "percent": 100.0}
    assert line["rates"]["signed_by_both"]["part"] == 0
    assert line["rates"]["answered"] == {"part": 0, "whole": 0, "percent": None}


def test_nodes_are_reported_together_by_tier(cli: Cli, delivered: Network) -> None:
    """A line for each tier and direction; a node named twice is counted once."""
    nodes = [
        item for name in ("commune", "central", "commune") for item in ("--node", delivered[name])
    ]
    ran = cli("report", "indicators", *nodes, "--by", "tier", "--by", "agency", "--json")
    found = [
        (line["direction"], line["groups"]["tier"], line["groups"]["agency"], line["documents"])
        for line in ran.answer("report-indicators")["lines"]
    ]
    assert found == [("outgoing", "4", str(COMMUNE), 2), ("incoming", "1", str(CENTRAL), 2)]


def test_a_report_is_text_csv_and_a_chart(cli: Cli, delivered: Network, tmp_path: Path) -> None:
    """In either language, with part and whole; the files are written whole or not at all."""
    table, chart = tmp_path / "a.csv", tmp_path / "a.svg"
    arguments = ("--node", delivered["commune"], "--period", f"{year()}")
    ran = cli("--lang", "vi", "report", "indicators", *arguments, "--csv", table, "--chart", chart)
    assert ran.out.startswith("văn bản đi · số văn bản: 2\n")
    assert re.search(r"gửi nhận điện tử +100\.0 % +2/2", ran.out)
    heads, line = csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"), newline=""))
    assert (heads[:3], line[:5]) == (
        ["chiều", "số văn bản", "gửi nhận điện tử"],
        ["văn bản đi", "2", "2", "2", "100.0"],
    )
    assert "100.0 % 2/2" in chart.read_text(encoding="utf-8")
    assert cli("report", "indicators", *arguments, "--chart", chart).code == 2
    empty = cli("report", "indicators", "--node", delivered["commune"], "--period", "2001")
    assert (empty.code, empty.out, empty.err) == (0, "", "no documents\n")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--chart", "a.png"), "report.chart-form"),
        (("--period", "2026-13"), "period.form"),
        (("--period", "2026", "--from", "2026-01-01"), "usage.period"),
        (("--from", "soon"), "usage.day"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "period.order"),
        (("--holidays", "letter.edxml"), "calendar.line"),
    ],
)
def test_what_cannot_be_reported_is_refused(
    cli: Cli, delivered: Network, options: tuple[str, ...], code: str
) -> None:
    """In one line, before anything is written; in Vietnamese too."""
    wrong = delivered.folder / "letter.edxml"
    wrong.write_text("no date", encoding="utf-8")
    given = [wrong if option == wrong.name else option for option in options]
    arguments = ("report", "indicators", "--node", delivered["commune"], *given)
    cli(*arguments).refused(2, code)
    told = cli("--lang", "vi", *arguments)
    assert (told.code, "expected" in told.err) == (2, False)


def test_what_is_overdue_is_listed_and_told_by_the_exit_code(cli: Cli, delivered: Network) -> None:
    """Nothing on the day itself; far later, all receipts and the number without a document."""
    node = delivered["commune"]
    now = SystemClock().now().isoformat()
    ran = cli("overdue", "--node", node, "--at", now)
    assert (ran.code, ran.out, ran.err) == (0, "", "nothing is overdue\n")
    cli("register", "next", "--node", node)
    arguments = ("--node", node, "--node", delivered["central"], "--at", "2099-01-01")
    ran = cli("overdue", *arguments, "--json")
    found = sorted(item["what"] for item in ran.answer("overdue"))
    assert (ran.code, found) == (1, ["acknowledge"] * 2 + ["receipt-awaited"] * 2 + ["send"])
    shown = cli("--lang", "vi", "overdue", *arguments).out
    assert shown.count("nơi nhận chưa báo tiếp nhận · từ ") == 2


def test_who_answers_in_time_is_not_overdue(cli: Cli, delivered: Network) -> None:
    """A status 03 at the centre takes its letter off both lists."""
    cli("status", "m-letter", "--node", delivered["central"], "--report", "03")
    delivered.settle()
    for name in ("commune", "central"):
        ran = cli("overdue", "--node", delivered[name], "--at", "2099-01-01", "--json")
        assert [item["row"]["message_id"] for item in ran.answer("overdue")] == ["m-second"]


def test_holidays_put_off_what_is_due(cli: Cli, delivered: Network, tmp_path: Path) -> None:
    """With all of the coming days off, what would be late tomorrow is not."""
    from datetime import timedelta

    today = vietnam_date(SystemClock().now())
    days = [today + timedelta(days=number) for number in range(20)]
    calendar = tmp_path / "tet.txt"
    calendar.write_text("# nghỉ\n" + "\n".join(map(str, days)), encoding="utf-8")
    at = ("--at", f"{today + timedelta(days=10)}")
    late = cli("overdue", "--node", delivered["central"], *at, "--json")
    assert len(json.loads(late.out)) == 2
    spared = cli("overdue", "--node", delivered["central"], *at, "--holidays", calendar, "--json")
    assert json.loads(spared.out) == []


def test_everything_that_is_counted_has_words() -> None:
    """Each measure, group, kind of delay and book, in Vietnamese."""
    for name in (*Measure, *Group, *Overdue, *Book):
        assert book_words(name)
        speak("vi")
        assert book_words(name) not in {name, name.replace("_", " ")}
        speak("en")
