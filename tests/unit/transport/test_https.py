"""What HTTP answers mean to the one who sends; the lines are tested in ``tests/unit/web``."""

from __future__ import annotations

import io
import json
import socket
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from contract.parcel_samples import parcel_for
from dripping_help import HEAD, MOST, Dripping
from exchange_help import COMMUNE, NOW

from docexchange.clock import SystemClock, VirtualClock
from docexchange.envelope import Receipt
from docexchange.envelope.receipt import receipt_xml
from docexchange.errors import ConfigurationError, TransportError
from docexchange.identifiers import OrganId
from docexchange.limits import KIB
from docexchange.testing import Loopback, Page
from docexchange.transport import HttpSettings, HttpTransport, ParcelKind, open_transport

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTER = b"<letter/>"
LETTERS = "/v1/messages?recipient=000.21.31.H53"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture
def client(tmp_path) -> Iterator[HttpTransport]:
    with HttpTransport(COMMUNE, state=tmp_path, clock=VirtualClock(NOW)) as client:
        yield client


def send(client, server, content=LETTER, **note):
    return client.send(parcel_for(content, **note), io.BytesIO(content), to=server.url("/"))


def failure(client, server, **note):
    with pytest.raises(TransportError) as caught:
        send(client, server, **note)
    return caught.value


def test_a_letter_goes_with_its_digest_and_who_brings_it(client, server):
    """One request with recipient, digest and the agency that calls; its answer is the receipt."""
    server.pages[LETTERS] = Page(lambda body: b"receipt for " + body)
    assert send(client, server) == (b"receipt for <letter/>",)
    (headers,) = server.headers
    digest = b64encode(sha256(LETTER).digest()).decode()
    assert headers["Content-Digest"] == f"sha-256=:{digest}:"
    assert headers["Content-Type"] == "application/xml"
    assert headers["Docexchange-From"] == str(COMMUNE)
    assert headers["Content-Length"] == str(len(LETTER))


def test_a_signed_refusal_is_an_answer_too(client, server):
    """422 with XML is evidence for the node to look at; 422 with a problem is an error for good."""
    server.pages[LETTERS] = Page(b"<refusal/>", 422, {"Content-Type": "application/xml"})
    assert send(client, server) == (b"<refusal/>",)
    server.pages[LETTERS] = Page(b"{}", 422, {"Content-Type": "application/problem+json"})
    assert not failure(client, server).retryable


def test_a_letter_that_cannot_be_judged_yet_was_accepted(client, server):
    """202: the receipt follows."""
    server.pages[LETTERS] = Page(b"", 202)
    assert send(client, server) == ()


def test_a_receipt_goes_to_its_own_place(client, server):
    """Written down there: nothing comes back."""
    server.pages["/v1/receipts"] = Page(b"", 204)
    assert send(client, server, kind=ParcelKind.RECEIPT) == ()
    assert server.asked == ["POST /v1/receipts"]


def test_a_receipt_that_cannot_be_judged_yet_was_not_taken(client, server):
    """202: it is not written down there, so it has to be brought again; nobody else would know."""
    server.pages["/v1/receipts"] = Page(b"", 202, {"Retry-After": "60"})
    error = failure(client, server, kind=ParcelKind.RECEIPT)
    assert (error.retryable, error.code) == (True, "transport.busy")
    assert error.retry_after_seconds == 60


def test_whether_a_letter_may_have_arrived_is_told_apart(client, server):
    """All of it was sent and no answer came; or nobody was there to take it."""
    server.pages[LETTERS] = Page(b"short", 200, {"Content-Length": "1000", "Connection": "close"})
    assert failure(client, server).may_have_arrived
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/"
    with pytest.raises(TransportError) as caught:
        client.send(parcel_for(LETTER), io.BytesIO(LETTER), to=url)
    assert not caught.value.may_have_arrived


@pytest.mark.parametrize(
    ("status", "retryable", "code"),
    [
        (400, True, "transport.refused"),
        (401, True, "transport.not-admitted"),
        (403, True, "transport.not-admitted"),
        (404, True, "transport.no-such-place"),
        (405, False, "transport.refused"),
        (408, True, "transport.too-slow"),
        (413, False, "transport.too-large"),
        (415, False, "transport.refused"),
        (429, True, "transport.busy"),
        (500, True, "transport.refused"),
        (503, True, "transport.busy"),
        (507, True, "transport.peer-full"),
        (302, True, "transport.refused"),
    ],
)
def test_every_status_says_whether_to_try_again(client, server, status, retryable, code):
    """What the other side said stands in the error; no redirection is followed."""
    problem = {"code": "http.odd", "title": "Odd", "detail": "expected X, found Y"}
    server.pages[LETTERS] = Page(
        json.dumps(problem).encode(),
        status,
        {"Content-Type": "application/problem+json", "Location": "/elsewhere"},
    )
    error = failure(client, server)
    assert (error.retryable, error.code) == (retryable, code)
    assert str(status) in str(error)
    assert "http.odd Odd expected X, found Y" in str(error)
    assert error.advice
    assert server.asked == [f"POST {LETTERS}"]


