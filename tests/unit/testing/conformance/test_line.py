"""Talking to endpoints that are anything but endpoints: every answer ends in size and in time."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import pytest
from conformance_help import bad, present_world
from web_help import pem_files, server_credential

from docexchange.clock import SystemClock
from docexchange.errors import UsageError
from docexchange.signing import Verifier
from docexchange.testing import DemoPki
from docexchange.testing.conformance import Bench, chosen, run
from docexchange.testing.conformance.case import NoAnswer
from docexchange.testing.conformance.line import Line

YES = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"


@pytest.fixture(scope="module")
def pki():
    """TLS asks the machine for the time, so these certificates are of today."""
    return DemoPki.create(at=SystemClock().now(), key="p256")


class Server:
    """Answers every connection in one way, with or without TLS, as it is called."""

    def __init__(self, pki, folder, talk):
        certificate, key = pem_files(server_credential(pki), folder, "server")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.talk, self.listener = talk, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.stopped = threading.Event()

    def serve(self):
        while not self.stopped.is_set():
            with suppress(OSError):
                raw, _ = self.listener.accept()
                threading.Thread(target=self.answer, args=(raw,), daemon=True).start()

    def answer(self, raw):
        raw.settimeout(5)
        with suppress(OSError), raw:
            if raw.recv(1, socket.MSG_PEEK) == b"\x16":
                with self.context.wrap_socket(raw, server_side=True) as wire:
                    self.talk(wire)
            else:
                self.talk(raw)


@contextmanager
def server(pki, folder, talk):
    """Serve while the context lasts."""
    found = Server(pki, folder, talk)
    thread = threading.Thread(target=found.serve)
    thread.start()
    try:
        yield found
    finally:
        found.stopped.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", found.port), timeout=1).close()
        thread.join()
        found.listener.close()


def heard(wire):
    """The head of a request."""
    data = b""
    while b"\r\n\r\n" not in data and (piece := wire.recv(65536)):
        data += piece
    return data


def saying(*pieces, endless=b""):
    """A talk that says these, and then perhaps one thing for ever."""

    def talk(wire):
        heard(wire)
        for piece in pieces:
            wire.sendall(piece)
        while endless:
            wire.sendall(endless)

    return talk


def silent(wire):
    """Says nothing until the other side goes away."""
    while wire.recv(65536):
        pass


def dripping(wire):
    """Begins a head that never ends."""
    heard(wire)
    wire.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    silent(wire)


def line(pki, port, seconds=5.0):
    return Line(
        f"https://localhost:{port}/",
        trusted=[pki.root.credential.der],
        clock=SystemClock(),
        seconds=seconds,
    )


@pytest.mark.parametrize(
    ("talk", "found"),
    [
        (saying(b"HTTP/1.1 200 OK\r\n\r\n", endless=b"x" * 65536), "more than 4194304 bytes"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n", endless=b"x" * 65536),
         "more than 4194304 bytes"),
        (saying(b"HTTP/1.1 200 OK\r\n", endless=b"X: y\r\n" * 500), "got more than 100 headers"),
        (saying(b"HTTP/1.1 200 OK\r\n", endless=b"X" * 65536), "header line"),
        (saying(endless=b"HTTP/1.1 100 Continue\r\n\r\n" * 500), " more than "),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"), "breaks off 5 bytes"),
        (saying(b"SSH-2.0-OpenSSH\r\n"), "no answer that can be read: SSH"),
        (saying(b"HTTP/1.1 abc\r\n\r\n"), "no answer that can be read"),
        (saying(b"\x00" * 100_000), "no answer that can be read"),
        (saying(), "no answer that can be read"),
    ],
    ids=["body", "length", "fields", "field", "continue", "short", "ssh", "status", "zeros", "end"],
)  # fmt: skip
def test_an_answer_that_is_none_ends(pki, tmp_path, talk, found):
    """Endless, cut short, or no HTTP: said in few words, and never kept in memory."""
    with server(pki, tmp_path, talk) as place, pytest.raises(NoAnswer) as caught:
        line(pki, place.port).ask("GET", "/v1/health", who=None)
    assert found in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("talk", [silent, dripping])
def test_an_answer_that_does_not_come_ends(pki, tmp_path, talk):
    """After the time that one request may take."""
    with (
        server(pki, tmp_path, talk) as place,
        pytest.raises(NoAnswer, match=r"^no answer in time$"),
    ):
        line(pki, place.port, 0.2).ask("GET", "/v1/health", who=None)


def test_nobody_is_followed(pki, tmp_path):
    """A redirect is an answer like others."""
    away = b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n"
    with server(pki, tmp_path, saying(away)) as place:
        answer = line(pki, place.port).ask("GET", "/v1/health", who=None)
    assert (answer.status, answer.field("location")) == (302, "http://elsewhere.invalid/")


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/base/v1/uploads/1", "/v1/uploads/1"),
        ("https://localhost:7/base/v1/uploads/1", "/v1/uploads/1"),
        ("//localhost:7/base/v1/uploads/1", "/v1/uploads/1"),
        ("https://elsewhere.invalid/base/v1/uploads/1", ""),
        ("https://localhost:8/base/v1/uploads/1", ""),
        ("http://localhost:7/base/v1/uploads/1", ""),
        ("//elsewhere.invalid/base/v1/1", ""),
        ("https://localhost:x/", ""),
        ("/other/v1/uploads/1", ""),
        ("/base/v1/a b\r\nX: y", ""),
        ("", ""),
    ],
)
def test_a_location_leads_nowhere_else(location, path):
    """Another host, port, scheme or path is none."""
    found = Line("https://localhost:7/base/", trusted=[], clock=SystemClock(), seconds=1).path_of(
        location
    )
    assert found == path


@pytest.mark.parametrize(
    "url", ["", "http://x/", "https://", "https://x:y/", "https://u@x/", "https://x/?a", "ftp:x"]
)
def test_an_address_that_is_none_is_refused(url):
    """Only https, a host, perhaps a port and a path."""
    with pytest.raises(UsageError) as caught:
        Line(url, trusted=[], clock=SystemClock(), seconds=1)
    assert caught.value.code == "conformance.url"


def test_who_says_yes_to_everything_keeps_few_promises(pki, tmp_path):
    """With TLS and without, to anybody and to anything: each case that this concerns says so."""
    world = present_world(pki, tmp_path)
    profile = _profile(world)
    with server(pki, tmp_path, saying(YES)) as place:
        bench = Bench(profile(f"https://localhost:{place.port}/"), token=lambda: "1")
        found = bad(list(run(bench, chosen(skip=["robust.slow-*"]))))
    world.close()
    assert {"tls.plain-http", "robust.two-lengths", "tls.unknown-authority", "tls.expired"} <= set(
        found
    )
    assert "about.health" not in found
    assert found["push.accepts"] == "failed: expected application/xml, found "
    assert "push.chunked" in found


def test_who_says_nothing_is_cut_off_case_by_case(pki, tmp_path):
    """A run ends, however many cases there are."""
    world = present_world(pki, tmp_path)
    profile = _profile(world, seconds=0.05)
    with server(pki, tmp_path, silent) as place:
        bench = Bench(profile(f"https://localhost:{place.port}/"), token=lambda: "1")
        found = bad(list(run(bench, chosen(only=["about", "push"]))))
    world.close()
    assert len(found) == len(chosen(only=["about", "push"]))
    assert set(found.values()) == {
        "failed: expected an answer, found no answer in time",
        "warned: expected an answer, found no answer in time",
    }


GOOD = {
    "id": "a" * 32,
    "kind": "message",
    "message_id": "m-1",
    "recipient": "000.21.31.H53",
    "origin": "000.00.31.H53",
    "sha256": "0" * 64,
    "since": "2026-03-02",
    "size": 1,
}
ODD = [
    "[]",
    "5",
    "[" * 5000,
    '{"openapi": "3.1", "paths": 5, "parcels": 5, "receipts": 5, "ready": [], "lease": 5}',
    '{"openapi": "3.1", "paths": {"/v1/messages": 5}, "parcels": [5], "receipts": [5]}',
    *(json.dumps({"parcels": [GOOD | odd], "lease": "a\r\nX: y"}) for odd in (
        {}, {"id": "../.."}, {"id": None}, {"message_id": "1 2"}, {"recipient": "\n"},
        {"size": "x"}, {"kind": []},
    )),
]  # fmt: skip


@pytest.mark.parametrize("said", ODD, ids=range(len(ODD)))
def test_no_shape_of_an_answer_ends_a_run(pki, tmp_path, said):
    """JSON of any other shape is a promise that is not kept, never trouble of ours."""
    world = present_world(pki, tmp_path)
    fields = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLocation: /v1/uploads/1\r\n"
    fields += b"Upload-Expires: Mon, 32 Foo 99999 00:00:00 +999999999999\r\n"
    talk = saying(fields + b"Content-Length: %d\r\n\r\n" % len(said) + said.encode())
    with server(pki, tmp_path, talk) as place:
        bench = Bench(_profile(world)(f"https://localhost:{place.port}/"), token=lambda: "1")
        cases = chosen(only=["about", "push", "tus", "mailbox"])
        assert len(list(run(bench, cases))) == len(cases)
    world.close()


def _profile(world, **changes):
    from conformance_help import Endpoint

    def make(url):
        trust = world["district"].point.verifier.trust
        verifier = Verifier(trust, clock=SystemClock())
        return Endpoint(world, url).profile(verifier=verifier, **changes)

    return make
