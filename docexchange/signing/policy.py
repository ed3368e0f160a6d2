"""What a verifier insists on: one frozen object, with the strict choices as defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docexchange.limits import Limits
from docexchange.signing.constraints import DIGESTS
from docexchange.signing.errors import Refusal
from docexchange.signing.keys import MIN_RSA_BITS
from docexchange.signing.trust.rules import PathRules
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import KeyKind, SignatureAlgorithm, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = ["VerificationPolicy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPolicy:
    """The rules a signature must meet."""

    check_revocation: bool = True
    """Whether every certificate on the path must be shown not to be revoked. Without it a stolen
    key stays good; the report says so."""
    min_rsa_bits: int = MIN_RSA_BITS
    """Shorter RSA keys are refused."""
    curves: tuple[str, ...] = ("secp256r1", "secp384r1")
    """Curves of ECDSA keys."""
    path: PathRules = field(default_factory=PathRules)
    """What the certificate path must be like, and until when algorithms are good enough."""
    limits: Limits = field(default_factory=Limits)
    """Bounds on signatures, references and certificates."""

    def signature_algorithm(self, uri: str) -> SignatureAlgorithm:
        """The algorithm behind a URI.

        Raises:
            Refusal: it is not allowed.
        """
        try:
            return SignatureAlgorithm(uri)
        except ValueError:
            name = name_of(uri)
            keyed = name.startswith("HMAC")
            raise Refusal(
                SubIndication.SIG_CONSTRAINTS_FAILURE
                if keyed
                else SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
                f"expected RSA or ECDSA with SHA-256, SHA-384 or SHA-512, found {name}",
                code="signature.algorithm",
                advice="Whoever can check this can also forge it."
                if keyed
                else "Ask the sender to sign again with SHA-256.",
            ) from None

    def check_key(self, key: object, algorithm: SignatureAlgorithm) -> None:
        """Hold a public key to the algorithm and to its least size.

        Raises:
            Refusal: wrong kind, too small, or an unknown curve.
        """
        from cryptography.hazmat.primitives.asymmetric import ec, rsa

        if isinstance(key, rsa.RSAPublicKey):
            self._expect(algorithm, KeyKind.RSA)
            if key.key_size < self.min_rsa_bits:
                raise _too_weak(
                    f"RSA of {key.key_size} bits", f"RSA of {self.min_rsa_bits} bits or more"
                )
        elif isinstance(key, ec.EllipticCurvePublicKey):
            self._expect(algorithm, KeyKind.EC)
            if key.curve.name not in self.curves:
                raise _too_weak(f"the curve {key.curve.name}", " or ".join(self.curves))
        else:
            raise _too_weak(type(key).__name__, "an RSA or ECDSA key")

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

    @staticmethod
    def _expect(algorithm: SignatureAlgorithm, kind: KeyKind) -> None:
        if algorithm.kind is not kind:
            raise Refusal(
                SubIndication.SIG_CRYPTO_FAILURE,
                f"expected a signature algorithm for {kind} keys, found {algorithm.name}",
                code="signature.key-kind",
            )


def _too_weak(found: str, expected: str) -> Refusal:
    return Refusal(
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
        f"expected {expected} as signing key, found {found}",
        code="signature.key-size",
        advice="Ask the sender to sign again with a stronger key.",
    )
