"""``ds:Signature`` as a value: read by the letter of the schema, or refused.

Nothing optional is skipped, nothing unknown is passed over: each child stands at its place or the
signature is malformed. Text with comments inside is refused (``leaf_text``), so that what is read
is what was digested.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.base64_stream import decode_spaced
from docexchange.envelope.names import DS
from docexchange.envelope.xml import leaf_text
from docexchange.errors import MalformedEnvelope
from docexchange.signing.errors import malformed
from docexchange.signing.xmldsig.c14n import exclusive
from docexchange.signing.xmldsig.model import Reference, SignatureElement, SignedInfo, Transform
from docexchange.signing.xmldsig.plain import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

__all__ = [
    "Reference",
    "SignatureElement",
    "Transform",
    "certificate_octets",
    "has_content",
    "octets_of",
    "read_method",
    "read_reference",
    "read_signature",
    "read_transforms",
]

_PREFIX: Final = f"{{{DS}}}"


def _ds(*names: str) -> list[str]:
    return [_PREFIX + name for name in names]


# Tags are held to whole names, namespace included: each of these lists is a form a parent may have.
_SIGNATURE: Final = _ds("SignedInfo", "SignatureValue", "KeyInfo")
_SIGNED_INFO: Final = _ds("CanonicalizationMethod", "SignatureMethod")
_PLAIN_REFERENCE: Final = _ds("DigestMethod", "DigestValue")
_TRANSFORMED_REFERENCE: Final = _ds("Transforms", "DigestMethod", "DigestValue")
_OBJECT, _REFERENCE, _TRANSFORM = _ds("Object", "Reference", "Transform")
_X509_DATA, _X509_CERTIFICATE = _ds("X509Data", "X509Certificate")
_MOST_REMEMBERED: Final = 16 * 1024
"""Characters of a certificate that is remembered; real ones have 1 to 6 KiB."""
_SHORTEST: Final = 20
"""Characters of the shortest digest, value or certificate: less is a placeholder."""
_X509_NAMES: Final = _ds("X509SubjectName", "X509IssuerSerial", "X509SKI")


def read_signature(
    element: _Element, *, max_references: int, profile: bool = True
) -> SignatureElement:
    """Read a signature element.

    Args:
        element: the ``ds:Signature``.
        max_references: more are refused before any of them is looked at.
        profile: insist on a ``KeyInfo`` with certificates and nothing else, as ours has it.

    Raises:
        Refusal: it does not have the prescribed form.
    """
    tags, children = _children(element)
    fixed = 3 if profile or tags[2:3] == _SIGNATURE[2:] else 2
    if tags[:fixed] != _SIGNATURE[:fixed] or not {_OBJECT}.issuperset(tags[fixed:]):
        raise malformed(
            f"expected SignedInfo, SignatureValue, KeyInfo and then Object, found {_names(tags)}"
        )
    signed_info, value = children[:2]
    key_info = children[2] if fixed > len(_SIGNATURE) - 1 else None
    if len(signed_info) - 2 > max_references:
        raise malformed(
            f"expected at most {max_references} references, found {len(signed_info) - 2}"
        )
    plain = read_plain(exclusive(signed_info, comments=True)) if profile else None
    info = plain or _read_signed_info(signed_info)
    return SignatureElement(
        element=element,
        identity=element.get("Id", ""),
        signed_info=signed_info,
        octets=info.octets,
        canonicalization=info.canonicalization,
        signature_method=info.signature_method,
        references=info.references,
        value=octets_of(value),
        certificates=tuple(_certificates(key_info)) if profile and key_info is not None else (),
        key_info=key_info,
        objects=tuple(children[fixed:]),
    )


def _read_signed_info(element: _Element) -> SignedInfo:
    tags, parts = _children(element)
    if tags[:2] != _SIGNED_INFO or set(tags[2:]) != {_REFERENCE}:
        raise malformed(
            "expected CanonicalizationMethod, SignatureMethod and then Reference in SignedInfo, "
            f"found {_names(tags[:8])}"
        )
    return SignedInfo(
        canonicalization=read_method(parts[0]),
        signature_method=read_method(parts[1]),
        references=tuple(read_reference(part) for part in parts[2:]),
    )


def _children(element: _Element) -> tuple[list[str], list[_Element]]:
    """The children, and their tags; there must be nothing else."""
    children = list(element)
    tags = []
    stray = element.text or ""
    for child in children:
        tag = child.tag
        if not isinstance(tag, str):
            raise malformed(f"expected no comments or instructions in {element.tag!r}, found some")
        tags.append(tag)
        if tail := child.tail:
            stray += tail
    if stray and not stray.isspace():
        raise malformed(f"expected only elements in {element.tag!r}, found text {stray[:40]!r}")
    return tags, children


def _names(tags: list[str]) -> list[str]:
    """Tags as people say them."""
    return [tag.removeprefix(_PREFIX) for tag in tags]


def read_method(element: _Element) -> Transform:
    """Read an element that names an algorithm, and may hold parameters of it."""
    return Transform(element.get("Algorithm", ""), has_content(element), element)


def has_content(element: _Element) -> bool:
    """Whether there is anything in an element but white space."""
    return len(element) > 0 or bool((element.text or "").strip())


def read_reference(element: _Element) -> Reference:
    """Read a ``Reference``, of ``SignedInfo`` or of a manifest.

    Raises:
        Refusal: it does not have the prescribed form.
    """
    tags, children = _children(element)
    if tags not in (_PLAIN_REFERENCE, _TRANSFORMED_REFERENCE):
        raise malformed(
            f"expected Transforms, DigestMethod, DigestValue in a Reference: {_names(tags[:8])}"
        )
    *transforms, method, value = children
    if has_content(method):
        raise malformed("expected a DigestMethod without parameters, found some")
    return Reference(
        identity=element.get("Id", ""),
        uri=element.get("URI"),
        type=element.get("Type", ""),
        transforms=read_transforms(transforms[0]) if transforms else (),
        digest_method=method.get("Algorithm", ""),
        digest_value=octets_of(value),
    )


def read_transforms(element: _Element) -> tuple[Transform, ...]:
    """Read ``Transforms``.

    Raises:
        Refusal: something else is inside.
    """
    tags, children = _children(element)
    if not {_TRANSFORM}.issuperset(tags):
        raise malformed("expected only Transform elements in Transforms, found others")
    return tuple(map(read_method, children))


def _certificates(key_info: _Element) -> Iterator[bytes]:
    tags, children = _children(key_info)
    if not {_X509_DATA}.issuperset(tags):
        raise malformed(
            f"expected only X509Data in KeyInfo, found {_names(tags[:8])}: the key comes from a "
            "certificate or not at all"
        )
    for child in children:
        for tag, item in zip(*_children(child), strict=True):
            if tag == _X509_CERTIFICATE:
                yield _der_in(item)
            elif tag not in _X509_NAMES:
                raise malformed(f"expected certificates in X509Data, found {_names([tag])[0]}")


def _der_in(element: _Element) -> bytes:
    if len(element):
        return octets_of(element)
    try:
        return certificate_octets(element.text or "")
    except ValueError:
        return octets_of(element)  # which says what is wrong


def certificate_octets(text: str) -> bytes:
    """The DER of a certificate; the same come with every letter of an agency: it is remembered.

    Args:
        text: its base64, in any lines.

    Raises:
        ValueError: it is no base64.
    """
    return (_remembered if len(text) <= _MOST_REMEMBERED else decode_spaced)(text)


_remembered = lru_cache(maxsize=256)(decode_spaced)


def octets_of(element: _Element) -> bytes:
    """The octets that an element holds in base64.

    Raises:
        Refusal: it holds something else, or a comment in between.
    """
    try:
        text = leaf_text(element)
    except MalformedEnvelope as error:
        raise malformed(str(error)) from error
    try:
        return decode_spaced(text)
    except ValueError as error:
        name, text = str(element.tag).removeprefix(_PREFIX), "".join(text.split())
        short = f", a placeholder of {len(text)} characters" if len(text) < _SHORTEST else ""
        raise malformed(f"expected base64 in {name}, found {text[:40]!r}{short}") from error
