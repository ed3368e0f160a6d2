"""Handing over: once, the right letter, and never because of trouble elsewhere not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from contract.hardship import file_size_limit, without_privileges
from exchange_help import (
    CENTRAL,
    COMMUNE,
    LETTER,
    NOW,
    OCTETS,
    PROVINCE,
    Desk,
    attachments_of,
    entries,
    letter,
    signed,
    signing_key,
    travelled,
    trust_in,
)

from docexchange.clock import VirtualClock
from docexchange.delivery import InboundState
from docexchange.directory import Directory
from docexchange.envelope import Envelope, Organization, StatusCode, status_of
from docexchange.errors import ConflictingDuplicate, DeliveryError, StoreFailure, UsageError
from docexchange.identifiers import MessageId, OrganId
from docexchange.instrumentation import EventName
from docexchange.node import InboxFolder, Later, Refuse
from docexchange.node.keeping import Keeping
from docexchange.signing import Signer


@pytest.fixture
def data(pki):
    """The letter as it reaches the central office."""
    return travelled(signed(letter(), pki.agency("commune")), COMMUNE, PROVINCE)


def arrive(world, data, **note):
    """Put a letter into the mailbox of the central office and let its node work."""
    world.deliver("central", data, from_node=PROVINCE, **note)
    world["central"].run_until_idle()


def state(world, message_id=LETTER, recipient=CENTRAL):
    """Where the letter is at the central office."""
    return world["central"].store.inbound(message_id, recipient).state


class Reluctant(Desk):
    """An application that fails some times before it takes a letter."""

    def __init__(self, *failures):
        super().__init__()
        self.failures = list(failures)

    def take(self, letter):
        """Fail, or take."""
        if self.failures:
            raise self.failures.pop(0)
        super().take(letter)


# --- what the application gets -----------------------------------------------------------------


def test_the_application_gets_what_was_signed_and_the_file_as_it_came(world, data):
    """Message, attachments, report, path and time of acceptance."""
    arrive(world, data)
    got = world.desks["central"].letters[LETTER]
    assert got.message_id == LETTER
    assert got.received_at == NOW
    assert replace(got.verified.message, attachments=()) == replace(letter(), attachments=())
    assert attachments_of(got.verified.message) == [OCTETS]
    assert got.verified.report.passed
    assert got.path.read_bytes() == data


def test_statuses_are_offered_too(world):
    """An application that wants them sees them."""
    world["commune"].send(letter())
    world.run()
    (status,) = world.desks["commune"].letters.values()
    assert status.verified.message.code is StatusCode.ARRIVED


def test_a_letter_that_was_handed_over_is_not_offered_again(world, data):
    """Not later, not after a restart."""
    arrive(world, data)
    world["central"].run_until_idle()
    world.restart("central").run_until_idle()
    assert world.desks["central"].offers == [LETTER]


# --- trouble -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "failure",
    [
        DeliveryError("the registry is closed"),
        StoreFailure("its own disk is full", code="store.full"),
        OSError("no"),
        ValueError("a mistake"),
        RecursionError(),
    ],
)
def test_an_application_that_fails_is_asked_again(world, data, failure):
    """Whatever it raises, the letter waits, the reason is told, and others go on."""
    desk = Reluctant(failure)
    world.open("central", application=desk)
    arrive(world, data)
    world["central"].run_until_idle()
    assert desk.offers == [LETTER]
    assert state(world) is InboundState.HANDED_OVER
    deferred = [event for event in world.events if event.name is EventName.HANDOVER_DEFERRED]
    assert len(deferred) == 1
    assert str(failure) in deferred[0].fields["reason"]


def test_a_letter_that_is_not_taken_is_offered_after_growing_pauses(world, data):
    """At once, then after 2, 4, 8 … seconds, at the longest five minutes; a restart begins anew."""
    desk = Desk()
    desk.take = lambda letter: desk.offers.append(letter.message_id) or Later("closed")
    world.open("central", application=desk)
    arrive(world, data)
    pauses, last = [], world.clock.now()
    for _ in range(1200):
        world.clock.advance(timedelta(seconds=1))
        before = len(desk.offers)
        world["central"].run_once()
        if len(desk.offers) > before:
            pauses.append((world.clock.now() - last).seconds)
            last = world.clock.now()
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    before = len(desk.offers)
    world.restart("central", application=desk).run_once()
    assert len(desk.offers) == before + 1
    assert state(world) is InboundState.VERIFIED


def test_an_application_may_say_when_to_be_asked_again(world, data):
    """Not before, and then at once."""
    desk = Desk()
    answers = [Later("opens at seven", timedelta(hours=3)), None]
    desk.take = lambda letter: desk.offers.append(letter.message_id) or answers.pop(0)
    world.open("central", application=desk)
    arrive(world, data)
    world.clock.advance(timedelta(hours=3) - timedelta(seconds=1))
    world["central"].run_until_idle()
    assert desk.offers == [LETTER]
    world.clock.advance(timedelta(seconds=1))
    world["central"].run_until_idle()
    assert desk.offers == [LETTER, LETTER]
    assert state(world) is InboundState.HANDED_OVER


# --- accept, refuse, later ---------------------------------------------------------------------


def test_functions_take_documents_and_statuses(world):
    """Each kind goes to its function; the application gets the rest."""
    documents, statuses = [], []
    world["central"].on_document(documents.append)

    @world["commune"].on_status
    def note(letter):
        statuses.append(letter.verified.message.code)

    assert callable(note)
    world["commune"].send(letter())
    world.run()
    assert [item.message_id for item in documents] == [LETTER]
    assert statuses == [StatusCode.ARRIVED]
    assert world.desks["central"].offers == world.desks["commune"].offers == []


def test_an_application_that_refuses_tells_the_sender_why(world):
    """Status 02 with the reason goes back; the letter is not offered again, and 01 is not sent."""
    asked = []

    @world["central"].on_document
    def refuse(letter):
        asked.append(letter.message_id)
        return Refuse("Thiếu trang 3")

    world["commune"].send(letter())
    world.run()
    world.restart("central").run_until_idle()
    (told,) = world["commune"].store.statuses(str(letter().document_id))
    assert (told.code, told.description) == (StatusCode.REFUSED, "Thiếu trang 3")
    assert asked == [LETTER]
    assert state(world) is InboundState.HANDED_OVER
    assert world.detail("central", "handover.refused")["reason"] == "Thiếu trang 3"
    assert "handed-over" not in world.history("central")
    assert not world.detail("commune", "status", told.message_id).get("warning")


def test_refusing_a_status_sends_nothing(world):
    """A report about a report would never end: it is noted, and that is all."""
    world["commune"].on_status(lambda _: Refuse("we do not believe it"))
    world["commune"].send(letter())
    world.run()
    (told,) = world["commune"].store.statuses(str(letter().document_id))
    assert world.detail("commune", "handover.refused", told.message_id)["reason"]
    assert world["central"].store.statuses(str(letter().document_id)) == [
        replace(told, outgoing=True, reporter=CENTRAL, about_recipient=CENTRAL)
    ]


@pytest.mark.parametrize("reason", ["", " ", "\n"])
def test_a_refusal_needs_a_reason(reason):
    """The sender has a right to it."""
    with pytest.raises(UsageError) as caught:
        Refuse(reason)
    assert caught.value.code == "handover.no-reason"


def test_one_letter_that_cannot_be_taken_does_not_hold_up_the_next(world, data, pki):
    """Nor the node's other work."""
    desk = Reluctant(ValueError("not this one"))
    world.open("central", application=desk)
    world.deliver("central", data, from_node=PROVINCE)
    other = letter(message_id=MessageId("m-other"))
    second = signed(other, pki.agency("commune"))
    world.deliver("central", second, from_node=PROVINCE, message_id=other.message_id)
    world["central"].run_once()
    assert desk.offers == [other.message_id]


