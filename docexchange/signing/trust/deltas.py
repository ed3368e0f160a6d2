"""Delta lists: which of them fit the complete lists at hand, and what they say.

The library (0.33) takes any delta of the right issuer. One that is older than the complete list can
take back a revocation that came after it; one whose base is newer leaves a gap (RFC 5280, 5.2.4).
And it looks at a delta only where the complete list points to one; what somebody has given counts
here in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docexchange.signing.trust.parsing import list_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = ["fitting", "revokes", "scope_of", "silenced"]


class _Scope(NamedTuple):
    """What a list speaks for; a delta and its base have the same (RFC 5280, 6.3.3 c)."""

    issuer: str
    point: bytes | None
    key: bytes | None


def fitting(lists: Sequence[bytes]) -> tuple[bytes, ...]:
    """The lists without deltas that do not fit the newest complete list of their scope.

    Args:
        lists: DER of revocation lists, all of them genuine.
    """
    newest: dict[_Scope, Any] = {}
    for item in filter(None, map(list_of, lists)):
        if item.delta_crl_indicator_value is None:
            other = newest.setdefault(scope_of(item), item)
            if _issued(other) < _issued(item):
                newest[scope_of(item)] = item
    return tuple(der for der in lists if _fits(list_of(der), newest))


def _fits(item: Any | None, newest: dict[_Scope, Any]) -> bool:
    if item is None or item.delta_crl_indicator_value is None:
        return item is not None
    complete = newest.get(scope_of(item))
    if complete is None:
        return False
    base, number = item.delta_crl_indicator_value.native, _number(item)
    return base is not None and number is not None and base <= (_number(complete) or 0) < number


def silenced(lists: Sequence[bytes]) -> tuple[bytes, ...]:
    """The deltas that the library would not look at: no complete list of their scope points to any.

    Args:
        lists: DER of revocation lists, deltas among them fitting.
    """
    items = list(filter(None, map(list_of, lists)))
    pointing = {scope_of(item) for item in items if item.freshest_crl_value}
    return tuple(
        item.dump()
        for item in items
        if item.delta_crl_indicator_value is not None and scope_of(item) not in pointing
    )


def revokes(delta_der: bytes, certificate: Any, *, at: datetime) -> bool:
    """Whether a delta says that a certificate of its issuer was revoked by a moment.

    Args:
        delta_der: DER of the delta; its signature is checked by whoever asks.
        certificate: as asn1crypto has it.
        at: the moment.
    """
    delta: Any = list_of(delta_der)
    if delta.issuer != certificate.issuer:
        return False
    for entry in delta["tbs_cert_list"]["revoked_certificates"]:
        if entry["user_certificate"].native == certificate.serial_number:
            reason = entry.crl_reason_value
            taken_back = reason is not None and reason.native == "remove_from_crl"
            return not taken_back and entry["revocation_date"].native <= at
    return False


def scope_of(item: Any) -> _Scope:
    """What a list, as asn1crypto has it, speaks for."""
    point = item.issuing_distribution_point_value
    return _Scope(
        item.issuer.hashable,
        None if point is None else point.dump(),
        item.authority_key_identifier,
    )


def _issued(item: Any) -> datetime:
    moment: datetime = item["tbs_cert_list"]["this_update"].native
    return moment


def _number(item: Any) -> int | None:
    value = item.crl_number_value
    return None if value is None else int(value.native)
