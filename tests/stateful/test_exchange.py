"""Four nodes in any weather: whatever is lost, doubled, late or killed, letters arrive once.

Hypothesis sends letters, lets nodes work in any order, makes links lose, double, delay and refuse
parcels, kills nodes at any event, replays what was ever carried, and forges. While it does so,
nothing is handed over twice or changed, and nothing is acknowledged without evidence. Once the
weather clears and time passes, everything that was accepted has arrived. Nodes that give up early
(`Returns`) lose nothing either: whatever has not arrived stands as failed where it came from, and
arrives once when it is sent again from there.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from exchange_help import (
    CODES,
    NAMES,
    NOW,
    World,
    attachments_of,
    demo_pki,
    letter,
    scratch_root,
    short,
)
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, invariant, rule
from weather import InWeather, Link, Weather

from docexchange.delivery import InboundState, MemoryStore, OutboundState, SQLiteStore
from docexchange.envelope import Document, StatusCode
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId
from docexchange.instrumentation import EventName
from docexchange.signing import verify_receipt
from docexchange.transport import ParcelKind

LIFETIME = timedelta(days=20)
"""Of letters; the revocation lists of the PKI are good for some days longer."""

nodes = st.sampled_from(NAMES)
events = st.sampled_from(EventName)


class Killed(BaseException):
    """A node dies; nothing in it may go on."""


class Exchange(InWeather):
    """Four nodes, the weather between them, and someone who wishes them ill."""

    letters = Bundle("letters")
    attempts = 1000
    """Of a letter, at each node: more than fit into its lifetime."""

    @initialize(on_disk=st.booleans())
    def start(self, on_disk):
        """Open the world, with stores in memory or on disk."""
        self.scratch = tempfile.TemporaryDirectory(dir=scratch_root())
        self.weather = Weather()
        self.world = World(
            demo_pki(),
            Path(self.scratch.name),
            new_store=_on_disk if on_disk else lambda _: MemoryStore(),
            wrap=lambda _, transport: Link(transport, self.weather),
            schedule=short(attempts=self.attempts, lifetime_seconds=LIFETIME.total_seconds()),
        )
        self.sent: dict[MessageId, Document] = {}
        self.numbers = 0
        self.dooms: dict[str, tuple[EventName, int]] = {}
        self.reported: set[tuple[str, MessageId]] = set()

    # --- what people do ---

    @rule(target=letters, sender=nodes, to=st.sets(nodes, min_size=1, max_size=3))
    def send(self, sender, to):
        """A letter to some agencies, perhaps to oneself."""
        self.numbers += 1
        document = letter(
            *(CODES[name] for name in sorted(to)),
            message_id=MessageId(f"m-{self.numbers}"),
            sender=CODES[sender],
            number=str(self.numbers),
            octets=b"%%PDF-1.4 %d" % self.numbers,
        )
        self.sent[document.message_id] = document
        self._act(sender, lambda node: node.send(document))
        return sender, document

    @rule(which=letters)
    def send_again(self, which):
        """Somebody does not know whether it worked."""
        sender, document = which
        self._act(sender, lambda node: node.send(document))

    @rule(which=letters, name=nodes, code=st.sampled_from([StatusCode.RECEIVED]))
    def report(self, which, name, code):
        """Somebody enters the letter in the incoming book, if it is there."""
        message_id = which[1].message_id
        if self.world.desks.get(name) and message_id in self.world.desks[name].letters:
            self._act(name, lambda node: node.report_status(message_id, code))
            self.reported.add((name, message_id))

    @rule(name=nodes, which=letters)
    def report_on_nothing(self, name, which):
        """A status on a letter that has not arrived is refused at once."""
        message_id = which[1].message_id
        if not self.world[name].store.inbound_of(message_id):
            with pytest.raises(UsageError):
                self.world[name].report_status(message_id, StatusCode.RECEIVED)

    # --- what machines do ---

    @rule(order=st.lists(nodes, min_size=1, max_size=8))
    def work(self, order):
        """Passes of nodes, in any order."""
        for name in order:
            self._act(name, lambda node: node.run_once())

    @rule()
    def work_on(self):
        """Everybody works until nothing is left to do now."""
        for _ in range(4):
            for name in NAMES:
                self._act(name, lambda node: node.run_until_idle())

    @rule(name=nodes)
    def restart(self, name):
        """An orderly restart."""
        self._restart(name)

    @rule(name=nodes, event=events, after=st.integers(0, 2))
    def doom(self, name, event, after):
        """The node will die at an event, the first, second or third of its kind."""
        self.dooms[name] = (event, after)
        self._restart(name)

    @rule(minutes=st.integers(1, 240))
    def pass_time(self, minutes):
        """Retries fall due."""
        self.world.clock.advance(timedelta(minutes=minutes))

    # --- what an enemy does ---

    @rule(number=st.integers(0, 999), name=nodes, to=st.sets(nodes))
    def misdirect(self, number, name, to):
        """A letter is carried past its next stop, into another mailbox, perhaps for others."""
        messages = [item for item in self.weather.carried if item[0].kind is ParcelKind.MESSAGE]
        if messages:
            parcel, data = messages[number % len(messages)]
            codes = tuple(CODES[name] for name in sorted(to)) or parcel.recipients
            self.put(replace(parcel, to_node=CODES[name], recipients=codes), data)

    @rule(number=st.integers(0, 999), lie=st.sampled_from(["from_node", "recipients", "origin"]))
    def lie(self, number, lie):
        """The note on a letter names somebody else."""
        if self.weather.carried:
            parcel, data = self.weather.carried[number % len(self.weather.carried)]
            code = CODES[NAMES[number % 4]]
            self.put(replace(parcel, **{lie: (code,) if lie == "recipients" else code}), data)

    @rule(number=st.integers(0, 999))
    def forge(self, number):
        """A letter or receipt with other content, under an honest note."""
        if not self.weather.carried:
            return
        parcel, data = self.weather.carried[number % len(self.weather.carried)]
        for old, new in ((b"V/v b", b"V/v c"), (b">true<", b">false<"), (b">01<", b">02<")):
            if old in data:
                forged = data.replace(old, new)
                digest = sha256(forged).hexdigest()
                self.put(replace(parcel, sha256=digest, size=len(forged)), forged)

    # --- what must hold at any time ---

    @invariant()
    def nothing_is_handed_over_twice_or_changed(self):
        """Each letter once to each recipient, as it was sent."""
        if not hasattr(self, "world"):
            return
        for name, desk in self.world.desks.items():
            for message_id, got in desk.letters.items():
                assert self.world.handed_over(name, message_id) <= 1
                if isinstance(got.verified.message, Document):
                    assert _said(got.verified.message) == _said(self.sent[message_id])
                    assert CODES[name] in self.sent[message_id].destinations

    @invariant()
    def nothing_is_acknowledged_without_evidence(self):
        """The last word of the next hop about the very bytes is a receipt, and verifies."""
        if not hasattr(self, "world"):
            return
        for name, node in self.world.nodes.items():
            for record in node.store.in_state(OutboundState.ACKNOWLEDGED):
                words = [
                    verify_receipt(item.xml, node.point.verifier)
                    for item in node.store.receipts(record.message_id)
                    if not item.given and item.recipient == record.recipient
                ]
                said = sorted(words, key=lambda word: (word.at, word.accepted))
                assert {word.sha256 for word in said} == {record.payload}, name
                assert {word.issuer for word in said} == {record.next_hop}
                assert said[-1].accepted, (name, record)

    # --- what must hold in the end ---

    def teardown(self):
        """The weather clears, nobody dies any more, everyone repeats what he is not sure of."""
        if hasattr(self, "world"):
            try:
                self._end()
            finally:
                self.world.close()
                self.scratch.cleanup()

    def _end(self):
        self._clear_up()
        self._come_to_rest()
        self._check_all_arrived()

    def _come_to_rest(self):
        while self._waiting():
            self.world.run()
            self.world.clock.advance(timedelta(hours=1))
            assert self.world.clock.now() < NOW + LIFETIME, "letters do not come to rest"
        self.world.run()

    def _check_all_arrived(self):
        for message_id, document in self.sent.items():
            for name in NAMES:
                expected = CODES[name] in document.destinations
                assert self.world.handed_over(name, message_id) == expected, (name, message_id)
                assert (message_id in self.world.desks[name].letters) == expected
        self._check_stores()
        self._check_statuses()

    def _clear_up(self):
        self.weather.fates.clear()
        self.weather.cut_off.clear()
        self.dooms.clear()
        for name in NAMES:
            self._restart(name)
        for document in self.sent.values():
            sender = next(name for name in NAMES if CODES[name] == document.sender.organ_id)
            self.world[sender].send(document)
        self.world.run()
        for name, message_id in self.reported:
            self.world[name].report_status(message_id, StatusCode.RECEIVED)

    def _waiting(self):
        return any(self.world[name].store.next_due() or self.world.waiting(name) for name in NAMES)

    def _check_stores(self):
        for name in NAMES:
            store = self.world[name].store
            for item in store.messages():
                for record in store.outbound_of(item.message_id):
                    assert self._has_ended_well(record), (name, record)
            assert store.inbound_in_state(InboundState.VERIFIED) == []
            assert store.inbound_in_state(InboundState.RECEIVED) == []
            assert store.inbound_in_state(InboundState.RETURNING) == []

    def _has_ended_well(self, record):
        return record.state is OutboundState.ACKNOWLEDGED

    def _check_statuses(self):
        """Each recipient's 01, and 03 where reported, reached the sender once."""
        for message_id, document in self.sent.items():
            sender = next(name for name in NAMES if CODES[name] == document.sender.organ_id)
            got = Counter(
                (status.reporter, status.code)
                for status in self.world[sender].store.statuses(str(document.document_id))
                if not status.outgoing
            )
            expected = Counter((code, "01") for code in document.destinations)
            expected.update(
                (CODES[name], "03") for name, reported in self.reported if reported == message_id
            )
            assert got == expected, message_id

    # --- how it is done ---

    def _act(self, name, act):
        """Let a node do something; if it dies of it, start it again."""
        try:
            return act(self._living(name))
        except Killed:
            self.dooms.pop(name, None)
            self._restart(name)
        return None

    def _living(self, name):
        if name not in self.world.nodes:
            self._restart(name)
        return self.world[name]

    def _restart(self, name):
        self.world.restart(name, hooks=(self._hook(name),))

    def _hook(self, name):
        seen = Counter()

        def hook(event):
            fatal, after = self.dooms.get(name, (None, 0))
            seen[event.name] += 1
            if event.name == fatal and seen[event.name] > after:
                raise Killed

        return hook


