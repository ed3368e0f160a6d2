"""WHICH WAY a letter goes: pure functions that explain themselves.

::

    from docexchange.routing import next_hop, refuse_loops, refuse_return, route
"""

from __future__ import annotations

from docexchange.routing.agencies import EVERYBODY, Agencies
from docexchange.routing.closed import ClosedCode, Meaning, closed_code, meaning_of
from docexchange.routing.detour import detour, ways_out
from docexchange.routing.fan_out import Branch, FanOut, Link, fan_out
from docexchange.routing.health import ALL_WELL, LinkHealth
from docexchange.routing.loops import refuse_loops, refuse_return
from docexchange.routing.network import Network, Node, network_of
from docexchange.routing.policy import (
    DEFAULT_POLICY,
    ExchangePolicy,
    PolicyRule,
    Posted,
    Refusal,
)
from docexchange.routing.route import Hop, HopReason, Route
from docexchange.routing.router import next_hop, route
from docexchange.routing.rules import DEFAULT_RULES, ClosedCodes, Rule, Rules, Way
from docexchange.routing.secrecy import Secrecy, secrecy_of

__all__ = [
    "ALL_WELL",
    "DEFAULT_POLICY",
    "DEFAULT_RULES",
    "EVERYBODY",
    "Agencies",
    "Branch",
    "ClosedCode",
    "ClosedCodes",
    "ExchangePolicy",
    "FanOut",
    "Hop",
    "HopReason",
    "Link",
    "LinkHealth",
    "Meaning",
    "Network",
    "Node",
    "PolicyRule",
    "Posted",
    "Refusal",
    "Route",
    "Rule",
    "Rules",
    "Secrecy",
    "Way",
    "closed_code",
    "detour",
    "fan_out",
    "meaning_of",
    "network_of",
    "next_hop",
    "refuse_loops",
    "refuse_return",
    "route",
    "secrecy_of",
    "ways_out",
]
