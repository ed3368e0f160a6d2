"""Make, sign, verify and carry official documents between government agencies.

The names here are all that most programs need; each is loaded when it is first used, so that
``import docexchange`` costs nothing. The rooms behind them, in the order data walks through:
``envelope`` → ``signing`` → ``directory`` → ``transport`` → ``routing`` → ``delivery`` → ``node``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

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

_ROOMS = {
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
    "errors": ("DocExchangeError", "InvalidEnvelope", "MalformedEnvelope", "VerificationFailed"),
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
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

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


def __getattr__(name: str) -> Any:
    """Load a public name from its room on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'docexchange' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"docexchange.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What is public."""
    return [*__all__, "__version__"]
