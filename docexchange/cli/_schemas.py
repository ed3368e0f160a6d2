"""The schemas of what ``--json`` answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from docexchange.envelope.schemas import schema_text

__all__ = ["answer_schema", "answers"]

_FOLDER: Final = Path(__file__).with_name("schemas")


def answers() -> tuple[str, ...]:
    """The answers that have a schema: names of commands, those of subcommands with a hyphen."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


def answer_schema(name: str) -> dict[str, Any]:
    """The schema of an answer; one that speaks of messages brings their schema along.

    Args:
        name: one of ``answers()``.
    """
    text = (_FOLDER / f"{name}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    message = json.loads(schema_text("message"))
    if f'"{message["$id"]}#' in text:
        schema["$defs"] = {"message": message}
    return schema
