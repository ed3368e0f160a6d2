"""All of a signature but its value: what is to be signed, and the text around it.

Who computes the value, a key in memory, a token or somebody else's service, is not decided here.
The same parts, terms and moment give the same draft, in any process.

>>> draft = draft_of(parts_of(envelope), terms, at=clock.now())
>>> draft.finished(key.sign(draft.octets, terms.algorithm))
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.envelope.xml import check_text
from docexchange.errors import UnusableKey, UsageError
from docexchange.signing.errors import Refusal
from docexchange.signing.xades.names import SIGNED_PROPERTIES, XADES
from docexchange.signing.xades.properties import properties_xml
from docexchange.signing.xades.unsigned import timestamp_xml, unsigned_xml
from docexchange.signing.xmldsig.build import (
    SignedPart,
    signature_value_xml,
    signature_xml,
    signed_info_xml,
)
from docexchange.signing.xmldsig.references import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography.x509 import Certificate

    from docexchange.signing.coverage import Part
    from docexchange.signing.timestamps import TsaClient
    from docexchange.signing.xades.policies import SignaturePolicy
    from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm

__all__ = [
    "COMPOSE",
    "Draft",
    "Terms",
    "check_period",
    "draft_of",
    "identity_of",
    "period_of",
    "unsignable",
]

COMPOSE: Final = "Compose the letter with docexchange, or let the system that made it sign it."
_PLAIN_URI: Final = re.compile(r"(#|cid:)[\w.@+~-]+")


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
    signed_info: str
    """``SignedInfo`` in canonical form."""
    properties: str
    """``SignedProperties`` in canonical form."""
    certificates: tuple[bytes, ...]
    """DER, the signer's first."""

    @property
    def octets(self) -> bytes:
        """What the value is made over."""
        return self.signed_info.encode()

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
        return signature_xml(
            self.identity,
            self.signed_info,
            value=value,
            certificates=self.certificates,
            qualifying_properties=(
                f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#{self.identity}">'
                f"{self.properties}{unsigned_xml(unsigned)}</xades:QualifyingProperties>"
            ),
        ).encode()


def draft_of(parts: Sequence[Part], terms: Terms, *, at: datetime) -> Draft:
    """Draft a signature.

    Args:
        parts: what to sign, each with a URI.
        terms: what to sign with, and what to say.
        at: when, timezone-aware.

    Raises:
        UsageError: a part has no ``Id``, or no canonical form.
    """
    identity, digest = identity_of(parts, terms, at), terms.digest
    references = [
        _signed_part(part, f"{identity}-{number}", digest) for number, part in enumerate(parts)
    ]
    properties = properties_xml(
        f"{identity}-properties",
        signing_time=at,
        certificate=terms.certificates[0],
        digest=digest,
        role=terms.role,
        parts=references,
        policy=terms.policy,
    )
    own = SignedPart(
        uri=f"#{identity}-properties",
        digest_value=hashlib.new(digest.hashlib_name, properties.encode()).digest(),
        type=SIGNED_PROPERTIES,
    )
    return Draft(
        identity=identity,
        signed_info=signed_info_xml([*references, own], algorithm=terms.algorithm, digest=digest),
        properties=properties,
        certificates=terms.certificates,
    )


def identity_of(parts: Sequence[Part], terms: Terms, at: datetime) -> str:
    """``Id`` of the signature: the same signer, letter and second give the same one."""
    digest = _begun(terms.certificates[0]).copy()
    digest.update("|".join([at.isoformat(), *[part.uri for part in parts]]).encode())
    return f"s-{digest.hexdigest()[:16]}"


@lru_cache(maxsize=64)
def _begun(certificate: bytes) -> hashlib._Hash:
    """What all ids of a signer begin with; to be copied."""
    return hashlib.sha256(certificate)


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


def _signed_part(part: Part, identity: str, digest: Digest) -> SignedPart:
    # It goes into the very text that is signed: a quote in it would sign what its writer chose.
    if not _PLAIN_URI.fullmatch(part.uri):
        raise UsageError(
            f"expected an Id on {part.label} for the signature to refer to, of letters, digits, "
            f"'.', '_' and '-', found {part.uri.removeprefix('#')[:60] or 'none'}",
            code="sign.no-id",
            advice=COMPOSE,
        )
    try:
        value = digest_of(part.target, digest)
    except Refusal as refusal:
        raise unsignable(refusal) from refusal
    return SignedPart(part.uri, value, identity, part.type, part.media_type)


def unsignable(refusal: Refusal) -> UsageError:
    """What cannot be signed so that anybody could verify it."""
    return UsageError(str(refusal), code="sign.unsignable", advice=COMPOSE)
