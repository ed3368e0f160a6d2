"""What a node does with what arrives: genuine, forged, doubled, late, or not a letter at all."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from contract.hardship import file_size_limit
from exchange_help import (
    CENTRAL,
    COMMUNE,
    DISTRICT,
    LETTER,
    NOW,
    PROVINCE,
    entries,
    hours,
    letter,
    signed,
    travelled,
    trust_in,
)
from signing_help import certify

from docexchange.delivery import InboundState, OutboundState, PayloadStore, SQLiteStore
from docexchange.directory import Directory
from docexchange.envelope import Envelope, Organization, StatusCode, status_of
from docexchange.identifiers import MessageId, OrganId
from docexchange.instrumentation import EventName
from docexchange.limits import Limits
from docexchange.routing import ClosedCodes, Rules
from docexchange.signing import verify_receipt
from docexchange.transport import ParcelKind


@pytest.fixture
def data(pki):
    """The commune's letter to the central office as it leaves the commune."""
    return travelled(signed(letter(), pki.agency("commune")), COMMUNE)


def answers(world, name="commune"):
    """The receipts that wait in a mailbox, verified by their reader."""
    verifier = world[name].point.verifier
    return [
        verify_receipt(xml, verifier)
        for parcel, xml in world.waiting(name)
        if parcel.kind is ParcelKind.RECEIPT
    ]


def answer(world, name="commune"):
    """The only receipt that waits."""
    (found,) = answers(world, name)
    return found


# --- genuine -----------------------------------------------------------------------------------


def test_a_genuine_letter_is_answered_with_a_signed_receipt_for_its_very_bytes(world, data):
    """The receipt names message, recipient, both nodes, digest, size and hop."""
    world.deliver("district", data)
    assert world["district"].run_once() > 0
    receipt = answer(world)
    assert receipt.accepted
    assert receipt.reason == ""
    assert (receipt.message_id, receipt.recipient) == (LETTER, CENTRAL)
    assert (receipt.from_node, receipt.issuer) == (COMMUNE, DISTRICT)
    assert (receipt.sha256, receipt.size) == (sha256(data).hexdigest(), len(data))
    assert (receipt.hop, receipt.at) == (1, NOW)


def test_a_hub_passes_a_letter_on_with_one_trace_header_more_and_nothing_else_changed(world, data):
    """Take the hub's trace header out again and the bytes are those that came in."""
    world.deliver("district", data)
    world["district"].run_once()
    ((parcel, relayed),) = world.waiting("province")
    envelope = Envelope.from_bytes(relayed)
    assert [trace.organ_id for trace in envelope.traces] == [COMMUNE, DISTRICT]
    assert relayed == travelled(data, DISTRICT)
    assert (parcel.message_id, parcel.recipient) == (LETTER, CENTRAL)
    assert (parcel.from_node, parcel.to_node) == (DISTRICT, PROVINCE)
    assert world.history("district")[:2] == ["received", "relayed"]


def test_the_same_bytes_again_get_the_stored_receipt_byte_for_byte(world, data):
    """Later, and after a restart, the receipt is the old one, and nothing is relayed again."""
    world.deliver("district", data)
    world["district"].run_once()
    ((_, first),) = world.empty("commune")
    world.empty("province")
    world.clock.advance(hours(0.1))
    world.deliver("district", data)
    world.restart("district").run_once()
    ((_, second),) = world.empty("commune")
    assert second == first
    assert world.waiting("province") == []
    assert world.waiting("district") == []


def test_the_same_bytes_for_the_final_recipient_are_handed_over_once(world, data):
    """Five copies in one pass, and one after it: one letter."""
    for _ in range(5):
        world.deliver("central", data, from_node=PROVINCE)
    world["central"].run_until_idle()
    world.deliver("central", data, from_node=PROVINCE)
    world["central"].run_until_idle()
    assert world.handed_over("central") == 1
    assert world.desks["central"].offers == [LETTER]
    assert [receipt.accepted for receipt in answers(world, "province")] == [True] * 6


