from __future__ import annotations

import pytest
from agency_trees import TODAY, four_tiers, trees
from hypothesis import given
from hypothesis import strategies as st

from docexchange.errors import NoRoute
from docexchange.identifiers import OrganId
from docexchange.limits import Limits
from docexchange.routing import refuse_loops, refuse_return, route

OWN, OTHER = OrganId("000.00.31.H53"), OrganId("H17")
stops = st.sampled_from([None, OWN, OTHER, OrganId("H53.31"), OrganId("vxp.saas.03")])


def code_of(trace, **options):
    """The code of the refusal, or an empty text."""
    try:
        refuse_loops(trace, OWN, **options)
    except NoRoute as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("trace", "code"),
    [
        ([], ""),
        ([OWN], ""),
        ([OWN, OTHER], ""),
        ([OWN, OTHER, OWN], "route.loop"),
        ([OrganId("H53.31"), OWN], "route.loop"),
        ([None, None, None], ""),
        ([OTHER, OTHER, OTHER], ""),
    ],
)
def test_a_second_return_is_a_loop(trace, code):
    """Our own code twice, in either spelling, is a loop; entries without code are nobody."""
    assert code_of(trace) == code


@pytest.mark.parametrize(("length", "code"), [(16, ""), (17, "route.too-many-hops")])
def test_the_number_of_trace_headers_is_bounded(length, code):
    """Even entries without a code use up the way."""
    assert code_of([None] * length) == code


def test_the_error_shows_the_way():
    """The agencies are named in order, so that the two that disagree can be found."""
    with pytest.raises(NoRoute, match=r"H53 -> \(no code\) -> H17 -> 000.00.31.H53") as caught:
        refuse_loops([OWN, None, OTHER, OWN], OWN)
    assert "directories" in caught.value.advice


def test_the_error_for_a_forged_trace_stays_readable():
    """A hundred thousand forged headers are counted, and only the last few shown."""
    with pytest.raises(NoRoute, match="found 100000") as caught:
        refuse_loops([OTHER] * 100_000, OWN)
    assert len(str(caught.value)) < 1000


@given(trace=st.lists(stops, max_size=12), limit=st.integers(1, 10))
def test_only_returns_and_length_matter(trace, limit):
    """A letter passes exactly when it was here at most once and its trace is within the limit."""
    visits = sum(stop in {OWN, OrganId("H53.31")} for stop in trace)
    passes = visits <= 1 and len(trace) <= limit
    assert (code_of(trace, limits=Limits(hops=limit)) == "") is passes


@given(tree=trees(), data=st.data())
def test_no_route_of_a_directory_is_taken_for_a_loop(tree, data):
    """A letter that follows its route is not refused at any agency on the way."""
    names = st.sampled_from([entry.organ_id for entry in tree])
    limits = Limits(hops=100)
    way = route(data.draw(names), data.draw(names), directory=tree, at=TODAY, limits=limits)
    trace = [way.sender]
    for hop in way.hops[:-1]:
        here = hop.organ_id
        refuse_loops(trace, here, limits=limits)
        rest = route(here, way.recipient, directory=tree, at=TODAY, limits=limits)
        refuse_return(trace, rest)
        trace.append(here)
    assert len(trace) == len(way.hops)


@given(tree=trees(), data=st.data())
def test_a_way_is_refused_exactly_if_it_meets_what_was_passed(tree, data):
    """To the next hop, through a later one, or to the recipient: any of them is a return."""
    names = st.sampled_from([entry.organ_id for entry in tree])
    far = Limits(hops=100)
    way = route(data.draw(names), data.draw(names), directory=tree, at=TODAY, limits=far)
    passed = data.draw(st.lists(st.none() | names, max_size=5))
    meets = not {hop.organ_id for hop in way.hops}.isdisjoint(passed)
    assert returns(passed, way) is meets


def returns(passed, way):
    """Whether a way is refused as a return."""
    try:
        refuse_return(passed, way)
    except NoRoute as error:
        return error.code == "route.return"
    return False


def test_a_return_is_seen_in_either_spelling_and_named():
    """A trace header with the old code is of the agency with the new one; the error shows both."""
    way = route(OrganId("000.22.31.H53"), OWN, directory=four_tiers(), at=TODAY)
    with pytest.raises(NoRoute, match=r"found 000.00.31.H53 .*: \(no code\) -> H53.31$") as caught:
        refuse_return([None, OrganId("H53.31")], way)
    assert "misdirected" in caught.value.advice


def test_the_error_for_a_return_stays_readable():
    """A hundred thousand forged headers are looked through, and only the last few shown."""
    way = route(OrganId("000.22.31.H53"), OWN, directory=four_tiers(), at=TODAY)
    with pytest.raises(NoRoute) as caught:
        refuse_return([OWN] + [OTHER] * 100_000, way)
    assert len(str(caught.value)) < 1000
