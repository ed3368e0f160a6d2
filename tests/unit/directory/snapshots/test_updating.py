"""Tests of taking in a published directory: what is taken, what is refused for which reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from snapshot_help import (
    ANNA,
    BINH,
    CHI,
    DESK,
    MONTH,
    NOW,
    TABLE,
    THIEF,
    YEAR,
    Place,
    Scene,
    role,
    root_of,
    signed_by,
)

from docexchange.directory.snapshots import (
    RELEASE_NAME,
    PublicKey,
    Signed,
    SnapshotFolder,
    Trusted,
    take_in,
)
from docexchange.directory.snapshots.making import content_of
from docexchange.directory.snapshots.release import Content, Release, read_release
from docexchange.errors import SnapshotRefused
from docexchange.identifiers import OrganId
from docexchange.signing.octets import vouched


@pytest.fixture
def scene(tmp_path):
    """A publisher with one release, and somebody who has nothing yet."""
    made = Scene(tmp_path)
    made.publish(3)
    return made


def forged(scene, *by, **changes):
    """The published release with other fields, signed by some people."""
    release = replace(scene.publication.last().statement, **changes)
    return signed_by(Signed(statement=release), *by).data


def test_a_release_is_taken_in_whole_and_the_next_by_delta(scene):
    """The agencies are those published, in either way."""
    first = scene.take_in()
    assert (first.changed, first.by_delta, len(first.directory)) == (True, False, 4)
    scene.publish(4, now=NOW + timedelta(days=1))
    place = scene.place()
    second = scene.take_in(place, now=NOW + timedelta(days=1))
    assert (second.release.version, second.by_delta, len(second.directory)) == (2, True, 5)
    assert place.asked == ["root-2.json", "release.json", "delta-1-2.diff"]
    held = scene.folder.read()
    assert held.directory().find(OrganId("000.00.04.H53"), NOW.date())
    assert held.release == second.release


def test_the_same_release_again_changes_nothing(scene):
    """Neither files nor trust."""
    scene.take_in()
    before = {path: path.stat().st_mtime_ns for path in scene.folder.path.iterdir()}
    again = scene.take_in(now=NOW + timedelta(days=1))
    assert (again.changed, again.release.version) == (False, 1)
    before.pop(scene.folder.path / ".lock")
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_renewed_release_of_the_same_directory_needs_no_directory(scene):
    """Only the release is fetched, and its age starts anew."""
    scene.take_in()
    scene.publish(3, now=NOW + timedelta(days=20))
    place = scene.place()
    renewed = scene.take_in(place, now=NOW + timedelta(days=20))
    assert (renewed.release.version, place.asked) == (2, ["root-2.json", "release.json"])
    assert renewed.release.published == NOW + timedelta(days=20)


# --- rollback ---


def test_an_older_release_is_refused(scene):
    """A place that offers what was true once."""
    old = scene.place()
    scene.publish(4)
    scene.take_in()
    assert "expected release 2 or later, found release 1" in scene.refuse("rollback", old)


def test_a_release_under_an_older_root_is_refused(scene):
    """However high its version is."""
    old = scene.place(**{RELEASE_NAME: forged(scene, DESK, version=99)})
    scene.publish(4, roots=(root_of(after=scene.root.statement),))
    scene.take_in()
    assert "under root 2, found one under root 1" in scene.refuse("rollback", old)


def test_a_root_that_a_place_has_counts_though_its_release_is_of_before(scene):
    """Whoever can write the release alone cannot bring a revoked key back."""
    old = scene.place(**{RELEASE_NAME: forged(scene, DESK, version=9)})
    second = root_of(after=scene.root.statement, release=role(TABLE))
    scene.refuse("rollback", Place(old.files | {"root-2.json": second.data}))


def test_an_older_root_is_refused(scene):
    """A file named root-2.json that holds root 1."""
    scene.take_in()
    root = root_of(after=scene.root.statement)
    place = scene.place()
    scene.publish(3, roots=(root,))
    place = scene.place(**{"root-2.json": scene.root.data})
    assert "expected root 2, found root 1" in scene.refuse("rollback", place)


def test_another_release_of_the_same_version_is_refused(scene):
    """Even if the right key signed both: one of them was not meant."""
    scene.take_in()
    other = forged(scene, DESK, expires=NOW + YEAR)
    scene.refuse("conflict", scene.place(**{RELEASE_NAME: other}))


# --- freeze ---


def test_a_place_that_offers_the_same_for_ever_is_noticed_when_it_expires(scene):
    """And the last good release stays, to work on."""
    scene.take_in()
    scene.refuse("freeze", now=NOW + MONTH)
    held = scene.folder.read()
    assert (held.release.version, len(held.directory())) == (1, 4)


def test_a_release_that_has_expired_is_not_taken_in(scene):
    """By somebody who never saw it either."""
    assert "expired on 2026-04-01T02:00:00Z" in scene.refuse("expired", now=NOW + MONTH)


def test_a_root_that_has_expired_lets_nothing_in_but_its_successor(scene):
    """The next root is let in by signatures, whatever the day."""
    scene.publish(4, valid=2 * YEAR)
    assert "root-1.json" in scene.refuse("expired", now=NOW + YEAR)
    later = root_of(after=scene.root.statement, expires=NOW + 2 * YEAR)
    scene.publish(4, now=NOW + YEAR, roots=(later,))
    assert scene.take_in(now=NOW + YEAR).release.root == 2


def test_a_clock_set_back_does_not_make_an_old_release_fresh(scene):
    """A machine whose time is before the release it has cannot judge what has expired."""
    scene.publish(3, now=NOW + timedelta(days=20))
    scene.take_in(now=NOW + timedelta(days=20))
    assert "the time of this machine" in scene.refuse("clock", now=NOW)


def test_a_release_from_the_future_is_refused(scene):
    """A few minutes are no future: clocks differ."""
    scene.publish(3, now=NOW + timedelta(minutes=4))
    assert scene.take_in().release.version == 2
    scene.publish(3, now=NOW + timedelta(minutes=6))
    scene.refuse("clock")


# --- mix and match ---


def test_the_directory_of_another_release_is_refused(scene):
    """Under its own name or under that of the new one."""
    old = scene.place().files
    scene.publish(4)
    swapped = scene.place(**{"directory-2.toml": old["directory-1.toml"]})
    scene.refuse("length", swapped)
    lacking = scene.place()
    del lacking.files["directory-2.toml"]
    assert "expected directory-2.toml beside it" in scene.refuse("mixed", lacking)


def test_a_directory_of_the_right_length_and_other_bytes_is_refused(scene):
    """The digest is what the release names."""
    data = scene.place().files["directory-1.toml"].replace("Xã 1".encode(), "Xã 9".encode())
    scene.refuse("digest", scene.place(**{"directory-1.toml": data}))


@pytest.mark.parametrize("damage", ["gone", "other", "cut", "long", "binary"])
def test_a_bad_delta_is_no_harm(scene, damage):
    """The whole directory is fetched instead."""
    scene.take_in()
    scene.publish(4)
    place = scene.place()
    data = place.files.pop("delta-1-2.diff")
    bad = {
        "other": data.replace(b"+ ", b"- "),
        "cut": data[:-9],
        "long": data + data,
        "binary": bytes(len(data)),
    }
    if damage != "gone":
        place.files["delta-1-2.diff"] = bad[damage]
    update = scene.take_in(place)
    assert (update.release.version, update.by_delta) == (2, False)
    assert len(scene.folder.read().directory()) == 5


def test_a_release_without_its_root_is_refused(scene):
    """Files of two moments do not go together."""
    scene.take_in()
    scene.publish(4, roots=(root_of(after=scene.root.statement),))
    place = scene.place()
    del place.files["root-2.json"]
    assert "expected a release under root 1" in scene.refuse("mixed", place)


def test_a_root_may_not_be_left_out(scene):
    """Root 3 does not follow root 1, though the same people signed it."""
    second = root_of(after=scene.root.statement)
    third = root_of(after=second.statement)
    scene.take_in()
    scene.publish(4, roots=(second, third))
    place = scene.place(**{"root-2.json": third.data})
    assert "expected root 2, found root 3" in scene.refuse("mixed", place)


# --- keys ---


def test_a_release_by_a_stranger_is_refused(scene):
    """Nothing that is signed by a key of nobody counts."""
    scene.refuse("threshold", scene.place(**{RELEASE_NAME: forged(scene, THIEF, version=2)}))


def test_a_changed_release_is_refused(scene):
    """The signature of the right key does not hold any more."""
    data = scene.place().files[RELEASE_NAME].replace(b'"version": 1', b'"version": 7')
    scene.refuse("signature", scene.place(**{RELEASE_NAME: data}))


def test_one_thief_of_two_keys_gets_nowhere(tmp_path):
    """Where two of them have to sign; nor with two signatures by the stolen one."""
    scene = Scene(tmp_path, root=root_of(release=role(DESK, TABLE, threshold=2)))
    scene.publish(3, by=(DESK, TABLE))
    scene.take_in()
    alone = forged(scene, DESK, version=2)
    scene.refuse("threshold", scene.place(**{RELEASE_NAME: alone}))
    signed = read_release(alone)
    twice = replace(signed, signatures=signed.signatures * 2)
    scene.refuse("threshold", scene.place(**{RELEASE_NAME: twice.data}))


def test_one_key_under_two_names_counts_once(tmp_path):
    """In another encoding it has another id, and is no key that counts."""
    key = DESK.key.octets
    longer = bytes([key[0], 0x81, key[1]]) + key[2:]  # BER: the length in the long form
    alias = PublicKey(holder="desk again", octets=longer)
    both = replace(role(DESK), keys=(DESK.key, alias), threshold=2)
    scene = Scene(tmp_path, root=root_of(release=both))
    release = Release(
        root=1,
        version=1,
        published=NOW,
        expires=NOW + MONTH,
        directory=Content(sha256="0" * 64, size=1),
    )
    hands = [DESK.hand, replace(DESK.hand, key=alias.id)]
    made = Signed(statement=release).with_signature(hands[0]).with_signature(hands[1])
    scene.refuse("signature", Place({RELEASE_NAME: made.data}))


def test_a_revoked_key_counts_no_more(scene):
    """What it signs is refused by that name, before and after its successor signs."""
    scene.take_in()
    second = root_of(after=scene.root.statement, release=role(TABLE))
    scene.publish(4, by=(TABLE,), roots=(second,))
    stolen = forged(scene, DESK, version=9)
    scene.refuse("key-revoked", scene.place(**{RELEASE_NAME: stolen}))
    with pytest.raises(SnapshotRefused) as refusal:
        scene.folder.read()
    assert refusal.value.code == "snapshot.key-revoked"
    assert scene.take_in().release.version == 2
    scene.refuse("key-revoked", scene.place(**{RELEASE_NAME: stolen}))


def test_a_root_keeps_what_it_revokes_though_the_release_is_refused(scene):
    """The place may hold back the release, and not undo the revocation."""
    scene.take_in()
    second = root_of(after=scene.root.statement, release=role(TABLE))
    scene.publish(4, by=(TABLE,), roots=(second,))
    scene.refuse("key-revoked", scene.place(**{RELEASE_NAME: forged(scene, DESK, version=9)}))
    assert scene.folder.trusted().root.version == 2


class CutOff(Place):
    """A place that is left while a directory is fetched, as by a node that is killed."""

    def fetch(self, name, max_bytes):
        """Everything else arrives."""
        if name.startswith("directory-"):
            raise KeyboardInterrupt
        return super().fetch(name, max_bytes)


def test_what_a_root_revokes_is_revoked_before_the_directory_is_here(scene):
    """Killed in the midst of the errand, nobody falls for the stolen key afterwards."""
    scene.take_in()
    stolen = scene.place(**{RELEASE_NAME: forged(scene, DESK, version=9)})
    second = root_of(after=scene.root.statement, release=role(TABLE))
    scene.publish(4, by=(TABLE,), roots=(second,))
    with pytest.raises(KeyboardInterrupt):
        scene.take_in(CutOff({**scene.place().files, "delta-1-2.diff": b""}))
    stolen.files.pop("root-2.json", None)
    scene.refuse("rollback", stolen)
    assert scene.take_in().release.version == 2


def test_only_names_that_are_written_here_are_roots(scene):
    """Other digits, a leading zero, or a copy beside it: the folder stays as good as it was."""
    scene.take_in()
    for name in ("root-\u0662.json", "root-01.json", "root-2 (copy).json", "root-.json"):
        (scene.folder.path / name).write_bytes(b"x")
        (scene.publication.path / name).write_bytes(b"x")
    assert scene.folder.read().release.version == 1
    scene.publish(4)
    assert scene.take_in().release.version == 2


def test_after_a_stolen_key_the_next_root_leaves_its_version_behind(scene):
    """The thief published the highest version there is; no machine has to be visited."""
    thiefs = scene.place(**{RELEASE_NAME: forged(scene, DESK, version=2**53)})
    thiefs.files["directory-9007199254740992.toml"] = thiefs.files["directory-1.toml"]
    assert scene.take_in(thiefs).release.version == 2**53
    scene.publish(4)
    scene.refuse("rollback")
    second = root_of(after=scene.root.statement, release=role(TABLE))
    scene.publish(5, by=(TABLE,), roots=(second,))
    assert scene.take_in().release.order == (2, 3)
    assert len(scene.folder.read().directory()) == 6
    scene.refuse("rollback", thiefs)


def test_keys_of_the_root_change_by_the_old_and_the_new(scene):
    """Signatures by the new alone, or by the old alone, do not do."""
    scene.take_in()
    new = role(TABLE, THIEF, threshold=2)
    roots = {
        by: root_of(after=scene.root.statement, root=new, by=by)
        for by in [(TABLE, THIEF), (ANNA, BINH), (ANNA, TABLE), (ANNA, BINH, TABLE, THIEF)]
    }
    *bad, good = roots.values()
    scene.publish(4, roots=(good,))
    for root in bad:
        scene.refuse("threshold", scene.place(**{"root-2.json": root.data}))
    assert scene.take_in().release.root == 2
    third = root_of(after=good.statement, by=(ANNA, BINH, CHI))
    with pytest.raises(SnapshotRefused) as refusal:
        scene.folder.trusted().with_root(third.data)
    assert refusal.value.code == "snapshot.key-revoked"


def test_a_first_root_must_fulfil_its_own_threshold():
    """It was given by hand, and may have been cut out of something else."""
    lonely = root_of(by=(CHI,))
    with pytest.raises(SnapshotRefused) as refusal:
        Trusted.begin(lonely.data, vouched)
    assert refusal.value.code == "snapshot.threshold"


def test_nothing_is_trusted_without_a_root(scene, tmp_path):
    """Nobody trusts whatever comes first."""
    folder = SnapshotFolder(tmp_path / "new", vouched)
    with pytest.raises(SnapshotRefused) as refusal:
        take_in(folder, scene.place(), now=NOW)
    assert refusal.value.code == "snapshot.root"


def test_another_root_than_the_one_kept_is_refused(scene):
    """A root given later does not quietly mean nothing."""
    scene.take_in()
    scene.root = root_of(expires=NOW + 2 * YEAR)
    with pytest.raises(SnapshotRefused) as refusal:
        scene.take_in()
    assert refusal.value.code == "snapshot.root"


# --- bytes ---


def test_endless_data_is_not_read(scene):
    """No more than the signed size, or the largest size of a root or release, is taken."""
    scene.refuse("too-large", scene.place(**{RELEASE_NAME: b" " * 10**6}))
    whole = scene.place().files["directory-1.toml"]
    scene.refuse("too-large", scene.place(**{"directory-1.toml": whole + b"\n" * 10**6}))
    huge = forged(scene, DESK, version=2, directory=Content(sha256="0" * 64, size=2**40))
    scene.refuse("too-large", scene.place(**{RELEASE_NAME: huge}))


def test_a_directory_that_was_cut_short_is_refused(scene):
    """Also at the end of an agency."""
    whole = scene.place().files["directory-1.toml"]
    scene.refuse("length", scene.place(**{"directory-1.toml": whole[:-20]}))


def test_a_signed_directory_that_cannot_be_used_does_not_replace_one_that_can(scene):
    """A publisher's mistake stops nobody."""
    scene.take_in()
    text = b"[[agency]]\ncode = 1\n"
    broken = forged(scene, DESK, version=2, directory=content_of(text), deltas=())
    place = scene.place(**{RELEASE_NAME: broken, "directory-2.toml": text})
    scene.refuse("directory", place)
    assert len(scene.folder.read().directory()) == 4


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"signatures": [], "signed": {"type": "root"}}',
        b'{"signed": {"format": 2, "type": "release"}, "signatures": []}',
        b'{"signed": 7, "signatures": []}',
        b'{"signed": {"format": true, "type": "release"}, "signatures": []}',
    ],
)
def test_what_is_no_release_is_refused_for_its_form(scene, data):
    """Whatever it is."""
    scene.refuse("form", scene.place(**{RELEASE_NAME: data}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"version": 1', b'"version": 1.0'),
        (b'"version": 1', b'"version": 01'),
        (b'"version": 1', b'"version": 0'),
        (b'"version": 1', b'"version": -1'),
        (b'"version": 1', b'"version": 9007199254740993'),
        (b'"version": 1', b'"version": 1, "version": 1'),
        (b'"version": 1', b'"version": 1, "zone": 1'),
        (b'"version": 1', b'"vers\\u0069on": 1'),
        (b'"published"', b'"unpublished"'),
        (b'"deltas": []', b'"deltas": {}'),
        (b"02:00:00Z", b"02:00:00+00:00"),
        (b'"signatures"', b'\n"signatures"'),
        (b'"type": "release"', b'"type": "rel\\nease"'),
        (b'"value": "', b'"value": "!'),
    ],
)
def test_a_release_in_any_other_form_is_refused(scene, before, after):
    """Also where it would say the same: one statement has one file."""
    data = scene.place().files[RELEASE_NAME]
    assert before in data
    scene.refuse("form", scene.place(**{RELEASE_NAME: data.replace(before, after, 1)}))


