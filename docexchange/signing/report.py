"""The report: everything a verdict stands on, as values."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from docexchange.signing.verdicts import Indication, SubIndication

if TYPE_CHECKING:
    from docexchange.envelope.findings import Finding
    from docexchange.signing.certificates import Signatory
    from docexchange.signing.pdf.report import PdfReport
    from docexchange.signing.trust.evidence import Evidence

__all__ = [
    "ChainCertificate",
    "Covered",
    "Report",
    "SignatureReport",
    "Step",
    "TimestampReport",
    "Uncovered",
    "as_plain",
]


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
    """One reference of a signature, and what it covers: an entry of the map of what is signed."""

    label: str
    """What it points to, as people call it."""
    uri: str
    """The reference to it."""
    intact: bool
    """Whether its digest holds."""
    octets: int
    """How many octets the digest is over; of a broken one, how many there are now. 0 where that is
    not known."""
    digest: str
    """Digest algorithm, by the name people know."""
    parts: tuple[str, ...] = ()
    """Labels of the parts of the letter that are wholly under it."""
    whole: bool = True
    """Whether all of what it points to is under it, the signature itself left out; a transform
    that chooses may have dropped what matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """Something that no signature covers."""

    label: str
    """The part, as people call it; or the path of an element."""
    octets: int
    """How large it is, as it would be signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCertificate:
    """One certificate on the path from a signer to an anchor."""

    subject: str
    """Distinguished name."""
    sha256: str
    """SHA-256 of its DER, in hexadecimal."""
    not_before: datetime
    """Valid from, UTC."""
    not_after: datetime
    """Valid to, UTC."""


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
    sha256: str = ""
    """SHA-256 of its token's DER, in hexadecimal; empty where there is none to be read."""

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
    proved_by: int | None = None
    """Which of the timestamps proves that, from 1; None where only the moment of this check does.
    """
    timestamps: tuple[TimestampReport, ...] = ()
    """What each timestamp over it is worth."""
    counter_signatures: tuple[SignatureReport, ...] = ()
    """The verdict on each signature over it."""
    policy: str = ""
    """OID of the signature policy signed under; empty for none, or for one that is not known."""
    algorithm: str = ""
    """Signature algorithm."""
    algorithm_name: str = ""
    """The same by the name people know."""
    foreign: bool = False
    """Whether it is of another form than our profile."""
    chain: tuple[ChainCertificate, ...] = ()
    """The certificates from the signer's to the anchor, once a path was found."""
    evidence: tuple[Evidence, ...] = ()
    """The revocation lists and answers which show that nobody on it was revoked."""
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
    uncovered: tuple[Uncovered, ...] = ()
    """Parts that should be signed and are not; of any other XML, all that no signature covers."""
    findings: tuple[Finding, ...] = ()
    """What is not as the edXML standard says; it does not change the verdict."""
    attachments: tuple[PdfReport, ...] = ()
    """What the signatures inside attached PDF files are worth, where the policy wants to know."""

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
        return as_plain(self)


def as_plain(report: Any) -> dict[str, Any]:
    """A report as plain values for JSON; times in ISO 8601.

    Args:
        report: a dataclass of this module, or one that holds them.
    """
    plain: dict[str, Any] = _plain(report)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, str) or value is None:  # most are
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    names = _names(type(value))  # type: ignore[arg-type, unused-ignore]
    if names == ("value",):  # an identifier is its text
        return _plain(value.value)
    return {name: _plain(getattr(value, name)) for name in names} if names else value


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """Names of the fields of a dataclass; none of anything else."""
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return tuple(field.name for field in fields)
