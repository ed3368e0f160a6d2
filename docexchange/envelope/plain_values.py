"""Values as JSON has them, and back: one table per kind of thing, used in both directions.

>>> CODE = Thing(Code, (Key("number", TEXT), Key("notation", TEXT)))
>>> CODE.write(Code("15", "QĐ-BNV"))
{'number': '15', 'notation': 'QĐ-BNV'}
>>> CODE.read({"number": "15", "notation": "QĐ-BNV"}, "code")
Code(number='15', notation='QĐ-BNV')

Reading is strict: a key too many, a key too few or a value of another type is an ``InvalidField``
that says where, in JSON.
"""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Protocol

from docexchange.errors import InvalidField, InvalidIdentifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from enum import IntEnum

__all__ = [
    "DAY",
    "FLAG",
    "HEX",
    "INTEGER",
    "MOMENT",
    "TEXT",
    "Codec",
    "Key",
    "Many",
    "Maybe",
    "Part",
    "Thing",
    "Value",
    "identifier",
    "named",
    "numbered",
    "refusal",
]


class Codec(Protocol):
    """Writes one kind of value as JSON has it, and reads it back."""

    def write(self, value: Any, /) -> Any:
        """As JSON has it."""

    def read(self, value: Any, path: str, /) -> Any:
        """What it means; an ``InvalidField`` when it is nothing of that kind."""


@dataclass(frozen=True, slots=True)
class Value:
    """A single value."""

    expected: str
    """What it is, in words."""
    write: Callable[[Any], Any]
    """Writes it."""
    parse: Callable[[Any], Any]
    """Reads it; ``ValueError`` or ``InvalidIdentifier`` when it is none."""

    def read(self, value: Any, path: str) -> Any:
        """What it means; errors as for ``Codec``."""
        try:
            return self.parse(value)
        except (ValueError, InvalidIdentifier) as error:
            raise refusal(path, "value", self.expected, reprlib.repr(value)) from error


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value, or null for none."""

    codec: Codec
    """Of the value."""

    def write(self, value: Any) -> Any:
        """As JSON has it."""
        return None if value is None else self.codec.write(value)

    def read(self, value: Any, path: str) -> Any:
        """What it means; errors as for ``Codec``."""
        return None if value is None else self.codec.read(value, path)


@dataclass(frozen=True, slots=True)
class Many:
    """A list of values; a tuple in Python."""

    codec: Codec
    """Of each."""

    def write(self, values: Any) -> list[Any]:
        """As JSON has it."""
        return [self.codec.write(value) for value in values]

    def read(self, values: Any, path: str) -> tuple[Any, ...]:
        """What it means; errors as for ``Codec``."""
        if type(values) is not list:
            raise refusal(path, "value", "a list", reprlib.repr(values))
        return tuple(self.codec.read(item, f"{path}[{at}]") for at, item in enumerate(values))


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an object, and the attribute behind it."""

    key: str
    """In JSON."""
    codec: Codec
    """Of its value."""
    attribute: str = ""
    """In Python, when it has another name there."""
    told_by: Callable[[Any], Any] | None = None
    """For what follows from other keys: computes it. It is written, and checked when read."""

    def written(self, owner: Any) -> dict[str, Any]:
        """The key with its value."""
        get = self.told_by or attrgetter(self.attribute or self.key)
        return {self.key: self.codec.write(get(owner))}

    def taken(self, owner: dict[str, Any], path: str) -> dict[str, Any]:
        """The attribute with its value; errors as for ``Codec``."""
        value = self.codec.read(owner[self.key], f"{path}.{self.key}" if path else self.key)
        return {} if self.told_by else {self.attribute or self.key: value}

    def names(self) -> Iterator[str]:
        """What it takes from the object."""
        yield self.key


