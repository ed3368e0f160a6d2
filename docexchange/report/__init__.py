"""What became of it: answers for people out of a node's store."""

from __future__ import annotations

from docexchange.report.timeline import TimelineRow, timeline

__all__ = ["TimelineRow", "timeline"]
