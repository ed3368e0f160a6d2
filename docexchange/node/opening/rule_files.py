"""``routing.toml`` and ``policy.toml``: rules of the way, and rules of who may send what to whom.

    # routing.toml                       # policy.toml
    strategy = "parents"                 [[rule]]
    axis = "000.00.00.G22"               name = "communes ask their own province"
                                         from_tiers = [4]
    [[rule]]                             to = "G*"
    name = "neighbours"                  allowed = false
    from = "H53.*"                       because = "decision 5/QĐ-UBND"
    to = ["H17", "H17.*"]
    way = "direct"                       [[rule]]
    because = "agreement 12/2026"        name = "size"
                                         most_bytes = 52428800

What stands first is asked first. Unknown keys are refused by name.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from docexchange._settings import faults, table
from docexchange.errors import ConfigurationError, InputNotFound, UsageError
from docexchange.identifiers import OrganId
from docexchange.routing import (
    Agencies,
    ClosedCodes,
    ExchangePolicy,
    PolicyRule,
    Rule,
    Rules,
    Way,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_policy", "read_rules"]

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class _Parties(BaseModel):
    """What rules of both kinds begin with."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    senders: str | list[str] = Field(default="*", alias="from")
    from_tiers: list[int] = []
    recipients: str | list[str] = Field(default="*", alias="to")
    to_tiers: list[int] = []
    because: str = ""

    def parties(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "senders": _agencies(self.senders, self.from_tiers),
            "recipients": _agencies(self.recipients, self.to_tiers),
            "because": self.because,
        }


class _Rule(_Parties):
    way: str
    via: str | None = None


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    strategy: str = Way.PARENTS.value
    axis: str | None = None
    rule: list[_Rule] = []


class _PolicyRule(_Parties):
    allowed: bool = True
    most_bytes: int | None = None
    types: list[str] = []


class _Policy(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    rule: list[_PolicyRule] = []


def read_rules(path: Path | str, *, closed: ClosedCodes = ClosedCodes.REDIRECT) -> Rules:
    """Read the rules of the way.

    Args:
        path: a TOML file.
        closed: what becomes of letters to closed codes.

    Raises:
        InputNotFound: there is no such file.
        ConfigurationError: it holds no rules of the way; all faults are named.
    """

    def make(file: _Rules) -> Rules:
        return Rules(
            rules=tuple(map(_rule, file.rule)),
            strategy=_way(file.strategy),
            axis=OrganId(file.axis) if file.axis else None,
            closed=closed,
        )

    return _read(Path(path), _Rules, make, code="configuration.routing")


def read_policy(path: Path | str) -> ExchangePolicy:
    """Read the rules of who may send what to whom.

    Args:
        path: a TOML file.

    Raises:
        InputNotFound: there is no such file.
        ConfigurationError: it holds no such rules; all faults are named.
    """

    def make(file: _Policy) -> ExchangePolicy:
        return ExchangePolicy(rules=tuple(map(_policy_rule, file.rule)))

    return _read(Path(path), _Policy, make, code="configuration.policy")


def _rule(given: _Rule) -> Rule:
    via = OrganId(given.via) if given.via else None
    return Rule(way=_way(given.way), via=via, **given.parties())


def _policy_rule(given: _PolicyRule) -> PolicyRule:
    return PolicyRule(
        allowed=given.allowed,
        most_bytes=given.most_bytes,
        types=tuple(given.types),
        **given.parties(),
    )


def _agencies(codes: str | list[str], tiers: list[int]) -> Agencies:
    return Agencies(codes=(codes,) if isinstance(codes, str) else tuple(codes), tiers=tuple(tiers))


def _way(word: str) -> Way:
    try:
        return Way(word)
    except ValueError as error:
        raise UsageError(f"expected one of {', '.join(Way)}, found {word[:60]!r}") from error


def _read(path: Path, model: type[M], make: Callable[[M], T], *, code: str) -> T:
    try:
        return make(model.model_validate(table(path.read_bytes())))
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        raise _unusable(path, faults(error), code) from error
    except (ValueError, UsageError) as error:
        raise _unusable(path, str(error), code) from error


def _unusable(path: Path, found: str, code: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path}: expected a file of rules, found {found}",
        code=code,
        advice="Compare it with the sample in the documentation.",
    )
