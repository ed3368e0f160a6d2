"""What is wrong with a file of settings in TOML, in words for whoever wrote it.

>>> table(b"first_seconds = 30")
{'first_seconds': 30}

Readers put the name of the file and what it should be in front.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

__all__ = ["faults", "table"]

_WORDS: Final[Mapping[str, str]] = {"missing": "missing", "extra_forbidden": "unknown key"}
"""What is said of a fault instead of pydantic's own words."""


def table(data: bytes) -> dict[str, Any]:
    """Read TOML.

    Args:
        data: the file.

    Raises:
        ValueError: it is none; its text says what was found.
    """
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"bytes that are no text in UTF-8, from byte {error.start} on"
        raise ValueError(message) from error
    except RecursionError as error:
        raise ValueError("brackets in brackets without end") from error


def faults(error: ValidationError) -> str:
    """Every fault of a file, each with its place."""
    return "; ".join(map(_told, error.errors()))


def _told(fault: ErrorDetails) -> str:
    place = ".".join(map(str, fault["loc"]))
    words = _WORDS.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    return f"{place}: {words}" if place else words
