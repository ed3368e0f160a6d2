"""Which peers are out of reach: one circuit for each endpoint, and in the store what is open.

A node that starts anew goes on where it was, and ``route explain`` and ``node doctor`` can tell.
What is known here decides when letters go, and which way; none of them depends on it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from docexchange.delivery import CLOSED, BreakerPolicy, Circuit, Outage
from docexchange.errors import NoRoute, StoreFailure, TransportError
from docexchange.instrumentation import EventName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from docexchange.errors import DocExchangeError
    from docexchange.identifiers import OrganId
    from docexchange.node.point import AccessPoint

__all__ = ["Peers"]


class Peers:
    """The circuits of one access point, by endpoint."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point
        self._policy = BreakerPolicy.beside(point.schedule)
        known = point.store.outages()
        self._circuits = {outage.endpoint: outage.circuit for outage in known}
        self._reasons = {outage.endpoint: outage.reason for outage in known}

    def place_of(self, peer: OrganId) -> str:
        """The endpoint of a peer; its code while the directory has none for it."""
        try:
            return self._point.endpoint(peer)
        except NoRoute:
            return str(peer)

    def shut_until(self, endpoint: str) -> datetime | None:
        """Until when nothing may be sent to an endpoint; None when something may go now."""
        circuit = self._circuits.get(endpoint, CLOSED)
        return None if self._policy.admit(circuit, self._point.clock.now()) else circuit.until

    def away_until(self, peer: OrganId) -> datetime | None:
        """Until when nothing may be sent to a peer; None when something may go now."""
        return self.shut_until(self.place_of(peer)) if self._circuits else None

    def out_of_order_since(self, endpoint: str) -> datetime | None:
        """Since when an endpoint has been out of reach, if for so long that letters go around."""
        circuit = self._circuits.get(endpoint, CLOSED)
        is_down = self._policy.is_out_of_order(circuit, self._point.clock.now())
        return circuit.since if is_down else None

    def reason(self, endpoint: str) -> str:
        """What went wrong at an endpoint last; empty when nothing did."""
        return self._reasons.get(endpoint, "")

    @contextmanager
    def attempt(self, endpoint: str) -> Iterator[None]:
        """Note whether what is done within reached the endpoint.

        Only an error after which trying again can help says that the peer is out of reach, and so
        does a directory without a way to it; what the peer says about one letter says nothing.
        """
        before = self._circuits.get(endpoint, CLOSED)
        self._circuits[endpoint] = self._policy.admit(before, self._point.clock.now()) or before
        try:
            yield
        except (NoRoute, TransportError) as error:
            self._circuits[endpoint] = before
            if isinstance(error, NoRoute) or error.retryable:
                self._note_failure(endpoint, before, error)
            raise
        self._note_success(endpoint)

    def _note_failure(self, endpoint: str, before: Circuit, error: DocExchangeError) -> None:
        now = self._point.clock.now()
        circuit = self._policy.failed(before, now=now, peer=endpoint)
        self._circuits[endpoint] = circuit
        self._reasons[endpoint] = str(error)
        if circuit.until is not None:
            self._point.emit(
                EventName.PEER_OPENED,
                peer=endpoint,
                failures=circuit.failures,
                until=circuit.until.isoformat(),
                reason=str(error),
            )
            outage = Outage(
                endpoint=endpoint,
                failures=circuit.failures,
                since=circuit.since or now,
                until=circuit.until,
                reason=str(error),
            )
            self._keep(lambda: self._point.store.put_outage(outage))

    def _note_success(self, endpoint: str) -> None:
        closed = self._circuits.pop(endpoint, CLOSED)
        self._reasons.pop(endpoint, None)
        if closed.until is not None:
            self._point.emit(EventName.PEER_CLOSED, peer=endpoint, failures=closed.failures)
            self._keep(lambda: self._point.store.end_outage(endpoint))

    def _keep(self, write: Callable[[], None]) -> None:
        try:
            write()
        except StoreFailure as error:
            # A restart would know less, no more; the letter at hand has its own troubles to tell.
            self._point.emit(EventName.NODE_ERROR, code=error.code, reason=str(error))
