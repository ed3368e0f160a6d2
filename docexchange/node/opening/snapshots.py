"""The directory of a node, where it comes as a signed snapshot (`[snapshot]` in ``node.toml``).

    prepare(config, clock)                       # takes one in where there is none yet
    directory = directory_of(config)             # the last good one, however old
    Following(config, in_force, clock).look(emit)

What is taken in while the node runs is in force at once, whether this process fetched it or
``docexchange directory update`` did. What is refused changes nothing but that somebody is told; so
does an end of the line: the node goes on by the last good directory and says how old it is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from docexchange.clock import vietnam_date
from docexchange.directory import Directory
from docexchange.directory.snapshots import MAX_BYTES, SnapshotFolder, read_root, take_in
from docexchange.errors import (
    DocExchangeError,
    InputNotFound,
    SnapshotRefused,
    StoreFailure,
    UsageError,
)
from docexchange.identifiers import OrganId
from docexchange.instrumentation import EventName
from docexchange.signing.octets import vouched
from docexchange.transport import published_files

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.directory import InForce
    from docexchange.directory.snapshots import Held, Release, Update
    from docexchange.node.opening.config import NodeConfig, SnapshotConfig

__all__ = ["Following", "directory_file", "directory_of", "held_snapshot", "prepare", "update"]

_REMINDER: Final = timedelta(days=1)
"""How often a node says that its directory has expired."""


class Emit(Protocol):
    """``AccessPoint.emit``."""

    def __call__(self, name: EventName, **fields: object) -> None:
        """Tell the hooks."""


def directory_file(config: NodeConfig) -> Path:
    """The file that the directory of a node is in now.

    Args:
        config: the node.

    Raises:
        SnapshotRefused: nothing good has been taken in.
    """
    if config.snapshot is None:
        return config.base / config.directory
    return held_snapshot(config.snapshot, config.base).path


def directory_of(config: NodeConfig) -> Directory:
    """The directory of a node, as it is on the disk now.

    Args:
        config: the node.

    Raises:
        InputNotFound: there is no such file.
        MalformedDirectory: it is no directory.
        SnapshotRefused: nothing good has been taken in.
    """
    if config.snapshot is None:
        return Directory.from_path(config.base / config.directory)
    return held_snapshot(config.snapshot, config.base).directory()


def held_snapshot(said: SnapshotConfig, base: Path) -> Held:
    """The last good snapshot.

    Args:
        said: where it is kept.
        base: where relative paths begin.

    Raises:
        SnapshotRefused: nothing good has been taken in.
    """
    return _folder(said, base).read()


def prepare(config: NodeConfig, clock: Clock) -> None:
    """Take a snapshot in where there is no good one yet; a node cannot begin without.

    Args:
        config: the node.
        clock: tells the time.

    Raises:
        SnapshotRefused: there is none, and none that may be taken in.
        TransportError: the place did not answer.
    """
    if config.snapshot is None:
        return
    try:
        held_snapshot(config.snapshot, config.base)
    except SnapshotRefused:
        if not config.snapshot.source:
            raise
        update(config.snapshot, config.base, clock)


def update(said: SnapshotConfig, base: Path, clock: Clock) -> Update:
    """Take in the newest snapshot.

    Args:
        said: where from, where to, and whose signatures count.
        base: where relative paths begin.
        clock: tells the time.

    Raises:
        SnapshotRefused: what is there may not be taken in.
        InputNotFound: a file is missing, there or here.
        TransportError: the place did not answer.
        StoreFailure: it cannot be kept.
    """
    files = published_files(said.source, base=base, clock=clock, allowed=said.allowed)
    folder = _folder(said, base)
    try:
        return take_in(folder, files, now=clock.now(), root=_first_root(said, base))
    except OSError as error:
        raise StoreFailure(
            f"{folder.path}: expected to keep a snapshot, found: {error.strerror or error}"
        ) from error


class Following:
    """Keeps the directory of a running node at the newest snapshot.

    Args:
        config: the node; nothing is done without ``[snapshot]``.
        in_force: what the node works by.
        clock: tells the time.
    """

    def __init__(self, config: NodeConfig, in_force: InForce, clock: Clock) -> None:
        self._config, self._in_force, self._clock = config, in_force, clock
        self._stamp = self._new_stamp()
        self._next: datetime | None = None
        self._reminded: datetime | None = None

    def look(self, emit: Emit) -> int:
        """Fetch if it is time, and put in force what is new.

        Args:
            emit: is told what happened; nothing is raised.

        Returns:
            1 when another directory is in force, else 0.
        """
        said, now = self._config.snapshot, self._clock.now()
        if said is None:
            return 0
        try:
            self._fetch(said, now)
        except DocExchangeError as error:
            _tell_refused(emit, error)
        try:
            return self._put_new(said, emit, now)
        except DocExchangeError as error:
            _tell_refused(emit, error)
            return 0

    def _fetch(self, said: SnapshotConfig, now: datetime) -> None:
        if said.source and (self._next is None or now >= self._next):
            self._next = now + timedelta(seconds=said.every_seconds)
            update(said, self._config.base, self._clock)

    def _put_new(self, said: SnapshotConfig, emit: Emit, now: datetime) -> int:
        """Also what another process took in."""
        stamp = self._new_stamp()
        if stamp == self._stamp:
            self._remind(said, emit, now)
            return 0
        self._stamp = stamp
        held = held_snapshot(said, self._config.base)
        directory = held.directory()
        known_agency(self._config, directory, now)
        self._in_force.put(directory)
        self._reminded = None
        emit(EventName.DIRECTORY_UPDATED, **_told(held.release, now))
        return 1

    def _remind(self, said: SnapshotConfig, emit: Emit, now: datetime) -> None:
        if self._reminded is not None and now < self._reminded + _REMINDER:
            return
        self._reminded = now
        release = held_snapshot(said, self._config.base).release
        if release.expires <= now:
            emit(EventName.DIRECTORY_EXPIRED, **_told(release, now))

    def _new_stamp(self) -> tuple[int, int]:
        config = self._config
        return _folder(config.snapshot, config.base).stamp() if config.snapshot else (0, 0)


def known_agency(config: NodeConfig, directory: Directory, now: datetime) -> OrganId:
    """The agency of the node; one that is not in the directory would turn everybody away.

    Args:
        config: the node.
        directory: who is who.
        now: the time.

    Raises:
        UsageError: the directory does not know it.
    """
    own = OrganId(config.agency)
    try:
        directory.lookup(own, vietnam_date(now))
    except UsageError as error:
        # An agency that was closed may still have letters to deliver and receipts to take.
        if error.code != "directory.closed-agency":
            raise
    return own


def _tell_refused(emit: Emit, error: DocExchangeError) -> None:
    if error.code != "snapshot.busy":
        emit(
            EventName.DIRECTORY_REFUSED,
            code=error.code,
            reason=str(error),
            advice=error.advice,
        )


def _told(release: Release, now: datetime) -> dict[str, object]:
    return {
        "version": release.version,
        "days": (now - release.published).days,
        "expires": release.expires.isoformat(),
    }


def _folder(said: SnapshotConfig, base: Path) -> SnapshotFolder:
    return SnapshotFolder(base / said.folder, vouched)


def _first_root(said: SnapshotConfig, base: Path) -> bytes | None:
    """The root that was given by hand, if one was; what is wrong with it is told by its name."""
    if not said.root:
        return None
    path = base / said.root
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputNotFound(
            f"{path}: expected the root of a snapshot, found: {error.strerror or error}"
        ) from error
    read_root(data, str(path))
    return data
