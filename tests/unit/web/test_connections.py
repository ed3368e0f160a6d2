"""Connections of people who mean harm, or are very slow: each is cut off, and the others go on."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from contextlib import suppress
from http.client import HTTPResponse

import httpx
import pytest
from exchange_help import CENTRAL, COMMUNE, LETTER
from web_help import Site, letter_from, push_headers, response_of

from docexchange.errors import ConfigurationError, DeliveryError
from docexchange.node.opening.lock import NodeLock
from docexchange.node.serving.serving import served

HOST = "Host: localhost\r\n"
CHUNKS = ["Content-Type: application/xml", "Content-Digest: sha-256=:" + "A" * 43 + "=:"]
"""Of a letter that is never whole."""


def head(method, path, *fields):
    """The head of a request."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()


@pytest.fixture
def hasty(world, request):
    """A server with small bounds; it waits for nobody in what ``waits`` names, and only in that.

    A bound in time that no test waits for would only hurry us, on a machine that is busy.
    """
    limits = {
        "header_bytes": 4096,
        "idle_seconds": 1,
        "body_window_bytes": 1000,
        "letter_bytes": 200_000,
        "pipelined": 4,
    }
    with Site(world, limits | dict.fromkeys(getattr(request, "param", ()), 0.3)) as site:
        yield site


def waits(*bounds):
    """The test comes to the end of these."""
    return pytest.mark.parametrize("hasty", [bounds], indirect=True, ids=[""])


def status_of(connection):
    """The status of one answer, which is read to its end."""
    with HTTPResponse(connection) as answer:
        answer.begin()
        answer.read()
        return answer.status


def _write_for_ever(connection, data):
    """Write until the server has closed the connection, in whichever way that shows."""
    with suppress(OSError):
        while True:
            connection.sendall(data)


def lives(site):
    """The server still takes letters."""
    with site.client(site.pki.agency(COMMUNE)) as client:
        data = letter_from(site.pki, LETTER)
        answer = client.post("/v1/messages", content=data, headers=push_headers(data))
    return answer.status_code == 200


def answered(site, data, credential="commune"):
    """What comes back until the server closes the connection."""
    with site.connect(site.pki.agency(credential)) as connection:
        connection.sendall(data)
        return response_of(connection)


@pytest.mark.parametrize(
    "start", [b"", b"GET /v1/health HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nA: b\r\n"]
)
@waits("header_seconds")
def test_a_head_that_does_not_end_is_cut_off(hasty, start):
    """Nothing at all, or one line and then silence: 408, and it is told."""
    assert answered(hasty, start).startswith(b"HTTP/1.1 408")
    assert (408, "the head of a request was too slow") in hasty.reasons()
    assert lives(hasty)


@waits("header_seconds")
def test_a_second_head_that_does_not_end_is_cut_off(hasty):
    """Behind a request that was answered."""
    with hasty.connect(hasty.pki.agency(COMMUNE)) as connection:
        connection.sendall(head("GET", "/v1/health"))
        assert status_of(connection) == 200
        connection.sendall(b"GET /v1/h")
        assert response_of(connection).startswith(b"HTTP/1.1 408")
    behind = answered(hasty, head("GET", "/v1/health") + b"GET /v1/h")
    assert behind.count(b"HTTP/1.1") == 1


def test_an_endless_head_is_cut_off(hasty):
    """431 beyond so many bytes, however fast they come."""
    with hasty.connect(hasty.pki.agency(COMMUNE)) as connection:
        connection.sendall(b"GET /v1/health HTTP/1.1\r\n")
        _write_for_ever(connection, b"X: " + b"y" * 100 + b"\r\n")
        found = response_of(connection)
    assert found == b"" or found.startswith(b"HTTP/1.1 431")
    assert (431, "the head of a request was too long") in hasty.reasons()
    assert lives(hasty)


