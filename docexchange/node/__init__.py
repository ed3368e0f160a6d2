"""The access point: an agency's own node, durable and restartable at any moment."""

from __future__ import annotations

from docexchange.node.application import (
    Agree,
    Application,
    Decision,
    Handlers,
    Later,
    Letter,
    Refuse,
)
from docexchange.node.carrying import Unpacked, pack_shipment, unpack_shipments
from docexchange.node.config import NodeConfig, SnapshotConfig, read_config
from docexchange.node.crew import Flag
from docexchange.node.doctor import State, Symptom, examine
from docexchange.node.founding import Founding, found_node
from docexchange.node.inbox import InboxFolder
from docexchange.node.links import BrokenLink, links_out_of_order
from docexchange.node.node import Node
from docexchange.node.opening import open_standings, open_verifier, rules_of
from docexchange.node.register import PaperDocument, Register
from docexchange.node.rule_files import read_policy, read_rules
from docexchange.node.snapshots import directory_file, directory_of, held_snapshot, update
from docexchange.node.standings import Standings
from docexchange.node.storage import Storage, open_storage
from docexchange.node.submitting import Submission
from docexchange.node.ways import boxes_of

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
