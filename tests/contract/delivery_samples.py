"""Records for tests: those of the contract of stores."""

from __future__ import annotations

from docexchange.testing.contracts.records import (
    BYTES,
    COMMUNE,
    LETTER,
    MINISTRY,
    NOON,
    OTHER_BYTES,
    PROVINCE,
    at,
    entry,
    inbound,
    note,
    outbound,
    receipt,
    row,
    status,
)

__all__ = [
    "BYTES",
    "COMMUNE",
    "LETTER",
    "MINISTRY",
    "NOON",
    "OTHER_BYTES",
    "PROVINCE",
    "at",
    "entry",
    "inbound",
    "note",
    "outbound",
    "receipt",
    "row",
    "status",
]
