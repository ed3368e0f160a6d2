"""Files are whole or absent."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from docexchange.envelope.files import write_whole
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_appears_with_its_content(tmp_path: Path):
    """After the block the file is there, alone and whole."""
    with write_whole(tmp_path / "a") as stream:
        stream.write(b"one")
        assert not (tmp_path / "a").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"one"


def test_a_failed_block_leaves_what_was_there(tmp_path: Path):
    """An exception in the block keeps the old file and removes the new one."""
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), write_whole(tmp_path / "a") as stream:
        stream.write(bytes([1 // 0]))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_an_existing_file_is_replaced_only_if_allowed(tmp_path: Path):
    """``replace=False`` keeps the file, says that it exists and what can be done."""
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(UsageError) as refused, write_whole(tmp_path / "a", replace=False) as stream:
        stream.write(b"new")
    assert (refused.value.code, (tmp_path / "a").read_bytes()) == ("output.exists", b"old")
    assert "Choose another name" in refused.value.advice
    with write_whole(tmp_path / "a") as stream:
        stream.write(b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.parametrize("name", ["nowhere/a", "a\0b", "x" * 300, "."])
def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path, name: str):
    """A missing folder, an impossible or over-long name and a folder are our own error."""
    with pytest.raises(UsageError, match="expected to write"), write_whole(f"{tmp_path}/{name}"):
        pass
    assert not list(tmp_path.iterdir())


def test_the_umask_of_the_process_counts(tmp_path: Path):
    """A file gets the rights that the process grants new files."""
    before = os.umask(0o077)
    try:
        with write_whole(tmp_path / "a"):
            assert os.umask(0o077) == 0o077  # and nobody touches it meanwhile
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_long_vietnamese_name_can_be_written(tmp_path: Path):
    """The name of the temporary file stays within the bounds of file systems."""
    name = "ế" * 85
    with write_whole(tmp_path / name):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]
