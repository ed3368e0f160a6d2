"""The registry in an exchange of four tiers: what it does when others, and lines, do not behave."""

import json

import pytest
from django.db import DatabaseError
from django.test import RequestFactory
from registry import exchange, views

from docexchange import Organization
from docexchange.instrumentation import EventName

pytestmark = pytest.mark.docexchange(tiers=(1, 2, 4), seed=7)


@pytest.fixture
def district(agency, book):
    """The agency that this registry is of: its letters go into the incoming book."""
    district = agency(tier=2, n=0)
    district.on_document(exchange.enter)
    return district


def test_a_letter_is_entered_and_shown(district, agency, network, letters, book):
    """The clerk sees it on the page."""
    agency(tier=3, n=0).send(letters.plain(to=district))
    network.run_until_quiet()
    page = views.letters(RequestFactory().get("/letters"))
    assert [row["subject"] for row in json.loads(page.content)] == ["V/v số 1"]


def test_a_crash_after_taking_enters_nothing_twice(district, agency, network, letters, book):
    """The node dies before it has written down that the registry has the letter."""
    network.faults.crash(district, step=EventName.HANDOVER_TAKEN)
    agency(tier=3, n=0).send(letters.plain(to=district))
    network.run_until_quiet()
    assert book.count() == 1
    network.check_invariants()


def test_a_dead_line_is_waited_for(district, agency, network, letters, book):
    """Twenty letters, a line that loses every third parcel, and half a day without the centre."""
    network.faults.loss(0.3)
    with network.faults.down(agency(tier=1, n=0), minutes=720):
        for _ in range(20):
            agency(tier=3, n=1).send(letters.plain(to=district))
        network.run(hours=12)
    network.run_until_quiet(limit_hours=72)
    assert book.count() == 20
    network.check_invariants()


def test_while_the_database_is_out_of_order_nothing_is_lost(
    district, agency, network, letters, book
):
    """An error of the registry is as good as "later": the letter is offered again."""
    faults = ["no connection"]

    @district.on_document
    def enter(letter):
        if faults:
            raise DatabaseError(*faults)
        exchange.enter(letter)

    agency(tier=3, n=0).send(letters.plain(to=district))
    network.run(hours=1)
    assert book.count() == 0
    faults.clear()
    network.run_until_quiet()
    assert book.count() == 1


def test_what_the_registry_writes_is_accepted(district, agency, network):
    """Its own letters keep the rules of the format and arrive."""
    ministry = agency(tier=1, n=0)
    parties = [Organization(party.organ_id, party.name) for party in (district, ministry)]
    district.send(exchange.written(*parties, number="12", subject="V/v báo cáo"))
    network.run_until_quiet()
    assert [letter.verified.message.subject for letter in ministry.inbox] == ["V/v báo cáo"]
