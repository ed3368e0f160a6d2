"""Digests: whether each part is as it was when it was signed, and what the signature rests on.

>>> coverage, refusal = compared(resolved, labels)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.signing.errors import Refusal
from docexchange.signing.report import Covered
from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm, name_of
from docexchange.signing.xmldsig.references import octets_of, verify_digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docexchange.signing.xmldsig.diagnosis import Diagnosis
    from docexchange.signing.xmldsig.model import SignatureForm
    from docexchange.signing.xmldsig.references import Resolved

__all__ = ["compared", "digests_of"]

_NAMES: Final = {
    **{item.value: item.hashlib_name for item in Digest},
    **{item.value: item.digest.hashlib_name for item in SignatureAlgorithm},
}


def compared(
    resolved: Sequence[Resolved], labels: Mapping[int, str]
) -> tuple[tuple[Covered, ...], Refusal | None]:
    """Hold every reference to its digest; all that are broken are told.

    Args:
        resolved: references and what they point to.
        labels: what people call those things, by ``id()``.
    """
    coverage, broken, diagnosis = [], [], None
    for item in resolved:
        label = labels[id(item.target)]
        try:
            octets, intact = verify_digest(item), True
        except Refusal as refusal:
            octets, intact = octets_of(item.target), False
            diagnosis = diagnosis or _diagnosis()
            broken.append((label, _explained(item, refusal, diagnosis)))
        covered = Covered(
            label=label,
            uri=item.reference.uri or "",
            intact=intact,
            octets=octets,
            digest=name_of(item.reference.digest_method),
            parts=(label,),
        )
        coverage.append(covered)
    return tuple(coverage), _all(broken, _alike(resolved)) if broken else None


def _diagnosis() -> Diagnosis:
    from docexchange.signing.xmldsig.diagnosis import Diagnosis  # and with it all canonical forms

    return Diagnosis()


def _explained(item: Resolved, refusal: Refusal, diagnosis: Diagnosis) -> Refusal:
    if refusal.code != "signature.digest":
        return refusal
    try:
        verify_digest(item, diagnosis)
    except Refusal as explained:
        return explained
    return refusal


def _alike(resolved: Sequence[Resolved]) -> str:
    digests = {item.reference.digest_value for item in resolved}
    if len(resolved) > 1 and len(digests) == 1:
        return "; every reference has this same digest: a placeholder"
    return ""


def _all(refusals: list[tuple[str, Refusal]], alike: str) -> Refusal:
    _label, first = refusals[0]
    labels = ", ".join(label for label, _ in refusals)
    reason = f"{labels}: {first}{alike}"
    return Refusal(first.sub_indication, reason, code=first.code, advice=first.advice)


def digests_of(signature: SignatureForm) -> set[str]:
    """Names, as ``hashlib`` has them, of the digests that a signature rests on.

    Args:
        signature: one whose algorithms were accepted.
    """
    named = {reference.digest_method for reference in signature.references}
    return {_NAMES[uri] for uri in (signature.signature_method.algorithm, *named)}
