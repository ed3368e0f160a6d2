"""A letter goes around a link that is out of order where a rule allows it, once, and in order."""

from __future__ import annotations

import pytest
from exchange_help import CENTRAL, COMMUNE, DISTRICT, LETTER, PROVINCE, letter

from docexchange.delivery import InboundState, MemoryStore, OutboundState
from docexchange.errors import StoreFailure, TransportError
from docexchange.identifiers import MessageId
from docexchange.instrumentation import EventName
from docexchange.routing import Agencies, Rule, Rules, Way
from docexchange.transport import MemoryTransport

S = OutboundState
AROUND = Rules(
    rules=(
        Rule(name="usual", way=Way.PARENTS),
        Rule(
            name="emergency",
            way=Way.VIA,
            via=PROVINCE,
            senders=Agencies(codes=(str(COMMUNE),)),
            because="decision 7",
        ),
    )
)


class Line(MemoryTransport):
    """The way out of a node: what is ``dead`` gets nothing, what is ``mute`` does not answer."""

    def __init__(self, network, name):
        inner = network.transport(name)
        super().__init__(inner._network, inner._mailbox, inner._lock)
        self.dead, self.mute = set(), set()

    def send(self, parcel, stream, *, to):
        """Carry it, if the line holds."""
        if to in self.dead:
            raise TransportError(f"{to}: no answer", code="transport.unreachable")
        answers = super().send(parcel, stream, to=to)
        if to in self.mute:
            raise TransportError(f"{to}: the line broke", code="transport.line-broken")
        return answers


@pytest.fixture
def line(world):
    """The way out of the commune."""
    return Line(world.network, "commune")


@pytest.fixture
def commune(world, line):
    """A commune with a rule for emergencies."""
    return world.open("commune", transport=line, rules=AROUND)


def wait(world, node, minutes):
    """Let a node alone work for so long."""
    for _ in range(minutes * 4):
        node.run_until_idle()
        world.clock.sleep(15)
    node.run_until_idle()


def hops(node, message_id=LETTER):
    """To whom a letter goes from a node, recipient by recipient."""
    return [record.next_hop for record in node.store.outbound_of(message_id)]


def sent_to(world, name, message_id=LETTER):
    """To whom a node made attempts, in order."""
    entries = world[name].store.timeline(message_id)
    return [dict(item.detail)["to"] for item in entries if item.event == "outbound.started"]


def test_a_letter_takes_the_way_that_a_rule_allows(world, line, commune):
    """Within minutes it is handed over, and its timeline says which link, since when, and why."""
    line.dead = {"memory:district"}
    commune.send(letter())
    wait(world, commune, 8)
    world.run("province", "central", "commune")
    assert world.handed_over("central") == 1
    assert hops(commune) == [PROVINCE]
    assert world.outbound("commune") == [S.ACKNOWLEDGED]
    told = world.detail("commune", "outbound.rerouted")
    assert told["to"] == str(PROVINCE)
    assert told["reason"].startswith(f"{DISTRICT} is out of reach since 2026-03-02T02:00:00")
    assert told["reason"].endswith("memory:district: no answer; rule: emergency (decision 7)")


def test_a_short_outage_changes_no_way(world, line, commune):
    """Four minutes are less than the patience of a node."""
    line.dead = {"memory:district"}
    commune.send(letter())
    wait(world, commune, 4)
    line.dead = set()
    world.run_on("commune", "district", "province", "central", hours=1)
    assert world.handed_over("central") == 1
    assert "outbound.rerouted" not in world.history("commune")


def test_without_a_rule_it_waits(world, line):
    """However long that takes."""
    node = world.open("commune", transport=line)
    line.dead = {"memory:district"}
    node.send(letter())
    wait(world, node, 60)
    assert hops(node) == [DISTRICT]
    assert "outbound.rerouted" not in world.history("commune")


