"""Steps: numbered as taken, and put down whether they hold or not."""

from __future__ import annotations

import pytest

from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.report import Step
from docexchange.signing.steps import Steps


def test_steps_are_numbered_and_the_one_that_fails_is_the_last_told() -> None:
    """What a step finds comes back; a refusal is put down with its words, and goes on."""
    steps = Steps()

    def refuse() -> None:
        raise malformed("expected a, found b")

    assert steps.take("form", lambda: 7, detail="by policy") == 7
    steps.note("sender", passed=None, detail="no directory")
    with pytest.raises(Refusal, match="expected a, found b"):
        steps.take("trust", refuse)
    assert steps.taken == (
        Step(number=1, name="form", passed=True, detail="by policy"),
        Step(number=2, name="sender", passed=None, detail="no directory"),
        Step(number=3, name="trust", passed=False, detail="expected a, found b"),
    )
