"""What several recipients share is done once."""

from __future__ import annotations

import pytest

from docexchange.errors import StoreFailure
from docexchange.node.incoming.answering import Once


def test_what_was_done_is_known():
    """However often it is asked for, and though nothing came of it."""
    asked: list[int] = []
    for made in ("stored", None):
        once = Once(lambda made=made: (asked.append(1), made)[1])
        assert [once(), once(), once()] == [made] * 3
    assert len(asked) == 2


def test_what_failed_is_tried_again():
    """A full disk may have room the next time."""
    outcomes = iter([StoreFailure("expected room, found none"), "stored"])

    def make():
        outcome = next(outcomes)
        if isinstance(outcome, StoreFailure):
            raise outcome
        return outcome

    once = Once(make)
    with pytest.raises(StoreFailure):
        once()
    assert [once(), once()] == ["stored", "stored"]
