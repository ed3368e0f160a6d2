"""Whose signatures count: the keys of the publisher, so many of which have to sign.

A root has two roles. The keys of ``root`` sign the next root, and are kept apart from one another
and out of daily use; the keys of ``release`` sign each release. What one thief can take is never
enough to change who is believed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from docexchange.directory.snapshots.fields import moment_text, refuse_unless
from docexchange.directory.snapshots.refusals import refusal
from docexchange.directory.snapshots.signed import Signed, read_signed

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.directory.snapshots.fields import Fields

__all__ = ["PublicKey", "Role", "Root", "read_root", "root_name", "root_version"]

_NAME: Final = re.compile(r"root-([1-9][0-9]{0,15})\.json")


def root_name(version: int) -> str:
    """The file of a root."""
    return f"root-{version}.json"


def root_version(name: str) -> int | None:
    """The version that the name of a file is for; None where it is that of no root."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that may sign, and who has it."""

    holder: str
    """Name for people; it decides nothing."""
    octets: bytes
    """DER of its public half (``SubjectPublicKeyInfo``)."""

    @property
    def id(self) -> str:
        """SHA-256 of these octets, in hexadecimal digits."""
        return hashlib.sha256(self.octets).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Some keys, and how many of them have to sign.

    Raises:
        SnapshotRefused: ``snapshot.keys`` when a key stands there twice, or there are too few.
    """

    keys: tuple[PublicKey, ...]
    """Each once."""
    threshold: int
    """So many different ones have to sign."""

    def __post_init__(self) -> None:
        different = len({key.id for key in self.keys})
        if different < len(self.keys):
            raise refusal("keys", "a role: expected each key once, found one twice")
        if not 0 < self.threshold <= different:
            raise refusal(
                "keys", f"a role: expected 1 to {different} as threshold, found {self.threshold}"
            )

    def find(self, key: str) -> PublicKey | None:
        """The key of an id."""
        return next((item for item in self.keys if item.id == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """Whose signatures count, until when."""

    version: int
    """Counts up by one from the first root on."""
    expires: datetime
    """From then on nothing is taken in under it but the next root."""
    root: Role
    """Who signs the next root, and this one."""
    release: Role
    """Who signs releases."""

    def plain(self) -> dict[str, Any]:
        """Its fields as JSON has them."""
        return {
            "type": "root",
            "format": 1,
            "version": self.version,
            "expires": moment_text(self.expires),
            "root": _plain_role(self.root),
            "release": _plain_role(self.release),
        }


def read_root(data: bytes, where: str = "root.json") -> Signed[Root]:
    """Read a root; whether it may follow another is for ``Trusted`` to say.

    Args:
        data: the file.
        where: its name, for messages.

    Raises:
        SnapshotRefused: it is none.
    """
    return read_signed(data, "root", where, lambda said: _root(said, where))


def _root(said: Fields, where: str) -> Root:
    root = Root(
        version=said.number("version"),
        expires=said.moment("expires"),
        root=_role(said.inner("root"), where),
        release=_role(said.inner("release"), where),
    )
    said.done()
    return root


def _role(fields: Fields, where: str) -> Role:
    keys = tuple(_key(item, where) for item in fields.items("keys"))
    role = Role(keys=keys, threshold=fields.number("threshold"))
    fields.done()
    return role


def _key(fields: Fields, where: str) -> PublicKey:
    said, text = fields.digest("id"), fields.text("public")
    holder = fields.text("holder")
    fields.done()
    try:
        key = PublicKey(holder=holder, octets=base64.b64decode(text, validate=True))
    except ValueError:
        refuse_unless(None, where, "base64 as public", text)
        raise
    refuse_unless(key.id == said, where, f"{key.id} as id of the key of {holder}", said)
    return key


def _plain_role(role: Role) -> dict[str, Any]:
    keys = [
        {
            "id": key.id,
            "holder": key.holder,
            "public": base64.b64encode(key.octets).decode(),
        }
        for key in role.keys
    ]
    return {"keys": keys, "threshold": role.threshold}
