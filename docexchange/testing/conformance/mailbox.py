"""Cases about the pull mailbox; most need something that waits for us there.

Only `mailbox.acknowledge` takes anything out, and only where the run is told that it may.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import MessageId, OrganId
from docexchange.testing.conformance.bench import content_digest, hold, status_is, told
from docexchange.testing.conformance.case import Case, NotApplicable, Violation

if TYPE_CHECKING:
    from docexchange.testing.conformance.bench import Bench
    from docexchange.testing.conformance.line import Answer

__all__ = ["CASES"]

_CLAUSE: Final = "Pull: the mailbox"
_JSON: Final = {"Content-Type": "application/json"}
_NONE: Final = "0" * 32
_TEXTS: Final = ("id", "kind", "message_id", "recipient", "origin", "sha256", "since")
_LEASE: Final = b'{"seconds": 60}'


def _listed(bench: Bench) -> list[dict[str, Any]]:
    answer = bench.ask("GET", "/v1/mailbox")
    status_is(answer, 200)
    said = answer.json()
    parcels = said.get("parcels") if isinstance(said, dict) else None
    hold(isinstance(parcels, list), '"parcels" as a list', told(answer))
    for item in parcels or []:
        _check_note(item)
    return parcels or []


def _check_note(item: object) -> None:
    """Hold a parcel of the list to what the others build on."""
    note = item if isinstance(item, dict) else {}
    for name in _TEXTS:
        value = note.get(name)
        hold(isinstance(value, str) and value, f"{name!r} as text", str(value)[:80])
    hold(re.fullmatch(r"[A-Za-z0-9]{1,128}", note["id"]), "an id in ASCII", note["id"][:80])
    size = note.get("size")
    hold(isinstance(size, int) and size >= 0, '"size" as a number', str(size)[:80])
    try:
        MessageId(note["message_id"])
        OrganId(note["recipient"])
    except InvalidIdentifier as error:
        raise Violation("an id and a code of edXML", error) from error


def _letter(bench: Bench) -> dict[str, Any]:
    """A letter that waits and that nobody has a lease on; the same in all of a run."""
    if "letter" not in bench.memo:
        bench.memo["letter"] = _free(bench)
    found: dict[str, Any] = bench.memo["letter"]
    return found


def _free(bench: Bench) -> dict[str, Any]:
    try:
        listed = _listed(bench)
    except Violation as error:
        raise NotApplicable("mailbox.list has to pass first") from error
    free = (item for item in listed if item["kind"] == "message" and not item.get("leased_until"))
    if found := next(free, None):
        return found
    raise NotApplicable("needs a letter that waits in our mailbox")


def _place(parcel: dict[str, Any]) -> str:
    return f"/v1/mailbox/{parcel['id']}"


def _lease(bench: Bench, parcel: dict[str, Any], body: bytes = _LEASE) -> Answer:
    return bench.ask("POST", f"{_place(parcel)}/lease", body=body, fields=_JSON)


def _leases(bench: Bench) -> None:
    answer = _lease(bench, _letter(bench))
    status_is(answer, 200)
    said = answer.json()
    lease = said.get("lease") if isinstance(said, dict) else None
    hold(isinstance(lease, str) and lease.isprintable() and lease, '"lease" as text', lease)
    bench.memo["lease"] = lease


def _held(bench: Bench) -> str:
    """Our lease on the letter, for all of a run."""
    try:
        if "lease" not in bench.memo:
            _leases(bench)
    except Violation as error:
        raise NotApplicable("mailbox.lease has to pass first") from error
    return str(bench.memo["lease"])


def _list(bench: Bench) -> None:
    _listed(bench)


def _limit(bench: Bench) -> None:
    status_is(bench.ask("GET", "/v1/mailbox?limit=0"), 400)


def _unknown(bench: Bench) -> None:
    status_is(bench.ask("GET", f"/v1/mailbox/{_NONE}/content"), 404)


def _content(bench: Bench) -> None:
    parcel = _letter(bench)
    answer = bench.ask("GET", f"{_place(parcel)}/content")
    status_is(answer, 200)
    found = sha256(answer.body).hexdigest()
    hold(found == parcel["sha256"], f"bytes of SHA-256 {parcel['sha256']}", found)
    wanted = content_digest(answer.body)
    digest = answer.field("Repr-Digest")
    hold(wanted in digest, f"Repr-Digest {wanted}", digest or "none")


def _range(bench: Bench) -> None:
    parcel = _letter(bench)
    place, size = f"{_place(parcel)}/content", int(parcel["size"])
    whole = bench.ask("GET", place).body
    part = bench.ask("GET", place, fields={"Range": "bytes=10-19"})
    status_is(part, 206)
    hold(part.body == whole[10:20], "bytes 10 to 19", f"{len(part.body)} other bytes")
    status_is(bench.ask("GET", place, fields={"Range": f"bytes={size}-"}), 416)


def _once(bench: Bench) -> None:
    _held(bench)
    status_is(_lease(bench, _letter(bench)), 409)


def _prolonged(bench: Bench) -> None:
    lease = _held(bench)
    wanted = json.dumps({"seconds": 60, "lease": lease}).encode()
    answer = _lease(bench, _letter(bench), wanted)
    status_is(answer, 200)
    again = answer.json()
    hold(isinstance(again, dict) and again.get("lease") == lease, "the same lease", again)


def _wrong_receipt(bench: Bench) -> None:
    parcel, lease = _letter(bench), _held(bench)
    receipt = bench.own_receipt(parcel, b"other bytes")
    status_is(_acknowledged(bench, parcel, receipt, lease), 422)
    still = [item["id"] for item in _listed(bench)]
    hold(parcel["id"] in still, "a parcel that still waits", "none")


def _acknowledged(bench: Bench, parcel: dict[str, Any], receipt: bytes, lease: str) -> Answer:
    fields = {
        "Content-Type": "application/xml",
        "Content-Digest": content_digest(receipt),
        "Docexchange-Lease": lease,
    }
    path = f"{_place(parcel)}/acknowledgement"
    return bench.ask("POST", path, body=receipt, fields=fields)


def _acknowledge(bench: Bench) -> None:
    if not bench.profile.use_mailbox:
        raise NotApplicable("takes a letter out for good: needs --use-mailbox")
    parcel = _letter(bench)
    data = bench.ask("GET", f"{_place(parcel)}/content").body
    if sha256(data).hexdigest() != parcel["sha256"]:
        raise NotApplicable("mailbox.content has to pass first")
    receipt, lease = bench.own_receipt(parcel, data), _held(bench)
    status_is(_acknowledged(bench, parcel, receipt, lease), 204)
    again = _acknowledged(bench, parcel, receipt, lease)
    hold(again.status == 204, "HTTP 204 again", told(again))  # noqa: PLR2004
    hold(parcel["id"] not in [item["id"] for item in _listed(bench)], "it gone", "it listed")


def _belongs(bench: Bench) -> None:
    other, parcel = bench.certificate("other"), _letter(bench)
    answer = bench.ask("GET", f"{_place(parcel)}/content", who=other)
    hold(answer.status == 404, "HTTP 404 to another", told(answer))  # noqa: PLR2004


CASES: Final = (
    Case(
        id="mailbox.list",
        title="GET /v1/mailbox lists what waits, with all that its note says.",
        title_vi="GET /v1/mailbox liệt kê những gì đang chờ, đủ các thông tin.",
        clause=_CLAUSE,
        check=_list,
    ),
    Case(
        id="mailbox.limit",
        title="A limit that makes no sense is 400.",
        title_vi="Giới hạn vô lý được trả lời 400.",
        clause=_CLAUSE,
        check=_limit,
    ),
    Case(
        id="mailbox.unknown",
        title="A parcel that does not exist is 404.",
        title_vi="Kiện không tồn tại được trả lời 404.",
        clause=_CLAUSE,
        check=_unknown,
    ),
    Case(
        id="mailbox.content",
        title="The bytes of a parcel come whole, and with their digest.",
        title_vi="Nội dung kiện được trả đủ, kèm giá trị băm.",
        clause=_CLAUSE,
        check=_content,
    ),
    Case(
        id="mailbox.range",
        title="A part of the bytes can be asked for (206), none beyond their end (416).",
        title_vi="Hỏi được một phần nội dung (206), quá cuối thì 416.",
        clause=_CLAUSE,
        check=_range,
    ),
    Case(
        id="mailbox.lease",
        title="A parcel that waits can be had for a while: 200 and a lease.",
        title_vi="Giữ được kiện đang chờ trong một thời gian: 200 và mã giữ.",
        clause=_CLAUSE,
        check=_leases,
    ),
    Case(
        id="mailbox.lease-once",
        title="A lease keeps others away: 409.",
        title_vi="Kiện đang được giữ thì không cho giữ nữa: 409.",
        clause=_CLAUSE,
        check=_once,
    ),
    Case(
        id="mailbox.lease-prolonged",
        title="Whoever has a lease can prolong it.",
        title_vi="Người đang giữ được gia hạn.",
        clause=_CLAUSE,
        check=_prolonged,
    ),
    Case(
        id="mailbox.belongs",
        title="A mailbox belongs to the agency of the certificate; others get 404.",
        title_vi="Hộp thư thuộc về cơ quan của chứng thư số; nơi khác nhận 404.",
        clause=_CLAUSE,
        check=_belongs,
    ),
    Case(
        id="mailbox.other-receipt",
        title="A receipt over other bytes is 422, and the parcel stays.",
        title_vi="Biên nhận cho nội dung khác được trả lời 422, kiện vẫn còn.",
        clause=_CLAUSE,
        check=_wrong_receipt,
    ),
    Case(
        id="mailbox.acknowledge",
        title="A signed receipt lets the parcel go: 204, and 204 again.",
        title_vi="Có biên nhận đã ký thì kiện được lấy ra: 204, lần nữa cũng 204.",
        clause=_CLAUSE,
        check=_acknowledge,
    ),
)
"""In the order in which they run."""
