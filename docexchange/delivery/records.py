r"""What the store remembers: one frozen record for each message, receipt, status and event.

    queued = OutboundRecord(message_id=..., state=OutboundState.QUEUED, ...)
    sending = replace(queued, state=OutboundState.SENDING, attempts=1)

A record checks itself, so a store never meets an illegal one. Times are kept in UTC; free text is
made safe to store (lone surrogates become ``\udc..``), because a problem must never be lost for
the way it is spelled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, Self

from docexchange.delivery.lanes import Lane
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from docexchange.delivery.table import InboundState, OutboundState
    from docexchange.identifiers import MessageId, OrganId

__all__ = [
    "AuditEntry",
    "AuditNote",
    "InboundRecord",
    "KeptBytes",
    "MessageKind",
    "MessageSummary",
    "OutboundRecord",
    "ReceiptRecord",
    "StatusRecord",
    "TimelineEntry",
    "illegal_record",
    "is_digest",
    "keep_text",
    "keep_utc",
    "storable",
]

MessageKind = Literal["document", "status"]
"""A document, or a business status about one."""

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_LARGEST: Final = 2**63 - 1
"""What every store can hold as an integer."""
_LANES: Final = frozenset(map(int, Lane))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundRecord:
    """A message on its way to one recipient; its key is (message_id, recipient)."""

    message_id: MessageId
    """The id in the signed header."""
    recipient: OrganId
    """The agency it is for."""
    origin: OrganId
    """The agency it is from."""
    next_hop: OrganId
    """The access point it is sent to next."""
    kind: MessageKind
    """A document or a status."""
    payload: str
    """SHA-256 of the bytes that are sent, lower-case hexadecimal; never changes."""
    size: int
    """Length of those bytes."""
    state: OutboundState
    """Where it is."""
    attempts: int
    """Attempts begun so far."""
    due_at: datetime
    """When it wants attention next; counts in the states of `table.WAITING` only."""
    created_at: datetime
    """When it was accepted."""
    expires_at: datetime
    """When it is no longer worth sending."""
    submit_key: str | None = None
    """The caller's own key of the submission, the same for all its recipients."""
    problem: str = ""
    """What went wrong last, for people."""
    lane: int = 1
    """How much of a hurry there is: a value of `lanes.Lane`."""

    def __post_init__(self) -> None:
        _check_digest("payload", self.payload)
        _check_count("size", self.size)
        _check_count("attempts", self.attempts)
        _check_lane(self.lane)
        keep_utc(self, "due_at", "created_at", "expires_at")
        keep_text(self, "submit_key", "problem")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundRecord:
    """A message that came in for one recipient; its key is (message_id, recipient)."""

    message_id: MessageId
    """The id in the signed header."""
    recipient: OrganId
    """The agency it is for."""
    origin: OrganId
    """The agency it says it is from."""
    from_node: OrganId
    """The access point that brought it."""
    kind: MessageKind
    """A document or a status."""
    payload: str
    """SHA-256 of the bytes received, lower-case hexadecimal."""
    size: int
    """Length of those bytes."""
    state: InboundState
    """Where it is."""
    received_at: datetime
    """When it was stored here."""
    verdict: str = ""
    """The verifier's indication and sub-indication, once there is one."""
    problem: str = ""
    """Why it was refused, for people."""

    def __post_init__(self) -> None:
        _check_digest("payload", self.payload)
        _check_count("size", self.size)
        keep_utc(self, "received_at")
        keep_text(self, "verdict", "problem")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecord:
    """A receipt or refusal, kept as evidence; it never changes."""

    message_id: MessageId
    """The message it speaks of."""
    recipient: OrganId
    """The agency that message is for."""
    issuer: OrganId
    """The access point that signed it."""
    given: bool
    """True: we gave it; False: we obtained it."""
    payload: str
    """SHA-256 of the bytes it vouches for, lower-case hexadecimal."""
    at: datetime
    """When it was given or obtained here."""
    xml: bytes
    """The signed receipt, byte for byte."""
    accepted: bool
    """True: a receipt; False: a refusal."""

    def __post_init__(self) -> None:
        _check_digest("payload", self.payload)
        keep_utc(self, "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRecord:
    """A business status (01, 02, 03 …) about a document."""

    message_id: MessageId
    """The message that carried the status."""
    document_id: str
    """The document it is about."""
    code: str
    """The status code, two digits."""
    reporter: OrganId
    """The agency that reports."""
    about_recipient: OrganId
    """The recipient whose handling it describes; usually the reporter itself."""
    at: datetime
    """When it was reported."""
    description: str
    """The reporter's words."""
    outgoing: bool
    """True: reported by us; False: reported to us."""

    def __post_init__(self) -> None:
        keep_utc(self, "at")
        keep_text(self, "document_id", "code", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened to a message, for people and for reports."""

    at: datetime
    """When."""
    message_id: MessageId
    """To which message."""
    event: str
    """What, a fixed dotted name."""
    detail: tuple[tuple[str, str], ...] = ()
    """Names and values that belong to it."""

    def __post_init__(self) -> None:
        keep_utc(self, "at")
        keep_text(self, "event")
        if not all([name.isascii() and value.isascii() for name, value in self.detail]):  # noqa: C419
            detail = tuple([(storable(name), storable(value)) for name, value in self.detail])
            object.__setattr__(self, "detail", detail)

    @classmethod
    def of(cls, at: datetime, message_id: MessageId, event: str, **detail: object) -> Self:
        """Write an entry with its details as keywords; their values become text."""
        pairs = tuple([(name, str(value)) for name, value in detail.items()])
        return cls(at=at, message_id=message_id, event=event, detail=pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSummary:
    """All that is under way under one message id."""

    message_id: MessageId
    """The id."""
    kind: MessageKind
    """A document or a status."""
    origin: OrganId
    """The agency it is from."""
    first_seen: datetime
    """When it was first stored here, sent or received."""
    outbound: tuple[tuple[OrganId, OutboundState], ...] = ()
    """Where it is on its way to each recipient, by recipient."""
    inbound: tuple[tuple[OrganId, InboundState], ...] = ()
    """Where it is after it came in for each recipient, by recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNote:
    """Something that the audit log is to hold: who did what, about what."""

    at: datetime
    """When."""
    who: str
    """The agency or the person that did it."""
    what: str
    """What was done, a fixed dotted name."""
    about: str = ""
    """A message id, and behind a space the recipient; or a file."""
    sha256: str = ""
    """Digest of the bytes in question, lower-case hexadecimal; empty when there are none."""

    def __post_init__(self) -> None:
        if self.sha256:
            _check_digest("sha256", self.sha256)
        keep_utc(self, "at")
        keep_text(self, "who", "what", "about")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A note in its place in the chain; `audit.follow` makes one."""

    number: int
    """Its place, from 1 on."""
    at: datetime
    """When."""
    who: str
    """The agency or the person that did it."""
    what: str
    """What was done, a fixed dotted name."""
    about: str
    """A message id, and behind a space the recipient; or a file."""
    sha256: str
    """Digest of the bytes in question; empty when there are none."""
    previous: str
    """The hash of the entry before."""
    hash: str
    """SHA-256 over all the above."""

    def __post_init__(self) -> None:
        _check_count("number", self.number)
        keep_utc(self, "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBytes:
    """A note of bytes that the store keeps until their file is on the disk."""

    number: int
    """By which the store lets go of them."""
    sha256: str
    """The name of the payload."""


def is_digest(text: str) -> bool:
    """Whether a text is a SHA-256 as it is written everywhere here."""
    return _SHA256.fullmatch(text) is not None


def _check_digest(name: str, digest: str) -> None:
    if not _SHA256.fullmatch(digest):
        raise illegal_record(name, "64 lower-case hexadecimal digits of SHA-256", digest[:80])


def _check_count(name: str, value: int) -> None:
    if not 0 <= value <= _LARGEST:
        raise illegal_record(name, f"0 to {_LARGEST}", value)


def _check_lane(value: int) -> None:
    if value not in _LANES:
        raise illegal_record("lane", " or ".join(map(str, sorted(_LANES))), value)


def keep_utc(record: object, *names: str) -> None:
    """Turn times into UTC; a time without a zone means nothing to another machine."""
    for name in names:
        moment: datetime = getattr(record, name)
        if moment.tzinfo is UTC:
            continue
        if moment.tzinfo is None:
            raise illegal_record(name, "a timezone-aware time", moment)
        try:
            object.__setattr__(record, name, moment.astimezone(UTC))
        except OverflowError:
            raise illegal_record(name, "a time within the calendar in UTC", moment) from None


def keep_text(record: object, *names: str) -> None:
    """Make texts safe to store."""
    for name in names:
        text: str | None = getattr(record, name)
        if text and not text.isascii():
            object.__setattr__(record, name, storable(text))


def storable(text: str) -> str:
    """A text in UTF-8, lone surrogates as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def illegal_record(name: str, expected: str, found: object) -> UsageError:
    """The error about a value that no record may have."""
    return UsageError(
        f"delivery record, {name}: expected {expected}, found {found!r}",
        code="delivery.record",
        advice="This is a mistake in the calling program.",
    )
