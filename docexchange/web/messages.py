"""Push: letters and receipts that are brought, and the evidence once more.

POST /v1/messages                        → the signed receipt; of several recipients, all of them
POST /v1/receipts                        → 204
GET  /v1/messages/{message_id}/receipts  → what was given for it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.receipt import read_receipt, says_accepted
from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import MessageId, OrganId
from docexchange.limits import Limits
from docexchange.web.answers import (
    json_answer,
    later,
    nothing,
    receipt_answer,
    receipts_answer,
)
from docexchange.web.arrivals import HttpArrival
from docexchange.web.door import Given
from docexchange.web.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from docexchange.web.bodies import Received
    from docexchange.web.desk import Desk

__all__ = [
    "Messages",
    "answer_of",
    "check_xml",
    "media_type_of",
    "recipients_of",
    "take_letter",
    "take_receipt",
]

_XML = {"application/xml", "text/xml"}


class Messages:
    """The routes.

    Args:
        desk: where callers are received.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def bring_letter(self, request: Request) -> Response:
        """Store and judge a letter, and give the receipt, or one for each recipient."""
        desk = self._desk
        async with desk.visit(request) as caller:
            check_xml(request)
            recipients = recipients_of(request.query_params.getlist("recipient"))
            body = await desk.body(request, most=desk.limits.letter_bytes)
            try:
                given = await desk.judged(lambda: take_letter(desk, body, caller, recipients))
            finally:
                body.discard()
        return answer_of(given, several=len(recipients) > 1)

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
        desk = self._desk
        async with desk.visit(request) as caller:
            try:
                message_id = MessageId(request.path_params["message_id"])
            except InvalidIdentifier as error:
                raise Refused(400, error.code, str(error), advice=error.advice) from error
            given = await desk.judged(lambda: desk.door.receipts_given(message_id, caller=caller))
        return json_answer({"receipts": [_shown(item) for item in given]})


def check_xml(request: Request) -> None:
    """Hold a body to XML.

    Raises:
        Refused: 415.
    """
    found = media_type_of(request)
    if found not in _XML:
        raise Refused(
            415,
            "http.media-type",
            f"Content-Type: expected application/xml, found {found[:100] or 'none'!r}",
        )


def media_type_of(request: Request) -> str:
    """The media type of a body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def recipients_of(texts: Sequence[str]) -> tuple[OrganId, ...]:
    """The recipients that a caller names, if any.

    Raises:
        Refused: 400, one is no code, one is named twice, or there are too many.
    """
    most = Limits().recipients
    if len(texts) > most:
        found = f"recipient: expected at most {most} of them, found {len(texts)}"
        raise Refused(400, "http.recipients", found, advice="Bring the others by themselves.")
    try:
        codes = tuple(map(OrganId, texts))
    except InvalidIdentifier as error:
        raise Refused(400, error.code, f"recipient: {error}", advice=error.advice) from error
    if len({code.as_decision_20 for code in codes}) < len(codes):
        found = f"recipient: expected each once, found {', '.join(texts)[:200]}"
        raise Refused(400, "http.recipients", found, advice="Name each of them once.")
    return codes


def take_letter(
    desk: Desk, body: Received, caller: OrganId, recipients: tuple[OrganId, ...]
) -> list[bytes]:
    """Give a letter to the node; blocks.

    Returns:
        The receipt or refusal for each recipient; nothing for whom it cannot be judged now.
    """
    arrival = desk.door.letter(body, caller=caller, recipients=recipients)
    desk.door.take(arrival)
    return arrival.receipts


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


def answer_of(given: Sequence[bytes], *, several: bool) -> Response:
    """The answer that carries receipts.

    Args:
        given: one for each recipient who has one.
        several: whether several recipients were named.
    """
    if not given:
        return later()
    if not several:
        return receipt_answer(given[0], accepted=says_accepted(given[0]))
    return receipts_answer([_read(xml) for xml in given])


def _read(xml: bytes) -> dict[str, object]:
    receipt, _ = read_receipt(xml)
    return _shown(
        Given(
            recipient=receipt.recipient,
            accepted=receipt.accepted,
            at=receipt.at,
            sha256=receipt.sha256,
            xml=xml,
        )
    )


def _shown(item: Given) -> dict[str, object]:
    return {
        "recipient": str(item.recipient),
        "accepted": item.accepted,
        "at": item.at.isoformat(),
        "sha256": item.sha256,
        "xml": item.xml.decode(),
    }
