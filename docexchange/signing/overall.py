"""The verdict on a file, out of the verdicts on its signatures: the worst of them decides.

>>> with_roles(overall(reports, parts, moment, message_id), signers, ("leader", "agency"))
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from docexchange.signing.report import FileVerdict, Report, SignatureReport, Uncovered
from docexchange.signing.verdicts import Indication, SubIndication
from docexchange.signing.xmldsig.references import octets_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from docexchange.envelope.reading.findings import Finding
    from docexchange.identifiers import MessageId
    from docexchange.signing.coverage import Part

    Roles = Sequence[str]

__all__ = ["overall", "with_roles"]

F = TypeVar("F", bound=FileVerdict)


def overall(
    signatures: tuple[SignatureReport, ...],
    parts: Sequence[Part],
    at: datetime,
    message_id: MessageId | None,
    *,
    findings: tuple[Finding, ...] = (),
) -> Report:
    """The report on a file.

    Args:
        signatures: the reports on its signatures, one or more.
        parts: what must be signed.
        at: the moment that was judged.
        message_id: of the letter; None where there is none.
        findings: what is not as the standard says.
    """
    worst = max(_flat(signatures), key=lambda item: item.indication.severity)
    passed = worst.indication is Indication.TOTAL_PASSED
    return Report(
        indication=worst.indication,
        sub_indication=worst.sub_indication,
        reason=worst.reason,
        code=worst.code,
        advice=worst.advice,
        message_id=str(message_id or ""),
        checked_at=at,
        signatures=signatures,
        uncovered=() if passed else _uncovered(signatures, parts),
        findings=findings,
    )


def _flat(signatures: Sequence[SignatureReport]) -> Iterator[SignatureReport]:
    """Signatures and the signatures over them: who countersigned is asked about as well."""
    for signature in signatures:
        yield signature
        yield from _flat(signature.counter_signatures)


def with_roles(report: F, signers: Iterable[tuple[str, Collection[str]]], required: Roles) -> F:
    """The report, unless it passed without a signature in each of the roles, each by another.

    Args:
        report: on a file.
        signers: what tells the signers apart, and the roles of each signature.
        required: the roles that are wanted.
    """
    if not required or not report.passed:
        return report
    held = _roles_held(signers)
    missing = [role for role in required if not any(role in roles for roles in held)]
    if not missing and _filled([*dict.fromkeys(required)], held):
        return report
    found = f"none as {', '.join(missing)}" if missing else "one signer in several of them"
    return replace(
        report,
        indication=Indication.INDETERMINATE,
        sub_indication=SubIndication.SIG_CONSTRAINTS_FAILURE,
        reason=f"expected signatures in the roles {', '.join(required)}, found {found}",
        code="signature.role-missing",
        advice="A signature may have been taken off on the way. Ask the sender for the file with "
        "all of them.",
    )


def _roles_held(signers: Iterable[tuple[str, Collection[str]]]) -> list[set[str]]:
    """The roles of each signer, whatever the signatures they stand in."""
    held: dict[str, set[str]] = {}
    for name, roles in signers:
        held.setdefault(name, set()).update(roles)
    return list(held.values())


def _filled(roles: list[str], held: list[set[str]]) -> bool:
    """Whether each role has a signer of its own."""
    if not roles:
        return True
    first, *rest = roles
    return any(
        first in own and _filled(rest, held[:at] + held[at + 1 :]) for at, own in enumerate(held)
    )


def _uncovered(
    signatures: Sequence[SignatureReport], parts: Sequence[Part]
) -> tuple[Uncovered, ...]:
    intact = (item for report in signatures for item in report.coverage if item.intact)
    covered = {label for item in intact for label in item.parts}
    return tuple(
        Uncovered(label=part.label, octets=octets_of(part.target))
        for part in parts
        if part.label not in covered
    )
