"""The demonstration itself: a letter goes from a commune to the centre, and the answer comes back.

1. A throw-away PKI and four nodes are written to folders.
2. A letter with a scan of over 10 MB and a typed page is composed; the leader signs it, then the
   agency seals it.
3. The commune's node sends it; district and province relay it; the centre takes it over.
4. Receipts and the statuses 01 and 03 travel back.
5. Every hop's copy is verified once more, and one byte of a copied copy is changed.

Nothing is judged here: ``_demo_checks`` does that.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.envelope import Attachment, Document, DocumentBuilder, Envelope, Organization
from docexchange.envelope.attachments.attachment import SpanSource
from docexchange.envelope.codes import StatusCode
from docexchange.node import Node
from docexchange.report import timeline
from docexchange.signing import Signer, SigningKey
from docexchange.testing import FOUR_TIERS, DemoPki, scan_pdf, text_pdf
from docexchange.testing.nodes import write_nodes

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.delivery import ReceiptRecord, StatusRecord
    from docexchange.envelope.attachments.attachment import Source
    from docexchange.identifiers import MessageId
    from docexchange.report import TimelineRow
    from docexchange.signing import Report
    from docexchange.testing import DemoAgency, KeyKind

__all__ = ["Copy", "Story", "Tampering", "play"]

SCAN: Final = "Quyết định phê duyệt quy hoạch (bản quét).pdf"
PAGE: Final = "Tờ trình số 12.pdf"
_ROUNDS: Final = 20
_CHUNK: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The letter as one node has it."""

    agency: DemoAgency
    """Whose node."""
    path: Path
    """The file: as received, or at the first node as sent."""
    sha256: str
    """Its digest."""
    report: Report
    """What that node's verifier says of it now."""
    handed_on: str
    """Digest of what was sent on; empty at the last node."""
    receipts: tuple[ReceiptRecord, ...]
    """Receipts that this node obtained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """A copy of the letter with one byte changed."""

    path: Path
    """The file."""
    offset: int
    """Where in the file, from 0."""
    before: str
    """The base64 character that stood there."""
    after: str
    """The one that stands there now."""
    attachment: str
    """In which attachment."""
    report: Report
    """What the verifier says of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that happened."""

    folder: Path
    """Where everything is."""
    letter: Path
    """The signed letter before it was sent."""
    originals: tuple[Path, ...]
    """The files that were attached."""
    document: Document
    """What was sent."""
    message_id: MessageId
    """Its message id."""
    copies: tuple[Copy, ...]
    """The letter at every hop that it reached, the sender first."""
    inbox: Path
    """The letter as it was handed over at the centre."""
    timeline: tuple[TimelineRow, ...]
    """What the four nodes remember."""
    statuses: tuple[StatusRecord, ...]
    """What the commune was told."""
    tampering: Tampering
    """The copy that was changed."""


def play(folder: Path, *, key: KeyKind, clock: Clock) -> Story:
    """Let it all happen.

    Args:
        folder: an empty folder.
        key: the kind of all keys.
        clock: tells the time.

    Raises:
        DocExchangeError: it cannot go on.
        OSError: the disk would not let it.
    """
    pki = DemoPki.create(FOUR_TIERS, at=clock.now(), key=key)
    folders = write_nodes(folder, pki)
    originals = _write_originals(folder / "letter")
    letter = _write_letter(folder, originals, clock)
    with ExitStack() as stack:
        nodes = {
            name: stack.enter_context(Node.from_config(path, clock=clock))
            for name, path in folders.items()
        }
        message_id = nodes["commune"].send(letter).message_id
        _settle(nodes)
        if nodes["central"].store.inbound_of(message_id):
            nodes["central"].report_status(message_id, StatusCode.RECEIVED)
            _settle(nodes)
        return _told(folder, letter, originals, nodes, message_id)


def _write_originals(folder: Path) -> tuple[Path, ...]:
    folder.mkdir()
    scan_pdf(folder / SCAN, pages=4, bytes_per_page=2_750_000, title="Quyết định")
    lines = ["Kinh gui: Van phong Chinh phu", "Xa trinh phe duyet quy hoach."]
    (folder / PAGE).write_bytes(text_pdf("Tờ trình số 12", lines))
    return folder / SCAN, folder / PAGE


def _write_letter(folder: Path, originals: tuple[Path, ...], clock: Clock) -> Path:
    path = folder / "letter" / "letter.edxml"
    envelope = Envelope.of(_compose(originals, clock))
    for role in ("leader", "agency"):
        envelope = Signer(_key(folder, role), clock=clock, role=role).sign(envelope).envelope
    envelope.write_to(path)
    return path


def _compose(originals: tuple[Path, ...], clock: Clock) -> Document:
    sender, *_, recipient = FOUR_TIERS
    today = vietnam_date(clock.now())
    return (
        DocumentBuilder()
        .sender(Organization(sender.organ_id, sender.name))
        .to(Organization(recipient.organ_id, recipient.name))
        .code("12", "TTr-UBND")
        .promulgated(today, place="An Thạnh")
        .type("Tờ trình")
        .subject("V/v phê duyệt quy hoạch chung xây dựng xã")
        .signer(sender.leader, competence="TM.", position="Chủ tịch")
        .attach(*map(Attachment.from_path, originals))
        .build(today=today)
    )


def _key(folder: Path, role: str) -> SigningKey:
    pki = folder / "pki"
    password = (pki / "password.txt").read_bytes().strip()
    path = pki / "agencies" / FOUR_TIERS[0].folder / f"{role}.p12"
    return SigningKey.from_pkcs12(path, password=lambda: password)


def _settle(nodes: dict[str, Node]) -> None:
    """Let the nodes work in turn until none has anything left to do."""
    for _ in range(_ROUNDS):
        if not sum(node.run_until_idle() for node in nodes.values()):
            return


def _told(
    folder: Path,
    letter: Path,
    originals: tuple[Path, ...],
    nodes: dict[str, Node],
    message_id: MessageId,
) -> Story:
    copies = [
        _copy_at(agency, node, message_id)
        for agency, node in zip(FOUR_TIERS, nodes.values(), strict=True)
        if node.store.timeline(message_id)
    ]
    relayed = copies[len(copies) // 2]
    document = Envelope.read(letter).message
    if not isinstance(document, Document):  # it was composed as one a moment ago
        raise TypeError(f"expected a document in {letter}")
    return Story(
        folder=folder,
        letter=letter,
        originals=originals,
        document=document,
        message_id=message_id,
        copies=tuple(copies),
        inbox=folder / "nodes" / "central" / "inbox" / f"{message_id}.edxml",
        timeline=timeline(message_id, [(node.agency, node.store) for node in nodes.values()]),
        statuses=tuple(nodes["commune"].store.statuses(str(document.document_id))),
        tampering=_tamper(relayed.path, folder / "tampered.edxml", nodes["commune"]),
    )


def _copy_at(agency: DemoAgency, node: Node, message_id: MessageId) -> Copy:
    sent = [record.payload for record in node.store.outbound_of(message_id)]
    came = [record.payload for record in node.store.inbound_of(message_id)]
    sha256 = [*came, *sent][0]
    path = node.point.payloads.path(sha256)
    return Copy(
        agency=agency,
        path=path,
        sha256=sha256,
        report=node.point.verifier.examine(Envelope.read(path)),
        handed_on="".join(sent),
        receipts=tuple(item for item in node.store.receipts(message_id) if not item.given),
    )


def _tamper(source: Path, path: Path, node: Node) -> Tampering:
    """Change one character in the middle of the scan, so that it is still base64."""
    shutil.copyfile(source, path)
    attachment = Envelope.read(path).message.attachments[0]
    offset, before, after = _flip(path, attachment.source)
    return Tampering(
        path=path,
        offset=offset,
        before=before,
        after=after,
        attachment=attachment.name,
        report=node.point.verifier.examine(Envelope.read(path)),
    )


def _flip(path: Path, source: Source) -> tuple[int, str, str]:
    if not isinstance(source, SpanSource):  # it was read from a file a moment ago
        raise TypeError(f"expected an attachment inside {path}")
    with path.open("r+b") as stream:
        middle = stream.seek(source.start + source.length // 2)
        text = stream.read(_CHUNK)
        skipped = next(at for at, byte in enumerate(text) if chr(byte).isalnum())
        before = chr(text[skipped])
        after = "B" if before == "A" else "A"
        stream.seek(middle + skipped)
        stream.write(after.encode())
    return middle + skipped, before, after
