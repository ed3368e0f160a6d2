"""From text to expressions: the grammar of XPath 1.0, without variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from docexchange.signing.xmldsig.nodes import XML, Kind
from docexchange.signing.xmldsig.xpath.expressions import (
    Binary,
    Call,
    Constant,
    Expression,
    Filtered,
    Negative,
    refuse,
)
from docexchange.signing.xmldsig.xpath.functions import FUNCTIONS
from docexchange.signing.xmldsig.xpath.steps import AXES, NodeTest, Path, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["parse"]

_NAME: Final = r"[^\W\d][\w.\-\u00b7]*"
_TOKEN: Final = re.compile(
    rf"""\s*(?:
      (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<literal>"[^"]*"|'[^']*')
    | (?P<name>{_NAME}:(?:{_NAME}|\*)|{_NAME})
    | (?P<sign>::|//|!=|<=|>=|\.\.|[()\[\].@,/|+\-=<>*])
    )""",
    re.VERBOSE,
)
_LEVELS: Final = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)
_TYPES: Final = {
    "comment": Kind.COMMENT,
    "text": Kind.TEXT,
    "processing-instruction": Kind.INSTRUCTION,
    "node": None,
}
_ANY: Final = Step("descendant-or-self", NodeTest())
_DEPTH: Final = 24
"""Brackets within brackets; real expressions have three."""
_CHAIN: Final = 200
"""Operators and predicates in a row: each stands on those before it, on Python's own stack."""


def parse(text: str, namespaces: Mapping[str, str]) -> Expression:
    """Read an expression.

    Args:
        text: the expression.
        namespaces: URIs by prefix.

    Raises:
        Refusal: it is not XPath 1.0, or calls a function that there is not.
    """
    return _Parser(_tokens(text), {"xml": XML, **namespaces}).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    """Pairs of kind and text; ``op`` for names that are operators (clause 3.7)."""
    found: list[tuple[str, str]] = []
    at, text = 0, text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise refuse("XPath 1.0", repr(text[at : at + 40]))
        kind, value = str(match.lastgroup), match[match.lastgroup or 0]
        operand_before = bool(found) and not _wants_operand(*found[-1])
        if operand_before and value in {"and", "or", "div", "mod", "*"}:
            kind = "op"
        found.append((kind, value))
        at = match.end()
    return found


def _wants_operand(kind: str, value: str) -> bool:
    signs = {"@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="}
    return kind == "op" or (kind == "sign" and value in signs)


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[tuple[str, str]], namespaces: Mapping[str, str]) -> None:
        self._tokens = [*tokens, ("end", "")]
        self._namespaces = namespaces
        self._at = 0
        self._depth = 0
        self._chain = 0

    def whole(self) -> Expression:
        expression = self._expression()
        if self._tokens[self._at][0] != "end":
            raise self._unexpected("the end")
        return expression

    # --- tokens ---

    def _peek(self, ahead: int = 0) -> str:
        """The text of a token that is neither name nor literal; a mark for those."""
        kind, value = self._tokens[min(self._at + ahead, len(self._tokens) - 1)]
        return value if kind in {"sign", "op"} else f"<{kind}>"

    def _next(self) -> str:
        value = self._tokens[self._at][1]
        self._at += 1
        return value

    def _accept(self, *signs: str) -> str:
        return self._next() if self._peek() in signs else ""

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise self._unexpected(repr(sign))

    def _unexpected(self, expected: str) -> Exception:
        rest = " ".join(value for _, value in self._tokens[self._at : self._at + 8])
        return refuse(expected, repr(rest[:60]) if rest.strip() else "the end")

    # --- expressions ---

    def _expression(self, level: int = 0) -> Expression:
        if level == len(_LEVELS):
            return self._unary()
        if level == 0:
            self._depth += 1
            if self._depth > _DEPTH:
                raise refuse(f"at most {_DEPTH} nested expressions", "more")
        left = self._expression(level + 1)
        while sign := self._accept(*_LEVELS[level]):
            self._grow()
            left = Binary(sign, left, self._expression(level + 1))
        if level == 0:
            self._depth -= 1
        return left

    def _grow(self) -> None:
        self._chain += 1
        if self._chain > _CHAIN:
            raise refuse(f"at most {_CHAIN} operators and predicates", "more")

    def _unary(self) -> Expression:
        signs = 0
        while self._accept("-"):
            signs += 1
        expression = self._path()
        while self._accept("|"):
            self._grow()
            expression = Binary("|", expression, self._path())
        for _ in range(min(signs, 2 + signs % 2)):
            expression = Negative(expression)
        return expression

    def _path(self) -> Expression:
        if self._starts_filter():
            return self._filter_path()
        absolute = self._peek() in {"/", "//"}
        steps: list[Step] = []
        if self._accept("//"):
            steps.append(_ANY)
        elif self._accept("/") and not self._starts_step():
            return Path(None, (), absolute=True)
        return Path(None, (*steps, *self._steps()), absolute=absolute)

    def _filter_path(self) -> Expression:
        expression = self._primary()
        while self._accept("["):
            self._grow()
            expression = Filtered(expression, self._expression())
            self._expect("]")
        steps: list[Step] = []
        if sign := self._accept("/", "//"):
            steps = ([_ANY] if sign == "//" else []) + self._steps()
        return Path(expression, tuple(steps)) if steps else expression

    def _starts_filter(self) -> bool:
        mark = self._peek()
        if mark == "<name>":
            return self._peek(1) == "(" and self._tokens[self._at][1] not in _TYPES
        return mark in {"(", "<number>", "<literal>"}

    def _primary(self) -> Expression:
        if self._accept("("):
            expression = self._expression()
            self._expect(")")
            return expression
        kind, value = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return Constant(float(value))
        if kind == "literal":
            return Constant(value[1:-1])
        return self._call(value)

    def _call(self, name: str) -> Expression:
        function = FUNCTIONS.get(name)
        if function is None:
            raise refuse("a function of XPath 1.0", f"{name}()")
        self._expect("(")
        arguments: list[Expression] = []
        while not self._accept(")"):
            if arguments:
                self._expect(",")
            arguments.append(self._expression())
        if not function.least <= len(arguments) <= function.most:
            raise refuse(f"the arguments of {name}()", str(len(arguments)))
        return Call(function.call, tuple(arguments))

    # --- paths ---

    def _starts_step(self) -> bool:
        return self._peek() in {".", "..", "@", "*", "<name>"}

    def _steps(self) -> list[Step]:
        steps = [self._step()]
        while sign := self._accept("/", "//"):
            if sign == "//":
                steps.append(_ANY)
            steps.append(self._step())
        return steps

    def _step(self) -> Step:
        if self._accept("."):
            return Step("self", NodeTest())
        if self._accept(".."):
            return Step("parent", NodeTest())
        axis = "child"
        if self._accept("@"):
            axis = "attribute"
        elif self._peek() == "<name>" and self._peek(1) == "::":
            axis = self._next()
            self._expect("::")
        if axis not in AXES:
            raise refuse("an axis of XPath 1.0", axis)
        test = self._test()
        predicates: list[Expression] = []
        while self._accept("["):
            predicates.append(self._expression())
            self._expect("]")
        return Step(axis, test, tuple(predicates))

    def _test(self) -> NodeTest:
        if self._accept("*"):
            return NodeTest(named=True)
        if self._peek() != "<name>":
            raise self._unexpected("a step")
        name = self._next()
        if self._peek() == "(" and name in _TYPES:
            return self._type_test(name)
        prefix, colon, local = name.rpartition(":")
        if colon and prefix not in self._namespaces:
            raise refuse("prefixes that are bound", prefix)
        namespace = self._namespaces[prefix] if colon else ""
        return NodeTest(named=True, namespace=namespace, name=None if local == "*" else local)

    def _type_test(self, name: str) -> NodeTest:
        self._expect("(")
        target = None
        if self._peek() == "<literal>" and name == "processing-instruction":
            target = self._next()[1:-1]
        self._expect(")")
        return NodeTest(kind=_TYPES[name], name=target)
