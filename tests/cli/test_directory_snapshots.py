"""``docexchange directory keys | publish | update | age``: from keys to a directory taken in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from snapshot_help import DESK, YEAR, agencies, role, root_of

from docexchange.clock import SystemClock
from docexchange.directory import write_toml
from docexchange.directory.snapshots import Publication
from docexchange.signing.octets import vouched

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli, Ran

    from docexchange.testing import DemoPki


class Office:
    """A folder with keys, in which commands are run."""

    def __init__(self, cli: Cli, folder: Path, pki: DemoPki) -> None:
        self.cli, self.folder = cli, folder
        pki.write(folder / "pki", "demo")
        self.secret = ("--password-file", folder / "pki" / "password.txt")
        self.list(3)

    def list(self, count: int) -> None:
        """Write a directory with so many communes."""
        (self.folder / "directory.toml").write_text(write_toml(agencies(count)), encoding="utf-8")

    def file(self, agency: str, role: str = "leader", suffix: str = "pem") -> Path:
        """A certificate or a key."""
        return self.folder / "pki" / "agencies" / agency / f"{role}.{suffix}"

    def __call__(self, *arguments: object) -> Ran:
        """Run a command of ``directory``."""
        return self.cli("directory", *arguments)

    def key(self, agency: str, role: str = "leader") -> tuple[object, ...]:
        """The options to sign with a key."""
        return ("--key", f"pkcs12:{self.file(agency, role, 'p12')}", *self.secret)

    def sign(self, root: str, *agencies_: str) -> Ran:
        """Have leaders sign a root."""
        for agency in agencies_:
            ran = self("keys", "sign", root, *self.key(agency))
        return ran

    def publish(self, *options: object, by: str = "central") -> Ran:
        """Publish with the key of an agency."""
        return self("publish", "public", *self.key(by, "agency"), *options)


@pytest.fixture
def office(cli: Cli, tmp_path: Path, pki: DemoPki, monkeypatch: pytest.MonkeyPatch) -> Office:
    """With a root that two of three leaders signed."""
    monkeypatch.chdir(tmp_path)
    made = Office(cli, tmp_path, pki)
    leaders = [
        option
        for name in ("central", "province", "district")
        for option in ("--root", made.file(name))
    ]
    ran = made("keys", "init", *leaders, "--release", made.file("central", "agency"))
    assert ran.code == 0, ran.err
    made.sign("root-1.json", "central", "province")
    return made


def id_of(office: Office, root: str) -> str:
    """The id of the key that signs releases."""
    answer = office("keys", "show", root, "--json").answer("directory-keys-show")
    return str(answer["release"]["keys"][0]["id"])


def test_from_keys_to_a_directory_taken_in(office: Office) -> None:
    """Each command says what it did, in JSON by its schema."""
    shown = office("keys", "show", "root-1.json", "--json").answer("directory-keys-show")
    assert (shown["version"], shown["root"]["threshold"], len(shown["signed_by"])) == (1, 2, 2)
    published = office.publish("--root", "root-1.json", "--json").answer("directory-publish")
    assert (published["version"], published["entries"]) == (1, 4)
    taken = office("update", "public", "--root", "root-1.json", "--json").answer("directory-update")
    assert (taken["changed"], taken["version"], taken["days_old"]) == (True, 1, 0)
    age = office("age", "--json").answer("directory-age")
    assert (age["version"], age["expired"]) == (1, False)
    office.list(4)
    office.publish()
    assert office("update", "public").out.startswith("release 2: taken in by delta\n")
    assert office("update", "public").out.startswith("release 2: nothing newer\n")


def test_a_key_is_revoked(office: Office) -> None:
    """By the next root; what it signs is refused from then on, here and there."""
    office.publish("--root", "root-1.json")
    office("update", "public", "--root", "root-1.json")
    revoked = id_of(office, "root-1.json")
    ran = office(
        "keys",
        "rotate",
        "root-1.json",
        *("--revoke", revoked[:12]),
        *("--add-release", office.file("province", "agency")),
        "--json",
    )
    made = ran.answer("directory-keys-rotate")
    assert (made["version"], made["signed_by"]) == (2, [])
    office.sign("root-2.json", "central", "district")
    office.publish("--root", "root-2.json").refused(1, "snapshot.key-revoked")
    ran = office.publish("--root", "root-2.json", by="province")
    assert "release 2, under root 2" in ran.out
    assert office("update", "public").code == 0
    assert "under root 2" in office("age").out


def test_an_old_publication_is_refused_in_both_languages(office: Office, cli: Cli) -> None:
    """Exit code 1, one line with what to do; and the last good directory stays."""
    import shutil

    office.publish("--root", "root-1.json")
    shutil.copytree("public", "old")
    office.publish()
    office("update", "public", "--root", "root-1.json")
    office("update", "old").refused(1, "snapshot.rollback")
    ran = cli("--lang", "vi", "directory", "update", "old")
    assert "cần bản phát hành 2 hoặc mới hơn, nhưng gặp bản phát hành 1" in ran.err
    assert "lấy từ nơi khác" in ran.err
    assert office("age").code == 0


def test_an_expired_directory_is_told(office: Office) -> None:
    """By the exit code, and in words."""
    then = SystemClock().now() - timedelta(days=40)
    root = root_of(release=role(DESK), expires=then + YEAR)
    publication = Publication(office.folder / "public", vouched)
    publication.publish(
        agencies(2), [DESK.hand], now=then, valid=timedelta(days=39, hours=23), roots=[root.data]
    )
    from docexchange.directory.snapshots import SnapshotFolder, take_in
    from docexchange.transport import published_files

    files = published_files("public", base=office.folder, clock=SystemClock())
    folder = SnapshotFolder(office.folder / "snapshot", vouched)
    take_in(folder, files, now=then, root=root.data)
    ran = office("age")
    assert (ran.code, "(40 days old)" in ran.out, "expired: " in ran.out) == (1, True, True)
    assert office("age", "--json").answer("directory-age")["expired"]
    office("update", "public").refused(1, "snapshot.freeze")


def test_a_node_folder_says_where_from(office: Office, cli: Cli) -> None:
    """``update`` and ``age`` without options do what node.toml says, and so do show and check."""
    office.publish("--root", "root-1.json")
    (office.folder / "node.toml").write_text(
        'agency = "000.00.01.H53"\n[key]\nuri = "file:key.pem"\n[trust]\npaths = []\n'
        '[snapshot]\nroot = "root-1.json"\nfrom = "public"\nfolder = "kept"\n',
        encoding="utf-8",
    )
    office("check").refused(1, "snapshot.root")
    assert office("update").code == 0
    assert (office.folder / "kept" / "release.json").exists()
    assert office("age").code == 0
    assert office("check").code == 0
    assert "Xã 1" in cli("directory", "show", "000.00.01.H53").out


def test_nothing_is_taken_in_without_a_root_or_a_place(office: Office) -> None:
    """Each is asked for by name."""
    office.publish("--root", "root-1.json")
    office("update").refused(2, "usage.snapshot")
    office("update", "public").refused(1, "snapshot.root")
    office("age").refused(1, "snapshot.root")
    office("update", "nowhere", "--root", "root-1.json").refused(4, "input.not-found")


def test_an_address_of_ones_own_network_is_asked_when_it_is_allowed(office: Office) -> None:
    """The place is not trusted, and still not everything may be asked."""
    from docexchange.testing import Loopback, Page

    office.publish("--root", "root-1.json")
    with Loopback() as server:
        for path in (office.folder / "public").iterdir():
            server.pages[f"/public/{path.name}"] = Page(path.read_bytes())
        url = server.url("/public/")
        first = ("update", url, "--root", "root-1.json")
        office(*first).refused(2, "snapshot.unreachable")
        ran = office(*first, "--allow-network", "127.0.0.0/8", "--allow-network", "::1/128")
    assert ran.code == 0, ran.err


@pytest.mark.parametrize("text", ["0", "0123456789abcdef", "zz"])
def test_a_key_that_is_not_there_cannot_be_revoked(office: Office, text: str) -> None:
    """Nor one of which too little is said to be sure."""
    office("keys", "rotate", "root-1.json", "--revoke", text).refused(2, "snapshot.key")


def test_a_root_that_lacks_keys_is_not_made(office: Office) -> None:
    """More signatures than keys, the same key twice, a key instead of a certificate."""
    release = ("--release", office.file("central", "agency"))
    one = ("--root", office.file("central"), *release, "-o", "other.json")
    office("keys", "init", *one, "--root-threshold", "2").refused(1, "snapshot.keys")
    office("keys", "init", *one, "--root", office.file("central")).refused(1, "snapshot.keys")
    key = office.file("central", "leader", "key.pem")
    office("keys", "init", *one, "--root", key).refused(2, "key.unreadable")
    revoked = id_of(office, "root-1.json")
    office("keys", "rotate", "root-1.json", "--revoke", revoked).refused(1, "snapshot.keys")


def test_a_root_that_is_there_is_not_overwritten(office: Office) -> None:
    """But for signatures that are added, by the same hand only once."""
    leader = ("--root", office.file("central"), "--release", office.file("central"))
    office("keys", "init", *leader).refused(2, "output.exists")
    before = (office.folder / "root-1.json").read_bytes()
    office.sign("root-1.json", "central")
    after = json.loads((office.folder / "root-1.json").read_bytes())
    assert len(after["signatures"]) == len(json.loads(before)["signatures"]) == 2
    ran = office("keys", "sign", "root-1.json", *office.key("commune"), "--json")
    answer = ran.answer("directory-keys-sign")
    assert len(answer["other_signatures"]) == 1
