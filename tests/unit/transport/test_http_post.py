"""A question over HTTP: an answer, or a reason why there is none."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from dripping_help import BODY, GREETING, HEAD, MOST, Dripping
from web_help import pem_files

from docexchange.clock import SystemClock, VirtualClock
from docexchange.errors import TransportError
from docexchange.testing import DemoPki, Loopback, Page, server_credential
from docexchange.transport import HttpPoster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


class Hasty(VirtualClock):
    """A clock by which every look takes a second."""

    def now(self) -> datetime:
        """Later than before."""
        return self.advance(timedelta(seconds=1))


def hasty() -> HttpPoster:
    """A poster that has looked at the clock often enough after a few waits."""
    return HttpPoster(timeout_seconds=12, clock=Hasty(datetime(2026, 3, 2, tzinfo=UTC)))


def held(server: Dripping, poster: HttpPoster) -> str:
    """What is said when a dripping server is left."""
    with server, pytest.raises(TransportError) as caught:
        poster.post(server.url, b"body", "text/x")
    assert server.octets < MOST
    assert caught.value.retryable
    return str(caught.value)


@pytest.mark.parametrize("first", [HEAD, BODY])
def test_an_answer_that_drips_holds_nobody(first: bytes) -> None:
    """Each octet comes soon after the one before; the answer as a whole has its end."""
    assert "expected an answer in 12 s, found none" in held(Dripping(first), hasty())


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server that the authorities of the environment vouch for."""
    pki = DemoPki.create(at=SystemClock().now())
    certificate, key = pem_files(server_credential(pki), tmp_path, "server")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    root = tmp_path / "root.pem"
    root.write_bytes(pki.root.credential.certificate_pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(root))
    return context


@pytest.mark.parametrize("first", [HEAD, BODY])
def test_nor_over_tls(first: bytes, tls: ssl.SSLContext) -> None:
    """Whatever lies between the octets and us."""
    assert "in 12 s" in held(Dripping(first, tls=tls), hasty())


def test_nor_before_tls_has_begun() -> None:
    """The first word of the server drips as well."""
    assert "in 0.2 s" in held(Dripping(GREETING), HttpPoster(timeout_seconds=0.2))


def test_a_server_that_nobody_vouches_for_is_left(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keeping time has not made TLS believe anybody."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with Dripping(HEAD, tls=tls) as server, pytest.raises(TransportError, match="certificate"):
        HttpPoster().post(server.url, b"", "text/x")
    assert server.octets == 0


def test_the_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office whose only way out is its proxy gets its timestamps through it."""
    with Loopback() as proxy:
        proxy.pages["http://tsa.invalid/"] = Page(b"token")
        monkeypatch.setenv("http_proxy", proxy.url("/"))
        assert HttpPoster().post("http://tsa.invalid/", b"", "text/x") == b"token"


def test_a_proxy_that_drips_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the clear, and before it has connected us to a server with TLS."""
    for scheme in ("http", "https"):
        server = Dripping(HEAD)
        monkeypatch.setenv(f"{scheme}_proxy", server.url)
        with server, pytest.raises(TransportError, match="in 12 s"):
            hasty().post(f"{scheme}://tsa.invalid/", b"", "text/x")
        assert server.octets < MOST
