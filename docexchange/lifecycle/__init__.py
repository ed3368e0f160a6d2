"""WHAT BECAME of a document: business statuses, never mixed with delivery.

::

    from docexchange.lifecycle import fold, judge
"""

from __future__ import annotations

from docexchange.lifecycle.statuses import USUAL, Transition, judge
from docexchange.lifecycle.thread import StatusReport, Thread, fold

__all__ = ["USUAL", "StatusReport", "Thread", "Transition", "fold", "judge"]
