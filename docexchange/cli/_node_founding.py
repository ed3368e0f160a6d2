"""``docexchange node init`` and ``doctor``: a new node, and what ails one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._exit import ExitCode, end, worst
from docexchange.cli._names import short_names
from docexchange.cli._options import json_option, node_option
from docexchange.cli._output import answer, answer_json, plain, styled
from docexchange.cli._words import language, say

if TYPE_CHECKING:
    from docexchange.node import Symptom

__all__ = ["doctor", "init"]

_COLOURS: Final = {"good": "green", "warning": "yellow", "bad": "red"}
_MARKS: Final = {"good": "✔", "warning": "!", "bad": "✘"}
_CODES: Final = {"good": 0, "warning": 0, "bad": 1}


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--agency", required=True, help="Code of the agency that the node serves.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    required=True,
    help="Directory of agencies, TOML or CSV.",
)
@click.option("--key", required=True, help="Signing key: a file, or pkcs12:, file:, pkcs11: URI.")
@click.option("--password-file", type=click.Path(path_type=Path), help="File with its password.")
@click.option(
    "--trust",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="Root certificates and revocation lists: a file or folder; may be given again.",
)
@click.option(
    "--mailbox",
    default="folder:mailbox",
    show_default=True,
    help="The node's own end of the transport.",
)
@json_option
def init(
    *,
    folder: Path,
    agency: str,
    directory: Path,
    key: str,
    password_file: Path | None,
    trust: tuple[Path, ...],
    mailbox: str,
    as_json: bool,
) -> None:
    """Write a new node into a folder and look whether it can work.

    Nothing is written over. Exit code 1 when the new node could not work as it stands: the file is
    there then, and `docexchange node doctor` looks again.

    Example: docexchange node init commune --agency 000.21.31.H53 --directory directory.toml
    --key agency.p12 --password-file password.txt --trust trust
    """
    from docexchange.clock import SystemClock
    from docexchange.identifiers import OrganId
    from docexchange.node import Founding, examine, found_node, read_config

    written = found_node(
        folder,
        Founding(
            agency=OrganId(agency),
            directory=directory,
            key=key,
            trust=trust,
            password_file=password_file,
            mailbox=mailbox,
        ),
    )
    symptoms = examine(read_config(folder), SystemClock(), with_peers=False)
    if as_json:
        answer_json({"node": str(written), "symptoms": [_as_json(item) for item in symptoms]})
    else:
        answer(plain(written))
        _print(symptoms)
    end(_code(symptoms))


@click.command("doctor")
@node_option
@click.option("--offline", is_flag=True, help="Leave the peers alone.")
@json_option
def doctor(*, node_folder: Path, offline: bool, as_json: bool) -> None:
    """Look for what would keep letters from moving: key, lists, disk, queue, peers, clock.

    Nothing is sent and nothing is changed; the node may be at work meanwhile. Exit code 1 when
    letters cannot move as things stand.

    Example: docexchange node doctor --node commune
    """
    from docexchange.clock import SystemClock
    from docexchange.node import examine, read_config

    symptoms = examine(read_config(node_folder), SystemClock(), with_peers=not offline)
    if as_json:
        answer_json({"symptoms": [_as_json(item) for item in symptoms]})
    else:
        _print(symptoms)
    end(_code(symptoms))


def _code(symptoms: tuple[Symptom, ...]) -> ExitCode:
    return worst(ExitCode(_CODES[item.state]) for item in symptoms)


def _as_json(symptom: Symptom) -> dict[str, Any]:
    return {
        "name": symptom.name,
        "state": str(symptom.state),
        "found": symptom.found,
        "advice": symptom.advice,
    }


def _print(symptoms: tuple[Symptom, ...]) -> None:
    for item in symptoms:
        mark = styled(_MARKS[item.state], _COLOURS[item.state])
        found, advice = _told(item)
        answer(f"{mark} {say(item.name)}: {plain(short_names(found))}")
        if advice:
            answer(f"    {plain(advice)}")


def _told(symptom: Symptom) -> tuple[str, str]:
    if language() == "en":
        return symptom.found, symptom.advice
    from docexchange.cli._vietnamese_doctor import advice_in_vietnamese, found_in_vietnamese

    return found_in_vietnamese(symptom), advice_in_vietnamese(symptom)
