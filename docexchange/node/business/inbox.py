"""An application that is a folder: each letter that was accepted becomes one file in it."""

from __future__ import annotations

import filecmp
import shutil
from typing import TYPE_CHECKING

from docexchange.envelope import Document
from docexchange.envelope.files import lasting_folder, write_whole
from docexchange.errors import ConflictingDuplicate, StoreFailure, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.identifiers import MessageId
    from docexchange.node.business.application import Letter

__all__ = ["InboxFolder"]


class InboxFolder:
    """Keeps each document as ``<message id>.edxml``.

    Args:
        folder: made when absent.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, letter: Letter) -> None:
        """Copy a document into the folder; statuses are kept in the store alone."""
        if isinstance(letter.verified.message, Document):
            self.keep(letter.message_id, letter.path)

    def keep(self, message_id: MessageId, path: Path) -> Path:
        """Copy an envelope file into the folder, whole or not at all; twice changes nothing.

        Args:
            message_id: gives the copy its name.
            path: the file.

        Returns:
            The copy.

        Raises:
            ConflictingDuplicate: another file has that name.
            StoreFailure: the folder cannot be written to.
        """
        target = self._folder / f"{message_id}.edxml"
        try:
            lasting_folder(self._folder)
            self._clean_up(target)
            if not target.exists():
                _copy(path, target)
            elif not filecmp.cmp(path, target, shallow=False):
                raise ConflictingDuplicate(
                    f"{target}: expected the letter handed over before, found another file",
                    advice="Move that file away; the letter is then handed over again.",
                )
        except (OSError, UsageError) as error:
            raise StoreFailure(
                f"inbox {self._folder}: expected to put a letter there, found: {error}",
                code="inbox.not-writable",
                advice="Check the folder, its permissions and the free space.",
            ) from error
        return target

    def _clean_up(self, target: Path) -> None:
        """Remove what is left of copies of this letter that were cut short (``write_whole``)."""
        for leftover in self._folder.glob(f".{target.name[:40]}.*.part"):
            leftover.unlink(missing_ok=True)


def _copy(path: Path, target: Path) -> None:
    with path.open("rb") as source, write_whole(target, replace=False) as stream:
        shutil.copyfileobj(source, stream, 1024 * 1024)
