"""The control API of a stand-in network: what arrived, send, fail, heal, expire, revoke, reset.

    app = control_application(network)

JSON in, JSON out, problems (RFC 9457) for what cannot be done, described at /v1/openapi.json. The
calls do what the methods of ``StandIn`` do; one that changes something has done so when it answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Body, FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from docexchange.envelope import Envelope
from docexchange.errors import DocExchangeError
from docexchange.testing.standin.orders import (
    Action,
    CertificateOrder,
    LetterOrder,
    LinkOrder,
    SampleRequest,
    StateOrder,
)
from docexchange.testing.standin.papers import Role  # noqa: TC001  FastAPI looks it up
from docexchange.testing.standin.refusals import of_error, of_framework, of_validation
from docexchange.testing.standin.samples import Flaw, SampleOrder
from docexchange.testing.standin.services import Service  # noqa: TC001  as above
from docexchange.testing.standin.summary import agency_as_json, links_as_json
from docexchange.web.answers import problem_answer
from docexchange.web.descriptions import PROBLEM_SCHEMA
from docexchange.web.refusals import PROBLEM, Refused

if TYPE_CHECKING:
    from docexchange.node import Submission
    from docexchange.testing.standin.network import StandIn

__all__ = ["control_application"]

_XML: Final = "application/xml"
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {
        "description": "It cannot be done, and why.",
        "content": {PROBLEM: {"schema": PROBLEM_SCHEMA}},
    }
}
_OCTETS: Final = {"schema": {"type": "string", "format": "binary"}}
_LETTER_BODY: Final = {"requestBody": {"required": True, "content": {_XML: _OCTETS}}}
_LETTER_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The envelope.", "content": {_XML: _OCTETS}}
}

Agency = Annotated[str, Path(description="Folder or code of an agency.", max_length=64)]
Letter = Annotated[str, Path(description="Id of a message.", max_length=255)]
Json = dict[str, Any]


def control_application(network: StandIn) -> FastAPI:
    """Build the application.

    Args:
        network: it runs.
    """
    app = FastAPI(
        title="docexchange testserver",
        version="1.0.0",
        summary="A four-tier network for testing another system against.",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=_PROBLEMS,
    )
    _add_views(app, network)
    _add_letters(app, network)
    _add_sending(app, network)
    _add_faults(app, network)
    _add_refusals(app)
    return app


def _add_views(app: FastAPI, network: StandIn) -> None:
    @app.get("/v1/health", summary="Tell that the network runs.")
    def health() -> Json:
        return {"status": "alive"}

    @app.get("/v1/network", summary="Tell where everything is.")
    def summary() -> Json:
        return network.summary()

    @app.get("/v1/agencies", summary="List the agencies.")
    def agencies() -> list[Json]:
        return [agency_as_json(network, each) for each in network.pki.agencies]

    @app.get("/v1/agencies/{name}", summary="Show an agency.")
    def agency(name: Agency) -> Json:
        return agency_as_json(network, network.agency(name))

    @app.get("/v1/links", summary="List the lines and how they are.")
    def links() -> list[Json]:
        return links_as_json(network)


def _add_letters(app: FastAPI, network: StandIn) -> None:
    @app.get("/v1/agencies/{name}/letters", summary="List what an agency received and sent.")
    def letters(name: Agency) -> list[Json]:
        return network.letters(name)

    @app.get(
        "/v1/agencies/{name}/letters/{letter}",
        summary="Show a message with receipts, statuses and timeline; wait for it, if told to.",
    )
    def letter(
        name: Agency,
        letter: Letter,
        wait_seconds: Annotated[float, Query(ge=0, le=60)] = 0,
        until: Annotated[str, Query(pattern=r"^(settled|[0-9]{2})$")] = "settled",
    ) -> Json:
        found = network.letter(name, letter, wait_seconds=wait_seconds, until=until)
        if found is None:
            raise _unknown(name, letter)
        return found

    @app.get(
        "/v1/agencies/{name}/letters/{letter}/content",
        summary="Give out the envelope as it arrived.",
        response_class=Response,
        responses=_LETTER_ANSWER,
    )
    def content(name: Agency, letter: Letter) -> Response:
        path = network.content(name, letter)
        if path is None:
            raise _unknown(name, letter)
        return FileResponse(path, media_type=_XML)


def _add_sending(app: FastAPI, network: StandIn) -> None:
    @app.post("/v1/letters", status_code=201, summary="Let an agency write and send a letter.")
    def send(order: LetterOrder) -> Json:
        return _sent(network.send(_order(network, order)))

    @app.post(
        "/v1/agencies/{name}/outbox",
        status_code=201,
        summary="Give an envelope to an agency's node for delivery.",
        openapi_extra=_LETTER_BODY,
    )
    def outbox(name: Agency, envelope: Annotated[bytes, Body(media_type=_XML)]) -> Json:
        return _sent(network.submit(name, Envelope.from_bytes(envelope)))

    @app.post(
        "/v1/agencies/{name}/pushes",
        summary="Bring octets to your system as they are, by the node of its neighbour.",
        openapi_extra=_LETTER_BODY,
    )
    def pushes(name: Agency, octets: Annotated[bytes, Body(media_type=_XML)]) -> Json:
        receipt = network.push(name, octets)
        return {"receipt": None if receipt is None else receipt.decode("utf-8", "replace")}

    @app.post(
        "/v1/samples",
        summary="Give out a signed letter, genuine or flawed, that is not sent.",
        response_class=Response,
        responses=_LETTER_ANSWER,
    )
    def sample(request: SampleRequest) -> Response:
        envelope = network.sample(_order(network, request, flaw=request.flaw))
        headers = {"Docexchange-Message-Id": str(envelope.message.message_id)}
        return Response(b"".join(envelope.chunks()), headers=headers, media_type=_XML)


def _add_faults(app: FastAPI, network: StandIn) -> None:
    @app.put("/v1/links/{caller}/{called}", summary="Make a line bad, or good again.")
    def set_link(caller: Agency, called: Agency, order: LinkOrder) -> Json:
        network.set_link(caller, called, order.fault)
        return order.fault.as_json()

    @app.put("/v1/agencies/{name}/state", summary="Stop an agency's node, or start it.")
    def set_node(name: Agency, order: StateOrder) -> Json:
        network.set_node(name, up=order.state == "up")
        return agency_as_json(network, network.agency(name))

    @app.post(
        "/v1/agencies/{name}/certificates/{role}",
        summary="Let a certificate end, revoke it, or replace it by a new one.",
    )
    def certificate(name: Agency, role: Role, order: CertificateOrder) -> Json:
        act = {
            Action.EXPIRE: network.expire,
            Action.REVOKE: network.revoke,
            Action.ROLL: network.roll,
        }
        act[order.action](name, role)
        return agency_as_json(network, network.agency(name))

    @app.put("/v1/services/{service}", summary="Let TSA, OCSP responder or lists fail, or work.")
    def set_service(service: Service, order: StateOrder) -> Json:
        network.set_service(service, up=order.state == "up")
        return {"state": order.state}

    @app.post("/v1/reset", summary="Everything as at the beginning; letters are forgotten.")
    def reset() -> Json:
        network.reset()
        return network.summary()


def _add_refusals(app: FastAPI) -> None:
    async def refused(_request: Request, error: Exception) -> Response:
        return problem_answer(error if isinstance(error, Refused) else of_framework(error))

    async def wrong(_request: Request, error: Exception) -> Response:
        return problem_answer(of_error(error))

    async def invalid(_request: Request, error: Exception) -> Response:
        return problem_answer(of_validation(error))

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(DocExchangeError, wrong)
    app.add_exception_handler(RequestValidationError, invalid)


def _order(network: StandIn, order: LetterOrder, *, flaw: Flaw = Flaw.NONE) -> SampleOrder:
    return SampleOrder(
        sender=network.agency(order.sender),
        to=tuple(network.agency(name) for name in order.to),
        subject=order.subject,
        attachment_bytes=order.attachment_bytes,
        flaw=flaw,
    )


def _sent(submission: Submission) -> Json:
    return {
        "id": str(submission.message_id),
        "to": [str(code) for code in submission.recipients],
        "repeated": submission.repeated,
    }


def _unknown(name: str, letter: str) -> Refused:
    return Refused(
        404,
        "stand-in.unknown-letter",
        f"letter: expected one that {name} knows, found none with the id {letter}",
        advice="Wait for it with ?wait_seconds=10, or list what there is.",
    )
