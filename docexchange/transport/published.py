"""Files that somebody has published under fixed names: in a folder, on a disk, at an address.

    files = published_files("https://directory.example/", base=Path(), clock=clock)
    files.fetch("release.json", 65536)

Nothing that comes is believed here, and no more than was asked for is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from docexchange.errors import InputNotFound, LimitExceeded, TransportError
from docexchange.limits import FetchLimits
from docexchange.transport._files import open_inside
from docexchange.transport.web_fetcher import WebFetcher

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docexchange.clock import Clock

__all__ = ["FolderFiles", "WebFiles", "published_files"]

_SECONDS: Final = 300.0
"""For one file: 64 MiB over a line of 2 Mbit/s."""


class FolderFiles:
    """A folder; links in it are not followed.

    Args:
        folder: the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder

    def fetch(self, name: str, max_bytes: int) -> bytes:
        """The content of a file.

        Args:
            name: of the file, without a folder.
            max_bytes: no more than one byte beyond this is read.

        Raises:
            InputNotFound: it is not there.
        """
        try:
            with open_inside(self._folder, name) as stream:
                return stream.read(max_bytes + 1)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputNotFound(
                f"{self._folder / name}: expected a published file, found: {reason}"
            ) from error


class WebFiles:
    """An address that names begin with.

    Args:
        url: ``https://`` or ``http://``, up to the names.
        fetcher: asks it.
    """

    def __init__(self, url: str, fetcher: WebFetcher) -> None:
        self._url: Final = url.rstrip("/")
        self._fetcher: Final = fetcher

    def fetch(self, name: str, max_bytes: int) -> bytes:
        """The content of a file.

        Args:
            name: of the file, without a folder.
            max_bytes: no more than this is read.

        Raises:
            InputNotFound: it is not there.
            LimitExceeded: it is longer.
            TransportError: it did not come.
        """
        url = f"{self._url}/{quote(name)}"
        limits = FetchLimits(octets=max_bytes, seconds=_SECONDS)
        try:
            return self._fetcher.fetch(url, body=None, accept="*/*", limits=limits)
        except TransportError as error:
            raise _translated(error) from error


def _translated(error: TransportError) -> Exception:
    if error.code == "fetch.status":
        return InputNotFound(str(error))
    if error.code == "fetch.size":
        return LimitExceeded(str(error))
    return TransportError(
        str(error),
        retryable=error.retryable,
        code="snapshot.unreachable",
        advice="Try again later, or bring the files on a disk.",
    )


def published_files(
    place: str, *, base: Path, clock: Clock, allowed: Iterable[str] = ()
) -> FolderFiles | WebFiles:
    """Open a place.

    Args:
        place: an address, or a folder.
        base: where relative folders begin.
        clock: tells when the time is up.
        allowed: networks that may be asked although they are not of the Internet.

    Raises:
        ConfigurationError: one of these is no network.
    """
    if place.lower().startswith(("http:", "https:")):
        return WebFiles(place, WebFetcher(clock=clock, allowed=allowed))
    return FolderFiles(base / place)
