"""``docexchange audit``: what was done at a node, and the proof that nothing was taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._exchange_words import moment
from docexchange.cli._exit import ExitCode, end
from docexchange.cli._options import as_moment, json_option, node_option
from docexchange.cli._output import answer, answer_json, answer_json_list, plain
from docexchange.cli._storage import place_of
from docexchange.cli._store_words import audited_words, print_problems, problem_json, term
from docexchange.cli.store import head_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from docexchange.delivery import AuditEntry, SQLiteStore

__all__ = ["command"]


@click.group("audit")
def command() -> None:
    """Prove that a node's audit log is whole, or list it.

    Example: docexchange audit verify --node commune
    """


@command.command("verify")
@node_option
@head_option
@json_option
def verify(*, node_folder: Path, head: str, as_json: bool) -> None:
    """Find any entry that was changed, removed, inserted or moved; the exit code is 1 if any was.

    Every entry vouches for all before it, and receipts are held against the log. With --head, the
    hash that `audit head` or a backup told earlier, an end that was cut off is found too.

    Example: docexchange audit verify --node commune --head 5f1c…
    """
    from docexchange.delivery import check_audit

    place = place_of(node_folder)
    report = check_audit(place.database, noted=head)
    if as_json:
        answer_json(
            {
                "store": str(place.folder),
                "entries": report.entries,
                "head": report.head.hash,
                "problems": list(map(problem_json, report.problems)),
            }
        )
    else:
        print_problems(report.problems)
        told = f"{len(report.problems)} {term('problems')}"
        answer(f"{plain(place.folder)}: {told if report.problems else term('no problems')}")
        answer(f"    {report.entries} {term('audit entries')}")
        answer(f"    {term('head of the audit log')}: {report.head.hash}")
    end(ExitCode.NEGATIVE if report.problems else ExitCode.POSITIVE)


@command.command("head")
@node_option
@json_option
def head(*, node_folder: Path, as_json: bool) -> None:
    """Tell the hash of the last entry; noted elsewhere, it proves later that all is still there.

    Example: docexchange audit head --node commune
    """
    with place_of(node_folder).store() as store:
        last = store.audit_head()
    if as_json:
        answer_json({"number": last.number, "hash": last.hash})
    else:
        answer(f"{last.number} {last.hash}")


@command.command("list")
@node_option
@click.option("--about", default="", metavar="MESSAGE_ID", help="Only about this message.")
@click.option("--what", default="", help="Only entries with this name, or that begin with it.")
@click.option("--who", default="", help="Only by this agency or person.")
@click.option("--since", metavar="MOMENT", help="Only from this moment on (ISO 8601).")
@json_option
def show(
    *, node_folder: Path, about: str, what: str, who: str, since: str | None, as_json: bool
) -> None:
    """List the audit log, oldest first.

    Example: docexchange audit list --node commune --what receipt
    """
    start = as_moment(since, "--since")
    with place_of(node_folder).store() as store:
        found = (
            entry
            for entry in _entries(store)
            if _is_wanted(entry, about=about, what=what, who=who, since=start)
        )
        if as_json:
            answer_json_list(_as_json(entry) for entry in found)
        else:
            _print(found)


def _entries(store: SQLiteStore) -> Iterator[AuditEntry]:
    last = 0
    while page := store.audit(after=last):
        yield from page
        last = page[-1].number


def _is_wanted(
    entry: AuditEntry, *, about: str, what: str, who: str, since: datetime | None
) -> bool:
    return (
        about in {"", entry.about, entry.about.partition(" ")[0]}
        and entry.what.startswith(what)
        and who in {"", entry.who}
        and (since is None or entry.at >= since)
    )


def _print(entries: Iterator[AuditEntry]) -> None:
    entry = None
    for entry in entries:
        told = audited_words(entry.what)
        what = f"{entry.what} ({told})" if told else entry.what
        words = [moment(entry.at), entry.who, what, entry.about]
        if entry.sha256:
            words.append(f"SHA-256 {entry.sha256[:12]}")
        answer(plain(f"{entry.number}  {' · '.join(filter(None, words))}"))
    if entry is None:
        answer(term("the log is empty"))


def _as_json(entry: AuditEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "who": entry.who,
        "what": entry.what,
        "about": entry.about,
        "sha256": entry.sha256,
        "previous": entry.previous,
        "hash": entry.hash,
    }
