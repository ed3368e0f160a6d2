"""Which directory is the newest: its version, its digest, until when it may be relied on.

A release also names the deltas that lead to its directory from earlier ones. It says under which
root it was made, and counts after every release under an earlier root, whatever version that had.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from docexchange.directory.snapshots.fields import Fields, moment_text, refuse_unless
from docexchange.directory.snapshots.signed import Signed, read_signed

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["RELEASE_NAME", "Content", "Delta", "Release", "read_release"]

RELEASE_NAME: Final = "release.json"
"""The file of the newest release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file must hold."""

    sha256: str
    """Of all its bytes, in hexadecimal digits."""
    size: int
    """How many bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What leads from an earlier directory to the one released."""

    version: int
    """Version of the earlier release."""
    before: str
    """SHA-256 of the earlier directory."""
    content: Content
    """The delta itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A directory that was published."""

    root: int
    """Version of the root under which it was made."""
    version: int
    """Counts up."""
    published: datetime
    """When it was made: how old the directory is."""
    expires: datetime
    """From then on it is not taken in; what has it already goes on, and says so."""
    directory: Content
    """The directory, as TOML."""
    deltas: tuple[Delta, ...] = ()
    """Shorter ways from earlier directories."""

    @property
    def order(self) -> tuple[int, int]:
        """What must never go down."""
        return (self.root, self.version)

    @property
    def directory_name(self) -> str:
        """The file of the directory, as published."""
        return f"directory-{self.version}.toml"

    def delta_name(self, delta: Delta) -> str:
        """The file of a delta, as published."""
        return f"delta-{delta.version}-{self.version}.diff"

    def plain(self) -> dict[str, Any]:
        """Its fields as JSON has them."""
        return {
            "type": "release",
            "format": 1,
            "root": self.root,
            "version": self.version,
            "published": moment_text(self.published),
            "expires": moment_text(self.expires),
            "directory": _plain_content(self.directory),
            "deltas": [
                {
                    "from": delta.version,
                    "from_sha256": delta.before,
                    **_plain_content(delta.content),
                }
                for delta in self.deltas
            ],
        }


def read_release(data: bytes) -> Signed[Release]:
    """Read a release; whether it may be taken in is for ``Trusted`` to say.

    Args:
        data: the file.

    Raises:
        SnapshotRefused: it is none.
    """
    return read_signed(data, "release", RELEASE_NAME, _release)


def _release(said: Fields) -> Release:
    directory = said.inner("directory")
    release = Release(
        root=said.number("root"),
        version=said.number("version"),
        published=said.moment("published"),
        expires=said.moment("expires"),
        directory=_content(directory),
        deltas=tuple(map(_delta, said.items("deltas"))),
    )
    directory.done()
    said.done()
    in_order = release.published < release.expires
    refuse_unless(in_order, RELEASE_NAME, "expires after published", moment_text(release.expires))
    return release


def _delta(fields: Fields) -> Delta:
    delta = Delta(
        version=fields.number("from"),
        before=fields.digest("from_sha256"),
        content=_content(fields),
    )
    fields.done()
    return delta


def _content(fields: Fields) -> Content:
    return Content(sha256=fields.digest("sha256"), size=fields.number("bytes"))


def _plain_content(content: Content) -> dict[str, Any]:
    return {"sha256": content.sha256, "bytes": content.size}
