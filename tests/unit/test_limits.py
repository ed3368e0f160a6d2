"""The limits, and what the documents say about them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from docexchange.limits import Limits

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "limits.md"
SOURCES = (Path(__file__).parents[2] / "docexchange").rglob("*.py")


def test_the_page_tells_every_limit_with_its_default():
    """Each field of ``Limits`` has its row, with the number that is in force."""
    rows = re.findall(
        r"^\| `(\w+)` \| ([0-9,]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    told = {name: int(number.replace(",", "")) for name, number in rows}
    assert told == {field.name: getattr(Limits(), field.name) for field in fields(Limits)}


def test_every_code_on_the_page_is_one_that_is_raised():
    """A code that the page promises stands in the package."""
    package = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    told = set(re.findall(r"`((?:limit|route|signature|xml)\.[a-z-]+)`", PAGE.read_text("utf-8")))
    assert {code for code in told if f'"{code}"' not in package} == set()
    assert len(told) > 10
