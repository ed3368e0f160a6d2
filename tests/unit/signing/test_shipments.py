"""Signed shipments: what was packed comes out as it was packed, or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing_help import CENTRAL, COMMUNE, DISTRICT, NOW, named_agency, signing_key, trust_in

from docexchange.clock import VirtualClock
from docexchange.envelope.shipment import Item, Shipment
from docexchange.errors import UnreadableInput, UsageError, VerificationFailed
from docexchange.identifiers import MessageId
from docexchange.signing import Signer, Verifier, sign_shipment, verify_shipment

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

ID = "shipment-" + "0" * 32
items = st.builds(
    Item,
    kind=st.sampled_from(["message", "receipt"]),
    message_id=st.uuids().map(lambda value: MessageId(f"m-{value}")),
    recipient=st.sampled_from([CENTRAL, COMMUNE]),
    origin=st.sampled_from([CENTRAL, COMMUNE]),
    message_kind=st.sampled_from(["document", "status"]),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    size=st.integers(0, 2**50),
)
shipments = st.builds(
    Shipment,
    shipment_id=st.uuids().map(lambda value: f"shipment-{value.hex}"),
    issuer=st.just(DISTRICT),
    to=st.just(CENTRAL),
    at=st.timedeltas(timedelta(0), timedelta(days=30_000)).map(lambda after: NOW + after),
    items=st.lists(items, max_size=5).map(tuple),
)


def an_item(**values) -> Item:
    """A letter."""
    return Item(
        **{
            "kind": "message",
            "message_id": MessageId("m-1"),
            "recipient": CENTRAL,
            "origin": COMMUNE,
            "message_kind": "document",
            "sha256": "a" * 64,
            "size": 10,
            **values,
        }
    )


def a_shipment(*packed: Item) -> Shipment:
    """From the district to the centre."""
    return Shipment(shipment_id=ID, issuer=DISTRICT, to=CENTRAL, at=NOW, items=packed)


@pytest.fixture
def signer(pki: DemoPki) -> Signer:
    """The district."""
    return Signer(signing_key(pki.agency("district")), clock=VirtualClock(NOW))


@pytest.fixture
def verifier(pki: DemoPki) -> Verifier:
    """Knows which certificate is whose."""
    return Verifier(trust_in(pki), clock=VirtualClock(NOW), binding=named_agency)


@settings(max_examples=30)
@given(shipment=shipments)
def test_a_signed_list_says_what_was_packed(pki: DemoPki, shipment: Shipment) -> None:
    """Every parcel, in order, with every field."""
    signer = Signer(signing_key(pki.agency("district")), clock=VirtualClock(NOW))
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), binding=named_agency)
    assert verify_shipment(sign_shipment(shipment, signer), verifier) == shipment


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'Size="10"', b'Size="11"'),
        (b'Size="10"', b'Size="010"'),
        (b'Sha256="aaaa', b'Sha256="aaab'),
        (b"<Parcel ", b"<!-- --><Parcel "),
        (b"<Parcel ", b"<Parcel Extra='1' "),
        (b"</Parcel>", b"<x/></Parcel>"),
        (b"<To>", b"<To><!-- -->"),
        (b"<Issuer>", b"<Sender>"),
        (b"</Content>", b"</Content><Content/>"),
        (b'"urn:docexchange:shipment:1"', b'"urn:docexchange:shipment:2"'),
        (b"<?xml", b"<!DOCTYPE x><?xml"),
        (ID.encode(), b"shipment-" + b"1" * 32),
    ],
)
def test_a_list_that_was_changed_is_not_unpacked(signer, verifier, old, new) -> None:
    """Values, elements, comments, spelling: nothing can be added, taken or written otherwise."""
    data = sign_shipment(a_shipment(an_item()), signer)
    assert data.count(old) >= 1
    with pytest.raises((UnreadableInput, VerificationFailed)):
        verify_shipment(data.replace(old, new, 1), verifier)


def test_a_parcel_taken_out_is_missed(signer, verifier) -> None:
    """The list is signed as a whole."""
    data = sign_shipment(a_shipment(an_item(), an_item(size=11)), signer)
    start = data.index(b"<Parcel ")
    end = data.index(b"</Parcel>\n", start) + len(b"</Parcel>\n")
    with pytest.raises(VerificationFailed):
        verify_shipment(data[:start] + data[end:], verifier)


def test_a_list_by_somebody_else_is_refused(pki: DemoPki, verifier) -> None:
    """The commune's key does not pack for the district."""
    other = Signer(signing_key(pki.agency("commune")), clock=VirtualClock(NOW))
    with pytest.raises(VerificationFailed):
        verify_shipment(sign_shipment(a_shipment(an_item()), other), verifier)


@pytest.mark.parametrize("data", [b"", b"<x/>", b"<" * 100, b"x" * (9 << 20)])
def test_what_is_no_list_is_told(verifier, data) -> None:
    """Under one code, with advice; unsigned ones too."""
    with pytest.raises(UnreadableInput) as caught:
        verify_shipment(data, verifier)
    assert caught.value.code == "shipment.malformed"
    assert caught.value.advice
    with pytest.raises(UnreadableInput, match="expected a signature beside"):
        verify_shipment(a_shipment(an_item()).xml(), verifier)


@pytest.mark.parametrize(
    "values", [{"kind": "Bad"}, {"sha256": "A" * 64}, {"size": -1}, {"message_kind": 'x" y="'}]
)
def test_values_that_xml_would_have_to_escape_cannot_be_packed(values) -> None:
    """Nothing can be smuggled into the list by what it lists."""
    with pytest.raises(UsageError):
        an_item(**values)