CHUNKED = head("POST", "/v1/messages", *CHUNKS, "Transfer-Encoding: chunked")
ENDLESS = {
    "trailers": (CHUNKED + b"1\r\nx\r\n0\r\n", b"A: b\r\n" * 1000),
    "trailer": (CHUNKED + b"1\r\nx\r\n0\r\nA:", b"b" * 5000),
    "extension": (CHUNKED + b"1;", b"a" * 5000),
}


@pytest.mark.parametrize(("start", "more"), ENDLESS.values(), ids=ENDLESS)
def test_what_is_neither_head_nor_body_does_not_pile_up(hasty, start, more):
    """Whatever stands behind or between chunks without an end; within the bounds of a head."""
    with hasty.connect(hasty.pki.agency("commune")) as connection:
        connection.sendall(start)
        _write_for_ever(connection, more)
    assert (431, "a request had too much besides its body") in hasty.reasons()
    assert lives(hasty)


def test_trailers_within_bounds_are_read_past(hasty):
    """And tiny chunks, each with an extension; the letter is taken."""
    data = letter_from(hasty.pki, LETTER)
    fields = [f"{name}: {value}" for name, value in push_headers(data).items()]
    chunks = b"".join(b"1\r\n%c\r\n" % octet for octet in data)
    text = head("POST", "/v1/messages", *fields, "Transfer-Encoding: chunked", "Connection: close")
    assert answered(hasty, text + chunks + b"0\r\nA: b\r\n\r\n").startswith(b"HTTP/1.1 200")


@waits("body_window_seconds")
def test_a_body_that_comes_too_slowly_is_cut_off(hasty):
    """408; nothing of it is kept."""
    fields = ["Content-Type: application/xml", "Content-Length: 100000"]
    digest = push_headers(b"")["Content-Digest"]
    found = answered(
        hasty, head("POST", "/v1/messages", *fields, f"Content-Digest: {digest}") + b"x"
    )
    assert found.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in found
    assert (408, "http.too-slow") in hasty.reasons()
    assert hasty.node.store.messages() == []
    assert lives(hasty)


def test_a_body_that_is_too_long_by_its_head_is_refused_at_once(hasty):
    """413 before a byte of it; one who asks first is told instead of ``100 Continue``."""
    digest = push_headers(b"")["Content-Digest"]
    fields = ["Content-Type: application/xml", f"Content-Digest: {digest}"]
    asked = head("POST", "/v1/messages", *fields, "Content-Length: 200001", "Expect: 100-continue")
    found = answered(hasty, asked)
    assert found.startswith(b"HTTP/1.1 413")
    assert b"http.too-large" in found
    assert b"100 Continue" not in found


def test_an_endless_body_is_cut_off(hasty):
    """413 at the limit, and the connection ends."""
    digest = push_headers(b"")["Content-Digest"]
    fields = ["Content-Type: application/xml", f"Content-Digest: {digest}"]
    with hasty.connect(hasty.pki.agency(COMMUNE)) as connection:
        connection.sendall(head("POST", "/v1/messages", *fields, "Transfer-Encoding: chunked"))
        _write_for_ever(connection, b"2710\r\n" + b"x" * 10_000 + b"\r\n")
    assert (413, "http.too-large") in hasty.reasons()
    assert list((hasty.node.folder / "http" / "spool").iterdir()) == []
    assert lives(hasty)


def test_an_answer_before_the_end_of_the_body_reaches_its_reader(hasty):
    """Though more is coming: a little is read and thrown away before the connection ends."""
    fields = ["Content-Type: text/plain", "Content-Length: 100000"]
    found = answered(hasty, head("POST", "/v1/messages", *fields) + b"x" * 100_000)
    assert found.startswith(b"HTTP/1.1 415")
    assert b"http.media-type" in found