class Returns(Exchange):
    """The same with nodes that give up early: what does not arrive comes home, and goes again."""

    attempts = 2

    # --- what people do ---

    @rule(name=nodes, which=Exchange.letters)
    def resend(self, name, which):
        """Somebody, at the origin or at a hub, has a letter sent again that failed there."""
        self._mend(name, which, lambda node, message_id: node.resend(message_id))

    @rule(name=nodes, which=Exchange.letters)
    def cancel(self, name, which):
        """Somebody stops a letter that is under way there."""
        self._mend(name, which, lambda node, message_id: node.cancel(message_id, reason="nhầm"))

    # --- what the weather does ---

    @rule(names=st.sets(nodes, max_size=2), hours=st.integers(0, 2))
    def cut_off(self, names, hours):
        """Nothing reaches these nodes any more; the others are in reach again."""
        self.weather.cut_off = {f"memory:{name}" for name in names}
        self.wait(hours)

    @rule(hours=st.integers(1, 12))
    def wait(self, hours):
        """Everybody works while time passes: long enough for attempts to be spent."""
        for _ in range(hours):
            self.world.clock.advance(timedelta(minutes=20))
            for name in NAMES:
                self._act(name, lambda node: node.run_until_idle())

    # --- what must hold in the end ---

    def _end(self):
        self._clear_up()
        self._come_to_rest()
        self._check_every_origin_knows()
        while failed := self._failed():
            for name, message_id in failed:
                self.world[name].resend(message_id)
            self._come_to_rest()
        self._check_all_arrived()

    def _check_every_origin_knows(self):
        """A letter was handed over, or where it came from there stands that it failed."""
        failed = {message_id for _, message_id in self._failed()}
        for message_id, document in self.sent.items():
            for name in NAMES:
                if CODES[name] in document.destinations and message_id not in failed:
                    assert self.world.handed_over(name, message_id) == 1, (name, message_id)

    def _has_ended_well(self, record):
        """A stray copy may be given up by a hub that it should never have come to."""
        is_origin = record.submit_key is not None
        return super()._has_ended_well(record) or (record.state.is_failure and not is_origin)

    def _failed(self):
        """What failed where it came from: letters, and statuses about them."""
        states = [state for state in OutboundState if state.is_failure]
        return {
            (name, record.message_id)
            for name in NAMES
            for state in states
            for record in self.world[name].store.in_state(state)
            if record.submit_key is not None
        }

    def _mend(self, name, which, act):
        message_id = which[1].message_id
        with suppress(UsageError):
            self._act(name, lambda node: act(node, message_id))


def _on_disk(folder):
    return SQLiteStore(folder / "store.db")


def _said(document):
    return replace(document, attachments=()), attachments_of(document)


QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


class TestExchange(Exchange.TestCase):
    """A small share of what the soak test does for minutes."""

    settings = settings(
        max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=QUIET
    )


class TestReturns(Returns.TestCase):
    """A small share of what the soak test does for minutes."""

    settings = TestExchange.settings


@pytest.mark.soak
@pytest.mark.timeout(7200)
class TestLongReturns(Returns.TestCase):
    """As many examples as one has patience for (``SOAK_EXAMPLES``)."""

    settings = settings(
        max_examples=int(os.environ.get("SOAK_EXAMPLES", "500")),
        stateful_step_count=60,
        deadline=None,
        suppress_health_check=QUIET,
    )


@pytest.mark.soak
@pytest.mark.timeout(7200)
class TestLongExchange(Exchange.TestCase):
    """As many examples as one has patience for (``SOAK_EXAMPLES``)."""

    settings = settings(
        max_examples=int(os.environ.get("SOAK_EXAMPLES", "500")),
        stateful_step_count=60,
        deadline=None,
        suppress_health_check=QUIET,
    )
