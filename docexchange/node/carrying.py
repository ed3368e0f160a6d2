"""Letters in a bag: pack a disk for a neighbour whose line is down, unpack what a neighbour packed.

>>> pack_shipment(node, boxes, Medium(disk), to=commune, shipment_id="shipment-…")
>>> for found in unpack_shipments(node, boxes, Medium(disk)): ...

What goes on the disk is what waits in the neighbour's box (``transport.pull_boxes``): the bag and
the line are two ways out of one box, and a parcel that went both ways arrives once. Receipts for
what was unpacked go into our own box for whoever packed it, and home with the next bag or by the
line. Letters stay in the box until their receipts are here, so that a lost bag is packed again;
receipts leave it with the bag, for whoever misses one sends his letter again. Nobody asks for a
refusal that follows a receipt: refusals go with every bag for as long as a letter lives. The list
names a letter once for each of its recipients, and all of them share one file.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.delivery import OutboundState
from docexchange.delivery.table import WAITING
from docexchange.envelope.receipt import read_receipt
from docexchange.envelope.shipment import MOST_ITEMS, Item, Shipment
from docexchange.errors import DocExchangeError, TransportError, UsageError
from docexchange.limits import Limits
from docexchange.signing import sign_shipment, verify_shipment
from docexchange.transport import Arrival, Parcel, ParcelKind, check_payload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.identifiers import OrganId
    from docexchange.node.node import Node
    from docexchange.transport import Medium, PullBoxes, Waiting

__all__ = ["Unpacked", "pack_shipment", "unpack_shipments"]

_UNDER_WAY: Final = frozenset({*WAITING, OutboundState.SENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What became of one shipment."""

    path: Path
    """Its folder on the medium."""
    shipment: Shipment | None = None
    """Its list; none where that cannot be relied on."""
    taken: int = 0
    """Lines of the list that were dealt with: accepted, refused, or had before."""
    problems: tuple[str, ...] = ()
    """What could not be dealt with, and why; the medium may be unpacked again."""


def pack_shipment(
    node: Node, boxes: PullBoxes, medium: Medium, *, to: OrganId, shipment_id: str
) -> Shipment | None:
    """Put what waits for a neighbour on a medium.

    Args:
        node: whose letters they are; its key signs the list.
        boxes: of the node.
        medium: the disk.
        to: the neighbour.
        shipment_id: ``shipment-`` and 32 hexadecimal digits, never used before.

    Returns:
        What was packed; None when nothing waits.

    Raises:
        UsageError: nothing waits, as what is for that neighbour goes by line.
        NoRoute: nothing waits, and the directory has no endpoint of such a neighbour.
        TransportError: the disk is full or broken; nothing was packed.
        UnusableKey: the list cannot be signed now.
    """
    waiting = _as_many_as_fit(_still_owed(node, boxes, to))
    if not waiting:
        _check_box(node, to)
        return None
    shipment = Shipment(
        shipment_id=shipment_id,
        issuer=node.agency,
        to=to,
        at=node.point.clock.now(),
        items=tuple(chain.from_iterable(_items(item.parcel) for item in waiting)),
    )
    signed = sign_shipment(shipment, node.point.signer)
    leaving = [item for item in waiting if _leaves_with_bag(node, boxes, to, item)]
    by_digest = {item.parcel.sha256: item for item in waiting}
    contents = ((digest, boxes.open(to, item.name)) for digest, item in by_digest.items())
    medium.put(to.as_decision_20, shipment_id, signed, contents)
    for item in leaving:
        boxes.settle(to, item.name)
    return shipment


def _leaves_with_bag(node: Node, boxes: PullBoxes, to: OrganId, item: Waiting) -> bool:
    """Whether it would be asked for again, should the bag be lost, or is too old to be missed."""
    if item.parcel.kind is not ParcelKind.RECEIPT:
        return False
    with boxes.open(to, item.name) as stream:
        receipt = read_receipt(stream.read())[0]
    over = node.point.schedule.expires_at(receipt.at)
    return receipt.accepted or node.point.clock.now() >= over


def _as_many_as_fit(waiting: list[Waiting]) -> list[Waiting]:
    """The first of them, as many as one list may have lines."""
    lines = accumulate(len(item.parcel.recipients) for item in waiting)
    return [item for item, so_far in zip(waiting, lines, strict=True) if so_far <= MOST_ITEMS]


def _check_box(node: Node, to: OrganId) -> None:
    """Say why nothing can wait for a neighbour that is reached by line."""
    endpoint = node.point.endpoint(to)
    if not node.point.transport.waits_for_pickup(endpoint):
        raise UsageError(
            f"carry: expected pull: as the endpoint of {to} in the directory, so that what is for "
            f"it waits in a box, found {endpoint}",
            code="shipment.by-line",
            advice="Set its endpoint to pull: and let the node run once, then pack again.",
        )


def _still_owed(node: Node, boxes: PullBoxes, to: OrganId) -> list[Waiting]:
    """What waits in a box; letters whose receipts came by another way are taken out of it."""
    owed = []
    for item in boxes.waiting(to):
        parcel = item.parcel
        is_letter = parcel.kind is ParcelKind.MESSAGE
        if is_letter and all(_has_ended(node, parcel, code) for code in parcel.recipients):
            boxes.settle(to, item.name)
        else:
            owed.append(item)
    return owed


