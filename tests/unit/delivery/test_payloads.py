"""Payload files: one for each content, whole under their name, and never trusted blindly."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from contract.hardship import file_size_limit, without_privileges
from counting import handles_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docexchange.delivery import Payload, PayloadStore
from docexchange.errors import LimitExceeded, StoreFailure, UsageError
from docexchange.limits import MIB

LETTER = b"letter" * 1000
DIGEST = sha256(LETTER).hexdigest()


class Stream(io.RawIOBase):
    """Gives out pieces as it likes, and may fail at the end."""

    def __init__(self, *pieces, error=None):
        self.pieces = list(pieces)
        self.error = error

    def read(self, size=-1):
        if self.pieces:
            assert size == MIB
            return self.pieces.pop(0)
        if self.error:
            raise self.error
        return b""


@pytest.fixture
def store(tmp_path):
    return PayloadStore(tmp_path / "payloads")


def test_what_is_laid_down_is_there_at_once(store):
    """It is read, verified and flushed as any other payload, and leaves no draft."""
    payload = store.lay(LETTER)
    assert payload == Payload(sha256=DIGEST, size=len(LETTER))
    assert store.verify(DIGEST) == payload
    store.flush([DIGEST])
    assert files(store) == [store.path(DIGEST)]
    assert store.path(DIGEST).stat().st_mode & 0o777 == 0o600


def test_what_is_there_already_is_not_laid_down(store):
    """None says that it must be put: only that mends a damaged copy, and outlives a collection."""
    store.put(io.BytesIO(LETTER))
    store.path(DIGEST).write_bytes(b"damaged")
    assert store.lay(LETTER) is None
    assert store.path(DIGEST).read_bytes() == b"damaged"


def test_the_largest_size_holds_for_what_is_laid_down(tmp_path):
    """One octet more is refused, and nothing is left."""
    store = PayloadStore(tmp_path / "payloads", largest_bytes=10)
    assert store.lay(b"x" * 10)
    with pytest.raises(LimitExceeded, match="10 bytes"):
        store.lay(b"x" * 11)
    assert len(files(store)) == 1


def test_a_full_disk_leaves_nothing_of_what_was_to_be_laid_down(store):
    """Neither a name nor a draft."""
    with file_size_limit(100), pytest.raises(StoreFailure):
        store.lay(LETTER)
    assert files(store) == []


@pytest.mark.parametrize("count", [1, 31, 32, 100])
def test_few_and_many_are_flushed(store, count):
    """One by one, or together: each is still there as it was laid down."""
    laid = [store.lay(b"%d" % number) for number in range(count)]
    store.flush([payload.sha256 for payload in laid])
    assert [store.verify(payload.sha256) for payload in laid] == laid


@pytest.mark.parametrize("others", [0, 100])
def test_flushing_what_is_not_there_says_so(store, others):
    """Whoever laid it down still has the bytes, and puts them again."""
    laid = [store.lay(b"%d" % number).sha256 for number in range(others)]
    with pytest.raises(StoreFailure):
        store.flush([*laid, DIGEST])


def test_a_payload_store_that_nobody_has_any_more_holds_nothing_open(tmp_path):
    """The folder that it was opened with is let go of with it."""
    folder = tmp_path / "payloads"
    store = PayloadStore(folder)
    assert len(handles_of(folder)) == 1
    del store
    assert handles_of(folder) == []


def files(store):
    """All files of the store, drafts included."""
    return [path for path in store.path(DIGEST).parents[1].rglob("*") if path.is_file()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.binary(min_size=1, max_size=2000), max_size=6))
def test_what_is_put_is_what_is_opened(store, pieces):
    """Content cut into any pieces comes back in one, named by its digest."""
    content = b"".join(pieces)
    payload = store.put(Stream(*pieces))
    assert payload == Payload(sha256=sha256(content).hexdigest(), size=len(content))
    with store.open(payload.sha256) as file:
        assert file.read() == content
    assert store.verify(payload.sha256) == payload


def test_the_path_is_the_digest(store):
    """The first two digits name the folder, the others the file."""
    store.put(io.BytesIO(LETTER))
    path = store.path(DIGEST)
    assert (path.parent.name, path.name) == (DIGEST[:2], DIGEST[2:])
    assert path.read_bytes() == LETTER


def test_one_copy_however_often_it_is_put(store):
    """Fifty recipients of a letter share one file."""
    for _ in range(50):
        store.put(io.BytesIO(LETTER))
    assert files(store) == [store.path(DIGEST)]


def test_the_stream_is_read_from_where_it_stands_and_left_open(store):
    """Only what the stream has left is stored, and its owner closes it."""
    stream = io.BytesIO(b"skip" + LETTER)
    stream.seek(4)
    assert store.put(stream).sha256 == DIGEST
    assert not stream.closed


def test_memory_does_not_grow_with_the_payload(store):
    """Sixty-four megabytes pass through less than four."""
    piece = bytes(MIB)
    tracemalloc.start()
    try:
        payload = store.put(Stream(*[piece] * 64))
        store.verify(payload.sha256)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert payload.size == 64 * MIB
    assert peak < 4 * MIB


def test_what_is_too_large_leaves_nothing(tmp_path):
    """One byte over the limit is refused with the limit named; exactly the limit is stored."""
    store = PayloadStore(tmp_path / "payloads", largest_bytes=6000)
    with pytest.raises(LimitExceeded, match="at most 6000 bytes"):
        store.put(io.BytesIO(LETTER + b"!"))
    assert files(store) == []
    assert store.put(io.BytesIO(LETTER)).size == 6000


def test_a_full_disk_leaves_nothing(store):
    """When the system takes no more bytes, that is a store failure and no file remains."""
    with file_size_limit(100_000), pytest.raises(StoreFailure) as caught:
        store.put(io.BytesIO(bytes(100_001)))
    assert caught.value.code == "store.full"
    assert "space" in caught.value.advice
    assert files(store) == []


def test_a_failing_stream_is_not_our_failure(store):
    """What the caller's stream raises comes through as it is; no file remains."""
    with pytest.raises(ConnectionResetError):
        store.put(Stream(b"half", error=ConnectionResetError("peer went away")))
    assert files(store) == []


