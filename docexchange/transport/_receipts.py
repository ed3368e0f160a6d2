"""Receipts over HTTP: one goes as XML, several go as JSON; and who is still without one.

>>> body, media_type = packed([first, second])
>>> unpacked(json.loads(body))
[first, second]

A letter for several recipients is brought once. A node of an older version takes it for one of them
and answers for that one: the others follow one by one (`until_answered`), and nothing has gone over
the line in vain.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from docexchange.errors import TransportError, UnreadableInput
from docexchange.limits import Limits
from docexchange.transport._answers import REFUSED_CODE, read_json, read_small, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from requests import Response

    from docexchange.clock import Clock
    from docexchange.identifiers import OrganId
    from docexchange.transport._link import Link
    from docexchange.transport.parcel import Parcel

__all__ = ["packed", "receipts_in", "unpacked", "until_answered"]

_LATER, _REFUSED = 202, 422
_XML: Final = "application/xml"
_JSON: Final = "application/json"


def packed(receipts: Sequence[bytes]) -> tuple[bytes, str]:
    """A body with receipts, and its media type.

    Args:
        receipts: each signed, and carried byte for byte; none make an empty body.
    """
    if len(receipts) <= 1:
        return b"".join(receipts), _XML
    told = {"receipts": [{"xml": xml.decode()} for xml in receipts]}
    return json.dumps(told, ensure_ascii=False).encode(), _JSON


def unpacked(told: Any) -> list[bytes]:
    """The receipts in a JSON document; other members beside ``xml`` are for people.

    Raises:
        TypeError: it has another form.
        KeyError: something is missing.
    """
    found = told["receipts"]
    if not isinstance(found, list) or not all(type(item["xml"]) is str for item in found):
        raise TypeError("expected receipts as a list of objects with a text xml")
    return [item["xml"].encode() for item in found]


def receipts_in(
    link: Link, response: Response, clock: Clock, *, recipients: int
) -> tuple[bytes, ...]:
    """What the answer to a whole letter says: receipts and refusals, or nothing yet (202).

    Args:
        link: where it comes from.
        response: 200, 202 or 422.
        clock: the present, for ``Retry-After``.
        recipients: how many the letter was brought for.

    Raises:
        TransportError: 422 for another reason than a letter that was read and refused; receipts of
            another form.
    """
    if response.status_code == _LATER:
        return ()
    if "json" not in response.headers.get("Content-Type", ""):
        return (read_small(response, Limits().receipt_bytes),)
    if response.status_code == _REFUSED:
        raise refused(link.endpoint, response, clock.now())
    try:
        return tuple(unpacked(read_json(response, Limits().receipt_bytes * recipients)))
    except (KeyError, TypeError, UnicodeError) as error:
        raise TransportError(
            f"{link.endpoint}: expected receipts, found {error!r}"[:1000],
            code="transport.odd-answer",
            advice="Ask the other side which program answers there.",
        ) from error


def until_answered(
    parcel: Parcel, bring: Callable[[Parcel], tuple[bytes, ...]]
) -> tuple[bytes, ...]:
    """Bring a letter until each of its recipients has a receipt, or no more are given now.

    Args:
        parcel: the note.
        bring: brings the letter under a note; gives back what was answered.

    Raises:
        TransportError: nothing at all was gained.
    """
    given: list[bytes] = []
    left = parcel.recipients
    while left:
        try:
            answer = _bring(parcel.only(*left), bring)
        except TransportError:
            if given:
                break  # those count; the others are asked for when they are overdue
            raise
        given += answer
        missing = _without(left, answer)
        left = missing if len(missing) < len(left) else ()
    return tuple(given)


def _bring(parcel: Parcel, bring: Callable[[Parcel], tuple[bytes, ...]]) -> tuple[bytes, ...]:
    """A node that takes offence at several recipients is brought the letter for the first alone."""
    try:
        return bring(parcel)
    except TransportError as error:
        if error.code != REFUSED_CODE or len(parcel.recipients) == 1:
            raise
    return bring(parcel.only(parcel.recipient))


def _without(recipients: Sequence[OrganId], receipts: Sequence[bytes]) -> tuple[OrganId, ...]:
    """Recipients for whom there is no receipt; what it is worth is for others to judge."""
    from docexchange.envelope.receipt import read_receipt

    named = set()
    for xml in receipts if len(recipients) > 1 else ():
        try:
            named.add(read_receipt(xml)[0].recipient.as_decision_20)
        except UnreadableInput:
            continue
    return tuple(code for code in recipients if code.as_decision_20 not in named)
