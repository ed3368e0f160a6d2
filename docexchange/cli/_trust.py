"""Whom to trust, as options: shared by the commands that verify.

>>> @click.command("verify")
... @trust_options(required=True)
... def command(*, judge: Judge) -> None:
...     judge.examine(envelope)
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._options import as_moment
from docexchange.cli._signing import policy_of
from docexchange.clock import SystemClock
from docexchange.errors import ConfigurationError, InputNotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from docexchange.envelope import Attachment, Envelope
    from docexchange.envelope.attachments.attachment import Source
    from docexchange.identifiers import OrganId
    from docexchange.signing import (
        Report,
        Signatory,
        TrustStore,
        VerificationPolicy,
        VerifiedEnvelope,
        Verifier,
    )
    from docexchange.signing.pdf import PdfReport
    from docexchange.signing.trust import Sources

__all__ = ["Given", "Judge", "judge_of", "own_store", "trust_options"]

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
    click.option(
        "--require-signed-pdfs",
        is_flag=True,
        help="Refuse letters with an attached PDF file whose own signatures do not all pass.",
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
    own_store: str
    """The user's own folder of roots, where nobody named any; empty where somebody did."""
    given: Given
    """The options it was made of; from them another process makes the same."""

    def examine(self, envelope: Envelope) -> Report:
        """Judge a letter."""
        return self.verifier.examine(envelope, at=self.at)

    def examine_xml(self, data: bytes, detached: Mapping[str, Attachment]) -> Report:
        """Judge the signatures of any other XML.

        Args:
            data: the file.
            detached: files that its references mean, by URI.
        """
        return self.verifier.examine_xml(data, detached=detached, at=self.at)

    def examine_pdf(self, source: Source, name: str) -> PdfReport:
        """Judge the signatures inside a PDF file.

        Args:
            source: the file.
            name: what people call it.
        """
        return self.verifier.examine_pdf(source, name=name, at=self.at)

    def verify(self, envelope: Envelope) -> VerifiedEnvelope:
        """Judge a letter, and refuse it unless it passes.

        Raises:
            VerificationFailed: it does not.
        """
        return self.verifier.verify(envelope, at=self.at)


def trust_options(
    *, required: bool, any_form: bool = False, pdfs: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the options, and give the command a ``judge`` in their place.

    Args:
        required: whether the command cannot do without roots; those of the user's own folder
            stand in for ``--trust`` then. Where it can, ``judge`` is None without ``--trust``.
        any_form: whether signatures of any form count, unless ``--strict`` is given.
        pdfs: whether attached PDF files are looked into without being asked for.
    """
    trust = click.option(
        "--trust",
        multiple=True,
        help="Root certificate, bundle, or folder of them (with revocation lists)."
        + ("  [default: your own folder; see docexchange trust]" if required else ""),
    )
    strict = click.option(
        "--strict",
        is_flag=True,
        help="Accept only signatures of the form that nodes accept, instead of any form.",
    )
    options = (trust, *_OPTIONS, *((strict,) if any_form else ()))

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def judging(**options: Any) -> None:
            strict = options.pop("strict") if any_form else True
            given = {name: options.pop(name) for name in _NAMES}
            found = Given(**given, any_form=not strict, pdfs=pdfs)
            judge = _judge(found, required=required, files=options.get("files", ()))
            command(judge=judge, **options)

        decorated: Callable[..., None] = judging
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
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
    require_signed_pdfs: bool
    any_form: bool
    pdfs: bool
    own_store: str = ""


_NAMES: Final = tuple(
    field.name for field in fields(Given) if field.name not in {"any_form", "pdfs", "own_store"}
)


def own_store() -> Path:
    """The folder of those whom the user trusts; see ``docexchange trust``."""
    named = os.environ.get("DOCEXCHANGE_TRUST")
    return Path(named) if named else _own_folder() / "trust"


def _own_folder() -> Path:
    """The configuration folder; never one below the working folder, where letters may lie.

    Whoever sends a folder of letters must not be able to put the roots beside them by which they
    are judged; so a variable that is empty or relative is passed over.
    """
    for folder in (click.get_app_dir("docexchange"), "~/.config/docexchange"):
        if (path := Path(os.path.expanduser(folder))).is_absolute():  # noqa: PTH111  raises nothing
            return path
    raise UsageError(
        f"HOME: expected an absolute path, found {os.environ.get('HOME')!r}",
        code="trust.no-home",
        advice="Set HOME, or name the folder of those you trust in DOCEXCHANGE_TRUST.",
    )


def _judge(given: Given, *, required: bool, files: tuple[str, ...]) -> Judge | None:
    if given.trust:
        return judge_of(given)
    if required and (store := own_store()).is_dir():
        return judge_of(replace(given, trust=(str(store),), own_store=str(store)))
    if required or any(getattr(given, name) for name in _NAMES):
        _check_there(files)
        raise UsageError(
            "--trust: expected a root certificate to judge by, found none",
            code="trust.empty",
            advice="Give the root certificate of the authority you trust, or keep it for good: "
            "docexchange trust add root.crt.",
        )
    return None


def _check_there(files: tuple[str, ...]) -> None:
    """A name that was misspelled is spoken of before roots that are wanted to judge a file."""
    for name in files:
        if name != "-" and not os.path.exists(name):  # noqa: PTH110 - Path minds NUL characters
            raise InputNotFound(f"{name}: {os.strerror(errno.ENOENT)}")


def judge_of(given: Given) -> Judge:
    """Who judges as the options say."""
    from docexchange.signing import Verifier

    if given.networks and not given.online:
        raise UsageError(
            "--allow-network: expected --online with it, found none",
            code="usage.allow-network",
            advice="Nothing is fetched without --online.",
        )
    sources = _sources(given.networks) if given.online else None
    verifier = Verifier(
        _trust_store(given.trust, given.crls, sources),
        policy=_policy(given),
        binding=_binding(given.directory) if given.directory else None,
    )
    return Judge(
        verifier=verifier,
        at=as_moment(given.at),
        bound=bool(given.directory),
        revocation_checked=not given.no_revocation,
        own_store=given.own_store,
        given=given,
    )


def _policy(given: Given) -> VerificationPolicy:
    from docexchange.signing import VerificationPolicy

    return replace(
        VerificationPolicy.general() if given.any_form else VerificationPolicy(),
        check_revocation=not given.no_revocation,
        require_timestamp=given.require_timestamp,
        required_roles=given.required_roles,
        signature_policies=tuple(filter(None, map(policy_of, given.policies))),
        check_pdfs=given.pdfs,
        require_signed_pdfs=given.require_signed_pdfs,
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
