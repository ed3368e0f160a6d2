"""``docexchange route``: which way a letter goes, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docexchange.cli._exit import ExitCode, end
from docexchange.cli._options import as_day, json_option
from docexchange.cli._output import answer_json
from docexchange.cli._route_lines import (
    Down,
    Explained,
    print_down,
    print_explained,
    print_links,
    routes_json,
)
from docexchange.clock import SystemClock, vietnam_date
from docexchange.errors import NoRoute, UsageError
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from docexchange.directory import Directory
    from docexchange.node import NodeConfig
    from docexchange.routing import FanOut, LinkHealth, Rules

__all__ = ["command"]


@click.group("route", no_args_is_help=True)
def command() -> None:
    """Tell which way a letter goes, and why.

    Example: docexchange route explain 000.21.31.H53 000.00.00.G22 --node commune
    """


@command.command("explain")
@click.argument("sender", metavar="FROM")
@click.argument("recipients", metavar="TO...", nargs=-1, required=True)
@click.option("--at", metavar="DATE", help="As of this day in Vietnam; today when left out.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    help="Directory of agencies; that of the node when left out.",
)
@click.option(
    "--node",
    "node_folder",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="Folder of a node, whose directory and rules count.",
)
@click.option(
    "--rules",
    "rule_file",
    type=click.Path(path_type=Path),
    help="Rules of the way; those of the node when left out.",
)
@click.option(
    "--down",
    metavar="FROM:TO",
    multiple=True,
    help="Take this link for out of order; may be given again.",
)
@json_option
def explain(
    *,
    sender: str,
    recipients: tuple[str, ...],
    at: str | None,
    directory: Path | None,
    node_folder: Path,
    rule_file: Path | None,
    down: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show every hop with its reason, and what would change it; nothing is sent.

    With several recipients the links follow, each once, with all recipients behind it; and then
    the links that are out of order as this node saw them last, which count for today. The exit code
    is 1 where a recipient has no route.

    Example: docexchange route explain H53.31.21 H17.28 --directory agencies.toml --at 2025-07-01
    """
    ways = _map(directory, node_folder, rule_file, down, as_day(at))
    start = OrganId(sender)
    explained = [ways.explain(start, OrganId(code)) for code in recipients]
    tree = ways.tree(start, [item.asked for item in explained if item.route])
    _tell(start, explained, tree, ways.down, wants_json=as_json)
    end(ExitCode.NEGATIVE if any(item.problem for item in explained) else ExitCode.POSITIVE)


def _tell(
    start: OrganId,
    explained: Sequence[Explained],
    tree: FanOut,
    down: Sequence[Down],
    *,
    wants_json: bool,
) -> None:
    if wants_json:
        answer_json(routes_json(start, explained, tree, down))
        return
    for item in explained:
        print_explained(item)
    if len(explained) > 1:
        print_links(tree)
    print_down(down)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Map:
    """What routes are found by."""

    directory: Directory
    rules: Rules
    health: LinkHealth
    at: date
    down: tuple[Down, ...]

    def explain(self, sender: OrganId, recipient: OrganId) -> Explained:
        from docexchange.routing import route

        try:
            way = route(
                sender,
                recipient,
                directory=self.directory,
                at=self.at,
                rules=self.rules,
                health=self.health,
            )
        except NoRoute as error:
            return Explained(asked=recipient, problem=error)
        return Explained(asked=recipient, route=way)

    def tree(self, sender: OrganId, recipients: Sequence[OrganId]) -> FanOut:
        from docexchange.routing import fan_out

        return fan_out(
            sender,
            recipients,
            directory=self.directory,
            at=self.at,
            rules=self.rules,
            health=self.health,
        )


def _map(
    directory: Path | None, node: Path, rule_file: Path | None, links: Sequence[str], at: date
) -> _Map:
    """The directory and rules named, or those of the node and what it knows of its links."""
    from docexchange.directory import Directory
    from docexchange.node import directory_file, read_config, read_rules, rules_of
    from docexchange.routing import LinkHealth, Rules

    down: tuple[Down, ...] = ()
    if directory is None:
        config = read_config(node)
        agencies, rules = Directory.from_path(directory_file(config)), rules_of(config)
        if at == vietnam_date(SystemClock().now()):
            down = tuple(_seen_down(config, agencies))
    else:
        agencies, rules = Directory.from_path(directory), Rules()
    if rule_file is not None:
        rules = read_rules(rule_file, closed=rules.closed)
    known = [(link.sender, link.peer) for link in down]
    return _Map(
        directory=agencies,
        rules=rules,
        health=LinkHealth.of([*known, *map(_link, links)]),
        at=at,
        down=down,
    )


def _seen_down(config: NodeConfig, directory: Directory) -> Iterator[Down]:
    """The links of a node that are out of order; a node that never ran knows of none."""
    from docexchange.node import has_run, links_out_of_order, open_storage

    if not has_run(config):
        return
    own = OrganId(config.agency)
    with open_storage(config) as storage:
        broken = links_out_of_order(storage.store, directory, now=SystemClock().now())
    for link in broken:
        yield from (Down(sender=own, peer=peer, outage=link.outage) for peer in link.peers)


def _link(text: str) -> tuple[OrganId, OrganId]:
    here, colon, there = text.partition(":")
    if not colon:
        raise UsageError(
            f"--down: expected two codes such as H53.31:H53, found {text!r}", code="usage.link"
        )
    return OrganId(here), OrganId(there)
