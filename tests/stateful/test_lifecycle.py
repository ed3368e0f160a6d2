"""One sender, three receivers, any weather: in the end all agree on where every document stands.

Hypothesis sends letters; recalls, updates and replaces them, also by status 13, also letters that
ask themselves; receivers register, agree, refuse with a reason, put it off or change their minds,
each for itself; another agency tries to recall what is not its own; links lose, double, delay and
refuse parcels; time passes. Once the weather clears and everything has arrived, every receiver
knows of its documents what the sender knows, and what people said is what counts.
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_help import CODES, NOW, Desk, World, demo_pki, letter, scratch_root, short
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, rule
from recall_help import asking
from weather import InWeather, Link, Weather

from docexchange.envelope import Document, StatusCode
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId
from docexchange.lifecycle import Asked, Odd
from docexchange.node import Agree, Later, Refuse

SENDER, RECEIVERS = "commune", ("district", "province", "central")
LIFETIME = timedelta(days=20)
KINDS = [Asked.RECALL, Asked.RECALL, Asked.UPDATE, Asked.REPLACEMENT]
DECISIONS = [None, Agree(), Refuse("đã dùng"), Later()]

receivers = st.sampled_from(RECEIVERS)


class Clerk(Desk):
    """Decides as it was told to, letter by letter; then it only takes what comes."""

    def __init__(self):
        super().__init__()
        self.plan = []
        self.said = {}

    def take(self, letter):
        """Keep it, decide, and remember what was decided."""
        super().take(letter)
        if not (isinstance(letter.verified.message, Document) or letter.concerns):
            return None
        decision = self.plan.pop(0) if self.plan else None
        if not isinstance(decision, Later):
            self.said[letter.message_id] = decision
        return decision


class Lifecycle(InWeather):
    """The commune writes, the others receive; the district also writes what it must not."""

    letters = Bundle("letters")

    @initialize()
    def start(self):
        """Open the world."""
        self.scratch = tempfile.TemporaryDirectory(dir=scratch_root())
        self.weather = Weather()
        self.world = World(
            demo_pki(),
            Path(self.scratch.name),
            wrap=lambda _, transport: Link(transport, self.weather),
            schedule=short(attempts=1000, lifetime_seconds=LIFETIME.total_seconds()),
        )
        self.clerks = {name: Clerk() for name in RECEIVERS}
        for name, clerk in self.clerks.items():
            self.world.open(name, application=clerk)
        self.sent = {}
        self.answers = defaultdict(set)
        self.numbers = 0

    # --- what the sender does ---

    @rule(target=letters, to=st.sets(receivers, min_size=1))
    def send(self, to):
        """A letter to some agencies."""
        return self._sent(
            letter(
                *(CODES[name] for name in sorted(to)),
                message_id=self._next(),
                number=str(self.numbers),
            )
        )

    @rule(target=letters, kind=st.sampled_from(KINDS), which=letters)
    def ask(self, kind, which):
        """Recall, update or replace a letter, perhaps one that asks itself."""
        self._next()
        return self._sent(asking(kind, which, number=str(self.numbers)))

    @rule(which=letters, name=receivers)
    def ask_back(self, which, name):
        """Ask one receiver for a letter by status 13."""
        if not which.acted_on and CODES[name] in which.destinations:
            self.world[SENDER].ask_back(which.message_id, CODES[name], reason="Nhầm nơi nhận")

    # --- what receivers do ---

    @rule(name=receivers, decisions=st.lists(st.sampled_from(DECISIONS), min_size=1, max_size=4))
    def decide(self, name, decisions):
        """What its application will say to what comes next."""
        self.clerks[name].plan += decisions

    @rule(name=receivers, which=letters, agree=st.booleans())
    def answer(self, name, which, agree):
        """Somebody answers a letter that asks, if it is there; minds may change."""
        if which.acted_on:
            with suppress(UsageError):
                self.world[name].answer(which.message_id, agree=agree, reason="cân nhắc lại")
                self.answers[name, which.message_id].add(agree)

    @rule(name=receivers, which=letters)
    def register(self, name, which):
        """Somebody enters a letter in the incoming book."""
        with suppress(UsageError):
            self.world[name].report_status(which.message_id, StatusCode.RECEIVED)

    @rule(name=receivers, which=letters, kind=st.sampled_from(KINDS))
    def ask_for_another(self, name, which, kind):
        """An agency asks about what it did not send; it counts nothing."""
        to = tuple(code for code in which.destinations if code != CODES[name])
        if to:
            self._next()
            foreign = asking(kind, which, number=str(self.numbers), to=to, sender=CODES[name])
            self.world[name].send(foreign)

    # --- what machines, weather and time do ---

    @rule(order=st.lists(st.sampled_from((SENDER, *RECEIVERS)), min_size=1, max_size=8))
    def work(self, order):
        """Passes of nodes, in any order."""
        for name in order:
            self.world[name].run_once()

    @rule(minutes=st.integers(1, 240))
    def pass_time(self, minutes):
        """Retries fall due; everybody works."""
        self.world.clock.advance(timedelta(minutes=minutes))
        self.world.run(rounds=2)

    # --- what must hold in the end ---

    def teardown(self):
        """The weather clears, everything arrives, and everybody agrees."""
        if hasattr(self, "world"):
            try:
                self._come_to_rest()
                for document in self.sent.values():
                    self._check(document)
            finally:
                self.world.close()
                self.scratch.cleanup()

    def _come_to_rest(self):
        self.weather.fates.clear()
        for clerk in self.clerks.values():
            clerk.plan.clear()
        names = (SENDER, *RECEIVERS)
        self.world.run()
        while any(self.world[name].store.next_due() or self.world.waiting(name) for name in names):
            self.world.clock.advance(timedelta(hours=1))
            self.world.run()
            assert self.world.clock.now() < NOW + LIFETIME, "letters do not come to rest"
        self.world.clock.advance(timedelta(hours=1))
        self.world.run()

    def _check(self, document):
        about = str(document.document_id)
        known = {item.receiver: _plain(item) for item in self._standing(SENDER, about)}
        if known or not document.acted_on:
            assert set(known) == set(document.destinations)
        for name in RECEIVERS:
            own = self._standing(name, about)
            mine = [known[code] for code in known if code == CODES[name]]
            asked = [standing for standing in mine if standing[3] or not document.acted_on]
            assert [_plain(item) for item in own if item.asked or not document.acted_on] == asked
            for standing in own:
                self._check_answers(name, standing)

    def _standing(self, name, about):
        """Where a letter of the sender stands, as a node knows it."""
        return [
            item
            for item in self.world[name].standing(about)
            if (item.document_id, item.sender) == (about, CODES[SENDER])
        ]

    def _check_answers(self, name, standing):
        """Whoever agreed once has agreed; who only refused has not; the others have not spoken."""
        for item in standing.asked:
            message_id = item.question.message_id
            said = set(self.answers[name, message_id])
            decision = self.clerks[name].said.get(message_id)
            said |= {isinstance(decision, Agree)} if decision else set()
            expected = (True in said) if said else None
            assert item.agreed is expected, (name, standing, said)

    # --- how it is done ---

    def _next(self):
        self.numbers += 1
        return MessageId(f"m-{self.numbers}")

    def _sent(self, document):
        self.world[SENDER].send(document)
        self.sent[document.message_id] = document
        return document


def _plain(standing):
    """A standing without what only one side can know: what strangers wrote to the other."""
    warnings = tuple(item for item in standing.warnings if item.what is not Odd.FOREIGN)
    return standing.document_id, standing.summary, standing.in_force, standing.asked, warnings


QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


class TestLifecycle(Lifecycle.TestCase):
    """A small share of what the soak test does for minutes."""

    settings = settings(
        max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=QUIET
    )


@pytest.mark.soak
@pytest.mark.timeout(7200)
class TestLongLifecycle(Lifecycle.TestCase):
    """As many examples as one has patience for (``SOAK_EXAMPLES``)."""

    settings = settings(
        max_examples=int(os.environ.get("SOAK_EXAMPLES", "500")),
        stateful_step_count=60,
        deadline=None,
        suppress_health_check=QUIET,
    )
