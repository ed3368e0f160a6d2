"""Every command explains itself, with one example of its use."""

from __future__ import annotations

import click
import pytest

from docexchange.cli import COMMANDS, cli


def commands() -> dict[str, click.Command]:
    """Every command and subcommand, by the words that name it."""
    context = click.Context(cli)
    found: dict[str, click.Command] = {"docexchange": cli}
    for name in COMMANDS:
        command = cli.get_command(context, name)
        found[f"docexchange {name}"] = command
        if isinstance(command, click.Group):
            found |= {f"docexchange {name} {sub}": item for sub, item in command.commands.items()}
    return found


@pytest.mark.parametrize("name", commands())
def test_the_help_has_one_example_that_names_the_command(name: str) -> None:
    """One line that can be copied, beginning with the command itself."""
    text = commands()[name].help
    assert text is not None
    assert text.count("Example: ") == 1
    assert text.partition("Example: ")[2].startswith(name)


@pytest.mark.parametrize("name", commands())
def test_every_option_says_what_it_is_for(name: str) -> None:
    """No option without a line of help."""
    options = [item for item in commands()[name].params if isinstance(item, click.Option)]
    assert [option.name for option in options if not option.help] == []
