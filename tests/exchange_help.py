"""Four access points in one process, for the tests of nodes.

``World`` holds commune, district, province and central, tied by a network in memory, with stores in
memory or on disk, under a clock that moves only when told to. A node can be stopped and opened
again at any time; mailboxes and stores stay. ``deliver`` puts anything into a mailbox, as a peer
with bad intentions would.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from docexchange.clock import VirtualClock
from docexchange.delivery import MemoryStore, OutboundState, PayloadStore, RetrySchedule
from docexchange.directory import Directory, DirectoryEntry, InForce, binding_of
from docexchange.envelope import Attachment, Document, DocumentBuilder, Envelope, Organization
from docexchange.envelope.receipt import Receipt, read_receipt
from docexchange.identifiers import MessageId, OrganId
from docexchange.limits import Limits
from docexchange.node import Node
from docexchange.node.point import AccessPoint
from docexchange.signing import Signer, SigningKey, TrustStore, Verifier
from docexchange.transport import Arrival, MemoryNetwork, Parcel, ParcelKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from docexchange.delivery import Store
    from docexchange.instrumentation import Event
    from docexchange.node import Letter
    from docexchange.testing import Credential, DemoPki
    from docexchange.transport import Transport

NOW: Final = datetime(2026, 3, 2, 2, tzinfo=UTC)
COMMUNE: Final = OrganId("000.21.31.H53")
DISTRICT: Final = OrganId("000.00.31.H53")
PROVINCE: Final = OrganId("000.00.00.H53")
CENTRAL: Final = OrganId("000.00.00.G22")
CODES: Final = {
    "commune": COMMUNE,
    "district": DISTRICT,
    "province": PROVINCE,
    "central": CENTRAL,
}
NAMES: Final = tuple(CODES)
LETTER: Final = MessageId("m-letter")
OCTETS: Final = b"%PDF-1.4 nothing to see"


# --- letters -----------------------------------------------------------------------------------


def letter(
    *to: OrganId,
    message_id: MessageId = LETTER,
    sender: OrganId = COMMUNE,
    subject: str = "V/v báo cáo",
    number: str = "12",
    octets: bytes = OCTETS,
) -> Document:
    """A letter with one attachment; from the commune to the central office if not told."""
    return (
        DocumentBuilder()
        .message_id(message_id)
        .sender(Organization(sender, "Cơ quan gửi"))
        .to(*(Organization(code, "Cơ quan nhận") for code in to or (CENTRAL,)))
        .code(number, "UBND-VX")
        .promulgated(date(2026, 3, 2))
        .type("Công văn")
        .subject(subject)
        .signer("Nguyễn Thị Hoa")
        .attach(Attachment.from_bytes(octets, name="báo cáo.pdf"))
        .build()
    )


@cache
def signing_key(credential: Credential) -> SigningKey:
    """A credential as what ``Signer`` takes."""
    return SigningKey(
        private_key=credential.private_key,
        certificate=credential.certificate,
        chain=credential.chain,
    )


def signed(message: Document, credential: Credential, at: datetime = NOW) -> bytes:
    """A letter under one signature."""
    signer = Signer(signing_key(credential), clock=VirtualClock(at), role="agency")
    return b"".join(signer.sign(message).envelope.chunks())


def attachments_of(message: Document) -> list[bytes]:
    """The octets of each attachment."""
    return [b"".join(item.chunks()) for item in message.attachments]


# --- trust and directory -----------------------------------------------------------------------


@cache
def demo_pki() -> DemoPki:
    """One PKI for all examples of a state machine."""
    from docexchange.testing import DemoPki

    return DemoPki.create(at=NOW, key="p256")


def scratch_root() -> Path | None:
    """Where the folders of examples are made: in memory where the system has such a place."""
    from pathlib import Path

    memory = Path("/dev/shm")
    return memory if memory.is_dir() else None


@cache
def trust_in(pki: DemoPki, crls_at: datetime | None = None) -> TrustStore:
    """The root, with revocation lists issued at a moment: an hour ago if not told."""
    from cryptography.hazmat.primitives.serialization import Encoding

    crls = [crl.public_bytes(Encoding.DER) for crl in pki.crls(crls_at)]
    return TrustStore([pki.root.credential.der], crls=crls)


def entries(pki: DemoPki, **changes: Mapping[str, Any]) -> list[DirectoryEntry]:
    """The four agencies, each with changes to its entry by the name of its folder."""
    return [
        DirectoryEntry(
            **{
                "organ_id": agency.organ_id,
                "name": agency.name,
                "tier": agency.tier,
                "parent": agency.parent,
                "endpoint": f"memory:{agency.folder}",
                "certificates": (
                    pki.agency(agency.organ_id).sha256,
                    pki.leader(agency.organ_id).sha256,
                ),
                **changes.get(agency.folder, {}),
            }
        )
        for agency in pki.agencies
    ]


# --- nodes -------------------------------------------------------------------------------------


class Desk:
    """An application that keeps what it is given, each id once, in memory."""

    def __init__(self) -> None:
        self.letters: dict[MessageId, Letter] = {}
        self.offers: list[MessageId] = []

    def take(self, letter: Letter) -> None:
        """Keep it."""
        self.offers.append(letter.message_id)
        self.letters.setdefault(letter.message_id, letter)


@dataclass(repr=False)
class World:
    """Four nodes; each is opened when first asked for."""

    pki: DemoPki
    folder: Path
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOW))
    network: MemoryNetwork = field(default_factory=MemoryNetwork)
    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    limits: Limits = field(default_factory=Limits)
    new_store: Callable[[Path], Store] = lambda _: MemoryStore()
    wrap: Callable[[str, Transport], Transport] = lambda _, transport: transport
    trust: TrustStore | None = None
    directories: dict[str, Directory] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in NAMES:
            self.network.transport(name)

    def __getitem__(self, name: str) -> Node:
        """The running node of that name."""
        if name not in self.nodes:
            self.nodes[name] = self.open(name)
        return self.nodes[name]

    def open(self, name: str, **changes: Any) -> Node:
        """Start a node, with the store that it had before if it ran before."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        application = changes.pop("application", None)
        poll_seconds = changes.pop("poll_seconds", 2.0)
        store = self.stores.setdefault(name, self.new_store(folder))
        desk = self.desks.setdefault(name, Desk())
        point = self.point(name, store, **changes)
        node = Node(
            point, application=application or desk, folder=folder, poll_seconds=poll_seconds
        )
        self.nodes[name] = node
        return node

    def point(self, name: str, store: Store, **changes: Any) -> AccessPoint:
        """What a node works with; every field can be changed."""
        directory = changes.pop("directory", None) or self.directory(name)
        trust = changes.pop("trust", None) or self.trust or trust_in(self.pki)
        key = signing_key(self.pki.agency(name))
        values: dict[str, Any] = {
            "own": CODES[name],
            "in_force": InForce(directory),
            "store": store,
            "payloads": PayloadStore(self.folder / name / "payloads"),
            "transport": self.wrap(name, self.network.transport(name)),
            "signer": Signer(key, clock=self.clock, role="agency"),
            "verifier": Verifier(trust, clock=self.clock, binding=binding_of(directory)),
            "clock": self.clock,
            "schedule": self.schedule,
            "limits": self.limits,
            "hooks": (self.events.append,),
        }
        return AccessPoint(**(values | changes))

    def directory(self, name: str) -> Directory:
        """What a node knows of the others."""
        if name not in self.directories:
            self.directories[name] = Directory(entries(self.pki))
        return self.directories[name]

    def restart(self, name: str, **changes: Any) -> Node:
        """Stop a node and start it anew; a store on disk is opened anew."""
        self.nodes.pop(name, None)
        if not isinstance(self.stores.get(name), MemoryStore | None):
            self.stores.pop(name).close()
        node = self.open(name, **changes)
        node.recover()
        return node

    def close(self) -> None:
        """Let go of all stores."""
        for store in self.stores.values():
            store.close()

    def run(self, *names: str, rounds: int = 8) -> None:
        """Let nodes work, round after round, until none of them has anything to do."""
        for _ in range(rounds):
            if not sum(self[name].run_until_idle() for name in names or NAMES):
                return

    def run_on(self, *names: str, hours: float, step: float = 600) -> None:
        """Let nodes work while time passes, in steps of so many seconds."""
        for _ in range(round(hours * 3600 / step)):
            self.run(*names)
            self.clock.sleep(step)
        self.run(*names)

    # --- mailboxes ---

    def waiting(self, name: str) -> list[tuple[Parcel, bytes]]:
        """What stands in a mailbox, with its bytes."""
        arrivals = self.network.transport(name).receive(10_000)
        return [(item.parcel, item.open().read()) for item in arrivals]

    def set_aside(self, name: str) -> list[str]:
        """Why parcels were set aside."""
        return [item.reason for item in self.network.transport(name).set_aside()]

    def empty(self, name: str) -> list[tuple[Parcel, bytes]]:
        """Take everything out of a mailbox."""
        found = self.waiting(name)
        for item in list(self.network.transport(name).receive(10_000)):
            item.settle()
        return found

    def deliver(self, name: str, data: bytes, **note: Any) -> Parcel:
        """Put a parcel into a mailbox; what the note says can be changed."""
        parcel = parcel_of(data, to_node=CODES[name], **note)
        self.put(name, parcel, data)
        return parcel

    def put(self, name: str, parcel: Parcel, data: bytes) -> None:
        """Put exactly this parcel into a mailbox."""
        self.network.transport(name).send(parcel, io.BytesIO(data), to=f"memory:{name}")

    # --- what became of it ---

    def outbound(self, name: str, message_id: MessageId = LETTER) -> list[OutboundState]:
        """Where a message is at a node, recipient by recipient."""
        return [record.state for record in self[name].store.outbound_of(message_id)]

    def told(self, name: str) -> list[str]:
        """The names of all events of a node."""
        code = str(CODES[name])
        return [event.name for event in self.events if event.fields["node"] == code]

    def history(self, name: str, message_id: MessageId = LETTER) -> list[str]:
        """The timeline of a message at a node."""
        return [entry.event for entry in self[name].store.timeline(message_id)]

    def detail(self, name: str, event: str, message_id: MessageId = LETTER) -> dict[str, str]:
        """What the timeline of a node says about the last event of that name."""
        found = [item for item in self[name].store.timeline(message_id) if item.event == event]
        assert found, f"no {event} in {self.history(name, message_id)}"
        return dict(found[-1].detail)

    def handed_over(self, name: str, message_id: MessageId = LETTER) -> int:
        """How often a node wrote down that it had handed a message over."""
        return self.history(name, message_id).count("handed-over")


