"""What cannot be delivered comes home: every hub that gives up says so, hop by hop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from exchange_help import (
    CENTRAL,
    CODES,
    COMMUNE,
    DISTRICT,
    LETTER,
    PROVINCE,
    entries,
    letter,
    short,
    signed,
    signing_key,
    travelled,
)

from docexchange.delivery import InboundState, OutboundState, SQLiteStore
from docexchange.directory import Directory
from docexchange.errors import UsageError
from docexchange.instrumentation import EventName
from docexchange.signing import Signer, TrustStore, verify_receipt
from docexchange.transport import Mounts, ParcelKind

S = OutboundState
PASSING = ("commune", "district", "province")


def cut(pki, name="central"):
    """A directory in which an agency has a mailbox that nobody has."""
    return Directory(entries(pki, **{name: {"endpoint": "memory:gone"}}))


def on_disk(folder):
    """A store that survives restarts."""
    return SQLiteStore(folder / "store.db")


def give_up(world, pki, hours=2):
    """A letter that all have acknowledged and that the province cannot pass on."""
    world.schedule = short(attempts=4)
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run()
    assert [world.outbound(name) for name in PASSING] == [
        [S.ACKNOWLEDGED],
        [S.ACKNOWLEDGED],
        [S.RETRY_WAIT],
    ]
    world.run_on(hours=hours)


def outbound(world, name):
    """The letter on its way out of a node."""
    (record,) = world[name].store.outbound_of(LETTER)
    return record


def inbound(world, name):
    """The letter as it came to a node."""
    (record,) = world[name].store.inbound_of(LETTER)
    return record


def words(world, name):
    """What a node has of its next hop: verified, in the order of what was said."""
    node = world[name]
    kept = [item for item in node.store.receipts(LETTER) if not item.given]
    said = [verify_receipt(item.xml, node.point.verifier) for item in kept]
    return sorted(said, key=lambda word: word.at)


class Keeping(Mounts):
    """A transport that keeps what it has accepted."""

    def __init__(self, transport):
        super().__init__({"memory:": transport})

    @property
    def capabilities(self):
        """Nothing is lost."""
        return replace(super().capabilities, durable=True)


def mended(world):
    """The province with a directory that is right again."""
    return world.restart("province")


# --- the news goes back ------------------------------------------------------------------------


def test_a_letter_given_up_by_a_hub_comes_back_to_its_origin_hop_by_hop(world, pki):
    """Each node holds a refusal signed by the next; the origin knows which hub gave up, and why."""
    give_up(world, pki)
    assert [outbound(world, name).state for name in PASSING] == [
        S.RETURNED,
        S.RETURNED,
        S.DEAD_LETTER,
    ]
    assert [inbound(world, name).state for name in PASSING[1:]] == [InboundState.REFUSED] * 2
    for name, issuer in (("commune", DISTRICT), ("district", PROVINCE)):
        receipt, refusal = words(world, name)
        assert (receipt.accepted, refusal.accepted) == (True, False)
        assert refusal.issuer == issuer
        assert receipt.sha256 == refusal.sha256 == outbound(world, name).payload
        problem = outbound(world, name).problem
        assert problem.startswith(f"{PROVINCE} gave up sending it to {CENTRAL} (dead_letter)")
        assert "memory:gone" in problem
    assert "memory:gone" in world.detail("commune", "outbound.refusal")["reason"]


def test_hooks_are_told_where_the_letter_came_from(world, pki):
    """The application of the sender hears how it ended, with the reason."""
    give_up(world, pki)
    own = str(COMMUNE)
    ends = [
        event.fields
        for event in world.events
        if event.name is EventName.OUTBOUND_ENDED and event.fields["node"] == own
    ]
    assert [end["state"] for end in ends] == [S.ACKNOWLEDGED, S.RETURNED]
    assert "gave up" in ends[-1]["reason"]
    assert EventName.RETURN_ISSUED in world.told("province")
    assert EventName.RETURN_CARRIED in world.told("district")
    assert EventName.RETURN_ISSUED not in world.told("commune")


def test_a_letter_that_expires_at_a_hub_comes_back(world, pki):
    """With the reason, and what had gone wrong before."""
    world.schedule = short(lifetime_seconds=7200)
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run_on(hours=4)
    assert [outbound(world, name).state for name in PASSING] == [S.RETURNED, S.RETURNED, S.EXPIRED]
    assert "(expired): its lifetime is over; " in outbound(world, "commune").problem
    assert "memory:gone" in outbound(world, "commune").problem


def test_a_letter_that_its_recipient_refuses_comes_back(world, pki):
    """The origin learns who refused it and in which words."""
    strict = Directory(entries(pki, commune={"certificates": ("0" * 64,)}))
    world.open("central", directory=strict)
    world["commune"].send(letter())
    world.run()
    assert [outbound(world, name).state for name in PASSING] == [S.RETURNED, S.RETURNED, S.REJECTED]
    assert outbound(world, "commune").problem.startswith(f"{CENTRAL} refused it: ")
    assert outbound(world, "province").problem in outbound(world, "commune").problem


def test_a_letter_stopped_at_a_hub_comes_back_with_the_reason(world, pki):
    """What an operator decides about other people's letters is told to them."""
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run()
    world["province"].cancel(LETTER, reason="nhầm nơi nhận")
    world.run()
    assert outbound(world, "province").state is S.CANCELLED
    assert outbound(world, "commune").state is S.RETURNED
    assert "(cancelled): nhầm nơi nhận" in outbound(world, "commune").problem


