"""WHAT BECAME of a document: statuses, recalls, deadlines, books and answers; never delivery.

::

    from docexchange.lifecycle import fold, judge, send_by, standing_of
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.lifecycle.answers import Threaded, links, thread_of
    from docexchange.lifecycle.asking import Asked, Evidence, Held, Question, Word, asked_by
    from docexchange.lifecycle.deadlines import (
        FIXED_HOLIDAYS,
        WorkCalendar,
        acknowledge_by,
        answer_by,
        read_calendar,
        send_by,
    )
    from docexchange.lifecycle.folding import standing_of, standings
    from docexchange.lifecycle.register import (
        GENERAL,
        LEGAL,
        Duplicate,
        Entry,
        duplicates,
        is_numbered,
        mark_of,
        number_in,
        number_text,
        series_of,
        year_of,
    )
    from docexchange.lifecycle.standing import (
        Answered,
        Odd,
        Oddity,
        Standing,
        State,
        Version,
    )
    from docexchange.lifecycle.statuses import USUAL, Transition, judge
    from docexchange.lifecycle.thread import StatusReport, Thread, fold

__all__ = [
    "FIXED_HOLIDAYS",
    "GENERAL",
    "LEGAL",
    "USUAL",
    "Answered",
    "Asked",
    "Duplicate",
    "Entry",
    "Evidence",
    "Held",
    "Odd",
    "Oddity",
    "Question",
    "Standing",
    "State",
    "StatusReport",
    "Thread",
    "Threaded",
    "Transition",
    "Version",
    "Word",
    "WorkCalendar",
    "acknowledge_by",
    "answer_by",
    "asked_by",
    "duplicates",
    "fold",
    "is_numbered",
    "judge",
    "links",
    "mark_of",
    "number_in",
    "number_text",
    "read_calendar",
    "send_by",
    "series_of",
    "standing_of",
    "standings",
    "thread_of",
    "year_of",
]

__getattr__ = lazily(
    __name__,
    {
        "answers": (
            "Threaded",
            "links",
            "thread_of",
        ),
        "asking": (
            "Asked",
            "Evidence",
            "Held",
            "Question",
            "Word",
            "asked_by",
        ),
        "deadlines": (
            "FIXED_HOLIDAYS",
            "WorkCalendar",
            "acknowledge_by",
            "answer_by",
            "read_calendar",
            "send_by",
        ),
        "folding": (
            "standing_of",
            "standings",
        ),
        "register": (
            "GENERAL",
            "LEGAL",
            "Duplicate",
            "Entry",
            "duplicates",
            "is_numbered",
            "mark_of",
            "number_in",
            "number_text",
            "series_of",
            "year_of",
        ),
        "standing": (
            "Answered",
            "Odd",
            "Oddity",
            "Standing",
            "State",
            "Version",
        ),
        "statuses": (
            "USUAL",
            "Transition",
            "judge",
        ),
        "thread": (
            "StatusReport",
            "Thread",
            "fold",
        ),
    },
)
