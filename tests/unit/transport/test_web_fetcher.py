"""What is fetched over HTTP, and what is not: a real server on this machine, and its limits."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from dripping_help import BODY, GREETING, HEAD, MOST, Dripping
from hypothesis import given
from hypothesis import strategies as st

from docexchange.clock import SystemClock, VirtualClock
from docexchange.errors import ConfigurationError, TransportError
from docexchange.limits import FetchLimits
from docexchange.testing import Authority, Loopback, Page, Validity, subject_name
from docexchange.transport import WebFetcher
from docexchange.transport._reaching import first_open

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMITS = FetchLimits(octets=1000, seconds=20, redirects=2)
HERE = ("127.0.0.0/8", "::1/128")


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A server with one page."""
    with Loopback() as running:
        running.pages["/list"] = Page(b"octets")
        yield running


def fetch(url: str, *, allowed: tuple[str, ...] = HERE, clock: Any = None, **options: Any) -> bytes:
    """What comes from an address."""
    fetcher = WebFetcher(clock=clock or SystemClock(), allowed=allowed)
    return fetcher.fetch(url, **{"body": None, "accept": "a/b", "limits": LIMITS} | options)


def refused(code: str, url: str, **options: Any) -> TransportError:
    """The error, after asserting its code."""
    with pytest.raises(TransportError) as caught:
        fetch(url, **options)
    assert caught.value.code == code, str(caught.value)
    return caught.value


def test_what_stands_at_an_address_is_fetched(server: Loopback) -> None:
    """By GET; by POST what the server makes of what was posted."""
    assert fetch(server.url("/list")) == b"octets"
    server.pages["/ask"] = Page(lambda posted: posted[::-1])
    assert fetch(server.url("/ask"), body=b"abc") == b"cba"
    assert server.asked == ["GET /list", "POST /ask"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0.0.0.0", "[::1]"])
def test_nothing_is_asked_of_this_machine_unless_allowed(server: Loopback, host: str) -> None:
    """By whatever name; the request is never made."""
    error = refused("fetch.address", server.url("/list", host=host), allowed=())
    assert not error.retryable
    assert server.asked == []


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "224.0.0.1"])
def test_nothing_is_asked_of_our_own_network(host: str) -> None:
    """Nor of the machine that tells clouds their secrets, nor of many at once."""
    refused("fetch.address", f"http://{host}/latest/meta-data/", allowed=())


def test_a_redirect_leads_no_further_than_an_address(server: Loopback) -> None:
    """The address after a redirect is judged like the first."""
    inner = server.url("/list", host="127.0.0.2")
    server.pages["/moved"] = Page(status=302, headers={"Location": inner})
    refused("fetch.address", server.url("/moved"), allowed=("127.0.0.1/32",))
    assert server.asked == ["GET /moved"]
    server.pages["/moved"] = Page(status=302, headers={"Location": "/list"})
    assert fetch(server.url("/moved")) == b"octets"


def test_redirects_are_counted(server: Loopback) -> None:
    """A server that sends us round in circles is left after the second."""
    server.pages["/round"] = Page(status=307, headers={"Location": "/round"})
    refused("fetch.redirects", server.url("/round"))
    assert len(server.asked) == 3
    refused("fetch.redirects", server.url("/round"), body=b"question")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", ""])
def test_a_redirect_to_something_else_than_the_web_is_refused(
    server: Loopback, target: str
) -> None:
    """And a posted question is not carried to where it turns into another."""
    server.pages["/moved"] = Page(status=301, headers={"Location": target} if target else {})
    refused("fetch.url" if target else "fetch.redirects", server.url("/moved"))
    refused("fetch.status", server.url("/moved"), body=b"question")


@pytest.mark.parametrize(
    "url",
    ["ldap://ca.example/cn=x", "file:///etc/passwd", "", "http://", "http://u:p@h/", "http://[/"],
)
def test_an_address_that_is_not_of_the_web_is_refused(url: str) -> None:
    """Certificates name such places, and we ask none of them."""
    assert refused("fetch.url", url)


@given(st.text())
def test_whatever_follows_the_name_of_a_host_nothing_else_is_raised(rest: str) -> None:
    """Ports that are none, odd characters, other hosts behind an at sign."""
    with pytest.raises(TransportError):
        fetch(f"http://127.0.0.1:{rest}", allowed=())


def test_cookies_are_not_kept(server: Loopback) -> None:
    """Not even from one hop to the next: nobody is to recognise us."""
    server.pages["/moved"] = Page(
        status=302, headers={"Location": "/list", "Set-Cookie": "id=1; Path=/"}
    )
    assert fetch(server.url("/moved")) == b"octets"
    assert server.headers[-1].get("Cookie") is None
    assert server.headers[-1]["Accept-Encoding"] == "identity"


