"""Verdicts on paths, remembered for as long as time does not change them.

Validity, revocation and the lists that tell of it begin once and end once: a verdict that was given
at two moments of a minute holds at all between them. It is remembered for those and for no other,
so what is told of a moment does not depend on which moments were asked about before.

>>> verdicts = Verdicts(lasting=lambda verdict: True)
>>> verdicts.on(question, at=at, judge=lambda moment: judge(replace(case, at=moment)))
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Final

from docexchange.signing.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

    from docexchange.signing.trust.judging import TrustedPath

__all__ = ["Verdicts"]

_MOST: Final = 4096
_LAST_SECOND: Final = 59


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A verdict, and from when to when it is known to hold."""

    verdict: TrustedPath | Refusal
    first: datetime
    last: datetime


class Verdicts:
    """What was said on each question in each minute. Threads may share it.

    Args:
        lasting: whether the same question will have the same answer later.
    """

    def __init__(self, *, lasting: Callable[[TrustedPath | Refusal], bool]) -> None:
        self._lasting = lasting
        self._held: OrderedDict[Hashable, _Held] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._held)

    def on(
        self, question: Hashable, *, at: datetime, judge: Callable[[datetime], TrustedPath]
    ) -> TrustedPath | Refusal:
        """The verdict on a question.

        Args:
            question: what is asked, but for the moment.
            at: the moment asked about; fractions of seconds do not count.
            judge: answers for a moment, or raises a refusal.
        """
        at = at.replace(microsecond=0)  # dates in certificates know no fractions
        key = (question, at.replace(second=0))
        with self._lock:
            held = self._held.get(key)
        if held is not None and held.first <= at <= held.last:
            return held.verdict
        held = _judged(held, at, judge)
        if self._lasting(held.verdict):
            with self._lock:
                self._held[key] = held
                if len(self._held) > _MOST:
                    self._held.popitem(last=False)
        return held.verdict


def _judged(held: _Held | None, at: datetime, judge: Callable[[datetime], TrustedPath]) -> _Held:
    if held is not None and at > held.last:
        # Once for what is left of the minute, not again with each second that passes.
        end = at.replace(second=_LAST_SECOND)
        if _alike(_outcome(judge, end), held.verdict):
            return replace(held, last=end)
    verdict = _outcome(judge, at)
    if held is not None and _alike(verdict, held.verdict):
        return replace(held, first=min(held.first, at), last=max(held.last, at))
    return _Held(verdict=verdict, first=at, last=at)


def _alike(one: TrustedPath | Refusal, other: TrustedPath | Refusal) -> bool:
    if isinstance(one, Refusal) and isinstance(other, Refusal):
        # Their words, too: the reason may be the signer's end, and the root's a second later.
        return _told(one) == _told(other)
    return one == other


def _told(refusal: Refusal) -> tuple[object, ...]:
    return refusal.sub_indication, refusal.code, str(refusal)


def _outcome(judge: Callable[[datetime], TrustedPath], at: datetime) -> TrustedPath | Refusal:
    try:
        return judge(at)
    except Refusal as refusal:
        return refusal.again()  # without the frames, and all that stands in them
