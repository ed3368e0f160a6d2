"""A letter for many goes over each link once; each recipient has its own state and evidence."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import chain, pairwise

import pytest
from exchange_help import (
    CENTRAL,
    CODES,
    COMMUNE,
    DISTRICT,
    LETTER,
    NAMES,
    PROVINCE,
    Brought,
    entries,
    letter,
    short,
    signed,
    signing_key,
)
from many_help import (
    PROVINCES,
    SERVED,
    TWELVE,
    country,
    in_order,
    letters_for,
    line_of_command,
)

from docexchange.delivery import InboundState, OutboundState, SQLiteStore
from docexchange.directory import Directory, DirectoryEntry
from docexchange.envelope import Receipt
from docexchange.identifiers import OrganId
from docexchange.signing import Signer, sign_receipt, verify_receipt
from docexchange.transport import FolderTransport, MemoryTransport, ParcelKind

ACKNOWLEDGED = OutboundState.ACKNOWLEDGED
FOUR = SERVED["district"]
"""Agencies that the district serves."""
UNKNOWN = OrganId("000.88.88.H53")
"""Nobody."""


@pytest.fixture
def provinces(world, pki):
    """Three provinces under the centre."""
    world.directories |= dict.fromkeys(NAMES, country(pki))
    return world


@pytest.fixture
def line(world, pki):
    """Four tiers, with agencies that each of the upper three serves."""
    world.directories |= dict.fromkeys(NAMES, line_of_command(pki))
    return world


def states(world, name, message_id=LETTER):
    """Where the letter is on its way to each recipient."""
    return {item.recipient: item.state for item in world[name].store.outbound_of(message_id)}


def all_acknowledged(world, name, *codes):
    """Whether these, and no others, are acknowledged."""
    return states(world, name) == dict.fromkeys(codes, ACKNOWLEDGED)


def words(world, name, recipient):
    """The receipts and refusals that a node obtained for one recipient, verified."""
    node = world[name]
    kept = node.store.receipts_for(LETTER, recipient)
    return [verify_receipt(item.xml, node.point.verifier) for item in kept if not item.given]


# --- once over each link -----------------------------------------------------------------------


def test_a_letter_to_twelve_agencies_in_three_provinces_leaves_three_times(provinces):
    """One parcel for each province, which names the four it is for."""
    provinces["central"].send(letter(*TWELVE, sender=CENTRAL))
    provinces["central"].run_until_idle()
    for name in PROVINCES:
        (parcel,) = letters_for(provinces, name)
        assert parcel.recipients == in_order(SERVED[name])
    provinces.run()
    assert all_acknowledged(provinces, "central", *TWELVE)
    assert [provinces.handed_over(name) for name in PROVINCES] == [1, 1, 1]
    assert [provinces.history(name).count("taken-before") for name in PROVINCES] == [3, 3, 3]
    assert [provinces.desks[name].offers.count(LETTER) for name in PROVINCES] == [1, 1, 1]


def test_on_a_long_way_every_link_carries_it_once(line):
    """Twelve recipients behind the district, eight of them behind the province, four at the top."""
    served = {"district": FOUR, "province": SERVED["province"], "central": SERVED["commune"]}
    seen = {}
    with_centre = {CODES[name]: codes for name, codes in served.items()}
    entered = Directory(
        [
            replace(entry, parent=CENTRAL) if entry.organ_id in served["central"] else entry
            for entry in line_of_command(line.pki)
        ]
    )
    line.directories |= dict.fromkeys(NAMES, entered)
    line["commune"].send(letter(*chain.from_iterable(with_centre.values())))
    for sender, name in pairwise(NAMES):
        line[sender].run_until_idle()
        seen[name] = [len(parcel.recipients) for parcel in letters_for(line, name)]
    assert seen == {"district": [12], "province": [8], "central": [4]}
    line.run()
    assert set(states(line, "commune").values()) == {ACKNOWLEDGED}


def test_each_recipient_has_a_receipt_that_is_evidence_on_its_own(provinces):
    """Signed by the province, about the very bytes, each naming one recipient."""
    provinces["central"].send(letter(*TWELVE, sender=CENTRAL))
    provinces.run()
    records = provinces["central"].store.outbound_of(LETTER)
    for record in records:
        (word,) = words(provinces, "central", record.recipient)
        assert (word.recipient, word.issuer) == (record.recipient, record.next_hop)
        assert (word.accepted, word.sha256) == (True, record.payload)


def test_a_hub_writes_its_trace_header_once_for_all(line):
    """What it passes on for several recipients are the same bytes, kept once."""
    line["commune"].send(letter(*FOUR, *SERVED["province"]))
    line["commune"].run_until_idle()
    line["district"].run_once()
    onward = line["district"].store.outbound_of(LETTER)
    assert len(onward) == 4
    assert len({item.payload for item in onward}) == 1
    ((parcel, data),) = line.waiting("province")
    assert data.count(b"TraceHeader>") == 2 * 2
    assert parcel.recipients == in_order(SERVED["province"])


def test_a_letter_for_one_is_carried_as_ever(provinces):
    """One recipient, one note in the form that every node reads."""
    provinces["central"].send(letter(FOUR[0], sender=CENTRAL))
    provinces["central"].run_until_idle()
    (parcel,) = letters_for(provinces, "district")
    assert parcel.recipients == (FOUR[0],)
    assert b'"version": 1' in parcel.to_json()


def test_no_parcel_names_more_than_it_may(provinces):
    """What is too many for one parcel goes in several."""
    limits = replace(provinces.limits, recipients=3)
    provinces.open("central", limits=limits).send(letter(*FOUR, sender=CENTRAL))
    provinces["central"].run_until_idle()
    parcels = letters_for(provinces, "district")
    assert sorted(len(parcel.recipients) for parcel in parcels) == [1, 3]
    provinces.run()
    assert all_acknowledged(provinces, "central", *FOUR)


@pytest.mark.parametrize("wanted", [0, 10**6])
def test_no_limit_of_ours_makes_a_parcel_that_nobody_reads(provinces, wanted):
    """One recipient at least, and five hundred at most."""
    limits = replace(provinces.limits, recipients=wanted)
    many = tuple(OrganId(f"000.{n // 100 + 60:02}.{n % 100:02}.H53") for n in range(501))
    served = [
        DirectoryEntry(organ_id=code, name=f"Thôn {code}", tier=4, parent=DISTRICT)
        for code in many
        if code not in TWELVE
    ]
    provinces.directories["central"] = Directory([*country(provinces.pki), *served])
    codes = many if wanted else FOUR
    provinces.open("central", limits=limits).send(letter(*codes, sender=CENTRAL))
    provinces["central"].run_until_idle()
    named = [len(parcel.recipients) for parcel in letters_for(provinces, "district")]
    assert max(named) <= (500 if wanted else 1)
    reached = {
        code for name in PROVINCES for p in letters_for(provinces, name) for code in p.recipients
    }
    assert reached == set(codes)


# --- attempts ----------------------------------------------------------------------------------


def nowhere(pki):
    """A directory in which the district cannot be reached."""
    return country(pki, district={"endpoint": "memory:gone"})


def test_what_could_not_be_sent_goes_together_again(provinces, pki):
    """After failed attempts, pauses and a restart, it is still one parcel."""
    provinces.open("central", directory=nowhere(pki)).send(letter(*FOUR, sender=CENTRAL))
    provinces.run_on("central", hours=3)
    attempts = {item.attempts for item in provinces["central"].store.outbound_of(LETTER)}
    assert len(attempts) == 1
    assert attempts.pop() > 2
    provinces.restart("central")
    provinces.run_on("central", hours=1)
    (parcel,) = letters_for(provinces, "district")
    assert parcel.recipients == in_order(FOUR)


def test_what_is_given_up_is_given_up_for_each(provinces, pki):
    """Every record tells why; nothing is left waiting."""
    provinces.schedule = short(attempts=2)
    provinces.open("central", directory=nowhere(pki)).send(letter(*FOUR, sender=CENTRAL))
    provinces.run_on("central", hours=3)
    records = provinces["central"].store.outbound_of(LETTER)
    assert {item.state for item in records} == {OutboundState.DEAD_LETTER}
    assert all("memory:gone" in item.problem for item in records)
    assert provinces["central"].store.next_due() is None


def test_an_attempt_that_was_cut_short_goes_together_again(provinces):
    """A restart finds four deliveries in the middle of one attempt; one parcel makes it good."""
    transport = provinces.network.transport("central")
    dying = Dying(transport._network, transport._mailbox, transport._lock)
    node = provinces.open("central", transport=dying)
    node.send(letter(*FOUR, sender=CENTRAL))
    with pytest.raises(KeyboardInterrupt):
        node.run_once()
    assert set(states(provinces, "central").values()) == {OutboundState.SENDING}
    provinces.restart("central")
    provinces["central"].run_once()
    assert [len(parcel.recipients) for parcel in letters_for(provinces, "district")] == [4]


class Dying(MemoryTransport):
    """A transport in which the process ends."""

    def send(self, parcel, payload, *, to):
        """End."""
        del parcel, payload, to
        raise KeyboardInterrupt


def test_a_lost_parcel_is_sent_again_for_all(provinces):
    """No receipt for anybody: the same four go together once more."""
    provinces["central"].send(letter(*FOUR, sender=CENTRAL))
    provinces["central"].run_until_idle()
    provinces.empty("district")
    provinces.run_on("central", hours=0.5, step=60)
    parcels = letters_for(provinces, "district")
    assert parcels
    assert {parcel.recipients for parcel in parcels} == {in_order(FOUR)}


# --- answers -----------------------------------------------------------------------------------


class Counter(MemoryTransport):
    """A transport that brings receipts back with it, as one over HTTP does."""

    answers = ()

    def send(self, parcel, payload, *, to):
        """Carry, and answer."""
        super().send(parcel, payload, to=to)
        return tuple(self.answers)


@pytest.fixture
def counter(provinces):
    """A centre whose transport answers at once; tell it what."""
    inner = provinces.network.transport("central")
    transport = Counter(inner._network, inner._mailbox, inner._lock)
    provinces.open("central", transport=transport).send(letter(*FOUR, sender=CENTRAL))
    return transport


def said(world, recipient, **changes):
    """A receipt of the district for one of the four, with changes."""
    sent = world["central"].store.outbound(LETTER, FOUR[0])
    values = {
        "message_id": LETTER,
        "recipient": recipient,
        "from_node": CENTRAL,
        "issuer": DISTRICT,
        "sha256": sent.payload,
        "size": sent.size,
        "at": world.clock.now(),
        "hop": 1,
        "accepted": True,
    }
    signer = Signer(signing_key(world.pki.agency(DISTRICT)), clock=world.clock, role="agency")
    return sign_receipt(Receipt(**(values | changes)), signer)


def test_only_who_has_no_receipt_is_sent_to_again(provinces, counter):
    """Two accepted, one refused with its reason, one without a receipt."""
    counter.answers = [
        said(provinces, FOUR[0]),
        said(provinces, FOUR[1]),
        said(provinces, FOUR[2], accepted=False, reason="đầy"),
    ]
    provinces["central"].run_once()
    assert states(provinces, "central") == {
        FOUR[0]: ACKNOWLEDGED,
        FOUR[1]: ACKNOWLEDGED,
        FOUR[2]: OutboundState.REJECTED,
        FOUR[3]: OutboundState.AWAITING_RECEIPT,
    }
    assert provinces["central"].store.outbound(LETTER, FOUR[2]).problem == "đầy"
    provinces.empty("district")
    counter.answers = []
    provinces.run_on("central", hours=0.3, step=60)
    assert {parcel.recipients for parcel in letters_for(provinces, "district")} == {(FOUR[3],)}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _: b"thanks",
        lambda world: said(world, FOUR[3], sha256="0" * 64),
        lambda world: said(world, TWELVE[0]),
        lambda world: said(world, OrganId("000.99.99.Z99")),
    ],
)
def test_a_bad_receipt_among_good_ones_spoils_none_of_them(provinces, counter, wrong):
    """The good ones count; whoever has none is tried again, with what was wrong as the reason."""
    good = [said(provinces, code) for code in FOUR[:2]]
    counter.answers = [good[0], wrong(provinces), good[1]]
    provinces["central"].run_once()
    found = states(provinces, "central")
    assert [found[code] for code in FOUR[:2]] == [ACKNOWLEDGED, ACKNOWLEDGED]
    assert {found[code] for code in FOUR[2:]} == {OutboundState.RETRY_WAIT}
    assert provinces["central"].store.outbound(LETTER, FOUR[3]).problem
    assert provinces["central"].store.receipts_for(LETTER, OrganId("000.99.99.Z99")) == []


def test_a_receipt_for_somebody_never_sent_to_takes_nothing_from_the_others(provinces, counter):
    """All four are acknowledged; the fifth is nobody's evidence."""
    good = [said(provinces, code) for code in FOUR]
    counter.answers = [*good, said(provinces, TWELVE[0])]
    provinces["central"].run_once()
    assert all_acknowledged(provinces, "central", *FOUR)
    assert provinces["central"].store.receipts_for(LETTER, TWELVE[0]) == []
    assert provinces.told("central").count("node.error") == 1


