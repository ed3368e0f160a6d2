"""All of a signature but its value: what is to be signed, and the text around it.

Who computes the value, a key in memory, a token or somebody else's service, is not decided here.
The same parts, terms and moment give the same draft, in any process.

>>> draft = Template(terms).draft(parts_of(envelope), at=clock.now())
>>> draft.finished(key.sign(draft.octets, terms.algorithm))
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.envelope.xml import check_text
from docexchange.errors import UnusableKey, UsageError
from docexchange.signing.errors import Refusal
from docexchange.signing.xades.names import SIGNED_PROPERTIES, XADES
from docexchange.signing.xades.properties import (
    format_xml,
    properties_octets,
    signer_xml,
)
from docexchange.signing.xades.unsigned import timestamp_xml, unsigned_xml
from docexchange.signing.xmldsig.build import (
    element_methods,
    key_info_octets,
    octets_methods,
    reference_xml,
    signature_octets,
    signature_value_xml,
    signed_info_octets,
    signed_info_start,
)
from docexchange.signing.xmldsig.references import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography.x509 import Certificate
    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.signing.coverage import Part
    from docexchange.signing.timestamps import TsaClient
    from docexchange.signing.xades.policies import SignaturePolicy
    from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm

__all__ = [
    "COMPOSE",
    "Draft",
    "Template",
    "Terms",
    "check_period",
    "period_of",
    "unsignable",
]

COMPOSE: Final = "Compose the letter with docexchange, or let the system that made it sign it."
_PLAIN_URI: Final = re.compile(r"(?:#|cid:)[a-zA-Z0-9.@+~\w-]+")  # `\w` is looked up last


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a signer signs with, and says about it.

    Raises:
        UsageError: XML cannot carry the role, or there is no certificate.
    """

    certificates: tuple[bytes, ...]
    """DER, the signer's first."""
    algorithm: SignatureAlgorithm
    """What the value is made with."""
    digest: Digest
    """What references are digested with."""
    role: str = ""
    """Role claimed; empty for none."""
    policy: SignaturePolicy | None = None
    """Signature policy; None for none."""

    def __post_init__(self) -> None:
        if not self.certificates:
            raise UsageError("expected the signer's certificate, found none", code="sign.terms")
        problem = check_text(self.role)
        if problem:
            raise UsageError(f"role: expected text, found {problem}", code="sign.role")


class Draft(NamedTuple):
    """A signature that lacks its value."""

    identity: str
    """``Id`` of the signature."""
    octets: bytes
    """``SignedInfo`` in canonical form: what the value is made over."""
    properties: bytes
    """``SignedProperties`` in canonical form."""
    key_info: bytes
    """``KeyInfo``."""

    def stamped(self, value: bytes, client: TsaClient | None, *, at: datetime) -> bytes:
        """The whole signature, with a timestamp over its value where there is a client.

        Args:
            value: the signature value.
            client: gets timestamps.
            at: the present.

        Raises:
            TransportError: no authority gave a timestamp.
        """
        if client is None:
            return self.finished(value)
        text = signature_value_xml(self.identity, value)
        return self.finished(value, timestamp_xml(client.stamp(text.encode(), at=at).der))

    def finished(self, value: bytes, unsigned: str = "") -> bytes:
        """The whole signature.

        Args:
            value: the signature value.
            unsigned: unsigned properties.
        """
        start = f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#{self.identity}">'
        end = b"</xades:QualifyingProperties>"
        if unsigned:
            end = unsigned_xml(unsigned).encode() + end
        return signature_octets(
            self.identity,
            self.octets,
            value=value,
            key_info=self.key_info,
            properties=(start.encode(), self.properties, end),
        )


class Template:
    """A signature in blank: what all those of a signer have in common is written once.

    Args:
        terms: what the signer signs with, and says about it.
    """

    __slots__ = (
        "_begun",
        "_hash",
        "_key_info",
        "_of_element",
        "_of_octets",
        "_signer",
        "_start",
        "terms",
    )

    def __init__(self, terms: Terms) -> None:
        certificate, digest = terms.certificates[0], terms.digest
        self.terms = terms
        self._hash = getattr(hashlib, digest.hashlib_name, digest.new)
        self._begun = hashlib.sha256(certificate)
        self._start = signed_info_start(terms.algorithm)
        self._of_element, self._of_octets = element_methods(digest), octets_methods(digest)
        self._signer = signer_xml(certificate, digest, role=terms.role, policy=terms.policy)
        self._key_info = key_info_octets(terms.certificates)

    def identity(self, parts: Sequence[Part], at: datetime) -> str:
        """``Id`` of a signature: the same signer, letter and second give the same one.

        Args:
            parts: what is signed.
            at: when, timezone-aware.
        """
        digest = self._begun.copy()
        digest.update("|".join([at.isoformat(), *[part.uri for part in parts]]).encode())
        return f"s-{digest.hexdigest()[:16]}"

    def draft(self, parts: Sequence[Part], *, at: datetime) -> Draft:
        """Draft a signature.

        Args:
            parts: what to sign, each with a URI.
            at: when, timezone-aware.

        Raises:
            UsageError: a part has no ``Id``, or no canonical form.
        """
        identity = self.identity(parts, at)
        references, formats = [], []
        for number, (_, target, uri, media_type, kind) in enumerate(parts):
            # It goes into the very text that is signed: a quote would sign what its writer chose.
            if not _PLAIN_URI.fullmatch(uri):
                raise _without_id(parts[number])
            own = f"{identity}-{number}"
            methods = self._of_element if uri[0] == "#" else self._of_octets
            value = (
                self._hash(target).digest() if isinstance(target, bytes) else self._digest(target)
            )
            references.append(reference_xml(uri, methods, value, identity=own, kind=kind))
            formats.append(format_xml(own, media_type))
        name = f"{identity}-properties"
        properties = properties_octets(name, signing_time=at, signer=self._signer, formats=formats)
        value = self._hash(properties).digest()
        references.append(
            reference_xml(f"#{name}", self._of_element, value, kind=SIGNED_PROPERTIES)
        )
        octets = signed_info_octets(self._start, references)
        return Draft(identity, octets, properties, self._key_info)

    def _digest(self, target: _Element | Attachment) -> bytes:
        try:
            return digest_of(target, self.terms.digest)
        except Refusal as refusal:
            raise unsignable(refusal) from refusal


def period_of(certificate: Certificate) -> tuple[datetime, datetime]:
    """The first and the last moment of a certificate."""
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def check_period(period: tuple[datetime, datetime], at: datetime) -> None:
    """Refuse to sign with a certificate that is not valid now.

    Raises:
        UnusableKey: it is not.
    """
    begin, end = period
    if not begin <= at <= end:
        raise UnusableKey(
            f"expected a certificate valid at {at:%Y-%m-%d %H:%M:%S} UTC, found one valid "
            f"{begin:%Y-%m-%d} to {end:%Y-%m-%d}",
            code="key.out-of-bounds",
            advice="Renew the certificate; a signature made now would not be accepted.",
        )


def _without_id(part: Part) -> UsageError:
    return UsageError(
        f"expected an Id on {part.label} for the signature to refer to, of letters, digits, "
        f"'.', '_' and '-', found {part.uri.removeprefix('#')[:60] or 'none'}",
        code="sign.no-id",
        advice=COMPOSE,
    )


def unsignable(refusal: Refusal) -> UsageError:
    """What cannot be signed so that anybody could verify it."""
    return UsageError(str(refusal), code="sign.unsignable", advice=COMPOSE)
