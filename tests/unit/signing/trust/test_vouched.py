"""Which certificates are worth a look."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st
from signing_help import certify

from docexchange.signing.trust.vouched import vouched

ROOT = certify("Root", ca=True)
UPPER = certify("Upper", ca=True, issuer=ROOT)
LOWER = certify("Lower", ca=True, issuer=UPPER)
LEAF = certify("Leaf", issuer=LOWER)
STRANGER = certify("Root", ca=True)
FALSE = certify("False", issuer=STRANGER)
ALL = [item.der for item in (UPPER, LOWER, LEAF, STRANGER, FALSE)]


@given(st.permutations(ALL))
def test_a_chain_is_found_in_any_order(candidates: list) -> None:
    """From the anchors downwards; what no anchor vouches for is left out."""
    found = vouched(candidates, anchors=[ROOT.der])
    assert found == (UPPER.der, LOWER.der, LEAF.der)


@given(st.lists(st.sampled_from(ALL)))
def test_nothing_is_made_up_and_nothing_is_doubled(candidates: list) -> None:
    """The result is a set of candidates, closed under issuance from the anchors."""
    found = vouched(candidates, anchors=[ROOT.der])
    assert set(found) <= set(candidates)
    assert len(set(found)) == len(found)
    assert (LEAF.der in found) == (set(ALL[:3]) <= set(candidates))


def test_the_same_name_with_another_key_vouches_for_nothing() -> None:
    """The signature on the certificate decides."""
    assert vouched([FALSE.der], anchors=[ROOT.der]) == ()
    assert vouched([FALSE.der], anchors=[STRANGER.der]) == (FALSE.der,)


def test_a_certificate_that_may_not_issue_vouches_for_nobody() -> None:
    """With basic constraints that say so, or with none."""
    forged = certify("Forged", issuer=LEAF)
    assert forged.der not in vouched([*ALL, forged.der], anchors=[ROOT.der])


def test_an_anchor_vouches_whatever_its_own_constraints_say() -> None:
    """It is trusted as it is: old roots have no basic constraints at all."""
    assert vouched([certify("x", issuer=LEAF).der], anchors=[LEAF.der])


def test_an_anchor_that_signs_itself_is_vouched_for() -> None:
    """An agency's own certificate may be the anchor."""
    assert vouched([ROOT.der], anchors=[ROOT.der]) == (ROOT.der,)


def test_two_authorities_that_issue_each_other_are_no_trap() -> None:
    """Each is looked at once."""
    one = certify("One", ca=True, issuer=ROOT)
    two = certify("Two", ca=True, issuer=one)
    cross = certify("One", ca=True, issuer=two, key=one.private_key)
    again = certify("Two", ca=True, issuer=cross, key=two.private_key)
    given_certificates = [item.der for item in (again, cross, two, one)]
    found = vouched(given_certificates, anchors=[ROOT.der])
    assert set(found) == set(given_certificates)


def test_kinds_of_keys_that_sign_no_letters_may_sign_certificates() -> None:
    """Policy on the keys of authorities is the path's business."""
    authority = certify("Ed", ca=True, key=ed25519.Ed25519PrivateKey.generate())
    leaf = certify("x", issuer=authority).der
    assert vouched([leaf], anchors=[authority.der]) == (leaf,)


def test_nothing_in_nothing_out() -> None:
    """No anchors, or no candidates."""
    assert vouched([], anchors=[ROOT.der]) == ()
    assert vouched(ALL, anchors=[]) == ()
