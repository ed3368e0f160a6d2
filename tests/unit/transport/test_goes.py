"""How often a broken line is taken up again: as long as something is gained, and not for ever."""

from __future__ import annotations

import pytest
from exchange_help import NOW
from hypothesis import given
from hypothesis import strategies as st

from docexchange.clock import VirtualClock
from docexchange.errors import TransportError
from docexchange.transport import HttpSettings
from docexchange.transport._goes import Goes

BROKEN = TransportError("line: expected it, found none")


def test_rests_double_until_something_is_gained():
    """1, 2, 4 s; after progress 1 s again."""
    clock = VirtualClock(NOW)
    goes = Goes(HttpSettings(), clock)
    rests = []
    for offset in (10, 10, 10, 20, 5, 20):
        before = clock.now()
        goes.reached(offset)
        goes.rest(BROKEN)
        rests.append((clock.now() - before).total_seconds())
    assert rests == [1, 2, 4, 1, 2, 4]


def test_goes_without_progress_end():
    """With the error that ended the last one."""
    goes = Goes(HttpSettings(stalls=2), VirtualClock(NOW))
    goes.rest(BROKEN)
    goes.rest(BROKEN)
    with pytest.raises(TransportError) as caught:
        goes.rest(BROKEN)
    assert caught.value is BROKEN


@given(st.lists(st.integers(0, 100), max_size=60))
def test_goes_end_whatever_is_gained(offsets):
    """Never more goes than allowed, and never more in a row without getting further."""
    settings = HttpSettings(stalls=3, resumes=20)
    goes, furthest, idle, made = Goes(settings, VirtualClock(NOW)), 0, 0, 0
    for offset in offsets:
        goes.reached(offset)
        idle, furthest = (0 if offset > furthest else idle), max(furthest, offset)
        idle, made = idle + 1, made + 1
        if idle > 3 or made > 20:
            with pytest.raises(TransportError):
                goes.rest(BROKEN)
            return
        goes.rest(BROKEN)
