"""Mailboxes that we keep for neighbours without an address: they come and fetch.

    boxes = PullBoxes(Path("/srv/boxes"))
    boxes.send(parcel, file, to="pull:")        # into the box of parcel.to_node
    for waiting in boxes.waiting(agency): ...
    boxes.settle(agency, waiting.name)

Each box is a folder mailbox (see ``folder``). A parcel's name follows from what it is, so that
sending the same parcel again does not double it. Nothing arrives here for us.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from docexchange.envelope.files import flush_directory
from docexchange.errors import TransportError
from docexchange.limits import Limits
from docexchange.transport._mailbox import Mailbox, put
from docexchange.transport.base import Arrival, Capabilities, SetAside, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docexchange.identifiers import OrganId
    from docexchange.transport.parcel import Parcel

__all__ = ["PullBoxes", "Waiting", "is_name"]

_NAME: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A parcel that waits to be fetched."""

    name: str
    """What it is called in its box: 32 hexadecimal digits."""
    parcel: Parcel
    """Its note."""
    since: datetime
    """When it came, UTC."""


def _random_token() -> str:
    return secrets.token_hex(8)


class PullBoxes(Transport):
    """Keeps parcels for others until they have fetched them.

    Args:
        folder: of all boxes; made when absent, its parent is not.
        largest_bytes: larger payloads are not taken.
        token: gives each draft a name of its own.

    Raises:
        TransportError: the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        *,
        largest_bytes: int = Limits().envelope_bytes,
        token: Callable[[], str] = _random_token,
    ) -> None:
        self._folder: Final = Path(folder).absolute()
        self._largest: Final = largest_bytes
        self._token: Final = token
        self._boxes: dict[str, Mailbox] = {}
        self._opening: Final = threading.Lock()
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(exist_ok=True)
                flush_directory(self._folder.parent)
        except OSError as error:
            raise TransportError(
                f"boxes {folder}: expected a folder, found: {error.strerror or error}",
                code="transport.folder-failed",
                advice="Check the path and the permissions.",
            ) from error

    @classmethod
    def from_url(cls, url: str, *, base: Path) -> Self:
        """Open the boxes at ``pull:/absolute/path`` or ``pull:path/under/base``."""
        return cls(base / url.removeprefix("pull:"))

    @property
    def capabilities(self) -> Capabilities:
        """Durable; the receipt is brought later."""
        return Capabilities(durable=True, largest_bytes=self._largest)

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        """Put a parcel into the box of the agency that its note names, once."""
        _check(to)
        box, name = self._box(parcel.to_node), _name_of(parcel)
        if not box.has(name):
            put(self._path(parcel.to_node), name, parcel, payload, draft=f"{name}.{self._token()}")
        return ()

    def waits_for_pickup(self, to: str) -> bool:
        """Always: by its owner, or by somebody with a disk."""
        del to
        return True

    def probe(self, to: str) -> None:
        """Our own disk can always be reached."""
        _check(to)

    def receive(self, limit: int) -> Iterator[Arrival]:
        """Nothing: what is here is for others."""
        del limit
        return iter(())

    def set_aside(self) -> list[SetAside]:
        """What the owners of the boxes could not read, and why."""
        boxes = sorted(path.name for path in self._folder.iterdir() if path.is_dir())
        return [item for code in boxes for item in self._mailbox(code).set_aside()]

    def close(self) -> None:
        """Nothing is held open between calls."""

    def waiting(self, agency: OrganId) -> list[Waiting]:
        """What waits for an agency, oldest first.

        Raises:
            TransportError: our disk failed.
        """
        if not self._path(agency).is_dir():
            return []
        box = self._box(agency)
        found = [self._waiting(box, name) for name in box.names() if is_name(name)]
        return sorted(filter(None, found), key=lambda item: (item.since, item.name))

    def find(self, agency: OrganId, name: str) -> Waiting | None:
        """One of them; None when it is not there, or no longer."""
        if not (is_name(name) and self._path(agency).is_dir()):
            return None
        return self._waiting(self._box(agency), name)

    def open(self, agency: OrganId, name: str) -> BinaryIO:
        """Open the payload of one that was found.

        Raises:
            TransportError: it is no longer there.
        """
        return self._box(agency).open(name)

    def narrow(self, agency: OrganId, item: Waiting, left: Sequence[OrganId]) -> None:
        """Let one that was found wait for some of its recipients only.

        Args:
            agency: whose box it is.
            item: what was found.
            left: the recipients that have no receipt yet; none lets it go for good.
        """
        # The new one stands there before the old one goes: a crash leaves both, and no receipt
        # for the same recipient counts twice.
        if left:
            with self.open(agency, item.name) as payload:
                self.send(item.parcel.only(*left), payload, to="pull:")
        self.settle(agency, item.name)

    def settle(self, agency: OrganId, name: str) -> None:
        """Let one that was found go for good; harmless when it has gone."""
        self._box(agency).settle(name)

    def reject(self, agency: OrganId, name: str, reason: str) -> None:
        """Set one that was found aside, with the reason."""
        self._box(agency).reject(name, reason)

    def _waiting(self, box: Mailbox, name: str) -> Waiting | None:
        try:
            since = datetime.fromtimestamp(box.since(name), UTC)
            return Waiting(name=name, parcel=box.note(name), since=since)
        except TransportError as error:
            if error.code in {"transport.folder-missing", "transport.not-a-parcel"}:
                return None  # fetched by somebody in the meantime
            raise

    def _path(self, agency: OrganId) -> Path:
        return self._folder / agency.as_decision_20

    def _box(self, agency: OrganId) -> Mailbox:
        return self._mailbox(agency.as_decision_20)

    def _mailbox(self, code: str) -> Mailbox:
        with self._opening:  # opening one clears its drafts away, also those of another thread
            if code not in self._boxes:
                self._boxes[code] = Mailbox(
                    self._folder / code, largest_bytes=self._largest, token=self._token
                )
            return self._boxes[code]


def is_name(text: str) -> bool:
    """Whether a parcel in a box could be called so."""
    return _NAME.fullmatch(text) is not None


def _check(to: str) -> None:
    if to != "pull:":
        raise TransportError(
            f"endpoint: expected pull:, found {to[:200]!r}",
            retryable=False,
            code="transport.bad-url",
            advice="Correct the endpoint in the directory.",
        )


def _name_of(parcel: Parcel) -> str:
    """The same for the same parcel, whenever it is sent."""
    return hashlib.sha256(parcel.to_json()).hexdigest()[:32]
