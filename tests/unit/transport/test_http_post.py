"""A question over HTTP: an answer, or a reason why there is none."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from docexchange.errors import TransportError
from docexchange.transport import HttpPoster

if TYPE_CHECKING:
    from collections.abc import Iterator


class Answering(BaseHTTPRequestHandler):
    """Does what the path says."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = {"/echo": 200, "/long": 200, "/elsewhere": 302}.get(self.path, 500)
        answer = (
            body * 1000 if self.path == "/long" else body + self.headers["Content-Type"].encode()
        )
        self.send_response(status)
        self.send_header("Location", "/echo")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_answer_is_what_came() -> None:
    """Body and type go there, the body comes back."""
    with serving() as url:
        assert HttpPoster().post(f"{url}/echo", b"body", "text/x") == b"bodytext/x"


@pytest.mark.parametrize(
    ("path", "words"), [("/elsewhere", "302"), ("/broken", "500"), ("/long", "longer one")]
)
def test_everything_else_is_told(path: str, words: str) -> None:
    """A redirection is not followed: the operator named where questions may go."""
    with serving() as url, pytest.raises(TransportError, match=words) as caught:
        HttpPoster(max_bytes=1000).post(f"{url}{path}", b"body", "text/x")
    assert url in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://[broken", "http://"])
def test_nobody_there(url: str) -> None:
    """A closed door, or an address that is none."""
    with pytest.raises(TransportError):
        HttpPoster(timeout_seconds=2).post(url, b"", "text/x")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/", "x"])
def test_only_the_web_is_asked(url: str) -> None:
    """No files, no other protocols; trying again will not help."""
    with pytest.raises(TransportError) as caught:
        HttpPoster().post(url, b"", "text/x")
    assert not caught.value.retryable
