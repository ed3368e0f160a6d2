"""Events in the log: under their names, at the right level, one line each."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from docexchange.clock import VirtualClock
from docexchange.instrumentation import Event, EventName, log_events

WARNINGS = {
    EventName.OUTBOUND_FAILED,
    EventName.INBOUND_REFUSED,
    EventName.INBOUND_POSTPONED,
    EventName.RECEIPT_NOT_SENT,
    EventName.PARCEL_REJECTED,
    EventName.PEER_OPENED,
    EventName.RETURN_ISSUED,
    EventName.RETURN_NOT_CARRIED,
    EventName.HANDOVER_DEFERRED,
    EventName.DIRECTORY_REFUSED,
    EventName.DIRECTORY_EXPIRED,
    EventName.HTTP_REFUSED,
}


@pytest.fixture(autouse=True)
def everything(caplog):
    """All levels are captured."""
    caplog.set_level(logging.DEBUG)


def test_an_event_is_one_line_with_its_name_and_details(caplog):
    """And the details are there for machines as well."""
    log_events()(Event(EventName.INBOUND_ACCEPTED, {"node": "H53", "message_id": "m-1"}))
    (record,) = caplog.records
    assert record.name == "docexchange"
    assert record.getMessage() == "inbound.accepted node=H53 message_id=m-1"
    assert record.docexchange == {"node": "H53", "message_id": "m-1"}


@pytest.mark.parametrize("name", EventName)
def test_what_needs_a_person_stands_out(caplog, name):
    """Errors and warnings are those that somebody may have to act upon."""
    log_events()(Event(name))
    (record,) = caplog.records
    expected = logging.WARNING if name in WARNINGS else logging.INFO
    assert record.levelno == (logging.ERROR if name is EventName.NODE_ERROR else expected)


def test_refusals_of_one_kind_do_not_flood_the_log(caplog):
    """Ten in a minute; the tenth says that it falls silent, the next one what it left out."""
    clock = VirtualClock(datetime(2026, 3, 2, 2, tzinfo=UTC))
    hook = log_events(clock=clock)
    refused = Event(EventName.HTTP_REFUSED, {"status": 403, "code": "c", "certificate": "x"})
    other = Event(EventName.HTTP_REFUSED, {"status": 403, "code": "c", "certificate": "y"})
    for _ in range(1000):
        hook(refused)
    assert len(caplog.records) == 10
    assert caplog.records[-1].docexchange["silent_seconds"] == 60
    hook(other)
    hook(Event(EventName.INBOUND_REFUSED))
    assert len(caplog.records) == 12
    clock.sleep(60)
    hook(refused)
    assert caplog.records[-1].docexchange["not_logged"] == 990
    assert " not_logged=990" in caplog.records[-1].getMessage()


BAD_ENDS = ["rejected", "expired", "dead_letter", "returned"]


@pytest.mark.parametrize("state", [*BAD_ENDS, "acknowledged"])
def test_a_delivery_that_ended_badly_is_a_warning(caplog, state):
    """One that ended well is not."""
    log_events()(Event(EventName.OUTBOUND_ENDED, {"state": state}))
    (record,) = caplog.records
    assert record.levelno == (logging.INFO if state == "acknowledged" else logging.WARNING)


def test_another_logger_may_be_given(caplog):
    """The program decides where it goes."""
    log_events(logging.getLogger("my.program"))(Event(EventName.NODE_ERROR))
    assert [record.name for record in caplog.records] == ["my.program"]


@pytest.mark.parametrize("hostile", ["a\nINFO forged line", "a\r\nb", "\x1b[2Ja", "\u2028", "\x85"])
def test_nobody_can_write_lines_of_his_own_into_the_log(caplog, hostile):
    """A reason that a stranger wrote stays on its line, and moves no cursor."""
    log_events()(Event(EventName.INBOUND_REFUSED, {"reason": hostile}))
    (record,) = caplog.records
    assert record.getMessage().isprintable()
    assert record.docexchange == {"reason": hostile}


def test_vietnamese_stays_readable(caplog):
    """Only what is not printable is written otherwise."""
    log_events()(Event(EventName.INBOUND_REFUSED, {"reason": "Không đúng thẩm quyền"}))
    assert "reason=Không đúng thẩm quyền" in caplog.text
