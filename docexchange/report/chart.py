"""Rates as bars, in SVG: a picture for a report, written without another package.

>>> bar_chart("Quý I", [Bar(label="Điện tử", percent=92.7, text="92.7 % (927/1000)")])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.report._markup import xml_text

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Bar", "bar_chart"]

_WIDTH: Final = 900
_LABELS: Final = 320
_NUMBERS: Final = 190
_BARS: Final = _WIDTH - _LABELS - _NUMBERS
_ROW: Final = 26
_TOP: Final = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar."""

    label: str
    """What it shows; on the left."""
    percent: float | None
    """How long it is, 0 to 100; None for none."""
    text: str
    """The exact numbers; on the right."""


def bar_chart(title: str, bars: Sequence[Bar]) -> str:
    """Draw bars, one below the other.

    Args:
        title: stands above them.
        bars: from the top down.

    Returns:
        An SVG document. It needs nothing from elsewhere and runs nothing.
    """
    height = _TOP + _ROW * len(bars) + 20
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"',
        f'    viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13" role="img">',
        f"<title>{xml_text(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="30" font-size="18">{xml_text(title)}</text>',
        *(line for place, bar in enumerate(bars) for line in _bar(bar, _TOP + _ROW * place)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _bar(bar: Bar, top: int) -> list[str]:
    middle = top + 17
    length = _BARS * min(max(bar.percent or 0, 0), 100) / 100
    return [
        f'<text x="{_LABELS - 8}" y="{middle}" text-anchor="end">{xml_text(bar.label)}</text>',
        f'<rect x="{_LABELS}" y="{top + 4}" width="{_BARS}" height="18" fill="#e8edf2"/>',
        f'<rect x="{_LABELS}" y="{top + 4}" width="{length:.1f}" height="18" fill="#2b6cb0"/>',
        f'<text x="{_LABELS + _BARS + 8}" y="{middle}">{xml_text(bar.text)}</text>',
    ]
