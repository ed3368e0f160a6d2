"""Which uploads are under way: remembered on the disk, so that a restart goes on with them.

>>> notes.remember(upload, "https://hub.example/v1/uploads/7")
>>> notes.find(upload)
'https://hub.example/v1/uploads/7'

A note says where an upload is, never how far it has got: that only the other side knows. Notes of
letters that were given up are removed after a month.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from docexchange.errors import TransportError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.transport.parcel import Parcel

__all__ = ["UploadKey", "UploadNotes"]

_MONTH: Final = 30 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadKey:
    """What makes two uploads the same one."""

    endpoint: str
    """Where it goes."""
    message_id: str
    """The letter."""
    recipient: str
    """Which of its recipients, in one line."""
    sha256: str
    """Its bytes."""

    @classmethod
    def of(cls, endpoint: str, parcel: Parcel) -> UploadKey:
        """The upload of a parcel to an endpoint."""
        return cls(
            endpoint=endpoint,
            message_id=str(parcel.message_id),
            recipient=parcel.shown,
            sha256=parcel.sha256,
        )

    @property
    def text(self) -> str:
        """All of it on one line; no part holds a line break."""
        return json.dumps([self.endpoint, self.message_id, self.recipient, self.sha256])


class UploadNotes:
    """A folder with one small file for each upload; threads may share it.

    Args:
        folder: made when something is written.
        clock: tells which notes are old.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder: Final = folder
        self._clock: Final = clock

    def find(self, key: UploadKey) -> str:
        """Where an upload is; empty when none is known, or the note cannot be read."""
        try:
            values = json.loads(self._path(key).read_bytes())
            return str(values["url"]) if values["upload"] == key.text else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""  # then it begins again: dearer, never wrong

    def remember(self, key: UploadKey, url: str) -> None:
        """Write down where an upload is; durable when this returns.

        Raises:
            TransportError: our disk will not take it.
        """
        from docexchange.envelope.files import write_whole

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._remove_old()
            with write_whole(self._path(key)) as file:
                file.write(json.dumps({"upload": key.text, "url": url}).encode())
        except (OSError, UsageError) as error:
            raise TransportError(
                f"{self._folder}: expected to note an upload there, found: {error}",
                code="transport.notes",
                advice="Check the folder, its permissions and the free space.",
            ) from error

    def forget(self, key: UploadKey) -> None:
        """Remove a note, if there is one; one that stays costs a question later, nothing else."""
        with suppress(OSError):
            self._path(key).unlink()

    def _remove_old(self) -> None:
        oldest = self._clock.now().timestamp() - _MONTH
        for path in self._folder.iterdir():  # drafts too, which a crash left behind
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _path(self, key: UploadKey) -> Path:
        return self._folder / f"{sha256(key.text.encode()).hexdigest()}.json"