def test_everyone_who_brought_a_copy_is_told(world, pki):
    """Two ways led to the hub; on both of them somebody relied on its receipt."""
    data = signed(letter(), pki.agency("commune"))
    world.schedule = short(attempts=2)
    world.open("province", directory=cut(pki))
    world.deliver("province", data, from_node=COMMUNE)
    world["province"].run_until_idle()
    world.deliver("province", travelled(data, DISTRICT), from_node=DISTRICT)
    world.run_on("province", hours=1)
    assert outbound(world, "province").state is S.DEAD_LETTER
    for name in ("commune", "district"):
        verifier = world[name].point.verifier
        said = [verify_receipt(xml, verifier) for xml in {xml for _, xml in world.waiting(name)}]
        assert [word.accepted for word in sorted(said, key=lambda word: word.at)] == [True, False]


def test_one_who_cannot_be_told_does_not_make_the_others_hear_it_for_ever(world, pki):
    """While one of two is out of reach, the other gets the news a few times, not at every pass."""
    data = signed(letter(), pki.agency("commune"))
    world.schedule = short(attempts=2)
    lost = {"central": {"endpoint": "memory:gone"}, "commune": {"endpoint": "memory:lost"}}
    world.open("province", directory=Directory(entries(pki, **lost)))
    world.deliver("province", data, from_node=COMMUNE)
    world["province"].run_until_idle()
    world.deliver("province", travelled(data, DISTRICT), from_node=DISTRICT)
    world.run_on("province", hours=1, step=2)
    assert inbound(world, "province").state is InboundState.RETURNING
    assert 2 <= len(world.waiting("district")) <= 20


# --- it is owed until it is carried -------------------------------------------------------------


def test_the_news_waits_for_a_peer_that_is_out_of_reach_and_for_the_node_itself(world, pki):
    """The hub cannot reach whoever brought the letter, is restarted, and tells it in the end."""
    world.new_store = on_disk
    world.schedule = short(attempts=2)
    lost = Directory(
        entries(pki, central={"endpoint": "memory:gone"}, district={"endpoint": "memory:lost"})
    )
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run()
    world.restart("province", directory=lost)
    world.run_on(hours=1)
    assert inbound(world, "province").state is InboundState.RETURNING
    assert outbound(world, "district").state is S.ACKNOWLEDGED
    carried = [event for event in world.events if event.name is EventName.RETURN_NOT_CARRIED]
    assert 3 <= len(carried) <= 10  # a peer out of reach is probed, not beset
    world.restart("province", directory=cut(pki))
    world.run_on(hours=1)
    assert inbound(world, "province").state is InboundState.REFUSED
    assert outbound(world, "commune").state is S.RETURNED


def test_news_that_is_lost_is_carried_again_until_attempts_are_spent(world, pki):
    """By a transport that may lose it; nobody would ask for it. Then it is at rest."""
    world.schedule = short(attempts=3)
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run()
    world["province"].cancel(LETTER)
    world["province"].run_until_idle()
    assert [parcel.kind for parcel, _ in world.empty("district")] == [ParcelKind.RECEIPT]
    world.run()
    assert outbound(world, "district").state is S.ACKNOWLEDGED
    world.run_on(hours=1)
    assert [outbound(world, name).state for name in PASSING] == [
        S.RETURNED,
        S.RETURNED,
        S.CANCELLED,
    ]
    assert [inbound(world, name).state for name in PASSING[1:]] == [InboundState.REFUSED] * 2
    carried = [event for event in world.events if event.name is EventName.RETURN_CARRIED]
    assert len(carried) == 2 * 3
    assert world["province"].next_due() is None


