"""How a node gets rid of a letter: attempts, waits, receipts, and what is no receipt."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from contract.hardship import file_size_limit
from exchange_help import (
    CENTRAL,
    COMMUNE,
    DISTRICT,
    LETTER,
    NOW,
    PROVINCE,
    World,
    entries,
    letter,
    parcel_of,
    short,
    signed,
    signing_key,
    trust_in,
)

from docexchange.clock import VirtualClock
from docexchange.delivery import OutboundState, SQLiteStore
from docexchange.directory import Directory
from docexchange.envelope import Receipt
from docexchange.envelope.receipt import receipt_xml
from docexchange.errors import StoreFailure, TransportError
from docexchange.identifiers import MessageId
from docexchange.instrumentation import EventName
from docexchange.signing import Signer, sign_receipt, verify_receipt
from docexchange.transport import MemoryTransport, ParcelKind

ACKNOWLEDGED = [OutboundState.ACKNOWLEDGED]
AWAITING = [OutboundState.AWAITING_RECEIPT]
RETRYING = [OutboundState.RETRY_WAIT]


def record(world, name="commune"):
    """The letter on its way out."""
    (found,) = world[name].store.outbound_of(LETTER)
    return found


def true_receipt(world, **changes):
    """What the district would say about the commune's letter, with changes."""
    sent = record(world)
    values = {
        "message_id": LETTER,
        "recipient": CENTRAL,
        "from_node": COMMUNE,
        "issuer": DISTRICT,
        "sha256": sent.payload,
        "size": sent.size,
        "at": world.clock.now(),
        "hop": 1,
        "accepted": True,
    }
    return Receipt(**(values | changes))


def by(world, name, receipt):
    """A receipt under the seal of an agency."""
    key = signing_key(world.pki.agency(name))
    return sign_receipt(receipt, Signer(key, clock=world.clock, role="agency"))


def give(world, xml, name="commune"):
    """Put a receipt into a mailbox and let its node look at it."""
    world.deliver(name, xml, kind=ParcelKind.RECEIPT, from_node=DISTRICT)
    world[name].run_until_idle()


# --- the ordinary way --------------------------------------------------------------------------


def test_a_delivery_ends_by_a_verified_receipt_that_is_kept(world):
    """Acknowledged, with the receiver's signature on the digest of the bytes that were sent."""
    world["commune"].send(letter())
    world.run("commune", "district")
    assert world.outbound("commune") == ACKNOWLEDGED
    (kept,) = world["commune"].store.receipts(LETTER)
    assert (kept.given, kept.accepted, kept.issuer) == (False, True, DISTRICT)
    receipt = verify_receipt(kept.xml, world["commune"].point.verifier)
    assert receipt.sha256 == record(world).payload == kept.payload
    assert world.history("commune") == [
        "submitted",
        "outbound.started",
        "outbound.carried",
        "outbound.receipt",
    ]