# --- the folder ---


def test_two_updates_at_once_do_not_mix(scene):
    """The second is told to wait."""
    with scene.folder.alone():
        scene.refuse("busy")
    assert scene.take_in().changed


def test_a_directory_that_was_damaged_here_is_noticed_and_fetched_again(scene):
    """What is kept is checked like what comes."""
    scene.take_in()
    path = scene.folder.read().path
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SnapshotRefused) as refusal:
        scene.folder.read()
    assert refusal.value.code == "snapshot.damaged"
    assert scene.take_in().changed
    assert len(scene.folder.read().directory()) == 4
    path.unlink()
    with pytest.raises(SnapshotRefused):
        scene.folder.read()


def test_nothing_was_taken_in_yet(scene):
    """The folder says so, and what to do."""
    scene.folder.path.mkdir()
    (scene.folder.path / "root-1.json").write_bytes(scene.root.data)
    with pytest.raises(SnapshotRefused) as refusal:
        scene.folder.read()
    assert refusal.value.code == "snapshot.none"


def test_the_stamp_changes_with_every_release(scene):
    """So that a node notices what another process took in."""
    stamps = [scene.folder.stamp()]
    scene.take_in()
    stamps.append(scene.folder.stamp())
    scene.publish(4)
    scene.take_in()
    stamps.append(scene.folder.stamp())
    assert len(set(stamps)) == 3
