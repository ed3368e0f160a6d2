"""The schemas we ship for others: the wire form as XSD 1.0, the message as JSON Schema 2020-12.

>>> from docexchange.envelope import schema_path
>>> schema_path("edxml").name
'edxml.xsd'
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from docexchange.errors import UsageError

__all__ = ["SCHEMAS", "schema_path", "schema_text"]

SCHEMAS: Final = {"edxml": "edxml.xsd", "message": "message.schema.json"}
"""File of each schema: ``edxml`` for letters, ``message`` for what ``message_as_json`` gives."""


def schema_path(name: str) -> Path:
    """Where a schema lies, for programs that want a file (``xmllint --schema``).

    Args:
        name: ``edxml`` or ``message``.

    Raises:
        UsageError: no such schema.
    """
    if name not in SCHEMAS:
        raise UsageError(
            f"expected a schema ({', '.join(SCHEMAS)}), found {name[:60]!r}",
            code="schema.unknown",
            advice="`docexchange schema` lists them.",
        )
    return Path(__file__).with_name(SCHEMAS[name])


def schema_text(name: str) -> str:
    """The text of a schema; arguments and errors as for ``schema_path``."""
    return schema_path(name).read_text(encoding="utf-8")