def parcel_of(data: bytes, **note: Any) -> Parcel:
    """A parcel from the commune to the district with a letter for the central office."""
    values: dict[str, Any] = {
        "kind": ParcelKind.MESSAGE,
        "message_id": LETTER,
        "recipients": (CENTRAL,),
        "origin": COMMUNE,
        "from_node": COMMUNE,
        "to_node": DISTRICT,
        "sha256": sha256(data).hexdigest(),
        "size": len(data),
    }
    if "recipient" in note:
        note["recipients"] = (note.pop("recipient"),)
    return Parcel(**(values | note))


class Brought(Arrival):
    """A letter at the door, whose bearer waits for the receipts."""

    def __init__(self, data: bytes, **note: Any) -> None:
        self.data, self.note = data, parcel_of(data, **note)
        self.receipts: list[bytes] = []
        self.ends: list[str] = []

    @property
    def parcel(self) -> Parcel:
        """Its note."""
        return self.note

    def open(self) -> io.BytesIO:
        """Its bytes."""
        return io.BytesIO(self.data)

    def answer(self, receipt: bytes) -> bool:
        """Take a receipt home."""
        self.receipts.append(receipt)
        return True

    def settle(self) -> None:
        """It is dealt with."""
        self.ends.append("settled")

    def reject(self, reason: str) -> None:
        """It cannot be dealt with."""
        self.ends.append(reason)

    @property
    def verdicts(self) -> dict[OrganId, bool]:
        """For whom it was accepted, and for whom not."""
        return {receipt.recipient: receipt.accepted for receipt in self._read}

    @property
    def reasons(self) -> dict[OrganId, str]:
        """Why it was not."""
        return {item.recipient: item.reason for item in self._read if not item.accepted}

    @property
    def _read(self) -> list[Receipt]:
        return [read_receipt(xml)[0] for xml in self.receipts]


def travelled(data: bytes, *stops: OrganId, at: datetime = NOW) -> bytes:
    """A letter after it has passed some access points."""
    from docexchange.envelope import TraceHeader

    envelope = Envelope.from_bytes(data)
    for stop in stops:
        envelope = envelope.with_trace(TraceHeader(stop, at))
    return b"".join(envelope.chunks())


def hours(number: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=number)


def short(schedule: RetrySchedule | None = None, **values: Any) -> RetrySchedule:
    """A schedule with other numbers."""
    return replace(schedule or RetrySchedule(), **values)


def codes(items: Sequence[OrganId]) -> list[str]:
    """Agencies as text."""
    return [str(item) for item in items]
