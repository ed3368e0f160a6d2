"""Faults brought about: as context managers, for a while, at a later time, or from values.

>>> with network.faults.down(hub, minutes=90):       # until the block or the time is over
...     network.run(minutes=30)
>>> network.faults.loss(0.3)                          # until ``end()``
>>> network.faults.at(minutes=10, for_minutes=30).partition(province)
>>> network.faults.bring(Fault(FaultKind.LOSS, chance=0.3))

A fault begins when it is named. It lasts until its ``with`` block is left, its minutes are over or
``end`` is called, whatever comes first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NoReturn, Self

from docexchange.errors import UsageError
from docexchange.simulator.cast import place_of
from docexchange.simulator.effects import begin, end
from docexchange.simulator.faults import Fault, FaultKind

if TYPE_CHECKING:
    from docexchange.instrumentation import EventName
    from docexchange.simulator.agency import Agency
    from docexchange.simulator.network import SimulatedNetwork

__all__ = ["Faults", "Trouble"]

_RESTART_SECONDS: Final = 300.0


class Trouble:
    """One fault in one network.

    Args:
        number: its number there.
        fault: what it is.
        network: where it is.
    """

    def __init__(self, number: int, fault: Fault, network: SimulatedNetwork) -> None:
        self.number: Final = number
        self.fault = fault
        """What it is, with the minutes that it lasted once it is over."""
        self._network: Final = network
        self._began = self._is_over = False

    def begin(self) -> None:
        """Let it begin, if it is not over before."""
        if not self._is_over:
            self._began = True
            begin(self, self._network)

    def end(self) -> None:
        """Let it be over; twice is harmless."""
        if self._is_over:
            return
        self._is_over = True
        began = timedelta(minutes=self.fault.begin_minutes)
        lasted = self._network.elapsed - began
        self.fault = replace(self.fault, minutes=max(lasted.total_seconds(), 0) / 60)
        if self._began:
            end(self, self._network)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.end()


class Faults:
    """Brings faults about in one network.

    Args:
        network: where.
        begin_minutes: from now until they begin.
        minutes: how long they last, if not told otherwise.
    """

    def __init__(
        self, network: SimulatedNetwork, *, begin_minutes: float = 0, minutes: float | None = None
    ) -> None:
        self._network: Final = network
        self._begin: Final = begin_minutes
        self._minutes: Final = minutes

    def at(self, *, minutes: float, for_minutes: float | None = None) -> Faults:
        """Faults that begin later.

        Args:
            minutes: from now until they begin.
            for_minutes: how long they last; without an end when left out.
        """
        return Faults(self._network, begin_minutes=minutes, minutes=for_minutes)

    def bring(self, fault: Fault) -> Trouble:
        """Bring about a fault that is a value; its minutes count from the start of the history.

        Raises:
            UsageError: it is none.
        """
        if not isinstance(fault, Fault):
            raise UsageError(
                f"faults: expected a Fault, found {fault!r}",
                code="simulator.fault-kind",
                advice="Make one, Fault(FaultKind.LOSS, chance=0.3) for example.",
            )
        return self._network.trouble(fault)

    def __getattr__(self, name: str) -> NoReturn:
        known = [item for item in dir(type(self)) if not item.startswith("_")]
        near = [f"; did you mean {item}?" for item in get_close_matches(name, known, n=1)]
        raise AttributeError(
            "".join([f"faults: expected one of {', '.join(known)}, found {name!r}", *near])
        )

    # --- of links ---

    def loss(self, chance: float, *between: Agency, minutes: float | None = None) -> Trouble:
        """Parcels vanish; see `FaultKind.LOSS`."""
        return self._now(FaultKind.LOSS, between, minutes, chance=chance)

    def delay(self, seconds: float, *between: Agency, minutes: float | None = None) -> Trouble:
        """Everything takes so many seconds more."""
        return self._now(FaultKind.DELAY, between, minutes, amount=seconds)

    def jitter(self, seconds: float, *between: Agency, minutes: float | None = None) -> Trouble:
        """Everything takes up to so many seconds more."""
        return self._now(FaultKind.JITTER, between, minutes, amount=seconds)

    def bandwidth(
        self, bytes_per_second: float, *between: Agency, minutes: float | None = None
    ) -> Trouble:
        """No more than so many bytes a second."""
        return self._now(FaultKind.BANDWIDTH, between, minutes, amount=bytes_per_second)

    def duplicate(
        self, chance: float, *between: Agency, seconds: float = 60, minutes: float | None = None
    ) -> Trouble:
        """Parcels arrive twice, the second time up to so many seconds later."""
        return self._now(FaultKind.DUPLICATE, between, minutes, chance=chance, amount=seconds)

    def reorder(
        self, chance: float, *between: Agency, seconds: float = 60, minutes: float | None = None
    ) -> Trouble:
        """Parcels are overtaken: they arrive up to so many seconds later."""
        return self._now(FaultKind.REORDER, between, minutes, chance=chance, amount=seconds)

    def corrupt(self, chance: float, *between: Agency, minutes: float | None = None) -> Trouble:
        """One byte of parcels is another one."""
        return self._now(FaultKind.CORRUPT, between, minutes, chance=chance)

    def truncate(self, chance: float, *between: Agency, minutes: float | None = None) -> Trouble:
        """The end of parcels is missing."""
        return self._now(FaultKind.TRUNCATE, between, minutes, chance=chance)

    def lost_receipt(
        self, chance: float, *between: Agency, minutes: float | None = None
    ) -> Trouble:
        """Receipts vanish, letters do not."""
        return self._now(FaultKind.LOST_RECEIPT, between, minutes, chance=chance)

    def half_open(self, agency: Agency, *, minutes: float | None = None) -> Trouble:
        """Nothing arrives at the agency, and those who send to it believe that it does."""
        return self._now(FaultKind.HALF_OPEN, (agency,), minutes)

    def partition(self, *agencies: Agency, minutes: float | None = None) -> Trouble:
        """These and all others cannot reach each other."""
        return self._now(FaultKind.PARTITION, agencies, minutes)

    # --- of nodes ---

    def down(self, *agencies: Agency, minutes: float | None = None) -> Trouble:
        """The nodes do not run."""
        return self._now(FaultKind.DOWN, agencies, minutes)

    def crash(
        self,
        *agencies: Agency,
        step: EventName | None = None,
        restart_seconds: float = _RESTART_SECONDS,
        minutes: float | None = None,
    ) -> Trouble:
        """The node dies at the next such step, or now, and is started again after a while.

        Args:
            agencies: whose nodes.
            step: the name of an event of the node; the durable steps are in
                ``instrumentation.DURABLE``.
            restart_seconds: how long it stays dead.
            minutes: how long it is waited for the step.
        """
        return self._now(FaultKind.CRASH, agencies, minutes, amount=restart_seconds, step=step)

    def disk_full(self, *agencies: Agency, minutes: float | None = None) -> Trouble:
        """The nodes can write nothing down."""
        return self._now(FaultKind.DISK_FULL, agencies, minutes)

    def clock_skew(
        self, seconds: float, *agencies: Agency, minutes: float | None = None
    ) -> Trouble:
        """The clocks of the nodes are ahead by so many seconds; behind where it is negative."""
        return self._now(FaultKind.CLOCK_SKEW, agencies, minutes, amount=seconds)

    # --- of certificates and directories ---

    def certificate_expired(
        self, *agencies: Agency, after_seconds: float = 0, minutes: float | None = None
    ) -> Trouble:
        """The agencies' certificates end after so many seconds; new ones come at the end."""
        return self._now(FaultKind.EXPIRED, agencies, minutes, amount=after_seconds)

    def certificate_rolled_over(self, *agencies: Agency) -> Trouble:
        """The agencies sign with new keys from now on; letters under the old ones stay good."""
        return self._now(FaultKind.ROLLED_OVER, agencies, None)

    def certificate_revoked(self, *agencies: Agency, minutes: float | None = None) -> Trouble:
        """The agencies' certificates are revoked; new ones come at the end."""
        return self._now(FaultKind.REVOKED, agencies, minutes)

    def directory_stale(self, *agencies: Agency, minutes: float | None = None) -> Trouble:
        """The nodes go on with the directory that they have."""
        return self._now(FaultKind.STALE_DIRECTORY, agencies, minutes)

    def ocsp_down(self, *agencies: Agency, minutes: float | None = None) -> Trouble:
        """The nodes have no evidence that certificates are not revoked."""
        return self._now(FaultKind.OCSP_DOWN, agencies, minutes)

    def tsa_down(self, *agencies: Agency, minutes: float | None = None) -> Trouble:
        """The nodes get no timestamps, in a network that has them (``Setting.new_tsa``).

        Raises:
            UsageError: this network has no timestamps.
        """
        if self._network.setting.new_tsa is None:
            raise UsageError(
                "tsa-down: expected a network with a timestamp authority, found none",
                code="simulator.fault",
                advice="Give Setting(new_tsa=…).",
            )
        return self._now(FaultKind.TSA_DOWN, agencies, minutes)

    def _now(
        self,
        kind: FaultKind,
        agencies: tuple[Agency, ...],
        minutes: float | None,
        *,
        chance: float = 1.0,
        amount: float = 0.0,
        step: EventName | None = None,
    ) -> Trouble:
        if not kind.is_of_links and not agencies:
            raise UsageError(f"{kind}: expected an agency, found none", code="simulator.fault")
        return self.bring(
            Fault(
                kind,
                tuple(map(place_of, agencies)),
                chance,
                amount,
                step,
                self._network.elapsed.total_seconds() / 60 + self._begin,
                self._minutes if minutes is None else minutes,
            )
        )
