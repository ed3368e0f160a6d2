"""What may become of a document, and what is odd? Business statuses 01 to 16 as a table.

People and their systems report statuses; real traffic skips steps (03, then 06), so an odd
transition is allowed with a warning, and never refused::

    judge(StatusCode.RECEIVED, StatusCode.FINISHED).warning

The usual order (Decision 28/2018/QĐ-TTg, article 10(2); numbers of QCVN 102): 01, then either 02
and the end, or 03, 04, 05, 06. The sender may ask the document back (13), or change it by another
document, at any time before it is refused; the receiver agrees (15) or not (16) and, where there
is still something to process, goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.envelope.codes import StatusCode

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["USUAL", "Transition", "judge"]

_ANSWERS: Final = frozenset({StatusCode.CHANGE_ACCEPTED, StatusCode.CHANGE_REFUSED})
# Recall and update arrive as documents too, so that an answer needs no 13 before it.
_AT_ANY_TIME: Final = _ANSWERS | {StatusCode.ASKED_BACK}
_PROCESSING: Final = frozenset(
    {StatusCode.RECEIVED, StatusCode.ASSIGNED, StatusCode.IN_PROCESSING, StatusCode.FINISHED}
)

USUAL: Final[Mapping[StatusCode | None, frozenset[StatusCode]]] = {
    # Who refuses a document at the door reports nothing before.
    None: frozenset({StatusCode.ARRIVED, StatusCode.REFUSED, StatusCode.ASKED_BACK}),
    StatusCode.ARRIVED: _AT_ANY_TIME | {StatusCode.REFUSED, StatusCode.RECEIVED},
    StatusCode.REFUSED: frozenset(),
    StatusCode.RECEIVED: _AT_ANY_TIME | {StatusCode.ASSIGNED},
    StatusCode.ASSIGNED: _AT_ANY_TIME | {StatusCode.IN_PROCESSING},
    StatusCode.IN_PROCESSING: _AT_ANY_TIME | {StatusCode.FINISHED},
    StatusCode.FINISHED: _AT_ANY_TIME,
    StatusCode.ASKED_BACK: _ANSWERS,
    # 15 answers a recall, which ends the matter, or an update, which does not; the code tells not.
    StatusCode.CHANGE_ACCEPTED: _AT_ANY_TIME | _PROCESSING,
    StatusCode.CHANGE_REFUSED: _AT_ANY_TIME | _PROCESSING,
}
"""The statuses that usually follow each; ``None`` before the first report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of a document, judged."""

    previous: StatusCode | None
    """The status before; none for the first report."""
    new: StatusCode
    """The status reported."""
    warning: str = ""
    """What is odd about the step; empty for a usual one."""

    @property
    def allowed(self) -> bool:
        """Always true: a report of what people did is recorded, however odd."""
        return True


def judge(previous: StatusCode | None, new: StatusCode) -> Transition:
    """Judge a reported status by the one before.

    Args:
        previous: the status so far; ``None`` before the first report.
        new: the status reported.
    """
    if new is previous:
        warning = f"{_shown(new)} is reported again"
    elif new in USUAL[previous]:
        warning = ""
    else:
        warning = f"{_before(previous)} expected {_expected(previous)}, found {_shown(new)}"
    return Transition(previous=previous, new=new, warning=warning)


def _before(previous: StatusCode | None) -> str:
    return "as the first status" if previous is None else f"after {_shown(previous)}"


def _expected(previous: StatusCode | None) -> str:
    return " or ".join(map(_shown, sorted(USUAL[previous]))) or "no further status"


def _shown(status: StatusCode) -> str:
    return f"{status.value} ({status.vietnamese}, {status.english})"
