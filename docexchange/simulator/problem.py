"""What is said of a promise that was broken.

>>> Problem(rule="lost", message_id=message_id, text="expected it at H01, found nothing")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docexchange.identifiers import MessageId

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that must not be."""

    rule: str
    """Which promise is broken: ``lost``, ``twice``, ``forged`` …"""
    message_id: MessageId
    """With which message."""
    text: str
    """What was expected, and what was found."""

    def __str__(self) -> str:
        return f"{self.rule}: {self.message_id}: {self.text}"
