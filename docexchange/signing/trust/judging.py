"""One judgement: a certificate, what may help, what was revoked, a moment → a path, or a refusal.

Path building, constraints and revocation are pyhanko-certvalidator's; this package is its only
door. Nothing is fetched here. Its traps (0.33) are avoided on purpose, each with a test:

- ``hard-fail`` ignores a supplied list when the certificate names no distribution point, so
  revocation information is *required*;
- an anchor's own name constraints count only when they are derived from its certificate; with
  them comes a demand for the policies it names, which nobody has made;
- certificate ids in OCSP answers are read in SHA-1 and SHA-256 only (``parsing.answer_of``);
- certificates in OCSP answers enter the search for paths: they come in only if vouched for;
- hostile chains: look-ups of issuers (``searching.STEPS``), paths tried (``PATHS``), signatures
  checked (``SIGNATURES``) and names held against constraints (``NAMES``) are counted;
- deltas: see ``deltas``; answers that say "revoked later": see ``_judged_with_later_news``;
- an OCSP answer that says "good" hides a list that says "revoked": both are asked;
- what says "revoked" and is past its time counts for nothing: see ``_ask_as_of_then``;
- responders with ``ocsp-nocheck`` are not held against lists: see ``_without_revoked_delegates``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from docexchange.signing.errors import Refusal
from docexchange.signing.trust.context import context_for, parameters_for
from docexchange.signing.trust.deltas import fitting, revokes, silenced
from docexchange.signing.trust.evidence import (
    Evidence,
    answer_is_final_on,
    answer_is_silent_on,
    list_is_silent_on,
    of_answer,
    of_list,
    revoked_since,
)
from docexchange.signing.trust.lists import counting, is_final
from docexchange.signing.trust.parsing import (
    UNREADABLE,
    answer_of,
    certificate_of,
    certificates_brought,
    in_turn,
    list_of,
)
from docexchange.signing.trust.refusals import (
    most_telling,
    no_chain,
    refusal_of,
    revoked_by_delta,
    unreadable,
)
from docexchange.signing.trust.vouched import signed_by
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable
    from datetime import datetime

    from docexchange.signing.trust.case import Case

__all__ = ["NAMES", "PATHS", "SIGNATURES", "TrustedPath", "judge"]

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


@in_turn
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
    case = replace(case, lists=counting(case))
    case = replace(case, lists=fitting(case))
    case = _without_revoked_delegates(case)
    try:
        case, found = _judged_with_later_news(case)
    except Refusal as refusal:
        if refusal.sub_indication is SubIndication.TRY_LATER:
            # Nothing that may yet come takes back that somebody was revoked for good.
            _ask_as_of_then(case, _judged(replace(case, check_revocation=False)))
        raise
    if case.answers:
        _ask_lists_too(case, found)
    _ask_silenced_deltas(case, found)
    _ask_as_of_then(case, found)
    speaking = _without_silent(case, found)
    if speaking == case:
        return found
    return _judged_with_later_news(replace(speaking, unrevoked_before=None))[1]


def _without_revoked_delegates(case: Case) -> Case:
    """The case without responders that lists say were revoked, and without what they bring.

    A certificate with ``ocsp-nocheck`` need not be asked about (RFC 6960, 4.2.2.2.1), and the
    library (0.33) does not ask; but whoever has a revoked one's key can answer "good" for anybody.
    """
    if not (case.answers and case.lists):
        return case
    brought = {der: _brought_by(der) for der in case.answers}
    responders = filter(_answers, {*case.between}.union(*brought.values()))
    alone = replace(case, answers=(), unrevoked_before=None)
    revoked = {der for der in responders if _was_revoked(replace(alone, leaf=der))}
    return replace(
        case,
        between=tuple(der for der in case.between if der not in revoked),
        answers=tuple(der for der in case.answers if not brought[der] & revoked),
    )


def _was_revoked(case: Case) -> bool:
    """Whether lists say so of the certificate now, or said so for good."""
    said = (of_list(list_of(der)).produced for der in case.lists if is_final(der, (case.leaf,)))
    moments = {case.at, *(min(case.at, moment) for moment in said)}
    return any(_is_revoked(replace(case, at=moment)) for moment in moments)


def _brought_by(answer: bytes) -> set[bytes]:
    return {item.dump() for item in certificates_brought([answer])}


def _answers(der: bytes) -> bool:
    """Whether a certificate is one of a responder."""
    usage: Any = certificate_of(der)
    usage = None if usage is None else usage.extended_key_usage_value
    return usage is not None and "ocsp_signing" in usage.native


def _judged_with_later_news(case: Case) -> tuple[Case, TrustedPath]:
    """Judge; where an answer says that the signer was revoked later, take it for what it says.

    "Revoked since Tuesday" shows that on Monday nobody had revoked it. The library (0.33) takes
    such an answer for none. It is first asked about that Tuesday, so that the answer is known to be
    genuine.
    """
    try:
        return case, _judged(case)
    except Refusal as refusal:
        if refusal.sub_indication is not SubIndication.TRY_LATER:
            raise
        known = _unrevoked_before(case)
        if known is None:
            raise
    case = replace(case, unrevoked_before=known)
    found = _judged(case)
    evidence = (*_later_news(case), *_evidence_on_authorities(case, found))
    return case, replace(found, evidence=tuple(dict.fromkeys(evidence)))


def _evidence_on_authorities(case: Case, found: TrustedPath) -> tuple[Evidence, ...]:
    """What shows that no authority was revoked; the library asks nothing of them either then.

    Raises:
        Refusal: one was, or it is not known.
    """
    _leaf, *above = found.certificates
    if len(above) == 1:
        return ()
    try:
        return _judged(replace(case, leaf=above[0], unrevoked_before=None)).evidence
    except Refusal as refusal:
        if refusal.sub_indication is SubIndication.REVOKED_NO_POE:
            raise refusal.about(SubIndication.REVOKED_CA_NO_POE) from refusal
        raise


def _unrevoked_before(case: Case) -> datetime | None:
    leaf: Any = certificate_of(case.leaf)
    for answer in filter(None, map(answer_of, case.answers)):
        since = revoked_since(answer, leaf)
        if since is not None and since > case.at and _is_revoked(replace(case, at=since)):
            return since
    return None


def _is_revoked(case: Case) -> bool:
    try:
        _judged(case)
    except Refusal as refusal:
        return refusal.sub_indication is SubIndication.REVOKED_NO_POE
    return False


def _later_news(case: Case) -> Iterable[Evidence]:
    leaf: Any = certificate_of(case.leaf)
    for answer in filter(None, map(answer_of, case.answers)):
        if revoked_since(answer, leaf) == case.unrevoked_before:
            yield of_answer(answer)


def _ask_lists_too(case: Case, found: TrustedPath) -> None:
    """Hold the same path against the lists alone."""
    _refuse_revoked(replace(_along(case, found), answers=()))


def _ask_as_of_then(case: Case, found: TrustedPath) -> None:
    """Hold the same path against each that says "revoked", as of when it said so.

    The library (0.33) passes over lists and answers whose next are due, and over an answer where
    there is a later one; but nothing takes back that somebody was revoked for good (RFC 5280,
    5.3.1).
    """
    along = replace(_along(case, found), unrevoked_before=None)
    path = found.certificates[:-1]
    for der in case.lists:
        if is_final(der, path):
            then = of_list(list_of(der)).produced
            _refuse_revoked(replace(along, answers=(), at=min(case.at, then)))
    for der in case.answers:
        if answer_is_final_on(answer_of(der), map(certificate_of, path)):
            then = of_answer(answer_of(der)).produced
            _refuse_revoked(replace(along, answers=(der,), at=min(case.at, then)))


def _refuse_revoked(case: Case) -> None:
    try:
        _judged(case)
    except Refusal as refusal:
        if refusal.code == "certificate.revoked":
            raise


def _along(case: Case, found: TrustedPath) -> Case:
    """The case with this path alone, and with those who may issue lists or give answers."""
    *_, anchor = found.certificates
    taken = set(map(_holder, found.certificates))
    kept = (der for der in case.between if der in found.certificates or _holder(der) not in taken)
    return replace(case, between=tuple(kept), anchors=(anchor,))


def _holder(der: bytes) -> tuple[str, bytes]:
    """Name and key: whoever has both of somebody on a path makes another path."""
    certificate: Any = certificate_of(der)
    return certificate.subject.hashable, certificate.public_key.dump()


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

    context, parameters = context_for(case, signatures), parameters_for(case.rules)
    refusals: list[Refusal] = []
    others = 0
    async for path in context.path_builder.async_build_paths_lazy(leaf):
        if len(refusals) + others == PATHS:
            raise too_much("paths")
        if _comparisons(list(path)) > NAMES:
            raise too_much("names under constraints")
        try:
            await async_validate_path(context, path, parameters)
        except ValidationError as error:
            if _is_signed(list(path)):
                refusals.append(refusal_of(error))
            else:
                others += 1
        else:
            return path
    raise most_telling(refusals) if refusals else no_chain(case.leaf)


def _is_signed(path: list[Any]) -> bool:
    """Whether it is one at all: an authority with a new key has the name of the old one."""
    return all(signed_by(below, above.dump()) for above, below in pairwise(path))


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
