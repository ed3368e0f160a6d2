"""The pull mailbox: list, lease, fetch, acknowledge, reject; by its owner and by others."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from hashlib import sha256

import pytest
from exchange_help import (
    CENTRAL,
    COMMUNE,
    DISTRICT,
    LETTER,
    NOW,
    entries,
    letter,
    parcel_of,
    signing_key,
)
from many_help import SERVED
from web_help import Site, letter_from, push_headers

from docexchange.delivery import OutboundState
from docexchange.directory import Directory, DirectoryEntry
from docexchange.envelope import Receipt
from docexchange.identifiers import MessageId
from docexchange.signing import Signer, sign_receipt
from docexchange.transport import ParcelKind, PullBoxes
from docexchange.web.fields import content_digest
from docexchange.web.leases import Leases


@pytest.fixture
def boxes(site):
    """The boxes that the served node keeps."""
    return PullBoxes(site.node.folder / "boxes")


@pytest.fixture
def commune(site):
    """The commune's connection."""
    with site.client(site.pki.agency(COMMUNE)) as client:
        yield client


def put(boxes, data, **note):
    """A parcel for the commune."""
    values = {"from_node": DISTRICT, "to_node": COMMUNE, "recipient": COMMUNE, **note}
    parcel = parcel_of(data, **values)
    boxes.send(parcel, io.BytesIO(data), to="pull:")
    return parcel


def ids(client, **params):
    """What waits, by id."""
    return [item["id"] for item in client.get("/v1/mailbox", params=params).json()["parcels"]]


def waiting(boxes, data=b"0123456789", **note):
    """One parcel that waits; gives its address."""
    put(boxes, data, **note)
    (found,) = boxes.waiting(COMMUNE)
    return f"/v1/mailbox/{found.name}"


def test_what_waits_is_listed_to_its_owner_alone(site, boxes, commune):
    """With all that its note says; others have boxes of their own."""
    parcel = put(boxes, b"0123456789")
    answer = commune.get("/v1/mailbox").json()
    (item,) = answer["parcels"]
    assert answer["more"] is False
    assert (item["kind"], item["message_id"], item["size"]) == ("message", str(LETTER), 10)
    assert (item["sha256"], item["leased_until"]) == (parcel.sha256, None)
    assert (item["recipient"], item["origin"]) == (str(COMMUNE), str(parcel.origin))
    with site.client(site.pki.agency(CENTRAL)) as other:
        assert other.get("/v1/mailbox").json() == {"parcels": [], "more": False}
        place = f"/v1/mailbox/{item['id']}"
        assert other.get(place + "/content").status_code == 404
        assert other.post(place + "/lease", json={}).status_code == 404
        assert other.post(place + "/rejection", json={"reason": "x"}).status_code == 404
        other.post(place + "/acknowledgement")
    assert ids(commune) == [item["id"]]


def test_the_list_can_be_short(boxes, commune):
    """And says that there is more."""
    for number in range(3):
        put(boxes, b"x", message_id=MessageId(f"m-{number}"))
    assert commune.get("/v1/mailbox", params={"limit": 2}).json()["more"] is True
    assert len(ids(commune, limit=2)) == 2
    assert len(ids(commune, limit=3)) == 3
    for odd in ("0", "1001", "x", "-1", "", "²"):
        assert commune.get("/v1/mailbox", params={"limit": odd}).status_code == 400


def test_a_lease_keeps_others_away_until_it_ends(site, boxes, commune):
    """409 for others; its holder prolongs it; after its end anybody may have one."""
    place = waiting(boxes)
    first = commune.post(place + "/lease", json={"seconds": 300})
    assert first.status_code == 200
    lease = first.json()["lease"]
    assert commune.post(place + "/lease", json={"seconds": 300}).status_code == 409
    assert commune.post(place + "/lease", json={"lease": "guessed"}).status_code == 409
    shown = commune.get("/v1/mailbox").json()["parcels"][0]
    assert shown["leased_until"] == first.json()["until"]
    site.world.clock.advance(timedelta(seconds=200))
    longer = commune.post(place + "/lease", json={"seconds": 300, "lease": lease}).json()
    assert (longer["lease"], longer["until"] > first.json()["until"]) == (lease, True)
    site.world.clock.advance(timedelta(seconds=300))
    other = commune.post(place + "/lease", json={"lease": lease}).json()
    assert other["lease"] not in ("", lease)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b'{"seconds": 0}',
        b'{"seconds": 3601}',
        b'{"seconds": "1"}',
        b'{"seconds": true}',
        b'{"x": 1}',
        b"[" * 10000,
        b"\xff",
    ],
)
def test_a_lease_that_makes_no_sense_is_refused(site, boxes, commune, body):
    """400."""
    place = waiting(boxes)
    answer = commune.post(place + "/lease", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "http.field")
    assert site.node.store.messages() == []


