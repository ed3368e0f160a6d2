"""Cases about letters that must not be accepted, and about what is said of them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from docexchange.testing.conformance.bench import content_digest, hold, status_is, told
from docexchange.testing.conformance.case import Case, NotApplicable

if TYPE_CHECKING:
    from docexchange.testing.conformance.bench import Bench

__all__ = ["CASES"]

_BRING: Final = "`POST /v1/messages`: bring a letter"
_WHOLE: Final = "What is whole"
_HUGE: Final = 10**15
_NOBODY: Final = "000.99.99.Z99"


def _malformed(bench: Bench) -> None:
    bench.refusal(bench.push(b"<?xml version='1.0'?><letter>"))


def _refusal_signed(bench: Bench) -> None:
    data = b"<?xml version='1.0'?><letter>"
    answer = bench.push(data)
    if answer.status != 422 or answer.media_type != "application/xml":  # noqa: PLR2004
        raise NotApplicable("refuse.malformed has to pass first")
    bench.judge(answer)
    found, digest = bench.receipt(answer).sha256, sha256(data).hexdigest()
    hold(found == digest, f"Sha256 {digest}", found)


def _unsigned(bench: Bench) -> None:
    bench.refusal(bench.push(bench.unsigned()))


def _forged(bench: Bench) -> None:
    data = bench.letter()
    bench.refusal(bench.push(data.replace("Kiểm tra".encode(), "Giả mạo!".encode(), 1)))


def _stranger(bench: Bench) -> None:
    bench.refusal(bench.push(bench.letter(key=bench.stranger)))


def _not_for(bench: Bench) -> None:
    answer = bench.push(bench.letter(), query=f"?recipient={_NOBODY}")
    status_is(answer, 400, 422)


def _bad_recipient(bench: Bench) -> None:
    status_is(bench.push(bench.letter(), query="?recipient=../../etc"), 400)


def _digest_missing(bench: Bench) -> None:
    status_is(bench.push(bench.letter(), Content_Digest=""), 400)


def _digest_wrong(bench: Bench) -> None:
    data = bench.letter()
    status_is(bench.push(data, Content_Digest=content_digest(data + b"x")), 400)


def _digest_malformed(bench: Bench) -> None:
    status_is(bench.push(bench.letter(), Content_Digest="sha-256=:AAAA:"), 400)


def _media_type(bench: Bench) -> None:
    status_is(bench.push(bench.letter(), Content_Type="text/plain"), 415)


def _too_large(bench: Bench) -> None:
    fields = {
        "Content-Type": "application/xml",
        "Content-Digest": content_digest(b""),
        "Content-Length": str(_HUGE),
        "Expect": "100-continue",
    }
    with bench.line.connected(bench.profile.key) as connection:
        connection.write(bench.line.head("POST", "/v1/messages", fields))
        answer = connection.answer("POST")
    hold(answer.status == 413, "HTTP 413 before the body", told(answer))  # noqa: PLR2004


def _receipt_of_nothing(bench: Bench) -> None:
    data = b"<Receipt/>"
    fields = {"Content-Type": "application/xml", "Content-Digest": content_digest(data)}
    status_is(bench.ask("POST", "/v1/receipts", body=data, fields=fields), 422)


CASES: Final = (
    Case(
        id="refuse.malformed",
        title="What is no letter gets a refusal: 422 and a receipt that says not accepted.",
        title_vi="Thứ không phải văn bản bị từ chối: 422 kèm biên nhận ghi không chấp nhận.",
        clause=_BRING,
        check=_malformed,
    ),
    Case(
        id="refuse.refusal-signed",
        title="A refusal is signed, and over exactly the bytes that were brought.",
        title_vi="Lời từ chối được ký, và đúng với từng byte đã gửi.",
        clause="What is refused",
        check=_refusal_signed,
    ),
    Case(
        id="refuse.unsigned",
        title="A letter without a signature is refused.",
        title_vi="Văn bản không có chữ ký số bị từ chối.",
        clause=_BRING,
        check=_unsigned,
    ),
    Case(
        id="refuse.forged",
        title="A letter that was changed after it was signed is refused.",
        title_vi="Văn bản bị sửa sau khi ký bị từ chối.",
        clause=_BRING,
        check=_forged,
    ),
    Case(
        id="refuse.stranger",
        title="A letter signed by a stranger in our name is refused.",
        title_vi="Văn bản do người lạ ký thay tên bị từ chối.",
        clause=_BRING,
        check=_stranger,
    ),
    Case(
        id="refuse.not-for",
        title="A letter that is not for the recipient named is not taken for it.",
        title_vi="Văn bản không gửi cho nơi nhận được nêu thì không được nhận.",
        clause=_BRING,
        check=_not_for,
    ),
    Case(
        id="refuse.bad-recipient",
        title="A recipient that is no code is 400.",
        title_vi="Mã nơi nhận sai quy cách được trả lời 400.",
        clause=_BRING,
        check=_bad_recipient,
    ),
    Case(
        id="refuse.digest-missing",
        title="A body without Content-Digest is 400.",
        title_vi="Nội dung không có Content-Digest được trả lời 400.",
        clause=_WHOLE,
        check=_digest_missing,
    ),
    Case(
        id="refuse.digest-wrong",
        title="A body that does not match its Content-Digest is 400.",
        title_vi="Nội dung không khớp Content-Digest được trả lời 400.",
        clause=_WHOLE,
        check=_digest_wrong,
    ),
    Case(
        id="refuse.digest-malformed",
        title="A Content-Digest that is none is 400.",
        title_vi="Content-Digest sai quy cách được trả lời 400.",
        clause=_WHOLE,
        check=_digest_malformed,
    ),
    Case(
        id="refuse.media-type",
        title="A body that is not called XML is 415.",
        title_vi="Nội dung không khai là XML được trả lời 415.",
        clause=_BRING,
        check=_media_type,
    ),
    Case(
        id="refuse.too-large",
        title="A body beyond the limit is 413, as soon as that is known.",
        title_vi="Nội dung vượt giới hạn được trả lời 413 ngay khi biết.",
        clause="Bounds",
        check=_too_large,
    ),
    Case(
        id="refuse.receipt-of-nothing",
        title="What is no valid receipt is not written down: 422.",
        title_vi="Thứ không phải biên nhận hợp lệ không được ghi nhận: 422.",
        clause="`POST /v1/receipts`: bring a receipt",
        check=_receipt_of_nothing,
    ),
)
"""In the order in which they run."""
