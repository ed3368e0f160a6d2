"""Which links are out of order, as far as is known: data for the router."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.identifiers import OrganId

__all__ = ["ALL_WELL", "LinkHealth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHealth:
    """Links that should not be used where there is another way."""

    down: frozenset[tuple[str, str]] = frozenset()
    """From whom to whom, as Decision 20 codes; one direction each."""

    @classmethod
    def of(cls, links: Iterable[tuple[OrganId, OrganId]]) -> Self:
        """The links that are out of order.

        Args:
            links: from whom to whom, in either code system.
        """
        keys = ((here.as_decision_20, there.as_decision_20) for here, there in links)
        return cls(down=frozenset(keys))


ALL_WELL: Final = LinkHealth()
"""Nothing is known to be out of order."""
