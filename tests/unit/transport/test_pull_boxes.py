"""Boxes that neighbours fetch from: what goes in once comes out once, to its owner."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from exchange_help import CENTRAL, COMMUNE, DISTRICT, parcel_of

from docexchange.errors import TransportError
from docexchange.identifiers import MessageId, OrganId
from docexchange.transport import PullBoxes, open_transport
from docexchange.transport.pull_boxes import is_name


@pytest.fixture
def boxes(tmp_path):
    """No box yet."""
    return PullBoxes(tmp_path / "boxes")


def put(boxes, data=b"letter", **note):
    """A parcel for the commune."""
    parcel = parcel_of(data, **{"to_node": COMMUNE, **note})
    assert boxes.send(parcel, io.BytesIO(data), to="pull:") == ()
    return parcel


def test_a_parcel_waits_for_its_owner(boxes, tmp_path):
    """Also for another process, and under either way to write the agency's code."""
    before = datetime.fromtimestamp(tmp_path.stat().st_ctime, UTC)
    parcel = put(boxes)
    again = PullBoxes(tmp_path / "boxes")
    (found,) = again.waiting(OrganId("H53.31.21"))
    assert (found.parcel, is_name(found.name)) == (parcel, True)
    assert found.since >= before
    assert again.find(COMMUNE, found.name) == found
    with again.open(COMMUNE, found.name) as stream:
        assert stream.read() == b"letter"
    assert again.waiting(CENTRAL) == []
    assert again.find(CENTRAL, found.name) is None


def test_the_same_parcel_is_there_once(boxes):
    """However often it is sent; another one stands beside it."""
    for _ in range(3):
        put(boxes)
    put(boxes, message_id=MessageId("m-2"))
    assert len(boxes.waiting(COMMUNE)) == 2


def test_what_was_settled_is_gone_and_may_come_again(boxes):
    """A sender that had no receipt sends once more."""
    put(boxes)
    (found,) = boxes.waiting(COMMUNE)
    for _ in range(2):
        boxes.settle(COMMUNE, found.name)
    assert boxes.waiting(COMMUNE) == []
    assert boxes.find(COMMUNE, found.name) is None
    put(boxes)
    assert len(boxes.waiting(COMMUNE)) == 1


def test_what_was_rejected_is_kept_with_the_reason(boxes):
    """And shown by all boxes together."""
    put(boxes)
    put(boxes, to_node=CENTRAL)
    for agency in (COMMUNE, CENTRAL):
        (found,) = boxes.waiting(agency)
        boxes.reject(agency, found.name, f"because {agency}")
    reasons = {item.reason for item in boxes.set_aside()}
    assert reasons == {f"because {COMMUNE}", f"because {CENTRAL}"}
    assert boxes.waiting(COMMUNE) == boxes.waiting(CENTRAL) == []


def test_bytes_that_are_not_those_of_the_note_do_not_go_in(boxes):
    """Too few, too many, others."""
    parcel = parcel_of(b"letter", to_node=COMMUNE)
    for data in (b"", b"lette", b"letter.", b"LETTER"):
        with pytest.raises(TransportError) as caught:
            boxes.send(parcel, io.BytesIO(data), to="pull:")
        assert caught.value.code == "transport.payload-mismatch"
    assert boxes.waiting(COMMUNE) == []


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../..", "A" * 32, "0" * 31, "0" * 33, "0" * 31 + "/"]
)
def test_a_name_cannot_lead_elsewhere(boxes, name):
    """It is not even looked for."""
    put(boxes)
    assert not is_name(name)
    assert boxes.find(COMMUNE, name) is None


def test_what_others_put_into_a_box_is_no_parcel(boxes, tmp_path):
    """Files and folders with other names, or without a note, are not listed."""
    put(boxes)
    new = tmp_path / "boxes" / COMMUNE.as_decision_20 / "new"
    (new / "note.txt").write_text("x")
    (new / ("0" * 32)).mkdir()
    assert len(boxes.waiting(COMMUNE)) == 1
    assert boxes.find(COMMUNE, "0" * 32) is None


def test_nothing_arrives_for_ourselves(boxes):
    """Whatever waits is for others."""
    put(boxes, to_node=DISTRICT)
    assert list(boxes.receive(10)) == []
    assert boxes.capabilities.durable


def test_the_boxes_are_opened_by_url(tmp_path):
    """And take nothing for another kind of endpoint."""
    with open_transport("pull:boxes", base=tmp_path) as boxes:
        put(boxes)
        with pytest.raises(TransportError) as caught:
            boxes.send(parcel_of(b"x"), io.BytesIO(b"x"), to="folder:/srv")
    assert not caught.value.retryable
    assert (tmp_path / "boxes" / COMMUNE.as_decision_20).is_dir()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    """Its parent is not made."""
    with pytest.raises(TransportError, match="boxes"):
        PullBoxes(tmp_path / "missing" / "boxes")


def test_oldest_first(boxes):
    """By when they came."""
    sent = [put(boxes, message_id=MessageId(f"m-{number}")) for number in range(5)]
    found = boxes.waiting(COMMUNE)
    assert sorted(item.since for item in found) == [item.since for item in found]
    assert {item.parcel for item in found} == set(sent)
    assert sha256(b"letter").hexdigest() == found[0].parcel.sha256
