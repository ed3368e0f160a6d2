"""A large letter over a bad line: uploaded by tus 1.0, taken up again where it stood.

1. Is an upload of these bytes under way? Its note says where; the other side says how far.
2. The rest is sent from there. Over TLS in one request: what arrived is known to be whole. Without
   it in pieces with their digests, so that a changed octet costs one piece.
3. A line that breaks is taken up again at once, as long as something was gained (`Goes`). The other
   side may not have noticed yet: an empty request knocks first, for bytes that are sent in vain
   have to be sent again.
4. After the last octet the receipt is asked for. An upload that the other side has forgotten may
   have been answered long ago: that is asked before anything is sent again.
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.errors import TransportError
from docexchange.transport._answers import read_json
from docexchange.transport._goes import Goes
from docexchange.transport._link import LineBroken
from docexchange.transport._receipts import receipts_in
from docexchange.transport._uploads import UploadKey

if TYPE_CHECKING:
    from requests import Response

    from docexchange.clock import Clock
    from docexchange.transport._link import Link
    from docexchange.transport._source import Source
    from docexchange.transport._uploads import UploadNotes
    from docexchange.transport.http_settings import HttpSettings
    from docexchange.transport.parcel import Parcel

__all__ = ["TUS", "Upload"]

TUS: Final = {"Tus-Resumable": "1.0.0"}
_OCTETS: Final = "application/offset+octet-stream"
_OK, _CREATED, _LATER, _DONE = 200, 201, 202, 204
_SPOILT, _CONFLICT, _LOCKED, _REFUSED, _CHECKSUM = 400, 409, 423, 422, 460
_GONE: Final = {404, 410}


class _Lost(LineBroken):
    """The upload is of no more use: it has to begin again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The way of one letter to one node."""

    link: Link
    """The line."""
    parcel: Parcel
    """The letter's note."""
    source: Source
    """The letter's bytes."""
    notes: UploadNotes
    """Where the uploads under way are remembered."""
    settings: HttpSettings
    """How patient we are."""
    clock: Clock
    """Lets the time pass."""

    def carry(self) -> tuple[bytes, ...]:
        """Bring the letter over; gives back receipts and refusals, none if they follow.

        Raises:
            TransportError: not all of it is there; the next call goes on from where it stands.
        """
        goes = Goes(self.settings, self.clock)
        while True:
            try:
                answer = self._go(goes)
            except LineBroken as error:
                goes.rest(error)
            else:
                if answer:
                    self.notes.forget(self._key)
                return answer

    @property
    def _key(self) -> UploadKey:
        return UploadKey.of(self.link.endpoint, self.parcel)

    def _go(self, goes: Goes) -> tuple[bytes, ...]:
        place, offset = self.notes.find(self._key), 0
        try:
            if place:
                offset = self._knock(place, self._offset(place))
            else:
                place = self._begin()
            while offset < self.parcel.size:
                goes.reached(offset)
                offset = self._send_on(place, offset)
            goes.reached(offset)
            return self._answer(place)
        except _Lost:
            self.notes.forget(self._key)
            self._abandon(place)
            given = self._given_before()
            if not given:
                raise
            return given

    def _begin(self) -> str:
        metadata = {"recipient": str(self.parcel.recipient), "sha256": self.parcel.sha256}
        if len(self.parcel.recipients) > 1:
            metadata["recipients"] = self.parcel.shown
        headers = {
            **TUS,
            "Upload-Length": str(self.parcel.size),
            "Upload-Metadata": ",".join(
                f"{name} {b64encode(value.encode()).decode()}" for name, value in metadata.items()
            ),
        }
        with self.link.ask("POST", "v1/uploads", expected={_CREATED}, headers=headers) as response:
            place = response.headers.get("Location", "")
            if not place:
                raise self._odd("a Location", "none")
        self.notes.remember(self._key, place)
        return place

    def _abandon(self, place: str) -> None:
        """Have the other side forget an upload: it counts against us there as long as it stands."""
        with (
            suppress(TransportError),
            self.link.ask("DELETE", place, expected={_DONE, *_GONE}, headers=TUS),
        ):
            pass

    def _offset(self, place: str) -> int:
        with self.link.ask("HEAD", place, expected={_OK, _DONE, *_GONE}, headers=TUS) as response:
            self._check_known(response)
            return self._offset_in(response)

    def _knock(self, place: str, offset: int) -> int:
        """Ask whether the other side is ready for more at ``offset``, sending nothing yet."""
        return self._patch(place, offset, offset, {}) if offset < self.parcel.size else offset

    def _send_on(self, place: str, offset: int) -> int:
        """Send the rest, or the next piece of it; gives back how far the other side has got."""
        if self.link.endpoint.startswith("https:"):
            return self._patch(place, offset, self.parcel.size, {})
        stop = min(self.parcel.size, offset + self.settings.chunk_bytes)
        digest = b64encode(self.source.digest(offset, stop)).decode()
        return self._patch(place, offset, stop, {"Upload-Checksum": f"sha256 {digest}"})

    def _patch(self, place: str, start: int, stop: int, headers: dict[str, str]) -> int:
        with self.link.ask(
            "PATCH",
            place,
            expected={_DONE, _SPOILT, _CONFLICT, _LOCKED, _CHECKSUM, *_GONE},
            headers={**TUS, "Content-Type": _OCTETS, "Upload-Offset": str(start), **headers},
            body=self.source.part(start, stop),
            octets=stop - start,
        ) as response:
            self._check_known(response)
            if response.status_code != _DONE:
                raise self._not_now(response, f"go on at {start}")
            return self._offset_in(response)

    def _answer(self, place: str) -> tuple[bytes, ...]:
        expected = {_OK, _LATER, _REFUSED, _SPOILT, _CONFLICT, _LOCKED, *_GONE}
        with self.link.ask("GET", f"{place}/receipt", expected=expected) as response:
            self._check_known(response)
            if response.status_code in {_CONFLICT, _LOCKED}:
                raise self._not_now(response, "have the whole letter")
            count = len(self.parcel.recipients)
            return receipts_in(self.link, response, self.clock, recipients=count)

    def _given_before(self) -> tuple[bytes, ...]:
        """Receipts of these bytes that the other side gave; refusals are not taken up."""
        place = f"v1/messages/{self.parcel.message_id}/receipts"
        with self.link.ask("GET", place, expected={_OK, *_GONE}) as response:
            if response.status_code in _GONE:
                return ()
            found = read_json(response).get("receipts", [])
        wanted = [(str(code), self.parcel.sha256, True) for code in self.parcel.recipients]
        given = {
            (item.get("recipient"), item.get("sha256"), item.get("accepted")): item.get("xml", "")
            for item in (reversed(found) if isinstance(found, list) else [])
        }
        return tuple(str(given[key]).encode() for key in wanted if key in given)

    def _check_known(self, response: Response) -> None:
        """Notice that an upload has gone, or that its bytes are not those that were announced."""
        if response.status_code in {_SPOILT, *_GONE}:
            raise _Lost(
                f"{self.link.endpoint}: expected the upload of {self.parcel.message_id} as it was "
                f"begun, found {response.status_code} {response.reason}",
                code="transport.upload-lost",
                advice="Nothing to do: it begins again.",
            )

    def _not_now(self, response: Response, expected: str) -> LineBroken:
        return LineBroken(
            f"{self.link.endpoint}: expected it to {expected}, found {response.status_code} "
            f"{response.reason}",
            code="transport.upload-state",
            advice="Nothing to do: it asks again where the other side stands, and goes on there.",
        )

    def _offset_in(self, response: Response) -> int:
        text = response.headers.get("Upload-Offset", "")
        if not (text.isascii() and text.isdigit() and int(text) <= self.parcel.size):
            raise self._odd(f"an Upload-Offset of at most {self.parcel.size}", repr(text[:40]))
        return int(text)

    def _odd(self, expected: str, found: str) -> TransportError:
        return TransportError(
            f"{self.link.endpoint}: expected {expected}, found {found}",
            code="transport.odd-answer",
            advice="Ask the other side which program answers there.",
        )
