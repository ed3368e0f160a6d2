"""openssl ocsp, in both directions, and of one mind with us on every answer that was tampered with.

It has no option for the moment, so these are of the present.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from ocsp_help import CHANGES, HOUR, LOOSER, STRICTER, URL, Desk
from openssl_help import index_row, keep, openssl
from signing_help import private_key

from docexchange.clock import VirtualClock
from docexchange.signing import SubIndication, TrustStore
from docexchange.signing.errors import Refusal
from docexchange.signing.trust import Sources

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.limits import FetchLimits

pytestmark = pytest.mark.peer("openssl")

REVOKED = (SubIndication.REVOKED_NO_POE, "certificate.revoked")
KINDS = ["p256", "p384", "rsa2048"]


def present() -> datetime:
    """The time of this machine, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """One for all: openssl looks at the clock of the machine."""
    return Desk.of(present())


@pytest.fixture(scope="module")
def folder(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With what openssl is to believe in."""
    made = tmp_path_factory.mktemp("ocsp")
    equip(made, desk)
    return made


def equip(folder: Path, desk: Desk) -> None:
    """Write the certificates that openssl wants."""
    keep(folder, root_pem=desk.root.certificate_pem, seal_pem=desk.seal.certificate_pem)


def verdict_of_openssl(folder: Path, answer: bytes) -> str:
    """What it says of the seal; empty where it does not believe the answer."""
    keep(folder, answer_der=answer)
    files = ["-issuer", "root.pem", "-cert", "seal.pem", "-CAfile", "root.pem"]
    said = openssl(folder, "ocsp", "-respin", "answer.der", *files)
    told = said.stdout + said.stderr
    believed = b"Response verify OK" in told and b"Status times invalid" not in told
    status = said.stdout.partition(b"seal.pem: ")[2].partition(b"\n")[0].decode()
    return status if believed and status in {"good", "revoked"} else ""


def our_verdict(desk: Desk, answer: bytes) -> str:
    """What we say of it; empty where the answer counts for nothing."""
    trust = TrustStore([desk.root.der], ocsps=[answer])
    try:
        found = trust.find_path(desk.seal.der, [], at=desk.at, check_revocation=True)
    except Refusal as refusal:
        return "revoked" if (refusal.sub_indication, refusal.code) == REVOKED else ""
    assert [item.kind for item in found.evidence] == ["OCSP"]
    return "good"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("delegated", [True, False])
@pytest.mark.parametrize("status", ["good", "revoked"])
def test_both_read_the_answers_of_our_responder(
    tmp_path: Path,
    kind: str,
    delegated: bool,  # noqa: FBT001
    status: str,
) -> None:
    """Good and revoked, signed by the authority or by its delegate, with every kind of key."""
    desk = Desk.of(present(), private_key(kind))
    equip(tmp_path, desk)
    signer = {} if delegated else {"signer": None}
    answer = desk.answer(revoked=status == "revoked", **signer)
    assert (verdict_of_openssl(tmp_path, answer), our_verdict(desk, answer)) == (status, status)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", ["", "-resp_key_id", "-rmd sha384", "-resp_no_certs"])
@pytest.mark.parametrize("status", ["V", "R", "none"])
def test_we_read_the_answers_of_its_responder(
    tmp_path: Path, kind: str, options: str, status: str
) -> None:
    """Our question, its answer, our verdict: good, revoked, or unknown to it."""
    desk = Desk.of(present(), private_key(kind))
    signer = "root" if options == "-resp_no_certs" else "delegate"
    peer = OpensslResponder(desk, tmp_path, status, signer, tuple(options.split()))
    sources = Sources(peer, clock=VirtualClock(desk.at))
    trust = TrustStore([desk.root.der], sources=sources)
    asked: dict[str, Any] = {"at": desk.at, "check_revocation": True}
    if status == "V":
        assert trust.find_path(desk.seal.der, [], **asked).evidence[0].kind == "OCSP"
        return
    with pytest.raises(Refusal) as caught:
        trust.find_path(desk.seal.der, [], **asked)
    none = (SubIndication.TRY_LATER, "certificate.no-revocation-information")
    expected = REVOKED if status == "R" else none
    assert (caught.value.sub_indication, caught.value.code) == expected


@dataclass(frozen=True, slots=True)
class OpensslResponder:
    """Answers by asking openssl."""

    desk: Desk
    folder: Path
    status: str
    signer: str
    options: tuple[str, ...]

    def fetch(self, url: str, *, body: bytes | None, accept: str, limits: FetchLimits) -> bytes:
        """Its answer to what is posted."""
        assert (url, accept) == (URL, "application/ocsp-response")
        assert body is not None
        assert limits
        signer = getattr(self.desk, self.signer)
        keep(
            self.folder,
            root_pem=self.desk.root.certificate_pem,
            signer_pem=signer.certificate_pem,
            signer_key=signer.key_pem(),
            index_txt=self.row(),
            question_der=body,
        )
        who = ["-index", "index.txt", "-CA", "root.pem", "-rsigner", "signer.pem"]
        files = ["-rkey", "signer.key", "-reqin", "question.der", "-respout", "answer.der"]
        said = openssl(self.folder, "ocsp", *who, *files, "-ndays", "1", *self.options)
        assert said.returncode == 0, said.stderr
        return (self.folder / "answer.der").read_bytes()

    def row(self) -> bytes:
        """The line of its index about the seal."""
        if self.status == "none":
            return b""
        since = self.desk.at - HOUR if self.status == "R" else None
        return index_row(self.desk.seal, since).encode()


def test_the_answer_before_any_change_is_believed_by_both(desk: Desk, folder: Path) -> None:
    """Or there would be nothing in what follows; so are the parts put together again."""
    for answer in (desk.answer(), desk.forged().der(), desk.forged().signed().der()):
        assert verdict_of_openssl(folder, answer) == our_verdict(desk, answer) == "good"


def test_there_are_enough_changes() -> None:
    """Thirty that both refuse, at least."""
    assert len(CHANGES) >= 30


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_good_for_neither(desk: Desk, folder: Path, change: str) -> None:
    """Neither takes the seal for good on such an answer; and both say revoked for the same."""
    answer = CHANGES[change](desk)
    theirs = verdict_of_openssl(folder, answer)
    assert theirs != "good"
    assert our_verdict(desk, answer) == theirs


@pytest.mark.parametrize("change", STRICTER)
def test_where_we_are_stricter(desk: Desk, folder: Path, change: str) -> None:
    """Openssl believes it, we do not; the table says why."""
    make, reason = STRICTER[change]
    answer = make(desk)
    assert verdict_of_openssl(folder, answer) == "good"
    assert our_verdict(desk, answer) != "good", reason


@pytest.mark.parametrize("change", LOOSER)
def test_where_openssl_is_stricter(desk: Desk, folder: Path, change: str) -> None:
    """We take it, openssl does not; the table says why."""
    make, reason = LOOSER[change]
    answer = make(desk)
    assert verdict_of_openssl(folder, answer) == ""
    assert our_verdict(desk, answer) == "good", reason
