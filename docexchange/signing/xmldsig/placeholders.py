"""Placeholders: octets that stand where a value should be, and are none.

>>> made_up(b"aaaaaaaaaaaa")
'a placeholder: 12 octets that are all alike'
"""

from __future__ import annotations

from typing import Final

from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

__all__ = ["bad_certificate", "made_up"]

_SHORTEST: Final = 10
"""Octets of the shortest value that is one: an HMAC cut to 80 bits."""


def made_up(octets: bytes) -> str:
    """What gives away that octets are in the place of a value; empty when nothing does."""
    if len(octets) < _SHORTEST:
        return f"a placeholder of {len(octets)} octets"
    if len(set(octets)) == 1:
        return f"a placeholder: {len(octets)} octets that are all alike"
    return ""


def bad_certificate(der: bytes, error: ValueError) -> Refusal:
    """The refusal of what stands in ``KeyInfo`` for a certificate and cannot be read as one."""
    return Refusal(
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        "expected a certificate in KeyInfo, found "
        + (made_up(der) or f"{len(der)} octets that cannot be read as one ({error})"),
        code="signature.bad-certificate",
        advice="Some systems write a placeholder there; such a letter is not signed.",
    )
