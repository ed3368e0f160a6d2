"""A verifier that is asked twice in one moment about the same letter, and answers once.

>>> verifier = RememberingVerifier(trust, clock=clock, binding=binding, recent=Recent())

A node judges a letter when it takes it in, and again, as of that moment, when it hands it over: in
between a disk may have failed it. Here both are the same bytes at the same moment, and the same
question has the same answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.signing import Verifier

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.envelope import Envelope
    from docexchange.signing import Report

__all__ = ["Recent", "RememberingVerifier"]

_MOST: Final = 64


class Recent:
    """The last answers of all nodes: by verifier, by the very envelope, and by moment."""

    def __init__(self) -> None:
        self._kept: Final[dict[tuple[int, int, datetime], tuple[Verifier, Envelope, Report]]] = {}

    def get(self, verifier: Verifier, envelope: Envelope, moment: datetime) -> Report | None:
        """The answer, if it is among the last; the objects are kept, so their ids stay theirs."""
        found = self._kept.get((id(verifier), id(envelope), moment))
        return found[2] if found else None

    def put(self, verifier: Verifier, envelope: Envelope, moment: datetime, report: Report) -> None:
        """Keep an answer, and let go of the oldest."""
        if len(self._kept) >= _MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[id(verifier), id(envelope), moment] = verifier, envelope, report


class RememberingVerifier(Verifier):
    """A verifier of one node.

    Args:
        recent: where the last answers of all nodes are.
        given: as for `Verifier`.
    """

    def __init__(self, *given: Any, recent: Recent, **named: Any) -> None:
        super().__init__(*given, **named)
        self._recent: Final = recent

    def examine(self, envelope: Envelope, *, at: datetime | None = None) -> Report:
        """Judge an envelope, unless that was just done."""
        moment = self._moment(at)
        known = self._recent.get(self, envelope, moment)
        if known is None:
            known = super().examine(envelope, at=moment)
            self._recent.put(self, envelope, moment, known)
        return known
