"""Forms that no standard has and some programs write: each has a name, and a policy lists them.

Nothing here is done under the policies that are meant for use. Who compares programs, or reads an
archive of old, lifts them by name, and knows then what passed only because of that.

>>> VerificationPolicy(foreign=True, deviations=frozenset({Deviation.DER_VALUE}))
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Deviation"]


class Deviation(StrEnum):
    """One such form; the value is the code of its refusal."""

    DER_VALUE = "signature.der-value"
    """A value of ECDSA or DSA as DER, where RFC 9231, clause 2.3.6, has r and s side by side."""
    VALUE_LENGTH = "signature.value-length"
    """r and s side by side, each shorter or longer than the order of the group."""
    HMAC_LENGTH = "signature.hmac-length"
    """``HMACOutputLength`` below 80 bits or half of the digest: XMLDSig 1.1, clause 6.3.1."""
    ENCODING = "signature.encoding"
    """XML in ISO-8859-1, where everything here is UTF-8."""
    DTD = "signature.dtd"
    """XML with a document type declaration that declares everything inside itself."""

    def check(self, allowed: Collection[Deviation], found: str) -> None:
        """Refuse it unless it is allowed.

        Args:
            allowed: what the policy lists.
            found: what was found, for the message.

        Raises:
            Refusal: it is not.
        """
        if self not in allowed:
            raise Refusal(
                _FAILURES.get(self, SubIndication.FORMAT_FAILURE),
                f"expected {_EXPECTED[self]}, found {found}",
                code=self.value,
                advice="Ask the sender to mend the program that signs, and to sign again.",
            )


_FAILURES: Final = {
    Deviation.DER_VALUE: SubIndication.SIG_CRYPTO_FAILURE,
    Deviation.VALUE_LENGTH: SubIndication.SIG_CRYPTO_FAILURE,
}
"""A value in another form is no value of its algorithm, whoever made it."""

_EXPECTED: Final = {
    Deviation.DER_VALUE: "r and s side by side as signature value (RFC 9231, clause 2.3.6)",
    Deviation.VALUE_LENGTH: "r and s of the length of the group (RFC 9231, clause 2.3.6)",
    Deviation.HMAC_LENGTH: "an HMAC of at least 80 bits and half of the digest "
    "(XMLDSig 1.1, clause 6.3.1)",
    Deviation.ENCODING: "XML in UTF-8 under the signature",
    Deviation.DTD: "XML without a document type declaration under the signature",
}
