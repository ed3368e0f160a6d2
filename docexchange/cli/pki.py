"""``docexchange pki``: keys and certificates for trying things out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click

from docexchange.cli._options import json_option, secret
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._words import say
from docexchange.clock import SystemClock
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from docexchange.testing import DemoPki
    from docexchange.testing.credentials import KeyKind

__all__ = ["command"]

_KINDS: Final = ("p256", "p384", "rsa2048", "rsa3072", "rsa4096")
_PASSWORD: Final = b"demo"  # these keys protect nothing, and a file beside them tells it


@click.group("pki", no_args_is_help=True)
def command() -> None:
    """Make a throw-away PKI for trying things out.

    Example: docexchange pki demo demo-pki
    """


@command.command("demo")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--key",
    type=click.Choice(_KINDS),
    default="p256",
    show_default=True,
    help="Kind of all keys: p256 is made at once, rsa2048 is what practice uses.",
)
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    help="File with the password of the .p12 files.  [default: the password demo]",
)
@json_option
def demo(*, folder: Path, key: str, password_file: Path | None, as_json: bool) -> None:
    """Write a PKI for four tiers of agencies into a new folder.

    A root, an issuing authority, for each agency a seal and a leader's certificate, and three that
    must be refused: expired, revoked, and a stranger's. Never sign a real document with them.

    Example: docexchange pki demo demo-pki --key rsa2048
    """
    from docexchange.testing import DemoPki

    password = secret(password_file)() if password_file else _PASSWORD
    pki = DemoPki.create(at=SystemClock().now(), key=cast("KeyKind", key))
    _write(pki, folder, password)
    if as_json:
        answer_json(_as_json(pki, folder))
    else:
        _print(pki, folder)


def _write(pki: DemoPki, folder: Path, password: bytes) -> None:
    try:
        pki.write(folder, password.decode())
    except UnicodeDecodeError as error:
        raise UsageError(
            "--password-file: expected a password in UTF-8, found other bytes",
            code="testing.password",
        ) from error
    except OSError as error:
        raise UsageError(
            f"{folder}: expected to write a folder, found: {error.strerror or error}",
            code="output.not-writable",
            advice="Check the folder around it, its permissions and the free space.",
        ) from error


def _print(pki: DemoPki, folder: Path) -> None:
    rows = [
        ("trust/", say("root certificate and revocation lists, for --trust")),
        *(
            (f"agencies/{agency.folder}/", f"{agency.name} ({agency.organ_id}), {agency.leader}")
            for agency in pki.agencies
        ),
        ("bad/", say("certificates that must be refused: expired, revoked, a stranger's")),
        ("ca/", say("the authorities' own keys")),
        ("directory.toml", say("the agencies and their certificates, for --directory")),
        ("password.txt", say("the password of the .p12 files, for --password-file")),
    ]
    answer(f"{plain(folder)}: {say('a throw-away PKI; never sign a real document with it')}")
    for name, words in rows:
        answer(f"    {name:<22} {plain(words)}")


def _as_json(pki: DemoPki, folder: Path) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "key": pki.key,
        "at": pki.at.isoformat(),
        "trust": str(folder / "trust"),
        "directory": str(folder / "directory.toml"),
        "password_file": str(folder / "password.txt"),
        "agencies": [
            {
                "organ_id": str(agency.organ_id),
                "name": agency.name,
                "leader_name": agency.leader,
                "agency": str(folder / "agencies" / agency.folder / "agency.p12"),
                "leader": str(folder / "agencies" / agency.folder / "leader.p12"),
            }
            for agency in pki.agencies
        ],
        "bad": {
            kind: str(folder / "bad" / f"{kind}.p12") for kind in ("expired", "revoked", "stranger")
        },
    }
