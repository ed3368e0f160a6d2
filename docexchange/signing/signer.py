"""Sign: envelopes and receipts, XAdES B-B, in the profile that the verifier insists on.

>>> signed = Signer(key, clock=clock, role="agency").sign(document)
>>> signed.write_to("letter.edxml")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.clock import Clock, SystemClock
from docexchange.envelope.envelope import Envelope
from docexchange.envelope.model import Document, Status
from docexchange.errors import UsageError
from docexchange.signing.coverage import Part, parts_of, written_parts
from docexchange.signing.draft import (
    Template,
    Terms,
    check_period,
    period_of,
    unsignable,
)
from docexchange.signing.errors import Refusal
from docexchange.signing.keys import own_padding
from docexchange.signing.xmldsig.algorithms import (
    Digest,
    KeyKind,
    Padding,
    SignatureAlgorithm,
)
from docexchange.signing.xmldsig.references import element_ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from docexchange.envelope.model import Message
    from docexchange.signing.keys import SigningKey
    from docexchange.signing.timestamps import TsaClient
    from docexchange.signing.xades.policies import SignaturePolicy

__all__ = ["SignedEnvelope", "Signer", "algorithm_for", "check_foreign"]


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
        padding: of RSA keys; PKCS#1 v1.5 is what everybody reads.
        policy: the signature policy signed under.
        timestamps: gets a timestamp for each signature, which makes it B-T.

    Raises:
        UsageError: XML cannot carry the role, or the key cannot sign this way.
    """

    def __init__(
        self,
        key: SigningKey,
        *,
        clock: Clock | None = None,
        role: str = "",
        digest: Digest | None = None,
        padding: Padding = Padding.PKCS1,
        policy: SignaturePolicy | None = None,
        timestamps: TsaClient | None = None,
    ) -> None:
        self.key = key
        self._clock = clock or SystemClock()
        self._timestamps = timestamps
        self._period = period_of(key.certificate)
        digest = digest or key.digest
        self._algorithm = algorithm_for(key.kind, digest, own_padding(key.certificate, padding))
        self._template = Template(
            Terms(
                certificates=key.certificates,
                algorithm=self._algorithm,
                digest=digest,
                role=role,
                policy=policy,
            )
        )

    def sign(self, message: Message | Envelope) -> SignedEnvelope:
        """Sign a message, or an envelope that may already carry other signatures.

        Raises:
            InvalidEnvelope: the message has faults.
            UnusableKey: the certificate is not valid now.
            UsageError: nobody could verify the signature: a part of the envelope has no ``Id`` to
                refer to, an id or an attachment is not what it should be, or this key has signed
                at this very moment.
            TransportError: no authority gave the timestamp that was wanted.
        """
        if isinstance(message, (Document, Status)):
            attachments = message.attachments
            signature = self.signature
            return SignedEnvelope(
                Envelope.of(message, sign=lambda done: signature(written_parts(done, attachments)))
            )
        check_foreign(message, self._template, at=self._clock.now())
        return SignedEnvelope(message.with_signature(self.signature(parts_of(message))))

    def signature(self, parts: Sequence[Part]) -> bytes:
        """A ``ds:Signature`` over parts of a document.

        Args:
            parts: what to sign, each with a URI.

        Raises:
            UnusableKey: the certificate is not valid now.
            UsageError: a part has no ``Id``, or no canonical form.
            TransportError: no authority gave the timestamp that was wanted.
        """
        now = self._clock.now()
        check_period(self._period, now)
        draft = self._template.draft(parts, at=now)
        value = self.key.sign(draft.octets, self._algorithm)
        if self._timestamps is None:
            return draft.finished(value)
        return draft.stamped(value, self._timestamps, at=self._clock.now())


def algorithm_for(kind: KeyKind, digest: Digest, padding: Padding) -> SignatureAlgorithm:
    """The algorithm to sign with.

    Raises:
        UsageError: there is none.
    """
    if padding is Padding.PKCS1:
        return SignatureAlgorithm.of(kind, digest)
    found = SignatureAlgorithm.__members__.get(f"PSS_{digest.name}")
    if kind is not KeyKind.RSA or found is None or found.legacy:
        raise UsageError(
            f"expected an RSA key and SHA-256 or better for RSA-PSS, found {kind.value} and "
            f"{digest.label}",
            code="sign.padding",
        )
    return found


def check_foreign(envelope: Envelope, template: Template, *, at: datetime) -> None:
    """Refuse what could be signed, but never verified.

    Raises:
        UsageError: attachments without a manifest entry, an id twice, or signed at this moment.
    """
    if envelope.unlisted:
        raise UsageError(
            f"expected a manifest entry for every attachment, found {envelope.unlisted} without",
            code="sign.unlisted-attachment",
            advice="Compose the letter again.",
        )
    try:
        ids = element_ids(envelope.root)
    except Refusal as refusal:
        raise unsignable(refusal) from refusal
    if template.identity(parts_of(envelope), at) in ids:
        raise UsageError(
            "expected a letter that this key has not signed, found its signature of this very "
            "moment",
            code="sign.twice",
        )
