"""Play histories, and make those that fail as short as they can be.

>>> network = play(history)
>>> network.check_invariants()
>>> print(shortest_failing(history))
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from docexchange.delivery import OutboundState
from docexchange.errors import DocExchangeError
from docexchange.simulator.delivery import timeline_of
from docexchange.simulator.history import History, Send
from docexchange.simulator.invariants import problems
from docexchange.simulator.network import SimulatedNetwork
from docexchange.simulator.premises import USUAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.identifiers import MessageId
    from docexchange.simulator.faults import Fault
    from docexchange.simulator.premises import Setting
    from docexchange.simulator.problem import Problem

__all__ = ["failure_of", "play", "shortest_failing", "told"]

_SHOWN: Final = 10
"""Broken promises in a report."""
_PLAYS: Final = 100
_LIMIT_HOURS: Final = 24 * 20
"""Longer than all letters live, one hub after another."""
_RESTLESS: Final = "quiet"
"""The promise that a network comes to rest."""
_RESTLESS_PLAYS: Final = 20
"""Each goes on until its limit."""


def play(
    history: History, *, setting: Setting = USUAL, limit_hours: float = _LIMIT_HOURS
) -> SimulatedNetwork:
    """Let a history happen.

    Args:
        history: what is sent, and what goes wrong.
        setting: how the network is.
        limit_hours: how long it may take to come to rest.

    Returns:
        The network as it is then; the caller closes it.

    Raises:
        AssertionError: it does not come to rest. It tells the seed, the shortest history found
            that does not either, and the timeline of a message that is still under way.
    """
    network = _begun(history, setting)
    try:
        _happen(network, history, limit_hours)
        _check_rest(network, history, limit_hours)
    except BaseException:
        network.close()
        raise
    return network


def _begun(history: History, setting: Setting) -> SimulatedNetwork:
    return SimulatedNetwork.create(tiers=history.tiers, seed=history.seed, setting=setting)


def _happen(network: SimulatedNetwork, history: History, limit_hours: float) -> None:
    for fault in history.faults:
        network.trouble(fault)
    for send in history.sends:
        network.outgoing.expect(send)
    if history.minutes is not None:
        network.run(minutes=history.minutes)
        return
    with suppress(AssertionError):
        network.run_until_quiet(limit_hours=limit_hours)


def _is_over(network: SimulatedNetwork, history: History) -> bool:
    return history.minutes is not None or network.is_quiet


def _check_rest(network: SimulatedNetwork, history: History, limit_hours: float) -> None:
    if not _is_over(network, history):
        raise AssertionError(_restless(network, history, limit_hours))


def failure_of(
    history: History, *, setting: Setting = USUAL, limit_hours: float = _LIMIT_HOURS
) -> str:
    """Which promise is broken when a history is played: the name of the rule; empty for none.

    Args:
        history: what is sent, and what goes wrong.
        setting: how the network is.
        limit_hours: how long it may take to come to rest.
    """
    with _begun(history, setting) as network:
        try:
            _happen(network, history, limit_hours)
            found = problems(network)
        except DocExchangeError as error:
            return error.code
        if not _is_over(network, history):
            return _RESTLESS
        return found[0].rule if found else ""


def shortest_failing(
    history: History,
    *,
    setting: Setting = USUAL,
    plays: int = _PLAYS,
    limit_hours: float = _LIMIT_HOURS,
) -> History | None:
    """Leave out letters and faults as long as the same promise stays broken (delta debugging).

    Args:
        history: one that fails.
        setting: how the network is.
        plays: at most so many histories are tried.
        limit_hours: how long each may take to come to rest.

    Returns:
        The shortest found; None if it does not fail when it is played.
    """
    broken = partial(failure_of, setting=setting, limit_hours=limit_hours)
    rule = broken(history)
    if not rule:
        return None
    items: list[Send | Fault] = [*history.sends, *history.faults]
    parts = 2
    while len(items) > 1 and plays > 0:
        for rest in _without_parts(items, parts):
            plays -= 1
            if broken(_with(history, rest)) == rule:
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
    begin = f"seed {network.seed}, after {network.elapsed}: {_shown(found)}"
    shortest = None
    if network.is_replayable:
        shortest = shortest_failing(network.history, setting=network.setting)
    if shortest is None:
        return f"{begin}\n\n{_timeline(found[0].message_id, network)}"
    return f"{begin}\n\n{_told_again(shortest, network.setting)}"


def _restless(network: SimulatedNetwork, history: History, limit_hours: float) -> str:
    count = len(_busy(network))
    begin = f"seed {network.seed}: expected rest within {limit_hours:g} hours, found {count}"
    shortest = shortest_failing(
        history, setting=network.setting, plays=_RESTLESS_PLAYS, limit_hours=limit_hours
    )
    again = _told_again(shortest or history, network.setting, limit_hours)
    return f"{begin} messages under way\n\n{again}"


def _told_again(history: History, setting: Setting, limit_hours: float = _LIMIT_HOURS) -> str:
    """A history that fails, what comes of it, and the timeline of a message concerned."""
    with _begun(history, setting) as network:
        _happen(network, history, limit_hours)
        found = problems(network)
        busy = [item.message_id for item in found] or _busy(network)
        parts = [
            _to_play_again(history, setting),
            f"What comes of it: {_shown(found) if found else 'no rest'}",
            *(_timeline(message_id, network) for message_id in busy[:1]),
        ]
    return "\n\n".join(parts)


def _shown(found: Sequence[Problem]) -> str:
    return "\n".join([f"{len(found)} broken promises", *map(str, found[:_SHOWN])])


def _busy(network: SimulatedNetwork) -> list[MessageId]:
    """The messages with which nodes are not done."""
    found: dict[MessageId, None] = {}
    for agency in network.agencies.values():
        waiting = agency.host.mailbox.new.values()
        found |= dict.fromkeys(parcel.message_id for parcel, _ in waiting)
        for state in OutboundState:
            kept = () if state.is_terminal else agency.store.in_state(state)
            found |= dict.fromkeys(record.message_id for record in kept)
    return list(found)


def _to_play_again(history: History, setting: Setting) -> str:
    """A history as a program that can be pasted."""
    how = "" if setting == USUAL else ", setting=setting"
    note = "" if setting == USUAL else "  # setting: that of this network"
    return f"""The shortest history found that fails:
from docexchange.instrumentation import EventName
from docexchange.lifecycle import Asked
from docexchange.simulator import Fault, FaultKind, History, Reply, Send, play

history = {history}
with play(history{how}) as network:{note}
    network.check_invariants()"""


def _timeline(message_id: MessageId, network: SimulatedNetwork) -> str:
    hosts = (agency.host for agency in network.agencies.values())
    return f"The timeline of {message_id}:\n{timeline_of(message_id, hosts)}"
