"""Does this certificate belong to this agency? The directory is the only witness.

A valid signature says that some certificate signed; only the directory says whose certificate it
was on the date of signing. A name inside the certificate proves nothing here::

    binding = signer_matches(
        directory, sender, fingerprint, at=vietnam_date(best_signature_time)
    )
    if binding.outcome is not BindingOutcome.BOUND:
        print(binding.reason)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from docexchange.clock import vietnam_date
from docexchange.directory.entry import parse_fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from docexchange.directory.directory import Directory
    from docexchange.directory.entry import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = [
    "IN_FLIGHT_DAYS",
    "Binding",
    "BindingOutcome",
    "Signer",
    "binding_of",
    "holders_in_flight",
    "matches_in_flight",
    "signer_matches",
]


IN_FLIGHT_DAYS: Final = 7
"""How long after its agency's last day a letter may arrive that has no timestamp."""


class BindingOutcome(StrEnum):
    """Whose certificate it is."""

    BOUND = "bound"
    BOUND_TO_ANOTHER = "bound-to-another-agency"
    UNKNOWN = "unknown-certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Whether a certificate belongs to an agency on a day, and why."""

    outcome: BindingOutcome
    """Whose certificate it is."""
    holders: tuple[OrganId, ...]
    """The agencies that the directory lists it for on that day."""
    reason: str
    """What was expected and what the directory says."""

    @property
    def bound(self) -> bool:
        """Whether the certificate belongs to the agency asked about."""
        return self.outcome is BindingOutcome.BOUND


class Signer(Protocol):
    """Whoever signed, as far as the directory needs to know."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the signing certificate's DER, 64 hexadecimal digits."""


def binding_of(directory: Directory) -> Callable[[OrganId, Signer, datetime], str]:
    """Tie signers to agencies: what a verifier asks for the step from signer to sender.

    Args:
        directory: who holds which certificate.

    Returns:
        Called with agency, signer and moment; tells why the signer may not sign for the agency
        then, or an empty string. For as long as a letter may be on its way, an agency that was
        closed is judged by its last day: without a timestamp, that a signature was made in time is
        seen from the letter's arrival alone.
    """

    def binding(organ_id: OrganId, signer: Signer, at: datetime) -> str:
        day = vietnam_date(at)
        if _holder(directory, organ_id, signer.sha256, day):
            return ""  # as nearly always; no words have to be found for it
        found = matches_in_flight(directory, organ_id, signer.sha256, at=day)
        return "" if found.bound else found.reason

    return binding


def matches_in_flight(
    directory: Directory, organ_id: OrganId, certificate_sha256: str, *, at: date
) -> Binding:
    """As ``signer_matches``; an agency closed `IN_FLIGHT_DAYS` ago or less is still itself.

    What its node has in hand still has to come to an end.

    Args:
        directory: who holds which certificate.
        organ_id: the agency.
        certificate_sha256: SHA-256 of the certificate's DER, 64 hexadecimal digits.
        at: calendar date in Vietnam.

    Raises:
        UsageError: ``certificate_sha256`` is no SHA-256.
    """
    found = signer_matches(directory, organ_id, certificate_sha256, at=at)
    last = None if found.bound else _last_day(directory, organ_id, at)
    if last is None:
        return found
    return signer_matches(directory, organ_id, certificate_sha256, at=last)


def holders_in_flight(
    directory: Directory, certificate_sha256: str, *, at: date
) -> tuple[OrganId, ...]:
    """Whose a certificate is: of those in force, or else of those closed `IN_FLIGHT_DAYS` ago.

    Args:
        directory: who holds which certificate.
        certificate_sha256: 64 lower-case hexadecimal digits.
        at: calendar date in Vietnam.
    """
    listed = directory.holders(certificate_sha256)
    held = [entry for entry in listed if entry.valid_on(at)] or [
        entry for entry in listed if entry.last_day == _last_day(directory, entry.organ_id, at)
    ]
    return tuple(dict.fromkeys(entry.organ_id for entry in held))


def _last_day(directory: Directory, organ_id: OrganId, at: date) -> date | None:
    """The last day of an agency that was closed so recently that its letters may be under way."""
    known = directory.entries_of(organ_id)
    past = [entry.last_day for entry in known if entry.last_day < at]
    last = max(past, default=None) if len(past) == len(known) else None
    return last if last is not None and (at - last).days <= IN_FLIGHT_DAYS else None


def signer_matches(
    directory: Directory, organ_id: OrganId, certificate_sha256: str, *, at: date
) -> Binding:
    """Judge whether a certificate belongs to an agency on a day.

    Args:
        directory: who holds which certificate.
        organ_id: the agency that is said to have signed.
        certificate_sha256: SHA-256 of the certificate's DER, 64 hexadecimal digits.
        at: calendar date in Vietnam of the signature, not of today.

    Returns:
        Bound, bound to another agency, or unknown; never an error for an unknown agency.

    Raises:
        UsageError: ``certificate_sha256`` is no SHA-256.
    """
    digits = parse_fingerprint(certificate_sha256)
    listed = directory.holders(digits)
    holders = [entry for entry in listed if entry.valid_on(at)]
    agency = _holder(directory, organ_id, digits, at)
    if agency is not None:
        outcome, reason = BindingOutcome.BOUND, f"the directory lists it for {_shown([agency])}"
    elif holders:
        outcome = BindingOutcome.BOUND_TO_ANOTHER
        reason = f"expected a certificate of {organ_id}, found one of {_shown(holders)}"
    else:
        outcome = BindingOutcome.UNKNOWN
        reason = f"expected a certificate of {organ_id}, found {_unlisted(listed, at)}"
    return Binding(
        outcome=outcome,
        holders=tuple(entry.organ_id for entry in holders),
        reason=f"certificate sha256:{digits}: {reason}",
    )


def _holder(
    directory: Directory, organ_id: OrganId, digits: str, at: date
) -> DirectoryEntry | None:
    """The agency, if the directory lists a certificate for it on a day."""
    agency = directory.find(organ_id, at)
    return agency if agency is not None and digits in agency.certificates else None


def _unlisted(listed: Iterable[DirectoryEntry], at: date) -> str:
    others = ", ".join(f"{_shown([entry])} ({entry.validity})" for entry in listed)
    if others:
        return f"one that nobody holds on {at}; at other times: {others}"
    return "one that the directory does not list"


def _shown(entries: Iterable[DirectoryEntry]) -> str:
    return ", ".join(f"{entry.organ_id} ({entry.name})" for entry in entries)
