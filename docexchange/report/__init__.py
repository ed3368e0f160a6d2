"""What became of it: answers for people out of a node's store."""

from __future__ import annotations

from docexchange.report.receipt_chain import ChainState, Hop, ReceiptChain, receipt_chains
from docexchange.report.timeline import TimelineRow, timeline

__all__ = ["ChainState", "Hop", "ReceiptChain", "TimelineRow", "receipt_chains", "timeline"]
