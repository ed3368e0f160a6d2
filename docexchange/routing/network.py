"""Who carries letters on a day, and who stands above whom among them: a table for the router.

An agency without an endpoint is served by its representative, or else by its nearest superior that
has one; so the network has fewer nodes than the directory has agencies. In a directory that knows
of no endpoint in a whole line, every agency stands for itself. What is asked once is kept, also
which rules fit which agency::

    network = network_of(directory, at, rules)
    network.node_of(network.meaning(organ_id).entry)
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from docexchange.routing.closed import Meaning, meaning_of
from docexchange.routing.route import Hop

if TYPE_CHECKING:
    from datetime import date

    from docexchange.directory import Directory, DirectoryEntry
    from docexchange.identifiers import OrganId
    from docexchange.routing.route import HopReason
    from docexchange.routing.rules import Rule, Rules

__all__ = ["Network", "Node", "network_of"]

_KEPT: Final = 8
"""Tables kept: yesterday's, today's, and those of a few directories in one process."""


class Node:
    """An agency that carries letters."""

    __slots__ = ("_hops", "entry", "key", "line", "name", "organ_id", "place")

    def __init__(self, entry: DirectoryEntry, superior: Node | None) -> None:
        self.entry: Final = entry
        self.organ_id: Final = entry.organ_id
        self.name: Final = entry.name
        self.key: Final = entry.organ_id.as_decision_20
        self.line: Final[tuple[Node, ...]] = (self, *(superior.line if superior else ()))
        """Itself and its superiors, nearest first."""
        self.place: Final = {node.key: place for place, node in enumerate(self.line)}
        """Where each of them stands in the line."""
        self._hops: Final[dict[HopReason, Hop]] = {}

    def hop(self, reason: HopReason) -> Hop:
        """A hop to it that no rule has made; of each reason there is one, for there are many."""
        hop = self._hops.get(reason)
        if hop is None:
            hop = Hop(organ_id=self.organ_id, reason=reason, name=self.name)
            self._hops[reason] = hop
        return hop


class Network:
    """The nodes of a directory on a day.

    Args:
        directory: who is who.
        at: calendar date in Vietnam.
        rules: the rules in force.
    """

    def __init__(self, directory: Directory, at: date, rules: Rules) -> None:
        self._directory: Final = directory
        self._at: Final = at
        self._rules: Final = rules.rules
        self._meanings: Final[dict[str, Meaning]] = {}
        self._senders: Final[dict[str, frozenset[int]]] = {}
        self._recipients: Final[dict[str, tuple[int, ...]]] = {}
        self._served: Final[dict[str, Node]] = {}
        self._nodes: Final[dict[str, Node]] = {}

    def meaning(self, organ_id: OrganId) -> Meaning:
        """Whom a code means that day.

        Raises:
            NoRoute: as ``meaning_of``.
        """
        known = self._meanings.get(organ_id.value)
        if known is None:
            known = meaning_of(organ_id, self._directory, self._at)
            self._meanings[organ_id.value] = known
        return known

    def find(self, organ_id: OrganId) -> Node | None:
        """The node that serves an agency, if the directory knows it that day."""
        entry = self._directory.find(organ_id, self._at)
        return None if entry is None else self.node_of(entry)

    def fitting(self, here: Node, recipient: DirectoryEntry) -> list[Rule]:
        """The rules that speak of a letter at a node, in their order.

        Args:
            here: where the letter is.
            recipient: the agency that it is for.
        """
        at_sender = self._senders.get(here.key)
        if at_sender is None:
            at_sender = frozenset(
                number
                for number, rule in enumerate(self._rules)
                if rule.senders.cover(here.organ_id, here.entry.tier)
            )
            self._senders[here.key] = at_sender
        if not at_sender:
            return []
        numbers = self._for_recipient(recipient)
        return [self._rules[number] for number in numbers if number in at_sender]

    def _for_recipient(self, recipient: DirectoryEntry) -> tuple[int, ...]:
        key = recipient.organ_id.value
        numbers = self._recipients.get(key)
        if numbers is None:
            numbers = self._recipients[key] = tuple(
                number
                for number, rule in enumerate(self._rules)
                if rule.recipients.cover(recipient.organ_id, recipient.tier)
            )
        return numbers

    def node_of(self, entry: DirectoryEntry) -> Node:
        """The node that serves an agency: its own, or that of its representative or superior."""
        key = entry.organ_id.value
        node = self._served.get(key)
        if node is None:
            node = self._served[key] = self._node(self._serving(entry))
        return node

    def _node(self, entry: DirectoryEntry) -> Node:
        """The node of an agency that serves itself, below the nearest superior that does."""
        line: list[DirectoryEntry] = []
        known: Node | None = None
        above: DirectoryEntry | None = entry
        while above is not None and known is None:
            known = self._nodes.get(above.organ_id.as_decision_20)
            if known is None and self._serving(above) is above:
                line.append(above)
            above = self._above(above)
        for lower in reversed(line):
            # Several threads may ask at once; there must be one node of each agency all the same.
            known = self._nodes.setdefault(lower.organ_id.as_decision_20, Node(lower, known))
        return self._nodes[entry.organ_id.as_decision_20]

    def _serving(self, entry: DirectoryEntry) -> DirectoryEntry:
        current, seen = entry, {entry.organ_id}
        while not current.endpoint:
            after = self._stand_in(current)
            if after is None or after.organ_id in seen:
                return entry  # nobody is known to be reachable: it stands for itself
            seen.add(after.organ_id)
            current = after
        return current

    def _stand_in(self, entry: DirectoryEntry) -> DirectoryEntry | None:
        if entry.representative is not None:
            found = self._directory.find(entry.representative, self._at)
            if found is not None:
                return found
        return self._above(entry)

    def _above(self, entry: DirectoryEntry) -> DirectoryEntry | None:
        return None if entry.parent is None else self._directory.find(entry.parent, self._at)


@lru_cache(maxsize=_KEPT)
def network_of(directory: Directory, at: date, rules: Rules) -> Network:
    """The network of a directory on a day; made once.

    Args:
        directory: who is who.
        at: calendar date in Vietnam.
        rules: the rules in force.
    """
    return Network(directory, at, rules)
