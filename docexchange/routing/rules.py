"""What may differ from the way through the superiors: rules, as data.

A rule is asked at every agency that the letter passes: ``senders`` are the agencies where it is,
``recipients`` those it is for. All rules that fit are candidates, in their order, and the default
strategy comes last; the first candidate whose link is healthy is taken. A rule that forbids ends
the list::

    rules = Rules(
        rules=(
            Rule(name="neighbours", way=Way.DIRECT, senders=…, recipients=…, because="decision 12"),
        ),
        axis=OrganId("000.00.00.G22"),
    )
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.errors import ConfigurationError
from docexchange.routing.agencies import EVERYBODY, Agencies

if TYPE_CHECKING:
    from docexchange.identifiers import OrganId

__all__ = ["DEFAULT_RULES", "ClosedCodes", "Rule", "Rules", "Way"]


class Way(StrEnum):
    """Which way a letter takes from where it is."""

    PARENTS = "parents"
    """Up to the nearest common superior, and down."""
    DIRECT = "direct"
    """Straight to the node of the recipient."""
    VIA = "via"
    """Straight to a certain agency, which carries it on."""
    AXIS = "axis"
    """Straight to the national axis, past the superiors; but for letters to one's own tree."""
    FORBID = "forbid"
    """None: it is refused."""


class ClosedCodes(StrEnum):
    """What becomes of a letter to an agency that has been merged or abolished."""

    REDIRECT = "redirect"
    """It goes to the successor, if there is exactly one."""
    REFUSE = "refuse"
    """It is refused with the successor's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which way letters of some agencies to some others take.

    Raises:
        ConfigurationError: no name, or an agency to go by where none belongs, or the reverse.
    """

    name: str
    """What it is called in explanations and refusals."""
    way: Way
    """Which way."""
    senders: Agencies = EVERYBODY
    """Where the letter is."""
    recipients: Agencies = EVERYBODY
    """Whom it is for."""
    via: OrganId | None = None
    """The agency to go by, with ``Way.VIA``."""
    because: str = ""
    """Why there is this rule."""

    def __post_init__(self) -> None:
        if not self.name.strip() or (self.via is not None) != (self.way is Way.VIA):
            raise ConfigurationError(
                f"routing rule {self.name!r}: expected a name, and `via` exactly where the way is "
                f'"via", found the way "{self.way}" and via {self.via}',
                code="configuration.routing",
            )

    def __str__(self) -> str:
        return f"{self.name} ({self.because})" if self.because else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All rules of a node.

    Raises:
        ConfigurationError: two rules of one name, an axis rule without an axis, or a default that
            leads nowhere.
    """

    rules: tuple[Rule, ...] = ()
    """In the order in which they are asked."""
    strategy: Way = Way.PARENTS
    """Where no rule fits: ``PARENTS``, or ``DIRECT`` with the superiors as second choice."""
    axis: OrganId | None = None
    """The national axis; it also ties separate trees together."""
    closed: ClosedCodes = ClosedCodes.REDIRECT
    """What becomes of letters to closed codes."""

    def __post_init__(self) -> None:
        twice = [name for name, times in Counter(r.name for r in self.rules).items() if times > 1]
        if twice:
            raise _unusable("names that occur once", f"{twice[0]!r} twice")
        if self.axis is None and any(rule.way is Way.AXIS for rule in self.rules):
            raise _unusable("the code of the axis for rules that lead over it", "none")
        if self.strategy not in {Way.PARENTS, Way.DIRECT}:
            raise _unusable('"parents" or "direct" as default', f'"{self.strategy}"')

    def __hash__(self) -> int:
        # Tables of a directory are kept by rules; few of these differ in anything else.
        return hash((len(self.rules), self.axis))


def _unusable(expected: str, found: str) -> ConfigurationError:
    return ConfigurationError(
        f"routing rules: expected {expected}, found {found}", code="configuration.routing"
    )


DEFAULT_RULES: Final = Rules()
"""Through the superiors; closed codes are redirected."""
