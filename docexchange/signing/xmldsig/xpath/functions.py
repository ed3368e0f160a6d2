"""The functions: the core library of XPath 1.0 (clause 4), and ``here()`` of XMLDSig."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.signing.xmldsig.nodes import XML, Kind, Node
from docexchange.signing.xmldsig.xpath.expressions import refuse
from docexchange.signing.xmldsig.xpath.steps import in_order
from docexchange.signing.xmldsig.xpath.values import (
    Context,
    Value,
    boolean,
    number,
    string,
    string_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FUNCTIONS", "Function"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function."""

    call: Callable[[Context, list[Value]], Value]
    """What it does."""
    least: int
    """Arguments at least."""
    most: float
    """Arguments at most."""


def _nodes(arguments: list[Value], context: Context) -> list[Node]:
    """The argument as nodes; the context node where there is none."""
    if not arguments:
        return [context.node]
    if not isinstance(arguments[0], list):
        raise refuse("nodes as argument", type(arguments[0]).__name__)
    return arguments[0]


def _first(arguments: list[Value], context: Context) -> Node | None:
    nodes = _nodes(arguments, context)
    return nodes[0] if nodes else None


def _text(arguments: list[Value], context: Context, place: int = 0) -> str:
    value = arguments[place] if len(arguments) > place else [context.node]
    text = string(value, context.run)
    context.run.spend_text(len(text))
    return text


def _number(arguments: list[Value], context: Context, place: int = 0) -> float:
    value: Value = arguments[place] if len(arguments) > place else [context.node]
    return number(value, context.run)


def _here(context: Context, _arguments: list[Value]) -> Value:
    if context.run.here is None:
        raise refuse("here() in the document of the signature", "it over another one")
    return [context.run.here]


def _id(context: Context, arguments: list[Value]) -> Value:
    value, run = arguments[0], context.run
    texts = [string_of(item, run) for item in value] if isinstance(value, list) else []
    words = " ".join(texts or [string(value, run)] if not isinstance(value, list) else texts)
    return in_order(run.ids[word] for word in words.split() if word in run.ids)


def _lang(context: Context, arguments: list[Value]) -> Value:
    wanted = _text(arguments, context).lower()
    node: Node | None = context.node
    while node is not None:
        for item in node.attributes:
            if item.namespace == XML and item.name == "lang":
                found = item.value.lower()
                return found == wanted or found.startswith(f"{wanted}-")
        node = node.parent
    return False


def _local_name(context: Context, arguments: list[Value]) -> Value:
    node = _first(arguments, context)
    return node.name if node else ""


def _name(context: Context, arguments: list[Value]) -> Value:
    node = _first(arguments, context)
    return node.qualified if node else ""


def _namespace_uri(context: Context, arguments: list[Value]) -> Value:
    node = _first(arguments, context)
    return node.namespace if node and node.kind in {Kind.ELEMENT, Kind.ATTRIBUTE} else ""


def _concat(context: Context, arguments: list[Value]) -> Value:
    return "".join(_text(arguments, context, place) for place in range(len(arguments)))


def _starts_with(context: Context, arguments: list[Value]) -> Value:
    return _text(arguments, context).startswith(_text(arguments, context, 1))


def _contains(context: Context, arguments: list[Value]) -> Value:
    return _text(arguments, context, 1) in _text(arguments, context)


def _substring_before(context: Context, arguments: list[Value]) -> Value:
    before, found, _ = _text(arguments, context).partition(_text(arguments, context, 1) or "\0")
    return before if found else ""


def _substring_after(context: Context, arguments: list[Value]) -> Value:
    mark = _text(arguments, context, 1)
    text = _text(arguments, context)
    return text.partition(mark)[2] if mark else text


def _substring(context: Context, arguments: list[Value]) -> Value:
    text, start = _text(arguments, context), _round(_number(arguments, context, 1))
    end = start + _round(_number(arguments, context, 2)) if len(arguments) > 2 else math.inf  # noqa: PLR2004 - the third argument
    if math.isnan(start) or math.isnan(end):
        return ""
    begin = int(max(start, 1)) if start < math.inf else len(text) + 1
    stop = int(max(end, 1)) if end < math.inf else len(text) + 1
    return text[begin - 1 : stop - 1]


def _string_length(context: Context, arguments: list[Value]) -> Value:
    return float(len(_text(arguments, context)))


def _normalize_space(context: Context, arguments: list[Value]) -> Value:
    text = _text(arguments, context).translate({ord(item): " " for item in "\t\r\n"})
    return " ".join(item for item in text.split(" ") if item)


def _translate(context: Context, arguments: list[Value]) -> Value:
    source, target = _text(arguments, context, 1), _text(arguments, context, 2)
    table: dict[int, str | None] = {}
    for place, item in enumerate(source):
        table.setdefault(ord(item), target[place] if place < len(target) else None)
    return _text(arguments, context).translate(table)


def _sum(context: Context, arguments: list[Value]) -> Value:
    run = context.run
    return float(sum(number(string_of(item, run), run) for item in _nodes(arguments, context)))


def _round(value: float) -> float:
    if math.isnan(value) or math.isinf(value):
        return value
    return float(math.floor(value + 0.5))


def _rounded(how: Callable[[float], float]) -> Callable[[Context, list[Value]], Value]:
    def call(context: Context, arguments: list[Value]) -> Value:
        value = _number(arguments, context)
        return value if math.isnan(value) or math.isinf(value) else float(how(value))

    return call


FUNCTIONS: Final = {
    "boolean": Function(lambda _context, arguments: boolean(arguments[0]), 1, 1),
    "ceiling": Function(_rounded(math.ceil), 1, 1),
    "concat": Function(_concat, 2, math.inf),
    "contains": Function(_contains, 2, 2),
    "count": Function(lambda c, arguments: float(len(_nodes(arguments, c))), 1, 1),
    "false": Function(lambda _context, _arguments: False, 0, 0),
    "floor": Function(_rounded(math.floor), 1, 1),
    "here": Function(_here, 0, 0),
    "id": Function(_id, 1, 1),
    "lang": Function(_lang, 1, 1),
    "last": Function(lambda context, _arguments: float(context.size), 0, 0),
    "local-name": Function(_local_name, 0, 1),
    "name": Function(_name, 0, 1),
    "namespace-uri": Function(_namespace_uri, 0, 1),
    "normalize-space": Function(_normalize_space, 0, 1),
    "not": Function(lambda _context, arguments: not boolean(arguments[0]), 1, 1),
    "number": Function(lambda context, arguments: _number(arguments, context), 0, 1),
    "position": Function(lambda context, _arguments: float(context.position), 0, 0),
    "round": Function(_rounded(_round), 1, 1),
    "starts-with": Function(_starts_with, 2, 2),
    "string": Function(lambda context, arguments: _text(arguments, context), 0, 1),
    "string-length": Function(_string_length, 0, 1),
    "substring": Function(_substring, 2, 3),
    "substring-after": Function(_substring_after, 2, 2),
    "substring-before": Function(_substring_before, 2, 2),
    "sum": Function(_sum, 1, 1),
    "translate": Function(_translate, 3, 3),
    "true": Function(lambda _context, _arguments: True, 0, 0),
}
