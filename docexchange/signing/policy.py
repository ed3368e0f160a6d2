"""What a verifier insists on: one frozen object, with the strict choices as defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from docexchange.limits import Limits
from docexchange.signing.certificates import is_for_pss_alone
from docexchange.signing.constraints import (
    CIRCULAR_15_2025,
    DIGESTS,
    MIN_RSA_BITS,
    Constraints,
    GoodUntil,
)
from docexchange.signing.errors import Refusal
from docexchange.signing.pss import UNREADABLE, PssLimits, pss_limits_of
from docexchange.signing.trust.rules import PathRules
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import (
    EXCLUSIVE_C14N,
    STRONG_DIGESTS,
    TRANSFORMS,
    UNUSUAL,
    Digest,
    KeyKind,
    Padding,
    SignatureAlgorithm,
    name_of,
)
from docexchange.signing.xmldsig.deviations import Deviation
from docexchange.signing.xmldsig.references import supported_digest
from docexchange.signing.xmldsig.value import NO_PARAMETERS, MethodParameters, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from cryptography.x509 import Certificate

    from docexchange.signing.xades.policies import SignaturePolicy

__all__ = ["VerificationPolicy"]

_ANYTHING: Final = Constraints(
    rows=(
        *CIRCULAR_15_2025,
        *(GoodUntil(algorithm=name) for name in (*DIGESTS.values(), "RSA", "DSA", "ECDSA")),
    )
)
"""No algorithm too weak for a path."""
_BRAINPOOL: Final = ("brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampRules:
    """What timestamps must be like."""

    policies: tuple[str, ...] = ()
    """OIDs of the policies accepted; empty for all."""
    max_accuracy: timedelta | None = None
    """How far the time may be off at most; a token that does not say is refused then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPolicy:
    """The rules a signature must meet."""

    check_revocation: bool = True
    """Whether every certificate on the path must be shown not to be revoked. Without it a stolen
    key stays good; the report says so."""
    min_rsa_bits: int = MIN_RSA_BITS
    """Shorter RSA keys are refused."""
    curves: tuple[str, ...] = ("secp256r1", "secp384r1", "secp521r1")
    """Curves of ECDSA keys."""
    algorithms: frozenset[SignatureAlgorithm] = frozenset(
        item for item in SignatureAlgorithm if not item.legacy
    )
    """Signature algorithms that are accepted."""
    timestamps: TimestampRules = field(default_factory=TimestampRules)
    """What timestamps must be like."""
    require_timestamp: bool = False
    """Whether each signature must have a timestamp that proves its time."""
    required_roles: tuple[str, ...] = ()
    """Roles (``leader``, ``agency``) that signatures which passed must claim, each of them another
    signer. A letter that lost one of its signatures on the way is still well signed: who needs both
    says so here."""
    signature_policies: tuple[SignaturePolicy, ...] = ()
    """Signature policies that are known; a signature under any other is INDETERMINATE."""
    digests: frozenset[Digest] = STRONG_DIGESTS
    """Digests of references that are accepted."""
    transforms: frozenset[str] = frozenset({EXCLUSIVE_C14N})
    """URIs of transforms and canonical forms that are done."""
    foreign: bool = False
    """Whether signatures of other forms than our profile count: enveloped, detached, with other
    canonical forms and transforms, as long as it is sure that they cover every part."""
    key_values: bool = False
    """Whether a key is taken out of the signature without a certificate. Anyone can make one."""
    deviations: frozenset[Deviation] = frozenset()
    """Forms that no standard has and some programs write, and that are accepted all the same."""
    key_usage: bool = True
    """Whether the signing certificate must allow signing (RFC 5280, clause 4.2.1.3)."""
    path: PathRules = field(default_factory=PathRules)
    """What the certificate path must be like, and until when algorithms are good enough."""
    limits: Limits = field(default_factory=Limits)
    """Bounds on signatures, references and certificates."""
    check_pdfs: bool = False
    """Whether signatures inside attached PDF files are looked at (extra ``pdf``; a second for each
    signed file). One that failed then makes the letter INDETERMINATE; see ``require_signed_pdfs``.
    """
    require_signed_pdfs: bool = False
    """Whether each attached PDF file must hold signatures, and all of them must pass. Without it a
    file that is not signed, or whose signer is not known, is told and decides nothing."""

    @property
    def looks_at_pdfs(self) -> bool:
        """Whether attached PDF files are looked into at all."""
        return self.check_pdfs or self.require_signed_pdfs

    @classmethod
    def general(cls) -> VerificationPolicy:
        """What auditors want: any form of signature, with algorithms that hold today."""
        return cls(
            foreign=True,
            curves=(*cls().curves, *_BRAINPOOL),
            transforms=TRANSFORMS - UNUSUAL,
        )

    @classmethod
    def unsafe_legacy(cls) -> VerificationPolicy:
        """Everything that the engine can compute, broken algorithms and stylesheets included.

        What passes under it proves nothing. It shows whether two programs agree.
        """
        return cls(
            min_rsa_bits=512,
            curves=(*cls().curves, *_BRAINPOOL),
            algorithms=frozenset(SignatureAlgorithm),
            digests=frozenset(Digest),
            transforms=TRANSFORMS,
            foreign=True,
            key_values=True,
            deviations=frozenset(Deviation),
            key_usage=False,
            path=PathRules(constraints=_ANYTHING, purposes=None),
        )

    def digest(self, uri: str) -> Digest:
        """The digest algorithm behind a URI.

        Raises:
            Refusal: it is not allowed.
        """
        return supported_digest(uri, self.digests)

    def signature_algorithm(self, uri: str) -> SignatureAlgorithm:
        """The algorithm behind a URI.

        Raises:
            Refusal: it is not allowed.
        """
        if uri in self.algorithms:
            return SignatureAlgorithm(uri)
        name = name_of(uri)
        keyed = name.startswith("HMAC")
        raise Refusal(
            SubIndication.SIG_CONSTRAINTS_FAILURE
            if keyed
            else SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
            f"expected RSA, ECDSA or EdDSA with SHA-256 or better, found {name}",
            code="signature.algorithm",
            advice="Whoever can check this can also forge it."
            if keyed
            else "Ask the sender to sign again with SHA-256.",
        )

    def check_key(self, key: Any, algorithm: SignatureAlgorithm) -> None:
        """Hold a public key to the algorithm and to its least size.

        Raises:
            Refusal: wrong kind, too small, or an unknown curve.
        """
        kind = kind_of(key)
        if kind is None or kind not in _kinds_of(self.algorithms):
            raise _too_weak(type(key).__name__, "an RSA, ECDSA or EdDSA key")
        if algorithm.kind is not kind:
            raise Refusal(
                SubIndication.SIG_CRYPTO_FAILURE,
                f"expected a signature algorithm for {kind} keys, found {algorithm.name}",
                code="signature.key-kind",
            )
        if kind is KeyKind.RSA and (bits := key.key_size) < self.min_rsa_bits:
            raise _too_weak(f"RSA of {bits} bits", f"RSA of {self.min_rsa_bits} bits or more")
        if kind is KeyKind.EC and (curve := key.curve.name) not in self.curves:
            raise _too_weak(f"the curve {curve}", " or ".join(self.curves))

    def check_certificate(
        self,
        certificate: Certificate,
        algorithm: SignatureAlgorithm,
        parameters: MethodParameters = NO_PARAMETERS,
    ) -> None:
        """Hold the key of a certificate to the algorithm, and to what the certificate says of it.

        Args:
            certificate: the signer's.
            algorithm: what the signature says it is made with.
            parameters: what it says besides.

        Raises:
            Refusal: see ``check_key``; or its key is for RSA-PSS alone, or for other parameters.
        """
        self.check_key(certificate.public_key(), algorithm)
        if algorithm.padding is Padding.PKCS1 and is_for_pss_alone(certificate):
            raise Refusal(
                SubIndication.SIG_CRYPTO_FAILURE,
                f"expected a signature algorithm for RSA-PSS keys, found {algorithm.name}",
                code="signature.key-kind",
            )
        if algorithm.padding is Padding.PSS:
            _check_pss(certificate, algorithm, parameters)

    def check_digests_at(self, digests: Iterable[str], at: datetime) -> None:
        """Hold the digests of a signature to what was good enough at a moment.

        Args:
            digests: their names, as ``hashlib`` has them.
            at: the moment that is judged.

        Raises:
            Refusal: one of them was not.
        """
        for digest in sorted(digests):
            weakness = self.path.constraints.check(DIGESTS.get(digest, digest), at=at)
            if weakness:
                raise weakness.refusal("the signature", code="signature.algorithm")


