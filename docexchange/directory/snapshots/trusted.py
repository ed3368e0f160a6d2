"""What is trusted here, and what may take its place: the rules, without files or network.

They are those of The Update Framework, for one published file:

1. A root is followed by the next version alone, signed by the threshold of the old and of the new.
2. A root that has expired lets nothing in but its successor.
3. A release counts when the threshold of the root in force signed it, under that root.
4. The pair of its root and its version never goes down: a thief's version, however high, is left
   behind by the next root.
5. Nothing is taken in that has expired, or that was made after the time of this machine.

    trusted = Trusted.begin(first_root, vouched)
    trusted = trusted.with_root(next_root).with_release(release, now)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.directory.snapshots.fields import moment_text
from docexchange.directory.snapshots.refusals import refusal
from docexchange.directory.snapshots.release import RELEASE_NAME, Release, read_release
from docexchange.directory.snapshots.root import Role, Root, read_root, root_name
from docexchange.directory.snapshots.signed import Signed, Statement, Vouched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from docexchange.directory.snapshots.root import PublicKey

__all__ = ["Trusted"]

S = TypeVar("S", bound=Statement)

_SKEW: Final = timedelta(minutes=5)
"""How far the publisher's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """The roots, one after another, and the last good release."""

    roots: tuple[Signed[Root], ...]
    """From the one that was given by hand to the one in force."""
    release: Signed[Release] | None = None
    """The last one taken in."""
    vouched: Vouched = field(repr=False)
    """Whether a key made a signature."""

    @classmethod
    def begin(cls, data: bytes, vouched: Vouched) -> Trusted:
        """Begin with a root that somebody gave us whom we trust.

        Args:
            data: the file.
            vouched: tells whether a public key made, over octets, a signature value.

        Raises:
            SnapshotRefused: it is no root, or does not fulfil its own threshold.
        """
        first = read_root(data)
        trusted = cls(roots=(first,), vouched=vouched)
        trusted._check(first, first.statement.root, root_name(first.statement.version))
        return trusted

    @property
    def root(self) -> Root:
        """The root in force."""
        return self.roots[-1].statement

    def with_root(self, data: bytes) -> Trusted:
        """Let a root take the place of the one in force.

        Args:
            data: the file.

        Raises:
            SnapshotRefused: it may not.
        """
        wanted = self.root.version + 1
        signed = read_root(data, root_name(wanted))
        version = signed.statement.version
        if version != wanted:
            raise refusal(
                "rollback" if version < wanted else "mixed",
                f"{root_name(wanted)}: expected root {wanted}, found root {version}",
            )
        past = [earlier.statement.root for earlier in self.roots]
        self._check(signed, self.root.root, root_name(wanted), past)
        self._check(signed, signed.statement.root, root_name(wanted))
        return replace(self, roots=(*self.roots, signed))

    def with_release(self, data: bytes, now: datetime) -> Trusted:
        """Let a release take the place of the last one; the same again changes nothing.

        Args:
            data: the file.
            now: the time.

        Raises:
            SnapshotRefused: it may not.
        """
        signed = read_release(data)
        self._check_root(signed.statement, now)
        self._check_release(signed)
        same = self._check_order(signed.statement)
        _check_time(signed.statement, now, same=same)
        return self if same else replace(self, release=signed)

    def backed(self) -> Trusted:
        """The same, if the keys in force still vouch for the last release.

        Raises:
            SnapshotRefused: they do not: a key that signed it was revoked.
        """
        if self.release is not None:
            self._check_release(self.release)
        return self

    def _check_release(self, signed: Signed[Release]) -> None:
        """Rule 3."""
        past = [earlier.statement.release for earlier in self.roots]
        self._check(signed, self.root.release, RELEASE_NAME, past)

    def _check_root(self, release: Release, now: datetime) -> None:
        """Rule 2, and the first half of rule 4."""
        if self.root.expires <= now:
            raise refusal(
                "expired",
                f"{root_name(self.root.version)}: expected a root in force on {moment_text(now)}, "
                f"found one that expired on {moment_text(self.root.expires)}",
            )
        if release.root != self.root.version:
            raise refusal(
                "rollback" if release.root < self.root.version else "mixed",
                f"{RELEASE_NAME}: expected a release under root {self.root.version}, "
                f"found one under root {release.root}",
            )

    def _check_order(self, release: Release) -> bool:
        """Rule 4; whether it is the one that we have."""
        ours = self.release.statement if self.release else None
        if ours is None or release.order > ours.order:
            return False
        if release.order < ours.order:
            raise refusal(
                "rollback",
                f"{RELEASE_NAME}: expected release {ours.version} or later, "
                f"found release {release.version}",
            )
        if release != ours:
            raise refusal(
                "conflict",
                f"{RELEASE_NAME}: expected release {ours.version} as it is known here, "
                "found another of that version",
            )
        return True

    def _check(
        self, signed: Signed[S], role: Role, where: str, earlier: Iterable[Role] = ()
    ) -> None:
        """Rules 1 and 3: so many different keys of a role have signed; its earlier keys do not."""
        by = {item.key: item.value for item in signed.signatures}
        octets = signed.octets
        named, past = _among(role.keys, by), _among(chain(*(old.keys for old in earlier)), by)
        good = [key for key in named if self.vouched(key.octets, octets, by[key.id])]
        if len(good) >= role.threshold:
            return
        code, found = "threshold", f"{len(good)}"
        if any(self.vouched(key.octets, octets, by[key.id]) for key in past if key not in named):
            code, found = "key-revoked", f"{len(good)} and one by a key that was revoked"
        elif len(good) < len(named):
            code, found = "signature", f"{len(good)} and one that does not hold"
        raise refusal(code, f"{where}: expected {role.threshold} good signatures, found {found}")


def _among(keys: Iterable[PublicKey], by: Mapping[str, bytes]) -> list[PublicKey]:
    return [key for key in keys if key.id in by]


def _check_time(release: Release, now: datetime, *, same: bool) -> None:
    """Rule 5."""
    if now + _SKEW < release.published:
        raise refusal(
            "clock",
            f"{RELEASE_NAME}: expected a release of before {moment_text(now)}, the time of this "
            f"machine, found one of {moment_text(release.published)}",
        )
    if release.expires <= now:
        raise refusal(
            "freeze" if same else "expired",
            f"{RELEASE_NAME}: expected a release in force on {moment_text(now)}, found "
            f"release {release.version}, which expired on {moment_text(release.expires)}",
        )
