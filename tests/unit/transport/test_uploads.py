"""Uploads under way are remembered across processes, and told apart."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from contract.parcel_samples import parcel_for
from exchange_help import NOW

from docexchange.clock import VirtualClock
from docexchange.errors import TransportError
from docexchange.identifiers import OrganId
from docexchange.transport._uploads import UploadKey, UploadNotes

HUB = "https://hub.example/"
PARCEL = parcel_for(b"letter")


@pytest.fixture
def clock():
    return VirtualClock(NOW)


def test_a_note_is_there_for_the_next_process_until_it_is_forgotten(tmp_path, clock):
    """Written down, found by another object, gone when done; forgetting twice is harmless."""
    key = UploadKey.of(HUB, PARCEL)
    UploadNotes(tmp_path / "notes", clock).remember(key, "/v1/uploads/7")
    notes = UploadNotes(tmp_path / "notes", clock)
    assert notes.find(key) == "/v1/uploads/7"
    notes.forget(key)
    notes.forget(key)
    assert notes.find(key) == ""


@pytest.mark.parametrize(
    "other",
    [
        UploadKey.of("https://other.example/", PARCEL),
        UploadKey.of(HUB, parcel_for(b"letter", message_id="m-other")),
        UploadKey.of(HUB, replace(PARCEL, recipients=(OrganId("000.00.31.H53"),))),
        UploadKey.of(HUB, parcel_for(b"other letter")),
    ],
    ids=["endpoint", "message", "recipient", "bytes"],
)
def test_another_upload_is_another(tmp_path, clock, other):
    """Endpoint, message, recipient and bytes each make it another one."""
    notes = UploadNotes(tmp_path, clock)
    notes.remember(UploadKey.of(HUB, PARCEL), "/v1/uploads/7")
    assert notes.find(other) == ""


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"upload": "x", "url": "/u"}', b"\xff"])
def test_a_damaged_note_is_none(tmp_path, clock, content):
    """Then the upload begins again: dearer, never wrong."""
    notes, key = UploadNotes(tmp_path, clock), UploadKey.of(HUB, PARCEL)
    notes.remember(key, "/v1/uploads/7")
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert notes.find(key) == ""


def test_old_notes_are_removed(tmp_path, clock):
    """What nobody asked for in a month belongs to a letter that was given up."""
    notes, key = UploadNotes(tmp_path, clock), UploadKey.of(HUB, PARCEL)
    notes.remember(key, "/v1/uploads/7")
    (path,) = tmp_path.iterdir()
    os.utime(path, (NOW.timestamp(),) * 2)
    clock.advance(timedelta(days=29))
    notes.remember(UploadKey.of(HUB, parcel_for(b"second")), "/v1/uploads/8")
    assert notes.find(key)
    clock.advance(timedelta(days=2))
    notes.remember(UploadKey.of(HUB, parcel_for(b"third")), "/v1/uploads/9")
    assert not notes.find(key)


def test_a_draft_that_a_crash_left_behind_is_removed(tmp_path, clock):
    """A month later, as old notes are; nothing else ever looks at it."""
    draft = tmp_path / ".5f2a.0123456789abcdef.part"
    draft.touch()
    os.utime(draft, (NOW.timestamp(),) * 2)
    clock.advance(timedelta(days=31))
    UploadNotes(tmp_path, clock).remember(UploadKey.of(HUB, PARCEL), "/v1/uploads/7")
    assert not draft.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path, clock):
    """As a transport error: the letter waits, and the operator learns which folder it is."""
    (tmp_path / "notes").write_bytes(b"a file")
    with pytest.raises(TransportError, match="notes") as caught:
        UploadNotes(tmp_path / "notes", clock).remember(UploadKey.of(HUB, PARCEL), "/u")
    assert caught.value.retryable
    assert caught.value.code == "transport.notes"
