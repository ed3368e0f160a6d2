"""One judgement: a certificate, what may help, what was revoked, a moment → a path, or a refusal.

Path building, constraints and revocation are pyhanko-certvalidator's; this module is its only door.
Nothing is fetched here. Its traps (0.33) are avoided on purpose, each with a test:

- ``hard-fail`` ignores a supplied list when the certificate names no distribution point, so
  revocation information is *required*;
- an anchor's own name constraints count only when they are derived from its certificate; with
  them comes a demand for the policies it names, which nobody has made;
- certificate ids in OCSP answers are read in SHA-1 and SHA-256 only (``parsing.answer_of``);
- certificates in OCSP answers enter the search for paths: they come in only if vouched for;
- hostile chains: at most ``PATHS`` paths are tried, ``SIGNATURES`` signatures checked, and a name
  held ``NAMES`` times against a constraint;
- deltas: see ``deltas``;
- an OCSP answer that says "good" hides a list that says "revoked": both are asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from docexchange.signing.errors import Refusal
from docexchange.signing.trust.deltas import fitting, revokes, silenced
from docexchange.signing.trust.evidence import (
    Evidence,
    answer_is_silent_on,
    list_is_silent_on,
    of_answer,
    of_list,
)
from docexchange.signing.trust.parsing import UNREADABLE, answer_of, certificate_of, list_of
from docexchange.signing.trust.refusals import (
    most_telling,
    no_chain,
    refusal_of,
    revoked_by_delta,
    unreadable,
)
from docexchange.signing.trust.rules import ANY_POLICY
from docexchange.signing.trust.vouched import signed_by

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable
    from datetime import datetime

    from docexchange.signing.trust.rules import PathRules

__all__ = ["NAMES", "PATHS", "SIGNATURES", "Case", "TrustedPath", "judge"]

NAMES: Final = 20_000
"""Most comparisons of names with constraints on one path; real ones need a hundred."""
PATHS: Final = 64
"""Most paths that are tried for one certificate."""
SIGNATURES: Final = 512
"""Most signatures that are checked for one judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedPath:
    """A valid path, and what shows that nobody on it was revoked."""

    subjects: tuple[str, ...]
    """Who stands on it, the signer first, the anchor last."""
    certificates: tuple[bytes, ...]
    """DER of their certificates, in the same order."""
    evidence: tuple[Evidence, ...] = ()
    """The lists and answers that were relied on; none where revocation was not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a judgement stands on."""

    leaf: bytes
    """DER of the signer's certificate."""
    between: tuple[bytes, ...]
    """DER of certificates that may stand between, all of them vouched for by an anchor."""
    anchors: tuple[bytes, ...]
    """DER of the trust anchors."""
    at: datetime
    """The moment to judge for."""
    rules: PathRules
    """What the path must be like."""
    check_revocation: bool
    """Whether each certificate must be shown not to be revoked."""
    lists: tuple[bytes, ...] = field(default=(), repr=False)
    """DER of revocation lists."""
    answers: tuple[bytes, ...] = field(default=(), repr=False)
    """DER of OCSP answers, whose own certificates are vouched for."""


def judge(case: Case) -> TrustedPath:
    """Find a valid path.

    Raises:
        Refusal: there is none, with the standard's reason.
    """
    leaf = certificate_of(case.leaf)
    if leaf is None:
        raise no_chain(case.leaf)
    case.rules.check_purpose(leaf)
    if not case.check_revocation:
        return _judged(case)
    case = replace(case, lists=fitting(case.lists))
    found = _judged(case)
    if case.answers:
        _ask_lists_too(case, found)
    _ask_silenced_deltas(case, found)
    speaking = _without_silent(case, found)
    return found if speaking == case else _judged(speaking)


def _ask_lists_too(case: Case, found: TrustedPath) -> None:
    """Hold the same path against the lists alone."""
    *between, anchor = found.certificates[1:] or found.certificates
    only = replace(case, answers=(), between=tuple(between), anchors=(anchor,))
    try:
        _judged(only)
    except Refusal as refusal:
        if refusal.code == "certificate.revoked":
            raise


def _ask_silenced_deltas(case: Case, found: TrustedPath) -> None:
    for delta in silenced(case.lists):
        for der, issuer in zip(found.certificates, found.certificates[1:], strict=False):
            certificate: Any = certificate_of(der)
            if revokes(delta, certificate, at=case.at) and signed_by(list_of(delta), issuer):
                raise revoked_by_delta(certificate, is_signer=der == case.leaf)


