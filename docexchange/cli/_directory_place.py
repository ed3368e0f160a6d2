"""Which directory a command works on: that of the node in the current folder, or another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from docexchange.errors import InputNotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.directory import Directory, DirectoryEntry

__all__ = ["at_option", "directory_option", "entries_of", "opened", "place_of", "shown"]

F = TypeVar("F", bound="Callable[..., Any]")

_NAME: Final = "directory.toml"

at_option = click.option("--at", metavar="DATE", help="The day to ask about, in Vietnam.  [today]")


def directory_option(command: F) -> F:
    """Add ``--directory``."""
    return click.option(
        "--directory",
        "file",
        type=click.Path(path_type=Path),
        help="The directory, .toml or .csv.  [default: that of the node in the current folder, "
        f"or {_NAME} there]",
    )(command)


def shipped(command: F) -> F:
    """Add ``--shipped``."""
    return click.option(
        "--shipped",
        is_flag=True,
        help="The provinces and central bodies that come with docexchange.",
    )(command)


def shown(command: F) -> F:
    """Add ``--directory`` and ``--shipped``: which directory is looked at."""
    return directory_option(shipped(command))


def place_of(file: Path | None) -> Path:
    """Where the directory lies.

    Args:
        file: where the user says.
    """
    if file is not None:
        return file
    if not Path("node.toml").exists():
        return Path(_NAME)
    from docexchange.node import directory_file, read_config

    return directory_file(read_config(Path()))


def entries_of(file: Path | None, *, shipped: bool = False) -> tuple[DirectoryEntry, ...]:
    """The entries, whether or not they agree.

    Raises:
        InputNotFound: there is none where it was looked for.
        UsageError: two directories were asked for.
    """
    from docexchange.directory import read_entries, shipped_directory

    if shipped:
        _refuse_both(file)
        return tuple(shipped_directory())
    place = place_of(file)
    if file is None and not place.exists():
        raise InputNotFound(
            f"{place}: expected an agency directory there, found no such file",
            advice="Name it with --directory, or make one with docexchange directory import.",
        )
    return read_entries(place)


def opened(file: Path | None, *, shipped: bool = False) -> Directory:
    """The directory to be looked at.

    Raises:
        InputNotFound: there is none where it was looked for.
        MalformedDirectory: its entries contradict each other.
        UsageError: two directories were asked for.
    """
    from docexchange.directory import Directory

    return Directory(entries_of(file, shipped=shipped))


def _refuse_both(file: Path | None) -> None:
    if file is not None:
        raise UsageError("expected --directory or --shipped, found both", code="usage.directory")
