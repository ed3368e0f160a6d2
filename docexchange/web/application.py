"""The application: routes, their description, and what surrounds them.

>>> app = application(desk, PullBoxes(folder))

It is plain ASGI. It keeps the node's store from start-up to shut-down (lifespan).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002  FastAPI looks it up
from starlette.responses import Response

from docexchange.web.about import About
from docexchange.web.answers import problem_answer
from docexchange.web.calls import about_calls, message_calls
from docexchange.web.calls_of_mailbox import mailbox_calls
from docexchange.web.calls_of_uploads import upload_calls
from docexchange.web.descriptions import PROBLEM_SCHEMA
from docexchange.web.mailbox import MailboxRoutes
from docexchange.web.messages import Messages
from docexchange.web.refusals import Refused, Vanished, internal, of_os
from docexchange.web.shell import Shell
from docexchange.web.upload_store import UploadStore
from docexchange.web.uploads import SPOKEN, Uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from docexchange.transport import PullBoxes
    from docexchange.web.calls import Call, Handler
    from docexchange.web.desk import Desk

__all__ = ["application"]

_TITLE = "docexchange"
_VERSION = "1.0.0"
_NO_METHOD = 405


def application(desk: Desk, boxes: PullBoxes) -> Shell:
    """Build the application of a node.

    Args:
        desk: where callers are received.
        boxes: what waits for neighbours that come and fetch.
    """
    app = FastAPI(
        title=_TITLE,
        version=_VERSION,
        summary="Official letters between access points: push, resumable upload, pull.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lambda _app: desk.on_duty(),
    )
    app.router.route_class = _Direct
    _add_routes(app, message_calls(Messages(desk)))
    uploads = UploadStore(desk.folder / "uploads", token=desk.token)
    _add_routes(app, upload_calls(Uploads(desk, uploads)))
    _add_routes(app, mailbox_calls(MailboxRoutes(desk, boxes)))
    _add_routes(app, about_calls(About(desk, lambda: _document(app))))
    _add_refusals(app, desk)
    return Shell(app, desk)


class _Direct(APIRoute):
    """A route that FastAPI describes; what it would read from a request, the handler reads."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler itself: no parameters are looked for, no answer is converted."""
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


def _add_routes(app: FastAPI, calls: Iterable[Call]) -> None:
    for call in calls:
        app.add_api_route(
            call.path,
            _plain(call.handler),
            methods=[call.method],
            operation_id=call.handler.__name__,
            response_class=Response,
            **call.described,
        )


def _plain(handler: Handler) -> Handler:
    """A function with annotations that FastAPI can look up in this module."""

    async def handle(request: Request) -> Response:
        return await handler(request)

    return handle


def _add_refusals(app: FastAPI, desk: Desk) -> None:
    async def refused(request: Request, error: Exception) -> Response:
        found = error if isinstance(error, Refused) else _of_framework(app, request, error)
        desk.refused(request.scope, found)
        if request.url.path.startswith("/v1/uploads"):
            found.headers |= SPOKEN
        return problem_answer(found)

    async def vanished(_request: Request, _error: Exception) -> Response:
        return Response(status_code=400)  # nobody is there to read it

    async def broken(_request: Request, _error: Exception) -> Response:
        return problem_answer(internal())  # the error goes on to the shell, which logs it

    app.add_exception_handler(Exception, broken)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(OSError, refused)
    app.add_exception_handler(Vanished, vanished)


def _of_framework(app: FastAPI, request: Request, error: Exception) -> Refused:
    """What the framework refuses: a path or a method that is not there, a disk that failed."""
    if not isinstance(error, HTTPException):
        return of_os(error) if isinstance(error, OSError) else internal()
    headers = {"Allow": _allowed(app, request.url.path)} if error.status_code == _NO_METHOD else {}
    return Refused(
        error.status_code,
        f"http.{error.status_code}",
        f"expected a call of version 1, found {error.detail}",
        advice="The calls are described at /v1/openapi.json.",
        headers=headers,
    )


def _allowed(app: FastAPI, path: str) -> str:
    """All methods that a path has; the framework names those of one route."""
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    methods = {
        name for route in routes if route.path_regex.match(path) for name in route.methods or ()
    }
    return ", ".join(sorted(methods))


def _document(app: FastAPI) -> dict[str, Any]:
    document: dict[str, Any] = app.openapi()
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    parts["securitySchemes"] = {
        "mutualTLS": {"type": "mutualTLS", "description": "The certificate of the agency."}
    }
    return document
