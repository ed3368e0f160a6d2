"""What a node accepts for sending, and that accepting twice is accepting once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from exchange_help import (
    CENTRAL,
    COMMUNE,
    DISTRICT,
    LETTER,
    NOW,
    PROVINCE,
    entries,
    letter,
    signed,
    signing_key,
)

from docexchange.clock import VirtualClock
from docexchange.delivery import Lane, OutboundState, SQLiteStore
from docexchange.directory import Directory
from docexchange.envelope import (
    Attachment,
    Envelope,
    Organization,
    OtherInfo,
    Priority,
    StatusCode,
)
from docexchange.errors import (
    ConflictingDuplicate,
    InputNotFound,
    InvalidEnvelope,
    MalformedEnvelope,
    NoRoute,
    UnusableKey,
    UsageError,
    VerificationFailed,
)
from docexchange.identifiers import MessageId, OrganId
from docexchange.node import Submission
from docexchange.routing import ClosedCodes, Rules
from docexchange.signing import Signer

STRICT = Rules(closed=ClosedCodes.REFUSE)


def queued(world):
    """Everything that the commune has in its queue."""
    store = world["commune"].store
    return [record for item in store.messages() for record in store.outbound_of(item.message_id)]


# --- accepted ----------------------------------------------------------------------------------


def test_an_unsigned_document_is_signed_with_the_key_of_the_node(world):
    """The submission tells so, and the next node finds the seal good."""
    done = world["commune"].send(letter())
    assert done == Submission(message_id=LETTER, recipients=(CENTRAL,), signed_here=True)
    world.run()
    assert world.handed_over("central") == 1


def test_a_letter_is_queued_in_the_lane_of_its_urgency(world):
    """The mark on the letter counts at its origin and at every hub; statuses are urgent too."""
    urgent = replace(letter(), other_info=OtherInfo(priority=Priority.EXPRESS))
    world["commune"].send(urgent)
    other = MessageId("m-other")
    world["commune"].send(letter(message_id=other, number="13"))
    world.run()
    for name in ("commune", "district", "province"):
        store = world[name].store
        assert [record.lane for record in store.outbound_of(LETTER)] == [Lane.URGENT]
        assert [record.lane for record in store.outbound_of(other)] == [Lane.NORMAL]
    statuses = world["central"].store.in_state(OutboundState.ACKNOWLEDGED)
    assert [(record.kind, record.lane) for record in statuses] == [("status", Lane.URGENT)] * 2


def test_a_signed_envelope_travels_under_its_own_signature(world, pki):
    """The leader's signature is what the recipient sees."""
    signer = Signer(signing_key(pki.leader("commune")), clock=world.clock, role="leader")
    done = world["commune"].send(signer.sign(letter()))
    assert not done.signed_here
    world.run()
    report = world.desks["central"].letters[LETTER].verified.report
    assert [item.signatory.name for item in report.signatures] == ["Nguyễn Thị Hoa"]


def test_a_file_can_be_sent(world, pki, tmp_path):
    """A signed letter in a file, and the file may go away afterwards."""
    path = tmp_path / "letter.edxml"
    path.write_bytes(signed(letter(), pki.agency("commune")))
    world["commune"].send(path)
    path.unlink()
    world.run()
    assert world.handed_over("central") == 1


