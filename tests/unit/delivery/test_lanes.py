"""Urgent letters go first, every peer gets its share, and nothing waits for ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from contract.delivery_samples import COMMUNE, MINISTRY, NOON, PROVINCE, at, outbound
from exchange_help import letter
from hypothesis import given
from hypothesis import strategies as st

from docexchange.delivery import Lane, in_turn, lane_of, next_peers, share_of
from docexchange.delivery.lanes import AGEING, BULK_BYTES
from docexchange.envelope import Organization, OtherInfo, Priority, StatusCode, status_of
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId, OrganId

peers = st.sampled_from([COMMUNE, MINISTRY, PROVINCE])
records = st.lists(
    st.builds(
        lambda number, **values: outbound(message_id=MessageId(f"m-{number}"), **values),
        number=st.integers(0, 10**6),
        next_hop=peers,
        lane=st.sampled_from(Lane).map(int),
        due_at=st.integers(-3600, 0).map(at),
        created_at=st.integers(-7200, -3600).map(at),
    ),
    unique_by=lambda record: record.message_id,
    max_size=40,
)


@pytest.mark.parametrize(
    ("priority", "size", "lane"),
    [
        (None, 10, Lane.NORMAL),
        (Priority.NORMAL, BULK_BYTES - 1, Lane.NORMAL),
        (Priority.NORMAL, BULK_BYTES, Lane.BULK),
        (Priority.URGENT, 10, Lane.URGENT),
        (Priority.EXPRESS_TIMED, BULK_BYTES, Lane.URGENT),
    ],
)
def test_the_lane_of_a_letter(priority, size, lane):
    """Its mark of urgency counts first, then its size."""
    marked = replace(letter(), other_info=OtherInfo(priority=priority))
    assert lane_of(marked, size=size) is lane


def test_statuses_are_urgent():
    """They are small, and somebody waits for them."""
    reporter = Organization(MINISTRY, "Bộ")
    status = status_of(letter(), StatusCode.RECEIVED, reporter=reporter, at=NOON)
    assert lane_of(status, size=BULK_BYTES) is Lane.URGENT


def test_a_lane_that_does_not_exist_is_refused():
    """A record of the store cannot name a fourth lane."""
    with pytest.raises(UsageError, match="0 or 1 or 2, found 3"):
        outbound(lane=3)


def test_ageing_lifts_a_letter_lane_by_lane():
    """A bulk letter goes before normal ones that fell due a step later, urgent ones two later."""
    bulk = outbound(message_id=MessageId("m-bulk"), lane=2)
    normal = outbound(message_id=MessageId("m-normal"), lane=1)
    urgent = outbound(message_id=MessageId("m-urgent"), lane=0)
    second = at(1) - NOON
    assert in_turn([bulk, normal, urgent], limit=9) == [urgent, normal, bulk]
    later = replace(normal, due_at=NOON + AGEING + second)
    latest = replace(urgent, due_at=NOON + 2 * AGEING + second)
    assert in_turn([latest, later, bulk], limit=9) == [bulk, later, latest]
    sooner = replace(urgent, due_at=NOON + 2 * AGEING - second)
    assert in_turn([bulk, sooner], limit=9) == [sooner, bulk]


@given(records=records, limit=st.integers(0, 30), shuffled=st.randoms())
def test_the_order_is_one_and_the_same_however_records_come(records, limit, shuffled):
    """It depends on what is due, not on how the store lists it."""
    mixed = records.copy()
    shuffled.shuffle(mixed)
    assert in_turn(mixed, limit=limit) == in_turn(records, limit=limit)


@given(records=records, limit=st.integers(0, 30))
def test_every_peer_gets_its_share(records, limit):
    """Nobody more, nobody less while there is room; never more than the limit altogether."""
    chosen = in_turn(records, limit=limit)
    waiting = Counter(record.next_hop for record in records)
    share = share_of(limit, len(waiting))
    assert len(chosen) <= limit
    got = Counter(record.next_hop for record in chosen)
    assert all(number <= share for number in got.values())
    if len(waiting) <= limit:
        assert got == Counter({peer: min(number, share) for peer, number in waiting.items()})


@given(number=st.integers(1, 60), limit=st.integers(1, 10))
def test_every_peer_has_its_turn_before_any_has_a_second_one(number, limit):
    """However many peers there are, and wherever the last pass ended."""
    codes = sorted(OrganId(f"000.00.{n:02}.H53") for n in range(number))
    last, served = None, []
    while len(served) < number:
        turn = next_peers(codes, after=last, limit=limit)
        assert len(turn) == min(limit, number)
        served += turn
        last = turn[-1]
    assert set(served[:number]) == set(codes)


def test_a_peer_that_is_done_does_not_upset_the_order():
    """The last one served has nothing due any more; the next one after it has its turn."""
    first, second, third = codes = sorted([COMMUNE, MINISTRY, PROVINCE])
    assert next_peers([first, third], after=second, limit=1) == [third]
    assert next_peers([first, second], after=third, limit=1) == [first]
    assert next_peers(codes, after=None, limit=9) == codes
    assert next_peers([], after=first, limit=9) == []


@given(waiting=records.filter(bool), flood=st.integers(1, 5), limit=st.integers(1, 4))
def test_nothing_starves(waiting, flood, limit):
    """Though urgent letters pour in at every pass, whatever waited at first goes in the end."""
    left, passes = list(waiting), 0
    wanted = {record.message_id for record in waiting}
    while wanted:
        now = at(60 * passes)
        left += [
            outbound(message_id=MessageId(f"u-{passes}-{n}"), lane=0, due_at=now)
            for n in range(flood)
        ]
        gone = {record.message_id for record in in_turn(left, limit=limit)}
        left = [record for record in left if record.message_id not in gone]
        wanted -= gone
        passes += 1
        assert passes < 60 * len(waiting) * 3 + 10 * flood * 60
