"""How bytes move between access points: one small interface, chosen by URL.

    transport = open_transport("folder:/srv/mailbox", base=Path("/srv"))

In the box: folders (`folder`), HTTP (`https`) and, for tests and the simulator, the memory of one
process (`memory`). `Mounts` makes one of several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.transport._payload import check_payload, checked
    from docexchange.transport.base import Arrival, Capabilities, SetAside, Transport
    from docexchange.transport.folder import FolderTransport
    from docexchange.transport.http_post import HttpPoster
    from docexchange.transport.http_settings import HttpSettings
    from docexchange.transport.https import HttpTransport, PeerCheck
    from docexchange.transport.medium import Medium
    from docexchange.transport.memory import MemoryNetwork, MemoryTransport
    from docexchange.transport.mounts import Mounts
    from docexchange.transport.parcel import Parcel, ParcelKind
    from docexchange.transport.published import published_files
    from docexchange.transport.pull_boxes import PullBoxes, Waiting
    from docexchange.transport.registry import Opener, known_schemes, open_transport, scheme_of
    from docexchange.transport.web_fetcher import WebFetcher

__all__ = [
    "Arrival",
    "Capabilities",
    "FolderTransport",
    "HttpPoster",
    "HttpSettings",
    "HttpTransport",
    "Medium",
    "MemoryNetwork",
    "MemoryTransport",
    "Mounts",
    "Opener",
    "Parcel",
    "ParcelKind",
    "PeerCheck",
    "PullBoxes",
    "SetAside",
    "Transport",
    "Waiting",
    "WebFetcher",
    "check_payload",
    "checked",
    "known_schemes",
    "open_transport",
    "published_files",
    "scheme_of",
]

__getattr__ = lazily(
    __name__,
    {
        "_payload": (
            "check_payload",
            "checked",
        ),
        "base": (
            "Arrival",
            "Capabilities",
            "SetAside",
            "Transport",
        ),
        "folder": ("FolderTransport",),
        "http_post": ("HttpPoster",),
        "http_settings": ("HttpSettings",),
        "https": (
            "HttpTransport",
            "PeerCheck",
        ),
        "medium": ("Medium",),
        "memory": (
            "MemoryNetwork",
            "MemoryTransport",
        ),
        "mounts": ("Mounts",),
        "parcel": (
            "Parcel",
            "ParcelKind",
        ),
        "published": ("published_files",),
        "pull_boxes": (
            "PullBoxes",
            "Waiting",
        ),
        "registry": (
            "Opener",
            "known_schemes",
            "open_transport",
            "scheme_of",
        ),
        "web_fetcher": ("WebFetcher",),
    },
)
