"""Findings tell what is worth telling about something received."""

from __future__ import annotations

from docexchange.envelope import Finding
from docexchange.errors import InvalidField


def test_a_fault_becomes_a_finding():
    """Nothing that a fault says is lost when it is told about something received."""
    fault = InvalidField("expected x, found y", path="A.B", code="R.A.B", advice="Do.")
    assert Finding.of(fault) == Finding(
        code="R.A.B", path="A.B", message="expected x, found y", advice="Do."
    )