def _without_silent(case: Case, found: TrustedPath) -> Case:
    """The case without lists and answers that may have dropped an expired certificate."""
    path = [certificate_of(der) for der in found.certificates[:-1]]
    lists = tuple(der for der in case.lists if not list_is_silent_on(list_of(der), path))
    answers = tuple(der for der in case.answers if not answer_is_silent_on(answer_of(der), path))
    return replace(case, lists=lists, answers=answers)


def _judged(case: Case) -> TrustedPath:
    from pyhanko_certvalidator.errors import PathBuildingError, PathError, ValidationError

    from docexchange.signing.trust.algorithms import CountedSignatures, weakness_of_key

    leaf: Any = certificate_of(case.leaf)
    weakness = weakness_of_key(leaf.public_key, case.rules.constraints, at=case.at)
    if weakness:
        raise weakness.refusal("the signing certificate", code="certificate.algorithm")
    signatures = CountedSignatures(case.rules.constraints, case.at, budget=SIGNATURES)
    try:
        path = _run(_first_valid(leaf, case, signatures))
    except PathBuildingError as error:
        raise no_chain(case.leaf) from error
    except (ValidationError, PathError) as error:
        raise refusal_of(error) from error
    except UNREADABLE as error:
        raise unreadable(error) from error
    certificates = [*reversed(list(path))]
    return TrustedPath(
        subjects=tuple(item.subject.human_friendly for item in certificates),
        certificates=tuple(item.dump() for item in certificates),
        evidence=tuple(_relied_on(case, signatures.good)),
    )


def _relied_on(case: Case, good: set[bytes]) -> Iterable[Evidence]:
    for item in filter(None, map(list_of, case.lists)):
        if item["tbs_cert_list"].dump() in good:
            yield of_list(item)
    for item in filter(None, map(answer_of, case.answers)):
        if item.basic_ocsp_response["tbs_response_data"].dump() in good:
            yield of_answer(item)


async def _first_valid(leaf: Any, case: Case, signatures: Any) -> Any:
    from pyhanko_certvalidator.errors import ValidationError
    from pyhanko_certvalidator.validate import async_validate_path

    from docexchange.signing.trust.algorithms import too_much

    context, parameters = _context(case, signatures), _parameters(case.rules)
    refusals: list[Refusal] = []
    async for path in context.path_builder.async_build_paths_lazy(leaf):
        if len(refusals) == PATHS:
            raise too_much("paths")
        if _comparisons(list(path)) > NAMES:
            raise too_much("names under constraints")
        try:
            await async_validate_path(context, path, parameters)
        except ValidationError as error:
            refusals.append(refusal_of(error))
        else:
            return path
    raise most_telling(refusals)


def _comparisons(path: list[Any]) -> int:
    """How often a name is held against a constraint: each of each against each above it."""
    names = sum(len(item.subject.chosen) + len(item.subject_alt_name_value or ()) for item in path)
    constraints = (item.name_constraints_value for item in path)
    return names * sum(
        len(value[part])
        for value in constraints
        if value is not None
        for part in ("permitted_subtrees", "excluded_subtrees")
        if value[part].native is not None
    )


def _context(case: Case, signatures: Any) -> Any:
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.policy_decl import (
        NO_REVOCATION,
        REQUIRE_REVINFO,
        CertRevTrustPolicy,
    )

    from docexchange.signing.trust.algorithms import TablePolicy

    asked = case.check_revocation
    rule = REQUIRE_REVINFO if asked else NO_REVOCATION
    return ValidationContext(
        trust_roots=[_anchor(der, case.rules) for der in case.anchors],
        other_certs=[certificate_of(der) for der in case.between],
        crls=list(filter(None, map(list_of, case.lists))) if asked else [],
        ocsps=list(filter(None, map(answer_of, case.answers))) if asked else [],
        moment=case.at,
        allow_fetching=False,
        # A list issued after the moment in question still tells what was revoked before it.
        revinfo_policy=CertRevTrustPolicy(rule, retroactive_revinfo=True),
        algorithm_usage_policy=TablePolicy(case.rules.constraints, case.at),
        signature_validator=signatures,
    )


def _parameters(rules: PathRules) -> Any:
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


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Drive a coroutine that never waits: nothing is fetched, so there is nothing to wait for.

    ``asyncio.run`` would fail inside somebody's running event loop.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    finally:
        coroutine.close()
    raise RuntimeError("certificate validation waited for the network; fetching must be off")
