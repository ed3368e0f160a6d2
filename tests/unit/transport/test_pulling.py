"""What a neighbour says of our mailbox; bad lines are tested in ``tests/unit/web``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from contract.parcel_samples import parcel_for
from exchange_help import COMMUNE, DISTRICT, NOW

from docexchange.clock import VirtualClock
from docexchange.errors import TransportError
from docexchange.testing import Loopback, Page
from docexchange.transport import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTER = b"<letter/>"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture
def clock():
    return VirtualClock(NOW)


@pytest.fixture
def client(server, clock, tmp_path) -> Iterator[HttpTransport]:
    place = (DISTRICT, server.url("/"))
    with HttpTransport(COMMUNE, state=tmp_path, clock=clock, mailbox=place) as client:
        yield client


def item(name, **changes):
    """One line of a listing."""
    parcel = parcel_for(LETTER, message_id=f"m-{name}")
    values = json.loads(parcel.to_json())
    return {
        "id": name,
        **{key: values[key] for key in ("kind", "message_id", "recipient", "origin")},
        **{key: values[key] for key in ("message_kind", "size", "sha256")},
        "since": "2026-03-02T02:00:00+00:00",
        "leased_until": None,
        **changes,
    }


def fill(server, *names, limit=100, more=False, **changes):
    """Put parcels into the mailbox."""
    listing = {"parcels": [item(name, **changes) for name in names], "more": more}
    server.pages[f"/v1/mailbox?limit={limit}"] = Page(json.dumps(listing).encode())
    for name in names:
        server.pages[f"/v1/mailbox/{name}/lease"] = Page(b'{"lease": "l", "until": "-"}')
        server.pages[f"/v1/mailbox/{name}/content"] = Page(LETTER)


def names(arrivals):
    return [str(arrival.parcel.message_id) for arrival in arrivals]


def test_page_after_page_is_taken(client, server):
    """Each parcel once, however the pages overlap; the end is when nothing new is listed."""
    fill(server, "a", "b", more=True)
    fill(server, "a", "b", "c", limit=102, more=True)
    fill(server, "b", "c", limit=103, more=True)
    assert names(client.receive(100)) == ["m-a", "m-b", "m-c"]


def test_the_note_says_who_keeps_the_mailbox_and_whose_it_is(client, server):
    """The listing does not: the one is who we asked, the other is we."""
    fill(server, "a")
    (arrival,) = client.receive(1)
    assert (arrival.parcel.from_node, arrival.parcel.to_node) == (DISTRICT, COMMUNE)


def test_what_somebody_else_has_a_lease_on_is_left(client, server):
    """Not asked for, and no trouble."""
    fill(server, "a", "b")
    server.pages["/v1/mailbox/a/lease"] = Page(b"", 409)
    assert names(client.receive(10)) == ["m-b"]
    assert "GET /v1/mailbox/a/content" not in server.asked


def test_a_parcel_that_cannot_be_had_does_not_hold_up_the_others(client, server):
    """Its trouble is told in the end; then the neighbour is left alone for a while."""
    fill(server, "a", "b")
    server.pages["/v1/mailbox/a/content"] = Page(b"", 500)
    walk = client.receive(10)
    assert str(next(walk).parcel.message_id) == "m-b"
    with pytest.raises(TransportError, match="500"):
        next(walk)


def test_a_neighbour_that_failed_is_left_alone_for_a_while(client, server, clock):
    """The node has other work to do; later it is asked again."""
    server.pages["/v1/mailbox?limit=100"] = Page(b"", 503, {"Retry-After": "60"})
    with pytest.raises(TransportError):
        list(client.receive(10))
    fill(server, "a")
    clock.sleep(59)
    assert list(client.receive(10)) == []
    assert len(server.asked) == 1
    clock.sleep(2)
    assert names(client.receive(10)) == ["m-a"]


def test_bytes_that_are_not_those_announced_are_never_given_out(client, server):
    """Fetched again a few times, then told: the neighbour's disk may be damaged."""
    fill(server, "a")
    server.pages["/v1/mailbox/a/content"] = Page(b"<lettre/>")
    with pytest.raises(TransportError) as caught:
        list(client.receive(10))
    assert caught.value.code == "transport.payload-mismatch"
    assert caught.value.retryable
    assert server.asked.count("GET /v1/mailbox/a/content") == 4


def test_more_bytes_than_announced_are_not_kept(client, server, tmp_path):
    """A neighbour cannot fill our disk with one small parcel."""
    fill(server, "a")
    server.pages["/v1/mailbox/a/content"] = Page(LETTER * 50_000)
    with pytest.raises(TransportError):
        list(client.receive(10))
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.part")) < 200_000


def test_a_parcel_that_was_fetched_is_not_fetched_again(client, server):
    """It stands in the spool until the neighbour lets it go."""
    fill(server, "a")
    assert names(client.receive(1)) == names(client.receive(1)) == ["m-a"]
    assert server.asked.count("GET /v1/mailbox/a/content") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "../../v1/receipts"},
        {"id": ".."},
        {"id": ""},
        {"id": 7},
        {"id": "a/b"},
        {"kind": "bomb"},
        {"message_id": "../x"},
        {"recipient": ""},
        {"sha256": "00"},
        {"size": -1},
        {"size": "9"},
        {"size": True},
        {"message_kind": "X"},
    ],
    ids=str,
)
def test_a_listing_that_makes_no_sense_is_refused(client, server, changes):
    """A peer may be mistaken: what it lists becomes part of addresses and names of files."""
    fill(server, "a", **changes)
    with pytest.raises(TransportError) as caught:
        list(client.receive(10))
    assert caught.value.code == "transport.odd-answer"
    assert server.asked == ["GET /v1/mailbox?limit=100"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"parcels": 7, "more": false}', b"\xff"])
def test_what_is_no_listing_is_refused(client, server, body):
    """Something else may answer at that address."""
    server.pages["/v1/mailbox?limit=100"] = Page(body)
    with pytest.raises(TransportError) as caught:
        list(client.receive(10))
    assert caught.value.code == "transport.odd-answer"
