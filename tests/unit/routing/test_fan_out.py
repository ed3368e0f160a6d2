from __future__ import annotations

import pytest
from agency_trees import TODAY, agency, four_tiers, trees
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import Directory
from docexchange.errors import NoRoute
from docexchange.identifiers import OrganId
from docexchange.limits import Limits
from docexchange.routing import Agencies, Rule, Rules, Way, fan_out, route

COMMUNE, SISTER = OrganId("000.21.31.H53"), OrganId("000.22.31.H53")
DISTRICT, PROVINCE = OrganId("000.00.31.H53"), OrganId("000.00.00.H53")
AXIS, FAR = OrganId("000.00.00.G22"), OrganId("000.00.28.H17")
FAR_LIMITS = Limits(hops=100)


def test_a_link_carries_a_letter_once_for_all_behind_it():
    """Three recipients beyond the district: one link to it."""
    tree = fan_out(COMMUNE, [AXIS, FAR, SISTER], directory=four_tiers(), at=TODAY)
    first = tree.links[0]
    assert (first.sender, first.hop.organ_id) == (COMMUNE, DISTRICT)
    assert set(first.behind) == {AXIS, FAR, SISTER}
    assert len(tree.links) == 6
    assert len(tree.branches) == 1


def test_a_recipient_may_be_a_hub_on_the_way_to_others():
    """The district gets its letter and passes it on."""
    tree = fan_out(COMMUNE, [SISTER, DISTRICT], directory=four_tiers(), at=TODAY)
    (branch,) = tree.branches
    assert branch.recipients == (DISTRICT,)
    assert branch.behind == (DISTRICT, SISTER)


def test_two_codes_of_one_agency_get_one_copy():
    """The code that was named first counts; the other is said to be a repetition."""
    twice = [OrganId("H53.31"), DISTRICT]
    tree = fan_out(COMMUNE, twice, directory=four_tiers(), at=TODAY)
    assert tree.branches[0].recipients == (twice[0],)
    assert tree.repeated == (DISTRICT,)


def test_one_recipient_out_of_reach_is_named():
    """Nothing is left out in silence."""
    with pytest.raises(NoRoute, match="Z99"):
        fan_out(COMMUNE, [AXIS, OrganId("Z99")], directory=four_tiers(), at=TODAY)


def test_ways_that_rules_keep_apart_stay_apart():
    """A rule for one recipient leads past the hub; the others still go by it."""
    straight = Rule(name="s", way=Way.DIRECT, recipients=Agencies(codes=("H17.28",)))
    tree = fan_out(
        COMMUNE, [AXIS, FAR], directory=four_tiers(), at=TODAY, rules=Rules(rules=(straight,))
    )
    assert [branch.hop.organ_id for branch in tree.branches] == [DISTRICT, FAR]


def test_agencies_without_a_node_get_one_copy_where_they_are_served():
    """Both communes are served by their district, which gets the letter once."""
    entries = [
        agency("H53", endpoint="memory:p"),
        agency("H53.31", "H53", endpoint="memory:d"),
        agency("H53.31.21", "H53.31"),
        agency("H53.31.22", "H53.31"),
    ]
    served = [entry.organ_id for entry in entries[2:]]
    tree = fan_out(OrganId("H53"), served, directory=Directory(entries), at=TODAY)
    assert [(str(link.hop.organ_id), link.behind) for link in tree.links] == [
        ("H53.31", tuple(served))
    ]


@st.composite
def letters(draw):
    """A tree, a sender, and any number of recipients, repetitions included."""
    tree = draw(trees())
    one = st.sampled_from([entry.organ_id for entry in tree])
    return tree, draw(one), draw(st.lists(one, min_size=1, max_size=40))


@given(letter=letters())
def test_every_recipient_is_covered_exactly_once(letter):
    """Nobody is left out, nobody gets two, and no link carries the letter twice."""
    tree, sender, recipients = letter
    found = fan_out(sender, recipients, directory=tree, at=TODAY, limits=FAR_LIMITS)
    covered = [code for branch in found.branches for code in branch.behind]
    assert sorted(covered) == sorted(set(recipients))
    links = [(link.sender, link.hop.organ_id) for link in found.links]
    assert len(set(links)) == len(links)
    reached = [link.hop.organ_id for link in found.links]
    assert len(set(reached)) == len(reached)


@given(letter=letters())
def test_each_recipient_s_way_in_the_tree_is_its_own_route(letter):
    """The tree is nothing but the routes laid over each other."""
    tree, sender, recipients = letter
    found = fan_out(sender, recipients, directory=tree, at=TODAY, limits=FAR_LIMITS)
    carried = {(link.sender, link.hop.organ_id): set(link.behind) for link in found.links}
    for recipient in set(recipients):
        hops = route(sender, recipient, directory=tree, at=TODAY, limits=FAR_LIMITS).hops
        here = sender
        for hop in hops:
            assert recipient in carried[here, hop.organ_id]
            here = hop.organ_id
