"""Mailbox folders beyond the contract: hostile neighbours, full disks, odd endpoints."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
from contextlib import closing

import pytest
from contract.hardship import file_size_limit, without_privileges
from contract.parcel_samples import parcel_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docexchange.errors import TransportError
from docexchange.identifiers import MessageId, OrganId
from docexchange.transport import FolderTransport
from docexchange.transport._mailbox import Mailbox

LETTER = b"letter"
SECRET = b"not for the peer"


@pytest.fixture
def mailbox(tmp_path):
    """A folder that a transport has made its mailbox."""
    FolderTransport(tmp_path / "box")
    return tmp_path / "box"


def plant(mailbox, name="m-planted", note=None, payload=LETTER):
    """Put a parcel into ``new`` by hand, whole unless told otherwise."""
    folder = mailbox / "new" / name
    folder.mkdir()
    if note is None:
        note = parcel_for(LETTER).to_json()
    if note:
        (folder / "parcel.json").write_bytes(note)
    if payload is not None:
        (folder / "payload").write_bytes(payload)
    return folder


def set_aside(mailbox):
    """Receive, which must give nothing; then the reasons for what was set aside."""
    transport = FolderTransport(mailbox)
    assert list(transport.receive(100)) == []
    assert list((mailbox / "new").iterdir()) == []
    return [kept.reason for kept in transport.set_aside()]


def listing(folder):
    """All names under a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_parcel_lies_as_two_files(mailbox):
    """The format of carried media: a folder with note and payload, named for its message."""
    FolderTransport(mailbox, token=lambda: "t1").send(
        parcel_for(LETTER), io.BytesIO(LETTER), to=f"folder:{mailbox}"
    )
    name = "m-letter.000.21.31.H53.message.t1"
    assert listing(mailbox / "new") == [name, f"{name}/parcel.json", f"{name}/payload"]
    assert (mailbox / "new" / name / "parcel.json").read_bytes() == parcel_for(LETTER).to_json()
    assert list((mailbox / "tmp").iterdir()) == []


def test_a_planted_parcel_is_received(mailbox):
    """What a courier copied in by hand is as good as what was sent."""
    plant(mailbox)
    (arrival,) = FolderTransport(mailbox).receive(1)
    assert arrival.parcel == parcel_for(LETTER)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (LETTER[:-1], "expected 6 bytes, found 5"),
        (LETTER + b"!", "expected 6 bytes, found more"),
        (b"", "expected 6 bytes, found 0"),
        (b"Letter", "expected SHA-256"),
        (None, "the file payload"),
    ],
    ids=["truncated", "longer", "empty", "other bytes", "missing"],
)
def test_a_damaged_payload_is_set_aside(mailbox, payload, reason):
    """What is not what the note says is never given out, and the reason says what was found."""
    plant(mailbox, payload=payload)
    (found,) = set_aside(mailbox)
    assert reason in found


@pytest.mark.parametrize(
    "note", [b"", b"{}", b"\xff" * 100, b"[" * 100_000, parcel_for(LETTER).to_json()[:-4]]
)
def test_a_bad_note_is_set_aside(mailbox, note):
    """A parcel whose note is missing, junk, huge or cut is never given out."""
    plant(mailbox, note=note)
    (found,) = set_aside(mailbox)
    assert "parcel" in found


def test_what_is_too_large_is_set_aside_unread(mailbox):
    """A note that announces more than the limit is enough to set the parcel aside."""
    plant(mailbox)
    transport = FolderTransport(mailbox, largest_bytes=5)
    assert list(transport.receive(1)) == []
    (kept,) = transport.set_aside()
    assert "at most 5 bytes, found a note of 6" in kept.reason


def link_entry(mailbox, target):
    (mailbox / "new" / "m-link").symlink_to(target)


def link_payload(mailbox, target):
    folder = plant(mailbox, note=parcel_for(SECRET).to_json(), payload=None)
    (folder / "payload").symlink_to(target / "payload")


