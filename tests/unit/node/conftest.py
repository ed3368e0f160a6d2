"""A world of four nodes for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from exchange_help import World

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
