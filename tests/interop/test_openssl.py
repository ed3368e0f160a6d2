"""Certificate paths, revocation lists and OCSP answers beside openssl: both say the same."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from signing_help import NOW, certify, der

from docexchange.clock import VirtualClock
from docexchange.signing import TrustStore
from docexchange.signing.errors import Refusal
from docexchange.signing.trust import Sources
from docexchange.testing import (
    Authority,
    OcspResponder,
    RevocationList,
    Validity,
    access,
    names,
    ocsp_responder,
    subject_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docexchange.limits import FetchLimits
    from docexchange.testing import Credential

pytestmark = pytest.mark.peer("openssl")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A chain, its lists, and what both must say."""

    leaf: Credential
    root: Credential
    between: list[Credential] = field(default_factory=list)
    lists: list[bytes] = field(default_factory=list)
    at: datetime = NOW
    revocation: bool = False
    good: bool


def chain(**upper: Any) -> tuple[Credential, Credential, Credential]:
    """A root, an authority, a signer."""
    root = certify("Root", ca=True)
    middle = certify("Upper", ca=True, issuer=root, **upper)
    return certify("Leaf", issuer=middle), middle, root


def plain(*, good: bool = True, at: datetime = NOW, **upper: Any) -> Case:
    """A chain without lists."""
    leaf, middle, root = chain(**upper)
    return Case(leaf=leaf, root=root, between=[middle], good=good, at=at)


def listed(
    revoke: str = "", *, missing: str = "", good: bool, at: datetime = NOW, **rest: Any
) -> Case:
    """A chain with the lists of both authorities."""
    leaf, middle, root = chain()
    lists = {
        "middle": _list(middle, leaf if revoke == "leaf" else None, **rest),
        "root": _list(root, middle if revoke == "middle" else None, **rest),
    }
    lists.pop(missing, None)
    return Case(
        leaf=leaf,
        root=root,
        between=[middle],
        lists=[*lists.values()],
        revocation=True,
        good=good,
        at=at,
    )


def _list(issuer: Credential, revoked: Credential | None, *, age: timedelta = HOUR) -> bytes:
    entries = {revoked.certificate: NOW - DAY} if revoked else {}
    return der(RevocationList(revoked=entries).sign(issuer, at=NOW - age))


def too_long() -> Case:
    """An authority under one that may have none."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, path_length=0)
    lower = certify("Lower", ca=True, issuer=upper)
    return Case(leaf=certify("Leaf", issuer=lower), root=root, between=[upper, lower], good=False)


def stranger() -> Case:
    """The right name, another key."""
    leaf, middle, _ = chain()
    return Case(leaf=leaf, root=certify("Root", ca=True), between=[middle], good=False)


def signer_as_authority() -> Case:
    """A signer that issued a certificate."""
    leaf, middle, root = chain()
    forged = certify("Forged", issuer=leaf)
    return Case(leaf=forged, root=root, between=[middle, leaf], good=False)


VIETNAM = [x509.DirectoryName(x509.Name(subject_name("x").rdns[:1]))]
CASES: dict[str, Callable[[], Case]] = {
    "good": plain,
    "expired authority": lambda: plain(end=NOW - DAY, good=False),
    "expired authority, then": lambda: plain(end=NOW - DAY, at=NOW - 2 * DAY),
    "authority to come": lambda: plain(begin=NOW + DAY, good=False),
    "no keyCertSign": lambda: plain(usage=frozenset({"digital_signature"}), good=False),
    "names permitted": lambda: plain(extensions=[names(permitted=VIETNAM)]),
    "names excluded": lambda: plain(extensions=[names(excluded=VIETNAM)], good=False),
    "too long": too_long,
    "stranger": stranger,
    "signer as authority": signer_as_authority,
    "nobody revoked": lambda: listed(good=True),
    "signer revoked": lambda: listed("leaf", good=False),
    "authority revoked": lambda: listed("middle", good=False),
    "list of the root missing": lambda: listed(missing="root", good=False),
    "list of the authority missing": lambda: listed(missing="middle", good=False),
    "lists too old": lambda: listed(good=False, age=40 * DAY),
}


@pytest.mark.parametrize("name", CASES)
def test_openssl_verify_agrees(name: str, tmp_path: Path) -> None:
    """On each chain, for the moment in question, with and without lists."""
    case = CASES[name]()
    assert (_ours(case), _openssl(case, tmp_path)) == (case.good, case.good)


def _ours(case: Case) -> bool:
    trust = TrustStore([case.root.der], crls=case.lists)
    between = [item.der for item in case.between]
    try:
        trust.check_path(case.leaf.der, between, at=case.at, check_revocation=case.revocation)
    except Refusal:
        return False
    return True


def _openssl(case: Case, folder: Path) -> bool:
    (folder / "leaf.pem").write_bytes(case.leaf.certificate_pem)
    (folder / "root.pem").write_bytes(case.root.certificate_pem)
    between = b"".join(item.certificate_pem for item in case.between)
    (folder / "between.pem").write_bytes(between)
    lists = [x509.load_der_x509_crl(octets) for octets in case.lists]
    (folder / "lists.pem").write_bytes(b"".join(map(_pem, lists)))
    revocation = ["-crl_check_all", "-CRLfile", "lists.pem"] if case.revocation else []
    moment = str(int(case.at.timestamp()))
    files = ["-CAfile", "root.pem", "-untrusted", "between.pem", "leaf.pem"]
    return _run(folder, "verify", "-attime", moment, *revocation, *files).returncode == 0


def _pem(item: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    octets: bytes = item.public_bytes(Encoding.PEM)
    return octets


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, check=False, timeout=60
    )


# --- OCSP: openssl has no option for the moment, so these are of the present ---


@pytest.fixture
def present() -> datetime:
    """The time of this machine, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def _authority(present: datetime) -> tuple[Authority, Credential]:
    years = Validity(begin=present - DAY, end=present + 900 * DAY)
    root = Authority.root(subject_name("Root"), key="p256", validity=years, crl_uri="")
    seal = root.issue(
        subject_name("Seal"),
        key="p256",
        validity=years,
        extensions=[access(ocsp="http://ocsp.example/")],
    )
    return root, seal


