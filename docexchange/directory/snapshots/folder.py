"""What is trusted here, kept in a folder: roots, the last good release, its directory.

    folder = SnapshotFolder(Path("snapshot"), vouched)
    held = folder.read()
    held.release.version, held.directory()

``root-1.json`` … ``root-N.json``, ``release.json``, and the directory under a name from its digest.
The release is put in its place last and at one stroke: whatever cuts an update short, there is the
last good state or the new one. All that is read is checked again, as if it had just come.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.directory.directory import Directory
from docexchange.directory.reading import MAX_BYTES as MAX_DIRECTORY
from docexchange.directory.snapshots._disk import DRAFT, alone, read_bounded, replace_file
from docexchange.directory.snapshots.refusals import refusal
from docexchange.directory.snapshots.release import RELEASE_NAME, Release, read_release
from docexchange.directory.snapshots.root import read_root, root_name, root_version
from docexchange.directory.snapshots.signed import MAX_BYTES
from docexchange.directory.snapshots.trusted import Trusted
from docexchange.directory.toml_file import parse_toml
from docexchange.envelope.files import lasting_folder
from docexchange.errors import InputNotFound, MalformedDirectory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.directory.snapshots.signed import Vouched

__all__ = ["Held", "SnapshotFolder", "directory_of"]

_LOOKS: Final = 3
"""How often we look again when a file goes while we read: an update removes the old directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A good release that is kept here."""

    trusted: Trusted
    """The roots, and the release."""
    release: Release
    """The release."""
    path: Path
    """The file of its directory."""
    text: str
    """The directory."""

    def directory(self) -> Directory:
        """The agencies.

        Raises:
            SnapshotRefused: ``snapshot.directory``; they contradict each other.
        """
        return directory_of(self.text, str(self.path))


class SnapshotFolder:
    """A folder with what is trusted.

    Args:
        path: the folder; made when something is first kept.
        vouched: tells whether a public key made, over octets, a signature value.
    """

    def __init__(self, path: Path, vouched: Vouched) -> None:
        self.path: Final = path
        self._vouched: Final = vouched

    def trusted(self, first_root: bytes | None = None) -> Trusted:
        """The roots and the last good release, without a look at its directory.

        Args:
            first_root: the root to begin with, where none is kept yet.

        Raises:
            SnapshotRefused: ``snapshot.root`` without any root; ``snapshot.damaged`` when the
                folder is not as it was left; ``snapshot.key-revoked`` when the keys in force do
                not vouch for the release.
            InputNotFound: a file cannot be read.
        """
        trusted = self._roots(first_root)
        data = self._read(RELEASE_NAME, MAX_BYTES)
        if data is None:
            return trusted
        return Trusted(roots=trusted.roots, release=read_release(data), vouched=self._vouched)

    def read(self) -> Held:
        """The last good release with its directory.

        Raises:
            SnapshotRefused: as ``trusted``; ``snapshot.none`` when nothing was taken in yet.
            InputNotFound: a file cannot be read.
        """
        for _ in range(_LOOKS):
            trusted = self.trusted().backed()
            if trusted.release is None:
                raise refusal("none", f"{self.path}: expected a directory taken in, found none")
            release = trusted.release.statement
            path = self._place(release)
            data = self._read(path.name, MAX_DIRECTORY)
            if data is not None:
                return self._held(trusted, release, path, data)
        raise refusal("damaged", f"{path}: expected the directory, found no such file")

    def stamp(self) -> tuple[int, int]:
        """What changes whenever a release is taken in, by whichever process."""
        try:
            found = (self.path / RELEASE_NAME).stat()
        except OSError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)

    def keep(self, trusted: Trusted, text: str | None) -> None:
        """Keep what is trusted now, durably; call it inside ``alone``.

        Args:
            trusted: the roots, and the release.
            text: the directory of that release; None to keep the roots alone.

        Raises:
            OSError: it cannot be written; the last good state stays.
        """
        release = trusted.release.statement if trusted.release and text is not None else None
        if release is not None and text is not None:
            replace_file(self._place(release), text.encode())
        for signed in trusted.roots:
            name = root_name(signed.statement.version)
            if self._read(name, MAX_BYTES) != signed.data:
                replace_file(self.path / name, signed.data)
        if trusted.release is not None and release is not None:
            replace_file(self.path / RELEASE_NAME, trusted.release.data)
            self._tidy(keep=self._place(release))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others from changing it.

        Raises:
            SnapshotRefused: ``snapshot.busy``.
            OSError: it cannot be made.
        """
        lasting_folder(self.path)
        with alone(self.path):
            yield

    def _roots(self, first_root: bytes | None) -> Trusted:
        kept = [self._read(root_name(version), MAX_BYTES) or b"" for version in self._versions()]
        if kept and first_root is not None:
            self._check_given(first_root, kept)
        if not kept and first_root is None:
            raise refusal("root", f"{self.path}: expected a root to trust, found none")
        first, *others = kept or [first_root or b""]
        trusted = Trusted.begin(first, self._vouched)
        for data in others:
            trusted = trusted.with_root(data)
        return trusted

    def _check_given(self, first_root: bytes, kept: list[bytes]) -> None:
        """A root that was given must be one that we know, if it is of a version that we know."""
        given = read_root(first_root).statement
        known = {root.version: root for root in (read_root(data).statement for data in kept)}
        if known.get(given.version, given) != given:
            raise refusal(
                "root", f"{self.path}: expected root {given.version} as given, found another"
            )

    def _versions(self) -> list[int]:
        found = (root_version(path.name) for path in self.path.glob("root-*.json"))
        return sorted(version for version in found if version is not None)

    def _held(self, trusted: Trusted, release: Release, path: Path, data: bytes) -> Held:
        found = hashlib.sha256(data).hexdigest()
        if found != release.directory.sha256:
            raise refusal(
                "damaged", f"{path}: expected sha256 {release.directory.sha256}, found {found}"
            )
        return Held(trusted=trusted, release=release, path=path, text=data.decode("utf-8"))

    def _place(self, release: Release) -> Path:
        return self.path / f"directory-{release.directory.sha256[:16]}.toml"

    def _read(self, name: str, most: int) -> bytes | None:
        try:
            return read_bounded(self.path / name, most)
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputNotFound(
                f"{self.path / name}: expected a file of a snapshot, found: {reason}"
            ) from error

    def _tidy(self, *, keep: Path) -> None:
        for path in [*self.path.glob("directory-*.toml"), *self.path.glob(f"{DRAFT}*")]:
            if path != keep:
                path.unlink(missing_ok=True)


def directory_of(text: str, where: str) -> Directory:
    """The directory of a release.

    Args:
        text: its TOML.
        where: the name of the file, for messages.

    Raises:
        SnapshotRefused: ``snapshot.directory``; nobody could work with it.
    """
    try:
        return Directory(parse_toml(text, source=where))
    except MalformedDirectory as error:
        raise refusal(
            "directory", f"{where}: expected a directory that can be used, found: {error}"
        ) from error
