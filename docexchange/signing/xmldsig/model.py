"""What a ``ds:Signature`` is made of, as values; ``element`` and ``plain`` read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N
from docexchange.signing.xmldsig.c14n import exclusive

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "CANONICAL",
    "Reference",
    "SignatureElement",
    "SignatureForm",
    "SignedInfo",
    "Transform",
]


@dataclass(frozen=True, slots=True)
class Transform:
    """One step between the resource and its digest."""

    algorithm: str
    """URI."""
    has_parameters: bool
    """Whether anything stands inside it."""
    element: _Element | None = field(default=None, compare=False, repr=False)
    """Where it was read, for what stands inside."""


CANONICAL: Final = (Transform(EXCLUSIVE_C14N, has_parameters=False),)
"""What stands between an element and its digest in nearly all signatures."""


class Reference(NamedTuple):
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


class SignedInfo(NamedTuple):
    """What the signature value is over."""

    canonicalization: Transform
    """How ``SignedInfo`` becomes octets."""
    signature_method: Transform
    """URI, and whether it has parameters."""
    references: tuple[Reference, ...]
    """What is signed."""
    octets: bytes = b""
    """Its exclusive canonical form, where it was read from that; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureForm:
    """What a ``ds:Signature`` says, however it was read."""

    identity: str
    """Its ``Id``."""
    octets: bytes = field(default=b"", compare=False, repr=False)
    """Exclusive canonical form of ``SignedInfo``, where it was read from it; else empty."""
    canonicalization: Transform
    """How ``SignedInfo`` becomes octets."""
    signature_method: Transform
    """URI, and whether it has parameters."""
    references: tuple[Reference, ...]
    """What is signed."""
    value: bytes
    """The signature value."""
    certificates: tuple[bytes, ...]
    """DER of each ``X509Certificate``, where the profile was asked for."""

    @property
    def signed_octets(self) -> bytes:
        """What the value is over, under exclusive canonicalisation."""
        return self.octets


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureElement(SignatureForm):
    """One ``ds:Signature`` in a tree."""

    element: _Element
    """The element itself."""
    signed_info: _Element
    """What the signature value is over."""
    key_info: _Element | None
    """``KeyInfo``; None when it has none."""
    objects: tuple[_Element, ...]
    """``ds:Object`` elements."""

    @property
    def signed_octets(self) -> bytes:
        """What the value is over, under exclusive canonicalisation."""
        return self.octets or exclusive(self.signed_info)
