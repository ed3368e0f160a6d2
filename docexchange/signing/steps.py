"""The numbered steps of one validation, as they are taken.

>>> steps = Steps()
>>> certificate = steps.take("certificate", certificate_of, facts)
>>> steps.taken
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from docexchange.signing.errors import Refusal
from docexchange.signing.report import Step

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Steps"]

_T = TypeVar("_T")
_Given = TypeVarTuple("_Given")


class Steps:
    """Steps are numbered as they are taken; one that does not hold is put down before it raises."""

    def __init__(self) -> None:
        self._taken: list[Step] = []

    @property
    def taken(self) -> tuple[Step, ...]:
        """The steps so far."""
        return tuple(self._taken)

    def take(
        self, name: str, check: Callable[[*_Given], _T], *given: *_Given, detail: str = ""
    ) -> _T:
        """Take one step.

        Args:
            name: what is checked.
            check: the check.
            given: what it is given.
            detail: what to say of it if it holds.

        Raises:
            Refusal: it does not hold.
        """
        try:
            result = check(*given)
        except Refusal as refusal:
            self.note(name, passed=False, detail=str(refusal))
            raise
        self.note(name, passed=True, detail=detail)
        return result

    def note(self, name: str, *, passed: bool | None, detail: str = "") -> None:
        """Put down a step.

        Args:
            name: what was checked.
            passed: whether it held; None when it was not checked.
            detail: what was found.
        """
        silent = _silent(len(self._taken) + 1, name, passed)
        self._taken.append(replace(silent, detail=detail) if detail else silent)


@lru_cache(maxsize=256)
def _silent(number: int, name: str, passed: bool | None) -> Step:  # noqa: FBT001
    """A step with nothing to say of it; most are alike in most reports."""
    return Step(number=number, name=name, passed=passed)
