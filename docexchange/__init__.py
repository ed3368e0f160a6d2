"""Make, sign, verify and carry official documents between government agencies.

The names here are all that most programs need; each is loaded when it is first used, so that
``import docexchange`` costs nothing. The rooms behind them, in the order data walks through:
``envelope`` → ``signing`` → ``directory`` → ``transport`` → ``routing`` → ``delivery`` → ``node``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.clock import SystemClock, VirtualClock
    from docexchange.directory import Directory, DirectoryEntry
    from docexchange.envelope import (
        Attachment,
        Document,
        DocumentBuilder,
        Envelope,
        Organization,
        Receipt,
        ResponseFor,
        Status,
        StatusCode,
        status_of,
    )
    from docexchange.errors import (
        DocExchangeError,
        InvalidEnvelope,
        MalformedEnvelope,
        VerificationFailed,
    )
    from docexchange.identifiers import ContentId, DocumentId, MessageId, OrganId
    from docexchange.limits import Limits
    from docexchange.node import Node
    from docexchange.routing import route
    from docexchange.signing import (
        Indication,
        SignedEnvelope,
        Signer,
        SigningKey,
        SubIndication,
        TrustStore,
        VerificationPolicy,
        VerifiedEnvelope,
        Verifier,
    )

__version__ = "0.1.0"

__all__ = [
    "Attachment",
    "ContentId",
    "Directory",
    "DirectoryEntry",
    "DocExchangeError",
    "Document",
    "DocumentBuilder",
    "DocumentId",
    "Envelope",
    "Indication",
    "InvalidEnvelope",
    "Limits",
    "MalformedEnvelope",
    "MessageId",
    "Node",
    "OrganId",
    "Organization",
    "Receipt",
    "ResponseFor",
    "SignedEnvelope",
    "Signer",
    "SigningKey",
    "Status",
    "StatusCode",
    "SubIndication",
    "SystemClock",
    "TrustStore",
    "VerificationFailed",
    "VerificationPolicy",
    "VerifiedEnvelope",
    "Verifier",
    "VirtualClock",
    "route",
    "status_of",
]

__getattr__ = lazily(
    __name__,
    {
        "clock": ("SystemClock", "VirtualClock"),
        "directory": ("Directory", "DirectoryEntry"),
        "envelope": (
            "Attachment",
            "Document",
            "DocumentBuilder",
            "Envelope",
            "Organization",
            "Receipt",
            "ResponseFor",
            "Status",
            "StatusCode",
            "status_of",
        ),
        "errors": (
            "DocExchangeError",
            "InvalidEnvelope",
            "MalformedEnvelope",
            "VerificationFailed",
        ),
        "identifiers": ("ContentId", "DocumentId", "MessageId", "OrganId"),
        "limits": ("Limits",),
        "node": ("Node",),
        "routing": ("route",),
        "signing": (
            "Indication",
            "SignedEnvelope",
            "Signer",
            "SigningKey",
            "SubIndication",
            "TrustStore",
            "VerificationPolicy",
            "VerifiedEnvelope",
            "Verifier",
        ),
    },
)


def __dir__() -> list[str]:
    """What is public."""
    return [*__all__, "__version__"]
