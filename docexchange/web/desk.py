"""What every route needs: who calls, within which bounds, and somebody to do what blocks.

async with desk.visit(request) as caller:
    body = await desk.body(request, most=limits.letter_bytes)
    arrival, decided = await desk.judged(lambda: desk.take(...))
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from docexchange.errors import DocExchangeError
from docexchange.instrumentation import EventName
from docexchange.signing.certificates import fingerprint
from docexchange.web.bodies import Spool, check_length, receive_body
from docexchange.web.callers import chosen
from docexchange.web.fields import content_digest
from docexchange.web.pace import Bucket, taken
from docexchange.web.refusals import Refused, refusal_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from pathlib import Path

    from starlette.requests import Request

    from docexchange.clock import Clock
    from docexchange.identifiers import OrganId
    from docexchange.web.bodies import Received
    from docexchange.web.callers import Callers, Chain
    from docexchange.web.door import Door
    from docexchange.web.limits import WebLimits

__all__ = ["Desk", "chain_of"]

_TOLD: Final = {401, 403, 408, 413, 429, 503, 507}
"""Refusals that whoever watches the node wants to know about."""
_Result = TypeVar("_Result")


def _token() -> str:
    return secrets.token_hex(16)


class Desk:
    """Where callers are received; one for each application, used in its event loop.

    Args:
        door: of the node.
        callers: ties certificates to agencies.
        clock: tells the time.
        limits: bounds.
        folder: for what is on its way; made when absent.
        token: 32 hexadecimal digits that nobody can guess.
    """

    def __init__(
        self,
        *,
        door: Door,
        callers: Callers,
        clock: Clock,
        limits: WebLimits,
        folder: Path,
        token: Callable[[], str] = _token,
    ) -> None:
        self.door: Final = door
        self.clock: Final = clock
        self.limits: Final = limits
        self.folder: Final = folder
        self.token: Final = token
        self.stopping = False
        """Set when the server was told to stop; it is not ready from then on."""
        self._callers: Final = callers
        self._judges: Final = ThreadPoolExecutor(limits.workers, "docexchange-judge")
        self.spool: Final = Spool(folder / "spool", token=token, run=self.run)
        self._buckets: dict[OrganId, Bucket] = {}
        self._present: Counter[OrganId] = Counter()

    @asynccontextmanager
    async def on_duty(self) -> AsyncIterator[None]:
        """Keep the node's store while the context lasts; in the end what is being judged is judged.

        Raises:
            StoreFailure: another node is at work on it.
        """
        self.door.open()
        try:
            yield
        finally:
            self._judges.shutdown()
            self.door.close()

    async def run(self, call: Callable[..., _Result], *arguments: Any) -> _Result:
        """Do something short that blocks, elsewhere."""
        return await asyncio.get_running_loop().run_in_executor(None, call, *arguments)

    async def judged(self, call: Callable[[], _Result]) -> _Result:
        """Do what takes letters in; only so many at once, the others wait their turn.

        Raises:
            Refused: the library says no.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._judges, call)
        except DocExchangeError as error:
            raise refusal_of(error) from error

    @asynccontextmanager
    async def visit(self, request: Request) -> AsyncIterator[OrganId]:
        """Let a caller in, if he may come, for as long as his request takes.

        Gives:
            The agency that calls.

        Raises:
            Refused: 400, 401, 403 or 503 for his certificate; 429 when he comes too often.
        """
        caller = await self._caller(request)
        self._admit(caller)
        with self.present(caller):
            yield caller

    @contextmanager
    def present(self, caller: OrganId) -> Iterator[None]:
        """Count what is in hand for a caller: a request, or a long answer that is on its way."""
        self._present[caller] += 1
        try:
            yield
        finally:
            self._present[caller] -= 1
            if not self._present[caller]:
                del self._present[caller]

    async def body(self, request: Request, *, most: int) -> Received:
        """Take in a body that must carry its digest.

        Raises:
            Refused: 400 when the digest is missing or does not match; 408; 413.
        """
        told = content_digest(request.headers.get("content-digest", ""))
        check_length(request.headers.get("content-length"), most)
        body = await receive_body(request.receive, most=most, limits=self.limits, spool=self.spool)
        if body.sha256 != told:
            body.discard()
            raise Refused(
                400,
                "http.digest-mismatch",
                f"body: expected SHA-256 {told} as Content-Digest says, found {body.sha256}",
                advice="Send it again; it was changed on its way.",
            )
        return body

    def refused(self, scope: Mapping[str, Any], refused: Refused) -> None:
        """Tell about a refusal: why, and which certificate called; no names, no content."""
        if refused.status in _TOLD:
            self.door.tell(
                EventName.HTTP_REFUSED,
                status=refused.status,
                code=refused.code,
                reason=str(refused),
                certificate=_print_of(chain_of(scope)),
            )

    async def _caller(self, request: Request) -> OrganId:
        chain = chain_of(request.scope)
        agencies = self._callers.remembered(chain)
        if not agencies:
            agencies = await self.run(self._callers.judge, chain)
        return chosen(agencies, request.headers.get("docexchange-from"))

    def _admit(self, caller: OrganId) -> None:
        limits, now = self.limits, self.clock.now()
        bucket = self._buckets.get(caller) or Bucket(tokens=limits.burst, at=now)
        self._buckets[caller], wait = taken(
            bucket, now, rate=limits.rate_per_second, burst=limits.burst
        )
        if wait or self._present[caller] >= limits.requests_per_agency:
            raise Refused(
                429,
                "http.too-many",
                f"expected at most {limits.rate_per_second:g} requests a second and "
                f"{limits.requests_per_agency} at once of one agency, found more",
                advice="Come again later, and not so often.",
                headers={"Retry-After": str(int(wait) + 1)},
            )


def chain_of(scope: Mapping[str, Any]) -> Chain:
    """The client's certificates, from the TLS extension of ASGI; empty without one."""
    extension = scope.get("extensions", {}).get("tls") or {}
    return tuple(extension.get("client_cert_chain") or ())


def _print_of(chain: Chain) -> str:
    import ssl

    return fingerprint(ssl.PEM_cert_to_DER_cert(chain[0])) if chain else "none"
