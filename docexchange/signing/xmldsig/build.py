"""Write a ``ds:Signature``: text that is its own canonical form.

``SignedInfo`` and ``SignedProperties`` are written exactly as exclusive canonicalisation would give
them back (prefix bound where it is first used, attributes sorted, no empty-element tags), so what
is digested and signed here is the very text that goes into the file. Tests hold it to lxml's
canonicaliser.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.envelope.attachments.base64_stream import encode
from docexchange.envelope.names import DS
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N, Digest, SignatureAlgorithm

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SignedPart", "signature_value_xml", "signature_xml", "signed_info_xml"]

_BOUND: Final = f' xmlns:ds="{DS}"'
_TRANSFORMS: Final = (
    f'<ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform></ds:Transforms>'
)


class SignedPart(NamedTuple):
    """One reference to write."""

    uri: str
    """``#id`` of an element or ``cid:`` of an attachment."""
    digest_value: bytes
    """Digest of its octets."""
    identity: str = ""
    """``Id`` of the reference; empty for none."""
    type: str = ""
    """``Type``; empty for none."""
    media_type: str = ""
    """MIME type; not in the reference itself."""

    def xml(self, digest: Digest) -> str:
        """The reference in canonical form."""
        uri, value, identity, kind, _ = self
        if identity:
            identity = f' Id="{identity}"'
        if kind:
            kind = f' Type="{kind}"'
        return (
            f'<ds:Reference{identity}{kind} URI="{uri}">{_methods(digest, uri[:1])}'
            f"<ds:DigestValue>{encode(value)}</ds:DigestValue></ds:Reference>"
        )


@lru_cache(maxsize=32)
def _methods(digest: Digest, mark: str) -> str:
    """What stands in every reference to an element (``#``), or to something else."""
    transforms = _TRANSFORMS if mark == "#" else ""
    return f'{transforms}<ds:DigestMethod Algorithm="{digest}"></ds:DigestMethod>'


def signed_info_xml(
    parts: Sequence[SignedPart], *, algorithm: SignatureAlgorithm, digest: Digest
) -> str:
    """``SignedInfo`` in canonical form: the octets to sign, and the text to write."""
    references = "".join([part.xml(digest) for part in parts])
    return f"{_start(algorithm)}{references}</ds:SignedInfo>"


@lru_cache(maxsize=32)
def _start(algorithm: SignatureAlgorithm) -> str:
    """``SignedInfo`` up to its references."""
    return (
        f"<ds:SignedInfo{_BOUND}>"
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{algorithm}"></ds:SignatureMethod>'
    )


def signature_value_xml(identity: str, value: bytes) -> str:
    """``SignatureValue`` in canonical form: what timestamps and counter-signatures are over.

    Args:
        identity: ``Id`` of the signature.
        value: the signature value.
    """
    text = encode(value)
    return f'<ds:SignatureValue{_BOUND} Id="{identity}-value">{text}</ds:SignatureValue>'


def signature_xml(
    identity: str,
    signed_info: str,
    *,
    value: bytes,
    certificates: Sequence[bytes],
    qualifying_properties: str,
) -> str:
    """The whole signature.

    Args:
        identity: its ``Id``.
        signed_info: from ``signed_info_xml``.
        value: the signature value.
        certificates: DER, the signer's first.
        qualifying_properties: ``xades:QualifyingProperties``.
    """
    return (
        f'<ds:Signature{_BOUND} Id="{identity}">{signed_info}\n'
        f"{signature_value_xml(identity, value).replace(_BOUND, '')}\n"
        f"{_key_info(tuple(certificates))}\n"
        f"<ds:Object>{qualifying_properties}</ds:Object></ds:Signature>"
    )


@lru_cache(maxsize=64)
def _key_info(certificates: tuple[bytes, ...]) -> str:
    """The same under every letter of a signer."""
    chain = (f"<ds:X509Certificate>{encode(der)}</ds:X509Certificate>" for der in certificates)
    return f"<ds:KeyInfo><ds:X509Data>{''.join(chain)}</ds:X509Data></ds:KeyInfo>"
