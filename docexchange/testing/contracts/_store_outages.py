"""Outages: what is known of peers that are out of reach survives, one for each endpoint."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from docexchange.delivery import Outage
from docexchange.testing.contracts._store_base import StorePromises
from docexchange.testing.contracts.records import ODD_TEXT, at

if TYPE_CHECKING:
    from docexchange.delivery import Store

__all__ = ["OutagePromises"]

_OUTAGE: Final = Outage(
    endpoint="https://district.example/exchange",
    failures=3,
    since=at(0.000001),
    until=at(30),
    reason=ODD_TEXT,
)


class OutagePromises(StorePromises):
    """What is known of peers that are out of reach survives, one for each endpoint."""

    def test_an_outage_comes_back_as_it_was_noted(self, store: Store) -> None:
        """Every field, odd text included, and times to the microsecond."""
        assert store.outages() == []
        store.put_outage(_OUTAGE)
        assert store.outages() == [_OUTAGE]

    def test_the_last_word_about_an_endpoint_counts(self, store: Store) -> None:
        """One outage for each endpoint; they come by endpoint."""
        other = replace(_OUTAGE, endpoint="https://a.example")
        later = replace(_OUTAGE, failures=4, until=at(90), reason="")
        for outage in (_OUTAGE, other, later):
            store.put_outage(outage)
        assert store.outages() == [other, later]

    def test_an_outage_that_has_ended_is_forgotten(self, store: Store) -> None:
        """That one alone; one that nobody knows of ends without a word."""
        odd = replace(_OUTAGE, endpoint=ODD_TEXT)
        store.put_outage(_OUTAGE)
        store.put_outage(odd)
        store.end_outage(ODD_TEXT)
        store.end_outage("https://unknown.example")
        assert store.outages() == [_OUTAGE]

    def test_outages_are_no_part_of_the_audit_log(self, store: Store) -> None:
        """What a node knows of its lines is no evidence about letters."""
        head = store.audit_head()
        store.put_outage(_OUTAGE)
        store.end_outage(_OUTAGE.endpoint)
        assert store.audit_head() == head
