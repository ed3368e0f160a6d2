"""Statements that a node signs: a small XML file whose ``Content`` an agency vouches for.

Receipts are statements, and so are the lists that go with carried media: a root element, in it one
``Content`` with an ``Id``, and beside that one signature or more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from docexchange.envelope.names import DS
from docexchange.errors import UnreadableInput
from docexchange.signing.coverage import Part
from docexchange.signing.errors import Refusal
from docexchange.signing.validation import Subject
from docexchange.signing.xmldsig.references import element_ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.envelope.reading.strict_signature import StrictSignature
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.signing.report import Report
    from docexchange.signing.signer import Signer
    from docexchange.signing.verifier import Verifier

__all__ = ["Statement", "judge_statement", "judge_strictly", "sign_statement"]


class Statement(Protocol):
    """What can be signed so."""

    @property
    def label(self) -> str:
        """What reports call it."""

    @property
    def content_id(self) -> str:
        """``Id`` of the signed part."""

    @property
    def content(self) -> bytes:
        """The signed part, in exclusive canonical form."""

    @property
    def issuer(self) -> OrganId:
        """The agency that vouches for it."""

    def xml(self, signature: bytes = b"") -> bytes:
        """Write it.

        Args:
            signature: the ``ds:Signature`` over its content, once there is one.
        """


def sign_statement(statement: Statement, signer: Signer) -> bytes:
    """Write and sign a statement.

    Raises:
        UnusableKey: the certificate is not valid now.
    """
    return statement.xml(signer.signature([_part(statement, statement.content)]) + b"\n")


def judge_statement(
    statement: Statement,
    root: _Element,
    verifier: Verifier,
    *,
    message_id: MessageId | None = None,
    at: datetime | None = None,
) -> Report:
    """Judge the signature of a statement that was read from ``root``.

    Args:
        statement: what it says.
        root: the element it was read from.
        verifier: knows trust, policy and which certificate belongs to which agency.
        message_id: the message it is about, if it is about one.
        at: the moment to judge for; now when left out.

    Raises:
        UnreadableInput: it is not signed, or an ``Id`` stands there twice.
    """
    signatures = root.findall(f"{{{DS}}}Signature")
    if not signatures:
        raise UnreadableInput(
            f"expected a signature beside what {statement.label} says, found none"
        )
    try:
        ids = element_ids(root)
    except Refusal as refusal:
        raise UnreadableInput(str(refusal)) from refusal
    subject = Subject(ids=ids, attachments={}, parts=[_part(statement, root[0])])
    return verifier.judge(
        signatures, subject, sender=statement.issuer, at=at, message_id=message_id
    )


def judge_strictly(
    statement: Statement,
    content: bytes,
    signatures: Sequence[StrictSignature],
    verifier: Verifier,
    *,
    message_id: MessageId | None = None,
    at: datetime | None = None,
) -> Report | None:
    """As ``judge_statement``, of one that was read without a tree; None when it does not pass.

    Args:
        statement: what it says.
        content: the octets that this was read from, in exclusive canonical form.
        signatures: those beside it.
        verifier: knows trust, policy and which certificate belongs to which agency.
        message_id: the message it is about, if it is about one.
        at: the moment to judge for; now when left out.
    """
    return verifier.judge_strictly(
        signatures,
        [_part(statement, content)],
        sender=statement.issuer,
        at=at,
        message_id=message_id,
    )


def _part(statement: Statement, content: _Element | bytes) -> Part:
    return Part(
        label=statement.label,
        target=content,
        uri=f"#{statement.content_id}",
        media_type="text/xml",
    )
