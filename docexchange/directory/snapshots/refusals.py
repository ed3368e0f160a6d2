"""Why a published directory is not taken in: the codes, and what to do about each.

>>> raise refusal("rollback", "release.json: expected release 7 or later, found 5")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.errors import SnapshotRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ADVICE", "refusal"]

ADVICE: Final[Mapping[str, str]] = {
    "form": "Fetch the file again; if it stays so, tell the publisher.",
    "too-large": "Somebody may be sending without end: fetch from another place.",
    "length": "Fetch the file again; it was cut short, or is another one.",
    "digest": "Fetch the file again; if it stays so, it was changed: tell the publisher.",
    "delta": "Nothing to do: the whole directory is fetched instead.",
    "signature": "The file was changed after signing: fetch it again from the publisher.",
    "threshold": "Ask the publisher whether this file is theirs; too few of their keys signed it.",
    "key-revoked": "Make or take in a release that keys in force have signed.",
    "rollback": "The place offers an old state: fetch from another place, or tell the publisher.",
    "conflict": "Two releases have one version: ask the publisher which is theirs.",
    "expired": "Ask the publisher for a new release.",
    "freeze": "The place offers nothing new: fetch from another place, or ask the publisher.",
    "mixed": "Fetch all files again from one place, at one time.",
    "clock": "Set the clock of this machine by a time server.",
    "root": "Give the publisher's first root file with --root, or as root in [snapshot].",
    "none": "Take one in with docexchange directory update.",
    "damaged": "Empty the folder but for its root files, and take the newest release in again.",
    "directory": "Tell the publisher: the release is genuine, but cannot be used.",
    "busy": "Wait for the other update to end.",
    "key": "Name one of the keys that docexchange directory keys show lists.",
    "keys": "Give each role at least as many different keys as have to sign.",
}
"""What to do, by the code behind ``snapshot.``."""


def refusal(code: str, message: str) -> SnapshotRefused:
    """The error for a code.

    Args:
        code: one of ``ADVICE``.
        message: what was expected and what was found.
    """
    return SnapshotRefused(message, code=f"snapshot.{code}", advice=ADVICE[code])
