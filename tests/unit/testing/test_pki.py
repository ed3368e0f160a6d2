"""The throw-away PKI: who holds which certificate, and what comes to lie on disk."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from docexchange.clock import VIETNAM
from docexchange.directory import check, read_directory
from docexchange.errors import UsageError
from docexchange.identifiers import OrganId
from docexchange.testing import FOUR_TIERS, DemoPki

if TYPE_CHECKING:
    from docexchange.testing import Credential

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def _verify(folder: Path, name: str, at: datetime = NOW) -> str:
    """Ask openssl whether a certificate of the folder is trusted, with both revocation lists."""
    done = subprocess.run(
        [
            *("openssl", "verify", "-x509_strict", "-crl_check_all"),
            *("-attime", f"{at.timestamp():.0f}", "-CAfile", "trust/root.pem"),
            *("-CRLfile", "trust/root.crl.pem", "-CRLfile", "trust/sub-ca.crl.pem"),
            *("-untrusted", f"{name}.pem", f"{name}.pem"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _valid_at(credential: Credential, moment: datetime) -> bool:
    held = credential.certificate
    return held.not_valid_before_utc <= moment <= held.not_valid_after_utc


@pytest.mark.parametrize("agency", FOUR_TIERS, ids=lambda agency: agency.folder)
def test_seal_and_leader_carry_the_agency_code(pki: DemoPki, agency) -> None:
    """Both name the agency and its code; the leader's also names the person."""
    for credential, name in (
        (pki.agency(agency.folder), agency.name),
        (pki.leader(agency.organ_id), agency.leader),
    ):
        subject = credential.certificate.subject
        (code,) = subject.get_attributes_for_oid(x509.ObjectIdentifier("2.5.4.97"))
        (organisation,) = subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
        assert (code.value, organisation.value) == (str(agency.organ_id), agency.name)
        assert credential.name == name


def test_every_chain_leads_to_the_root(pki: DemoPki) -> None:
    """Each certificate is signed by the next, and the last by the trust anchor."""
    for agency in pki.agencies:
        seal = pki.agency(agency.folder)
        for lower, upper in pairwise(
            [seal.certificate, *seal.chain, pki.root.credential.certificate]
        ):
            lower.verify_directly_issued_by(upper)


def test_a_credential_is_made_once(pki: DemoPki) -> None:
    """Folder and code name the same credential, however often and from whichever thread."""
    fresh = DemoPki.create(at=NOW, key="p256")
    with ThreadPoolExecutor(8) as pool:
        names = ["commune", OrganId("000.21.31.H53"), "000.21.31.H53"] * 8
        held = set(pool.map(lambda name: fresh.agency(name).sha256, names))
    assert len(held) == 1
    assert held != {pki.agency("commune").sha256}


def test_only_the_keys_are_random(pki: DemoPki) -> None:
    """Two PKIs of the same arguments agree in every name and date."""
    other = DemoPki.create(at=NOW, key="p256")
    for one, two in (
        (pki.leader("central"), other.leader("central")),
        (pki.stranger, other.stranger),
    ):
        assert one.certificate.subject == two.certificate.subject
        assert one.certificate.issuer == two.certificate.issuer
        assert one.certificate.not_valid_before_utc == two.certificate.not_valid_before_utc
        assert one.certificate.not_valid_after_utc == two.certificate.not_valid_after_utc
        assert one.certificate.public_key() != two.certificate.public_key()


def test_the_bad_ones_are_bad_in_one_way_each(pki: DemoPki) -> None:
    """Expired is out of time, revoked is on the list, the stranger has another root."""
    sub_ca = pki.sub_ca.credential.certificate
    assert [_valid_at(each, NOW) for each in (pki.expired, pki.revoked, pki.stranger)] == [
        False,
        True,
        True,
    ]
    listed = [entry.serial_number for entry in pki.crls()[1]]
    assert listed == [pki.revoked.certificate.serial_number]
    pki.expired.certificate.verify_directly_issued_by(sub_ca)
    pki.revoked.certificate.verify_directly_issued_by(sub_ca)
    pki.stranger.certificate.verify_directly_issued_by(pki.stranger.chain[0])
    assert pki.stranger.chain[0] != pki.root.credential.certificate
    subjects = {each.certificate.subject for each in (pki.expired, pki.revoked, pki.stranger)}
    assert subjects == {pki.agency("commune").certificate.subject}


def test_the_expired_one_was_valid_under_a_valid_chain(pki: DemoPki) -> None:
    """In its time, everything above the expired certificate was valid too."""
    then = NOW - timedelta(days=31)
    assert _valid_at(pki.expired, then)
    assert _valid_at(pki.sub_ca.credential, then - timedelta(days=364))
    assert _valid_at(pki.root.credential, then - timedelta(days=364))