def test_a_payload_damaged_on_disk_is_not_handed_over(world, data):
    """Deferred and reported; handed over once the file is mended."""
    desk = Reluctant(DeliveryError("not yet"))
    world.open("central", application=desk)
    world.deliver("central", data, from_node=PROVINCE)
    world["central"].run_once()
    path = world["central"].point.payloads.path(
        world["central"].store.inbound(LETTER, CENTRAL).payload
    )
    world.clock.advance(timedelta(minutes=5))
    Keeping(world["central"].point).work()  # from now on the file is all there is of it
    for damage in (b"", data[:-200], data.replace(b"V/v b", b"V/v c"), data.replace(b"JV", b"JW")):
        path.write_bytes(damage)
        world.clock.advance(timedelta(minutes=5))
        world["central"].run_until_idle()
        assert desk.offers == []
        assert state(world) is InboundState.VERIFIED
    path.unlink()
    world.clock.advance(timedelta(minutes=5))
    world["central"].run_until_idle()
    assert world.told("central").count(EventName.HANDOVER_DEFERRED) >= 6
    path.write_bytes(data)
    world.clock.advance(timedelta(minutes=5))
    world["central"].run_until_idle()
    assert desk.offers == [LETTER]


def test_a_letter_is_handed_over_although_its_sender_cannot_be_told(world, data, pki):
    """The sender's agency is closed by now: no status, but the letter."""
    desk = Reluctant(DeliveryError("not yet"))
    world.open("central", application=desk)
    world.deliver("central", data, from_node=PROVINCE)
    world["central"].run_once()
    closed = Directory(entries(pki, commune={"valid_to": NOW.date()}))
    world.clock.advance(timedelta(days=3))
    world.restart("central", directory=closed, application=desk)
    world["central"].run_until_idle()
    assert desk.offers == [LETTER]
    assert (
        "commune" in world.detail("central", "status.not-sent")["reason"]
        or str(COMMUNE) in world.detail("central", "status.not-sent")["reason"]
    )


