"""Over HTTPS in the days after an agency was closed: what it has in hand still comes to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from exchange_help import COMMUNE, DISTRICT, PROVINCE, entries
from line_help import HASTY, Line, server_fingerprint

from docexchange.clock import vietnam_date
from docexchange.delivery import OutboundState
from docexchange.directory import IN_FLIGHT_DAYS, Directory
from docexchange.testing import Fate

DEAD, SOUND = Fate(cut_up=0), Fate()
DEAF = Fate(freeze_answer=10_000)
"""Everything arrives, and nobody hears of it."""


class LastDay(Line):
    """A line between two nodes, one of which ends today and is succeeded by the one above it."""

    def __init__(self, site, ends, fate):
        self.ends = ends
        super().__init__(site, lambda _: fate, settings=replace(HASTY, read_seconds=1.5, stalls=0))

    def __enter__(self):
        super().__enter__()
        self.world.directories["district"] = self.directory
        self.site.restart()
        self.proxy.target = self.site.port
        return self

    @property
    def directory(self):
        """What both know."""
        pki = self.site.pki
        held = (pki.agency(DISTRICT).sha256, server_fingerprint(self.site))
        last = vietnam_date(pki.at)
        changes = {"commune": {}, "district": {"endpoint": self.url, "certificates": held}}
        heir = {"commune": DISTRICT, "district": PROVINCE}[self.ends]
        changes[self.ends] |= {"valid_to": last, "successors": (heir,)}
        listed = entries(pki, **changes)
        if self.ends == "district":
            (below,) = (entry for entry in listed if entry.parent == DISTRICT)
            listed.remove(below)
            first = last + timedelta(days=1)
            listed += [
                replace(below, valid_to=last),
                replace(below, valid_from=first, parent=PROVINCE),
            ]
        return Directory(listed)

    def go_on(self, *, days=1):
        """The line is sound, and it is a later day."""
        self.proxy.script = lambda _: SOUND
        self.world.clock.advance(timedelta(days=days))
        self.open().run_once()


def test_a_closed_agency_still_brings_what_it_has_in_hand(site):
    """By the certificate of its last day, until no letter of it can be on its way any more."""
    with LastDay(site, "commune", DEAD) as line:
        line.bring()
        assert line.state is OutboundState.RETRY_WAIT, line.sent.problem
        line.go_on()
        assert line.state is OutboundState.ACKNOWLEDGED, line.sent.problem
        assert line.arrived_once()
        line.world.clock.advance(timedelta(days=IN_FLIGHT_DAYS))
        with site.client(site.pki.agency(COMMUNE)) as client:
            answer = client.get("/v1/mailbox")
        assert (answer.status_code, answer.json()["code"]) == (403, "http.unknown-caller")


def test_a_closed_agency_that_may_have_a_letter_is_asked_for_its_receipt(site):
    """The letter had arrived and nobody heard: its heir does not get it as well."""
    with LastDay(site, "district", DEAF) as line:
        line.bring(b"%PDF-1.4 " * 3000)
        assert line.state is OutboundState.RETRY_WAIT, line.sent.problem
        assert line.arrived_once()
        line.go_on()
        assert line.state is OutboundState.ACKNOWLEDGED, line.sent.problem
        assert line.sent.next_hop == DISTRICT
        assert line.world.waiting("province") == []


def test_a_closed_agency_that_never_had_a_letter_is_not_asked(site):
    """The line was dead: the heir gets it at once."""
    with LastDay(site, "district", DEAD) as line:
        line.bring()
        line.world.clock.advance(timedelta(days=1))
        node = line.world["commune"]
        assert node.point.way_to(DISTRICT).hops[0].organ_id == PROVINCE
        node.run_once()
        assert line.sent.next_hop == PROVINCE
