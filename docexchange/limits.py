"""How much of anything we are willing to look at: one frozen object, passed down.

Every limit stands against an attack that is cheap for the sender and dear for the reader. Raise one
for a link that needs it: ``replace(Limits(), attachments=50_000)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from docexchange.errors import LimitExceeded

__all__ = ["KIB", "MIB", "FetchLimits", "Limits"]

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one envelope and on its way."""

    envelope_bytes: int = 16 * 1024 * MIB
    """The whole file, attachments included."""
    skeleton_bytes: int = 16 * MIB
    """Everything but attachment text: 10,000 attachments need about 7 MiB."""
    tag_bytes: int = 64 * KIB
    """One start tag with its attributes, one comment, or one processing instruction."""
    depth: int = 64
    """Nested elements; a real envelope has 9."""
    elements: int = 500_000
    """Elements of the skeleton."""
    attachments: int = 10_000
    """Attachments of one envelope."""
    attachment_bytes: int = 8 * 1024 * MIB
    """One attachment, decoded."""
    inflated_bytes: int = 512 * MIB
    """The file inside a zipped attachment."""
    inflation_ratio: int = 200
    """How many times larger than its archive that file may be; the worst of deflate is 1032."""
    signatures: int = 16
    """Signatures of one envelope."""
    references: int = 10_016
    """References of one signature: every attachment, and the fixed ones."""
    certificates: int = 32
    """Certificates carried by one signature."""
    transforms: int = 16
    """Transforms of one reference; real ones have two."""
    xpath_characters: int = 4096
    """Characters of one XPath expression in a signature."""
    signature_nodes: int = 1_000_000
    """Nodes (elements, texts, attributes, namespaces in force) that a signature may select from."""
    signature_steps: int = 2_000_000
    """Nodes that all XPath of one signature may look at: some seconds."""
    signed_bytes: int = 256 * MIB
    """Canonical octets that one signature may have us write and digest, attachments not counted."""
    recipients: int = 500
    """Recipients that one parcel names; since 2025 no province has more communes than 168."""
    hops: int = 16
    """Trace headers before a letter is taken to be going in circles."""
    clock_skew_seconds: int = 300
    """How far another machine's clock may be ahead of ours."""
    receipt_bytes: int = 64 * KIB
    """One delivery receipt."""
    pdf_bytes: int = 512 * MIB
    """A signed PDF file; it is copied to a temporary file, not to memory."""
    pdf_memory_bytes: int = 1024 * MIB
    """Memory of the process that reads one signed PDF file."""
    pdf_seconds: int = 30
    """Time of that process; each thousand objects of a file signed twice take a third of one."""
    signed_pdfs: int = 16
    """Signed PDF files of one letter that are looked into."""

    def hold(self, name: str, amount: int, *, found: str = "") -> None:
        """Refuse an amount beyond one of the limits.

        Args:
            name: of the limit (``attachments``).
            amount: what there is; reading stops at the limit, so there may be more.
            found: the same in words.

        Raises:
            LimitExceeded: it is more than that; the code is ``limit.`` and the name.
        """
        most = getattr(self, name)
        if amount > most:
            raise LimitExceeded(
                f"expected at most {most} {_WORDS[name]} ({name}), found {found or 'more'}",
                code=f"limit.{name.replace('_', '-')}",
            )


_WORDS: Final = {
    "envelope_bytes": "bytes",
    "skeleton_bytes": "bytes outside attachments",
    "tag_bytes": "bytes in a tag",
    "depth": "nested elements",
    "elements": "elements",
    "attachments": "attachments",
    "attachment_bytes": "octets in an attachment",
    "inflated_bytes": "octets in an archive",
    "inflation_ratio": "times as many octets as the archive has",
    "receipt_bytes": "bytes in a receipt",
    "pdf_bytes": "bytes in a signed PDF",
    "signed_pdfs": "signed PDF files in a letter",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Bounds on what is fetched because a certificate names an address."""

    octets: int = 64 * MIB
    """One answer; the largest revocation lists of national authorities have some 10 MiB."""
    seconds: float = 10.0
    """One answer, from the first octet sent to the last received, redirects included."""
    redirects: int = 3
    """How often an answer may send us elsewhere."""
    requests: int = 12
    """Requests for one certificate path."""