# --- arrivals ----------------------------------------------------------------------------------


def brought(data, *recipients, **note):
    """The letter as the centre brings it."""
    return Brought(data, from_node=CENTRAL, recipients=recipients, **note)


@pytest.fixture
def data(pki):
    """A letter from the centre to the four agencies of the district, and to one that is none."""
    return signed(letter(*FOUR, UNKNOWN, sender=CENTRAL), pki.agency(CENTRAL))


def take(world, *arrivals, name="district"):
    """Have a node deal with parcels."""
    with world[name].at_work():
        return [world[name].take(arrival) for arrival in arrivals]


def test_each_recipient_of_a_parcel_fares_in_his_own_way(provinces, data):
    """One known before, two new, one for whom no way leads on: each has his own answer."""
    before = brought(data, FOUR[0])
    take(provinces, before)
    parcel = brought(data, *FOUR[:3], UNKNOWN)
    assert take(provinces, parcel) == [True]
    assert parcel.verdicts == {**dict.fromkeys(FOUR[:3], True), UNKNOWN: False}
    assert str(UNKNOWN) in parcel.reasons[UNKNOWN]
    assert before.receipts[0] in parcel.receipts
    assert parcel.ends == ["settled"]
    assert provinces.history("district").count("received") == 3
    refused = provinces.detail("district", "refused")
    assert refused["recipient"] == str(UNKNOWN)


