"""Text for XML that is written here: escaped, and without what XML 1.0 has no place for."""

from __future__ import annotations

import html
import re
from typing import Final

__all__ = ["xml_text"]

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """A text as it may stand between tags and in attributes."""
    return html.escape(_NOT_XML.sub("\ufffd", text))
