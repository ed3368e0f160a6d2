"""A statement and who signed it, as a JSON file that people can read, in one form only.

    signed = Signed(statement=root).with_signature(hand)
    file.write_bytes(signed.data)

The keys stand in order, two spaces in front of each level: one statement has one file, octet by
octet. A file in any other form is refused, so nothing can hide in it and no two readers can differ.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, Protocol, TypeVar

from docexchange.directory.snapshots.fields import Fields, refuse_unless
from docexchange.directory.snapshots.refusals import refusal

__all__ = ["MAX_BYTES", "Hand", "Signature", "Signed", "Statement", "Vouched", "read_signed"]

MAX_BYTES: Final = 256 * 1024
"""Of a root or release file; 64 keys of RSA-4096 with their signatures need about 120 KiB."""
_PURPOSE: Final = b"docexchange directory snapshot\n"
"""In front of what is signed: no letter begins so, whatever else a key is used for."""

Vouched = Callable[[bytes, bytes, bytes], bool]
"""Whether a public key (DER) made, over octets, a signature value."""


class Statement(Protocol):
    """What can be signed: a ``Root`` or a ``Release``."""

    def plain(self) -> dict[str, Any]:
        """Its fields as JSON has them."""


S = TypeVar("S", bound=Statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature."""

    key: str
    """Id of the key, 64 hexadecimal digits."""
    value: bytes
    """What it made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Somebody who signs."""

    key: str
    """Id of the key."""
    sign: Callable[[bytes], bytes]
    """Makes the value over octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(Generic[S]):
    """A statement with its signatures."""

    statement: S
    """What is said."""
    signatures: tuple[Signature, ...] = ()
    """Who says so."""

    @property
    def octets(self) -> bytes:
        """What is signed."""
        return _PURPOSE + _encode(self.statement.plain())

    @property
    def data(self) -> bytes:
        """The file."""
        signatures = [
            {"key": item.key, "value": base64.b64encode(item.value).decode()}
            for item in self.signatures
        ]
        return _encode({"signatures": signatures, "signed": self.statement.plain()})

    def with_signature(self, hand: Hand) -> Signed[S]:
        """The same with one more signature; an earlier one by the same key is left out."""
        others = [item for item in self.signatures if item.key != hand.key]
        added = Signature(key=hand.key, value=hand.sign(self.octets))
        return replace(self, signatures=tuple(sorted((*others, added), key=lambda one: one.key)))


def read_signed(data: bytes, kind: str, where: str, read: Callable[[Fields], S]) -> Signed[S]:
    """Read a file; whether anybody in force signed it is another question.

    Args:
        data: the file.
        kind: what it should be: ``root`` or ``release``.
        where: the name of the file, for messages.
        read: reads the statement, and leaves no field over.

    Raises:
        SnapshotRefused: ``snapshot.form`` or ``snapshot.too-large``.
    """
    if len(data) > MAX_BYTES:
        raise refusal(
            "too-large", f"{where}: expected at most {MAX_BYTES} bytes, found {len(data)}"
        )
    fields = Fields(_parsed(data, where), where)
    said = fields.inner("signed")
    _check_kind(said, kind, where)
    statement = read(said)
    signatures = tuple(_signature(item, where) for item in fields.items("signatures"))
    fields.done()
    signed = Signed(statement=statement, signatures=signatures)
    refuse_unless(signed.data == data, where, "the form that docexchange writes", "another")
    return signed


def _parsed(data: bytes, where: str) -> object:
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        other = "something else" if data.strip() else "an empty file"
        message = f"{where}: expected a file in JSON, found {other}"
        raise refusal("form", message) from error


def _check_kind(said: Fields, kind: str, where: str) -> None:
    found, version = said.text("type"), said.number("format")
    refuse_unless(found == kind, where, f"a file of the type {kind}", found)
    refuse_unless(version == 1, where, "format 1, which this docexchange knows", version)


def _signature(fields: Fields, where: str) -> Signature:
    key, text = fields.digest("key"), fields.text("value")
    fields.done()
    try:
        return Signature(key=key, value=base64.b64decode(text, validate=True))
    except ValueError:
        refuse_unless(None, where, "base64 as value", text)
        raise


def _encode(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()
