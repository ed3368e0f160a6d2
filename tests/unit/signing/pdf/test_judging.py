"""Facts about a signature that no whole file is made for here: each has its own verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pdf_help import signed, typed
from signing_help import trust_in

from docexchange.envelope import Attachment
from docexchange.limits import Limits
from docexchange.signing import VerificationPolicy
from docexchange.signing.pdf.apart import facts_apart
from docexchange.signing.pdf.facts import Changes
from docexchange.signing.pdf.judging import judge_signature

if TYPE_CHECKING:
    from docexchange.testing import DemoPki


@pytest.mark.parametrize(
    ("change", "verdict", "code"),
    [
        ({}, "TOTAL-PASSED", ""),
        ({"problem": "ValueError"}, "TOTAL-FAILED", "pdf.signature-format"),
        ({"valid": False}, "TOTAL-FAILED", "pdf.value"),
        ({"changes": Changes.UNKNOWN}, "INDETERMINATE", "pdf.changes-unknown"),
    ],
)
def test_one_bad_fact_decides(
    pki: DemoPki, change: dict[str, object], verdict: str, code: str
) -> None:
    """With one fact of a genuine signature changed, it does not pass, and the code says why."""
    file = Attachment.from_bytes(signed(typed(), pki.leader("commune")), name="a.pdf")
    [facts] = facts_apart(file, Limits()).signatures
    found = judge_signature(
        replace(facts, **change),
        trust=trust_in(pki),
        policy=VerificationPolicy(),
        at=pki.at,
        proofs=(),
    )
    assert (found.indication, found.code) == (verdict, code)