def test_news_is_carried_once_by_a_transport_that_keeps_it(world, pki):
    """It is at rest as soon as it was accepted for carriage."""
    world.wrap = lambda _, transport: Keeping(transport)
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run()
    world["province"].cancel(LETTER)
    world.run()
    assert outbound(world, "commune").state is S.RETURNED
    assert [inbound(world, name).state for name in PASSING[1:]] == [InboundState.REFUSED] * 2
    assert [event.name for event in world.events].count(EventName.RETURN_CARRIED) == 2


def test_a_letter_that_comes_again_ends_the_news_of_its_failure(world, pki):
    """Whoever was told, and sends it again, is told no more of the time before."""
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run()
    world["province"].cancel(LETTER)
    world.run()
    assert [inbound(world, name).state for name in PASSING[1:]] == [InboundState.RETURNING] * 2
    world["commune"].resend(LETTER)
    world.run()
    before = len(world.events)
    world.run_on(hours=2)
    told = {event.name for event in world.events[before:]}
    assert EventName.OUTBOUND_FAILED in told
    assert EventName.RETURN_CARRIED not in told
    assert outbound(world, "commune").state is S.ACKNOWLEDGED


class Killed(BaseException):
    """The node dies; nothing in it may go on."""


@pytest.mark.parametrize(
    "event", [EventName.RETURN_ISSUED, EventName.RETURN_CARRIED, EventName.OUTBOUND_ENDED]
)
@pytest.mark.parametrize("name", ["district", "province"])
def test_a_hub_killed_while_it_returns_a_letter_returns_it_all_the_same(world, pki, name, event):
    """At each step that leaves something on disk; twice changes nothing."""
    world.new_store = on_disk
    fatal = [event]

    def die(seen):
        returns = seen.fields.get("state") in (None, S.DEAD_LETTER, S.RETURNED)
        if fatal and seen.name is fatal[0] and returns:
            fatal.clear()
            raise Killed

    directory = {"directory": cut(pki)} if name == "province" else {}
    world.schedule = short(attempts=2)
    world.open("province", directory=cut(pki))
    world.open(name, hooks=(die,), **directory)
    world["commune"].send(letter())
    with pytest.raises(Killed):
        world.run_on(hours=2)
    world.restart(name, **directory)
    world.run_on(hours=2)
    assert [outbound(world, who).state for who in PASSING] == [
        S.RETURNED,
        S.RETURNED,
        S.DEAD_LETTER,
    ]
    assert inbound(world, name).state is InboundState.REFUSED


def test_whoever_is_gone_for_good_is_not_waited_for(world, pki):
    """After the lifetime of a letter the hub stops to look for the node that brought it."""
    world.schedule = short(attempts=2, lifetime_seconds=86_400)
    lost = {"central": {"endpoint": "memory:gone"}, "district": {"endpoint": "memory:lost"}}
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run()
    world.restart("province", directory=Directory(entries(pki, **lost)))
    world.run_on("province", hours=26)
    assert inbound(world, "province").state is InboundState.REFUSED


def revoking(world, pki, name):
    """What everybody trusts after the seal of an agency was revoked."""
    now = world.clock.now()
    revoked = {pki.agency(CODES[name]).certificate: now - timedelta(hours=1)}
    lists = pki.root.crl({}, at=now), pki.sub_ca.crl(revoked, at=now)
    crls = [item.public_bytes(Encoding.DER) for item in lists]
    return TrustStore([pki.root.credential.der], crls=crls)


