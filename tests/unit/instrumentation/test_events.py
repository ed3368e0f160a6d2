"""The names of events are an interface: they are fixed, dotted, and belong together."""

from __future__ import annotations

import re

from docexchange.instrumentation import Event, EventName
from docexchange.instrumentation.events import DURABLE


def test_names_are_dotted_lower_case_and_distinct():
    """As metrics and log processors like them."""
    assert [name for name in EventName if not re.fullmatch(r"[a-z]+\.[a-z-]+", name)] == []
    assert len({str(name) for name in EventName}) == len(EventName)


def test_durable_events_are_events_and_named_once():
    """Crash tests kill a node at each of them."""
    assert set(DURABLE) <= set(EventName)
    assert len(set(DURABLE)) == len(DURABLE)


def test_an_event_without_details_has_none():
    """And two events do not share them."""
    assert Event(EventName.NODE_ERROR).fields == {}
    assert Event(EventName.NODE_ERROR) == Event(EventName.NODE_ERROR)
