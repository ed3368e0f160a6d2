"""What the signatures inside a PDF file are worth, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from docexchange.signing.report import FileVerdict, SignatureVerdict
from docexchange.signing.verdicts import Indication

if TYPE_CHECKING:
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
class PdfSignature(SignatureVerdict):
    """The verdict on one signature inside a PDF file."""

    field: str
    """Name of its form field."""
    role: str = ""
    """``agency`` where the certificate is that of an organisation, ``leader`` where it is that of
    a person in one, empty where it does not tell."""
    proved_by_document: int | None = None
    """Which of the timestamps over the document proves the best signature time, from 1; None where
    none of them does, or one of its own."""
    coverage: Coverage | None = None
    """How much of the file it covers; None where it could not be read."""
    octets: int = 0
    """How many octets of the file it covers; 0 where it could not be read."""
    changes: Changes | None = None
    """What was changed after signing, at most; None where it could not be read."""
    permissions: str = ""
    """Which changes it permits: ``NO_CHANGES``, ``FILL_FORMS``, ``ANNOTATE`` (DocMDP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfReport(FileVerdict):
    """The verdict on a PDF file; INDETERMINATE where there is no signature to judge."""

    indication: Indication = Indication.INDETERMINATE
    """The verdict."""
    name: str
    """The file."""
    uri: str = ""
    """The attachment (``cid:``); empty for a file of its own."""
    state: PdfState
    """What was found in it."""
    octets: int = 0
    """How large the file is; 0 where it holds no signature to be judged."""
    signatures: tuple[PdfSignature, ...] = ()
    """One report for each, in the order they were made."""
    timestamps: tuple[TimestampReport, ...] = ()
    """Timestamps over the document."""

    @property
    def failed(self) -> bool:
        """Whether the verdict is TOTAL-FAILED."""
        return self.indication is Indication.TOTAL_FAILED
