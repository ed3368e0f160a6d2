"""Agreement with XML signatures of the W3C's and vendors' interop events, as xmlsec judges them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from corpora_dsig import DEFAULT, GENERAL, LIFTED, TRUSTED, UNTRUSTED, cases, why_not_computed
from dsig_help import lenient
from dsig_peers import peers_of_dsig

from docexchange.signing import Indication, TrustStore, Verifier
from docexchange.signing.xmldsig.deviations import Deviation

if TYPE_CHECKING:
    from corpora_dsig import Case

pytestmark = pytest.mark.corpora

BY_POLICY = {
    *(item.value for item in Deviation),
    "certificate.algorithm",
    "certificate.key-usage",
    "signature.algorithm",
    "signature.canonicalization",
    "signature.digest-algorithm",
    "signature.key-size",
    "signature.key-value",
    "signature.transform",
}
"""Codes with which a policy refuses what the engine could do."""


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.path)
def test_once_all_is_lifted_everything_comes_out_as_it_does_there(case: Case) -> None:
    """Good ones are accepted and bad ones refused, trust and all; but for what nobody computes."""
    judged = case.judged(LIFTED)
    if why_not_computed(case):
        assert case.good
        assert judged.code
    else:
        assert case.good is not bool(judged.code), judged.detail


def test_what_cannot_be_computed_does_not_grow() -> None:
    """SLH-DSA, GOST, EdDSA over digests, ML-KEM keys that are not there, mended faults."""
    if not cases():
        pytest.skip("the corpora are not beside the checkout")
    assert len(cases()) == 244
    assert sum(bool(why_not_computed(case)) for case in cases()) <= 26


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.path)
def test_by_default_nothing_of_it_passes_and_a_policy_says_why(case: Case) -> None:
    """Inclusive forms, SHA-1, HMAC, bare keys, DTDs: the profile has none of them."""
    for policy in (DEFAULT, replace(DEFAULT, foreign=True)):
        judged = case.judged(policy)
        assert judged.code
        if case.good and not why_not_computed(case):
            assert judged.code in BY_POLICY, judged.detail


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.path)
def test_for_auditors_what_passes_has_algorithms_that_hold(case: Case) -> None:
    """Whatever passes under the general policy passes under the lifted one, and says no SHA-1."""
    judged = case.judged(GENERAL)
    if judged.code:
        assert not case.good or why_not_computed(case) or judged.code in BY_POLICY
        return
    assert case.good
    assert not case.judged(LIFTED).code
    result = judged.result
    assert result is not None
    assert result.signature is not None
    assert not re.search("SHA-1|SHA-224|MD5|RIPEMD|HMAC|DSA with SHA-1", result.algorithm)
    methods = {item.digest_method for item in result.signature.references}
    assert not any(uri.endswith(("#sha1", "#md5", "224", "ripemd160")) for uri in methods)


def _alone() -> list[Case]:
    """Cases whose certificate is in the file, and that want nothing but an anchor and a time."""
    odd = {"--insecure", "--verify-keys", "--X509-skip-time-checks", "--lax-key-search"}
    return [
        case
        for case in cases()
        if case.given(TRUSTED)
        and not odd & set(case.options)
        and not any("pubkey" in option or "--crl" in option for option in case.options)
        and not case.given(UNTRUSTED)
        and b"<!DOCTYPE" not in case.file.read_bytes()
    ]


@pytest.mark.parametrize("case", _alone(), ids=lambda case: case.path)
def test_the_verifier_says_the_same(case: Case) -> None:
    """``examine_xml``, with the run's anchor and time, comes to the verdict of the two steps.

    It always insists on a certificate, and on one that was issued for signing: most of the corpus
    are authorities' own.
    """
    policy = replace(case.under(LIFTED), check_revocation=False)
    verifier = Verifier(TrustStore(case.octets(TRUSTED)), policy=policy)
    detached = case.detached(lenient(case.file))
    report = verifier.examine_xml(case.file.read_bytes(), detached=detached, at=case.at)
    first = report.signatures[0]
    if case.judged(LIFTED).code:
        assert first.indication is not Indication.TOTAL_PASSED
    else:
        stricter = {"certificate.key-usage", "signature.no-certificate"}
        passed = first.indication is Indication.TOTAL_PASSED
        assert passed or first.code in stricter, first.reason


@pytest.mark.peer("xmlsec1")
def test_other_programs_are_asked_the_same_and_not_in_vain() -> None:
    """Each of them says what the corpus expects of some cases, and nobody of more than we do."""
    if not cases():
        pytest.skip("the corpora are not beside the checkout")
    said = {peer: sum(item is True for item in told) for peer, told in peers_of_dsig().items()}
    assert said["xmlsec1"] > 100
    assert said["python-xmlsec"] > 100
    assert said["signxml"] > 10
    assert max(said.values()) == said["docexchange"]