def _check_pss(
    certificate: Certificate, algorithm: SignatureAlgorithm, parameters: MethodParameters
) -> None:
    try:
        limits = pss_limits_of(certificate)
    except UNREADABLE as error:
        raise _other_parameters("a key whose parameters can be read", str(error)) from error
    if limits is None:
        return
    digest = parameters.digest or algorithm.digest
    salt = digest.new().digest_size if parameters.salt_length is None else parameters.salt_length
    used = PssLimits(digest.hashlib_name, (parameters.mask_digest or digest).hashlib_name, salt)
    if not limits.allow(digest=used.digest, mask_digest=used.mask_digest, salt=salt):
        raise _other_parameters(f"RSA-PSS as the key allows it ({limits.label})", used.label)


def _other_parameters(expected: str, found: str) -> Refusal:
    return Refusal(
        SubIndication.SIG_CRYPTO_FAILURE,
        f"expected {expected}, found {found[:200]}",
        code="signature.key-parameters",
        advice="The certificate says that its owner does not sign so. Do not rely on it; ask the "
        "sender.",
    )


@lru_cache(maxsize=16)
def _kinds_of(algorithms: frozenset[SignatureAlgorithm]) -> frozenset[KeyKind]:
    return frozenset(item.kind for item in algorithms)


def _too_weak(found: str, expected: str) -> Refusal:
    return Refusal(
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
        f"expected {expected} as signing key, found {found}",
        code="signature.key-size",
        advice="Ask the sender to sign again with a stronger key.",
    )
