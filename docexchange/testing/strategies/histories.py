"""Hypothesis strategies: what happens in a simulated network, letters and faults as values."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from docexchange.instrumentation.events import DURABLE
from docexchange.simulator import Fault, FaultKind, History, Place, Send
from docexchange.simulator.cast import Cast

__all__ = ["faults", "histories", "places", "sends"]

_HOURS: Final = 6
_UP_TO: Final = {
    FaultKind.DELAY: 120.0,
    FaultKind.JITTER: 60.0,
    FaultKind.DUPLICATE: 900.0,
    FaultKind.REORDER: 900.0,
    FaultKind.CRASH: 1800.0,
    FaultKind.EXPIRED: 120.0,
}
"""Most seconds; other kinds have none."""


def places(tiers: tuple[int, ...]) -> st.SearchStrategy[Place]:
    """The agencies of a network; shrinks to the highest."""
    return st.sampled_from([member.place for member in Cast(tiers).members])


@st.composite
def sends(draw: st.DrawFn, tiers: tuple[int, ...], name: int) -> Send:
    """A letter from one agency to one or two others.

    Args:
        draw: given by Hypothesis.
        tiers: of the network.
        name: its number in the history.
    """
    sender, *to = draw(st.lists(places(tiers), min_size=2, max_size=3, unique=True))
    return Send(
        name,
        sender,
        tuple(to),
        minute=draw(st.integers(0, _HOURS * 60)),
        size=draw(st.sampled_from([0, 200, 100_000])),
        is_urgent=draw(st.booleans()),
    )


@st.composite
def faults(
    draw: st.DrawFn, tiers: tuple[int, ...], kinds: tuple[FaultKind, ...] = tuple(FaultKind)
) -> Fault:
    """A fault at one agency that is over some time.

    Args:
        draw: given by Hypothesis.
        tiers: of the network.
        kinds: which may occur.
    """
    kind = draw(st.sampled_from(kinds))
    return Fault(
        kind,
        (draw(places(tiers)),),
        chance=draw(st.sampled_from([0.3, 1.0])),
        amount=draw(_amounts(kind)),
        step=draw(st.sampled_from(DURABLE)) if kind is FaultKind.CRASH else None,
        begin_minutes=draw(st.integers(0, _HOURS * 60)),
        minutes=draw(st.integers(1, 120)),
    )


def _amounts(kind: FaultKind) -> st.SearchStrategy[float]:
    if kind is FaultKind.BANDWIDTH:
        return st.floats(2_000, 64_000)
    if kind is FaultKind.CLOCK_SKEW:
        return st.floats(-240, 240)
    return st.floats(0, _UP_TO.get(kind, 0.0))


@st.composite
def histories(
    draw: st.DrawFn,
    tiers: tuple[int, ...] = (1, 3, 9, 27),
    *,
    most_letters: int = 10,
    most_faults: int = 5,
) -> History:
    """Letters and faults of some hours; give them to ``docexchange.simulator.play``.

    Args:
        draw: given by Hypothesis.
        tiers: of the network.
        most_letters: at most so many, at least one.
        most_faults: at most so many.
    """
    count = draw(st.integers(1, most_letters))
    return History(
        tiers=tiers,
        seed=draw(st.integers(0, 2**16)),
        sends=tuple(draw(sends(tiers, name)) for name in range(1, count + 1)),
        faults=tuple(draw(st.lists(faults(tiers), max_size=most_faults))),
    )
