"""What is remembered between verifiers is what each of them would have said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docexchange.directory import binding_of
from docexchange.errors import DocExchangeError
from docexchange.signing import Verifier
from docexchange.simulator import USUAL, SimulatedNetwork
from docexchange.simulator.pki import Seal, SimulatedPki
from docexchange.simulator.remembering import Recent, RememberingVerifier


class Asked:
    """A network that has exchanged a letter, and all that can be asked about its receipts."""

    def __init__(self) -> None:
        self.network = network = SimulatedNetwork.create(tiers=(1, 2, 2), seed=3)
        sender = network.agency(tier=3)
        delivery = sender.send(network.letters.plain(to=network.agency(tier=3, n=1)))
        network.run_until_quiet()
        hosts = (agency.host for agency in network.agencies.values())
        found = (host.store.receipts(delivery.message_id) for host in hosts)
        good = sorted({receipt.xml for receipt in chain.from_iterable(found)})
        claimed = [xml.replace(b">true<", b">false<") for xml in good]
        self.receipts = [*good, *claimed, *(xml.replace(b"\n", b"", 1) for xml in good)]
        start = network.now.replace(microsecond=0)
        self.moments = [start, start + timedelta(hours=1), start + timedelta(days=9000)]
        pki = SimulatedPki(at=start - timedelta(days=1))
        own = network.agency(tier=2).host._premises.pki
        revoked = frozenset({(Seal(network.agency(tier=2).organ_id), start)})
        self.trusts = [own.trust(), own.trust(revoked), own.trust(None), pki.trust()]
        larger = SimulatedNetwork.create(tiers=(1, 2, 3), seed=3)
        later = replace(USUAL, start=USUAL.start + timedelta(days=1))
        strange = SimulatedNetwork.create(tiers=(1, 2, 2), seed=3, setting=later)
        both = [network.directory, larger.directory]
        self.directories = [*both, None, strange.directory]
        """Two that list the same certificates, none, and one that lists others."""

    def said(self, verifier: Verifier, xml: bytes, at: object) -> object:
        """A report, or why there is none."""
        try:
            return verifier.examine_receipt(xml, at=at)[1]
        except DocExchangeError as error:
            return str(error)


@pytest.fixture(scope="module")
def asked():
    """One network is enough: nothing in it changes."""
    return Asked()


@settings(max_examples=40)
@given(data=st.data())
def test_an_answer_about_a_receipt_is_that_of_a_verifier_without_memory(asked, data):
    """Whoever asks what, in whichever order, and however often."""
    questions = st.tuples(
        st.sampled_from(asked.receipts),
        st.sampled_from(asked.trusts),
        st.sampled_from(asked.directories),
        st.sampled_from(asked.moments),
    )
    drawn = data.draw(st.lists(questions, min_size=1, max_size=6))
    order = data.draw(st.permutations(drawn + drawn))
    recent, clock = Recent(), asked.network.clock
    for xml, trust, directory, at in order:
        mine = RememberingVerifier(trust, clock=clock, directory=directory, recent=recent)
        binding = None if directory is None else binding_of(directory)
        plain = Verifier(trust, clock=clock, binding=binding)
        assert asked.said(mine, xml, at) == asked.said(plain, xml, at)


def test_the_second_verifier_is_given_the_answer_of_the_first(asked):
    """Which is then let go, for nobody else will ask; another directory may say the same."""
    recent, answers = Recent(), []
    for directory in (0, 1, 0):
        verifier = RememberingVerifier(
            asked.trusts[0],
            clock=asked.network.clock,
            directory=asked.directories[directory],
            recent=recent,
        )
        answers.append(asked.said(verifier, asked.receipts[0], asked.moments[0]))
    assert answers[0].passed
    assert answers[0] is answers[1]
    assert answers[0] is not answers[2]
