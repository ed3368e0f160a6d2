"""``docexchange trace``: the way of a letter, hop by hop, as the nodes remember it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._chains import chains_as_json, code_of_chains, print_chains, verify_chain
from docexchange.cli._delivery_lines import receipt_json, receipt_line
from docexchange.cli._exit import end
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json
from docexchange.cli._storage import memory_of
from docexchange.cli._timeline import print_timeline, row_as_json
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId, OrganId

if TYPE_CHECKING:
    from docexchange.delivery import ReceiptRecord, Store
    from docexchange.report import TimelineRow

__all__ = ["command"]


@click.command("trace")
@click.argument("message_id")
@click.option(
    "--node",
    "node_folders",
    type=click.Path(path_type=Path),
    multiple=True,
    default=(Path(),),
    show_default="the current folder",
    help="Folder of a node; give it again for every node on the way.",
)
@click.option(
    "--verify",
    "verified",
    is_flag=True,
    help="Check the receipts and lay them end to end; trust and directory of the first node.",
)
@json_option
def command(
    *, message_id: str, node_folders: tuple[Path, ...], verified: bool, as_json: bool
) -> None:
    """Show the way of a letter, hop by hop, with the receipts that prove it.

    A node remembers what happened in its own house: with --node of every node on the way, whose
    folders may be copies, the timeline is whole. The digests show which bytes each hop had in hand.

    With --verify the signature of every receipt is checked, and the chain from the sender to each
    recipient. Exit code 0: the whole way is proved; 3: a part of it, for the rest is not known to
    the nodes that were named; 1: refused on the way, or something contradicts.

    Example: docexchange trace m-2b60… --node commune --node district --verify
    """
    wanted = MessageId(message_id)
    with ExitStack() as stack:
        stores = [_open(folder, stack) for folder in node_folders]
        rows, receipts = _collect(wanted, stores)
        chains = verify_chain(wanted, stores, receipts, node_folders[0]) if verified else None
    if not rows:
        raise UsageError(
            f"expected the id of a message that {_listed(node_folders)} knows, found {message_id}",
            code="trace.unknown-message",
            advice="Check the id, and name the nodes that the letter passed.",
        )
    if as_json:
        answer_json(_as_json(message_id, rows, receipts) | chains_as_json(chains))
    else:
        _print(rows, receipts)
        print_chains(chains)
    end(code_of_chains(chains))


def _open(folder: Path, stack: ExitStack) -> tuple[OrganId, Store]:
    from docexchange.node import read_config

    return OrganId(read_config(folder).agency), stack.enter_context(memory_of(folder)).store


def _collect(
    message_id: MessageId, stores: list[tuple[OrganId, Store]]
) -> tuple[tuple[TimelineRow, ...], list[tuple[OrganId, ReceiptRecord]]]:
    from docexchange.report import timeline

    # A node that is named twice is asked once.
    known = list({str(agency): (agency, store) for agency, store in stores}.values())
    receipts = [(agency, item) for agency, store in known for item in store.receipts(message_id)]
    return timeline(message_id, known), receipts


def _listed(folders: tuple[Path, ...]) -> str:
    return " or ".join(map(str, folders))


def _as_json(
    message_id: str,
    rows: tuple[TimelineRow, ...],
    receipts: list[tuple[OrganId, ReceiptRecord]],
) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "timeline": [row_as_json(row) for row in rows],
        "receipts": [receipt_json(receipt, keeper) for keeper, receipt in receipts],
    }


def _print(rows: tuple[TimelineRow, ...], receipts: list[tuple[OrganId, ReceiptRecord]]) -> None:
    print_timeline(rows, {})
    several = len({receipt.recipient for _, receipt in receipts}) > 1
    for keeper, receipt in receipts:
        answer(receipt_line(receipt, keeper, several=several))
