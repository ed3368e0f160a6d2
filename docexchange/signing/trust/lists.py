"""Which revocation lists count at a moment: the genuine, and of those the last of their kind.

Lists come with letters, from the operator, and over lines that anybody can tamper with. Before one
list can say anything, also about another (a complete one about its deltas, a new one about an old
one), somebody must have signed it whom an anchor vouches for: a list that nobody signed would take
out those that tell of a revocation.

A list is replaced by a later one of the same key and scope (RFC 5280, 6.3.3): who was on hold until
then is good again. Until the later one was issued the earlier one is asked too; and what it says of
a certificate that was revoked for good stands, for nothing takes that back (5.3.1).

>>> replace(case, lists=counting(case))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docexchange.signing.trust.deltas import scope_of
from docexchange.signing.trust.parsing import (
    certificate_of,
    certificates_brought,
    list_of,
    may_name,
)
from docexchange.signing.trust.vouched import key_that_signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from docexchange.signing.trust.case import Case

__all__ = ["counting", "is_final"]


class _Genuine(NamedTuple):
    """A list, as asn1crypto has it, and the key that signed it."""

    der: bytes
    told: Any
    key: bytes

    @property
    def issued(self) -> datetime:
        """As of when it speaks."""
        moment: datetime = self.told["tbs_cert_list"]["this_update"].native
        return moment

    def is_current(self, at: datetime) -> bool:
        """Whether it was issued by a moment, and the next was not due."""
        due = self.told["tbs_cert_list"]["next_update"].native
        return self.issued <= at and (due is None or at <= due)


def counting(case: Case) -> tuple[bytes, ...]:
    """DER of the lists of a case that count."""
    genuine = tuple(_genuine(case))
    alike: dict[object, list[_Genuine]] = {}
    for item in genuine:
        if item.told.delta_crl_indicator_value is None:
            alike.setdefault((item.key, scope_of(item.told)), []).append(item)
    replaced = {item.der for group in alike.values() for item in _replaced(group, case)}
    return tuple(item.der for item in genuine if item.der not in replaced)


def _genuine(case: Case) -> Iterator[_Genuine]:
    """The lists that somebody has signed whom an anchor vouches for."""
    issuers = (*case.between, *case.anchors)
    for der in dict.fromkeys(case.lists):
        item = list_of(der)
        key = None if item is None else key_that_signed(item, issuers)
        if key is not None:
            yield _Genuine(der, item, key)


def _replaced(alike: Sequence[_Genuine], case: Case) -> Iterator[_Genuine]:
    """Of complete lists of one key and scope those that a later one stands in for."""
    last = max((item.issued for item in alike if item.is_current(case.at)), default=None)
    brought = (item.dump() for item in certificates_brought(case.answers))
    asked = (case.leaf, *case.between, *brought)
    for item in alike:
        if last and item.issued < last and not is_final(item.der, asked):
            yield item


def is_final(der: bytes, certificates: Iterable[bytes]) -> bool:
    """Whether a list says of one of the certificates that it was revoked, and not put on hold.

    Args:
        der: the list.
        certificates: DER of certificates; they are looked for by their numbers alone.
    """
    told: Any = list_of(der)
    found: list[Any] = [certificate_of(item) for item in certificates]
    # Most are nowhere in it, and a list may have a million entries.
    named = {item.serial_number for item in found if may_name(der, item)}
    return bool(named) and any(
        entry["user_certificate"].native in named and _reason(entry) != "certificate_hold"
        for entry in told["tbs_cert_list"]["revoked_certificates"]
    )


def _reason(entry: Any) -> str:
    reason = entry.crl_reason_value
    return "" if reason is None else str(reason.native)
