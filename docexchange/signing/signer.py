"""Sign: envelopes and receipts, XAdES B-B, in the profile that the verifier insists on.

>>> signed = Signer(key, clock=clock, role="agency").sign(document)
>>> signed.write_to("letter.edxml")
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.clock import Clock, SystemClock
from docexchange.envelope.envelope import Envelope
from docexchange.envelope.model import Document, Status
from docexchange.envelope.xml import check_text
from docexchange.errors import UnusableKey, UsageError
from docexchange.signing.coverage import Part, parts_of
from docexchange.signing.errors import Refusal
from docexchange.signing.xades.properties import (
    SIGNED_PROPERTIES,
    XADES,
    DataFormat,
    properties_xml,
)
from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.build import SignedPart, signature_xml, signed_info_xml
from docexchange.signing.xmldsig.references import digest_of, element_ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from docexchange.envelope.model import Message
    from docexchange.signing.keys import SigningKey

__all__ = ["SignedEnvelope", "Signer"]

_PLAIN_URI: Final = re.compile(r"(#|cid:)[\w.@+~-]+")
_COMPOSE: Final = "Compose the letter with docexchange, or let the system that made it sign it."


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

    Raises:
        UsageError: XML cannot carry the role.
    """

    def __init__(
        self,
        key: SigningKey,
        *,
        clock: Clock | None = None,
        role: str = "",
        digest: Digest | None = None,
    ) -> None:
        problem = check_text(role)
        if problem:
            raise UsageError(f"role: expected text, found {problem}", code="sign.role")
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
            UsageError: nobody could verify the signature: a part of the envelope has no ``Id`` to
                refer to, an id or an attachment is not what it should be, or this key has signed
                at this very moment.
        """
        if isinstance(message, (Document, Status)):
            envelope = Envelope.of(message)
        else:
            envelope = message
            self._check_foreign(envelope)
        return SignedEnvelope(envelope.with_signature(self.signature(parts_of(envelope))))

    def _check_foreign(self, envelope: Envelope) -> None:
        """Refuse what could be signed, but never verified."""
        if envelope.unlisted:
            raise UsageError(
                f"expected a manifest entry for every attachment, "
                f"found {envelope.unlisted} without",
                code="sign.unlisted-attachment",
                advice="Compose the letter again.",
            )
        try:
            ids = element_ids(envelope.root)
        except Refusal as refusal:
            raise _unsignable(refusal) from refusal
        if self._identity(parts_of(envelope), self._clock.now()) in ids:
            raise UsageError(
                "expected a letter that this key has not signed, found its signature of this "
                "very moment",
                code="sign.twice",
            )

    def signature(self, parts: Sequence[Part]) -> bytes:
        """A ``ds:Signature`` over parts of a document.

        Args:
            parts: what to sign, each with a URI.

        Raises:
            UnusableKey: the certificate is not valid now.
            UsageError: a part has no ``Id``, or no canonical form.
        """
        now = self._clock.now()
        self._check_period(now)
        identity = self._identity(parts, now)
        references = [
            SignedPart(
                uri=_uri(part),
                digest_value=self._digest_of(part),
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

    def _digest_of(self, part: Part) -> bytes:
        try:
            return digest_of(part.target, self._digest)
        except Refusal as refusal:
            raise _unsignable(refusal) from refusal

    def _identity(self, parts: Sequence[Part], now: datetime) -> str:
        # The same signer, letter and second give the same id; two signers never do.
        seed = "|".join([now.isoformat(), *(part.uri for part in parts)]).encode()
        return f"s-{hashlib.sha256(self._certificates[0] + seed).hexdigest()[:16]}"


def _uri(part: Part) -> str:
    # It goes into the very text that is signed: a quote in it would sign what its writer chose.
    if not _PLAIN_URI.fullmatch(part.uri):
        raise UsageError(
            f"expected an Id on {part.label} for the signature to refer to, of letters, digits, "
            f"'.', '_' and '-', found {part.uri.removeprefix('#')[:60] or 'none'}",
            code="sign.no-id",
            advice=_COMPOSE,
        )
    return part.uri


def _unsignable(refusal: Refusal) -> UsageError:
    return UsageError(str(refusal), code="sign.unsignable", advice=_COMPOSE)
