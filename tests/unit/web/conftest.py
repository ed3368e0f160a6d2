"""A PKI of the present, and a node that is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from exchange_help import World
from web_help import Site, on_disk

from docexchange.clock import SystemClock, VirtualClock
from docexchange.testing import DemoPki

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx


@pytest.fixture(scope="session")
def present() -> DemoPki:
    """TLS asks the machine for the time, so these certificates are of today."""
    return DemoPki.create(at=SystemClock().now(), key="p256")


@pytest.fixture
def world(present: DemoPki, tmp_path: Path) -> Iterator[World]:
    """Four nodes of today with stores on disk, none of them started yet."""
    world = on_disk(World(present, tmp_path, clock=VirtualClock(present.at)))
    yield world
    world.close()


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    """The district's node, served."""
    with Site(world) as site:
        yield site


@pytest.fixture(scope="session")
def shared_site(present: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same, for many tests that leave nothing behind."""
    folder = tmp_path_factory.mktemp("shared")
    world = on_disk(World(present, folder, clock=VirtualClock(present.at)))
    with Site(world) as site:
        yield site
    world.close()


@pytest.fixture
def shared(shared_site: Site) -> Iterator[httpx.Client]:
    """The commune's connection to that."""
    with shared_site.client(shared_site.pki.agency("commune")) as client:
        yield client
