"""Looking into what a node remembers, without its keys or its mailbox."""

from __future__ import annotations

import pytest
from exchange_help import LETTER, letter

from docexchange.delivery import OutboundState
from docexchange.errors import StoreFailure
from docexchange.node import Node, open_storage, read_config
from docexchange.testing.nodes import write_nodes


@pytest.fixture
def folder(pki, tmp_path):
    """A node on disk that has not run yet."""
    return write_nodes(tmp_path, pki)["commune"]


def test_a_store_that_is_not_there_yet_is_made_empty(folder):
    """Asking before the first start shows nothing."""
    with open_storage(read_config(folder)) as storage:
        assert storage.store.messages() == []
    assert storage.folder == folder / "store"


def test_a_store_can_be_looked_into_while_its_node_is_at_work(folder, clock):
    """Records and bytes."""
    with Node.from_config(folder, clock=clock) as node:
        node.send(letter())
        with node._working._lock, open_storage(read_config(folder)) as storage:
            (record,) = storage.store.outbound_of(LETTER)
            assert record.state is OutboundState.QUEUED
            assert storage.payloads.verify(record.payload).size == record.size


def test_a_folder_that_cannot_be_made_is_named(folder):
    """With advice."""
    (folder / "store").write_bytes(b"in the way")
    with pytest.raises(StoreFailure, match="store") as caught:
        open_storage(read_config(folder))
    assert caught.value.code == "store.cannot-open"
    assert caught.value.advice


def test_a_store_of_something_else_is_refused(folder):
    """A file that is no store is left as it is."""
    (folder / "store").mkdir()
    (folder / "store" / "store.db").write_bytes(b"my diary")
    with pytest.raises(StoreFailure):
        open_storage(read_config(folder))
    assert (folder / "store" / "store.db").read_bytes() == b"my diary"
