"""What became of it: answers for people out of a node's store."""

from __future__ import annotations

from docexchange.report._markup import xml_text
from docexchange.report._parties import Speaks, is_same
from docexchange.report.book_columns import COLUMNS, Column, book_table
from docexchange.report.chart import Bar, bar_chart
from docexchange.report.indicators import Group, IndicatorLine, Measure, Rate, indicators
from docexchange.report.ledger import Dealing, Ledger, day_of, ledger_of
from docexchange.report.overdue import Overdue, OverdueItem, overdue
from docexchange.report.periods import Period, parse_period
from docexchange.report.receipt_chain import ChainState, Hop, ReceiptChain, receipt_chains
from docexchange.report.sheets import to_csv, to_xlsx
from docexchange.report.standing import standings_at
from docexchange.report.succession import ends_of
from docexchange.report.timeline import TimelineRow, timeline

__all__ = [
    "COLUMNS",
    "Bar",
    "ChainState",
    "Column",
    "Dealing",
    "Group",
    "Hop",
    "IndicatorLine",
    "Ledger",
    "Measure",
    "Overdue",
    "OverdueItem",
    "Period",
    "Rate",
    "ReceiptChain",
    "Speaks",
    "TimelineRow",
    "bar_chart",
    "book_table",
    "day_of",
    "ends_of",
    "indicators",
    "is_same",
    "ledger_of",
    "overdue",
    "parse_period",
    "receipt_chains",
    "standings_at",
    "timeline",
    "to_csv",
    "to_xlsx",
    "xml_text",
]
