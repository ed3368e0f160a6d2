from __future__ import annotations

from datetime import date

import pytest
from agency_trees import TODAY, agency, four_tiers, trees
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import Directory
from docexchange.errors import NoRoute
from docexchange.identifiers import OrganId
from docexchange.limits import Limits
from docexchange.routing import ClosedCodes, HopReason, Rules, next_hop, route

COMMUNE, SISTER = OrganId("000.21.31.H53"), OrganId("000.22.31.H53")
DISTRICT, PROVINCE = OrganId("000.00.31.H53"), OrganId("000.00.00.H53")
AXIS = OrganId("000.00.00.G22")
FAR_PROVINCE, FAR_DISTRICT = OrganId("000.00.00.H17"), OrganId("000.00.28.H17")
FAR = Limits(hops=100)
STRICT = Rules(closed=ClosedCodes.REFUSE)


def codes(way):
    return [hop.organ_id for hop in way.hops]


@st.composite
def journeys(draw):
    """A tree, a sender and a recipient."""
    tree = draw(trees())
    names = [entry.organ_id for entry in tree]
    return tree, draw(st.sampled_from(names)), draw(st.sampled_from(names))


def test_a_letter_climbs_to_the_common_superior_and_descends():
    """From a commune of one province to a district of another the way is over the axis."""
    way = route(COMMUNE, FAR_DISTRICT, directory=four_tiers(), at=TODAY)
    assert [(hop.organ_id, hop.reason) for hop in way.hops] == [
        (DISTRICT, HopReason.UP),
        (PROVINCE, HopReason.UP),
        (AXIS, HopReason.COMMON),
        (FAR_PROVINCE, HopReason.DOWN),
        (FAR_DISTRICT, HopReason.RECIPIENT),
    ]


@pytest.mark.parametrize(
    ("sender", "recipient", "expected"),
    [
        (COMMUNE, SISTER, [DISTRICT, SISTER]),
        (COMMUNE, DISTRICT, [DISTRICT]),
        (DISTRICT, COMMUNE, [COMMUNE]),
        (COMMUNE, AXIS, [DISTRICT, PROVINCE, AXIS]),
        (AXIS, COMMUNE, [PROVINCE, DISTRICT, COMMUNE]),
        (PROVINCE, FAR_PROVINCE, [AXIS, FAR_PROVINCE]),
        (COMMUNE, COMMUNE, [COMMUNE]),
    ],
)
def test_a_letter_goes_no_higher_than_it_must(sender, recipient, expected):
    """Sisters meet at their own superior; up, down and to oneself are straight."""
    assert codes(route(sender, recipient, directory=four_tiers(), at=TODAY)) == expected


@given(journey=journeys())
def test_a_route_is_a_walk_in_the_tree_without_repeats(journey):
    """Each step is between parent and child, nothing is passed twice, the end is the recipient."""
    tree, sender, recipient = journey
    hops = codes(route(sender, recipient, directory=tree, at=TODAY, limits=FAR))
    assert hops[-1] == recipient
    if sender == recipient:
        assert hops == [recipient]
        return
    stops = [sender, *hops]
    assert len(set(stops)) == len(stops)
    for here, there in zip(stops, hops, strict=False):
        parents = {tree.lookup(here, TODAY).parent: there, tree.lookup(there, TODAY).parent: here}
        assert any(parent == stop for parent, stop in parents.items())


@given(journey=journeys())
def test_the_way_back_is_the_way_reversed(journey):
    """An answer passes the same agencies as the letter."""
    tree, sender, recipient = journey
    there = codes(route(sender, recipient, directory=tree, at=TODAY, limits=FAR))
    back = codes(route(recipient, sender, directory=tree, at=TODAY, limits=FAR))
    assert [sender, *there][:-1][::-1] == back


@given(journey=journeys())
def test_every_node_continues_the_same_route(journey):
    """Nodes that each ask for their own next hop carry the letter along the sender's route."""
    tree, sender, recipient = journey
    way = route(sender, recipient, directory=tree, at=TODAY, limits=FAR)
    here = sender
    for hop in way.hops:
        here = next_hop(here, recipient, directory=tree, at=TODAY, limits=FAR).organ_id
        assert here == hop.organ_id


@given(journey=journeys(), data=st.data())
def test_the_same_question_has_the_same_answer(journey, data):
    """Neither asking again nor the order of the directory changes a route."""
    tree, sender, recipient = journey
    other = Directory(data.draw(st.permutations(list(tree))))
    ways = [
        route(sender, recipient, directory=d, at=TODAY, limits=FAR) for d in (tree, tree, other)
    ]
    assert ways[0] == ways[1] == ways[2]


