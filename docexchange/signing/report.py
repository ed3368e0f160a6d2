"""The report: everything a verdict stands on, as values."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from docexchange.signing.verdicts import Indication, SubIndication

if TYPE_CHECKING:
    from docexchange.envelope.reading.findings import Finding
    from docexchange.signing.certificates import Signatory
    from docexchange.signing.errors import Refusal
    from docexchange.signing.pdf.report import PdfReport
    from docexchange.signing.trust.evidence import Evidence

__all__ = [
    "ChainCertificate",
    "Covered",
    "FileVerdict",
    "Report",
    "SignatureReport",
    "SignatureVerdict",
    "Step",
    "TimestampReport",
    "TracedVerdict",
    "Uncovered",
    "Verdict",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A verdict, and why it is none better."""

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

    @classmethod
    def refused(cls, refusal: Refusal, **told: Any) -> Self:
        """The verdict of a refusal.

        Args:
            refusal: why it does not pass.
            told: the other fields.
        """
        return cls(
            indication=refusal.sub_indication.indication,
            sub_indication=refusal.sub_indication,
            reason=str(refusal),
            code=refusal.code,
            advice=refusal.advice,
            **told,
        )

    @property
    def passed(self) -> bool:
        """Whether the verdict is TOTAL-PASSED."""
        return self.indication is Indication.TOTAL_PASSED

    @property
    def summary(self) -> str:
        """Verdict, sub-indication and reason in one line."""
        words = [self.indication.value, self.sub_indication or "", self.reason]
        return " · ".join(word for word in words if word)


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
class TracedVerdict(Verdict):
    """The verdict on something whose maker must be trusted, and what that stands on."""

    algorithm_name: str = ""
    """What it was signed with, by the name people know."""
    chain: tuple[ChainCertificate, ...] = ()
    """The certificates from the maker's to the anchor, once a path was found."""
    evidence: tuple[Evidence, ...] = ()
    """The revocation lists and answers which show that nobody on it was revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampReport(TracedVerdict):
    """What one timestamp is worth; only one that passed counts."""

    time: datetime | None = None
    """The time it tells; proved only if it passed."""
    accuracy_seconds: float | None = None
    """How far that may be off."""
    authority: Signatory | None = None
    """Who made it; None unless it passed."""
    policy: str = ""
    """OID of the policy it was made under."""
    digest: str = ""
    """What the stamped octets were digested with, by the name people know."""
    sha256: str = ""
    """SHA-256 of its token's DER, in hexadecimal; empty where there is none to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureVerdict(TracedVerdict):
    """The verdict on one signature of any kind."""

    level: str = ""
    """``XAdES-B-B``; ``XAdES-B-T`` with a good timestamp; in PDF files ``PAdES-B-B`` and so on, or
    ``CMS`` for the older form; empty where the form is not known."""
    signatory: Signatory | None = None
    """Whom the signing certificate names."""
    signing_time: datetime | None = None
    """When the signer claims to have signed; proves nothing."""
    best_signature_time: datetime | None = None
    """The earliest time at which the signature is proved to have existed."""
    proved_by: int | None = None
    """Which of the timestamps proves that, from 1; None where none of them does."""
    timestamps: tuple[TimestampReport, ...] = ()
    """What each timestamp over it is worth."""
    steps: tuple[Step, ...] = ()
    """The steps taken, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport(SignatureVerdict):
    """The verdict on one XML signature."""

    roles: tuple[str, ...] = ()
    """Roles the signer claims."""
    counter_signatures: tuple[SignatureReport, ...] = ()
    """The verdict on each signature over it."""
    policy: str = ""
    """OID of the signature policy signed under; empty for none, or for one that is not known."""
    algorithm: str = ""
    """Signature algorithm, as its URI."""
    foreign: bool = False
    """Whether it is of another form than our profile."""
    coverage: tuple[Covered, ...] = ()
    """What it covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict(Verdict):
    """The verdict on a file: that of its worst signature."""

    checked_at: datetime
    """The time as of which everything was judged."""
    findings: tuple[Finding, ...] = ()
    """What is not as it should be; it does not change the verdict."""

    def as_json(self) -> dict[str, Any]:
        """The report as plain values for JSON; times in ISO 8601."""
        plain: dict[str, Any] = _plain(self)
        return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(FileVerdict):
    """The verdict on a letter, or on any other XML."""

    message_id: str = ""
    """The message's own id."""
    signatures: tuple[SignatureReport, ...] = ()
    """One report for each."""
    uncovered: tuple[Uncovered, ...] = ()
    """Parts that should be signed and are not; of any other XML, all that no signature covers."""
    attachments: tuple[PdfReport, ...] = ()
    """What the signatures inside attached PDF files are worth, where the policy wants to know."""


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
