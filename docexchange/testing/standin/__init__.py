"""A four-tier network over real sockets, for testing another system against it.

    from docexchange.testing.standin import LinkFault, LinkState, StandIn

    with StandIn() as network:
        network.set_link("district", "province", LinkFault(state=LinkState.DOWN))

On the command line ``docexchange testserver``; it needs the extra ``server``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.testing.standin.cast import FIVE_AGENCIES
    from docexchange.testing.standin.links import LinkFault, LinkState
    from docexchange.testing.standin.network import StandIn
    from docexchange.testing.standin.papers import Role
    from docexchange.testing.standin.samples import Flaw, SampleOrder
    from docexchange.testing.standin.services import Service

__all__ = [
    "FIVE_AGENCIES",
    "Flaw",
    "LinkFault",
    "LinkState",
    "Role",
    "SampleOrder",
    "Service",
    "StandIn",
]

__getattr__ = lazily(
    __name__,
    {
        "cast": ("FIVE_AGENCIES",),
        "links": (
            "LinkFault",
            "LinkState",
        ),
        "network": ("StandIn",),
        "papers": ("Role",),
        "samples": (
            "Flaw",
            "SampleOrder",
        ),
        "services": ("Service",),
    },
)
