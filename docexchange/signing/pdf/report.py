"""What the signatures inside a PDF file are worth, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from docexchange.signing.report import as_plain
from docexchange.signing.verdicts import Indication, SubIndication

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.envelope.findings import Finding
    from docexchange.signing.certificates import Signatory
    from docexchange.signing.pdf.facts import Changes, Coverage
    from docexchange.signing.report import TimestampReport

__all__ = ["PdfReport", "PdfSignature", "PdfState"]


class PdfState(StrEnum):
    """What was found in a file."""

    SIGNED = "signed"
    UNSIGNED = "not signed"
    UNREADABLE = "unreadable"
    UNCHECKED = "not checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSignature:
    """The verdict on one signature inside a PDF file."""

    field: str
    """Name of its form field."""
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
    """``PAdES-B-B``; ``PAdES-B-T`` with a good timestamp; ``CMS`` for the older form."""
    signatory: Signatory | None = None
    """Whom the signing certificate names."""
    role: str = ""
    """``agency`` where the certificate is that of an organisation, ``leader`` where it is that of
    a person in one, empty where it does not tell."""
    signing_time: datetime | None = None
    """When the signer claims to have signed; proves nothing."""
    best_signature_time: datetime | None = None
    """The earliest time at which the signature is proved to have existed."""
    timestamps: tuple[TimestampReport, ...] = ()
    """What each timestamp over it is worth."""
    coverage: Coverage | None = None
    """How much of the file it covers; None where it could not be read."""
    changes: Changes | None = None
    """What was changed after signing, at most; None where it could not be read."""
    permissions: str = ""
    """Which changes it permits: ``NO_CHANGES``, ``FILL_FORMS``, ``ANNOTATE`` (DocMDP)."""

    @property
    def passed(self) -> bool:
        """Whether the verdict is TOTAL-PASSED."""
        return self.indication is Indication.TOTAL_PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfReport:
    """The verdict on a PDF file: that of its worst signature."""

    name: str
    """The file."""
    uri: str = ""
    """The attachment (``cid:``); empty for a file of its own."""
    state: PdfState
    """What was found in it."""
    indication: Indication = Indication.INDETERMINATE
    """The verdict; INDETERMINATE where there is no signature to judge."""
    sub_indication: SubIndication | None = None
    """Why it did not pass."""
    reason: str = ""
    """The same in words: expected, found."""
    code: str = ""
    """The same as a stable code."""
    advice: str = ""
    """What to do."""
    checked_at: datetime
    """The time as of which everything was judged."""
    signatures: tuple[PdfSignature, ...] = ()
    """One report for each, in the order they were made."""
    timestamps: tuple[TimestampReport, ...] = ()
    """Timestamps over the document."""
    findings: tuple[Finding, ...] = ()
    """What is not as it should be and does not change the verdict."""

    @property
    def passed(self) -> bool:
        """Whether the verdict is TOTAL-PASSED."""
        return self.indication is Indication.TOTAL_PASSED

    @property
    def failed(self) -> bool:
        """Whether the verdict is TOTAL-FAILED."""
        return self.indication is Indication.TOTAL_FAILED

    def as_json(self) -> dict[str, Any]:
        """The report as plain values for JSON; times in ISO 8601."""
        return as_plain(self)
