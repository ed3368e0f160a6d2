"""Signed receipts: made by the node that received, checked by the node that sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.reading.strict_receipt import read_strict_receipt
from docexchange.envelope.receipt import Receipt, read_receipt
from docexchange.errors import MalformedReceipt, UnreadableInput, VerificationFailed
from docexchange.signing.statements import judge_statement, judge_strictly, sign_statement

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.signing.report import Report
    from docexchange.signing.signer import Signer
    from docexchange.signing.verifier import Verifier

__all__ = ["judge_receipt", "sign_receipt", "verify_receipt"]


def sign_receipt(receipt: Receipt, signer: Signer) -> bytes:
    """Write and sign a receipt.

    Raises:
        UnusableKey: the certificate is not valid now.
    """
    return sign_statement(receipt, signer)


def verify_receipt(data: bytes, verifier: Verifier, *, at: datetime | None = None) -> Receipt:
    """Read a receipt that its issuer vouches for.

    Args:
        data: the receipt.
        verifier: knows trust, policy and which certificate belongs to which agency.
        at: the moment to judge for; now when left out.

    Raises:
        MalformedReceipt: it is no receipt, or not signed.
        VerificationFailed: the signature cannot be relied on, or is not the issuer's.
    """
    receipt, report = verifier.examine_receipt(data, at=at)
    if not report.passed:
        raise VerificationFailed(
            f"receipt for {receipt.message_id}: {report.summary}",
            report=report,
            code=report.code,
            advice="The receipt proves nothing; the message will be sent again.",
        )
    return receipt


def judge_receipt(data: bytes, verifier: Verifier, *, at: datetime) -> tuple[Receipt, Report]:
    """Read a receipt and judge its signature, for ``Verifier.examine_receipt``.

    Args:
        data: the receipt.
        verifier: knows trust, policy and which certificate belongs to which agency.
        at: the moment to judge for, timezone-aware.

    Raises:
        MalformedReceipt: it is no receipt, or not signed.
    """
    strict = read_strict_receipt(data)
    if strict is not None:
        receipt, about = strict.receipt, strict.receipt.message_id
        report = judge_strictly(*strict, verifier, message_id=about, at=at)
        if report is not None:
            return receipt, report
    receipt, root = read_receipt(data)
    try:
        return receipt, judge_statement(
            receipt, root, verifier, message_id=receipt.message_id, at=at
        )
    except UnreadableInput as error:
        raise MalformedReceipt(str(error)) from error
