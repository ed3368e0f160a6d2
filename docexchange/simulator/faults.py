"""What may go wrong, as values: each fault says what, where, when and for how long.

>>> Fault(FaultKind.LOSS, chance=0.3)                                  # everywhere, always
>>> Fault(FaultKind.DOWN, ((3, 0),), begin_minutes=10, minutes=90)        # one node, for a while
>>> Fault(FaultKind.CRASH, ((4, 7),), step=EventName.INBOUND_ACCEPTED)    # at a durable step

Values can be listed, compared, generated and left out one by one; `docexchange.simulator.trouble`
brings them about.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.errors import UsageError
from docexchange.instrumentation import EventName

if TYPE_CHECKING:
    from docexchange.simulator.cast import Place

__all__ = ["LINK_ENDS", "Fault", "FaultKind"]


class FaultKind(StrEnum):
    """What goes wrong."""

    LOSS = "loss"
    """What was accepted for carriage never arrives."""
    DELAY = "delay"
    """Everything takes so many seconds more."""
    JITTER = "jitter"
    """Everything takes up to so many seconds more."""
    BANDWIDTH = "bandwidth"
    """No more than so many bytes a second."""
    DUPLICATE = "duplicate"
    """It arrives twice, the second time up to so many seconds later."""
    REORDER = "reorder"
    """It is overtaken: it arrives up to so many seconds later."""
    CORRUPT = "corrupt"
    """One byte of it is another one."""
    TRUNCATE = "truncate"
    """Its end is missing."""
    LOST_RECEIPT = "lost-receipt"
    """A receipt never arrives."""
    HALF_OPEN = "half-open"
    """Nothing arrives at the node, and those who send to it believe that it does."""
    PARTITION = "partition"
    """These nodes and all others cannot reach each other."""
    DOWN = "down"
    """The node does not run."""
    CRASH = "crash"
    """The node dies at a step and is started again after so many seconds."""
    DISK_FULL = "disk-full"
    """The node can write nothing down."""
    CLOCK_SKEW = "clock-skew"
    """The clock of the node is ahead by so many seconds, or behind."""
    EXPIRED = "certificate-expired"
    """The certificate of the agency ends after so many seconds; a new one comes at the end."""
    ROLLED_OVER = "certificate-rolled-over"
    """The agency signs with a new key."""
    REVOKED = "certificate-revoked"
    """The certificate of the agency is revoked; a new one comes at the end."""
    STALE_DIRECTORY = "directory-stale"
    """The node goes on with the directory that it has."""
    OCSP_DOWN = "ocsp-down"
    """The node has no evidence that certificates are not revoked."""
    TSA_DOWN = "tsa-down"
    """No timestamps are to be had."""

    @property
    def is_of_links(self) -> bool:
        """Whether it meets what is carried; otherwise it meets a node."""
        return self in _OF_LINKS


_OF_LINKS: Final = frozenset(
    {
        FaultKind.LOSS,
        FaultKind.DELAY,
        FaultKind.JITTER,
        FaultKind.BANDWIDTH,
        FaultKind.DUPLICATE,
        FaultKind.REORDER,
        FaultKind.CORRUPT,
        FaultKind.TRUNCATE,
        FaultKind.LOST_RECEIPT,
        FaultKind.HALF_OPEN,
        FaultKind.PARTITION,
    }
)
LINK_ENDS: Final = 2
"""How many agencies a link is between."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong.

    Raises:
        UsageError: it cannot go wrong like that.
    """

    kind: FaultKind
    """What."""
    where: tuple[Place, ...] = ()
    """The nodes it meets. Of links: none for all, one for those of a node, two for the one between;
    of a partition: those that are cut off together."""
    chance: float = 1.0
    """How likely each parcel is met, from 0 to 1."""
    amount: float = 0.0
    """Seconds, or bytes a second."""
    step: EventName | None = None
    """At which step a node crashes; at once where there is none."""
    begin_minutes: float = 0.0
    """When it begins, from the start of the history."""
    minutes: float | None = None
    """How long it lasts; without an end where there is none."""

    def __post_init__(self) -> None:
        if not isinstance(self.kind, FaultKind):
            raise UsageError(
                f"fault: expected a FaultKind, found {self.kind!r}",
                code="simulator.fault-kind",
                advice="Make one, Fault(FaultKind.LOSS, chance=0.3) for example.",
            )
        self._check_numbers()
        wrong = [(expected, found) for fits, expected, found in self._rules() if not fits]
        if wrong:
            raise UsageError(
                f"fault {self.kind}: expected {'; '.join(expected for expected, _ in wrong)}, "
                f"found {'; '.join(repr(found) for _, found in wrong)}",
                code="simulator.fault",
            )

    def _check_numbers(self) -> None:
        numbers: tuple[object, ...] = (
            self.chance,
            self.amount,
            self.begin_minutes,
            self.minutes or 0,
        )
        odd = [item for item in numbers if not isinstance(item, int | float)]
        if odd:
            raise UsageError(
                f"fault {self.kind}: expected numbers, found {odd[0]!r}", code="simulator.fault"
            )

    def _rules(self) -> list[tuple[bool, str, object]]:
        """What has to be so, in words, and what is; nothing of it is so for ``nan``."""
        ends, chance, amount = self.where, self.chance, self.amount
        is_partition = self.kind is FaultKind.PARTITION
        of_link = self.kind.is_of_links and not is_partition
        signed = self.kind is FaultKind.CLOCK_SKEW
        return [
            (not of_link or len(ends) <= LINK_ENDS, "at most two ends of a link", ends),
            (of_link or bool(ends), "at least one node", ends),
            (0 <= chance <= 1, "a chance from 0 to 1", chance),
            (amount >= 0 or (signed and amount < 0), "no negative amount", amount),
            (self.kind is not FaultKind.BANDWIDTH or amount != 0, "some bytes a second", amount),
            (self.begin_minutes >= 0, "a beginning after the start", self.begin_minutes),
            (self.minutes is None or self.minutes >= 0, "an end after the beginning", self.minutes),
            (self.step is None or self.step in set(EventName), "a step of EventName", self.step),
        ]

    def meets(self, *ends: Place) -> bool:
        """Whether it meets what goes from one node to another."""
        if self.kind is FaultKind.PARTITION:
            return len({end in self.where for end in ends}) > 1
        if self.kind is FaultKind.HALF_OPEN:
            return not self.where or ends[-1] in self.where
        return set(self.where) <= set(ends)