@given(journey=journeys())
def test_exactly_one_hop_is_the_recipient_and_at_most_one_is_common(journey):
    """The reasons read in order: up, common superior, down, recipient."""
    tree, sender, recipient = journey
    order = list(HopReason)
    reasons = [
        hop.reason for hop in route(sender, recipient, directory=tree, at=TODAY, limits=FAR).hops
    ]
    assert reasons == sorted(reasons, key=order.index)
    assert reasons.count(HopReason.COMMON) <= 1
    assert reasons[-1] in {HopReason.RECIPIENT, HopReason.SELF}
    assert reasons.count(HopReason.RECIPIENT) <= 1


def test_other_spellings_lead_to_the_directory_code():
    """A recipient in Decision 20 form gets the route of the code that the directory spells."""
    way = route(OrganId("H53.31.21"), OrganId("H17"), directory=four_tiers(), at=TODAY)
    assert (way.sender, way.recipient) == (COMMUNE, FAR_PROVINCE)
    assert codes(way)[-1] == FAR_PROVINCE


def test_two_spellings_of_one_agency_are_the_same_agency():
    """A letter from 000.21.31.H53 to H53.31.21 stays where it is."""
    way = route(COMMUNE, OrganId("H53.31.21"), directory=four_tiers(), at=TODAY)
    assert [hop.reason for hop in way.hops] == [HopReason.SELF]


def test_the_date_decides():
    """After the district tier has ended the commune writes to the province directly."""
    reform = date(2025, 7, 1)
    directory = Directory(
        [
            agency("H53"),
            agency("H53.31", "H53", valid_to=date(2025, 6, 30)),
            agency("H53.31.21", "H53.31", valid_to=date(2025, 6, 30)),
            agency("H53.31.21", "H53", valid_from=reform),
        ]
    )
    commune, province = OrganId("H53.31.21"), OrganId("H53")
    before = route(commune, province, directory=directory, at=date(2025, 6, 30))
    after = route(commune, province, directory=directory, at=reform)
    assert [len(before.hops), len(after.hops)] == [2, 1]


def test_a_route_explains_itself():
    """Every hop is a line with number, code, name and reason."""
    way = route(COMMUNE, SISTER, directory=four_tiers(), at=TODAY)
    assert way.explain() == (
        "from 000.21.31.H53 to 000.22.31.H53 on 2025-07-01",
        "1. 000.00.31.H53 UBND huyện Bến Cầu: nearest common superior",
        "2. 000.22.31.H53 UBND xã Long Chữ: recipient",
    )


@pytest.mark.parametrize(
    ("sender", "recipient", "role"),
    [("H99", str(COMMUNE), "sender: "), (str(COMMUNE), "H99", "recipient: ")],
)
def test_an_unknown_agency_has_no_route(sender, recipient, role):
    """The error says which of the two is unknown."""
    with pytest.raises(NoRoute, match=role) as caught:
        route(OrganId(sender), OrganId(recipient), directory=four_tiers(), at=TODAY)
    assert caught.value.code == "route.unknown-agency"
    assert caught.value.advice


def test_a_closed_agency_has_no_route_but_a_successor():
    """The error of the directory arrives whole: dates, and whom to write to."""
    closed = agency("H39", "A00", valid_to=date(2025, 6, 30), successors=(OrganId("H53"),))
    directory = Directory([agency("A00"), closed, agency("H53", "A00")])
    with pytest.raises(NoRoute, match="until 2025-06-30") as caught:
        next_hop(OrganId("A00"), OrganId("H39"), directory=directory, at=TODAY, rules=STRICT)
    assert caught.value.code == "route.closed-agency"
    assert "successor H53" in caught.value.advice


def test_separate_trees_have_no_route():
    """Networks without a common superior do not reach each other; both roots are named."""
    directory = Directory(
        [agency("A00"), agency("A01", "A00"), agency("G22"), agency("H53", "G22")],
        several_roots=True,
    )
    with pytest.raises(NoRoute, match="roots A00 and G22") as caught:
        route(OrganId("A01"), OrganId("H53"), directory=directory, at=TODAY)
    assert caught.value.code == "route.different-trees"


def test_a_route_over_the_hop_limit_is_refused():
    """The limit itself is allowed, one hop more is not."""
    directory = four_tiers()
    exact, short = Limits(hops=5), Limits(hops=4)
    assert len(route(COMMUNE, FAR_DISTRICT, directory=directory, at=TODAY, limits=exact).hops) == 5
    with pytest.raises(NoRoute, match="at most 4 hops, found 5") as caught:
        route(COMMUNE, FAR_DISTRICT, directory=directory, at=TODAY, limits=short)
    assert caught.value.code == "route.too-many-hops"
