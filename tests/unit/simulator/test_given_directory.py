"""A network of one's own agencies: who they are, and whom their codes mean as the days pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from merger_help import HEIR, MIDNIGHT, OLD_PROVINCE, district, merging_provinces, provinces

from docexchange.directory import Directory, DirectoryEntry
from docexchange.errors import UsageError
from docexchange.identifiers import OrganId
from docexchange.simulator import USUAL, SimulatedNetwork

EVE = replace(USUAL, start=MIDNIGHT - timedelta(hours=1))


@pytest.fixture
def network():
    """Two provinces an hour before they become one."""
    with provinces(EVE) as network:
        yield network


def test_agencies_are_those_of_the_directory_by_their_first_tier(network):
    """All that ever had an entry, with endpoint and certificate from the network."""
    assert network.cast.tiers == (2, 2, 4, 9)
    assert network.agency(tier=2, n=1).name == "UBND tỉnh Tây Ninh"
    assert len(network.directory) == len(merging_provinces())
    assert all(entry.endpoint and entry.certificates for entry in network.directory)


def test_a_code_means_the_heir_from_midnight_on(network):
    """Superiors, and at whose node letters end, change at midnight in Vietnam."""
    commune, old = network.agencies[OrganId("000.21.31.H39")], district(OLD_PROVINCE, 1)
    assert network.hub_of(commune).organ_id == old
    assert network.ways.takers(OLD_PROVINCE) == (OLD_PROVINCE,)
    network.run(minutes=61)
    assert network.hub_of(commune).organ_id == HEIR
    assert network.ways.takers(OLD_PROVINCE) == (OLD_PROVINCE, HEIR)
    with pytest.raises(UsageError, match="in force"):
        network.hub_of(network.agencies[old])


def test_an_agency_that_another_one_represents_has_no_node():
    """Its letters end at the node of its representative."""
    ministry, bureau = OrganId("G09"), OrganId("G09.12")
    entries = [
        DirectoryEntry(organ_id=ministry, name="Bộ", tier=1),
        DirectoryEntry(
            organ_id=bureau, name="Cục", tier=2, parent=ministry, representative=ministry
        ),
        DirectoryEntry(organ_id=OrganId("H53"), name="Tỉnh", tier=2, parent=ministry),
    ]
    with SimulatedNetwork.over(Directory(entries)) as network:
        assert network.cast.tiers == (1, 1)
        assert network.ways.taker(bureau, date(2026, 3, 2)) == ministry


def test_other_tiers_than_those_of_the_directory_are_refused():
    """A history of another network cannot be played in this one; nor can one without nodes."""
    setting = replace(EVE, directory=merging_provinces())
    with pytest.raises(UsageError, match=r"\(2, 2, 4, 9\)"):
        SimulatedNetwork.create(tiers=(1, 3), setting=setting)
    with pytest.raises(UsageError, match="as many agencies"):
        SimulatedNetwork.over(Directory([]))
