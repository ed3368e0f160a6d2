"""``SignedProperties`` in their plain form, read from the very octets that are signed.

As ``xmldsig.plain`` reads ``SignedInfo``: a pattern over the canonical form, for what
``properties`` writes, and others write alike. All else is read from the tree.

>>> read_plain(exclusive(element, comments=True)).time
'2026-03-02T02:00:00Z'
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from docexchange.envelope.names import DS
from docexchange.signing.xades.names import XADES

__all__ = ["PlainProperties", "read_plain"]

_BOUND: Final = f' xmlns:ds="{re.escape(DS)}"'
_PLAIN: Final = re.compile(
    rf'<xades:SignedProperties xmlns:xades="{re.escape(XADES)}" Id="[^"&<]*+">'
    "<xades:SignedSignatureProperties>"
    "<xades:SigningTime>([0-9TZ:.+-]++)</xades:SigningTime>"
    "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
    rf'<ds:DigestMethod{_BOUND} Algorithm="([^"&<]++)"></ds:DigestMethod>'
    rf"<ds:DigestValue{_BOUND}>([A-Za-z0-9+/=]++)</ds:DigestValue>"
    "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
    "(?:<xades:SignerRoleV2><xades:ClaimedRoles><xades:ClaimedRole>([^&<\\s]++)</xades:ClaimedRole>"
    "</xades:ClaimedRoles></xades:SignerRoleV2>)?"
    "</xades:SignedSignatureProperties>"
    # Nothing that is read stands here: no second set of properties, and no comment.
    '(?:<xades:SignedDataObjectProperties>(?:<xades:DataObjectFormat ObjectReference="[^"&<]*+">'
    "<xades:MimeType>[^<]*+</xades:MimeType></xades:DataObjectFormat>)*"
    "</xades:SignedDataObjectProperties>)?</xades:SignedProperties>"
)


class PlainProperties(NamedTuple):
    """What signed properties say, as it is written."""

    time: str
    """``SigningTime``."""
    digest_method: str
    """URI of the digest of the signing certificate."""
    digest_value: str
    """That digest, in base64."""
    role: str
    """The claimed role; empty for none."""


def read_plain(octets: bytes) -> PlainProperties | None:
    """Read signed properties, if they have the plain form.

    Args:
        octets: their exclusive canonical form with comments, so that there are none if it is plain.
    """
    found = _PLAIN.fullmatch(octets.decode())
    if found is None:
        return None
    return PlainProperties(*found.groups(default=""))
