from __future__ import annotations

from datetime import date

import pytest
from agency_trees import entries
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import DirectoryEntry, parse_csv, write_csv
from docexchange.errors import MalformedDirectory
from docexchange.identifiers import OrganId

DIGITS = "0123456789abcdef" * 4
COLUMNS = "code,name,tier,parent,endpoint,certificates,aliases,valid_from,valid_to,successors"


def test_every_column_is_read():
    """All columns of the documented form arrive in the entry."""
    row = f'000.21.31.H53,"UBND xã ""An Thạnh""",4,000.00.31.H53,folder:m,sha256:{DIGITS} {DIGITS},'
    assert parse_csv(f"{COLUMNS}\r\n{row}H53.31.21 H1,2020-01-01,2025-06-30,H53.21\r\n") == (
        DirectoryEntry(
            organ_id=OrganId("000.21.31.H53"),
            name='UBND xã "An Thạnh"',
            tier=4,
            parent=OrganId("000.00.31.H53"),
            endpoint="folder:m",
            certificates=(DIGITS, DIGITS),
            aliases=(OrganId("H53.31.21"), OrganId("H1")),
            valid_from=date(2020, 1, 1),
            valid_to=date(2025, 6, 30),
            successors=(OrganId("H53.21"),),
        ),
    )


@given(
    listed=st.lists(
        entries().filter(lambda e: e.name == e.name.strip() and e.endpoint == e.endpoint.strip()),
        min_size=1,
        max_size=4,
    )
)
def test_what_a_spreadsheet_writes_is_read(listed):
    """Any entries survive the way through a CSV file."""
    assert parse_csv(write_csv(listed)) == tuple(listed)


def test_columns_may_be_few_and_in_any_order_with_blank_lines_between():
    """Empty cells are absent fields; empty lines are nothing."""
    (root, child) = parse_csv("tier, name ,code,parent\n1,Root,A00,\n\n,,,\n2,Child,A01,A00\n\n")
    assert (root.parent, child.parent) == (None, OrganId("A00"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("H53,Tây Ninh,x", "line 3: tier: expected a whole number, found 'x'"),
        ("H53,Tây Ninh,²", "line 3: tier: expected a whole number"),
        ("H53,Tây Ninh,0", "line 3: agency H53: tier: expected 1 to 9, found 0"),
        ("H53,,2", "line 3: expected name, found no such key"),
        ("H53,Tây Ninh", "line 3: expected 3 cells, one for each column, found 2"),
        ("H53,Tây Ninh,2,x", "line 3: expected 3 cells, one for each column, found 4"),
        ("H 53,Tây Ninh,2", "line 3: agency code"),
        ("H53,Tây\u200b Ninh,2", "line 3: agency H53: name: expected visible"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line(row, said):
    """The error names the line, the column, what was expected and what was found."""
    with pytest.raises(MalformedDirectory) as caught:
        parse_csv(f"code,name,tier\nA00,Root,1\n{row}\n", source="agencies.csv")
    assert said in str(caught.value)
    assert str(caught.value).startswith("agencies.csv: ")


@pytest.mark.parametrize("day", ["2020-13-01", "20200101", "01/01/2020", "2020-W01-1", "2020-1-1"])
def test_only_one_form_of_date_is_read(day):
    """A date in another form could be another day, so it is refused."""
    with pytest.raises(MalformedDirectory, match="valid_to: expected a date such as 2020-01-01"):
        parse_csv(f"code,name,tier,valid_to\nH53,x,2,{day}\n")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("code,name", "no column tier"),
        ("code;name;tier", "an unknown column 'code;name;tier'"),
        ("code,name,tier,pid", "an unknown column 'pid'"),
        ("code,name,tier,code", "column 'code' twice"),
        ("code,name,tier,", "an unknown column ''"),
        ("", "no column code"),
    ],
)
def test_wrong_columns_are_refused_by_name(header, said):
    """The first line must name the columns."""
    with pytest.raises(MalformedDirectory, match="line 1: expected the columns") as caught:
        parse_csv(f"{header}\nH53,x,2\n")
    assert said in str(caught.value)


def test_a_header_alone_is_no_directory():
    """Columns without agencies are refused."""
    with pytest.raises(MalformedDirectory) as caught:
        parse_csv("code,name,tier\n")
    assert caught.value.code == "directory.empty"


@pytest.mark.parametrize("row", ['H53,"open', 'H53,"a"b,2', f"H53,{'x' * 200_000},2"])
def test_broken_csv_is_refused_with_its_line(row):
    """An open quote, text after a quote and an endless cell are syntax errors."""
    with pytest.raises(MalformedDirectory, match="line 2: expected CSV") as caught:
        parse_csv(f"code,name,tier\n{row}")
    assert caught.value.code == "directory.syntax"


@given(text=st.text() | st.text('",\r\nA0 1').map("code,name,tier\n".__add__))
def test_any_text_is_entries_or_malformed(text):
    """No text makes the reader fail in another way."""
    try:
        read = parse_csv(text)
    except MalformedDirectory:
        return
    assert read
