"""1 July 2025: the district tier ends, and letters still arrive, whenever they were sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from exchange_help import (
    CENTRAL,
    CODES,
    COMMUNE,
    DISTRICT,
    LETTER,
    PROVINCE,
    Desk,
    World,
    letter,
    parcel_of,
    signed,
    trust_in,
)
from recall_help import asking

from docexchange.clock import VirtualClock
from docexchange.delivery import InboundState, OutboundState
from docexchange.directory import Directory, DirectoryEntry
from docexchange.envelope import Envelope, StatusCode
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import DeliveryError, NoRoute, UsageError
from docexchange.identifiers import MessageId, OrganId
from docexchange.lifecycle import Asked, Odd
from docexchange.node import Refuse, Storage
from docexchange.report import ChainState, ends_of, receipt_chains
from docexchange.routing import (
    Agencies,
    ClosedCodes,
    ExchangePolicy,
    PolicyRule,
    Rules,
)
from docexchange.signing import verify_receipt
from docexchange.testing import DemoPki

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVE = datetime(2025, 6, 30, 8, tzinfo=UTC)
MIDNIGHT = datetime(2025, 6, 30, 17, tzinfo=UTC)
MORNING = datetime(2025, 7, 1, 2, tzinfo=UTC)
LAST, REFORM = date(2025, 6, 30), date(2025, 7, 1)
OLD_CODE = OrganId("000.00.77.H39")
"""Of an agency that ended before the directory began; whoever took over has it as an alias."""
STRICT = Rules(closed=ClosedCodes.REFUSE)


@pytest.fixture(scope="module")
def old_pki() -> DemoPki:
    """Keys of the days of the reform."""
    return DemoPki.create(at=EVE, key="p256")


@pytest.fixture
def world(old_pki: DemoPki, tmp_path: Path) -> Iterator[World]:
    """Four nodes on the eve of the reform, all with a directory that knows of it."""
    world = World(old_pki, tmp_path, clock=VirtualClock(EVE), trust=trust_in(old_pki, EVE))
    directory = country(old_pki)
    world.directories = dict.fromkeys(("commune", "district", "province", "central"), directory)
    yield world
    world.close()


def country(pki: DemoPki) -> Directory:
    """Four tiers to the last of June, three from the first of July."""

    def entry(name: str, parent: object, **fields: object) -> DirectoryEntry:
        agency = pki.find(name)
        return DirectoryEntry(
            organ_id=agency.organ_id,
            name=agency.name,
            tier=agency.tier,
            parent=parent,
            endpoint=f"memory:{name}",
            certificates=(pki.agency(name).sha256, pki.leader(name).sha256),
            **fields,
        )

    return Directory(
        [
            entry("central", None),
            entry("province", CENTRAL),
            entry("district", PROVINCE, valid_to=LAST, successors=(PROVINCE,)),
            entry("commune", DISTRICT, valid_to=LAST),
            entry("commune", PROVINCE, valid_from=REFORM),
        ]
    )


def pass_midnight(world: World) -> None:
    """To the morning of the first of July."""
    world.clock.advance(MORNING - world.clock.now())


def has(world: World, name: str, message_id: MessageId = LETTER) -> bool:
    """Whether an agency's application has the letter, and once."""
    desk = world.desks[name]
    return desk.offers.count(message_id) == 1


def test_four_tiers_before_and_three_after(world):
    """The same commune writes to the centre over its district, and then past it."""
    world["commune"].send(letter())
    world.run()
    second = MessageId("m-second")
    pass_midnight(world)
    world["commune"].send(letter(message_id=second, number="13"))
    world.run()
    for message_id, stops in ((LETTER, 3), (second, 2)):
        taken = world["central"].store.inbound(message_id, CENTRAL)
        path = world["central"].point.payloads.path(taken.payload)
        assert len(Envelope.read(path).traces) == stops
    assert has(world, "central")
    assert has(world, "central", second)


