"""``docexchange trust``: a folder of those whom one relies on, and ``verify --online``."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cli_help import leftovers, letter, sign
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import serialize_certificates
from network_help import apart

from docexchange.clock import SystemClock
from docexchange.envelope import Envelope
from docexchange.testing import Authority, Loopback, Page, Validity, subject_name

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli

DAY = timedelta(days=1)


def test_what_is_added_is_listed_sound_and_good_to_verify_with(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """From the files of an authority to a verified letter."""
    store = tmp_path / "store"
    files = sorted(desk.trust.iterdir())
    added = cli("trust", "add", *files, "--store", store)
    assert (added.code, added.err) == (0, "")
    root = desk.pki.root.credential
    assert root.sha256[:4] in added.out
    assert len(leftovers(store)) == 3
    listed = cli("trust", "list", "--store", store).out
    assert listed.startswith("Demo Root CA, docexchange: ")  # without the labels of their fields
    assert "ECDSA 256" in listed
    assert "days left" in listed
    sound = cli("trust", "check", "--store", store)
    assert (sound.code, sound.out) == (0, f"{store}: no findings\n")
    assert cli("verify", desk["signed"], "--trust", store).code == 0


def test_answers_in_json_keep_their_schemas(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """All three."""
    options = ("--store", tmp_path / "store", "--json")
    files = sorted(desk.trust.iterdir())
    added = cli("trust", "add", *files, *options).answer("trust-add")
    listed = cli("trust", "list", *options).answer("trust-list")
    assert sorted(map(repr, added["certificates"])) == sorted(map(repr, listed["certificates"]))
    assert listed["certificates"][0]["sha256"] == desk.pki.root.credential.sha256
    assert listed["certificates"][0]["days_left"] > 3000
    assert len(listed["lists"]) == 2
    assert cli("trust", "check", *options).answer("trust-check")["faults"] == []


def test_adding_twice_changes_nothing(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """A file is named by its fingerprint."""
    root = desk.trust / "root.pem"
    for _ in range(2):
        assert cli("trust", "add", root, "--store", tmp_path / "store").code == 0
    assert len(leftovers(tmp_path / "store")) == 1


def test_a_certificate_that_may_not_issue_others_is_refused(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """And with it everything else of the same command."""
    seal = desk.pki.agency("commune").certificate
    (tmp_path / "seal.pem").write_bytes(seal.public_bytes(Encoding.PEM))
    ran = cli(
        "trust", "add", desk.trust / "root.pem", tmp_path / "seal.pem", "--store", tmp_path / "s"
    )
    ran.refused(2, "trust.no-authority")
    assert leftovers(tmp_path) == ["seal.pem"]


def test_a_file_that_is_none_is_refused(cli: Cli, tmp_path: Path) -> None:
    """Missing, or something else."""
    (tmp_path / "x.pem").write_bytes(b"x")
    cli("trust", "add", tmp_path / "x.pem", "--store", tmp_path / "s").refused(
        2, "trust.unreadable"
    )
    cli("trust", "add", tmp_path / "y.pem", "--store", tmp_path / "s").refused(4, "input.not-found")


def test_a_store_that_cannot_be_written_is_a_usage_error(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """One line; the reason is the system's."""
    (tmp_path / "file").touch()
    store = tmp_path / "file" / "store"
    cli("trust", "add", desk.trust / "root.pem", "--store", store).refused(2, "output.not-writable")


def test_check_names_what_is_wrong(cli: Cli, tmp_path: Path) -> None:
    """Expired, with a list that is out of date, twice; the exit code is 1."""
    now = SystemClock().now()
    past = Validity(begin=now - 90 * DAY, end=now - DAY)
    root = Authority.root(subject_name("Old"), key="p256", validity=past, crl_uri="")
    old = root.crl({}, at=now - 60 * DAY)
    for name in ("a.pem", "b.pem"):
        (tmp_path / name).write_bytes(root.credential.certificate_pem)
    (tmp_path / "old.crl").write_bytes(old.public_bytes(Encoding.DER))
    answer = cli("trust", "check", "--store", tmp_path, "--json").answer("trust-check")
    codes = [fault["code"] for fault in answer["faults"]]
    assert codes == ["trust.expired", "trust.doubled"] * 2 + ["trust.list-out-of-date"]
    ran = cli("--lang", "vi", "trust", "check", "--store", tmp_path)
    assert ran.code == 1
    assert "chứng thư đã hết hạn" in ran.out
    assert "[trust.list-out-of-date]" in ran.out


