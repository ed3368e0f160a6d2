"""The control API: what it says to what makes no sense, what it describes, whom it turns away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from stand_in_help import Player

    from docexchange.testing.standin import StandIn


XML = {"Content-Type": "application/xml"}


@pytest.mark.parametrize(
    ("method", "path", "order", "status", "code"),
    [
        ("GET", "/v1/agencies/nobody", None, 404, "stand-in.unknown-agency"),
        ("GET", "/v1/agencies/nobody/letters", None, 404, "stand-in.unknown-agency"),
        ("GET", "/v1/agencies/commune-2/letters", None, 409, "stand-in.yours"),
        ("GET", "/v1/agencies/central/letters/m-none", None, 404, "stand-in.unknown-letter"),
        (
            "GET",
            "/v1/agencies/central/letters/m-none/content",
            None,
            404,
            "stand-in.unknown-letter",
        ),
        ("GET", "/v1/agencies/central/letters/%20", None, 400, "identifier.message-id"),
        ("GET", "/v1/agencies/central/letters/m?wait_seconds=61", None, 422, "stand-in.request"),
        ("GET", "/v1/agencies/central/letters/m?until=soon", None, 422, "stand-in.request"),
        ("GET", "/v1/nothing", None, 404, "http.404"),
        ("DELETE", "/v1/links", None, 405, "http.405"),
        ("PUT", "/v1/links/commune/central", {"state": "down"}, 404, "stand-in.unknown-link"),
        ("PUT", "/v1/links/district/commune-2", {"state": "up"}, 404, "stand-in.unknown-link"),
        ("PUT", "/v1/links/commune/district", {"state": "sad"}, 422, "stand-in.request"),
        ("PUT", "/v1/links/commune/district", {"state": "slow"}, 400, "stand-in.link"),
        ("PUT", "/v1/links/commune/district", {"stat": "up"}, 422, "stand-in.request"),
        ("PUT", "/v1/links/commune/district", [], 422, "stand-in.request"),
        ("PUT", "/v1/agencies/commune-2/state", {"state": "down"}, 409, "stand-in.yours"),
        ("PUT", "/v1/services/pdf", {"state": "down"}, 422, "stand-in.request"),
        ("POST", "/v1/agencies/commune/certificates/boss", {"action": "roll"}, 422, None),
        ("POST", "/v1/agencies/commune/certificates/agency", {"action": "eat"}, 422, None),
        ("POST", "/v1/letters", {"from": "commune-2", "to": ["central"]}, 409, "stand-in.yours"),
        ("POST", "/v1/letters", {"from": "commune", "to": []}, 422, "stand-in.request"),
        ("POST", "/v1/letters", {"from": "commune", "to": ["x"]}, 404, "stand-in.unknown-agency"),
        (
            "POST",
            "/v1/letters",
            {"from": "commune", "to": ["central"], "attachment_bytes": 0},
            400,
            "stand-in.sample",
        ),
        (
            "POST",
            "/v1/samples",
            {"from": "commune", "to": ["central"], "flaw": "ugly"},
            422,
            "stand-in.request",
        ),
        (
            "POST",
            "/v1/samples",
            {"from": "commune", "to": ["central"], "subject": "\u0000"},
            400,
            None,
        ),
    ],
)
def test_what_makes_no_sense_is_a_problem_with_a_code(
    asker: Player, method: str, path: str, order: object, status: int, code: str | None
) -> None:
    """Never a traceback, never silence: a status, a stable code, what was expected and found."""
    problem = asker.ask(method, path, order, status)
    assert problem["status"] == status
    assert code in (None, problem["code"])
    assert "expected" in problem["detail"]


@pytest.mark.parametrize(
    ("octets", "status"),
    [(b"", 422), (b"<a/>", 422), (b"\xff" * 100, 422), (b"x" * 70_000_000, 413)],
    ids=["nothing", "no envelope", "no text", "too large"],
)
def test_what_is_no_envelope_is_not_sent(asker: Player, octets: bytes, status: int) -> None:
    """The outbox says so, whatever it is given."""
    answer = asker.api.post("/v1/agencies/commune/outbox", content=octets, headers=XML)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_envelope_of_ones_own_goes_out(player: Player) -> None:
    """Signed by its sender; another agency's node does not take it, and one that was changed."""
    order = {"from": "commune", "to": ["district"]}
    octets = player.api.post("/v1/samples", json=order).content
    sent = player.api.post("/v1/agencies/commune/outbox", content=octets, headers=XML)
    assert sent.status_code == 201
    player.arrived("district", sent.json()["id"])
    wrong = player.api.post("/v1/agencies/province/outbox", content=octets, headers=XML)
    assert wrong.status_code == 400
    forged = player.api.post("/v1/samples", json={**order, "flaw": "tampered"}).content
    refused = player.api.post("/v1/agencies/commune/outbox", content=forged, headers=XML)
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Origin": "http://evil.example"}, "stand-in.origin"),
        ({"Host": "evil.example"}, "stand-in.host-header"),
        ({"Host": "127.0.0.1.evil.example:80"}, "stand-in.host-header"),
    ],
)
def test_web_pages_cannot_use_it(asker: Player, headers: dict[str, str], code: str) -> None:
    """A page in a browser on this machine names itself, or another host after a DNS trick."""
    answer = asker.api.post("/v1/reset", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, code)


def test_an_order_of_many_octets_is_not_read(asker: Player) -> None:
    """413, with its length told or not."""

    def pieces() -> Any:
        for _ in range(100):
            yield b" " * 1000

    for content in (b" " * 100_000, pieces()):
        answer = asker.api.post("/v1/letters", content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "stand-in.too-large")


def test_every_call_is_described(asker: Player) -> None:
    """OpenAPI 3.1 with a summary for each call, the bodies, and the form of problems."""
    document = asker.ask("GET", "/v1/openapi.json")
    assert document["openapi"].startswith("3.1")
    calls = [call for path in document["paths"].values() for call in path.values()]
    assert len(calls) >= 15
    assert all(call["summary"] and "4XX" in call["responses"] for call in calls)
    slow = document["components"]["schemas"]["LinkOrder"]["properties"]
    assert {"state", "after_bytes", "bits_per_second", "latency_seconds"} == slow.keys()


def test_it_lives(asker: Player) -> None:
    """Health needs nothing."""
    assert asker.ask("GET", "/v1/health") == {"status": "alive"}


def test_agencies_are_known_by_folder_and_by_code(asker: Player, running: StandIn) -> None:
    """Both give the same."""
    code = str(running.agency("central").organ_id)
    assert asker.ask("GET", f"/v1/agencies/{code}") == asker.ask("GET", "/v1/agencies/central")
    assert len(asker.ask("GET", "/v1/agencies")) == 5
