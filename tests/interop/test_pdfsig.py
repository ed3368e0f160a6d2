"""pdfsig of poppler and ours agree on which signatures inside PDF files hold."""

from __future__ import annotations

import io
import os
import re
import subprocess
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pytest
from nss_help import nss_folder
from openssl_help import keep, openssl
from pdf_changes_help import CHANGES, STRICTER, PdfDesk
from pdf_help import covered_by, examined, ranges, signed, typed, with_value
from signing_help import NOW, private_key, trust_in
from timestamp_help import authority

from docexchange.clock import SystemClock
from docexchange.signing import VerificationPolicy
from docexchange.signing.pdf.judging import judge_signature
from docexchange.signing.pdf.reading import facts_of
from docexchange.testing import DemoPki, new_key

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.testing import Credential

pytestmark = pytest.mark.peer("pdfsig")


def verdicts(pdf: bytes, folder: Path) -> list[bool]:
    """What pdfsig says of each signature; the browser of whoever runs the tests has no say."""
    path = folder / "a.pdf"
    path.write_bytes(pdf)
    place = {**os.environ, "HOME": str(folder)}
    ran = subprocess.run(
        ["pdfsig", "-nocert", path], capture_output=True, text=True, check=False, env=place
    )
    told = re.findall(r"Signature Validation: (.*)", ran.stdout)
    assert told, (ran.returncode, ran.stdout, ran.stderr)
    return [item == "Signature is Valid." for item in told]


def ours(pdf: bytes, pki: DemoPki) -> list[bool]:
    """What we say, trust aside: whether digest and value hold."""
    broken = {"pdf.digest", "pdf.value"}
    report = examined(pdf, trust_in(pki))
    return [item.code not in broken for item in report.signatures]


def test_both_find_good_signatures_good(pki: DemoPki, tmp_path: Path) -> None:
    """Leader, then agency with a timestamp."""
    tsa = authority(pki.tsa, at=NOW)
    pdf = signed(typed(), pki.leader("commune"))
    pdf = signed(pdf, pki.agency("commune"), field="Seal", authority=tsa)
    assert verdicts(pdf, tmp_path) == ours(pdf, pki) == [True, True]


def test_both_find_a_changed_octet(pki: DemoPki, tmp_path: Path) -> None:
    """A character changed where both signatures cover it breaks both."""
    pdf = signed(typed(), pki.leader("commune"))
    pdf = signed(pdf, pki.agency("commune"), field="Seal")
    changed = pdf.replace(b"10 trieu", b"20 trieu", 1)
    assert changed != pdf
    assert verdicts(changed, tmp_path) == ours(changed, pki) == [False, False]


def test_both_find_which_signature_is_broken(pki: DemoPki, tmp_path: Path) -> None:
    """Changed where only the second covers it, the first still holds by itself."""
    pdf = signed(typed(), pki.leader("commune"))
    both = signed(pdf, pki.agency("commune"), field="Seal")
    tail = both[len(pdf) :]
    at = len(pdf) + tail.index(b"obj")
    changed = both[:at] + b"obj " + both[at + 4 :]
    assert changed != both
    assert verdicts(changed, tmp_path) == ours(changed, pki) == [True, False]


# --- with trust: pdfsig has a data base with our root in it ---


@pytest.fixture(scope="module")
def desk() -> PdfDesk:
    """Of the present: pdfsig looks at the clock of the machine."""
    return PdfDesk(DemoPki.create(at=SystemClock().now(), key="p256"))


