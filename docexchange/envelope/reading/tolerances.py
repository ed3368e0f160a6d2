"""Tolerances: what readers put up with though the strict dialect does not have it.

Each use of one is a finding whose code begins with ``D.`` (for dialect); the path says where.
``docexchange validate --strict`` refuses them. A tolerance changes how a value is found, never
which bytes a signature is held against.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from docexchange.envelope.reading.findings import Finding

__all__ = ["Tolerance", "tolerated"]


class Tolerance(StrEnum):
    """The codes, one for each thing put up with."""

    NAMESPACE = "D.namespace"
    """Elements of a namespace other than that of QCVN 102, or of none."""
    PREFIX = "D.prefix"
    """Another prefix than the literal ``edXML:``."""
    SOAP = "D.soap"
    """The letter stands inside a SOAP envelope."""
    ENCODING = "D.encoding"
    """UTF-16, or a declaration of it."""
    ORDER = "D.order"
    """Elements in another order than that of the Java SDK."""
    UNKNOWN_ELEMENT = "D.unknown-element"
    """An element that neither the standard nor the SDK knows; it is kept and not read."""
    UNKNOWN_ATTRIBUTE = "D.unknown-attribute"
    """An attribute that the strict dialect does not have; it is kept and not read."""
    STRAY_TEXT = "D.stray-text"
    """Text between elements, where nobody looks for any."""
    EMPTY = "D.empty"
    """Elements with nothing inside, which the SDK leaves out."""
    DATE = "D.date"
    """A date in another form than ``yyyy/MM/dd``."""
    TIMESTAMP = "D.timestamp"
    """A moment in another form than ``yyyy/MM/dd HH:mm:ss``."""
    PLACEHOLDER = "D.placeholder"
    """A text such as ``null`` or ``N/A`` in place of nothing."""
    EMPTY_RESPONSE = "D.empty-response"
    """A ``ResponseFor`` with nothing inside."""
    STATUS_CODE = "D.status-code"
    """A status code that is not of two digits."""
    TRACE_ORGAN = "D.trace-organ-id"
    """A trace header that does not say whose it is."""
    CONTENT_ID = "D.content-id"
    """Content ids without ``cid:`` in front."""
    HREF = "D.href"
    """A manifest entry that names its attachment in ``xlink:href``, alone or a second time."""
    ATTACHMENTS_INSIDE = "D.attachments-inside"
    """``AttachmentEncoded`` inside the envelope element instead of behind it."""
    BASE64 = "D.base64"
    """Line breaks or spaces in base64."""
    SELF_CLOSED = "D.self-closed"
    """An attachment of no octets, written as one empty tag."""
    CONTENT_TYPE = "D.content-type"
    """A PDF that calls itself something else."""
    ZIPPED = "D.zipped"
    """A ZIP archive that calls itself something else."""
    LEADING_BYTES = "D.leading-bytes"
    """Bytes before the XML declaration."""


_ADVICE: Final = {
    Tolerance.NAMESPACE: "Tell the sender: central systems reject this namespace.",
    Tolerance.PREFIX: "Tell the sender: central systems reject any prefix but edXML.",
    Tolerance.SOAP: "Tell the sender to send the edXML file itself.",
    Tolerance.TRACE_ORGAN: "Nothing to do: access points on the way write this, not the sender.",
    Tolerance.UNKNOWN_ELEMENT: "Nothing to do: it is kept. What it says is not shown to anybody.",
    Tolerance.UNKNOWN_ATTRIBUTE: "Nothing to do: it is kept. What it says is not shown to anybody.",
    Tolerance.STRAY_TEXT: "Ask the sender what it means: no program shows it.",
    Tolerance.PLACEHOLDER: "Tell the sender to leave the element out; it is taken as absent.",
    Tolerance.ZIPPED: "Nothing to do: Attachment.inflated() gives the file inside.",
}
_USUAL_ADVICE: Final = "Tell the sender: stricter systems may refuse the letter."


def tolerated(tolerance: Tolerance, path: str, *, expected: str, found: str) -> Finding:
    """The finding about a tolerance in use.

    Args:
        tolerance: which one.
        path: where, as an element path.
        expected: what the strict dialect has there.
        found: what stands there.
    """
    return Finding(
        code=str(tolerance),
        path=path,
        message=f"expected {expected}, found {found}",
        advice=_ADVICE.get(tolerance, _USUAL_ADVICE),
    )
