"""What a signature may cost us: counted as it is spent, so that no trick with numbers helps."""

from __future__ import annotations

from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

__all__ = ["Budget"]


class Budget:
    """How much may be spent on one signature.

    Args:
        most: the whole of it.
        limit: the name of the limit it comes from.
        unit: what is counted, for people.
    """

    def __init__(self, most: int, *, limit: str, unit: str) -> None:
        self._most = self._left = most
        self._limit, self._unit = limit, unit

    def spend(self, count: int) -> None:
        """Take from it.

        Raises:
            Refusal: there is not as much left.
        """
        self._left -= count
        if self._left < 0:
            raise Refusal(
                SubIndication.SIG_CONSTRAINTS_FAILURE,
                f"expected a signature that is checked within {self._most} {self._unit} "
                f"({self._limit}), found one that is not",
                code="signature.budget",
                advice="If the document is genuine, raise the limit named here in `Limits`.",
            )
