"""The publisher's side: roots with other keys, and releases of a directory.

    root = first_root(root=role, release=role, expires=in_a_year)
    root = root.with_signature(hand)          # as many hands as its thresholds ask for
    next_ = next_root(root, release=other_role, expires=in_a_year)
    draft = draft_release(directory, earlier, root=2, version=8, published=now, expires=soon)

Nothing is written here; ``publish`` in ``publishing`` does that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.directory.snapshots.delta import difference
from docexchange.directory.snapshots.release import Content, Delta, Release
from docexchange.directory.snapshots.root import Role, Root
from docexchange.directory.snapshots.signed import Signed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Draft", "content_of", "draft_release", "first_root", "next_root"]


def first_root(*, root: Role, release: Role, expires: datetime) -> Signed[Root]:
    """The root to begin with, which nobody has signed yet.

    Args:
        root: who signs roots.
        release: who signs releases.
        expires: until when it lets anything in.
    """
    whole = expires.replace(microsecond=0)
    return Signed(statement=Root(version=1, expires=whole, root=root, release=release))


def next_root(
    before: Root, *, root: Role | None = None, release: Role | None = None, expires: datetime
) -> Signed[Root]:
    """The root to follow another, which nobody has signed yet.

    Args:
        before: the root in force.
        root: who signs roots; the same as before when left out.
        release: who signs releases; the same as before when left out.
        expires: until when it lets anything in.
    """
    after = Root(
        version=before.version + 1,
        expires=expires.replace(microsecond=0),
        root=root or before.root,
        release=release or before.release,
    )
    return Signed(statement=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A release that nobody has signed yet, and what it speaks of."""

    release: Release
    """The release."""
    files: Mapping[str, bytes]
    """Its directory and its deltas, by name."""


def draft_release(
    text: str,
    earlier: Mapping[int, str],
    *,
    root: int,
    version: int,
    published: datetime,
    expires: datetime,
) -> Draft:
    """Make a release.

    Args:
        text: the directory in its published form.
        earlier: earlier directories by version; from each there is a delta if that is shorter.
        root: version of the root in force.
        version: of the release.
        published: the time.
        expires: until when it may be taken in.
    """
    whole, files, deltas = text.encode(), {}, []
    for number, before in sorted(earlier.items()):
        data = difference(before, text).encode()
        if 0 < len(data) < len(whole):
            delta = Delta(
                version=number,
                before=content_of(before.encode()).sha256,
                content=content_of(data),
            )
            deltas.append(delta)
            files[f"delta-{number}-{version}.diff"] = data
    release = Release(
        root=root,
        version=version,
        published=published.replace(microsecond=0),
        expires=expires.replace(microsecond=0),
        directory=content_of(whole),
        deltas=tuple(deltas),
    )
    return Draft(release=release, files={release.directory_name: whole, **files})


def content_of(data: bytes) -> Content:
    """What a file holds, as a release speaks of it."""
    return Content(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
