"""pdfsig of poppler and ours agree on which signatures inside PDF files hold."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from pdf_help import examined, signed, typed
from signing_help import NOW, trust_in
from timestamp_help import authority

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.testing import DemoPki

pytestmark = pytest.mark.peer("pdfsig")


def verdicts(pdf: bytes, folder: Path) -> list[bool]:
    """What pdfsig says of each signature."""
    path = folder / "a.pdf"
    path.write_bytes(pdf)
    ran = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False)
    told = re.findall(r"Signature Validation: (.*)", ran.stdout)
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
