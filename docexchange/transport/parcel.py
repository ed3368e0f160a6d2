"""The note on the outside of what is carried: from whom, to whom, what, how large, which digest.

    note = parcel.to_json()
    Parcel.from_json(note) == parcel

The note is not signed and proves nothing; it lets a transport check that the bytes are whole and
lets a node sort them before it opens them. What it claims is compared with what was signed later.

A message for several recipients behind one node travels once, under a note that names them all
(version 2). For one recipient the note is that of version 1, which every node reads.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from hashlib import sha256
from typing import Final, Self, TypeVar

from docexchange.errors import TransportError, UsageError
from docexchange.identifiers import MessageId, OrganId
from docexchange.limits import KIB, Limits

__all__ = ["NOTE_BYTES", "NOTE_VERSION", "Parcel", "ParcelKind"]

NOTE_BYTES: Final = 32 * KIB
"""No note is longer; the longest legal one, with 500 recipients, has about 21 KiB."""
NOTE_VERSION: Final = 2
"""The newest form of a note that is read here."""

_MOST_RECIPIENTS: Final = Limits().recipients
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MESSAGE_KIND: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
_LARGEST: Final = 2**63 - 1


class ParcelKind(StrEnum):
    """What a parcel holds."""

    MESSAGE = "message"
    """An envelope."""
    RECEIPT = "receipt"
    """A receipt or refusal about an envelope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is carried, as the outside tells it.

    Raises:
        UsageError: a digest, size or kind that cannot be; recipients that are none, too many, or
            one twice.
    """

    kind: ParcelKind
    """A message, or a receipt for one."""
    message_id: MessageId
    """The message, or the one that the receipt is about."""
    recipients: tuple[OrganId, ...]
    """The agencies that this copy of the message is for; of a receipt, the one that it is about."""
    origin: OrganId
    """The agency that the message is from."""
    from_node: OrganId
    """The access point that sends the parcel."""
    to_node: OrganId
    """The access point that the parcel is sent to."""
    sha256: str
    """Digest of the payload, lower-case hexadecimal."""
    size: int
    """Length of the payload in bytes."""
    message_kind: str = "document"
    """What kind of message: ``document``, ``status``."""

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.sha256):
            raise _illegal("sha256", "64 lower-case hexadecimal digits", self.sha256[:80])
        if not 0 <= self.size <= _LARGEST:
            raise _illegal("size", f"0 to {_LARGEST}", self.size)
        if not _MESSAGE_KIND.fullmatch(self.message_kind):
            raise _illegal("message_kind", "a short word in lower case", self.message_kind[:80])
        self._check_recipients()

    def _check_recipients(self) -> None:
        most = _MOST_RECIPIENTS if self.kind is ParcelKind.MESSAGE else 1
        if not 1 <= len(self.recipients) <= most:
            raise _illegal("recipients", f"1 to {most} of a {self.kind}", len(self.recipients))
        if len({code.as_decision_20 for code in self.recipients}) < len(self.recipients):
            raise _illegal("recipients", "each once", self.shown[:200])

    @property
    def recipient(self) -> OrganId:
        """The first of the recipients; of most parcels, the only one."""
        return self.recipients[0]

    @property
    def shown(self) -> str:
        """The recipients in one line: codes hold no commas."""
        return ",".join(map(str, self.recipients))

    def only(self, *recipients: OrganId) -> Parcel:
        """The same copy for other recipients: mostly some of those that it was for.

        Args:
            recipients: one or more.
        """
        return self if recipients == self.recipients else replace(self, recipients=recipients)

    def answered_by(self, receipt: bytes, *, own: OrganId) -> Parcel:
        """The parcel that takes a receipt for this one back to the node that brought it.

        Each recipient has a receipt of its own: this one is for one of them (``only``).

        Args:
            receipt: the signed receipt or refusal.
            own: the access point that gives it.
        """
        return Parcel(
            kind=ParcelKind.RECEIPT,
            message_id=self.message_id,
            recipients=self.recipients,
            origin=self.origin,
            from_node=own,
            to_node=self.from_node,
            sha256=sha256(receipt).hexdigest(),
            size=len(receipt),
            message_kind=self.message_kind,
        )

    def to_json(self) -> bytes:
        """Write the note: in the form that every node reads, if one recipient is all there is."""
        several = len(self.recipients) > 1
        values: dict[str, object] = {"version": NOTE_VERSION if several else 1}
        for name in _FIELDS:
            value = getattr(self, name)
            if name != "recipients":
                values[name] = value if isinstance(value, int) else str(value)
            elif several:
                values[name] = [str(code) for code in value]
            else:
                values["recipient"] = str(self.recipient)
        return json.dumps(values, indent=1).encode() + b"\n"

    @classmethod
    def from_json(cls, note: bytes) -> Self:
        """Read a note strictly: every key once, no other keys, exact types.

        Args:
            note: the bytes of the note, at most `NOTE_BYTES`.

        Raises:
            TransportError: not such a note; trying again does not help.
        """
        values = _read_object(note)
        named = _names_in(values)
        size = _exactly(int, "size", values.pop("size"))
        text = {name: _exactly(str, name, value) for name, value in values.items()}
        try:
            return cls(
                kind=ParcelKind(text["kind"]),
                message_id=MessageId(text["message_id"]),
                recipients=tuple(map(OrganId, named)),
                origin=OrganId(text["origin"]),
                from_node=OrganId(text["from_node"]),
                to_node=OrganId(text["to_node"]),
                sha256=text["sha256"],
                size=size,
                message_kind=text["message_kind"],
            )
        except (UsageError, ValueError) as error:
            raise _malformed("legal values", str(error)) from error


_FIELDS: Final = tuple(field.name for field in fields(Parcel))
_KEYS: Final = {1: {*_FIELDS, "recipient"} - {"recipients"}, 2: {*_FIELDS}}
"""What stands in a note of each version."""
_FEWEST_NAMED: Final = 2
_Type = TypeVar("_Type")


def _read_object(note: bytes) -> dict[str, object]:
    if len(note) > NOTE_BYTES:
        raise _malformed(f"at most {NOTE_BYTES} bytes", f"{len(note)} bytes")
    try:
        values = json.loads(note.decode("utf-8"), object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise _malformed("a JSON object", str(error)[:200]) from error
    if not isinstance(values, dict):
        raise _malformed("a JSON object", type(values).__name__)
    return values


def _names_in(values: dict[str, object]) -> list[str]:
    """Take version and recipients out of a note, and hold the rest of its keys to what they are."""
    version = values.pop("version", None)
    if type(version) is not int or version not in _KEYS:
        raise _malformed(f"version 1 to {NOTE_VERSION}", f"version {version!r}"[:80])
    if set(values) != _KEYS[version]:
        odd = sorted(set(values) ^ _KEYS[version])
        expected = ", ".join(sorted(_KEYS[version]))
        raise _malformed(f"the keys {expected}", f"missing or unknown: {odd}"[:300])
    if version == 1:
        return [_exactly(str, "recipient", values.pop("recipient"))]
    named = _exactly(list, "recipients", values.pop("recipients"))
    if len(named) < _FEWEST_NAMED:
        raise _malformed(f"{_FEWEST_NAMED} recipients or more in version 2", str(len(named)))
    return [_exactly(str, "recipients", name) for name in named]


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Two readers could take different ones of two values, so neither is taken."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key stands there twice")
    return values


def _exactly(wanted: type[_Type], name: str, value: object) -> _Type:
    """The value itself; ``True`` is no number and ``"1"`` is none either."""
    if type(value) is not wanted:
        raise _malformed(f"{name} as {wanted.__name__}", f"{value!r}"[:80])
    return value


def _illegal(name: str, expected: str, found: object) -> UsageError:
    return UsageError(
        f"parcel, {name}: expected {expected}, found {found!r}",
        code="transport.parcel",
        advice="This is a mistake in the calling program.",
    )


def _malformed(expected: str, found: str) -> TransportError:
    return TransportError(
        f"parcel note: expected {expected}, found {found}",
        retryable=False,
        code="transport.parcel-malformed",
        advice="Ask the sending side which program wrote the note.",
    )
