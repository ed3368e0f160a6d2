"""A node that others reach over HTTP: the application in front of it, served while it works.

>>> with served(node, read_config("commune/")):
...     node.run(stop)
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from docexchange.errors import ConfigurationError, MissingExtra
from docexchange.instrumentation import EventName
from docexchange.node.opening.ways import password_of
from docexchange.node.serving.door import NodeDoor
from docexchange.transport import PullBoxes
from docexchange.web import Callers, ServerKey, WebLimits, server_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from docexchange.node.node import Node
    from docexchange.node.opening.config import NodeConfig, ServerConfig
    from docexchange.web.desk import Desk
    from docexchange.web.serving import Address
    from docexchange.web.shell import App, Shell

__all__ = ["application_of", "desk_of", "served"]


def desk_of(node: Node, *, limits: WebLimits | None = None) -> Desk:
    """The desk where the callers of a node are received.

    Raises:
        MissingExtra: the extra ``server`` is not installed.
    """
    desk = _installed()
    limits, point = limits or WebLimits(), node.point
    folder = node.folder / "http"
    folder.mkdir(exist_ok=True)
    return desk(
        door=NodeDoor(node, folder=folder, free_bytes=limits.free_bytes),
        callers=Callers(trust=point.verifier.trust, directory=point.in_force, clock=point.clock),
        clock=point.clock,
        limits=limits,
        folder=folder,
    )


def application_of(node: Node, *, limits: WebLimits | None = None) -> Shell:
    """The HTTP side of a node as an ASGI application; errors as for ``desk_of``.

    Args:
        node: the node.
        limits: bounds on what callers may ask.
    """
    desk = desk_of(node, limits=limits)
    from docexchange.web.application import application

    return application(desk, PullBoxes(node.folder / "boxes"))


def served(
    node: Node, config: NodeConfig, *, around: Callable[[App], App] = lambda app: app
) -> AbstractContextManager[Address | None]:
    """Serve a node as its configuration says, while the context lasts.

    Args:
        node: the node.
        config: nothing is served when it has no ``[server]``.
        around: puts an application of one's own around the node's.

    Raises:
        ConfigurationError: it cannot be served as described.
        MissingExtra: the extra ``server`` is not installed.
    """
    if config.server is None:
        return nullcontext()
    return _served(node, config.server, config.base, around)


@contextmanager
def _served(
    node: Node, config: ServerConfig, base: Path, around: Callable[[App], App]
) -> Iterator[Address]:
    desk = desk_of(node, limits=_limits(config.limits))
    from docexchange.web.application import application
    from docexchange.web.serving import Address, serving

    secret = base / config.password_file if config.password_file else None
    key = ServerKey(
        certificate=base / config.certificate,
        key=base / config.key,
        password=password_of(secret) if secret else None,
    )

    def tell(reason: str) -> None:
        node.point.emit(EventName.HTTP_REFUSED, status=0, code="http.handshake", reason=reason)

    context = server_context(key, node.point.verifier.trust, tell=tell)
    at = Address(host=config.host, port=config.port)
    app = application(desk, PullBoxes(node.folder / "boxes"))
    with serving(around(app), desk, at=at, tls=context) as address:
        yield address


def _installed() -> type[Desk]:
    try:
        import fastapi  # noqa: F401  asked for before anything is set up
        import uvicorn  # noqa: F401

        from docexchange.web.desk import Desk
    except ImportError as error:
        raise MissingExtra(
            f"HTTP: expected the packages of the extra server, found: {error}",
            advice="Install docexchange[server].",
        ) from error
    return Desk


def _limits(values: dict[str, float | int]) -> WebLimits:
    try:
        return WebLimits(**values)  # type: ignore[arg-type]
    except TypeError as error:
        raise ConfigurationError(
            f"[server.limits]: expected fields of WebLimits, found {', '.join(values)}",
            code="configuration.server",
        ) from error
