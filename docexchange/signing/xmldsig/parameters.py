"""What stands inside ``SignatureMethod``: read by the letter, for the algorithms that have any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS
from docexchange.envelope.xml import leaf_text
from docexchange.errors import MalformedEnvelope
from docexchange.signing.errors import malformed
from docexchange.signing.xmldsig.algorithms import KeyKind, SignatureAlgorithm
from docexchange.signing.xmldsig.element import octets_of
from docexchange.signing.xmldsig.references import supported_digest
from docexchange.signing.xmldsig.value import MethodParameters

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.signing.xmldsig.algorithms import Digest
    from docexchange.signing.xmldsig.element import Transform

__all__ = ["read_parameters"]

_PSS: Final = "{http://www.w3.org/2007/05/xmldsig-more#}"
_MGF1: Final = "http://www.w3.org/2007/05/xmldsig-more#MGF1"
_DIGEST: Final = f"{{{DS}}}DigestMethod"
_LENGTH: Final = f"{{{DS}}}HMACOutputLength"
_CONTEXT: Final = "{http://www.aleksey.com/xmlsec/2025/12/xmldsig-more#}MLDSAContextString"
_MOST_DIGITS: Final = 6
_MOST_CONTEXT: Final = 255
"""Octets: FIPS 204, clause 5.2."""


def read_parameters(
    method: Transform, algorithm: SignatureAlgorithm, digests: frozenset[Digest]
) -> MethodParameters:
    """The parameters of a signature method.

    Args:
        method: ``SignatureMethod``.
        algorithm: what it names.
        digests: digests that are accepted.

    Raises:
        Refusal: the algorithm has no such parameters, or they are not allowed.
    """
    inside = [] if method.element is None else list(method.element)
    if not method.has_parameters:
        return MethodParameters()
    if algorithm.kind is KeyKind.HMAC and [item.tag for item in inside] == [_LENGTH]:
        return MethodParameters(hmac_bits=_number(inside[0]))
    if algorithm is SignatureAlgorithm.PSS and [i.tag for i in inside] == [f"{_PSS}RSAPSSParams"]:
        return _pss(inside[0], digests)
    if algorithm.kind.name.startswith("MLDSA") and [item.tag for item in inside] == [_CONTEXT]:
        return MethodParameters(context=_context(inside[0]))
    raise malformed("expected a SignatureMethod without parameters, found some")


def _context(element: _Element) -> bytes:
    context = octets_of(element)
    if len(context) > _MOST_CONTEXT:
        raise malformed(f"expected a context of at most {_MOST_CONTEXT} octets, found more")
    return context


def _pss(element: _Element, digests: frozenset[Digest]) -> MethodParameters:
    """RFC 9231, clause 2.3.9: all of it may be left out, none of it may be doubled."""
    found = {str(item.tag): item for item in element}
    names = [_DIGEST, *(_PSS + name for name in ("MaskGenerationFunction", "SaltLength"))]
    trailer = _PSS + "TrailerField"
    if len(found) != len(element) or not {*names, trailer}.issuperset(found):
        raise malformed("expected digest, mask, salt and trailer in RSAPSSParams, found otherwise")
    if trailer in found and _number(found[trailer]) != 1:
        raise malformed("expected 1 as TrailerField, found another")
    digest, mask, salt = (found.get(name) for name in names)
    return MethodParameters(
        digest=None if digest is None else _digest(digest, digests),
        mask_digest=None if mask is None else _mask(mask, digests),
        salt_length=None if salt is None else _number(salt),
    )


def _mask(element: _Element, digests: frozenset[Digest]) -> Digest | None:
    if element.get("Algorithm", "").lower() != _MGF1.lower():
        raise malformed("expected MGF1 as mask generation, found another")
    inside = list(element)
    if not inside:
        return None
    if [item.tag for item in inside] != [_DIGEST]:
        raise malformed("expected a digest in MaskGenerationFunction, found otherwise")
    return _digest(inside[0], digests)


def _digest(element: _Element, digests: frozenset[Digest]) -> Digest:
    return supported_digest(element.get("Algorithm", ""), digests)


def _number(element: _Element) -> int:
    try:
        text = leaf_text(element)
    except MalformedEnvelope as error:
        raise malformed(str(error)) from error
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        raise malformed(f"expected a number, found {text[:20]!r}")
    return int(text)
