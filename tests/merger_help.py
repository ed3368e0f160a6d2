"""Two provinces on the days around 1 July 2025, as the law has them, with a few agencies below."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Final

from docexchange.delivery import InboundState
from docexchange.directory import (
    Directory,
    DirectoryEntry,
    close,
    merge,
    revise,
    shipped_directory,
)
from docexchange.envelope import ResponseFor, StatusCode
from docexchange.identifiers import OrganId
from docexchange.report import Ledger, ledger_of
from docexchange.simulator import SimulatedNetwork, storm
from docexchange.simulator.cast import Cast

if TYPE_CHECKING:
    from collections.abc import Collection

    from docexchange.delivery import TimelineEntry
    from docexchange.envelope import Document
    from docexchange.identifiers import MessageId
    from docexchange.simulator import Delivery, FaultKind, History, Setting

__all__ = [
    "HEIR",
    "MIDNIGHT",
    "MINISTRY",
    "NEW_COMMUNE",
    "OFFICE",
    "OLD_PROVINCE",
    "REFORM",
    "START",
    "Week",
    "commune",
    "district",
    "merging_provinces",
    "midnight_storm",
    "provinces",
]

OFFICE: Final = OrganId("000.00.00.G22")
MINISTRY: Final = OrganId("000.00.00.G09")
HEIR: Final = OrganId("000.00.00.H53")
"""Tây Ninh, which goes on."""
OLD_PROVINCE: Final = OrganId("000.00.00.H39")
"""Long An, which is merged into it."""
REFORM: Final = date(2025, 7, 1)
MIDNIGHT: Final = datetime(2025, 6, 30, 17, tzinfo=UTC)
"""The first moment of the first of July in Vietnam."""
START: Final = datetime(2025, 6, 26, 2, tzinfo=UTC)
"""Nine in the morning of the Thursday before."""
DISTRICTS: Final = (1, 2)
COMMUNES: Final = (1, 2)


def _letter(province: OrganId) -> str:
    return str(province).rsplit(".", 1)[-1]


def district(province: OrganId, number: int) -> OrganId:
    """The code of a district: 1 or 2."""
    return OrganId(f"000.00.{30 + number}.{_letter(province)}")


def commune(province: OrganId, of_district: int, number: int) -> OrganId:
    """The code of a commune: 1 or 2 of a district."""
    return OrganId(f"000.{20 + number}.{30 + of_district}.{_letter(province)}")


NEW_COMMUNE: Final = OrganId("000.00.90.H53")
"""Made of two communes of Long An; its code is new."""


def merging_provinces() -> Directory:
    """Tây Ninh and Long An: four districts that end, eight communes, of which four are merged."""
    known = (OFFICE, MINISTRY, HEIR, OLD_PROVINCE)
    entries = [entry for entry in shipped_directory() if entry.organ_id in known]
    for province in (HEIR, OLD_PROVINCE):
        entries += _below(province)
    return Directory(_reformed(tuple(entries)))


def _below(province: OrganId) -> list[DirectoryEntry]:
    found = []
    for number in DISTRICTS:
        own = district(province, number)
        found.append(
            DirectoryEntry(organ_id=own, name=f"UBND huyện {own}", tier=3, parent=province)
        )
        found += [
            DirectoryEntry(organ_id=code, name=f"UBND xã {code}", tier=4, parent=own)
            for code in (commune(province, number, place) for place in COMMUNES)
        ]
    return found


def _reformed(entries: tuple[DirectoryEntry, ...]) -> tuple[DirectoryEntry, ...]:
    """Communes come under the province; one takes in another, and two make a new one."""
    for number in DISTRICTS:
        entries = revise(entries, on=REFORM, organ_id=commune(HEIR, number, 1), parent=HEIR)
    absorbed = commune(HEIR, 1, 2)
    entries = merge(entries, on=REFORM, into=commune(HEIR, 1, 1), absorbed=[absorbed])
    entries = revise(entries, on=REFORM, organ_id=commune(HEIR, 2, 2), parent=HEIR)
    for place in COMMUNES:
        entries = revise(entries, on=REFORM, organ_id=commune(OLD_PROVINCE, 1, place), parent=HEIR)
        ended = commune(OLD_PROVINCE, 2, place)
        entries = close(entries, on=REFORM, organ_id=ended, successors=[NEW_COMMUNE])
    made = DirectoryEntry(
        organ_id=NEW_COMMUNE, name="UBND xã mới", tier=4, parent=HEIR, valid_from=REFORM
    )
    for province in (HEIR, OLD_PROVINCE):
        for number in DISTRICTS:
            own = district(province, number)
            entries = close(entries, on=REFORM, organ_id=own, successors=[HEIR])
    return (*entries, made)


def provinces(setting: Setting, *, seed: int = 0) -> SimulatedNetwork:
    """The same as a network of nodes."""
    return SimulatedNetwork.over(merging_provinces(), seed=seed, setting=setting)


class Week:
    """Letters of every kind, from the Thursday before to the Thursday after.

    Args:
        network: of ``provinces``, from ``START`` on.
    """

    def __init__(self, network: SimulatedNetwork) -> None:
        self.network: Final = network
        self.june: Final[list[Delivery]] = []
        """Those accepted by midnight."""
        self.july: Final[list[Delivery]] = []
        """Those of the new time."""
        self.answered: Final[set[MessageId]] = set()
        """Those of June that were to be answered, and were in July."""
        self.to_both: Delivery
        """To the old code of a province and to the one that goes on."""

    @property
    def deliveries(self) -> list[Delivery]:
        """All."""
        return [*self.june, *self.july]

    # --- what happens ---

    def play(self) -> None:
        """Let the week happen."""
        asked = self._before()
        self._night()
        self._after(asked)
        self.network.run_until_quiet()

    def _before(self) -> list[Delivery]:
        one = (OFFICE, OLD_PROVINCE, district(OLD_PROVINCE, 1), commune(OLD_PROVINCE, 2, 1))
        other = (MINISTRY, HEIR, district(HEIR, 1), commune(HEIR, 1, 2))
        self.june += [self.send(sender, to) for sender, to in product(one, other)]
        due = date(2025, 7, 10)
        asked = [
            self.send(commune(OLD_PROVINCE, 2, 1), MINISTRY, due_date=due),
            self.send(MINISTRY, OLD_PROVINCE, due_date=due),
            self.send(district(HEIR, 1), commune(HEIR, 2, 1), due_date=due),
        ]
        self.june += asked
        self.network.run(minutes=30)
        self.acknowledge(self.june)
        self.answered.update(item.message_id for item in asked)
        return asked

    def _night(self) -> None:
        """Some are queued, some half on their way, some at nodes that are dead at midnight."""
        network, faults = self.network, self.network.faults
        self._run_until(MIDNIGHT - timedelta(minutes=40))
        dead = [network.agencies[code] for code in (OLD_PROVINCE, district(HEIR, 1))]
        faults.down(*dead, minutes=9 * 60)
        faults.lost_receipt(1, network.agencies[district(HEIR, 2)], minutes=5)
        self.june += [
            self.send(commune(HEIR, 2, 2), commune(OLD_PROVINCE, 1, 2)),
            self.send(commune(HEIR, 2, 1), district(HEIR, 1)),
            self.send(HEIR, district(OLD_PROVINCE, 2)),
        ]
        network.run(minutes=10)
        faults.down(network.agencies[OFFICE], minutes=60)
        senders = (MINISTRY, HEIR, district(OLD_PROVINCE, 1), commune(HEIR, 1, 1))
        to = (OFFICE, OLD_PROVINCE, district(HEIR, 1), commune(OLD_PROVINCE, 2, 2))
        self.june += [self.send(sender, code) for sender, code in product(senders, to)]
        network.run(minutes=40)

    def _after(self, asked: list[Delivery]) -> None:
        self._run_until(MIDNIGHT + timedelta(hours=10))
        one = (OFFICE, HEIR, commune(OLD_PROVINCE, 1, 1))
        other = (MINISTRY, OLD_PROVINCE, commune(OLD_PROVINCE, 2, 1))
        self.july += [self.send(sender, code) for sender, code in product(one, other)]
        self.to_both = self.send(MINISTRY, OLD_PROVINCE, HEIR)
        self.july += [
            self.to_both,
            self.send(commune(HEIR, 2, 1), district(HEIR, 1)),
            self.send(MINISTRY, HEIR),
            self.send(MINISTRY, commune(HEIR, 1, 2)),
        ]
        answering = (MINISTRY, HEIR, commune(HEIR, 2, 1))
        for sender, item in zip(answering, asked, strict=True):
            answer = (_answer_to(item.document),)
            self.july.append(self.send(sender, item.sender.organ_id, response_for=answer))
        self.network.run(minutes=30)
        self.acknowledge(self.july)

    def send(self, sender: OrganId, *to: OrganId, **fields: object) -> Delivery:
        """A letter with these fields, sent now."""
        agencies = self.network.agencies
        document = self.network.letters.document(
            sender=agencies[sender], to=[agencies[code] for code in to]
        )
        return agencies[sender].send(replace(document, **fields))

    def acknowledge(self, deliveries: list[Delivery]) -> None:
        """Whoever has a letter accepts it."""
        for delivery in deliveries:
            for code in self.holders(delivery):
                agency = self.network.agencies[code]
                assert agency.report(delivery.message_id, StatusCode.RECEIVED)

    def _run_until(self, moment: datetime) -> None:
        self.network.run(seconds=(moment - self.network.now).total_seconds())

    # --- what came of it ---

    def is_closed(self, code: OrganId) -> bool:
        """Whether an agency ended at midnight."""
        return self.network.ways.taker(code, REFORM) != code

    def holders(self, delivery: Delivery) -> list[OrganId]:
        """Whose applications have a letter."""
        return [
            code
            for code, agency in self.network.agencies.items()
            if any(letter.message_id == delivery.message_id for letter in agency.inbox)
        ]

    def holder(self, delivery: Delivery, recipient: OrganId) -> OrganId:
        """Who has the copy for one recipient."""
        (found,) = [
            code
            for code, agency in self.network.agencies.items()
            for record in agency.store.inbound_of(delivery.message_id)
            if record.recipient == recipient and record.state is InboundState.HANDED_OVER
        ]
        return found

    def handed_over_at(self, delivery: Delivery) -> datetime:
        """When the first application got it."""
        return min(item.at for item in self.entries(delivery) if item.event == "handed-over")

    def entries(self, delivery: Delivery) -> list[TimelineEntry]:
        """What all nodes noted about it."""
        stores = (agency.store for agency in self.network.agencies.values())
        return [entry for store in stores for entry in store.timeline(delivery.message_id)]

    def ledgers(self) -> list[Ledger]:
        """The books of all agencies."""
        directory = self.network.directory
        return [
            ledger_of(agency.store, code, directory=directory)
            for code, agency in self.network.agencies.items()
        ]


def _answer_to(document: Document) -> ResponseFor:
    return ResponseFor(
        organ_id=document.sender.organ_id,
        code=str(document.code),
        document_id=document.document_id,
        promulgated=document.promulgation.on,
    )


def midnight_storm(seed: int, *, without: Collection[FaultKind] = ()) -> History:
    """Three hours of June and three of July, with everything that goes wrong.

    Args:
        seed: the same gives the same.
        without: faults that do not happen.
    """
    directory = merging_provinces()
    cast = Cast.of(directory)
    known = {
        day: {item.place for item in cast.members if _is_in_force(directory, item.organ_id, day)}
        for day in (REFORM - timedelta(days=1), REFORM)
    }
    history = storm(seed, tiers=cast.tiers)
    before = (MIDNIGHT - START).total_seconds() / 60 - _HOURS_BEFORE * 60
    sends = []
    for item in history.sends:
        after = item.minute > _HOURS_BEFORE * 60
        senders = known[REFORM] if after else known[REFORM - timedelta(days=1)]
        # Letters go to whatever codes there have been so far.
        to = [place for place in item.to if after or place in senders]
        sender = item.sender if item.sender in senders else (1, 0)
        to = [place for place in to if place != sender] or [(4, 0)]
        moment = before + item.minute
        sends.append(replace(item, sender=sender, to=tuple(to), minute=moment))
    faults = (
        replace(fault, begin_minutes=before + fault.begin_minutes)
        for fault in history.faults
        if fault.kind not in without
    )
    return replace(history, sends=tuple(sends), faults=tuple(faults))


def _is_in_force(directory: Directory, organ_id: OrganId, day: date) -> bool:
    return any(entry.valid_on(day) for entry in directory.versions(organ_id))


_HOURS_BEFORE: Final = 3
