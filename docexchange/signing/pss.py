"""Keys for RSA-PSS alone that say what they are to be used with (RFC 4055, clause 3.3).

>>> limits = pss_limits_of(certificate)
>>> limits is None or limits.allow(digest="sha384", mask_digest="sha384", salt=48)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.errors import UnusableKey
from docexchange.signing.certificates import is_for_pss_alone
from docexchange.signing.xmldsig.algorithms import Digest

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm

__all__ = ["UNREADABLE", "PssLimits", "check_pss", "pss_digest_of", "pss_limits_of"]

UNREADABLE: Final = (ValueError, TypeError, KeyError)
"""What reading such parameters raises, where they are not what they should be."""


class PssLimits(NamedTuple):
    """What a key allows, and nothing else."""

    digest: str
    """Name of the digest, as ``hashlib`` has it."""
    mask_digest: str
    """That of the mask generation, MGF1."""
    least_salt: int
    """Octets of salt at least."""

    def allow(self, *, digest: str, mask_digest: str, salt: int) -> bool:
        """Whether a signature may be made so.

        Args:
            digest: its digest, as ``hashlib`` has it.
            mask_digest: that of its mask generation.
            salt: its octets of salt.
        """
        return (digest, mask_digest) == self[:2] and salt >= self.least_salt

    @property
    def label(self) -> str:
        """What people call them."""
        return f"{self.digest}, MGF1 with {self.mask_digest}, salt of {self.least_salt} or more"


def pss_limits_of(certificate: Certificate) -> PssLimits | None:
    """What the key of a certificate allows; None where it says nothing.

    Args:
        certificate: any; of keys that are not for RSA-PSS alone nothing is said.

    Raises:
        ValueError, TypeError, KeyError: what it says cannot be read (`UNREADABLE`).
    """
    if not is_for_pss_alone(certificate):
        return None
    from asn1crypto import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    # The library that loaded it keeps the numbers of the key alone.
    tree = x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    told = tree["tbs_certificate"]["subject_public_key_info"]["algorithm"]["parameters"].native
    if told is None:
        return None
    mask = told["mask_gen_algorithm"]
    if mask["algorithm"] != "mgf1":
        raise ValueError(f"the mask generation {mask['algorithm']}")
    return PssLimits(
        told["hash_algorithm"]["algorithm"], mask["parameters"]["algorithm"], told["salt_length"]
    )


def pss_digest_of(certificate: Certificate) -> Digest | None:
    """The digest that the key of a certificate asks for; None where it says nothing.

    Raises:
        UnusableKey: nobody here can sign as it asks for.
    """
    try:
        limits = pss_limits_of(certificate)
        return Digest[limits.digest.upper()] if limits else None
    except UNREADABLE as error:
        raise _unusable("parameters of RSA-PSS that are known here", str(error)) from error


def check_pss(certificate: Certificate, algorithm: SignatureAlgorithm) -> None:
    """Refuse to sign as the key says that it does not.

    Args:
        certificate: the signer's.
        algorithm: what is signed with: MGF1 with the digest itself, salt as long as that.

    Raises:
        UnusableKey: its certificate asks for something else.
    """
    limits, digest = pss_limits_of(certificate), algorithm.digest
    name, size = digest.hashlib_name, digest.new().digest_size
    if limits and not limits.allow(digest=name, mask_digest=name, salt=size):
        raise _unusable(f"RSA-PSS as the key allows it ({limits.label})", digest.label)


def _unusable(expected: str, found: str) -> UnusableKey:
    return UnusableKey(
        f"expected {expected}, found {found[:200]}",
        code="key.parameters",
        advice="Its certificate allows nothing else. Leave the digest out, or get another key.",
    )