def test_a_letter_to_an_old_code_goes_to_the_successor(world):
    """The province takes it; letter and receipt keep the old code, the evidence both."""
    pass_midnight(world)
    world["central"].send(letter(DISTRICT, sender=CENTRAL))
    world.run()
    assert has(world, "province")
    assert world.outbound("central") == [OutboundState.ACKNOWLEDGED]
    for name, event in (("central", "submitted"), ("province", "received")):
        detail = world.detail(name, event)
        assert (detail["closed"], detail["successor"]) == (str(DISTRICT), str(PROVINCE))
    (receipt,) = (kept for kept in world["central"].store.receipts(LETTER) if not kept.given)
    said = read_receipt(receipt.xml)[0]
    assert (said.recipient, said.issuer) == (DISTRICT, PROVINCE)


def test_by_policy_it_is_refused_with_the_successor(world):
    """Nothing is queued; before the reform the same letter goes out."""
    world.open("central", rules=STRICT)
    world["central"].send(letter(DISTRICT, sender=CENTRAL))
    pass_midnight(world)
    again = letter(DISTRICT, sender=CENTRAL, message_id=MessageId("m-second"), number="13")
    with pytest.raises(NoRoute) as caught:
        world["central"].send(again)
    assert caught.value.code == "route.closed-agency"
    assert str(PROVINCE) in caught.value.advice
    assert world.outbound("central", MessageId("m-second")) == []


def test_a_hub_that_refuses_old_codes_still_takes_its_own_inheritance(world):
    """What was sent to the code of an agency merged into it is at its end there."""
    world.open("province", rules=STRICT)
    pass_midnight(world)
    world["central"].send(letter(DISTRICT, sender=CENTRAL))
    world.run()
    assert has(world, "province")


def test_a_letter_that_waits_for_a_closed_hub_takes_the_new_way(world):
    """Queued for the district in June, it goes to the province in July."""
    world["commune"].send(letter())
    pass_midnight(world)
    world.run("commune", "province", "central")
    assert has(world, "central")
    assert world.waiting("district") == []
    assert world["commune"].store.outbound(LETTER, CENTRAL).next_hop == PROVINCE


def test_a_letter_that_a_closed_hub_has_in_hand_arrives_once(world):
    """Its node still works, and the way that the sender takes anew ends there as well."""
    world["commune"].send(letter())
    world.run("commune")
    pass_midnight(world)
    world.run()
    world.run_on(hours=3)
    assert has(world, "central")
    assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED]


def test_a_letter_on_its_way_to_an_agency_that_closes_is_inherited(world):
    """The province was passing it on to the district; now it is the province's own."""
    world["central"].send(letter(DISTRICT, sender=CENTRAL))
    world.run("central")
    for arrival in world.network.transport("province").receive(10):
        world["province"].take(arrival)
    came = world["province"].store.inbound(LETTER, DISTRICT)
    assert came.state is InboundState.RELAYED
    pass_midnight(world)
    world.run("province", "central")
    assert has(world, "province")
    assert world.waiting("district") == []
    assert world["province"].store.inbound(LETTER, DISTRICT).state is InboundState.HANDED_OVER
    assert world.outbound("central") == [OutboundState.ACKNOWLEDGED]


def test_a_signature_made_before_the_merger_stays_good(world, old_pki):
    """The district signed in June; the centre judges in July, by the date of the signature."""
    data = signed(letter(sender=DISTRICT), old_pki.agency("district"), EVE)
    pass_midnight(world)
    note = {"origin": DISTRICT, "from_node": PROVINCE, "to_node": CENTRAL}
    world.put("central", parcel_of(data, **note), data)
    world.run("central")
    assert has(world, "central")


