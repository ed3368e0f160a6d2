"""May this certificate sign, and was it valid then? What the signer's own certificate must say.

>>> check_usage(der)
>>> check_period(signatory_of(der), at, proved=False)
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from docexchange.signing.certificates import load_der
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.signing.certificates import Signatory

__all__ = ["check_period", "check_usage"]

_REMEMBERED: Final = 1024


def check_usage(der: bytes) -> None:
    """Refuse a certificate that was not issued for signing.

    Args:
        der: the signer's certificate.

    Raises:
        Refusal: its key usage says so, or nothing.
    """
    if not _may_sign(der):
        raise Refusal(
            SubIndication.CHAIN_CONSTRAINTS_FAILURE,
            "expected a certificate with key usage digitalSignature or nonRepudiation, found one "
            "without",
            code="certificate.key-usage",
            advice="The certificate was not issued for signing documents.",
        )


@lru_cache(maxsize=_REMEMBERED)
def _may_sign(der: bytes) -> bool:
    from cryptography import x509

    try:
        usage = load_der(der).extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.digital_signature or usage.content_commitment


def check_period(signatory: Signatory, at: datetime, *, proved: bool) -> None:
    """Refuse a certificate that was not valid at a moment.

    Args:
        signatory: whom the signer's certificate names, and until when.
        at: the best signature time.
        proved: whether a timestamp proves it, so that nothing earlier can be.

    Raises:
        Refusal: it was not valid then.
    """
    begin, end = signatory.not_before, signatory.not_after
    if begin <= at <= end:
        return
    early = proved and at < begin
    raise Refusal(
        # Signed before there was a certificate: no later proof can mend that (5.5.4, step 5 b).
        SubIndication.NOT_YET_VALID if early else SubIndication.OUT_OF_BOUNDS_NO_POE,
        f"expected a certificate valid at {at:%Y-%m-%d %H:%M:%S} UTC, found one valid "
        f"{begin:%Y-%m-%d} to {end:%Y-%m-%d}",
        code="certificate.not-yet-valid" if early else "certificate.out-of-bounds",
        advice="The signature is older than the certificate. Do not use the letter."
        if early
        else "Nothing proves that the signature was made while the certificate was valid. "
        "If you know when it was, judge for that moment with --at.",
    )
