"""Is a letter going in circles? Decided from the trace headers it has collected.

Directories of two agencies may differ for a while, and then each may take the other for the way
onward; or a parcel was put into the wrong mailbox, or its note names another recipient. Nobody
passes such a letter back: whoever had it before would take it for a repetition, acknowledge it and
do nothing, and it would be lost with every receipt in order. So it is refused where that shows::

    refuse_loops(trace, own)
    refuse_return(trace, way)

That a letter was here once is no reason to refuse it, if the way from here is a new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.errors import NoRoute
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.identifiers import OrganId
    from docexchange.routing.route import Route

__all__ = ["refuse_loops", "refuse_return"]

_DEFAULT_LIMITS: Final = Limits()
_SHOWN: Final = _DEFAULT_LIMITS.hops
_VISITS: Final = 2


def refuse_loops(
    trace: Sequence[OrganId | None], own: OrganId, *, limits: Limits = _DEFAULT_LIMITS
) -> None:
    """Refuse a letter that has been here twice, or that has passed too many agencies.

    Args:
        trace: the agencies of the trace headers, oldest first; ``None`` for an entry without a
            code, such as the national axis writes.
        own: the agency that is about to pass the letter on.
        limits: how many trace headers a letter may have.

    Raises:
        NoRoute: ``route.loop`` or ``route.too-many-hops``.
    """
    own_key = own.as_decision_20
    visits = sum(stop is not None and stop.as_decision_20 == own_key for stop in trace)
    if visits >= _VISITS:
        raise NoRoute(
            f"trace headers: expected {own} at most once, found it {visits} times: "
            f"{_shown(trace[-limits.hops :])}",
            code="route.loop",
            advice="Compare the directories of the agencies named; one sends letters back.",
        )
    if len(trace) > limits.hops:
        raise NoRoute(
            f"trace headers: expected at most {limits.hops}, found {len(trace)}: "
            f"{_shown(trace[-limits.hops :])}",
            code="route.too-many-hops",
            advice="Check the way of the letter; raise `Limits.hops` if it is right.",
        )


def refuse_return(trace: Sequence[OrganId | None], way: Route) -> None:
    """Refuse a letter whose way from here leads to or through an agency that it has passed.

    The whole way is looked at, not the next hop alone: so the letter is refused here, where the
    directories differ or the parcel went astray, and not by someone to whom it was passed on.

    Args:
        trace: the agencies of the trace headers, oldest first; ``None`` for an entry without a
            code.
        way: the way from the agency that is about to pass the letter on.

    Raises:
        NoRoute: ``route.return``.
    """
    passed = {stop.as_decision_20 for stop in trace if stop is not None}
    back = [hop.organ_id for hop in way.hops if hop.organ_id.as_decision_20 in passed]
    if back:
        raise NoRoute(
            f"way from {way.sender} to {way.recipient}: expected agencies that the letter has not "
            f"passed, found {back[0]} in its trace headers: {_shown(trace[-_SHOWN:])}",
            code="route.return",
            advice="Compare the directories of the agencies named; or the parcel was misdirected.",
        )


def _shown(trace: Sequence[OrganId | None]) -> str:
    return " -> ".join("(no code)" if stop is None else str(stop) for stop in trace)
