"""Who issued a revocation list, as the library remembers it: whoever signed it, and nobody else.

While it checks an authority, the library (0.33) takes that authority for the issuer of each list in
its name, and remembers so without a look at the signature. Of two authorities of one name, such as
one and the same with a new key, the wrong one would then stand for the list from there on.
"""

from __future__ import annotations

from typing import Any

from pyhanko_certvalidator.revinfo.manager import RevinfoManager

from docexchange.signing.trust.vouched import signed_by

__all__ = ["SignedLists"]


class SignedLists(RevinfoManager):  # type: ignore[misc]  # the library has no types
    """The library's lists and answers."""

    def record_crl_issuer(self, certificate_list: Any, cert: Any) -> None:
        """Remember who issued a list.

        Args:
            certificate_list: as asn1crypto has it.
            cert: the certificate of the issuer, as asn1crypto has it.
        """
        if signed_by(certificate_list, cert.dump()):
            super().record_crl_issuer(certificate_list, cert)