def test_a_store_without_a_root_does_not_pass_its_check(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """A folder whose name is mistyped, or that has lists alone: nobody is trusted by it."""
    store = tmp_path / "none"
    assert cli("trust", "list", "--store", store).out == f"{store}: nothing is trusted yet\n"
    checked = cli("trust", "check", "--store", store)
    told = f"{store}: expected a root certificate, found none [trust.no-root]\n"
    assert (checked.code, checked.out.splitlines(keepends=True)[0]) == (1, told)
    assert not store.exists()
    cli("trust", "add", desk.trust / "root.crl.pem", "--store", store)
    checked = cli("trust", "check", "--store", store, "--json")
    assert checked.code == 1
    assert "trust.no-root" in {fault["code"] for fault in json.loads(checked.out)["faults"]}


def test_the_store_has_a_place_of_its_own(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the user's configuration folder, or where the environment says."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    cli("trust", "add", desk.trust / "root.pem")
    assert len(leftovers(tmp_path / "config" / "docexchange" / "trust")) == 1
    monkeypatch.setenv("DOCEXCHANGE_TRUST", str(tmp_path / "elsewhere"))
    assert "nothing is trusted yet" in cli("trust", "list").out


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ({"HOME": "/nowhere", "XDG_CONFIG_HOME": ""}, 0, "/nowhere/.config/docexchange/trust"),
        ({"HOME": "/nowhere", "XDG_CONFIG_HOME": "."}, 0, "/nowhere/.config/docexchange/trust"),
        ({"HOME": "."}, 2, "HOME: cần đường dẫn tuyệt đối, nhưng gặp '.'. Đặt biến HOME"),
    ],
)
def test_the_store_is_never_below_the_working_folder(
    desk: Desk, tmp_path: Path, variables: dict[str, str], code: int, said: str
) -> None:
    """Whoever sends a folder of letters cannot put the roots in it by which they are judged."""
    for place in ("docexchange", ".config/docexchange"):
        shutil.copytree(desk.trust, tmp_path / place / "trust")
    kept = ("DOCEXCHANGE_TRUST", "XDG_CONFIG_HOME", "HOME")
    env = {name: value for name, value in os.environ.items() if name not in kept} | variables
    ran = apart(["--lang", "vi", "trust", "list"], cwd=tmp_path, env=env)
    assert (ran.code, said in ran.out + ran.err) == (code, True), ran
    ran = apart(["verify", desk["both"]], cwd=tmp_path, env=env)
    assert (ran.code, ran.out) == (2, "")


def test_missing_lists_are_fetched_online_and_only_where_allowed(cli: Cli, tmp_path: Path) -> None:
    """The letter's certificate names a server on this machine; that must be allowed for."""
    now = SystemClock().now().replace(microsecond=0)
    years = Validity(begin=now - DAY, end=now + 900 * DAY)
    with Loopback() as server:
        root = Authority.root(
            subject_name("Root"), key="p256", validity=years, crl_uri=server.url("/root.crl")
        )
        seal = root.issue(subject_name("Seal"), key="p256", validity=years)
        server.pages["/root.crl"] = Page(root.crl({}, at=now).public_bytes(Encoding.DER))
        (tmp_path / "root.pem").write_bytes(root.credential.certificate_pem)
        sign(Envelope.of(letter()), seal, at=now).write_to(tmp_path / "letter.edxml")
        verify = ("verify", tmp_path / "letter.edxml", "--trust", tmp_path / "root.pem")
        assert cli(*verify).code == 3
        assert cli(*verify, "--online").code == 3
        assert server.asked == []
        assert cli(*verify, "--online", "--allow-network", "127.0.0.0/8").code == 0
        assert server.asked == ["GET /root.crl"]
    cli(*verify, "--online", "--allow-network", "here").refused(2, "fetch.network")


def test_what_is_often_taken_for_a_root_is_named(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """A key, and a bundle in either form, with what to do; nothing of them is trusted."""
    root = desk.pki.root.credential.certificate
    files = {
        "key.pem": (
            "trust.key",
            (desk.folder / "pki/agencies/commune/agency.key.pem").read_bytes(),
        ),
        "roots.p7b": ("trust.bundle", serialize_certificates([root], Encoding.PEM)),
        "roots.der": ("trust.bundle", serialize_certificates([root], Encoding.DER)),
    }
    for name, (code, data) in files.items():
        (tmp_path / name).write_bytes(data)
        ran = cli("trust", "add", tmp_path / name, "--store", tmp_path / "store")
        ran.refused(2, code)
    assert not (tmp_path / "store").exists()


def test_a_root_that_stands_twice_in_a_file_is_told_once(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """As it is kept once."""
    twice = tmp_path / "twice.pem"
    twice.write_bytes((desk.trust / "root.pem").read_bytes() * 2)
    added = cli("trust", "add", twice, "--store", tmp_path / "store", "--json").answer("trust-add")
    assert len(added["certificates"]) == len(leftovers(tmp_path / "store")) == 1
