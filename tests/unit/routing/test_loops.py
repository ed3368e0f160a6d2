from __future__ import annotations

import pytest
from agency_trees import TODAY, trees
from hypothesis import given
from hypothesis import strategies as st

from docexchange.errors import NoRoute
from docexchange.identifiers import OrganId
from docexchange.limits import Limits
from docexchange.routing import refuse_loops, route

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
    for hop in way.hops:
        refuse_loops(trace, hop.organ_id, limits=limits)
        trace.append(hop.organ_id)
    assert len(trace) == len(way.hops) + 1
