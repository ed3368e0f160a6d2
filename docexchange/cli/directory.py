"""``docexchange directory``: the list of agencies, checked, looked up, compared and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli import (
    _directory_import,
    _directory_keys,
    _directory_publish,
    _directory_show,
    _directory_update,
)
from docexchange.cli._directory_place import at_option, entries_of, place_of, shown
from docexchange.cli._directory_words import (
    entry_json,
    field_of,
    finding_json,
    named,
    print_findings,
    term,
)
from docexchange.cli._exit import ExitCode, end
from docexchange.cli._options import as_day, json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._writing import Out, out_option, write_out

if TYPE_CHECKING:
    from docexchange.directory import DirectoryEntry, DirectoryFinding, EntryDifference, Survey

__all__ = ["command"]


@click.group("directory", no_args_is_help=True)
def command() -> None:
    """Keep the list of agencies: who there is, under whom, since when, and where.

    Example: docexchange directory check --directory directory.toml
    """


command.add_command(_directory_import.command)
command.add_command(_directory_show.show)
command.add_command(_directory_show.tree)
command.add_command(_directory_publish.command)
command.add_command(_directory_keys.command)
command.add_command(_directory_update.update)
command.add_command(_directory_update.age)


@command.command("check")
@shown
@at_option
@click.option(
    "--tiers",
    type=click.Choice(["any", "four", "vietnam"]),
    default="any",
    show_default=True,
    help="Tiers there may be; vietnam: the four, and the three since 1 July 2025.",
)
@json_option
def check(*, file: Path | None, shipped: bool, at: str | None, tiers: str, as_json: bool) -> None:
    """Prove that the directory is a tree: one root, and every agency reaches it, on every day.

    The exit code is 1 if it is none: one code for two agencies at once, a superior that is not in
    force, a circle, a second root. Other findings do not change it. What is counted is as of --at.

    Example: docexchange directory check --shipped --tiers vietnam
    """
    entries, day = entries_of(file, shipped=shipped), as_day(at)
    findings = _findings(entries, tiers)
    surveyed = _surveyed(entries, findings, day)
    sound = surveyed is not None and surveyed.is_tree
    if as_json:
        answer_json(
            {
                "tree": sound,
                "entries": len(entries),
                "on_day": _survey_json(surveyed),
                "findings": list(map(finding_json, findings)),
            }
        )
    else:
        print_findings(findings)
        name = "--shipped" if shipped else plain(place_of(file))
        answer(f"{name}: {term('a tree' if sound else 'not a tree')}{_told(surveyed)}")
    end(ExitCode.POSITIVE if sound else ExitCode.NEGATIVE)


def _findings(entries: tuple[DirectoryEntry, ...], tiers: str) -> tuple[DirectoryFinding, ...]:
    from docexchange.directory import FOUR_TIERS, shipped_tiers, tiers_not_in_force
    from docexchange.directory import check as contradictions

    if tiers == "any":
        return contradictions(entries)
    schemes = shipped_tiers() if tiers == "vietnam" else (FOUR_TIERS,)
    return (*contradictions(entries), *tiers_not_in_force(entries, schemes))


def _surveyed(
    entries: tuple[DirectoryEntry, ...], findings: tuple[DirectoryFinding, ...], at: Any
) -> Survey | None:
    """How it looks on a day; nothing where it contradicts itself on some."""
    from docexchange.directory import Directory, survey

    if any(finding.blocking for finding in findings):
        return None
    return survey(Directory(entries), at)


def _told(surveyed: Survey | None) -> str:
    if surveyed is None:
        return ""
    tiers = ", ".join(f"{tier}: {count}" for tier, count in surveyed.tiers.items())
    roots = ", ".join(map(named, surveyed.roots))
    return (
        f"\n    {term('on')} {surveyed.at}: {surveyed.reached} {term('agencies')}"
        f"\n    {term('root')}: {roots}"
        f"\n    {term('levels')}: {surveyed.depth}"
        f"\n    {term('tiers')}: {tiers}"
    )


def _survey_json(surveyed: Survey | None) -> dict[str, Any] | None:
    if surveyed is None:
        return None
    return {
        "at": surveyed.at.isoformat(),
        "agencies": surveyed.agencies,
        "reached": surveyed.reached,
        "roots": [str(entry.organ_id) for entry in surveyed.roots],
        "levels": surveyed.depth,
        "tiers": {str(tier): count for tier, count in surveyed.tiers.items()},
    }


@command.command("diff")
@click.argument("before", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("after", metavar="NEW", type=click.Path(path_type=Path))
@json_option
def diff(*, before: Path, after: Path, as_json: bool) -> None:
    """Tell what differs between two directories.

    OLD and NEW are .toml or .csv. Lines begin with + for entries that only NEW has, - for those
    that only OLD has, ~ for those that are different. The exit code is 1 if anything differs.

    Example: docexchange directory diff 2024.toml 2025.toml
    """
    from docexchange.directory import compare, read_entries

    found = compare(read_entries(before), read_entries(after))
    if as_json:
        answer_json({"same": not found, "differences": list(map(_difference_json, found))})
    for difference in () if as_json else found:
        _print_difference(difference)
    if not found and not as_json:
        answer(term("no difference"))
    end(ExitCode.NEGATIVE if found else ExitCode.POSITIVE)


def _print_difference(difference: EntryDifference) -> None:
    sign = "+" if difference.before is None else "-" if difference.after is None else "~"
    since = f"  ({difference.entry.valid_from})" if difference.entry.valid_from else ""
    answer(f"{sign} {named(difference.entry)}{since}")
    for name in difference.fields:
        old, new = (_field(entry, name) for entry in (difference.before, difference.after))
        answer(plain(f"    {term(field_of(name))}: {old} → {new}"))


def _field(entry: DirectoryEntry | None, name: str) -> str:
    value = getattr(entry, name)
    texts = map(str, value) if isinstance(value, tuple) else [] if value is None else [str(value)]
    return ", ".join(texts) or "–"


def _difference_json(difference: EntryDifference) -> dict[str, Any]:
    return {
        "before": entry_json(difference.before) if difference.before else None,
        "after": entry_json(difference.after) if difference.after else None,
        "fields": list(map(field_of, difference.fields)),
    }


@command.command("export")
@shown
@click.option("--at", metavar="DATE", help="Only what is in force on that day.  [all entries]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["toml", "csv", "json"]),
    default="toml",
    show_default=True,
    help="The form to write.",
)
@out_option("standard output")
def export(*, file: Path | None, shipped: bool, at: str | None, form: str, out: Out) -> None:
    """Write the directory as TOML, CSV or JSON.

    JSON is a list of agencies with the keys of TOML; directory import reads it, too.

    Example: docexchange directory export --shipped --format csv -o provinces.csv
    """
    entries = entries_of(file, shipped=shipped)
    if at is not None:
        day = as_day(at)
        entries = tuple(entry for entry in entries if entry.valid_on(day))
    write_out([_exported(entries, form).encode()], out.path or "-", force=out.force)


def _exported(entries: tuple[DirectoryEntry, ...], form: str) -> str:
    import json

    from docexchange.directory import write_csv, write_toml

    if form == "json":
        return json.dumps(list(map(entry_json, entries)), ensure_ascii=False, indent=2) + "\n"
    return (write_csv if form == "csv" else write_toml)(entries)
