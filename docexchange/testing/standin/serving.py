"""The control API served on a port of its own, in a thread, while a stand-in network runs.

with serving_control(network, host="127.0.0.1", port=0, any_host=False) as url: ...
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn

from docexchange.errors import ConfigurationError
from docexchange.testing.standin.control import control_application
from docexchange.testing.standin.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.testing.standin.network import StandIn

__all__ = ["serving_control"]

_END_SECONDS: Final = 2


@contextmanager
def serving_control(network: StandIn, *, host: str, port: int, any_host: bool) -> Iterator[str]:
    """Serve while the context lasts.

    Args:
        network: it runs.
        host: where to listen.
        port: 0 for one that the system chooses.
        any_host: whether it may be called by any name.

    Returns:
        Where it is reached, without a slash at the end.

    Raises:
        ConfigurationError: nobody can listen there.
    """
    listener = _listen(host, port)
    app = Guard(control_application(network), any_host=any_host)
    server = _Server(app)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        server.ready.wait()
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


class _Server(uvicorn.Server):
    def __init__(self, app: Guard) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=_END_SECONDS,
            )
        )
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigurationError(
            f"control API: expected to listen on {host}, port {port}, "
            f"found: {getattr(error, 'strerror', None) or error}",
            code="stand-in.control-address",
            advice="Is something else listening there? --port 0 takes any that is free.",
        ) from error
    return listener