def test_a_note_that_names_strangers_does_not_harm_the_letters_recipients(provinces, data):
    """The strangers are refused by name and leave no record; the others have their letter."""
    strangers = [PROVINCE, OrganId("000.99.99.Z99")]
    parcel = brought(data, *FOUR, *strangers)
    take(provinces, parcel)
    assert parcel.verdicts == {**dict.fromkeys(FOUR, True), **dict.fromkeys(strangers, False)}
    assert all("one of the letter's recipients" in why for why in parcel.reasons.values())
    inbound = provinces["district"].store.inbound_of(LETTER)
    assert {record.recipient for record in inbound} == set(FOUR)
    assert provinces["district"].store.outbound_of(LETTER) == []


def test_a_note_of_nothing_but_strangers_is_set_aside_with_a_refusal_for_each(provinces, data):
    """As is one that names a single stranger."""
    strangers = [OrganId(f"000.99.{number:02}.Z99") for number in range(40)]
    parcel = brought(data, *strangers)
    take(provinces, parcel)
    assert parcel.verdicts == dict.fromkeys(strangers, False)
    assert "recipients" in parcel.ends[0]
    assert provinces["district"].store.inbound_of(LETTER) == []


def test_recipients_in_the_other_code_system_are_the_same(provinces, data):
    """They are answered, and kept, in the letter's spelling."""
    parcel = brought(data, *(OrganId(code.as_decision_20) for code in FOUR))
    take(provinces, parcel)
    assert parcel.verdicts == dict.fromkeys(FOUR, True)
    provinces["district"].run_until_idle()
    assert provinces.handed_over("district") == 1


