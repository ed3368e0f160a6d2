"""A scenario: who writes how much to whom, over which lines, and what goes wrong; read from TOML.

>>> scenario = read_scenario("mountain-line.toml")
>>> shipped_scenarios()
('daily-outage', 'dead-province', …)

Unknown keys are refused by name, and all faults of a file are told at once. What a key means
stands under the field of the same name; ``docs/how-to/simulate-a-network.md`` has a sample.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from docexchange._settings import faults, table
from docexchange.delivery import RetrySchedule
from docexchange.errors import ConfigurationError, InputNotFound, UsageError
from docexchange.instrumentation import EventName  # noqa: TC001 — pydantic reads it
from docexchange.simulator.faults import Fault, FaultKind
from docexchange.simulator.mistakes import mistakes_in

__all__ = [
    "Expected",
    "FaultEntry",
    "Line",
    "OfficeHours",
    "Profile",
    "Scenario",
    "SizeClass",
    "Traffic",
    "read_scenario",
    "scenario_text",
    "shipped_scenarios",
]

_FOLDER: Final = Path(__file__).with_name("scenarios")
_MOST_LETTERS: Final = 1_000_000
_MOST_OCTETS: Final = 100_000_000
_MOST_HOURS: Final = 24 * 366

Share = Annotated[float, Field(ge=0, le=1)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_BY_SECONDS: Final = (
    FaultKind.CLOCK_SKEW,
    FaultKind.DELAY,
    FaultKind.JITTER,
    FaultKind.REORDER,
)
"""Faults that are none without a number of seconds."""

PlaceEntry = Annotated[tuple[int, int], Field(strict=False)]
"""Tier, from 1, and number in the tier, from 0."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Traffic(_Strict):
    """Letters of one kind."""

    tier: int = Field(ge=1)
    """Whose letters: those of all agencies of this tier."""
    to: Literal["up", "down", "sibling", "across", "anywhere"]
    """For whom: the agency above, one below, one under the same agency, another of the same tier,
    or any other."""
    letters: int = Field(ge=0, le=_MOST_LETTERS)
    """How many on a working day, of all agencies of the tier together."""
    recipients: int = Field(default=1, ge=1, le=100)
    """How many agencies each is for, where there are as many."""
    urgent: Share = 0.0
    """How many of them go before others, from 0 to 1."""


class SizeClass(_Strict):
    """Letters of about one size."""

    share: float = Field(gt=0)
    """How many letters are of this size, in proportion to the other sizes."""
    octets: Annotated[tuple[int, int], Field(strict=False)]
    """The smallest and the largest attachment."""

    @field_validator("octets")
    @classmethod
    def _ordered(cls, found: tuple[int, int]) -> tuple[int, int]:
        if not 0 <= found[0] <= found[1] <= _MOST_OCTETS:
            raise ValueError(f"two sizes from 0 to {_MOST_OCTETS}, the smaller first")
        return found


class OfficeHours(_Strict):
    """When letters are written; Vietnam time."""

    opens: time = time(7, 30)
    """When people come."""
    closes: time = time(17)
    """When they go."""
    weekdays: Annotated[frozenset[Weekday], Field(strict=False)] = frozenset(
        {"mon", "tue", "wed", "thu", "fri"}
    )
    """Working days."""
    holidays: Annotated[frozenset[date], Field(strict=False)] = frozenset()
    """Days on which nobody comes."""
    outside: Share = 0.05
    """How many letters are written at other hours all the same, from 0 to 1."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens before closes")
        return self


class Profile(_Strict):
    """What a line is like."""

    latency_seconds: float = Field(default=0.05, ge=0)
    """How long the first byte takes."""
    jitter_seconds: float = Field(default=0.0, ge=0)
    """Up to how much longer it takes."""
    kbit_per_second: float | None = Field(default=None, gt=0)
    """How much it carries; any amount at once where it is left out."""
    loss: Share = 0.0
    """How likely what is sent is lost, from 0 to 1."""
    down_from: time | None = None
    """When the line goes down every day, Vietnam time."""
    down_minutes: float = Field(default=0.0, ge=0, lt=24 * 60)
    """For how long."""
    carried_on: Weekday | None = None
    """There is no line: a disk is carried once a week, on this day."""
    carried_at: time = time(9)
    """When it leaves, Vietnam time; it takes ``latency_seconds``."""

    @model_validator(mode="after")
    def _down_for_a_while(self) -> Self:
        if (self.down_from is None) != (self.down_minutes == 0):
            raise ValueError("down_from and down_minutes together")
        return self


class Line(_Strict):
    """Which lines have a profile; those further down go before those further up."""

    profile: str
    """Its name."""
    tiers: Annotated[tuple[int, int], Field(strict=False)] | None = None
    """All lines between two tiers,"""
    agency: PlaceEntry | None = None
    """or all lines of one agency."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.tiers is None) == (self.agency is None):
            raise ValueError("either tiers or agency")
        return self


