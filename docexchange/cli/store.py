"""``docexchange store``: look after what a node remembers."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._exit import ExitCode, end
from docexchange.cli._options import json_option, node_option
from docexchange.cli._output import answer, answer_json, plain, progress
from docexchange.cli._storage import operator, place_of
from docexchange.cli._store_words import print_problems, problem_json, term
from docexchange.clock import SystemClock
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from docexchange.cli._storage import Place
    from docexchange.delivery import AuditHead, BackupReport, CheckReport, Purge, SQLiteStore

__all__ = ["command"]

_GRACE: Final = timedelta(hours=24)
"""No submission takes longer from its bytes to its record."""

_HASH: Final = re.compile(r"[0-9A-Fa-f]{64}")


def _as_hash(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if text and not _HASH.fullmatch(text):
        # A head cut short on its way here must not be taken for a log that was tampered with.
        raise UsageError(
            f"--head: expected 64 hexadecimal digits, found {text[:100]!r}",
            code="usage.head",
            advice="Give it whole, as `docexchange audit head` or a backup told it.",
        )
    return text.lower()


head_option = click.option(
    "--head",
    default="",
    metavar="HASH",
    callback=_as_hash,
    help="Head of the audit log as noted earlier, elsewhere.",
)


@click.group("store")
def command() -> None:
    """Look after what a node remembers: its records, receipts, payloads and audit log.

    Example: docexchange store check --node commune
    """


@command.command("check")
@node_option
@head_option
@json_option
def check(*, node_folder: Path, head: str, as_json: bool) -> None:
    """Read everything and tell what is damaged or missing; the exit code is 1 if anything is.

    Database, records, receipts, the digest of every payload, and the chain of the audit log, with
    all of which it tells. A node may be at work meanwhile.

    Example: docexchange store check --node commune
    """
    from docexchange.delivery import check_store, work_in

    place = place_of(node_folder)
    work = sum(work_in(place.database))
    with progress(work, term("Checking")) as bar:
        report = check_store(place.database, place.payloads(), noted=head, tick=bar.update)
    if as_json:
        answer_json(_check_json(place, report))
    else:
        _print_check(place, report)
    end(ExitCode.NEGATIVE if report.problems else ExitCode.POSITIVE)


@command.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@node_option
@json_option
def backup(*, target: Path, node_folder: Path, as_json: bool) -> None:
    """Copy the store into the folder TARGET, which must not be there yet; the node may be at work.

    The backup is of one moment. Payloads are linked where TARGET is on the same disk, copied
    otherwise, and checked. The exit code is 1 when one was missing or damaged; all others are in
    the backup. Note the head of the audit log that is printed.

    Example: docexchange store backup /backup/2026-03-02 --node commune
    """
    from docexchange.delivery import AddAudit, AuditNote, back_up, work_in

    place, now = place_of(node_folder), SystemClock().now()
    note = AuditNote(at=now, who=operator(), what="store.backup", about=str(target))
    with place.store() as store:
        store.apply([AddAudit(note)])
    _, payloads = work_in(place.database)
    with progress(payloads, term("Copying")) as bar:
        report = back_up(place.database, place.payloads(), target, at=now, tick=bar.update)
    _tell_backup(report, target, "backup made", as_json=as_json)
    end(ExitCode.NEGATIVE if report.problems else ExitCode.POSITIVE)


@command.command("restore")
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path))
@node_option
@json_option
def restore(*, source: Path, node_folder: Path, as_json: bool) -> None:
    """Put a backup in the place of a store that is gone; it is checked first.

    The folder of the store must be absent or empty: move a damaged store away, do not delete it.

    Example: docexchange store restore /backup/2026-03-02 --node commune
    """
    from docexchange.delivery import AddAudit, AuditNote
    from docexchange.delivery import restore as restore_backup

    place = place_of(node_folder, must_exist=False)
    with progress(0, term("Checking"), watched=False) as bar:
        report = restore_backup(source, place.folder, tick=bar.update)
    note = AuditNote(
        at=SystemClock().now(),
        who=operator(),
        what="store.restored",
        about=str(source),
        sha256=report.database,
    )
    with place.store() as store:
        store.apply([AddAudit(note)])
    _tell_backup(report, place.folder, "backup restored", as_json=as_json)


@command.command("purge")
@click.option(
    "--keep-days",
    type=click.IntRange(1, 36500),
    required=True,
    help="Messages at rest for longer than so many days leave.",
)
@click.option(
    "--keep-evidence-days",
    type=click.IntRange(1, 36500),
    help="Receipts and refusals older than this leave too; for good when left out.",
)
@node_option
@json_option
def purge(
    *, keep_days: int, keep_evidence_days: int | None, node_folder: Path, as_json: bool
) -> None:
    """Clear out old messages, in small steps while the node is at work.

    Nothing leaves that is under way to anybody. Ids stay taken: a letter that comes again late gets
    its receipt and is not handed over twice. The audit log names everything that left.

    Example: docexchange store purge --keep-days 365 --node commune
    """
    from docexchange.delivery import Purge

    place, now = place_of(node_folder), SystemClock().now()
    evidence = timedelta(days=keep_evidence_days) if keep_evidence_days else None
    wanted = Purge(
        before=now - timedelta(days=keep_days),
        evidence_before=now - evidence if evidence else None,
        at=now,
        who=operator(),
    )
    with place.store() as store:
        messages, receipts = _purge(store, wanted)
        collected = place.payloads().collect(store.refers_to, before=now - _GRACE)
    done = {
        "messages": messages,
        "receipts": receipts,
        "payloads": collected.files,
        "bytes": collected.bytes,
    }
    if as_json:
        answer_json({"store": str(place.folder), **done})
        return
    answer(f"{plain(place.folder)}: {messages} {term('messages purged')}")
    answer(f"    {receipts} {term('receipts purged')}")
    answer(f"    {collected.files} {term('payloads removed')}, {collected.bytes} {term('bytes')}")


def _purge(store: SQLiteStore, wanted: Purge) -> tuple[int, int]:
    messages = receipts = 0
    while report := store.purge(wanted):
        messages, receipts = messages + report.messages, receipts + report.receipts
    return messages, receipts


def _check_json(place: Place, report: CheckReport) -> dict[str, Any]:
    return {
        "store": str(place.folder),
        "problems": list(map(problem_json, report.problems)),
        "records": report.records,
        "payloads": report.payloads,
        "audit": {"entries": report.entries, **_head_json(report.head)},
    }


def _print_check(place: Place, report: CheckReport) -> None:
    print_problems(report.problems)
    told = f"{len(report.problems)} {term('problems')}" if report.problems else term("no problems")
    answer(f"{plain(place.folder)}: {told}")
    answer(f"    {report.records} {term('records')}, {report.payloads} {term('payloads')}")
    answer(f"    {report.entries} {term('audit entries')}")
    answer(f"    {term('head of the audit log')}: {report.head.hash}")


def _tell_backup(report: BackupReport, folder: Path, what: str, *, as_json: bool) -> None:
    if as_json:
        answer_json(
            {
                "folder": str(folder),
                "made_at": report.made_at,
                "database": report.database,
                "payloads": report.payloads,
                "bytes": report.bytes,
                "audit": _head_json(report.head),
                "problems": list(map(problem_json, report.problems)),
            }
        )
        return
    print_problems(report.problems)
    answer(f"{plain(folder)}: {term(what)}")
    answer(f"    {report.payloads} {term('payloads')}, {report.bytes} {term('bytes')}")
    answer(f"    {term('head of the audit log')}: {report.head.hash}")


def _head_json(head: AuditHead) -> dict[str, Any]:
    return {"number": head.number, "hash": head.hash}
