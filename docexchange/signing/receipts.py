"""Signed receipts: made by the node that received, checked by the node that sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.names import DS
from docexchange.envelope.receipt import Receipt, read_receipt, receipt_xml
from docexchange.envelope.xml import parse
from docexchange.errors import MalformedReceipt, VerificationFailed
from docexchange.signing.coverage import Part
from docexchange.signing.errors import Refusal
from docexchange.signing.validation import Subject
from docexchange.signing.xmldsig.references import element_ids

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.signing.signer import Signer
    from docexchange.signing.verifier import Verifier

__all__ = ["sign_receipt", "verify_receipt"]


def sign_receipt(receipt: Receipt, signer: Signer) -> bytes:
    """Write and sign a receipt.

    Raises:
        UnusableKey: the certificate is not valid now.
    """
    content = parse(receipt_xml(receipt))[0]
    return receipt_xml(receipt, signer.signature([_part(receipt, content)]) + b"\n")


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
    receipt, root = read_receipt(data)
    signatures = root.findall(f"{{{DS}}}Signature")
    if not signatures:
        raise MalformedReceipt("expected a signed receipt, found one without a signature")
    try:
        ids = element_ids(root)
    except Refusal as refusal:
        raise MalformedReceipt(str(refusal)) from refusal
    subject = Subject(ids=ids, attachments={}, parts=[_part(receipt, root[0])])
    report = verifier.judge(
        signatures, subject, sender=receipt.issuer, at=at, message_id=receipt.message_id
    )
    if not report.passed:
        raise VerificationFailed(
            f"receipt for {receipt.message_id}: {report.summary}",
            report=report,
            code=report.code,
            advice="The receipt proves nothing; the message will be sent again.",
        )
    return receipt


def _part(receipt: Receipt, content: _Element) -> Part:
    return Part(
        label="receipt", target=content, uri=f"#{receipt.content_id}", media_type="text/xml"
    )
