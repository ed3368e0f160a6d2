"""A letter as plain values: what ``inspect --json`` answers. Nothing here is verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.cli._signatures import signatures_in
from docexchange.envelope import message_as_json

if TYPE_CHECKING:
    from docexchange.cli._signatures import FoundSignature
    from docexchange.envelope import Envelope

__all__ = ["describe", "size_words"]

_NEXT_UNIT: Final = 1000


def describe(name: str, envelope: Envelope) -> dict[str, Any]:
    """Everything a letter says.

    Args:
        name: its file.
        envelope: the letter.
    """
    return {
        "file": name,
        "verified": False,
        **message_as_json(envelope.message),
        "unlisted_attachments": envelope.unlisted,
        "signatures": [_signature(item) for item in signatures_in(envelope)],
        "passed": [
            {
                "organ_id": None if trace.organ_id is None else str(trace.organ_id),
                "at": trace.at.isoformat() if trace.at else None,
            }
            for trace in envelope.traces
        ],
        "findings": len(envelope.findings),
    }


def size_words(size: int) -> str:
    """A size as people say it: ``1.2 MB``."""
    if size < _NEXT_UNIT:
        return f"{size} B"
    amount = size / _NEXT_UNIT
    units = iter(("kB", "MB", "GB"))
    unit = next(units)
    while amount >= _NEXT_UNIT and (larger := next(units, None)):
        amount, unit = amount / _NEXT_UNIT, larger
    return f"{amount:.1f} {unit}"


def _signature(found: FoundSignature) -> dict[str, Any]:
    return {
        "placeholder": not found.real,
        "names": found.name,
        "organization": found.organization,
        "certificate_sha256": found.sha256 or None,
        "role": found.role,
        "time": found.time,
        "verified": False,
    }