def link_note(mailbox, target):
    folder = plant(mailbox, note=b"", payload=SECRET)
    (folder / "parcel.json").symlink_to(target / "parcel.json")


@pytest.mark.parametrize("link", [link_entry, link_payload, link_note])
def test_links_are_not_followed(tmp_path, mailbox, link):
    """A link to someone's files, at any place in a parcel, delivers and changes none of them."""
    target = tmp_path / "private"
    target.mkdir()
    (target / "payload").write_bytes(SECRET)
    (target / "parcel.json").write_bytes(parcel_for(SECRET).to_json())
    link(mailbox, target)
    assert len(set_aside(mailbox)) == 1
    assert (target / "payload").read_bytes() == SECRET
    assert listing(target) == ["parcel.json", "payload"]


def make_pipe(path):
    os.mkfifo(path)


def make_socket(path):
    # The path of a socket is short, so it is made from inside its folder.
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        with closing(socket.socket(socket.AF_UNIX)) as server:
            server.bind(f"/proc/self/fd/{handle}/{path.name}")
    finally:
        os.close(handle)


def make_folder(path):
    path.mkdir()


@pytest.mark.parametrize("make", [make_pipe, make_socket, make_folder])
@pytest.mark.parametrize("part", ["payload", "parcel.json"])
def test_what_is_no_file_is_set_aside_without_waiting(mailbox, make, part):
    """A pipe, a socket or a folder in place of a file holds nobody up."""
    folder = plant(mailbox)
    (folder / part).unlink()
    make(folder / part)
    assert len(set_aside(mailbox)) == 1


@pytest.mark.parametrize("make", [make_pipe, make_socket, lambda path: path.write_bytes(b"hello")])
def test_foreign_things_are_set_aside(mailbox, make):
    """What is no folder at all goes aside too, and good parcels behind it are given out."""
    make(mailbox / "new" / "a-first")
    plant(mailbox)
    transport = FolderTransport(mailbox)
    assert len(list(transport.receive(10))) == 1
    assert len(transport.set_aside()) == 1


def test_hidden_files_are_left_alone(mailbox):
    """Names with a dot in front are other programs' business: not parcels, not moved."""
    (mailbox / "new" / ".stfolder").mkdir()
    (mailbox / "new" / ".DS_Store").write_bytes(b"x")
    transport = FolderTransport(mailbox)
    assert list(transport.receive(10)) == transport.set_aside() == []
    assert listing(mailbox / "new") == [".DS_Store", ".stfolder"]


@pytest.mark.parametrize(
    "name", [b"x" * 255, b"\xff\xfe", "xã".encode() * 63, b"-rf", b"a\nb", b"x.reason.txt", b"~"]
)
def test_odd_names_are_set_aside(mailbox, name):
    """Names that are long, no UTF-8 or odd otherwise neither escape nor stop anything."""
    (mailbox / "new" / os.fsdecode(name)).mkdir()
    (mailbox / "new" / "also").mkdir()
    assert len(set_aside(mailbox)) == 2
    assert listing(mailbox.parent)[0] == "box"
    assert {path.parent for path in (mailbox / "set-aside").iterdir()} == {mailbox / "set-aside"}


def test_equal_names_are_both_kept(mailbox):
    """Two things of the same name, set aside one after the other, do not replace each other."""
    for _ in range(2):
        plant(mailbox, payload=b"bad")
        set_aside(mailbox)
    assert len(FolderTransport(mailbox).set_aside()) == 2


def test_half_written_parcels_are_not_seen(mailbox):
    """What still lies in ``tmp`` is nobody's, however complete it looks."""
    folder = plant(mailbox)
    folder.rename(mailbox / "tmp" / folder.name)
    assert list(FolderTransport.receive(FolderTransport(mailbox), 10)) == []
    assert set_aside(mailbox) == []


