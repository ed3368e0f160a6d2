"""``docexchange directory show`` and ``tree``: one agency with its history, and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._directory_place import at_option, opened, shown
from docexchange.cli._directory_words import entry_json, field_of, named, term
from docexchange.cli._options import as_day, json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from docexchange.directory import Change, Directory, DirectoryEntry

__all__ = ["show", "tree"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Portrait:
    """All that a directory knows of one agency on a day."""

    entry: DirectoryEntry
    path: tuple[DirectoryEntry, ...]
    server: DirectoryEntry | None
    below: tuple[DirectoryEntry, ...]
    successors: tuple[DirectoryEntry, ...]
    predecessors: tuple[DirectoryEntry, ...]
    history: tuple[Change, ...]


@click.command("show")
@click.argument("code")
@shown
@at_option
@json_option
def show(*, code: str, file: Path | None, shipped: bool, at: str | None, as_json: bool) -> None:
    """Show an agency: its name, superiors, codes, ways, certificates, and what became of it.

    CODE is in either system, or an alias. An agency that is closed on the day is shown as it was
    last, with those who took over.

    Example: docexchange directory show H60 --shipped --at 2025-07-01
    """
    directory, day = opened(file, shipped=shipped), as_day(at)
    portrait = _portrait(directory, OrganId.tolerant(code), day)
    if as_json:
        answer_json(_portrait_json(portrait, day))
        return
    for line in _portrait_lines(portrait, day):
        answer(line)


def _portrait(directory: Directory, organ_id: OrganId, at: date) -> _Portrait:
    past = [version for version in directory.versions(organ_id) if version.first_day <= at]
    entry = past[-1] if past else directory.lookup(organ_id, at)
    own, there = entry.organ_id, entry.valid_on(at)
    return _Portrait(
        entry=entry,
        path=directory.ancestors(own, at) if there else (),
        server=directory.server(own, at) if there else None,
        below=directory.children(own, at) if there else (),
        successors=directory.successors(own, at),
        predecessors=directory.predecessors(own, at) if there else (),
        history=directory.history(own),
    )


def _portrait_lines(portrait: _Portrait, at: date) -> Iterator[str]:
    entry = portrait.entry
    yield named(entry)
    state = "in force" if entry.valid_on(at) else "closed"
    yield f"    {term(state)}: {_validity(entry)}"
    yield f"    {term('tier')}: {entry.tier}"
    yield f"    {term('codes')}: {', '.join(_codes(entry))}"
    for above in portrait.path:
        yield f"    {term('superior')}: {named(above)}"
    if entry.endpoint:
        yield f"    {term('reached at')}: {plain(entry.endpoint)}"
    if portrait.server is not None and portrait.server is not entry:
        yield f"    {term('served by')}: {named(portrait.server)}"
    for digits in entry.certificates:
        yield f"    {term('certificate')}: sha256:{digits}"
    if portrait.below:
        yield f"    {term('below')}: {len(portrait.below)} {term('agencies')}"
    for other in portrait.predecessors:
        yield f"    {term('took over from')}: {named(other)}"
    for other in portrait.successors:
        yield f"    {term('successor')}: {named(other)}"
    if portrait.history:
        yield f"    {term('history')}:"
    for change in portrait.history:
        fields = ", ".join(term(field_of(name)) for name in change.fields)
        yield f"        {change.on}  {term(change.kind)}  {fields or plain(change.entry.name)}"


def _validity(entry: DirectoryEntry) -> str:
    if entry.valid_from is None and entry.valid_to is None:
        return term("always")
    return f"{entry.valid_from or '…'} – {entry.valid_to or '…'}"


def _codes(entry: DirectoryEntry) -> list[str]:
    own = (entry.organ_id.as_qcvn_102, entry.organ_id.as_decision_20)
    return list(dict.fromkeys([str(entry.organ_id), *own, *map(str, entry.aliases)]))


def _portrait_json(portrait: _Portrait, at: date) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "in_force": portrait.entry.valid_on(at),
        "agency": entry_json(portrait.entry),
        "codes": _codes(portrait.entry),
        "path": [_brief(entry) for entry in portrait.path],
        "served_by": _brief(portrait.server) if portrait.server else None,
        "below": [_brief(entry) for entry in portrait.below],
        "successors": [_brief(entry) for entry in portrait.successors],
        "predecessors": [_brief(entry) for entry in portrait.predecessors],
        "history": [
            {
                "on": change.on.isoformat(),
                "kind": str(change.kind),
                "fields": list(map(field_of, change.fields)),
                "before": entry_json(change.before) if change.before else None,
                "after": entry_json(change.after) if change.after else None,
            }
            for change in portrait.history
        ],
    }


def _brief(entry: DirectoryEntry) -> dict[str, str]:
    return {"code": str(entry.organ_id), "name": entry.name}


@click.command("tree")
@click.argument("code", required=False)
@shown
@at_option
@click.option("--depth", type=click.IntRange(min=1), help="How many levels below to show.  [all]")
@json_option
def tree(
    *,
    code: str | None,
    file: Path | None,
    shipped: bool,
    at: str | None,
    depth: int | None,
    as_json: bool,
) -> None:
    """Draw who is below whom on a day, from the root or from the agency CODE.

    Where --depth cuts branches off, the number of agencies that are directly below is shown.

    Example: docexchange directory tree --shipped --at 2025-07-01 --depth 1
    """
    directory, day = opened(file, shipped=shipped), as_day(at)
    if code is None:
        tops = [entry for entry in directory if entry.parent is None and entry.valid_on(day)]
    else:
        tops = [directory.lookup(OrganId.tolerant(code), day)]
    branches = [_branch(directory, top, day, depth) for top in tops]
    if as_json:
        answer_json({"at": day.isoformat(), "trees": branches})
        return
    for branch in branches:
        answer(_label(branch))
        for line in _drawn(branch["children"], ""):
            answer(line)


def _branch(
    directory: Directory, entry: DirectoryEntry, at: date, depth: int | None
) -> dict[str, Any]:
    below = directory.children(entry.organ_id, at)
    left = None if depth is None else depth - 1
    shown = [] if depth == 0 else [_branch(directory, child, at, left) for child in below]
    return {
        **_brief(entry),
        "tier": entry.tier,
        "children": shown,
        "not_shown": len(below) - len(shown),
    }


def _drawn(branches: list[dict[str, Any]], before: str) -> Iterator[str]:
    for branch in branches:
        last = branch is branches[-1]
        yield f"{before}{'└── ' if last else '├── '}{_label(branch)}"
        yield from _drawn(branch["children"], before + ("    " if last else "│   "))


def _label(branch: dict[str, Any]) -> str:
    hidden = f"  (+{branch['not_shown']})" if branch["not_shown"] else ""
    return plain(f"{branch['code']}  {branch['name']}") + hidden
