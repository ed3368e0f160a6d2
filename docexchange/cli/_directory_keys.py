"""``docexchange directory keys``: whose signatures count under a published directory."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._options import json_option, password_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._snapshot_keys import expiry, hand_of, key_of, root_in
from docexchange.cli._snapshot_words import phrase
from docexchange.cli._words import moment_words
from docexchange.cli._writing import Out, out_option, write_out
from docexchange.clock import SystemClock
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docexchange.directory.snapshots import Role, Root, Signed

__all__ = ["command"]

_DAYS = click.IntRange(1, 3660)
_days = click.option(
    "--days", type=_DAYS, default=365, show_default=True, help="How long it lets anything in."
)


def _thresholds(command: Callable[..., None]) -> Callable[..., None]:
    """Add both thresholds, and give the command ``thresholds`` in their place."""

    @wraps(command)
    def with_both(
        *, root_threshold: int | None, release_threshold: int | None, **options: Any
    ) -> None:
        command(thresholds=(root_threshold, release_threshold), **options)

    number = click.IntRange(1, 64)
    for_roots = click.option(
        "--root-threshold",
        type=number,
        help="How many of the keys for roots have to sign.  "
        "[default: more than half, or as before]",
    )
    for_releases = click.option(
        "--release-threshold",
        type=number,
        help="How many of the keys for releases have to sign.  [default: 1, or as before]",
    )
    return for_roots(for_releases(with_both))


@click.group("keys", no_args_is_help=True)
def command() -> None:
    """Say whose signatures count under a published directory: root files.

    Example: docexchange directory keys show root-1.json
    """


@command.command("init")
@click.option(
    "--root", "roots", multiple=True, required=True, help="Certificate of a key for roots."
)
@click.option(
    "--release", "releases", multiple=True, required=True, help="Certificate of a key for releases."
)
@_thresholds
@_days
@out_option("root-1.json")
@json_option
def init(
    *,
    roots: tuple[str, ...],
    releases: tuple[str, ...],
    thresholds: tuple[int | None, int | None],
    days: int,
    out: Out,
    as_json: bool,
) -> None:
    """Write the first root, which nobody has signed yet.

    Give each key by its certificate; only the public key in it counts. Keep the keys for roots
    apart from one another and off the machine that publishes. Then let as many of them as have to
    sign it: directory keys sign.

    Example: docexchange directory keys init --root a.pem --root b.pem --release desk.pem
    """
    from docexchange.directory.snapshots import Role, first_root

    root_keys, release_keys = (tuple(map(key_of, names)) for names in (roots, releases))
    made = first_root(
        root=Role(keys=root_keys, threshold=thresholds[0] or len(root_keys) // 2 + 1),
        release=Role(keys=release_keys, threshold=thresholds[1] or 1),
        expires=expiry(SystemClock().now(), days),
    )
    _write(made, out.path or "root-1.json", force=out.force, as_json=as_json)


@command.command("rotate")
@click.argument("root", metavar="ROOT")
@click.option("--add-root", "more_roots", multiple=True, help="Certificate of a key for roots.")
@click.option(
    "--add-release", "more_releases", multiple=True, help="Certificate of a key for releases."
)
@click.option(
    "--revoke",
    "revoked",
    multiple=True,
    metavar="KEY",
    help="Key that counts no more: its id, or the first 8 digits of it or more.",
)
@_thresholds
@_days
@out_option("root-N.json, with the next number")
@json_option
def rotate(
    *,
    root: str,
    more_roots: tuple[str, ...],
    more_releases: tuple[str, ...],
    revoked: tuple[str, ...],
    thresholds: tuple[int | None, int | None],
    days: int,
    out: Out,
    as_json: bool,
) -> None:
    """Write the root to follow ROOT: with other keys, or the same ones for longer.

    As many keys of ROOT as have to must sign it, and as many of its own. Publish a release under
    it at once (directory publish --root): whatever a revoked key signed is then left behind.

    Example: docexchange directory keys rotate root-1.json --revoke 5f2b01c9 --add-release new.pem
    """
    from docexchange.directory.snapshots import next_root, root_name

    before = root_in(root).statement
    ids = {_meant(before, text) for text in revoked}
    made = next_root(
        before,
        root=_changed(before.root, more_roots, ids, thresholds[0]),
        release=_changed(before.release, more_releases, ids, thresholds[1]),
        expires=expiry(SystemClock().now(), days),
    )
    name = out.path or root_name(made.statement.version)
    _write(made, name, force=out.force, as_json=as_json)


@command.command("sign")
@click.argument("root", metavar="ROOT")
@click.option("--key", required=True, help="Key to sign with: pkcs12:, file: or pkcs11: URI.")
@password_option
@json_option
def sign(*, root: str, key: str, password_file: Path | None, as_json: bool) -> None:
    """Add a signature to a root file.

    Look at it before: directory keys show. Who signs it says that these keys are the right ones.

    Example: docexchange directory keys sign root-1.json --key pkcs12:anna.p12
    """
    made = root_in(root).with_signature(hand_of(key, password_file))
    _write(made, root, force=True, as_json=as_json)


@command.command("show")
@click.argument("root", metavar="ROOT")
@json_option
def show(*, root: str, as_json: bool) -> None:
    """Show the keys of a root file, and which of them have signed it.

    Example: docexchange directory keys show root-1.json
    """
    _tell(root_in(root), root, as_json=as_json)


def _changed(before: Role, added: tuple[str, ...], ids: set[str], threshold: int | None) -> Role:
    from docexchange.directory.snapshots import Role

    kept = tuple(key for key in before.keys if key.id not in ids)
    return Role(
        keys=(*kept, *map(key_of, added)),
        threshold=threshold or before.threshold,
    )


def _meant(root: Root, text: str) -> str:
    """The id that begins so."""
    ids = {key.id for key in (*root.root.keys, *root.release.keys)}
    found = [one for one in ids if one.startswith(text)]
    if len(found) == 1 and len(text) >= 8:  # noqa: PLR2004  as the help says
        return found[0]
    raise UsageError(
        f"--revoke: expected the id of a key of root {root.version}, found {text[:64]!r}",
        code="snapshot.key",
        advice="Name one of the keys that docexchange directory keys show lists.",
    )


def _write(made: Signed[Root], name: str, *, force: bool, as_json: bool) -> None:
    write_out([made.data], name, force=force)
    if name != "-":
        _tell(made, name, as_json=as_json)


def _tell(made: Signed[Root], name: str, *, as_json: bool) -> None:
    from docexchange.signing.octets import vouched

    by = {item.key: item.value for item in made.signatures}
    root, octets = made.statement, made.octets
    good = {
        key.id for key in root.root.keys if key.id in by and vouched(key.octets, octets, by[key.id])
    }
    others = sorted(set(by) - good)
    if as_json:
        answer_json(_as_json(root, name, good, others))
        return
    answer(f"{plain(name)}: {phrase('root')} {root.version}")
    answer(f"    {phrase('in force until')}: {moment_words(root.expires)}")
    _print_role("keys for the next root", root.root, good)
    _print_role("keys for releases", root.release, None)
    if others:
        answer(f"    {phrase('other signatures')}: {', '.join(key[:16] for key in others)}")


def _print_role(words: str, role: Role, good: set[str] | None) -> None:
    answer(f"    {phrase(words)} ({phrase('have to sign')}: {role.threshold})")
    for key in role.keys:
        state = ""
        if good is not None:
            state = f"  {phrase('signed' if key.id in good else 'has not signed')}"
        answer(f"        {key.id[:16]}  {plain(key.holder)}{state}")


def _as_json(root: Root, name: str, good: set[str], others: list[str]) -> dict[str, Any]:
    return {
        "file": name,
        "version": root.version,
        "expires": root.expires.isoformat(),
        "root": _role_json(root.root),
        "release": _role_json(root.release),
        "signed_by": sorted(good),
        "other_signatures": others,
    }


def _role_json(role: Role) -> dict[str, Any]:
    keys = [{"id": key.id, "holder": key.holder} for key in role.keys]
    return {"threshold": role.threshold, "keys": keys}
