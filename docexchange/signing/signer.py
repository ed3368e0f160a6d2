"""Sign: envelopes and receipts, XAdES B-B, in the profile that the verifier insists on.

>>> signer = Signer(key, clock=clock, role="agency")
>>> signer.sign(document).write_to("letter.edxml")
>>> for signed in signer.sign_all(documents): ...
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from docexchange.clock import Clock, SystemClock
from docexchange.envelope.envelope import OpenEnvelope
from docexchange.envelope.model import Document, Status
from docexchange.errors import UsageError
from docexchange.limits import MIB
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
from docexchange.signing.pss import check_pss
from docexchange.signing.xmldsig.algorithms import (
    Digest,
    KeyKind,
    Padding,
    SignatureAlgorithm,
)
from docexchange.signing.xmldsig.references import element_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from docexchange.envelope.envelope import Envelope
    from docexchange.envelope.model import Message
    from docexchange.signing.draft import Draft
    from docexchange.signing.keys import SigningKey
    from docexchange.signing.timestamps import TsaClient
    from docexchange.signing.xades.policies import SignaturePolicy

__all__ = ["SignedEnvelope", "Signer", "algorithm_for", "check_foreign"]

_LOT: Final = 64
"""Letters at a time, for keys in memory: more gain nothing, and wait."""
_OCTETS: Final = 4 * MIB
"""Of attachments; a lot that has more is closed, for they may be in memory as well."""
_Given = TypeVar("_Given")
_Done = TypeVar("_Done")


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
        check_pss(key.certificate, self._algorithm)
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
        draft, closed = self._begun(message)
        return SignedEnvelope(closed(self._finished(draft, self._value(draft))))

    def sign_all(self, messages: Iterable[Message | Envelope]) -> Iterator[SignedEnvelope]:
        """Sign many, in their order, for less than ``sign`` takes for each.

        Up to 64 at a time are written, then signed, then put together: a processor that comes from
        a private key has to warm to everything else. Letters with large attachments, and those that
        a device signs, are given as soon as they are signed. What is wrong with one ends it, when
        all before that one are given.

        Args:
            messages: as for ``sign``.

        Raises:
            DocExchangeError: as ``sign``, for the message behind the last that was given.
            Exception: whatever the messages raise.
        """
        waiting, most = iter(messages), 1 if self.key.in_device else _LOT
        begun: list[_Begun] | None = None
        while begun is None or begun:
            begun, refused = _as_far(self._begun, _lot(waiting, most))
            values, failed = _as_far(self._value_of, begun)
            for (draft, closed), value in zip(begun, values, strict=False):
                yield SignedEnvelope(closed(self._finished(draft, value)))
            problem = refused if failed is None else failed
            if problem is not None:
                raise problem

    def signature(self, parts: Sequence[Part]) -> bytes:
        """A ``ds:Signature`` over parts of a document.

        Args:
            parts: what to sign, each with a URI.

        Raises:
            UnusableKey: the certificate is not valid now.
            UsageError: a part has no ``Id``, or no canonical form.
            TransportError: no authority gave the timestamp that was wanted.
        """
        draft = self._draft(parts)
        return self._finished(draft, self._value(draft))

    def _begun(self, message: Message | Envelope) -> _Begun:
        if isinstance(message, (Document, Status)):
            opened = OpenEnvelope.of(message)
            parts = written_parts(opened.written.fragments, message.attachments)
            return _Begun(self._draft(parts), opened.closed)
        check_foreign(message, self._template, at=self._clock.now())
        return _Begun(self._draft(parts_of(message)), message.with_signature)

    def _draft(self, parts: Sequence[Part]) -> Draft:
        now = self._clock.now()
        check_period(self._period, now)
        return self._template.draft(parts, at=now)

    def _value(self, draft: Draft) -> bytes:
        return self.key.sign(draft.octets, self._algorithm)

    def _value_of(self, begun: _Begun) -> bytes:
        return self._value(begun.draft)

    def _finished(self, draft: Draft, value: bytes) -> bytes:
        if self._timestamps is None:
            return draft.finished(value)
        return draft.stamped(value, self._timestamps, at=self._clock.now())


class _Begun(NamedTuple):
    """A letter that waits for the value of its signature."""

    draft: Draft
    closed: Callable[[bytes], Envelope]
    """Puts the signature in."""


def _lot(waiting: Iterator[Message | Envelope], most: int) -> Iterator[Message | Envelope]:
    """The next letters that are signed together."""
    room = _OCTETS
    for letter in islice(waiting, most):
        yield letter
        message = letter if isinstance(letter, (Document, Status)) else letter.message
        for attachment in message.attachments:
            room -= attachment.size
        if room < 0:
            return


def _as_far(
    work: Callable[[_Given], _Done], items: Iterable[_Given]
) -> tuple[list[_Done], Exception | None]:
    """What was done up to the first item for which it cannot be, and why not for that one."""
    done = []
    try:
        for item in items:
            done.append(work(item))  # noqa: PERF401 - what came before an error counts
    except Exception as error:  # noqa: BLE001 - it is raised when those are given
        return done, error
    return done, None


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
            advice="It is signed already; there is no need to sign it again.",
        )
