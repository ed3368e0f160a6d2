"""openssl's revocation lists, in both directions, and one mind on every list tampered with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from crl_help import CHANGES, HOUR, LOOSER, STRICTER, Office
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from openssl_help import index_row, keep, openssl
from signing_help import NOW, private_key

from docexchange.clock import SystemClock
from docexchange.signing import SubIndication, TrustStore
from docexchange.signing.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.peer("openssl")

LEARNT = {"delta alone"}
"""What openssl refuses in version 3.6, and took before."""

REVOKED = (SubIndication.REVOKED_NO_POE, "certificate.revoked")
KINDS = ["p256", "p384", "rsa2048", "rsa3072"]
CONFIG = """
[ca]
default_ca = one
[one]
database = index.txt
crlnumber = number.txt
certificate = root.pem
private_key = root.key
default_crl_days = 30
default_md = sha256
unique_subject = no
[list]
authorityKeyIdentifier = keyid:always
"""


@pytest.fixture(scope="module")
def office() -> Office:
    """One for all."""
    return Office.of(NOW)


@pytest.fixture(scope="module")
def folder(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With what openssl is to believe in."""
    made = tmp_path_factory.mktemp("crl")
    equip(made, office)
    return made


def equip(folder: Path, office: Office) -> None:
    """Write the certificates that openssl wants."""
    keep(folder, root_pem=office.root.certificate_pem, seal_pem=office.seal.certificate_pem)


def verdict_of_openssl(folder: Path, office: Office, octets: bytes) -> str:
    """What it says of the seal; empty where it does not believe the list."""
    keep(folder, list_crl=octets)
    moment = str(int(office.at.timestamp()))
    lists = ["-crl_check", "-CRLfile", "list.crl", "-attime", moment]
    said = openssl(folder, "verify", *lists, "-CAfile", "root.pem", "seal.pem")
    if said.returncode == 0:
        return "good"
    return "revoked" if b"certificate revoked" in said.stderr else ""


def our_verdict(office: Office, octets: bytes) -> str:
    """What we say of it; empty where the list counts for nothing."""
    trust = TrustStore([office.root.der], crls=[octets])
    try:
        found = trust.find_path(office.seal.der, [], at=office.at, check_revocation=True)
    except Refusal as refusal:
        return "revoked" if (refusal.sub_indication, refusal.code) == REVOKED else ""
    assert [item.kind for item in found.evidence] == ["CRL"]
    return "good"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", ["good", "revoked"])
def test_both_read_our_lists(tmp_path: Path, kind: str, status: str) -> None:
    """With every kind of key; ``openssl crl`` finds their signature good too."""
    office = Office.of(NOW, private_key(kind))
    equip(tmp_path, office)
    octets = office.list(office.seal) if status == "revoked" else office.list()
    assert verdict_of_openssl(tmp_path, office, octets) == status
    assert our_verdict(office, octets) == status
    assert signature_holds(tmp_path)


def signature_holds(folder: Path) -> bool:
    """What ``openssl crl`` says of the last list; its exit code does not tell."""
    said = openssl(folder, "crl", "-in", "list.crl", "-noout", "-verify", "-CAfile", "root.pem")
    return b"verify OK" in said.stderr


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("extended", [True, False])
@pytest.mark.parametrize("status", ["good", "revoked", "revoked with a reason"])
def test_we_read_the_lists_of_openssl_ca(
    tmp_path: Path,
    kind: str,
    digest: str,
    extended: bool,  # noqa: FBT001
    status: str,
) -> None:
    """Version 1 and 2, all digests; and openssl reads them as we do."""
    soon = SystemClock().now().replace(microsecond=0) + timedelta(minutes=1)
    office = Office.of(soon, private_key(kind))
    equip(tmp_path, office)
    octets = list_of_openssl(tmp_path, office, digest, status, extended=extended)
    said = status.partition(" ")[0]
    assert verdict_of_openssl(tmp_path, office, octets) == said
    assert our_verdict(office, octets) == said


def list_of_openssl(
    folder: Path, office: Office, digest: str, status: str, *, extended: bool
) -> bytes:
    """What ``openssl ca -gencrl`` makes."""
    keep(
        folder,
        ca_cnf=CONFIG.encode(),
        number_txt=b"0A\n",
        index_txt=index(office, status).encode(),
        root_key=office.root.key_pem(),
    )
    more = ["-crlexts", "list"] if extended else []
    words = ["-gencrl", "-config", "ca.cnf", "-md", digest, "-out", "made.crl"]
    said = openssl(folder, "ca", *words, *more)
    assert said.returncode == 0, said.stderr
    found = x509.load_pem_x509_crl((folder / "made.crl").read_bytes())
    return found.public_bytes(Encoding.DER)


def index(office: Office, status: str) -> str:
    """Its data base: the neighbour was revoked, the seal perhaps."""
    since = None if status == "good" else office.at - HOUR
    reason = "keyCompromise" if status.endswith("reason") else ""
    return index_row(office.neighbour, office.at - HOUR) + index_row(office.seal, since, reason)


def test_the_list_before_any_change_is_believed_by_both(office: Office, folder: Path) -> None:
    """Or there would be nothing in what follows; so are the parts put together again."""
    for octets in (office.list(), office.forged().der(), office.forged().signed().der()):
        assert verdict_of_openssl(folder, office, octets) == "good"
        assert our_verdict(office, octets) == "good"
        assert signature_holds(folder)


def test_there_are_enough_changes() -> None:
    """Thirty that both refuse, at least."""
    assert len(CHANGES) >= 30


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_good_for_neither(office: Office, folder: Path, change: str) -> None:
    """Neither takes the seal for good on such a list; and both say revoked for the same."""
    octets = CHANGES[change](office)
    theirs = verdict_of_openssl(folder, office, octets)
    assert theirs != "good"
    assert our_verdict(office, octets) == theirs


@pytest.mark.parametrize("change", STRICTER)
def test_where_we_are_stricter(office: Office, folder: Path, change: str) -> None:
    """Openssl believes it, we do not; the table says why, and what openssl has learnt since."""
    make, reason = STRICTER[change]
    octets = make(office)
    assert verdict_of_openssl(folder, office, octets) == "good" or change in LEARNT
    assert our_verdict(office, octets) == "", reason


@pytest.mark.parametrize("change", LOOSER)
def test_where_openssl_is_stricter(office: Office, folder: Path, change: str) -> None:
    """We take it, openssl does not; the table says why."""
    make, reason = LOOSER[change]
    octets = make(office)
    assert verdict_of_openssl(folder, office, octets) != "good"
    assert our_verdict(office, octets) == "good", reason
