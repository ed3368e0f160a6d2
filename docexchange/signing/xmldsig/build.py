"""Write a ``ds:Signature``: text that is its own canonical form.

``SignedInfo`` and ``SignedProperties`` are written exactly as exclusive canonicalisation would give
them back (prefix bound where it is first used, attributes sorted, no empty-element tags), so what
is digested and signed here is the very text that goes into the file. Tests hold it to lxml's
canonicaliser.

>>> start, methods = signed_info_start(algorithm), element_methods(digest)
>>> signed_info_octets(start, [reference_xml("#m-1", methods, value)])
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.base64_stream import encode
from docexchange.envelope.names import DS
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N, Digest, SignatureAlgorithm

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "element_methods",
    "key_info_octets",
    "octets_methods",
    "reference_xml",
    "signature_octets",
    "signature_value_xml",
    "signed_info_octets",
    "signed_info_start",
]

_BOUND: Final = f' xmlns:ds="{DS}"'


@cache
def signed_info_start(algorithm: SignatureAlgorithm) -> str:
    """``SignedInfo`` up to its references."""
    return (
        f"<ds:SignedInfo{_BOUND}>"
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{algorithm}"></ds:SignatureMethod>'
    )


@cache
def element_methods(digest: Digest) -> str:
    """How an element is digested, as its reference says: in exclusive canonical form."""
    transform = f'<ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform>'
    return f"<ds:Transforms>{transform}</ds:Transforms>{octets_methods(digest)}"


@cache
def octets_methods(digest: Digest) -> str:
    """How an attachment is digested, as its reference says: as it is."""
    return f'<ds:DigestMethod Algorithm="{digest}"></ds:DigestMethod>'


def reference_xml(
    uri: str, methods: str, value: bytes, *, identity: str = "", kind: str = ""
) -> str:
    """A reference in canonical form.

    Args:
        uri: ``#id`` of an element or ``cid:`` of an attachment.
        methods: how that is digested, from ``element_methods`` or ``octets_methods``.
        value: the digest.
        identity: ``Id`` of the reference; empty for none.
        kind: ``Type``; empty for none.
    """
    if identity:
        identity = f' Id="{identity}"'
    if kind:
        kind = f' Type="{kind}"'
    return (
        f'<ds:Reference{identity}{kind} URI="{uri}">{methods}'
        f"<ds:DigestValue>{encode(value)}</ds:DigestValue></ds:Reference>"
    )


def signed_info_octets(start: str, references: Iterable[str]) -> bytes:
    """``SignedInfo`` in canonical form: the octets to sign, which are those in the file.

    Args:
        start: from ``signed_info_start``.
        references: from ``reference_xml``.
    """
    return f"{start}{''.join(references)}</ds:SignedInfo>".encode()


def signature_value_xml(identity: str, value: bytes, *, bound: bool = True) -> str:
    """``SignatureValue`` in canonical form: what timestamps and counter-signatures are over.

    Args:
        identity: ``Id`` of the signature.
        value: the signature value.
        bound: whether it binds its prefix, which in a signature is bound already.
    """
    binding = _BOUND if bound else ""
    return f'<ds:SignatureValue{binding} Id="{identity}-value">{encode(value)}</ds:SignatureValue>'


def key_info_octets(certificates: Sequence[bytes]) -> bytes:
    """``KeyInfo``: the signer's certificate and its chain.

    Args:
        certificates: DER, the signer's first.
    """
    chain = (f"<ds:X509Certificate>{encode(der)}</ds:X509Certificate>" for der in certificates)
    return f"<ds:KeyInfo><ds:X509Data>{''.join(chain)}</ds:X509Data></ds:KeyInfo>".encode()


def signature_octets(
    identity: str,
    signed_info: bytes,
    *,
    value: bytes,
    key_info: bytes,
    properties: Iterable[bytes],
) -> bytes:
    """The whole signature.

    Args:
        identity: its ``Id``.
        signed_info: from ``signed_info_octets``.
        value: the signature value.
        key_info: from ``key_info_octets``.
        properties: ``xades:QualifyingProperties``, in pieces.
    """
    return b"".join(
        (
            f'<ds:Signature{_BOUND} Id="{identity}">'.encode(),
            signed_info,
            f"\n{signature_value_xml(identity, value, bound=False)}\n".encode(),
            key_info,
            b"\n<ds:Object>",
            *properties,
            b"</ds:Object></ds:Signature>",
        )
    )
