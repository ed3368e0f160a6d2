from __future__ import annotations

from itertools import pairwise

import pytest
from agency_trees import TODAY, agency, four_tiers, trees
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import Directory
from docexchange.errors import ConfigurationError, NoRoute
from docexchange.identifiers import OrganId
from docexchange.limits import Limits
from docexchange.routing import Agencies, HopReason, LinkHealth, Rule, Rules, Way, route

COMMUNE, SISTER = OrganId("000.21.31.H53"), OrganId("000.22.31.H53")
DISTRICT, PROVINCE = OrganId("000.00.31.H53"), OrganId("000.00.00.H53")
AXIS = OrganId("000.00.00.G22")
FAR_PROVINCE, FAR_DISTRICT = OrganId("000.00.00.H17"), OrganId("000.00.28.H17")
FAR = Limits(hops=100)


def rule(way, *, name="r", senders="*", recipients="*", **fields):
    """A rule by patterns."""
    return Rule(
        name=name,
        way=way,
        senders=Agencies(codes=(senders,)),
        recipients=Agencies(codes=(recipients,)),
        **fields,
    )


def ask(*rules, sender=COMMUNE, recipient=FAR_DISTRICT, directory=None, down=(), **fields):
    """The way under some rules."""
    return route(
        sender,
        recipient,
        directory=directory or four_tiers(),
        at=TODAY,
        rules=Rules(rules=rules, **fields),
        health=LinkHealth.of(down),
    )


def codes(way):
    return [hop.organ_id for hop in way.hops]


def test_a_direct_rule_leads_straight_to_the_recipient():
    """One hop, with the rule and its reason in the explanation."""
    way = ask(rule(Way.DIRECT, senders="H53.*", recipients="H17.*", because="decision 12"))
    assert codes(way) == [FAR_DISTRICT]
    assert way.hops[0].reason is HopReason.DIRECT
    assert way.hops[0].rule == "r (decision 12)"
    assert "decision 12" in way.explain()[1]


def test_a_rule_counts_where_the_letter_is():
    """A rule of the province makes no difference to the communes' way up to it."""
    way = ask(rule(Way.DIRECT, senders="H53", recipients="H17.*"))
    assert codes(way) == [DISTRICT, PROVINCE, FAR_DISTRICT]


def test_a_rule_by_tier_is_asked_of_the_directory():
    """Tier 3 means the districts, whatever their codes look like."""
    tiered = Rule(name="t", way=Way.DIRECT, senders=Agencies(tiers=(3,)))
    assert codes(ask(tiered)) == [DISTRICT, FAR_DISTRICT]


def test_a_via_rule_names_a_stop():
    """From there on the way is that of the superiors."""
    way = ask(rule(Way.VIA, via=FAR_PROVINCE, senders="H53.31.21"))
    assert [(hop.organ_id, hop.reason) for hop in way.hops] == [
        (FAR_PROVINCE, HopReason.VIA),
        (FAR_DISTRICT, HopReason.RECIPIENT),
    ]


def test_a_via_rule_to_the_recipient_is_a_direct_one():
    """The recipient is no stop on the way to itself."""
    way = ask(rule(Way.VIA, via=FAR_DISTRICT))
    assert [hop.reason for hop in way.hops] == [HopReason.DIRECT]


def test_a_via_rule_that_leads_in_circles_is_refused_by_name():
    """The letter would come back to where the rule sent it away."""
    with pytest.raises(NoRoute, match="rule: round") as caught:
        ask(
            rule(Way.VIA, name="round", via=COMMUNE, senders="H53.31"),
            rule(Way.FORBID, name="no other", senders="H53.31"),
            recipient=SISTER,
        )
    assert caught.value.code == "route.loop"
    assert str(DISTRICT) in caught.value.advice


def test_where_a_rule_leads_back_the_next_choice_is_taken():
    """The default is a candidate too, and it does not lead back."""
    assert codes(ask(rule(Way.VIA, via=COMMUNE, senders="H53.31"), recipient=SISTER)) == [
        DISTRICT,
        SISTER,
    ]


def test_an_axis_rule_leads_straight_to_the_axis():
    """Past the superiors; from the axis the letter descends as any other."""
    way = ask(rule(Way.AXIS, senders="H53.31.21"), axis=AXIS)
    assert [(hop.organ_id, hop.reason) for hop in way.hops] == [
        (AXIS, HopReason.AXIS),
        (FAR_PROVINCE, HopReason.DOWN),
        (FAR_DISTRICT, HopReason.RECIPIENT),
    ]


