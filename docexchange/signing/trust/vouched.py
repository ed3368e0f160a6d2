"""Which certificates are worth a look: those that signatures tie to a trust anchor.

A letter brings its own certificates, and a path builder that takes them all tries every order of
them: nine that look alike cost it a minute, twelve a day. Here each certificate is held against
each possible issuer once, from the anchors downwards, and only what an anchor vouches for goes on
to have its path judged. A certificate that may not issue others vouches for nobody: an agency could
use its own to make as many look-alikes. Dates, constraints and revocation are judged elsewhere.

>>> vouched([leaf, sub_ca, stranger], anchors=[root])  # all in DER
(sub_ca, leaf)
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from docexchange.signing.trust.parsing import certificate_of, in_turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["key_that_signed", "signed_by", "vouched"]

_REMEMBERED: Final = 256
"""Pairs of certificates; a stranger decides how large each of them is."""


@in_turn
def vouched(candidates: Sequence[bytes], *, anchors: Sequence[bytes]) -> tuple[bytes, ...]:
    """Those of the candidates that an anchor issued, or one of them in turn.

    Args:
        candidates: DER of certificates of unknown worth.
        anchors: DER of certificates that are trusted as they are.
    """
    found: dict[bytes, None] = {}
    issuers, left = list(dict.fromkeys(anchors)), dict.fromkeys(candidates)
    while issuers and left:
        issuer = issuers.pop()
        issued = [candidate for candidate in left if _issued(candidate, issuer)]
        for certificate in issued:
            del left[certificate]
        found |= dict.fromkeys(issued)
        issuers += filter(_may_issue, issued)
    return tuple(found)


def _may_issue(der: bytes) -> bool:
    certificate = certificate_of(der)
    # RFC 5280, 4.1.2.6: an authority without a name is none.
    return certificate is not None and bool(certificate.ca and certificate.subject.native)


# Paths are judged anew each minute, and their certificates are the same.
@lru_cache(maxsize=_REMEMBERED)
def _issued(der: bytes, issuer_der: bytes) -> bool:
    certificate, issuer = certificate_of(der), certificate_of(issuer_der)
    if certificate is None or issuer is None:
        return False
    # Names are compared as RFC 5280, clause 7.1, has it: case and spaces do not count.
    return bool(certificate.issuer == issuer.subject) and signed_by(certificate, issuer_der)


def signed_by(item: Any, issuer_der: bytes) -> bool:
    """Whether a key has signed something.

    Args:
        item: a certificate or a revocation list, as asn1crypto has it.
        issuer_der: DER of the certificate with the key.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from pyhanko_certvalidator.errors import DSAParametersUnavailable

    from docexchange.signing.trust.signatures import check_signature

    data, algorithm, signature = item[0], item[1], item[2]  # as RFC 5280, 4.1 and 5.1, have both
    issuer: Any = certificate_of(issuer_der)
    try:
        check_signature(signature.native, data.dump(), issuer.public_key, algorithm)
    except DSAParametersUnavailable:
        return True  # inherited from further up: only the path can tell
    except (InvalidSignature, UnsupportedAlgorithm, AssertionError, TypeError, ValueError):
        return False
    return True


def key_that_signed(item: Any, issuers: Iterable[bytes]) -> bytes | None:
    """The public key, in DER, that signed something; None where it is none of the issuers'.

    Args:
        item: a certificate or a revocation list, as asn1crypto has it.
        issuers: DER of certificates that may hold the key; those of another name are passed over.
    """
    for der in issuers:
        issuer: Any = certificate_of(der)
        if issuer.subject == item.issuer and signed_by(item, der):
            key: bytes = issuer.public_key.dump()
            return key
    return None