def test_no_receipt_no_end(world):
    """What the transport carried is not delivered until its receiver says so."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    assert world.outbound("commune") == AWAITING


def test_a_lost_receipt_is_asked_for_by_sending_again(world):
    """The receipt is overdue, the same bytes go again, the receipt comes again; one letter."""
    world["commune"].send(letter())
    world.run("commune", "district")  # the district has answered
    world = lose_receipt(world)
    world.clock.advance(timedelta(seconds=301))
    world["commune"].run_until_idle()
    assert world.outbound("commune") == RETRYING
    world.clock.advance(timedelta(seconds=61))
    world.run()
    assert world.outbound("commune") == ACKNOWLEDGED
    assert record(world).attempts == 2
    assert world.handed_over("central") == 1


def lose_receipt(world):
    """The same as before, but the receipt never reached the commune."""
    fresh = World(world.pki, world.folder / "again")
    fresh.folder.mkdir()
    fresh["commune"].send(letter())
    fresh["commune"].run_until_idle()
    fresh["district"].run_until_idle()
    assert len(fresh.empty("commune")) == 1
    return fresh


def test_an_attempt_is_the_same_bytes_under_the_same_id(world):
    """Three attempts, one parcel three times."""
    world["commune"].send(letter())
    for _ in range(3):
        world["commune"].run_until_idle()
        world.clock.advance(timedelta(seconds=301))
        world["commune"].run_until_idle()
        world.clock.advance(timedelta(seconds=200))
    parcels = world.waiting("district")
    assert len(parcels) == 3
    assert len(set(parcels)) == 1


# --- what is no receipt ------------------------------------------------------------------------


FALSE_RECEIPTS = {
    "other bytes": ("district", {"sha256": "0" * 64}),
    "made out to another node": ("district", {"from_node": PROVINCE}),
    "for another recipient": ("district", {"recipient": PROVINCE}),
    "for another message": ("district", {"message_id": MessageId("m-other")}),
    "by an agency that we did not send to": ("province", {"issuer": PROVINCE}),
    "by the recipient, past the next hop": ("central", {"issuer": CENTRAL}),
    "in the name of another agency": ("province", {}),
    "by ourselves": ("commune", {}),
}


@pytest.mark.parametrize("kind", FALSE_RECEIPTS)
@pytest.mark.parametrize("accepted", [True, False])
def test_a_receipt_that_is_not_about_our_bytes_by_their_receiver_is_set_aside(
    world, kind, accepted
):
    """It neither acknowledges nor refuses anything, and is kept to be looked at."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    signer, changes = FALSE_RECEIPTS[kind]
    give(world, by(world, signer, true_receipt(world, accepted=accepted, **changes)))
    assert world.outbound("commune") == AWAITING
    assert world["commune"].store.receipts(LETTER) == []
    assert len(world.set_aside("commune")) == 1
    assert world.waiting("commune") == []
    assert EventName.PARCEL_REJECTED in world.told("commune")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<Hop>1<", b"<Hop>2<"),
        (b"<Accepted>true<", b"<Accepted>false<"),
        (b"<Size>", b"<Size>1"),
        (b"<Reason>", b"<Reason>x"),
        (b"2026-03-02T", b"2026-03-03T"),
        (b"000.00.31.H53", b"000.00.32.H53"),
        (b"SignatureValue>", b"SignatureValue>AAAA"),
    ],
)
def test_a_receipt_that_was_changed_is_set_aside(world, old, new):
    """One field other than it was signed, and it proves nothing."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    genuine = by(world, "district", true_receipt(world))
    assert old in genuine
    give(world, genuine.replace(old, new, 1))
    assert world.outbound("commune") == AWAITING
    assert len(world.set_aside("commune")) == 1


@pytest.mark.parametrize("junk", [b"", b"junk", b"<a/>", b"\xff" * 99, b"x" * 2_000_000])
def test_what_is_no_receipt_at_all_is_set_aside(world, junk):
    """Nothing that a note calls a receipt can stop a node."""
    give(world, junk)
    assert len(world.set_aside("commune")) == 1


def test_an_unsigned_receipt_is_set_aside(world):
    """Saying so is not enough."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    give(world, receipt_xml(true_receipt(world)))
    assert world.outbound("commune") == AWAITING
    assert len(world.set_aside("commune")) == 1


def test_a_receipt_waits_while_our_revocation_lists_are_stale(world, pki):
    """Neither believed nor thrown away; it counts once the lists are renewed."""
    world.schedule = short(lifetime_seconds=90 * 86400, receipt_timeout_seconds=80 * 86400)
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    world.clock.advance(timedelta(days=40))
    give(world, by(world, "district", true_receipt(world)))
    assert world.outbound("commune") == AWAITING
    assert len(world.waiting("commune")) == 1
    world.restart("commune", trust=trust_in(pki, world.clock.now())).run_until_idle()
    assert world.outbound("commune") == ACKNOWLEDGED
    assert world.waiting("commune") == []


