"""Text for XML that is written here: escaped, fitting, without what XML 1.0 has no place for."""

from __future__ import annotations

import html
import re
from typing import Final

__all__ = ["shortened", "xml_text"]

_EM: Final = 0.58
"""How wide a letter is on the average in the wider of the usual fonts, measured by its height."""
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """A text as it may stand between tags and in attributes."""
    return html.escape(_NOT_XML.sub("\ufffd", text))


def shortened(text: str, *, width: float, size: float) -> str:
    """As much of a text as surely has room in a picture; dots stand for the rest.

    Args:
        text: not escaped yet.
        width: what room there is.
        size: of its font, in the same unit.
    """
    most = int(width / (size * _EM))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
