"""What a trust store holds, and what is wrong with it at a moment.

>>> held = inventory("trust/")
>>> [fault.code for fault in faults(held, at=clock.now())]
['trust.expired', 'trust.list-out-of-date']
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docexchange.signing.certificates import fingerprint
from docexchange.signing.constraints import Constraints
from docexchange.signing.trust.parsing import certificate_of, list_of
from docexchange.signing.trust.reading import is_list, read_certificates, read_crls, trust_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = [
    "Fault",
    "HeldCertificate",
    "HeldList",
    "Inventory",
    "faults",
    "held_certificate",
    "held_list",
    "inventory",
]

_KEY_NAMES: Final = {"rsa": "RSA", "rsassa_pss": "RSA", "ec": "ECDSA", "dsa": "DSA"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCertificate:
    """A certificate in a store."""

    file: Path
    """Where it lies."""
    subject: str
    """Whose it is."""
    issuer: str
    """Who issued it; the same name for a root."""
    sha256: str
    """SHA-256 of its DER, in hexadecimal: the fingerprint to compare by telephone."""
    key: str
    """Kind of its key: ``RSA``, ``ECDSA``."""
    bits: int
    """Size of its key."""
    not_before: datetime
    """Valid from, UTC."""
    not_after: datetime
    """Valid to, UTC."""
    is_authority: bool
    """Whether it may issue others."""
    der: bytes
    """The certificate."""

    def days_left(self, at: datetime) -> int:
        """Whole days from a moment until it ends; negative when it has ended."""
        return (self.not_after - at).days


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldList:
    """A revocation list in a store."""

    file: Path
    """Where it lies."""
    issuer: str
    """Whose it is."""
    sha256: str
    """SHA-256 of its DER, in hexadecimal."""
    issued: datetime
    """As of when it speaks, UTC."""
    next_update: datetime | None
    """When the next is due, UTC."""
    der: bytes
    """The list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything in a store."""

    certificates: tuple[HeldCertificate, ...]
    """By file."""
    lists: tuple[HeldList, ...]
    """By file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something in a store that will not do what its owner expects."""

    code: str
    """Stable dotted code."""
    file: Path
    """Where it lies."""
    message: str
    """What was expected and found."""


def inventory(*paths: Path | str) -> Inventory:
    """Look at files, or at folders of them, as ``TrustStore.from_path`` does.

    Raises:
        InputNotFound: a file cannot be read.
        ConfigurationError: a file is not what it should be.
    """
    files = [file for path in paths for file in trust_files(Path(path))]
    return Inventory(
        certificates=tuple(
            held_certificate(file, der)
            for file in files
            if not is_list(file)
            for der in read_certificates(file)
        ),
        lists=tuple(
            held_list(file, der) for file in files if is_list(file) for der in read_crls(file)
        ),
    )


def held_certificate(file: Path, der: bytes) -> HeldCertificate:
    """Describe a certificate that could be read.

    Args:
        file: where it lies.
        der: its DER.
    """
    certificate: Any = certificate_of(der)
    key = certificate.public_key
    return HeldCertificate(
        file=file,
        subject=certificate.subject.human_friendly,
        issuer=certificate.issuer.human_friendly,
        sha256=fingerprint(der),
        key=_KEY_NAMES.get(key.algorithm, key.algorithm),
        bits=key.bit_size,
        not_before=certificate.not_valid_before,
        not_after=certificate.not_valid_after,
        is_authority=bool(certificate.ca),
        der=der,
    )


def held_list(file: Path, der: bytes) -> HeldList:
    """Describe a revocation list that could be read.

    Args:
        file: where it lies.
        der: its DER.
    """
    head = list_of(der)["tbs_cert_list"]  # type: ignore[index]  # it could be read
    return HeldList(
        file=file,
        issuer=head["issuer"].human_friendly,
        sha256=fingerprint(der),
        issued=head["this_update"].native,
        next_update=head["next_update"].native,
        der=der,
    )


def faults(
    held: Inventory, *, at: datetime, constraints: Constraints | None = None
) -> tuple[Fault, ...]:
    """What is wrong: expired, weak, doubled, no authority, out of date.

    Args:
        held: the store.
        at: the moment to judge for.
        constraints: which algorithms are good enough.
    """
    table = constraints or Constraints()
    counts = Counter(item.sha256 for item in held.certificates)
    counts.update(item.sha256 for item in held.lists)
    found = [
        fault
        for certificate in held.certificates
        for fault in _of_certificate(certificate, at, table, counts[certificate.sha256])
    ]
    found += [fault for item in held.lists for fault in _of_list(item, at, counts[item.sha256])]
    return tuple(found)


def _of_certificate(
    held: HeldCertificate, at: datetime, table: Constraints, times: int
) -> Iterator[Fault]:
    begin, end = held.not_before, held.not_after
    if at > end:
        yield _fault("expired", held, f"a certificate valid today, found one until {end:%Y-%m-%d}")
    if at < begin:
        yield _fault("not-yet", held, f"a certificate valid today, found one from {begin:%Y-%m-%d}")
    weak = _weakness(held, table, at)
    if weak:
        yield _fault("weak", held, f"a strong key and digest, found {weak}")
    if not held.is_authority:
        yield _fault(
            "no-authority", held, "a certificate that may issue others, found one that may not"
        )
    if times > 1:
        yield _fault("doubled", held, f"each certificate once, found {times} copies")


def _of_list(held: HeldList, at: datetime, times: int) -> Iterator[Fault]:
    if held.next_update is None or held.next_update < at:
        due = f"{held.next_update:%Y-%m-%d}" if held.next_update else "nobody knows when"
        yield _fault("list-out-of-date", held, f"a list for today, found one replaced {due}")
    if times > 1:
        yield _fault("doubled", held, f"each list once, found {times} copies")


def _weakness(held: HeldCertificate, table: Constraints, at: datetime) -> str:
    from docexchange.signing.trust.algorithms import weakness_of_key, weakness_of_signature

    certificate: Any = certificate_of(held.der)
    weakness = weakness_of_signature(
        certificate["signature_algorithm"], None, table, at=at
    ) or weakness_of_key(certificate.public_key, table, at=at)
    return weakness.algorithm if weakness else ""


def _fault(code: str, held: HeldCertificate | HeldList, problem: str) -> Fault:
    return Fault(code=f"trust.{code}", file=held.file, message=f"expected {problem}")