# --- refusals ----------------------------------------------------------------------------------


def test_a_refusal_ends_a_delivery_with_its_reason(world):
    """Rejected; the reason is in the record, the timeline and the event."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    refusal = true_receipt(world, accepted=False, reason="không phải của chúng tôi")
    give(world, by(world, "district", refusal))
    assert record(world).state is OutboundState.REJECTED
    assert record(world).problem == "không phải của chúng tôi"
    assert world.detail("commune", "outbound.refusal")["reason"] == "không phải của chúng tôi"
    ended = [event for event in world.events if event.name is EventName.OUTBOUND_ENDED]
    assert ended[-1].fields["reason"] == "không phải của chúng tôi"


def test_a_receipt_is_the_last_word_even_after_a_refusal(world):
    """The receiver has it after all; the refusal stays in evidence."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    give(world, by(world, "district", true_receipt(world, accepted=False, reason="nhầm")))
    give(world, by(world, "district", true_receipt(world)))
    assert world.outbound("commune") == ACKNOWLEDGED
    assert [kept.accepted for kept in world["commune"].store.receipts(LETTER)] == [False, True]


def test_a_refusal_that_is_no_later_than_the_receipt_changes_nothing_but_is_kept(world):
    """It came later, but it was not said later."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    give(world, by(world, "district", true_receipt(world)))
    give(world, by(world, "district", true_receipt(world, accepted=False, reason="nhầm")))
    assert world.outbound("commune") == ACKNOWLEDGED
    assert [kept.accepted for kept in world["commune"].store.receipts(LETTER)] == [True, False]


def test_a_second_receipt_is_kept_and_nobody_is_told_again(world):
    """The district signed anew what it had signed before."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    give(world, by(world, "district", true_receipt(world)))
    world.clock.advance(timedelta(minutes=1))
    give(world, by(world, "district", true_receipt(world)))
    assert len(world["commune"].store.receipts(LETTER)) == 2
    assert world.told("commune").count(EventName.OUTBOUND_ENDED) == 1


def test_a_refusal_signed_after_the_receipt_returns_the_letter(world):
    """The district cannot deliver what it had acknowledged; the reason is in the record."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    give(world, by(world, "district", true_receipt(world)))
    world.clock.advance(timedelta(minutes=1))
    give(world, by(world, "district", true_receipt(world, accepted=False, reason="mất đường")))
    assert record(world).state is OutboundState.RETURNED
    assert record(world).problem == "mất đường"
    assert [kept.accepted for kept in world["commune"].store.receipts(LETTER)] == [True, False]


def test_a_receipt_twice_is_kept_once(world):
    """The second one is settled and forgotten."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    xml = by(world, "district", true_receipt(world))
    give(world, xml)
    give(world, xml)
    assert len(world["commune"].store.receipts(LETTER)) == 1
    assert world.waiting("commune") == []
    assert world.set_aside("commune") == []


# --- trouble on the way ------------------------------------------------------------------------


def nowhere(pki):
    """A directory in which the district has a mailbox that nobody has."""
    return Directory(entries(pki, district={"endpoint": "memory:gone"}))


