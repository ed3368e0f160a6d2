"""Signing in two steps, where the key is elsewhere: a remote service, a desk without a network.

``prepare`` says what is to be signed; somebody signs it; ``complete`` takes the value, and only if
it is right. What was prepared can be stored, and completed in another process.

>>> prepared = prepare(envelope, [certificate], at=clock.now(), role="agency")
>>> value = service.sign_hash(prepared.octets_digest)
>>> signed = complete(prepared, value, envelope=envelope, at=clock.now())
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self

from docexchange.errors import DocExchangeError, UnreadableInput, UsageError
from docexchange.signing.certificates import load_der
from docexchange.signing.coverage import parts_of
from docexchange.signing.draft import Draft, Template, Terms, check_period, period_of
from docexchange.signing.errors import Refusal
from docexchange.signing.keys import check_signer, own_digest, own_padding, side_by_side
from docexchange.signing.pss import check_pss, pss_digest_of
from docexchange.signing.signer import SignedEnvelope, algorithm_for, check_foreign
from docexchange.signing.xades.policies import SignaturePolicy
from docexchange.signing.xmldsig.algorithms import Digest, KeyKind, Padding, SignatureAlgorithm
from docexchange.signing.xmldsig.value import kind_of, verify_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cryptography.x509 import Certificate

    from docexchange.envelope.envelope import Envelope
    from docexchange.signing.timestamps import TsaClient

__all__ = ["PreparedSignature", "complete", "prepare"]

_FORMAT: Final = "docexchange-prepared-1"
_UNREADABLE: Final = (
    AttributeError,
    DocExchangeError,
    KeyError,
    RecursionError,  # brackets in brackets
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedSignature:
    """A signature that waits for its value.

    Raises:
        UnusableKey: the certificate is of a key that no verifier would accept.
    """

    terms: Terms
    """Certificates, algorithm, role and policy."""
    at: datetime
    """The signing time, which is signed too; UTC."""
    octets: bytes
    """What is to be signed: ``SignedInfo`` in canonical form."""

    def __post_init__(self) -> None:
        check_signer(self.certificate.public_key())
        if self.at.tzinfo is None:
            raise UsageError("at: expected a time with its zone, found none", code="sign.time")

    @property
    def certificate(self) -> Certificate:
        """The signer's certificate."""
        return load_der(self.terms.certificates[0])

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """What the value must be made with."""
        return self.terms.algorithm

    @property
    def octets_digest(self) -> bytes:
        """Digest of the octets, for services that sign digests."""
        return hashlib.new(self.algorithm.digest.hashlib_name, self.octets).digest()

    def to_json(self) -> str:
        """The same as text, to be kept until the value is there. Nothing in it is secret."""
        policy = self.terms.policy
        plain = {
            "format": _FORMAT,
            "algorithm": self.algorithm.value,
            "octets": _text(self.octets),
            "octets_digest": _text(self.octets_digest),
            "at": self.at.isoformat(),
            "digest": self.terms.digest.value,
            "role": self.terms.role,
            "policy": policy
            and {"oid": policy.oid, "digest": policy.digest.value, "value": _text(policy.value)},
            "certificates": [_text(item) for item in self.terms.certificates],
        }
        return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            UnreadableInput: it is something else.
        """
        try:
            plain = _plain(text)
            return cls(
                terms=_terms(plain),
                at=datetime.fromisoformat(plain["at"]),
                octets=_octets(plain["octets"]),
            )
        except _UNREADABLE as error:
            raise UnreadableInput(
                f"expected a prepared signature ({_FORMAT}), found something else: {error}",
                code="prepared.malformed",
                advice="Prepare the signature again.",
            ) from error


def prepare(
    envelope: Envelope,
    certificates: Sequence[Certificate],
    *,
    at: datetime,
    role: str = "",
    digest: Digest | None = None,
    padding: Padding = Padding.PKCS1,
    policy: SignaturePolicy | None = None,
) -> PreparedSignature:
    """Say what is to be signed.

    Args:
        envelope: the letter, which may already carry other signatures.
        certificates: the signer's, and then its chain without the root.
        at: the signing time, timezone-aware.
        role: the role claimed.
        digest: digest for references; that of the key's strength when left out.
        padding: of RSA keys.
        policy: the signature policy signed under.

    Raises:
        UnusableKey: the certificate is not valid at that time, or its key is too weak.
        UsageError: nobody could verify the signature; see ``Signer.sign``.
    """
    from cryptography.hazmat.primitives.serialization import Encoding

    key = check_signer(certificates[0].public_key())
    digest = digest or pss_digest_of(certificates[0]) or own_digest(key)
    algorithm = algorithm_for(
        kind_of(key) or KeyKind.RSA, digest, own_padding(certificates[0], padding)
    )
    check_pss(certificates[0], algorithm)
    terms = Terms(
        certificates=tuple(item.public_bytes(Encoding.DER) for item in certificates),
        algorithm=algorithm,
        digest=digest,
        role=role,
        policy=policy,
    )
    check_period(period_of(certificates[0]), at)
    template = Template(terms)
    check_foreign(envelope, template, at=at)
    draft = template.draft(parts_of(envelope), at=at)
    return PreparedSignature(terms=terms, at=at, octets=draft.octets)


def complete(
    prepared: PreparedSignature,
    value: bytes,
    *,
    envelope: Envelope,
    at: datetime,
    timestamps: TsaClient | None = None,
) -> SignedEnvelope:
    """Put the value in.

    Args:
        prepared: what ``prepare`` gave.
        value: the signature value; of ECDSA in DER, or r and s side by side.
        envelope: the letter that was prepared, unchanged; other signatures may have come to it.
        at: the present, timezone-aware; for the timestamp.
        timestamps: gets a timestamp.

    Raises:
        UsageError: it is another letter, or the value is not right.
        TransportError: no authority gave the timestamp that was wanted.
    """
    template = Template(prepared.terms)
    check_foreign(envelope, template, at=prepared.at)
    draft = template.draft(parts_of(envelope), at=prepared.at)
    if draft.octets != prepared.octets:
        raise UsageError(
            "expected the letter that was prepared for signing, found another, or a changed one",
            code="prepared.other-letter",
            advice="Prepare the signature again for this letter.",
        )
    checked = _checked(draft, prepared, value)
    return SignedEnvelope(envelope.with_signature(draft.stamped(checked, timestamps, at=at)))


def _checked(draft: Draft, prepared: PreparedSignature, value: bytes) -> bytes:
    key = prepared.certificate.public_key()
    for form in _forms(key, value):
        try:
            verify_value(key, prepared.algorithm, draft.octets, form)
        except Refusal:
            continue
        return form
    raise UsageError(
        f"expected a value by the key of {prepared.certificate.subject.rfc4514_string()} with "
        f"{prepared.algorithm.label}, found {len(value)} octets that are none",
        code="prepared.value",
        advice="Let that key sign the octets (or their digest) with that algorithm.",
    )


def _forms(key: Any, value: bytes) -> Iterator[bytes]:
    """The value as it is, and what it is if it came in DER."""
    yield value
    if kind_of(key) is KeyKind.EC:
        try:
            yield side_by_side(value, key.curve)
        except (ValueError, OverflowError):
            return


def _plain(text: str) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(text)
    if plain["format"] != _FORMAT:
        raise ValueError(f"the format {plain['format']!r}")
    return plain


def _terms(plain: dict[str, Any]) -> Terms:
    policy = plain["policy"]
    return Terms(
        certificates=tuple(map(_octets, plain["certificates"])),
        algorithm=SignatureAlgorithm(plain["algorithm"]),
        digest=Digest(plain["digest"]),
        role=plain["role"],
        policy=policy
        and SignaturePolicy(
            oid=policy["oid"], digest=Digest(policy["digest"]), value=_octets(policy["value"])
        ),
    )


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _octets(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
