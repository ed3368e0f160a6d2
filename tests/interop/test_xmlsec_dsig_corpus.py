"""Agreement with XML signatures of the W3C's and vendors' interop events, as xmlsec judges them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from corpora_dsig import LIFTED, cases, why_intact, why_refused

from docexchange.signing import VerificationPolicy

if TYPE_CHECKING:
    from corpora_dsig import Case

pytestmark = pytest.mark.corpora


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.path)
def test_we_agree_with_xmlsec_or_can_say_why_not(case: Case) -> None:
    """Under a lifted policy: every signature that we can compute comes out as it does there."""
    result = case.examined(LIFTED)
    if case.good and not result.intact:
        assert why_refused(case, result), result.refusal
    elif result.intact and not case.good:
        assert why_intact(case)


def test_most_of_the_corpus_is_computed() -> None:
    """So that the table of reasons does not grow unseen."""
    if not cases():
        pytest.skip("the corpora are not beside the checkout")
    good = [case for case in cases() if case.good]
    intact = [case for case in good if case.examined(LIFTED).intact]
    assert len(intact) >= 175
    assert len(good) - len(intact) <= 52


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.path)
def test_by_default_nothing_of_it_passes_and_each_refusal_has_a_name(case: Case) -> None:
    """Inclusive forms, SHA-1, HMAC, bare keys: the profile has none of them."""
    result = case.examined(VerificationPolicy())
    assert not result.intact
    assert result.refusal is not None
    assert result.refusal.code in {
        "signature.algorithm",
        "signature.bad-certificate",
        "signature.canonicalization",
        "signature.format",
        "signature.key-value",
        "signature.no-certificate",
        "signature.transform",
        "signature.digest-algorithm",
        "signature.key-size",
    }


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.path)
def test_for_auditors_what_passes_has_algorithms_that_hold(case: Case) -> None:
    """Whatever passes under the general policy passes under the lifted one, and says no SHA-1."""
    result = case.examined(VerificationPolicy.general())
    if result.intact:
        assert case.examined(LIFTED).intact
        assert not re.search("SHA-1|SHA-224|MD5|HMAC|DSA with SHA-1", result.algorithm)
        assert result.chosen is not None
        assert result.signature is not None
        methods = {item.digest_method for item in result.signature.references}
        assert not any(uri.endswith(("#sha1", "#md5", "224")) for uri in methods)