def test_a_missing_mailbox_is_tried_again_on_a_schedule_that_survives_a_restart(world, pki):
    """The waits grow, the next one is on disk, and a restart neither hurries nor forgets it."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    world.open("commune", directory=nowhere(pki)).send(letter())
    dues = []
    for attempt in range(1, 6):
        world["commune"].run_until_idle()
        assert record(world).state is OutboundState.RETRY_WAIT
        assert record(world).attempts == attempt
        due = record(world).due_at
        dues.append(due - world.clock.now())
        world.restart("commune", directory=nowhere(pki))
        assert world["commune"].store.next_due() == due
        world.clock.advance(due - world.clock.now() - timedelta(seconds=1))
        assert world["commune"].run_until_idle() == 0
        world.clock.advance(timedelta(seconds=1))
    assert dues == sorted(dues)
    assert timedelta(seconds=15) <= dues[0] < timedelta(seconds=30)
    assert "memory:gone" in record(world).problem


def test_a_letter_leaves_once_the_mailbox_is_there(world, pki):
    """Trouble of some hours costs some hours."""
    world.open("commune", directory=nowhere(pki)).send(letter())
    world.run_on("commune", hours=5)
    assert record(world).state is OutboundState.RETRY_WAIT
    world.network.transport("gone")
    world.run_on("commune", hours=1)
    assert world.waiting("gone")
    for parcel, data in world.waiting("gone"):
        world.put("district", parcel, data)
    world.run()
    assert world.outbound("commune") == ACKNOWLEDGED
    assert world.handed_over("central") == 1


def test_a_letter_is_dead_when_its_attempts_are_spent(world, pki):
    """After the last attempt it waits for a person; the event and the record tell why."""
    world.schedule = short(attempts=4)
    world.open("commune", directory=nowhere(pki)).send(letter())
    world.run_on("commune", hours=2)
    assert record(world).state is OutboundState.DEAD_LETTER
    assert record(world).attempts == 4
    assert "memory:gone" in record(world).problem
    ended = [event for event in world.events if event.name is EventName.OUTBOUND_ENDED]
    assert [event.fields["state"] for event in ended] == [OutboundState.DEAD_LETTER]


def test_a_letter_whose_receipts_never_come_is_dead_in_the_end(world):
    """Carried each time, answered never: the waits for receipts count as attempts."""
    world.schedule = short(attempts=3)
    world["commune"].send(letter())
    world.run_on("commune", hours=2)
    assert record(world).state is OutboundState.DEAD_LETTER
    assert "no receipt" in record(world).problem
    assert len(world.waiting("district")) == 3


def test_a_late_receipt_brings_a_dead_letter_to_its_end(world):
    """It arrived after all."""
    world.schedule = short(attempts=1)
    world["commune"].send(letter())
    world.run_on("commune", hours=1)
    assert record(world).state is OutboundState.DEAD_LETTER
    world.run("district", "commune")
    assert world.outbound("commune") == ACKNOWLEDGED


def test_a_letter_expires_at_the_end_of_its_lifetime(world, pki):
    """No attempt is made after it, and it is said."""
    world.schedule = short(lifetime_seconds=7200)
    world.open("commune", directory=nowhere(pki)).send(letter())
    world.run_on("commune", hours=4)
    assert record(world).state is OutboundState.EXPIRED
    assert "lifetime" in record(world).problem
    tried = [
        entry.at
        for entry in world["commune"].store.timeline(LETTER)
        if entry.event == "outbound.started"
    ]
    assert max(tried) < NOW + timedelta(hours=2)


def test_an_agency_without_endpoint_is_tried_again_until_the_directory_has_one(world, pki):
    """A gap in the directory is mended by people, who need time."""
    nowhere = {name: {"endpoint": ""} for name in ("district", "province", "central")}
    world.open("commune", directory=Directory(entries(pki, **nowhere)))
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    assert record(world).state is OutboundState.RETRY_WAIT
    assert "endpoint" in record(world).problem
    world.clock.advance(timedelta(minutes=1))
    world.restart("commune")
    world.run()
    assert world.outbound("commune") == ACKNOWLEDGED


def test_an_endpoint_that_makes_no_sense_is_not_tried_again(world, pki):
    """Trying again cannot help, and the problem says what would."""
    world.open("commune", directory=Directory(entries(pki, district={"endpoint": "folder:x"})))
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    assert record(world).state is OutboundState.DEAD_LETTER
    assert "Correct the endpoint" in record(world).problem


def test_a_letter_whose_bytes_are_gone_does_not_hold_up_the_others(world):
    """One is tried again later, in case its file comes back; the other goes now."""
    world["commune"].send(letter())
    other = letter(message_id=MessageId("m-other"), subject="V/v khác")
    world["commune"].send(other)
    store = world["commune"].store
    store.let_go(store.kept(limit=9))
    world["commune"].point.payloads.path(record(world).payload).unlink()
    world["commune"].run_until_idle()
    assert record(world).state is OutboundState.RETRY_WAIT
    assert "payload" in record(world).problem
    assert [parcel.message_id for parcel, _ in world.waiting("district")] == [other.message_id]


def test_bytes_that_were_damaged_on_disk_are_never_sent(world):
    """Whoever is to get the letter gets this very letter, or nothing."""
    world["commune"].send(letter())
    path = world["commune"].point.payloads.path(record(world).payload)
    path.write_bytes(path.read_bytes().replace(b"V/v", b"V/x"))
    world["commune"].run_until_idle()
    assert world.waiting("district") == []
    assert record(world).state in (OutboundState.DEAD_LETTER, OutboundState.RETRY_WAIT)
    assert record(world).payload in record(world).problem


def test_an_attempt_that_a_full_disk_cut_short_is_made_again(world):
    """The node goes on in the same life once there is room, and the letter leaves again."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    room = [0]
    with ExitStack() as disk:

        def fill(event):
            if event.name is EventName.OUTBOUND_CARRIED and room:
                disk.enter_context(file_size_limit(room.pop()))

        world.open("commune", hooks=(world.events.append, fill)).send(letter())
        with pytest.raises(StoreFailure) as caught:
            world["commune"].run_once()
        assert caught.value.code.startswith("store.")
        assert caught.value.advice
    assert record(world).state is OutboundState.SENDING
    world["commune"].run_until_idle()
    assert record(world).state is OutboundState.AWAITING_RECEIPT
    world.run()
    assert world.outbound("commune") == ACKNOWLEDGED
    assert world.handed_over("central") == 1


