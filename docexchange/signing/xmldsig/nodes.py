"""A document as XPath sees it: nodes in document order, and sets of them.

lxml has no nodes for text, attributes and namespaces, and a node-set of a signature may hold or
leave out each of them alone. Here every node has a number, its place in document order; what lies
below it is the range of numbers up to ``end``. So a set of nodes is a row of marks (``NodeSet``),
and a subtree is a slice of it.

>>> tree = Tree(root)
>>> chosen = NodeSet.of_subtree(tree, tree.node_of(element), comments=False)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto
from itertools import islice
from typing import TYPE_CHECKING, Final

from lxml import etree

from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lxml.etree import _Element

__all__ = ["XML", "Kind", "Node", "NodeSet", "Tree"]

XML: Final = "http://www.w3.org/XML/1998/namespace"
_XML_NAME: Final = f"{{{XML}}}"
_LOOK_UP: Final = 64
"""Nodes that it costs to ask for the prefix of one attribute."""
_NOTHING: Final[Mapping[str, str]] = {}


class Kind(IntEnum):
    """What a node is (XPath 1.0, clause 5)."""

    ROOT = auto()
    ELEMENT = auto()
    ATTRIBUTE = auto()
    NAMESPACE = auto()
    TEXT = auto()
    COMMENT = auto()
    INSTRUCTION = auto()


class Node:
    """One node. Treat it as a value; only ``Tree`` makes and fills it."""

    __slots__ = (
        "attributes",
        "children",
        "element",
        "end",
        "kind",
        "name",
        "namespace",
        "order",
        "parent",
        "place",
        "place_end",
        "prefix",
        "scope",
        "value",
    )

    def __init__(self, kind: Kind, order: int, parent: Node | None, value: str = "") -> None:
        self.kind, self.order, self.parent, self.value = kind, order, parent, value
        self.end = order + 1
        self.place = self.place_end = 0
        self.namespace = self.name = self.prefix = ""
        self.element: _Element | None = None
        self.children: Sequence[Node] = ()
        self.attributes: Sequence[Node] = ()
        self.scope: Mapping[str, str] = _NOTHING

    @property
    def qualified(self) -> str:
        """The name with its prefix, as written."""
        return f"{self.prefix}:{self.name}" if self.prefix else self.name

    def namespaces(self) -> Iterator[Node]:
        """Namespace nodes of an element; they are numbered right after it."""
        for place, (prefix, uri) in enumerate(self.scope.items(), self.order + 1):
            node = Node(Kind.NAMESPACE, place, self, uri)
            node.name = prefix
            node.place = node.place_end = self.place + 1
            yield node

    def namespace_orders(self) -> Iterator[tuple[int, str, str]]:
        """Number, prefix and URI of each namespace node."""
        for place, (prefix, uri) in enumerate(self.scope.items(), self.order + 1):
            yield place, prefix, uri


class Tree:
    """A document in nodes.

    Args:
        element: any element of the document.
        most: nodes at most.
        only: take nothing but this element, what is below it, and what it inherits from above;
            otherwise the whole document is taken.

    Raises:
        Refusal: it has more nodes, or something that has no place in a node-set.
    """

    def __init__(self, element: _Element, *, most: int, only: bool = False) -> None:
        self._most = most
        self._count = 0
        self._nodes: dict[_Element, Node] = {}
        self.ordered: list[Node] = []
        """All nodes but attributes and namespaces, in document order."""
        self.root = self._new(Kind.ROOT, None)
        if only:
            self._add_chain(element)
        else:
            top = element.getroottree().getroot()
            before = reversed(list(top.itersiblings(preceding=True)))
            for item in (*before, top, *top.itersiblings()):
                self._add(item, self.root, {"xml": XML})
        self._close(self.root)

    def __len__(self) -> int:
        return self._count

    def node_of(self, element: _Element) -> Node:
        """The node of an element of this document.

        Raises:
            KeyError: it belongs to another document.
        """
        return self._nodes[element]

    def below(self, node: Node) -> Iterator[Node]:
        """All below a node, but attributes and namespaces, in document order."""
        return islice(self.ordered, node.place + 1, node.place_end)

    def _new(self, kind: Kind, parent: Node | None, value: str = "") -> Node:
        node = Node(kind, self._count, parent, value)
        node.place = node.place_end = len(self.ordered)
        self._spend(1)
        if kind is not Kind.ATTRIBUTE:
            self.ordered.append(node)
        if kind in {Kind.ROOT, Kind.ELEMENT}:
            node.children = []
        if parent is not None and kind is not Kind.ATTRIBUTE:
            parent.children.append(node)  # type: ignore[attr-defined]
        return node

    def _spend(self, count: int) -> None:
        self._count += count
        if self._count > self._most:
            raise Refusal(
                SubIndication.SIG_CONSTRAINTS_FAILURE,
                f"expected at most {self._most} nodes to select from (signature_nodes), found more",
                code="signature.budget",
                advice="If the document is genuine, raise the limit named here in `Limits`.",
            )

    def _add(self, item: _Element, parent: Node, scope: Mapping[str, str]) -> None:
        tag: object = item.tag
        if isinstance(tag, str):
            self._add_element(item, parent, scope)
        elif tag is etree.Comment:
            self._new(Kind.COMMENT, parent, item.text or "")
        elif tag is etree.PI:
            node = self._new(Kind.INSTRUCTION, parent, item.text or "")
            node.name = str(getattr(item, "target", ""))
        else:
            raise malformed("expected XML without entity references, found one")

    def _add_chain(self, element: _Element) -> None:
        """An element with its ancestors, but without their other children."""
        chain = [self.root]
        scope: Mapping[str, str] = {"xml": XML}
        for above in reversed(list(element.iterancestors())):
            chain.append(self._open(above, chain[-1], scope, inherited=True))
            scope = chain[-1].scope
        self._add_element(element, chain[-1], scope)
        for node in chain:
            self._close(node)

    def _add_element(self, item: _Element, parent: Node, scope: Mapping[str, str]) -> None:
        node = self._open(item, parent, scope)
        scope = node.scope
        if item.text:
            self._new(Kind.TEXT, node, item.text)
        for child in item:
            self._add(child, node, scope)
            if child.tail:
                self._new(Kind.TEXT, node, child.tail)
        self._close(node)

    def _open(
        self, item: _Element, parent: Node, scope: Mapping[str, str], *, inherited: bool = False
    ) -> Node:
        """An element with its namespaces and its attributes, or those that can be inherited."""
        node = self._new(Kind.ELEMENT, parent)
        node.element = item
        self._nodes[item] = node
        node.namespace, node.name = _split(str(item.tag))
        node.prefix = item.prefix or ""
        node.scope = scope = _scope(item, scope)
        self._spend(len(scope))
        attributes = []
        for number, (name, value) in enumerate(item.items(), 1):
            if inherited and not str(name).startswith(_XML_NAME):
                continue
            attribute = self._new(Kind.ATTRIBUTE, node, value)
            attribute.namespace, attribute.name = _split(str(name))
            attribute.prefix = self._prefix(item, attribute.namespace, number, scope)
            attributes.append(attribute)
        node.attributes = attributes
        return node

    def _prefix(
        self, element: _Element, namespace: str, number: int, scope: Mapping[str, str]
    ) -> str:
        if not namespace:
            return ""
        fitting = [prefix for prefix, uri in scope.items() if uri == namespace and prefix]
        if len(fitting) == 1:
            return fitting[0]
        # lxml keeps the prefix of an attribute to itself; XPath gives it away.
        self._spend(_LOOK_UP)
        return str(element.xpath("name(@*[$number])", number=number)).partition(":")[0]

    def _close(self, node: Node) -> None:
        node.end, node.place_end = self._count, len(self.ordered)


def _scope(element: _Element, above: Mapping[str, str]) -> Mapping[str, str]:
    """The namespaces in force, the default one under an empty prefix; shared where unchanged."""
    found = {prefix or "": uri for prefix, uri in element.nsmap.items() if uri}
    scope = {"xml": XML, **dict(sorted(found.items()))}
    return above if scope == above else scope


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition("}")
    return namespace[1:], local


@dataclass(frozen=True, slots=True, eq=False)
class NodeSet:
    """Some of the nodes of a document."""

    tree: Tree
    """The document."""
    marks: bytearray
    """1 at the number of each node in the set."""

    def __contains__(self, order: int) -> bool:
        return bool(self.marks[order])

    @classmethod
    def of_subtree(cls, tree: Tree, apex: Node, *, comments: bool) -> NodeSet:
        """A node and all below it (XMLDSig 1.1, clause 4.4.3.3)."""
        marks = bytearray(len(tree))
        _fill(marks, apex)
        if not comments:
            for node in tree.below(apex):
                if node.kind is Kind.COMMENT:
                    marks[node.order] = 0
        return cls(tree, marks)

    @classmethod
    def of_subtrees(cls, tree: Tree, apexes: Iterable[Node]) -> NodeSet:
        """Nodes and all below them."""
        marks = bytearray(len(tree))
        end = 0
        for apex in sorted(apexes, key=lambda node: node.order):
            if apex.order >= end:  # or it lies inside the one before
                _fill(marks, apex)
                end = apex.end
        return cls(tree, marks)

    def without(self, apex: Node) -> NodeSet:
        """All but a node and what is below it."""
        marks = bytearray(self.marks)
        marks[apex.order : apex.end] = bytes(apex.end - apex.order)
        return NodeSet(self.tree, marks)

    def __and__(self, other: NodeSet) -> NodeSet:
        return self._joined(_number(self.marks) & _number(other.marks))

    def __or__(self, other: NodeSet) -> NodeSet:
        return self._joined(_number(self.marks) | _number(other.marks))

    def __sub__(self, other: NodeSet) -> NodeSet:
        return self._joined(_number(self.marks) & ~_number(other.marks))

    def _joined(self, number: int) -> NodeSet:
        return NodeSet(self.tree, bytearray(number.to_bytes(len(self.marks), "little")))


def _fill(marks: bytearray, apex: Node) -> None:
    marks[apex.order : apex.end] = b"\1" * (apex.end - apex.order)


def _number(marks: bytearray) -> int:
    return int.from_bytes(marks, "little")
