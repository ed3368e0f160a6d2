"""A verifier that is asked twice about the same thing as of one moment, and answers once.

>>> verifier = RememberingVerifier(trust, clock=clock, directory=directory, recent=Recent())

A node judges a letter when it takes it in, and again, as of that moment, when it hands it over: in
between a disk may have failed it. A receipt is judged by the node that gets it and, as of that
moment, for the network as a whole. The same octets, trust and moment have the same answer; where
any of these differs, it is a question of its own. Directories change more often: whether the signer
is the agency's is always asked of the one at hand.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from docexchange.directory import binding_of
from docexchange.signing import VerificationPolicy, Verifier

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.clock import Clock
    from docexchange.directory import Directory
    from docexchange.envelope import Envelope, Receipt
    from docexchange.identifiers import OrganId
    from docexchange.signing import Report, TrustStore

    _Asked = tuple[int, int, datetime]

__all__ = ["Recent", "RememberingVerifier"]

_USUAL: Final = VerificationPolicy()
"""Shared: each verifier would have one of its own."""
_MOST: Final = 64
_MOST_RECEIPTS: Final = 16_384
"""Receipts of a quarter of an hour, in a country at work."""


class Recent:
    """The last answers of all nodes: by verifier, by the very envelope, and by moment."""

    def __init__(self) -> None:
        # Looking for the oldest in a plain dict takes the longer the more was taken out before it.
        self._kept: Final[OrderedDict[_Asked, tuple[Verifier, Envelope, Report]]] = OrderedDict()
        self._receipts: Final[OrderedDict[tuple[object, ...], tuple[Receipt, Report]]] = (
            OrderedDict()
        )

    def get(self, verifier: Verifier, envelope: Envelope, moment: datetime) -> Report | None:
        """The answer, if it is among the last; the objects are kept, so their ids stay theirs."""
        found = self._kept.get((id(verifier), id(envelope), moment))
        return found[2] if found else None

    def put(self, verifier: Verifier, envelope: Envelope, moment: datetime, report: Report) -> None:
        """Keep an answer, and let go of the oldest."""
        if len(self._kept) >= _MOST:
            self._kept.popitem(last=False)
        self._kept[id(verifier), id(envelope), moment] = verifier, envelope, report

    def take_receipt(self, key: tuple[object, ...]) -> tuple[Receipt, Report] | None:
        """The answer about a receipt, if it is known; who asked second was the last to ask."""
        return self._receipts.pop(key, None)

    def put_receipt(self, key: tuple[object, ...], answer: tuple[Receipt, Report]) -> None:
        """Keep an answer about a receipt, and let go of the oldest."""
        if len(self._receipts) >= _MOST_RECEIPTS:
            self._receipts.popitem(last=False)
        self._receipts[key] = answer


class RememberingVerifier(Verifier):
    """A verifier of one node, under the usual policy.

    Args:
        trust: as for `Verifier`.
        clock: as for `Verifier`.
        directory: tells which certificate belongs to which agency; without it anyone signs for all.
        recent: where the last answers of all nodes are.
    """

    def __init__(
        self,
        trust: TrustStore,
        *,
        clock: Clock,
        recent: Recent,
        directory: Directory | None = None,
    ) -> None:
        binding = None if directory is None else binding_of(directory)
        super().__init__(trust, policy=_USUAL, clock=clock, binding=binding)
        self._recent: Final = recent
        self._directory: Final = directory

    def examine(self, envelope: Envelope, *, at: datetime | None = None) -> Report:
        """Judge an envelope, unless that was just done."""
        moment = self._moment(at)
        known = self._recent.get(self, envelope, moment)
        if known is None:
            known = super().examine(envelope, at=moment)
            self._recent.put(self, envelope, moment, known)
        return known

    def examine_receipt(self, data: bytes, *, at: datetime | None = None) -> tuple[Receipt, Report]:
        """Judge a receipt, unless that was just done."""
        moment = self._moment(at)
        key = (sha256(data).digest(), moment, self.trust, self._directory is None)
        known = self._recent.take_receipt(key)
        if known is None or not self._is_bound(known[1], known[0].issuer):
            known = super().examine_receipt(data, at=moment)
            # What is refused may be good by another directory.
            if known[1].passed:
                self._recent.put_receipt(key, known)
        return known

    def _is_bound(self, report: Report, sender: OrganId) -> bool:
        """Whether this directory lets those sign for the agency who did."""
        check = self._signer_check(sender)
        return check is None or all(
            item.signatory
            and item.best_signature_time
            and not check(item.signatory, item.best_signature_time)
            for item in report.signatures
        )
