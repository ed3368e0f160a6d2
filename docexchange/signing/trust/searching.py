"""The library's store of certificates, with an end to how often it is asked for issuers.

Authorities that all vouch for each other, and lead nowhere, have as many ways round as there are
orders of them; none is a path, so counting paths would not end the search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pyhanko_certvalidator.registry import CertificateRegistry

from docexchange.signing.trust.algorithms import too_much

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["STEPS", "CountedRegistry"]

STEPS: Final = 5_000
"""Most look-ups of issuers in one judgement; a path of three takes three."""


class CountedRegistry(CertificateRegistry):  # type: ignore[misc]  # the library has no types
    """Finds issuers, until somebody must have meant us to be busy."""

    _left = STEPS

    def find_potential_issuers(self, cert: Any, trust_manager: Any) -> Iterator[Any]:
        """Find certificates and anchors that may have issued this one.

        Args:
            cert: as asn1crypto has it.
            trust_manager: the library's anchors.

        Raises:
            Refusal: it has been asked too often.
        """
        self._left -= 1
        if self._left < 0:
            raise too_much("ways from one authority to another")
        found: Iterator[Any] = super().find_potential_issuers(cert, trust_manager)
        return found
