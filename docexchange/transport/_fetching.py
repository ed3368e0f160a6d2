"""One parcel fetched from a mailbox: leased, downloaded from where the line broke off, checked.

>>> fetching = Fetching(link, folder, settings=settings, clock=clock)
>>> if fetching.lease(item) and fetching.fetch(item):
...     file = fetching.file(item)
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from docexchange.errors import TransportError
from docexchange.limits import KIB
from docexchange.transport._answers import read_json
from docexchange.transport._goes import Goes
from docexchange.transport._link import LineBroken
from docexchange.transport._mailbox import translated
from docexchange.transport._payload import checked

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Response

    from docexchange.clock import Clock
    from docexchange.transport._link import Link
    from docexchange.transport._listing import Listed
    from docexchange.transport.http_settings import HttpSettings

__all__ = ["GONE", "Fetching", "place_of"]

GONE: Final = {404, 410}
"""Statuses of a parcel that is no longer there."""
_OK, _PART, _TAKEN, _NO_RANGE = 200, 206, 409, 416
_PIECE: Final = 64 * KIB


class Fetching:
    """Brings parcels into a folder.

    Args:
        link: the line to the neighbour.
        folder: for what is not whole yet, and for the leases; it exists.
        settings: how patient we are.
        clock: lets the time pass.
    """

    def __init__(self, link: Link, folder: Path, *, settings: HttpSettings, clock: Clock) -> None:
        self._link: Final = link
        self._folder: Final = folder
        self._settings: Final = settings
        self._clock: Final = clock

    def file(self, item: Listed) -> Path:
        """Where its bytes are, as far as they have come."""
        return self._folder / f"{item.name}.part"

    def lease_of(self, item: Listed) -> str:
        """The lease that we have on it; empty if none is known."""
        try:
            return self._lease_file(item).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def lease(self, item: Listed) -> bool:
        """Lease it, or prolong the lease that we have, from this process or an earlier one.

        Returns:
            False when somebody else has it, or it has gone.
        """
        asked: dict[str, Any] = {"seconds": self._settings.lease_seconds}
        if known := self.lease_of(item):
            asked["lease"] = known
        with self._link.ask(
            "POST",
            f"{place_of(item)}/lease",
            expected={_OK, _TAKEN, *GONE},
            headers={"Content-Type": "application/json"},
            body=json.dumps(asked).encode(),
        ) as response:
            if response.status_code != _OK:
                return False
            lease = str(read_json(response).get("lease", ""))
        with translated(self._folder):
            self._lease_file(item).write_text(lease, encoding="utf-8")
        return True

    def forget(self, item: Listed) -> None:
        """Remove what is left of it here."""
        with translated(self._folder):
            self.file(item).unlink(missing_ok=True)
            self._lease_file(item).unlink(missing_ok=True)

    def fetch(self, item: Listed) -> bool:
        """Bring all of its bytes here; our lease is prolonged each time the line breaks.

        Returns:
            False when it is no longer ours to fetch.

        Raises:
            TransportError: not all of it is here; the next call goes on from where it stands.
        """
        goes = Goes(self._settings, self._clock)
        while True:
            try:
                goes.reached(self._length(item))
                if self._length(item) < item.parcel.size and not self._fetch_on(item):
                    return False
                self._check(item)
            except LineBroken as error:
                goes.rest(error)
                if not self._lease_again(item, goes):
                    return False
            else:
                return True

    def _lease_again(self, item: Listed, goes: Goes) -> bool:
        while True:
            try:
                return self.lease(item)
            except LineBroken as error:
                goes.rest(error)

    def _fetch_on(self, item: Listed) -> bool:
        start = self._length(item)
        with self._link.ask(
            "GET",
            f"{place_of(item)}/content",
            expected={_OK, _PART, *GONE},
            headers={"Range": f"bytes={start}-"} if start else {},
            octets=item.parcel.size - start,
        ) as response:
            if response.status_code in GONE:
                return False
            with self._opened(item, fresh=response.status_code == _OK) as file:
                self._write(response, file, item)
        return True

    def _write(self, response: Response, file: BinaryIO, item: Listed) -> None:
        """Keep what comes, piece by piece; more than was announced is not read."""
        length = self._length(item)
        for piece in response.iter_content(_PIECE):
            length += len(piece)
            with translated(self._folder):  # around nothing of the line: its errors are others
                file.write(piece)
                file.flush()
            if length > item.parcel.size:
                return

    def _opened(self, item: Listed, *, fresh: bool) -> BinaryIO:
        with translated(self._folder):
            return self.file(item).open("wb" if fresh else "ab")

    def _check(self, item: Listed) -> None:
        """Hold what came to what was announced; what differs is thrown away and fetched again."""
        if self._length(item) < item.parcel.size:
            raise LineBroken(
                f"{self._link.endpoint}: expected {item.parcel.size} bytes, found "
                f"{self._length(item)}",
                code="transport.line-broken",
            )
        if not item.parcel.size:
            with self._opened(item, fresh=True):
                pass
        try:
            with translated(self._folder), self.file(item).open("rb") as file:
                for _ in checked(item.parcel, file):
                    pass
        except TransportError as error:
            if error.retryable:
                raise
            with translated(self._folder):
                self.file(item).unlink()
            raise LineBroken(str(error), code=error.code, advice=error.advice) from error

    def _length(self, item: Listed) -> int:
        try:
            return self.file(item).stat().st_size
        except FileNotFoundError:
            return 0

    def _lease_file(self, item: Listed) -> Path:
        return self._folder / f"{item.name}.lease"


def place_of(item: Listed) -> str:
    """Where a parcel is, relative to the endpoint."""
    return f"v1/mailbox/{item.id}"