@pytest.mark.parametrize("waits", [False, True], ids=["replaced", "replaced later"])
def test_the_news_is_signed_anew_when_its_certificate_was_revoked_before_it_was_carried(
    world, pki, waits
):
    """It would not be believed; without a certificate that holds, it is owed until there is one."""
    world.schedule = short(attempts=2)
    lost = Directory(
        entries(pki, central={"endpoint": "memory:gone"}, district={"endpoint": "memory:lost"})
    )
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run()
    world.restart("province", directory=lost)
    world.run_on(hours=1)
    assert inbound(world, "province").state is InboundState.RETURNING
    world.trust = revoking(world, pki, "province")
    for name in ("commune", "district"):
        world.restart(name)
    if waits:
        world.restart("province", directory=cut(pki))
        world.run_on(hours=1)
        assert inbound(world, "province").state is InboundState.RETURNING
        assert outbound(world, "district").state is S.ACKNOWLEDGED
        assert world.set_aside("district") == []
    key = signing_key(pki.leader(PROVINCE))
    signer = Signer(key, clock=world.clock, role="agency")
    world.restart("province", directory=cut(pki), signer=signer)
    world.run_on(hours=1)
    assert inbound(world, "province").state is InboundState.REFUSED
    assert [outbound(world, name).state for name in PASSING[:2]] == [S.RETURNED] * 2
    said = [item for item in world["province"].store.receipts(LETTER) if item.given]
    assert [item.accepted for item in said] == [True, False, False]


# --- what was said last counts ------------------------------------------------------------------


def replay(world, name, parcels):
    """Put parcels into a mailbox once more, and let its node look at them."""
    for parcel, data in parcels:
        world.put(name, parcel, data)
    world[name].run_until_idle()


def test_a_receipt_from_before_does_not_undo_a_return(world, pki):
    """It was true when it was signed; it is kept once, and changes nothing."""
    world.open("province", directory=cut(pki))
    world["commune"].send(letter())
    world.run("commune", "district")
    world["commune"].run_until_idle()
    (receipt,) = [item for item in world["commune"].store.receipts(LETTER) if not item.given]
    world.schedule = short(attempts=2)
    world.restart("province", directory=cut(pki))
    world.run_on(hours=2)
    assert outbound(world, "commune").state is S.RETURNED
    world["commune"].resend(LETTER)
    world.deliver("commune", receipt.xml, kind=ParcelKind.RECEIPT, from_node=DISTRICT)
    world["commune"].run_once()
    assert outbound(world, "commune").state is S.AWAITING_RECEIPT


def test_a_receipt_that_is_overtaken_by_the_news_changes_nothing(world, pki):
    """It was signed before, though it comes last: what was signed last counts."""
    world.open("district", directory=cut(pki, "province"))
    world["commune"].send(letter())
    world.run("commune")
    world.run("district")
    late = world.empty("commune")
    world["district"].cancel(LETTER)
    world.run("district")
    for parcel, data in [*world.empty("commune"), *late]:
        world.put("commune", parcel, data)
        world.run("commune")
    assert [word.accepted for word in words(world, "commune")] == [True, False]
    assert outbound(world, "commune").state is S.REJECTED


def test_a_refusal_from_before_does_not_return_a_letter_again(world, pki):
    """The letter was sent again and is there; the old refusal comes late once more."""
    give_up(world, pki)
    (refusal,) = [word for word in world["commune"].store.receipts(LETTER) if not word.accepted]
    mended(world)
    world["commune"].resend(LETTER)
    world.run()
    assert outbound(world, "commune").state is S.ACKNOWLEDGED
    world.deliver("commune", refusal.xml, kind=ParcelKind.RECEIPT, from_node=DISTRICT)
    world.run()
    assert outbound(world, "commune").state is S.ACKNOWLEDGED


def test_a_hub_whose_clock_was_set_back_is_still_understood(world, pki):
    """Its later words are later than its earlier ones, whatever its clock says."""
    give_up(world, pki)
    mended(world)
    world["commune"].resend(LETTER)
    behind = replace(
        world["district"].point, clock=type(world.clock)(world.clock.now() - timedelta(hours=9))
    )
    world.nodes["district"] = type(world["district"])(
        behind, application=world.desks["district"], folder=world.folder / "district"
    )
    world.run()
    assert outbound(world, "commune").state is S.ACKNOWLEDGED


# --- again ---------------------------------------------------------------------------------------


def test_a_returned_letter_that_is_sent_again_is_processed_again_at_every_hop(world, pki):
    """The same bytes, no longer refused, and handed over once."""
    give_up(world, pki)
    sent = outbound(world, "commune").payload
    mended(world)
    world["commune"].resend(LETTER, reason="đã thông đường")
    world.run()
    assert [outbound(world, name).state for name in PASSING] == [S.ACKNOWLEDGED] * 3
    assert [inbound(world, name).state for name in PASSING[1:]] == [InboundState.RELAYED] * 2
    assert outbound(world, "commune").payload == sent
    assert world.handed_over("central") == 1
    assert world.detail("commune", "outbound.resent")["reason"] == "đã thông đường"