def test_an_axis_rule_leads_nobody_in_circles():
    """A superior of the recipient hands down, for the axis would only give the letter back."""
    over = rule(Way.AXIS)
    assert codes(ask(over, sender=DISTRICT, recipient=SISTER, axis=AXIS)) == [SISTER]
    assert codes(ask(over, recipient=SISTER, axis=AXIS)) == [AXIS, PROVINCE, DISTRICT, SISTER]
    assert ask(over, recipient=AXIS, axis=AXIS).hops[0].reason is HopReason.DIRECT


def test_the_axis_ties_separate_trees_together():
    """Up to the root, over the axis, down from the other root; without an axis there is no way."""
    directory = Directory(
        [
            agency("A00"),
            agency("A01", "A00"),
            agency("G22"),
            agency("H53"),
            agency("H53.31", "H53"),
        ],
        several_roots=True,
    )
    way = ask(
        sender=OrganId("A01"), recipient=OrganId("H53.31"), directory=directory, axis=OrganId("G22")
    )
    assert [str(hop.organ_id) for hop in way.hops] == ["A00", "G22", "H53", "H53.31"]
    assert [hop.reason for hop in way.hops] == [
        HopReason.UP,
        HopReason.AXIS,
        HopReason.DOWN,
        HopReason.RECIPIENT,
    ]
    with pytest.raises(NoRoute) as caught:
        ask(sender=OrganId("A01"), recipient=OrganId("H53.31"), directory=directory)
    assert caught.value.code == "route.different-trees"


def test_what_is_forbidden_has_no_route_but_a_reason():
    """The refusal names the rule and why there is one."""
    with pytest.raises(NoRoute, match="not yet connected") as caught:
        ask(rule(Way.FORBID, name="wait", recipients="H17.*", because="not yet connected"))
    assert caught.value.code == "route.forbidden"


def test_the_first_rule_that_fits_is_taken():
    """An exception stands before what it is an exception from."""
    rules = (rule(Way.PARENTS, name="a", senders="H53.31.21"), rule(Way.DIRECT, name="b"))
    assert codes(ask(*rules)) == [DISTRICT, FAR_DISTRICT]
    assert ask(*rules).hops[0].rule == "a"


def test_a_link_out_of_order_is_avoided():
    """The superiors are the second choice, and the hop says why it is taken."""
    way = ask(rule(Way.DIRECT, senders="H53.31.21"), down=[(COMMUNE, FAR_DISTRICT)])
    assert codes(way) == [DISTRICT, PROVINCE, AXIS, FAR_PROVINCE, FAR_DISTRICT]
    assert way.hops[0].avoided == FAR_DISTRICT
    assert str(FAR_DISTRICT) in way.hops[0].would_change
    assert "out of order" in str(way.hops[0])


def test_a_link_out_of_order_is_used_where_there_is_no_other():
    """The letter waits for it; nothing is sent where no rule allows it."""
    way = ask(down=[(COMMUNE, DISTRICT)])
    assert codes(way)[0] == DISTRICT
    assert way.hops[0].out_of_order
    forbidden = (rule(Way.DIRECT, name="a"), rule(Way.FORBID, name="b"))
    assert ask(*forbidden, down=[(COMMUNE, FAR_DISTRICT)]).hops[0].out_of_order


def test_a_link_is_out_of_order_in_one_direction():
    """The way back may be open."""
    assert not ask(down=[(DISTRICT, COMMUNE)]).hops[0].out_of_order


def test_an_agency_that_was_passed_is_avoided():
    """A letter that came from the direct neighbour is not given back to it."""
    direct = Rules(rules=(rule(Way.VIA, via=SISTER, senders="H53.31.21"),))
    way = route(
        COMMUNE, FAR_DISTRICT, directory=four_tiers(), at=TODAY, rules=direct, passed=[SISTER]
    )
    assert codes(way)[0] == DISTRICT


def test_the_default_can_be_straight():
    """With superiors as second choice, should the link be down."""
    assert codes(ask(strategy=Way.DIRECT)) == [FAR_DISTRICT]
    assert codes(ask(strategy=Way.DIRECT, down=[(COMMUNE, FAR_DISTRICT)]))[0] == DISTRICT


@pytest.mark.parametrize(
    "make",
    [
        lambda: Rule(name=" ", way=Way.DIRECT),
        lambda: Rule(name="a", way=Way.VIA),
        lambda: Rule(name="a", way=Way.DIRECT, via=AXIS),
        lambda: Rules(rules=(rule(Way.DIRECT), rule(Way.DIRECT))),
        lambda: Rules(rules=(rule(Way.AXIS),)),
        lambda: Rules(strategy=Way.FORBID),
        lambda: Agencies(codes=()),
        lambda: Agencies(codes=("H53 *",)),
        lambda: Agencies(codes=("",)),
        lambda: Agencies(tiers=(0,)),
    ],
)
def test_rules_that_cannot_work_do_not_exist(make):
    """Each is refused when it is made, in words."""
    with pytest.raises(ConfigurationError, match=r"expected .*, found"):
        make()


