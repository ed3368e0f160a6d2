"""Our own canonical XML, held to lxml's where lxml is right."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import Canonicalization
from docexchange.signing.xmldsig.canonical import Method, canonical, canonical_chunks
from docexchange.signing.xmldsig.nodes import NodeSet, Tree
from docexchange.signing.xmldsig.selection import Selection, Source

INCLUSIVE, EXCLUSIVE = Canonicalization.INCLUSIVE, Canonicalization.EXCLUSIVE
LXML = [item for item in Canonicalization if not item.version_11]
TEXT = st.text("aé<>&\"'\r\n\t ", max_size=6)
SPACES = st.sampled_from([None, "", "p", "q"])


@st.composite
def elements(draw: Any, depth: int = 3) -> Any:
    """A tree with namespaces declared, used, hidden and doubled."""
    bound = {prefix: f"urn:{prefix}{draw(st.integers(0, 1))}" for prefix in draw(st.sets(SPACES))}
    nsmap: dict[Any, str] = {prefix or None: uri for prefix, uri in bound.items()}
    prefix = draw(st.sampled_from([*nsmap, ""]))
    name = f"{{{nsmap[prefix]}}}a" if nsmap.get(prefix) else "a"
    element = etree.Element(name, nsmap=nsmap)
    element.text = draw(TEXT)
    for key in draw(st.sets(st.sampled_from(["x", "y", *(p for p in nsmap if p)]))):
        element.set(f"{{{nsmap[key]}}}n" if key in nsmap else key, draw(TEXT))
    for _ in range(draw(st.integers(0, 3 if depth else 0))):
        kind = draw(st.integers(0, 5))
        child = (
            etree.Comment("c")
            if kind == 0
            else etree.ProcessingInstruction("i", "x ")
            if kind == 1
            else draw(elements(depth=depth - 1))
        )
        child.tail = draw(TEXT)
        element.append(child)
    return element


# As a parser makes them: lxml lets one build what no XML says.
documents = elements().map(lambda root: etree.fromstring(etree.tostring(root)))


def ours(root: Any, form: Canonicalization, apex: Any = None) -> bytes:
    """By our own writer, over all nodes or a subtree."""
    tree = Tree(root, most=10_000)
    top = tree.root if apex is None else tree.node_of(apex)
    return canonical(NodeSet.of_subtree(tree, top, comments=True), Method(form))


@given(documents)
def test_whole_documents_are_as_lxml_writes_them(root: Any) -> None:
    """In each of the forms that it has."""
    for form in LXML:
        expected = etree.tostring(
            root, method="c14n", exclusive=form.exclusive, with_comments=form.comments
        )
        assert ours(root, form) == expected


@given(documents, st.integers(0, 50))
def test_exclusive_subtrees_are_as_lxml_writes_them(root: Any, place: int) -> None:
    """Of any element in the document."""
    found = list(root.iter("*"))
    apex = found[place % len(found)]
    expected = etree.tostring(apex, method="c14n", exclusive=True, with_comments=False)
    assert ours(root, EXCLUSIVE, apex) == expected


@given(documents, st.integers(0, 50), st.integers(0, 50))
def test_what_lxml_writes_and_what_we_write_is_the_same_selection(
    root: Any, place: int, gap: int
) -> None:
    """With a subtree left out: the way by a copy for lxml, and the way by nodes."""
    found = list(root.iter("*"))
    source = Source(root, most=10_000)
    gone, apex = found[gap % len(found)], found[place % len(found)]
    for top, forms in ((None, LXML), (apex, [EXCLUSIVE, Canonicalization.EXCLUSIVE_COMMENTS])):
        selection = Selection(source=source, apex=top, comments=True).less(gone)
        chosen = Selection(source=source, chosen=selection.nodes(), comments=True)
        for form in forms:
            fast = b"".join(selection.canonical(Method(form)))
            assert fast == b"".join(chosen.canonical(Method(form)))


@given(documents, st.integers(0, 50))
def test_a_branch_is_the_same_as_the_whole_tree(root: Any, place: int) -> None:
    """A subtree with what it inherits, without building nodes for the rest."""
    found = list(root.iter("*"))
    apex = found[place % len(found)]
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "vi")
    for form in Canonicalization:
        selection = Selection(source=Source(root, most=10_000), apex=apex, comments=True)
        assert b"".join(selection.canonical(Method(form))) == ours(root, form, apex)


def test_what_a_subtree_inherits() -> None:
    """1.0 takes over all of xml:…, 1.1 joins bases and leaves the id, exclusive takes nothing."""
    root = etree.fromstring(
        '<a xml:lang="vi" xml:id="i" xml:base="http://h/x/" xmlns:u="urn:u">'
        '<b xml:base="y/"><c/></b></a>'
    )
    apex = root[0][0]
    assert ours(root, INCLUSIVE, apex) == (
        b'<c xmlns:u="urn:u" xml:base="y/" xml:id="i" xml:lang="vi"></c>'
    )
    assert ours(root, Canonicalization.INCLUSIVE_11, apex) == (
        b'<c xmlns:u="urn:u" xml:base="http://h/x/y/" xml:lang="vi"></c>'
    )
    assert ours(root, EXCLUSIVE, apex) == b"<c></c>"


def test_a_list_of_prefixes_is_written_as_inclusive_forms_do() -> None:
    """Exclusive canonical XML, clause 2.1: ``PrefixList``."""
    root = etree.fromstring('<a xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q"><q:b/></a>')
    tree = Tree(root, most=100)
    nodes = NodeSet.of_subtree(tree, tree.node_of(root[0]), comments=False)
    for prefixes, expected in (
        (set(), b'<q:b xmlns:q="urn:q"></q:b>'),
        ({"p"}, b'<q:b xmlns:p="urn:p" xmlns:q="urn:q"></q:b>'),
        ({""}, b'<q:b xmlns="urn:d" xmlns:q="urn:q"></q:b>'),
        ({"none"}, b'<q:b xmlns:q="urn:q"></q:b>'),
    ):
        assert canonical(nodes, Method(EXCLUSIVE, frozenset(prefixes))) == expected


def test_two_prefixes_of_one_namespace_are_kept_apart() -> None:
    """Lxml does not tell the prefix of an attribute; the octets have the one that was written."""
    root = etree.fromstring('<a xmlns:p="urn:x" xmlns:q="urn:x" q:n="1" p:m="2"/>')
    assert ours(root, INCLUSIVE) == etree.tostring(root, method="c14n")


def test_text_from_elsewhere_is_written_with_one_kind_of_line_end() -> None:
    """Also where a chunk ends between the two halves of one."""
    root = etree.fromstring("<a><b>0</b><c>1</c></a>")
    streams = {root[0]: lambda: [b"x\r", b"\ny\r", b"z", b"", b"\r"]}
    tree = Tree(root, most=100)
    nodes = NodeSet.of_subtree(tree, tree.root, comments=False)
    made = b"".join(canonical_chunks(nodes, Method(INCLUSIVE), streams))
    assert made == b"<a><b>x\ny\nz\n</b><c>1</c></a>"


def test_a_relative_namespace_is_refused_by_both_ways() -> None:
    """C14N 1.0, clause 1.3."""
    root = etree.fromstring('<a><b xmlns:r="relative" r:x="1"/></a>')
    with pytest.raises(Refusal, match="relative URI"):
        ours(root, EXCLUSIVE)
    with pytest.raises(Refusal, match="relative URI"):
        list(Selection(source=Source(root, most=10)).canonical(Method(EXCLUSIVE)))
