"""``docexchange directory update`` and ``age``: the newest published directory, taken in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from docexchange.cli._exit import ExitCode, end
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json
from docexchange.cli._snapshot_words import phrase, print_times, release_json
from docexchange.clock import SystemClock
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.node import SnapshotConfig

__all__ = ["age", "update"]

F = TypeVar("F", bound="Callable[..., Any]")

_FOLDER: Final = "snapshot"


def _kept(command: F) -> F:
    """Add ``--snapshot``."""
    return click.option(
        "--snapshot",
        "folder",
        type=click.Path(path_type=Path),
        help="Folder with what is trusted.  [default: that of the node in the current folder, "
        f"or {_FOLDER}]",
    )(command)


@click.command("update")
@click.argument("place", metavar="[FROM]", required=False)
@_kept
@click.option("--root", help="First root file to trust, where none is kept yet.")
@click.option(
    "--allow-network",
    "networks",
    multiple=True,
    help="Network that may be asked although it is not of the Internet (10.1.0.0/16).",
)
@json_option
def update(
    *,
    place: str | None,
    folder: Path | None,
    root: str | None,
    networks: tuple[str, ...],
    as_json: bool,
) -> None:
    """Take in the newest published directory; a node that runs works by it at once.

    FROM is an address, a folder or a disk; of a node, what its node.toml says. Nobody has to trust
    the place: what is not signed by the keys of the root, has expired, or is older than what is
    here, is refused with exit code 1, and the last good directory stays.

    Example: docexchange directory update /media/usb/public --root root-1.json
    """
    from docexchange.node import update as taken

    said, base = _said(place, folder, root, networks)
    if not said.source:
        raise UsageError(
            "FROM: expected an address or a folder, found none",
            code="usage.snapshot",
            advice="Name it, or write it as from in [snapshot] of node.toml.",
        )
    clock = SystemClock()
    done = taken(said, base, clock)
    words = "taken in by delta" if done.by_delta else "taken in"
    if as_json:
        told = release_json(done.release, clock.now())
        answer_json({"changed": done.changed, "by_delta": done.by_delta, **told})
        return
    state = phrase(words if done.changed else "nothing newer")
    answer(f"{phrase('release')} {done.release.version}: {state}")
    print_times(done.release, clock.now())


@click.command("age")
@_kept
@json_option
def age(*, folder: Path | None, as_json: bool) -> None:
    """Tell how old the directory taken in is, and until when it may be relied on.

    Exit code 1 when it has expired: the node goes on by it, but takes no more such ones in.

    Example: docexchange directory age --snapshot snapshot
    """
    from docexchange.node import held_snapshot

    held, now = held_snapshot(*_said(None, folder, None, ())), SystemClock().now()
    release = held.release
    if as_json:
        answer_json({"file": str(held.path), **release_json(release, now)})
    else:
        answer(f"{phrase('release')} {release.version}, {phrase('under root')} {release.root}")
        print_times(release, now)
    end(ExitCode.NEGATIVE if release.expires <= now else ExitCode.POSITIVE)


def _said(
    place: str | None, folder: Path | None, root: str | None, networks: tuple[str, ...]
) -> tuple[SnapshotConfig, Path]:
    """What is asked for; what is left out, as the node in the current folder has it."""
    from docexchange.node import SnapshotConfig, read_config

    said = SnapshotConfig(root="", folder=_FOLDER)
    base = Path()
    if folder is None and Path("node.toml").exists():
        config = read_config(Path())
        said, base = config.snapshot or said, config.base
    here = Path.cwd()
    changes: dict[str, Any] = {"folder": str(here / folder)} if folder else {}
    if place is not None:
        changes["source"] = place if "://" in place else str(here / place)
    if root is not None:
        changes["root"] = root
    if networks:
        changes["allowed"] = list(networks)
    return said.model_copy(update=changes), base
