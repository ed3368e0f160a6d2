"""A case in the terms of pyhanko-certvalidator: its context, parameters and anchors."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docexchange.signing.trust.parsing import (
    answer_of,
    certificate_of,
    certificates_brought,
    list_of,
    list_without_entries_of,
    may_name,
)
from docexchange.signing.trust.rules import ANY_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.signing.trust.case import Case
    from docexchange.signing.trust.rules import PathRules

__all__ = ["context_for", "parameters_for"]


def context_for(case: Case, signatures: Any) -> Any:
    """The library's context for a case.

    Args:
        case: what is judged.
        signatures: checks signatures; see ``algorithms.CountedSignatures``.
    """
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.policy_decl import (
        NO_REVOCATION,
        REQUIRE_REVINFO,
        CertRevTrustPolicy,
    )

    from docexchange.signing.trust.algorithms import TablePolicy
    from docexchange.signing.trust.searching import CountedRegistry

    asked = case.check_revocation
    rule = REQUIRE_REVINFO if asked else NO_REVOCATION
    anchors = [_anchor(der, case.rules) for der in case.anchors]
    known = [certificate_of(der) for der in case.between]
    registry = CountedRegistry.build([*known, *(anchor.certificate for anchor in anchors)])
    return ValidationContext(
        trust_roots=anchors,
        certificate_registry=registry,
        revinfo_manager=_evidence(case, registry) if asked else None,
        crls=[],
        moment=case.at,
        allow_fetching=False,
        # A list issued after the moment in question still tells what was revoked before it.
        revinfo_policy=CertRevTrustPolicy(rule, retroactive_revinfo=True),
        algorithm_usage_policy=TablePolicy(case.rules.constraints, case.at),
        signature_validator=signatures,
    )


def _evidence(case: Case, registry: Any) -> Any:
    from pyhanko_certvalidator.ltv.poe import POEManager
    from pyhanko_certvalidator.policy_decl import NonRevokedStatusAssertion
    from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

    from docexchange.signing.trust.issuing import SignedLists

    answers = filter(None, map(answer_of, case.answers))
    parts = [part for item in answers for part in OCSPContainer.load_multi(item)]
    leaf = hashlib.sha256(case.leaf).digest()
    known = case.unrevoked_before
    return SignedLists(
        certificate_registry=registry,
        poe_manager=POEManager(),
        crls=[CRLContainer(item) for item in _lists(case) if item is not None],
        ocsps=sorted(parts, key=_is_not_revoked),
        assertions=[] if known is None else [NonRevokedStatusAssertion(leaf, at=known)],
    )


def _lists(case: Case) -> Iterable[Any]:
    """The lists of a case; those that name nobody in question without their entries.

    The library goes through all entries for each certificate, and an authority may have revoked
    a hundred thousand.
    """
    known = map(certificate_of, (case.leaf, *case.between, *case.anchors))
    everyone = (*known, *certificates_brought(case.answers))
    for der in case.lists:
        named = any(may_name(der, item) for item in everyone)
        yield (None if named else list_without_entries_of(der)) or list_of(der)


def _is_not_revoked(part: Any) -> bool:
    """Of two statements of the same moment the library takes the first: that must be "revoked"."""
    return bool(part.extract_single_response()["cert_status"].name != "revoked")


def parameters_for(rules: PathRules) -> Any:
    """The library's parameters for some rules."""
    from pyhanko_certvalidator import PKIXValidationParams

    permitted, excluded = _subtrees(rules)
    return PKIXValidationParams(
        user_initial_policy_set=rules.policies,
        initial_explicit_policy=rules.require_policy,
        initial_policy_mapping_inhibit=rules.inhibit_mapping,
        initial_any_policy_inhibit=rules.inhibit_any_policy,
        initial_permitted_subtrees=permitted,
        initial_excluded_subtrees=excluded,
    )


def _subtrees(rules: PathRules) -> tuple[Any, Any]:
    from asn1crypto.x509 import NameConstraints
    from pyhanko_certvalidator.name_trees import (
        default_excluded_subtrees,
        default_permitted_subtrees,
        process_general_subtrees,
    )

    if rules.names is None:
        return None, None
    given = NameConstraints.load(rules.names.public_bytes())
    trees = default_permitted_subtrees(), default_excluded_subtrees()
    for tree, part in zip(trees, ("permitted_subtrees", "excluded_subtrees"), strict=True):
        if given[part].native is not None:
            tree.update(process_general_subtrees(given[part]))
    return trees


def _anchor(der: bytes, rules: PathRules) -> Any:
    from pyhanko_certvalidator.authority import CertTrustAnchor, derive_quals_from_cert

    certificate = certificate_of(der)
    given = derive_quals_from_cert(certificate)
    bounds = [given.max_path_length, rules.path_length]
    longest = min((bound for bound in bounds if bound is not None), default=None)
    names = given.standard_parameters and replace(
        given.standard_parameters,
        # That a root names policies does not mean that we ask for any (RFC 5280, 6.1.1 d).
        user_initial_policy_set=frozenset({ANY_POLICY}),
        initial_explicit_policy=False,
    )
    qualifiers = replace(
        given,
        standard_parameters=names,
        max_path_length=longest,
        max_aa_path_length=longest,  # or the library subtracts from None
    )
    return CertTrustAnchor(certificate, qualifiers)
