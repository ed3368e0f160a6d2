"""What expressions yield, and how one kind becomes another (XPath 1.0, clauses 3 and 4)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.nodes import Kind, Node, Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docexchange.signing.xmldsig.budget import Budget

__all__ = ["Context", "Run", "Value", "boolean", "number", "string", "string_of"]

Value = list[Node] | str | float | bool
_NUMBER: Final = re.compile(r"[ \t\r\n]*(-?(?:\d+(?:\.\d*)?|\.\d+))[ \t\r\n]*", re.ASCII)
_CHARACTERS: Final = 256
"""Characters that cost as much as one node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What stays the same while expressions are evaluated over one document."""

    tree: Tree
    """The document."""
    budget: Budget
    """What may be spent."""
    here: Node | None = None
    """The element that bears the expression, where it is in this document."""
    ids: Mapping[str, Node] = field(default_factory=dict)
    """Elements by id."""
    opaque: frozenset[int] = frozenset()
    """Numbers of texts whose real content is not in the tree: nobody may ask for it."""

    def spend_text(self, length: int) -> None:
        """Take what so many characters cost from the budget."""
        self.budget.spend(1 + length // _CHARACTERS)


@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression is evaluated (XPath 1.0, clause 1)."""

    node: Node
    """The context node."""
    run: Run
    """The rest."""
    position: int = 1
    """Its place in the context, from 1."""
    size: int = 1
    """How many there are."""


def string_of(node: Node, run: Run) -> str:
    """The string-value of a node (XPath 1.0, clause 5)."""
    if run.opaque and any(node.order <= order < node.end for order in run.opaque):
        raise Refusal(
            SubIndication.SIG_CONSTRAINTS_FAILURE,
            "expected XPath that does not look into attachments, found some that does",
            code="signature.xpath",
        )
    if node.kind not in {Kind.ROOT, Kind.ELEMENT}:
        run.spend_text(len(node.value))
        return node.value
    run.budget.spend(node.place_end - node.place)
    text = "".join(item.value for item in run.tree.below(node) if item.kind is Kind.TEXT)
    run.spend_text(len(text))
    return text


def string(value: Value, run: Run) -> str:
    """As by ``string()``."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return string_of(value[0], run) if value else ""
    return _digits(value)


def _digits(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")


def number(value: Value, run: Run) -> float:
    """As by ``number()``."""
    if isinstance(value, (bool, float)):
        return float(value)
    found = _NUMBER.fullmatch(string(value, run))
    return float(found[1]) if found else math.nan


def boolean(value: Value) -> bool:
    """As by ``boolean()``."""
    if isinstance(value, float):
        return not math.isnan(value) and value != 0
    return bool(value)
