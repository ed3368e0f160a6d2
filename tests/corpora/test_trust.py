"""What the public corpora about certificate paths say, and what we say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from corpora_trust import LIMBO_REASONS, limbo, pkits

if TYPE_CHECKING:
    from corpora_outcome import Outcome

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.corpora


def test_pkits_agrees_in_every_case(corpora: Path) -> None:
    """All 246, and where NIST tells the reason for a refusal, ours is the same."""
    outcomes = pkits(corpora)
    assert len(outcomes) == 246
    differing = [item for item in outcomes if item.expected not in {item.found, "fail"}]
    assert differing == []
    assert [item for item in outcomes if not item.agrees] == []


@pytest.fixture(scope="module")
def outcomes(corpora: Path) -> list[Outcome]:
    """All cases of x509-limbo."""
    return limbo(corpora)


def test_limbo_differs_only_for_named_reasons(outcomes: list[Outcome]) -> None:
    """Of 208 cases, those that are rules of the web and not ours are named, one by one."""
    assert len(outcomes) == 208
    assert [item.name for item in outcomes if not (item.agrees or item.reason)] == []


def test_limbo_is_never_passed_where_a_signature_or_a_date_is_wrong(
    outcomes: list[Outcome],
) -> None:
    """The groups about paths, revocation, lengths and validity agree without exception."""
    groups = ("pathlen::", "pathological::", "rfc5280::validity", "crl::revoked", "online::")
    differing = [item for item in outcomes if not item.agrees]
    assert [item.name for item in differing if item.name.startswith(groups)] == []


def test_no_reason_is_left_over(outcomes: list[Outcome]) -> None:
    """A reason that explains nothing any more is taken out of the table."""
    differing = [item.name for item in outcomes if not item.agrees]
    unused = [key for key in LIMBO_REASONS if not any(name.startswith(key) for name in differing)]
    assert unused == []


def test_the_agreement_is_printed(corpora: Path) -> None:
    """``make agreement`` says how many agree, and ends well where nothing is unexplained."""
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "agreement.py", "pkits"],
        env={**os.environ, "CORPORA": str(corpora)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "pkits: 246 of 246 agree, 0 differ on purpose, 0 unexplained\n"
    assert done.stderr == ""
