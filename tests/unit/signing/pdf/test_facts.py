"""What goes from the reading process to the judging one arrives as it was, or not at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.signing.pdf.facts import Changes, Coverage, PdfFacts, SignatureFacts

OCTETS = st.binary(max_size=20)
LISTS = st.lists(OCTETS, max_size=3).map(tuple)
SIGNATURES = st.builds(
    SignatureFacts,
    name=st.text(),
    revision=st.integers(0),
    coverage=st.sampled_from(Coverage),
    changes=st.sampled_from(Changes),
    intact=st.booleans(),
    digest=OCTETS,
    value=OCTETS,
    certificates=LISTS,
    tokens=LISTS,
)


@given(facts=st.builds(PdfFacts, reason=st.text(), signatures=st.lists(SIGNATURES).map(tuple)))
def test_facts_survive_the_way(facts: PdfFacts) -> None:
    """JSON there and back gives the same facts."""
    assert PdfFacts.from_json(facts.as_json()) == facts


@given(data=st.binary())
def test_other_octets_are_no_facts(data: bytes) -> None:
    """Whatever a broken process wrote is refused, and nothing else happens."""
    with pytest.raises(ValueError, match=r".*"):
        PdfFacts.from_json(data)


@pytest.mark.parametrize(
    "change",
    [{"signatures": 1}, {"more": 1}, {"signatures": [{}]}, {"signatures": [None]}],
)
def test_other_json_is_no_facts(change: dict[str, object]) -> None:
    """Fields too many, too few or of another kind are refused."""
    plain = {**json.loads(PdfFacts().as_json()), **change}
    with pytest.raises(ValueError, match="facts about a PDF"):
        PdfFacts.from_json(json.dumps(plain).encode())