def test_nothing_is_refused_while_clocks_may_differ_about_the_day(world, old_pki):
    """The commune begins at midnight; by its clock it has, and by that of the province not yet."""
    entries = [entry for entry in country(old_pki) if entry.organ_id != COMMUNE]
    (new,) = (
        entry for entry in country(old_pki) if entry.organ_id == COMMUNE and entry.valid_on(REFORM)
    )
    world.directories["province"] = Directory([*entries, new])
    early, late = (letter(PROVINCE, message_id=MessageId(name)) for name in ("m-early", "m-late"))
    for minutes, message, state in ((10, early, InboundState.REFUSED), (3, late, None)):
        world.clock.advance(MIDNIGHT - timedelta(minutes=minutes) - world.clock.now())
        data = signed(message, old_pki.agency("commune"), world.clock.now())
        note = {"message_id": message.message_id, "recipient": PROVINCE}
        world.put("province", parcel_of(data, to_node=PROVINCE, **note), data)
        world.run("province")
        record = world["province"].store.inbound(message.message_id, PROVINCE)
        assert (record and record.state) is state
    world.clock.advance(timedelta(minutes=4))
    world.run("province")
    assert has(world, "province", late.message_id)


def test_a_forgery_is_refused_when_the_turn_is_over(world, old_pki):
    """It waits those minutes as everything does that would be refused."""
    world.clock.advance(MIDNIGHT - timedelta(minutes=1) - world.clock.now())
    data = signed(letter(DISTRICT), old_pki.agency("province"), world.clock.now())
    world.put("district", parcel_of(data, recipient=DISTRICT), data)
    world.run("district")
    assert world["district"].store.inbound(LETTER, DISTRICT) is None
    world.clock.advance(timedelta(minutes=7))
    world.run("district")
    assert world["district"].store.inbound(LETTER, DISTRICT).state is InboundState.REFUSED


def test_the_answer_to_a_closed_sender_goes_to_its_heir(world, old_pki):
    """The status of the letter that the district signed in June reaches the province."""
    data = signed(letter(sender=DISTRICT), old_pki.agency("district"), EVE)
    pass_midnight(world)
    note = {"origin": DISTRICT, "from_node": PROVINCE, "to_node": CENTRAL}
    world.put("central", parcel_of(data, **note), data)
    world.run("central", "province")
    answers = [item for item in world["central"].store.messages() if item.kind == "status"]
    assert answers
    for item in answers:
        assert item.outbound == ((DISTRICT, OutboundState.ACKNOWLEDGED),)
    reported = world["province"].store.statuses(str(letter(sender=DISTRICT).document_id))
    assert StatusCode.ARRIVED in {item.code for item in reported}


# --- policies ---

COMMUNES_ASK_THE_PROVINCE = ExchangePolicy(
    rules=(
        PolicyRule(
            name="communes",
            senders=Agencies(tiers=(4,)),
            recipients=Agencies(codes=("G*",)),
            allowed=False,
            because="decision 5",
        ),
    )
)


def test_what_may_not_be_sent_is_not_accepted(world):
    """The application learns why; nothing is queued."""
    world.open("commune", policy=COMMUNES_ASK_THE_PROVINCE)
    with pytest.raises(DeliveryError, match="decision 5") as caught:
        world["commune"].send(letter())
    assert caught.value.code == "policy.sender"
    assert world.outbound("commune") == []


def test_a_secret_is_not_accepted_by_any_node(world):
    """No policy is needed for that."""
    with pytest.raises(DeliveryError) as caught:
        world["commune"].send(letter(subject="[MẬT] Báo cáo"))
    assert caught.value.code == "policy.secret"


def test_a_hub_refuses_what_may_not_pass_and_the_sender_learns_why(world):
    """Signed, with the rule and its reason; nothing is passed on."""
    world.open("district", policy=COMMUNES_ASK_THE_PROVINCE)
    world["commune"].send(letter())
    world.run()
    record = world["commune"].store.outbound(LETTER, CENTRAL)
    assert record.state is OutboundState.REJECTED
    assert "decision 5" in record.problem
    assert world.waiting("province") == []