def test_who_brings_known_bytes_by_another_way_gets_a_receipt_of_his_own(world, data):
    """A note that names another node first does not spoil the receipt of the genuine one."""
    world.deliver("central", data, from_node=COMMUNE)
    world["central"].run_once()
    world.deliver("central", data, from_node=PROVINCE)
    world["central"].run_until_idle()
    receipt = answer(world, "province")
    assert receipt.accepted
    assert receipt.from_node == PROVINCE
    assert world.handed_over("central") == 1


# --- conflicts ---------------------------------------------------------------------------------


def test_other_bytes_under_a_known_id_are_refused_and_both_are_kept(world, pki, data):
    """The refusal is signed and names both digests; the letter handed over is the first."""
    other = travelled(signed(letter(subject="V/v khác"), pki.agency("commune")), COMMUNE)
    world.deliver("central", data, from_node=PROVINCE)
    world.deliver("central", other, from_node=PROVINCE)
    world["central"].run_until_idle()
    good, bad = answers(world, "province")
    assert (good.accepted, bad.accepted) == (True, False)
    for content in (data, other):
        digest = sha256(content).hexdigest()
        assert digest in bad.reason
        assert world["central"].point.payloads.verify(digest).size == len(content)
    assert world.handed_over("central") == 1
    message = world.desks["central"].letters[LETTER].verified.message
    assert message.subject == "V/v báo cáo"
    assert "conflict" in world.history("central")


def test_a_conflict_comes_again_and_is_refused_again(world, pki, data):
    """A refusal that got lost is given anew."""
    other = travelled(signed(letter(subject="V/v khác"), pki.agency("commune")), COMMUNE)
    for content in (data, other, other):
        world.deliver("central", content, from_node=PROVINCE)
        world["central"].run_until_idle()
    assert [receipt.accepted for receipt in answers(world, "province")] == [True, False, False]
    assert world.handed_over("central") == 1


def test_the_same_letter_with_other_trace_headers_is_the_same_letter(world, data):
    """A hub that lost its memory passes it on again: it is told that the letter is here."""
    world.deliver("central", travelled(data, DISTRICT, PROVINCE), from_node=PROVINCE)
    world["central"].run_until_idle()
    later = travelled(data, DISTRICT, PROVINCE, at=NOW + hours(1))
    world.deliver("central", later, from_node=PROVINCE)
    world["central"].run_until_idle()
    assert [receipt.accepted for receipt in answers(world, "province")] == [True, True]
    assert answers(world, "province")[1].sha256 == sha256(later).hexdigest()
    assert world.desks["central"].offers == [LETTER]
    assert world.handed_over("central") == 1


def test_the_same_letter_with_other_trace_headers_is_not_relayed_again(world, data):
    """One letter comes in by two ways, one letter leaves."""
    world.deliver("province", travelled(data, DISTRICT), from_node=DISTRICT)
    world.deliver("province", data, from_node=COMMUNE)
    world["province"].run_until_idle()
    assert len(world.waiting("central")) == 1
    assert answer(world, "district").accepted
    assert answer(world, "commune").accepted


def test_signatures_cut_out_of_a_known_letter_prove_nothing(world, data):
    """The values are those of the letter that is known, but the content is not."""
    world.deliver("central", data, from_node=PROVINCE)
    world["central"].run_until_idle()
    forged = data.replace(b"V/v b", b"V/v c")
    world.deliver("central", forged, from_node=PROVINCE)
    world["central"].run_until_idle()
    assert [receipt.accepted for receipt in answers(world, "province")] == [True, False]
    assert world.desks["central"].letters[LETTER].verified.message.subject == "V/v báo cáo"


def test_a_hub_that_could_not_pass_a_letter_on_tells_whoever_brings_another_copy(world, data):
    """The first copy was refused further up; the second is tried anew, and refused in the end."""
    unknowing = Directory(entries(world.pki, commune={"certificates": ("0" * 64,)}))
    world.open("central", directory=unknowing)
    world.deliver("province", data, from_node=COMMUNE)
    world.run("province", "central")
    assert world.outbound("province") == [OutboundState.REJECTED]
    world.empty("commune")
    world.deliver("province", travelled(data, DISTRICT), from_node=DISTRICT)
    world.run("province", "central")
    said = answers(world, "district")
    assert [word.accepted for word in sorted(said, key=lambda word: word.at)] == [True, False]
    assert world.outbound("province") == [OutboundState.REJECTED]
    assert [answer.accepted for answer in answers(world)] == [False]


