"""The command line: ``docexchange COMMAND``; one module per command, loaded when it is used.

Data goes to standard output, everything else to standard error. Exit codes: 0 positive, 1 negative
verdict, 2 usage, 3 INDETERMINATE, 4 unreadable input, 5 peer or transport failed, 70 internal
error, 130 interrupted, 141 nobody reads our output any more.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

import click

from docexchange.cli._exit import guarded
from docexchange.cli._help import HelpContext, speaking
from docexchange.cli._words import speak
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "cli", "main"]

COMMANDS = {
    "audit": "Prove that nothing was taken out of a node's log, or list it.",
    "carry": "Take letters to a neighbour on a disk, where there is no line.",
    "complete": "Put a signature that was made elsewhere into its letter.",
    "compose": "Put a letter together: fields from a TOML file, attachments from files.",
    "conformance": "Try named cases against an endpoint, and tell which promises it keeps.",
    "delivery": "Look after letters that are under way or could not be delivered.",
    "demo": "Watch a letter go from a commune to the centre and back.",
    "directory": "Keep the list of agencies: import, check, look up, compare, write.",
    "diff": "Tell what differs between two letters.",
    "extract": "Take the attachments out of a letter.",
    "inspect": "Show a letter as a clerk would want to read it.",
    "node": "Run an agency's access point.",
    "overdue": "List what should have been sent, acknowledged or answered by now.",
    "pki": "Make a throw-away PKI for trying things out.",
    "prepare": "Tell what is to be signed, for a key that is elsewhere.",
    "receive": "List the letters that came in, and take them over.",
    "register": "Keep the books of outgoing and incoming documents.",
    "report": "Count what has to be reported.",
    "route": "Tell which way a letter goes, and why.",
    "schema": "Print the schemas of letters and answers, for other programs.",
    "send": "Give a signed letter to a node for delivery.",
    "sign": "Sign letters with an agency's or a leader's key.",
    "simulate": "Play a day of a network, with its lines and faults, and draw it.",
    "status": "Show what became of a document, or report it.",
    "store": "Check, back up, restore and clear out what a node remembers.",
    "testserver": "Start a network on this machine to test another system against.",
    "trace": "Show the way of a letter, hop by hop.",
    "trust": "Keep the root certificates you rely on.",
    "validate": "Check a letter against the rules of edXML.",
    "verify": "Tell whether a letter is genuine, who signed it, and why.",
}
"""Every command, with the line that ``--help`` shows; its module has the same name."""


class _Lazy(click.Group):
    """Imports a command's module when the command is used, and no other."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options in front of the command; refuse a value that is empty.

        None of ours may be. It is a variable of a script that was not set, and must not be taken
        for "not given": `delivery cancel m-1 --to "$TO"` would stop the letter to everybody.
        """
        given = ["", *args]
        rest = super().parse_args(ctx, list(args))
        for option, value in pairwise(given):
            if not value or (value.startswith("--") and value.endswith("=")):
                _refuse_empty(value.rstrip("=") or option)
        return rest

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or tell which one may have been meant."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = [f" Did you mean {found!r}?" for found in get_close_matches(name, COMMANDS, n=1)]
            ctx.fail("".join([f"No such command {name!r}.", *near]))
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"docexchange.cli.{name}")
        return speaking(module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


def _refuse_empty(option: str) -> NoReturn:
    name = option if option.startswith("-") else "argument"
    raise UsageError(
        f"{name}: expected a value, found an empty one",
        code="usage.empty",
        advice="Write the value, or leave it out; is a variable of a script not set?",
    )


def _language_of_the_system() -> str:
    """``vi`` where the system is set to it (POSIX: the first that is not empty), else ``en``."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    told = next(filter(None, map(os.environ.get, names)), "")
    return "vi" if re.match(r"vi(?![a-z])", told, re.IGNORECASE) else "en"


def _speak(_context: click.Context, _option: click.Parameter, lang: str) -> str:
    """Answer in this language from here on, to a command line that is wrong as well."""
    speak(lang)
    return lang


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="docexchange", prog_name="docexchange")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
@click.option(
    "--lang",
    type=click.Choice(["en", "vi"]),
    default=_language_of_the_system,
    envvar="DOCEXCHANGE_LANG",
    is_eager=True,
    callback=_speak,
    show_envvar=True,
    show_default="that of the system, or en",
    help="Language of what is printed.",
)
@click.pass_context
def cli(ctx: click.Context, debug: bool, lang: str) -> None:  # noqa: FBT001  click passes by name
    """Make, sign, verify and carry official documents between agencies.

    Example: docexchange verify letter.edxml --trust root.pem
    """
    ctx.obj = {"debug": debug, "lang": lang}


cli.context_class = HelpContext


def _in_utf8() -> None:
    """Begin anew in UTF-8 where the locale has another encoding, as LC_ALL=C without UTF-8 mode.

    What was typed, and what files are called, is Vietnamese. Python would read it as bytes of no
    meaning, write those into books and letters, and be unable to name a file otherwise.
    """
    if sys.getfilesystemencoding() != "utf-8" and os.name == "posix":
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606


def main(argv: Sequence[str] | None = None) -> Any:
    """Run the command line; the entry point of ``docexchange``.

    Args:
        argv: arguments; those of the process when left out.
    """
    if argv is None:
        _in_utf8()
    atexit.register(gc.freeze)  # an eighth of a short run went into searching what ends anyway
    return guarded(cli, argv)
