"""Play histories, and make those that fail as short as they can be.

>>> network = play(history)
>>> network.check_invariants()
>>> print(shortest_failing(history))
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from docexchange.errors import DocExchangeError
from docexchange.simulator.delivery import timeline_of
from docexchange.simulator.history import History, Send
from docexchange.simulator.invariants import problems
from docexchange.simulator.network import USUAL, SimulatedNetwork

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.simulator.faults import Fault
    from docexchange.simulator.invariants import Problem
    from docexchange.simulator.premises import Setting

__all__ = ["failure_of", "play", "shortest_failing", "told"]

_SHOWN: Final = 10
"""Broken promises in a report."""
_PLAYS: Final = 100
_LIMIT_HOURS: Final = 24 * 20
"""Longer than all letters live, one hub after another."""


def play(history: History, *, setting: Setting = USUAL) -> SimulatedNetwork:
    """Let a history happen.

    Args:
        history: what is sent, and what goes wrong.
        setting: how the network is.

    Returns:
        The network as it is then; the caller closes it.

    Raises:
        AssertionError: it does not come to rest within 20 days.
    """
    network = SimulatedNetwork.create(tiers=history.tiers, seed=history.seed, setting=setting)
    try:
        _happen(network, history)
    except BaseException:
        network.close()
        raise
    return network


def _happen(network: SimulatedNetwork, history: History) -> None:
    for fault in history.faults:
        network.trouble(fault)
    for send in history.sends:
        network.expect(send)
    if history.minutes is None:
        network.run_until_quiet(limit_hours=_LIMIT_HOURS)
    else:
        network.run(minutes=history.minutes)


def failure_of(history: History, *, setting: Setting = USUAL) -> str:
    """Which promise is broken when a history is played: the name of the rule; empty for none.

    Args:
        history: what is sent, and what goes wrong.
        setting: how the network is.
    """
    try:
        with play(history, setting=setting) as network:
            found = problems(network)
    except AssertionError:
        return "quiet"
    except DocExchangeError as error:
        return error.code
    return found[0].rule if found else ""


def shortest_failing(
    history: History, *, setting: Setting = USUAL, plays: int = _PLAYS
) -> History | None:
    """Leave out letters and faults as long as the same promise stays broken (delta debugging).

    Args:
        history: one that fails.
        setting: how the network is.
        plays: at most so many histories are tried.

    Returns:
        The shortest found; None if it does not fail when it is played.
    """
    rule = failure_of(history, setting=setting)
    if not rule:
        return None
    items: list[Send | Fault] = [*history.sends, *history.faults]
    parts = 2
    while len(items) > 1 and plays > 0:
        for rest in _without_parts(items, parts):
            plays -= 1
            if failure_of(_with(history, rest), setting=setting) == rule:
                items, parts = rest, max(parts - 1, 2)
                break
            if plays <= 0:
                break
        else:
            if parts >= len(items):
                break
            parts = min(2 * parts, len(items))
    return _with(history, items)


def _without_parts(items: Sequence[Send | Fault], parts: int) -> list[list[Send | Fault]]:
    """The items without each of so many parts of about one length."""
    cuts = [len(items) * number // parts for number in range(parts + 1)]
    return [[*items[:a], *items[b:]] for a, b in pairwise(cuts)]


def _with(history: History, items: Sequence[Send | Fault]) -> History:
    sends = tuple(item for item in items if isinstance(item, Send))
    faults = tuple(item for item in items if not isinstance(item, Send))
    return replace(history, sends=sends, faults=faults)


def told(found: Sequence[Problem], network: SimulatedNetwork) -> str:
    """What is said of broken promises: the seed, the shortest history, and a timeline.

    Args:
        found: what is broken, at least one promise.
        network: where.
    """
    shown = "\n".join(map(str, found[:_SHOWN]))
    hosts = (agency.host for agency in network.agencies.values())
    parts = [
        f"seed {network.seed}, after {network.elapsed}: {len(found)} broken promises\n{shown}",
        f"The timeline of {found[0].message_id}:\n{timeline_of(found[0].message_id, hosts)}",
    ]
    if network.is_replayable:
        shortest = shortest_failing(network.history, setting=network.setting)
        parts.insert(1, f"The shortest history found that fails:\n{shortest or network.history}")
    return "\n\n".join(parts)
