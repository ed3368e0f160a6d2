"""The access point: an agency's own node, durable and restartable at any moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.node.books.register import PaperDocument, Register
    from docexchange.node.business.application import (
        Agree,
        Application,
        Decision,
        Handlers,
        Later,
        Letter,
        Refuse,
    )
    from docexchange.node.business.inbox import InboxFolder
    from docexchange.node.business.standings import Standings
    from docexchange.node.carrying import Unpacked, pack_shipment, unpack_shipments
    from docexchange.node.crew import Flag
    from docexchange.node.doctor import State, Symptom, examine
    from docexchange.node.links import BrokenLink, links_out_of_order
    from docexchange.node.node import Node
    from docexchange.node.opening.config import NodeConfig, SnapshotConfig, read_config
    from docexchange.node.opening.founding import Founding, found_node
    from docexchange.node.opening.opening import open_standings, open_verifier, rules_of
    from docexchange.node.opening.rule_files import read_policy, read_rules
    from docexchange.node.opening.snapshots import (
        directory_file,
        directory_of,
        held_snapshot,
        update,
    )
    from docexchange.node.opening.storage import Storage, open_storage
    from docexchange.node.opening.unrun import has_run
    from docexchange.node.opening.ways import boxes_of
    from docexchange.node.outgoing.submitting import Submission

__all__ = [
    "Agree",
    "Application",
    "BrokenLink",
    "Decision",
    "Flag",
    "Founding",
    "Handlers",
    "InboxFolder",
    "Later",
    "Letter",
    "Node",
    "NodeConfig",
    "PaperDocument",
    "Refuse",
    "Register",
    "SnapshotConfig",
    "Standings",
    "State",
    "Storage",
    "Submission",
    "Symptom",
    "Unpacked",
    "boxes_of",
    "directory_file",
    "directory_of",
    "examine",
    "found_node",
    "has_run",
    "held_snapshot",
    "links_out_of_order",
    "open_standings",
    "open_storage",
    "open_verifier",
    "pack_shipment",
    "read_config",
    "read_policy",
    "read_rules",
    "rules_of",
    "unpack_shipments",
    "update",
]

__getattr__ = lazily(
    __name__,
    {
        "books.register": (
            "PaperDocument",
            "Register",
        ),
        "business.application": (
            "Agree",
            "Application",
            "Decision",
            "Handlers",
            "Later",
            "Letter",
            "Refuse",
        ),
        "business.inbox": ("InboxFolder",),
        "business.standings": ("Standings",),
        "carrying": (
            "Unpacked",
            "pack_shipment",
            "unpack_shipments",
        ),
        "crew": ("Flag",),
        "doctor": (
            "State",
            "Symptom",
            "examine",
        ),
        "links": (
            "BrokenLink",
            "links_out_of_order",
        ),
        "node": ("Node",),
        "opening.config": (
            "NodeConfig",
            "SnapshotConfig",
            "read_config",
        ),
        "opening.founding": (
            "Founding",
            "found_node",
        ),
        "opening.opening": (
            "open_standings",
            "open_verifier",
            "rules_of",
        ),
        "opening.rule_files": (
            "read_policy",
            "read_rules",
        ),
        "opening.snapshots": (
            "directory_file",
            "directory_of",
            "held_snapshot",
            "update",
        ),
        "opening.storage": (
            "Storage",
            "open_storage",
        ),
        "opening.unrun": ("has_run",),
        "opening.ways": ("boxes_of",),
        "outgoing.submitting": ("Submission",),
    },
)