class FaultEntry(_Strict):
    """Something that goes wrong; see ``Fault``."""

    kind: Annotated[FaultKind, Field(strict=False)]
    """What."""
    where: Annotated[tuple[PlaceEntry, ...], Field(strict=False)] = ()
    """Which agencies, each as tier and number."""
    chance: Share = 1.0
    """How likely each parcel is met."""
    amount: float = 0.0
    """Seconds, or bytes a second."""
    step: Annotated[EventName | None, Field(strict=False)] = None
    """At which step a node crashes."""
    begin_minutes: float = 0.0
    """When it begins, from the start."""
    minutes: float | None = None
    """How long it lasts."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.kind in _BY_SECONDS and not self.amount:
            raise ValueError("an amount in seconds")
        if self.kind is FaultKind.TSA_DOWN:
            raise ValueError("another kind: letters of scenarios have no timestamps")
        return self

    @property
    def fault(self) -> Fault:
        """As the simulator takes it.

        Raises:
            UsageError: it cannot go wrong like that.
        """
        return Fault(**dict(self))


class Expected(_Strict):
    """What is to come of it; what is left out is not asked for."""

    all_arrive: bool = False
    """Whether every letter has to reach every recipient."""
    p50_minutes: float | None = Field(default=None, ge=0)
    """At most so long takes one letter in two,"""
    p90_minutes: float | None = Field(default=None, ge=0)
    """nine in ten,"""
    p99_minutes: float | None = Field(default=None, ge=0)
    """ninety-nine in a hundred,"""
    longest_minutes: float | None = Field(default=None, ge=0)
    """and the last one."""


class Scenario(_Strict):
    """A network, its traffic and its troubles."""

    name: str = Field(min_length=1, max_length=100)
    """What people call it."""
    about: str = ""
    """What it shows."""
    start: AwareDatetime = datetime.fromisoformat("2026-03-02T00:00:00+07:00")
    """When it begins."""
    hours: float = Field(default=24.0, gt=0, le=_MOST_HOURS)
    """For how long letters are written."""
    rest_hours: float = Field(default=24.0 * 20, ge=0, le=_MOST_HOURS)
    """How long after that what is under way may take."""
    tiers: Annotated[tuple[int, ...], Field(strict=False)] = (1, 3, 9, 27)
    """How many agencies each tier has, from the top."""
    traffic: Annotated[tuple[Traffic, ...], Field(strict=False, min_length=1)]
    """Who writes how much to whom."""
    sizes: Annotated[tuple[SizeClass, ...], Field(strict=False, min_length=1)] = (
        SizeClass(share=1, octets=(200, 200)),
    )
    """How large the attachments are."""
    office: OfficeHours = OfficeHours()
    """When letters are written."""
    profiles: dict[str, Profile] = Field(default_factory=dict)
    """Lines by name; ``fibre`` is always there."""
    lines: Annotated[tuple[Line, ...], Field(strict=False)] = ()
    """Which lines are like that; all others are ``fibre``."""
    faults: Annotated[tuple[FaultEntry, ...], Field(strict=False)] = ()
    """What goes wrong."""
    retry: dict[str, float | int] = Field(default_factory=dict)
    """Fields of ``RetrySchedule``."""
    expected: Expected = Expected()
    """What is to come of it."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """Hold the parts against each other: places, tiers, profiles and what can go wrong."""
        found = mistakes_in(self)
        for number, entry in enumerate(self.faults):
            try:
                _ = entry.fault
            except UsageError as error:
                found.append(f"faults.{number}: {error}")
        try:
            _ = self.schedule
        except (ConfigurationError, TypeError) as error:
            found.append(f"retry: {error}")
        if found:
            raise ValueError("; ".join(found))
        return self

    @property
    def known_profiles(self) -> dict[str, Profile]:
        """Lines by name."""
        return {"fibre": Profile(latency_seconds=0.02, kbit_per_second=100_000), **self.profiles}

    @property
    def schedule(self) -> RetrySchedule:
        """When nodes try again."""
        return RetrySchedule(**self.retry)  # type: ignore[arg-type]


def shipped_scenarios() -> tuple[str, ...]:
    """The names of the scenarios that come with the package."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def scenario_text(name: str) -> str:
    """A scenario that comes with the package, as TOML.

    Args:
        name: one of ``shipped_scenarios()``.
    """
    return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def read_scenario(path: Path | str) -> Scenario:
    """Read a scenario from a file; the name of one that is shipped does as well.

    Args:
        path: a TOML file, or one of ``shipped_scenarios()``.

    Raises:
        InputNotFound: there is no such file.
        ConfigurationError: it is not a scenario; all faults are named.
    """
    path = Path(path)
    shipped = str(path) in shipped_scenarios() and not path.exists()
    try:
        data = (_FOLDER / f"{path}.toml" if shipped else path).read_bytes()
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    return _parsed(data, str(path))


def _parsed(data: bytes, name: str) -> Scenario:
    if not data.strip():
        raise _unusable(name, "an empty file")
    try:
        return Scenario.model_validate(table(data))
    except ValidationError as error:
        raise _unusable(name, faults(error)) from error
    except ValueError as error:
        raise _unusable(name, str(error)) from error


def _unusable(name: str, found: str) -> ConfigurationError:
    return ConfigurationError(
        f"{name}: expected a scenario, found {found}",
        code="simulator.scenario",
        advice="`docexchange simulate --example` prints one to begin with.",
    )