def test_the_advice_of_the_other_side_comes_first(client, server):
    """It knows best what it wants."""
    problem = Page(b'{"advice": "Call our office."}', 503, {"Content-Type": "application/json"})
    server.pages[LETTERS] = problem
    assert failure(client, server).advice == "Call our office."


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 02 Mar 2026 02:01:30 GMT", 90.0),
        ("Mon, 02 Mar 2026 01:00:00 GMT", 0.0),
        ("99999999999", 86400.0),
        ("soon", None),
        ("-1", None),
        ("", None),
    ],
)
def test_the_wait_that_is_asked_for_is_told(client, server, text, seconds):
    """As a number or a date, a day at most; the transport itself does not wait."""
    server.pages[LETTERS] = Page(b"", 503, {"Retry-After": text})
    assert failure(client, server).retry_after_seconds == seconds


def test_a_long_answer_is_cut_off(client, server):
    """No receipt has more than 64 KiB: the rest is not read."""
    server.pages[LETTERS] = Page(b"x" * 100_000)
    error = failure(client, server)
    assert error.code == "transport.odd-answer"
    assert "at most 65536 bytes" in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "http://van-thu.example/",
        "https://user:secret@hub.example/",
        "https://hub.example/?x=1",
        "https://hub.example/#x",
        "https:///v1",
        "https://hub.example:0/",
        "https://hub.example:99999/",
        "https://hub.example/a b",
        "ftp://hub.example/",
        "folder:/srv/mailbox",
        "",
    ],
)
def test_an_endpoint_that_makes_no_sense_is_refused_for_good(client, url):
    """Nothing is asked; without TLS only this machine itself is reached."""
    with pytest.raises(TransportError) as caught:
        client.send(parcel_for(LETTER), io.BytesIO(LETTER), to=url)
    assert (caught.value.code, caught.value.retryable) == ("transport.bad-url", False)


@pytest.mark.parametrize("host", ["127.0.0.1.invalid", "văn-thư.invalid"])
def test_other_machines_are_reached_without_tls_when_allowed(tmp_path, host):
    """The operator's word: the address is then as good as another; nobody knows it."""
    settings = HttpSettings(allow_plain=True, stalls=0, connect_seconds=0.01)
    client = HttpTransport(COMMUNE, state=tmp_path, clock=VirtualClock(NOW), settings=settings)
    with pytest.raises(TransportError) as caught:
        client.send(parcel_for(LETTER), io.BytesIO(LETTER), to=f"http://{host}:1/")
    assert (caught.value.code, caught.value.retryable) == ("transport.unknown-host", True)


def test_an_endpoint_may_have_a_path(client, server):
    """All calls begin there, whether it ends with a slash or not."""
    server.pages["/hub/v1/receipts"] = Page(b"", 204)
    for end in ("/hub", "/hub/"):
        client.send(
            parcel_for(LETTER, kind=ParcelKind.RECEIPT), io.BytesIO(LETTER), to=server.url(end)
        )
    assert server.asked == ["POST /hub/v1/receipts"] * 2


def test_lines_to_many_neighbours_do_not_pile_up(client, server):
    """The least used are closed; they are opened again when they are needed."""
    for number in [*range(100), 0]:
        server.pages[f"/{number}/v1/receipts"] = Page(b"", 204)
        client.send(
            parcel_for(LETTER, kind=ParcelKind.RECEIPT),
            io.BytesIO(LETTER),
            to=server.url(f"/{number}/"),
        )
    assert len(server.asked) == 101
    assert len(client._links) == 64


def test_an_empty_letter_has_a_length(client, server):
    """Not even one chunk: some servers take no chunks."""
    server.pages[LETTERS] = Page(b"<receipt/>")
    send(client, server, b"")
    assert server.headers[0]["Content-Length"] == "0"


def test_a_name_that_cannot_be_one_is_a_transport_error(client):
    """Whatever the resolver says of it, no other error leaves the transport."""
    with pytest.raises(TransportError):
        client.send(
            parcel_for(LETTER), io.BytesIO(LETTER), to=f"https://{'x' * 70}.example.invalid/"
        )


def test_a_stream_that_is_read_once_is_sent_all_the_same(client, server):
    """A line that breaks needs the bytes again: they are copied to a file."""

    class Once(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_arguments):
            raise io.UnsupportedOperation

    server.pages[LETTERS] = Page(lambda body: body)
    assert client.send(parcel_for(LETTER), Once(LETTER), to=server.url("/")) == (LETTER,)


