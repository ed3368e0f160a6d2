"""The words of a verdict."""

from __future__ import annotations

import pytest

from docexchange.signing import Indication, SubIndication
from docexchange.signing.errors import Refusal, malformed

FAILED = {
    "FORMAT_FAILURE",
    "HASH_FAILURE",
    "SIG_CRYPTO_FAILURE",
    "REVOKED",
    "EXPIRED",
    "NOT_YET_VALID",
}


@pytest.mark.parametrize("reason", SubIndication)
def test_every_reason_stands_under_the_indication_of_the_standard(reason: SubIndication) -> None:
    """EN 319 102-1, tables 5 and 6."""
    expected = Indication.TOTAL_FAILED if reason.value in FAILED else Indication.INDETERMINATE
    assert reason.indication is expected


def test_the_worst_indication_weighs_most() -> None:
    """Passed, undecided, failed."""
    ranked = sorted(Indication, key=lambda item: item.severity)
    assert [item.value for item in ranked] == ["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"]


def test_a_refusal_can_be_raised_again_without_its_past() -> None:
    """The copy says the same and remembers no frames."""
    first = Refusal(SubIndication.TRY_LATER, "why", code="a.b", advice="do")
    with pytest.raises(Refusal):
        raise first
    again = first.again()
    assert again is not first
    assert (str(again), again.code, again.advice) == ("why", "a.b", "do")
    assert again.sub_indication is SubIndication.TRY_LATER
    assert again.__traceback__ is None


def test_malformed_is_a_failure_of_form() -> None:
    """One sub-indication, one code."""
    refusal = malformed("expected this, found that")
    assert refusal.sub_indication is SubIndication.FORMAT_FAILURE
    assert refusal.code == "signature.format"
    assert str(refusal) == "expected this, found that"