# --- forged ------------------------------------------------------------------------------------


def forgeries(pki):
    """Letters that must be refused at the first hop, each with a word of the reason."""
    genuine = signed(letter(), pki.agency("commune"))
    unsigned = b"".join(Envelope.of(letter()).chunks())
    return {
        "changed subject": (genuine.replace(b"V/v b", b"V/v c"), "MessageHeader"),
        "changed recipient name": (genuine.replace("nhận".encode(), b"nhan"), "MessageHeader"),
        "changed attachment": (genuine.replace(b"JVBERi0", b"JVBERi1"), "attachment"),
        "wrong agency": (signed(letter(), pki.agency("district")), "expected a certificate of"),
        "expired": (signed(letter(), pki.expired, at=NOW - timedelta(days=200)), "valid"),
        "revoked": (signed(letter(), pki.revoked), "revoked"),
        "stranger": (signed(letter(), pki.stranger), "trust anchor"),
        "unsigned": (unsigned, "expected a signature"),
    }


KINDS = [
    "changed subject",
    "changed recipient name",
    "changed attachment",
    "wrong agency",
    "expired",
    "revoked",
    "stranger",
    "unsigned",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_forged_letter_is_refused_at_the_first_hop_and_never_relayed(world, pki, kind):
    """The refusal is signed, names the reason, and nothing is sent on."""
    forged, reason = forgeries(pki)[kind]
    assert forged != signed(letter(), pki.agency("commune"))
    world.deliver("district", travelled(forged, COMMUNE))
    world["district"].run_until_idle()
    refusal = answer(world)
    assert not refusal.accepted
    assert reason.lower() in refusal.reason.lower()
    assert world.waiting("province") == []
    assert world["district"].store.outbound_of(LETTER) == []
    assert world["district"].store.inbound(LETTER, CENTRAL).state is InboundState.REFUSED
    assert world.detail("district", "refused")["reason"] == refusal.reason


@pytest.mark.parametrize("kind", KINDS)
def test_a_forged_letter_is_never_handed_over(world, pki, kind):
    """The final recipient refuses it as well; its application never hears of it."""
    forged, _ = forgeries(pki)[kind]
    world.deliver("central", travelled(forged, COMMUNE), from_node=PROVINCE)
    world["central"].run_until_idle()
    assert not answer(world, "province").accepted
    assert world.desks["central"].offers == []


def test_a_forger_who_guesses_an_id_does_not_shut_out_the_genuine_letter(world, pki, data):
    """A refused letter has no claim to its id."""
    world.deliver("central", travelled(signed(letter(), pki.stranger), COMMUNE), from_node=COMMUNE)
    world["central"].run_until_idle()
    world.deliver("central", data, from_node=PROVINCE)
    world["central"].run_until_idle()
    assert answer(world, "province").accepted
    assert world.handed_over("central") == 1


def test_a_refused_letter_that_comes_again_is_processed_once_the_cause_is_gone(world, pki, data):
    """Refused while the directory does not list the sender's key; accepted when it does."""
    stale = Directory(entries(pki, commune={"certificates": ("0" * 64,)}))
    world.open("district", directory=stale)
    world.deliver("district", data)
    world["district"].run_until_idle()
    assert not answer(world).accepted
    world.empty("commune")
    world.restart("district")
    world.deliver("district", data)
    world.deliver("district", data)
    world.run("district", "province", "central")
    assert [receipt.accepted for receipt in answers(world)] == [True, True]
    assert world.handed_over("central") == 1


def test_a_letter_refused_twice_gets_two_refusals(world, pki):
    """A refused letter that comes again is judged again, and refused again."""
    forged = travelled(signed(letter(), pki.stranger), COMMUNE)
    for _ in range(2):
        world.deliver("district", forged)
        world["district"].run_until_idle()
    assert [receipt.accepted for receipt in answers(world)] == [False, False]
    assert world.waiting("district") == []


# --- our own evidence is out of date -----------------------------------------------------------


def test_a_stale_revocation_list_postpones_a_letter_and_a_new_one_lets_it_through(world, pki, data):
    """Not refused, not answered, still in the mailbox; processed after the list is renewed."""
    world.clock.advance(timedelta(days=40))
    world.deliver("district", data)
    assert world["district"].run_until_idle() == 0
    assert world.waiting("commune") == []
    assert len(world.waiting("district")) == 1
    assert "inbound.postponed" in world.told("district")
    fresh = trust_in(pki, world.clock.now() - hours(1))
    world.restart("district", trust=fresh).run_once()
    assert answer_with(world, fresh).accepted
    assert world.waiting("district") == []
    assert [parcel.message_id for parcel, _ in world.waiting("province")] == [LETTER]


def answer_with(world, trust):
    """The receipt in the commune's mailbox, read by a commune that has new lists as well."""
    world.open("commune", trust=trust)
    return answer(world)


def test_postponed_letters_do_not_hold_up_others(world, pki):
    """Two hundred letters that cannot be judged yet stand in front of one that can be answered."""
    world.clock.advance(timedelta(days=40))
    data = signed(letter(), pki.agency("commune"))
    for _ in range(200):
        world.deliver("district", data)
    world.deliver("district", b"not a letter", message_id=MessageId("z-last"))
    world["district"].run_once()
    assert not answer_with(world, trust_in(pki, world.clock.now())).accepted
    assert len(world.waiting("district")) == 200


# --- notes that lie ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ({"message_id": MessageId("m-other")}, "expected message m-letter, found m-other"),
        ({"recipient": PROVINCE}, "expected one of the letter's recipients"),
        ({"recipient": OrganId("000.99.99.Z99")}, "expected one of the letter's recipients"),
    ],
)
def test_a_note_that_lies_about_id_or_recipient_is_refused_and_set_aside(world, data, note, reason):
    """Nothing is relayed under a name that the signed header does not carry."""
    world.deliver("district", data, **note)
    world["district"].run_until_idle()
    refusal = answer(world)
    assert not refusal.accepted
    assert reason in refusal.reason
    assert reason in world.set_aside("district")[0]
    assert world.waiting("province") == []
    assert world["district"].store.inbound_in_state(InboundState.RELAYED) == []


