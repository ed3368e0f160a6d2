"""The chain of receipts of one letter: who had it in hand, one after another, each under signature.

>>> for chain in receipt_chains(kept, origin=origin, verify=verify):
...     print(chain.state, [str(hop.receipt.issuer) for hop in chain.hops])

A receipt says "these bytes came to me, from you". Laid end to end from the origin to the recipient
they prove the way of a letter without trusting any node's memory. What does not fit is named: a
receipt that its issuer did not sign, a hop that nobody gave a receipt for, bytes that differ from
those that were sent.

A hop without a receipt contradicts only where the node that took it was asked: whoever passes a
letter on keeps the receipt that it gave. Of nodes that were not asked nothing is known, and what
begins there is shown as a part of the way that proves nothing about the part before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from docexchange.errors import DocExchangeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from docexchange.delivery import OutboundRecord, ReceiptRecord
    from docexchange.envelope import Receipt
    from docexchange.identifiers import OrganId

__all__ = ["ChainState", "Hop", "ReceiptChain", "receipt_chains"]


class ChainState(StrEnum):
    """How far receipts prove the way to one recipient."""

    WHOLE = "whole"
    """From the origin to the recipient."""
    OPEN = "open"
    """In part; the rest is not known to those who were asked, or has not happened yet."""
    REFUSED = "refused"
    """Up to a hop that signed a refusal."""
    BROKEN = "broken"
    """Something contradicts: a false receipt, a hop left out, other bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A receipt that its issuer vouches for."""

    receipt: Receipt
    """What it says."""
    kept_by: tuple[OrganId, ...]
    """The nodes whose stores have it, byte for byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptChain:
    """What receipts prove about the way to one recipient."""

    recipient: OrganId
    """The agency the letter is for."""
    state: ChainState
    """How far the proof reaches."""
    hops: tuple[Hop, ...]
    """From the origin on, each brought by the issuer of the one before; in an open chain also what
    is known beyond a node that was not asked, from there on."""
    problems: tuple[str, ...]
    """What contradicts."""
    reason: str = ""
    """Where it ends, and why, unless it is whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """All that is known about one recipient's copy."""

    recipient: OrganId
    hops: list[Hop] = field(default_factory=list)
    false: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A part of the way without a gap."""

    start: OrganId
    hops: list[Hop]

    @property
    def place(self) -> OrganId:
        """Who had the letter last."""
        return self.hops[-1].receipt.issuer if self.hops else self.start


def receipt_chains(
    kept: Iterable[tuple[OrganId, ReceiptRecord]],
    *,
    origin: OrganId,
    verify: Callable[[bytes, datetime], Receipt],
    sent: Mapping[OrganId, Iterable[OutboundRecord]] | None = None,
    ends_of: Callable[[OrganId], Collection[str]] = lambda _: (),
) -> tuple[ReceiptChain, ...]:
    """Lay the receipts of one message end to end.

    Args:
        kept: each receipt with the node that keeps it.
        origin: the agency that the message is from.
        verify: reads a receipt that its issuer vouched for at the moment when it was kept, or
            raises a ``DocExchangeError``.
        sent: what each node that was asked remembers of having sent on; compared with what was
            received. Everybody was asked when None.
        ends_of: who else takes in the letters to a code, and sends those from it, such as its
            heirs, in the form in which codes are compared.

    Returns:
        One chain for each recipient that a receipt speaks of, by recipient.
    """
    evidence = _judged(kept, verify)
    records = [(node, record) for node, found in (sent or {}).items() for record in found]
    asked = None if sent is None else frozenset(map(_code, sent))
    start = _start(evidence.values(), origin, {_code(origin), *ends_of(origin)})
    return tuple(
        _chain(item, start, asked, records, {_code(item.recipient), *ends_of(item.recipient)})
        for _, item in sorted(evidence.items(), key=lambda i: i[0])
    )


def _start(evidence: Iterable[_Evidence], origin: OrganId, speaking: Collection[str]) -> OrganId:
    """The node that sent the letter: of its sender, or of whoever speaks for that code."""
    first = {
        _code(hop.receipt.from_node): hop.receipt.from_node
        for item in evidence
        for hop in item.hops
        if hop.receipt.hop == 1 and _code(hop.receipt.from_node) in speaking
    }
    return origin if _code(origin) in first else next(iter(first.values()), origin)


def _judged(
    kept: Iterable[tuple[OrganId, ReceiptRecord]],
    verify: Callable[[bytes, datetime], Receipt],
) -> dict[str, _Evidence]:
    """Verify each receipt once, however many keep it."""
    keepers: dict[bytes, list[tuple[OrganId, ReceiptRecord]]] = {}
    for node, record in kept:
        keepers.setdefault(record.xml, []).append((node, record))
    found: dict[str, _Evidence] = {}
    for xml, holders in keepers.items():
        record = min((record for _, record in holders), key=lambda item: item.at)
        evidence = found.setdefault(_code(record.recipient), _Evidence(recipient=record.recipient))
        names = tuple(dict.fromkeys(node for node, _ in holders))
        try:
            receipt = verify(xml, record.at)
        except DocExchangeError as error:
            evidence.false.append(f"receipt kept by {_listed(names)}: {error}")
            continue
        evidence.false.extend(_misfiled(receipt, holders))
        evidence.hops.append(Hop(receipt=receipt, kept_by=names))
    return found


def _misfiled(receipt: Receipt, holders: Iterable[tuple[OrganId, ReceiptRecord]]) -> list[str]:
    """Where a store says something else about a receipt than the receipt itself."""
    says = (receipt.message_id, receipt.recipient, receipt.issuer, receipt.sha256, receipt.accepted)
    return [
        f"store of {node}: expected what the receipt of {receipt.issuer} says, found another "
        "message, recipient, issuer, digest or decision beside it"
        for node, kept in holders
        if (kept.message_id, kept.recipient, kept.issuer, kept.payload, kept.accepted) != says
    ]


def _chain(
    evidence: _Evidence,
    origin: OrganId,
    asked: Collection[str] | None,
    sent: Iterable[tuple[OrganId, OutboundRecord]],
    ends: Collection[str],
) -> ReceiptChain:
    accepted = sorted(
        (hop for hop in evidence.hops if hop.receipt.accepted),
        key=lambda hop: (hop.receipt.at, _tie(hop)),
    )
    pieces = [_piece(accepted, origin, ends)]
    reached = set(_ways(accepted, origin))
    for start in _starts_elsewhere(evidence, reached, asked):
        if _code(start) not in reached:
            pieces.append(_piece(accepted, start, ends))
            reached |= _ways(accepted, start).keys()
    state, reason = _end(evidence, pieces, ends)
    shown = pieces[:1] if state is ChainState.WHOLE else pieces
    hops = tuple(dict.fromkeys(hop for piece in shown for hop in piece.hops))
    problems = (
        *evidence.false,
        *_contradictions(hops, origin),
        *_left_out(accepted, reached, pieces[0].place),
        *_other_bytes(hops, evidence.recipient, sent),
    )
    return ReceiptChain(
        recipient=evidence.recipient,
        state=ChainState.BROKEN if problems else state,
        hops=hops,
        problems=problems,
        reason=reason,
    )


def _starts_elsewhere(
    evidence: _Evidence, reached: Collection[str], asked: Collection[str] | None
) -> list[OrganId]:
    """Nodes that were not asked and passed the letter on, the first on the way first.

    Args:
        evidence: the receipts that those gave to whom it was passed on.
        reached: whose way from the origin is known.
        asked: everybody when None.
    """
    ordered = sorted(evidence.hops, key=lambda hop: (hop.receipt.hop, hop.receipt.at, _tie(hop)))
    nodes = [hop.receipt.from_node for hop in ordered]
    known = {*reached, *(asked if asked is not None else map(_code, nodes))}
    return [node for node in nodes if _code(node) not in known]


def _piece(accepted: list[Hop], start: OrganId, ends: Collection[str]) -> _Piece:
    """The way from one place to the recipient, or as far as there are receipts."""
    hops = _follow(accepted, start)
    if not hops or _code(hops[-1].receipt.issuer) not in ends:
        # It was given back on the way, and went another one; or it stayed with its origin.
        ways = _ways(accepted, start)
        kept = [hop for hop in accepted if _is_kept_by(hop, start)][:1]
        others = (ways[end] for end in sorted(ends) if ways.get(end))
        hops = next(others, kept or hops)
    return _Piece(start=start, hops=hops)


def _is_kept_by(hop: Hop, origin: OrganId) -> bool:
    """Whether an agency gave itself the receipt: the code of the recipient had become its own."""
    return _code(hop.receipt.from_node) == _code(hop.receipt.issuer) == _code(origin)


def _ways(accepted: Iterable[Hop], origin: OrganId) -> dict[str, list[Hop]]:
    """The shortest way by receipts to everybody who was given the letter, from the origin on."""
    onward: dict[str, list[Hop]] = {}
    for hop in accepted:
        onward.setdefault(_code(hop.receipt.from_node), []).append(hop)
    found: dict[str, list[Hop]] = {_code(origin): []}
    pending = [_code(origin)]
    for place in pending:
        for hop in onward.get(place, ()):
            issuer = _code(hop.receipt.issuer)
            if issuer not in found:
                found[issuer] = [*found[place], hop]
                pending.append(issuer)
    return found


def _follow(accepted: Iterable[Hop], start: OrganId) -> list[Hop]:
    """From one place on: who took it over, from whom, as far as there are receipts."""
    listed = list(accepted)
    found: list[Hop] = []
    place, passed = start, {_code(start)}
    while following := next((hop for hop in listed if _continues(hop, place, passed)), None):
        found.append(following)
        place = following.receipt.issuer
        passed.add(_code(place))
    return found


def _continues(hop: Hop, place: OrganId, passed: set[str]) -> bool:
    receipt = hop.receipt
    return _code(receipt.from_node) == _code(place) and _code(receipt.issuer) not in passed


def _contradictions(hops: Iterable[Hop], origin: OrganId) -> Iterator[str]:
    """Hop numbers count the access points passed: a gap means one that gave no receipt.

    What begins where nobody was asked is counted from there.
    """
    place, number = _code(origin), 0
    for hop in hops:
        receipt = hop.receipt
        expected = number + 1 if _code(receipt.from_node) == place else receipt.hop
        if receipt.hop != expected:
            yield (
                f"receipt of {receipt.issuer}: expected hop {expected}, found {receipt.hop}; "
                "an access point passed the letter on and is not in this chain"
            )
        place, number = _code(receipt.issuer), expected


def _left_out(accepted: Iterable[Hop], reached: Collection[str], place: OrganId) -> list[str]:
    """Receipts that begin where no other ended, though whoever it was has been asked."""
    return [
        f"receipt of {hop.receipt.issuer}: expected one that {hop.receipt.from_node} was given "
        f"the letter, found none; the chain from the origin ends at {place}"
        for hop in accepted
        if _code(hop.receipt.from_node) not in reached
    ]


def _other_bytes(
    chain: Iterable[Hop], recipient: OrganId, sent: Iterable[tuple[OrganId, OutboundRecord]]
) -> list[str]:
    digests = {
        (_code(node), _code(record.next_hop)): record.payload
        for node, record in sent
        if _code(record.recipient) == _code(recipient)
    }
    found = []
    for hop in chain:
        receipt = hop.receipt
        expected = digests.get((_code(receipt.from_node), _code(receipt.issuer)))
        if expected is not None and expected != receipt.sha256:
            found.append(
                f"receipt of {receipt.issuer}: expected the bytes that {receipt.from_node} sent "
                f"(SHA-256 {expected}), found one for {receipt.sha256}"
            )
    return found


def _end(
    evidence: _Evidence, pieces: list[_Piece], ends: Collection[str]
) -> tuple[ChainState, str]:
    arrived = [bool(piece.hops) and _code(piece.place) in ends for piece in pieces]
    if arrived[0]:
        return ChainState.WHOLE, ""
    places = {_code(piece.place) for piece in pieces}
    for hop in evidence.hops:
        receipt = hop.receipt
        if not (any(arrived) or receipt.accepted) and _code(receipt.from_node) in places:
            return ChainState.REFUSED, f"{receipt.issuer}: {receipt.reason}"
    if pieces[1:]:
        gap = f"no receipt that {pieces[1].start} was given the letter is kept here"
        return ChainState.OPEN, gap
    return ChainState.OPEN, f"no receipt of a hop beyond {pieces[0].place} is kept here"


def _code(organ_id: OrganId) -> str:
    """One agency, however its code is spelt."""
    return organ_id.as_decision_20


def _tie(hop: Hop) -> str:
    return str(hop.receipt.issuer)


def _listed(names: Iterable[OrganId]) -> str:
    return ", ".join(map(str, names))
