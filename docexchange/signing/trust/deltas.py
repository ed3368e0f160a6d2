"""Delta lists: which of them fit the complete lists at hand, and what they say.

The library (0.33) takes any delta of the right issuer. One that is older than the complete list can
take back a revocation that came after it; one whose base is newer leaves a gap (RFC 5280, 5.2.4).
And it looks at a delta only where the complete list points to one; what somebody has given counts
here in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docexchange.signing.trust.parsing import certificate_of, list_of
from docexchange.signing.trust.vouched import key_that_signed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.signing.trust.case import Case

__all__ = ["fitting", "revokes", "scope_of", "silenced"]


class _Scope(NamedTuple):
    """What a list speaks for; a delta and its base have the same (RFC 5280, 6.3.3 c)."""

    issuer: str
    point: bytes | None
    key: bytes | None


class _Kind(NamedTuple):
    """What a list speaks for, and the key that signed it."""

    scope: _Scope
    key: bytes | None


def fitting(case: Case) -> tuple[bytes, ...]:
    """The lists of a case without deltas that do not fit the newest complete list of their kind.

    Of one kind are lists of one scope that one key signed: an authority with a new key may have the
    name of the old one, and lists without an identifier of the key.

    Args:
        case: its lists are genuine where one says anything about another.
    """
    items = {der: item for der in case.lists if (item := list_of(der)) is not None}
    if not any(map(_is_delta, items.values())):
        return tuple(items)
    issuers = (*case.between, *case.anchors)
    kinds = {
        der: _Kind(scope_of(item), key_that_signed(item, issuers)) for der, item in items.items()
    }
    newest: dict[_Kind, Any] = {}
    for der, item in items.items():
        if not _is_delta(item):
            other = newest.setdefault(kinds[der], item)
            if _issued(other) < _issued(item):
                newest[kinds[der]] = item
    fit = {der for der, item in items.items() if _fits(item, newest.get(kinds[der]))}
    of_others = _of_others({der: kinds[der] for der in fit if _is_delta(items[der])}, case)
    return tuple(der for der in items if der in fit - of_others)


def _is_delta(item: Any) -> bool:
    return item.delta_crl_indicator_value is not None


def _fits(item: Any, complete: Any | None) -> bool:
    if not _is_delta(item):
        return True
    if complete is None:
        return False
    base, number = item.delta_crl_indicator_value.native, _number(item)
    return base is not None and number is not None and base <= (_number(complete) or 0) < number


def _of_others(deltas: dict[bytes, _Kind], case: Case) -> set[bytes]:
    """Deltas by an authority that only has the name of one above the signer.

    The library (0.33) takes the newest of a name, and gives up if its key is another.
    """
    if len({kind.scope for kind in deltas.values()}) == len(set(deltas.values())):
        return set()
    above = _keys_above(case)
    ours = {kind.scope for kind in deltas.values() if kind.key in above}
    return {der for der, kind in deltas.items() if kind.scope in ours and kind.key not in above}


def _keys_above(case: Case) -> set[bytes]:
    """The keys that signed the signer's certificate, those of their holders, and so on."""
    issuers = (*case.between, *case.anchors)
    keys: set[bytes] = set()
    left = [case.leaf]
    while left:
        key = key_that_signed(certificate_of(left.pop()), issuers)
        if key is not None and key not in keys:
            keys.add(key)
            left += [der for der in issuers if _key_of(der) == key]
    return keys


def _key_of(der: bytes) -> bytes:
    certificate: Any = certificate_of(der)
    key: bytes = certificate.public_key.dump()
    return key


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
