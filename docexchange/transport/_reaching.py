"""Where a host is, and a connection to it, within the time that is left.

The system's resolver knows no such time and may take half a minute: it is asked in a thread of its
own, which goes on until the resolver gives up, while whoever asks does not wait any longer.

>>> first_open(addresses_of("ca.example", 80, remaining), 80, remaining)
"""

from __future__ import annotations

import socket
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["addresses_of", "first_open", "some"]


def some(seconds: float) -> float:
    """Seconds to wait; where none are left not even what is there already is taken.

    Raises:
        TimeoutError: none are left.
    """
    if seconds <= 0:
        raise TimeoutError("timed out")
    return seconds


def addresses_of(host: str, port: int, remaining: Callable[[], float]) -> list[str]:
    """Ask the system where a host is.

    Args:
        host: its name or address.
        port: TCP port.
        remaining: seconds that are left.

    Raises:
        OSError: nobody knows, or nobody has said so in time.
        UnicodeError: the name is none.
    """
    said: SimpleQueue[list[str] | Exception] = SimpleQueue()
    Thread(target=lambda: said.put(_asked(host, port)), daemon=True).start()
    try:
        found = said.get(timeout=some(remaining()))
    except Empty:
        raise TimeoutError(f"nobody said in time where {host} is") from None
    if isinstance(found, Exception):
        raise found
    return found


def _asked(host: str, port: int) -> list[str] | Exception:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return error
    return [str(place[4][0]) for place in found]


def first_open(
    addresses: Sequence[str], port: int, remaining: Callable[[], float]
) -> socket.socket:
    """A connection to the first address that takes one; some may be out of reach for us.

    Args:
        addresses: one or more; no one gets more than its share of the time.
        port: TCP port.
        remaining: seconds that are left.

    Raises:
        OSError: none takes one in time.
    """
    *others, last = addresses
    for left, address in zip(range(len(addresses), 1, -1), others, strict=True):
        with suppress(OSError):
            return socket.create_connection((address, port), some(remaining()) / left)
    return socket.create_connection((last, port), some(remaining()))
