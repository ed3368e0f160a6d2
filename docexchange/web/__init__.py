"""HTTP in front of a node: push, resumable upload, pull mailbox, mutual TLS, bounds.

    app = node.asgi()        # plain ASGI, for a server of yours
    docexchange node run     # serves while it works, if node.toml has a [server]

The server knows a node through its `Door` alone. Nothing here loads FastAPI or uvicorn before it
is used; both come with the extra ``server``. What is said between nodes: docs/reference/http.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.web.callers import Callers
    from docexchange.web.connections import guarded
    from docexchange.web.door import Door, Given
    from docexchange.web.limits import WebLimits
    from docexchange.web.tls import ServerKey, server_context

__all__ = ["Callers", "Door", "Given", "ServerKey", "WebLimits", "guarded", "server_context"]

__getattr__ = lazily(
    __name__,
    {
        "callers": ("Callers",),
        "connections": ("guarded",),
        "door": (
            "Door",
            "Given",
        ),
        "limits": ("WebLimits",),
        "tls": (
            "ServerKey",
            "server_context",
        ),
    },
)
