"""What is judged by: the store's own material, what came with the letter, and what is fetched.

First everything is tried with what is at hand. Only where that leaves the question open are the
sources asked: for issuers where no path leads to an anchor, then for OCSP answers, then for lists.
Addresses for evidence are taken only from certificates that an anchor vouches for; those of issuers
cannot be, so they are few, and the fetcher must refuse addresses of our own network.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from docexchange.signing.certificates import fingerprint
from docexchange.signing.errors import Refusal
from docexchange.signing.trust.case import Case
from docexchange.signing.trust.judging import judge
from docexchange.signing.trust.parsing import (
    answer_of,
    certificate_of,
    certificates_brought,
    certificates_of_answer,
    in_turn,
)
from docexchange.signing.trust.refusals import no_chain, published_at
from docexchange.signing.trust.vouched import signed_by, vouched
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from docexchange.signing.trust.judging import TrustedPath
    from docexchange.signing.trust.rules import PathRules
    from docexchange.signing.trust.sources import Errand, Sources

__all__ = ["Material", "gather"]

_T = TypeVar("_T")

_FOREIGN_EVIDENCE: Final = 64
"""Most lists, and most answers, that are taken from a letter."""
_STEPS_UP: Final = 4
"""Most issuers that are fetched one after the other."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """Certificates, lists and answers, in DER."""

    chain: tuple[bytes, ...] = field(default=(), repr=False)
    """Certificates that may stand between."""
    lists: tuple[bytes, ...] = field(default=(), repr=False)
    """Revocation lists."""
    answers: tuple[bytes, ...] = field(default=(), repr=False)
    """OCSP answers."""

    @cached_property
    def key(self) -> tuple[bytes, ...]:
        """The same for the same material."""
        chain = "".join(map(fingerprint, self.chain)).encode()
        return (hashlib.sha256(chain).digest(), *map(_digest_of, (self.lists, self.answers)))


def _digest_of(part: tuple[bytes, ...]) -> bytes:
    digests = b"".join(hashlib.sha256(der).digest() for der in part)
    return hashlib.sha256(digests).digest() if part else b""


def gather(
    leaf: bytes,
    came: Material,
    *,
    own: Material,
    anchors: tuple[bytes, ...],
    at: datetime,
    rules: PathRules,
    check_revocation: bool,
    sources: Sources | None,
) -> TrustedPath:
    """Judge with what is at hand, and then with what can be fetched.

    Args:
        leaf: DER of the signing certificate.
        came: what came with it; never trusted.
        own: what the operator gave.
        anchors: DER of the trust anchors.
        at: the moment to judge for.
        rules: what the path must be like.
        check_revocation: whether each certificate must be shown not to be revoked.
        sources: where to fetch; None for nowhere.

    Raises:
        Refusal: there is no valid path.
    """
    errand = sources.errand() if sources else None
    known = _known(leaf, (*came.chain, *own.chain), anchors, errand)
    case = Case(
        leaf=leaf,
        between=tuple(der for der in known if der != leaf),
        anchors=anchors,
        at=at.replace(microsecond=0),  # dates in certificates know no fractions
        rules=rules,
        check_revocation=check_revocation,
        lists=(*own.lists, *came.lists[:_FOREIGN_EVIDENCE]),
        answers=_vouched_answers((*own.answers, *came.answers[:_FOREIGN_EVIDENCE]), known, anchors),
    )
    try:
        return _judge_online(case, errand) if errand else judge(case)
    except Refusal as refusal:
        if refusal.sub_indication is not SubIndication.TRY_LATER:
            raise
        from docexchange.signing.trust.sources import addresses_of

        told = _flat(addresses_of(item) for item, _issuer in _upwards(case))
        raise published_at(refusal, told) from refusal


def _known(
    leaf: bytes, others: tuple[bytes, ...], anchors: tuple[bytes, ...], errand: Errand | None
) -> tuple[bytes, ...]:
    """The signer's certificate and those that may stand between it and an anchor.

    Raises:
        Refusal: no anchor vouches for the signer's.
    """
    known = vouched([*others, leaf], anchors=anchors)
    lowest: tuple[bytes, ...] = (leaf,)
    for _step in range(_STEPS_UP):
        if leaf in known or errand is None:
            break
        lowest = _flat(map(errand.issuers_of, filter(None, map(certificate_of, lowest))))
        others = (*others, *lowest)
        known = vouched([*others, leaf], anchors=anchors)
    if leaf not in known:
        raise no_chain(leaf)
    return known


@in_turn
def _vouched_answers(
    answers: Iterable[bytes], known: tuple[bytes, ...], anchors: tuple[bytes, ...]
) -> tuple[bytes, ...]:
    """The answers that can be read and bring no certificate that no anchor vouches for.

    The library takes those certificates into its search for paths, where a dozen that look alike
    would keep it busy for a day.
    """
    fit = []
    for der in answers:
        answer = answer_of(der)
        if answer is None:
            continue
        brought = [item.dump() for item in certificates_of_answer(answer)]
        if set(brought) <= {*vouched([*brought, *known], anchors=anchors), *anchors}:
            fit.append(der)
    return tuple(fit)


def _judge_online(case: Case, errand: Errand) -> TrustedPath:
    """Judge with what is at hand; then with answers, or lists where there are none; then with both.

    Raises:
        Refusal: there is no valid path, or the evidence is nowhere to be had.
    """
    upwards = _upwards(case)
    for more in (_with_answers, _with_lists):
        try:
            return judge(case)
        except Refusal as refusal:
            if refusal.sub_indication is not SubIndication.TRY_LATER:
                raise
        case = more(case, upwards, errand)
    return judge(case)


def _with_answers(case: Case, upwards: list[tuple[Any, Any]], errand: Errand) -> Case:
    answers, lists = case.answers, case.lists
    for item, issuer in upwards:
        found = errand.answers_for(item, issuer)
        vouched_for = _vouched_answers(found, case.between, case.anchors)
        answers = (*answers, *vouched_for)
        asked = _to_be_checked(vouched_for) if found else [item]
        lists = (*lists, *_flat(map(errand.lists_for, asked)))
    return replace(case, answers=answers, lists=lists)


@in_turn
def _to_be_checked(answers: Iterable[bytes]) -> list[Any]:
    """The responders that must be shown not to be revoked themselves (RFC 6960, 4.2.2.2.1)."""
    brought = certificates_brought(answers)
    return [item for item in brought if item.ocsp_no_check_value is None]


def _with_lists(case: Case, upwards: list[tuple[Any, Any]], errand: Errand) -> Case:
    lists = _flat(errand.lists_for(item) for item, _issuer in upwards)
    return replace(case, lists=tuple(dict.fromkeys((*case.lists, *lists))))


def _flat(lists: Iterable[Sequence[_T]]) -> tuple[_T, ...]:
    return tuple(item for found in lists for item in found)


@in_turn
def _upwards(case: Case) -> list[tuple[Any, Any]]:
    """The certificates from the signer's upwards, each with one that issued it."""
    by_name: dict[str, list[bytes]] = {}
    for der in (*case.between, *case.anchors):
        by_name.setdefault(_subject_of(der), []).append(der)
    item, seen, found = certificate_of(case.leaf), set[str](), list[tuple[Any, Any]]()
    while item is not None and item.subject.hashable not in seen:
        seen.add(item.subject.hashable)
        # An authority with a new key has the name of the old one, and answers for itself alone.
        known = by_name.get(item.issuer.hashable, ())
        issuer = next((certificate_of(der) for der in known if signed_by(item, der)), None)
        if issuer is None or item.dump() in case.anchors:
            break
        found.append((item, issuer))
        item = issuer
    return found


def _subject_of(der: bytes) -> str:
    certificate: Any = certificate_of(der)
    name: str = certificate.subject.hashable
    return name
