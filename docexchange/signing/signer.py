"""Sign: envelopes and receipts, XAdES B-B, in the profile that the verifier insists on.

>>> signed = Signer(key, clock=clock, role="agency").sign(document)
>>> signed.write_to("letter.edxml")
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.clock import Clock, SystemClock
from docexchange.envelope.envelope import Envelope
from docexchange.envelope.model import Document, Status
from docexchange.errors import UnusableKey, UsageError
from docexchange.signing.coverage import Part, parts_of
from docexchange.signing.xades.properties import (
    SIGNED_PROPERTIES,
    XADES,
    DataFormat,
    properties_xml,
)
from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.build import SignedPart, signature_xml, signed_info_xml
from docexchange.signing.xmldsig.references import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from docexchange.envelope.model import Message
    from docexchange.signing.keys import SigningKey

__all__ = ["SignedEnvelope", "Signer"]


@dataclass(frozen=True)
class SignedEnvelope:
    """An envelope that carries a signature of ours. Signed is not verified."""

    envelope: Envelope
    """The envelope, signature included."""

    @property
    def message(self) -> Message:
        """The message in it."""
        return self.envelope.message

    def write_to(self, path: Path | str, *, replace: bool = True) -> None:
        """Write the file whole or not at all; see ``Envelope.write_to``."""
        self.envelope.write_to(path, replace=replace)


class Signer:
    """Signs with one key.

    Args:
        key: private key and certificate.
        clock: tells the signing time.
        role: the role claimed: ``leader``, ``agency``, or empty.
        digest: digest for references; that of the key's strength when left out.
    """

    def __init__(
        self,
        key: SigningKey,
        *,
        clock: Clock | None = None,
        role: str = "",
        digest: Digest | None = None,
    ) -> None:
        self.key = key
        self._clock = clock or SystemClock()
        self._role = role
        self._digest = digest or key.digest
        self._algorithm = SignatureAlgorithm.of(key.kind, self._digest)
        self._certificates = key.certificates

    def sign(self, message: Message | Envelope) -> SignedEnvelope:
        """Sign a message, or an envelope that may already carry other signatures.

        Raises:
            InvalidEnvelope: the message has faults.
            UnusableKey: the certificate is not valid now.
            UsageError: a part of the envelope has no ``Id`` to refer to.
        """
        envelope = Envelope.of(message) if isinstance(message, (Document, Status)) else message
        if envelope.unlisted:
            raise UsageError(
                f"expected a manifest entry for every attachment, "
                f"found {envelope.unlisted} without",
                code="sign.unlisted-attachment",
                advice="Compose the letter again.",
            )
        return SignedEnvelope(envelope.with_signature(self.signature(parts_of(envelope))))

    def signature(self, parts: Sequence[Part]) -> bytes:
        """A ``ds:Signature`` over parts of a document.

        Args:
            parts: what to sign, each with a URI.

        Raises:
            UnusableKey: the certificate is not valid now.
            UsageError: a part has no ``Id``.
        """
        now = self._clock.now()
        self._check_period(now)
        identity = self._identity(parts, now)
        references = [
            SignedPart(
                uri=_uri(part),
                digest_value=digest_of(part.target, self._digest),
                identity=f"{identity}-{number}",
            )
            for number, part in enumerate(parts)
        ]
        formats = [
            DataFormat(reference.identity, part.media_type)
            for reference, part in zip(references, parts, strict=True)
        ]
        properties = properties_xml(
            f"{identity}-properties",
            signing_time=now,
            certificate=self._certificates[0],
            digest=self._digest,
            role=self._role,
            formats=formats,
        )
        own = SignedPart(
            uri=f"#{identity}-properties",
            digest_value=hashlib.new(self._digest.hashlib_name, properties.encode()).digest(),
            type=SIGNED_PROPERTIES,
        )
        signed_info = signed_info_xml(
            [*references, own], algorithm=self._algorithm, digest=self._digest
        )
        qualifying = (
            f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#{identity}">'
            f"{properties}</xades:QualifyingProperties>"
        )
        return signature_xml(
            identity,
            signed_info,
            value=self.key.sign(signed_info.encode(), self._algorithm),
            certificates=self._certificates,
            qualifying_properties=qualifying,
        ).encode()

    def _check_period(self, now: datetime) -> None:
        certificate = self.key.certificate
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not begin <= now <= end:
            raise UnusableKey(
                f"expected a certificate valid at {now:%Y-%m-%d %H:%M:%S} UTC, found one valid "
                f"{begin:%Y-%m-%d} to {end:%Y-%m-%d}",
                code="key.out-of-bounds",
                advice="Renew the certificate; a signature made now would not be accepted.",
            )

    def _identity(self, parts: Sequence[Part], now: datetime) -> str:
        # The same signer, letter and second give the same id; two signers never do.
        seed = "|".join([now.isoformat(), *(part.uri for part in parts)]).encode()
        return f"s-{hashlib.sha256(self._certificates[0] + seed).hexdigest()[:16]}"


def _uri(part: Part) -> str:
    if not part.uri:
        raise UsageError(
            f"expected an Id on {part.label} for the signature to refer to, found none",
            code="sign.no-id",
            advice="Compose the letter with docexchange, or let the system that made it sign it.",
        )
    return part.uri
