"""``SignedProperties`` read from their octets: the same as from the tree, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from docexchange.signing.errors import Refusal
from docexchange.signing.xades.plain import read_plain
from docexchange.signing.xades.properties import (
    SignedProperties,
    format_xml,
    properties_octets,
    read_properties,
    signer_xml,
)
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.signing.xmldsig.c14n import exclusive

TEXT = properties_octets(
    "p-1",
    signing_time=datetime(2026, 3, 2, 2, tzinfo=UTC),
    signer=signer_xml(b"certificate", Digest.SHA256, role="agency"),
    formats=[format_xml("r-0", "text/xml"), format_xml("r-1", "application/pdf")],
).decode()
SECOND = "<xades:SignedSignatureProperties></xades:SignedSignatureProperties>"
PIECES = ["", "\n", "x", "<!--c-->", "<?p i?>", "&amp;", "&#13;", SECOND, "Z", "+07:00", "A", "="]


def read(text: str) -> SignedProperties | str:
    """Them as a value, or why they are refused."""
    try:
        found = read_properties(etree.fromstring(text))
    except Refusal as refusal:
        return str(refusal)
    return replace(found, target=b"", octets=b"")


def read_by_tree(text: str) -> SignedProperties | str:
    """The same, with an element beside them that keeps them from being plain."""
    return read(text.replace("</xades:SignedProperties>", "<other/></xades:SignedProperties>"))


def plain(text: str) -> Any:
    """What the pattern reads."""
    return read_plain(exclusive(etree.fromstring(text), comments=True))


def test_what_we_write_is_plain() -> None:
    """Moment, digest and role, as they stand there; and the octets are those of the text."""
    found = plain(TEXT)
    assert (found.time, found.role) == ("2026-03-02T02:00:00Z", "agency")
    assert found.digest_method == Digest.SHA256
    assert read_properties(etree.fromstring(TEXT)).octets == TEXT.encode()
    assert read(TEXT) == read_by_tree(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</xades:SignedProperties>", f"{SECOND}</xades:SignedProperties>"),
        ("<xades:SigningTime>", "<!-- c --><xades:SigningTime>"),
        ("<xades:SigningTime>", "<xades:SigningTime><!-- c -->"),
        ("<xades:MimeType>", "<xades:MimeType><!-- c -->"),
        (">agency<", "> agency<"),
        (">agency<", ">a&amp;b<"),
        ("</xades:CertDigest>", "</xades:CertDigest><xades:IssuerSerialV2/>"),
    ],
)
def test_what_is_not_plain_is_left_to_the_tree(old: str, new: str) -> None:
    """A second set of properties, comments, escapes, and what the pattern does not know."""
    changed = TEXT.replace(old, new, 1)
    assert plain(changed) is None
    assert read(changed) == read_by_tree(changed)


@given(st.integers(0, len(TEXT)), st.integers(0, 70), st.sampled_from(PIECES))
def test_both_readers_agree(at: int, cut: int, piece: str) -> None:
    """Cut and filled at random, the value is the same, and so is the reason of a refusal."""
    changed = TEXT[:at] + piece + TEXT[at + cut :]
    try:
        found = plain(changed)
    except (etree.LxmlError, Refusal):
        return
    if found is not None:
        assert read(changed) == read_by_tree(changed)
