"""WHICH WAY a letter goes: pure functions that explain themselves.

::

    from docexchange.routing import next_hop, refuse_loops, refuse_return, route
"""

from __future__ import annotations

from docexchange.routing.loops import refuse_loops, refuse_return
from docexchange.routing.router import Hop, HopReason, Route, next_hop, route

__all__ = ["Hop", "HopReason", "Route", "next_hop", "refuse_loops", "refuse_return", "route"]
