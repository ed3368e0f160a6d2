"""Which attachment goes into which file: pure, so that no name leads out of the folder.

>>> list(files_for([report, report_again], only=()))
['báo cáo.pdf', 'báo cáo (2).pdf']
"""

from __future__ import annotations

import unicodedata
from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.attachment import name_problem
from docexchange.errors import UnreadableInput, UsageError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from docexchange.envelope import Attachment

__all__ = ["files_for"]

_MOST_BYTES: Final = 255
_SHOWN: Final = 20


def files_for(attachments: Sequence[Attachment], only: Sequence[str]) -> dict[str, Attachment]:
    """Choose a file name for each attachment that is wanted.

    Args:
        attachments: those of a letter, in order.
        only: names of those that are wanted; all when empty.

    Returns:
        Attachments by file name: plain names, no two alike, not even on a disk that ignores case.

    Raises:
        UsageError: a name that the letter does not have.
        UnreadableInput: a name that must not become a file.
    """
    wanted = _wanted(attachments, only)
    for attachment in wanted:
        _check(attachment)
    taken = {_key(_name(attachment)) for attachment in wanted}
    files: dict[str, Attachment] = {}
    numbers: dict[str, Iterator[int]] = {}
    for attachment in wanted:
        name = _name(attachment)
        if _key(name) in numbers:
            name = _numbered(name, taken, numbers[_key(name)])
            taken.add(_key(name))
        else:
            numbers[_key(name)] = count(2)
        files[name] = attachment
    return files


def _wanted(attachments: Sequence[Attachment], only: Sequence[str]) -> Sequence[Attachment]:
    if not only:
        return attachments
    known = {_name(attachment) for attachment in attachments}
    strangers = [name for name in only if name not in known]
    if strangers:
        listed = ", ".join(map(repr, sorted(known)[:_SHOWN])) or "none"
        raise UsageError(
            f"--only: expected a name of an attachment ({listed}), found {strangers[0]!r}",
            code="extract.unknown-name",
            advice="`docexchange inspect` lists the attachments.",
        )
    return [attachment for attachment in attachments if _name(attachment) in only]


def _name(attachment: Attachment) -> str:
    # Some systems send files without a name; the content id is fit for one.
    return attachment.name or str(attachment.content_id)


def _check(attachment: Attachment) -> None:
    name = _name(attachment)
    problem = name_problem(name)
    if problem:
        raise UnreadableInput(
            f"attachment: expected a plain file name, found {name!r} ({problem})",
            code="extract.unsafe-name",
            advice="Such a name can write over other files, or deceive whoever opens it. Take the "
            "others with --only, and ask the sender for this one under another name.",
        )


def _numbered(name: str, taken: Container[str], numbers: Iterator[int]) -> str:
    path = PurePath(name)
    candidates = (_fitting(path.stem, f" ({number}){path.suffix}") for number in numbers)
    return next(candidate for candidate in candidates if _key(candidate) not in taken)


def _fitting(stem: str, ending: str) -> str:
    room = _MOST_BYTES - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + ending


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
