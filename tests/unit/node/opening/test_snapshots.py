"""A node that works by a published directory: takes it in, goes on by it, says how old it is."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from exchange_help import COMMUNE, DISTRICT, PROVINCE, letter
from snapshot_help import DESK, MONTH, TABLE, role, root_of

from docexchange.directory import read_entries
from docexchange.directory.snapshots import Publication
from docexchange.errors import (
    ConfigurationError,
    InputNotFound,
    SnapshotRefused,
)
from docexchange.instrumentation import EventName
from docexchange.node import (
    Node,
    State,
    directory_file,
    directory_of,
    examine,
    read_config,
    update,
)
from docexchange.node.opening.opening import open_verifier
from docexchange.signing.certificates import signatory
from docexchange.signing.octets import vouched


class Site:
    """A publisher, and the commune's node that follows it."""

    def __init__(self, folder, public, clock, *, source="../public"):
        self.folder, self.clock, self.events = folder, clock, []
        self.root = root_of()
        self.publication = Publication(public, vouched)
        path = folder / "node.toml"
        text = path.read_text(encoding="utf-8")
        place = re.search(r'^directory = "([^"]*)".*\n', text, re.MULTILINE)
        self.entries = read_entries(folder / place[1])
        snapshot = f'\n[snapshot]\nroot = "root-1.json"\nfrom = "{source}"\nevery_seconds = 60\n'
        path.write_text(text.replace(place[0], "") + snapshot, encoding="utf-8")
        (folder / "root-1.json").write_bytes(self.root.data)

    def publish(self, by=DESK, roots=(), **changes):
        """A release; some agencies with other fields, by code."""
        entries = [replace(entry, **changes.get(str(entry.organ_id), {})) for entry in self.entries]
        return self.publication.publish(
            entries,
            [by.hand],
            now=self.clock.now(),
            valid=MONTH,
            roots=[signed.data for signed in (self.root, *roots)],
        )

    def open(self):
        """The node."""
        return Node.from_config(self.folder, clock=self.clock, hooks=[self.events.append])

    def told(self, name):
        """What was told under a name; then forgotten."""
        found = [event.fields for event in self.events if event.name is name]
        self.events.clear()
        return found

    def symptom(self):
        """What the doctor says of the snapshot."""
        found = examine(read_config(self.folder), self.clock, with_peers=False)
        return next(item for item in found if item.name == "snapshot")


@pytest.fixture
def site(folders, clock):
    """With one release."""
    made = Site(folders["commune"], folders["commune"].parent / "public", clock)
    made.publish()
    return made


def test_a_node_begins_by_taking_in_what_is_published(site):
    """And works by it: who it is, whose certificates are whose, where letters go."""
    with site.open() as node:
        assert node.agency == COMMUNE
        assert len(node.point.directory) == len(site.entries)
        assert node.send(letter()).message_id
    config = read_config(site.folder)
    assert directory_file(config).parent == site.folder / "snapshot"
    assert len(directory_of(config)) == len(site.entries)
    open_verifier(config, site.clock)


def test_a_new_release_is_in_force_without_a_restart(site):
    """For routes, endpoints and the binding of certificates at the same moment."""
    with site.open() as node:
        node.run_once()
        site.clock.advance(timedelta(seconds=61))
        site.publish(**{str(DISTRICT): {"certificates": (), "endpoint": "folder:elsewhere"}})
        node.run_once()
        (told,) = site.told(EventName.DIRECTORY_UPDATED)
        assert (told["version"], told["days"]) == (2, 0)
        assert node.point.endpoint(DISTRICT) == "folder:elsewhere"
        seal = node.point.signer.key.certificate
        binding = node.point.verifier._binding
        assert binding(COMMUNE, signatory(seal), site.clock.now()) == ""
        site.clock.advance(timedelta(seconds=61))
        site.publish(**{str(COMMUNE): {"certificates": ()}})
        node.run_once()
        assert "does not list" in binding(COMMUNE, signatory(seal), site.clock.now())


def test_nothing_is_asked_before_it_is_time(site):
    """Once a minute, as the configuration says."""
    with site.open() as node:
        node.run_once()
        site.publish()
        node.run_once()
        assert site.told(EventName.DIRECTORY_UPDATED) == []
        site.clock.advance(timedelta(seconds=61))
        node.run_once()
        assert len(site.told(EventName.DIRECTORY_UPDATED)) == 1


def test_what_another_process_took_in_is_in_force_at_once(site):
    """``docexchange directory update``, from a disk that somebody brought."""
    with site.open() as node:
        node.run_once()
        site.publish(**{str(DISTRICT): {"endpoint": "folder:elsewhere"}})
        config = read_config(site.folder)
        assert update(config.snapshot, config.base, site.clock).changed
        node.run_once()
        assert node.point.endpoint(DISTRICT) == "folder:elsewhere"