def test_a_body_that_ends_too_early_leaves_nothing(hasty):
    """Whoever goes away in the middle has brought nothing."""
    digest = push_headers(b"")["Content-Digest"]
    fields = ["Content-Type: application/xml", f"Content-Digest: {digest}"]
    with hasty.connect(hasty.pki.agency(COMMUNE)) as connection:
        connection.sendall(
            head("POST", "/v1/messages", *fields, "Content-Length: 1000") + b"x" * 10
        )
        connection.unwrap()
    assert lives(hasty)
    (message,) = hasty.node.store.messages()
    assert message.message_id == LETTER


def test_requests_that_stand_in_line_are_answered_in_order(hasty):
    """Three on one connection at once; more than there may wait end it."""
    line = head("GET", "/v1/health") + head("GET", "/v1/ready") + head("GET", "/v1/nothing")
    found = answered(hasty, line)
    order = [found.index(text) for text in (b"alive", b"reasons", b"http.404")]
    assert order == sorted(order)
    assert found.count(b"HTTP/1.1 ") == 3
    assert answered(hasty, head("GET", "/v1/health") * 50).count(b"HTTP/1.1 200") < 50
    assert (503, "too many requests on one connection") in hasty.reasons()
    assert lives(hasty)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01 no HTTP\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /v1/messages HTTP/1.1\r\n" + HOST.encode() + b"Content-Length: -1\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\n"
        + HOST.encode()
        + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nA b: c\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\n: c\r\n\r\n",
        b"GET /v1/hea\x00lth HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_request_ends_the_connection(hasty, data):
    """400, above all what two readers could cut into requests in two ways."""
    assert answered(hasty, data).startswith(b"HTTP/1.1 400")
    assert lives(hasty)


@pytest.mark.parametrize(
    "named",
    [
        b"1.1\r\n",
        b"1.1\r\nHost: localhost\r\nHost: localhost\r\n",
        b"1.1\r\nHost: localhost\r\nHost: other\r\n",
        b"1.0\r\nHost: localhost\r\nHost: other\r\n",
        b"1.1\r\nHost: local host\r\n",
        b"1.1\r\nHost: localhost/v1\r\n",
        b"1.1\r\nHost: me@localhost\r\n",
    ],
)
def test_a_request_says_once_whom_it_is_for(hasty, named):
    """400 with a problem otherwise (RFC 9112, 3.2)."""
    found = answered(hasty, b"GET /v1/health HTTP/" + named + b"\r\n")
    assert found.startswith(b"HTTP/1.1 400")
    assert b'"code": "http.host"' in found


@pytest.mark.parametrize(
    "named",
    [
        b"1.0\r\n",
        b"1.1\r\nHost:\r\n",
        b"1.1\r\nHost: [::1]:8443\r\n",
        b"1.1\r\nHost: xn--t-xka:1\r\n",
    ],
)
def test_whom_a_request_is_for_may_be_said_in_any_way_that_there_is(hasty, named):
    """A name, an address with a port, nothing; HTTP/1.0 had no such field."""
    found = answered(hasty, b"GET /v1/health HTTP/" + named + b"Connection: close\r\n\r\n")
    assert found.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_one_request_is_never_read_as_two(hasty, version):
    """However it says where its body ends, if not in the one way that all readers share."""
    framings = [
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding: \x0bchunked\r\n",
        b"Transfer-Encoding:\r\n chunked\r\n",
        b"X: y\r\n Transfer-Encoding: chunked\r\n",
        b"X: y\nContent-Length: 5\r\n",
        b"X: y\rContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 5\r\n",
        b"Content-Length: 5, 5\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 0x5\r\n",
        b"Content-Length:\r\n",
        b"Content-Length: " + b"9" * 23 + b"\r\n",
    ]
    start = b"POST /v1/messages HTTP/" + version + b"\r\n" + HOST.encode()
    behind = b"\r\n0\r\n\r\n" + head("GET", "/v1/health")
    found = {framing: answered(hasty, start + framing + behind) for framing in framings}
    assert [key for key, text in found.items() if not text.startswith(b"HTTP/1.1 400")] == []
    assert [key for key, text in found.items() if b"alive" in text] == []


