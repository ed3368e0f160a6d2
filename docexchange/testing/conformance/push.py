"""Cases about letters that are brought and accepted, and about their receipts."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from docexchange.testing.conformance.bench import content_digest, hold, status_is
from docexchange.testing.conformance.case import Case

if TYPE_CHECKING:
    from docexchange.testing.conformance.bench import Bench

__all__ = ["CASES"]

_BRING: Final = "`POST /v1/messages`: bring a letter"
_EVIDENCE: Final = "`GET /v1/messages/{message_id}/receipts`: see the evidence again"


def _accepts(bench: Bench) -> None:
    _, answer = bench.brought
    status_is(answer, 200)
    hold(answer.media_type == "application/xml", "application/xml", answer.media_type)
    hold(bench.receipt(answer).accepted, "Accepted true", "Accepted false")


def _signed(bench: Bench) -> None:
    _, answer = bench.accepted
    bench.judge(answer)


def _exact_bytes(bench: Bench) -> None:
    data, answer = bench.accepted
    found, digest = bench.receipt(answer), sha256(data).hexdigest()
    hold(found.sha256 == digest, f"Sha256 {digest}", found.sha256)
    hold(found.size == len(data), f"Size {len(data)}", found.size)


def _names(bench: Bench) -> None:
    data, answer = bench.accepted
    found, profile = bench.receipt(answer), bench.profile
    hold(str(found.message_id).encode() in data, "the id of the letter", found.message_id)
    for name, code, wanted in (
        ("From", found.from_node, profile.agency),
        ("Issuer", found.issuer, profile.recipient),
        ("Recipient", found.recipient, profile.recipient),
    ):
        hold(code.as_decision_20 == wanted.as_decision_20, f"{name} {wanted}", code)


def _digest(bench: Bench) -> None:
    _, answer = bench.accepted
    wanted = content_digest(answer.body)
    hold(wanted in answer.field("Content-Digest"), wanted, answer.field("Content-Digest") or "none")


def _same(bench: Bench) -> None:
    data, answer = bench.accepted
    again = bench.push(data)
    status_is(again, 200)
    hold(again.body == answer.body, "the same receipt, byte for byte", "another")


def _conflict(bench: Bench) -> None:
    data, answer = bench.accepted
    found = bench.receipt(answer)
    other = bench.letter(message_id=str(found.message_id), octets=b"other octets")
    said = bench.push(other)
    refusal = bench.refusal(said)
    digest = sha256(other).hexdigest()
    hold(refusal.sha256 in (digest, sha256(data).hexdigest()), f"Sha256 {digest}", refusal.sha256)


def _recipient(bench: Bench) -> None:
    answer = bench.push(bench.letter(), query=f"?recipient={bench.profile.recipient}")
    status_is(answer, 200)
    hold(bench.receipt(answer).accepted, "Accepted true", "Accepted false")


def _evidence(bench: Bench) -> None:
    _, answer = bench.accepted
    message_id = bench.receipt(answer).message_id
    shown = bench.ask("GET", f"/v1/messages/{message_id}/receipts")
    status_is(shown, 200)
    said = shown.json()
    items = said.get("receipts") if isinstance(said, dict) else None
    listed = items if isinstance(items, list) else []
    texts = [item.get("xml") for item in listed if isinstance(item, dict)]
    receipt = answer.body.decode(errors="replace")
    hold(receipt in texts, "the receipt that was given", f"{len(texts)} others")


def _chunked(bench: Bench) -> None:
    data = bench.letter()
    half = len(data) // 2
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (data[:half], data[half:]))
    fields = {
        "Content-Type": "application/xml",
        "Content-Digest": content_digest(data),
        "Transfer-Encoding": "chunked",
        "Connection": "close",
    }
    with bench.line.connected(bench.profile.key) as connection:
        connection.write(bench.line.head("POST", "/v1/messages", fields) + pieces + b"0\r\n\r\n")
        answer = connection.answer("POST")
    status_is(answer, 200)
    bench.receipt(answer)


CASES: Final = (
    Case(
        id="push.accepts",
        title="A good letter is accepted: 200 and a receipt.",
        title_vi="Văn bản hợp lệ được nhận: 200 kèm biên nhận.",
        clause=_BRING,
        check=_accepts,
    ),
    Case(
        id="push.receipt-signed",
        title="The receipt is signed by its issuer, with a certificate that is good now.",
        title_vi="Biên nhận được nơi cấp ký, bằng chứng thư số còn hiệu lực.",
        clause=_BRING,
        check=_signed,
    ),
    Case(
        id="push.receipt-exact-bytes",
        title="The receipt is over exactly the bytes that were brought.",
        title_vi="Biên nhận đúng với từng byte đã gửi.",
        clause=_BRING,
        check=_exact_bytes,
    ),
    Case(
        id="push.receipt-names",
        title="The receipt names the letter, who brought it, who took it, and whom it is for.",
        title_vi="Biên nhận ghi đúng văn bản, bên gửi, bên nhận và nơi nhận.",
        clause=_BRING,
        check=_names,
    ),
    Case(
        id="push.receipt-digest",
        title="The answer carries the Content-Digest of the receipt.",
        title_vi="Câu trả lời có Content-Digest của biên nhận.",
        clause="What is whole",
        check=_digest,
    ),
    Case(
        id="push.same-receipt",
        title="Bringing the same bytes again gives the same receipt, byte for byte.",
        title_vi="Gửi lại đúng các byte đó thì nhận lại đúng biên nhận đó.",
        clause=_BRING,
        check=_same,
    ),
    Case(
        id="push.conflict",
        title="Other bytes under an id that was accepted are refused.",
        title_vi="Nội dung khác dưới mã đã nhận bị từ chối.",
        clause=_BRING,
        check=_conflict,
    ),
    Case(
        id="push.recipient-named",
        title="A letter for one recipient may name it: ?recipient=CODE.",
        title_vi="Văn bản có một nơi nhận được phép nêu tên: ?recipient=MÃ.",
        clause=_BRING,
        check=_recipient,
    ),
    Case(
        id="push.chunked",
        title="A body of no declared length is taken.",
        title_vi="Nội dung không báo trước độ dài vẫn được nhận.",
        clause=_BRING,
        check=_chunked,
    ),
    Case(
        id="push.evidence",
        title="Receipts that were given can be seen again.",
        title_vi="Xem lại được các biên nhận đã cấp.",
        clause=_EVIDENCE,
        check=_evidence,
    ),
)
"""In the order in which they run."""
