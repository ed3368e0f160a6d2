"""RIPEMD-160, for where OpenSSL was built without it: for old signatures, under a lifted policy.

Written after Dobbertin, Bosselaers and Preneel, "RIPEMD-160: A Strengthened Version of RIPEMD",
appendix A. It has the shape of the objects of ``hashlib``, and is a thousand times slower.

>>> Ripemd160(b"abc").hexdigest()
'8eb208f7e05d987a9b044a8e98c6b087f15a0bfc'
"""

from __future__ import annotations

import struct
from typing import Final

__all__ = ["Ripemd160"]

_MASK: Final = 0xFFFFFFFF
_START: Final = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_CONSTANTS: Final = (
    (0x00000000, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E),
    (0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0x00000000),
)
_RHO: Final = (7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8)
_SHIFTS: Final = (
    (11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8),
    (12, 13, 11, 15, 6, 9, 9, 7, 12, 15, 11, 13, 7, 8, 7, 7),
    (13, 15, 14, 11, 7, 7, 6, 8, 13, 14, 13, 12, 5, 5, 6, 9),
    (14, 11, 12, 14, 8, 6, 5, 5, 15, 12, 15, 14, 9, 9, 8, 6),
    (15, 12, 13, 13, 9, 5, 8, 6, 14, 11, 12, 11, 8, 6, 5, 5),
)
"""By round and word."""


def _orders(first: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Words in the order of each round: the permutation rho over and over."""
    found = [first]
    while len(found) < len(_SHIFTS):
        found.append(tuple(_RHO[word] for word in found[-1]))
    return tuple(found)


_ORDERS: Final = (
    _orders(tuple(range(16))),
    _orders(tuple((9 * word + 5) % 16 for word in range(16))),
)


def _mix(number: int, x: int, y: int, z: int) -> int:
    """The boolean function of a round, counted from 0."""
    if number == 0:
        return x ^ y ^ z
    if number == 1:
        return (x & y) | (~x & z)
    if number == 2:  # noqa: PLR2004 - the numbers of rounds
        return (x | ~y) ^ z
    return (x & z) | (y & ~z) if number == 3 else x ^ (y | ~z)  # noqa: PLR2004 - as above


def _rotated(value: int, count: int) -> int:
    value &= _MASK
    return (value << count | value >> (32 - count)) & _MASK


def _line(side: int, state: tuple[int, ...], words: tuple[int, ...]) -> tuple[int, ...]:
    a, b, c, d, e = state
    for number, order in enumerate(_ORDERS[side]):
        mixed = 4 - number if side else number
        constant = _CONSTANTS[side][number]
        for word in order:
            total = a + _mix(mixed, b, c, d) + words[word] + constant
            made = (_rotated(total, _SHIFTS[number][word]) + e) & _MASK
            a, b, c, d, e = e, made, b, _rotated(c, 10), d
    return a, b, c, d, e


def _compressed(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    words = struct.unpack("<16I", block)
    left, right = (_line(side, state, words) for side in (0, 1))
    return tuple(
        (state[(place + 1) % 5] + left[(place + 2) % 5] + right[(place + 3) % 5]) & _MASK
        for place in range(5)
    )


class Ripemd160:
    """A digest being made."""

    name: Final = "ripemd160"
    """As ``hashlib`` calls it."""
    digest_size: Final = 20
    """Octets of the digest."""
    block_size: Final = 64
    """Octets that are taken at a time."""

    def __init__(self, data: bytes = b"") -> None:
        self._state: tuple[int, ...] = _START
        self._size = 0
        self._left = b""
        self.update(data)

    def update(self, data: bytes) -> None:
        """Take more octets."""
        self._size += len(data)
        data = self._left + data
        whole = len(data) - len(data) % self.block_size
        for at in range(0, whole, self.block_size):
            self._state = _compressed(self._state, data[at : at + self.block_size])
        self._left = data[whole:]

    def copy(self) -> Ripemd160:
        """Another that has taken the same."""
        made = Ripemd160()
        made.__dict__.update(self.__dict__)
        return made

    def digest(self) -> bytes:
        """The digest of what was taken."""
        made = self.copy()
        padding = b"\x80" + bytes((55 - self._size) % self.block_size)
        made.update(padding + struct.pack("<Q", 8 * self._size))
        return struct.pack("<5I", *made._state)  # noqa: SLF001 - its own

    def hexdigest(self) -> str:
        """The same in hexadecimal."""
        return self.digest().hex()
