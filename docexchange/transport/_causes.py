"""What lies behind an error of an HTTP library: the words of the system, not of the library.

>>> cause_of(error)
'Connection refused'
"""

from __future__ import annotations

from typing import Final

__all__ = ["cause_of", "within"]

_DEEPEST: Final = 20


def within(error: BaseException) -> BaseException | None:
    """The error behind another: libraries put it into the arguments, the reason or the cause."""
    places = (*error.args, getattr(error, "reason", None), error.__cause__, error.__context__)
    return next((item for item in places if isinstance(item, BaseException)), None)


def cause_of(error: BaseException) -> str:
    """What the system said; what the library said where the system said nothing."""
    inner: BaseException | None = error
    for _ in range(_DEEPEST):
        if inner is None:
            break
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        inner = within(inner)
    return str(error)