@pytest.mark.parametrize(
    ("pattern", "code", "fits"),
    [
        ("*", "vxp.saas.03", True),
        ("H53.*", "000.21.31.H53", True),
        ("H53.*", "000.00.00.H53", False),
        ("000.00.31.H53", "H53.31", True),
        ("H*", "000.00.00.H17", True),
        ("H5", "H53", False),
        ("H?3", "H53", False),
    ],
)
def test_patterns_are_held_against_decision_20_codes(pattern, code, fits):
    """Both spellings of a code are one; only the star stands for something else."""
    try:
        assert Agencies(codes=(pattern,)).cover(OrganId(code), 2) is fits
    except ConfigurationError:
        assert "?" in pattern


# --- any rules ---

patterns = st.sampled_from(["*", "A*", "A0*", "A1*", "A00", "A01", "A05", "A2*"])


@st.composite
def any_rules(draw, names):
    """Rules of every kind but those that forbid."""
    ways = draw(st.lists(st.sampled_from([Way.DIRECT, Way.VIA, Way.AXIS, Way.PARENTS]), max_size=4))
    return Rules(
        rules=tuple(
            rule(
                way,
                name=f"r{number}",
                senders=draw(patterns),
                recipients=draw(patterns),
                via=draw(st.sampled_from(names)) if way is Way.VIA else None,
            )
            for number, way in enumerate(ways)
        ),
        strategy=draw(st.sampled_from([Way.PARENTS, Way.DIRECT])),
        axis=draw(st.sampled_from(names)),
    )


@st.composite
def questions(draw):
    """A tree, two agencies, rules, and links that are out of order."""
    tree = draw(trees())
    names = [entry.organ_id for entry in tree]
    one = st.sampled_from(names)
    down = LinkHealth.of(draw(st.lists(st.tuples(one, one), max_size=6)))
    return tree, draw(one), draw(one), draw(any_rules(names)), down


@given(question=questions())
def test_a_route_never_loops_and_leaves_the_tree_by_a_rule_alone(question):
    """Whatever the rules: no stop twice, the end is right, and a strange link names its rule."""
    tree, sender, recipient, rules, health = question
    given_up = False
    try:
        way = route(
            sender, recipient, directory=tree, at=TODAY, rules=rules, health=health, limits=FAR
        )
    except NoRoute as error:
        given_up = error.code == "route.loop"
        assert given_up
        return
    stops = [sender, *codes(way)] if sender != recipient else codes(way)
    assert stops[-1] == recipient
    assert len(set(stops)) == len(stops)
    for (here, there), hop in zip(pairwise(stops), way.hops, strict=False):
        kin = {tree.lookup(here, TODAY).parent == there, tree.lookup(there, TODAY).parent == here}
        assert True in kin or hop.rule or rules.strategy is Way.DIRECT


@given(question=questions(), data=st.data())
def test_the_same_question_has_the_same_answer_under_any_rules(question, data):
    """Neither what was asked before nor the order of the directory matters."""
    tree, sender, recipient, rules, health = question
    other = Directory(data.draw(st.permutations(list(tree))))

    def answer(directory):
        try:
            return route(
                sender, recipient, directory=directory, at=TODAY, rules=rules, health=health
            )
        except NoRoute as error:
            return error.code

    first = answer(tree)
    for entry in other:  # the tables fill in another order
        route(entry.organ_id, recipient, directory=other, at=TODAY, limits=FAR)
    assert first == answer(tree) == answer(other)


@given(question=questions())
def test_every_node_continues_the_same_route_under_any_rules(question):
    """Each asks for its own way on, given what the letter has passed."""
    tree, sender, recipient, rules, health = question
    try:
        way = route(
            sender, recipient, directory=tree, at=TODAY, rules=rules, health=health, limits=FAR
        )
    except NoRoute:
        return
    passed, here = [sender], sender
    for hop in way.hops:
        onward = route(
            here,
            recipient,
            directory=tree,
            at=TODAY,
            rules=rules,
            health=health,
            passed=passed,
            limits=FAR,
        )
        assert onward.hops[0].organ_id == hop.organ_id
        here = hop.organ_id
        passed.append(here)
