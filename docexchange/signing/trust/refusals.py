"""What the library says about a path, in the standard's words and with advice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from docexchange.signing.certificates import load_der
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "PUBLISHED",
    "most_telling",
    "no_chain",
    "published_at",
    "refusal_of",
    "revoked_by_delta",
    "unreadable",
]

_REVOKED: Final = (
    "The certificate was withdrawn and nothing proves that the signature is older. "
    "Ask the sender for a newly signed copy."
)
_OUT_OF_BOUNDS: Final = (
    "Nothing proves that the signature was made while the certificate was valid. If you "
    "know when it was, judge for that moment with --at."
)
_NO_INFORMATION: Final = (
    "Give a current revocation list of each issuing authority (--crl), or let it be fetched "
    "(--online)."
)
PUBLISHED: Final = "Published at:"
"""Before the addresses in such advice."""
_ADDRESS: Final = re.compile(r"(?:https?|ldap)://[!-~]{1,200}")
_MOST_ADDRESSES: Final = 4
_ALGORITHM: Final = "Ask the authority for a certificate with a stronger key and SHA-256."


def refusal_of(error: Exception) -> Refusal:
    """The refusal for an error of path validation."""
    from pyhanko_certvalidator import errors

    is_signer = getattr(error, "is_ee_cert", True)
    reason, code, advice = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, "path", ""
    if isinstance(error, errors.RevokedError):
        reason = SubIndication.REVOKED_NO_POE if is_signer else SubIndication.REVOKED_CA_NO_POE
        code, advice = "revoked", _REVOKED
    elif isinstance(error, (errors.ExpiredError, errors.NotYetValidError)):
        reason, code = SubIndication.OUT_OF_BOUNDS_NO_POE, "out-of-bounds"
        advice = _OUT_OF_BOUNDS
    elif isinstance(error, errors.InsufficientRevinfoError):
        reason, code = SubIndication.TRY_LATER, "no-revocation-information"
        advice = _NO_INFORMATION
    elif isinstance(error, errors.DisallowedAlgorithmError):
        reason = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
        if error.banned_since is not None:  # it may have been good when it was used
            reason = SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
        code, advice = "algorithm", _ALGORITHM
    message = f"expected a valid certificate path, found: {error}"
    return Refusal(reason, message, code=f"certificate.{code}", advice=advice)


def published_at(refusal: Refusal, addresses: Sequence[str]) -> Refusal:
    """The same refusal, with where to get what is missing.

    Args:
        refusal: revocation information is missing.
        addresses: as certificates have them that an anchor vouches for; they may be anything.
    """
    fit = [item for item in addresses if _ADDRESS.fullmatch(item)][:_MOST_ADDRESSES]
    if not fit:
        return refusal.again()
    advice = f"{refusal.advice} {PUBLISHED} {', '.join(dict.fromkeys(fit))}"
    return Refusal(refusal.sub_indication, str(refusal), code=refusal.code, advice=advice)


def most_telling(refusals: Sequence[Refusal]) -> Refusal:
    """Of the refusals of several paths, the one that says most.

    Revocation first: whoever lets two authorities vouch for a stolen key must not have us say "try
    later". What is missing comes last.
    """
    return min(refusals, key=lambda refusal: _RANKS.get(refusal.sub_indication, len(_RANKS) // 2))


_RANKS: Final = {
    SubIndication.REVOKED_NO_POE: 0,
    SubIndication.REVOKED_CA_NO_POE: 1,
    SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE: 5,
    SubIndication.OUT_OF_BOUNDS_NO_POE: 6,
    SubIndication.TRY_LATER: 7,
}


def revoked_by_delta(certificate: Any, *, is_signer: bool) -> Refusal:
    """The refusal of a certificate, as asn1crypto has it, that a delta list names."""
    return Refusal(
        SubIndication.REVOKED_NO_POE if is_signer else SubIndication.REVOKED_CA_NO_POE,
        "expected a valid certificate path, found: a delta list says that "
        f"{certificate.subject.human_friendly[:200]} was revoked",
        code="certificate.revoked",
        advice=_REVOKED,
    )


def no_chain(leaf: bytes) -> Refusal:
    """The refusal of a certificate that leads to no anchor.

    Args:
        leaf: its DER.
    """
    try:
        subject = load_der(leaf).subject.rfc4514_string()[:200]
    except ValueError:
        subject = "not a certificate"
    return Refusal(
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        f"expected a path from the signing certificate to a trust anchor, found none ({subject})",
        code="certificate.no-chain",
        advice="If you trust the authority that issued it, add its root certificate (--trust).",
    )


def unreadable(error: Exception) -> Refusal:
    """The refusal of certificates that nobody can judge."""
    return Refusal(
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
        f"expected certificates that can be judged, found {error}",
        code="certificate.unreadable",
    )
