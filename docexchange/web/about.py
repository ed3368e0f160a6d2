"""About the node: does it live, does it take letters, what can be asked of it.

GET /v1/health  GET /v1/ready  GET /v1/openapi.json
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docexchange.web.answers import json_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from docexchange.web.desk import Desk

__all__ = ["About"]

_FRESH: Final = timedelta(seconds=1)
"""How long an answer is given again: strangers must not keep the disk busy by asking."""


class About:
    """The routes; they need no certificate.

    Args:
        desk: where callers are received.
        document: gives the OpenAPI document.
    """

    def __init__(self, desk: Desk, document: Callable[[], dict[str, object]]) -> None:
        self._desk = desk
        self._document = document
        self._reasons: list[str] = []
        self._looked: datetime | None = None

    async def health(self, request: Request) -> Response:
        """Answer, while the process does."""
        del request
        return json_answer({"status": "alive"})

    async def ready(self, request: Request) -> Response:
        """Tell whether letters are taken, and if not, why."""
        del request
        reasons = ["stopping"] if self._desk.stopping else await self._found()
        headers = {"Retry-After": "5"} if reasons else None
        return json_answer(
            {"ready": not reasons, "reasons": reasons},
            status=503 if reasons else 200,
            headers=headers,
        )

    async def openapi(self, request: Request) -> Response:
        """Describe all of this for machines."""
        del request
        return json_answer(self._document())

    async def _found(self) -> list[str]:
        now = self._desk.clock.now()
        if self._looked is None or not timedelta() <= now - self._looked < _FRESH:
            self._looked = now
            self._reasons = await self._desk.run(self._desk.door.ready)
        return self._reasons
