"""``ds:Signature`` as a value: read by the letter of the schema, or refused.

Nothing optional is skipped, nothing unknown is passed over: each child stands at its place or the
signature is malformed. Text with comments inside is refused (``leaf_text``), so that what is read
is what was digested.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS, local_name
from docexchange.envelope.xml import leaf_text
from docexchange.errors import MalformedEnvelope
from docexchange.signing.errors import malformed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

__all__ = ["Reference", "SignatureElement", "Transform", "read_signature"]

_SEQUENCE: Final = ("SignedInfo", "SignatureValue", "KeyInfo")


@dataclass(frozen=True, slots=True)
class Transform:
    """One step between the resource and its digest."""

    algorithm: str
    """URI."""
    has_parameters: bool
    """Whether anything stands inside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One thing that is signed."""

    identity: str
    """Its ``Id``; empty when it has none."""
    uri: str | None
    """``URI``; None when the attribute is absent."""
    type: str
    """``Type``; empty when it has none."""
    transforms: tuple[Transform, ...]
    """In order."""
    digest_method: str
    """URI."""
    digest_value: bytes
    """The promised digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureElement:
    """One ``ds:Signature``."""

    element: _Element
    """The element itself."""
    identity: str
    """Its ``Id``."""
    signed_info: _Element
    """What the signature value is over."""
    canonicalization: Transform
    """How ``SignedInfo`` becomes octets."""
    signature_method: Transform
    """URI, and whether it has parameters."""
    references: tuple[Reference, ...]
    """What is signed."""
    value: bytes
    """The signature value."""
    certificates: tuple[bytes, ...]
    """DER of each ``X509Certificate``."""
    objects: tuple[_Element, ...]
    """``ds:Object`` elements."""


def read_signature(element: _Element, *, max_references: int) -> SignatureElement:
    """Read a signature element.

    Args:
        element: the ``ds:Signature``.
        max_references: more are refused before any of them is looked at.

    Raises:
        Refusal: it does not have the prescribed form.
    """
    children = _children(element)
    names = [_ds_name(child) for child in children]
    if tuple(names[:3]) != _SEQUENCE or set(names[3:]) - {"Object"}:
        raise malformed(
            f"expected SignedInfo, SignatureValue, KeyInfo and then Object, found {names}"
        )
    signed_info, value, key_info = children[:3]
    parts = _children(signed_info)
    names = [_ds_name(part) for part in parts]
    if names[:2] != ["CanonicalizationMethod", "SignatureMethod"] or set(names[2:]) != {
        "Reference"
    }:
        raise malformed(
            "expected CanonicalizationMethod, SignatureMethod and then Reference in SignedInfo, "
            f"found {names[:8]}"
        )
    if len(parts) - 2 > max_references:
        raise malformed(f"expected at most {max_references} references, found {len(parts) - 2}")
    return SignatureElement(
        element=element,
        identity=element.get("Id", ""),
        signed_info=signed_info,
        canonicalization=_method(parts[0]),
        signature_method=_method(parts[1]),
        references=tuple(_reference(part) for part in parts[2:]),
        value=_octets(value),
        certificates=tuple(_certificates(key_info)),
        objects=tuple(children[3:]),
    )


def _children(element: _Element) -> list[_Element]:
    children = list(element)
    if any(not isinstance(child.tag, str) for child in children):
        raise malformed(f"expected no comments or instructions in {element.tag!r}, found some")
    stray = (element.text or "") + "".join(child.tail or "" for child in children)
    if stray.strip():
        raise malformed(f"expected only elements in {element.tag!r}, found text {stray[:40]!r}")
    return children


def _ds_name(element: _Element) -> str:
    tag = str(element.tag)
    return local_name(tag) if tag.startswith(f"{{{DS}}}") else tag


def _method(element: _Element) -> Transform:
    return Transform(
        element.get("Algorithm", ""), bool(len(element) or (element.text or "").strip())
    )


def _reference(element: _Element) -> Reference:
    children = _children(element)
    names = [_ds_name(child) for child in children]
    if names not in (
        ["DigestMethod", "DigestValue"],
        ["Transforms", "DigestMethod", "DigestValue"],
    ):
        raise malformed(
            f"expected Transforms, DigestMethod, DigestValue in a Reference: {names[:8]}"
        )
    transforms = _children(children[0]) if len(children) == 3 else []  # noqa: PLR2004  see names
    if any(_ds_name(transform) != "Transform" for transform in transforms):
        raise malformed("expected only Transform elements in Transforms, found others")
    method = _method(children[-2])
    if method.has_parameters:
        raise malformed("expected a DigestMethod without parameters, found some")
    return Reference(
        identity=element.get("Id", ""),
        uri=element.get("URI"),
        type=element.get("Type", ""),
        transforms=tuple(_method(transform) for transform in transforms),
        digest_method=method.algorithm,
        digest_value=_octets(children[-1]),
    )


def _certificates(key_info: _Element) -> Iterator[bytes]:
    for child in _children(key_info):
        if _ds_name(child) != "X509Data":
            raise malformed(
                f"expected only X509Data in KeyInfo, found {_ds_name(child)}: the key comes from "
                "a certificate or not at all"
            )
        for item in _children(child):
            if _ds_name(item) == "X509Certificate":
                yield _octets(item)
            elif _ds_name(item) not in {"X509SubjectName", "X509IssuerSerial", "X509SKI"}:
                raise malformed(f"expected certificates in X509Data, found {_ds_name(item)}")


def _octets(element: _Element) -> bytes:
    try:
        text = "".join(leaf_text(element).split())
    except MalformedEnvelope as error:
        raise malformed(str(error)) from error
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise malformed(f"expected base64 in {_ds_name(element)}, found {text[:40]!r}") from error
