"""Location paths: axes, node tests, predicates (XPath 1.0, clause 2)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from docexchange.signing.xmldsig.nodes import Kind, Node
from docexchange.signing.xmldsig.xpath.values import Context, Run, Value, boolean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docexchange.signing.xmldsig.xpath.expressions import Expression

__all__ = ["AXES", "NodeTest", "Path", "Step", "in_order", "kept"]

_PRINCIPAL: Final = {"attribute": Kind.ATTRIBUTE, "namespace": Kind.NAMESPACE}


def _ancestors(node: Node, _run: Run) -> Iterator[Node]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _siblings(node: Node) -> Sequence[Node]:
    if node.parent is None or node.kind in {Kind.ATTRIBUTE, Kind.NAMESPACE}:
        return ()
    return node.parent.children


def _following_siblings(node: Node, run: Run) -> Iterator[Node]:
    siblings = _siblings(node)
    run.budget.spend(len(siblings))
    return (item for item in siblings if item.order > node.order)


def _preceding_siblings(node: Node, run: Run) -> Iterator[Node]:
    siblings = _siblings(node)
    run.budget.spend(len(siblings))
    return (item for item in reversed(siblings) if item.order < node.order)


def _following(node: Node, run: Run) -> Iterator[Node]:
    ordered = run.tree.ordered
    start = node.place_end if node.kind in {Kind.ELEMENT, Kind.ROOT} else node.place
    run.budget.spend(len(ordered) - start)
    return (item for item in ordered[start:] if item.order >= node.end)


def _preceding(node: Node, run: Run) -> Iterator[Node]:
    before = run.tree.ordered[: node.place]
    run.budget.spend(len(before))
    return (item for item in reversed(before) if item.end <= node.order)


def _descendants(node: Node, run: Run) -> Iterable[Node]:
    return run.tree.below(node) if node.kind in {Kind.ELEMENT, Kind.ROOT} else ()


AXES: Final[dict[str, Callable[[Node, Run], Iterable[Node]]]] = {
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node, run: chain((node,), _ancestors(node, run)),
    "attribute": lambda node, _run: node.attributes,
    "child": lambda node, _run: node.children,
    "descendant": _descendants,
    "descendant-or-self": lambda node, run: chain((node,), _descendants(node, run)),
    "following": _following,
    "following-sibling": _following_siblings,
    "namespace": lambda node, _run: node.namespaces() if node.kind is Kind.ELEMENT else (),
    "parent": lambda node, _run: () if node.parent is None else (node.parent,),
    "preceding": _preceding,
    "preceding-sibling": _preceding_siblings,
    "self": lambda node, _run: (node,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTest:
    """Which nodes of an axis."""

    kind: Kind | None = None
    """Nodes of this kind; None for any, or for a test by name."""
    named: bool = False
    """Whether it is a test by name: then only nodes of the axis' own kind pass."""
    namespace: str | None = None
    """Namespace; None for any."""
    name: str | None = None
    """Local name, or target of an instruction; None for any."""

    def passes(self, node: Node, principal: Kind) -> bool:
        """Whether a node passes, on an axis with this principal kind."""
        if not self.named:
            return (self.kind is None or node.kind is self.kind) and self.name in {None, node.name}
        return (
            node.kind is principal
            and (self.name is None or node.name == self.name)
            and (self.namespace is None or node.namespace == self.namespace)
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path."""

    axis: str
    """Its direction."""
    test: NodeTest
    """What it keeps."""
    predicates: tuple[Expression, ...] = ()
    """What it keeps of that."""

    def select(self, node: Node, run: Run) -> list[Node]:
        """The nodes it leads to, in the order of the axis."""
        principal = _PRINCIPAL.get(self.axis, Kind.ELEMENT)
        found = []
        spend, passes = run.budget.spend, self.test.passes
        for item in AXES[self.axis](node, run):
            spend(1)
            if passes(item, principal):
                found.append(item)
        for predicate in self.predicates:
            found = kept(found, predicate, run)
        return found


def kept(nodes: list[Node], predicate: Expression, run: Run) -> list[Node]:
    """The nodes for which a predicate holds; a number means that place."""
    size = len(nodes)
    found = []
    for position, node in enumerate(nodes, 1):
        value = predicate.evaluate(Context(node, run, position, size))
        number = isinstance(value, float)
        if value == position if number else boolean(value):
            found.append(node)
    return found


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """Each node once, in document order."""
    return [node for _, node in sorted({node.order: node for node in nodes}.items())]


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the context node, from the root, or from the nodes of an expression."""

    start: Expression | None
    """Where it begins; None for the context node."""
    steps: tuple[Step, ...]
    """The steps."""
    absolute: bool = False
    """Whether it begins at the root."""

    def evaluate(self, context: Context) -> Value:
        """The nodes it leads to, in document order."""
        run = context.run
        if self.start is not None:
            nodes = _nodes(self.start.evaluate(context))
        else:
            nodes = [run.tree.root] if self.absolute else [context.node]
        for step in self.steps:
            found = list(chain.from_iterable(step.select(node, run) for node in nodes))
            run.budget.spend(len(found))
            nodes = found if len(found) <= 1 else in_order(found)
        return nodes


def _nodes(value: Value) -> list[Node]:
    from docexchange.signing.xmldsig.xpath.expressions import refuse

    if isinstance(value, list):
        return value
    raise refuse("a path to begin with nodes", type(value).__name__)
