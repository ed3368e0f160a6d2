"""Canonical octets."""

from __future__ import annotations

import pytest
from lxml import etree

from docexchange.signing import SubIndication
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.c14n import exclusive

ROOT = etree.fromstring(
    '<a:r xmlns:a="urn:a" xmlns:b="urn:b" xmlns="urn:d" xml:lang="vi">'
    '<a:x b:z="1" a="2" ><!-- c -->\u1ea1&amp;&#13;<y/><?p i?></a:x> tail</a:r>'
)


def test_an_element_in_its_document_is_canonicalised_alone() -> None:
    """Only namespaces that are used, sorted attributes, no comments, no tail, nothing inherited."""
    expected = (
        '<a:x xmlns:a="urn:a" xmlns:b="urn:b" a="2" b:z="1">\u1ea1&amp;&#xD;'
        '<y xmlns="urn:d"></y><?p i?></a:x>'
    )
    assert exclusive(ROOT[0]) == expected.encode()


def test_the_surroundings_do_not_matter() -> None:
    """The same element under another parent has the same octets: relaying breaks nothing."""
    moved = etree.fromstring(
        '<q:q xmlns:q="urn:q" xmlns="urn:other"><a:x xmlns:a="urn:a"><y xmlns="urn:d"/></a:x></q:q>'
    )
    alone = etree.fromstring('<a:x xmlns:a="urn:a"><y xmlns="urn:d"/></a:x>')
    assert exclusive(moved[0]) == exclusive(alone)


@pytest.mark.parametrize(
    "xml",
    [
        '<r xmlns:q="relative"><x/></r>',
        '<r><x xmlns:q="relative"/></r>',
        '<r><x><q:y xmlns:q="a/b"/></x></r>',
    ],
)
def test_a_relative_namespace_has_no_canonical_form(xml: str) -> None:
    """C14N 1.0, clause 1.3: an implementation must report it."""
    with pytest.raises(Refusal, match="relative URI") as caught:
        exclusive(etree.fromstring(xml)[0])
    assert caught.value.sub_indication is SubIndication.FORMAT_FAILURE
