"""Histories with everything in them that can go wrong, made up from a seed.

>>> with play(storm(7)) as network:
...     network.check_invariants()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.instrumentation.events import DURABLE
from docexchange.lifecycle import Asked
from docexchange.simulator.dice import Dice
from docexchange.simulator.faults import Fault, FaultKind
from docexchange.simulator.history import History, Reply, Send

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeVar

    from docexchange.simulator.cast import Place

    Item = TypeVar("Item")

__all__ = ["storm"]

_HOURS: Final = 6.0
_LARGE: Final = 100_000
_KINDS: Final = tuple(FaultKind)
_AMOUNTS: Final = {
    FaultKind.DELAY: (1.0, 120.0),
    FaultKind.JITTER: (1.0, 60.0),
    FaultKind.BANDWIDTH: (2_000.0, 64_000.0),
    FaultKind.DUPLICATE: (1.0, 900.0),
    FaultKind.REORDER: (1.0, 900.0),
    FaultKind.CRASH: (1.0, 1800.0),
    FaultKind.CLOCK_SKEW: (-240.0, 240.0),
    FaultKind.EXPIRED: (0.0, 120.0),
}
"""From and to; other kinds have no amount."""
_RARE: Final = (FaultKind.CORRUPT, FaultKind.TRUNCATE, FaultKind.LOSS, FaultKind.LOST_RECEIPT)
_TIMES: Final = {FaultKind.CRASH: 4}
"""How often a kind occurs; others once."""
_ASKING: Final = (Asked.RECALL, Asked.UPDATE, Asked.REPLACEMENT)
_REPLIES: Final = (*[Reply.TAKEN] * 7, Reply.AGREED, Reply.REFUSED, Reply.LATER)
_REPLIES_TO_ASKING: Final = (Reply.AGREED, Reply.AGREED, Reply.REFUSED, Reply.TAKEN)
"""What is answered, as often as it stands there."""


def storm(
    seed: int,
    *,
    tiers: tuple[int, ...] = (1, 3, 9, 27),
    letters: int = 30,
    stamped: Sequence[Place] = (),
) -> History:
    """Make up a history of some hours with every kind of fault.

    Some letters are refused or put off by those who get them, some recall, change or replace
    earlier ones.

    Args:
        seed: the same gives the same.
        tiers: how many agencies each tier has, from the top.
        letters: how many letters are sent.
        stamped: agencies whose signatures have timestamps, of which one gets none for a while.
    """
    dice = Dice(seed)
    places = [(tier, number) for tier, size in enumerate(tiers, 1) for number in range(size)]
    sends: list[Send] = []
    for number in range(1, letters + 1):
        earlier = _earlier(dice, number, sends)
        send = _asking(dice, number, earlier) if earlier else _send(dice, number, places)
        sends.append(send)
    return History(
        tiers=tiers,
        seed=seed,
        sends=tuple(sends),
        faults=tuple(_faults(dice, places, stamped)),
    )


def _earlier(dice: Dice, name: int, sends: Sequence[Send]) -> Send | None:
    """The letter about which the next one asks something, if it does; one in seven."""
    if sends and dice.happens(1 / 7, "asks", name):
        return _pick(dice, sends, "about", name)
    return None


def _asking(dice: Dice, name: int, earlier: Send) -> Send:
    """It may be on its way before the letter that it is about has arrived."""
    return Send(
        name,
        earlier.sender,
        earlier.to,
        minute=round(earlier.minute + dice.share("minute", name) * 60, 2),
        reply=_pick(dice, _REPLIES_TO_ASKING, "reply", name),
        asks=_pick(dice, _ASKING, "kind", name),
        about=earlier.name,
    )


def _send(dice: Dice, name: int, places: Sequence[Place]) -> Send:
    sender = _pick(dice, places, "sender", name)
    others = [place for place in places if place != sender]
    count = 1 + (dice.share("fan-out", name) > 0.8)  # noqa: PLR2004 — one letter in five has two
    return Send(
        name,
        sender,
        tuple(dict.fromkeys(_pick(dice, others, "to", name, nth) for nth in range(count))),
        minute=round(dice.share("minute", name) * _HOURS * 60, 2),
        size=_LARGE if dice.happens(0.1, "large", name) else 200,
        is_urgent=dice.happens(0.1, "urgent", name),
        reply=_pick(dice, _REPLIES, "reply", name),
    )


def _faults(dice: Dice, places: Sequence[Place], stamped: Sequence[Place]) -> Iterator[Fault]:
    # What fails at the top and in the provinces is felt by more letters.
    high = places[: 1 + len(places) // 2]
    for kind in _KINDS:
        hit = stamped if kind is FaultKind.TSA_DOWN else high
        for number in range(_TIMES.get(kind, 1) if hit else 0):
            yield _fault(dice, kind, number, hit)


def _fault(dice: Dice, kind: FaultKind, number: int, places: Sequence[Place]) -> Fault:
    about = (kind, number)
    low, high = _AMOUNTS.get(kind, (0.0, 0.0))
    where = (_pick(dice, places, "where", *about),)
    return Fault(
        kind,
        where,
        chance=0.3 if kind in _RARE else 1.0,
        amount=round(low + (high - low) * dice.share("amount", *about), 1),
        step=_pick(dice, DURABLE, "step", *about) if kind is FaultKind.CRASH else None,
        begin_minutes=round(dice.share("begin", *about) * _HOURS * 60, 1),
        minutes=round(5 + dice.share("minutes", *about) * 115, 1),
    )


def _pick(dice: Dice, items: Sequence[Item], *about: object) -> Item:
    return items[int(dice.share(*about) * len(items))]
