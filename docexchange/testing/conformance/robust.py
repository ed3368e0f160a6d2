"""Cases about callers who mean harm, or are very slow: each ends in bounded time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.testing.conformance.bench import content_digest, hold, told
from docexchange.testing.conformance.case import Case, NoAnswer, TooLate, Violation

if TYPE_CHECKING:
    from docexchange.testing.conformance.bench import Bench

__all__ = ["CASES"]

_TUS: Final = {"Tus-Resumable": "1.0.0"}
_ODD: Final[tuple[tuple[str, str, dict[str, str], bytes | None], ...]] = (
    ("GET", "/v1/mailbox?limit=%FF", {}, None),
    ("GET", "/v1/messages/%00%0d%0aX:1/receipts", {}, None),
    ("POST", "/v1/mailbox/x/lease", {}, b"[" * 20_000),
    ("POST", "/v1/mailbox/" + "0" * 32 + "/lease", {}, b'{"seconds": 1e999}'),
    ("POST", "/v1/uploads", {**_TUS, "Upload-Length": "-1"}, b""),
    ("POST", "/v1/uploads", {**_TUS, "Upload-Length": "9" * 400}, b""),
    ("POST", "/v1/uploads", {**_TUS, "Upload-Length": "1", "Upload-Metadata": "a b c"}, b""),
    ("GET", "/v1/mailbox/" + "0" * 32 + "/content", {"Range": "bytes=5-4,," + "1-" * 999}, None),
)
_XML: Final = (b"", b"\xff\xfe<", b"<a>" * 5000, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")


def _no_trouble(bench: Bench) -> None:
    """Whatever is asked, the fault is the caller's (4xx), never the endpoint's (5xx)."""
    for method, path, fields, body in _ODD:
        answer = bench.ask(method, path, fields=fields, body=body)
        hold(answer.status < 500, f"HTTP 4xx to {method} {path[:40]}", told(answer))  # noqa: PLR2004
    for data in _XML:
        answer = bench.push(data)
        hold(answer.status < 500, f"HTTP 4xx to {data[:20]!r}", told(answer))  # noqa: PLR2004
        hold(b"Traceback" not in answer.body, "no inner workings told", "a traceback")


def _cut_off(bench: Bench, start: bytes) -> None:
    """Say something, and then nothing: 408, or the connection ends."""
    patience = bench.profile.patience
    with bench.line.connected(bench.profile.key, seconds=patience) as connection:
        connection.write(start)
        try:
            answer = connection.answer("POST")
        except TooLate as error:
            raise Violation(f"an end within {patience:.0f} s", "none") from error
        except NoAnswer:
            return
    hold(answer.status in (400, 408), "HTTP 408", told(answer))


def _slow_body(bench: Bench) -> None:
    fields = {
        "Content-Type": "application/xml",
        "Content-Digest": content_digest(b""),
        "Content-Length": "100000",
    }
    _cut_off(bench, bench.line.head("POST", "/v1/messages", fields) + b"<")


def _slow_head(bench: Bench) -> None:
    _cut_off(bench, b"POST /v1/messages HTTP/1.1\r\n")


def _two_lengths(bench: Bench) -> None:
    """What two readers could cut into requests in two ways is no request."""
    fields = {"Content-Length": "4", "Transfer-Encoding": "chunked"}
    with bench.line.connected(bench.profile.key) as connection:
        connection.write(bench.line.head("POST", "/v1/messages", fields) + b"0\r\n\r\n")
        try:
            answer = connection.answer("POST")
        except TooLate:
            raise
        except NoAnswer:
            return
    hold(answer.status == 400, "HTTP 400", told(answer))  # noqa: PLR2004


CASES: Final = (
    Case(
        id="robust.bad-input",
        title="No request, however odd, is answered with 5xx or with inner workings.",
        title_vi="Không yêu cầu nào, dù lạ đến đâu, bị trả lời 5xx hay để lộ bên trong.",
        clause="What is refused",
        check=_no_trouble,
    ),
    Case(
        id="robust.two-lengths",
        title="A request with two lengths is refused.",
        title_vi="Yêu cầu khai hai độ dài bị từ chối.",
        clause="Bounds",
        check=_two_lengths,
    ),
    Case(
        id="robust.slow-body",
        title="A body that stops coming is cut off.",
        title_vi="Nội dung ngừng giữa chừng thì bị ngắt.",
        clause="Bounds",
        check=_slow_body,
    ),
    Case(
        id="robust.slow-head",
        title="A request that does not get beyond its head is cut off.",
        title_vi="Yêu cầu không gửi hết phần đầu thì bị ngắt.",
        clause="Bounds",
        check=_slow_head,
    ),
)
"""In the order in which they run."""
