"""Can a timestamp token be believed? Ours is the whole check, step by step.

1. Imprint: it is over these octets.
2. Certificate: the maker's is in the token, and is the one named under the signature.
3. Signature: over the signed attributes, which hold the digest of what the token says.
4. Purpose: the certificate may make timestamps and nothing else (RFC 3161, clause 2.3).
5. Rules: accuracy and policy are as the verifier wants them; it is not of the future.
6. Trust: a valid path to an anchor at the token's time; and the key was not reported lost since,
   for with a stolen key one can stamp any time one likes (RFC 3161, clause 4, item 1).

>>> check_token(token, data, trust=trust, policy=policy, at=clock.now())
"""

from __future__ import annotations

import hashlib
import hmac
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from docexchange.signing.certificates import MAX_CERTIFICATE, load_der
from docexchange.signing.errors import Refusal
from docexchange.signing.keys import side_by_side
from docexchange.signing.tokens import refused
from docexchange.signing.trust.rules import TIME_STAMPING
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.value import verify_value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cryptography.x509 import Certificate

    from docexchange.signing.policy import TimestampRules, VerificationPolicy
    from docexchange.signing.tokens import CertificateMark, Token, TokenSignature
    from docexchange.signing.trust import Evidence, TrustStore

__all__ = ["Maker", "check_made", "check_stamped", "check_token", "maker_of"]

_MOVED = "It is a timestamp of something else. Somebody put it here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Who made a timestamp, and what shows that it may be believed."""

    certificate: Certificate
    """Its certificate."""
    path: tuple[bytes, ...]
    """DER of the certificates from there to the anchor, at the token's time."""
    evidence: tuple[Evidence, ...]
    """What shows that nobody on it was revoked then, nor its key reported lost since."""


def check_token(
    token: Token, data: bytes, *, trust: TrustStore, policy: VerificationPolicy, at: datetime
) -> Maker:
    """Return the maker if the token proves that the octets were there at its time.

    Args:
        token: as read.
        data: the octets that it should be over.
        trust: anchors and revocation lists.
        policy: what to insist on.
        at: the moment to judge for, timezone-aware; a token of a later time proves nothing.

    Raises:
        Refusal: it does not; the code says why.
    """
    digest = hashlib.new(token.digest.hashlib_name, data).digest()
    return check_stamped(token, digest, trust=trust, policy=policy, at=at)


def check_stamped(
    token: Token, digest: bytes, *, trust: TrustStore, policy: VerificationPolicy, at: datetime
) -> Maker:
    """As ``check_token``, for octets that are not held.

    Args:
        token: as read.
        digest: of the octets, by the token's own algorithm.
        trust: anchors and revocation lists.
        policy: what to insist on.
        at: the moment to judge for, timezone-aware.

    Raises:
        Refusal: as above.
    """
    maker = _check_made(token, digest, policy)
    _check_rules(token, policy.timestamps)
    if token.time > at + timedelta(seconds=policy.limits.clock_skew_seconds):
        raise refused(f"a time up to {at:%Y-%m-%d %H:%M:%S} UTC", f"{token.time}", "future")
    return _traced(token, maker, trust, policy, at)


def check_made(token: Token, data: bytes, *, policy: VerificationPolicy) -> Certificate:
    """Steps 1 to 4: everything that needs neither trust nor a clock.

    Raises:
        Refusal: one of them does not hold.
    """
    return _check_made(token, hashlib.new(token.digest.hashlib_name, data).digest(), policy)


def _check_made(token: Token, digest: bytes, policy: VerificationPolicy) -> Certificate:
    if not hmac.compare_digest(digest, token.imprint):
        raise refused(
            f"the digest {digest.hex()}",
            token.imprint.hex()[:128],
            "imprint",
            SubIndication.HASH_FAILURE,
            advice=_MOVED,
        )
    maker = maker_of(token)
    _check_signature(token, maker, policy)
    _check_purpose(maker)
    return maker


def maker_of(token: Token) -> Certificate:
    """The certificate that the token names as its maker's, in both places.

    Raises:
        Refusal: it is not in the token, or another than the one under the signature.
    """
    signature = token.signature
    if not signature.marks:
        raise refused("ESSCertID or ESSCertIDv2 under the signature", "none", "certificate")
    for der in token.certificates:
        certificate = _loaded(der)
        if certificate is not None and _is_named(certificate, signature):
            _check_mark(der, certificate, signature.marks[0])
            return certificate
    raise refused(
        "the certificate of its maker in the token",
        f"{len(token.certificates)} others",
        "certificate",
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
    )


def _loaded(der: bytes) -> Certificate | None:
    if len(der) > MAX_CERTIFICATE:
        return None
    try:
        return load_der(der)
    except ValueError:
        return None