def test_opening_a_mailbox_clears_what_crashes_left(tmp_path, mailbox):
    """Half-written parcels of dead senders go; a link among them is removed, not followed."""
    (mailbox / "tmp" / "half").mkdir()
    (mailbox / "tmp" / "half" / "payload").write_bytes(b"x")
    (mailbox / "tmp" / "file").write_bytes(b"x")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "file").write_bytes(SECRET)
    (mailbox / "tmp" / "link").symlink_to(tmp_path / "private")
    FolderTransport(mailbox)
    assert list((mailbox / "tmp").iterdir()) == []
    assert listing(tmp_path / "private") == ["file"]


def test_a_restart_does_not_disturb_a_sender(tmp_path, mailbox):
    """A node that starts while a peer is writing into its mailbox takes nothing away."""

    class Restarting(io.BytesIO):
        def read(self, size=-1):
            FolderTransport(mailbox)
            return super().read(size)

    sender = FolderTransport(tmp_path / "sender")
    sender.send(parcel_for(LETTER), Restarting(LETTER), to=f"folder:{mailbox}")
    assert len(list(FolderTransport(mailbox).receive(1))) == 1


def test_a_reason_without_its_parcel_is_not_shown(mailbox):
    """A crash between writing the reason and moving the parcel leaves nothing to see."""
    (mailbox / "set-aside" / "m-1.t.reason.txt").write_text("half", encoding="utf-8")
    assert FolderTransport(mailbox).set_aside() == []


@pytest.mark.parametrize("missing", [".", "tmp", "new"])
def test_a_missing_peer_is_worth_another_try(tmp_path, mailbox, missing):
    """A share that is not mounted, or a mailbox nobody has made, is not made by the sender."""
    peer = tmp_path / "peer"
    FolderTransport(peer)
    shutil.rmtree(peer / missing)
    before = listing(tmp_path)
    with pytest.raises(TransportError, match=str(peer)) as caught:
        FolderTransport(mailbox).send(parcel_for(LETTER), io.BytesIO(LETTER), to=f"folder:{peer}")
    assert caught.value.code == "transport.folder-missing"
    assert caught.value.retryable
    assert "mounted" in caught.value.advice
    assert listing(tmp_path) == before


def test_a_full_disk_leaves_nothing(tmp_path, mailbox):
    """When the peer's disk takes no more, trying again can help and nothing half-written stays."""
    content = bytes(100_001)
    sender = FolderTransport(tmp_path / "sender")
    with file_size_limit(100_000), pytest.raises(TransportError) as caught:
        sender.send(parcel_for(content), io.BytesIO(content), to=f"folder:{mailbox}")
    assert caught.value.code == "transport.folder-full"
    assert caught.value.retryable
    assert listing(mailbox) == ["new", "notes", "set-aside", "tmp"]


def test_a_mailbox_out_of_reach_says_so(mailbox):
    """When our own share vanishes, receiving fails and can be tried again."""
    transport = FolderTransport(mailbox)
    shutil.rmtree(mailbox)
    for use in (lambda: list(transport.receive(1)), transport.set_aside):
        with pytest.raises(TransportError) as caught:
            use()
        assert caught.value.retryable
        assert caught.value.code == "transport.folder-missing"


def test_a_missing_parent_is_named(tmp_path):
    """The mailbox itself is made, its parent is not."""
    with pytest.raises(TransportError, match="no-such"):
        FolderTransport(tmp_path / "no-such" / "box")


def test_trouble_with_one_parcel_does_not_hold_up_the_others(mailbox):
    """When the disk cannot take the reason for a bad parcel, the good ones still come first."""
    plant(mailbox, "a-bad", payload=b"bad")
    plant(mailbox, "b-good")
    transport, found = FolderTransport(mailbox), []
    with file_size_limit(0), pytest.raises(TransportError) as caught:
        found.extend(arrival.parcel for arrival in transport.receive(10))
    assert caught.value.code == "transport.folder-full"
    assert (mailbox / "new" / "a-bad").is_dir()


