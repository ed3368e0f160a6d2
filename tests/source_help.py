"""Texts that a program can make, read in its source with a sample for what only a run can know."""

from __future__ import annotations

import ast
import itertools
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENGLISH: Final = re.compile(
    r"(?<![-\w])(the|of|or|and|with|without|found|expected|not|is|that|an|for|file|one|be|by|its|it|"
    r"which|are|from|to)(?![-\w:])"
)
"""Words that no Vietnamese sentence has."""
SAMPLE: Final = "7"


def samples(node: ast.expr) -> list[str]:
    """What an expression may come to, with a sample for each part that only a run can know."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, (ast.FormattedValue, ast.Subscript)):
        return samples(node.value)
    if isinstance(node, (ast.BoolOp, ast.IfExp)):
        either = node.values if isinstance(node, ast.BoolOp) else (node.body, node.orelse)
        return [text for value in either for text in samples(value)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return joined([node.left, node.right])
    return joined(node.values) if isinstance(node, ast.JoinedStr) else [SAMPLE]


def joined(parts: Sequence[ast.expr]) -> list[str]:
    """Each way in which parts may come to one text."""
    return ["".join(pieces) for pieces in itertools.product(*map(samples, parts))]


def name_of(call: ast.Call) -> str:
    """The function called."""
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def calls_in(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))
