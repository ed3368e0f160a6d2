"""Which characters are these bytes? UTF-8 and UTF-16 by their marks, windows-1258 as the last."""

from __future__ import annotations

import codecs
from typing import Final

from docexchange.directory.importing.repairs import Repair
from docexchange.errors import MalformedDirectory

__all__ = ["decode"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(content: bytes, *, source: str) -> tuple[str, tuple[Repair, ...]]:
    """Read the text of a list.

    Args:
        content: the whole file.
        source: the name of the file, for messages.

    Returns:
        The text, and a repair where it was not in UTF-8.

    Raises:
        MalformedDirectory: ``directory.encoding``, no text in any of them.
    """
    marked = [name for mark, name in _MARKS if content.startswith(mark)]
    for encoding in marked or ["utf-8", "cp1258"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, _told(encoding)
    raise MalformedDirectory(
        f"{source}: expected text in UTF-8, UTF-16 or windows-1258, found other bytes",
        code="directory.encoding",
        advice="Save the file as UTF-8.",
    )


def _told(encoding: str) -> tuple[Repair, ...]:
    if encoding.startswith("utf-8"):
        return ()
    found = {"cp1258": "windows-1258", "utf-16": "UTF-16"}[encoding]
    return (Repair(code="import.encoding", line=0, column="", found=found, made="UTF-8"),)
