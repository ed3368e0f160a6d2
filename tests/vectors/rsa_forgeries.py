"""RSA values that were made without a private key, for readers that look at half of the padding.

A public exponent of 3 is what makes them possible: the value is a cube root of octets that begin,
or begin and end, as a good one would.
"""

from __future__ import annotations

from typing import Final

DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""Of SHA-256: what stands before the digest (RFC 8017, clause 9.2, note 1)."""
START: Final = b"\0\1" + b"\xff" * 8 + b"\0"
"""The least padding that is allowed."""


def garbage_behind(digest: bytes, size: int) -> bytes:
    """A value whose cube has the digest on the left and anything behind it.

    Bleichenbacher at the rump session of Crypto 2006; CVE-2006-4339.

    Args:
        digest: SHA-256 of what is signed.
        size: of the modulus, in octets.
    """
    wanted = START + DIGEST_INFO + digest
    least = int.from_bytes(wanted + bytes(size - len(wanted)))
    root = _cube_root(least - 1) + 1
    value = root.to_bytes(size)
    assert (root**3).to_bytes(size).startswith(wanted)
    return value


def garbage_inside(digest: bytes, size: int) -> bytes:
    """A value whose cube begins as padding and ends with the digest, with anything in between.

    What is in between is called the parameters of the digest algorithm (BERserk, CVE-2014-1568).

    Args:
        digest: SHA-256 of what is signed; its last bit must be set, or there is no such root.
        size: of the modulus, in octets.
    """
    end = b"\x04\x20" + digest
    inside = size - len(START) - len(end)
    oid = bytes.fromhex("0609608648016503040201")
    left = inside - 4 - 4 - len(oid) - 4  # two sequences and one string, of long lengths
    head = START + b"\x30\x82" + (size - len(START) - 4).to_bytes(2)
    head += b"\x30\x82" + (len(oid) + 4 + left).to_bytes(2) + oid + b"\x04\x82" + left.to_bytes(2)
    low = _odd_root(int.from_bytes(end), 8 * len(end))
    least = int.from_bytes(head + bytes(size - len(head)))
    high = _cube_root(least - 1) + 1
    step = 1 << (8 * len(end))
    root = (high // step + 1) * step + low
    made = (root**3).to_bytes(size)
    assert made.startswith(head)
    assert made.endswith(end)
    return root.to_bytes(size)


def _cube_root(number: int) -> int:
    """The largest whole number whose cube is not above another."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


def _odd_root(number: int, bits: int) -> int:
    """What has a cube with these last bits: an odd number has just one (Hensel)."""
    assert number % 2
    root = 1
    for bit in range(1, bits):
        if (root**3 - number) >> bit & 1:
            root |= 1 << bit
    return root
