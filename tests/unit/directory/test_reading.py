from __future__ import annotations

import pytest
from agency_trees import TODAY, agency, four_tiers
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import Directory, check, read_directory, read_entries, write_toml
from docexchange.errors import InputNotFound, LimitExceeded, MalformedDirectory
from docexchange.identifiers import OrganId

CSV = "code,name,tier\nH53,UBND tỉnh Tây Ninh,2\n"


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", write_toml(four_tiers())),
        ("A.TOML", write_toml(four_tiers()).replace("\n", "\r\n")),
        ("a.csv", CSV),
        ("a.Csv", CSV.replace("\n", "\r\n")),
    ],
)
def test_both_forms_are_read_with_or_without_bom(tmp_path, name, text, bom):
    """The suffix chooses the form; byte-order mark and line ends do not matter."""
    file = tmp_path / name
    file.write_bytes(bom + text.encode())
    entry = read_directory(file).lookup(OrganId("H53"), TODAY)
    assert entry.name == "UBND tỉnh Tây Ninh"
    assert list(Directory.from_path(str(file))) == list(read_directory(file))


@pytest.mark.parametrize("name", ["missing.toml", ".", "missing/agencies.csv", "a\0b.toml"])
def test_what_is_not_there_is_not_found(tmp_path, name):
    """A missing file, a folder and an impossible name are one kind of error, with advice."""
    with pytest.raises(InputNotFound, match="expected an agency directory") as caught:
        read_directory(tmp_path / name)
    assert caught.value.advice


def test_another_suffix_is_refused(tmp_path):
    """A file is read by its suffix and not by guessing."""
    file = tmp_path / "agencies.xlsx"
    file.write_bytes(b"PK\x03\x04")
    with pytest.raises(MalformedDirectory, match=r"ending in \.toml or \.csv") as caught:
        read_directory(file)
    assert caught.value.code == "directory.suffix"


def test_a_large_file_is_refused_before_it_is_parsed(tmp_path):
    """One byte over the limit is too much, the limit itself is not."""
    file = tmp_path / "a.csv"
    file.write_text(CSV, encoding="utf-8")
    size = file.stat().st_size
    assert len(read_directory(file, max_bytes=size)) == 1
    with pytest.raises(LimitExceeded, match=f"at most {size - 1} bytes"):
        read_directory(file, max_bytes=size - 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (CSV.encode("utf-16"), "line 1: expected text in UTF-8, found byte 0xff at offset 0"),
        (b"code,name,tier\nH53,\xe0\n", "line 2: expected text in UTF-8, found byte 0xe0"),
    ],
)
def test_another_encoding_is_refused_with_its_place(tmp_path, content, said):
    """What a spreadsheet saves as Unicode text is refused with line and offset."""
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    with pytest.raises(MalformedDirectory) as caught:
        read_directory(file)
    assert said in str(caught.value)
    assert caught.value.code == "directory.encoding"


@pytest.mark.parametrize("suffix", [".toml", ".csv"])
def test_an_empty_file_is_refused(tmp_path, suffix):
    """A file cut off at its first byte is no directory."""
    file = tmp_path / f"a{suffix}"
    file.touch()
    with pytest.raises(MalformedDirectory):
        read_directory(file)


@pytest.mark.parametrize("suffix", [".toml", ".csv"])
@given(content=st.binary(max_size=200))
def test_random_bytes_are_malformed(tmp_path_factory, suffix, content):
    """Whatever the bytes, the answer is a malformed directory."""
    file = tmp_path_factory.mktemp("random") / f"a{suffix}"
    file.write_bytes(content)
    with pytest.raises(MalformedDirectory, match="expected"):
        read_directory(file)


def test_contradictions_can_be_read_and_checked(tmp_path):
    """A list that is no directory can still be read to find out why."""
    file = tmp_path / "a.toml"
    file.write_text(write_toml([agency("A00"), agency("B00")]), encoding="utf-8")
    with pytest.raises(MalformedDirectory, match="two-roots"):
        read_directory(file)
    assert [finding.code for finding in check(read_entries(file))] == ["directory.two-roots"]
    assert len(read_directory(file, several_roots=True)) == 2