def test_a_secret_that_a_neighbour_lets_pass_is_refused(world, old_pki):
    """By whoever gets it, also at its end."""
    data = signed(letter(subject="Tối mật: báo cáo"), old_pki.agency("commune"), EVE)
    world.put("district", parcel_of(data), data)
    world.run("district")
    assert world["district"].store.inbound(LETTER, CENTRAL).state is InboundState.REFUSED


@pytest.mark.parametrize(("most", "passes"), [(100, False), (10**6, True)])
def test_a_size_is_that_of_the_whole_letter(world, most, passes):
    """Attachments included, at the sender already."""
    rule = PolicyRule(name="size", most_bytes=most)
    world.open("commune", policy=ExchangePolicy(rules=(rule,)))
    if passes:
        world["commune"].send(letter())
        return
    with pytest.raises(DeliveryError) as caught:
        world["commune"].send(letter())
    assert caught.value.code == "policy.size"


# --- agencies without a node ---


def test_a_hub_takes_letters_for_an_agency_that_it_serves(world, old_pki):
    """The commune has no endpoint: its letters are at their end at the district."""
    listed = [
        replace(entry, endpoint="") if entry.organ_id == COMMUNE else entry
        for entry in country(old_pki)
    ]
    world.directories = dict.fromkeys(world.directories, Directory(listed))
    world["central"].send(letter(COMMUNE, sender=CENTRAL))
    world.run("central", "province", "district")
    assert has(world, "district")
    assert world.outbound("central") == [OutboundState.ACKNOWLEDGED]


def test_a_merged_agency_is_answered_for_by_its_heir(world):
    """What the district had is asked back from the province, whose answer counts for it."""
    first = letter(DISTRICT, sender=CENTRAL)
    world["central"].send(first)
    world.run()
    pass_midnight(world)
    world["central"].send(asking(Asked.RECALL, first, number="20"))
    world.run()
    assert has(world, "district")
    assert has(world, "province", MessageId("m-20"))
    world["province"].answer(MessageId("m-20"), agree=True)
    world.run()
    (standing,) = world["central"].standing(str(first.document_id))
    assert (standing.receiver, standing.summary, standing.warnings) == (DISTRICT, "recalled", ())
    (own,) = world["province"].standing(str(first.document_id))
    assert own.asked == standing.asked


class Refusing(Desk):
    """An application that has no use for anything."""

    def take(self, letter):
        """Say why."""
        super().take(letter)
        return Refuse("không thuộc thẩm quyền")


def summaries(world, name, document):
    """Where a document stands at each of its receivers, as a node knows."""
    found = world[name].standing(str(document.document_id))
    return {item.receiver: item.summary for item in found}


def test_what_a_merged_agency_refused_is_not_what_its_heir_has(world):
    """Both were sent the letter; the province still holds it, and is the one that is asked."""
    world.open("district", application=Refusing())
    first = letter(DISTRICT, PROVINCE, sender=CENTRAL)
    world["central"].send(first)
    world.run()
    pass_midnight(world)
    assert summaries(world, "central", first) == {DISTRICT: "refused", PROVINCE: "valid"}
    assert summaries(world, "province", first) == {PROVINCE: "valid"}
    world["central"].send(asking(Asked.RECALL, first, number="20"))
    world.run()
    assert summaries(world, "central", first)[PROVINCE] == "recall-asked"
    world["province"].answer(MessageId("m-20"), agree=True)
    world.run()
    assert summaries(world, "central", first) == dict.fromkeys((DISTRICT, PROVINCE), "recalled")


def test_what_a_merged_agency_agreed_to_its_heir_has_not_agreed_to(world):
    """Each of them had a copy, and that of the heir is in force until the heir says otherwise."""
    first = letter(DISTRICT, PROVINCE, sender=CENTRAL)
    world["central"].send(first)
    world["central"].send(asking(Asked.RECALL, first, number="20"))
    world.run()
    world["district"].answer(MessageId("m-20"), agree=True)
    world.run()
    pass_midnight(world)
    expected = {DISTRICT: "recalled", PROVINCE: "recall-asked"}
    assert summaries(world, "central", first) == expected
    assert summaries(world, "province", first)[PROVINCE] == "recall-asked"
    world["province"].answer(MessageId("m-20"), agree=False, reason="đã dùng")
    world.run()
    expected = {DISTRICT: "recalled", PROVINCE: "recall-refused"}
    assert summaries(world, "central", first) == expected


