"""A publisher, its keys, a place that files are fetched from, and somebody who fetches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from docexchange.directory import DirectoryEntry
from docexchange.directory.snapshots import (
    Hand,
    Publication,
    PublicKey,
    Role,
    Signed,
    SnapshotFolder,
    first_root,
    next_root,
    take_in,
)
from docexchange.errors import InputNotFound, SnapshotRefused
from docexchange.identifiers import OrganId
from docexchange.signing.octets import vouched

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.directory.snapshots import Release, Root, Update

NOW: Final = datetime(2026, 3, 2, 2, tzinfo=UTC)
MONTH: Final = timedelta(days=30)
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True)
class Person:
    """Somebody with an Ed25519 key, the same one in every run."""

    name: str

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(sha256(self.name.encode()).digest())

    @property
    def key(self) -> PublicKey:
        """The public half."""
        public = self._private.public_key()
        return PublicKey(
            holder=self.name,
            octets=public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        )

    @property
    def hand(self) -> Hand:
        """What signs."""
        return Hand(key=self.key.id, sign=self._private.sign)


ANNA, BINH, CHI = Person("Anna"), Person("Bình"), Person("Chi")
DESK, TABLE, THIEF = Person("desk"), Person("table"), Person("thief")


def role(*people: Person, threshold: int = 1) -> Role:
    """A role of some people."""
    return Role(keys=tuple(person.key for person in people), threshold=threshold)


def root_of(
    *,
    root: Role | None = None,
    release: Role | None = None,
    by: tuple[Person, ...] = (ANNA, BINH),
    after: Root | None = None,
    expires: datetime = NOW + YEAR,
) -> Signed[Root]:
    """A root that some people signed; the first, or the one after another."""
    if after is None:
        made = first_root(
            root=root or role(ANNA, BINH, CHI, threshold=2),
            release=release or role(DESK),
            expires=expires,
        )
    else:
        made = next_root(after, root=root, release=release, expires=expires)
    return signed_by(made, *by)


def signed_by(made: Signed[Any], *people: Person) -> Signed[Any]:
    """A statement that some people signed as well."""
    for person in people:
        made = made.with_signature(person.hand)
    return made


def agencies(count: int, *, name: str = "Xã") -> list[DirectoryEntry]:
    """A province and so many communes."""
    province = DirectoryEntry(organ_id=OrganId("000.00.00.H53"), name="Tỉnh", tier=2)
    communes = [
        DirectoryEntry(
            organ_id=OrganId(f"000.00.{number:02}.H53"),
            name=f"{name} {number}",
            tier=4,
            parent=province.organ_id,
        )
        for number in range(1, count + 1)
    ]
    return [province, *communes]


@dataclass
class Place:
    """A place that files are fetched from: names and bytes, which anybody may have changed."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, name: str, max_bytes: int) -> bytes:
        """The content of a file."""
        self.asked.append(name)
        if name not in self.files:
            raise InputNotFound(f"{name}: no such file")
        return self.files[name][: max_bytes + 1]


@dataclass
class Scene:
    """A publisher and somebody who fetches, each with a folder."""

    path: Path
    root: Signed[Root] = field(default_factory=root_of)

    def __post_init__(self) -> None:
        self.publication = Publication(self.path / "public", vouched)
        self.folder = SnapshotFolder(self.path / "client", vouched)

    def publish(
        self,
        count: int = 3,
        *,
        by: tuple[Person, ...] = (DESK,),
        now: datetime = NOW,
        valid: timedelta = MONTH,
        version: int = 0,
        roots: tuple[Signed[Root], ...] = (),
    ) -> Release:
        """Publish a province with so many communes."""
        return self.publication.publish(
            agencies(count),
            [person.hand for person in by],
            now=now,
            valid=valid,
            version=version,
            roots=[signed.data for signed in (self.root, *roots)],
        )

    def place(self, **changes: bytes) -> Place:
        """What is published now; some files changed (``release_json=...``)."""
        files = {
            path.name: path.read_bytes()
            for path in self.publication.path.iterdir()
            if path.name != ".lock"
        }
        return Place(files | changes)

    def take_in(self, place: Place | None = None, *, now: datetime = NOW) -> Update:
        """Fetch from a place; from what is published when left out."""
        return take_in(self.folder, place or self.place(), now=now, root=self.root.data)

    def refuse(self, code: str, place: Place | None = None, *, now: datetime = NOW) -> str:
        """Insist on a refusal with this code, after which all is as before."""
        before = self.version
        with pytest.raises(SnapshotRefused) as refusal:
            self.take_in(place, now=now)
        assert refusal.value.code == f"snapshot.{code}", refusal.value
        assert refusal.value.advice
        assert self.version == before
        return str(refusal.value)

    @property
    def version(self) -> int:
        """The version that is trusted; 0 before there is one."""
        release = self.folder.trusted(self.root.data).release
        return release.statement.version if release else 0
