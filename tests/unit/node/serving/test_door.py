"""The door of a node: where what is brought there is judged."""

from __future__ import annotations

import os
from hashlib import sha256

import pytest
from exchange_help import COMMUNE, DISTRICT, letter, signed

from docexchange._processors import on_one_processor
from docexchange.delivery import SMALL_BYTES
from docexchange.node.serving.door import NodeDoor
from docexchange.web.bodies import Received


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs Linux and two processors",
)
@pytest.mark.parametrize("large", [False, True])
def test_large_letters_run_on_any_processor(world, pki, large):
    """And only they: small ones stay where all the threads of the node are."""
    seen = []
    node = world.restart("district", hooks=(lambda _: seen.append(os.sched_getaffinity(0)),))
    octets = b"x" * (SMALL_BYTES if large else 100)
    data = signed(letter(DISTRICT, octets=octets), pki.agency(COMMUNE))
    body = Received(sha256=sha256(data).hexdigest(), size=len(data), data=data)
    door, everywhere = NodeDoor(node, folder=world.folder, free_bytes=1), os.sched_getaffinity(0)
    with node.at_work(), on_one_processor():
        here = os.sched_getaffinity(0)
        arrival = door.letter(body, caller=COMMUNE, recipients=())
        assert door.take(arrival)
        assert os.sched_getaffinity(0) == here
    assert arrival.receipts
    assert seen
    assert all(found == (everywhere if large else here) for found in seen)
