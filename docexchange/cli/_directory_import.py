"""``docexchange directory import``: a list as it really is becomes a directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._directory_place import directory_option, place_of
from docexchange.cli._directory_words import repair_line, term
from docexchange.cli._options import as_day, json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._writing import write_out

if TYPE_CHECKING:
    from docexchange.directory import DirectoryEntry
    from docexchange.directory.importing import Import, Repair

__all__ = ["command"]


@click.command("import")
@click.argument("list_file", metavar="LIST", type=click.Path(path_type=Path))
@directory_option
@click.option("--root", metavar="CODE", help="The agency above all others, if the list is silent.")
@click.option("--from", "on", metavar="DATE", help="The first day of what is new, in Vietnam.")
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and write nothing.")
@json_option
def command(
    *,
    list_file: Path,
    file: Path | None,
    root: str | None,
    on: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring the directory up to a list, and tell every repair.

    LIST is CSV with a line of column names (.csv, .tsv), the agency list of the national axis as
    its API answers (.json), or a directory that others wrote (.toml). Columns that are not kept are
    named, invisible characters and odd spaces taken out, codes brought to their form, agencies
    without a superior put below the nearest one that their code tells, or below the root. Of two
    rows with one code the first counts.

    What the list does not speak of stays: endpoints, certificates, other agencies. With --from, the
    old entries end the day before; without, they are corrected. The same list a second time changes
    nothing. Entries that would contradict each other are not written; the exit code is then 4.

    Example: docexchange directory import agencies.csv --directory directory.toml --dry-run
    """
    from docexchange.directory import Directory, read_entries
    from docexchange.directory.importing import import_file
    from docexchange.identifiers import OrganId

    place = place_of(file)
    before = read_entries(place) if place.exists() else ()
    done = import_file(
        list_file,
        into=before,
        root=OrganId.tolerant(root) if root else None,
        on=as_day(on, "--from") if on else None,
    )
    Directory(done.entries)
    writes = done.entries != before and not dry_run
    if writes:
        write_out([_text(done.entries, place).encode()], str(place), force=True)
    if as_json:
        answer_json({"directory": str(place), "written": writes, **_as_json(done)})
    else:
        _print(done, place, writes=writes)


def _text(entries: tuple[DirectoryEntry, ...], place: Path) -> str:
    from docexchange.directory import write_csv, write_toml

    return (write_csv if place.suffix.lower() == ".csv" else write_toml)(entries)


def _print(done: Import, place: Path, *, writes: bool) -> None:
    for repair in done.repairs:
        answer(repair_line(repair))
    counts = {
        "rows": done.rows,
        "added": len(done.added),
        "changed": len(done.changed),
        "unchanged": done.unchanged,
        "repairs": len(done.repairs),
    }
    answer(", ".join(f"{term(word)}: {count}" for word, count in counts.items()))
    answer(f"{plain(place)}: {term('written' if writes else 'nothing written')}")


def _as_json(done: Import) -> dict[str, Any]:
    return {
        "rows": done.rows,
        "entries": len(done.entries),
        "added": list(map(str, done.added)),
        "changed": list(map(str, done.changed)),
        "unchanged": done.unchanged,
        "repairs": list(map(_repair_json, done.repairs)),
    }


def _repair_json(repair: Repair) -> dict[str, Any]:
    return {
        "code": repair.code,
        "line": repair.line,
        "column": repair.column,
        "found": repair.found,
        "made": repair.made,
    }