def test_an_interrupted_put_leaves_nothing(store):
    """Ctrl-C in the middle removes the draft."""
    with pytest.raises(KeyboardInterrupt):
        store.put(Stream(b"half", error=KeyboardInterrupt()))
    assert files(store) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content + b"\n",
        lambda content: b"L" + content[1:],
        lambda _: b"",
    ],
    ids=["truncated", "longer", "one bit", "empty"],
)
def test_damage_is_found_and_mended(store, damage):
    """Verification names both digests; putting the same content again mends the file."""
    store.put(io.BytesIO(LETTER))
    store.path(DIGEST).write_bytes(damage(LETTER))
    with pytest.raises(StoreFailure, match=f"expected SHA-256 {DIGEST}") as caught:
        store.verify(DIGEST)
    assert caught.value.code == "store.payload-damaged"
    assert store.put(io.BytesIO(LETTER)) == store.verify(DIGEST)


def test_what_is_missing_says_so(store):
    """Opening and verifying an unknown payload are store failures that name it."""
    assert not store.contains(DIGEST)
    for use in (store.open, store.verify):
        with pytest.raises(StoreFailure, match="found no file") as caught:
            use(DIGEST)
        assert caught.value.code == "store.payload-missing"


@pytest.mark.parametrize(
    "name", ["", "ab", "../" + "a" * 61, "A" * 64, "a" * 63 + "/", "a" * 64 + "\n", "a" * 65]
)
def test_only_digests_are_names(store, name):
    """No other text becomes a path, so no name leads out of the folder."""
    for use in (store.open, store.path, store.contains, store.verify):
        with pytest.raises(UsageError, match="64 lower-case hexadecimal"):
            use(name)


def test_leftovers_are_cleaned_up(store):
    """Drafts of crashed writers go, payloads stay."""
    store.put(io.BytesIO(LETTER))
    drafts = store.path(DIGEST).parents[1] / "tmp"
    (drafts / "tmpabc").write_bytes(b"half")
    assert store.clean_up() == 1
    assert store.clean_up() == 0
    assert files(store) == [store.path(DIGEST)]


def test_a_draft_in_progress_is_not_cleaned_up(tmp_path):
    """Another process that cleans up in the middle of a put takes nothing away."""
    store, other, cleaned = PayloadStore(tmp_path / "p"), PayloadStore(tmp_path / "p"), []

    class Meddling(Stream):
        def read(self, size=-1):
            cleaned.append(other.clean_up())
            return super().read(size)

    payload = store.put(Meddling(b"one", b"two"))
    assert cleaned == [0, 0, 0]
    assert store.verify(payload.sha256).size == 6


