"""Every command with every parameter given what is bad for it: one clear line, no harm done.

The commands are taken from the tree itself. One that is new, or has a new parameter, fails here
until ``bad_input_help`` says what would do well and what is bad.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Final

import pytest
from bad_input_help import BAD, GOOD_AFTER_ALL, LINES, commands, kind_of, lay_out, line
from cli_help import leftovers
from network_help import Network, apart

if TYPE_CHECKING:
    from pathlib import Path

    from bad_input_help import Bench
    from cli_help import Desk
    from network_help import Cli, Ran

COMMANDS: Final = commands()
CASES: Final = [
    (name, str(parameter.name))
    for name, command in COMMANDS.items()
    for parameter in command.params
    if not getattr(parameter, "is_flag", False)
]
ENGLISH: Final = re.compile(r"\b(expected|found|Invalid value|Missing|No such)\b")
LONGEST: Final = 1500
TELL_MORE: Final = {
    "route explain",
    "node init",
    "node doctor",
    "verify",
    "validate",
    "carry unpack",
}
"""Commands whose answer is a verdict about what they were given, not an error."""
LEAVE: Final = {
    "directory publish": ["public"],
    "directory update": ["snapshot"],
    "node init": ["node"],
}
"""A folder with its lock, or with a ``node.toml`` to be corrected, stays where a fault was met."""


@pytest.fixture(scope="module")
def bench(
    desk: Desk, delivered_template: Network, tmp_path_factory: pytest.TempPathFactory
) -> Bench:
    """Good and bad things to name."""
    folder = tmp_path_factory.mktemp("bench")
    nodes = shutil.copytree(delivered_template.folder, folder / "exchange")
    laid_out = lay_out(folder, desk, Network(nodes, delivered_template.pki))
    places = laid_out.places
    seal = places["cert"]
    made = ["--root", seal, "--release", seal, "-o", places["root"]]
    assert apart(["directory", "keys", "init", *made]).code == 0
    prepared = ["prepare", places["plain"], "--cert", seal, "-o", places["prepared"]]
    assert apart(prepared).code == 0
    return laid_out


def test_every_command_has_a_good_line_and_every_parameter_a_kind() -> None:
    """A new one fails here first."""
    assert set(LINES) == set(COMMANDS)
    for name, command in COMMANDS.items():
        known = {str(parameter.name) for parameter in command.params}
        assert set(LINES[name]) <= known, name
        for parameter in command.params:
            kind_of(name, parameter)


def complaints(ran: Ran, name: str) -> list[str]:
    """What is wrong with an answer to something bad."""
    first, *others = ran.err.splitlines() or [""]
    told = name in TELL_MORE and not ran.err
    body = re.sub(r"lỗi: .*|\[[\w.-]+\]$|'[^']*'", "", first)
    wrong = {
        f"exit code {ran.code}": ran.code not in {1, 2, 3, 4, 5},
        "an answer": bool(ran.out) and name not in TELL_MORE,
        "no complaint": not first.startswith("docexchange: ") and not told,
        "several lines": any(not item.startswith("    ") for item in others),
        "no code": not re.search(r"\[[\w.-]+\]$", first) and not told,
        "a traceback": "Traceback" in ran.err or "internal error" in ran.err,
        "too long": len(first) > LONGEST,
        "English": bool(ENGLISH.search(body)),
    }
    return [words for words, is_so in wrong.items() if is_so]


@pytest.mark.parametrize(("name", "parameter"), CASES)
def test_what_is_bad_is_told_in_one_line(
    cli: Cli, bench: Bench, tmp_path: Path, name: str, parameter: str
) -> None:
    """In Vietnamese, with an exit code that says so, and nothing is left behind."""
    command = COMMANDS[name]
    kind = next(kind_of(name, item) for item in command.params if item.name == parameter)
    found = {}
    for bad in BAD[kind]:
        if f"{name} {parameter} {bad}" in GOOD_AFTER_ALL:
            continue
        values = {**LINES[name], parameter: bad}
        whole = {key: bench.filled(value, tmp_path) for key, value in values.items()}
        ran = cli("--lang", "vi", *line(name, command, whole))
        wrong = complaints(ran, name) + [
            f"left {left}" for left in leftovers(tmp_path) if left not in LEAVE.get(name, ())
        ]
        for path in leftovers(tmp_path):
            shutil.rmtree(tmp_path / path)
        if wrong:
            found[bad] = (wrong, ran.code, ran.err[:300], ran.out[:200])
            break
    assert found == {}


ANSWERING: Final = [
    name
    for name, command in COMMANDS.items()
    if any("--json" in parameter.opts for parameter in command.params)
]


@pytest.mark.parametrize("name", ANSWERING)
def test_an_answer_in_json_stays_one(cli: Cli, bench: Bench, tmp_path: Path, name: str) -> None:
    """With bytes in place of the first file and --json: JSON and nothing else, or no answer."""
    command = COMMANDS[name]
    kinds = {str(parameter.name): kind_of(name, parameter) for parameter in command.params}
    files = [parameter for parameter, kind in kinds.items() if kind in {"file", "toml", "node"}]
    values = {**LINES[name], **dict.fromkeys(files[:1], "{bad}/random"), "as_json": ""}
    whole = {key: bench.filled(value, tmp_path) for key, value in values.items()}
    ran = cli(*line(name, command, whole))
    assert ran.code in {0, 1, 2, 3, 4, 5}
    assert ran.code or not files or name == "compose"
    if ran.out:
        json.loads(ran.out)