def test_lists_can_be_had_for_any_day(pki: DemoPki) -> None:
    """A list of before the revocation is empty; a later one holds it and is good for 30 days."""
    early = pki.crls(NOW - timedelta(days=2))[1]
    late = pki.crls(NOW + timedelta(days=40))[1]
    assert list(early) == []
    assert len(list(late)) == 1
    assert late.next_update_utc == NOW + timedelta(days=70)
    assert list(pki.crls()[0]) == []


@given(
    at=st.datetimes(
        min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis wants it naive and adds the zone
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, VIETNAM]),
    ),
    days=st.integers(1, 36_500),
)
def test_signers_are_valid_around_any_present(at: datetime, days: int) -> None:
    """Whatever the present, signers and authorities are valid now and to the end."""
    pki = DemoPki.create(at=at, key="p256", lifetime_days=days)
    moment = at.replace(microsecond=0)
    for held in (pki.root.credential, pki.sub_ca.credential, pki.agency("central")):
        assert _valid_at(held, moment)
        assert _valid_at(held, moment + timedelta(days=days))
    assert not _valid_at(pki.agency("central"), moment + timedelta(days=days, seconds=1))


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"at": NOW.replace(tzinfo=None)}, "with its zone"),
        ({"lifetime_days": 0}, "found 0"),
        ({"agencies": ()}, "found none"),
        ({"key": "rsa512"}, "rsa512"),
    ],
)
def test_impossible_arguments_are_refused(arguments: dict[str, object], found: str) -> None:
    """The refusal names the argument and what was found."""
    with pytest.raises(UsageError, match=found):
        DemoPki.create(**{"at": NOW, "key": "p256", **arguments})


def test_an_unknown_agency_is_refused_with_the_list(pki: DemoPki) -> None:
    """The refusal says who takes part."""
    with pytest.raises(UsageError, match=r"commune, district, province, central .* found 'ward'"):
        pki.agency("ward")


def test_rsa_keys_are_what_practice_uses() -> None:
    """Without a word about keys, they are RSA with 2048 bits."""
    seal = DemoPki.create([FOUR_TIERS[3]], at=NOW).agency("central")
    assert isinstance(seal.private_key, rsa.RSAPrivateKey)
    assert seal.private_key.key_size == 2048


def test_the_folder_holds_what_its_readme_says(pki_folder: Path) -> None:
    """Four agencies, two certificates each, three bad ones, trust, authorities and three texts."""
    found = {str(path.relative_to(pki_folder)) for path in pki_folder.rglob("*") if path.is_file()}
    forms = (".p12", ".pem", ".key.pem")
    roles = {
        f"agencies/{each.folder}/{role}" for each in FOUR_TIERS for role in ("agency", "leader")
    }
    bad = {"bad/expired", "bad/revoked", "bad/stranger"}
    assert found == {f"{name}{form}" for name in roles | bad for form in forms} | {
        "trust/root.pem",
        "trust/root.crl.pem",
        "trust/sub-ca.crl.pem",
        "ca/sub-ca.pem",
        "ca/sub-ca.key.pem",
        "ca/root.key.pem",
        "password.txt",
        "directory.toml",
        "README.txt",
    }
    readme = (pki_folder / "README.txt").read_text(encoding="utf-8")
    assert "CHỈ DÙNG ĐỂ THỬ NGHIỆM - FOR TESTS AND DEMONSTRATIONS ONLY" in readme


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_secrets_are_for_their_owner_alone(pki: DemoPki, tmp_path: Path, umask: int) -> None:
    """Keys and password have mode 0600 under any umask; the rest obeys the umask."""
    before = os.umask(umask)
    try:
        folder = pki.write(tmp_path / "pki", "demo")
    finally:
        os.umask(before)
    for path in folder.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        secret = path.suffix == ".p12" or path.name.endswith(("key.pem", "password.txt"))
        expected = 0o600 if secret else (0o777 if path.is_dir() else 0o666) & ~umask
        assert mode == expected, path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777 & ~umask


def test_keys_on_disk_belong_to_their_certificates(pki_folder: Path) -> None:
    """Every ``.key.pem`` beside a certificate opens without a password and fits it."""
    for path in pki_folder.glob("[ab]*/**/*.key.pem"):
        held = x509.load_pem_x509_certificate(Path(str(path).replace(".key", "")).read_bytes())
        key = load_pem_private_key(path.read_bytes(), None)
        assert key.public_key() == held.public_key(), path