def test_a_forged_letter_is_refused_to_each_recipient(provinces, data):
    """Judged once, refused four times, handed over never."""
    forged = data.replace(b"V/v b", b"V/v c")
    parcel = brought(forged, *FOUR)
    take(provinces, parcel)
    assert parcel.verdicts == dict.fromkeys(FOUR, False)
    provinces["district"].run_until_idle()
    assert provinces.handed_over("district") == 0
    again = brought(data, *FOUR)
    take(provinces, again)
    assert again.verdicts == dict.fromkeys(FOUR, True)


def test_the_signature_is_judged_once_for_all_recipients(provinces, data):
    """However many there are: the work of a letter does not grow with them."""
    verifier = provinces["district"].point.verifier
    counted = Counting(verifier)
    provinces.open("district", verifier=counted)
    take(provinces, brought(data, *FOUR))
    assert counted.times == 1


class Counting:
    """A verifier that counts."""

    def __init__(self, inner):
        self.inner, self.times = inner, 0

    def examine(self, envelope):
        self.times += 1
        return self.inner.examine(envelope)

    def __getattr__(self, name):
        return getattr(self.inner, name)


def test_the_same_parcel_again_gets_the_stored_receipts_byte_for_byte(provinces, data):
    """And nothing else happens."""
    first, again = brought(data, *FOUR), brought(data, *reversed(FOUR))
    take(provinces, first, again)
    assert sorted(first.receipts) == sorted(again.receipts)
    assert provinces.history("district").count("received") == 4


