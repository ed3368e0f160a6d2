"""Placeholders: octets that stand where a value should be, and are none.

>>> made_up(b"aaaaaaaaaaaa")
'a placeholder: 12 octets that are all alike'
"""

from __future__ import annotations

from typing import Final

__all__ = ["made_up"]

_SHORTEST: Final = 10
"""Octets of the shortest value that is one: an HMAC cut to 80 bits."""


def made_up(octets: bytes) -> str:
    """What gives away that octets are in the place of a value; empty when nothing does."""
    if len(octets) < _SHORTEST:
        return f"a placeholder of {len(octets)} octets"
    if len(set(octets)) == 1:
        return f"a placeholder: {len(octets)} octets that are all alike"
    return ""
