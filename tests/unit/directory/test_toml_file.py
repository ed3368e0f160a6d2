from __future__ import annotations

from datetime import date

import pytest
from agency_trees import agency, entries, four_tiers
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import DirectoryEntry, parse_toml, write_toml
from docexchange.errors import MalformedDirectory
from docexchange.identifiers import OrganId

DIGITS = "0123456789abcdef" * 4
FULL = f"""
[[agency]]
code = "000.21.31.H53"
name = "UBND xã An Thạnh"
tier = 4
parent = "000.00.31.H53"
endpoint = "folder:../commune/mailbox"
certificates = ["sha256:{DIGITS.upper()}"]
aliases = ["H53.31.21"]
valid_from = 2020-01-01
valid_to = 2025-06-30
successor = "H53.21"
"""


def with_line(line: str) -> str:
    """A good agency with one more line."""
    return f'[[agency]]\ncode = "H53"\nname = "Tây Ninh"\ntier = 2\n{line}\n'


def test_every_key_is_read():
    """All keys of the documented form arrive in the entry."""
    assert parse_toml(FULL) == (
        DirectoryEntry(
            organ_id=OrganId("000.21.31.H53"),
            name="UBND xã An Thạnh",
            tier=4,
            parent=OrganId("000.00.31.H53"),
            endpoint="folder:../commune/mailbox",
            certificates=(DIGITS,),
            aliases=(OrganId("H53.31.21"),),
            valid_from=date(2020, 1, 1),
            valid_to=date(2025, 6, 30),
            successors=(OrganId("H53.21"),),
        ),
    )


def test_code_name_and_tier_are_enough():
    """Everything else may be left out."""
    assert parse_toml(with_line("")) == (agency("H53", name="Tây Ninh"),)


@given(listed=st.lists(entries(), min_size=1, max_size=5))
def test_what_is_written_is_read_back(listed):
    """Writing and reading gives the same entries in the same order."""
    assert parse_toml(write_toml(listed)) == tuple(listed)


def test_a_directory_is_written_like_its_entries():
    """Writing does not need a list."""
    assert write_toml(four_tiers()) == write_toml(list(four_tiers()))
    assert write_toml([]) == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("endpont = 'x'", "'endpont'"),
        ("parent = 5", "parent: expected a text, found 5"),
        ("aliases = 'H53.31'", "aliases: expected a list of texts, found 'H53.31'"),
        ("aliases = ['H53', 1]", "aliases: expected a list of texts"),
        ("certificates = ['sha256:12']", "certificate: expected sha256:"),
        ("valid_from = '2020-01-01'", "valid_from: expected a date such as"),
        ("valid_from = 2020-01-01T00:00:00", "valid_from: expected a date without a time"),
        ("valid_to = 0001-01-01\nvalid_from = 2020-01-01", "valid_to: expected 2020-01-01"),
        ("parent = 'không'", "agency code: expected"),
        ("parent = ''", "agency code: expected"),
        (f"successor.{'a.' * 200}b = 1", "successor: expected a text"),
        (f"successor = 0x{'f' * 9000}", "found a huge number"),
    ],
)
def test_a_wrong_value_is_refused_by_name(line, said):
    """The error names the agency, the key, what was expected and what was found."""
    with pytest.raises(MalformedDirectory) as caught:
        parse_toml(with_line(line), source="agencies.toml")
    assert "agencies.toml: " in str(caught.value)
    assert "agency no. 1, code 'H53': " in str(caught.value)
    assert said in str(caught.value)
    assert caught.value.code == "directory.fields"


@pytest.mark.parametrize("missing", ["code", "name", "tier"])
def test_a_missing_key_is_named(missing):
    """Without code, name and tier there is no agency."""
    lines = [line for line in with_line("").splitlines() if not line.startswith(missing)]
    with pytest.raises(MalformedDirectory, match=f"expected {missing}, found no such key"):
        parse_toml("\n".join(lines))


def test_the_faults_of_all_agencies_are_named_at_once():
    """Three faulty agencies are three lines of one error, and good ones are not mentioned."""
    text = with_line("a = 1") + with_line("") + with_line("b = 1") + with_line("c = 1")
    with pytest.raises(MalformedDirectory, match="found 3 faulty") as caught:
        parse_toml(text)
    assert [number for number in "1234" if f"no. {number}," in str(caught.value)] == ["1", "3", "4"]


def test_the_error_for_thousands_of_faults_stays_readable():
    """Beyond a hundred faults the rest are counted, and no fault is longer than a paragraph."""
    text = with_line(f"'{'k' * 10_000}' = 1") * 150
    with pytest.raises(MalformedDirectory, match="and 50 more") as caught:
        parse_toml(text)
    assert len(str(caught.value)) < 100_000


def test_broken_toml_is_refused_with_its_line():
    """A syntax error says where it is."""
    with pytest.raises(MalformedDirectory, match="line 5") as caught:
        parse_toml(with_line("parent = "))
    assert caught.value.code == "directory.syntax"


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "agency = []"])
def test_a_file_without_agencies_is_refused(text):
    """An empty file is more likely a failed copy than an empty country."""
    with pytest.raises(MalformedDirectory) as caught:
        parse_toml(text)
    assert caught.value.code == "directory.empty"


@pytest.mark.parametrize(
    "text",
    [
        "[agency]\ncode = 'H53'",
        "agency = 'H53'",
        "agency = [1, 'x']",
        "[[agencies]]\ncode = 'H53'",
        "title = 'x'\n[[agency]]\ncode = 'H53'",
        "a = " + "[" * 100_000,
        "a = " + "9" * 10_000,
        "\0",
        "a = '\x1b'",
    ],
)
def test_other_toml_is_refused(text):
    """TOML that is no list of agencies, however deep or long, is one clear error."""
    with pytest.raises(MalformedDirectory) as caught:
        parse_toml(text)
    assert caught.value.advice


@given(text=st.text() | st.text("[]agency=\"\n codetier.0'", max_size=80))
def test_any_text_is_entries_or_malformed(text):
    """No text makes the reader fail in another way."""
    try:
        read = parse_toml(text)
    except MalformedDirectory:
        return
    assert read