def test_what_was_accepted_is_on_disk_when_send_returns(world):
    """The record and the bytes are there for another process that opens the store."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    world["commune"].send(letter())
    with SQLiteStore(world.folder / "commune" / "store.db") as store:
        (record,) = store.outbound_of(LETTER)
    assert record.state is OutboundState.QUEUED
    assert world["commune"].point.payloads.verify(record.payload).size == record.size


def test_a_letter_to_many_is_stored_once_and_queued_for_each(world):
    """One payload, three deliveries, three letters handed over."""
    done = world["commune"].send(letter(DISTRICT, PROVINCE, CENTRAL))
    assert done.recipients == (DISTRICT, PROVINCE, CENTRAL)
    assert len({record.payload for record in queued(world)}) == 1
    world.run()
    assert [world.handed_over(name) for name in ("district", "province", "central")] == [1, 1, 1]
    assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED] * 3


def test_a_letter_to_oneself_comes_back_as_any_other(world):
    """It goes out, comes in, is acknowledged and handed over once."""
    world["commune"].send(letter(COMMUNE))
    world.run("commune")
    assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
    assert world.handed_over("commune") == 1
    assert [status.code for status in statuses(world)] == ["01", "01"]


def statuses(world, name="commune"):
    """What a node knows of the fate of the letter."""
    return world[name].store.statuses(str(letter().document_id))


def test_two_codes_of_one_agency_get_one_copy(world, pki):
    """The old code and the new one of an agency that was renamed: one letter."""
    renamed = Directory(entries(pki, central={"aliases": (OrganId("000.00.00.G00"),)}))
    for name in ("commune", "district", "province", "central"):
        world.directories[name] = renamed
    done = world["commune"].send(letter(OrganId("000.00.00.G00"), CENTRAL))
    assert done.recipients == (OrganId("000.00.00.G00"),)
    world.run()
    assert world.desks["central"].offers == [LETTER]


# --- twice -------------------------------------------------------------------------------------


def test_sending_again_changes_nothing(world):
    """An unsigned document, sent again by one who does not know whether it worked."""
    world["commune"].send(letter())
    world.clock.advance(timedelta(hours=1))
    again = world.restart("commune").send(letter())
    assert again == Submission(message_id=LETTER, recipients=(CENTRAL,), repeated=True)
    world.run()
    assert world["commune"].send(letter()).repeated
    world.run()
    assert world.handed_over("central") == 1
    assert len(queued(world)) == 1


def test_sending_again_by_key_changes_nothing(world):
    """The caller's own key, with a message or without having kept it."""
    world["commune"].send(letter(), key="văn thư 7")
    assert world["commune"].send(letter(), key="văn thư 7").repeated
    assert world["commune"].send(letter()).repeated
    assert len(queued(world)) == 1


def test_sending_a_signed_file_again_changes_nothing(world, pki):
    """The same signature."""
    data = signed(letter(), pki.agency("commune"))
    world["commune"].send(Envelope.from_bytes(data))
    assert world["commune"].send(Envelope.from_bytes(data)).repeated


@pytest.mark.parametrize(
    "other",
    [
        letter(message_id=MessageId("m-other")),
        letter(subject="V/v khác"),
        letter(PROVINCE),
        letter(octets=b"%PDF-1.4 other"),
    ],
)
def test_another_message_under_a_known_key_is_refused(world, other):
    """Nothing is queued for it, and the first goes its way."""
    world["commune"].send(letter(), key="7")
    with pytest.raises(ConflictingDuplicate, match="expected message m-letter again") as caught:
        world["commune"].send(other, key="7")
    assert caught.value.advice
    assert len(queued(world)) == 1


def test_another_message_under_a_known_id_is_refused(world):
    """A different key does not help."""
    world["commune"].send(letter(), key="7")
    with pytest.raises(ConflictingDuplicate):
        world["commune"].send(letter(subject="V/v khác"), key="8")


def test_another_signature_under_a_known_id_is_refused(world, pki):
    """A letter that was signed anew is another letter to those who keep evidence."""
    world["commune"].send(Envelope.from_bytes(signed(letter(), pki.agency("commune"))))
    second = signed(letter(), pki.agency("commune"), at=NOW - timedelta(hours=1))
    with pytest.raises(ConflictingDuplicate):
        world["commune"].send(Envelope.from_bytes(second))


def test_the_id_of_a_letter_that_passed_through_is_not_free(world, pki):
    """A hub cannot send a message of its own under the id of one that it relayed."""
    world.deliver("district", signed(letter(), pki.agency("commune")))
    world["district"].run_until_idle()
    with pytest.raises(Exception, match="m-letter") as caught:
        world["district"].send(letter(sender=DISTRICT))
    assert caught.value.code in {"store.stale", "delivery.conflict"}
    (record,) = world["district"].store.outbound_of(LETTER)
    assert record.origin == COMMUNE