def test_origin_and_kind_are_taken_from_the_letter_and_not_from_the_note(world, data):
    """What the note claims about the sender and the kind of message is not believed."""
    world.deliver("district", data, origin=PROVINCE, message_kind="status")
    world["district"].run_once()
    record = world["district"].store.inbound(LETTER, CENTRAL)
    assert (record.origin, record.kind) == (COMMUNE, "document")
    ((parcel, _),) = world.waiting("province")
    assert (parcel.origin, parcel.message_kind) == (COMMUNE, "document")


def test_a_recipient_in_the_other_code_system_is_the_same_recipient(world, data):
    """A note that spells the code in another way does not make a second letter of it."""
    world.deliver("central", data, from_node=PROVINCE)
    world.deliver("central", data, from_node=PROVINCE, recipient=OrganId("G22"))
    world["central"].run_until_idle()
    assert world.desks["central"].offers == [LETTER]
    assert world.handed_over("central") == 1
    assert [receipt.recipient for receipt in answers(world, "province")] == [CENTRAL, CENTRAL]


def test_a_hub_relays_once_however_the_recipient_is_spelt(world, data):
    """The same letter under two spellings leaves the hub once."""
    world.deliver("district", data)
    world.deliver("district", data, recipient=OrganId("G22"))
    world["district"].run_until_idle()
    assert len(world.waiting("province")) == 1


def test_a_letter_in_a_parcel_that_says_receipt_is_set_aside(world, data):
    """It is no receipt, and a receipt is what the note promised."""
    world.deliver("district", data, kind=ParcelKind.RECEIPT)
    world["district"].run_until_idle()
    assert len(world.set_aside("district")) == 1
    assert world.waiting("district") == []
    assert world["district"].store.messages() == []


def test_a_receipt_in_a_parcel_that_says_letter_is_refused(world, data):
    """It is no letter; the refusal says so."""
    world.deliver("district", data)
    world["district"].run_once()
    ((_, xml),) = world.empty("commune")
    world.empty("province")
    world.deliver("province", xml, from_node=DISTRICT)
    world["province"].run_until_idle()
    assert not answer(world, "district").accepted
    assert len(world.set_aside("province")) == 1


