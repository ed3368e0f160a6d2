"""Who vouches for it: keys, signer, verifier, trust, reports.

Start with ``SigningKey`` and ``Signer`` to sign, ``TrustStore`` and ``Verifier`` to verify.
"""

from __future__ import annotations

from docexchange.signing.certificates import Signatory
from docexchange.signing.constraints import Constraints, GoodUntil
from docexchange.signing.keys import SigningKey
from docexchange.signing.policy import VerificationPolicy
from docexchange.signing.receipts import sign_receipt, verify_receipt
from docexchange.signing.report import Report, SignatureReport
from docexchange.signing.signer import SignedEnvelope, Signer
from docexchange.signing.trust import Evidence, PathRules, TrustedPath, TrustStore
from docexchange.signing.verdicts import Indication, SubIndication
from docexchange.signing.verifier import VerifiedEnvelope, Verifier

__all__ = [
    "Constraints",
    "Evidence",
    "GoodUntil",
    "Indication",
    "PathRules",
    "Report",
    "Signatory",
    "SignatureReport",
    "SignedEnvelope",
    "Signer",
    "SigningKey",
    "SubIndication",
    "TrustStore",
    "TrustedPath",
    "VerificationPolicy",
    "VerifiedEnvelope",
    "Verifier",
    "sign_receipt",
    "verify_receipt",
]