def test_many_threads_that_send_the_same_at_once_send_it_once(world):
    """Eight callers, one store on disk: one is first, seven are told so."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    node, barrier, done = world["commune"], threading.Barrier(8), []

    def send():
        barrier.wait()
        done.append(node.send(letter(), key="7").repeated)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] + [True] * 7
    assert len(queued(world)) == 1
    assert world.history("commune") == ["submitted"]


# --- refused at once ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("credential", "at"),
    [
        (lambda pki: pki.agency("district"), NOW),
        (lambda pki: pki.stranger, NOW),
        (lambda pki: pki.revoked, NOW),
        (lambda pki: pki.expired, NOW - timedelta(days=200)),
    ],
    ids=["another agency", "stranger", "revoked", "expired"],
)
def test_a_signature_that_others_would_refuse_is_refused_at_once(world, pki, credential, at):
    """Nothing is kept of it."""
    envelope = Envelope.from_bytes(signed(letter(), credential(pki), at=at))
    with pytest.raises(VerificationFailed) as caught:
        world["commune"].send(envelope)
    assert caught.value.report
    assert queued(world) == []
    assert world["commune"].store.messages() == []


def test_a_changed_letter_is_refused_at_once(world, pki):
    """One letter of the subject."""
    data = signed(letter(), pki.agency("commune")).replace(b"V/v b", b"V/v c")
    with pytest.raises(VerificationFailed):
        world["commune"].send(Envelope.from_bytes(data))


def test_a_letter_of_another_agency_is_not_sent_from_here(world, pki):
    """Neither unsigned, which would be signed with our key, nor under its own good signature."""
    for message in (
        letter(sender=DISTRICT),
        Envelope.from_bytes(signed(letter(sender=DISTRICT), pki.agency("district"))),
    ):
        with pytest.raises(UsageError, match=r"found one from 000\.00\.31\.H53"):
            world["commune"].send(message)
    assert queued(world) == []


def test_an_expired_key_is_noticed_when_sending(world):
    """Not by the recipient."""
    world.clock.advance(timedelta(days=10 * 366))
    with pytest.raises(UnusableKey):
        world["commune"].send(letter())


def test_a_letter_without_a_way_to_one_of_its_recipients_is_not_queued_for_any(world):
    """All or none."""
    with pytest.raises(NoRoute, match="X99"):
        world["commune"].send(letter(CENTRAL, OrganId("000.00.00.X99")))
    assert queued(world) == []


def test_a_letter_to_a_closed_agency_names_its_successor(world, pki):
    """The advice is to write to who took over."""
    closed = {"valid_to": (NOW - timedelta(days=9)).date(), "successors": (PROVINCE,)}
    alone = entries(pki, central=closed, province={"parent": None})
    world.open("commune", directory=Directory(alone, several_roots=True), rules=STRICT)
    with pytest.raises(NoRoute) as caught:
        world["commune"].send(letter())
    assert str(PROVINCE) in caught.value.advice


def test_a_message_without_an_id_is_refused(world):
    """Nobody could follow it."""
    with pytest.raises(UsageError):
        world["commune"].send(replace(letter(), message_id=None))


def test_a_message_with_faults_is_refused_with_all_of_them(world):
    """As the builder would."""
    with pytest.raises(InvalidEnvelope) as caught:
        world["commune"].send(replace(letter(), subject="", recipients=()))
    assert len(caught.value.faults) >= 2
    assert not world.events  # it was never submitted


def test_a_file_that_is_not_there_is_named(world, tmp_path):
    """Path and reason."""
    with pytest.raises(InputNotFound, match=r"missing\.edxml"):
        world["commune"].send(tmp_path / "missing.edxml")


@pytest.mark.parametrize("change", ["vanish", "change"])
def test_an_attachment_that_changes_before_it_is_sent_spoils_the_sending(world, tmp_path, change):
    """Nothing is queued that nobody could verify."""
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4 one")
    message = replace(letter(), attachments=(Attachment.from_path(path),))
    if change == "vanish":
        path.unlink()
    else:
        path.write_bytes(b"%PDF-1.4 two")
    with pytest.raises((InputNotFound, MalformedEnvelope)):
        world["commune"].send(message)
    assert queued(world) == []


# --- statuses ----------------------------------------------------------------------------------


@pytest.fixture
def arrived(world):
    """The letter has arrived at the central office, and the commune knows."""
    world["commune"].send(letter())
    world.run()
    assert [status.code for status in statuses(world)] == ["01"]
    return world


def test_arrival_is_reported_to_the_sender_by_itself(arrived):
    """Status 01, by the recipient, on both sides."""
    (known,) = statuses(arrived)
    assert (known.code, known.reporter, known.outgoing) == ("01", CENTRAL, False)
    (given,) = statuses(arrived, "central")
    assert (given.code, given.reporter, given.outgoing) == ("01", CENTRAL, True)


def test_a_status_travels_back_to_the_sender(arrived):
    """03, then 02 with its reason."""
    arrived["central"].report_status(LETTER, StatusCode.RECEIVED)
    arrived.clock.advance(timedelta(minutes=1))
    arrived["central"].report_status(LETTER, StatusCode.REFUSED, description="sai thẩm quyền")
    arrived.run()
    assert [status.code for status in statuses(arrived)] == ["01", "03", "02"]
    assert statuses(arrived)[-1].description == "sai thẩm quyền"


def test_a_status_reported_twice_arrives_once(arrived):
    """At once, later, and after a restart."""
    arrived["central"].report_status(LETTER, StatusCode.RECEIVED)
    arrived["central"].report_status(LETTER, StatusCode.RECEIVED)
    arrived.run()
    arrived.clock.advance(timedelta(hours=1))
    arrived.restart("central").report_status(LETTER, StatusCode.RECEIVED)
    arrived.run()
    assert [status.code for status in statuses(arrived)] == ["01", "03"]
    assert [status.code for status in statuses(arrived, "central")] == ["01", "03"]


def test_arrival_reported_by_hand_as_well_arrives_once(arrived):
    """The system has said it already."""
    arrived["central"].report_status(LETTER, StatusCode.ARRIVED)
    arrived.run()
    assert [status.code for status in statuses(arrived)] == ["01"]


@pytest.mark.parametrize(
    ("codes", "warning"),
    [
        ([StatusCode.FINISHED], "after 01"),
        ([StatusCode.REFUSED, StatusCode.RECEIVED], "after 02"),
        ([StatusCode.RECEIVED, StatusCode.ASSIGNED], ""),
    ],
)
def test_odd_steps_are_kept_with_a_warning(arrived, codes, warning):
    """Real traffic skips steps; nothing is refused for that."""
    for code in codes:
        arrived.clock.advance(timedelta(minutes=1))
        arrived["central"].report_status(LETTER, code, description="sai thẩm quyền")
        arrived.run()
    assert [status.code for status in statuses(arrived)] == ["01", *codes]
    message_id = statuses(arrived)[-1].message_id
    assert warning in arrived.detail("commune", "status", message_id)["warning"]
    assert bool(arrived.detail("commune", "status", message_id)["warning"]) is bool(warning)


def test_a_status_about_an_unknown_document_cannot_be_reported(arrived):
    """Neither by the sender of a letter, nor by a hub, nor about anything at all."""
    for name, message_id in (
        ("commune", LETTER),
        ("district", LETTER),
        ("central", MessageId("m-nothing")),
    ):
        with pytest.raises(UsageError, match="accepted here"):
            arrived[name].report_status(message_id, StatusCode.RECEIVED)


def test_a_refused_letter_has_no_status(world, pki):
    """Nobody reports on a forgery as if it were a document."""
    world.deliver("central", signed(letter(), pki.stranger), from_node=PROVINCE)
    world["central"].run_until_idle()
    with pytest.raises((UsageError, VerificationFailed)):
        world["central"].report_status(LETTER, StatusCode.RECEIVED)


@pytest.mark.parametrize("code", [StatusCode.REFUSED, StatusCode.CHANGE_REFUSED])
def test_nothing_is_refused_without_a_reason(arrived, code):
    """Its sender would not know what to mend."""
    with pytest.raises(UsageError) as caught:
        arrived["central"].report_status(LETTER, code, description=" ")
    assert caught.value.code == "answer.no-reason"
    arrived.run()
    assert [status.code for status in statuses(arrived)] == ["01"]


def test_the_status_of_the_sender_is_not_for_receivers(arrived):
    """13 asks a document back, which only its sender can."""
    with pytest.raises(UsageError) as caught:
        arrived["central"].report_status(LETTER, StatusCode.ASKED_BACK)
    assert caught.value.code == "status.by-sender"


def test_a_status_can_be_sent_as_a_message(arrived):
    """Whoever builds statuses himself sends them as any other message."""
    from docexchange.envelope import status_of

    status = status_of(
        letter(),
        StatusCode.RECEIVED,
        reporter=Organization(CENTRAL, "Văn phòng Chính phủ"),
        at=NOW,
    )
    assert arrived["central"].send(status).signed_here
    arrived.run()
    assert [item.code for item in statuses(arrived)] == ["01", "03"]


def test_a_status_in_a_false_name_is_refused_at_the_first_hop(arrived, pki):
    """Signed by the district, in the name of the central office."""
    from docexchange.envelope import status_of

    status = status_of(
        letter(),
        StatusCode.REFUSED,
        reporter=Organization(CENTRAL, "Văn phòng Chính phủ"),
        at=NOW,
        message_id=MessageId("st-1"),
    )
    signer = Signer(signing_key(pki.agency("district")), clock=VirtualClock(NOW))
    data = b"".join(signer.sign(status).envelope.chunks())
    arrived.deliver(
        "commune", data, message_id=MessageId("st-1"), recipient=COMMUNE, from_node=DISTRICT
    )
    arrived.run()
    assert [item.code for item in statuses(arrived)] == ["01"]
