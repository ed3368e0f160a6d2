"""``docexchange directory publish``: the directory, signed, for others to take in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docexchange.cli._directory_place import directory_option, entries_of
from docexchange.cli._options import json_option, password_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._snapshot_keys import hand_of, root_in
from docexchange.cli._snapshot_words import phrase, print_times, release_json
from docexchange.clock import SystemClock
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from docexchange.directory import DirectoryEntry
    from docexchange.directory.snapshots import Release

__all__ = ["command"]


@click.command("publish")
@click.argument("folder", type=click.Path(path_type=Path))
@directory_option
@click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    help="Key to sign with: pkcs12:, file: or pkcs11: URI; several where several have to sign.",
)
@password_option
@click.option("--root", "roots", multiple=True, help="Root file that is not in FOLDER yet.")
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    default=30,
    show_default=True,
    help="How long it may be taken in; publish again before that.",
)
@click.option(
    "--version",
    type=click.IntRange(1),
    default=None,
    help="Version of the release.  [default: one more than the last]",
)
@json_option
def command(
    *,
    folder: Path,
    file: Path | None,
    keys: tuple[str, ...],
    password_file: Path | None,
    roots: tuple[str, ...],
    days: int,
    version: int | None,
    as_json: bool,
) -> None:
    """Publish the directory as a signed release in FOLDER; the same one again renews it.

    FOLDER is for a web server, a share or a disk: root files, the release, the directory, and
    deltas from earlier ones. Nothing is written that whoever has the release before would refuse.

    Example: docexchange directory publish public --key pkcs12:desk.p12 --root root-1.json
    """
    from docexchange.directory.snapshots import Publication
    from docexchange.signing.octets import vouched

    entries, now = entries_of(file), SystemClock().now()
    more = [root_in(name).data for name in roots]
    hands = [hand_of(key, password_file) for key in keys]
    try:
        release = Publication(folder, vouched).publish(
            entries, hands, now=now, valid=timedelta(days=days), version=version or 0, roots=more
        )
    except OSError as error:
        raise UsageError(
            f"{folder}: expected a folder to write to, found: {error.strerror or error}",
            code="output.not-writable",
            advice="Check the folder, its permissions and the free space.",
        ) from error
    _tell(folder, entries, release, as_json=as_json)


def _tell(
    folder: Path, entries: tuple[DirectoryEntry, ...], release: Release, *, as_json: bool
) -> None:
    deltas = [delta.version for delta in release.deltas]
    if as_json:
        told = release_json(release, release.published)
        answer_json({"folder": str(folder), "entries": len(entries), "deltas_from": deltas, **told})
        return
    answer(
        f"{plain(folder)}: {phrase('release')} {release.version}, {phrase('under root')} "
        f"{release.root}, {len(entries)} {phrase('agencies')}"
    )
    print_times(release, release.published)
    if deltas:
        answer(f"    {phrase('deltas from')}: {', '.join(map(str, deltas))}")