def test_an_answer_that_drips_does_not_hold_us(tmp_path):
    """One octet at a time within each wait: the whole request has its own end."""
    settings = HttpSettings(connect_seconds=0.2, read_seconds=0.3, stalls=0)
    client = HttpTransport(COMMUNE, state=tmp_path, clock=SystemClock(), settings=settings)
    with Dripping(HEAD) as server, client, pytest.raises(TransportError) as caught:
        client.send(parcel_for(LETTER), io.BytesIO(LETTER), to=server.url)
    assert caught.value.code == "transport.line-broken"
    assert server.octets < MOST


def test_a_url_alone_does_not_say_who_we_are(tmp_path):
    """The registry knows the scheme and says what is missing."""
    with pytest.raises(ConfigurationError) as caught:
        open_transport("https://hub.example/", base=tmp_path)
    assert caught.value.code == "transport.no-identity"
    assert "node.toml" in caught.value.advice


@pytest.mark.parametrize(
    "values",
    [{"read_seconds": 0}, {"connect_seconds": -1}, {"least_rate": 0}, {"resumes": -1}],
    ids=str,
)
def test_settings_that_would_wait_for_ever_are_refused(values):
    """The field is named."""
    (name,) = values
    with pytest.raises(ConfigurationError, match=name):
        HttpSettings(**values)


# --- several recipients ------------------------------------------------------------------------

CODES = tuple(OrganId(f"000.{number}1.31.H53") for number in range(1, 4))


def asked_for(*codes):
    """Where a letter for them goes."""
    return "/v1/messages?" + "&".join(f"recipient={code}" for code in codes)


def receipt_for(code):
    """What a node would say about the letter for one of them, unsigned."""
    note = parcel_for(LETTER, recipients=(code,))
    receipt = Receipt(
        message_id=note.message_id,
        recipient=code,
        from_node=note.from_node,
        issuer=note.to_node,
        sha256=note.sha256,
        size=note.size,
        at=NOW,
        hop=0,
        accepted=True,
    )
    return receipt_xml(receipt)


def listed(*codes):
    """The answer of a node to a letter for several."""
    told = {"receipts": [{"xml": receipt_for(code).decode()} for code in codes]}
    return Page(json.dumps(told).encode(), 200, {"Content-Type": "application/json"})


def test_a_letter_for_several_goes_once(client, server):
    """All are named, and all receipts come back."""
    server.pages[asked_for(*CODES)] = listed(*CODES)
    assert send(client, server, recipients=CODES) == tuple(map(receipt_for, CODES))
    assert server.asked == [f"POST {asked_for(*CODES)}"]


def test_a_node_of_an_older_version_is_brought_it_until_all_have_a_receipt(client, server):
    """It takes the letter for the last one named, and answers for him alone."""
    for number in range(3):
        named = CODES[: 3 - number]
        server.pages[asked_for(*named)] = Page(receipt_for(named[-1]))
    assert set(send(client, server, recipients=CODES)) == set(map(receipt_for, CODES))
    assert len(server.asked) == 3


def test_a_node_that_takes_offence_at_several_is_brought_it_one_by_one(client, server):
    """A status that says no more than no is held against the form first."""
    bad = Page(b"{}", 400, {"Content-Type": "application/problem+json"})
    server.pages |= {asked_for(*CODES): bad, asked_for(*CODES[1:]): bad}
    server.pages |= {asked_for(code): Page(receipt_for(code)) for code in CODES}
    assert send(client, server, recipients=CODES) == tuple(map(receipt_for, CODES))


def test_who_cannot_be_judged_yet_is_left_out(client, server):
    """What there is counts, and nobody asks without end."""
    server.pages[asked_for(*CODES)] = listed(*CODES[:2])
    server.pages[asked_for(CODES[2])] = Page(b"", 202)
    assert send(client, server, recipients=CODES) == tuple(map(receipt_for, CODES[:2]))
    assert len(server.asked) == 2


def test_trouble_in_the_middle_takes_nothing_from_those_who_have_a_receipt(client, server):
    """The others are for later."""
    server.pages[asked_for(*CODES)] = listed(CODES[0])
    server.pages[asked_for(*CODES[1:])] = Page(b"", 507)
    assert send(client, server, recipients=CODES) == (receipt_for(CODES[0]),)


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b'{"receipts": {}}', b'{"receipts": [{}]}', b'{"receipts": [{"xml": 1}]}'],
)
def test_receipts_of_another_form_are_an_odd_answer(client, server, body):
    """Nothing is taken from it."""
    server.pages[asked_for(*CODES)] = Page(body, 200, {"Content-Type": "application/json"})
    assert failure(client, server, recipients=CODES).code == "transport.odd-answer"


def test_an_answer_without_end_is_cut_off(client, server):
    """No more is read than so many receipts can have."""
    long = b'{"receipts": [' + b" " * (3 * 64 * KIB) + b"]}"
    server.pages[asked_for(*CODES)] = Page(long, 200, {"Content-Type": "application/json"})
    assert failure(client, server, recipients=CODES).code == "transport.odd-answer"
