"""What lies behind an error of an HTTP library: the words of the system, not of the library.

>>> cause_of(error)
'Connection refused'
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cause_of", "is_unknown_name", "within"]

_DEEPEST: Final = 20


def within(error: BaseException) -> BaseException | None:
    """The error behind another: libraries put it into the arguments, the reason or the cause."""
    places = (*error.args, getattr(error, "reason", None), error.__cause__, error.__context__)
    return next((item for item in places if isinstance(item, BaseException)), None)


def cause_of(error: BaseException) -> str:
    """What the system said; what the library said where the system said nothing."""
    said = (item.strerror for item in _chain(error) if isinstance(item, OSError) and item.strerror)
    return next(said, str(error))


def is_unknown_name(error: BaseException) -> bool:
    """Whether the system knows no address for the name of a host."""
    return any(isinstance(item, socket.gaierror) for item in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and what lies behind it."""
    inner: BaseException | None = error
    for _ in range(_DEEPEST):
        if inner is None:
            return
        yield inner
        inner = within(inner)
