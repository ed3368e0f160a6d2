"""``docexchange testserver``: a network on this machine, to test another system against."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._words import say
from docexchange.errors import StoreFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.testing import KeyKind
    from docexchange.testing.standin import StandIn

__all__ = ["command"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.command("testserver")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder for keys and stores, new or empty, which is kept; a temporary one when left out.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of the control API; any that is free when left out.",
)
@click.option(
    "--play",
    default="",
    metavar="AGENCY",
    help="The agency that your system is: folder or code.  [default: commune-2]",
)
@click.option(
    "--at",
    default="pull:",
    metavar="URL",
    help="Where your system takes letters (https://127.0.0.1:9000/); it fetches when left out.",
)
@click.option(
    "--key",
    type=click.Choice(["p256", "rsa2048"]),
    default="p256",
    show_default=True,
    help="Kind of the throw-away keys; rsa2048 is what practice uses.",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where the control API listens."
)
@click.option(
    "--unsafe-any-host",
    is_flag=True,
    help="Let --host be an address that others reach: they can then do everything here.",
)
@json_option
def command(*, folder: Path | None, as_json: bool, **options: Any) -> None:
    """Start a four-tier network on this machine to test another system against.

    Four nodes with mutual TLS, a TSA, an OCSP responder, revocation lists and a control API over
    HTTP: what arrived, send, fail a link, expire or revoke a certificate, reset. Your system is the
    fifth agency; its certificate and key are among what is printed. Runs until Ctrl-C or SIGTERM.

    Example: docexchange testserver --dir network --play commune --at https://127.0.0.1:9000/
    """
    from docexchange.testing.standin import StandIn

    options["key"] = cast("KeyKind", options["key"])
    with _until_told() as wait, _disk(folder), StandIn(folder, **options) as network:
        if as_json:
            answer_json(network.summary())
        else:
            _print(network)
        wait()


class _Waiting:
    """Waits for a signal that was blocked before any thread began, so that none takes it away."""

    def __init__(self) -> None:
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)

    def __call__(self) -> None:
        signal.sigwait(_SIGNALS)
        self.end()  # a second one ends the process at once

    def end(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)


@contextmanager
def _until_told() -> Iterator[_Waiting]:
    waiting = _Waiting()
    try:
        yield waiting
    finally:
        waiting.end()


@contextmanager
def _disk(folder: Path | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreFailure(
            f"{folder or 'testserver'}: expected to write the network there, found: "
            f"{error.strerror or error}",
            code="stand-in.not-writable",
            advice="Check the folder and the free space, or choose another with --dir.",
        ) from error


def _print(network: StandIn) -> None:
    summary = network.summary()
    you = summary["you"]
    answer(f"{say('control API')}: {summary['control']}/v1/openapi.json")
    answer(f"\n{say('your system')}: {network.own.name} ({you['organ_id']}, {you['name']})")
    _rows(
        [
            *((f"{say('sends to')} {name}", url) for name, url in you["send_to"].items()),
            (say("takes letters at"), you["takes_letters_at"]),
            (say("certificate"), you["certificate"]),
            (say("key"), you["key"]),
            (say("root"), summary["trust"]["root"]),
            (say("directory"), you["directory"]),
        ]
    )
    answer(f"\n{say('agencies')}")
    _rows((each["name"], f"{each['url']}  {each['title']}") for each in summary["agencies"])
    answer(f"\n{say('authorities')}")
    _rows((name, url) for name, url in summary["services"].items() if name != "states")
    answer(f"\n{say('stop with Ctrl-C')}")


def _rows(rows: Any) -> None:
    for name, value in rows:
        answer(f"    {name:<20} {plain(value)}")
