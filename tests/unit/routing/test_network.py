from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from agency_trees import TODAY, agency
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import Directory
from docexchange.identifiers import OrganId
from docexchange.routing import HopReason, Network, Rules, network_of, route

P, D, C, X = OrganId("H53"), OrganId("H53.31"), OrganId("H53.31.21"), OrganId("H53.99")


def country(**changes):
    """A province, a district, a commune, and an office that keeps nodes for others."""
    entries = {
        "P": ("H53", None),
        "D": ("H53.31", "H53"),
        "C": ("H53.31.21", "H53.31"),
        "X": ("H53.99", "H53"),
    }
    return Directory(
        agency(code, parent, **({"endpoint": f"memory:{name}"} | changes.get(name, {})))
        for name, (code, parent) in entries.items()
    )


def hops(sender, recipient, directory):
    way = route(sender, recipient, directory=directory, at=TODAY)
    return [(hop.organ_id, hop.reason) for hop in way.hops]


def test_an_agency_without_an_endpoint_is_served_by_its_superior():
    """The last hop is the superior's node; the route is still for the commune."""
    directory = country(C={"endpoint": ""})
    assert hops(P, C, directory) == [(D, HopReason.SERVES)]
    assert route(P, C, directory=directory, at=TODAY).recipient == C
    assert hops(D, C, directory) == [(D, HopReason.SERVES)]


def test_a_representative_goes_before_the_superior():
    """Who keeps the mailbox is data of the directory."""
    directory = country(C={"endpoint": "", "representative": X})
    assert hops(P, C, directory) == [(X, HopReason.SERVES)]
    assert hops(D, C, directory) == [(P, HopReason.COMMON), (X, HopReason.SERVES)]


def test_a_sender_without_an_endpoint_sends_from_where_it_is_served():
    """The first hop is said to be the node that serves it."""
    directory = country(C={"endpoint": "", "representative": X})
    assert hops(C, P, directory) == [(X, HopReason.OUTSET), (P, HopReason.RECIPIENT)]


def test_a_superior_without_an_endpoint_is_passed_over():
    """A district that only exists on paper is no hop."""
    assert hops(C, X, country(D={"endpoint": ""})) == [
        (P, HopReason.COMMON),
        (X, HopReason.RECIPIENT),
    ]


def test_a_representative_of_a_representative_is_followed():
    """To the first one that has an endpoint."""
    directory = country(
        C={"endpoint": "", "representative": D}, D={"endpoint": "", "representative": X}
    )
    assert hops(P, C, directory) == [(X, HopReason.SERVES)]


def test_the_day_decides_who_serves():
    """Tables of different days do not mix."""
    reform = date(2025, 7, 1)
    before = {"valid_to": reform - timedelta(days=1)}
    directory = Directory(
        [
            agency("H53", endpoint="memory:p"),
            agency("H53.31", "H53", endpoint="memory:d", **before),
            agency("H53.31.21", "H53.31", **before),
            agency("H53.31.21", "H53", valid_from=reform),
        ]
    )
    served = [
        str(route(P, C, directory=directory, at=day).hops[-1].organ_id)
        for day in (before["valid_to"], reform)
    ]
    assert served == ["H53.31", "H53"]


@given(
    missing=st.sets(st.sampled_from("PDCX")),
    stand_ins=st.dictionaries(st.sampled_from("CX"), st.sampled_from([P, D])),
    order=st.permutations([P, D, C, X]),
)
def test_who_serves_whom_does_not_depend_on_who_is_asked_first(missing, stand_ins, order):
    """Nodes, and the lines above them, are the same in whatever order they are looked up."""
    changes = {name: {"endpoint": ""} for name in missing}
    for name, code in stand_ins.items():
        changes[name] = {"endpoint": "", "representative": code}
    lines = []
    for asked in (order, [P, D, C, X]):
        network = network_of(country(**changes), TODAY, Rules())
        found = {code: network.find(code) for code in asked}
        lines.append({code: [node.key for node in found[code].line] for code in (P, D, C, X)})
    assert lines[0] == lines[1]


@pytest.mark.parametrize("code", ["H53.31.21", "000.21.31.H53"])
def test_both_spellings_have_one_node(code):
    """The network has no second node for the other code system."""
    network = network_of(country(), TODAY, Rules())
    assert network.find(OrganId(code)) is network.find(C)


def test_threads_that_ask_at_once_get_the_same_nodes():
    """There is one node of each agency, whoever made it."""
    chain = [
        agency(f"A{number:02}", f"A{number - 1:02}" if number else None) for number in range(60)
    ]
    for _ in range(20):
        network = Network(Directory(chain), TODAY, Rules())
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(network.node_of, [*reversed(chain), *chain]))
        root = network.node_of(chain[0])
        assert all(node.line[-1] is root for node in found)
        assert len({id(node) for node in found}) == len(chain)
