"""``docexchange carry``: letters on a disk, where there is no line."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._exchange_words import phrase
from docexchange.cli._exit import ExitCode, end, worst
from docexchange.cli._options import json_option, node_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._problem_words import problem_words
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from docexchange.envelope.shipment import Shipment
    from docexchange.node import Unpacked

__all__ = ["command"]

_KINDS: Final = {"message": "letter", "receipt": "receipt"}

medium_argument = click.argument("medium", type=click.Path(path_type=Path))


@click.group("carry", no_args_is_help=True)
def command() -> None:
    """Take letters to a neighbour on a disk, where there is no line.

    Example: docexchange carry pack /media/usb --to 000.21.31.H53
    """


@command.command("pack")
@medium_argument
@click.option("--to", required=True, help="Code of the neighbour; pull: is its endpoint.")
@node_option
@json_option
def pack(*, medium: Path, to: str, node_folder: Path, as_json: bool) -> None:
    """Put what waits for a neighbour on a disk, with a signed list.

    The neighbour's endpoint in the directory is `pull:`, so that its letters wait in a box. They
    stay there until their receipts have come back, by disk or by line: a lost disk is packed again,
    and a letter that arrives twice is taken once.

    Example: docexchange carry pack /media/usb --to 000.21.31.H53 --node district
    """
    from docexchange.node import Node, boxes_of, pack_shipment, read_config
    from docexchange.transport import Medium

    config = read_config(node_folder)
    disk = Medium(medium)
    with Node.from_config(config) as node:
        shipment = pack_shipment(
            node,
            boxes_of(config),
            disk,
            to=OrganId(to),
            shipment_id=f"shipment-{secrets.token_hex(16)}",
        )
    if as_json:
        answer_json(_packed(shipment))
    else:
        _print_packed(shipment)


def _packed(shipment: Shipment | None) -> dict[str, Any]:
    if shipment is None:
        return {"shipment": None, "to": None, "parcels": []}
    return {
        "shipment": shipment.shipment_id,
        "to": str(shipment.to),
        "parcels": [
            {
                "kind": item.kind,
                "message_id": str(item.message_id),
                "recipient": str(item.recipient),
                "size": item.size,
                "sha256": item.sha256,
            }
            for item in shipment.items
        ],
    }


def _print_packed(shipment: Shipment | None) -> None:
    if shipment is None:
        answer(phrase("nothing waits for that neighbour"))
        return
    answer(f"{shipment.shipment_id}: {len(shipment.items)} {phrase('parcels packed')}")
    for item in shipment.items:
        answer(
            f"    {phrase(_KINDS[item.kind])} {item.message_id} → {item.recipient}, {item.size} B"
        )


@command.command("unpack")
@medium_argument
@node_option
@json_option
def unpack(*, medium: Path, node_folder: Path, as_json: bool) -> None:
    """Take in the letters and receipts that a neighbour has packed for us.

    Each letter is verified as if it had come by line; the receipts wait in the box of whoever
    packed it, for the way back: `docexchange carry pack`. Nothing is written on the disk, and
    unpacking it again changes nothing. Exit code 1 when something on it cannot be taken, 3 when
    nothing on it is for this agency.

    Example: docexchange carry unpack /media/usb --node commune
    """
    from docexchange.node import Node, boxes_of, read_config, unpack_shipments
    from docexchange.transport import Medium

    config = read_config(node_folder)
    disk = Medium(medium)
    with Node.from_config(config) as node:
        found = list(unpack_shipments(node, boxes_of(config), disk))
    if as_json:
        answer_json({"shipments": [_unpacked(item) for item in found]})
    else:
        _print_unpacked(found)
    codes = [ExitCode.NEGATIVE if item.problems else ExitCode.POSITIVE for item in found]
    end(worst(codes) if codes else ExitCode.INDETERMINATE)


def _unpacked(item: Unpacked) -> dict[str, Any]:
    shipment = item.shipment
    return {
        "path": str(item.path),
        "shipment": shipment.shipment_id if shipment else None,
        "from": str(shipment.issuer) if shipment else None,
        "parcels": len(shipment.items) if shipment else 0,
        "taken": item.taken,
        "problems": list(item.problems),
    }


def _print_unpacked(found: list[Unpacked]) -> None:
    if not found:
        answer(phrase("nothing on it is for us"))
    for item in found:
        issuer = f" ← {item.shipment.issuer}" if item.shipment else ""
        answer(f"{plain(item.path.name)}{issuer}: {item.taken} {phrase('parcels taken')}")
        for problem in item.problems:
            answer(f"    ! {plain(problem_words(problem))}")
