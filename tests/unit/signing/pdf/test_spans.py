"""Signatures whose signer lied about what they cover: digest and value hold, the spans do not.

Only a signer can make these, so no digest finds them out; a stolen or a bought key is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pdf_help import examined, ranges, signed, typed, with_range
from signing_help import trust_in

from docexchange.signing import Indication

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docexchange.signing.pdf import PdfReport
    from docexchange.testing import DemoPki

    Spans = Callable[[int, int, int], Sequence[int]]


def covering(pki: DemoPki, spans: Spans) -> PdfReport:
    """The report on a file whose one signature is over spans made of the right ones."""
    leader = pki.leader("commune")
    pdf = signed(typed(), leader)
    _, first, second, last = ranges(pdf)[0]
    return examined(with_range(pdf, leader, spans(first, second, last)), trust_in(pki))


def test_the_right_spans_pass(pki: DemoPki) -> None:
    """Made anew over what it should cover, the signature passes: the workbench is sound."""
    assert covering(pki, lambda first, second, last: (0, first, second, last)).passed


@pytest.mark.parametrize(
    "spans",
    [
        lambda first, second, last: (0, first - 50, second, last),
        lambda first, second, last: (0, first, second + 50, last - 50),
        lambda first, second, last: (9, first - 9, second, last),
        lambda first, second, last: (0, first - 50, second - 50, last),
        lambda *_: (0, 9, 9, 9, 20, 9),
        lambda first, _second, _last: (0, first),
        lambda first, second, last: (0, first, second - 40, last),
        lambda first, second, last: (0, first, second, last + 99),
    ],
    ids=["hole before", "hole after", "late start", "moved", "three", "one", "overlap", "beyond"],
)
def test_other_spans_fail(pki: DemoPki, spans: Spans) -> None:
    """A hole, a late start, a third span: what is not covered could say anything."""
    report = covering(pki, spans)
    assert (report.indication, report.code) == (Indication.TOTAL_FAILED, "pdf.byte-range")


def test_an_end_before_the_end_fails(pki: DemoPki) -> None:
    """Covered but for the last octets, which can say where everything is: not a whole revision."""
    report = covering(pki, lambda first, second, last: (0, first, second, last - 30))
    assert (report.indication, report.code) == (Indication.TOTAL_FAILED, "pdf.changed")


def test_a_second_signature_that_leaves_out_the_first_fails(pki: DemoPki) -> None:
    """The agency's spans must hold the leader's signature, however good the digest."""
    both = signed(typed(), pki.leader("commune"))
    both = signed(both, pki.agency("commune"), field="Seal")
    (_, leader, leader_end, _), (_, first, _, _) = ranges(both)
    spans = (0, leader, leader_end, first - leader_end)
    forged = with_range(both, pki.agency("commune"), spans, number=1)
    report = examined(forged, trust_in(pki))
    assert report.signatures[1].code == "pdf.byte-range"
    assert report.indication is Indication.TOTAL_FAILED


@pytest.mark.parametrize("hidden", [False, True])
def test_loose_octets_behind_the_end_fail(
    pki: DemoPki,
    hidden: bool,  # noqa: FBT001
) -> None:
    """No revision accounts for them; with an older end they would take the agency's seal off."""
    once = signed(typed(), pki.leader("commune"))
    both = signed(once, pki.agency("commune"), field="Seal")
    end = once[once.rindex(b"startxref") :] if hidden else b"4 0 obj (99 trieu) endobj\n"
    report = examined(both + end, trust_in(pki))
    assert (report.indication, report.code) == (Indication.TOTAL_FAILED, "pdf.changed")
    assert "octets behind the end" in report.signatures[-1].reason


def test_white_space_behind_the_end_changes_nothing(pki: DemoPki) -> None:
    """Mail and editors add it, and no reader shows it."""
    pdf = signed(typed(), pki.leader("commune"))
    assert examined(pdf + b"\r\n \0", trust_in(pki)).passed
