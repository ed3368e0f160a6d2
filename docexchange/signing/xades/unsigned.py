"""What stands beside a signature without being signed: timestamps, counter-signatures, and more.

Anybody can put something here, so nothing here is believed for standing here; and what no standard
knows is refused, for nobody could say what it is for (EN 319 132-1, clauses 5.3 to 5.5). The schema
lets other systems put in properties of their own: of those the names alone are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.base64_stream import decode_spaced, encode
from docexchange.envelope.names import DS, local_name
from docexchange.envelope.xml import leaf_text
from docexchange.errors import MalformedEnvelope
from docexchange.signing.errors import malformed
from docexchange.signing.xades.names import XADES, XADES_141, XADES_RECORDS, xades
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N, Canonicalization
from docexchange.signing.xmldsig.element import read_method
from docexchange.signing.xmldsig.model import Transform

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "UnsignedProperties",
    "counter_signature_xml",
    "read_stamp",
    "read_unsigned",
    "timestamp_xml",
    "unsigned_xml",
]

MAX_UNSIGNED: Final = 32
"""Properties of one signature; each timestamp costs a path to be judged."""
_STAMP, _COUNTER = xades("SignatureTimeStamp"), xades("CounterSignature")
_ENCAPSULATED: Final = xades("EncapsulatedTimeStamp")
_METHOD: Final = f"{{{DS}}}CanonicalizationMethod"
_OF_STANDARDS: Final = (f"{{{DS}", "{http://uri.etsi.org/")
"""Namespaces of XML signatures and of what ETSI adds, in all their versions, end so or go on."""
_IMPLIED: Final = Transform(Canonicalization.INCLUSIVE, has_parameters=False)
"""XMLDSig: where no method is named, it is inclusive canonical XML 1.0."""
_LATER: Final = {
    *map(
        xades,
        (
            "ArchiveTimeStamp",
            "AttrAuthoritiesCertValues",
            "AttributeCertificateRefs",
            "AttributeRevocationRefs",
            "AttributeRevocationValues",
            "CertificateValues",
            "CompleteCertificateRefs",
            "CompleteRevocationRefs",
            "RefsOnlyTimeStamp",
            "RevocationValues",
            "SigAndRefsTimeStamp",
        ),
    ),
    *(
        f"{{{XADES_141}}}{name}"
        for name in (
            "AnyValidationData",
            "ArchiveTimeStamp",
            "AttributeCertificateRefsV2",
            "CompleteCertificateRefsV2",
            "RefsOnlyTimeStampV2",
            "RenewedDigests",
            "RenewedDigestsV2",
            "SigAndRefsTimeStampV2",
            "SignaturePolicyStore",
            "TimeStampValidationData",
        )
    ),
    f"{{{XADES_RECORDS}}}SealingEvidenceRecords",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedProperties:
    """What a signature carries unsigned."""

    timestamps: tuple[_Element, ...] = ()
    """Each ``SignatureTimeStamp``."""
    counter_signatures: tuple[_Element, ...] = ()
    """The ``ds:Signature`` in each ``CounterSignature``."""
    later: tuple[str, ...] = ()
    """Names of properties for long-term validation, which are not judged yet."""
    others: tuple[str, ...] = ()
    """Names of properties of namespaces that are not of ETSI's standards, by which they are."""


_NOTHING: Final = UnsignedProperties()


def read_unsigned(element: _Element | None, *, others: bool = False) -> UnsignedProperties:
    """Read ``UnsignedProperties``.

    Args:
        element: None where a signature has none.
        others: whether there may be properties of other namespaces than those of the standards.

    Raises:
        Refusal: there is something that no standard knows, or too much.
    """
    if element is None:
        return _NOTHING
    if [child.tag for child in element] != [xades("UnsignedSignatureProperties")]:
        raise malformed("expected UnsignedSignatureProperties alone in UnsignedProperties")
    held = list(element[0])
    if len(held) > MAX_UNSIGNED:
        raise malformed(f"expected at most {MAX_UNSIGNED} unsigned properties, found {len(held)}")
    strange = [child for child in held if child.tag not in {_STAMP, _COUNTER, *_LATER}]
    for child in strange:
        if not (others and _is_of_somebody_else(child)):
            raise malformed(f"expected unsigned properties of XAdES, found {str(child.tag)[:80]}")
    return UnsignedProperties(
        timestamps=tuple(child for child in held if child.tag == _STAMP),
        counter_signatures=tuple(_countersignature(c) for c in held if c.tag == _COUNTER),
        later=tuple(local_name(str(child.tag)) for child in held if child.tag in _LATER),
        others=tuple(str(child.tag)[:80] for child in strange),
    )


def _is_of_somebody_else(element: _Element) -> bool:
    """A whole name in a namespace that no standard has; and it holds no signature, or part of one.

    What is to be judged must not look as if it were not.
    """
    name = str(element.tag)
    own = name.startswith("{") and not name.startswith(_OF_STANDARDS)
    return own and not any(str(item.tag).startswith(_OF_STANDARDS) for item in element.iter())


def _countersignature(element: _Element) -> _Element:
    if [child.tag for child in element] != [f"{{{DS}}}Signature"]:
        raise malformed("expected one signature in CounterSignature, found otherwise")
    return element[0]


def read_stamp(element: _Element) -> tuple[bytes, Transform]:
    """The token in a ``SignatureTimeStamp``, and how what it is over becomes octets.

    Raises:
        Refusal: it is of another form than the one for signature values (clause 5.3).
    """
    from docexchange.signing.tokens import refused

    children = list(element)
    tags = [child.tag for child in children]
    if tags not in ([_ENCAPSULATED], [_METHOD, _ENCAPSULATED]):
        names = [local_name(str(tag)) for tag in tags[:6]]
        raise refused("CanonicalizationMethod and one EncapsulatedTimeStamp", str(names))
    method = read_method(children[0]) if len(children) > 1 else _IMPLIED
    try:
        Canonicalization(method.algorithm)
        token = decode_spaced(leaf_text(children[-1]))
    except (MalformedEnvelope, ValueError) as error:
        raise refused("a token in base64 over canonical XML", str(error)[:200]) from error
    return token, method


def timestamp_xml(token: bytes) -> str:
    """``SignatureTimeStamp`` around a token.

    Args:
        token: in DER.
    """
    return (
        f'<xades:SignatureTimeStamp xmlns:xades="{XADES}">'
        f'<ds:CanonicalizationMethod xmlns:ds="{DS}" Algorithm="{EXCLUSIVE_C14N}">'
        "</ds:CanonicalizationMethod>"
        f"<xades:EncapsulatedTimeStamp>{encode(token)}</xades:EncapsulatedTimeStamp>"
        "</xades:SignatureTimeStamp>"
    )


def counter_signature_xml(signature: bytes) -> bytes:
    """``CounterSignature`` around a signature.

    Args:
        signature: a ``ds:Signature`` that binds its own prefixes.
    """
    start = f'<xades:CounterSignature xmlns:xades="{XADES}">'.encode()
    return start + signature + b"</xades:CounterSignature>"


def unsigned_xml(properties: str) -> str:
    """``UnsignedProperties`` around properties; nothing around nothing."""
    if not properties:
        return ""
    return (
        "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
        f"{properties}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )
