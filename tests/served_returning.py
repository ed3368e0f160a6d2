"""Letters that come home through two served nodes, which are killed at each moment of the way back.

``python -m served_returning FOLDER NAME`` finds out the moments that a node has in it, and then,
for each of them, has a letter from the commune stopped by the operator of the province, and kills
the node there. For each a line of JSON tells where it died and what was found afterwards.

What is for the centre waits at the province, for the centre never comes for it: so nothing else
happens meanwhile. See ``served_crashing``.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from exchange_help import CENTRAL, COMMUNE, letter
from served_crashing import (
    Forked,
    Fuse,
    Moment,
    death,
    died_at,
    fork_node,
    lines_told,
    made_good,
    moments_in,
    telling,
    wrong_at_the_end,
)
from served_pair import SMALL, Pair

from docexchange.delivery import InboundState, OutboundState
from docexchange.identifiers import MessageId
from docexchange.instrumentation.events import EventName
from docexchange.node import Node
from docexchange.signing import verify_receipt
from docexchange.testing import FOUR_TIERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.envelope import Document, Receipt

_WHY: Final = "no way to the centre"
_STOPPING: Final = (EventName.OUTBOUND_ENDED, EventName.RETURN_ISSUED)
_PASSED_ON: Final = [
    OutboundState.ACKNOWLEDGED,
    OutboundState.ACKNOWLEDGED,
    OutboundState.AWAITING_RECEIPT,
]
_COME_HOME: Final = [OutboundState.RETURNED, OutboundState.RETURNED, OutboundState.CANCELLED]


@dataclass(repr=False)
class Chain(Pair):
    """Commune, district and province run; the centre has no line, and does not come."""

    agencies: tuple[Any, ...] = FOUR_TIERS

    @property
    def names(self) -> tuple[str, ...]:
        """In the order of the way out."""
        return ("commune", "district", "province")

    def __enter__(self) -> Self:
        super().__enter__()
        self.keep_letters_for("central")
        return self

    def letter(self, sender: str, number: int, octets: bytes = SMALL) -> Document:
        """The letter of that number, to the centre."""
        return letter(
            CENTRAL,
            sender=COMMUNE,
            message_id=MessageId(f"m-{sender}-{number}"),
            number=str(number),
            octets=octets,
        )

    def posted(self, number: int) -> Document:
        """A letter that waits at the province, and that all others rely on."""
        text = self.send("commune", number)
        self.until(lambda: self.states(text) == _PASSED_ON, "the province has it")
        return text

    def stop(self, text: Document, hooks: Any = ()) -> None:
        """Stop it at the province, as its operator does."""
        with Node.from_config(self.folders["province"], hooks=hooks) as node:
            node.cancel(text.message_id, reason=_WHY)  # type: ignore[arg-type]

    def states(self, text: Document) -> list[OutboundState]:
        """Where it is at each node."""
        found = []
        for name in self.names:
            with self.storage(name) as storage:
                records = storage.store.outbound_of(text.message_id)  # type: ignore[arg-type]
                found += [record.state for record in records]
        return found

    def exchanged(self, sender: str, *texts: Document) -> bool:
        """Whether letters have come home, and nothing is owed any more."""
        del sender
        for name in self.names:
            with self.storage(name) as storage:
                if storage.store.inbound_in_state(InboundState.RETURNING):
                    return False
        return all(self.states(text) == _COME_HOME for text in texts)

    def faults(self, sender: str, text: Document) -> Iterator[str]:
        """What is wrong with the evidence: a receipt, and a later refusal, from each next hop."""
        del sender
        for name in self.names[:-1]:
            with Node.from_config(self.folders[name]) as node:
                (record,) = node.store.outbound_of(text.message_id)  # type: ignore[arg-type]
                said = _said(node, text)
            if [word.accepted for word in said] != [True, False]:
                yield f"{name}: has the words {said}"
            if {word.sha256 for word in said} != {record.payload}:
                yield f"{name}: has words about other bytes than {record.payload}"
            if _WHY not in record.problem:
                yield f"{name}: was told {record.problem!r}"
        for name in self.names[1:]:
            with self.storage(name) as storage:
                came = storage.store.inbound_of(text.message_id)  # type: ignore[arg-type]
            if [item.state for item in came] != [InboundState.REFUSED]:
                yield f"{name}: it came and is {came}"


def _said(node: Node, text: Document) -> list[Receipt]:
    """What a node has of its next hop: verified, in the order of what was said."""
    kept = node.store.receipts(text.message_id)  # type: ignore[arg-type]
    words = [verify_receipt(item.xml, node.point.verifier) for item in kept if not item.given]
    return sorted(words, key=lambda word: word.at)


def moments(folder: Path, name: str) -> list[Moment]:
    """The moments of a node on the way back of a letter."""
    readers: dict[str, int] = {}
    with Chain(folder, start=telling(readers)) as chain:
        chain.run()
        text = chain.posted(0)
        lines_told(readers[name])
        chain.stop(text)
        chain.until(lambda: chain.exchanged("commune", text), "it comes home")
        return list(moments_in(lines_told(readers[name]), SMALL))


def kill_on_the_way_back(folder: Path, name: str) -> Iterator[dict[str, object]]:
    """For each moment of a node a letter, and a death."""
    known = moments(folder / "undisturbed", name)
    fuses = {node: Fuse() for node in ("commune", "district", "province")}

    def start(place: Path) -> Forked:
        return fork_node(place, fuses[place.name])

    with Chain(folder / "killed", start=start) as chain:
        chain.run()
        if name == "province":
            for number, what in enumerate(_STOPPING):
                text, moment = chain.posted(1000 + number), Moment(what, 1, SMALL)
                died = died_at(moment, partial(chain.stop, text))
                yield made_good(chain, moment, text, died)
        for number, moment in enumerate(known):
            text = chain.posted(number)
            fuses[name].arm(moment.what, moment.time)
            chain.stop(text)
            died = death(chain, name, moment, text)
            fuses[name].arm("", 0)
            yield made_good(chain, moment, text, died)
        yield {"at": "", "died": 0, "wrong": list(wrong_at_the_end(chain))}


if __name__ == "__main__":
    for found in kill_on_the_way_back(Path(sys.argv[1]), sys.argv[2]):
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()
