"""Letters over HTTP: brought to the receiver's node (push), fetched from a neighbour's (pull).

    transport = HttpTransport(own, state=Path("store/http"), clock=clock, tls=tls, peers=peers)
    receipt = transport.send(parcel, file, to="https://van-thu.example:8443/")

Our own end is a mailbox at a neighbour: ``HttpTransport(…, mailbox=(hub, "https://hub.example/"))``.

The protocol is that of ``docs/reference/http.md``. Small letters go in one request, larger ones so
that a broken line is taken up again from the last octet acknowledged, in the same process or in the
next. Nothing is read into memory, and every wait ends.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from docexchange.errors import ConfigurationError, TransportError
from docexchange.transport._endpoint import endpoint_of
from docexchange.transport._goes import Goes
from docexchange.transport._link import LineBroken, Link
from docexchange.transport._pulling import Pulling
from docexchange.transport._receipts import receipts_in, until_answered
from docexchange.transport._source import digest_field, source_of
from docexchange.transport._upload import Upload
from docexchange.transport._uploads import UploadNotes
from docexchange.transport.base import Arrival, Capabilities, SetAside, Transport
from docexchange.transport.http_settings import HttpSettings
from docexchange.transport.parcel import ParcelKind

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.identifiers import OrganId
    from docexchange.transport._source import Source
    from docexchange.transport.parcel import Parcel

__all__ = ["HttpTransport", "PeerCheck"]

_OK, _LATER, _DONE, _REFUSED = 200, 202, 204, 422
_LINES: Final = 64
"""Lines kept open; a hub has thousands of neighbours, and a process fewer files."""


class PeerCheck(Protocol):
    """Knows whose certificates are whose."""

    def __call__(self, certificates: Sequence[bytes], agency: OrganId) -> None:
        """Let a certificate pass as one of an agency.

        Args:
            certificates: DER of what the server has proved to be its own, and of those above it.
            agency: whose node we want to talk to.

        Raises:
            TransportError: it is somebody else's; code ``transport.wrong-peer``, not retryable.
        """


class HttpTransport(Transport):
    """Brings parcels to other nodes, and fetches ours from a neighbour.

    Args:
        own: the agency of our node.
        state: a folder of its own: what is under way is remembered there.
        clock: tells the time and lets it pass.
        tls: makes the TLS context of one more endpoint: our certificate, our authorities.
        peers: is asked whether a server belongs to the agency that it should; without it the name
            in the certificate is all that is checked.
        settings: how patient we are.
        mailbox: the neighbour that keeps letters for us and where it is reached; none for a node
            that others push to.

    Raises:
        TransportError: the mailbox's address makes no sense, or the folder cannot be made.
    """

    def __init__(
        self,
        own: OrganId,
        *,
        state: Path,
        clock: Clock,
        tls: Callable[[], ssl.SSLContext] | None = None,
        peers: PeerCheck | None = None,
        settings: HttpSettings | None = None,
        mailbox: tuple[OrganId, str] | None = None,
    ) -> None:
        self._own: Final = own
        self._clock: Final = clock
        self._tls: Final = tls
        self._peers: Final = peers
        self._settings: Final = settings or HttpSettings()
        self._notes: Final = UploadNotes(state / "uploads", clock)
        self._links: Final[dict[tuple[str, str], Link]] = {}
        self._linking: Final = threading.Lock()
        self._pulling: Final = self._open_mailbox(*mailbox, state) if mailbox else None

    @classmethod
    def from_url(cls, url: str, *, base: Path) -> HttpTransport:
        """Refuse: whose certificate to show cannot be told by a URL.

        Raises:
            ConfigurationError: always.
        """
        raise ConfigurationError(
            f"transport {url!r}: expected a node that opens it, found only {base}",
            code="transport.no-identity",
            advice="Name it in node.toml, or give open_transport openers={'https': …}.",
        )

    @property
    def capabilities(self) -> Capabilities:
        """What was sent is durable on the other side; it answers in the same breath if it can."""
        return Capabilities(durable=True, answers_at_once=True)

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        """Bring a parcel to the node at ``to``; gives back its receipts or signed refusals."""
        link = self._link(to, parcel.to_node)
        with source_of(parcel, payload) as source:
            try:
                if parcel.kind is ParcelKind.RECEIPT:
                    return self._bring(link, parcel, source)
                return until_answered(parcel, lambda copy: self._letter(link, copy, source))
            except TransportError as error:
                error.may_have_arrived = source.read_to == parcel.size
                raise

    def _letter(self, link: Link, parcel: Parcel, source: Source) -> tuple[bytes, ...]:
        if parcel.size <= self._settings.at_once_bytes:
            return self._bring(link, parcel, source)
        return Upload(
            link=link,
            parcel=parcel,
            source=source,
            notes=self._notes,
            settings=self._settings,
            clock=self._clock,
        ).carry()

    def probe(self, to: str) -> datetime | None:
        """Ask a node whether it lives, and look at its clock; whose node it is, is not asked."""
        endpoint = endpoint_of(to, allow_plain=self._settings.allow_plain)
        link = self._new_link(endpoint, None)
        try:
            with link.ask("GET", "v1/health", expected={_OK}) as response:
                shown = response.headers.get("Date", "")
            with suppress(ValueError):
                return parsedate_to_datetime(shown).astimezone(UTC)
        finally:
            link.close()
        return None

    def receive(self, limit: int) -> Iterator[Arrival]:
        """What waits in our mailbox; what others push comes in by the node's own server."""
        return self._pulling.receive(limit) if self._pulling else iter(())

    def set_aside(self) -> list[SetAside]:
        """What we fetched and rejected."""
        return self._pulling.set_aside() if self._pulling else []

    def close(self) -> None:
        """Close all connections."""
        with self._linking:
            links = list(self._links.values())
            self._links.clear()
        for link in links:
            link.close()

    def _bring(self, link: Link, parcel: Parcel, source: Source) -> tuple[bytes, ...]:
        """One request, made again when the line breaks: the same bytes get the same answer."""
        goes = Goes(self._settings, self._clock)
        letter = parcel.kind is ParcelKind.MESSAGE
        recipients = "&".join(f"recipient={code}" for code in parcel.recipients)
        place = f"v1/messages?{recipients}" if letter else "v1/receipts"
        while True:
            try:
                with link.ask(
                    "POST",
                    place,
                    expected={_OK, _LATER, _REFUSED} if letter else {_DONE},
                    headers=_described(parcel),
                    body=source.part(0, parcel.size),
                    octets=parcel.size,
                ) as response:
                    if not letter:
                        return ()
                    count = len(parcel.recipients)
                    return receipts_in(link, response, self._clock, recipients=count)
            except LineBroken as error:
                goes.rest(error)

    def _open_mailbox(self, neighbour: OrganId, url: str, state: Path) -> Pulling:
        link = self._link(url, neighbour)
        place = sha256(link.endpoint.encode()).hexdigest()[:16]
        return Pulling(
            link,
            state / f"mailbox-{place}",
            neighbour=neighbour,
            own=self._own,
            settings=self._settings,
            clock=self._clock,
        )

    def _link(self, to: str, agency: OrganId) -> Link:
        """The line to an agency's node; kept, for a handshake costs more than a letter."""
        endpoint = endpoint_of(to, allow_plain=self._settings.allow_plain)
        with self._linking:
            key = (endpoint, str(agency))
            link = self._links.pop(key, None) or self._new_link(endpoint, agency)
            self._links[key] = link  # the last is the one that was used last
            if len(self._links) > _LINES:
                self._links.pop(next(iter(self._links))).close()
            return link

    def _new_link(self, endpoint: str, agency: OrganId | None) -> Link:
        peers = self._peers
        return Link(
            endpoint,
            settings=self._settings,
            clock=self._clock,
            headers={"User-Agent": "docexchange", "Docexchange-From": str(self._own)},
            tls=self._tls() if self._tls and endpoint.startswith("https:") else None,
            greet=(lambda shown: peers(shown, agency)) if peers and agency else None,
        )


def _described(parcel: Parcel) -> dict[str, str]:
    return {
        "Content-Type": "application/xml",
        "Content-Digest": digest_field(bytes.fromhex(parcel.sha256)),
    }
