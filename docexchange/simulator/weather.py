"""What becomes of a parcel on its way: pure, from the faults in force and the dice.

>>> fate_of(transfer, link, faults, dice)
Fate(refusal='', landings=(Landing(after_seconds=0.05),))

Whatever is carried may be lost: letters, receipts, and the news that a letter was given up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.simulator.faults import FaultKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from docexchange.simulator.cast import Place
    from docexchange.simulator.dice import Dice
    from docexchange.simulator.faults import Fault

__all__ = ["Damage", "Fate", "Landing", "Link", "Transfer", "fate_of"]


class Damage(StrEnum):
    """What happened to the bytes."""

    NONE = "none"
    CORRUPT = "corrupt"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How fast a link is in fine weather."""

    latency_seconds: float = 0.05
    """How long the first byte takes, in seconds."""
    bytes_per_second: float | None = None
    """How many bytes it carries; any number at once where there is none."""
    jitter_seconds: float = 0.0
    """Up to how much longer it takes, in seconds."""
    loss: float = 0.0
    """How likely a parcel is lost, from 0 to 1."""
    is_down: bool = False
    """Whether it carries nothing at all."""
    keeps: bool = False
    """Whether what is sent waits for a receiver that does not run: in a folder, or in a box of the
    sender from which it fetches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A parcel that is given to a link."""

    sender: Place
    """From which node."""
    receiver: Place
    """To which node."""
    about: tuple[str, ...]
    """What it is, and how often it was carried before: what the dice are thrown for."""
    size: int
    """Bytes."""
    is_receipt: bool
    """Whether it holds a receipt or a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """One arrival of it."""

    after_seconds: float
    """When."""
    damage: Damage = Damage.NONE
    """In which state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of it."""

    refusal: str = ""
    """Why the link does not accept it; empty where it does."""
    landings: tuple[Landing, ...] = ()
    """When it arrives; never where there are none."""


_LOSSES: Final = (FaultKind.LOSS, FaultKind.HALF_OPEN, FaultKind.LOST_RECEIPT)
_DAMAGES: Final = {FaultKind.CORRUPT: Damage.CORRUPT, FaultKind.TRUNCATE: Damage.TRUNCATE}
_SECOND_COMES: Final = 60.0


def fate_of(transfer: Transfer, link: Link, faults: Collection[Fault], dice: Dice) -> Fate:
    """Decide what becomes of a parcel.

    Args:
        transfer: the parcel.
        link: the way it goes.
        faults: those in force.
        dice: decide what is left to chance.
    """
    ends = transfer.sender, transfer.receiver
    here = [
        fault
        for fault in faults
        if fault.kind.is_of_links
        and fault.meets(*ends)
        and dice.happens(fault.chance, fault.kind, fault.where, *transfer.about)
    ]
    kinds = {fault.kind for fault in here}
    if link.is_down or FaultKind.PARTITION in kinds:
        return Fate(refusal="no way to the other side")
    is_lost = any(_is_loss(kind, transfer) for kind in kinds) or dice.happens(
        link.loss, "link", *transfer.about
    )
    if is_lost:
        return Fate()
    damage = next((_DAMAGES[kind] for kind in _DAMAGES if kind in kinds), Damage.NONE)
    return Fate(landings=tuple(_landings(transfer, link, here, dice, damage)))


def _is_loss(kind: FaultKind, transfer: Transfer) -> bool:
    if kind is FaultKind.LOST_RECEIPT:
        return transfer.is_receipt
    return kind in _LOSSES


def _landings(
    transfer: Transfer, link: Link, faults: Collection[Fault], dice: Dice, damage: Damage
) -> Iterator[Landing]:
    first = _seconds(transfer, link, faults, dice)
    yield Landing(after_seconds=first, damage=damage)
    for fault in faults:
        if fault.kind is FaultKind.DUPLICATE:
            later = (fault.amount or _SECOND_COMES) * dice.share("second", *transfer.about)
            yield Landing(after_seconds=first + later)


def _seconds(transfer: Transfer, link: Link, faults: Collection[Fault], dice: Dice) -> float:
    rates = [fault.amount for fault in faults if fault.kind is FaultKind.BANDWIDTH]
    rates += [link.bytes_per_second] if link.bytes_per_second else []
    seconds = link.latency_seconds + (transfer.size / min(rates) if rates else 0.0)
    if link.jitter_seconds:
        seconds += link.jitter_seconds * dice.share("link jitter", *transfer.about)
    for fault in faults:
        if fault.kind is FaultKind.DELAY:
            seconds += fault.amount
        elif fault.kind in (FaultKind.JITTER, FaultKind.REORDER):
            seconds += fault.amount * dice.share(fault.kind, fault.where, *transfer.about)
    return seconds
