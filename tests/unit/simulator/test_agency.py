"""An agency whose documents the code under test takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from docexchange.instrumentation import EventName
from docexchange.node import Later, Refuse
from docexchange.simulator import SimulatedNetwork


@pytest.fixture
def network():
    """Two agencies."""
    with SimulatedNetwork.create(tiers=(1, 1), seed=1) as network:
        yield network


def send(network):
    """A letter from the lower to the higher; both, and the delivery."""
    commune, ministry = network.agency(tier=2), network.agency(tier=1)
    return commune, ministry, commune.send(network.letters.plain(to=ministry))


def test_a_function_of_the_code_under_test_takes_documents(network):
    """It is given each once, and the inbox has them too."""
    taken = []
    network.agency(tier=1).on_document(taken.append)
    _, ministry, _ = send(network)
    network.run_until_quiet()
    assert taken == ministry.inbox
    assert len(taken) == 1


def test_a_refusal_reaches_the_sender(network):
    """With its reason, as status 02; the letter is not in the inbox, and nothing is lost."""
    network.agency(tier=1).on_document(lambda _: Refuse("not ours"))
    commune, ministry, _ = send(network)
    network.run_until_quiet()
    assert ministry.inbox == []
    assert [(item.code, item.description) for item in commune.statuses][-1] == ("02", "not ours")
    network.check_invariants()


def test_what_is_put_off_is_offered_again(network):
    """Until it is taken, and it is kept then only."""
    answers = [Later(after=timedelta(hours=1)), Later(after=timedelta(hours=1)), None]
    network.agency(tier=1).on_document(lambda _: answers.pop(0))
    _, ministry, _ = send(network)
    network.run(minutes=59)
    assert ministry.inbox == []
    network.run_until_quiet()
    assert len(ministry.inbox) == 1
    assert answers == []


def test_after_a_crash_a_function_is_asked_again(network):
    """A node that dies before it wrote down that the letter was taken offers it once more."""
    taken = []
    ministry = network.agency(tier=1)
    ministry.on_document(taken.append)
    network.faults.crash(ministry, step=EventName.HANDOVER_TAKEN)
    send(network)
    network.run_until_quiet()
    assert len(taken) == 2
    assert len({letter.message_id for letter in taken}) == len(ministry.inbox) == 1


def test_statuses_go_to_their_own_function(network):
    """The sender's application hears that the letter arrived."""
    heard = []
    network.agency(tier=2).on_status(heard.append)
    send(network)
    network.run_until_quiet()
    assert [letter.verified.message.code for letter in heard] == ["01"]
