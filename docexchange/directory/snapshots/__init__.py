"""A directory as it is published: signed, versioned, expiring; and what is trusted of it here.

    folder = SnapshotFolder(Path("snapshot"), vouched)
    take_in(folder, source, now=clock.now(), root=first_root)
    folder.read().directory()

The rules are in ``trusted``, the errand in ``updating``, the publisher's side in ``publishing``.
Who can sign and check is given in: this room knows no keys.
"""

from __future__ import annotations

from docexchange.directory.snapshots.delta import apply, difference, published_form
from docexchange.directory.snapshots.folder import Held, SnapshotFolder
from docexchange.directory.snapshots.making import first_root, next_root
from docexchange.directory.snapshots.publishing import Publication
from docexchange.directory.snapshots.release import RELEASE_NAME, Content, Delta, Release
from docexchange.directory.snapshots.root import PublicKey, Role, Root, read_root, root_name
from docexchange.directory.snapshots.signed import MAX_BYTES, Hand, Signed, Vouched
from docexchange.directory.snapshots.trusted import Trusted
from docexchange.directory.snapshots.updating import SnapshotSource, Update, take_in

__all__ = [
    "MAX_BYTES",
    "RELEASE_NAME",
    "Content",
    "Delta",
    "Hand",
    "Held",
    "PublicKey",
    "Publication",
    "Release",
    "Role",
    "Root",
    "Signed",
    "SnapshotFolder",
    "SnapshotSource",
    "Trusted",
    "Update",
    "Vouched",
    "apply",
    "difference",
    "first_root",
    "next_root",
    "published_form",
    "read_root",
    "root_name",
    "take_in",
]
