"""The words and schemas of the answers: every word has its translation, every answer its schema."""

from __future__ import annotations

import ast
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click
import jsonschema
import pytest

import docexchange.cli
from docexchange.cli import COMMANDS, cli
from docexchange.cli._words import advice_on, language, moment_words, say, speak
from docexchange.signing.errors import Refusal
from docexchange.signing.trust.refusals import published_at
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = sorted(Path(docexchange.cli.__file__).parent.glob("*.py"))


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """The language of these tests."""
    speak("vi")
    yield
    speak("en")


def said(path: Path) -> set[str]:
    """Every word that a module says."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "say"
        and isinstance(call.args[0], ast.Constant)
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_word_has_its_translation(path: Path) -> None:
    """What a command says in English it can say in Vietnamese."""
    assert [word for word in said(path) if say(word) == word] == []


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by the name of its schema."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name}-")
        else:
            yield f"{path}{name}", command


def test_every_answer_in_json_has_a_schema_and_every_schema_a_command() -> None:
    """The schemas travel with the package, are sound, and allow nothing but what they name."""
    folder = files("docexchange.cli") / "schemas"
    shipped = {Path(item.name).stem for item in folder.iterdir() if item.name.endswith(".json")}
    answering = {
        name
        for name, command in commands(cli)
        if any("--json" in parameter.opts for parameter in command.params)
    }
    assert answering == shipped
    for name in shipped:
        rules = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(rules)
        assert rules["title"] == f"Answer of docexchange {name.replace('-', ' ')} --json"


def test_every_command_is_there() -> None:
    """Each name in the table is a module with a command of that name."""
    assert {name.partition("-")[0] for name, _ in commands(cli)} == set(COMMANDS)


def test_moments_are_told_in_vietnam_time_and_never_fail() -> None:
    """Even at the end of the calendar, which a forged signing time may claim."""
    from datetime import UTC, datetime

    assert moment_words(datetime(2026, 3, 2, 2, tzinfo=UTC)) == "2026-03-02 09:00:00 +07:00"
    assert moment_words(datetime(9999, 12, 31, 23, tzinfo=UTC)).startswith("9999-12-31T23")
    assert language() == "vi"


def test_addresses_in_advice_stay_in_every_language() -> None:
    """Where a list is published is said behind the advice, with the address as it is."""
    missing = Refusal(
        SubIndication.TRY_LATER, "", code="certificate.no-revocation-information", advice="Get it."
    )
    told = published_at(missing, ["http://crl.demo.invalid/a.crl"])
    vietnamese = advice_on(told.code, told.advice)
    assert vietnamese.endswith("(--online). Nơi công bố: http://crl.demo.invalid/a.crl")
    assert advice_on(told.code, "Get it.").endswith("(--online).")
    speak("en")
    assert advice_on(told.code, told.advice) == told.advice