@pytest.mark.parametrize(
    "chunk", [b"FFFFFFFFFFFFFFFFFF\r\na", b"-1\r\na", b"1\na\n0\n\n", b"1\r\naX"]
)
def test_chunks_that_are_none_end_the_connection(hasty, chunk):
    """Sizes beyond all numbers, other line ends, more than was said."""
    assert b"HTTP/1.1 400" in answered(hasty, CHUNKED + chunk)
    assert lives(hasty)


def test_nothing_a_caller_writes_becomes_a_header_of_the_answer(shared):
    """Line breaks in path, query and fields come back escaped or not at all."""
    for path in ("/v1/mailbox?limit=1%0d%0aX-Evil:%201", "/v1/messages/a%0d%0aX-Evil:1/receipts"):
        answer = shared.get(path)
        assert answer.status_code == 400
        assert "x-evil" not in answer.headers


@waits("handshake_seconds")
def test_who_speaks_no_tls_or_too_slowly_is_left(hasty):
    """The handshake ends, by an error or after its time; the first is told."""
    for words in (b"GET / HTTP/1.1\r\n\r\n", b""):
        with socket.create_connection(("127.0.0.1", hasty.port), timeout=30) as raw:
            raw.sendall(words)
            response_of(raw)
    assert [status for status, code in hasty.reasons() if code == "http.handshake"] == [0]
    assert lives(hasty)


def test_old_tls_is_not_spoken(hasty):
    """1.2 at least."""
    context = hasty.context(hasty.pki.agency(COMMUNE))
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", hasty.port), timeout=30) as raw,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(raw, server_hostname="localhost")
    assert lives(hasty)


def test_a_connection_that_is_not_used_is_closed(hasty):
    """After its time, without a word."""
    found = answered(hasty, head("GET", "/v1/health"))
    assert found.count(b"HTTP/1.1") == 1


def test_there_are_only_so_many_connections(world):
    """One more is sent away; when one has ended, there is room again."""
    with Site(world, {"connections": 2}) as site:
        held = [site.connect(site.pki.agency(COMMUNE)) for _ in range(2)]
        for connection in held:
            connection.sendall(head("GET", "/v1/health"))
            assert status_of(connection) == 200
        assert answered(site, b"").startswith(b"HTTP/1.1 503")
        assert (503, "too many connections") in site.reasons()
        for connection in held:
            connection.unwrap()
            connection.close()
        assert lives(site)


def waiting_body(site, name):
    """A connection on which the server waits for a body."""
    connection = site.connect(site.pki.agency(name))
    digest = push_headers(b"x")["Content-Digest"]
    fields = ["Content-Type: application/xml", f"Content-Digest: {digest}", "Content-Length: 1"]
    connection.sendall(head("POST", "/v1/messages", *fields, "Expect: 100-continue"))
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    return connection


def test_there_are_only_so_many_requests_at_once(world):
    """503 beyond, but not for those who watch; then there is room again."""
    with Site(world, {"requests": 2}) as site:
        held = [waiting_body(site, "commune") for _ in range(2)]
        with site.client(site.pki.agency(CENTRAL)) as client:
            answer = client.get("/v1/mailbox")
            assert (answer.status_code, answer.json()["code"]) == (503, "http.busy")
            assert answer.headers["retry-after"] == "1"
            assert (503, "http.busy") in site.reasons()
            assert client.get("/v1/health").status_code == 200
            for connection in held:
                connection.sendall(b"x")
                assert connection.recv(100).startswith(b"HTTP/1.1 422")
                connection.close()
            assert client.get("/v1/mailbox").status_code == 200


