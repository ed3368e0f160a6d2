"""``docexchange send``: give a letter to a node; from then on it is the node's to deliver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docexchange.cli._exchange_words import event_words, phrase
from docexchange.cli._letters import about, opened
from docexchange.cli._options import json_option, node_option
from docexchange.cli._output import answer, answer_json, note, plain

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.node import Submission

__all__ = ["command"]


@click.command("send")
@click.argument("file")
@node_option
@click.option(
    "--key",
    "--key-of-submission",
    "key",
    default="",
    help="Your own key of this submission; sending again under it changes nothing.",
)
@json_option
def command(*, file: str, node_folder: Path, key: str, as_json: bool) -> None:
    """Give a letter to a node for delivery.

    FILE is an edXML envelope; - reads standard input. A letter without a signature is signed with
    the key of the node. When this ends well the letter is stored safely and will be delivered by
    `docexchange node run`; whoever is not sure runs it again, which changes nothing.

    Example: docexchange send letter.edxml --node commune
    """
    from docexchange.node import Node

    with Node.from_config(node_folder) as node, opened(file) as envelope, about(file):
        submission = node.send(envelope, key=key)
        for entry in node.store.timeline(submission.message_id):
            if entry.event == "book.duplicate":
                note(f"{event_words(entry.event)}: {plain(dict(entry.detail)['number'])}")
    if submission.signed_here:
        note(phrase("this letter carried no signature; it is signed with the key of the node"))
    _print(submission, as_json=as_json)


def _print(submission: Submission, *, as_json: bool) -> None:
    if as_json:
        answer_json(
            {
                "message_id": str(submission.message_id),
                "recipients": list(map(str, submission.recipients)),
                "repeated": submission.repeated,
                "signed_here": submission.signed_here,
            }
        )
        return
    outcome = phrase("accepted before" if submission.repeated else "accepted")
    answer(f"{submission.message_id} · {outcome}")
    for recipient in submission.recipients:
        answer(f"    {phrase('Recipient')}: {recipient}")
