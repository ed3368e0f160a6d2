"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from docexchange.clock import VIETNAM, SystemClock, vietnam_date
from docexchange.errors import InputNotFound, LimitExceeded, UsageError
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "FiniteRange",
    "as_day",
    "as_moment",
    "json_option",
    "node_option",
    "password_option",
    "readable",
    "secret",
]

F = TypeVar("F", bound="Callable[..., Any]")

_LONGEST_PASSWORD: Final = 4096


class FiniteRange(click.FloatRange):
    """A number in a range; ``nan``, which no range keeps out by itself, is in none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it."""
        number: float = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value!r} is not a valid {self.name}.", param, ctx)
        return number


json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
node_option = click.option(
    "--node",
    "node_folder",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="Folder of the node, with its node.toml.",
)


def password_option(command: F) -> F:
    """Where the password of a key comes from; never from the command line itself."""
    return click.option(
        "--password-file",
        "--pin-file",
        type=click.Path(path_type=Path),
        envvar="DOCEXCHANGE_PASSWORD_FILE",
        show_envvar=True,
        help="File with the key's password or the token's PIN; asked for when left out and needed.",
    )(command)


def secret(password_file: Path | None) -> Callable[[], bytes]:
    """Read the password of a key when it is needed.

    Args:
        password_file: where it stands; asked of a person when None.
    """

    def read() -> bytes:
        if password_file is None:
            if sys.stdin is None or not sys.stdin.isatty():
                return b""
            return str(click.prompt("Password of the key", hide_input=True, err=True)).encode()
        try:
            with password_file.open("rb") as stream:
                return stream.read(_LONGEST_PASSWORD).strip(b"\r\n")
        except OSError as error:
            raise InputNotFound(f"{password_file}: {error.strerror or error}") from error

    return read


def as_moment(text: str | None, option: str = "--at") -> datetime | None:
    """Read a moment: ISO 8601; Vietnam time where no zone is given.

    Args:
        text: as it was typed; None where nothing was.
        option: behind which it stands.

    Raises:
        UsageError: it is none.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{option}: expected a moment such as 2026-03-02 or 2026-03-02T09:00:00+07:00, "
            f"found {text!r}",
            code="usage.moment",
        ) from error


def as_day(text: str | None, option: str = "--at") -> date:
    """Read a day; today in Vietnam where there is none.

    Raises:
        UsageError: it is none.
    """
    from docexchange.envelope.formats import parse_date

    if text is None:
        return vietnam_date(SystemClock().now())
    try:
        return parse_date(text)
    except ValueError as error:
        raise UsageError(
            f"{option}: expected a date such as 2026-03-02, found {text!r}", code="usage.day"
        ) from error


@contextmanager
def readable(name: str, limits: Limits | None = None) -> Iterator[Path]:
    """A file to read by path; ``-`` is standard input, kept in a temporary file meanwhile.

    Raises:
        LimitExceeded: standard input is longer than an envelope may be.
    """
    if name != "-":
        yield Path(name)
        return
    import tempfile

    most = (limits or Limits()).envelope_bytes
    with tempfile.NamedTemporaryFile(prefix="docexchange-", suffix=".edxml") as copy:
        size = 0
        while piece := sys.stdin.buffer.read(1024 * 1024):
            size += len(piece)
            if size > most:
                raise LimitExceeded(f"expected at most {most} bytes on standard input, found more")
            copy.write(piece)
        copy.flush()
        yield Path(copy.name)
