"""Our letters in a neighbour's mailbox: listed, leased, fetched, and let go with a receipt.

1. What waits is listed; each parcel is leased, so that no other process of ours takes it, too.
2. Its bytes are fetched and checked; a whole parcel stands in a spool folder until the neighbour
   has let it go. A restart does not fetch it again.
3. The receipts go with the acknowledgement: the neighbour writes them down, then lets go.
4. What the neighbour no longer lists has been settled, and is removed from the spool.

A lease that ends meanwhile does no harm: the parcel comes again and is known as a duplicate. After
a failure the neighbour is left alone for a while: asking costs time that our other work needs.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.envelope.files import lasting_folder
from docexchange.errors import TransportError
from docexchange.limits import Limits
from docexchange.transport._answers import read_json
from docexchange.transport._fetching import GONE, Fetching, place_of
from docexchange.transport._link import LineBroken
from docexchange.transport._listing import Listed, listed
from docexchange.transport._mailbox import Mailbox, translated
from docexchange.transport._receipts import packed
from docexchange.transport._source import digest_field
from docexchange.transport.base import Arrival

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.identifiers import OrganId
    from docexchange.transport._link import Link
    from docexchange.transport.base import SetAside
    from docexchange.transport.http_settings import HttpSettings
    from docexchange.transport.parcel import Parcel

__all__ = ["Pulling"]

_OK, _DONE, _TAKEN = 200, 204, 409
_PAGE: Final = 100
_MOST: Final = 1000
"""Nobody lists more; what is behind comes when those before it have been settled."""
_REASON: Final = 2000


class Pulling:
    """Our mailbox at one neighbour; threads may share it.

    Args:
        link: the line to the neighbour.
        folder: where parcels are fetched to; made when absent.
        neighbour: whose node it is.
        own: whose mailbox.
        settings: how patient we are.
        clock: lets the time pass.

    Raises:
        TransportError: the folder cannot be made.
    """

    def __init__(
        self,
        link: Link,
        folder: Path,
        *,
        neighbour: OrganId,
        own: OrganId,
        settings: HttpSettings,
        clock: Clock,
    ) -> None:
        self._link: Final = link
        self._neighbour: Final = neighbour
        self._own: Final = own
        self._rest: Final = settings.rest_seconds
        self._again_at = clock.now()
        self._half_lease: Final = timedelta(seconds=settings.lease_seconds / 2)
        self._clock: Final = clock
        with translated(folder):
            lasting_folder(folder / "partial")
        self.fetching: Final = Fetching(link, folder / "partial", settings=settings, clock=clock)
        self.spool: Final = Mailbox(
            folder, largest_bytes=Limits().envelope_bytes, token=lambda: secrets.token_hex(8)
        )

    def receive(self, limit: int) -> Iterator[Arrival]:
        """Parcels as the neighbour orders them; one that cannot be had does not hold up others."""
        if limit < 1 or self._clock.now() < self._again_at:
            return
        try:
            yield from self._receive(limit)
        except TransportError as error:
            rest = max(self._rest, error.retry_after_seconds or 0)
            self._again_at = self._clock.now() + timedelta(seconds=rest)
            raise

    def _receive(self, limit: int) -> Iterator[Arrival]:
        trouble = None
        for item in self._walk():
            try:
                arrival = self._take(item)
            except LineBroken:
                raise  # the others would not come either
            except TransportError as error:
                trouble = error
                continue
            if arrival is not None:
                yield arrival
                limit -= 1
                if limit < 1:
                    break
        if trouble:
            raise trouble

    def set_aside(self) -> list[SetAside]:
        """What was rejected here."""
        return self.spool.set_aside()

    def let_go(self, item: Listed, receipts: Sequence[bytes]) -> None:
        """Tell the neighbour that we have a parcel, and give it the receipts.

        Raises:
            TransportError: it has not been told; the parcel comes again.
        """
        body, media_type = packed(receipts)
        headers = {
            "Content-Type": media_type,
            "Content-Digest": digest_field(sha256(body).digest()),
            **self._leased(item),
        }
        place = f"{place_of(item)}/acknowledgement"
        with self._link.ask("POST", place, expected={_DONE, *GONE}, headers=headers, body=body):
            pass

    def turn_away(self, item: Listed, reason: str) -> None:
        """Tell the neighbour that a parcel cannot be read at all.

        Raises:
            TransportError: it has not been told; the parcel comes again.
        """
        headers = {"Content-Type": "application/json", **self._leased(item)}
        body = json.dumps({"reason": reason[:_REASON]}).encode()
        place = f"{place_of(item)}/rejection"
        with self._link.ask("POST", place, expected={_DONE, *GONE}, headers=headers, body=body):
            pass

    def _walk(self) -> Iterator[Listed]:
        """All that waits, page after page; what was let go meanwhile makes room for more."""
        seen: set[str] = set()
        more = True
        while more:
            spooled = self.spool.names()
            page, more = self._page(min(len(seen) + _PAGE, _MOST))
            fresh = [item for item in page if item.id not in seen]
            seen.update(item.id for item in fresh)
            yield from fresh
            if not more:
                self._tidy(spooled, {item.name for item in page})
            more = more and bool(fresh)

    def _page(self, count: int) -> tuple[list[Listed], bool]:
        with self._link.ask("GET", f"v1/mailbox?limit={count}", expected={_OK}) as response:
            return listed(read_json(response), neighbour=self._neighbour, own=self._own)

    def _tidy(self, spooled: list[str], waiting: set[str]) -> None:
        """Remove what the neighbour has let go of, when a crash came between the two."""
        for name in spooled:
            if name not in waiting:
                self.spool.settle(name)

    def _take(self, item: Listed) -> Arrival | None:
        """Lease and fetch a parcel; nothing if it is not ours to have now."""
        if not self.fetching.lease(item):
            return None
        if not self.spool.has(item.name):
            late = self._clock.now() + self._half_lease
            if not self.fetching.fetch(item):
                return None
            self.spool.adopt(item.name, item.parcel, self.fetching.file(item))
            if self._clock.now() > late and not self.fetching.lease(item):
                return None
        elif self.spool.take(item.name) != item.parcel:
            return None  # our own disk has changed it: it was set aside, and is fetched again
        return _Pulled(self, item)

    def _leased(self, item: Listed) -> dict[str, str]:
        lease = self.fetching.lease_of(item)
        return {"Docexchange-Lease": lease} if lease else {}


class _Pulled(Arrival):
    """A parcel out of a neighbour's mailbox."""

    def __init__(self, mailbox: Pulling, item: Listed) -> None:
        self._mailbox: Final = mailbox
        self._item: Final = item
        self._receipts: list[bytes] = []

    @property
    def parcel(self) -> Parcel:
        """As it was listed; its bytes were held to it."""
        return self._item.parcel

    def open(self) -> BinaryIO:
        """Open the file in the spool."""
        return self._mailbox.spool.open(self._item.name)

    def answer(self, receipt: bytes) -> bool:
        """Keep the receipt; it goes with the acknowledgement."""
        self._receipts.append(receipt)
        return True

    def settle(self) -> None:
        """Acknowledge it, then remove it from the spool."""
        self._mailbox.let_go(self._item, self._receipts)
        self._mailbox.spool.settle(self._item.name)
        self._mailbox.fetching.forget(self._item)

    def reject(self, reason: str) -> None:
        """Turn it away, by the signed refusal where there is one; kept here with the reason."""
        if self._receipts:
            self._mailbox.let_go(self._item, self._receipts)
        else:
            self._mailbox.turn_away(self._item, reason)
        self._mailbox.spool.reject(self._item.name, reason)
        self._mailbox.fetching.forget(self._item)
