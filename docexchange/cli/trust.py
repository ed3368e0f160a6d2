"""``docexchange trust``: whose certificates one relies on, kept in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from docexchange.cli._exit import ExitCode, end
from docexchange.cli._names import short_names
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._trust import own_store
from docexchange.cli._words import advice_on, moment_words, reason_of, say
from docexchange.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docexchange.signing.trust.folder import TrustFolder
    from docexchange.signing.trust.inventory import Fault, HeldCertificate, HeldList, Inventory

__all__ = ["command"]

F = TypeVar("F", bound="Callable[..., Any]")


@click.group("trust", no_args_is_help=True)
def command() -> None:
    """Keep the root certificates you rely on, and their revocation lists.

    Example: docexchange trust add root.crt
    """


def _store_option(decorated: F) -> F:
    return click.option(
        "--store",
        type=click.Path(path_type=Path),
        default=own_store,
        envvar="DOCEXCHANGE_TRUST",
        show_envvar=True,
        show_default="trust/ in your configuration folder",
        help="Folder of certificates and revocation lists; verify asks it where --trust is absent.",
    )(decorated)


@command.command("add")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_store_option
@json_option
def add(*, files: tuple[Path, ...], store: Path, as_json: bool) -> None:
    """Add root certificates and revocation lists.

    FILES are in PEM or DER; those with crl in their name are lists. Nothing is asked: compare the
    fingerprint that is shown with the one that the authority tells you by another way. A
    certificate that may not issue others is refused.

    Example: docexchange trust add root.crt --store trust
    """
    added = _folder(store).add(*files)
    at = SystemClock().now()
    if as_json:
        answer_json({"store": str(store), **_as_json(_split(added), at)})
        return
    for item in added:
        answer(f"{plain(item.file)}: {plain(short_names(_name(item)))}")
        answer(f"    SHA-256  {_spaced(item.sha256)}")


@command.command("list")
@_store_option
@json_option
def show(*, store: Path, as_json: bool) -> None:
    """List what is trusted: whose, until when, which key, which fingerprint.

    Example: docexchange trust list --store trust
    """
    held, at = _folder(store).inventory(), SystemClock().now()
    if as_json:
        answer_json({"store": str(store), **_as_json(held, at)})
        return
    for certificate in held.certificates:
        _print_certificate(certificate, at)
    for item in held.lists:
        answer(f"{say('revocation list')}: {plain(short_names(item.issuer))}")
        due = moment_words(item.next_update) if item.next_update else say("unknown")
        answer(f"    {say('issued')} {moment_words(item.issued)}, {say('next due')} {due}")
    if not (held.certificates or held.lists):
        answer(f"{plain(store)}: {say('nothing is trusted yet')}")


@command.command("check")
@_store_option
@json_option
def check(*, store: Path, as_json: bool) -> None:
    """Tell what is missing, expired, weak, doubled or out of date; if anything is, exit code 1.

    Example: docexchange trust check --store trust
    """
    from docexchange.signing.trust.inventory import Fault, faults

    held = _folder(store).inventory()
    found = faults(held, at=SystemClock().now())
    if not held.certificates:  # the name of the folder may be mistyped
        message = "expected a root certificate, found none"
        found = (Fault(code="trust.no-root", file=store, message=message), *found)
    if as_json:
        answer_json({"store": str(store), "faults": list(map(_fault_json, found))})
    else:
        for fault in found:
            _print_fault(fault)
        if not found:
            answer(f"{plain(store)}: {say('no findings')}")
    end(ExitCode.NEGATIVE if found else ExitCode.POSITIVE)


def _folder(path: Path) -> TrustFolder:
    from docexchange.signing.trust.folder import TrustFolder

    return TrustFolder(path)


def _split(items: list[HeldCertificate | HeldList]) -> Inventory:
    from docexchange.signing.trust.inventory import HeldCertificate, HeldList, Inventory

    return Inventory(
        certificates=tuple(item for item in items if isinstance(item, HeldCertificate)),
        lists=tuple(item for item in items if isinstance(item, HeldList)),
    )


def _print_certificate(held: HeldCertificate, at: datetime) -> None:
    answer(plain(short_names(held.subject)))
    span = f"{held.not_before:%Y-%m-%d} – {held.not_after:%Y-%m-%d}"
    answer(f"    {held.key} {held.bits}, {span}, {held.days_left(at)} {say('days left')}")
    answer(f"    SHA-256  {_spaced(held.sha256)}")


def _print_fault(fault: Fault) -> None:
    answer(f"{plain(fault.file)}: {plain(reason_of(fault.code, fault.message))} [{fault.code}]")
    advice = advice_on(fault.code, _ADVICE[fault.code])
    answer(f"    {advice}")


_ADVICE = {
    "trust.no-root": "Check the folder's name, or add a root: docexchange trust add root.crt.",
    "trust.expired": "Letters of its time can still be judged with --at; get its successor.",
    "trust.not-yet": "Check the clock of this machine.",
    "trust.weak": "Ask the authority for a certificate with a stronger key.",
    "trust.no-authority": "Remove it, and add the root certificate of its authority.",
    "trust.doubled": "Remove one of the copies.",
    "trust.list-out-of-date": "Fetch the current list from the authority, and remove this one.",
}


def _name(item: HeldCertificate | HeldList) -> str:
    from docexchange.signing.trust.inventory import HeldCertificate

    return item.subject if isinstance(item, HeldCertificate) else item.issuer


def _spaced(sha256: str) -> str:
    """A fingerprint as people read it to each other."""
    return " ".join(sha256[start : start + 4] for start in range(0, len(sha256), 4))


def _as_json(held: Inventory, at: datetime) -> dict[str, Any]:
    return {
        "certificates": [
            {
                "file": str(item.file),
                "subject": item.subject,
                "issuer": item.issuer,
                "sha256": item.sha256,
                "key": item.key,
                "bits": item.bits,
                "not_before": item.not_before.isoformat(),
                "not_after": item.not_after.isoformat(),
                "days_left": item.days_left(at),
            }
            for item in held.certificates
        ],
        "lists": [
            {
                "file": str(item.file),
                "issuer": item.issuer,
                "sha256": item.sha256,
                "issued": item.issued.isoformat(),
                "next_update": item.next_update and item.next_update.isoformat(),
            }
            for item in held.lists
        ],
    }


def _fault_json(fault: Fault) -> dict[str, str]:
    return {"file": str(fault.file), "code": fault.code, "message": fault.message}