@dataclass(frozen=True, slots=True)
class Part:
    """A thing of its own in Python, whose keys JSON has beside those of its owner."""

    attribute: str
    """In Python."""
    thing: Thing
    """What it is."""

    def written(self, owner: Any) -> dict[str, Any]:
        """Its keys with their values."""
        return self.thing.write(getattr(owner, self.attribute))

    def taken(self, owner: dict[str, Any], path: str) -> dict[str, Any]:
        """The attribute with its value; errors as for ``Codec``."""
        return {self.attribute: self.thing.made(owner, path)}

    def names(self) -> Iterator[str]:
        """What it takes from the object."""
        return self.thing.names()


@dataclass(frozen=True, slots=True)
class Thing:
    """An object with exactly these keys."""

    make: Callable[..., Any]
    """Makes the thing of its attributes."""
    parts: tuple[Key | Part, ...]
    """In the order in which they are written."""

    def write(self, value: Any) -> dict[str, Any]:
        """As JSON has it."""
        return {key: item for part in self.parts for key, item in part.written(value).items()}

    def read(self, value: Any, path: str) -> Any:
        """What it means; errors as for ``Codec``."""
        if type(value) is not dict:
            raise refusal(path, "value", "an object", reprlib.repr(value))
        known = set(self.names())
        for key in [*value, *known]:
            if key not in known:
                raise refusal(path, "unknown-key", f"the keys {', '.join(self.names())}", repr(key))
            if key not in value:
                raise refusal(path, "missing-key", f"the key {key}", "none")
        return self.made(value, path)

    def made(self, value: dict[str, Any], path: str) -> Any:
        """The thing, from an object whose keys are right; errors as for ``Codec``."""
        found = [part.taken(value, path) for part in self.parts]
        return self.make(**{name: item for taken in found for name, item in taken.items()})

    def names(self) -> Iterator[str]:
        """All keys, those of its parts too."""
        return (key for part in self.parts for key in part.names())


def refusal(path: str, kind: str, expected: str, found: str) -> InvalidField:
    """What is wrong, and where.

    Args:
        path: where, in JSON (``document.to[0].name``).
        kind: last part of the code.
        expected: what should stand there.
        found: what stands there.
    """
    return InvalidField(
        f"{path or 'message'}: expected {expected}, found {found}",
        path=path,
        code=f"json.{kind}",
        advice="`docexchange schema message` prints the form of a message in JSON.",
    )


def identifier(kind: Callable[[str], Any], expected: str) -> Value:
    """An identifier of ours, written as text."""
    return Value(expected, str, lambda value: kind(_text(value)))


def numbered(kind: type[IntEnum]) -> Value:
    """A member of a code list, written as its number."""
    listed = ", ".join(str(int(member)) for member in kind)
    return Value(f"one of {listed}", int, lambda value: kind(_integer(value)))


def named(kind: type[IntEnum]) -> Value:
    """A member of a code list, written as its name in small letters."""
    names = {member.name.lower(): member for member in kind}

    def parse(value: Any) -> IntEnum:
        if type(value) is not str or value not in names:
            raise ValueError(value)
        return names[value]

    return Value(f"one of {', '.join(names)}", lambda member: member.name.lower(), parse)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError(value)
    return value


def _integer(value: Any) -> int:
    if type(value) is float and value.is_integer():
        return int(value)  # to JSON 7.0 is 7
    if type(value) is not int:
        raise ValueError(value)
    return value


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(value)
    return value


def _day(value: Any) -> date:
    day = date.fromisoformat(_text(value))
    if day.isoformat() != value:  # weeks and other forms of ISO 8601
        raise ValueError(value)
    return day


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None or value[10:11] != "T":
        raise ValueError(value)
    return moment


def _octets(value: Any) -> bytes:
    octets = bytes.fromhex(_text(value))
    if octets.hex() != value:  # capitals and spaces
        raise ValueError(value)
    return octets


TEXT: Final = Value("text", str, _text)
INTEGER: Final = Value("a whole number", int, _integer)
FLAG: Final = Value("true or false", bool, _flag)
DAY: Final = Value("a date such as 2026-03-02", date.isoformat, _day)
MOMENT: Final = Value(
    "a moment with its zone, such as 2026-03-02T09:00:00+07:00", datetime.isoformat, _moment
)
HEX: Final = Value("hexadecimal digits in small letters", bytes.hex, _octets)
