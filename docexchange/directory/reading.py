"""Which file is a directory? Read it, whole and bounded, by its suffix.

::

    directory = read_directory("agencies.toml")
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange.directory.csv_file import parse_csv
from docexchange.directory.directory import Directory
from docexchange.directory.toml_file import parse_toml
from docexchange.errors import InputNotFound, LimitExceeded, MalformedDirectory
from docexchange.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docexchange.directory.entry import DirectoryEntry

__all__ = ["MAX_BYTES", "read_bytes", "read_directory", "read_entries"]

MAX_BYTES: Final = 64 * MIB
"""The national list of 2025 had 111,339 agencies: about 30 MiB of TOML."""

_PARSERS: Final[Mapping[str, Callable[..., tuple[DirectoryEntry, ...]]]] = {
    ".toml": parse_toml,
    ".csv": parse_csv,
}


def read_directory(
    path: str | Path, *, several_roots: bool = False, max_bytes: int = MAX_BYTES
) -> Directory:
    """Read a directory from a ``.toml`` or ``.csv`` file.

    Args:
        path: the file, in UTF-8 with or without byte-order mark.
        several_roots: whether separate trees are meant (networks that do not reach each other).
        max_bytes: the largest file to be read, in bytes.

    Raises:
        InputNotFound: no such file, or it may not be read.
        LimitExceeded: it is larger than ``max_bytes``.
        MalformedDirectory: it is no directory, or its entries contradict each other.
    """
    return Directory(read_entries(path, max_bytes=max_bytes), several_roots=several_roots)


def read_entries(path: str | Path, *, max_bytes: int = MAX_BYTES) -> tuple[DirectoryEntry, ...]:
    """Read the entries of a file without asking whether they agree; ``check`` tells.

    Args:
        path: the file, in UTF-8 with or without byte-order mark.
        max_bytes: the largest file to be read, in bytes.

    Raises:
        InputNotFound: no such file, or it may not be read.
        LimitExceeded: it is larger than ``max_bytes``.
        MalformedDirectory: it is no directory.
    """
    file = Path(path)
    content = read_bytes(file, max_bytes)
    parse = _PARSERS.get(file.suffix.lower())
    if parse is None:
        raise MalformedDirectory(
            f"{file}: expected a file name ending in {' or '.join(_PARSERS)}, found {file.name!r}",
            code="directory.suffix",
            advice="Name the file by what is in it.",
        )
    return parse(_text(content, file), source=str(file))


def read_bytes(file: Path, max_bytes: int) -> bytes:
    """The whole of a file that is not too large.

    Raises:
        InputNotFound: no such file, or it may not be read.
        LimitExceeded: it is larger than ``max_bytes``.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        reason = getattr(error, "strerror", None) or error
        raise InputNotFound(f"{file}: expected an agency directory, found: {reason}") from error
    if len(content) > max_bytes:
        raise LimitExceeded(
            f"{file}: expected a directory of at most {max_bytes} bytes, found a larger file",
            code="limit.directory-bytes",
            advice="Check that this is a directory; if so, read it with a larger max_bytes.",
        )
    return content


def _text(content: bytes, file: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MalformedDirectory(
            f"{file}, line {line}: expected text in UTF-8, "
            f"found byte 0x{content[error.start]:02x} at offset {error.start}",
            code="directory.encoding",
            advice="Save the file as UTF-8.",
        ) from error
