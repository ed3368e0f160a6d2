"""Signatures inside PDF files (PAdES): read apart by pyHanko, judged by our own trust.

>>> from docexchange.signing.pdf import examine_pdf
>>> report = examine_pdf(attachment, name="quyết định.pdf", trust=trust, policy=policy, at=now)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.signing.pdf.examining import examine_pdf
    from docexchange.signing.pdf.facts import Changes, Coverage
    from docexchange.signing.pdf.report import PdfReport, PdfSignature, PdfState

__all__ = ["Changes", "Coverage", "PdfReport", "PdfSignature", "PdfState", "examine_pdf"]

__getattr__ = lazily(
    __name__,
    {
        "examining": ("examine_pdf",),
        "facts": ("Changes", "Coverage"),
        "report": ("PdfReport", "PdfSignature", "PdfState"),
    },
)
