"""What must be so before a stand-in network starts: packages, an address, an empty folder.

with ExitStack() as stack:
    folder = made_folder(None, stack)    # a temporary one, which goes in the end
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from contextlib import ExitStack

__all__ = ["check_host", "check_installed", "made_folder"]

_HERE: Final = {"127.0.0.1", "localhost", "::1"}


def check_host(host: str, *, unsafe_any_host: bool) -> None:
    """Refuse an address that others reach, unless that is wanted.

    Args:
        host: where to listen.
        unsafe_any_host: whether it may be any.

    Raises:
        UsageError: it is not this machine alone.
    """
    if host not in _HERE and not unsafe_any_host:
        raise UsageError(
            f"host: expected 127.0.0.1, localhost or ::1, found {host[:100]!r}",
            code="stand-in.host",
            advice="Others could read and change everything; --unsafe-any-host allows it.",
        )


def check_installed() -> None:
    """Refuse to begin without what is needed to serve.

    Raises:
        MissingExtra: the extra ``server`` is not installed.
    """
    try:
        import fastapi  # noqa: F401  asked for before anything is set up
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            f"stand-in: expected the packages of the extra server, found: {error}",
            advice="Install docexchange[server].",
        ) from error


def made_folder(wanted: Path | None, stack: ExitStack) -> Path:
    """Make the folder for everything.

    Args:
        wanted: new or empty; None for a temporary one.
        stack: removes the temporary one when it ends.

    Raises:
        UsageError: there is something in it.
    """
    if wanted is None:
        made = tempfile.TemporaryDirectory(
            prefix="docexchange-stand-in-", ignore_cleanup_errors=True
        )
        return Path(stack.enter_context(made))
    if wanted.exists() and not (wanted.is_dir() and not any(wanted.iterdir())):
        raise UsageError(
            f"{wanted}: expected a new or an empty folder, found one in use",
            code="stand-in.folder",
            advice="Choose another folder, or remove what an earlier run left.",
        )
    wanted.mkdir(parents=True, exist_ok=True)
    return wanted.resolve()
