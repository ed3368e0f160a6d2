"""The SQLite store held to a model of plain dictionaries, over any changes and restarts."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from contract.delivery_samples import (
    BYTES,
    COMMUNE,
    OTHER_BYTES,
    PROVINCE,
    at,
    entry,
    inbound,
    outbound,
    receipt,
    status,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from docexchange.delivery import (
    WAITING,
    AddTimeline,
    InboundState,
    OutboundState,
    Purge,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
    SQLiteStore,
    judge_chain,
)
from docexchange.errors import DeliveryError
from docexchange.identifiers import MessageId

IDS = [MessageId("m-a"), MessageId("m-b")]
ids = st.sampled_from(IDS)
recipients = st.sampled_from([COMMUNE, PROVINCE])
moments = st.integers(0, 5).map(at)
keys = st.sampled_from([None, "k", "l"])
payloads = st.sampled_from([BYTES, OTHER_BYTES])


def or_none(states):
    """One of the states, or None, in equal parts."""
    return st.none() | st.sampled_from(list(states))


puts = st.builds(
    lambda expected, **values: PutOutbound(outbound(**values), expected=expected),
    expected=or_none(OutboundState),
    message_id=ids,
    recipient=recipients,
    state=st.sampled_from(OutboundState),
    payload=payloads,
    submit_key=keys,
    next_hop=recipients,
    lane=st.integers(0, 2),
    due_at=moments,
    created_at=moments,
)
arrivals = st.builds(
    lambda expected, **values: PutInbound(inbound(**values), expected=expected),
    expected=or_none(InboundState),
    message_id=ids,
    recipient=recipients,
    state=st.sampled_from(InboundState),
    payload=payloads,
    received_at=moments,
)
receipts = st.builds(
    lambda **values: PutReceipt(receipt(**values)),
    message_id=ids,
    given=st.booleans(),
    at=moments,
    xml=st.sampled_from([b"<a/>", b"<b/>"]),
)
statuses = st.builds(
    lambda **values: PutStatus(status(**values)), code=st.sampled_from(["01", "03"]), at=moments
)
entries = st.builds(
    lambda **values: AddTimeline(entry(**values)),
    message_id=ids,
    at=moments,
    event=st.sampled_from(["a", "b"]),
)
changes = st.lists(puts | arrivals | receipts | statuses | entries, max_size=6)


class Stale(Exception):
    """The model refuses."""


class Model:
    """What a store holds, said as plainly as can be."""

    def __init__(self):
        self.outbound, self.inbound = {}, {}
        self.past_out, self.past_in = {}, {}
        self.receipts, self.statuses, self.entries = {}, {}, []

    def copy(self):
        """Another model with the same content."""
        other = Model()
        for name, value in vars(self).items():
            setattr(other, name, value.copy())
        return other

    def put(self, change):
        """Write one change, or refuse it."""
        match change:
            case PutOutbound(record=r):
                for other in (*self.outbound.values(), *self.past_out.values()):
                    if other.submit_key == r.submit_key is not None:
                        self.require(other.message_id == r.message_id)
                self.place(change, self.outbound, self.past_out)
            case PutInbound():
                self.place(change, self.inbound, self.past_in)
            case PutReceipt(record=r):
                self.receipts.setdefault((r.message_id, r.given, r.xml), r)
            case PutStatus(record=r):
                self.statuses.setdefault(r, r)
            case AddTimeline(entry=line):
                self.entries.append(line)

    def place(self, change, live, past):
        """Write a record where it is; what was purged never begins again."""
        r = change.record
        key = r.message_id, r.recipient
        self.check(live.get(key) or past.get(key), change)
        self.require(key not in past or r.state.is_terminal)
        (past if key in past else live)[key] = r

    def purge(self, before):
        """Take out every message to which nothing has happened since; what leaves is counted."""
        return sum(self.take_out(message_id, before) for message_id in IDS)

    def take_out(self, message_id, before):
        """Take one message out if it is at rest."""
        sent = {key: r for key, r in self.outbound.items() if key[0] == message_id}
        came = {key: r for key, r in self.inbound.items() if key[0] == message_id}
        lines = [line for line in self.entries if line.message_id == message_id]
        times = [r.created_at for r in sent.values()] + [r.received_at for r in came.values()]
        times += [line.at for line in lines]
        evidence = [r.at for r in self.receipts.values() if r.message_id == message_id]
        records = [*sent.values(), *came.values()]
        if not times or max(times + evidence) >= before:
            return False
        if not all(r.state.is_terminal for r in records):
            return False
        self.past_out |= {key: replace(r, problem="") for key, r in sent.items()}
        self.past_in |= {key: r for key, r in came.items() if r.state != InboundState.REFUSED}
        self.outbound = {key: r for key, r in self.outbound.items() if key not in sent}
        self.inbound = {key: r for key, r in self.inbound.items() if key not in came}
        self.entries = [line for line in self.entries if line.message_id != message_id]
        return True

    def check(self, known, change):
        """The guards, in the words of the contract."""
        self.require((known.state if known else None) == change.expected)
        if known and isinstance(change, PutOutbound):
            self.require(known.payload == change.record.payload)
            self.require(known.submit_key == change.record.submit_key)
        elif known and known.state not in (InboundState.REFUSED, InboundState.RETURNING):
            self.require(known.payload == change.record.payload)

    @staticmethod
    def require(holds):
        """Refuse unless the guard holds."""
        if not holds:
            raise Stale


class StoreMachine(RuleBasedStateMachine):
    """Applies the same changes to both, and compares every answer after each step."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "store.db"
        self.store = SQLiteStore(self.path)
        self.model = Model()
        self.head = ""

    def teardown(self):
        """Leave nothing behind."""
        self.store.close()
        self.folder.cleanup()

    @rule(changes=changes)
    def apply(self, changes):
        """Both take the changes whole, or both refuse them whole."""
        wanted = self.model.copy()
        try:
            for change in changes:
                wanted.put(change)
        except Stale:
            with pytest.raises(DeliveryError) as caught:
                self.store.apply(changes)
            assert caught.value.code in {"store.stale", "store.purged"}
        else:
            self.store.apply(changes)
            self.model = wanted

    @rule(message_id=ids, recipient=recipients, state=st.sampled_from(OutboundState), due=moments)
    def move_on(self, message_id, recipient, state, due):
        """A change whose guard is known to hold is taken."""
        known = self.model.outbound.get((message_id, recipient))
        if known:
            record = replace(known, state=state, due_at=due)
            self.store.apply([PutOutbound(record, expected=known.state)])
            self.model.outbound[message_id, recipient] = record

    @rule(before=moments)
    def purge(self, before):
        """Both take out the same messages."""
        wanted = Purge(before=before, at=at(10), who="hoa")
        assert self.store.purge(wanted).messages == self.model.purge(before)

    @rule()
    def reopen(self):
        """A restart changes nothing."""
        self.store.close()
        self.store = SQLiteStore(self.path)

    @invariant()
    def answers_agree(self):
        """Every query gives what the model holds, in the order promised."""
        sent = sorted(self.model.outbound.values(), key=lambda r: (r.message_id, r.recipient))
        came = sorted(self.model.inbound.values(), key=lambda r: (r.message_id, r.recipient))
        for message_id in IDS:
            assert self.store.outbound_of(message_id) == [
                r for r in sent if r.message_id == message_id
            ]
            assert self.store.inbound_of(message_id) == [
                r for r in came if r.message_id == message_id
            ]
            assert self.store.receipts(message_id) == [
                r for r in self.model.receipts.values() if r.message_id == message_id
            ]
            lines = [line for line in self.model.entries if line.message_id == message_id]
            assert self.store.timeline(message_id) == sorted(lines, key=lambda line: line.at)
        assert self.store.statuses(status().document_id) == sorted(
            self.model.statuses.values(), key=lambda r: r.at
        )

    @invariant()
    def the_past_agrees(self):
        """By id and recipient everything is found, purged or not; the audit log is whole."""
        sent = self.model.outbound | self.model.past_out
        came = self.model.inbound | self.model.past_in
        for key in ((i, recipient) for i in IDS for recipient in (COMMUNE, PROVINCE)):
            assert self.store.outbound(*key) == sent.get(key)
            assert self.store.inbound(*key) == came.get(key)
        log = self.store.audit(limit=100_000)
        assert judge_chain(log, noted=self.head).fault is None
        self.head = self.store.audit_head().hash

    @invariant()
    def what_is_due_agrees(self):
        """States, due times and submit keys are indexed as they are stored."""
        sent = sorted(self.model.outbound.values(), key=lambda r: (r.message_id, r.recipient))
        waiting = sorted((r for r in sent if r.state in WAITING), key=lambda r: r.due_at)
        assert self.store.due(at(2), 3) == [r for r in waiting if r.due_at <= at(2)][:3]
        due = [r for r in waiting if r.due_at <= at(2)]
        peers = sorted({r.next_hop for r in due})
        assert self.store.due_peers(at(2)) == peers
        for peer in (COMMUNE, PROVINCE):
            mine = sorted(
                (r for r in due if r.next_hop == peer),
                key=lambda r: (r.lane, r.due_at, r.created_at, r.message_id, r.recipient),
            )
            assert self.store.due_for(peer, at(2), 9) == mine
        assert self.store.next_due() == (waiting[0].due_at if waiting else None)
        for state in OutboundState:
            found = [r for r in sent if r.state is state]
            assert self.store.in_state(state) == sorted(found, key=lambda r: r.created_at)
        for key in ("k", "l"):
            found = [r for r in sent if r.submit_key == key]
            assert self.store.by_submit_key(key) == sorted(found, key=lambda r: r.recipient)
            assert len({r.message_id for r in found}) <= 1
        shown = {(s.message_id, r): state for s in self.store.messages() for r, state in s.outbound}
        assert shown == {key: r.state for key, r in self.model.outbound.items()}


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