def test_a_server_whose_certificate_nobody_vouches_for_is_left(tmp_path: Path) -> None:
    """Where a certificate says https, it is meant."""
    now = datetime.now(UTC)
    years = Validity(begin=now - timedelta(days=1), end=now + timedelta(days=9))
    root = Authority.root(subject_name("localhost"), key="p256", validity=years, crl_uri="")
    (tmp_path / "root.pem").write_bytes(root.credential.certificate_pem)
    (tmp_path / "key.pem").write_bytes(root.credential.key_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "root.pem", tmp_path / "key.pem")
    with peer(b"", context=context) as url:
        error = refused("fetch.failed", url.replace("http:", "https:"))
    assert "certificate" in str(error).lower()


def test_size_is_limited(server: Loopback) -> None:
    """Exactly as much as allowed, and not one octet more; nor anything compressed."""
    server.pages["/full"] = Page(b"x" * 1000)
    assert len(fetch(server.url("/full"))) == 1000
    server.pages["/full"] = Page(b"x" * 1001)
    refused("fetch.size", server.url("/full"))
    server.pages["/small"] = Page(b"x", headers={"Content-Encoding": "gzip"})
    refused("fetch.encoding", server.url("/small"))


@pytest.mark.parametrize("status", [204, 304, 404, 500])
def test_only_status_200_is_an_answer(server: Loopback, status: int) -> None:
    """Pages that excuse themselves are no revocation lists."""
    server.pages["/list"] = Page(status=status)
    refused("fetch.status", server.url("/list"))


class Hasty(VirtualClock):
    """A clock by which every look takes nine seconds."""

    def now(self) -> datetime:
        """Later than before."""
        return self.advance(timedelta(seconds=9))


def test_time_is_limited_for_the_whole_answer(server: Loopback) -> None:
    """However steadily it comes."""
    server.pages["/list"] = Page(b"x" * 900)
    clock = Hasty(datetime(2026, 3, 2, tzinfo=UTC))
    refused("fetch.time", server.url("/list"), clock=clock, limits=replace(LIMITS, seconds=20))


@contextmanager
def peer(first: bytes, *, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that says something at once, and then nothing for as long as we let it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def serve() -> None:
            connection, _ = listener.accept()
            held.append(connection)
            if context is None:
                connection.sendall(first)
            else:
                with suppress(OSError):
                    held.append(context.wrap_socket(connection, server_side=True))

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()
        for connection in held:
            connection.close()


@pytest.mark.parametrize(
    "first", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"]
)
def test_a_server_that_falls_silent_is_left(first: bytes) -> None:
    """Before the answer, within its head, within its body."""
    with peer(first) as url:
        assert refused("fetch.time", url, limits=replace(LIMITS, seconds=0.2)).retryable


@pytest.mark.parametrize("first", [HEAD, BODY, GREETING])
def test_a_server_that_drips_is_left(first: bytes) -> None:
    """Within its head, within its body, within the first word of TLS."""
    with Dripping(first) as server:
        refused("fetch.time", server.url, limits=replace(LIMITS, octets=9000, seconds=0.2))
    assert server.octets < MOST


def test_a_resolver_that_does_not_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system has no end to it that we could set; its thread ends when it does."""
    answered = threading.Event()
    nowhere: list[Any] = []
    slow = lambda *_asked, **_options: answered.wait() and nowhere  # noqa: E731
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    try:
        error = refused("fetch.time", "http://slow.example/", limits=replace(LIMITS, seconds=0.2))
        assert error.retryable
    finally:
        answered.set()


def test_the_time_is_shared_among_the_addresses_of_a_host(server: Loopback) -> None:
    """One that nobody answers at leaves some for the next; where none is left, none is tried."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    left = iter([4.0, 2.0])
    with first_open(["127.0.0.9", "127.0.0.1"], server.port, lambda: next(left)) as opened:
        assert opened.getpeername()[0] == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        first_open(["127.0.0.1", "127.0.0.1"], port, lambda: 5.0)
    with pytest.raises(TimeoutError):
        first_open(["127.0.0.1", "127.0.0.1"], server.port, lambda: 0.0)


def test_an_answer_that_ends_too_early_is_none(server: Loopback) -> None:
    """Half a revocation list is not taken for a whole one."""
    server.pages["/half"] = Page(b"abc", headers={"Content-Length": "9", "Connection": "close"})
    refused("fetch.failed", server.url("/half"))


def test_nobody_there_is_an_error_that_may_pass() -> None:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert refused("fetch.failed", f"http://127.0.0.1:{port}/").retryable


def test_a_network_must_be_one() -> None:
    """Said when it is set up, not when the first letter comes."""
    with pytest.raises(ConfigurationError, match="host bits"):
        WebFetcher(clock=SystemClock(), allowed=["10.0.0.1/8"])
