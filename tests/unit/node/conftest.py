"""A world of four nodes for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from exchange_help import World

from docexchange.testing import write_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.testing import DemoPki


@pytest.fixture
def world(pki: DemoPki, tmp_path: Path) -> Iterator[World]:
    """Commune, district, province and central, none of them started yet."""
    world = World(pki, tmp_path)
    yield world
    world.close()


@pytest.fixture
def folders(pki: DemoPki, tmp_path: Path) -> dict[str, Path]:
    """Four nodes on disk, connected by folders."""
    return write_nodes(tmp_path, pki)
