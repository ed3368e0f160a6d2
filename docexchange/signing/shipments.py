"""Signed shipments: packed by one agency, unpacked only by the agency they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.shipment import Shipment, read_shipment
from docexchange.errors import VerificationFailed
from docexchange.signing.statements import judge_statement, sign_statement

if TYPE_CHECKING:
    from docexchange.signing.signer import Signer
    from docexchange.signing.verifier import Verifier

__all__ = ["sign_shipment", "verify_shipment"]


def sign_shipment(shipment: Shipment, signer: Signer) -> bytes:
    """Write and sign the list of a shipment.

    Raises:
        UnusableKey: the certificate is not valid now.
    """
    return sign_statement(shipment, signer)


def verify_shipment(data: bytes, verifier: Verifier) -> Shipment:
    """Read a list that its issuer vouches for.

    Args:
        data: the list.
        verifier: knows trust, policy and which certificate belongs to which agency.

    Raises:
        UnreadableInput: it is none, or not signed.
        VerificationFailed: the signature cannot be relied on, or is not the issuer's.
    """
    shipment, root = read_shipment(data)
    report = judge_statement(shipment, root, verifier)
    if not report.passed:
        raise VerificationFailed(
            f"{shipment.shipment_id}: {report.summary}",
            report=report,
            code=report.code,
            advice="Do not unpack it; ask the agency that packed the medium.",
        )
    return shipment
