"""RIPEMD-160: the authors' vectors, and what OpenSSL makes of the same."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.signing.xmldsig.ripemd160 import Ripemd160

VECTORS = {
    b"": "9c1185a5c5e9fc54612808977ee8f548b2258d31",
    b"a": "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe",
    b"abc": "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc",
    b"message digest": "5d0689ef49d2fae572b881b123a85ffa21595f36",
    b"abcdefghijklmnopqrstuvwxyz": "f71c27109c692c1b56bbdceb5b9d2865b3708dbc",
    b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": (
        "12a053384a9c0c88e405a06c27dcf49ada62eb2b"
    ),
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789": (
        "b0e20b6e3116640286ed3a87a5713079b21f5189"
    ),
    b"1234567890" * 8: "9b752e45573d4b39f4dbd3323cab82bf63326bfb",
}


@pytest.mark.parametrize("data", VECTORS)
def test_the_vectors_of_the_authors(data: bytes) -> None:
    """Appendix B of "RIPEMD-160: A Strengthened Version of RIPEMD"."""
    assert Ripemd160(data).hexdigest() == VECTORS[data]


@given(st.lists(st.binary(max_size=150), max_size=5))
def test_pieces_make_the_whole(pieces: list[bytes]) -> None:
    """However the octets come, and a digest that was asked for can go on."""
    made = Ripemd160()
    for piece in pieces:
        made.update(piece)
        made.digest()
    assert made.digest() == Ripemd160(b"".join(pieces)).digest()
    assert made.copy().digest() == made.digest()


@given(st.binary(max_size=300))
def test_openssl_says_the_same(data: bytes) -> None:
    """Where it was built with it."""
    if "ripemd160" not in hashlib.algorithms_available:
        pytest.skip("OpenSSL was built without RIPEMD-160")
    assert Ripemd160(data).digest() == hashlib.new("ripemd160", data).digest()
