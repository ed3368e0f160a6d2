"""Django and the node in one ASGI application: /v1/ is the node's, everything else Django's.

Django knows no lifespan, so start-up and shut-down are the node's: it works from one to the other.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from django.core.asgi import get_asgi_application

pages = get_asgi_application()  # sets Django up, so it comes before what needs the models

from asgiref.sync import sync_to_async  # noqa: E402
from django.core.management import call_command  # noqa: E402

from registry import exchange  # noqa: E402

http = exchange.node().asgi()


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Tell whose call it is."""
    if scope["type"] == "lifespan":
        await lasting(receive, send)
    elif scope["path"].startswith("/v1/"):
        await http(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def lasting(
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Start the node when the server starts, and stop it when that stops."""
    await receive()
    try:
        async with at_work():
            await send({"type": "lifespan.startup.complete"})
            await receive()
    except Exception as error:
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        raise
    await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def at_work() -> AsyncIterator[None]:
    """The node, from start-up to shut-down."""
    # Yours has migrations; an example makes its table when it starts.
    await sync_to_async(call_command)("migrate", run_syncdb=True, verbosity=0)
    async with http.lifespan():
        with exchange.working():
            yield
