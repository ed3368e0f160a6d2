"""Who really signed a receipt: judged for the network as a whole, whatever its nodes believe.

>>> judge.fault_in(receipt, slack=timedelta())
''

A node may have a defect, and have taken what nobody vouches for; therefore its own verifier is not
asked. What one that works as it should was asked in the same words is not judged again.
What was revoked counts from the moment of its revocation on, as far as the skewed clock of the
node that took the receipt could tell.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from docexchange.errors import DocExchangeError
from docexchange.signing import verify_receipt
from docexchange.simulator.remembering import RememberingVerifier

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from docexchange.delivery import ReceiptRecord
    from docexchange.directory import Directory
    from docexchange.signing import Verifier
    from docexchange.simulator.pki import Seal
    from docexchange.simulator.premises import Premises

__all__ = ["Judge"]

_VERIFIERS: Final = 16
_MOST: Final = 65_536
"""Verdicts that are remembered: the receipts that a country at work has not forgotten."""


class Judge:
    """Judges receipts, the same one once.

    Args:
        premises: has trust and directory.
    """

    def __init__(self, premises: Premises) -> None:
        self._premises: Final = premises
        self._verifier: Final = lru_cache(_VERIFIERS)(self._new_verifier)
        self._known: Final[OrderedDict[tuple[object, ...], str]] = OrderedDict()

    def fault_in(self, receipt: ReceiptRecord, *, slack: timedelta) -> str:
        """Why a receipt should not have been believed when it was written down; empty if rightly.

        Args:
            receipt: one that a node has obtained.
            slack: how wrong the clock of that node may have been.
        """
        revoked = frozenset(
            (seal, when) for seal, when in self._premises.revoked if when + slack <= receipt.at
        )
        key = sha256(receipt.xml).digest(), receipt.at, revoked
        if key not in self._known:
            if len(self._known) >= _MOST:
                self._known.popitem(last=False)
            self._known[key] = self._judged(receipt.xml, receipt.at, revoked)
        return self._known[key]

    def _judged(self, xml: bytes, at: datetime, revoked: frozenset[tuple[Seal, datetime]]) -> str:
        try:
            verify_receipt(xml, self._verifier(revoked, self._premises.directory), at=at)
        except DocExchangeError as error:
            return str(error)
        return ""

    def _new_verifier(
        self, revoked: frozenset[tuple[Seal, datetime]], directory: Directory
    ) -> Verifier:
        premises, setting = self._premises, self._premises.setting
        trust = premises.pki.trust(revoked, setting.anchors, setting.crls)
        return RememberingVerifier(
            trust, clock=premises.agenda.clock, directory=directory, recent=premises.recent
        )
