"""Which agencies does a rule speak of? A pattern of codes, and tiers.

Codes are compared in the form of Decision 20 (``H53.31.21``), whichever way they are written. A
``*`` stands for any characters: ``H53.*`` is everything whose code begins with that of the
province, ``H*`` are all provinces and everything in them::

    communes = Agencies(codes=("H53.*",), tiers=(4,))
    communes.cover(OrganId("000.21.31.H53"), tier=4)

Which tier an agency is in is data of the directory and never taken from its code.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from docexchange.errors import ConfigurationError, InvalidIdentifier
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["EVERYBODY", "Agencies"]

_TIERS: Final = range(1, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agencies:
    """Agencies by code and tier; both must fit.

    Raises:
        ConfigurationError: a pattern that no code can fit, or a tier that there is not.
    """

    codes: tuple[str, ...] = ("*",)
    """Codes in either system, or patterns of Decision 20 codes; one of them must fit."""
    tiers: tuple[int, ...] = ()
    """Tiers, 1 to 9; empty for all."""

    def __post_init__(self) -> None:
        if not self.codes or not set(self.tiers) <= set(_TIERS):
            raise ConfigurationError(
                f"agencies of a rule: expected codes, and tiers of 1 to {_TIERS[-1]}, "
                f"found codes {list(self.codes)} and tiers {list(self.tiers)}",
                code="configuration.agencies",
                advice='Write `"*"` for everybody.',
            )
        object.__setattr__(self, "codes", tuple(map(_plain, self.codes)))

    def cover(self, organ_id: OrganId, tier: int) -> bool:
        """Whether an agency is one of them.

        Args:
            organ_id: its code.
            tier: its tier, as the directory has it.
        """
        if self.tiers and tier not in self.tiers:
            return False
        return _fits(organ_id.as_decision_20, self.codes)

    def __str__(self) -> str:
        tiers = f" of tier {', '.join(map(str, self.tiers))}" if self.tiers else ""
        return f"{', '.join(self.codes)}{tiers}"


def _fits(code: str, patterns: Collection[str]) -> bool:
    return any(fnmatchcase(code, pattern) for pattern in patterns)


def _plain(pattern: str) -> str:
    """A pattern in the form of Decision 20; ``?`` and ``[`` mean nothing here."""
    try:
        OrganId(pattern.replace("*", "0") if pattern else pattern)
    except InvalidIdentifier as error:
        raise ConfigurationError(
            f"agencies of a rule: expected a code such as H53.31.21, or a pattern such as H53.*, "
            f"found {pattern[:60]!r}",
            code="configuration.agencies",
        ) from error
    return pattern if "*" in pattern else OrganId(pattern).as_decision_20


EVERYBODY: Final = Agencies()
"""All agencies."""
