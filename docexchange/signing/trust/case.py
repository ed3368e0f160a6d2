"""Everything that one judgement stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.signing.trust.rules import PathRules

__all__ = ["Case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a judgement stands on."""

    leaf: bytes
    """DER of the signer's certificate."""
    between: tuple[bytes, ...]
    """DER of certificates that may stand between, all of them vouched for by an anchor."""
    anchors: tuple[bytes, ...]
    """DER of the trust anchors."""
    at: datetime
    """The moment to judge for."""
    rules: PathRules
    """What the path must be like."""
    check_revocation: bool
    """Whether each certificate must be shown not to be revoked."""
    lists: tuple[bytes, ...] = field(default=(), repr=False)
    """DER of revocation lists."""
    answers: tuple[bytes, ...] = field(default=(), repr=False)
    """DER of OCSP answers, whose own certificates are vouched for."""
    unrevoked_before: datetime | None = None
    """Until when the signer's certificate is known not to have been revoked; None where unknown."""
