"""What recipients of a history say, and what letters ask."""

from __future__ import annotations

import pytest

from docexchange.errors import UsageError
from docexchange.lifecycle import Asked
from docexchange.node import Agree
from docexchange.simulator import History, Reply, Send, SimulatedNetwork, play

LETTER = Send(1, (2, 0), ((1, 0),))


def statuses_of(*sends):
    """The codes that the sender was told in the end, and what the recipient has."""
    with play(History(tiers=(1, 1), sends=sends)) as network:
        network.check_invariants()
        codes = [status.code for status in network.agency(tier=2).statuses]
        return codes, [str(letter.message_id) for letter in network.agency(tier=1).inbox]


@pytest.mark.parametrize(
    ("reply", "codes", "count"),
    [(Reply.TAKEN, ["01"], 1), (Reply.AGREED, ["01"], 1), (Reply.REFUSED, ["02"], 0)],
)
def test_a_letter_is_taken_or_refused(reply, codes, count):
    """And the sender hears of it; to a letter that asks nothing agreeing is taking."""
    said, inbox = statuses_of(Send(1, (2, 0), ((1, 0),), reply=reply))
    assert said[-1:] == codes
    assert len(inbox) == count


def test_a_letter_that_is_put_off_is_taken_half_an_hour_later():
    """Until then it is in nobody's inbox."""
    with SimulatedNetwork.create(tiers=(1, 1)) as network:
        network.outgoing.expect(Send(1, (2, 0), ((1, 0),), reply=Reply.LATER))
        network.run(minutes=25)
        assert network.agency(tier=1).inbox == []
        network.run(minutes=10)
        assert len(network.agency(tier=1).inbox) == 1
        network.run_until_quiet()
        network.check_invariants()


def test_what_is_asked_about_a_letter_that_is_not_there_is_not_asked():
    """A shortened history stays one: the letter goes without its question."""
    recall = Send(2, (2, 0), ((1, 0),), minute=5, asks=Asked.RECALL, about=1, reply=Reply.AGREED)
    assert "15" in statuses_of(LETTER, recall)[0]
    assert statuses_of(recall) == (["01"], ["m-0-2"])


def test_what_another_agency_asks_is_refused_by_the_node_itself():
    """The application never sees it; the sender hears of it, and no promise is broken."""
    foreign = Send(2, (2, 1), ((1, 0),), minute=5, asks=Asked.REPLACEMENT, about=1)
    with play(History(tiers=(1, 2), sends=(LETTER, foreign))) as network:
        network.check_invariants()
        assert [status.code for status in network.agency(tier=2, n=1).statuses] == ["02"]
        assert len(network.agency(tier=1).inbox) == 1


def test_a_letter_asks_for_one_of_three_things():
    """Receivers are not changed in histories."""
    with pytest.raises(UsageError, match="a recall, an update, a replacement"):
        Send(1, (2, 0), ((1, 0),), asks=Asked.ADDITION)


def test_code_under_test_that_agrees_has_the_letter():
    """As one that says nothing has."""
    with SimulatedNetwork.create(tiers=(1, 1)) as network:
        commune, ministry = network.agency(tier=2), network.agency(tier=1)
        ministry.on_document(lambda _: Agree())
        commune.send(network.letters.plain(to=ministry))
        network.run_until_quiet()
        assert len(ministry.inbox) == 1
        network.check_invariants()
