"""A new node: the folder with its ``node.toml``, written once and never over another.

>>> found_node(Path("commune"), Founding(agency=OrganId("000.21.31.H53"), ...))
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docexchange.envelope.files import lasting_folder, write_whole
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.identifiers import OrganId

__all__ = ["Founding", "found_node"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What a new node needs to know; paths as the caller sees them."""

    agency: OrganId
    """The agency it serves."""
    directory: Path
    """Directory of agencies."""
    key: str
    """Where its signing key is: a path, or a URI (``pkcs12:``, ``file:``, ``pkcs11:``)."""
    trust: Sequence[Path]
    """Anchors and revocation lists: files or folders."""
    password_file: Path | None = None
    """File with the password of the key."""
    mailbox: str = "folder:mailbox"
    """Its own end of the transport."""


def found_node(folder: Path, founding: Founding) -> Path:
    """Write ``node.toml`` into a folder, which is made when absent.

    Args:
        folder: of the node.
        founding: what it needs to know.

    Returns:
        The file.

    Raises:
        UsageError: there is a node already, or the folder cannot be written to.
    """
    target = folder / "node.toml"
    if target.exists():
        raise UsageError(
            f"{target}: expected no such file, found one",
            code="output.node-exists",
            advice="Name another folder; `docexchange node doctor` looks at the node in this one.",
        )
    data = _encoded(_text(folder.resolve(), founding))
    try:
        lasting_folder(folder)
        with write_whole(target, replace=False) as stream:
            stream.write(data)
    except OSError as error:
        raise UsageError(
            f"{folder}: expected to write node.toml there, found: {error.strerror or error}",
            code="output.not-writable",
            advice="Check the folder around it, its permissions and the free space.",
        ) from error
    return target


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        line = text[: error.start].count("\n")
        raise UsageError(
            f"node.toml: expected names that are text in UTF-8, found {text.splitlines()[line]!r}",
            code="output.not-text",
            advice="Rename that file or folder.",
        ) from error


def _text(folder: Path, founding: Founding) -> str:
    """The file, with a reason for each line that a person may want to change."""
    secret = founding.password_file
    lines = [
        f"agency = {_quoted(str(founding.agency))}",
        f"directory = {_quoted(_relative(founding.directory, folder))}  # who is where",
        f"mailbox = {_quoted(founding.mailbox)}  # our end of the transport",
        'store = "store"  # what the node remembers; back this up',
        'inbox = "inbox"  # accepted letters are copied here',
        "",
        "[key]",
        f"uri = {_quoted(_key(founding.key, folder))}",
        *([f"password_file = {_quoted(_relative(secret, folder))}"] if secret else []),
        "",
        "[trust]",
        "# Root certificates and current revocation lists; keep the lists up to date.",
        f"paths = [{', '.join(_quoted(_relative(path, folder)) for path in founding.trust)}]",
        "",
    ]
    return "\n".join(lines)


def _key(uri: str, folder: Path) -> str:
    scheme, colon, rest = uri.partition(":")
    if not colon:
        return _relative(Path(uri), folder)
    return uri if scheme not in {"file", "pkcs12"} else f"{scheme}:{_relative(Path(rest), folder)}"


def _relative(path: Path, folder: Path) -> str:
    """As ``node.toml`` says it: from the folder of the node, so that both can be moved together."""
    return os.path.relpath(path.resolve(), folder)


def _quoted(text: str) -> str:
    """A TOML string; its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
