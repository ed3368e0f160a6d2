"""Take in the newest release from a place that nobody has to trust.

    update = take_in(folder, source, now=clock.now())
    update.release.version, update.changed

1. What is trusted here is read, and begun with the first root where there is nothing.
2. Roots are fetched, each let in by the one before, until there is none. They are kept at once,
   whatever becomes of the errand: what they revoke is revoked.
3. The release is fetched. It may be under a root that was put there a moment ago.
4. The release is judged by the root in force; the one that we have already ends the errand.
5. The directory is made from ours by a delta, or fetched whole where that does not lead to it.
6. It is read as a directory: one that is signed and cannot be used does not replace one that can.
7. Directory and release are kept, in this order; the last step is the one that counts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from docexchange.directory.reading import MAX_BYTES as MAX_DIRECTORY
from docexchange.directory.snapshots.delta import apply
from docexchange.directory.snapshots.folder import Held, directory_of
from docexchange.directory.snapshots.refusals import refusal
from docexchange.directory.snapshots.release import RELEASE_NAME, Content, read_release
from docexchange.directory.snapshots.root import root_name
from docexchange.directory.snapshots.signed import MAX_BYTES
from docexchange.errors import DocExchangeError, InputNotFound, SnapshotRefused

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.directory.directory import Directory
    from docexchange.directory.snapshots.folder import SnapshotFolder
    from docexchange.directory.snapshots.release import Release
    from docexchange.directory.snapshots.trusted import Trusted

__all__ = ["SnapshotSource", "Update", "take_in"]


class SnapshotSource(Protocol):
    """Where a publication is fetched from: a folder, a medium, an address."""

    def fetch(self, name: str, max_bytes: int) -> bytes:
        """The content of a file.

        Args:
            name: of the file, without a folder.
            max_bytes: no more than one byte beyond this is read.

        Raises:
            InputNotFound: it is not there.
            LimitExceeded: it is longer.
            TransportError: it did not come.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What an update came to."""

    release: Release
    """The release that is trusted now."""
    changed: bool
    """Whether it is another than before."""
    by_delta: bool = False
    """Whether its directory was made from the earlier one."""
    directory: Directory | None = None
    """Its agencies, where they were read: when it has changed."""


def take_in(
    folder: SnapshotFolder, source: SnapshotSource, *, now: datetime, root: bytes | None = None
) -> Update:
    """Take in the newest release.

    Args:
        folder: what is trusted here.
        source: the place.
        now: the time.
        root: the root to begin with, where none is kept yet.

    Raises:
        SnapshotRefused: what the place has may not be taken in; the last good state stays.
        InputNotFound: the place lacks a file, or one here cannot be read.
        TransportError: the place did not answer.
        OSError: it cannot be kept here; the last good state stays.
    """
    with folder.alone():
        return _Errand(folder, source, now).run(folder.trusted(root))


class _Errand:
    """One update."""

    def __init__(self, folder: SnapshotFolder, source: SnapshotSource, now: datetime) -> None:
        self._folder, self._source, self._now = folder, source, now

    def run(self, before: Trusted) -> Update:
        self._trusted = before
        self._follow_roots()
        return self._released(self._fetch(RELEASE_NAME, MAX_BYTES))

    def _follow_roots(self) -> None:
        """Steps 2 and 3: a place that has a root cannot have us believe in the one before."""
        while True:
            try:
                data = self._fetch(root_name(self._trusted.root.version + 1), MAX_BYTES)
            except InputNotFound:
                return
            self._trusted = self._trusted.with_root(data)
            self._folder.keep(self._trusted, None)

    def _released(self, data: bytes) -> Update:
        release = read_release(data).statement
        if release.root > self._trusted.root.version:
            self._follow_roots()
        after = self._trusted.with_release(data, self._now)
        held = self._held()
        if after is self._trusted and held is not None:
            return Update(release=release, changed=False)
        by_delta = self._by_delta(held, release) if held else None
        text = by_delta if by_delta is not None else self._whole(release)
        directory = directory_of(text, release.directory_name)
        self._folder.keep(after, text)
        return Update(
            release=release, changed=True, by_delta=by_delta is not None, directory=directory
        )

    def _held(self) -> Held | None:
        """What we have; nothing where it was damaged, or is vouched for no more."""
        try:
            return self._folder.read()
        except SnapshotRefused:
            return None

    def _by_delta(self, held: Held, release: Release) -> str | None:
        """The directory made from ours; None where there is no way, or it leads elsewhere."""
        if held.release.directory == release.directory:
            return held.text
        ours = held.release.directory.sha256
        delta = next((item for item in release.deltas if item.before == ours), None)
        if delta is None:
            return None
        try:
            text = apply(held.text, self._content(release.delta_name(delta), delta.content))
            _check_content(release.directory_name, release.directory, text.encode())
        except DocExchangeError:  # the whole directory says what is wrong, if anything is
            return None
        return text

    def _whole(self, release: Release) -> str:
        return self._content(release.directory_name, release.directory)

    def _content(self, name: str, content: Content) -> str:
        if content.size > MAX_DIRECTORY:
            raise refusal(
                "too-large", f"{name}: expected at most {MAX_DIRECTORY} bytes, found {content.size}"
            )
        data = self._beside(name, content.size)
        _check_content(name, content, data)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise refusal(
                "directory", f"{name}: expected text in UTF-8, found other bytes"
            ) from error

    def _beside(self, name: str, most: int) -> bytes:
        """A file that the release needs."""
        try:
            return self._fetch(name, most)
        except InputNotFound as error:
            raise refusal(
                "mixed", f"{RELEASE_NAME}: expected {name} beside it, found none"
            ) from error

    def _fetch(self, name: str, most: int) -> bytes:
        data = self._source.fetch(name, most)
        if len(data) > most:
            raise refusal("too-large", f"{name}: expected at most {most} bytes, found more")
        return data


def _check_content(name: str, content: Content, data: bytes) -> None:
    if len(data) != content.size:
        raise refusal("length", f"{name}: expected {content.size} bytes, found {len(data)}")
    found = hashlib.sha256(data).hexdigest()
    if found != content.sha256:
        raise refusal("digest", f"{name}: expected sha256 {content.sha256}, found {found}")
