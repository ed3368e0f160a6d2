"""Algorithms by URI: what is done, and, by name, what is refused.

Everything not listed as allowed is refused. The names of the refused ones are here only so that a
clerk reads "SHA-1" and not a URI.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Final

__all__ = [
    "EXCLUSIVE_C14N",
    "REFUSED",
    "Digest",
    "KeyKind",
    "SignatureAlgorithm",
    "name_of",
]

EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
"""Exclusive canonical XML 1.0 without comments."""

_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"


class Digest(StrEnum):
    """Digest algorithms; the value is the URI."""

    SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    SHA384 = _MORE + "sha384"
    SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"

    @cached_property
    def hashlib_name(self) -> str:
        """The name ``hashlib`` knows it by."""
        return self.name.lower()


class KeyKind(StrEnum):
    """Kinds of keys that sign."""

    RSA = "RSA"
    EC = "ECDSA"


class SignatureAlgorithm(StrEnum):
    """Signature algorithms; the value is the URI."""

    RSA_SHA256 = _MORE + "rsa-sha256"
    RSA_SHA384 = _MORE + "rsa-sha384"
    RSA_SHA512 = _MORE + "rsa-sha512"
    ECDSA_SHA256 = _MORE + "ecdsa-sha256"
    ECDSA_SHA384 = _MORE + "ecdsa-sha384"
    ECDSA_SHA512 = _MORE + "ecdsa-sha512"

    @cached_property
    def kind(self) -> KeyKind:
        """The kind of key it needs."""
        return KeyKind.RSA if self.name.startswith("RSA") else KeyKind.EC

    @cached_property
    def digest(self) -> Digest:
        """The digest inside it."""
        return Digest[self.name.partition("_")[2]]

    @classmethod
    def of(cls, kind: KeyKind, digest: Digest) -> SignatureAlgorithm:
        """The algorithm for a kind of key and a digest."""
        return cls[f"{'RSA' if kind is KeyKind.RSA else 'ECDSA'}_{digest.name}"]


_DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"

REFUSED: Final = {
    _DSIG + "sha1": "SHA-1",
    _MORE + "md5": "MD5",
    _MORE + "sha224": "SHA-224",
    _DSIG + "rsa-sha1": "RSA with SHA-1",
    _DSIG + "dsa-sha1": "DSA with SHA-1",
    "http://www.w3.org/2009/xmldsig11#dsa-sha256": "DSA with SHA-256",
    _MORE + "rsa-md5": "RSA with MD5",
    _MORE + "ecdsa-sha1": "ECDSA with SHA-1",
    _DSIG + "hmac-sha1": "HMAC with SHA-1",
    _MORE + "hmac-md5": "HMAC with MD5",
    _MORE + "hmac-sha224": "HMAC with SHA-224",
    _MORE + "hmac-sha256": "HMAC with SHA-256",
    _MORE + "hmac-sha384": "HMAC with SHA-384",
    _MORE + "hmac-sha512": "HMAC with SHA-512",
    "http://www.w3.org/2007/05/xmldsig-more#rsa-pss": "RSA-PSS",
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1": "RSA-PSS with SHA-256",
    "http://www.w3.org/TR/1999/REC-xslt-19991116": "XSLT transform",
    "http://www.w3.org/TR/1999/REC-xpath-19991116": "XPath transform",
    "http://www.w3.org/2002/06/xmldsig-filter2": "XPath Filter 2 transform",
    _DSIG + "enveloped-signature": "enveloped-signature transform",
    _DSIG + "base64": "base64 transform",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": "inclusive canonical XML 1.0",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": (
        "inclusive canonical XML 1.0 with comments"
    ),
    "http://www.w3.org/2006/12/xml-c14n11": "inclusive canonical XML 1.1",
    "http://www.w3.org/2006/12/xml-c14n11#WithComments": (
        "inclusive canonical XML 1.1 with comments"
    ),
    EXCLUSIVE_C14N + "WithComments": "exclusive canonical XML with comments",
    "http://www.w3.org/TR/xml-exc-c14n#": "an exclusive canonical XML URI that no standard has",
}
"""Algorithms that are refused, by the name people know."""


def name_of(uri: str) -> str:
    """The name of a refused algorithm, or its URI."""
    return REFUSED.get(uri, uri or "none")
