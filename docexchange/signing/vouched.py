"""Which certificates are worth a look: those that signatures tie to a trust anchor.

A letter brings its own certificates, and a path builder that takes them all tries every order of
them: nine that look alike cost it a minute, twelve a day. Here each certificate is held against
each possible issuer once, from the anchors downwards, and only what an anchor vouches for goes on
to have its path judged. A certificate that may not issue others vouches for nobody: an agency could
use its own to make as many look-alikes. Dates, constraints and revocation are judged elsewhere.

>>> vouched([leaf, sub_ca, stranger], anchors=[root])
(sub_ca, leaf)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.x509 import Certificate

__all__ = ["vouched"]


def vouched(
    candidates: Sequence[Certificate], *, anchors: Sequence[Certificate]
) -> tuple[Certificate, ...]:
    """Those of the candidates that an anchor issued, or one of them in turn.

    Args:
        candidates: certificates of unknown worth.
        anchors: certificates that are trusted as they are.
    """
    found: dict[Certificate, None] = {}
    issuers, left = list(dict.fromkeys(anchors)), dict.fromkeys(candidates)
    while issuers and left:
        issuer = issuers.pop()
        issued = [candidate for candidate in left if _issued(candidate, issuer)]
        for certificate in issued:
            del left[certificate]
        found |= dict.fromkeys(issued)
        issuers += filter(_may_issue, issued)
    return tuple(found)


def _may_issue(certificate: Certificate) -> bool:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True
