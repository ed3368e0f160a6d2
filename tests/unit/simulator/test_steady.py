"""Trust that is remembered between dates is the trust of any store, in words and reasons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docexchange.identifiers import OrganId
from docexchange.signing import TrustStore
from docexchange.signing.errors import Refusal
from docexchange.simulator import START
from docexchange.simulator.pki import Seal, SimulatedPki

HOURS = (-800, -720, -1, 0, 1, 2, 24, 24 * 3650, 24 * 3651)
"""Before and after everything begins and ends, and between."""
moments = st.builds(
    lambda hours, seconds: START + timedelta(hours=hours, seconds=seconds),
    st.sampled_from(HOURS),
    st.integers(-90, 90) | st.sampled_from([-3, -2, -1, 0, 1, 2, 3]),
)


@pytest.fixture(scope="module")
def certificates():
    """One that lasts, one that ends in an hour, one that was revoked, and one of a stranger."""
    pki, other = SimulatedPki(at=START), SimulatedPki(at=START + timedelta(days=9000))
    lasting, ending = Seal(OrganId("H01")), Seal(OrganId("H02"), until=START + timedelta(hours=1))
    gone = Seal(OrganId("H03"))
    revoked = frozenset({(gone, START + timedelta(hours=2))})
    leaves = [
        p.key(seal).certificates[0]
        for p, seal in [(pki, lasting), (pki, ending), (pki, gone), (other, lasting)]
    ]
    anchor = other.trust().anchors
    stores = [pki.trust(), pki.trust(revoked), pki.trust(None), pki.trust(revoked, anchor)]
    return leaves, stores


def verdict(trust, leaf, chain, at, rule):
    """Who stands on the path by what evidence, or why there is none."""
    try:
        return trust.find_path(leaf, chain, at=at, check_revocation=rule)
    except Refusal as refusal:
        return str(refusal), refusal.code, refusal.sub_indication, refusal.advice


@settings(max_examples=60)
@given(data=st.data())
def test_answers_are_those_of_a_store_that_remembers_nothing(certificates, data):
    """Whatever is asked, as of whenever, in any order and often."""
    leaves, stores = certificates
    leaf, chain = st.sampled_from(leaves), st.lists(st.sampled_from(leaves), max_size=2)
    questions = st.tuples(st.sampled_from(stores), leaf, chain, moments, st.booleans())
    for trust, leaf, chain, at, rule in data.draw(st.lists(questions, min_size=1, max_size=8)):
        plain = TrustStore(trust.anchors, crls=trust.crls)
        said = verdict(plain, leaf, chain, at, rule)
        assert verdict(trust, leaf, chain, at, rule) == said
        assert verdict(trust, leaf, chain, at, rule) == said


def test_a_path_is_judged_once_between_two_dates(certificates):
    """A day later the very same answer is given; refusals are the same words, raised anew."""
    leaves, (trust, revoked, *_) = certificates
    first = verdict(trust, leaves[0], (), START + timedelta(hours=3), rule=True)
    assert verdict(trust, leaves[0], (), START + timedelta(hours=30), rule=True) is first
    for hours in (3, 30):
        with pytest.raises(Refusal) as caught:
            revoked.find_path(
                leaves[2], (), at=START + timedelta(hours=hours), check_revocation=True
            )
        assert caught.value.code == "certificate.revoked"
