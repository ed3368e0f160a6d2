"""What goes from one transform to the next: octets, or some of the nodes of a document.

A selection is a subtree (or the whole document) less some subtrees, for as long as it can be said
that way; only XPath makes it a set of nodes one by one. Said that way, lxml can write it where it
does so rightly, and nobody has to build nodes.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from lxml import etree

from docexchange.signing.errors import malformed
from docexchange.signing.xmldsig.canonical import canonical_chunks
from docexchange.signing.xmldsig.nodes import Kind, NodeSet, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from lxml.etree import _Element

    from docexchange.signing.xmldsig.canonical import Method
    from docexchange.signing.xmldsig.nodes import Node

__all__ = ["Octets", "Selection", "Source"]

_BRANCHES: Final = 8
"""Subtrees that are taken by themselves; every one costs its ancestors anew."""


@dataclass(frozen=True, slots=True)
class Octets:
    """Octets, in pieces."""

    chunks: Callable[[], Iterable[bytes]]
    """Gives them; can be asked again."""


class Source:
    """A parsed document and what there is to know about it.

    Args:
        root: its top element.
        most: nodes that may be selected from.
        streams: text that is not in the tree, by the element whose text it is.
    """

    def __init__(
        self,
        root: _Element,
        *,
        most: int,
        streams: Mapping[_Element, Callable[[], Iterable[bytes]]] | None = None,
    ) -> None:
        self.root = root
        self.most = most
        self.streams = streams or {}
        self._tree: Tree | None = None
        self._branches = 0

    @property
    def tree(self) -> Tree:
        """Its nodes; made once, when somebody needs them.

        Raises:
            Refusal: there are too many.
        """
        if self._tree is None:
            self._tree = Tree(self.root, most=self.most)
        return self._tree

    def text_of(self, node: Node) -> Iterable[bytes]:
        """The text of a text node, from wherever it is."""
        stream = self.streams.get(node.parent.element) if node.parent else None  # type: ignore[arg-type]
        return (node.value.encode(),) if stream is None else stream()

    @cached_property
    def opaque(self) -> frozenset[int]:
        """Numbers of the text nodes whose text is not in the tree."""
        nodes = (self.tree.node_of(element) for element in self.streams)
        return frozenset(
            child.order for node in nodes for child in node.children if child.kind is Kind.TEXT
        )

    def branch(self, element: _Element) -> Tree:
        """The nodes of one subtree with what it inherits; of the whole, when many are asked for."""
        self._branches += 1
        if self._tree is not None or self._branches > _BRANCHES:
            return self.tree
        return Tree(element, most=self.most, only=True)

    def has_streams(self, apex: _Element | None) -> bool:
        """Whether there is text in a subtree that is not in the tree."""
        if not self.streams or apex is None:
            return bool(self.streams)
        return any(element in self.streams for element in apex.iter("*"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Some of the nodes of a document."""

    source: Source
    """The document."""
    apex: _Element | None = None
    """The subtree; None for the whole document."""
    comments: bool = False
    """Whether comments are in it."""
    without: tuple[_Element, ...] = ()
    """Subtrees that are left out."""
    chosen: NodeSet | None = field(default=None, repr=False)
    """The set itself, where it is no longer one of subtrees."""

    @property
    def exact(self) -> bool:
        """Whether all of the subtree is in it, but for comments and what is left out by name."""
        return self.chosen is None

    def less(self, element: _Element) -> Selection:
        """The same without a subtree."""
        if self.chosen is not None:
            tree = self.source.tree
            return replace(self, chosen=self.chosen.without(tree.node_of(element)))
        return replace(self, without=(*self.without, element))

    def tops(self) -> list[_Element]:
        """The elements that stand in it under none that does."""
        if self.chosen is None:
            return [self.source.root if self.apex is None else self.apex]
        marks = self.chosen.marks
        return [
            node.element
            for node in self.chosen.tree.ordered
            if node.element is not None
            and marks[node.order]
            and not (node.parent and marks[node.parent.order])
        ]

    def nodes(self) -> NodeSet:
        """The set, over all nodes of the document.

        Raises:
            Refusal: the document has too many nodes.
        """
        return self.chosen or self._nodes(self.source.tree)

    def _nodes(self, tree: Tree) -> NodeSet:
        apex = tree.root if self.apex is None else tree.node_of(self.apex)
        found = NodeSet.of_subtree(tree, apex, comments=self.comments)
        for element in self.without:
            try:
                found = found.without(tree.node_of(element))
            except KeyError:
                continue  # outside the subtree
        return found

    def canonical(self, method: Method) -> Iterator[bytes]:
        """Its canonical octets in pieces.

        Raises:
            Refusal: it has none, or the document has too many nodes.
        """
        if self._lxml_is_right(method):
            yield _by_lxml(self, method)
            return
        source, apex = self.source, self.apex
        if self.chosen is not None:
            yield from canonical_chunks(self.chosen, method, source.streams)
        else:
            tree = source.tree if apex is None else source.branch(apex)
            top = None if apex is None else tree.node_of(apex)
            yield from canonical_chunks(self._nodes(tree), method, source.streams, top=top)

    def _lxml_is_right(self, method: Method) -> bool:
        """It knows no set of nodes, no list of prefixes, and nothing that a subtree inherits."""
        return (
            self.chosen is None
            and not method.prefixes
            and (self.apex is None or method.form.exclusive)
            and not self.source.has_streams(self.apex)
        )


def _by_lxml(selection: Selection, method: Method) -> bytes:
    whole = selection.apex is None
    apex = selection.source.root.getroottree().getroot() if whole else selection.apex
    assert apex is not None  # noqa: S101 - one of the two it is
    if any(element in selection.without for element in (apex, *apex.iterancestors())):
        return b""
    if selection.without:
        apex = _copy_without(apex, selection.without, whole=whole)
    try:
        return etree.tostring(
            apex.getroottree() if whole else apex,
            method="c14n",
            exclusive=method.form.exclusive,
            with_comments=method.form.comments and selection.comments,
        )
    except etree.C14NError as error:
        raise malformed(
            f"expected XML that has a canonical form, found {apex.tag!r} without one: a "
            "namespace in force there is a relative URI"
        ) from error


def _copy_without(apex: _Element, without: tuple[_Element, ...], *, whole: bool) -> _Element:
    """A copy, for the tree itself belongs to the caller; whatever cannot be left out is not in."""
    paths = [path for path in (_path(apex, element) for element in without) if path is not None]
    # The copy of an element comes without the comments and instructions around it.
    made = copy.deepcopy(apex.getroottree()).getroot() if whole else copy.deepcopy(apex)
    found = [_at(made, path) for path in paths]
    for element in found:
        _drop(element)
    return made


def _path(apex: _Element, element: _Element) -> list[int] | None:
    """Places of children that lead down to an element; None where they do not."""
    path: list[int] = []
    at: _Element | None = element
    while at is not None and at is not apex:
        above = at.getparent()
        if above is not None:
            path.append(above.index(at))
        at = above
    return path[::-1] if at is apex and path else None


def _at(apex: _Element, path: list[int]) -> _Element:
    for place in path:
        apex = apex[place]
    return apex


def _drop(element: _Element) -> None:
    """Take an element out, and leave the text behind it."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail
    if parent is None:
        return
    parent.remove(element)
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
