"""The report: everything a verdict stands on, as values."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from docexchange.signing.verdicts import Indication, SubIndication

if TYPE_CHECKING:
    from docexchange.envelope.findings import Finding
    from docexchange.signing.certificates import Signatory

__all__ = ["Covered", "Report", "SignatureReport", "Step", "TimestampReport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One numbered step of the validation."""

    number: int
    """From 1."""
    name: str
    """What was checked."""
    passed: bool | None
    """Whether it held; None when it was not checked."""
    detail: str = ""
    """What was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One part of the letter that a signature covers."""

    label: str
    """The part, as people call it."""
    uri: str
    """The reference to it."""
    intact: bool
    """Whether its digest holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampReport:
    """What one timestamp of a signature is worth."""

    indication: Indication
    """The verdict; only one that passed counts."""
    sub_indication: SubIndication | None = None
    """Why it does not count."""
    reason: str = ""
    """The same in words."""
    code: str = ""
    """The same as a stable code."""
    advice: str = ""
    """What to do."""
    time: datetime | None = None
    """The time it tells; proved only if it passed."""
    accuracy_seconds: float | None = None
    """How far that may be off."""
    authority: Signatory | None = None
    """Who made it; None unless it passed."""
    policy: str = ""
    """OID of the policy it was made under."""

    @property
    def passed(self) -> bool:
        """Whether it counts."""
        return self.indication is Indication.TOTAL_PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """The verdict on one signature."""

    indication: Indication
    """The verdict."""
    sub_indication: SubIndication | None = None
    """Why it did not pass."""
    reason: str = ""
    """The same in words: expected, found."""
    code: str = ""
    """The same as a stable code."""
    advice: str = ""
    """What to do."""
    level: str = ""
    """``XAdES-B-B``; ``XAdES-B-T`` with a good timestamp; empty where the form is not known."""
    signatory: Signatory | None = None
    """Whom the signing certificate names."""
    roles: tuple[str, ...] = ()
    """Roles the signer claims."""
    signing_time: datetime | None = None
    """When the signer claims to have signed; proves nothing."""
    best_signature_time: datetime | None = None
    """The earliest time at which the signature is proved to have existed."""
    timestamps: tuple[TimestampReport, ...] = ()
    """What each timestamp over it is worth."""
    counter_signatures: tuple[SignatureReport, ...] = ()
    """The verdict on each signature over it."""
    policy: str = ""
    """OID of the signature policy signed under; empty for none, or for one that is not known."""
    algorithm: str = ""
    """Signature algorithm."""
    coverage: tuple[Covered, ...] = ()
    """What it covers."""
    steps: tuple[Step, ...] = ()
    """The steps taken, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict on a file: that of its worst signature."""

    indication: Indication
    """The verdict."""
    sub_indication: SubIndication | None = None
    """Why it did not pass."""
    reason: str = ""
    """The same in words."""
    code: str = ""
    """The same as a stable code."""
    advice: str = ""
    """What to do."""
    message_id: str = ""
    """The message's own id."""
    checked_at: datetime
    """The time as of which everything was judged."""
    signatures: tuple[SignatureReport, ...] = ()
    """One report for each."""
    uncovered: tuple[str, ...] = ()
    """Parts that should be signed and are not."""
    findings: tuple[Finding, ...] = ()
    """What is not as the edXML standard says; it does not change the verdict."""

    @property
    def passed(self) -> bool:
        """Whether the verdict is TOTAL-PASSED."""
        return self.indication is Indication.TOTAL_PASSED

    @property
    def summary(self) -> str:
        """Verdict, sub-indication and reason in one line."""
        words = [self.indication.value, self.sub_indication or "", self.reason]
        return " · ".join(word for word in words if word)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values for JSON; times in ISO 8601."""
        plain: dict[str, Any] = _plain(dataclasses.asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"value"}:  # an identifier is its text
            return value["value"]
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value
