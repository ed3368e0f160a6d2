"""Expressions that are no paths (XPath 1.0, clause 3)."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.xpath.steps import in_order, kept
from docexchange.signing.xmldsig.xpath.values import Run, Value, boolean, number, string_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.signing.xmldsig.nodes import Node
    from docexchange.signing.xmldsig.xpath.values import Context

__all__ = ["Binary", "Call", "Constant", "Expression", "Filtered", "Negative", "refuse"]


class Expression(Protocol):
    """Anything that has a value."""

    def evaluate(self, context: Context) -> Value:
        """Its value there."""


def refuse(expected: str, found: str) -> Refusal:
    """XPath that is wrong, or that is not for signatures."""
    return Refusal(
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        f"expected {expected} in the XPath of a signature, found {found}",
        code="signature.xpath",
    )


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal or a number."""

    value: str | float
    """It."""

    def evaluate(self, _context: Context) -> Value:
        """Itself."""
        return self.value


@dataclass(frozen=True, slots=True)
class Negative:
    """A minus sign."""

    operand: Expression
    """What it stands before."""

    def evaluate(self, context: Context) -> Value:
        """The number with the other sign."""
        return -number(self.operand.evaluate(context), context.run)


@dataclass(frozen=True, slots=True)
class Filtered:
    """Nodes of an expression for which a predicate holds."""

    operand: Expression
    """The nodes."""
    predicate: Expression
    """The predicate."""

    def evaluate(self, context: Context) -> Value:
        """Those nodes, in document order."""
        value = self.operand.evaluate(context)
        if not isinstance(value, list):
            raise refuse("a predicate after nodes", f"one after {type(value).__name__}")
        return kept(value, self.predicate, context.run)


@dataclass(frozen=True, slots=True)
class Call:
    """A function call."""

    function: Callable[[Context, list[Value]], Value]
    """What is done."""
    arguments: tuple[Expression, ...]
    """With what."""

    def evaluate(self, context: Context) -> Value:
        """What the function returns."""
        context.run.budget.spend(1)
        return self.function(context, [item.evaluate(context) for item in self.arguments])


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two operands."""

    sign: str
    """The operator."""
    left: Expression
    """Before it."""
    right: Expression
    """After it."""

    def evaluate(self, context: Context) -> Value:
        """Its value."""
        sign, run = self.sign, context.run
        left = self.left.evaluate(context)
        if sign == "or":
            return boolean(left) or boolean(self.right.evaluate(context))
        if sign == "and":
            return boolean(left) and boolean(self.right.evaluate(context))
        right = self.right.evaluate(context)
        if sign == "|":
            return _union(left, right, run)
        if sign in _EQUALITY:
            return _equal(_EQUALITY[sign], left, right, run)
        if sign in _ORDER:
            return _ordered(_ORDER[sign], left, right, run)
        return _ARITHMETIC[sign](number(left, run), number(right, run))


_EQUALITY: Final[dict[str, Callable[[object, object], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
}
_ORDER: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _divided(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def _remainder(left: float, right: float) -> float:
    try:
        return math.fmod(left, right)
    except ValueError:
        return math.nan


_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divided,
    "mod": _remainder,
}


def _union(left: Value, right: Value, run: Run) -> Value:
    if not isinstance(left, list) or not isinstance(right, list):
        raise refuse("nodes on both sides of '|'", "something else")
    run.budget.spend(len(left) + len(right))
    return in_order([*left, *right])


def _strings(nodes: list[Node], run: Run) -> set[str]:
    return {string_of(node, run) for node in nodes}


def _equal(holds: Callable[[object, object], bool], left: Value, right: Value, run: Run) -> bool:
    """Clause 3.4: with nodes, whether it holds for any of them."""
    if isinstance(left, list) and isinstance(right, list):
        ours, theirs = _strings(left, run), _strings(right, run)
        if holds(1, 1):
            return not ours.isdisjoint(theirs)
        return bool(ours and theirs) and (len(ours) > 1 or len(theirs) > 1 or ours != theirs)
    if isinstance(left, list):
        return _any_equal(holds, left, right, run)
    if isinstance(right, list):
        return _any_equal(holds, right, left, run)
    for kind, converted in ((bool, boolean), (float, lambda value: number(value, run))):
        if isinstance(left, kind) or isinstance(right, kind):
            return holds(converted(left), converted(right))
    return holds(left, right)


def _any_equal(
    holds: Callable[[object, object], bool], nodes: list[Node], other: Value, run: Run
) -> bool:
    if isinstance(other, bool):
        return holds(bool(nodes), other)
    found = _strings(nodes, run)
    if isinstance(other, float):
        return any(holds(number(item, run), other) for item in found)
    return any(holds(item, other) for item in found)


def _ordered(holds: Callable[[float, float], bool], left: Value, right: Value, run: Run) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return holds(float(boolean(left)), float(boolean(right)))
    ours, theirs = _numbers(left, run), _numbers(right, run)
    if not ours or not theirs:
        return False
    # Whether it holds for any pair is decided by the outermost.
    return holds(min(ours), max(theirs)) or holds(max(ours), min(theirs))


def _numbers(value: Value, run: Run) -> list[float]:
    items = _strings(value, run) if isinstance(value, list) else [value]
    found = (number(item, run) for item in items)
    return [item for item in found if not math.isnan(item)]