def test_a_sender_that_the_directory_does_not_know_gets_no_receipt_and_harms_nobody(world, data):
    """The receipt cannot be delivered; the letter is relayed all the same."""
    world.deliver("district", data, from_node=OrganId("000.99.99.Z99"))
    world["district"].run_until_idle()
    assert "receipt.not-sent" in world.told("district")
    assert len(world.waiting("province")) == 1
    assert world.waiting("district") == []


# --- not letters -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"not XML",
        b"\x00" * 100,
        b"<edXML/>",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        "<a>\N{PILE OF POO}</a>".encode("utf-16"),
        b"<\xff\xfe>",
        b"<a>" * 200,
        "<Thư>\x01</Thư>".encode(),
    ],
)
def test_what_is_no_letter_is_refused_with_a_signed_reason_and_set_aside(world, junk):
    """Whatever the bytes, the answer is a refusal that can be read, and the mailbox is empty."""
    world.deliver("district", junk)
    assert world["district"].run_once() == 1
    refusal = answer(world)
    assert not refusal.accepted
    assert refusal.reason
    assert refusal.sha256 == sha256(junk).hexdigest()
    assert world.set_aside("district") == [refusal.reason]
    assert world.waiting("district") == []


def test_a_truncated_letter_is_refused(world, data):
    """Half a letter is not a letter, and its whole self is still welcome."""
    world.deliver("district", data[: len(data) // 2])
    world["district"].run_until_idle()
    assert not answer(world).accepted
    world.empty("commune")
    world.deliver("district", data)
    world["district"].run_until_idle()
    assert answer(world).accepted


def test_a_letter_over_the_limits_is_refused_by_name(world, data):
    """The refusal names the limit; the letter passes where the limit is raised."""
    world.open("district", limits=Limits(skeleton_bytes=1000))
    world.deliver("district", data)
    world["district"].run_until_idle()
    assert "skeleton_bytes" in answer(world).reason
    world.empty("commune")
    world.restart("district")
    world.deliver("district", data)
    world["district"].run_until_idle()
    assert answer(world).accepted


def test_a_letter_over_the_size_that_is_kept_is_refused(world, data):
    """The limit is named, and the letter is kept aside."""
    small = PayloadStore(world.folder / "small", largest_bytes=100)
    world.open("district", payloads=small)
    world.deliver("district", data)
    world["district"].run_until_idle()
    refusal = answer(world)
    assert not refusal.accepted
    assert "100 bytes" in refusal.reason
    assert refusal.sha256 == sha256(data).hexdigest()
    assert world.waiting("district") == []


@pytest.mark.parametrize("name", ["evil\x01\x00<&]]>", "a\ufffe", "x\r\n\u2028", "\x1b[2J"])
def test_a_stranger_whose_name_no_receipt_can_carry_is_refused_all_the_same(world, name):
    """The refusal quotes him in printable characters."""
    world.deliver("district", signed(letter(), certify(name)))
    world["district"].run_until_idle()
    refusal = answer(world)
    assert not refusal.accepted
    assert "trust anchor" in refusal.reason
    assert refusal.reason.isprintable()
    assert world.waiting("district") == []


def test_one_bad_parcel_does_not_stop_the_others(world, data, pki):
    """Junk before, between and behind; the good letters go on in the same pass."""
    world.deliver("district", b"junk")
    world.deliver("district", data)
    world.deliver("district", b"<junk/>", message_id=MessageId("m-junk"))
    second = letter(message_id=MessageId("m-second"))
    world.deliver("district", signed(second, pki.agency("commune")), message_id=second.message_id)
    world.deliver("district", b"junk", kind=ParcelKind.RECEIPT)
    world["district"].run_once()
    assert len(world.waiting("province")) == 2
    assert world.waiting("district") == []


# --- no way onward -----------------------------------------------------------------------------


def test_a_letter_for_an_unknown_agency_is_refused_with_the_reason(world, pki):
    """The hub that knows no way says so, signed."""
    nowhere = OrganId("000.00.00.X99")
    world.deliver("district", signed(letter(nowhere), pki.agency("commune")), recipients=(nowhere,))
    world["district"].run_until_idle()
    refusal = answer(world)
    assert not refusal.accepted
    assert "X99" in refusal.reason
    assert "directory" in refusal.reason


def test_a_letter_for_a_closed_agency_is_refused_with_its_successor(world, pki, data):
    """The refusal names who took over."""
    closed = {"valid_to": (NOW - timedelta(days=9)).date(), "successors": (PROVINCE,)}
    alone = entries(pki, central=closed, province={"parent": None})
    strict = Rules(closed=ClosedCodes.REFUSE)
    world.open("district", directory=Directory(alone, several_roots=True), rules=strict)
    world.deliver("district", data)
    world["district"].run_until_idle()
    refusal = answer(world)
    assert not refusal.accepted
    assert str(PROVINCE) in refusal.reason


def test_a_letter_that_goes_in_circles_is_refused(world, data):
    """Two trace headers of our own are one too many."""
    world.deliver("district", travelled(data, DISTRICT, PROVINCE, DISTRICT, PROVINCE))
    world["district"].run_until_idle()
    refusal = answer(world)
    assert not refusal.accepted
    assert "trace headers" in refusal.reason
    assert world.waiting("province") == []


def test_a_letter_that_passed_too_many_nodes_is_refused(world, data):
    """Seventeen trace headers are one more than allowed."""
    stops = [OrganId(f"000.00.{number:02}.H53") for number in range(40, 56)]
    world.deliver("district", travelled(data, *stops))
    world["district"].run_until_idle()
    assert "at most 16" in answer(world).reason


def test_a_letter_that_comes_back_to_its_sender_for_another_is_refused(world):
    """The sender has it in its queue already; passing it on again would send it in circles."""
    world["commune"].send(letter())
    ((parcel, own),) = leave(world)
    assert parcel.recipient == CENTRAL
    world.deliver("commune", travelled(own, DISTRICT), from_node=DISTRICT)
    world["commune"].run_until_idle()
    refusal = answer(world, "district")
    assert not refusal.accepted
    assert world.waiting("commune") == []


def leave(world):
    """Let the commune's letter leave, and take it out of the district's mailbox."""
    world["commune"].run_once()
    return world.empty("district")


def test_directories_that_contradict_each_other_end_in_a_refusal_and_not_in_a_circle(world, pki):
    """The commune sends up, the district would send down; the sender learns that it was refused."""
    world.open("district", directory=_centre_below_commune(pki))
    world["commune"].send(letter())
    world.run()
    assert world.outbound("commune") == [OutboundState.REJECTED]
    assert str(COMMUNE) in world["commune"].store.outbound_of(LETTER)[0].problem
    assert world.outbound("district") == []
    assert [world.waiting(name) for name in ("commune", "district")] == [[], []]


def test_hubs_that_contradict_each_other_do_not_acknowledge_what_arrives_nowhere(world, pki):
    """What the province would send back, the district has already; its receipt would be empty."""
    world.open("province", directory=_centre_below_commune(pki))
    world["commune"].send(letter())
    world.run()
    assert world.outbound("district") == [OutboundState.REJECTED]
    assert world.outbound("province") == []
    assert world["province"].store.inbound(LETTER, CENTRAL).state is InboundState.REFUSED


def _centre_below_commune(pki):
    """A directory that has the agencies upside down."""
    return Directory(
        entries(
            pki,
            central={"parent": COMMUNE},
            commune={"parent": DISTRICT},
            district={"parent": PROVINCE},
            province={"parent": None},
        )
    )


def test_a_note_for_another_recipient_sends_no_copy_back_where_it_came_from(world):
    """The copy for the commune, its note changed to the central office: refused, not returned."""
    world["district"].send(letter(COMMUNE, CENTRAL, sender=DISTRICT))
    world["district"].run_once()
    ((parcel, own),) = world.waiting("commune")
    world.put("commune", replace(parcel, recipients=(CENTRAL,)), own)
    world.run()
    assert world.outbound("commune") == []
    assert world["commune"].store.inbound(LETTER, CENTRAL).state is InboundState.REFUSED
    assert world.outbound("district") == [OutboundState.ACKNOWLEDGED] * 2
    assert [world.handed_over(name) for name in ("commune", "central")] == [1, 1]


def test_a_parcel_that_went_astray_is_refused_by_the_first_whose_way_leads_back(world):
    """The province's letter in the commune's mailbox: the district is not even troubled."""
    world["province"].send(letter(CENTRAL, sender=PROVINCE))
    world["province"].run_once()
    ((parcel, own),) = world.waiting("central")
    world.put("commune", replace(parcel, to_node=COMMUNE), own)
    world.run()
    assert world.outbound("commune") == []
    assert world["district"].store.messages() == []
    assert world.outbound("province") == [OutboundState.ACKNOWLEDGED]
    assert world.handed_over("central") == 1


def test_a_copy_refused_for_forged_trace_headers_does_not_shut_out_the_genuine_one(world, data):
    """Whoever adds the next hop to the trace headers has only his own bytes refused."""
    world.deliver("district", travelled(data, PROVINCE))
    world.deliver("district", data)
    world["district"].run_until_idle()
    forged, genuine = answers(world)
    assert (forged.accepted, genuine.accepted) == (False, True)
    assert genuine.sha256 == sha256(data).hexdigest()
    assert world.outbound("district") == [OutboundState.AWAITING_RECEIPT]


# --- our own trouble ---------------------------------------------------------------------------


def test_a_payload_that_cannot_be_read_back_is_not_held_against_the_sender(world, data):
    """No refusal for trouble of our own: the parcel stays, and passes once the disk is well."""
    payload = world["district"].point.payloads.path(sha256(data).hexdigest())

    def lose(event):
        if event.name is EventName.INBOUND_STORED:
            payload.unlink()

    world.open("district", hooks=(lose,))
    world.deliver("district", data)
    world["district"].run_once()
    assert world.waiting("commune") == []
    assert len(world.waiting("district")) == 1
    world.restart("district").run_until_idle()
    assert answer(world).accepted


def test_a_letter_whose_record_finds_no_room_stays_in_the_mailbox(world, data):
    """Stored, judged, not written down: it is not settled, and comes again."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    room = [0]
    with ExitStack() as disk:

        def fill(event):
            if event.name is EventName.INBOUND_STORED and room:
                disk.enter_context(file_size_limit(room.pop()))

        world.open("central", hooks=(fill,))
        world.deliver("central", data, from_node=PROVINCE)
        world["central"].run_once()
    assert world.waiting("province") == []
    assert len(world.waiting("central")) == 1
    world["central"].run_until_idle()
    assert answer(world, "province").accepted
    assert world.handed_over("central") == 1


def test_an_expired_key_of_ours_keeps_letters_waiting_and_refuses_nobody(world, pki, data):
    """A node that cannot sign receipts accepts nothing and loses nothing."""
    world.clock.advance(timedelta(days=10 * 366))
    fresh = trust_in(pki, world.clock.now())
    world.open("district", trust=fresh)
    world.deliver("district", data)
    world["district"].run_until_idle()
    assert world.waiting("commune") == []
    assert len(world.waiting("district")) == 1


def test_a_letter_whose_trace_headers_are_not_vouched_for_is_still_the_same_letter(world, data):
    """Trace headers are claims: a false one does not spoil what is signed."""
    world.deliver("central", travelled(data, OrganId("000.66.66.X66")), from_node=PROVINCE)
    world["central"].run_until_idle()
    message = world.desks["central"].letters[LETTER].verified.message
    assert message.sender.organ_id == COMMUNE
    assert replace(message, attachments=()) == replace(letter(), attachments=())


def test_a_message_without_a_place_for_our_trace_header_is_refused_once(world, pki):
    """Its list of hubs was spoilt and begun anew: two of them. It does not come up for ever."""
    commune = Organization(COMMUNE, "UBND xã An Thạnh")
    status = status_of(
        letter(COMMUNE, sender=CENTRAL), StatusCode.ARRIVED, reporter=commune, at=NOW
    )
    data = travelled(signed(status, pki.agency("commune")), COMMUNE)
    before, mark, rest = data.partition(b"<edXML:TraceHeaderList")
    rest = rest.replace(b"QCVN", b"QCVO", 1)
    data = travelled(before + mark + rest, COMMUNE)
    assert data.count(b"<edXML:TraceHeaderList") == 2
    world.deliver("district", data, message_id=status.message_id)
    world.run("district")
    assert world.waiting("district") == []
    kept = world["district"].store.inbound(status.message_id, CENTRAL)
    assert kept.state is InboundState.REFUSED
    assert "expected one start tag of TraceHeaderList, found 2" in kept.problem
