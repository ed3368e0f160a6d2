"""A publication: the folder that is put on a server, on a share or on a disk.

    publication = Publication(Path("public"), vouched)
    publication.publish(entries, [hand], now=now, valid=timedelta(days=30), roots=[root])

``root-1.json`` …, ``release.json``, ``directory-<version>.toml``, ``delta-<from>-<to>.diff``. A
release is written behind what it names, and only if whoever has the one before would take it in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from docexchange.directory.reading import MAX_BYTES as MAX_DIRECTORY
from docexchange.directory.snapshots._disk import alone, read_bounded, replace_file
from docexchange.directory.snapshots.delta import published_form
from docexchange.directory.snapshots.folder import directory_of
from docexchange.directory.snapshots.making import draft_release
from docexchange.directory.snapshots.refusals import refusal
from docexchange.directory.snapshots.release import RELEASE_NAME, read_release
from docexchange.directory.snapshots.root import read_root, root_name, root_version
from docexchange.directory.snapshots.signed import MAX_BYTES, Signed
from docexchange.directory.snapshots.trusted import Trusted
from docexchange.envelope.files import lasting_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from docexchange.directory.entry import DirectoryEntry
    from docexchange.directory.snapshots.making import Draft
    from docexchange.directory.snapshots.release import Release
    from docexchange.directory.snapshots.root import Root
    from docexchange.directory.snapshots.signed import Hand, Vouched

__all__ = ["DELTAS", "Publication"]

DELTAS: Final = 8
"""From so many earlier directories there are deltas; who is further behind takes the whole."""
_DIRECTORY: Final = re.compile(r"directory-([1-9][0-9]{0,15})\.toml")
_DELTA: Final = re.compile(r"delta-[1-9][0-9]{0,15}-([1-9][0-9]{0,15})\.diff")


class Publication:
    """A folder with what is published.

    Args:
        path: the folder; made when something is published.
        vouched: tells whether a public key made, over octets, a signature value.
    """

    def __init__(self, path: Path, vouched: Vouched) -> None:
        self.path: Final = path
        self._vouched: Final = vouched

    def roots(self, more: Iterable[bytes] = ()) -> Trusted:
        """The roots that are published, and more, each let in by the one before.

        Args:
            more: other roots, in any order.

        Raises:
            SnapshotRefused: they do not follow one another, or lack signatures.
            OSError: one cannot be read.
        """
        paths = [path for path in self.path.glob("root-*.json") if root_version(path.name)]
        found = [read_bounded(path, MAX_BYTES) for path in paths]
        by_version = {read_root(data).statement.version: data for data in (*found, *more)}
        if not by_version:
            raise refusal("root", f"{self.path}: expected a root to publish under, found none")
        first, *others = (by_version[version] for version in sorted(by_version))
        trusted = Trusted.begin(first, self._vouched)
        for data in others:
            trusted = trusted.with_root(data)
        return trusted

    def last(self) -> Signed[Release] | None:
        """The release that is published.

        Raises:
            SnapshotRefused: there is a file in its place that is none.
            OSError: it cannot be read.
        """
        try:
            return read_release(read_bounded(self.path / RELEASE_NAME, MAX_BYTES))
        except FileNotFoundError:
            return None

    def publish(
        self,
        entries: Iterable[DirectoryEntry],
        hands: Sequence[Hand],
        *,
        now: datetime,
        valid: timedelta,
        version: int = 0,
        roots: Iterable[bytes] = (),
    ) -> Release:
        """Publish a directory; the same one again renews its release.

        Args:
            entries: the agencies.
            hands: who signs.
            now: the time.
            valid: how long it may be taken in.
            version: of the release; one more than the last when 0.
            roots: roots that are not published yet.

        Raises:
            SnapshotRefused: nobody would take it in.
            OSError: it cannot be written; what was published before still is.
        """
        lasting_folder(self.path)
        with alone(self.path):
            trusted, last = self.roots(roots), self.last()
            draft = draft_release(
                published_form(entries),
                self._earlier(),
                root=trusted.root.version,
                version=version or (last.statement.version + 1 if last else 1),
                published=now,
                expires=now + valid,
            )
            signed = _signed(draft, hands)
            self._check(trusted, last, signed, draft, now)
            self._write(trusted.roots, draft.files, signed)
        return signed.statement

    def _check(
        self,
        trusted: Trusted,
        last: Signed[Release] | None,
        signed: Signed[Release],
        draft: Draft,
        now: datetime,
    ) -> None:
        """Be the first to take it in."""
        name = draft.release.directory_name
        directory_of(draft.files[name].decode(), name)
        before = Trusted(roots=trusted.roots, release=last, vouched=self._vouched)
        before.with_release(signed.data, now)

    def _earlier(self) -> dict[int, str]:
        """The latest directories that were published, by version."""
        found = (_DIRECTORY.fullmatch(path.name) for path in self.path.glob("directory-*.toml"))
        versions = sorted((int(match[1]) for match in found if match), reverse=True)[:DELTAS]
        return {
            version: read_bounded(self.path / f"directory-{version}.toml", MAX_DIRECTORY).decode()
            for version in versions
        }

    def _write(
        self,
        roots: Iterable[Signed[Root]],
        files: Mapping[str, bytes],
        signed: Signed[Release],
    ) -> None:
        for name, data in files.items():
            replace_file(self.path / name, data)
        replace_file(self.path / RELEASE_NAME, signed.data)
        # Behind the release: a root alone would end the trust in the release before, and nobody
        # who came in between could have the new one. Before its root a release is just refused.
        for root in roots:
            path = self.path / root_name(root.statement.version)
            if not path.exists() or path.read_bytes() != root.data:
                replace_file(path, root.data)
        self._tidy(signed.statement.version)

    def _tidy(self, version: int) -> None:
        """Remove what is far behind; whoever is fetching the release before still finds its own."""
        for path in self.path.iterdir():
            directory, delta = _DIRECTORY.fullmatch(path.name), _DELTA.fullmatch(path.name)
            if (directory and int(directory[1]) < version - DELTAS) or (
                delta and int(delta[1]) < version - 1
            ):
                path.unlink(missing_ok=True)


def _signed(draft: Draft, hands: Sequence[Hand]) -> Signed[Release]:
    signed = Signed(statement=draft.release)
    for hand in hands:
        signed = signed.with_signature(hand)
    return signed
