"""The results as a page: sound HTML that can be read by everybody, whatever was found."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from docexchange.testing.conformance import CASES, Outcome, Result, html_page

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
ODD = "<b>ký tự & 'lạ'\"</b>\x1b[2J\x00" + "dài" * 500
DARK = "#121212"
"""What browsers put behind a page in their dark schemes."""


def page(language: str) -> str:
    """All cases, with every outcome, and long odd words for what was found."""
    results = [
        Result(case=case, outcome=outcome, seconds=0.1, expected=expected, found=ODD)
        for case, outcome, expected in zip(
            CASES, cycle(Outcome), cycle(["", "status 200", ODD]), strict=False
        )
    ]
    return html_page(results, url=f"https://node.example/{ODD}", at=NOON, language=language)


def parsed(text: str) -> Element:
    """The page by a reader that forgives nothing."""
    assert text.startswith("<!DOCTYPE html>\n")
    closed = re.sub(r"<(meta|br)\b([^>]*)>", r"<\1\2/>", text.removeprefix("<!DOCTYPE html>\n"))
    return etree.fromstring(closed.encode())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_is_sound(language: str) -> None:
    """Every element is closed, ids are unique, every row has its cells, text stays text."""
    root = parsed(page(language))
    assert root.get("lang") == language
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    assert ids == list(dict.fromkeys(ids)) == [case.id for case in CASES]
    heads = [cell.text for cell in root.findall(".//thead//th")]
    assert all(heads)
    assert {len(row) for row in root.findall(".//tr")} == {len(heads)}
    assert {cell.get("scope") for cell in root.iter("th")} == {"col", "row"}
    assert [len(root.findall(f".//{name}")) for name in ("title", "main", "h1", "b")] == [
        *(1, 1, 1),
        0,
    ]
    shown = {cell.get("class"): cell.text for cell in root.findall(".//td[@class]")}
    assert set(shown) == set(Outcome)
    assert all(shown.values())


def test_no_colour_is_too_faint() -> None:
    """Three to one at least, on white and in the dark (WCAG 2.1, 1.4.11); words say it as well."""
    style = parsed(page("vi")).findtext(".//style") or ""
    colours = set(re.findall(r"#[0-9a-f]{6}|#[0-9a-f]{3}\b", style))
    assert len(colours) >= 4
    low = [(one, other) for one in colours for other in ("#ffffff", DARK) if ratio(one, other) < 3]
    assert low == []


def test_long_words_are_broken_and_never_cut_off() -> None:
    """In every cell, and on narrow screens the table can be moved."""
    style = parsed(page("en")).findtext(".//style") or ""
    assert "td, code { overflow-wrap: anywhere; }" in style
    assert "overflow-x: auto" in style
    assert "hidden" not in style


def ratio(one: str, other: str) -> float:
    """The contrast of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """How light a colour is (WCAG 2.1, relative luminance)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
