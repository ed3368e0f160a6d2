"""Hypothesis strategies for what agencies exchange, and for what goes wrong meanwhile.

    from docexchange.simulator import play
    from docexchange.testing import strategies as exchange

    @given(exchange.documents())
    def test_my_archive_keeps_every_letter(document): ...

    @given(exchange.histories(tiers=(1, 2, 4)))
    def test_my_service_survives(history):
        with play(history) as network:
            network.check_invariants()

They need Hypothesis, which is not installed with docexchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    import hypothesis as _hypothesis
except ImportError as error:
    from docexchange.errors import MissingExtra

    raise MissingExtra(
        "docexchange.testing.strategies: expected Hypothesis, found that it is not installed",
        advice="Install it: pip install hypothesis.",
    ) from error

from docexchange.envelope import Envelope
from docexchange.testing.strategies import letters as _letters
from docexchange.testing.strategies.directories import entries, trees
from docexchange.testing.strategies.histories import faults, histories, places, sends

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from docexchange.directory import Directory
    from docexchange.envelope import Document, Status

__all__ = [
    "directories",
    "documents",
    "entries",
    "envelopes",
    "faults",
    "histories",
    "places",
    "sends",
    "statuses",
]

del _hypothesis


def documents() -> SearchStrategy[Document]:
    """Documents that keep every rule of the format, with all its characters."""
    return _letters.documents


def statuses() -> SearchStrategy[Status]:
    """Business statuses that keep every rule of the format."""
    return _letters.statuses


def envelopes() -> SearchStrategy[Envelope]:
    """Documents and statuses as they are on the wire, unsigned."""
    return _letters.messages.map(Envelope.of)


def directories() -> SearchStrategy[Directory]:
    """Trees of up to thirty agencies in any shape."""
    return trees()
