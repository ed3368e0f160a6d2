"""What is wrong with a file of settings is said in words for whoever wrote it."""

from __future__ import annotations

import re

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from docexchange._settings import faults, table


class Settings(BaseModel):
    """Something to be filled in."""

    model_config = ConfigDict(extra="forbid", strict=True)
    minutes: int
    name: str = ""

    @model_validator(mode="after")
    def _named(self) -> Settings:
        if self.name == "nobody":
            raise ValueError("expected a name, found nobody")
        return self


def test_a_table_is_read_with_or_without_a_mark_of_its_encoding() -> None:
    """Some editors begin a file of UTF-8 with one."""
    assert table("name = 'xã'".encode()) == {"name": "xã"}
    assert table("name = 'xã'".encode("utf-8-sig")) == {"name": "xã"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("name = 'xã'".encode("utf-16"), "bytes that are no text in UTF-8, from byte 0 on"),
        (b"a = 'caf\xe9'", "bytes that are no text in UTF-8, from byte 8 on"),
        (b"a = " + b"[" * 100_000, "brackets in brackets without end"),
        (b"a = [1,\n", "end of document"),
    ],
)
def test_what_is_no_toml_is_told(data: bytes, words: str) -> None:
    """Another encoding, brackets without end, a line that breaks off: words, and no crash."""
    with pytest.raises(ValueError, match=re.escape(words)):
        table(data)


def test_every_fault_is_told_with_its_place() -> None:
    """What is missing, what nobody knows, what is of another kind; what does not go together."""
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"minuts": 3, "name": 4})
    assert faults(caught.value) == (
        "minutes: missing; name: Input should be a valid string; minuts: unknown key"
    )
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"minutes": 3, "name": "nobody"})
    assert faults(caught.value) == "expected a name, found nobody"