# --- transports that answer at once ------------------------------------------------------------


class Counter(MemoryTransport):
    """A transport that brings the receipt back with it, as one over HTTP does."""

    answer = b""

    def send(self, parcel, payload, *, to):
        """Carry, and answer."""
        super().send(parcel, payload, to=to)
        return (self.answer,)


def at_the_counter(world):
    """A commune whose transport answers at once; tell it what."""
    inner = world.network.transport("commune")
    transport = Counter(inner._network, inner._mailbox, inner._lock)
    world.open("commune", transport=transport).send(letter())
    return transport


def test_a_receipt_that_comes_at_once_ends_the_delivery_at_once(world):
    """No waiting, no second parcel."""
    transport = at_the_counter(world)
    transport.answer = by(world, "district", true_receipt(world))
    world["commune"].run_once()
    assert world.outbound("commune") == ACKNOWLEDGED


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _: b"thanks",
        lambda world: by(world, "province", true_receipt(world)),
        lambda world: by(world, "district", true_receipt(world, sha256="0" * 64)),
        lambda world: receipt_xml(true_receipt(world)),
    ],
)
def test_an_answer_that_is_no_receipt_is_a_failed_attempt(world, wrong):
    """Nothing is acknowledged; it is tried again later."""
    transport = at_the_counter(world)
    transport.answer = wrong(world)
    world["commune"].run_once()
    assert record(world).state is OutboundState.RETRY_WAIT
    assert world["commune"].store.receipts(LETTER) == []


def test_a_refusal_that_comes_at_once_ends_the_delivery(world):
    """With its reason."""
    transport = at_the_counter(world)
    refusal = true_receipt(world, accepted=False, reason="đầy")
    transport.answer = by(world, "district", refusal)
    world["commune"].run_once()
    assert record(world).state is OutboundState.REJECTED
    assert record(world).problem == "đầy"


