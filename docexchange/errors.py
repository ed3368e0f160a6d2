"""Everything that docexchange raises, in one tree.

    DocExchangeError
    ├── UsageError               the caller asked for something impossible
    │   ├── InvalidIdentifier      a code or id outside its grammar
    │   ├── InvalidEnvelope        all faults of a message at once (also an ExceptionGroup)
    │   ├── InvalidField           one of those faults
    │   ├── ConfigurationError     a configuration file or option that cannot work
    │   ├── UnusableKey            a key or certificate that must not, or cannot, sign
    │   └── MissingExtra           an optional package is not installed
    ├── UnreadableInput          what we were given cannot be read
    │   ├── InputNotFound          no such file, or the system will not let us read it
    │   ├── MalformedEnvelope      not an edXML envelope we can trust ourselves to read
    │   ├── MalformedReceipt       not a delivery receipt
    │   ├── MalformedDirectory     not an agency directory
    │   └── LimitExceeded          larger, deeper or longer than the limits allow
    ├── VerificationFailed       a signature did not earn TOTAL-PASSED; carries the report
    ├── SnapshotRefused          a published directory that must not take the place of ours
    ├── DeliveryError            a message cannot be accepted, stored or moved on
    │   ├── NoRoute                the directory knows no way to the recipient
    │   ├── IllegalTransition      an event that the delivery table does not allow in this state
    │   ├── ConflictingDuplicate   a known message id with other bytes
    │   └── StoreFailure           the store is damaged, full or held by another process
    └── TransportError           bytes did not reach the other side

The first split is by who can mend it: the caller, whoever made the input, the signer, the
operator, or time. Every error says what was expected, what was found and where, in ``str(error)``;
``error.advice`` says what to do next; ``error.code`` is stable and fit for programs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ConfigurationError",
    "ConflictingDuplicate",
    "DeliveryError",
    "DocExchangeError",
    "IllegalTransition",
    "InputNotFound",
    "InvalidEnvelope",
    "InvalidField",
    "InvalidIdentifier",
    "LimitExceeded",
    "MalformedDirectory",
    "MalformedEnvelope",
    "MalformedReceipt",
    "MissingExtra",
    "NoRoute",
    "SnapshotRefused",
    "StoreFailure",
    "TransportError",
    "UnreadableInput",
    "UnusableKey",
    "UsageError",
    "VerificationFailed",
    "halves",
    "problem_parts",
    "problem_text",
]

_HALVES: Final = re.compile(r"(?:[^,]{0,80}: )?expected (.+?), found (.*)", re.DOTALL)
_PROBLEM: Final = re.compile(r"(.*?) \[code ([\w.-]{1,80})\](?: (.*))?", re.DOTALL)


class DocExchangeError(Exception):
    """Root of all errors of this library.

    Args:
        message: what was expected, what was found, and where.
        code: a stable dotted code, more exact than the class's own.
        advice: what the reader can do about it, one sentence.
    """

    default_code: ClassVar[str] = "error"
    default_advice: ClassVar[str] = ""

    def __init__(self, message: str, *, code: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.code = code or self.default_code
        self.advice = advice or self.default_advice

    @property
    def problem(self) -> str:
        """Message, code and advice in one text, to be written down; see `problem_text`."""
        return problem_text(str(self), code=self.code, advice=self.advice)


class UsageError(DocExchangeError):
    """The caller asked for something that cannot be done."""

    default_code = "usage"


class InvalidIdentifier(UsageError):
    """A code or id is outside its grammar."""

    default_code = "identifier.invalid"


class InvalidField(UsageError):
    """One fault of a message: a field that is missing, too long or outside its list.

    Args:
        message: ``expected …, found …``.
        path: where, as an element path (``MessageHeader.OtherInfo.Priority``); behind the first
            of several elements of one name with its number (``MessageHeader.To[2].Email``).
        code: the field's code (``N.`` missing, ``R.`` range, ``M.`` not allowed, ``T.`` type).
        advice: what to do.
    """

    default_code = "envelope.field"

    def __init__(self, message: str, *, path: str = "", code: str = "", advice: str = "") -> None:
        super().__init__(message, code=code, advice=advice)
        self.path = path

    @property
    def expected(self) -> str:
        """What the field should say."""
        return halves(str(self))[0]

    @property
    def found(self) -> str:
        """What it says."""
        return halves(str(self))[1]


class InvalidEnvelope(UsageError, ExceptionGroup[InvalidField]):
    """A message that must not be sent; its members are all its faults."""

    default_code = "envelope.invalid"
    default_advice = "Mend every field listed, then build the message again."

    def __new__(cls, message: str, faults: Sequence[InvalidField]) -> Self:
        """Make the group; ``ExceptionGroup`` keeps message and members here."""
        return super().__new__(cls, message, faults)

    def __init__(self, message: str, faults: Sequence[InvalidField]) -> None:
        listed = "; ".join(f"{fault.path}: {fault}" for fault in faults)
        UsageError.__init__(self, f"{message}: {listed}")
        self.faults = tuple(faults)

    def derive(self, excs: Sequence[InvalidField]) -> InvalidEnvelope:  # type: ignore[override]
        """Keep the type when the group is split (``except*``)."""
        return InvalidEnvelope(self.message, excs)

    def __str__(self) -> str:
        return str(self.args[0])


class ConfigurationError(UsageError):
    """A configuration file or option that cannot work."""

    default_code = "configuration"


class UnusableKey(UsageError):
    """A key or certificate that cannot, or must not, be used to sign."""

    default_code = "key.unusable"


class MissingExtra(UsageError):
    """An optional package is not installed."""

    default_code = "extra.missing"


class UnreadableInput(DocExchangeError):
    """What we were given cannot be read as what it should be."""

    default_code = "input.unreadable"


class InputNotFound(UnreadableInput):
    """There is no such file, or the system will not let us read it."""

    default_code = "input.not-found"
    default_advice = "Check the path and the permissions of the file."


class MalformedEnvelope(UnreadableInput):
    """The bytes are not an edXML envelope.

    Args:
        message: what was expected and what was found.
        code: a stable dotted code.
        advice: what to do.
        line: line in the file, from 1, where known.
        column: character in that line, from 1, where known.
        offset: byte offset in the file, from 0, where known.
        element: the element in question, until its place in the file is known.
    """

    default_code = "envelope.malformed"
    default_advice = "Ask the sender to send the file again; do not repair it by hand."

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        advice: str = "",
        line: int | None = None,
        column: int | None = None,
        offset: int | None = None,
        element: Any = None,
    ) -> None:
        super().__init__(message, code=code, advice=advice)
        self.line = line
        self.column = column
        self.offset = offset
        self.element = element

    def __str__(self) -> str:
        column = "" if self.column is None else f", column {self.column}"
        where = "" if self.line is None else f" (line {self.line}{column})"
        return f"{self.args[0]}{where}"


class MalformedReceipt(UnreadableInput):
    """The bytes are not a delivery receipt."""

    default_code = "receipt.malformed"
    default_advice = "Ask the other side which program wrote it; the message will be sent again."


class MalformedDirectory(UnreadableInput):
    """The file is not a usable agency directory."""

    default_code = "directory.malformed"
    default_advice = "Correct the file where the message says."


class LimitExceeded(UnreadableInput):
    """The input is larger, deeper or longer than the limits in force allow."""

    default_code = "limit.exceeded"
    default_advice = "If the input is genuine, raise the limit named here in `Limits`."


class VerificationFailed(DocExchangeError):
    """A signature did not earn TOTAL-PASSED.

    Args:
        message: indication, sub-indication and the first reason.
        report: the whole report (``docexchange.signing.Report``).
        code: the sub-indication in lower case.
        advice: what to do.
    """

    default_code = "verification.failed"

    def __init__(self, message: str, *, report: object, code: str = "", advice: str = "") -> None:
        super().__init__(message, code=code, advice=advice)
        self.report = report


class SnapshotRefused(DocExchangeError):
    """A published directory is not what its keys vouch for, too old, or older than ours."""

    default_code = "snapshot"


class DeliveryError(DocExchangeError):
    """A message cannot be accepted, stored or moved on."""

    default_code = "delivery"


class NoRoute(DeliveryError):
    """The directory knows no way from here to the recipient."""

    default_code = "route.none"


class IllegalTransition(DeliveryError):
    """The delivery table has no row for this event in this state."""

    default_code = "delivery.illegal-transition"


class ConflictingDuplicate(DeliveryError):
    """A message id that is already known arrived with other bytes."""

    default_code = "delivery.conflict"


class StoreFailure(DeliveryError):
    """The store is damaged, full, read-only or held by another process."""

    default_code = "store.failure"


class TransportError(DocExchangeError):
    """Bytes did not reach the other side.

    Args:
        message: what was tried and what happened.
        retryable: whether trying the same again later can help.
        code: a stable dotted code.
        advice: what to do.
        retry_after_seconds: how long the other side asked us to wait; None if it did not.
        may_have_arrived: whether all bytes were sent, and only the answer is missing.
    """

    default_code = "transport"

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = True,
        code: str = "",
        advice: str = "",
        retry_after_seconds: float | None = None,
        may_have_arrived: bool = False,
    ) -> None:
        super().__init__(message, code=code, advice=advice)
        self.retryable = retryable
        self.retry_after_seconds = retry_after_seconds
        self.may_have_arrived = may_have_arrived


def halves(message: str) -> tuple[str, str]:
    """What was expected and what was found, out of a message that says both.

    Returns:
        Both; two empty texts when the message has another form.
    """
    told = _HALVES.fullmatch(message)
    return (told[1], told[2]) if told else ("", "")


def problem_text(message: str, *, code: str, advice: str) -> str:
    """What a node writes down, and tells its neighbours, of something that went wrong.

    One text that people can read as it is, and that can be taken apart again, so that whoever shows
    it may say it in another language.

    >>> problem_text("expected a, found b", code="transport", advice="Try again.")
    'expected a, found b [code transport] Try again.'

    Args:
        message: what was expected, what was found, and where.
        code: the stable code.
        advice: what to do.
    """
    return f"{message} [code {code}] {advice}".rstrip()


def problem_parts(text: str) -> tuple[str, str, str]:
    """Message, code and advice out of a text that `problem_text` made.

    Returns:
        All three; the whole text and twice nothing when it was not made so.
    """
    told = _PROBLEM.fullmatch(text)
    return (told[1], told[2], told[3] or "") if told else (text, "", "")