def test_what_arrived_before_it_was_given_up_is_not_delivered_twice(world):
    """The recipient's receipts were lost, so the hub gave up; sent again, it is acknowledged."""
    world.schedule = short(attempts=1)
    world["commune"].send(letter())
    world.run("commune", "district", "province")
    world["central"].run_until_idle()
    world.empty("province")
    world.run_on(*PASSING, hours=1)
    assert outbound(world, "commune").state is S.RETURNED
    assert world.handed_over("central") == 1
    world["commune"].resend(LETTER)
    world.run()
    assert outbound(world, "commune").state is S.ACKNOWLEDGED
    assert world.handed_over("central") == 1


def test_a_letter_that_arrives_after_all_takes_the_news_back(world):
    """The receipt comes after the hub gave up: everyone who was told otherwise learns of it."""
    world.schedule = short(attempts=1)
    world["commune"].send(letter())
    world.run(*PASSING)
    world.run_on(*PASSING, hours=1)
    assert outbound(world, "commune").state is S.RETURNED
    world.run()
    assert [outbound(world, name).state for name in PASSING] == [S.ACKNOWLEDGED] * 3
    assert [inbound(world, name).state for name in PASSING[1:]] == [InboundState.RELAYED] * 2
    assert world.handed_over("central") == 1


def test_a_hub_may_send_again_what_it_gave_up(world, pki):
    """The origin need do nothing: it is told when the letter has arrived."""
    give_up(world, pki)
    mended(world).resend(LETTER)
    world.run()
    assert outbound(world, "commune").state is S.ACKNOWLEDGED
    assert world.handed_over("central") == 1


def test_origin_and_hub_may_both_send_it_again(world, pki):
    """It is under way once, and handed over once."""
    give_up(world, pki)
    mended(world).resend(LETTER)
    world["commune"].resend(LETTER)
    world.run()
    assert [outbound(world, name).state for name in PASSING] == [S.ACKNOWLEDGED] * 3
    assert world.handed_over("central") == 1
    assert [event for event in world.events if event.name is EventName.NODE_ERROR] == []


def test_whoever_was_told_of_the_failure_has_a_new_receipt_when_another_brings_it(world, pki):
    """His copy came first and was given up; the second one passes, and he may rely on that."""
    data = signed(letter(), pki.agency("commune"))
    world.schedule = short(attempts=2)
    world.open("province", directory=cut(pki))
    world.deliver("province", data, from_node=COMMUNE)
    world.run_on("province", hours=1)
    mended(world)
    world.deliver("province", travelled(data, DISTRICT), from_node=DISTRICT)
    world.run("province", "central")
    world.deliver("province", data, from_node=COMMUNE)
    world["province"].run_until_idle()
    verifier = world["commune"].point.verifier
    said = [verify_receipt(xml, verifier) for xml in {xml for _, xml in world.waiting("commune")}]
    said = sorted((word for word in said if word.issuer == PROVINCE), key=lambda word: word.at)
    assert [word.accepted for word in said] == [True, False, True]


def test_a_forger_is_not_told_that_his_letter_arrived_after_all(world, pki):
    """He was refused under the same id; what is taken back is only what was ever acknowledged."""
    give_up(world, pki)
    forged = signed(letter(subject="V/v khác"), pki.agency("commune"))
    note = world.deliver("province", forged, from_node=DISTRICT)
    world["province"].run_until_idle()
    mended(world).resend(LETTER)
    world.run()
    assert outbound(world, "commune").state is S.ACKNOWLEDGED
    said = [item for item in world["province"].store.receipts(LETTER) if item.given]
    assert [item.accepted for item in said if item.payload == note.sha256] == [False]


def test_another_letter_under_the_id_of_one_that_was_returned_is_refused(world, pki):
    """What is known of the first stays; that one still passes when it comes again."""
    give_up(world, pki)
    before = inbound(world, "district")
    other = letter(subject="V/v khác")
    world.deliver("district", signed(other, pki.agency("commune")))
    world["district"].run_until_idle()
    assert inbound(world, "district") == before
    refused = verify_receipt(world.empty("commune")[-1][1], world["commune"].point.verifier)
    assert not refused.accepted
    assert "found another" in refused.reason
    mended(world)
    world["commune"].resend(LETTER)
    world.run()
    assert world.desks["central"].letters[LETTER].verified.message.subject == "V/v báo cáo"