def test_one_agency_cannot_take_all_the_room(world):
    """429 for its next request, while another's is answered."""
    with Site(world, {"requests_per_agency": 1}) as site, waiting_body(site, "commune") as held:
        with site.client(site.pki.agency(COMMUNE)) as client:
            assert client.get("/v1/mailbox").json()["code"] == "http.too-many"
        with site.client(site.pki.agency(CENTRAL)) as other:
            assert other.get("/v1/mailbox").status_code == 200
        held.sendall(b"x")
        assert held.recv(100).startswith(b"HTTP/1.1 422")


def test_who_comes_too_often_is_asked_to_wait(world):
    """429 with the time; when that has passed he may come again; others are not held up."""
    with (
        Site(world, {"burst": 3, "rate_per_second": 0.5}) as site,
        site.client(site.pki.agency(COMMUNE)) as client,
    ):
        answers = [client.get("/v1/mailbox") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].headers["retry-after"] == "3"
        with site.client(site.pki.agency(CENTRAL)) as other:
            assert other.get("/v1/mailbox").status_code == 200
        site.world.clock.sleep(2)
        assert client.get("/v1/mailbox").status_code == 200
    assert (429, "http.too-many") in site.reasons()


def test_what_is_in_hand_is_finished_when_the_server_is_told_to_stop(world):
    """The letter that is on its way gets its receipt; nobody new is let in."""
    data = letter_from(world.pki, LETTER)
    fields = [f"{key}: {value}" for key, value in push_headers(data).items()]
    with Site(world) as site:
        connection = site.connect(site.pki.agency(COMMUNE))
        asked = head(
            "POST", "/v1/messages", *fields, f"Content-Length: {len(data)}", "Expect: 100-continue"
        )
        connection.sendall(asked)
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        with site.client(None) as watching:
            assert watching.get("/v1/ready").status_code == 200
            ending = threading.Thread(target=site._open.close)
            ending.start()
            while _answers(watching):
                pass
        connection.sendall(data)
        found = response_of(connection)
        connection.close()
        ending.join()
    assert found.startswith(b"HTTP/1.1 200")
    assert len(world["district"].store.inbound_of(LETTER)) == 1


def _answers(client):
    """Whether the server still takes letters, as far as somebody can tell who watches."""
    try:
        return client.get("/v1/ready").status_code == 200
    except httpx.TransportError:
        return False


def test_two_servers_cannot_listen_at_one_place_nor_two_nodes_on_one_store(world):
    """Both are said."""
    with Site(world) as site:
        config = site._config()
        taken = config.server.model_copy(update={"port": site.port})
        with (
            pytest.raises(ConfigurationError, match="listen"),
            served(world["commune"], config.model_copy(update={"server": taken})),
        ):
            pass
    with (
        _another_node_at_work(world),
        pytest.raises(DeliveryError) as caught,
        served(world["district"], config),
    ):
        pass
    assert caught.value.code == "configuration.server"


def _another_node_at_work(world):
    return NodeLock(world.folder / "district")


def test_h11_serves_as_well(world, monkeypatch):
    """Where httptools is not installed: the same bounds, the same certificates."""
    monkeypatch.setitem(sys.modules, "uvicorn.protocols.http.httptools_impl", None)
    with Site(world, {"header_seconds": 0.3, "header_bytes": 4096}) as site:
        assert lives(site)
        assert answered(site, b"GET /v1/h").startswith(b"HTTP/1.1 408")
        large = b"GET /v1/health HTTP/1.1\r\nX: " + b"y" * 5000
        assert answered(site, large).startswith(b"HTTP/1.1 4")
        with site.client(None) as client, pytest.raises(httpx.HTTPStatusError):
            client.get("/v1/mailbox").raise_for_status()
        for start, more in ENDLESS.values():
            with site.connect(site.pki.agency("commune")) as connection:
                connection.sendall(start)
                _write_for_ever(connection, more)
        assert answered(site, head("GET", "/v1/health", "Connection: close")).count(b"alive") == 1