@pytest.fixture(scope="module")
def nss(desk: PdfDesk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its data base: whom it trusts, and a key of its own."""
    folder = tmp_path_factory.mktemp("pdfsig") / "nss"
    keys = {"commune": desk.pki.agency("commune")}
    return nss_folder(folder, trusted=[desk.pki.root.credential], keys=keys)


def pdfsig(nss: Path, *words: object) -> str:
    """What it tells."""
    argv = ["pdfsig", "-nssdir", f"sql:{nss}", *map(str, words)]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60).stdout


LAXER = {"spans that leave out the page", "spans that begin again late"}
"""Where poppler 26 says that the whole file is signed, as older versions did not."""


def pdfsig_passes(nss: Path, pdf: bytes) -> bool:
    """Every signature holds, by somebody trusted, and the last is over the whole file."""
    path = nss.parent / "a.pdf"
    path.write_bytes(pdf)
    told = pdfsig(nss, path)
    values = re.findall(r"Signature Validation: (.*)", told)
    trusted = re.findall(r"Certificate Validation: (.*)", told)
    return (
        set(values) == {"Signature is Valid."}
        and trusted == ["Certificate is Trusted."] * len(values)
        and told.rpartition("Signature #")[2].count("- Total document signed") == 1
    )


def we_pass(desk: PdfDesk, pdf: bytes) -> bool:
    """Every signature passes: what ``examine_pdf`` does, without a process for each file."""
    facts = facts_of(io.BytesIO(pdf), 9)
    trust, now = trust_in(desk.pki), SystemClock().now()
    rules: Any = {"trust": trust, "policy": VerificationPolicy(), "at": now}
    reports = [judge_signature(item, **rules) for item in facts.signatures]
    return bool(reports) and all(item.passed for item in reports)


def test_the_file_before_any_change_passes_with_both(desk: PdfDesk, nss: Path) -> None:
    """Or there would be nothing in what follows; so are the parts put together again."""
    again = desk.by(desk.leader)
    for pdf in (desk.once, desk.twice, again, desk.by(desk.made("x"))):
        assert pdfsig_passes(nss, pdf)
        assert we_pass(desk, pdf)
        assert examined(pdf, trust_in(desk.pki), at=SystemClock().now()).passed


def test_there_are_enough_changes() -> None:
    """Thirty that both refuse, at least."""
    assert len(CHANGES) >= 30


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_passes_with_neither(desk: PdfDesk, nss: Path, change: str) -> None:
    """One change anywhere, and neither lets the file pass."""
    pdf = CHANGES[change](desk)
    assert pdf not in (desk.once, desk.twice)
    assert not pdfsig_passes(nss, pdf) or change in LAXER
    assert not we_pass(desk, pdf)


@pytest.mark.parametrize("change", STRICTER)
def test_where_we_are_stricter(desk: PdfDesk, nss: Path, change: str) -> None:
    """Pdfsig believes it, we do not; the table says why."""
    make, reason = STRICTER[change]
    pdf = make(desk)
    assert pdfsig_passes(nss, pdf)
    assert not we_pass(desk, pdf), reason


def test_white_space_behind_the_end_changes_nothing_for_us(desk: PdfDesk, nss: Path) -> None:
    """Mail and editors add it, and no reader shows it; pdfsig wants the last octet covered."""
    pdf = desk.twice + b"\r\n"
    assert we_pass(desk, pdf)
    assert not pdfsig_passes(nss, pdf)


# --- files by others ---


@pytest.mark.peer("openssl")
@pytest.mark.parametrize("kind", ["p256", "rsa2048"])
@pytest.mark.parametrize("options", ["-cades -md sha256", "-cades -md sha384"])
def test_signatures_by_openssl_in_a_file_pass_with_both(
    desk: PdfDesk, nss: Path, kind: str, options: str
) -> None:
    """The value and all that is signed beside the octets is ``openssl cms``'s."""
    signer = desk.made("x", key=private_key(kind))
    above = desk.pki.sub_ca.credential.certificate_pem
    folder = nss.parent
    keep(folder, covered_bin=covered_by(desk.once), above_pem=above)
    keep(folder, signer_pem=signer.certificate_pem, signer_key=signer.key_pem())
    files = ["-in", "covered.bin", "-signer", "signer.pem", "-inkey", "signer.key"]
    more = ["-certfile", "above.pem", "-outform", "DER", "-out", "value.der"]
    said = openssl(folder, "cms", "-sign", "-binary", *files, *more, *options.split())
    assert said.returncode == 0, said.stderr
    value = (folder / "value.der").read_bytes()
    pdf = with_value(desk.once, ranges(desk.once)[0], value)
    assert pdfsig_passes(nss, pdf)
    assert we_pass(desk, pdf)
    octet = pdf.replace(b"10 trieu", b"20 trieu", 1)
    assert not pdfsig_passes(nss, octet)
    assert not we_pass(desk, octet)


# --- files by pdfsig itself ---

ELSEWHERE: Final = {"kind of the signature", "field of the signature", "values swapped"}
"""Changes of words that pdfsig does not write; and there is no room for another's value."""
ALWAYS: Final = {
    "an offset in the table",
    "an older end appended",
    "digest of something else",
    "form taken away",
    "last octet cut",
    "octets appended",
    "page changed",
    "page changed after one signature",
    "second signature",
    "spans that leave out the page",
    "text",
    "value changed",
}
"""The others only where there is time: the file carries a font along, which is read each time."""


class PdfsigDesk(PdfDesk):
    """The leader and the agency sign with pdfsig; everything else is as with others.

    Args:
        pki: whose present is that of the machine.
        folder: a new one, for its data base.
    """

    def __init__(self, pki: DemoPki, folder: Path) -> None:
        super().__init__(pki)
        # Of RSA: it makes room for a value by making one, and those of ECDSA differ in length.
        self._leader = self.made("Nguyen Thi Hoa", key=private_key("rsa2048"))
        keys = {"leader": self._leader, "agency": self.made("Xa", key=new_key("rsa2048"))}
        self._nss = nss_folder(folder, trusted=[pki.root.credential], keys=keys)

    @property
    def leader(self) -> Credential:
        """The first to sign."""
        return self._leader

    @cached_property
    def once(self) -> bytes:
        """Signed by the leader alone."""
        return self.signs(typed(), "leader")

    @cached_property
    def twice(self) -> bytes:
        """Then by the agency, too."""
        return self.signs(self.once, "agency")

    def signs(self, pdf: bytes, who: str) -> bytes:
        """Have pdfsig sign a file."""
        source, target = self._nss.parent / "source.pdf", self._nss.parent / "target.pdf"
        source.write_bytes(pdf)
        pdfsig(self._nss, "-add-signature", "-nick", who, "-reason", "approved", source, target)
        return target.read_bytes()


@pytest.fixture(scope="module")
def other_desk(desk: PdfDesk, tmp_path_factory: pytest.TempPathFactory) -> PdfsigDesk:
    """The same authority."""
    return PdfsigDesk(desk.pki, tmp_path_factory.mktemp("made-by-pdfsig") / "nss")


def test_files_signed_by_pdfsig_pass_with_both(other_desk: PdfsigDesk, nss: Path) -> None:
    """Once and twice, and what is wrong in them is told.

    Version 22.12 writes objects of generation 1 of which there never was generation 0, against ISO
    32000-1, 7.5.4; nothing refers to them.
    """
    table = re.compile(rb"^[0-9]{10} 00001 n", re.MULTILINE)
    for pdf, count in ((other_desk.once, 1), (other_desk.twice, 2)):
        assert pdfsig_passes(nss, pdf)
        report = examined(pdf, trust_in(other_desk.pki), at=SystemClock().now())
        assert report.passed, report.reason
        assert len(report.signatures) == count
        wanted = ["pdf.generation"] if table.search(pdf) else []
        told = [item.code for item in report.findings]
        assert [code for code in told if code != "pdf.order-unknown"] == wanted


def test_pdfsig_signs_what_others_have_signed(
    desk: PdfDesk, other_desk: PdfsigDesk, nss: Path
) -> None:
    """After a signature by pyHanko, and before one."""
    after = other_desk.signs(desk.once, "agency")
    before = signed(other_desk.once, desk.pki.agency("commune"), field="Seal")
    for pdf in (after, before):
        assert pdfsig_passes(nss, pdf)
        assert we_pass(desk, pdf)
        assert not we_pass(desk, pdf.replace(b"10 trieu", b"20 trieu", 1))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, marks=[] if change in ALWAYS else [pytest.mark.soak])
        for change in sorted(CHANGES.keys() - ELSEWHERE)
    ],
)
def test_a_change_to_a_file_by_pdfsig_passes_with_neither(
    other_desk: PdfsigDesk, nss: Path, change: str
) -> None:
    """The same changes as above: what is overlooked in such a file hides none of them."""
    pdf = CHANGES[change](other_desk)
    assert pdf not in (other_desk.once, other_desk.twice)
    assert not pdfsig_passes(nss, pdf) or change in LAXER
    assert not we_pass(other_desk, pdf)


def test_what_pdfsig_breaks_itself_is_broken_for_both(desk: PdfDesk, nss: Path) -> None:
    """With ECDSA, about every second file: it tells so, and leaves the file there."""
    source, made = nss.parent / "typed.pdf", nss.parent / "made.pdf"
    source.write_bytes(typed())
    pdfsig(nss, "-add-signature", "-nick", "commune", "-reason", "approved", source, made)
    assert pdfsig_passes(nss, made.read_bytes()) == we_pass(desk, made.read_bytes())
