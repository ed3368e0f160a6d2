"""Our table of algorithms as the library asks for it, and the signatures it has checked.

The library asks its policy about certificates only; revocation lists and OCSP answers would pass
with SHA-1. So the check of signatures itself holds all of them to the table.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint, AlgorithmUsagePolicy
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    SignatureValidationContext,
    SignatureValidator,
)

from docexchange.signing.constraints import DIGESTS
from docexchange.signing.errors import Refusal
from docexchange.signing.trust.signatures import check_signature
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.signing.constraints import Constraints, Weakness

__all__ = [
    "CountedSignatures",
    "TablePolicy",
    "too_much",
    "weakness_of_key",
    "weakness_of_signature",
]

# The library logs refusals with tracebacks; without a handler Python writes them to our users.
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())

_KEYS: Final = {"rsa": "RSA", "rsassa_pss": "RSA", "ec": "ECDSA", "dsa": "DSA"}
_EDWARDS: Final = {"ed25519": ("Ed25519", 256), "ed448": ("Ed448", 456)}
"""Name and size of keys and signatures in one: the library (asn1crypto 1.5) knows no size."""


def weakness_of_key(key: Any, constraints: Constraints, *, at: datetime) -> Weakness | None:
    """Is a public key, as asn1crypto has it, good enough?"""
    if _lacks_parameters(key):
        return None  # they come from further up, with a key that is judged
    if key.algorithm in _EDWARDS:
        return constraints.check(*_EDWARDS[key.algorithm], at=at)
    name = _KEYS.get(key.algorithm, key.algorithm)
    if name == "ECDSA" and key.curve[0] != "named":
        name = "a curve with parameters of its own"  # RFC 5480, 2.1.1: MUST NOT
    return constraints.check(name, key.bit_size, at=at)


def _lacks_parameters(key: Any) -> bool:
    """RFC 3279, 2.3.2: a DSA key may leave its parameters to the key that vouches for it."""
    return key.algorithm == "dsa" and key["algorithm"]["parameters"].native is None


def weakness_of_signature(
    algorithm: Any, key: Any, constraints: Constraints, *, at: datetime
) -> Weakness | None:
    """Are a signature's digest and key, as asn1crypto has them, good enough?"""
    try:
        digest = algorithm.hash_algo
    except ValueError:  # it has none of its own, as EdDSA
        digest = algorithm["algorithm"].native
    if digest in _EDWARDS:
        return constraints.check(*_EDWARDS[digest], at=at)
    return constraints.check(DIGESTS.get(digest, digest), at=at) or (
        None if key is None else weakness_of_key(key, constraints, at=at)
    )


class TablePolicy(AlgorithmUsagePolicy):  # type: ignore[misc]  # the library has no types
    """The table, as the library wants to ask it.

    Args:
        constraints: the table.
        at: the moment that is judged.
    """

    def __init__(self, constraints: Constraints, at: datetime) -> None:
        self._constraints, self._at = constraints, at

    def digest_algorithm_allowed(self, algo: Any, moment: datetime | None) -> Any:
        """May this digest be used? The moment is ours, whatever the library has in mind."""
        del moment
        name = algo["algorithm"].native
        return _answer(self._constraints.check(DIGESTS.get(name, name), at=self._at))

    def signature_algorithm_allowed(
        self, algo: Any, moment: datetime | None, public_key: Any
    ) -> Any:
        """May this signature algorithm be used with this key?"""
        del moment
        return _answer(weakness_of_signature(algo, public_key, self._constraints, at=self._at))


def _answer(weakness: Weakness | None) -> Any:
    if weakness is None:
        return AlgorithmUsageConstraint(allowed=True)
    end = weakness.good_until
    reason = f"{weakness.algorithm} is not allowed"
    return AlgorithmUsageConstraint(
        allowed=False,
        not_allowed_after=end,
        failure_reason=f"{weakness.algorithm} was good until {end:%Y-%m-%d}" if end else reason,
    )


class CountedSignatures(SignatureValidator):  # type: ignore[misc]  # as above
    """Checks signatures, holds them to the table, counts them, and remembers the good ones.

    Args:
        constraints: the table.
        at: the moment that is judged.
        budget: most signatures to be checked in one judgement.
    """

    def __init__(self, constraints: Constraints, at: datetime, *, budget: int) -> None:
        self._constraints, self._at, self._left = constraints, at, budget
        self._inherited: dict[bytes, Any] = {}
        self.good: set[bytes] = set()
        """What was signed, of every signature that held."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: Any,
        signature_algorithm: Any,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Check one signature.

        Raises:
            InvalidSignature: it does not hold, or its algorithm is not good enough.
            Refusal: so many have been checked that somebody must have meant it.
        """
        self._left -= 1
        if self._left < 0:
            raise too_much("signatures of certificates and lists")
        key = self._complete(public_key_info)
        if weakness_of_signature(signature_algorithm, key, self._constraints, at=self._at):
            raise InvalidSignature
        try:
            check_signature(signature, signed_data, key, signature_algorithm, context)
        except AssertionError as error:  # a key of another kind than the algorithm wants
            raise InvalidSignature from error
        self.good.add(signed_data)

    def _complete(self, key: Any) -> Any:
        """The key with DSA parameters it has inherited: the path has them, lists do not."""
        if key.algorithm != "dsa":
            return key
        octets = key["public_key"].contents
        if _lacks_parameters(key):
            return self._inherited.get(octets, key)
        self._inherited[octets] = key
        return key


def too_much(what: str) -> Refusal:
    """The refusal of evidence that would keep us busy without end."""
    return Refusal(
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
        f"expected a path that can be judged in a bounded number of steps, found too many {what}",
        code="certificate.budget",
        advice="Ask the sender to include only the certificates that lead to the root.",
    )
