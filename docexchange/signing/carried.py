"""Which signatures a file carries: found where they belong, counted, or refused.

>>> elements = signatures_of(envelope, limits)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS, local_name
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.envelope.envelope import Envelope
    from docexchange.limits import Limits

__all__ = ["signatures_in", "signatures_of"]

_SIGNATURE: Final = f"{{{DS}}}Signature"


def signatures_of(envelope: Envelope, limits: Limits) -> list[_Element]:
    """The signatures in the header of a letter.

    Args:
        envelope: the letter.
        limits: bounds on their number.

    Raises:
        Refusal: there is none, there are too many, or attachments that nobody can have signed.
    """
    elements = list(envelope.header.iterchildren(_SIGNATURE))
    if envelope.unlisted:
        raise Refusal(
            SubIndication.FORMAT_FAILURE,
            f"expected only attachments that the manifest names, found {envelope.unlisted} more",
            code="signature.coverage",
            advice="Somebody added an attachment. Do not use the letter.",
        )
    if not elements:
        raise _unsigned(envelope)
    return _counted(elements, limits)


def signatures_in(root: _Element, limits: Limits) -> list[_Element]:
    """The signatures anywhere in an XML file.

    Args:
        root: of the file.
        limits: bounds on their number.

    Raises:
        Refusal: there is none, or there are too many.
    """
    elements = list(root.iter(_SIGNATURE))
    if not elements:
        raise Refusal(
            SubIndication.FORMAT_FAILURE,
            "expected a signature in the file, found none",
            code="signature.none",
        )
    return _counted(elements, limits)


def _counted(elements: list[_Element], limits: Limits) -> list[_Element]:
    # Counter-signatures count as well: each of them costs what a signature costs.
    count = len({inner for item in elements for inner in item.iter(_SIGNATURE)})
    if count > limits.signatures:
        raise Refusal(
            SubIndication.FORMAT_FAILURE,
            f"expected at most {limits.signatures} signatures, found {count}",
            code="signature.too-many",
        )
    return elements


def _unsigned(envelope: Envelope) -> Refusal:
    tags = [str(child.tag) for child in envelope.header]
    lookalikes = [tag for tag in tags if local_name(tag) in {"Signature", "DigitalSignature"}]
    if lookalikes:
        return Refusal(
            SubIndication.FORMAT_FAILURE,
            f"expected an XML signature in namespace {DS}, found a placeholder: {lookalikes[0]}",
            code="signature.placeholder",
            advice="Such an element proves nothing; treat the letter as not signed.",
        )
    return Refusal(
        SubIndication.FORMAT_FAILURE,
        "expected a signature in edXMLHeader, found none",
        code="signature.none",
        advice="Decision 28/2018/QĐ-TTg, article 4: unsigned, it is for information only.",
    )