def test_an_heir_of_tomorrow_recalls_nothing_today(world):
    """What counted nothing when it was said does not come to count by the merger."""
    first = letter(sender=DISTRICT)
    world["district"].send(first)
    world.run()
    world["province"].send(asking(Asked.RECALL, first, number="20", sender=PROVINCE))
    world.run()
    for _ in range(2):
        (standing,) = world["central"].standing(str(first.document_id))
        assert (standing.summary, standing.asked) == ("valid", ())
        assert {item.what for item in standing.warnings} == {Odd.FOREIGN}
        pass_midnight(world)
    world["province"].send(asking(Asked.RECALL, first, number="21", sender=PROVINCE))
    world.run()
    assert summaries(world, "central", first) == {CENTRAL: "recall-asked"}


def test_agencies_served_by_one_node_do_not_speak_for_each_other(world, old_pki):
    """Neither has an endpoint; the node of the province speaks for both, and for itself."""
    served = {COMMUNE, DISTRICT}
    listed = [
        replace(entry, endpoint="") if entry.organ_id in served else entry
        for entry in country(old_pki)
    ]
    world.directories = dict.fromkeys(world.directories, Directory(listed))
    first = letter()
    for sender, message in (
        (COMMUNE, first),
        (DISTRICT, asking(Asked.RECALL, first, number="20", sender=DISTRICT)),
    ):
        data = signed(message, old_pki.agency(sender), EVE)
        note = {"message_id": message.message_id, "origin": sender}
        world.deliver("central", data, **note, from_node=PROVINCE)
    world.run("central")
    (standing,) = world["central"].standing(str(first.document_id))
    assert (standing.sender, standing.summary, standing.asked) == (COMMUNE, "valid", ())
    world["province"].send(asking(Asked.RECALL, first, number="21", sender=PROVINCE))
    world.run("province", "central")
    assert summaries(world, "central", first) == {CENTRAL: "recall-asked"}


def test_what_an_heir_asks_it_can_take_back(world):
    """It recalls a letter of the agency that was merged into it, and then the recall."""
    first = letter(sender=DISTRICT)
    world["district"].send(first)
    world.run()
    pass_midnight(world)
    recall = asking(Asked.RECALL, first, number="20", sender=PROVINCE)
    for question in (recall, asking(Asked.RECALL, recall, number="21", sender=PROVINCE)):
        world["province"].send(question)
        world.run()
        world["central"].answer(question.message_id, agree=True)
        world.run()
        expected = "recalled" if question is recall else "valid"
        for name in ("central", "province"):
            assert summaries(world, name, first) == {CENTRAL: expected}


def test_one_copy_is_asked_back_by_the_code_on_it(world):
    """The heir has one of its own, and keeps that."""
    first = letter(DISTRICT, PROVINCE, sender=CENTRAL)
    world["central"].send(first)
    world.run()
    pass_midnight(world)
    world["central"].ask_back(first.message_id, DISTRICT, reason="nhầm nơi nhận")
    world.run()
    world["province"].answer(first.message_id, agree=True)
    world.run()
    for name in ("central", "province"):
        assert summaries(world, name, first) == {DISTRICT: "recalled", PROVINCE: "valid"}


