"""One network for all tests of a worker; each begins with it as it was in the beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stand_in_help import Player

from docexchange.testing.standin import StandIn

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running() -> Iterator[StandIn]:
    """A network that runs."""
    with StandIn() as network:
        yield network


@pytest.fixture
def network(running: StandIn) -> Iterator[StandIn]:
    """A network in which nothing has happened."""
    yield running
    running.reset()


@pytest.fixture
def asker(running: StandIn) -> Iterator[Player]:
    """Somebody who changes nothing there."""
    found = Player.of(running)
    yield found
    found.api.close()


@pytest.fixture
def player(network: StandIn) -> Iterator[Player]:
    """Somebody who tests against it."""
    found = Player.of(network)
    yield found
    found.api.close()