def _is_named(certificate: Certificate, signature: TokenSignature) -> bool:
    from cryptography import x509

    if signature.issuer_serial is not None:
        return signature.issuer_serial == _issuer_serial(certificate)
    try:
        own = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return False
    return own.digest == signature.key_identifier


def _issuer_serial(certificate: Certificate) -> tuple[bytes, int]:
    return certificate.issuer.public_bytes(), certificate.serial_number


def _check_mark(der: bytes, certificate: Certificate, mark: CertificateMark) -> None:
    same = hmac.compare_digest(hashlib.new(mark.hash_name, der).digest(), mark.value)
    if not same or mark.issuer_serial not in (None, _issuer_serial(certificate)):
        raise refused(
            "the certificate named under the signature",
            "another with the same number",
            "certificate",
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        )


def _check_signature(token: Token, maker: Certificate, policy: VerificationPolicy) -> None:
    signature = token.signature
    actual = hashlib.new(signature.digest.hashlib_name, token.content).digest()
    if not hmac.compare_digest(actual, signature.content_digest):
        raise refused(
            "the digest of TSTInfo under the signature",
            "another: it was changed",
            "content",
            SubIndication.HASH_FAILURE,
        )
    key = maker.public_key()
    with _named("signature."):
        policy.check_certificate(maker, signature.algorithm, signature.parameters)
    try:
        verify_value(
            key,
            signature.algorithm,
            signature.attributes,
            side_by_side(signature.value, key.curve) if hasattr(key, "curve") else signature.value,
            parameters=signature.parameters,
        )
    except (Refusal, ValueError, OverflowError):
        raise refused(
            "a signature by the key of its certificate",
            "one that does not hold",
            "signature",
            SubIndication.SIG_CRYPTO_FAILURE,
        ) from None


def _check_purpose(maker: Certificate) -> None:
    found = _fault_of_purpose(maker)
    if found:
        raise refused(
            "a certificate for timestamps and nothing else",
            found,
            "purpose",
            SubIndication.CHAIN_CONSTRAINTS_FAILURE,
            advice="Its maker is no timestamp authority.",
        )


def _fault_of_purpose(maker: Certificate) -> str:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    by_kind = {type(item.value): item for item in maker.extensions}
    purposes, usage = by_kind.get(x509.ExtendedKeyUsage), by_kind.get(x509.KeyUsage)
    if purposes is None:
        return "one for no purpose in particular"
    if not purposes.critical:
        return "one where that is not critical"
    if list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        return "one for others"
    # RFC 5280, clause 4.2.1.3: a key usage that is there must allow signatures.
    if usage and not (usage.value.digital_signature or usage.value.content_commitment):
        return "one whose key may not sign"
    return ""


def _check_rules(token: Token, rules: TimestampRules) -> None:
    if rules.policies and token.policy not in rules.policies:
        raise refused(
            f"the policy {' or '.join(rules.policies)}",
            token.policy,
            "policy",
            SubIndication.SIG_CONSTRAINTS_FAILURE,
        )
    limit = rules.max_accuracy
    if limit is not None and (token.accuracy is None or token.accuracy > limit):
        found = "none given" if token.accuracy is None else str(token.accuracy)
        raise refused(
            f"an accuracy of {limit} or better",
            found,
            "accuracy",
            SubIndication.SIG_CONSTRAINTS_FAILURE,
        )


def _traced(
    token: Token, maker: Certificate, trust: TrustStore, policy: VerificationPolicy, at: datetime
) -> Maker:
    from cryptography.hazmat.primitives.serialization import Encoding

    begin, end = maker.not_valid_before_utc, maker.not_valid_after_utc
    if not begin <= token.time <= end:
        raise refused(
            f"a time between {begin:%Y-%m-%d} and {end:%Y-%m-%d}, when its certificate is valid",
            f"{token.time:%Y-%m-%d %H:%M:%S}",
            "out-of-bounds",
            SubIndication.OUT_OF_BOUNDS_NO_POE,
        )
    leaf = maker.public_bytes(Encoding.DER)
    chain = [der for der in token.certificates if der != leaf]
    rules = replace(policy.path, purposes=TIME_STAMPING)
    with _named("certificate."):
        paths = [
            trust.find_path(
                leaf, chain, at=moment, check_revocation=policy.check_revocation, rules=rules
            )
            for moment in (token.time, max(token.time, min(at, end)))
        ]
    evidence = dict.fromkeys(item for path in paths for item in path.evidence)
    return Maker(certificate=maker, path=paths[0].certificates, evidence=tuple(evidence))


@contextmanager
def _named(room: str) -> Iterator[None]:
    """Let a refusal from elsewhere say that it is the timestamp's."""
    try:
        yield
    except Refusal as refusal:
        raise Refusal(
            refusal.sub_indication,
            f"timestamp: {refusal}",
            code=f"timestamp.{refusal.code.removeprefix(room)}",
            advice=refusal.advice,
        ) from refusal
