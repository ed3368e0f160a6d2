"""Whom we trust: anchors, paths to them, what was revoked; at any moment, with or without network.

>>> trust = TrustStore.from_path("trust/")
>>> trust.find_path(leaf, chain, at=clock.now(), check_revocation=True).evidence
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.signing.trust.evidence import Evidence
    from docexchange.signing.trust.folder import TrustFolder
    from docexchange.signing.trust.inventory import Fault, faults
    from docexchange.signing.trust.judging import TrustedPath
    from docexchange.signing.trust.rules import DOCUMENTS, TIME_STAMPING, PathRules
    from docexchange.signing.trust.sources import Fetcher, Sources
    from docexchange.signing.trust.store import TrustStore

__all__ = [
    "DOCUMENTS",
    "TIME_STAMPING",
    "Evidence",
    "Fault",
    "Fetcher",
    "PathRules",
    "Sources",
    "TrustFolder",
    "TrustStore",
    "TrustedPath",
    "faults",
]

__getattr__ = lazily(
    __name__,
    {
        "evidence": ("Evidence",),
        "folder": ("TrustFolder",),
        "inventory": (
            "Fault",
            "faults",
        ),
        "judging": ("TrustedPath",),
        "rules": (
            "DOCUMENTS",
            "TIME_STAMPING",
            "PathRules",
        ),
        "sources": (
            "Fetcher",
            "Sources",
        ),
        "store": ("TrustStore",),
    },
)
