"""Many real nodes in one process, on a virtual clock, with seeded faults: see ``network``.

::

    from docexchange.simulator import SimulatedNetwork

    network = SimulatedNetwork.create(tiers=(1, 3, 9, 27), seed=7)
    commune, ministry = network.agency(tier=4, n=0), network.agency(tier=1, n=0)
    delivery = commune.send(network.letters.plain(to=ministry))
    network.run_until_quiet(limit_hours=6)
    print(delivery.timeline)
"""

from __future__ import annotations

from docexchange.simulator.agency import Agency
from docexchange.simulator.cast import Place
from docexchange.simulator.delivery import Delivery, Hop
from docexchange.simulator.faults import Fault, FaultKind
from docexchange.simulator.history import History, Reply, Send
from docexchange.simulator.invariants import problems
from docexchange.simulator.letters import Draft, Letters
from docexchange.simulator.network import SimulatedNetwork
from docexchange.simulator.outcome import Outcome
from docexchange.simulator.parts import play_in_parts
from docexchange.simulator.picture import picture
from docexchange.simulator.playing import failure_of, play, shortest_failing
from docexchange.simulator.premises import START, USUAL, Setting
from docexchange.simulator.problem import Problem
from docexchange.simulator.scenario import (
    Scenario,
    read_scenario,
    scenario_text,
    shipped_scenarios,
)
from docexchange.simulator.simulation import Simulation
from docexchange.simulator.store import SimulatedStore
from docexchange.simulator.storms import storm
from docexchange.simulator.trouble import Faults, Trouble
from docexchange.simulator.weather import Link

__all__ = [
    "START",
    "USUAL",
    "Agency",
    "Delivery",
    "Draft",
    "Fault",
    "FaultKind",
    "Faults",
    "History",
    "Hop",
    "Letters",
    "Link",
    "Outcome",
    "Place",
    "Problem",
    "Reply",
    "Scenario",
    "Send",
    "Setting",
    "SimulatedNetwork",
    "SimulatedStore",
    "Simulation",
    "Trouble",
    "failure_of",
    "picture",
    "play",
    "play_in_parts",
    "problems",
    "read_scenario",
    "scenario_text",
    "shipped_scenarios",
    "shortest_failing",
    "storm",
]
