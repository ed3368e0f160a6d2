"""A disk in somebody's bag: shipments on it, each a folder that appears whole or not at all.

    medium = Medium(Path("/media/usb"))
    path = medium.put("000.21.31.H53", "shipment-…", signed_list, [(digest, stream), ...])
    for path in medium.shipments("000.21.31.H53"):
        medium.list_of(path), medium.open(path, digest)

``docexchange/<code of the agency it is for>/<shipment>/shipment.xml`` and beside it one file for
each content, named by its SHA-256. Whoever had the bag could write here: links are not followed,
and nothing is believed that the signed list does not name.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.envelope.files import flush_directory, lasting_folder
from docexchange.errors import TransportError
from docexchange.limits import MIB
from docexchange.transport._files import open_inside, write_new
from docexchange.transport._mailbox import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["LIST", "Medium"]

LIST: Final = "shipment.xml"
"""The signed list of a shipment."""

_ROOT: Final = "docexchange"
_NAME: Final = re.compile(r"shipment-[0-9a-f]{32}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LARGEST_LIST: Final = 8 * MIB
_PIECE: Final = MIB


class Medium:
    """A carried medium.

    Args:
        folder: where it is mounted; must be there.

    Raises:
        TransportError: it is not.
    """

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        if not folder.is_dir():
            found = "a file" if folder.exists() else "none"
            raise TransportError(
                f"medium {folder}: expected a folder, found {found}",
                code="transport.folder-missing",
                advice="Check that the disk is mounted there.",
            )

    def put(
        self, to: str, name: str, signed: bytes, contents: Iterable[tuple[str, BinaryIO]]
    ) -> Path:
        """Write a shipment; when this returns, the disk may be pulled out.

        Args:
            to: code of the agency it is for.
            name: of the shipment.
            signed: its list.
            contents: digest and bytes of each; closed when they were copied.

        Returns:
            Its folder.

        Raises:
            TransportError: the disk is full or broken; no shipment appears.
        """
        place = self._folder / _ROOT / to
        draft = place / f".{name}.part"
        with translated(place):
            lasting_folder(place)
            draft.mkdir()
            try:
                for digest, stream in contents:
                    with stream:
                        write_new(draft / digest, _pieces(stream))
                write_new(draft / LIST, [signed])
                flush_directory(draft)
                draft.rename(place / name)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
            flush_directory(place)
        return place / name

    def shipments(self, to: str) -> list[Path]:
        """The shipments for an agency, by name."""
        place = self._folder / _ROOT / to
        with translated(place):
            if not place.is_dir():
                return []
            return sorted(path for path in place.iterdir() if _NAME.fullmatch(path.name))

    def list_of(self, shipment: Path) -> bytes:
        """The list of a shipment; one byte more than is legal when it is longer.

        Raises:
            TransportError: it cannot be read.
        """
        with translated(shipment), open_inside(shipment, LIST) as stream:
            return stream.read(_LARGEST_LIST + 1)

    def open(self, shipment: Path, digest: str) -> BinaryIO:
        """Open the content of that digest; the caller compares.

        Raises:
            TransportError: it is not there, or no plain file.
        """
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"expected a digest, found {digest!r}")
        with translated(shipment):
            return open_inside(shipment, digest)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece
