"""Receipts are read by the letter, and only as they are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import AT

from docexchange.envelope import Receipt
from docexchange.envelope.receipt import read_receipt, receipt_xml, says_accepted
from docexchange.errors import InvalidField, LimitExceeded, MalformedReceipt, UnreadableInput
from docexchange.identifiers import MessageId, OrganId
from docexchange.limits import Limits
from docexchange.testing.strategies.letters import message_ids, organ_ids, texts

RECEIPT = Receipt(
    message_id=MessageId("m-1"),
    recipient=OrganId("000.00.00.G22"),
    from_node=OrganId("000.21.31.H53"),
    issuer=OrganId("000.00.31.H53"),
    sha256="0" * 64,
    size=3,
    at=AT,
    hop=1,
    accepted=False,
    reason="a & b",
)
receipts = st.builds(
    Receipt,
    message_id=message_ids,
    recipient=organ_ids,
    from_node=organ_ids,
    issuer=organ_ids,
    sha256=st.binary(min_size=32, max_size=32).map(bytes.hex),
    size=st.integers(0, 2**50),
    at=st.datetimes(
        min_value=datetime(1, 1, 3),  # noqa: DTZ001 - Hypothesis adds the zone
        max_value=datetime(9999, 12, 29),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))]),
    ),
    hop=st.integers(0, 99),
    accepted=st.booleans(),
    reason=texts(500),
)


@given(receipts)
def test_a_receipt_comes_back(receipt: Receipt):
    """What is written as a receipt is read as the same receipt."""
    assert read_receipt(receipt_xml(receipt))[0] == receipt
    assert says_accepted(receipt_xml(receipt)) is receipt.accepted


@given(st.binary(max_size=200) | st.sampled_from([b"", b"<a/>", b"<Receipt/>", b"\xff\xfe"]))
def test_any_bytes_are_a_receipt_or_none(data: bytes):
    """Arbitrary bytes end in our own error."""
    with pytest.raises(UnreadableInput):
        read_receipt(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<Size>3<", b"<Size>+3<"),
        (b"<Size>3<", b"<Size>03<"),
        (b"<Size>3<", "<Size>٣<".encode()),
        (b"<Size>3<", b"<Size>-3<"),
        (b"<Size>3<", b"<Size>x<"),
        (b"<Hop>1<", b"<Hop>1_0<"),
        (b"<Hop>1<", b"<Hop>" + b"9" * 5000 + b"<"),
        (b"2026-03-02T", b"2026-3-2T"),
        (b"02:00:00.000000Z", b"02:00:00.0Z"),
        (b"02:00:00.000000Z", b"02:00:60.000000Z"),
        (b"0" * 64, b"A" * 64),
        (b"<Accepted>false<", b"<Accepted>no<"),
        (b"<Accepted>false<", b"<Accepted>FALSE<"),
        (b'Id="m-1.receipt"', b'Id="m-2.receipt"'),
        (b"<Hop>1</Hop>", b""),
        (b"<Hop>1</Hop>", b"<Hop>1</Hop><Hop>1</Hop>"),
        (b"<Hop>1</Hop>", b"<Hop><!-- -->1</Hop>"),
        (b"<Hop>1</Hop>", b'<Hop xmlns="urn:x">1</Hop>'),
        (b"</Content>", b"</Content><More/>"),
        (b"urn:docexchange:receipt:1", b"urn:docexchange:receipt:2"),
        (b"<Receipt", b"<!DOCTYPE a><Receipt"),
        (b"<Recipient>000.00.00.G22", b"<Recipient>?"),
        (b"<MessageId>m-1", b"<MessageId>m 1"),
    ],
)
def test_any_other_spelling_is_refused(old: bytes, new: bytes):
    """A receipt is evidence: it is read by the letter or not at all."""
    data = receipt_xml(RECEIPT)
    assert data.count(old) == 1
    with pytest.raises(MalformedReceipt, match="expected a delivery receipt"):
        read_receipt(data.replace(old, new))


@given(st.data())
def test_a_receipt_cut_short_is_none(data: st.DataObject):
    """A truncated receipt is refused, unless only its last line break is gone."""
    xml = receipt_xml(RECEIPT)
    with pytest.raises(MalformedReceipt):
        read_receipt(xml[: data.draw(st.integers(0, len(xml) - 2))])


def test_a_receipt_too_large_names_the_limit():
    """More bytes than a receipt can have are refused before they are parsed."""
    data = receipt_xml(RECEIPT) + b" " * 100_000
    with pytest.raises(LimitExceeded, match="receipt_bytes"):
        read_receipt(data)
    assert read_receipt(data, Limits(receipt_bytes=200_000))[0] == RECEIPT


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"sha256": "0" * 63}, "Sha256"),
        ({"sha256": "G" * 64}, "Sha256"),
        ({"size": -1}, "Size"),
        ({"hop": -1}, "Hop"),
        ({"at": datetime(2026, 3, 2)}, "Time"),  # noqa: DTZ001 - the very thing refused
        ({"reason": "\0"}, "Reason"),
        ({"reason": "x" * 4001}, "Reason"),
    ],
)
def test_an_impossible_receipt_cannot_be_made(change: dict[str, object], name: str):
    """A receipt that could not be read again does not come into being."""
    with pytest.raises(InvalidField) as refused:
        replace(RECEIPT, **change)
    assert refused.value.path == f"Receipt.Content.{name}"


def test_the_longest_reason_fits():
    """A receipt with the longest reason of the most expensive characters is within the limit."""
    receipt = replace(RECEIPT, reason='&\U0001f600"<>' * 800)
    assert read_receipt(receipt_xml(receipt))[0] == receipt


def test_white_space_around_the_reason_is_not_written():
    """A reason is written without the white space around it, as readers see it."""
    receipt = replace(RECEIPT, reason=" why\n")
    assert read_receipt(receipt_xml(receipt))[0].reason == "why"