@pytest.mark.parametrize(
    "url",
    [
        "folder:",
        "folder:../peer",
        "folder:a/../../peer",
        "folder:/srv/../etc",
        "folder://host/share",
        "folder:a\0b",
        "folder:a\nb",
        "folder:\udcff",
        "Folder:/srv",
        "file:/srv",
    ],
)
def test_endpoints_that_make_no_sense_are_refused(tmp_path, url):
    """Paths that climb, hosts, control characters and other schemes are refused for good."""
    transport = FolderTransport(tmp_path / "box", base=tmp_path)
    with pytest.raises(TransportError) as caught:
        transport.send(parcel_for(LETTER), io.BytesIO(LETTER), to=url)
    assert caught.value.code == "transport.bad-url"
    assert not caught.value.retryable
    assert listing(tmp_path) == ["box", "box/new", "box/notes", "box/set-aside", "box/tmp"]


@pytest.mark.parametrize("form", ["folder:{}", "folder://{}"])
def test_an_absolute_endpoint_needs_no_base(tmp_path, mailbox, form):
    """Both ways to write an absolute path reach the mailbox; percent signs mean themselves."""
    peer = tmp_path / "xã 100%41"
    FolderTransport(peer)
    FolderTransport(mailbox).send(parcel_for(LETTER), io.BytesIO(LETTER), to=form.format(peer))
    assert len(list(FolderTransport(peer).receive(1))) == 1


def test_a_relative_endpoint_begins_at_the_base(tmp_path):
    """With a base ``folder:peer`` is a neighbour; without one it is refused."""
    FolderTransport(tmp_path / "peer")
    FolderTransport(tmp_path / "box", base=tmp_path).send(
        parcel_for(LETTER), io.BytesIO(LETTER), to="folder:peer"
    )
    assert len(list(FolderTransport(tmp_path / "peer").receive(1))) == 1
    with pytest.raises(TransportError, match="there is no base folder"):
        FolderTransport(tmp_path / "box").send(
            parcel_for(LETTER), io.BytesIO(LETTER), to="folder:peer"
        )


