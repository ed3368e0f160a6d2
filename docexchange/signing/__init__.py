"""Who vouches for it: keys, signer, verifier, trust, reports.

Start with ``SigningKey`` and ``Signer`` to sign, ``TrustStore`` and ``Verifier`` to verify.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.signing.certificates import Signatory
    from docexchange.signing.constraints import Constraints, GoodUntil
    from docexchange.signing.extension import countersigned, timestamped
    from docexchange.signing.external import PreparedSignature, complete, prepare
    from docexchange.signing.keys import KeyDevice, SigningKey
    from docexchange.signing.policy import TimestampRules, VerificationPolicy
    from docexchange.signing.receipts import sign_receipt, verify_receipt
    from docexchange.signing.report import Report, SignatureReport, TimestampReport
    from docexchange.signing.shipments import sign_shipment, verify_shipment
    from docexchange.signing.signer import SignedEnvelope, Signer
    from docexchange.signing.timestamps import Poster, TsaClient
    from docexchange.signing.trust import Evidence, PathRules, TrustedPath, TrustStore
    from docexchange.signing.verdicts import Indication, SubIndication
    from docexchange.signing.verifier import VerifiedEnvelope, Verifier
    from docexchange.signing.xades.policies import SignaturePolicy

__all__ = [
    "Constraints",
    "Evidence",
    "GoodUntil",
    "Indication",
    "KeyDevice",
    "PathRules",
    "Poster",
    "PreparedSignature",
    "Report",
    "Signatory",
    "SignaturePolicy",
    "SignatureReport",
    "SignedEnvelope",
    "Signer",
    "SigningKey",
    "SubIndication",
    "TimestampReport",
    "TimestampRules",
    "TrustStore",
    "TrustedPath",
    "TsaClient",
    "VerificationPolicy",
    "VerifiedEnvelope",
    "Verifier",
    "complete",
    "countersigned",
    "prepare",
    "sign_receipt",
    "sign_shipment",
    "timestamped",
    "verify_receipt",
    "verify_shipment",
]

__getattr__ = lazily(
    __name__,
    {
        "certificates": ("Signatory",),
        "constraints": (
            "Constraints",
            "GoodUntil",
        ),
        "extension": (
            "countersigned",
            "timestamped",
        ),
        "external": (
            "PreparedSignature",
            "complete",
            "prepare",
        ),
        "keys": (
            "KeyDevice",
            "SigningKey",
        ),
        "policy": (
            "TimestampRules",
            "VerificationPolicy",
        ),
        "receipts": (
            "sign_receipt",
            "verify_receipt",
        ),
        "report": (
            "Report",
            "SignatureReport",
            "TimestampReport",
        ),
        "shipments": (
            "sign_shipment",
            "verify_shipment",
        ),
        "signer": (
            "SignedEnvelope",
            "Signer",
        ),
        "timestamps": (
            "Poster",
            "TsaClient",
        ),
        "trust": (
            "Evidence",
            "PathRules",
            "TrustedPath",
            "TrustStore",
        ),
        "verdicts": (
            "Indication",
            "SubIndication",
        ),
        "verifier": (
            "VerifiedEnvelope",
            "Verifier",
        ),
        "xades.policies": ("SignaturePolicy",),
    },
)