def _has_ended(node: Node, parcel: Parcel, recipient: OrganId) -> bool:
    record = node.store.outbound(parcel.message_id, recipient)
    return record is not None and record.state not in _UNDER_WAY


def _items(parcel: Parcel) -> list[Item]:
    return [
        Item(
            kind=parcel.kind,
            message_id=parcel.message_id,
            recipient=recipient,
            origin=parcel.origin,
            message_kind=parcel.message_kind,
            sha256=parcel.sha256,
            size=parcel.size,
        )
        for recipient in parcel.recipients
    ]


def unpack_shipments(node: Node, boxes: PullBoxes, medium: Medium) -> Iterator[Unpacked]:
    """Take in the shipments for this agency, one after another; doing it again changes nothing.

    Args:
        node: takes them.
        boxes: of the node; receipts go there.
        medium: the disk; nothing is written on it.

    Yields:
        What became of each.

    Raises:
        TransportError: the disk cannot be read.
        StoreFailure: the node's own disk failed; what was taken before stays taken.
    """
    with node.at_work():
        for path in _addressed(node.agency, medium):
            try:
                shipment = _relied_on(node, medium, path)
            except DocExchangeError as error:
                yield Unpacked(path=path, problems=(error.problem,))
                continue
            yield _unpack_one(node, boxes, medium, path, shipment)


def _addressed(own: OrganId, medium: Medium) -> list[Path]:
    codes = dict.fromkeys((own.as_decision_20, str(own)))
    return [path for code in codes for path in medium.shipments(code)]


def _relied_on(node: Node, medium: Medium, path: Path) -> Shipment:
    shipment = verify_shipment(medium.list_of(path), node.point.verifier)
    if shipment.to.as_decision_20 != node.agency.as_decision_20:
        raise UsageError(
            f"{path}: expected a shipment for {node.agency}, found one for {shipment.to}",
            code="shipment.not-for-us",
            advice="Give the medium to the agency it is for.",
        )
    return shipment


def _unpack_one(
    node: Node, boxes: PullBoxes, medium: Medium, path: Path, shipment: Shipment
) -> Unpacked:
    done, problems = 0, []
    for parcel in _parcels(shipment):
        arrival = _Carried(node, boxes, medium, path, parcel)
        try:
            arrival.check()
            taken = node.take(arrival)
        except TransportError as error:
            problems.append(f"{parcel.kind} {parcel.message_id}: {error}")
            continue
        if taken:
            done += len(parcel.recipients)
        else:
            problems.append(f"{parcel.kind} {parcel.message_id}: cannot be judged now")
    _still_owed(node, boxes, shipment.issuer)
    return Unpacked(path=path, shipment=shipment, taken=done, problems=tuple(problems))


def _parcels(shipment: Shipment) -> Iterator[Parcel]:
    """The parcels of a list: lines that differ in the recipient alone are one."""
    joined: dict[Item, dict[str, OrganId]] = {}
    for item in shipment.items:
        if item.kind == ParcelKind.MESSAGE:
            copies = joined.setdefault(replace(item, recipient=shipment.to), {})
        else:
            copies = joined.setdefault(item, {})
        copies.setdefault(item.recipient.as_decision_20, item.recipient)
    for item, recipients in joined.items():
        codes, most = tuple(recipients.values()), Limits().recipients
        for start in range(0, len(codes), most):
            yield _parcel(item, codes[start : start + most], shipment)


def _parcel(item: Item, recipients: tuple[OrganId, ...], shipment: Shipment) -> Parcel:
    return Parcel(
        kind=ParcelKind(item.kind),
        message_id=item.message_id,
        recipients=recipients,
        origin=item.origin,
        from_node=shipment.issuer,
        to_node=shipment.to,
        sha256=item.sha256,
        size=item.size,
        message_kind=item.message_kind,
    )


class _Carried(Arrival):
    """A parcel on a medium; its receipt goes into our box for whoever packed it."""

    def __init__(
        self, node: Node, boxes: PullBoxes, medium: Medium, path: Path, parcel: Parcel
    ) -> None:
        self._node, self._boxes, self._medium = node, boxes, medium
        self._path, self._parcel = path, parcel

    @property
    def parcel(self) -> Parcel:
        """As the signed list has it."""
        return self._parcel

    def open(self) -> BinaryIO:
        """Open the file on the medium."""
        return self._medium.open(self._path, self._parcel.sha256)

    def check(self) -> None:
        """Read all of it once: what is damaged is not shown to the node.

        Raises:
            TransportError: it is not what the list says.
        """
        with self.open() as stream:
            check_payload(self._parcel, stream)

    def answer(self, receipt: bytes) -> bool:
        """Put the receipt into the box; False, and by the line, where the box fails."""
        about = self._parcel.only(read_receipt(receipt)[0].recipient)
        back = about.answered_by(receipt, own=self._node.agency)
        try:
            self._boxes.send(back, io.BytesIO(receipt), to="pull:")
        except TransportError:
            return False
        return True

    def settle(self) -> None:
        """It stays on the medium; the store knows it."""

    def reject(self, reason: str) -> None:
        """It stays on the medium; the refusal says why."""