# --- notes -------------------------------------------------------------------------------------


def test_the_note_is_true(world):
    """What the next node reads on the outside is what is inside."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    ((parcel, data),) = world.waiting("district")
    assert parcel == parcel_of(data)


def test_old_keys_do_not_make_new_receipts(world, pki):
    """A receipt whose certificate the directory no longer lists proves nothing."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    retired = Directory(entries(pki, district={"certificates": ("0" * 64,)}))
    world.restart("commune", directory=retired)
    give(world, by(world, "district", true_receipt(world)))
    assert world.outbound("commune") == AWAITING


def test_a_receipt_may_be_signed_by_the_leader_of_its_issuer(world, pki):
    """Any certificate that the directory lists for the agency will do."""
    world["commune"].send(letter())
    world["commune"].run_until_idle()
    signer = Signer(signing_key(pki.leader("district")), clock=VirtualClock(NOW))
    give(world, sign_receipt(true_receipt(world), signer))
    assert world.outbound("commune") == ACKNOWLEDGED


def test_a_letter_of_somebody_else_is_not_ours_to_confirm(world, pki):
    """A receipt for a letter that only passed through by another way is set aside."""
    data = signed(letter(), pki.agency("commune"))
    world.deliver("district", data)
    world["district"].run_until_idle()
    onward = record(world, "district")
    receipt = Receipt(
        message_id=LETTER,
        recipient=CENTRAL,
        from_node=DISTRICT,
        issuer=CENTRAL,
        sha256=onward.payload,
        size=onward.size,
        at=NOW,
        hop=2,
        accepted=True,
    )
    xml = by(world, "central", receipt)
    world.deliver("district", xml, kind=ParcelKind.RECEIPT, from_node=CENTRAL)
    world["district"].run_until_idle()
    assert record(world, "district").state is OutboundState.AWAITING_RECEIPT
    xml = by(world, "province", replace(receipt, issuer=PROVINCE))
    world.deliver("district", xml, kind=ParcelKind.RECEIPT, from_node=PROVINCE)
    world["district"].run_until_idle()
    assert record(world, "district").state is OutboundState.ACKNOWLEDGED


# --- what the other side asks for --------------------------------------------------------------


class Busy(MemoryTransport):
    """A line to a node that asks to be left alone for a while."""

    def __init__(self, inner, seconds):
        self.inner, self.seconds, self.asked = inner, seconds, 0

    def __getattribute__(self, name):
        own = {"inner", "seconds", "asked", "send", "__class__"}
        return object.__getattribute__(self, name) if name in own else getattr(self.inner, name)

    def send(self, parcel, payload, *, to):
        del parcel, payload, to
        self.asked += 1
        raise TransportError("busy", code="http.busy", retry_after_seconds=self.seconds)


@pytest.mark.parametrize(
    ("asked", "rest"),
    [(7200, timedelta(hours=2)), (10**9, timedelta(days=1)), (0, timedelta(seconds=30))],
)
def test_a_peer_that_asks_for_time_is_given_it(world, asked, rest):
    """Not more than a day, and never less than our own pause."""
    world.wrap = lambda name, transport: Busy(transport, asked) if name == "commune" else transport
    world["commune"].send(letter())
    world["commune"].run_once()
    found = record(world)
    assert found.state is OutboundState.RETRY_WAIT
    assert rest / 2 <= found.due_at - NOW <= rest


def test_a_peer_that_asks_for_more_than_a_letter_has_does_not_keep_it_alive(world):
    """It expires in time."""
    world.schedule = short(lifetime_seconds=3600)
    world.wrap = lambda name, transport: Busy(transport, 86400) if name == "commune" else transport
    world["commune"].send(letter())
    world["commune"].run_once()
    assert record(world).due_at == record(world).expires_at
    world.clock.advance(timedelta(hours=1))
    world["commune"].run_once()
    assert record(world).state is OutboundState.EXPIRED