@pytest.mark.parametrize("on_disk", [False, True])
def test_overlapping_recipients_brought_at_once_are_taken_once_each(provinces, data, on_disk):
    """Six threads with the same letter for other sets: one record and one receipt for each."""
    if on_disk:
        provinces.new_store = lambda folder: SQLiteStore(folder / "store.db")
    node = provinces["district"]
    sets = [FOUR[:2], FOUR[1:3], FOUR[2:], FOUR, (FOUR[3], FOUR[0]), FOUR[:1]]
    parcels = [brought(data, *codes) for codes in sets]
    start = threading.Barrier(len(parcels))

    def bring(parcel):
        start.wait()
        return node.take(parcel)

    with node.at_work(), ThreadPoolExecutor(len(parcels)) as pool:
        assert all(pool.map(bring, parcels))
    assert len(set(chain.from_iterable(parcel.receipts for parcel in parcels))) == 4
    assert [sorted(parcel.verdicts) for parcel in parcels] == [sorted(codes) for codes in sets]
    assert provinces.history("district").count("received") == 4
    node.run_until_idle()
    assert provinces.handed_over("district") == 1


class Overtaken(Counting):
    """A verifier that another bearer of the same letter overtakes, once."""

    def __init__(self, inner, overtake):
        super().__init__(inner)
        self.overtake = overtake

    def examine(self, envelope):
        if self.times == 0:
            self.times = 1
            self.overtake()
        return super().examine(envelope)


def test_a_letter_that_was_passed_on_while_it_was_judged_is_not_refused_for_that(line):
    """Whoever was second gets the receipt that the first one got."""
    codes = SERVED["province"]
    text = signed(letter(*codes), line.pki.agency(COMMUNE))
    first, second = brought(text, *codes[:3]), brought(text, *codes)
    verifier = Overtaken(line["district"].point.verifier, lambda: take(line, first))
    line.open("district", verifier=verifier)
    take(line, second)
    assert first.verdicts == dict.fromkeys(codes[:3], True)
    assert second.verdicts == dict.fromkeys(codes, True)
    assert set(first.receipts) < set(second.receipts)
    assert line.history("district").count("relayed") == 4


def test_letters_queued_for_a_hub_later_go_beside_those_under_way(line):
    """A second parcel for other recipients of a letter is relayed by itself, and arrives once."""
    text = signed(letter(*SERVED["province"]), line.pki.agency(COMMUNE))
    first, rest = SERVED["province"][:1], SERVED["province"][1:]
    parcels = [brought(text, *first), brought(text, *rest), brought(text, *SERVED["province"])]
    for parcel in parcels:
        take(line, parcel)
        line.clock.advance(timedelta(seconds=1))
        line["district"].run_once()
    line.run()
    assert line.history("province").count("received") == 4
    assert line.handed_over("province") == 1


