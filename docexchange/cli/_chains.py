"""The chain of receipts of one letter, checked and told: ``docexchange trace --verify``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from docexchange.cli._exchange_words import moment, phrase
from docexchange.cli._exit import ExitCode, worst
from docexchange.cli._output import answer, plain
from docexchange.cli._problem_words import problem_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from docexchange.delivery import ReceiptRecord, Store
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.report import Hop, ReceiptChain

__all__ = ["chains_as_json", "code_of_chains", "print_chains", "verify_chain"]

_WORDS: Final = {
    "whole": "the receipts prove the whole way",
    "open": "the receipts prove a part of the way",
    "refused": "refused on the way",
    "broken": "the receipts contradict",
}
_CODES: Final = {
    "whole": ExitCode.POSITIVE,
    "open": ExitCode.INDETERMINATE,
    "refused": ExitCode.NEGATIVE,
    "broken": ExitCode.NEGATIVE,
}


def verify_chain(
    message_id: MessageId,
    stores: Iterable[tuple[OrganId, Store]],
    receipts: Iterable[tuple[OrganId, ReceiptRecord]],
    folder: Path,
) -> tuple[ReceiptChain, ...]:
    """Check all receipts by the trust and the directory of one node.

    Args:
        message_id: the message.
        stores: of the nodes that were named.
        receipts: what they keep about it.
        folder: the node whose trust and directory count.
    """
    from docexchange.clock import SystemClock
    from docexchange.node import directory_of, open_verifier, read_config
    from docexchange.report import ends_of, receipt_chains
    from docexchange.signing import verify_receipt

    config = read_config(folder)
    verifier = open_verifier(config, SystemClock())
    directory = directory_of(config)
    known = list(stores)
    origins = [item.origin for _, store in known for item in store.outbound_of(message_id)]
    origins += [item.origin for _, store in known for item in store.inbound_of(message_id)]
    if not origins:
        return ()  # what came could not be read, so that nobody knows whom it is from
    return receipt_chains(
        receipts,
        origin=origins[0],
        verify=lambda xml, at: verify_receipt(xml, verifier, at=at),
        sent={node: store.outbound_of(message_id) for node, store in known},
        ends_of=partial(ends_of, directory=directory),
    )


def code_of_chains(chains: Sequence[ReceiptChain] | None) -> ExitCode:
    """The exit code: how far the way to every recipient is proved."""
    if chains is None:
        return ExitCode.POSITIVE
    return worst(_CODES[chain.state] for chain in chains) if chains else ExitCode.INDETERMINATE


def chains_as_json(chains: Sequence[ReceiptChain] | None) -> dict[str, Any]:
    """The chains as plain values; nothing where they were not asked for."""
    if chains is None:
        return {}
    return {"chains": [_as_json(chain) for chain in chains]}


def _as_json(chain: ReceiptChain) -> dict[str, Any]:
    return {
        "recipient": str(chain.recipient),
        "state": str(chain.state),
        "reason": chain.reason,
        "problems": list(chain.problems),
        "hops": [
            {
                "number": hop.receipt.hop,
                "from": str(hop.receipt.from_node),
                "to": str(hop.receipt.issuer),
                "at": hop.receipt.at.isoformat(),
                "sha256": hop.receipt.sha256,
                "size": hop.receipt.size,
                "kept_by": [str(node) for node in hop.kept_by],
            }
            for hop in chain.hops
        ],
    }


def print_chains(chains: Sequence[ReceiptChain] | None) -> None:
    """Tell what the receipts prove, recipient by recipient."""
    for chain in chains or ():
        answer()
        answer(f"{phrase('to')} {chain.recipient}: {phrase(_WORDS[chain.state])}")
        for before, hop in enumerate(chain.hops):
            if hop.receipt.hop != (chain.hops[before - 1].receipt.hop if before else 0) + 1:
                answer("  …")
            answer(f"  {_line(hop)}")
        for problem in (*chain.problems, chain.reason):
            if problem:
                answer(f"  ! {plain(problem_words(problem))}")
    if any(chain.state == "open" for chain in chains or ()):
        answer(phrase("Name the other nodes on the way, or copies of their folders, with --node"))
    if chains == ():
        answer(phrase("no receipts are kept"))


def _line(hop: Hop) -> str:
    receipt = hop.receipt
    return (
        f"{receipt.hop}. {receipt.from_node} → {receipt.issuer} · {moment(receipt.at)} · "
        f"SHA-256 {receipt.sha256[:12]} · {phrase('kept by')} {', '.join(map(str, hop.kept_by))}"
    )
