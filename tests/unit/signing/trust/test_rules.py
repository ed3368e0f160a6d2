"""What a path must be like beyond RFC 5280's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from signing_help import NOW, certify

from docexchange.errors import ConfigurationError
from docexchange.signing import PathRules, SubIndication, TrustStore
from docexchange.signing.errors import Refusal
from docexchange.signing.trust import TIME_STAMPING
from docexchange.testing import names, policies, policy_constraints, purposes, subject_name

if TYPE_CHECKING:
    from docexchange.testing import Credential

ANY, DOCUMENT, EMAIL, CLIENT = (
    "2.5.29.37.0",
    "1.3.6.1.5.5.7.3.36",
    "1.3.6.1.5.5.7.3.4",
    "1.3.6.1.5.5.7.3.2",
)
SERVER, CODE, STAMPS = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.8"
ONE, TWO = "1.3.6.1.4.1.99999.1", "1.3.6.1.4.1.99999.2"


def found(
    leaf: Credential, root: Credential, *between: Credential, **rules: Any
) -> tuple[str, ...]:
    """The path under some rules."""
    trust = TrustStore([root.der])
    chain = [item.der for item in between]
    options = {"at": NOW, "check_revocation": False, "rules": PathRules(**rules)}
    return trust.find_path(leaf.der, chain, **options).subjects


def refused(leaf: Credential, *others: Credential, **rules: Any) -> Refusal:
    """The refusal under some rules."""
    with pytest.raises(Refusal) as caught:
        found(leaf, *others, **rules)
    return caught.value


@pytest.mark.parametrize("named", [[ANY], [DOCUMENT], [EMAIL], [CLIENT], [SERVER, EMAIL], []])
def test_documents_may_be_signed_with_a_certificate_for_that_or_for_nothing_named(
    named: list[str],
) -> None:
    """One purpose of ours is enough."""
    root = certify("Root", ca=True)
    leaf = certify("Leaf", issuer=root, extensions=[purposes(*named)] if named else [])
    assert found(leaf, root)


@pytest.mark.parametrize("named", [[SERVER], [CODE], [STAMPS], [SERVER, CODE]])
def test_a_certificate_for_something_else_must_not_sign_documents(named: list[str]) -> None:
    """A key that answers for a machine must not speak for an agency."""
    root = certify("Root", ca=True)
    refusal = refused(certify("Leaf", issuer=root, extensions=[purposes(*named)]), root)
    assert refusal.sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE
    assert refusal.code == "certificate.extended-key-usage"


def test_other_purposes_may_be_asked_for() -> None:
    """Those of time stamps, or none at all."""
    root = certify("Root", ca=True)
    leaf = certify("Leaf", issuer=root, extensions=[purposes(STAMPS)])
    assert found(leaf, root, purposes=TIME_STAMPING)
    assert found(leaf, root, purposes=None)


def test_a_policy_may_be_required() -> None:
    """One of those named; any, if only some policy is required."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, extensions=[policies()])
    leaf = certify("Leaf", issuer=upper, extensions=[policies(ONE)])
    assert found(leaf, root, upper, require_policy=True)
    assert found(leaf, root, upper, require_policy=True, policies=frozenset({ONE}))
    assert refused(leaf, root, upper, require_policy=True, policies=frozenset({TWO}))
    assert refused(leaf, root, upper, require_policy=True, inhibit_any_policy=True)
    assert refused(certify("Bare", issuer=upper), root, upper, require_policy=True)


def test_an_authority_may_require_a_policy() -> None:
    """Its policy constraints hold without anybody asking."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, extensions=[policy_constraints(require_after=0)])
    assert refused(certify("Leaf", issuer=upper), root, upper)


@pytest.mark.parametrize("named", [[], [ONE]])
def test_a_root_that_names_policies_demands_none(named: list[str]) -> None:
    """A trap of the library: deriving an anchor's name constraints brings such a demand along."""
    root = certify("Root", ca=True, extensions=[policies(*named)])
    leaf = certify("Leaf", issuer=root)
    assert found(leaf, root)
    assert refused(leaf, root, require_policy=True)


def test_names_may_be_constrained_from_the_start() -> None:
    """As if the anchor said so."""
    root = certify("Root", ca=True)
    leaf = certify("Leaf", issuer=root)
    vietnam = [x509.DirectoryName(x509.Name(subject_name("x").rdns[:1]))]
    laos = [x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "LA")]))]
    permitted, _ = names(permitted=vietnam)
    assert found(leaf, root, names=permitted)
    assert refused(leaf, root, names=names(permitted=laos)[0])
    assert refused(leaf, root, names=names(excluded=vietnam)[0])
    assert found(leaf, root, names=names(excluded=laos)[0])


def test_the_length_of_a_path_may_be_limited() -> None:
    """Whichever is shorter, ours or the anchor's, counts."""
    root = certify("Root", ca=True, path_length=1)
    upper = certify("Upper", ca=True, issuer=root)
    leaf = certify("Leaf", issuer=upper)
    assert found(leaf, root, upper, path_length=1)
    assert found(leaf, root, upper, path_length=7)
    assert refused(leaf, root, upper, path_length=0)


@pytest.mark.parametrize("wrong", [{"policies": frozenset()}, {"path_length": -1}])
def test_rules_that_nothing_can_meet_are_refused(wrong: dict[str, Any]) -> None:
    """Said when they are made."""
    with pytest.raises(ConfigurationError, match="path length"):
        PathRules(**wrong)