def test_letters_accepted_before_our_lists_ran_out_are_still_handed_over(world, data, pki):
    """What counted at the moment of acceptance counts."""
    desk = Reluctant(DeliveryError("not yet"))
    world.open("central", application=desk)
    world.deliver("central", data, from_node=PROVINCE)
    world["central"].run_once()
    world.clock.advance(timedelta(days=45))
    world.restart("central", application=desk).run_until_idle()
    assert desk.offers == [LETTER]
    world.restart("central", application=desk, trust=trust_in(pki, world.clock.now()))
    assert world["central"].run_until_idle() >= 0


def test_a_letter_to_two_codes_of_one_agency_is_taken_once(world, pki):
    """It came for each of them, by different ways, and is one letter."""
    old = OrganId("000.00.00.G00")
    world.directories["central"] = Directory(entries(pki, central={"aliases": (old,)}))
    data = signed(letter(CENTRAL, old), pki.agency("commune"))
    arrive(world, travelled(data, COMMUNE))
    arrive(world, travelled(data, COMMUNE, PROVINCE), recipient=old)
    assert world.desks["central"].offers == [LETTER]
    assert [state(world), state(world, recipient=old)] == [InboundState.HANDED_OVER] * 2
    assert world.history("central").count("taken-before") == 1
    assert world.handed_over("central") == 1


def test_two_letters_under_one_id_to_two_codes_are_two_letters(world, pki):
    """Another content is offered to the application, which may object."""
    old = OrganId("000.00.00.G00")
    world.directories["central"] = Directory(entries(pki, central={"aliases": (old,)}))
    first = signed(letter(CENTRAL, old), pki.agency("commune"))
    second = signed(letter(CENTRAL, old, subject="V/v khác"), pki.agency("commune"))
    arrive(world, first)
    arrive(world, second, recipient=old)
    assert world.desks["central"].offers == [LETTER, LETTER]


# --- statuses ----------------------------------------------------------------------------------


def test_a_status_with_a_code_of_no_list_is_not_taken_for_another(world, pki):
    """It is kept and shown with a warning; it does not become "arrived"."""
    status = status_of(
        letter(),
        StatusCode.FINISHED,
        reporter=Organization(CENTRAL, "Văn phòng Chính phủ"),
        at=NOW,
        message_id=MessageId("st-1"),
    )
    unsigned = b"".join(Envelope.of(status).chunks())
    assert unsigned.count(b">06<") == 1
    envelope = Envelope.from_bytes(unsigned.replace(b">06<", b">77<"))
    signer = Signer(signing_key(pki.agency("central")), clock=VirtualClock(NOW))
    data = b"".join(signer.sign(envelope).envelope.chunks())
    world.deliver(
        "commune", data, message_id=MessageId("st-1"), recipient=COMMUNE, from_node=PROVINCE
    )
    world["commune"].run_until_idle()
    assert world["commune"].store.statuses(str(letter().document_id)) == []
    assert world.detail("commune", "status", MessageId("st-1"))["warning"]
    assert world.handed_over("commune", MessageId("st-1")) == 1


# --- the inbox folder --------------------------------------------------------------------------


