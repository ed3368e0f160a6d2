"""Whom to trust, as options: shared by the commands that verify.

>>> @click.command("verify")
... @trust_options(required=True)
... def command(*, judge: Judge) -> None:
...     judge.examine(envelope)
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._options import as_moment
from docexchange.cli._signing import policy_of
from docexchange.clock import SystemClock
from docexchange.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docexchange.envelope import Envelope
    from docexchange.identifiers import OrganId
    from docexchange.signing import Report, Signatory, TrustStore, VerifiedEnvelope, Verifier
    from docexchange.signing.trust import Sources

__all__ = ["Judge", "trust_options"]

_OPTIONS: Final = (
    click.option("--crl", "crls", multiple=True, help="Certificate revocation list."),
    click.option(
        "--at", help="Judge for this moment instead of now (ISO 8601; Vietnam time without a zone)."
    ),
    click.option("--directory", help="Directory of agencies: ties signers to senders."),
    click.option(
        "--online",
        is_flag=True,
        help="Fetch missing revocation lists, OCSP answers and issuers' certificates from where "
        "certificates point to.",
    ),
    click.option(
        "--allow-network",
        "networks",
        multiple=True,
        help="Network that --online may ask although it is not of the Internet (10.1.0.0/16).",
    ),
    click.option(
        "--no-revocation",
        is_flag=True,
        help="Do not ask whether certificates were revoked; a stolen key stays good.",
    ),
    click.option(
        "--require-role",
        "required_roles",
        multiple=True,
        type=click.Choice(["leader", "agency"]),
        help="Refuse letters without a signature in this role.",
    ),
    click.option(
        "--require-timestamp", is_flag=True, help="Refuse signatures without a good timestamp."
    ),
    click.option(
        "--known-policy",
        "policies",
        multiple=True,
        metavar="OID=FILE",
        help="Signature policy that signers may sign under, and its text.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """How the user wants letters to be judged."""

    verifier: Verifier
    """Whom to trust, and what to insist on."""
    at: datetime | None
    """The moment to judge for, where it is not the present."""
    bound: bool
    """Whether a directory ties signers to senders."""
    revocation_checked: bool
    """Whether certificates must be shown not to be revoked."""

    def examine(self, envelope: Envelope) -> Report:
        """Judge a letter."""
        return self.verifier.examine(envelope, at=self.at)

    def verify(self, envelope: Envelope) -> VerifiedEnvelope:
        """Judge a letter, and refuse it unless it passes.

        Raises:
            VerificationFailed: it does not.
        """
        return self.verifier.verify(envelope, at=self.at)


def trust_options(*, required: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the options, and give the command a ``judge`` in their place.

    Args:
        required: whether the command cannot do without ``--trust``; where it can, ``judge`` is
            None without it.
    """
    trust = click.option(
        "--trust",
        multiple=True,
        required=required,
        help="Root certificate, bundle, or folder of them (with revocation lists).",
    )

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def judging(**options: Any) -> None:
            given = {name: options.pop(name) for name in _NAMES}
            command(judge=_judge(_Given(**given)), **options)

        decorated: Callable[..., None] = judging
        for option in reversed((trust, *_OPTIONS)):
            decorated = option(decorated)
        return decorated

    return decorate


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The options as they were given."""

    trust: tuple[str, ...]
    crls: tuple[str, ...]
    at: str | None
    directory: str | None
    online: bool
    networks: tuple[str, ...]
    no_revocation: bool
    required_roles: tuple[str, ...]
    require_timestamp: bool
    policies: tuple[str, ...]


_NAMES: Final = tuple(field.name for field in fields(_Given))


def _judge(given: _Given) -> Judge | None:
    if not given.trust:
        if any(getattr(given, name) for name in _NAMES):
            raise UsageError(
                "--trust: expected a root certificate to judge by, found none",
                code="trust.empty",
                advice="Give the root certificate of the authority you trust.",
            )
        return None
    from docexchange.signing import VerificationPolicy, Verifier

    moment = as_moment(given.at)
    verifier = Verifier(
        _trust_store(given.trust, given.crls, _sources(given.networks) if given.online else None),
        policy=VerificationPolicy(
            check_revocation=not given.no_revocation,
            require_timestamp=given.require_timestamp,
            required_roles=given.required_roles,
            signature_policies=tuple(filter(None, map(policy_of, given.policies))),
        ),
        binding=_binding(given.directory) if given.directory else None,
    )
    return Judge(
        verifier=verifier,
        at=moment,
        bound=bool(given.directory),
        revocation_checked=not given.no_revocation,
    )


def _sources(networks: tuple[str, ...]) -> Sources:
    from docexchange.signing.trust import Sources
    from docexchange.transport import WebFetcher

    clock = SystemClock()
    return Sources(WebFetcher(clock=clock, allowed=networks), clock=clock)


def _trust_store(
    trust: tuple[str, ...], crls: tuple[str, ...], sources: Sources | None
) -> TrustStore:
    from docexchange.signing import TrustStore

    try:
        return TrustStore.from_path(*trust, crls=crls, sources=sources)
    except ConfigurationError as error:
        if error.code == "trust.empty":
            error.add_note(f"--trust {' '.join(trust)}")
        raise


def _binding(path: str) -> Callable[[OrganId, Signatory, datetime], str]:
    from docexchange.directory import Directory, binding_of

    return binding_of(Directory.from_path(path))