def test_a_node_out_of_reach_goes_on_and_says_how_old_its_directory_is(site):
    """Past the end of the release too, with a warning once a day; also when it starts anew."""
    with site.open() as node:
        node.run_once()
        shutil.rmtree(site.publication.path)
        site.clock.advance(timedelta(days=24))
        node.run_once()
        (told,) = site.told(EventName.DIRECTORY_REFUSED)
        assert told["code"] == "input.not-found"
        assert site.symptom().state is State.WARNING
        assert "24 days old, good until 2026-04-01 09:00 +07:00" in site.symptom().found
        site.clock.advance(timedelta(days=10))
        node.run_once()
        (told,) = site.told(EventName.DIRECTORY_EXPIRED)
        assert (told["version"], told["days"]) == (1, 34)
        node.run_once()
        assert site.told(EventName.DIRECTORY_EXPIRED) == []
        assert node.point.directory.find(PROVINCE, site.clock.now().date())
    with site.open() as node:
        node.run_once()
        assert len(site.told(EventName.DIRECTORY_EXPIRED)) == 1
        assert node.point.directory.find(PROVINCE, site.clock.now().date())
    assert site.symptom().found == "release 1, 34 days old, expired 2026-04-01 09:00 +07:00"


def test_a_rollback_is_told_and_changes_nothing(site):
    """With the code of the refusal and what to do."""
    old = site.folder.parent / "old"
    shutil.copytree(site.publication.path, old)
    site.publish(**{str(DISTRICT): {"endpoint": "folder:elsewhere"}})
    with site.open() as node:
        node.run_once()
        shutil.rmtree(site.publication.path)
        shutil.copytree(old, site.publication.path)
        site.clock.advance(timedelta(seconds=61))
        node.run_once()
        (told,) = site.told(EventName.DIRECTORY_REFUSED)
        assert told["code"] == "snapshot.rollback"
        assert told["advice"]
        assert node.point.endpoint(DISTRICT) == "folder:elsewhere"


def test_a_directory_without_this_agency_does_not_stop_the_node(site):
    """It would turn everybody away; the one before stays in force, and that is told."""
    with site.open() as node:
        node.run_once()
        site.entries = tuple(entry for entry in site.entries if entry.organ_id != COMMUNE)
        site.publish()
        site.clock.advance(timedelta(seconds=61))
        node.run_once()
        (told,) = site.told(EventName.DIRECTORY_REFUSED)
        assert told["code"] == "directory.unknown-agency"
        assert node.point.directory.find(COMMUNE, site.clock.now().date())


def test_a_revoked_key_stops_a_node_that_starts_without_its_successor(site):
    """What a thief may have signed is not worked by; with the next release it starts."""
    with site.open() as node:
        node.run_once()
        second = root_of(after=site.root.statement, release=role(TABLE))
        site.publish(by=TABLE, roots=(second,))
        release = site.publication.path / "release.json"
        good = release.read_bytes()
        release.write_bytes(b"{}")
        site.clock.advance(timedelta(seconds=61))
        node.run_once()
        assert site.told(EventName.DIRECTORY_REFUSED)
        assert len(node.point.directory) == len(site.entries)
    assert site.symptom().state is State.BAD
    with pytest.raises(SnapshotRefused):
        site.open()
    release.write_bytes(good)
    with site.open() as node:
        assert node.agency == COMMUNE


def test_a_node_needs_something_to_begin_with(folders, clock):
    """No root, no place, nothing there: each is told."""
    site = Site(folders["commune"], folders["commune"].parent / "public", clock)
    with pytest.raises(InputNotFound):
        site.open()
    (site.folder / "root-1.json").unlink()
    with pytest.raises(InputNotFound, match=r"root-1\.json"):
        site.open()


def test_a_snapshot_that_is_brought_by_hand_needs_no_place(folders, clock):
    """Without ``from`` the node asks nobody; it begins with what the command took in."""
    site = Site(folders["commune"], folders["commune"].parent / "public", clock, source="")
    site.publish()
    with pytest.raises(SnapshotRefused) as refusal:
        site.open()
    assert refusal.value.code == "snapshot.root"
    config = read_config(site.folder)
    said = config.snapshot.model_copy(update={"source": str(site.publication.path)})
    update(said, config.base, clock)
    with site.open() as node:
        node.run_once()
    assert site.events == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[snapshot]", "x = 1\n[snapshot]", "x"),
        ('root = "root-1.json"', "", "snapshot.root: missing"),
        ("every_seconds = 60", "every_seconds = 0", "snapshot.every_seconds"),
        ("agency", 'directory = "directory.toml"\nagency', "beside \\[snapshot\\]"),
    ],
)
def test_faults_of_the_configuration_are_named(site, before, after, said):
    """Unknown keys, missing ones, and two directories where one is meant."""
    path = site.folder / "node.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        read_config(site.folder)
