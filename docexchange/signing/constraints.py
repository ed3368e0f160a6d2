"""Until when is an algorithm good enough? A table of algorithms with end dates, and one question.

>>> constraints = Constraints()
>>> constraints.check("RSA", 2048, at=moment), constraints.check("SHA-256", at=moment)
(None, None)
>>> constraints.check("SHA-1", at=moment)
Weakness(algorithm='SHA-1', good_until=datetime(2012, 8, 1, tzinfo=UTC))

The question is asked for the digests and the signature algorithm of a signature, and for the key
and signature of every certificate, revocation list and OCSP answer on the way to the anchor, as of
the moment that is judged. What is not in the table was never good.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from docexchange.errors import ConfigurationError
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication

__all__ = [
    "CIRCULAR_15_2025",
    "DIGESTS",
    "ETSI_TS_119_312",
    "MIN_RSA_BITS",
    "Constraints",
    "GoodUntil",
    "Weakness",
]

DIGESTS: Final = {
    "md5": "MD5",
    "ripemd160": "RIPEMD-160",
    "sha1": "SHA-1",
    "sha224": "SHA-224",
    "sha256": "SHA-256",
    "sha384": "SHA-384",
    "sha512": "SHA-512",
    "sha512_224": "SHA-512/224",
    "sha512_256": "SHA-512/256",
    "sha3_224": "SHA3-224",
    "sha3_256": "SHA3-256",
    "sha3_384": "SHA3-384",
    "sha3_512": "SHA3-512",
}
"""Names of digests in these tables, by what ``hashlib`` calls them."""
MIN_RSA_BITS: Final = 2048
"""Bits of an RSA key at least: Circular 15/2025/TT-BKHCN, and ETSI TS 119 312."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodUntil:
    """One row: an algorithm, from which size, until when.

    Raises:
        ConfigurationError: the end has no time zone, or the size is negative.
    """

    algorithm: str
    """``RSA``, ``ECDSA``, ``DSA``, or a digest: ``SHA-256``."""
    bits: int = 0
    """Least size of the key; 0 for digests."""
    end: datetime | None = None
    """The first moment at which it is no longer good; None where no end is known."""

    def __post_init__(self) -> None:
        if self.bits < 0 or (self.end is not None and self.end.tzinfo is None):
            raise ConfigurationError(
                f"{self.algorithm}: expected a size of 0 or more and an end with its time zone, "
                f"found {self.bits} and {self.end}",
                code="constraints.row",
                advice="Write datetime(2029, 1, 1, tzinfo=UTC).",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakness:
    """An algorithm that is not good enough at the moment in question."""

    algorithm: str
    """Which, with its size."""
    good_until: datetime | None
    """When it ceased to be; None where it never was."""

    def refusal(self, where: str, *, code: str) -> Refusal:
        """The refusal that says so.

        Args:
            where: what uses the algorithm.
            code: stable dotted code.
        """
        if self.good_until is None:
            found = f"{self.algorithm}, which is not allowed"
        else:
            found = f"{self.algorithm}, which was good until {self.good_until:%Y-%m-%d}"
        return Refusal(
            self.sub_indication,
            f"expected an algorithm that is good enough for {where}, found {found}",
            code=code,
            advice="Ask for a new signature with RSA of 2048 bits or more, or ECDSA of 256 bits or "
            "more, and SHA-256.",
        )

    @property
    def sub_indication(self) -> SubIndication:
        """An algorithm that ended may have been good when it was used: EN 319 102-1, 5.1.3."""
        if self.good_until is None:
            return SubIndication.CRYPTO_CONSTRAINTS_FAILURE
        return SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE


def _until(year: int, month: int, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


_PAST: Final = (
    GoodUntil(algorithm="MD5", end=_until(2004, 8)),
    GoodUntil(algorithm="SHA-1", end=_until(2012, 8)),
    GoodUntil(algorithm="SHA-224", end=_until(2029, 1)),
    GoodUntil(algorithm="RSA", bits=786, end=_until(2010, 8)),
    GoodUntil(algorithm="RSA", bits=1024, end=_until(2019, 10)),
)
_GOOD: Final = ("SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512")

# In neither document; FIPS 186-5 has both, and they are no weaker than P-256.
_EDWARDS: Final = (GoodUntil(algorithm="Ed25519", bits=256), GoodUntil(algorithm="Ed448", bits=456))

ETSI_TS_119_312: Final = (
    *_PAST,
    *(GoodUntil(algorithm=name) for name in _GOOD),
    GoodUntil(algorithm="RSA", bits=1900, end=_until(2029, 1)),
    GoodUntil(algorithm="ECDSA", bits=256),
    *_EDWARDS,
)
"""ETSI TS 119 312 V1.5.1 (13 October 2024), in the machine-readable form of TS 119 322."""

CIRCULAR_15_2025: Final = (
    *_PAST,
    *(GoodUntil(algorithm=name) for name in (*_GOOD, "SHA-512/224", "SHA-512/256")),
    GoodUntil(algorithm="RSA", bits=2048),
    GoodUntil(algorithm="ECDSA", bits=256),
    *_EDWARDS,
)
"""Circular 15/2025/TT-BKHCN for what is good today; it sets no ends. What it leaves out was good
until the end that ETSI gives, so that old letters can be judged as of their own time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """A table, and the question asked of it."""

    rows: tuple[GoodUntil, ...] = field(default=CIRCULAR_15_2025, repr=False)
    """What is good, and until when; of several rows that fit, the longest counts."""

    def check(self, algorithm: str, bits: int = 0, *, at: datetime) -> Weakness | None:
        """Is it good enough at that moment?

        Args:
            algorithm: as the table names it.
            bits: size of the key; 0 for digests.
            at: the moment, timezone-aware.

        Returns:
            None where it is.
        """
        rows = [row for row in self.rows if row.algorithm == algorithm and row.bits <= bits]
        ends = [row.end for row in rows if row.end is not None]
        if len(ends) < len(rows) or any(at < end for end in ends):
            return None
        name = f"{algorithm} of {bits} bits" if bits else algorithm
        return Weakness(algorithm=name, good_until=max(ends, default=None))
