"""A network of real nodes in one process, on a clock that moves only when told to.

    network = SimulatedNetwork.create(tiers=(1, 3, 9, 27), seed=7)
    commune, ministry = network.agency(tier=4, n=0), network.agency(tier=1, n=0)
    with network.faults.down(network.hub_of(commune), minutes=90):
        delivery = commune.send(network.letters.plain(to=ministry))
        network.run(minutes=30)
        assert len(ministry.inbox) == 0
    network.run_until_quiet(limit_hours=6)
    assert len(ministry.inbox) == 1 and [hop.tier for hop in delivery.trace] == [4, 3, 2, 1]
    network.check_invariants()

Every agency has a `docexchange.node.Node` of its own, with store, key and mailbox, and works when
something arrived or is due. No thread, no sleep; the same seed gives the same history, byte for
byte (``network.log.digest``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from docexchange.clock import vietnam_date
from docexchange.errors import UsageError
from docexchange.simulator.agency import Agency
from docexchange.simulator.agenda import Agenda
from docexchange.simulator.cast import Cast
from docexchange.simulator.clock import NetworkClock
from docexchange.simulator.dice import Dice
from docexchange.simulator.faults import FaultKind
from docexchange.simulator.history import History
from docexchange.simulator.host import Host
from docexchange.simulator.invariants import problems
from docexchange.simulator.judge import Judge
from docexchange.simulator.letters import Letters
from docexchange.simulator.log import EventLog
from docexchange.simulator.outgoing import Outgoing
from docexchange.simulator.premises import USUAL, Premises, Setting
from docexchange.simulator.trouble import Faults, Trouble
from docexchange.simulator.waiting import under_way
from docexchange.simulator.ways import Ways
from docexchange.simulator.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from docexchange.delivery import ReceiptRecord
    from docexchange.directory import Directory
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.simulator.cast import Place
    from docexchange.simulator.delivery import Delivery
    from docexchange.simulator.faults import Fault
    from docexchange.simulator.payloads import Spool

__all__ = ["SimulatedNetwork"]


class SimulatedNetwork:
    """Nodes, links, and what happens to them.

    Args:
        tiers: how many agencies each tier has, from the top.
        seed: decides what is left to chance.
        setting: how the network is apart from that.
    """

    def __init__(self, tiers: tuple[int, ...], *, seed: int, setting: Setting) -> None:
        self.cast: Final = Cast(tuple(tiers), setting.directory)
        self.seed: Final = seed
        self.setting: Final = setting
        self._agenda: Final = Agenda(setting.start)
        self.log: Final = EventLog(self._agenda, keeps_lines=setting.keeps_log)
        """Everything that happens."""
        self.wire: Final = Wire(self._agenda, Dice(seed), self.log, setting.link_of)
        """What carries parcels."""
        self._premises: Final = Premises(
            self.cast, setting, agenda=self._agenda, log=self.log, wire=self.wire
        )
        self.agencies: Final[dict[OrganId, Agency]] = {
            member.organ_id: Agency(Host(member, self._premises), self)
            for member in self.cast.members
        }
        """All agencies by code, from the top."""
        self.letters: Final = Letters(self._agenda, self.cast, seed)
        """Makes letters to send."""
        self._judge: Final = Judge(self._premises)
        self.faults: Final = Faults(self)
        """Lets things go wrong."""
        self._troubles: Final[list[Trouble]] = []
        self.ways: Final = Ways(self._premises)
        """Where letters should go, and where they should end."""
        self.outgoing: Final = Outgoing(self, self._agenda)
        """What agencies are asked to send."""
        for agency in self.agencies.values():
            agency.host.desk.usual = self.outgoing.reply

    @classmethod
    def create(
        cls, *, tiers: tuple[int, ...] = (1, 3, 9, 27), seed: int = 0, setting: Setting = USUAL
    ) -> Self:
        """Make a network: directory, certificates, nodes and links.

        Args:
            tiers: how many agencies each tier has, from the top.
            seed: decides what is left to chance.
            setting: start, links, retry schedule, rules, stores.

        Raises:
            UsageError: not one agency at the top.
        """
        return cls(tiers, seed=seed, setting=setting)

    @classmethod
    def over(cls, directory: Directory, *, seed: int = 0, setting: Setting = USUAL) -> Self:
        """Make a network of your own agencies, with everything that changes among them by date.

        Args:
            directory: who they are; endpoints and certificates are the network's own.
            seed: decides what is left to chance.
            setting: start, links, retry schedule, rules, stores.

        Raises:
            UsageError: no agency of it has a node.
        """
        tiers = Cast.of(directory).tiers
        return cls(tiers, seed=seed, setting=replace(setting, directory=directory))

    # --- who is there ---

    def agency(self, *, tier: int, n: int = 0) -> Agency:
        """An agency.

        Args:
            tier: from 1, the highest.
            n: its number in the tier, from 0.

        Raises:
            UsageError: there is none.
        """
        return self.agencies[self.cast.member(tier, n).organ_id]

    def hub_of(self, agency: Agency) -> Agency:
        """The agency above another one, today.

        Raises:
            UsageError: there is none above the highest, or it is in force no more.
        """
        above = self.directory.parent(agency.organ_id, self.today)
        if above is None:
            raise UsageError(
                f"hub: expected an agency below another one, found {agency!r}",
                code="simulator.place",
            )
        return self.agencies[above.organ_id]

    def host(self, place: Place) -> Host:
        """The machine of the agency at a place."""
        return self.agency(tier=place[0], n=place[1]).host

    # --- time ---

    @property
    def now(self) -> datetime:
        """The present, UTC."""
        return self._agenda.now()

    @property
    def today(self) -> date:
        """The calendar date in Vietnam."""
        return vietnam_date(self.now)

    @property
    def directory(self) -> Directory:
        """The newest directory."""
        return self._premises.directory

    @property
    def clock(self) -> NetworkClock:
        """Its clock, for code under test: who sleeps by it lets the network work."""
        return NetworkClock(self)

    @property
    def elapsed(self) -> timedelta:
        """The time since the start."""
        return self.now - self._agenda.start

    def run(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass.

        Args:
            hours: so many hours,
            minutes: minutes
            seconds: and seconds.

        Raises:
            UsageError: they are no numbers, or time would go back.
        """
        given: tuple[object, ...] = hours, minutes, seconds
        odd = [item for item in given if not isinstance(item, int | float)]
        if odd:
            raise UsageError(f"run: expected numbers, found {odd[0]!r}", code="simulator.span")
        span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if span < timedelta():
            raise UsageError(
                f"run: expected 0 seconds or more, found {span.total_seconds():g}",
                code="simulator.span",
            )
        (self.wire.border or self._agenda).run_until(self.now + span)

    def run_until(self, predicate: Callable[[], bool], *, limit_hours: float = 24) -> None:
        """Let time pass until something is so.

        Args:
            predicate: asked whenever something has happened.
            limit_hours: how long to wait for it, from now.

        Raises:
            AssertionError: it is not so by then.
        """
        __tracebackhide__ = True
        limit = self.now + timedelta(hours=limit_hours)
        while not predicate():
            if self._agenda.next_at is None or self._agenda.next_at > limit:
                raise AssertionError(
                    f"seed {self.seed}: expected it within {limit_hours} hours, found "
                    f"{under_way(self)}"
                )
            self._agenda.step()

    def run_until_quiet(self, *, limit_hours: float = 240) -> None:
        """Let time pass until nothing is on its way, waits or is due, and no fault is to come.

        Args:
            limit_hours: how long to wait for it, from now.

        Raises:
            AssertionError: something still is.
        """
        __tracebackhide__ = True
        self.run_until(lambda: self.is_quiet, limit_hours=limit_hours)

    # --- faults ---

    def trouble(self, fault: Fault) -> Trouble:
        """Bring about a fault; see ``Faults.bring``."""
        trouble = Trouble(len(self._troubles), fault, self)
        self._troubles.append(trouble)
        start = self._agenda.start + timedelta(minutes=fault.begin_minutes)
        if start <= self.now:
            trouble.begin()
        else:
            self._agenda.at(start, trouble.begin)
        if fault.minutes is not None:
            self._agenda.at(max(start, self.now) + timedelta(minutes=fault.minutes), trouble.end)
        return trouble

    def publish(self, host: Host) -> None:
        """Enter the certificate of an agency in the directory, and give that to all."""
        self._premises.seals[host.member.organ_id].append(host.seal)
        self._premises.directory = self._premises.published()
        for agency in self.agencies.values():
            if agency.host is host or not agency.host.stale:
                self.update(agency.host)

    def update(self, host: Host) -> None:
        """Give a node the directory and the revocation list of now."""
        host.directory = self._premises.directory
        host.restart()

    def revoke(self, host: Host) -> None:
        """Revoke the certificate of an agency; everybody learns of it."""
        self._premises.revoked |= {(host.seal, self.now.replace(microsecond=0))}
        for agency in self.agencies.values():
            agency.host.restart()

    # --- what happened ---

    @property
    def spool(self) -> Spool:
        """Where the bytes of all nodes are."""
        return self._premises.spool

    @property
    def deliveries(self) -> Mapping[MessageId, Delivery]:
        """What agencies were asked to send, by message id."""
        return self.outgoing.deliveries

    @property
    def history(self) -> History:
        """What was decided so far, as a value that can be played again."""
        return History(
            tiers=self.cast.tiers,
            seed=self.seed,
            sends=tuple(self.outgoing.sends.values()),
            faults=tuple(trouble.fault for trouble in self._troubles),
            minutes=self.elapsed.total_seconds() / 60,
        )

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is on its way, waits or is due, and no fault is to come."""
        return (self.wire.border or self._agenda).next_at is None

    def fault_in(self, receipt: ReceiptRecord) -> str:
        """Why no node should have believed a receipt that one has; empty if it was right to."""
        skews = [item.fault for item in self._troubles if item.fault.kind is FaultKind.CLOCK_SKEW]
        slack = timedelta(seconds=sum(abs(fault.amount) for fault in skews))
        return self._judge.fault_in(receipt, slack=slack)

    def check_invariants(self) -> None:
        """Hold the network to its promises; see `docexchange.simulator.invariants`.

        Raises:
            AssertionError: one is broken. It tells the seed, the shortest history found that still
                breaks it, and the timeline of the message concerned.
        """
        __tracebackhide__ = True
        found = problems(self)
        if found:
            from docexchange.simulator.playing import told

            raise AssertionError(told(found, self))

    @property
    def is_replayable(self) -> bool:
        """Whether all that was sent is in the history, and nothing of the caller's own."""
        return len(self.outgoing.sends) == len(self.deliveries)

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        self._premises.spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