def test_later_letters_go_the_usual_way_once_the_link_is_good(world, line, commune):
    """One of them is the probe; one success is enough for all."""
    line.dead = {"memory:district"}
    commune.send(letter())
    wait(world, commune, 8)
    line.dead = set()
    wait(world, commune, 11)
    for number in range(3):
        commune.send(letter(message_id=MessageId(f"m-{number}"), number=str(number + 13)))
    wait(world, commune, 11)
    assert [hops(commune, MessageId(f"m-{number}")) for number in range(3)] == [[DISTRICT]] * 3
    assert commune.store.outages() == []


def test_a_link_that_comes_and_goes_does_not_throw_letters_to_and_fro(world, line, commune):
    """Ten minutes of outage, two of health, again and again: each letter moves once at most."""
    for number in range(20):
        line.dead = {"memory:district"} if number % 6 < 5 else set()
        commune.send(letter(message_id=MessageId(f"m-{number}"), number=str(number + 13)))
        wait(world, commune, 2)
    for number in range(20):
        history = world.history("commune", MessageId(f"m-{number}"))
        assert history.count("outbound.rerouted") <= 1


@pytest.mark.parametrize("good", ["memory:district", "memory:province"])
def test_where_both_links_are_out_of_order_both_are_probed(world, line, commune, good):
    """Attempts take turns, no more of them than by one link; the first good one takes it."""
    line.dead = {"memory:district", "memory:province"}
    commune.send(letter())
    wait(world, commune, 180)
    tried = sent_to(world, "commune")
    assert len(tried) <= 12
    assert set(tried[-2:]) == {str(DISTRICT), str(PROVINCE)}
    line.dead -= {good}
    wait(world, commune, 70)
    world.run_on("district", "province", "commune", hours=0.2)
    assert world.outbound("commune") == [S.ACKNOWLEDGED]
    assert commune.point.endpoint(hops(commune)[0]) == good


def test_what_a_hub_has_in_hand_is_not_sent_another_way(world, line, commune):
    """It waits for the receipt; only when that is overdue is the letter the node's own again."""
    commune.send(letter())
    commune.run_until_idle()
    line.dead = {"memory:district"}
    commune.send(letter(message_id=MessageId("m-second"), number="13"))
    world.clock.sleep(1)
    for _ in range(18):
        commune.run_until_idle()
        world.clock.sleep(15)
    assert world.outbound("commune") == [S.AWAITING_RECEIPT]
    assert hops(commune) == [DISTRICT]
    wait(world, commune, 5)
    assert hops(commune) == [PROVINCE]


def test_a_letter_that_went_both_ways_is_handed_over_once(world, line, commune):
    """The district had it all along, and says so late: one letter, two receipts, one end."""
    line.mute = {"memory:district"}
    commune.send(letter())
    wait(world, commune, 8)
    assert hops(commune) == [PROVINCE]
    world.run_on("district", "province", "central", "commune", hours=1)
    assert sent_to(world, "commune")[-1] == str(PROVINCE)
    assert world.handed_over("central") == 1
    assert world.desks["central"].offers == [LETTER]
    assert world.outbound("commune") == [S.ACKNOWLEDGED]
    assert world.outbound("district") == [S.ACKNOWLEDGED]
    issuers = {item.issuer for item in commune.store.receipts(LETTER) if not item.given}
    assert issuers == {DISTRICT, PROVINCE}
    assert world.set_aside("commune") == []


def test_a_late_receipt_of_the_first_hub_ends_what_the_second_never_got(world, line, commune):
    """Whoever signed that it has the letter has it, whatever way the letter was to take since."""
    line.mute, line.dead = {"memory:district"}, {"memory:province"}
    commune.send(letter())
    wait(world, commune, 8)
    assert hops(commune) == [PROVINCE]
    world.run("district")
    commune.run_until_idle()
    assert world.outbound("commune") == [S.ACKNOWLEDGED]
    assert hops(commune) == [DISTRICT]
    (kept,) = [item for item in commune.store.receipts(LETTER) if not item.given]
    assert kept.issuer == DISTRICT