def test_an_inbox_gets_a_file_for_each_document_and_none_for_statuses(world, data, tmp_path):
    """Named by the message id, byte for byte what was received."""
    inbox = tmp_path / "deep" / "inbox"
    world.open("central", application=InboxFolder(inbox))
    world.open("commune", application=InboxFolder(tmp_path / "other"))
    arrive(world, data)
    world.run()
    assert [path.name for path in inbox.iterdir()] == ["m-letter.edxml"]
    assert (inbox / "m-letter.edxml").read_bytes() == data
    assert len(world["commune"].store.statuses(str(letter().document_id))) == 1
    assert not (tmp_path / "other").exists()


def test_an_inbox_asked_twice_keeps_one_file(tmp_path):
    """And clears away what an earlier copy left half done."""
    source, inbox = tmp_path / "source", InboxFolder(tmp_path / "inbox")
    source.write_bytes(b"letter")
    target = inbox.keep(LETTER, source)
    (target.parent / ".m-letter.edxml.0123456789abcdef.part").write_bytes(b"let")
    (target.parent / ".m-letter-2.edxml.0123456789abcdef.part").write_bytes(b"busy")
    assert inbox.keep(LETTER, source) == target
    assert target.read_bytes() == b"letter"
    assert sorted(path.name for path in target.parent.iterdir()) == [
        ".m-letter-2.edxml.0123456789abcdef.part",
        "m-letter.edxml",
    ]


def test_an_inbox_does_not_replace_another_file(world, data, tmp_path):
    """Somebody put a file of that name there: the letter waits until it is moved away."""
    world.open("central", application=InboxFolder(tmp_path))
    other = tmp_path / "m-letter.edxml"
    other.write_bytes(b"mine")
    arrive(world, data)
    assert other.read_bytes() == b"mine"
    assert state(world) is InboundState.VERIFIED
    other.unlink()
    world.clock.advance(timedelta(minutes=5))
    world["central"].run_until_idle()
    assert other.read_bytes() == data
    assert state(world) is InboundState.HANDED_OVER


def test_an_inbox_names_the_file_that_is_in_its_way(tmp_path):
    """With advice."""
    (tmp_path / "m-letter.edxml").write_bytes(b"mine")
    (tmp_path / "source").write_bytes(b"letter")
    with pytest.raises(ConflictingDuplicate, match=r"m-letter\.edxml") as caught:
        InboxFolder(tmp_path).keep(LETTER, tmp_path / "source")
    assert "Move that file away" in caught.value.advice


@pytest.mark.parametrize("obstacle", ["folder is a file", "source gone"])
def test_an_inbox_that_cannot_be_written_to_says_so(tmp_path, obstacle):
    """A failure of ours, with advice, and nothing half done."""
    source, folder = tmp_path / "source", tmp_path / "inbox"
    if obstacle != "source gone":
        source.write_bytes(b"letter")
    if obstacle == "folder is a file":
        folder.write_bytes(b"")
    with pytest.raises(StoreFailure) as caught:
        InboxFolder(folder).keep(LETTER, source)
    assert caught.value.code == "inbox.not-writable"
    assert caught.value.advice
    assert not folder.is_dir() or [path for path in folder.iterdir() if path.is_file()] == []


def test_a_full_disk_delays_the_inbox_and_loses_nothing(world, data, tmp_path):
    """Deferred while there is no room; whole when there is."""
    inbox = tmp_path / "inbox"
    world.open("central", application=Crowded(inbox))
    arrive(world, data)
    assert state(world) is InboundState.HANDED_OVER
    assert world.told("central").count(EventName.HANDOVER_DEFERRED) == 1
    assert [path.name for path in inbox.iterdir()] == ["m-letter.edxml"]
    assert (inbox / "m-letter.edxml").read_bytes() == data


class Crowded(InboxFolder):
    """An inbox on a disk that has room only from the second time on."""

    full = True

    def take(self, letter):
        """Copy, the first time with no room to do so."""
        if not self.full:
            super().take(letter)
            return
        self.full = False
        with file_size_limit(100):
            super().take(letter)


def test_an_inbox_without_the_right_to_write_says_so():
    """As an ordinary user."""
    with without_privileges() as folder:
        source, inbox = folder / "source", folder / "inbox"
        source.write_bytes(b"letter")
        inbox.mkdir(mode=0o500)
        with pytest.raises(StoreFailure, match="Permission denied"):
            InboxFolder(inbox).keep(LETTER, source)
        inbox.chmod(0o700)
        assert InboxFolder(Path(inbox)).keep(LETTER, source).read_bytes() == b"letter"
