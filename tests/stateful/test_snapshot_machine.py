"""A publisher, a thief and whoever stands on the way, against one who takes snapshots in.

Whatever mixture of files of any time is offered, the version that is trusted never goes down, and
nothing is trusted that keys in force did not sign.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from snapshot_help import DESK, NOW, Person, Place, Scene, role, root_of, signed_by

from docexchange.directory.snapshots import RELEASE_NAME, Signed
from docexchange.directory.snapshots.making import content_of
from docexchange.directory.snapshots.release import Release, read_release
from docexchange.errors import InputNotFound, SnapshotRefused

EVIL = b'[[agency]]\ncode = "000.00.00.G99"\nname = "Evil"\ntier = 1\n'


class Snapshots(RuleBasedStateMachine):
    """Anybody may offer anything; ``client`` believes only what it should."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="snapshots-"))
        self.scene = Scene(self.folder)
        self.roots = [self.scene.root]
        self.clerk, self.stolen = DESK, set()
        self.now = NOW
        self.count = 0
        self.seen: dict[str, set[bytes]] = {}
        self.places: list[dict[str, bytes]] = []
        self.forged: dict[bytes, Person] = {}
        self.order = (0, 0)
        self.publish()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def note(self) -> None:
        """Whoever stands on the way keeps all that was ever published."""
        self.places.append(self.scene.place().files)
        for name, data in self.places[-1].items():
            self.seen.setdefault(name, set()).add(data)

    @rule()
    def publish(self) -> None:
        """A release with one commune more."""
        self.count += 1
        self.scene.publish(
            self.count % 5 + 1, by=(self.clerk,), now=self.now, roots=tuple(self.roots)
        )
        self.note()

    @rule()
    def rotate(self) -> None:
        """The key of releases is another; the one before is revoked."""
        self.clerk = Person(f"clerk {len(self.roots)}")
        self.roots.append(root_of(after=self.roots[-1].statement, release=role(self.clerk)))
        self.publish()

    @rule()
    def steal(self) -> None:
        """The thief has the key of now."""
        self.stolen.add(self.clerk)

    @precondition(lambda self: self.stolen)
    @rule(data=st.data(), ahead=st.integers(0, 3), root=st.integers(1, 4))
    def forge(self, data, ahead, root) -> None:
        """A release by a stolen key, of any version, under any root."""
        thief = data.draw(st.sampled_from(sorted(self.stolen, key=lambda person: person.name)))
        version = self.scene.publication.last().statement.version + ahead
        release = Release(
            root=root,
            version=version,
            published=self.now,
            expires=self.now + timedelta(days=300),
            directory=content_of(EVIL),
        )
        forged = signed_by(Signed(statement=release), thief).data
        self.forged[forged] = thief
        self.seen.setdefault(RELEASE_NAME, set()).add(forged)
        self.seen.setdefault(release.directory_name, set()).add(EVIL)

    @rule(days=st.integers(1, 20))
    def wait(self, days) -> None:
        """Time passes."""
        self.now += timedelta(days=days)

    @rule(data=st.data())
    def take_in(self, data) -> None:
        """From a place with any mixture of what was ever there, or without some of it."""
        files = {}
        for name, versions in sorted(self.seen.items()):
            one = data.draw(st.sampled_from([*sorted(versions), None]), label=name)
            if one is not None:
                files[name] = one
        self.offer(Place(files))

    @rule(data=st.data(), newest_roots=st.booleans())
    def take_in_as_it_was(self, data, newest_roots) -> None:
        """Everything as it was published once, with all roots that there are by now or without."""
        files = dict(data.draw(st.sampled_from(self.places)))
        roots = {name: data for name, data in self.places[-1].items() if name.startswith("root-")}
        self.offer(Place(files | roots if newest_roots else files))

    @precondition(lambda self: self.forged)
    @rule(data=st.data())
    def take_in_from_the_thief(self, data) -> None:
        """What he made, beside all roots that he cannot do without."""
        forged = data.draw(st.sampled_from(sorted(self.forged)))
        name = read_release(forged).statement.directory_name
        self.offer(Place(self.places[-1] | {RELEASE_NAME: forged, name: EVIL}))

    @rule()
    def take_in_from_the_publisher(self) -> None:
        """As it is now."""
        self.offer(self.scene.place())

    def offer(self, place: Place) -> None:
        """Have the client take in."""
        try:
            update = self.scene.take_in(place, now=self.now)
        except (SnapshotRefused, InputNotFound):
            return
        assert update.release.expires > self.now

    @invariant()
    def never_goes_back(self) -> None:
        """Neither the release nor its root."""
        trusted = self.scene.folder.trusted(self.scene.root.data)
        if trusted.release is None:
            return
        order = trusted.release.statement.order
        assert order >= self.order
        self.order = order

    @invariant()
    def believes_keys_in_force_alone(self) -> None:
        """What can be read was published, or forged with a key that nobody revoked there."""
        try:
            held = self.scene.folder.read()
        except SnapshotRefused as refusal:
            assert refusal.code in {  # noqa: PT017
                "snapshot.root",
                "snapshot.none",
                "snapshot.key-revoked",
            }
            return
        by = self.forged.get(held.trusted.release.data)
        if by is None:
            assert held.trusted.release.data in self.seen[RELEASE_NAME]
            assert held.text.encode() in self.seen[held.release.directory_name]
        else:
            assert held.trusted.root.release.find(by.key.id)


TestSnapshots = Snapshots.TestCase
TestSnapshots.settings = settings(max_examples=12, stateful_step_count=18, deadline=None)
