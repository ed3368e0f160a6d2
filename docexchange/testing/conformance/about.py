"""Cases about the node itself, and about how it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.testing.conformance.bench import PROBLEM, hold, status_is, told
from docexchange.testing.conformance.case import Case, Level

if TYPE_CHECKING:
    from docexchange.testing.conformance.bench import Bench

__all__ = ["CASES"]

_CALLS: Final = {
    "/v1/messages": "post",
    "/v1/receipts": "post",
    "/v1/uploads": "post",
    "/v1/mailbox": "get",
    "/v1/health": "get",
    "/v1/ready": "get",
}


def _health(bench: Bench) -> None:
    status_is(bench.line.ask("GET", "/v1/health", who=None), 200)


def _ready(bench: Bench) -> None:
    answer = bench.line.ask("GET", "/v1/ready", who=None)
    status_is(answer, 200, 503)
    said = answer.json()
    good = isinstance(said, dict) and isinstance(said.get("reasons"), list)
    hold(good and said.get("ready") is (answer.status == 200), '"ready" and "reasons"', said)  # noqa: PLR2004


def _openapi(bench: Bench) -> None:
    answer = bench.line.ask("GET", "/v1/openapi.json", who=None)
    status_is(answer, 200)
    said = answer.json()
    version = said.get("openapi") if isinstance(said, dict) else None
    hold(str(version).startswith("3.1"), "OpenAPI 3.1", f"openapi {version}")
    paths = said.get("paths")
    for path, method in _CALLS.items():
        there = isinstance(paths, dict) and method in _keys(paths.get(path))
        hold(there, f"{method.upper()} {path} in it", "none")


def _keys(value: object) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _problem(bench: Bench) -> None:
    answer = bench.ask("GET", "/v1/mailbox", fields={"Docexchange-From": "../.."})
    status_is(answer, 400)
    hold(answer.media_type == PROBLEM, PROBLEM, f"{told(answer)} {answer.media_type}")
    said = answer.json()
    hold(isinstance(said, dict), "a JSON object", answer.body[:80])
    for name in ("code", "title", "detail"):
        hold(isinstance(said.get(name), str) and said[name], f"{name!r} as text", said.get(name))
    hold(said.get("status", answer.status) == answer.status, "its status", said.get("status"))


def _unknown(bench: Bench) -> None:
    answer = bench.ask("GET", "/v1/there-is-no-such-thing")
    status_is(answer, 404)
    hold(answer.media_type == PROBLEM, PROBLEM, answer.media_type)


CASES: Final = (
    Case(
        id="about.health",
        title="GET /v1/health says 200 to anybody while the process answers.",
        title_vi="GET /v1/health trả lời 200 cho bất kỳ ai khi tiến trình còn chạy.",
        clause="About the node",
        check=_health,
    ),
    Case(
        id="about.ready",
        title="GET /v1/ready says to anybody whether letters are taken, and if not, why.",
        title_vi="GET /v1/ready cho bất kỳ ai biết có nhận văn bản không, và nếu không thì vì sao.",
        clause="About the node",
        check=_ready,
    ),
    Case(
        id="about.openapi",
        title="GET /v1/openapi.json describes the calls in OpenAPI 3.1.",
        title_vi="GET /v1/openapi.json mô tả các lời gọi theo OpenAPI 3.1.",
        clause="About the node",
        check=_openapi,
    ),
    Case(
        id="about.problem",
        title="A refusal of a request is problem+json with code, title and detail.",
        title_vi="Lời từ chối yêu cầu là problem+json có code, title và detail.",
        clause="What is refused",
        check=_problem,
    ),
    Case(
        id="about.unknown-path",
        title="A path that does not exist is 404, as a problem.",
        title_vi="Đường dẫn không tồn tại được trả lời 404, dạng problem.",
        clause="What is refused",
        check=_unknown,
        level=Level.SHOULD,
    ),
)
"""In the order in which they run."""
