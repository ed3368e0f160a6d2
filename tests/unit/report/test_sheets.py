"""Sheets and charts: read back by other parsers, and nothing in them is run."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
from contract.delivery_samples import COMMUNE, MINISTRY, NOON, row
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from docexchange.delivery import Book, MemoryStore
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId
from docexchange.report import (
    COLUMNS,
    Bar,
    Period,
    bar_chart,
    book_table,
    ledger_of,
    parse_period,
    to_csv,
    to_xlsx,
)

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TABLES = st.lists(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1), min_size=1
)


def cells_of(octets):
    """The cells of a workbook, as an XML parser reads them."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            etree.fromstring(archive.read(name))
        sheet = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [[c.findtext(f"{SHEET}is/{SHEET}t") or "" for c in r] for r in sheet.iter(f"{SHEET}row")]


@given(TABLES)
def test_a_workbook_holds_the_table(table):
    """Every cell as text, but for characters that XML cannot hold."""
    visible = [[cell if cell.isprintable() else "" for cell in line] for line in table]
    assert cells_of(to_xlsx(visible, title="Sổ đi")) == visible
    assert len(cells_of(to_xlsx(table, title="x" * 99 + "[]:*?/\\"))) == len(table)
    assert to_xlsx(table, title="a") == to_xlsx(table, title="a")


@given(TABLES)
def test_a_csv_file_holds_the_table_and_runs_nothing(table):
    """Read back it is the same, but for the apostrophe before what would be run."""
    octets = to_csv(table)
    assert octets.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")))
    for found, wanted in zip(read, table, strict=True):
        assert [cell.removeprefix("'") for cell in found] == [c.removeprefix("'") for c in wanted]
        assert not any(cell.lstrip()[:1] in {"=", "@"} for cell in found if cell)


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1"])
def test_a_subject_that_is_a_formula_becomes_text(cell):
    """In CSV by an apostrophe; in XLSX it is text by its type."""
    assert f"'{cell}" in to_csv([[cell]]).decode("utf-8-sig").replace('""', '"')
    assert cells_of(to_xlsx([[cell]], title="x")) == [[cell]]
    assert to_csv([["-5", "+84"]]).decode("utf-8-sig") == "-5,+84\r\n"


def test_a_chart_is_sound_whatever_its_words():
    """Bars as long as their rates, none outside the field, all text escaped."""
    bars = [Bar(label="<script>&\x00", percent=50.0, text='"50"')]
    bars += [Bar(label="-", percent=percent, text="") for percent in (None, -5, 900)]
    root = etree.fromstring(bar_chart("Quý I <1>", bars).encode())
    boxes = root.findall("{http://www.w3.org/2000/svg}rect")[1:]
    widths = [float(box.get("width")) for box in boxes]
    assert widths[1::2] == [widths[0] / 2, 0, 0, widths[0]]
    assert "<script>&\ufffd" in "".join(root.itertext())


def test_words_that_have_no_room_in_a_chart_are_shortened_and_kept():
    """Headings stand once, above their bars; every text fits where it stands, and can be had."""
    long = "cơ quan cấp trên trực tiếp " * 8
    bars = [Bar(label=label, percent=1, text="1/1", heading=long) for label in ("ngắn", long)]
    root = etree.fromstring(bar_chart(long, [*bars, Bar(label="x", percent=1, text="")]).encode())
    texts = root.findall("{http://www.w3.org/2000/svg}text")
    shown = [item.xpath("string(text())") for item in texts]
    assert [text[:4] for text in shown] == ["cơ q", "cơ q", "ngắn", "1/1", "cơ q", "1/1", "x", ""]
    assert [text.endswith("…") for text in shown[:5]] == [True, True, False, False, True]
    assert len(shown[4]) < len(shown[1]) < 120
    wholes = [item.findtext("{http://www.w3.org/2000/svg}title") for item in texts]
    assert wholes == [long, long, None, None, long, None, None, None]


def books():
    """A ministry's books with one entry of each kind."""
    store = MemoryStore()
    store.enter(row(code="UBND-VX", note="mời họp"))
    document = {
        "message_id": MessageId("m-1"),
        "issued": date(2026, 3, 2),
        "received_at": NOON,
        "code": "05/QĐ",
        "type_name": "Quyết định",
        "subject": "V/v",
        "signer": "Hoa",
        "issuer": COMMUNE,
        "recipients": ((str(COMMUNE), "Xã"), (str(MINISTRY), "")),
        "copies": 3,
        "electronic": True,
    }
    store.enter(row(number=5, automatic=False, **document))
    store.enter(row(book=Book.INCOMING, refusal="sai", **(document | {"automatic": False})))
    return store


@pytest.mark.parametrize("book", Book)
def test_each_book_has_the_ten_columns_of_the_decree(book):
    """Appendix IV of Decree 30/2020, in its words."""
    heads = [column.vietnamese for column in COLUMNS[book]]
    assert len(heads) == 10
    assert heads[-3:] == ["Ngày chuyển", "Ký nhận", "Ghi chú"]
    assert {"Số, ký hiệu văn bản", "Ngày tháng văn bản"} <= set(heads)


def test_rows_stand_in_their_columns():
    """Numbers, dates as people write them, reserved numbers without a date, refusals as notes."""
    store = books()
    ledger = ledger_of(store, MINISTRY)
    out = book_table(store.book(Book.OUTGOING), ledger, Book.OUTGOING, vietnamese=False)
    assert out[0][0] == "Number and notation"
    assert out[1] == ["01/UBND-VX", "", "", "", "", "", "", "", "", "mời họp"]
    names = f"Xã; {MINISTRY}"
    assert out[2] == [
        *("05/QĐ", "02/03/2026", "Quyết định V/v", "Hoa", names, "", "3", "02/03/2026", "", "")
    ]
    (_, came) = book_table(store.book(Book.INCOMING), ledger, Book.INCOMING, vietnamese=True)
    assert came == [
        *("02/03/2026", "", str(COMMUNE), "05/QĐ", "02/03/2026", "Quyết định V/v", ""),
        *("02/03/2026", "", "sai"),
    ]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        (" 2026-Q4 ", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_periods_are_read(text, first, last):
    """Their last day is in them, the next is not."""
    period = parse_period(text)
    assert (period.first, period.last) == (first, last)
    assert last in period
    assert first.replace(year=first.year - 1) not in period


@pytest.mark.parametrize(
    "text", ["", "2026-Q5", "2026-13", "0000", "9999", "26", "2026-3", "２０２６"]
)
def test_what_is_no_period_is_refused(text):
    """With what was expected."""
    with pytest.raises(UsageError, match="2026-Q1"):
        parse_period(text)


def test_a_period_ends_after_it_begins():
    """An end before the beginning is refused; one day is a period."""
    day = date(2026, 3, 2)
    assert day in Period(first=day, last=day)
    with pytest.raises(UsageError, match="on or after"):
        Period(first=day, last=date(2026, 3, 1))
