"""The certificates of a path as a report tells them.

>>> [item.subject for item in chain_of(path.certificates)]
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from docexchange.signing.certificates import fingerprint, load_der
from docexchange.signing.report import ChainCertificate
from docexchange.signing.trust.parsing import certificate_of

__all__ = ["chain_of"]

_REMEMBERED: Final = 1024


@lru_cache(maxsize=_REMEMBERED)
def chain_of(certificates: tuple[bytes, ...]) -> tuple[ChainCertificate, ...]:
    """What a report tells of the certificates on a path.

    Args:
        certificates: their DER, each of which has been read before.
    """
    return tuple(map(_told, certificates))


def _told(der: bytes) -> ChainCertificate:
    try:
        certificate = load_der(der)
    except ValueError:  # an anchor may be older than the rules, such as one with the number 0
        return _told_patiently(der)
    return ChainCertificate(
        subject=certificate.subject.rfc4514_string(),
        sha256=fingerprint(der),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _told_patiently(der: bytes) -> ChainCertificate:
    certificate: Any = certificate_of(der)
    return ChainCertificate(
        subject=certificate.subject.human_friendly,
        sha256=fingerprint(der),
        not_before=certificate.not_valid_before,
        not_after=certificate.not_valid_after,
    )