def test_a_returned_letter_that_comes_back_in_a_circle_is_refused(world, pki):
    """Our own copy, brought back to us, is not taken for a new attempt."""
    give_up(world, pki)
    record = outbound(world, "district")
    data = world["district"].point.payloads.path(record.payload).read_bytes()
    world.deliver("district", data, from_node=PROVINCE)
    world["district"].run_until_idle()
    assert outbound(world, "district").state is S.RETURNED
    answer = verify_receipt(world.waiting("province")[-1][1], world["province"].point.verifier)
    assert not answer.accepted
    assert "sent from here" in answer.reason


# --- stopping, and what cannot be done -----------------------------------------------------------


def test_what_is_stopped_is_not_sent(world):
    """Before its first attempt: no parcel leaves, and the reason is kept."""
    world["commune"].send(letter())
    (record,) = world["commune"].cancel(LETTER, CENTRAL, reason="gửi nhầm")
    world.run_on(hours=2)
    assert world.outbound("commune") == [S.CANCELLED]
    assert record.problem == "gửi nhầm"
    assert world.detail("commune", "outbound.cancelled")["reason"] == "gửi nhầm"
    assert world.handed_over("central") == 0


def test_what_was_stopped_too_late_is_acknowledged_all_the_same(world):
    """Whoever has it says so, and that is the truth."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    world["commune"].cancel(LETTER)
    world.run()
    assert world.outbound("commune") == [S.ACKNOWLEDGED]


def test_what_is_stopped_in_the_midst_of_an_attempt_stays_stopped(world):
    """The person was first; what the transport says afterwards changes nothing."""

    def stop(event):
        if event.name is EventName.OUTBOUND_STARTED:
            world["commune"].cancel(LETTER, reason="gửi nhầm")

    world.open("commune", hooks=(stop,)).send(letter())
    world["commune"].run_until_idle()
    assert world.outbound("commune") == [S.CANCELLED]
    world.run()
    assert world.outbound("commune") == [S.ACKNOWLEDGED]  # the bytes had left the house


def test_what_was_stopped_may_be_sent_after_all(world):
    """With all its attempts."""
    world["commune"].send(letter())
    world["commune"].cancel(LETTER)
    world["commune"].resend(LETTER)
    world.run()
    assert world.outbound("commune") == [S.ACKNOWLEDGED]
    assert world.handed_over("central") == 1


@pytest.mark.parametrize("verb", ["resend", "cancel"])
def test_what_has_arrived_is_neither_sent_again_nor_stopped(world, verb):
    """The refusal says in which state it was found."""
    world["commune"].send(letter())
    world.run()
    with pytest.raises(UsageError, match=r"found 000\.00\.00\.G22 acknowledged") as caught:
        getattr(world["commune"], verb)(LETTER)
    assert caught.value.code in ("delivery.not-resent", "delivery.not-cancelled")
    assert caught.value.advice


@pytest.mark.parametrize("verb", ["resend", "cancel"])
def test_an_unknown_message_cannot_be_mended(world, verb):
    """Nor one to an agency that it does not go to."""
    with pytest.raises(UsageError, match="found none"):
        getattr(world["commune"], verb)(LETTER)
    world["commune"].send(letter())
    with pytest.raises(UsageError, match=f"to {PROVINCE}: expected"):
        getattr(world["commune"], verb)(LETTER, PROVINCE)


def test_only_the_recipients_that_failed_are_sent_to_again(world, pki):
    """The letter to the province is there; the one to the central office goes again."""
    world.schedule = short(attempts=2)
    world.open("province", directory=cut(pki))
    world["commune"].send(letter(CENTRAL, PROVINCE))
    world.run_on(hours=2)
    assert world.outbound("commune") == [S.RETURNED, S.ACKNOWLEDGED]
    mended(world)
    assert [record.recipient for record in world["commune"].resend(LETTER)] == [CENTRAL]
    world.run()
    assert world.handed_over("central") == world.handed_over("province") == 1


def test_what_is_sent_again_takes_the_way_of_today(world, pki):
    """The directory was wrong when it was sent first; it is not asked to fail again."""
    world.schedule = short(attempts=2)
    world.open("commune", directory=cut(pki, "district"))
    world["commune"].send(letter())
    world.run_on("commune", hours=2)
    assert world.outbound("commune") == [S.DEAD_LETTER]
    moved = Directory(entries(pki, commune={"parent": PROVINCE}))
    (record,) = world.restart("commune", directory=moved).resend(LETTER)
    assert record.next_hop == PROVINCE
    assert record.attempts == 0
