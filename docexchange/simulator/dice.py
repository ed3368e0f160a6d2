"""Chance without luck: every throw depends on the seed and on what it is thrown for, only.

>>> Dice(7).share("loss", "m-1", 1) == Dice(7).share("loss", "m-1", 1)
True

There is no stream of numbers to be used up: a history from which a letter was taken out treats the
other letters as before, so that histories can be made shorter.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

__all__ = ["Dice"]

_OCTETS: Final = 6


@dataclass(frozen=True, slots=True)
class Dice:
    """Throws for one seed."""

    seed: int
    """Another seed gives other throws."""

    def share(self, *about: object) -> float:
        """A number from 0 up to 1.

        Args:
            about: what is thrown for; the same gives the same.
        """
        text = "\x1f".join(map(str, (self.seed, *about)))
        digest = blake2b(text.encode(), digest_size=_OCTETS).digest()
        return int.from_bytes(digest, "big") / 2.0 ** (8 * _OCTETS)

    def happens(self, chance: float, *about: object) -> bool:
        """Whether something of this likelihood happens.

        Args:
            chance: from 0, never, to 1, always.
            about: what it is thrown for.
        """
        return chance > 0 and self.share(*about) < chance
