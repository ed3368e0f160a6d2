"""Uploads on their way, on disk: what arrived survives the end of every process.

    upload = uploads.begin(upload, now=clock.now(), lasting=timedelta(days=1))
    with uploads.writing(upload) as part: part.write(piece)
    uploads.offset(upload)

Each has a folder ``uploads/<id>/``: ``info.json`` (what it is), ``data`` (its bytes), ``offset``
(how many of them are durable: what stands behind is written once more) and in the end
``receipt.xml``, when the bytes have gone to the store of the node.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.envelope.files import flush_directory, lasting_folder
from docexchange.web.bodies import write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

__all__ = ["Part", "Upload", "UploadStore"]

_ID: Final = re.compile(r"[0-9a-f]{32}")
_INFO, _DATA, _OFFSET, _RECEIPT = "info.json", "data", "offset", "receipt.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload, as it was begun."""

    id: str
    """32 hexadecimal digits."""
    owner: str
    """Code of the agency that began it, in the form of Decision 20."""
    length: int
    """How many bytes there will be."""
    recipient: str = ""
    """Whom this copy of the letter is for, with commas between; empty when it was not said."""
    sha256: str = ""
    """Digest of the whole; empty when it was not said."""
    metadata: str = ""
    """``Upload-Metadata`` as it was sent."""
    expires: str
    """When it is forgotten, ISO 8601."""

    def over(self, now: datetime) -> bool:
        """Whether its time is over."""
        return now >= datetime.fromisoformat(self.expires)


class Part:
    """What is being added to an upload; counts once it has been kept."""

    def __init__(self, folder: Path, file: BinaryIO, start: int) -> None:
        self._folder, self._file = folder, file
        self.start = start
        """How much counted before."""
        self.written = 0
        """How much was written since."""

    def write(self, data: bytes) -> None:
        """Write more."""
        write_all(self._file, data)
        self.written += len(data)

    def keep(self) -> None:
        """Make what was written durable, and let it count."""
        os.fsync(self._file.fileno())
        _replace(self._folder / _OFFSET, str(self.start + self.written).encode())


class UploadStore:
    """The uploads of a node; one process at a time.

    Args:
        folder: made when absent.
        token: gives each upload its id.
    """

    def __init__(self, folder: Path, *, token: Callable[[], str]) -> None:
        self._folder = folder
        self._token = token
        lasting_folder(folder)
        self._uploads = {item.id: item for item in map(_read, folder.iterdir()) if item}

    def find(self, upload_id: str, *, owner: str, now: datetime) -> Upload | None:
        """An upload of somebody; None for one of others, over, or never begun."""
        upload = self._uploads.get(upload_id)
        if upload is None or upload.owner != owner or upload.over(now):
            return None
        return upload

    def of(self, owner: str) -> list[Upload]:
        """All uploads of somebody that have no receipt yet."""
        mine = [item for item in list(self._uploads.values()) if item.owner == owner]
        return [item for item in mine if self.receipt(item) is None]

    def idle(self, uploads: Iterable[Upload], *, before: datetime) -> list[Upload]:
        """Those to which nothing was added since a moment, the longest idle first."""
        found = []
        for upload in uploads:
            with suppress(FileNotFoundError):  # given up by another request
                touched = (self._folder / upload.id / _OFFSET).stat().st_mtime
                if touched < before.timestamp():
                    found.append((touched, upload))
        return [upload for _, upload in sorted(found, key=lambda item: item[0])]

    def begin(self, upload: Upload, *, now: datetime, lasting: timedelta) -> Upload:
        """Write a new upload down, under a fresh id; durable when this returns.

        Args:
            upload: what it is.
            now: the present.
            lasting: how long it is kept.
        """
        given = replace(upload, id=self._token(), expires=(now + lasting).isoformat())
        folder = self._folder / given.id
        folder.mkdir(mode=0o700)
        (folder / _DATA).touch(mode=0o600)
        _replace(folder / _OFFSET, b"0")
        _replace(folder / _INFO, json.dumps(asdict(given)).encode())
        flush_directory(self._folder)
        self._uploads[given.id] = given
        return given

    def offset(self, upload: Upload) -> int:
        """How many bytes are here durably."""
        if self.receipt(upload) is not None:
            return upload.length
        return int((self._folder / upload.id / _OFFSET).read_bytes())

    @contextmanager
    def writing(self, upload: Upload) -> Iterator[Part]:
        """Add to an upload behind what counts; what is not kept does not count."""
        folder, start = self._folder / upload.id, self.offset(upload)
        with (folder / _DATA).open("r+b", buffering=0) as file:
            file.truncate(start)
            file.seek(start)
            yield Part(folder, file, start)

    def data(self, upload: Upload) -> Path:
        """The file with the bytes."""
        return self._folder / upload.id / _DATA

    def receipt(self, upload: Upload) -> bytes | None:
        """What was kept by ``finish``; None as long as nothing was."""
        try:
            return (self._folder / upload.id / _RECEIPT).read_bytes()
        except FileNotFoundError:
            return None

    def finish(self, upload: Upload, receipt: bytes) -> None:
        """Keep the receipt, or several as they go out; the bytes are in the node's store now."""
        _replace(self._folder / upload.id / _RECEIPT, receipt)
        self.data(upload).unlink(missing_ok=True)

    def forget(self, upload: Upload) -> None:
        """Remove all of it."""
        self._uploads.pop(upload.id, None)
        shutil.rmtree(self._folder / upload.id, ignore_errors=True)

    def sweep(self, now: datetime) -> None:
        """Forget those whose time is over."""
        for upload in [item for item in list(self._uploads.values()) if item.over(now)]:
            self.forget(upload)


def _read(folder: Path) -> Upload | None:
    """What stands in a folder; one that was not begun wholly is removed."""
    try:
        upload = Upload(**json.loads((folder / _INFO).read_bytes()))
        int((folder / _OFFSET).read_bytes())
    except (OSError, ValueError, TypeError):
        upload = None
    if upload is None or upload.id != folder.name or not _ID.fullmatch(folder.name):
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return upload


def _replace(path: Path, data: bytes) -> None:
    """Write a small file at one stroke, durably."""
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb", buffering=0) as file:
        write_all(file, data)
        os.fsync(file.fileno())
    draft.replace(path)
    flush_directory(path.parent)
