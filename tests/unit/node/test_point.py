"""An access point: who is who, where they are reached, and streams made of pieces."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from exchange_help import CENTRAL, COMMUNE, DISTRICT, NOW, PROVINCE, entries, letter, signed

from docexchange.delivery import SMALL_BYTES, Payload
from docexchange.directory import Directory, binding_of
from docexchange.envelope import Attachment, Envelope
from docexchange.errors import NoRoute
from docexchange.identifiers import ContentId, OrganId
from docexchange.node.point import message_id_of
from docexchange.signing.certificates import signatory


def test_an_agency_is_known_by_all_its_codes(world, pki):
    """Both code systems, and the codes it had before."""
    renamed = Directory(entries(pki, commune={"aliases": (OrganId("000.20.31.H53"),)}))
    point = world.open("commune", directory=renamed).point
    for code in ("000.21.31.H53", "H53.31.21", "000.20.31.H53"):
        assert point.is_own(OrganId(code))
    assert not point.is_own(DISTRICT)
    assert not point.is_own(OrganId("000.99.99.Z99"))


def test_a_node_knows_itself_without_a_directory_that_does(world, pki):
    """An agency that was closed is still itself."""
    others = [entry for entry in entries(pki) if entry.organ_id != COMMUNE]
    assert world.open("commune", directory=Directory(others)).point.is_own(COMMUNE)


@pytest.mark.parametrize("missing", ["agency", "endpoint"])
def test_an_agency_that_cannot_be_reached_is_named(world, pki, missing):
    """With what is missing in the directory."""
    directory = Directory(entries(pki, district={"endpoint": ""}))
    wanted = DISTRICT if missing == "endpoint" else OrganId("000.99.99.Z99")
    with pytest.raises(NoRoute, match=str(wanted)) as caught:
        world.open("commune", directory=directory).point.endpoint(wanted)
    assert caught.value.code == "route.no-endpoint"
    assert caught.value.advice


def test_the_endpoint_is_that_of_the_day(world, pki):
    """An agency that moves is reached at its new place from the day of the move."""
    first, second = NOW.date(), NOW.date() + timedelta(days=1)
    moved = [entry for entry in entries(pki) if entry.organ_id != DISTRICT]
    moved += [
        entry
        for change in (
            {"valid_to": first, "endpoint": "memory:old"},
            {"valid_from": second, "endpoint": "memory:new"},
        )
        for entry in entries(pki, district=change)
        if entry.organ_id == DISTRICT
    ]
    point = world.open("commune", directory=Directory(moved)).point
    assert point.endpoint(DISTRICT) == "memory:old"
    world.clock.advance(timedelta(days=1))
    assert point.endpoint(DISTRICT) == "memory:new"


def test_a_message_without_an_id_goes_by_its_bytes():
    """The same bytes, the same id."""
    envelope = Envelope.of(letter())
    assert message_id_of(envelope, "0" * 64).value == "m-letter"
    data = b"".join(envelope.chunks()).replace(b' Id="m-letter"', b"")
    nameless = Envelope.from_bytes(data)
    assert nameless.message.message_id is None
    digest = sha256(data).hexdigest()
    assert message_id_of(nameless, digest).value == f"sha256-{digest}"


def test_the_directory_says_whose_certificate_it_is(pki):
    """On the day of the judgement; the name in the certificate does not count."""
    directory = Directory(entries(pki))
    bound = binding_of(directory)
    seal = signatory(pki.agency("commune").certificate)
    assert bound(COMMUNE, seal, NOW) == ""
    assert bound(OrganId("H53.31.21"), seal, NOW) == ""
    assert "000.21.31.H53" in bound(CENTRAL, seal, NOW)
    assert "does not list" in bound(COMMUNE, signatory(pki.stranger.certificate), NOW)


def test_a_stored_envelope_is_what_was_written(world, pki):
    """Digest, size and bytes."""
    data = signed(letter(), pki.agency("commune"))
    payload = world["commune"].point.store_envelope(Envelope.from_bytes(data))[0]
    assert (payload.sha256, payload.size) == (sha256(data).hexdigest(), len(data))
    assert world["commune"].point.payloads.path(payload.sha256).read_bytes() == data


class Dripping(io.RawIOBase):
    """A stream that gives a few bytes at a time, however many are asked for."""

    def __init__(self, data, step):
        super().__init__()
        self._data, self._step = io.BytesIO(data), step

    def readable(self):
        return True

    def readinto(self, buffer):
        piece = self._data.read(min(self._step, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.mark.parametrize("size", [0, 1, SMALL_BYTES, SMALL_BYTES + 1, 3 * SMALL_BYTES])
def test_a_stream_is_stored_whole_however_it_comes(world, size):
    """In few pieces or many; up to a bound the bytes go with the first record of them."""
    point, data = world["commune"].point, bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    payload, changes = point.store_stream(io.BufferedReader(Dripping(data, 4099)))
    assert payload == Payload(sha256=sha256(data).hexdigest(), size=size)
    assert point.payloads.path(payload.sha256).read_bytes() == data
    assert [change.data for change in changes] == ([data] if size <= SMALL_BYTES else [])


@pytest.mark.parametrize("size", [10, SMALL_BYTES // 2, SMALL_BYTES, 20 * SMALL_BYTES])
def test_an_envelope_is_stored_whole_however_large(world, size):
    """Its pieces are put together, or kept one after the other."""
    scan = Attachment.from_bytes(
        bytes(range(256)) * (size // 256 + 1), name="scan.bin", content_id=ContentId("1")
    )
    envelope = Envelope.of(replace(letter(), attachments=(scan,)))
    payload, changes = world["commune"].point.store_envelope(envelope)
    data = b"".join(envelope.chunks())
    assert payload == Payload(sha256=sha256(data).hexdigest(), size=len(data))
    assert world["commune"].point.payloads.path(payload.sha256).read_bytes() == data
    assert bool(changes) is (len(data) <= SMALL_BYTES)


def test_a_closed_agency_is_reached_where_it_was_last(world, pki):
    """What its node has in hand still has to end in receipts."""
    closed = {"valid_to": (NOW - timedelta(days=1)).date(), "successors": (PROVINCE,)}
    listed = entries(pki, district=closed, commune={"parent": PROVINCE})
    point = world.open("commune", directory=Directory(listed)).point
    assert point.endpoint(DISTRICT) == "memory:district"
    assert point.redirection(DISTRICT) == {"closed": DISTRICT, "successor": PROVINCE}
    assert point.redirection(PROVINCE) == {}


def test_a_node_serves_those_that_have_none(world, pki):
    """The district takes letters for a commune without an endpoint, and sends none in its name."""
    served = Directory(entries(pki, commune={"endpoint": ""}))
    point = world.open("district", directory=served).point
    assert point.serves(COMMUNE)
    assert point.serves(DISTRICT)
    assert not point.serves(PROVINCE)
    assert not point.serves(OrganId("000.99.99.Z99"))
    assert not point.is_own(COMMUNE)
