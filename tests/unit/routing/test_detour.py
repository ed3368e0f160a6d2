"""Ways around a link are those of the rules, in their order, and no others."""

from __future__ import annotations

from functools import partial

import pytest
from agency_trees import TODAY, four_tiers, trees
from hypothesis import given
from hypothesis import strategies as st

from docexchange.errors import NoRoute
from docexchange.identifiers import OrganId
from docexchange.routing import LinkHealth, Rule, Rules, Way, detour, route, ways_out

COMMUNE, FAR = OrganId("000.21.31.H53"), OrganId("000.00.28.H17")
DISTRICT, PROVINCE = OrganId("000.00.31.H53"), OrganId("000.00.00.H53")
AXIS = OrganId("000.00.00.G22")
USUAL = Rule(name="usual", way=Way.PARENTS)
VIA = Rule(name="via", way=Way.VIA, via=PROVINCE)
OVER = Rule(name="over", way=Way.AXIS)


def way_with(down, rules=(), directory=None, sender=COMMUNE, recipient=FAR):
    """The way of a letter from the commune, while some links from there are out of order."""
    return route(
        sender,
        recipient,
        directory=directory or four_tiers(),
        at=TODAY,
        rules=Rules(rules=tuple(rules), axis=AXIS),
        health=LinkHealth.of((sender, peer) for peer in down),
    )


def around(present, *rules, down=()):
    """Where to instead."""
    hop = detour(present, way_with=partial(way_with, rules=rules), is_down=set(down).__contains__)
    return hop and hop.organ_id


def test_without_a_rule_there_is_one_way_out():
    """The tree has no other."""
    assert [hop.organ_id for hop in ways_out(way_with)] == [DISTRICT]
    assert around(DISTRICT) is None


def test_ways_out_come_in_the_order_of_the_rules():
    """Each once, with its rule."""
    found = list(ways_out(partial(way_with, rules=(USUAL, VIA, OVER))))
    assert [(hop.organ_id, hop.rule) for hop in found] == [
        (DISTRICT, "usual"),
        (PROVINCE, "via"),
        (AXIS, "over"),
    ]


def test_a_rule_that_forbids_ends_the_ways():
    """What stands behind it is no way around."""
    forbid = Rule(name="no", way=Way.FORBID)
    assert around(DISTRICT, USUAL, forbid, VIA) is None


@pytest.mark.parametrize(
    ("present", "down", "expected"),
    [
        (DISTRICT, [DISTRICT], PROVINCE),
        (DISTRICT, [DISTRICT, PROVINCE], AXIS),
        (DISTRICT, [DISTRICT, PROVINCE, AXIS], None),
        (PROVINCE, [DISTRICT, PROVINCE], AXIS),
        (PROVINCE, [PROVINCE], DISTRICT),
        (AXIS, [AXIS, PROVINCE], DISTRICT),
    ],
)
def test_the_first_link_in_order_is_taken(present, down, expected):
    """Also back to the usual one; and none where all are out of order."""
    assert around(present, USUAL, VIA, OVER, down=down) == expected


@st.composite
def ruled(draw):
    """A tree, rules of any kind, and two agencies."""
    tree = draw(trees())
    names = [entry.organ_id for entry in tree]
    ways = draw(st.lists(st.sampled_from([Way.PARENTS, Way.DIRECT, Way.VIA]), max_size=4))
    rules = [
        Rule(
            name=f"r{number}",
            way=way,
            via=draw(st.sampled_from(names)) if way is Way.VIA else None,
        )
        for number, way in enumerate(ways)
    ]
    return tree, rules, draw(st.sampled_from(names)), draw(st.sampled_from(names))


@given(ruled())
def test_ways_out_end_occur_once_and_follow_from_a_rule(drawn):
    """Whatever the rules: one of them, or the tree, gives each way, and no link comes twice."""
    tree, rules, sender, recipient = drawn
    found = []
    try:
        for hop in ways_out(
            lambda down: route(
                sender,
                recipient,
                directory=tree,
                at=TODAY,
                rules=Rules(rules=tuple(rules)),
                health=LinkHealth.of((sender, peer) for peer in down),
            )
        ):
            found.append(hop)  # noqa: PERF402  those before an error count
    except NoRoute:
        pass
    codes = [hop.organ_id for hop in found]
    assert len(codes) == len(set(codes)) <= len(rules) + 1
    plain = route(sender, recipient, directory=tree, at=TODAY).hops[0].organ_id
    assert all(hop.rule or hop.organ_id == plain for hop in found)
