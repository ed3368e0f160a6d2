"""Sender and recipients know the same of a letter; a node that hides something is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docexchange.delivery import PutStatus
from docexchange.lifecycle import Asked
from docexchange.simulator import (
    USUAL,
    Fault,
    FaultKind,
    History,
    Reply,
    Send,
    SimulatedStore,
    play,
    problems,
)

LETTER = Send(1, (2, 0), ((2, 1),), minute=1)
RECALL = Send(2, (2, 0), ((2, 1),), minute=60, reply=Reply.AGREED, asks=Asked.RECALL, about=1)


class HidesQuestions(SimulatedStore):
    """The recipient's does not find what was asked about a document."""

    def concerning(self, document_id):
        """There, only letters that ask nothing."""
        found = super().concerning(document_id)
        return tuple(row for row in found if not row.asks) if self._who == "H01" else found


class ForgetsAnswers(SimulatedStore):
    """Takes a status in, and does not write down what it says."""

    def apply(self, changes):
        """All but the statuses of others."""
        kept = [item for item in changes if not self._is_answer(item)]
        super().apply(kept)

    def _is_answer(self, change):
        return isinstance(change, PutStatus) and not change.record.outgoing


@pytest.fixture
def played():
    """What is wrong after a letter was sent and recalled, and how both sides stand to it."""

    def playing(recall=RECALL, *faults, setting=USUAL):
        history = History(tiers=(1, 2), sends=(LETTER, recall), faults=faults)
        with play(history, setting=setting) as network:
            document_id = network.deliveries[network.letters.id_of(1)].document.document_id
            agencies = [network.agency(tier=2, n=number) for number in (0, 1)]
            summaries = [agency.node.standing(document_id)[0].summary for agency in agencies]
            return [problem.rule for problem in problems(network)], summaries

    return playing


@pytest.mark.parametrize(
    ("asks", "reply", "summary"),
    [
        (Asked.RECALL, Reply.AGREED, "recalled"),
        (Asked.RECALL, Reply.REFUSED, "recall-refused"),
        (Asked.RECALL, Reply.TAKEN, "recall-asked"),
        (Asked.UPDATE, Reply.AGREED, "updated"),
        (Asked.REPLACEMENT, Reply.AGREED, "replaced"),
    ],
)
def test_both_know_what_was_asked_and_answered(played, asks, reply, summary):
    """Whatever is asked, and whatever the recipient says."""
    assert played(replace(RECALL, asks=asks, reply=reply)) == ([], [summary, summary])


@pytest.mark.parametrize("store", [HidesQuestions, ForgetsAnswers])
def test_who_hides_something_is_found(played, store):
    """The promise that is broken is named; letters and receipts are all in order."""
    found, _ = played(setting=replace(USUAL, new_store=store))
    assert "standing" in found
    assert set(found) <= {"standing", "status"}


def test_what_did_not_arrive_may_be_unknown(played):
    """The recall was refused on its way; its sender knows, and both are right as they stand."""
    strange = Fault(FaultKind.STALE_DIRECTORY, ((2, 1),), begin_minutes=10)
    rolled = Fault(FaultKind.ROLLED_OVER, ((2, 0),), begin_minutes=20)
    found, summaries = played(RECALL, strange, rolled)
    assert found == []
    assert summaries == ["recall-asked", "valid"]