ids = st.from_regex(r"[A-Za-z_][A-Za-z0-9._-]{0,127}", fullmatch=True)
organs = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,34}", fullmatch=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(ids, organs, st.binary(max_size=100))
def test_every_legal_id_makes_a_name(mailbox, message_id, organ, content):
    """The longest and oddest ids lead to one folder in ``new``, which is received and settled."""
    transport = FolderTransport(mailbox)
    note = parcel_for(content, message_id=message_id, recipients=(OrganId(organ),))
    transport.send(note, io.BytesIO(content), to=f"folder:{mailbox}")
    (arrival,) = transport.receive(10)
    assert arrival.parcel == note
    assert arrival.parcel.message_id == MessageId(message_id)
    arrival.settle()
    assert listing(mailbox) == ["new", "notes", "set-aside", "tmp"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_a_changed_parcel_is_never_given_out(mailbox, data):
    """Whatever is cut from or changed in note or payload: given out whole, or set aside."""
    folder = plant(mailbox)
    part = folder / data.draw(st.sampled_from(["payload", "parcel.json"]))
    content = part.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    part.write_bytes(content[:start] + data.draw(st.binary(max_size=9)) + content[end:])
    transport = FolderTransport(mailbox)
    for arrival in transport.receive(1):
        with arrival.open() as file:
            assert file.read() == LETTER
        arrival.settle()
    assert list((mailbox / "new").iterdir()) == []


def test_the_mailbox_stays_as_it_is_on_trouble(mailbox):
    """A parcel that cannot be moved aside stays in ``new`` and is looked at again."""
    plant(mailbox, payload=b"bad")
    box = Mailbox(mailbox, largest_bytes=100, token=lambda: "same")
    (mailbox / "set-aside" / "m-planted.same.reason.txt").write_text("older", encoding="utf-8")
    with pytest.raises(TransportError):
        box.take("m-planted")
    assert (mailbox / "new" / "m-planted" / "payload").read_bytes() == b"bad"


def test_what_cannot_be_read_now_stays_where_it_is():
    """A parcel that we lack the rights to read is not the sender's fault: it stays in ``new``."""
    with without_privileges() as folder:
        transport = FolderTransport(folder / "box")
        locked, open_one = plant(folder / "box", "a-locked"), plant(folder / "box", "b-open")
        (locked / "payload").chmod(0)
        walk = transport.receive(10)
        next(walk).settle()
        with pytest.raises(TransportError) as caught:
            next(walk)
        assert not open_one.exists()
        (locked / "payload").chmod(0o600)
        assert len(list(transport.receive(10))) == 1
        assert transport.set_aside() == []
    assert caught.value.code == "transport.folder-refused"
    assert caught.value.retryable


def test_a_peer_that_lets_nobody_in_is_named():
    """Without the right to write into the peer's mailbox nothing is left there, and it may come."""
    with without_privileges() as folder:
        sender = FolderTransport(folder / "box")
        FolderTransport(folder / "peer")
        (folder / "peer" / "new").chmod(0o500)
        with pytest.raises(TransportError) as caught:
            sender.send(parcel_for(LETTER), io.BytesIO(LETTER), to=f"folder:{folder / 'peer'}")
        assert listing(folder / "peer") == ["new", "notes", "set-aside", "tmp"]
    assert caught.value.code == "transport.folder-refused"
    assert caught.value.retryable
    assert "right to write" in caught.value.advice


# --- several recipients ------------------------------------------------------------------------

CODES = tuple(OrganId(f"000.{number}1.31.H53") for number in range(1, 4))


@pytest.mark.parametrize("notes", [None, b"", b"1\n", b"two\n", b"99999999999\n"])
def test_a_mailbox_of_an_older_node_gets_a_parcel_for_each(tmp_path, mailbox, notes):
    """Its owner reads no other notes; the file that would say so is missing, or says nothing."""
    (mailbox / "notes").unlink()
    if notes is not None:
        (mailbox / "notes").write_bytes(notes)
    sender = FolderTransport(tmp_path / "sender")
    note = parcel_for(LETTER, recipients=CODES)
    sender.send(note, io.BytesIO(LETTER), to=f"folder:{mailbox}")
    found = [json.loads(path.read_bytes()) for path in mailbox.glob("new/*/parcel.json")]
    assert sorted(item["recipient"] for item in found) == list(map(str, CODES))
    assert {item["version"] for item in found} == {1}
    arrivals = FolderTransport(mailbox).receive(10)
    assert sorted(item.parcel.recipients for item in arrivals) == [(code,) for code in CODES]


def test_whoever_opens_a_mailbox_says_which_notes_he_reads(mailbox):
    """A mailbox of an older version is brought up to date by opening it; a newer one as well."""
    for before in (None, b"1\n", b"7\n"):
        (mailbox / "notes").unlink()
        if before:
            (mailbox / "notes").write_bytes(before)
        FolderTransport(mailbox)
        assert (mailbox / "notes").read_bytes() == b"2\n"


def test_a_link_or_pipe_in_place_of_that_file_is_not_followed(tmp_path, mailbox):
    """It says nothing, and nobody waits for it."""
    sender = FolderTransport(tmp_path / "sender")
    for make in (lambda path: path.symlink_to(tmp_path / "secret"), os.mkfifo):
        (mailbox / "notes").unlink()
        make(mailbox / "notes")
        sender.send(
            parcel_for(LETTER, recipients=CODES), io.BytesIO(LETTER), to=f"folder:{mailbox}"
        )
    assert len(list((mailbox / "new").iterdir())) == 6
