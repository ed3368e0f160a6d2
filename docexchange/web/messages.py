"""Push: letters and receipts that are brought, and the evidence once more.

POST /v1/messages                        → the signed receipt
POST /v1/receipts                        → 204
GET  /v1/messages/{message_id}/receipts  → what was given for it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.receipt import says_accepted
from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import MessageId, OrganId
from docexchange.web.answers import json_answer, later, nothing, receipt_answer
from docexchange.web.arrivals import HttpArrival
from docexchange.web.refusals import Refused

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from docexchange.web.bodies import Received
    from docexchange.web.desk import Desk
    from docexchange.web.door import Given

__all__ = ["Messages", "answer_of", "check_xml", "recipient_of", "take_letter", "take_receipt"]

_XML = {"application/xml", "text/xml"}


class Messages:
    """The routes.

    Args:
        desk: where callers are received.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def bring_letter(self, request: Request) -> Response:
        """Store and judge a letter, and give the receipt."""
        desk = self._desk
        async with desk.visit(request) as caller:
            check_xml(request)
            recipient = recipient_of(request.query_params.get("recipient"))
            body = await desk.body(request, most=desk.limits.letter_bytes)
            try:
                xml = await desk.judged(lambda: take_letter(desk, body, caller, recipient))
            finally:
                body.discard()
        return answer_of(xml)

    async def bring_receipt(self, request: Request) -> Response:
        """Write a receipt down."""
        desk = self._desk
        async with desk.visit(request) as caller:
            check_xml(request)
            body = await desk.body(request, most=desk.limits.receipt_bytes)
            try:
                done = await desk.judged(lambda: take_receipt(desk, body, caller))
            finally:
                body.discard()
        return nothing() if done else later()

    async def receipts(self, request: Request) -> Response:
        """Show the receipts that the caller was given for a message."""
        try:
            message_id = MessageId(request.path_params["message_id"])
        except InvalidIdentifier as error:
            raise Refused(400, error.code, str(error), advice=error.advice) from error
        desk = self._desk
        async with desk.visit(request) as caller:
            given = await desk.judged(lambda: desk.door.receipts_given(message_id, caller=caller))
        return json_answer({"receipts": [_shown(item) for item in given]})


def check_xml(request: Request) -> None:
    """Hold a body to XML.

    Raises:
        Refused: 415.
    """
    found = request.headers.get("content-type", "")
    if found.partition(";")[0].strip().lower() not in _XML:
        raise Refused(
            415,
            "http.media-type",
            f"Content-Type: expected application/xml, found {found[:100] or 'none'!r}",
        )


def recipient_of(text: str | None) -> OrganId | None:
    """The recipient that a caller names, if any.

    Raises:
        Refused: 400, it is no code.
    """
    try:
        return None if text is None else OrganId(text)
    except InvalidIdentifier as error:
        raise Refused(400, error.code, f"recipient: {error}", advice=error.advice) from error


def take_letter(desk: Desk, body: Received, caller: OrganId, recipient: OrganId | None) -> bytes:
    """Give a letter to the node; blocks.

    Returns:
        The receipt or refusal; nothing when it cannot be judged now.
    """
    arrival = desk.door.letter(body, caller=caller, recipient=recipient)
    return arrival.receipt if desk.door.take(arrival) else b""


def take_receipt(desk: Desk, body: Received, caller: OrganId) -> bool:
    """Give a receipt to the node; blocks.

    Returns:
        False when it cannot be judged now.

    Raises:
        Refused: 422, it is not valid, or about nothing that was sent to the caller.
    """
    arrival = HttpArrival(desk.door.receipt_note(body, caller=caller), body)
    taken = desk.door.take(arrival)
    if arrival.problem:
        raise Refused(422, "receipt.refused", arrival.problem)
    return taken


def answer_of(xml: bytes) -> Response:
    """The answer that carries a receipt."""
    if not xml:
        return later()
    return receipt_answer(xml, accepted=says_accepted(xml))


def _shown(item: Given) -> dict[str, object]:
    return {
        "recipient": str(item.recipient),
        "accepted": item.accepted,
        "at": item.at.isoformat(),
        "sha256": item.sha256,
        "xml": item.xml.decode(),
    }
