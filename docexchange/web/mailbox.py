"""Pull: a neighbour fetches its letters from the box that we keep for it, and leaves its receipts.

GET  /v1/mailbox                       → what waits
POST /v1/mailbox/{id}/lease            → {"lease", "until"}
GET  /v1/mailbox/{id}/content          → the bytes, also a range of them
POST /v1/mailbox/{id}/acknowledgement  → written down, and gone for those who have a receipt
POST /v1/mailbox/{id}/rejection        → set aside
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

from docexchange.errors import DocExchangeError
from docexchange.instrumentation import EventName
from docexchange.limits import KIB, Limits
from docexchange.transport import ParcelKind
from docexchange.transport._receipts import unpacked
from docexchange.transport.pull_boxes import is_name
from docexchange.web.answers import json_answer, later, nothing
from docexchange.web.bodies import Received, check_length, receive_body
from docexchange.web.fields import byte_range, digest_field
from docexchange.web.files import FileAnswer
from docexchange.web.leases import Leases
from docexchange.web.messages import check_xml, media_type_of, take_receipt
from docexchange.web.refusals import Refused, refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from docexchange.identifiers import OrganId
    from docexchange.transport import PullBoxes, Waiting
    from docexchange.web.desk import Desk
    from docexchange.web.leases import Key, Lease

__all__ = ["MailboxRoutes"]

_MOST: Final = 1000
_USUAL: Final = 100
_USUAL_SECONDS: Final = 300
_JSON_BYTES: Final = 16 * KIB
_REASON: Final = 4000
_JSON: Final = "application/json"
_Result = TypeVar("_Result")


class MailboxRoutes:
    """The routes.

    Args:
        desk: where callers are received.
        boxes: what waits for whom.
    """

    def __init__(self, desk: Desk, boxes: PullBoxes) -> None:
        self._desk = desk
        self._boxes = boxes
        self._leases = Leases(desk.token)

    async def waiting(self, request: Request) -> Response:
        """List what waits for the caller."""
        async with self._desk.visit(request) as caller:
            most = _limit(request.query_params.get("limit"))
            found = await self._asked(self._boxes.waiting, caller)
            shown = [self._shown(caller, item) for item in found[:most]]
            return json_answer({"parcels": shown, "more": len(found) > most})

    async def lease(self, request: Request) -> Response:
        """Keep a parcel for whoever asks, for a while."""
        async with self._desk.visit(request) as caller:
            wanted = await self._json(request, {"seconds": int, "lease": str})
            seconds = wanted.get("seconds", _USUAL_SECONDS)
            if not 1 <= seconds <= self._desk.limits.lease_seconds:
                raise _bad_field("seconds", f"1 to {self._desk.limits.lease_seconds}", seconds)
            item = await self._find(request, caller)
            given = self._leases.take(
                _key(caller, item),
                now=self._desk.clock.now(),
                seconds=seconds,
                lease=self._known(caller, item, wanted.get("lease", "")),
            )
            if given is None:
                raise _leased()
            return json_answer({"lease": given.token, "until": given.until.isoformat()})

    async def content(self, request: Request) -> Response:
        """Give the bytes of a parcel, or a range of them."""
        async with self._desk.visit(request) as caller:
            item = await self._find(request, caller)
            size, tag = item.parcel.size, f'"{item.parcel.sha256}"'
            headers = {
                "Accept-Ranges": "bytes",
                "ETag": tag,
                "Repr-Digest": digest_field(item.parcel.sha256),
                "Content-Type": "application/xml",
                "Cache-Control": "no-store",
            }
            part = _wanted(request, size, tag)
            if part is not None and not part:
                raise Refused(
                    416,
                    "http.range",
                    f"Range: expected a part of {size} bytes, found "
                    f"{request.headers['range'][:100]!r}",
                    headers={"Content-Range": f"bytes */{size}"},
                )
            if part is not None:
                headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
            return FileAnswer(
                await self._asked(self._boxes.open, caller, item.name),
                range(size) if part is None else part,
                status=200 if part is None else 206,
                headers=headers,
                run=self._desk.run,
                limits=self._desk.limits,
                while_sent=self._desk.present(caller),
            )

    async def acknowledge(self, request: Request) -> Response:
        """Write the receipts for a parcel down, then let the parcel go."""
        async with self._desk.visit(request) as caller:
            body = await self._body(request)
            try:
                return await self._acknowledged(request, body, caller)
            finally:
                body.discard()

    async def _acknowledged(self, request: Request, body: Received, caller: OrganId) -> Response:
        name = request.path_params["id"]
        receipts = await self._desk.run(self._receipts_in, request, body)
        item = await self._asked(self._boxes.find, caller, name)
        if item is None and is_name(name):
            return nothing()  # gone already, so it was acknowledged
        if item is None:
            raise _unknown(caller)
        self._check_lease(caller, item, request.headers.get("docexchange-lease", ""))
        left: Sequence[OrganId] | None = ()
        if item.parcel.kind is ParcelKind.MESSAGE:
            if media_type_of(request) != _JSON:
                check_xml(request)
            left = await self._desk.judged(lambda: self._receipted(item, receipts, caller))
            if left is None:
                return later()
        await self._asked(self._boxes.narrow, caller, item, left)
        self._leases.end(_key(caller, item))
        return nothing()

    async def reject(self, request: Request) -> Response:
        """Set aside a parcel that its owner cannot read at all."""
        async with self._desk.visit(request) as caller:
            told = await self._json(request, {"reason": str})
            reason = told.get("reason", "")[:_REASON]
            if not reason:
                raise _bad_field("reason", "a text", "none")
            item = await self._find(request, caller)
            self._check_lease(caller, item, request.headers.get("docexchange-lease", ""))
            await self._asked(self._boxes.reject, caller, item.name, reason)
            self._leases.end(_key(caller, item))
            self._desk.door.tell(
                EventName.PARCEL_REJECTED,
                message_id=str(item.parcel.message_id),
                peer=str(caller),
                reason=reason,
            )
            return nothing()

    async def _find(self, request: Request, caller: OrganId) -> Waiting:
        item = await self._asked(self._boxes.find, caller, request.path_params["id"])
        if item is None:
            raise _unknown(caller)
        return item

    async def _asked(self, call: Callable[..., _Result], *arguments: object) -> _Result:
        try:
            return await self._desk.run(call, *arguments)
        except DocExchangeError as error:
            raise refusal_of(error) from error

    async def _body(self, request: Request) -> Received:
        """The receipt; a body is not there when a receipt is acknowledged."""
        desk = self._desk
        several = media_type_of(request) == _JSON
        most = desk.limits.receipt_bytes * (Limits().recipients if several else 1)
        if "content-digest" in request.headers:
            return await desk.body(request, most=most)
        check_length(request.headers.get("content-length"), most)
        return await receive_body(request.receive, most=most, limits=desk.limits, spool=desk.spool)

    async def _json(self, request: Request, members: dict[str, type]) -> dict[str, Any]:
        """The members of a small JSON object, of the types they must have."""
        check_length(request.headers.get("content-length"), _JSON_BYTES)
        desk = self._desk
        body = await receive_body(
            request.receive, most=_JSON_BYTES, limits=desk.limits, spool=desk.spool
        )
        try:
            with body.open() as stream:
                values = json.loads(stream.read() or b"{}")
        except (ValueError, RecursionError) as error:
            raise _bad_field("body", "a JSON object", "something else") from error
        finally:
            body.discard()
        if not isinstance(values, dict):
            raise _bad_field("body", "a JSON object", type(values).__name__)
        for name, value in values.items():
            if name not in members or type(value) is not members[name]:
                raise _bad_field(name[:40], ", ".join(members), repr(value)[:40])
        return values

    def _receipts_in(self, request: Request, body: Received) -> list[Received]:
        """The receipt that is the body, or those in it."""
        if media_type_of(request) != _JSON:
            return [body]
        try:
            with body.open() as stream:
                found = unpacked(json.load(stream))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _bad_field("body", "receipts in a JSON object", "something else") from error
        if not 1 <= len(found) <= Limits().recipients:
            raise _bad_field("receipts", f"1 to {Limits().recipients}", len(found))
        return list(map(Received.of, found))

    def _receipted(
        self, item: Waiting, receipts: Sequence[Received], caller: OrganId
    ) -> list[OrganId] | None:
        """Have the node take receipts, if all are about this parcel.

        Returns:
            The recipients who have none yet; None when one cannot be judged now.
        """
        left = list(item.parcel.recipients)
        for body in receipts:
            note = self._desk.door.receipt_note(body, caller=caller)
            if note.message_id != item.parcel.message_id or note.recipient not in left:
                raise Refused(
                    422,
                    "mailbox.other-receipt",
                    f"receipt: expected one for {item.parcel.message_id} to "
                    f"{item.parcel.shown[:500]}, found one for {note.message_id} to "
                    f"{note.recipient}",
                )
            left.remove(note.recipient)
        # All are looked at before the first is written down.
        taken = [take_receipt(self._desk, body, caller) for body in receipts]
        return left if all(taken) else None

    def _check_lease(self, caller: OrganId, item: Waiting, lease: str) -> None:
        now = self._desk.clock.now()
        if self._leases.held_by_another(_key(caller, item), now=now, lease=lease):
            raise _leased()

    def _known(self, caller: OrganId, item: Waiting, lease: str) -> str:
        """A token of ours that is in force, or nothing: tokens are not for others to choose."""
        held: Lease | None = self._leases.at(_key(caller, item), self._desk.clock.now())
        return lease if held else ""

    def _shown(self, caller: OrganId, item: Waiting) -> dict[str, object]:
        parcel, several = item.parcel, len(item.parcel.recipients) > 1
        lease = self._leases.at(_key(caller, item), self._desk.clock.now())
        return {
            "id": item.name,
            "kind": str(parcel.kind),
            "message_id": str(parcel.message_id),
            "recipient": str(parcel.recipient),
            **({"recipients": list(map(str, parcel.recipients))} if several else {}),
            "origin": str(parcel.origin),
            "message_kind": parcel.message_kind,
            "size": parcel.size,
            "sha256": parcel.sha256,
            "since": item.since.isoformat(),
            "leased_until": lease.until.isoformat() if lease else None,
        }


def _key(caller: OrganId, item: Waiting) -> Key:
    return caller.as_decision_20, item.name


def _limit(text: str | None) -> int:
    if text is None:
        return _USUAL
    if not (text.isdecimal() and text.isascii() and 1 <= int(text[:5]) <= _MOST):
        raise _bad_field("limit", f"1 to {_MOST}", text[:40])
    return int(text)


def _wanted(request: Request, size: int, tag: str) -> range | None:
    """The range that is asked for; the whole when it is one of something else (If-Range)."""
    if request.headers.get("if-range", tag) != tag:
        return None
    return byte_range(request.headers.get("range", ""), size)


def _unknown(caller: OrganId) -> Refused:
    return Refused(
        404,
        "mailbox.unknown",
        f"expected a parcel that waits for {caller}, found none under this id",
        advice="Ask for the list again; it was acknowledged, perhaps by another process.",
    )


def _leased() -> Refused:
    return Refused(
        409,
        "mailbox.leased",
        "expected a parcel that nobody else has a lease on, found one",
        advice="Wait until that lease ends, or name yours.",
    )


def _bad_field(name: str, expected: str, found: object) -> Refused:
    return Refused(400, "http.field", f"{name}: expected {expected}, found {found}")