def test_the_directory_on_disk_is_a_directory(pki: DemoPki, tmp_path: Path) -> None:
    """It reads back without a finding, with both certificates, parent and endpoint."""
    where = {"commune": "folder:../commune/mailbox", "000.00.00.G22": "https://hub.invalid/"}
    folder = pki.write(tmp_path / "pki", "demo", endpoints=where)
    entries = {entry.organ_id: entry for entry in read_directory(folder / "directory.toml")}
    commune = entries[FOUR_TIERS[0].organ_id]
    assert commune.name == "UBND xã An Thạnh"
    assert (commune.tier, commune.parent) == (4, FOUR_TIERS[1].organ_id)
    assert commune.certificates == (pki.agency("commune").sha256, pki.leader("commune").sha256)
    assert [entries[each.organ_id].endpoint for each in FOUR_TIERS] == [
        "folder:../commune/mailbox",
        "",
        "",
        "https://hub.invalid/",
    ]
    assert list(check(list(entries.values()))) == []


def test_an_endpoint_of_nobody_leaves_nothing_behind(pki: DemoPki, tmp_path: Path) -> None:
    """A misspelt agency is refused before anything is written."""
    with pytest.raises(UsageError, match="found 'comune'"):
        pki.write(tmp_path / "pki", "demo", endpoints={"comune": "folder:x"})
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken_and_a_full_one_refused(pki: DemoPki, tmp_path: Path) -> None:
    """What lies in the target is never touched."""
    target = tmp_path / "pki"
    target.mkdir()
    assert pki.write(target, "demo") == target
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="expected an empty folder, found files in it"):
        pki.write(target, "demo")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_or_link_in_the_way_is_refused(pki: DemoPki, tmp_path: Path) -> None:
    """Neither is replaced, nor is a link followed."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("file", "link"):
        with pytest.raises(UsageError, match="something else of that name"):
            pki.write(tmp_path / name, "demo")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_the_working_directory_is_refused(
    pki: DemoPki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renaming over it would leave the user's shell in a folder that is gone."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="the working directory itself"):
        pki.write(".", "demo")


def test_a_write_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    """When the system allows certificates but no larger file, not even a hidden folder remains."""
    script = (
        "import resource, sys\n"
        "from datetime import UTC, datetime\n"
        "from docexchange.testing import DemoPki\n"
        "pki = DemoPki.create(at=datetime(2026, 3, 2, tzinfo=UTC), key='p256')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1100, 1100))\n"
        "pki.write(sys.argv[1], 'demo')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "pki"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "OSError: [Errno 27] File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("password", ["", "two\nlines", "\ud800"])
def test_an_impossible_password_leaves_nothing(pki: DemoPki, tmp_path: Path, password: str) -> None:
    """An empty or unwritable password is refused before anything is written."""
    with pytest.raises(UsageError, match="password"):
        pki.write(tmp_path / "pki", password)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.peer("openssl")
@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048"])
def test_openssl_trusts_the_good_and_names_what_is_wrong_with_the_bad(
    tmp_path: Path, kind: str
) -> None:
    """Strict checking with both lists agrees with every label, for every kind of key."""
    folder = DemoPki.create(FOUR_TIERS[3:], at=NOW, key=kind).write(tmp_path / "pki", "demo")
    for role in ("agency", "leader"):
        assert _verify(folder, f"agencies/central/{role}") == f"agencies/central/{role}.pem: OK\n"
    assert "certificate has expired" in _verify(folder, "bad/expired")
    assert "certificate revoked" in _verify(folder, "bad/revoked")
    assert "self-signed certificate in certificate chain" in _verify(folder, "bad/stranger")


@pytest.mark.peer("openssl")
def test_openssl_opens_the_pkcs12_with_the_password_file(pki_folder: Path, tmp_path: Path) -> None:
    """``password.txt`` is in the form that ``-passin file:`` reads."""
    done = subprocess.run(
        [
            *("openssl", "pkcs12", "-in", "agencies/commune/agency.p12"),
            *("-passin", "file:password.txt", "-nodes", "-out", tmp_path / "out.pem"),
        ],
        cwd=pki_folder,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"BEGIN PRIVATE KEY" in (tmp_path / "out.pem").read_bytes()


def test_certificates_can_name_a_server_that_answers() -> None:
    """Lists and responder stand in each signer's certificate; without an address nobody answers."""
    from cryptography import x509

    def addresses(pki: DemoPki) -> set[str]:
        found = pki.agency("commune").certificate.extensions
        points = found.get_extension_for_class(x509.CRLDistributionPoints).value
        named = [point.full_name for point in points]
        urls = {name.value for names in named for name in names or []}
        if pki.ocsp_uri:
            access = x509.AuthorityInformationAccess
            urls |= {
                item.access_location.value for item in found.get_extension_for_class(access).value
            }
        return urls

    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    url = "http://127.0.0.1:8080"
    served = DemoPki.create(at=at, key="p256", revocation_url=url)
    assert addresses(served) == {f"{url}/sub-ca.crl", f"{url}/ocsp"}
    assert addresses(DemoPki.create(at=at, key="p256")) == {"http://crl.demo.invalid/sub-ca.crl"}