def test_receipts_prove_the_way_of_a_letter_under_an_old_code(world, old_pki):
    """Its heir has the code for its own, and sent it: the way begins at the heir's node."""
    listed = [
        replace(entry, aliases=(OLD_CODE,)) if entry.organ_id == PROVINCE else entry
        for entry in country(old_pki)
    ]
    directory = Directory(listed)
    world.directories = dict.fromkeys(world.directories, directory)
    world["province"].send(letter(sender=OLD_CODE))
    world.run()
    stores = {code: world[name].store for name, code in CODES.items()}
    (chain,) = receipt_chains(
        [(code, kept) for code, store in stores.items() for kept in store.receipts(LETTER)],
        origin=OLD_CODE,
        verify=lambda xml, at: verify_receipt(xml, world["central"].point.verifier, at=at),
        sent={code: store.outbound_of(LETTER) for code, store in stores.items()},
        ends_of=partial(ends_of, directory=directory),
    )
    assert (chain.state, chain.problems) == (ChainState.WHOLE, ())
    assert [hop.receipt.from_node for hop in chain.hops] == [PROVINCE]


# --- what people report after the merger ---


def reported(world, first):
    """Who reported what about a letter, as its sender knows."""
    records = world["central"].store.statuses(str(first.document_id))
    return {(item.reporter, item.code) for item in records}


def memory_of(world, name):
    """What a node remembers, as its heir is given it."""
    point = world[name].point
    return Storage(folder=world.folder, store=point.store, payloads=point.payloads)


def accepted_by_the_district(world):
    """A letter of June that the district has, and what its node remembers."""
    first = letter(DISTRICT, sender=CENTRAL)
    world["central"].send(first)
    world.run()
    return first, memory_of(world, "district")


def test_a_merged_agency_reports_what_it_had_for_a_week(world):
    """In its own name; afterwards nobody would take its word, and the heir is named."""
    first, _ = accepted_by_the_district(world)
    pass_midnight(world)
    world["district"].report_status(LETTER, StatusCode.RECEIVED)
    world.run()
    assert reported(world, first) == {
        (DISTRICT, StatusCode.ARRIVED),
        (DISTRICT, StatusCode.RECEIVED),
    }
    world.clock.advance(timedelta(days=7))
    with pytest.raises(UsageError, match=str(PROVINCE)) as refused:
        world["district"].report_status(LETTER, StatusCode.FINISHED)
    assert refused.value.code == "status.closed-agency"
    assert "--inherited-from" in refused.value.advice


@pytest.mark.parametrize("days", [0, 9])
def test_an_heir_reports_what_a_merged_agency_had(world, days):
    """With its memory at hand, signed by the heir, and counted for the old code."""
    first, old = accepted_by_the_district(world)
    with pytest.raises(UsageError) as refused:
        world["province"].report_status(LETTER, StatusCode.RECEIVED, inherited=old)
    assert refused.value.code == "status.unknown-document"
    pass_midnight(world)
    world.clock.advance(timedelta(days=days))
    for _ in range(2):
        world["province"].report_status(LETTER, StatusCode.RECEIVED, inherited=old)
        world.run()
    assert reported(world, first) == {
        (DISTRICT, StatusCode.ARRIVED),
        (PROVINCE, StatusCode.RECEIVED),
    }
    assert len(world["province"].store.statuses(str(first.document_id))) == 1


def test_an_heir_that_has_a_copy_reports_on_that(world):
    """What it says would be taken for a word about its own."""
    world["central"].send(letter(DISTRICT, PROVINCE, sender=CENTRAL))
    world.run()
    old = memory_of(world, "district")
    pass_midnight(world)
    with pytest.raises(UsageError) as refused:
        world["province"].report_status(LETTER, StatusCode.RECEIVED, inherited=old)
    assert refused.value.code == "status.own-copy"


def test_nobody_reports_for_an_agency_that_is_not_merged_into_it(world):
    """The centre passes the letter to nobody and inherits nothing."""
    world["commune"].send(letter(PROVINCE))
    world.run()
    old = memory_of(world, "province")
    pass_midnight(world)
    with pytest.raises(UsageError) as refused:
        world["central"].report_status(LETTER, StatusCode.RECEIVED, inherited=old)
    assert refused.value.code == "status.unknown-document"
