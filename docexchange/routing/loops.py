"""Is a letter going in circles? Decided from the trace headers it has collected.

Directories of two agencies may differ for a while, and then each may take the other for the way
onward. A letter may come back once, as such a difference settles; a second time it is refused::

    refuse_loops(trace, own)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.errors import NoRoute
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.identifiers import OrganId

__all__ = ["refuse_loops"]

_DEFAULT_LIMITS: Final = Limits()
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


def _shown(trace: Sequence[OrganId | None]) -> str:
    return " -> ".join("(no code)" if stop is None else str(stop) for stop in trace)
