"""A publisher writes nothing that whoever has the release before would refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from snapshot_help import DESK, MONTH, NOW, TABLE, THIEF, YEAR, Scene, agencies, role, root_of

from docexchange.directory.snapshots import Publication
from docexchange.directory.snapshots.publishing import DELTAS
from docexchange.errors import SnapshotRefused
from docexchange.signing.octets import vouched


@pytest.fixture
def scene(tmp_path):
    """A publisher with one release."""
    made = Scene(tmp_path)
    made.publish(3)
    return made


def files(scene):
    """What is published."""
    return scene.place().files


def refuse(scene, code, **options):
    """Insist on a refusal after which the publication is as before."""
    before = files(scene)
    with pytest.raises(SnapshotRefused) as refusal:
        scene.publish(4, **options)
    assert refusal.value.code == f"snapshot.{code}"
    assert files(scene) == before


def test_the_same_directory_is_the_same_files(tmp_path):
    """Two publishers with the same keys at the same time differ in nothing."""
    first, second = Scene(tmp_path / "a"), Scene(tmp_path / "b")
    for scene in (first, second):
        scene.publish(3)
        scene.publish(5, now=NOW + timedelta(hours=1))
    assert files(first) == files(second)


def test_versions_count_up_and_deltas_lead_from_the_latest(scene):
    """From so many earlier releases, and only where they are shorter than the whole."""
    for count in range(4, 16):
        release = scene.publish(count)
    assert release.version == 13
    assert [delta.version for delta in release.deltas] == list(range(13 - DELTAS, 13))
    sizes = [delta.content.size for delta in release.deltas]
    assert all(size < release.directory.size for size in sizes)
    assert len([name for name in files(scene) if name.startswith("directory-")]) == DELTAS + 1


def test_a_key_that_may_not_sign_publishes_nothing(scene):
    """A stranger's, or one that was revoked."""
    refuse(scene, "threshold", by=(THIEF,))
    refuse(scene, "threshold", by=())
    second = root_of(after=scene.root.statement, release=role(TABLE))
    refuse(scene, "key-revoked", by=(DESK,), roots=(second,))


def test_a_version_that_is_no_more_than_the_last_is_refused(scene):
    """Nobody would take it in."""
    scene.publish(4)
    refuse(scene, "rollback", version=1)
    refuse(scene, "conflict", version=2, now=NOW + timedelta(hours=1))
    assert scene.publish(4, version=7).version == 7


def test_an_expired_root_publishes_nothing(scene):
    """Before anybody notices that the release is refused everywhere."""
    refuse(scene, "expired", now=NOW + YEAR)


def test_a_root_without_its_signatures_publishes_nothing(scene):
    """It would stop everybody who fetches it."""
    refuse(scene, "threshold", roots=(root_of(after=scene.root.statement, by=()),))


def test_a_directory_that_contradicts_itself_is_not_published(scene):
    """Here it is found by the one who can mend it."""
    twice = [*agencies(2), *agencies(2, name="Phường")]
    with pytest.raises(SnapshotRefused) as refusal:
        scene.publication.publish(twice, [DESK.hand], now=NOW, valid=MONTH)
    assert refusal.value.code == "snapshot.directory"


def test_nothing_is_published_without_a_root(tmp_path):
    """Nobody could check it."""
    with pytest.raises(SnapshotRefused) as refusal:
        Publication(tmp_path, vouched).publish(agencies(2), [DESK.hand], now=NOW, valid=MONTH)
    assert refusal.value.code == "snapshot.root"
