"""The access point: an agency's own node, durable and restartable at any moment."""

from __future__ import annotations

from docexchange.node.config import NodeConfig, read_config
from docexchange.node.handing import Application, InboxFolder, Letter
from docexchange.node.node import Flag, Node
from docexchange.node.opening import open_verifier
from docexchange.node.storage import Storage, open_storage
from docexchange.node.submitting import Submission

__all__ = [
    "Application",
    "Flag",
    "InboxFolder",
    "Letter",
    "Node",
    "NodeConfig",
    "Storage",
    "Submission",
    "open_storage",
    "open_verifier",
    "read_config",
]
