"""Trust that is asked a million times about the same certificates: judged once for each period.

>>> trust = SteadyTrust([anchor], crls=[revocation_list], dates=[issued, revoked_at])

A path is good or not by certificates and lists, which do not change, and by dates: between two of
the dates in them nothing can change. `TrustStore` judges anew each minute, for it may fetch.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docexchange.signing import TrustStore
from docexchange.signing.certificates import load_der

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from docexchange.signing import PathRules, TrustedPath

__all__ = ["SteadyTrust"]

_AROUND: Final = tuple(timedelta(seconds=seconds) for seconds in range(-2, 4))
"""Paths are judged by whole seconds, with one second of tolerance to either side of a date."""
_MOST: Final = 100_000


class SteadyTrust(TrustStore):
    """A trust store that fetches nothing, of one authority that issues to agencies directly.

    Args:
        anchors: as for `TrustStore`.
        crls: as for `TrustStore`.
        dates: those in anchors and lists, timezone-aware, whole seconds.
    """

    def __init__(
        self, anchors: Sequence[bytes], *, crls: Sequence[bytes], dates: Iterable[datetime]
    ) -> None:
        super().__init__(anchors, crls=crls)
        self._dates: Final = tuple(dates)
        self._paths: Final[dict[tuple[object, ...], TrustedPath]] = {}
        self._periods: Final[dict[bytes, list[datetime]]] = {}

    def find_path(
        self,
        leaf: bytes,
        chain: Sequence[bytes],
        *,
        at: datetime,
        check_revocation: bool,
        rules: PathRules | None = None,
        crls: Sequence[bytes] = (),
        ocsps: Sequence[bytes] = (),
    ) -> TrustedPath:
        """Ask once for each period; what is refused, or brings its own evidence, is asked again."""
        period = bisect_right(self._borders(leaf), at)
        key = (leaf, period, at.year, check_revocation, rules)
        known = None if chain or crls or ocsps else self._paths.get(key)
        if known is None:
            known = super().find_path(
                leaf,
                chain,
                at=at,
                check_revocation=check_revocation,
                rules=rules,
                crls=crls,
                ocsps=ocsps,
            )
            if not (chain or crls or ocsps) and len(self._paths) < _MOST:
                self._paths[key] = known
        return known

    def _borders(self, leaf: bytes) -> list[datetime]:
        """When something can change: around each date, second by second."""
        known = self._periods.get(leaf)
        if known is None:
            certificate = load_der(leaf)
            dates = {
                *self._dates,
                certificate.not_valid_before_utc,
                certificate.not_valid_after_utc,
            }
            known = sorted({date + span for date in dates for span in _AROUND})
            if len(self._periods) < _MOST:
                self._periods[leaf] = known
        return known
