"""The access point: an agency's own node, durable and restartable at any moment."""

from __future__ import annotations

from docexchange.node.config import NodeConfig, read_config
from docexchange.node.handing import Application, InboxFolder, Letter
from docexchange.node.node import Node
from docexchange.node.submitting import Submission

__all__ = [
    "Application",
    "InboxFolder",
    "Letter",
    "Node",
    "NodeConfig",
    "Submission",
    "read_config",
]
