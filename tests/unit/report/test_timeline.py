"""The timeline of one message over several stores."""

from __future__ import annotations

from datetime import timedelta

from exchange_help import CENTRAL, CODES, COMMUNE, DISTRICT, LETTER, NOW, World, letter

from docexchange.delivery import AddTimeline, MemoryStore, TimelineEntry
from docexchange.identifiers import MessageId
from docexchange.report import TimelineRow, timeline


def remembering(*entries):
    """A store with these entries: seconds after the start, event, details."""
    store = MemoryStore()
    store.apply(
        [
            AddTimeline(TimelineEntry.of(NOW + timedelta(seconds=after), LETTER, event, **detail))
            for after, event, detail in entries
        ]
    )
    return store


def test_rows_of_several_nodes_are_in_order_of_time():
    """Whatever store they come from."""
    first = remembering((0, "submitted", {}), (9, "outbound.receipt", {}))
    second = remembering((5, "received", {}))
    rows = timeline(LETTER, [(COMMUNE, first), (DISTRICT, second)])
    assert [(row.node, row.event) for row in rows] == [
        (COMMUNE, "submitted"),
        (DISTRICT, "received"),
        (COMMUNE, "outbound.receipt"),
    ]


def test_rows_of_one_moment_are_in_order_of_the_route():
    """The order of the stores decides, and within a store the order of writing."""
    first = remembering((0, "b", {}), (0, "a", {}))
    second = remembering((0, "c", {}))
    assert [row.event for row in timeline(LETTER, [(COMMUNE, first), (DISTRICT, second)])] == [
        "b",
        "a",
        "c",
    ]
    assert [row.event for row in timeline(LETTER, [(DISTRICT, second), (COMMUNE, first)])] == [
        "c",
        "b",
        "a",
    ]


def test_a_row_tells_when_where_what_and_the_details():
    """As names and values."""
    store = remembering((3, "received", {"from": "H53", "sha256": "00"}))
    assert timeline(LETTER, [(COMMUNE, store)]) == (
        TimelineRow(
            at=NOW + timedelta(seconds=3),
            node=COMMUNE,
            event="received",
            detail={"from": "H53", "sha256": "00"},
        ),
    )


def test_an_unknown_message_has_no_rows():
    """Nor has any message where there are no stores."""
    assert timeline(MessageId("m-other"), [(COMMUNE, remembering((0, "a", {})))]) == ()
    assert timeline(LETTER, []) == ()


def test_a_letter_through_four_tiers_is_told_from_submission_to_handover(pki, tmp_path):
    """Submitted, three times received, handed over; the digest changes with each trace header."""
    world = World(pki, tmp_path)
    world["commune"].send(letter())
    for name in ("commune", "district", "province", "central"):
        world.clock.advance(timedelta(seconds=1))
        world[name].run_until_idle()
    rows = timeline(LETTER, [(code, world[name].store) for name, code in CODES.items()])
    told = [row for row in rows if not row.event.startswith("outbound.")]
    assert [(row.node, row.event) for row in told] == [
        (COMMUNE, "submitted"),
        (DISTRICT, "received"),
        (DISTRICT, "relayed"),
        (CODES["province"], "received"),
        (CODES["province"], "relayed"),
        (CENTRAL, "received"),
        (CENTRAL, "handed-over"),
        (CENTRAL, "status.sent"),
    ]
    digests = [row.detail["sha256"] for row in told if row.event in ("submitted", "relayed")]
    assert len(set(digests)) == 3
    assert [row.detail["sha256"] for row in told if row.event == "received"] == digests
