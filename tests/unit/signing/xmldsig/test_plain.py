"""``SignedInfo`` read from its octets: the same as from the tree, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from docexchange.envelope.names import DS
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N, Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.build import (
    element_methods,
    key_info_octets,
    octets_methods,
    reference_xml,
    signature_octets,
    signed_info_octets,
    signed_info_start,
)
from docexchange.signing.xmldsig.c14n import exclusive
from docexchange.signing.xmldsig.element import SignatureElement, read_signature
from docexchange.signing.xmldsig.plain import read_plain

ELEMENT, OCTETS = element_methods(Digest.SHA256), octets_methods(Digest.SHA256)
VALUES = [bytes(32), bytes(range(32)), b"\xff" * 32]
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
START = signed_info_start(SignatureAlgorithm.RSA_SHA256)
REFERENCES = [
    reference_xml("#m-1", ELEMENT, VALUES[0], identity="s-0"),
    reference_xml("cid:7", OCTETS, VALUES[1]),
    reference_xml("#p", ELEMENT, VALUES[2], kind=PROPERTIES),
]
INFO = signed_info_octets(START, REFERENCES).decode()
TRANSFORM = f'<ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform>'
PIECES = [
    *("\n  ", "x", "&amp;", "&#13;", "é", "<!--c-->", "<?p i?>", "<ds:Transforms></ds:Transforms>"),
    *('<ds:DigestMethod Algorithm="a"></ds:DigestMethod>', "<ds:DigestValue>AAAA</ds:DigestValue>"),
    *("</ds:Reference><ds:Reference>", "<ds:Reference>", "</ds:Reference>", ' URI="#q"', ' Id="i"'),
    *(TRANSFORM, ' xmlns="urn:x"', "<x/>", "</ds:SignedInfo>", "AAAA", "=", '"', ">"),
]


def signature(info: str) -> Any:
    """A ``ds:Signature`` around it, parsed."""
    key_info = key_info_octets([b"c"])
    text = signature_octets("s", info.encode(), value=b"v", key_info=key_info, properties=[])
    return etree.fromstring(text)


def octets(info: str) -> bytes:
    """Canonical octets, as the reader of signatures takes them."""
    return exclusive(signature(info)[0], comments=True)


def read(info: str, *, profile: bool) -> SignatureElement | None:
    """The signature as a value, from the tree unless it is of our profile; None where refused."""
    try:
        return read_signature(signature(info), max_references=99, profile=profile)
    except Refusal:
        return None


def test_what_we_write_is_plain() -> None:
    """All of it is read, and the octets are those of the text itself."""
    found = read_plain(octets(INFO))
    assert found is not None
    assert found.octets == INFO.encode()
    assert [item.uri for item in found.references] == ["#m-1", "cid:7", "#p"]
    assert [item.identity for item in found.references] == ["s-0", "", ""]
    assert [item.digest_value for item in found.references] == VALUES
    assert [len(item.transforms) for item in found.references] == [1, 0, 1]
    assert found.references[2].type == PROPERTIES
    assert found.signature_method.algorithm == SignatureAlgorithm.RSA_SHA256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<ds:Reference ", "\n\t<ds:Reference "),
        ("<ds:SignedInfo", '<ds:SignedInfo Id="info"'),
        (TRANSFORM, ""),
        (TRANSFORM, f"{TRANSFORM}\n{TRANSFORM}"),
        (' URI="#m-1"', ""),
        (' URI="#m-1"', ' URI=""'),
        (' URI="#m-1"', ' URI="#xpointer(id(é))"'),
        ("<ds:DigestValue>", "<ds:DigestValue>\n"),
    ],
)
def test_other_plain_ones_are_read_as_from_the_tree(old: str, new: str) -> None:
    """White space, an Id, other transforms, URIs of any kind."""
    changed = INFO.replace(old, new, 1)
    found, tree = read_plain(octets(changed)), read(changed, profile=False)
    assert found is not None
    assert tree is not None
    assert found.references == tree.references
    assert found.canonicalization == tree.canonicalization


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<ds:Reference ", "<!-- comment --><ds:Reference "),
        ("<ds:Reference ", "<?do it?><ds:Reference "),
        ("<ds:Reference ", "text<ds:Reference "),
        ("<ds:Reference ", "&#13;<ds:Reference "),
        ('"#m-1"', '"#m&amp;1"'),
        ("<ds:DigestValue>", "<ds:DigestValue>A!"),
        ("<ds:DigestValue>", "<ds:DigestValue>A"),
        ("<ds:Reference ", '<ds:Reference xmlns:x="urn:x" x:y="z" '),
        (TRANSFORM, TRANSFORM.replace("></", "><ds:XPath>1</ds:XPath></")),
        (TRANSFORM, TRANSFORM.replace("></", "> </")),
        ("ds:", "dsig:"),
        ("</ds:SignedInfo>", "<x></x></ds:SignedInfo>"),
    ],
)
def test_what_is_not_plain_is_left_to_the_tree(old: str, new: str) -> None:
    """Comments, instructions, text, parameters, escapes, other prefixes and what is no base64."""
    info = INFO.replace(old, new, -1 if old == "ds:" else 1)
    info = info.replace("xmlns:ds=", "xmlns:dsig=") if old == "ds:" else info
    wrapped = f'<w xmlns:dsig="{DS}" xmlns:ds="{DS}">{info}</w>'
    assert read_plain(exclusive(etree.fromstring(wrapped)[0], comments=True)) is None


def test_none_without_references_is_plain() -> None:
    """A signature over nothing is refused by whoever reads the tree."""
    info = signed_info_octets(START, [])
    assert read_plain(octets(info.decode())) is None


edits = st.lists(
    st.tuples(st.integers(0, len(INFO)), st.integers(0, 60), st.sampled_from(["", *PIECES])),
    min_size=1,
    max_size=3,
)


@given(edits)
@example([(INFO.index("<ds:DigestMethod"), 0, "<ds:Transforms></ds:Transforms>")])
@example([(INFO.index("</ds:Reference>"), 0, "</ds:Reference><ds:Reference>")])
@example([(INFO.index("</ds:Reference>"), 0, "<!--c-->")])
def test_both_readers_agree(changes: list[tuple[int, int, str]]) -> None:
    """Cut and filled at random: one refuses what the other refuses, and reads what it reads."""
    info = INFO
    for at, cut, piece in changes:
        info = info[:at] + piece + info[at + cut :]
    try:
        quick, tree = read(info, profile=True), read(info, profile=False)
    except etree.LxmlError:
        return  # no XML
    assert (quick is None) is (tree is None)
    if quick is not None and tree is not None:
        assert quick.references == tree.references
        assert quick.signature_method == tree.signature_method
        assert quick.canonicalization == tree.canonicalization
        assert quick.octets in (b"", exclusive(quick.signed_info))