def test_the_bytes_come_whole_or_in_part(boxes, commune):
    """With their digest and a name for what the parts are of."""
    data = bytes(range(256)) * 4096
    place = waiting(boxes, data) + "/content"
    whole = commune.get(place)
    assert (whole.status_code, whole.content) == (200, data)
    assert content_digest(whole.headers["repr-digest"]) == sha256(data).hexdigest()
    tag = whole.headers["etag"]
    for asked, part in (
        ("bytes=0-0", data[:1]),
        ("bytes=1000-", data[1000:]),
        ("bytes=-5", data[-5:]),
        ("bytes=0-99999999999", data),
    ):
        answer = commune.get(place, headers={"Range": asked, "If-Range": tag})
        assert (answer.status_code, answer.content) == (206, part), asked
        assert answer.headers["content-range"].endswith(f"/{len(data)}")
    beyond = commune.get(place, headers={"Range": f"bytes={len(data)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(data)}")
    for ignored in ("bytes=5-4", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "nonsense"):
        assert commune.get(place, headers={"Range": ignored}).content == data
    other = commune.get(place, headers={"Range": "bytes=0-0", "If-Range": '"other"'})
    assert other.content == data


def test_a_broken_download_can_be_taken_up(site, boxes):
    """After the line broke, the rest is asked for."""
    data = bytes(range(256)) * 20000
    place = waiting(boxes, data) + "/content"
    with site.client(site.pki.agency(COMMUNE)) as client, client.stream("GET", place) as answer:
        first = next(answer.iter_raw(1000))
    with site.client(site.pki.agency(COMMUNE)) as client:
        rest = client.get(place, headers={"Range": f"bytes={len(first)}-"})
    assert first + rest.content == data


def test_who_reads_slowly_takes_no_more_room_than_is_his(world):
    """A download that is not read counts among the requests of its agency, until it ends."""
    data = bytes(range(256)) * 80_000
    with Site(world, {"requests_per_agency": 1}) as site:
        place = waiting(PullBoxes(site.node.folder / "boxes"), data) + "/content"
        with (
            site.client(site.pki.agency(COMMUNE)) as slow,
            site.client(site.pki.agency(COMMUNE)) as client,
        ):
            with slow.stream("GET", place) as answer:
                assert client.get("/v1/mailbox").json()["code"] == "http.too-many"
                assert answer.read() == data
            assert client.get("/v1/mailbox").status_code == 200


def test_a_letter_travels_by_pull_and_its_receipt_ends_the_delivery(world_by_pull):
    """The commune fetches, judges, and leaves its receipt; again: 204 once more."""
    site, client, place = world_by_pull
    data = client.get(place + "/content").content
    receipt = receipt_of(site.world, data)
    lease = client.post(place + "/lease").json()["lease"]
    for headers in (push_headers(receipt), {"Content-Type": "application/xml"}):
        answer = client.post(
            place + "/acknowledgement",
            content=receipt,
            headers={**headers, "Docexchange-Lease": lease},
        )
        assert answer.status_code == 204
    assert site.world.outbound("district") == [OutboundState.ACKNOWLEDGED]
    assert ids(client) == []


def test_bodies_that_go_through_files_are_read_and_leave_none(world):
    """Where next to nothing stays in memory: an acknowledgement, and the reason of a rejection."""
    with Site(world, limits={"memory_bytes": 10}) as site:
        with site.client(site.pki.agency(COMMUNE)) as client:
            boxes = PullBoxes(site.node.folder / "boxes")
            receipt = {"kind": ParcelKind.RECEIPT}
            place = waiting(boxes, **receipt)
            assert client.post(place + "/acknowledgement", content=b"x" * 100).status_code == 204
            answer = client.post(waiting(boxes) + "/rejection", json={"reason": "not readable"})
            assert answer.status_code == 204
        assert [item.reason for item in boxes.set_aside()] == ["not readable"]
        assert list((site.node.folder / "http" / "spool").iterdir()) == []


def test_only_who_has_the_lease_acknowledges(world_by_pull):
    """As long as it lasts."""
    site, client, place = world_by_pull
    receipt = receipt_of(site.world, client.get(place + "/content").content)
    client.post(place + "/lease")
    post = {"content": receipt, "headers": push_headers(receipt)}
    assert client.post(place + "/acknowledgement", **post).status_code == 409
    assert client.post(place + "/rejection", json={"reason": "x"}).status_code == 409
    site.restart()
    with site.client(site.pki.agency(COMMUNE)) as again:  # leases do not survive; that harms nobody
        assert again.post(place + "/acknowledgement", **post).status_code == 204


def test_a_parcel_stays_until_its_own_receipt_is_left(world_by_pull):
    """Nothing, nonsense, one for another letter, one by somebody else: 4xx, and it waits on."""
    site, client, place = world_by_pull
    data = client.get(place + "/content").content
    receipt = receipt_of(site.world, data)
    other = receipt_of(site.world, letter_from(site.pki, MessageId("m-x")), recipient=DISTRICT)
    for odd in (b"", b"<a/>", other, receipt.replace(b"true", b"false"), b" " * 70_000):
        answer = client.post(
            place + "/acknowledgement", content=odd, headers={"Content-Type": "application/xml"}
        )
        assert answer.status_code in (413, 422)
    wrong = client.post(
        place + "/acknowledgement", content=receipt, headers={"Content-Type": "a/b"}
    )
    assert wrong.status_code == 415
    assert len(ids(client)) == 1
    assert site.world.outbound("district") == [OutboundState.AWAITING_RECEIPT]


def receipt_of(world, data, **note):
    """What the commune's node answers to a letter."""
    values = {"from_node": DISTRICT, "to_node": COMMUNE, "recipient": COMMUNE, "origin": DISTRICT}
    values |= {"message_id": MessageId("m-x") if note else LETTER}
    world.put("commune", parcel_of(data, **values | note), data)
    world["commune"].run_once()
    receipts = [body for parcel, body in world.empty("district") if parcel.kind == "receipt"]
    return receipts[-1]


@pytest.fixture
def world_by_pull(site, boxes):
    """The district has sent the commune a letter that waits in its box."""
    world = site.world
    world.nodes.pop("district", None)
    site._open.close()
    from exchange_help import entries

    pulled = Directory(entries(site.pki, commune={"endpoint": "pull:"}))
    world.open("district", directory=pulled, transport=boxes)
    site.__enter__()
    site.node.send(letter(COMMUNE, sender=DISTRICT))
    site.node.run_once()
    (found,) = boxes.waiting(COMMUNE)
    with site.client(site.pki.agency(COMMUNE)) as client:
        yield site, client, f"/v1/mailbox/{found.name}"


def test_a_receipt_is_acknowledged_by_nothing(boxes, commune):
    """It is gone then; acknowledging once more changes nothing."""
    place = waiting(boxes, b"<receipt/>", kind=ParcelKind.RECEIPT)
    assert [commune.post(place + "/acknowledgement").status_code for _ in range(2)] == [204, 204]
    assert ids(commune) == []


def test_what_cannot_be_read_is_set_aside_with_the_reason(site, boxes, commune):
    """It is not given out again, and whoever watches the node is told."""
    place = waiting(boxes)
    for odd in ({}, {"reason": ""}, {"reason": 1}):
        assert commune.post(place + "/rejection", json=odd).status_code == 400
    assert commune.post(place + "/rejection", json={"reason": "không đọc được"}).status_code == 204
    assert ids(commune) == []
    assert [item.reason for item in boxes.set_aside()] == ["không đọc được"]
    assert "parcel.rejected" in site.world.told("district")


@pytest.mark.parametrize("name", ["..", "%2e%2e%2f", "0" * 31, "A" * 32, "tmp", "%00" * 32])
def test_an_id_cannot_lead_elsewhere(shared, name):
    """Nothing is found under it."""
    assert shared.get(f"/v1/mailbox/{name}/content").status_code == 404
    assert shared.post(f"/v1/mailbox/{name}/lease").status_code == 404
    assert shared.post(f"/v1/mailbox/{name}/acknowledgement").status_code == 404


# --- leases alone ------------------------------------------------------------------------------


def test_leases_that_ended_are_forgotten():
    """They do not pile up."""
    tokens = iter("abcdef")
    leases = Leases(lambda: next(tokens))
    for number in range(5):
        now = NOW + timedelta(seconds=10 * number)
        given = leases.take(("H53", str(number)), now=now, seconds=5, lease="")
        assert given.until == now + timedelta(seconds=5)
        assert len(leases._leases) == 1


def test_a_lease_that_was_ended_is_free():
    """For the next one."""
    leases = Leases(lambda: "t")
    key = ("H53", "x")
    leases.take(key, now=NOW, seconds=60, lease="")
    assert leases.take(key, now=NOW, seconds=60, lease="") is None
    leases.end(key)
    leases.end(key)
    assert leases.at(key, NOW) is None
    assert leases.take(key, now=NOW, seconds=60, lease="") is not None


# --- several recipients ------------------------------------------------------------------------


@pytest.fixture
def owed(site, boxes):
    """A letter of the district for the commune and two agencies behind it, in the commune's box."""
    codes = (COMMUNE, *SERVED["commune"][:2])
    site.world.directories |= dict.fromkeys(("commune", "district"), behind(site.pki))
    site.world.wrap = lambda name, transport: boxes if name == "district" else transport
    site.restart()
    site.node.send(letter(*codes, sender=DISTRICT))
    site.node.run_once()
    return codes


def behind(pki):
    """The commune fetches, and serves agencies that have no node."""
    served = [
        DirectoryEntry(organ_id=code, name=f"Xã {code}", tier=5, parent=COMMUNE)
        for code in SERVED["commune"]
    ]
    return Directory([*entries(pki, commune={"endpoint": "pull:"}), *served])


def receipts_for(site, parcel, *codes, **changes):
    """What the commune would say about a parcel, for some of its recipients."""
    signer = Signer(signing_key(site.pki.agency(COMMUNE)), clock=site.world.clock, role="agency")
    values = {
        "message_id": parcel.message_id,
        "from_node": DISTRICT,
        "issuer": COMMUNE,
        "sha256": parcel.sha256,
        "size": parcel.size,
        "at": site.world.clock.now(),
        "hop": 0,
        "accepted": True,
        **changes,
    }
    return [sign_receipt(Receipt(recipient=code, **values), signer) for code in codes]


def acknowledged(client, place, receipts):
    """Receipts that are left for a parcel, as JSON."""
    body = json.dumps({"receipts": [{"xml": xml.decode()} for xml in receipts]}).encode()
    headers = {**push_headers(body), "Content-Type": "application/json"}
    return client.post(f"{place}/acknowledgement", content=body, headers=headers)


def the_one(boxes):
    """The letter that waits, and its address."""
    (found,) = boxes.waiting(COMMUNE)
    return found.parcel, f"/v1/mailbox/{found.name}"


def states(site):
    """How far the district is with each recipient."""
    return {item.recipient: item.state for item in site.node.store.outbound_of(LETTER)}


def test_a_letter_for_several_waits_once(site, boxes, owed, commune):
    """It is listed with all of them, and let go with a receipt for each."""
    (item,) = commune.get("/v1/mailbox").json()["parcels"]
    assert item["recipients"] == sorted(map(str, owed))
    assert item["recipient"] == item["recipients"][0]
    parcel, place = the_one(boxes)
    assert acknowledged(commune, place, receipts_for(site, parcel, *owed)).status_code == 204
    assert boxes.waiting(COMMUNE) == []
    assert states(site) == dict.fromkeys(owed, OutboundState.ACKNOWLEDGED)


def test_whoever_has_no_receipt_keeps_waiting(site, boxes, owed, commune):
    """A fetcher of an older version leaves one receipt at a time, as XML; nothing is lost."""
    left = set(owed)
    while left:
        parcel, place = the_one(boxes)
        assert set(parcel.recipients) == left
        assert commune.get(f"{place}/content").status_code == 200
        (xml,) = receipts_for(site, parcel, parcel.recipient)
        answer = commune.post(f"{place}/acknowledgement", content=xml, headers=push_headers(xml))
        assert answer.status_code == 204
        left.remove(parcel.recipient)
        again = commune.post(f"{place}/acknowledgement", content=xml, headers=push_headers(xml))
        assert again.status_code == 204
    assert boxes.waiting(COMMUNE) == []
    assert states(site) == dict.fromkeys(owed, OutboundState.ACKNOWLEDGED)


def test_a_refusal_among_receipts_ends_one_delivery_alone(site, boxes, owed, commune):
    """With its reason; the letter is let go."""
    parcel, place = the_one(boxes)
    good = receipts_for(site, parcel, *owed[:2])
    bad = receipts_for(site, parcel, owed[2], accepted=False, reason="đầy")
    assert acknowledged(commune, place, [*good, *bad]).status_code == 204
    assert states(site)[owed[2]] is OutboundState.REJECTED
    assert site.node.store.outbound(LETTER, owed[2]).problem == "đầy"


@pytest.mark.parametrize("wrong", ["another", "twice", "not signed"])
def test_receipts_that_are_not_for_the_parcel_let_nothing_go(site, boxes, owed, commune, wrong):
    """422; the parcel waits as before."""
    parcel, place = the_one(boxes)
    good = receipts_for(site, parcel, *owed)
    odd = {
        "another": [*good, *receipts_for(site, parcel, CENTRAL)],
        "twice": [*good, good[0]],
        "not signed": [good[0].replace(b"true", b"false")],
    }[wrong]
    assert acknowledged(commune, place, odd).status_code == 422
    assert the_one(boxes) == (parcel, place)
    assert OutboundState.ACKNOWLEDGED not in states(site).values()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"receipts": []}', b'{"receipts": [1]}'])
def test_receipts_of_another_form_are_refused(boxes, owed, commune, body):
    """400; the parcel waits as before."""
    del owed
    _, place = the_one(boxes)
    headers = {**push_headers(body), "Content-Type": "application/json"}
    answer = commune.post(f"{place}/acknowledgement", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "http.field")
    assert len(boxes.waiting(COMMUNE)) == 1
