"""Somebody who tests a system against a stand-in network: a client with its fifth certificate."""

from __future__ import annotations

import ssl
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import httpx
from web_help import push_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docexchange.testing.standin import StandIn


class Player:
    """Somebody who tests a system, with nothing but what the summary and the control API tell."""

    def __init__(self, control: str) -> None:
        self.api = httpx.Client(base_url=control, timeout=60)
        self.you: Mapping[str, Any] = {}
        self.root = ""
        self.look()

    @classmethod
    def of(cls, network: StandIn) -> Player:
        """Somebody who tests against a network of this process."""
        return cls(network.control)

    def look(self) -> dict[str, Any]:
        """Read the summary."""
        summary: dict[str, Any] = self.api.get("/v1/network").raise_for_status().json()
        self.you, self.root = summary["you"], summary["trust"]["root"]
        return summary

    def ask(self, method: str, path: str, order: object = None, status: int = 200) -> Any:
        """Make a call that must end with this status."""
        answer = self.api.request(method, path, json=order)
        assert answer.status_code == status, answer.text
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"title", "status", "code", "detail"} <= answer.json().keys()
        return answer.json()

    def sample(self, to: str = "central", **more: object) -> tuple[str, bytes]:
        """A letter of the tested system's own agency, with its id."""
        order = {"from": self.you["name"], "to": [to], **more}
        answer = self.api.post("/v1/samples", json=order).raise_for_status()
        return answer.headers["docexchange-message-id"], answer.content

    def neighbour(self) -> httpx.Client:
        """The line to the superior's node, with the certificate as its file is now."""
        context = ssl.create_default_context(cafile=self.root)
        context.load_cert_chain(self.you["certificate"], self.you["key"])
        [url] = self.you["send_to"].values()
        return httpx.Client(verify=context, base_url=url, timeout=30)

    def bring(self, letter: bytes) -> httpx.Response:
        """Bring a letter to the superior's node."""
        with self.neighbour() as line:
            return line.post("v1/messages", content=letter, headers=push_headers(letter))

    def arrived(self, name: str, message_id: str, until: str = "settled") -> dict[str, Any]:
        """What a node has of a letter once nothing more happens to it."""
        path = f"/v1/agencies/{name}/letters/{message_id}?wait_seconds=30&until={until}"
        found: dict[str, Any] = self.ask("GET", path)
        assert until != "settled" or found["settled"], found
        return found

    def until(
        self, name: str, message_id: str, is_so: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """What a node has of a letter once something is so; looked at whenever it has news."""
        path = f"/v1/agencies/{name}/letters/{message_id}?wait_seconds=0.2&until=99"
        for _ in range(150):
            found: dict[str, Any] = self.ask("GET", path)
            if is_so(found):
                return found
        raise AssertionError(found)

    def digest_of(self, name: str, message_id: str) -> str:
        """SHA-256 of a letter as a node gives it out."""
        answer = self.api.get(f"/v1/agencies/{name}/letters/{message_id}/content")
        return sha256(answer.raise_for_status().content).hexdigest()
