"""Rates as bars, in SVG: a picture for a report, written without another package.

>>> bar_chart("Quý I", [Bar(label="Điện tử", percent=92.7, text="92.7 % (927/1000)")])

What has no room is shortened; pointing at it shows the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from docexchange.report._markup import shortened, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Bar", "bar_chart"]

_WIDTH: Final = 900
_EDGE: Final = 16
_LABELS: Final = 320
_NUMBERS: Final = 190
_BARS: Final = _WIDTH - _LABELS - _NUMBERS
_ROW: Final = 26
_TOP: Final = 56
_TITLE: Final = 18
_LETTERS: Final = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar."""

    label: str
    """What it shows; on the left."""
    percent: float | None
    """How long it is, 0 to 100; None for none."""
    text: str
    """The exact numbers; on the right."""
    heading: str = ""
    """What this bar and its neighbours are about; stands above the first of them."""


def bar_chart(title: str, bars: Sequence[Bar]) -> str:
    """Draw bars, one below the other.

    Args:
        title: stands above them.
        bars: from the top down.

    Returns:
        An SVG document. It needs nothing from elsewhere and runs nothing.
    """
    rows = list(_rows(bars))
    height = _TOP + _ROW * len(rows) + 20
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"',
        f'    viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="{_LETTERS}"',
        '    role="img" aria-labelledby="title">',
        f'<title id="title">{xml_text(title)}</title>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(title, _EDGE, 30, width=_WIDTH - 2 * _EDGE, size=_TITLE),
        *(line for place, row in enumerate(rows) for line in _row(row, _TOP + _ROW * place)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _rows(bars: Sequence[Bar]) -> Iterator[Bar | str]:
    """The bars, and above each run of them what they are about."""
    for heading, several in groupby(bars, lambda bar: bar.heading):
        if heading:
            yield heading
        yield from several


def _row(row: Bar | str, top: int) -> list[str]:
    middle = top + 17
    if isinstance(row, str):
        return [_text(row, _EDGE, middle, width=_WIDTH - 2 * _EDGE, more=' font-weight="bold"')]
    length = _BARS * min(max(row.percent or 0, 0), 100) / 100
    right = _LABELS + _BARS + 8
    return [
        _text(row.label, _LABELS - 8, middle, width=_LABELS - 24, more=' text-anchor="end"'),
        f'<rect x="{_LABELS}" y="{top + 4}" width="{_BARS}" height="18" fill="#e8edf2"/>',
        f'<rect x="{_LABELS}" y="{top + 4}" width="{length:.1f}" height="18" fill="#2b6cb0"/>',
        _text(row.text, right, middle, width=_WIDTH - right),
    ]


def _text(words: str, x: int, y: int, *, width: int, size: int = _LETTERS, more: str = "") -> str:
    shown = shortened(words, width=width, size=size)
    whole = "" if shown == words else f"<title>{xml_text(words)}</title>"
    return f'<text x="{x}" y="{y}" font-size="{size}"{more}>{whole}{xml_text(shown)}</text>'