@pytest.mark.parametrize("delegated", [True, False])
def test_openssl_ocsp_reads_the_answers_of_our_responder(
    tmp_path: Path,
    present: datetime,
    delegated: bool,  # noqa: FBT001
) -> None:
    """Good and revoked, signed by the authority or by its delegate; and we read them alike."""
    root, seal = _authority(present)
    years = Validity(begin=present - DAY, end=present + DAY)
    delegate = root.issue(
        subject_name("OCSP"), key="p256", validity=years, extensions=ocsp_responder()
    )
    responder = OcspResponder(issuer=root.credential, signer=delegate if delegated else None)
    (tmp_path / "root.pem").write_bytes(root.credential.certificate_pem)
    (tmp_path / "seal.pem").write_bytes(seal.certificate_pem)
    trust = TrustStore([root.credential.der])
    for status in ("good", "revoked"):
        answer = responder.statement(seal.certificate, at=present)
        (tmp_path / "answer.der").write_bytes(answer)
        files = ["-issuer", "root.pem", "-cert", "seal.pem", "-CAfile", "root.pem"]
        said = _run(tmp_path, "ocsp", "-respin", "answer.der", *files)
        assert b"Response verify OK" in said.stderr, said.stderr
        assert f"seal.pem: {status}".encode() in said.stdout
        options = {"at": present, "check_revocation": True, "ocsps": [answer]}
        if status == "good":
            assert trust.find_path(seal.der, [], **options).evidence[0].kind == "OCSP"
        else:
            with pytest.raises(Refusal, match="revoked"):
                trust.find_path(seal.der, [], **options)
        responder.revoke(seal.certificate, at=present - HOUR)


@pytest.mark.parametrize("status", ["V", "R"])
def test_the_responder_of_openssl_answers_our_questions(
    tmp_path: Path, present: datetime, status: str
) -> None:
    """Our question, its answer, our verdict."""
    root, seal = _authority(present)
    (tmp_path / "root.pem").write_bytes(root.credential.certificate_pem)
    (tmp_path / "root.key").write_bytes(root.credential.key_pem())
    ends = f"{seal.certificate.not_valid_after_utc:%y%m%d%H%M%SZ}"
    since = f"{present - HOUR:%y%m%d%H%M%SZ}" if status == "R" else ""
    serial = f"{seal.certificate.serial_number:X}"
    serial = serial.zfill(len(serial) + len(serial) % 2)
    row = f"{status}\t{ends}\t{since}\t{serial}\tunknown\t/CN=Seal\n"
    (tmp_path / "index.txt").write_text(row)
    options = {"at": present, "check_revocation": True}
    sources = Sources(_OpensslResponder(tmp_path), clock=VirtualClock(present))
    trust = TrustStore([root.credential.der], sources=sources)
    if status == "V":
        assert trust.find_path(seal.der, [], **options).evidence[0].kind == "OCSP"
    else:
        with pytest.raises(Refusal, match="revoked"):
            trust.find_path(seal.der, [], **options)


@dataclass(frozen=True, slots=True)
class _OpensslResponder:
    """Answers by asking openssl."""

    folder: Path

    def fetch(self, url: str, *, body: bytes | None, accept: str, limits: FetchLimits) -> bytes:
        """Its answer to what is posted."""
        assert (url, accept) == ("http://ocsp.example/", "application/ocsp-response")
        assert body is not None
        assert limits
        (self.folder / "question.der").write_bytes(body)
        names = ["-index", "index.txt", "-CA", "root.pem", "-rsigner", "root.pem"]
        files = ["-rkey", "root.key", "-reqin", "question.der", "-respout", "answer.der"]
        said = _run(self.folder, "ocsp", *names, *files, "-ndays", "1")
        assert said.returncode == 0, said.stderr
        return (self.folder / "answer.der").read_bytes()
