"""Defects that are planted in the nodes are found, and shown by a short history."""

from __future__ import annotations

from dataclasses import replace

import pytest
from simulator_help import DEFECTS

from docexchange import simulator
from docexchange.instrumentation import EventName
from docexchange.lifecycle import Asked
from docexchange.simulator import (
    Fault,
    FaultKind,
    History,
    Send,
    failure_of,
    play,
    shortest_failing,
    storm,
)

FOUND = {
    "lost outbox row": {"lost"},
    "receipt before commit": {"lost", "receipt"},
    "forgotten duplicate check": {"twice"},
    "wrong successor": {"lost", "astray", "changed"},
    "receipts of anybody": {"forged"},
}
"""The promises that each of them breaks."""


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found(defect):
    """Within fifty seeds of a small network, and by a promise that it really breaks."""
    assert _first_failure(defect, tiers=(1, 2, 4), letters=8) in FOUND[defect]


@pytest.mark.soak
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found_in_a_large_network(defect):
    """The same in the network of the long run."""
    assert _first_failure(defect, tiers=(1, 3, 9, 27), letters=30) in FOUND[defect]


def _first_failure(defect, **shape):
    histories = (storm(seed, **shape) for seed in range(50))
    rules = (failure_of(history, setting=DEFECTS[defect]) for history in histories)
    return next(filter(None, rules), None)


def test_the_shortest_history_still_fails_and_is_short():
    """Of eight letters and two dozen faults hardly any are left, and they break the promise."""
    setting = DEFECTS["lost outbox row"]
    histories = (storm(seed, tiers=(1, 2, 4), letters=8) for seed in range(50))
    failing = next(item for item in histories if failure_of(item, setting=setting))
    shortest = shortest_failing(failing, setting=setting)
    assert shortest is not None
    assert len(shortest.sends) == 1
    assert shortest.faults == ()
    with play(shortest, setting=setting) as network, pytest.raises(AssertionError) as caught:
        network.check_invariants()
    said = str(caught.value)
    assert f"seed {shortest.seed}," in said
    assert "submitted" in said
    with pytest.raises(AssertionError) as again:
        exec(program_in(said), {"setting": setting})
    assert str(again.value) == said


def program_in(said):
    """What a failure says can be pasted."""
    _, _, after = said.partition("The shortest history found that fails:\n")
    return after.partition("\n\nWhat comes of it:")[0]


def test_a_failure_shows_the_timeline_of_the_shortest_history():
    """That of a message which is in it, and not of another one that was lost as well."""
    setting = DEFECTS["wrong successor"]
    history = storm(0, tiers=(1, 2, 4), letters=8)
    with play(history, setting=setting) as network, pytest.raises(AssertionError) as caught:
        network.check_invariants()
    said, _, again = str(caught.value).partition("What comes of it: ")
    assert said.startswith("seed 0, after ")
    lost = {line.split(": ")[1] for line in said.splitlines() if line.startswith("lost: ")}
    assert len(lost) > 1
    assert said.count("Send(name=") == 1
    timeline = again.partition("The timeline of ")[2]
    message_id = timeline.partition(":")[0]
    assert message_id in lost
    assert f"lost: {message_id}: " in again
    assert "outbound." in timeline


def test_a_history_is_printed_as_the_program_that_makes_it():
    """Whatever is in it, with every kind of fault and steps of nodes."""
    history, names = replace(storm(3), minutes=12.5), dict(vars(simulator))
    assert eval(str(history), {**names, "Asked": Asked, "EventName": EventName}) == history


def test_what_never_comes_to_rest_is_told_with_its_shortest_history():
    """A recipient that never has evidence looks at the letter for ever; nothing else is needed."""
    sends = [Send(name, (2, 1), ((2, 0),), minute=name) for name in (1, 2)]
    blind = Fault(FaultKind.OCSP_DOWN, ((1, 0),), begin_minutes=0.5)
    history = History(tiers=(1, 2), sends=tuple(sends), faults=(blind, replace(blind, minutes=9)))
    with pytest.raises(AssertionError, match="expected rest within 2 hours, found 2") as caught:
        play(history, limit_hours=2)
    said = str(caught.value)
    assert said.count("Send(name=") == said.count("Fault(kind=") == 1
    name = said.partition("Send(name=")[2][0]
    assert f"What comes of it: no rest\n\nThe timeline of m-0-{name}:" in said
    assert "outbound.carried" in said
    assert "\nwith play(history) as network:" in program_in(said)


def test_a_history_without_failure_has_no_shortest():
    """There is nothing to be shown of what does not fail."""
    assert shortest_failing(storm(1, tiers=(1, 2), letters=2)) is None
