"""Algorithms by URI: what each of them is, and whether it still holds (RFC 9231).

All that the engine can compute is a member here. Being here is not being allowed: a policy decides
that, and the policies refuse what is ``legacy`` unless somebody lifts that by name.

>>> SignatureAlgorithm("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256").kind
<KeyKind.RSA: 'RSA'>
>>> name_of("http://www.w3.org/2000/09/xmldsig#sha1")
'SHA-1'
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from docexchange.errors import UsageError

if TYPE_CHECKING:
    from docexchange.signing.xmldsig.ripemd160 import Ripemd160

__all__ = [
    "BASE64",
    "ENVELOPED",
    "EXCLUSIVE_C14N",
    "FILTER2",
    "NOT_COMPUTED",
    "REFUSED",
    "RELATIONSHIP",
    "STRONG_DIGESTS",
    "TRANSFORMS",
    "UNUSUAL",
    "XPATH",
    "XPOINTER",
    "XSLT",
    "Canonicalization",
    "Digest",
    "KeyKind",
    "Padding",
    "SignatureAlgorithm",
    "name_of",
]

_DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_DSIG11: Final = "http://www.w3.org/2009/xmldsig11#"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE_2007: Final = "http://www.w3.org/2007/05/xmldsig-more#"
_MORE_2021: Final = "http://www.w3.org/2021/04/xmldsig-more#"
_ENC: Final = "http://www.w3.org/2001/04/xmlenc#"
_ALEKSEY: Final = "http://www.aleksey.com/xmlsec/2025/12/xmldsig-more#"
"""URIs of one program, for what no standard has for XML yet."""

EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
"""Exclusive canonical XML 1.0 without comments."""
ENVELOPED: Final = _DSIG + "enveloped-signature"
"""Transform: all but the signature itself."""
BASE64: Final = _DSIG + "base64"
"""Transform: decode."""
XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
"""Transform: the nodes for which an expression is true."""
FILTER2: Final = "http://www.w3.org/2002/06/xmldsig-filter2"
"""Transform: XPath Filter 2.0, set operations on subtrees."""
XSLT: Final = "http://www.w3.org/TR/1999/REC-xslt-19991116"
"""Transform: a stylesheet."""
XPOINTER: Final = "http://www.w3.org/2001/04/xmldsig-more/xptr"
"""Transform: what an XPointer points to (RFC 9231)."""
RELATIONSHIP: Final = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
"""Transform: some of the relationships of an office document (ECMA-376 part 2, 13.2.4.24)."""


class Digest(StrEnum):
    """Digest algorithms; the value is the URI."""

    SHA256 = _ENC + "sha256"
    SHA384 = _MORE + "sha384"
    SHA512 = _ENC + "sha512"
    SHA3_256 = _MORE_2007 + "sha3-256"
    SHA3_384 = _MORE_2007 + "sha3-384"
    SHA3_512 = _MORE_2007 + "sha3-512"
    SHA224 = _MORE + "sha224"
    SHA3_224 = _MORE_2007 + "sha3-224"
    SHA1 = _DSIG + "sha1"
    MD5 = _MORE + "md5"
    RIPEMD160 = _ENC + "ripemd160"

    @cached_property
    def hashlib_name(self) -> str:
        """The name ``hashlib`` knows it by."""
        return self.name.lower()

    @cached_property
    def label(self) -> str:
        """The name people know it by."""
        if self.name.startswith("SHA3_"):
            return self.name.replace("_", "-")
        if self.name.startswith("SHA"):
            return f"SHA-{self.name[3:]}"
        return "RIPEMD-160" if self is Digest.RIPEMD160 else self.name

    @cached_property
    def legacy(self) -> bool:
        """Whether it is broken or too short to rely on (ETSI TS 119 312, clause 5)."""
        return self in _SHORT_DIGESTS

    def new(self, data: bytes = b"") -> hashlib._Hash | Ripemd160:
        """A digest being made, as ``hashlib`` has them; it can be had on every machine."""
        try:
            return hashlib.new(self.hashlib_name, data)
        except ValueError:
            if self is not Digest.RIPEMD160:
                raise
            from docexchange.signing.xmldsig.ripemd160 import Ripemd160

            return Ripemd160(data)


_SHORT_DIGESTS: Final = {
    Digest.MD5,
    Digest.RIPEMD160,
    Digest.SHA1,
    Digest.SHA224,
    Digest.SHA3_224,
}


STRONG_DIGESTS: Final = frozenset(Digest) - _SHORT_DIGESTS
"""Those that are not legacy."""


class KeyKind(StrEnum):
    """Kinds of keys that sign."""

    RSA = "RSA"
    EC = "ECDSA"
    ED25519 = "Ed25519"
    ED448 = "Ed448"
    DSA = "DSA"
    HMAC = "HMAC"
    MLDSA44 = "ML-DSA-44"
    MLDSA65 = "ML-DSA-65"
    MLDSA87 = "ML-DSA-87"


class Padding(StrEnum):
    """How RSA fills up the block around a digest."""

    PKCS1 = "PKCS#1 v1.5"
    PSS = "PSS"


class SignatureAlgorithm(StrEnum):
    """Signature algorithms; the value is the URI, the name is family and digest."""

    RSA_SHA256 = _MORE + "rsa-sha256"
    RSA_SHA384 = _MORE + "rsa-sha384"
    RSA_SHA512 = _MORE + "rsa-sha512"
    ECDSA_SHA256 = _MORE + "ecdsa-sha256"
    ECDSA_SHA384 = _MORE + "ecdsa-sha384"
    ECDSA_SHA512 = _MORE + "ecdsa-sha512"
    PSS_SHA256 = _MORE_2007 + "sha256-rsa-MGF1"
    PSS_SHA384 = _MORE_2007 + "sha384-rsa-MGF1"
    PSS_SHA512 = _MORE_2007 + "sha512-rsa-MGF1"
    PSS_SHA3_256 = _MORE_2007 + "sha3-256-rsa-MGF1"
    PSS_SHA3_384 = _MORE_2007 + "sha3-384-rsa-MGF1"
    PSS_SHA3_512 = _MORE_2007 + "sha3-512-rsa-MGF1"
    PSS = _MORE_2007 + "rsa-pss"
    ECDSA_SHA3_256 = _MORE_2021 + "ecdsa-sha3-256"
    ECDSA_SHA3_384 = _MORE_2021 + "ecdsa-sha3-384"
    ECDSA_SHA3_512 = _MORE_2021 + "ecdsa-sha3-512"
    ED25519 = _MORE_2021 + "eddsa-ed25519"
    ED448 = _MORE_2021 + "eddsa-ed448"
    # What follows is legacy.
    RSA_MD5 = _MORE + "rsa-md5"
    RSA_RIPEMD160 = _MORE + "rsa-ripemd160"
    RSA_SHA1 = _DSIG + "rsa-sha1"
    RSA_SHA224 = _MORE + "rsa-sha224"
    PSS_SHA1 = _MORE_2007 + "sha1-rsa-MGF1"
    PSS_SHA224 = _MORE_2007 + "sha224-rsa-MGF1"
    PSS_SHA3_224 = _MORE_2007 + "sha3-224-rsa-MGF1"
    ECDSA_RIPEMD160 = _MORE_2007 + "ecdsa-ripemd160"
    ECDSA_SHA1 = _MORE + "ecdsa-sha1"
    ECDSA_SHA224 = _MORE + "ecdsa-sha224"
    ECDSA_SHA3_224 = _MORE_2021 + "ecdsa-sha3-224"
    DSA_SHA1 = _DSIG + "dsa-sha1"
    DSA_SHA256 = _DSIG11 + "dsa-sha256"
    HMAC_MD5 = _MORE + "hmac-md5"
    HMAC_RIPEMD160 = _MORE + "hmac-ripemd160"
    HMAC_SHA1 = _DSIG + "hmac-sha1"
    HMAC_SHA224 = _MORE + "hmac-sha224"
    HMAC_SHA256 = _MORE + "hmac-sha256"
    HMAC_SHA384 = _MORE + "hmac-sha384"
    HMAC_SHA512 = _MORE + "hmac-sha512"
    MLDSA44 = _ALEKSEY + "ml-dsa-44"
    MLDSA65 = _ALEKSEY + "ml-dsa-65"
    MLDSA87 = _ALEKSEY + "ml-dsa-87"

    @cached_property
    def kind(self) -> KeyKind:
        """The kind of key it needs."""
        return _KINDS[self.name.partition("_")[0]]

    @cached_property
    def padding(self) -> Padding | None:
        """For RSA, which of the two paddings."""
        if self.kind is not KeyKind.RSA:
            return None
        return Padding.PSS if self.name.startswith("PSS") else Padding.PKCS1

    @cached_property
    def digest(self) -> Digest:
        """The digest inside it; where its URI says none, the one of its strength or its default."""
        named = self.name.partition("_")[2]
        if named:
            return Digest[named]
        # RFC 9231, clause 2.3.9: SHA-256 where RSAPSSParams says nothing.
        return Digest.SHA256 if self is SignatureAlgorithm.PSS else Digest.SHA512

    @cached_property
    def label(self) -> str:
        """The name people know it by."""
        if self.kind in {KeyKind.ED25519, KeyKind.ED448, *_LATTICES}:
            return self.kind.value
        family = "RSA-PSS" if self.padding is Padding.PSS else self.kind.value
        return family if self is SignatureAlgorithm.PSS else f"{family} with {self.digest.label}"

    @cached_property
    def legacy(self) -> bool:
        """Whether nobody should rely on it: a weak digest, DSA, or a key that both sides hold.

        Nor on ML-DSA, which is strong, for as long as its URI is that of one program.
        """
        return self.digest.legacy or self.kind in {KeyKind.DSA, KeyKind.HMAC, *_LATTICES}

    @classmethod
    def of(cls, kind: KeyKind, digest: Digest) -> SignatureAlgorithm:
        """The algorithm to sign with, for a kind of key and a digest; PKCS#1 v1.5 for RSA.

        Raises:
            UsageError: there is none, or nobody should rely on it.
        """
        edwards = kind in {KeyKind.ED25519, KeyKind.ED448}
        found = cls.__members__.get(kind.name if edwards else f"{kind.value}_{digest.name}")
        if found is None or found.legacy:
            raise UsageError(
                f"expected a digest that {kind.value} can sign with, of 256 bits or more, found "
                f"{digest.label}",
                code="sign.digest",
                advice="Use SHA-256, SHA-384 or SHA-512.",
            )
        return found


_LATTICES: Final = frozenset({KeyKind.MLDSA44, KeyKind.MLDSA65, KeyKind.MLDSA87})
_KINDS: Final = {
    **{kind.name: kind for kind in _LATTICES},
    "RSA": KeyKind.RSA,
    "PSS": KeyKind.RSA,
    "ECDSA": KeyKind.EC,
    "ED25519": KeyKind.ED25519,
    "ED448": KeyKind.ED448,
    "DSA": KeyKind.DSA,
    "HMAC": KeyKind.HMAC,
}


class Canonicalization(StrEnum):
    """Ways to write a tree as octets; the value is the URI."""

    INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    INCLUSIVE_COMMENTS = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
    INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
    INCLUSIVE_11_COMMENTS = "http://www.w3.org/2006/12/xml-c14n11#WithComments"
    EXCLUSIVE = EXCLUSIVE_C14N
    EXCLUSIVE_COMMENTS = EXCLUSIVE_C14N + "WithComments"

    @cached_property
    def exclusive(self) -> bool:
        """Whether only namespaces that are used are written."""
        return self.name.startswith("EXCLUSIVE")

    @cached_property
    def version_11(self) -> bool:
        """Whether it is 1.1: ``xml:id`` is not inherited, ``xml:base`` is joined."""
        return "11" in self.name

    @cached_property
    def comments(self) -> bool:
        """Whether comments are kept."""
        return self.name.endswith("_COMMENTS")

    @cached_property
    def label(self) -> str:
        """The name people know it by."""
        kind = "exclusive" if self.exclusive else "inclusive"
        version = "" if self.exclusive else " 1.1" if self.version_11 else " 1.0"
        return f"{kind} canonical XML{version}{' with comments' if self.comments else ''}"


_TRANSFORMS: Final = {
    XSLT: "XSLT transform",
    XPATH: "XPath transform",
    FILTER2: "XPath Filter 2 transform",
    ENVELOPED: "enveloped-signature transform",
    BASE64: "base64 transform",
    XPOINTER: "XPointer transform",
    RELATIONSHIP: "relationships transform of office documents",
}

TRANSFORMS: Final = frozenset({*_TRANSFORMS, *(item.value for item in Canonicalization)})
"""Every transform that the engine can do."""
UNUSUAL: Final = frozenset({XSLT, XPOINTER, RELATIONSHIP})
"""Transforms that are done only where a policy names them: a program, a form that a draft left
behind, and one that leaves out parts of what it is given by the rules of another format."""

_GOST: Final = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"
NOT_COMPUTED: Final = {
    _MORE_2021 + "eddsa-ed25519ctx": "Ed25519 with context",
    _MORE_2021 + "eddsa-ed25519ph": "Ed25519 over a digest",
    _MORE_2021 + "eddsa-ed448ph": "Ed448 over a digest",
    **{
        f"{_ALEKSEY}slh-dsa-sha2-{size}": f"SLH-DSA-SHA2-{size}"
        for size in ("128f", "128s", "192f", "192s", "256f", "256s")
    },
    _MORE + "gostr34102001-gostr3411": "GOST R 34.10-2001",
    f"{_GOST}gostr34102012-gostr34112012-256": "GOST R 34.10-2012 of 256 bits",
    f"{_GOST}gostr34102012-gostr34112012-512": "GOST R 34.10-2012 of 512 bits",
    _MORE + "gostr3411": "GOST R 34.11-94",
    f"{_GOST}gostr34112012-256": "GOST R 34.11-2012 of 256 bits",
    f"{_GOST}gostr34112012-512": "GOST R 34.11-2012 of 512 bits",
}
"""Never computed here, whatever the policy: no library that we rest on can. Known so that a clerk
reads a name and not a URI."""

_UNKNOWN: Final = {
    **NOT_COMPUTED,
    "http://www.w3.org/TR/xml-exc-c14n#": "an exclusive canonical XML URI that no standard has",
}

REFUSED: Final = {
    **{item.value: item.label for item in Digest if item.legacy},
    **{item.value: item.label for item in SignatureAlgorithm if item.legacy},
    **{item.value: item.label for item in Canonicalization if item != EXCLUSIVE_C14N},
    **_TRANSFORMS,
    **_UNKNOWN,
}
"""What our own profile refuses, by the name people know."""

_NAMES: Final = {
    **{item.value: item.label for item in Digest},
    **{item.value: item.label for item in SignatureAlgorithm},
    EXCLUSIVE_C14N: Canonicalization.EXCLUSIVE.label,
    **REFUSED,
}


def name_of(uri: str) -> str:
    """The name of an algorithm, or its URI."""
    return _NAMES.get(uri, uri or "none")
