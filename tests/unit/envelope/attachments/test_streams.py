"""Pieces of bytes seen as a file."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from docexchange.envelope.attachments.streams import PieceReader


@given(st.lists(st.binary(max_size=20)), st.lists(st.integers(1, 9)))
def test_pieces_read_like_a_file_of_their_sum(pieces: list[bytes], sizes: list[int]) -> None:
    """However it is cut and however it is read; empty pieces do not end it."""
    stream = io.BufferedReader(PieceReader(pieces))
    read = b"".join(stream.read(size) for size in sizes)
    assert read + stream.read() == b"".join(pieces)
    assert stream.read() == b""


def test_the_file_behind_is_closed_too() -> None:
    """Closing the reader, even twice, closes what its pieces are made from."""
    behind = io.BytesIO()
    reader = PieceReader([b"abc"], behind=behind)
    reader.close()
    reader.close()
    assert behind.closed