def test_a_lock_of_another_process_delays_no_cleaning(store):
    """When someone else holds the drafts, cleaning up gives way at once instead of waiting."""
    drafts = store.path(DIGEST).parents[1] / "tmp"
    (drafts / "tmpabc").write_bytes(b"half")
    handle = os.open(drafts, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        assert store.clean_up() == 0
    finally:
        os.close(handle)
    assert store.clean_up() == 1


def test_many_threads_put_the_same(store):
    """Eight threads with the same and with other content all succeed."""
    contents = [b"%d" % (number % 3) * 10_000 for number in range(8)]
    found = []
    threads = [
        threading.Thread(target=lambda c=c: found.append(store.put(io.BytesIO(c))))
        for c in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(files(store)) == len({payload.sha256 for payload in found}) == 3
    assert {store.verify(payload.sha256) for payload in found} == set(found)


FUTURE = datetime.now(UTC) + timedelta(days=1)


def test_what_nothing_needs_is_collected(store):
    """Payloads that nothing refers to go, with their number and length told; others stay."""
    kept = store.put(io.BytesIO(b"kept")).sha256
    store.put(io.BytesIO(LETTER))
    collected = store.collect(lambda sha256: sha256 == kept, before=FUTURE)
    assert (collected.files, collected.bytes) == (1, 6000)
    assert list(store.names()) == [kept]


def test_what_was_just_put_is_never_collected(store):
    """Within the time of grace a payload stays, though nothing refers to it yet."""
    store.put(io.BytesIO(LETTER))
    past = FUTURE - timedelta(days=2)
    assert store.collect(lambda _: False, before=past).files == 0
    os.utime(store.path(DIGEST), (0, 0))
    store.put(io.BytesIO(LETTER))  # old content, put again
    assert store.collect(lambda _: False, before=past).files == 0
    os.utime(store.path(DIGEST), (0, 0))
    assert store.collect(lambda _: False, before=past).files == 1


@pytest.mark.parametrize("asked", [1, 2])
def test_what_is_put_while_it_is_collected_is_there(tmp_path, asked):
    """A put of the same content, begun between look and removal, ends with the payload there."""
    store, writer = PayloadStore(tmp_path / "p"), PayloadStore(tmp_path / "p")
    store.put(io.BytesIO(LETTER))
    os.utime(store.path(DIGEST), (0, 0))
    read, threads, answers = threading.Event(), [], []

    class Content(Stream):
        def read(self, size=-1):
            piece = super().read(size)
            if not piece:
                read.set()
            return piece

    def is_needed(_):
        answers.append(None)
        if len(answers) == asked:
            thread = threading.Thread(target=writer.put, args=(Content(LETTER),))
            thread.start()
            threads.append(thread)
            assert read.wait(10)
            thread.join(0.2)  # as far as it gets by itself
        return False

    store.collect(is_needed, before=FUTURE - timedelta(days=2))
    threads[0].join(10)
    assert store.verify(DIGEST).size == len(LETTER)


def test_nothing_is_collected_while_a_copy_is_made(store):
    """A backup keeps everything in its place; whoever collects is told to come back."""
    store.put(io.BytesIO(LETTER))
    with store.kept(), pytest.raises(StoreFailure, match="backup") as caught:
        store.collect(lambda _: False, before=FUTURE)
    assert caught.value.code == "store.busy"
    assert store.collect(lambda _: False, before=FUTURE).files == 1


def test_a_store_opens_again(tmp_path):
    """A second store on the same folder finds what the first one stored."""
    PayloadStore(tmp_path / "p").put(io.BytesIO(LETTER))
    assert PayloadStore(tmp_path / "p").verify(DIGEST).size == len(LETTER)


def test_a_missing_parent_is_named(tmp_path):
    """The folder's parent must be there: a mistyped path does not become a new tree."""
    with pytest.raises(StoreFailure, match="no-such") as caught:
        PayloadStore(tmp_path / "no-such" / "payloads")
    assert caught.value.code == "store.cannot-open"


def test_a_file_in_the_way_is_named(tmp_path):
    """A file where the folder should be is a store failure."""
    (tmp_path / "payloads").write_bytes(b"")
    with pytest.raises(StoreFailure):
        PayloadStore(tmp_path / "payloads")


def test_a_folder_without_rights_is_named():
    """A folder that may not be written to is a store failure with advice, at first use or later."""
    with without_privileges() as folder:
        store = PayloadStore(folder / "payloads")
        (folder / "payloads" / "tmp").chmod(0o500)
        with pytest.raises(StoreFailure) as caught:
            store.put(io.BytesIO(LETTER))
    assert caught.value.code == "store.read-only"
    assert "writable" in caught.value.advice


def test_a_payload_without_rights_is_not_missing():
    """A payload that may not be read is told apart from one that is not there."""
    with without_privileges() as folder:
        store = PayloadStore(folder / "payloads")
        store.path(store.put(io.BytesIO(LETTER)).sha256).chmod(0)
        with pytest.raises(StoreFailure) as caught:
            store.open(DIGEST)
    assert caught.value.code == "store.read-only"


def test_drafts_out_of_reach_are_named(store):
    """When the folder vanishes under a running store, putting and cleaning fail as the store's."""
    shutil.rmtree(store.path(DIGEST).parents[1])
    for use in (lambda: store.put(io.BytesIO(LETTER)), store.clean_up):
        with pytest.raises(StoreFailure) as caught:
            use()
        assert caught.value.code == "store.cannot-open"
