"""Helpers for tests and demonstrations: a throw-away PKI, sample files, measured processes.

::

    from datetime import UTC, datetime
    from docexchange.testing import DemoPki

    pki = DemoPki.create(at=datetime(2026, 3, 2, 2, tzinfo=UTC), key="p256")
    assert pki.agency("commune").name == "UBND xã An Thạnh"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.testing._profile import subject_name
    from docexchange.testing.agencies import FOUR_TIERS, DemoAgency
    from docexchange.testing.authority import Authority
    from docexchange.testing.bad_line import BadLine, Fate, cut_every
    from docexchange.testing.credentials import Credential, KeyKind, PrivateKey, new_key
    from docexchange.testing.extensions import (
        access,
        freshest,
        names,
        ocsp_responder,
        points,
        policies,
        policy_constraints,
        purposes,
    )
    from docexchange.testing.loopback import Loopback, Page
    from docexchange.testing.nodes import write_nodes
    from docexchange.testing.pki import DemoPki
    from docexchange.testing.processes import Finished, run_measured
    from docexchange.testing.responder import OcspResponder
    from docexchange.testing.revocation_lists import RevocationList
    from docexchange.testing.samples import scan_pdf, text_pdf
    from docexchange.testing.served import free_ports, server_credential, write_served_nodes
    from docexchange.testing.timestamps import TimestampAuthority
    from docexchange.testing.trust_services import ServedOcsp, ServedTsa
    from docexchange.testing.validity import Validity

__all__ = [
    "FOUR_TIERS",
    "Authority",
    "BadLine",
    "Credential",
    "DemoAgency",
    "DemoPki",
    "Fate",
    "Finished",
    "KeyKind",
    "Loopback",
    "OcspResponder",
    "Page",
    "PrivateKey",
    "RevocationList",
    "ServedOcsp",
    "ServedTsa",
    "TimestampAuthority",
    "Validity",
    "access",
    "cut_every",
    "free_ports",
    "freshest",
    "names",
    "new_key",
    "ocsp_responder",
    "points",
    "policies",
    "policy_constraints",
    "purposes",
    "run_measured",
    "scan_pdf",
    "server_credential",
    "subject_name",
    "text_pdf",
    "write_nodes",
    "write_served_nodes",
]

__getattr__ = lazily(
    __name__,
    {
        "_profile": ("subject_name",),
        "agencies": (
            "FOUR_TIERS",
            "DemoAgency",
        ),
        "authority": ("Authority",),
        "bad_line": (
            "BadLine",
            "Fate",
            "cut_every",
        ),
        "credentials": (
            "Credential",
            "KeyKind",
            "PrivateKey",
            "new_key",
        ),
        "extensions": (
            "access",
            "freshest",
            "names",
            "ocsp_responder",
            "points",
            "policies",
            "policy_constraints",
            "purposes",
        ),
        "loopback": (
            "Loopback",
            "Page",
        ),
        "nodes": ("write_nodes",),
        "pki": ("DemoPki",),
        "processes": (
            "Finished",
            "run_measured",
        ),
        "responder": ("OcspResponder",),
        "revocation_lists": ("RevocationList",),
        "samples": (
            "scan_pdf",
            "text_pdf",
        ),
        "served": (
            "free_ports",
            "server_credential",
            "write_served_nodes",
        ),
        "timestamps": ("TimestampAuthority",),
        "trust_services": (
            "ServedOcsp",
            "ServedTsa",
        ),
        "validity": ("Validity",),
    },
)
