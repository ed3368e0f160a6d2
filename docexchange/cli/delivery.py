"""``docexchange delivery``: what is under way or has failed, and what to do about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from docexchange.cli._delivery_lines import (
    arrival_json,
    arrival_line,
    delivery_json,
    delivery_line,
    receipt_json,
    receipt_line,
)
from docexchange.cli._delivery_overview import (
    advice_for,
    listed_json,
    peers_json,
    print_deliveries,
    print_peers,
)
from docexchange.cli._options import FiniteRange, json_option, node_option
from docexchange.cli._output import answer, answer_json
from docexchange.cli._storage import memory_of, place_of
from docexchange.cli._timeline import print_timeline, row_as_json
from docexchange.clock import SystemClock
from docexchange.delivery.table import OutboundState
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId, OrganId

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docexchange.delivery import OutboundRecord, Store

__all__ = ["command"]

F = TypeVar("F", bound="Callable[..., Any]")

_MOST_HOURS: Final = 876_000
"""A century: longer ago than any letter, and a moment that the calendar still has."""
_OPEN = [state.value for state in OutboundState if state is not OutboundState.ACKNOWLEDGED]


@click.group("delivery", no_args_is_help=True)
def command() -> None:
    """Look after letters that are under way or could not be delivered.

    Example: docexchange delivery list --node commune
    """


@command.command("list")
@node_option
@click.option(
    "--state",
    "states",
    type=click.Choice([state.value for state in OutboundState]),
    multiple=True,
    help="Only deliveries in this state; may be given again.  [default: all but acknowledged]",
)
@click.option("--peer", help="Only what this agency is the next hop for.")
@click.option(
    "--older-than",
    type=FiniteRange(0, _MOST_HOURS),
    default=0,
    metavar="HOURS",
    help="Only what was accepted at least so many hours ago.",
)
@click.option("--peers", "by_peer", is_flag=True, help="One line for each next hop.")
@json_option
def show_all(
    *,
    node_folder: Path,
    states: tuple[str, ...],
    peer: str | None,
    older_than: float,
    by_peer: bool,
    as_json: bool,
) -> None:
    """List deliveries, the oldest first: to whom, by which next hop, in which state, and why.

    With --peers, one line for each next hop: how much waits for it, how much failed, when it is
    tried next and what went wrong last.

    Example: docexchange delivery list --node commune --state dead_letter
    """
    hop = OrganId(peer).as_decision_20 if peer else None
    latest = SystemClock().now() - timedelta(hours=older_than)
    with _storage(node_folder) as store:
        found = [
            record
            for state in map(OutboundState, states or _OPEN)
            for record in store.in_state(state)
            if hop in (None, record.next_hop.as_decision_20) and record.created_at <= latest
        ]
    found.sort(key=lambda record: (record.created_at, record.message_id, record.recipient))
    if as_json:
        answer_json({"deliveries": list(map(listed_json, found)), "peers": peers_json(found)})
    elif by_peer:
        print_peers(found)
    else:
        print_deliveries(found)


@command.command("show")
@click.argument("message_id")
@node_option
@json_option
def show_one(*, message_id: str, node_folder: Path, as_json: bool) -> None:
    """Show all that a node knows about one letter: deliveries, receipts, timeline, and advice.

    Example: docexchange delivery show m-2b60… --node commune
    """
    from docexchange.node import read_config
    from docexchange.report import timeline

    wanted, keeper = MessageId(message_id), OrganId(read_config(node_folder).agency)
    with _storage(node_folder) as store:
        sent, came = store.outbound_of(wanted), store.inbound_of(wanted)
        receipts, rows = store.receipts(wanted), timeline(wanted, [(keeper, store)])
    if not rows:
        raise UsageError(
            f"expected the id of a message that {node_folder} knows, found {message_id}",
            code="delivery.unknown-message",
            advice="`docexchange delivery list` shows what is under way or has failed.",
        )
    if as_json:
        answer_json(
            {
                "message_id": message_id,
                "deliveries": [
                    {**delivery_json(item), "advice": advice_for(item)} for item in sent
                ],
                "arrivals": list(map(arrival_json, came)),
                "receipts": [receipt_json(item, keeper) for item in receipts],
                "timeline": list(map(row_as_json, rows)),
            }
        )
        return
    for item in sent:
        answer(delivery_line(item))
        answer(f"    {advice_for(item)}")
    several = len({item.recipient for item in receipts}) > 1
    told = (receipt_line(item, keeper, several=several) for item in receipts)
    lines = [*map(arrival_line, came), *told]
    for line in lines:
        answer(line)
    print_timeline(rows, {})


def _mending_options(decorated: F) -> F:
    """The arguments of the commands that change something."""
    for option in (
        json_option,
        click.option("--reason", required=True, help="Why; it is written into the timeline."),
        click.option("--to", "recipient", help="Only the delivery to this agency."),
        node_option,
        click.argument("message_id"),
    ):
        decorated = option(decorated)
    return decorated


@command.command("resend")
@_mending_options
def resend(
    *, message_id: str, node_folder: Path, recipient: str | None, reason: str, as_json: bool
) -> None:
    """Send a letter again that was refused, returned, given up, expired or stopped.

    The same bytes go under the same id, along the way of today, so nobody gets it twice. They are
    queued; `docexchange node run` sends them, and may be at work meanwhile.

    Example: docexchange delivery resend m-2b60… --node commune --reason "the district is back"
    """
    _mend("resend", message_id, node_folder, recipient, reason, as_json=as_json)


@command.command("cancel")
@_mending_options
def cancel(
    *, message_id: str, node_folder: Path, recipient: str | None, reason: str, as_json: bool
) -> None:
    """Stop a delivery before it is acknowledged.

    What the next hop has in hand already may arrive all the same; its receipt is then recorded. At
    a hub, whoever brought the letter is told.

    Example: docexchange delivery cancel m-2b60… --node commune --reason "wrong recipient"
    """
    _mend("cancel", message_id, node_folder, recipient, reason, as_json=as_json)


def _mend(
    verb: str,
    message_id: str,
    node_folder: Path,
    recipient: str | None,
    reason: str,
    *,
    as_json: bool,
) -> None:
    from docexchange.node import Node

    place_of(node_folder)
    whom = OrganId(recipient) if recipient else None
    with Node.from_config(node_folder) as node:
        act = {"resend": node.resend, "cancel": node.cancel}[verb]
        done: list[OutboundRecord] = act(MessageId(message_id), whom, reason=reason)
    if as_json:
        answer_json({"message_id": message_id, "deliveries": list(map(delivery_json, done))})
        return
    for record in done:
        answer(delivery_line(record))


def _storage(node_folder: Path) -> Store:
    return memory_of(node_folder).store
