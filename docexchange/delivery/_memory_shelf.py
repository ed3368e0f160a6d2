"""Records of a store in memory, found by key, by message and by state without a search."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from docexchange.delivery.records import InboundRecord, OutboundRecord
from docexchange.delivery.table import InboundState

if TYPE_CHECKING:
    from docexchange.identifiers import MessageId, OrganId

__all__ = ["Key", "Shelf", "key_of"]

Key = tuple[str, str]
"""Texts: a store looks things up by them all the time, and identifiers hash in Python."""
Record = TypeVar("Record", OutboundRecord, InboundRecord)


def key_of(record: OutboundRecord | InboundRecord) -> Key:
    """What a record is known by."""
    return record.message_id.value, record.recipient.value


class Shelf(Generic[Record]):
    """Records of one direction."""

    def __init__(self) -> None:
        self.records: Final[dict[Key, Record]] = {}
        self._keys_of: Final[defaultdict[str, tuple[Key, ...]]] = defaultdict(tuple)
        self._keys_in: Final[defaultdict[str, set[Key]]] = defaultdict(set)
        self.past: Final[dict[Key, Record]] = {}

    def find(self, message_id: MessageId, recipient: OrganId) -> Record | None:
        """The record with this key, purged or not."""
        return self.known((message_id.value, recipient.value))

    def known(self, key: Key) -> Record | None:
        """The same by key."""
        return self.records.get(key) or self.past.get(key)

    def put(self, record: Record) -> None:
        """Keep it in place of the one with its key."""
        key = key_of(record)
        if key in self.past:
            self.past[key] = record
            return
        before = self.records.get(key)
        self.records[key] = record
        if before is None:
            self._keys_of[key[0]] += (key,)
        elif before.state == record.state:
            return
        else:
            self._leave(before.state, key)
        self._keys_in[record.state].add(key)

    def take_out(self, message_id: MessageId) -> None:
        """Remember that they were there, but for those that were refused on arrival."""
        for key, record in self._taken_out(message_id):
            if record.state is not InboundState.REFUSED:
                self.past[key] = replace(record, problem="")

    def _taken_out(self, message_id: MessageId) -> list[tuple[Key, Record]]:
        taken = [(key, self.records.pop(key)) for key in self._keys_of.pop(message_id.value, ())]
        for key, record in taken:
            self._leave(record.state, key)
        return taken

    def _leave(self, state: str, key: Key) -> None:
        keys = self._keys_in[state]
        keys.discard(key)
        if not keys:  # a network of thousands has seven of each
            del self._keys_in[state]

    def forget(self, message_id: MessageId) -> None:
        """Have never had them."""
        self._taken_out(message_id)
        for key in [key for key in self.past if key[0] == message_id.value]:
            del self.past[key]

    def of(self, message_id: MessageId) -> list[Record]:
        """All of one message, by recipient."""
        keys = self._keys_of.get(message_id.value)
        return [self.records[key] for key in sorted(keys)] if keys else []

    def counts(self) -> dict[str, int]:
        """How many are in each state that has any."""
        return {str(state): len(keys) for state, keys in self._keys_in.items()}

    def in_state(self, *states: str) -> list[Record]:
        """All in some states, in no order."""
        found: list[Record] = []
        for state in states:
            if keys := self._keys_in.get(state):
                found += [self.records[key] for key in keys]
        return found
