"""Transforms in their order: from what a reference points to, to the octets that are digested.

Each step takes octets or nodes and gives octets or nodes; between two that do not fit, octets are
parsed and nodes are written (XMLDSig 1.1, clause 4.4.3.2). Only what the policy lists is done, and
all of it within a budget.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from lxml import etree

from docexchange.envelope.attachments.attachment import Attachment
from docexchange.envelope.attachments.base64_stream import decode_spaced
from docexchange.envelope.names import DS
from docexchange.errors import UnreadableInput
from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import (
    BASE64,
    ENVELOPED,
    EXCLUSIVE_C14N,
    FILTER2,
    RELATIONSHIP,
    XPATH,
    XPOINTER,
    XSLT,
    Canonicalization,
    name_of,
)
from docexchange.signing.xmldsig.budget import Budget
from docexchange.signing.xmldsig.canonical import Method
from docexchange.signing.xmldsig.deviations import Deviation
from docexchange.signing.xmldsig.foreign_xml import parse_foreign
from docexchange.signing.xmldsig.nodes import Kind, Node, NodeSet
from docexchange.signing.xmldsig.references import element_ids
from docexchange.signing.xmldsig.relationships import chosen_relationships
from docexchange.signing.xmldsig.selection import Octets, Selection, Source
from docexchange.signing.xmldsig.xpath import Context, Run, boolean, parse
from docexchange.signing.xmldsig.xpointer import read_xpointer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lxml.etree import _Element

    from docexchange.signing.xmldsig.documents import SignedDocument
    from docexchange.signing.xmldsig.element import Transform
    from docexchange.signing.xmldsig.xpath.expressions import Expression

__all__ = ["Pipeline", "Resource", "method_of"]

Resource = Selection | Octets | Attachment
_INCLUDED: Final = f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces"
_XPATH: Final = f"{{{DS}}}XPath"
_XPOINTER: Final = f"{{{XPOINTER}}}XPointer"
_FILTER: Final = f"{{{FILTER2}}}XPath"
_IMPLIED: Final = Method(Canonicalization.INCLUSIVE)
"""What writes nodes where no transform says how (XMLDSig 1.1, clause 4.4.3.2)."""


def method_of(transform: Transform) -> Method:
    """How a ``CanonicalizationMethod`` or such a ``Transform`` writes.

    Raises:
        Refusal: it is no canonical form, or its parameters are none.
    """
    try:
        form = Canonicalization(transform.algorithm)
    except ValueError:
        raise _refused(transform.algorithm, "canonical XML") from None
    if not transform.has_parameters or transform.element is None:
        return Method(form)
    inside = list(transform.element)
    if not form.exclusive or [item.tag for item in inside] != [_INCLUDED]:
        raise malformed(f"expected no parameters but InclusiveNamespaces in {form.label}")
    words = (inside[0].get("PrefixList") or "").split()
    return Method(form, frozenset("" if word == "#default" else word for word in words))


def _refused(uri: str, expected: str) -> Refusal:
    return Refusal(
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        f"expected {expected}, found {name_of(uri)}",
        code="signature.transform",
        advice="The signature is of a kind that this policy does not accept.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Runs the transforms of one signature, within one budget."""

    document: SignedDocument
    """The document the signature is in."""
    signature: _Element
    """The signature: what ``enveloped-signature`` leaves out."""
    allowed: frozenset[str]
    """URIs of transforms that are done."""
    deviations: frozenset[Deviation] = frozenset()
    """What is taken of XML that the one parser refuses."""
    steps: Budget = field(repr=False)
    """For XPath."""
    octets: Budget = field(repr=False)
    """For octets that are written."""

    @classmethod
    def of(
        cls,
        document: SignedDocument,
        signature: _Element,
        allowed: frozenset[str],
        *,
        deviations: frozenset[Deviation] = frozenset(),
    ) -> Pipeline:
        """One with the budgets of the document's limits."""
        limits = document.limits
        return cls(
            document=document,
            signature=signature,
            allowed=allowed,
            deviations=deviations,
            steps=Budget(limits.signature_steps, limit="signature_steps", unit="steps of XPath"),
            # Attachments in the text are wanted once or twice, however large they are.
            octets=Budget(
                limits.signed_bytes + 3 * document.stream_bytes,
                limit="signed_bytes",
                unit="canonical octets",
            ),
        )

    def run(self, resource: Resource, transforms: Sequence[Transform]) -> Resource:
        """Apply transforms to what a reference points to.

        Raises:
            Refusal: one of them is not allowed, does not fit, or costs too much.
        """
        most = self.document.limits.transforms
        if len(transforms) > most:
            raise malformed(f"expected at most {most} transforms, found {len(transforms)}")
        for transform in transforms:
            if transform.algorithm not in self.allowed:
                raise _refused(transform.algorithm, "transforms that the policy allows")
            step = _STEPS.get(transform.algorithm)
            if step is None:
                resource = self._canonical(resource, method_of(transform))
            else:
                resource = step(self, resource, transform)
        return resource

    def chunks(self, resource: Resource) -> Iterator[bytes]:
        """The octets of what came out at the end."""
        if isinstance(resource, Selection):
            yield from self._written(resource, _IMPLIED)
        else:
            yield from resource.chunks()

    def _canonical(self, resource: Resource, method: Method) -> Octets:
        selection = self._nodes(resource)
        return Octets(lambda: self._written(selection, method))

    def _written(self, selection: Selection, method: Method) -> Iterator[bytes]:
        for piece in selection.canonical(method):
            self.octets.spend(len(piece))
            yield piece

    def _nodes(self, resource: Resource) -> Selection:
        """Octets become the nodes of a document of their own, comments and all."""
        if isinstance(resource, Selection):
            return resource
        most = self.document.limits.signature_nodes
        return Selection(source=Source(self._parsed(resource), most=most), comments=True)

    def _parsed(self, resource: Resource) -> _Element:
        try:
            return parse_foreign(self._read(resource), self.document.limits, self.deviations)
        except UnreadableInput as error:
            raise malformed(f"expected XML before a transform that needs it: {error}") from error

    def _set(self, selection: Selection) -> NodeSet:
        """The nodes one by one: it costs a look at all of the document, however few they are."""
        tree = selection.source.tree
        self.steps.spend(len(tree.ordered) + len(tree) // 64)
        return selection.nodes()

    def _read(self, resource: Resource) -> bytes:
        """All octets at once, for transforms that cannot do with less."""
        most, size, pieces = self.document.limits.skeleton_bytes, 0, []
        for piece in self.chunks(resource):
            size += len(piece)
            if size > most:
                raise malformed(f"expected at most {most} octets to transform, found more")
            pieces.append(piece)
        return b"".join(pieces)

    # --- the steps ---

    def enveloped(self, resource: Resource, transform: Transform) -> Resource:
        """All but the signature (XMLDSig 1.1, clause 6.6.4)."""
        if transform.has_parameters:
            raise malformed("expected no parameters in enveloped-signature, found some")
        if not isinstance(resource, Selection) or resource.source is not self.document.source:
            raise malformed(
                "expected enveloped-signature over the document of the signature, found it over "
                "something else"
            )
        return resource.less(self.signature)

    def base64(self, resource: Resource, _transform: Transform) -> Resource:
        """Decoded (clause 6.6.2); of nodes, their text."""
        if isinstance(resource, Selection):
            nodes = self._set(resource)
            texts = (
                resource.source.text_of(node)
                for node in nodes.tree.ordered
                if node.kind is Kind.TEXT and node.order in nodes
            )
            data = self._read(Octets(lambda: chain.from_iterable(texts))).decode()
        else:
            data = self._read(resource).decode("ascii", "replace")
        try:
            octets = decode_spaced(data)
        except ValueError as error:
            raise malformed(f"expected base64 to decode, found {data[:40]!r}") from error
        return Octets(lambda: iter((octets,)))

    def xpath(self, resource: Resource, transform: Transform) -> Resource:
        """The nodes for which an expression is true (clause 6.6.3)."""
        selection = self._nodes(resource)
        found = [] if transform.element is None else list(transform.element)
        if [item.tag for item in found] != [_XPATH]:
            raise malformed("expected one XPath element in the XPath transform, found otherwise")
        expression, run = self._expression(found[0]), self._run(selection, found[0])
        nodes = self._set(selection)
        marks = bytearray(len(nodes.marks))
        for node in _every(nodes):
            self.steps.spend(1)
            marks[node.order] = boolean(expression.evaluate(Context(node, run)))
        chosen = NodeSet(nodes.tree, marks)
        return Selection(source=selection.source, chosen=chosen, comments=True)

    def filter2(self, resource: Resource, transform: Transform) -> Resource:
        """Subtrees added, taken away, or kept (XPath Filter 2.0, clause 3)."""
        selection = self._nodes(resource)
        found = [] if transform.element is None else list(transform.element)
        if not found or {item.tag for item in found} != {_FILTER}:
            raise malformed("expected XPath elements in the XPath Filter 2, found otherwise")
        if len(found) > self.document.limits.transforms:
            raise malformed(f"expected at most {self.document.limits.transforms} filters")
        tree = selection.source.tree
        chosen = NodeSet.of_subtrees(tree, [tree.root])
        for item in found:
            run = self._run(selection, item)
            value = self._expression(item).evaluate(Context(tree.root, run))
            if not isinstance(value, list):
                raise malformed("expected nodes from an XPath Filter 2, found something else")
            subtrees = NodeSet.of_subtrees(tree, value)
            self.steps.spend(len(tree) // 64)
            chosen = _JOIN[_filter_of(item)](chosen, subtrees)
        nodes = self._set(selection) & chosen
        return Selection(source=selection.source, chosen=nodes, comments=True)

    def xpointer(self, resource: Resource, transform: Transform) -> Resource:
        """The subtrees that an XPointer points to (RFC 9231)."""
        selection = self._nodes(resource)
        found = [] if transform.element is None else list(transform.element)
        if [item.tag for item in found] != [_XPOINTER]:
            raise malformed("expected one XPointer element in its transform, found otherwise")
        pointer = read_xpointer(self._text(found[0]), found[0].nsmap)
        tree = selection.source.tree
        value = pointer.evaluate(Context(tree.root, self._run(selection, found[0])))
        if not isinstance(value, list):
            raise malformed("expected an XPointer to nodes, found one to something else")
        self.steps.spend(len(tree) // 64)
        nodes = self._set(selection) & NodeSet.of_subtrees(tree, value)
        return Selection(source=selection.source, chosen=nodes, comments=True)

    def relationships(self, resource: Resource, transform: Transform) -> Resource:
        """Some relationships of an office document (ECMA-376 part 2, clause 13.2.4.24)."""
        selection = self._nodes(resource)
        if not selection.exact or selection.without or selection.apex is not None:
            raise malformed("expected the relationships transform over a whole part")
        made = chosen_relationships(selection.source.root, transform)
        return Selection(source=Source(made, most=self.document.limits.signature_nodes))

    def xslt(self, resource: Resource, transform: Transform) -> Resource:
        """A stylesheet, shut in; only a lifted policy gets here."""
        found = [] if transform.element is None else list(transform.element.iterchildren("*"))
        if len(found) != 1:
            raise malformed(f"expected one stylesheet in the XSLT transform, found {len(found)}")
        source = self._parsed(resource)
        try:
            sheet = etree.XSLT(
                copy.deepcopy(found[0]),  # with its own namespaces: as signers take it out
                access_control=etree.XSLTAccessControl.DENY_ALL,
            )
            result = bytes(memoryview(sheet(source)))  # type: ignore[arg-type]
        except (etree.XSLTError, etree.XMLSyntaxError) as error:
            raise malformed(f"expected a stylesheet that works: {error}") from error
        return Octets(lambda: iter((result,)))

    def _expression(self, element: _Element) -> Expression:
        text = self._text(element)
        return parse(text, {prefix: uri for prefix, uri in element.nsmap.items() if prefix})

    def _text(self, element: _Element) -> str:
        text, most = "".join(element.itertext()), self.document.limits.xpath_characters
        if len(element):
            raise malformed("expected only text in XPath, found elements or comments")
        if len(text) > most:
            raise malformed(f"expected XPath of at most {most} characters, found {len(text)}")
        return text

    def _run(self, selection: Selection, here: _Element) -> Run:
        own = selection.source is self.document.source
        tree = selection.source.tree
        return Run(
            tree=tree,
            budget=self.steps,
            here=tree.node_of(here) if own else None,
            ids=self.document.nodes_by_id if own else self._ids(selection.source),
            opaque=selection.source.opaque,
        )

    def _ids(self, source: Source) -> dict[str, Node]:
        """In another document only a DTD says what is an id; in its place the name does."""
        if Deviation.DTD not in self.deviations:
            return {}
        return {
            identity: source.tree.node_of(element)
            for identity, element in element_ids(source.root).items()
        }


def _every(nodes: NodeSet) -> Iterator[Node]:
    """Each node of a set, namespaces and attributes among them."""
    marks = nodes.marks
    for node in nodes.tree.ordered:
        if marks[node.order]:
            yield node
        if node.kind is Kind.ELEMENT:
            # In a document with many prefixes, namespace nodes are nearly all there is.
            if marks.find(1, node.order + 1, node.order + 1 + len(node.scope)) >= 0:
                yield from (item for item in node.namespaces() if marks[item.order])
            yield from (item for item in node.attributes if marks[item.order])


_JOIN: Final[dict[str, Callable[[NodeSet, NodeSet], NodeSet]]] = {
    "intersect": lambda left, right: left & right,
    "subtract": lambda left, right: left - right,
    "union": lambda left, right: left | right,
}


def _filter_of(element: _Element) -> str:
    name = element.get("Filter", "")
    if name not in _JOIN:
        raise malformed(f"expected intersect, subtract or union as Filter, found {name!r}")
    return name


_STEPS: Final[dict[str, Callable[[Pipeline, Resource, Transform], Resource]]] = {
    ENVELOPED: Pipeline.enveloped,
    BASE64: Pipeline.base64,
    XPATH: Pipeline.xpath,
    FILTER2: Pipeline.filter2,
    XSLT: Pipeline.xslt,
    XPOINTER: Pipeline.xpointer,
    RELATIONSHIP: Pipeline.relationships,
}
