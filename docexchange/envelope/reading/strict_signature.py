"""The strict form of a signature: as ours are written, taken apart by a pattern.

``SignedInfo`` and ``SignedProperties`` stand in it in their exclusive canonical form. What they say
is not read here, only that they are well-formed and which octets they are. Nothing here is
verified.

>>> read_signatures(text)
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from docexchange.envelope.names import DS, XADES

__all__ = ["StrictSignature", "read_signatures"]

# Groups are repeated without ``++``: Python before 3.11.5 takes half of a group for a match.
_VALUE: Final = r'[^"<>&\x00-\x1f\ufffe\uffff]++'
_ID: Final = r"[A-Za-z_][A-Za-z0-9._-]*+"
_BASE64: Final = "[A-Za-z0-9+/=]++"
_BOUND: Final = f' xmlns:ds="{re.escape(DS)}"'


def _method(name: str) -> str:
    return f'<ds:{name} Algorithm="{_VALUE}"></ds:{name}>'


_REFERENCE: Final = (
    f'<ds:Reference(?: Id="{_ID}")?(?: Type="{_VALUE}")? URI="{_VALUE}">'
    f"(?:<ds:Transforms>(?:{_method('Transform')})+</ds:Transforms>)?{_method('DigestMethod')}"
    f"<ds:DigestValue>{_BASE64}</ds:DigestValue></ds:Reference>"
)
_SIGNED_INFO: Final = (
    f"<ds:SignedInfo{_BOUND}>{_method('CanonicalizationMethod')}{_method('SignatureMethod')}"
    f"(?:{_REFERENCE})+</ds:SignedInfo>"
)
_TEXT: Final = r"[^<>&\x00-\x1f\ufffe\uffff]++"
_PROPERTIES: Final = (
    rf'<xades:SignedProperties xmlns:xades="{re.escape(XADES)}" Id="({_ID})">'
    "<xades:SignedSignatureProperties>"
    f"<xades:SigningTime>{_TEXT}</xades:SigningTime>"
    "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
    f'<ds:DigestMethod{_BOUND} Algorithm="{_VALUE}"></ds:DigestMethod>'
    f"<ds:DigestValue{_BOUND}>{_BASE64}</ds:DigestValue>"
    "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
    f"(?:<xades:SignerRoleV2><xades:ClaimedRoles><xades:ClaimedRole>{_TEXT}</xades:ClaimedRole>"
    "</xades:ClaimedRoles></xades:SignerRoleV2>)?"
    "</xades:SignedSignatureProperties>"
    f'<xades:SignedDataObjectProperties>(?:<xades:DataObjectFormat ObjectReference="{_VALUE}">'
    f"<xades:MimeType>{_TEXT}</xades:MimeType></xades:DataObjectFormat>)*"
    "</xades:SignedDataObjectProperties></xades:SignedProperties>"
)
_SIGNATURE: Final = re.compile(
    rf'<ds:Signature{_BOUND} Id="({_ID})">({_SIGNED_INFO})\n'
    rf'<ds:SignatureValue Id="({_ID})">({_BASE64})</ds:SignatureValue>\n'
    rf"<ds:KeyInfo><ds:X509Data>((?:<ds:X509Certificate>{_BASE64}</ds:X509Certificate>)+)"
    r"</ds:X509Data></ds:KeyInfo>\n"
    rf'<ds:Object><xades:QualifyingProperties xmlns:xades="{re.escape(XADES)}" Target="#\1">'
    rf"({_PROPERTIES})</xades:QualifyingProperties></ds:Object></ds:Signature>\n"
)
_CERTIFICATE: Final = re.compile(f"<ds:X509Certificate>({_BASE64})<")


class StrictSignature(NamedTuple):
    """One signature, its parts as they stand in the letter."""

    identity: str
    """Its ``Id``."""
    signed_info: bytes
    """``SignedInfo``; this is its exclusive canonical form."""
    value_identity: str
    """``Id`` of its value."""
    value: str
    """Its value in base64."""
    certificates: tuple[str, ...]
    """Its certificates in base64."""
    properties: bytes
    """``SignedProperties``; this is their exclusive canonical form."""
    properties_identity: str
    """Their ``Id``."""


def read_signatures(text: str) -> tuple[StrictSignature, ...]:
    """Read signatures that stand one behind the other, and nothing else.

    Args:
        text: what may be signatures.

    Raises:
        ValueError: there is something else.
    """
    signatures, at = [], 0
    while at < len(text):
        found = _SIGNATURE.match(text, at)
        if found is None:
            raise ValueError("expected signatures of the strict form, found something else")
        identity, info, value_identity, value, certificates, properties, named = found.groups()
        signatures.append(
            StrictSignature(
                identity=identity,
                signed_info=info.encode(),
                value_identity=value_identity,
                value=value,
                certificates=tuple(_CERTIFICATE.findall(certificates)),
                properties=properties.encode(),
                properties_identity=named,
            )
        )
        at = found.end()
    return tuple(signatures)