# --- the way back ------------------------------------------------------------------------------


def test_what_a_hub_gives_up_comes_back_for_each_recipient(line, pki):
    """The province never learns of it; the commune learns for each what became of the letter."""
    line.schedule = short(attempts=2)
    gone = [*entries(pki, province={"endpoint": "memory:gone"}), *_served(line_of_command(pki))]
    line.directories["district"] = Directory(gone)
    line["commune"].send(letter(*FOUR, *SERVED["province"]))
    line.run_on("commune", "district", hours=4)
    found = states(line, "commune")
    assert {found[code] for code in FOUR} == {ACKNOWLEDGED}
    assert {found[code] for code in SERVED["province"]} == {OutboundState.RETURNED}
    for code in SERVED["province"]:
        assert [word.accepted for word in words(line, "commune", code)] == [True, False]
    assert line["district"].store.inbound_in_state(InboundState.RETURNING) == []


def _served(directory):
    nodes = set(CODES.values())
    return [entry for entry in directory if entry.organ_id not in nodes]


def test_closed_recipients_are_redirected_beside_the_others(provinces, pki):
    """The closed code has its own receipt, and evidence names its heir."""
    closed, heir = OrganId("000.77.01.H53"), FOUR[0]
    day = provinces["central"].point.today
    entry = DirectoryEntry(
        organ_id=closed,
        name="Xã cũ",
        tier=3,
        parent=DISTRICT,
        valid_to=day - timedelta(days=1),
        successors=(heir,),
    )
    directory = Directory([*country(pki), entry])
    provinces.directories |= dict.fromkeys(NAMES, directory)
    for name in NAMES:
        provinces.nodes.pop(name, None)
    text = signed(letter(closed, *FOUR[1:], sender=CENTRAL), pki.agency(CENTRAL))
    parcel = brought(text, closed, *FOUR[1:])
    take(provinces, parcel)
    assert parcel.verdicts == dict.fromkeys([closed, *FOUR[1:]], True)
    details = [dict(item.detail) for item in provinces["district"].store.timeline(LETTER)]
    assert [item["successor"] for item in details if item.get("closed") == str(closed)]
    assert {item["successor"] for item in details if "successor" in item} == {str(heir)}


def test_the_bytes_of_a_letter_for_many_are_carried_once(provinces):
    """Counted in octets: three letters leave, however many they are for."""
    provinces["central"].send(letter(*TWELVE, sender=CENTRAL, octets=b"%PDF" * 20_000))
    provinces["central"].run_until_idle()
    sent = [data for name in PROVINCES for _, data in provinces.waiting(name)]
    assert len(sent) == 3
    assert len({sha256(data).hexdigest() for data in sent}) == 1
    assert ParcelKind.RECEIPT not in {p.kind for n in PROVINCES for p, _ in provinces.waiting(n)}


def test_over_folders_each_link_carries_one_parcel(provinces, pki, tmp_path):
    """Counted on the disk: three parcels, three times the bytes, for twelve recipients."""
    boxes = {name: tmp_path / f"box-{name}" for name in NAMES}
    ends = {name: {"endpoint": f"folder:{box}"} for name, box in boxes.items()}
    provinces.directories |= dict.fromkeys(NAMES, country(pki, **ends))
    provinces.wrap = lambda name, _: FolderTransport(boxes[name])
    for name in NAMES:
        provinces.open(name)
    text = letter(*TWELVE, sender=CENTRAL, octets=b"%PDF" * 20_000)
    provinces["central"].send(text)
    size = provinces["central"].store.outbound_of(LETTER)[0].size
    provinces["central"].run_once()
    for name in PROVINCES:
        sizes = [path.stat().st_size for path in boxes[name].glob("new/*/payload")]
        assert sizes == [size]
    provinces.run()
    assert all_acknowledged(provinces, "central", *TWELVE)
    assert [provinces.handed_over(name) for name in PROVINCES] == [1, 1, 1]
