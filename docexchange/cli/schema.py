"""``docexchange schema``: the schemas that we ship, for other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from docexchange.cli._output import answer, write_bytes
from docexchange.cli._words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["command"]


@click.command("schema")
@click.argument("name", required=False)
def command(*, name: str | None) -> None:
    """Print a schema; without NAME, list them.

    edxml is an XSD 1.0 of letters and status messages, for xmllint --huge and others. message is a
    JSON Schema of a message as inspect --json and the library write it. The others describe what
    the commands answer with --json, and bear their names.

    Example: docexchange schema edxml > edxml.xsd
    """
    if name is None:
        for shipped, words in _listed():
            answer(f"{shipped:<10} {words}")
    else:
        write_bytes([_text(name).encode()])


def _listed() -> Iterator[tuple[str, str]]:
    from docexchange.cli._schemas import answers

    yield "edxml", say("letters and status messages, as XSD 1.0")
    yield "message", say("a message in JSON, as JSON Schema")
    for shipped in answers():
        yield shipped, f"{say('what the command answers with --json')}: {shipped.replace('-', ' ')}"


def _text(name: str) -> str:
    from docexchange.cli._schemas import answer_schema, answers
    from docexchange.envelope import schema_text

    if name in answers():
        return json.dumps(answer_schema(name), ensure_ascii=False, indent=2) + "\n"
    return schema_text(name)
