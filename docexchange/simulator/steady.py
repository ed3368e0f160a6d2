"""Trust that is asked a million times about the same certificates: judged once for each period.

>>> trust = SteadyTrust([anchor], crls=[revocation_list])

A path is good or not by certificates and lists, which do not change, and by dates: between two of
the dates in them nothing can change, neither the answer nor the reason for a refusal. `TrustStore`
judges anew each minute, for it may fetch.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from functools import lru_cache, partial
from itertools import chain as chained
from typing import TYPE_CHECKING, Final

from docexchange.signing import TrustStore
from docexchange.signing.certificates import load_der
from docexchange.signing.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from docexchange.signing import PathRules, TrustedPath

__all__ = ["SteadyTrust"]

_AROUND: Final = tuple(timedelta(seconds=seconds) for seconds in range(-2, 4))
"""Paths are judged by whole seconds, with one second of tolerance to either side of a date."""
_MOST: Final = 100_000


class SteadyTrust(TrustStore):
    """A trust store that fetches nothing.

    Args:
        anchors: as for `TrustStore`.
        crls: as for `TrustStore`; when something was revoked is the last date in them.
    """

    def __init__(self, anchors: Sequence[bytes], *, crls: Sequence[bytes] = ()) -> None:
        super().__init__(anchors, crls=crls)
        dates = (*map(_dates_of, anchors), *map(_dates_of_list, crls))
        self._dates: Final = frozenset(chained.from_iterable(dates))
        self._answers: Final[dict[tuple[object, ...], TrustedPath | Refusal]] = {}
        self._periods: Final[dict[tuple[bytes, ...], Sequence[datetime]]] = {}

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
        """Ask once for each period; what brings its own evidence is asked again."""
        ask = partial(
            super().find_path,
            leaf,
            chain,
            at=at,
            check_revocation=check_revocation,
            rules=rules,
            crls=crls,
            ocsps=ocsps,
        )
        if crls or ocsps:
            return ask()
        certificates = (leaf, *chain)
        period = bisect_right(self._borders(certificates), at)
        key = (certificates, period, at.year, check_revocation, rules)
        known = self._answers.get(key)
        if known is None:
            known = _answer(ask)
            if len(self._answers) < _MOST:
                self._answers[key] = known
        if isinstance(known, Refusal):
            raise known.again()
        return known

    def _borders(self, certificates: tuple[bytes, ...]) -> Sequence[datetime]:
        """When something can change: around each date, second by second."""
        known = self._periods.get(certificates)
        if known is None:
            known = _around(self._dates.union(*map(_dates_of, certificates)))
            if len(self._periods) < _MOST:
                self._periods[certificates] = known
        return known


@lru_cache(maxsize=256)
def _around(dates: frozenset[datetime]) -> Sequence[datetime]:
    """Most certificates share their dates; what is around them takes kilobytes."""
    return sorted({date + span for date in dates for span in _AROUND})


def _answer(ask: Callable[[], TrustedPath]) -> TrustedPath | Refusal:
    try:
        return ask()
    except Refusal as refusal:
        return refusal.again()  # without the frames, and all that stands in them


def _dates_of(der: bytes) -> tuple[datetime, datetime]:
    certificate = load_der(der)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _dates_of_list(der: bytes) -> Iterator[datetime]:
    from cryptography import x509

    found = x509.load_der_x509_crl(der)
    yield found.last_update_utc
    if found.next_update_utc:
        yield found.next_update_utc
    yield from (entry.revocation_date_utc for entry in found)