def test_the_second_hub_gives_it_up_and_the_first_still_has_it(world, line, commune):
    """A refusal ends nothing while another hub holds the letter; when that refuses too, it does."""
    line.mute = {"memory:district"}
    commune.send(letter())
    wait(world, commune, 8)
    world.run("province", "commune", "district")
    world.run("commune")
    assert world.outbound("commune") == [S.ACKNOWLEDGED]
    world["province"].cancel(LETTER, reason="the centre is closed")
    world.run("province", "commune", "district", "commune")
    # It goes on telling so, for this line may lose the news.
    assert world["province"].store.inbound(LETTER, CENTRAL).state is InboundState.RETURNING
    assert world.outbound("district") == [S.RETURNED]
    assert world.outbound("commune") == [S.RETURNED]
    assert world.handed_over("central") == 0


class Killed(BaseException):
    """The node dies."""


@pytest.mark.parametrize("name", [EventName.OUTBOUND_REROUTED, EventName.PEER_OPENED])
def test_a_node_that_dies_between_the_change_and_the_attempt_loses_nothing(world, line, name):
    """It starts anew, knows the outage, and makes the attempt; nothing goes twice."""

    def die(event):
        if event.name == name:
            raise Killed

    dying = world.open("commune", transport=line, rules=AROUND, hooks=(die,))
    line.dead = {"memory:district"}
    dying.send(letter())
    with pytest.raises(Killed):
        wait(world, dying, 8)
    again = world.restart("commune", transport=line, rules=AROUND)
    wait(world, again, 8)
    world.run("province", "central", "commune")
    assert world.handed_over("central") == 1
    assert sent_to(world, "commune").count(str(PROVINCE)) == 1


def test_recipients_behind_one_hub_move_together(world, line, commune):
    """Two of them, one change, one parcel by the other way."""
    line.dead = {"memory:district"}
    commune.send(letter(PROVINCE, CENTRAL))
    wait(world, commune, 8)
    assert hops(commune) == [PROVINCE, PROVINCE]
    parcels = [parcel.recipients for parcel, _ in world.waiting("province")]
    assert [sorted(names) for names in parcels] == [sorted([PROVINCE, CENTRAL])]
    moments = {
        item.at for item in commune.store.timeline(LETTER) if item.event == "outbound.rerouted"
    }
    assert len(moments) == 1


def test_no_letter_is_sent_back_to_where_it_came_from(world):
    """A hub whose only other way is through the agency that brought the letter keeps it."""
    at_district, at_commune = (Agencies(codes=(str(code),)) for code in (DISTRICT, COMMUNE))
    back = Rules(
        rules=(
            Rule(name="usual", way=Way.PARENTS, senders=at_district),
            Rule(name="back", way=Way.VIA, via=COMMUNE, senders=at_district),
            Rule(name="on", way=Way.VIA, via=PROVINCE, senders=at_commune),
        )
    )
    line = Line(world.network, "district")
    line.dead = {"memory:province"}
    district = world.open("district", transport=line, rules=back)
    world["commune"].send(letter())
    world.run("commune")
    own = MessageId("m-own")
    district.send(letter(message_id=own, sender=DISTRICT, number="7"))
    wait(world, district, 30)
    assert hops(district) == [PROVINCE]
    assert "outbound.rerouted" not in world.history("district")
    assert hops(district, own) == [COMMUNE]


def test_the_outage_is_known_after_a_restart(world, line, commune):
    """Since when and why: from the store, before any attempt."""
    line.dead = {"memory:district"}
    commune.send(letter())
    wait(world, commune, 3)
    (outage,) = commune.store.outages()
    assert outage.endpoint == "memory:district"
    assert outage.reason == "memory:district: no answer"
    again = world.restart("commune", transport=line, rules=AROUND)
    assert again.store.outages() == [outage]
    wait(world, again, 5)
    assert hops(again) == [PROVINCE]


def test_a_store_that_cannot_keep_an_outage_stops_no_letter(world, line):
    """What is known of peers is an aid: the node says that it could not write it down."""

    class Full(MemoryStore):
        def put_outage(self, outage):
            raise StoreFailure(f"no room for {outage}", code="store.full")

    world.stores["commune"] = Full()
    node = world.open("commune", transport=line, rules=AROUND)
    line.dead = {"memory:district"}
    node.send(letter())
    wait(world, node, 8)
    assert hops(node) == [PROVINCE]
    assert EventName.NODE_ERROR in world.told("commune")
