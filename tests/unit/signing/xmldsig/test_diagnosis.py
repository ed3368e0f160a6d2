"""Why a digest does not hold: told within a budget, and only where it is sure."""

from __future__ import annotations

import hashlib

import pytest
from lxml import etree
from signing_help import SHA256

from docexchange.envelope import Attachment
from docexchange.signing.xmldsig.algorithms import Canonicalization
from docexchange.signing.xmldsig.canonical import Method
from docexchange.signing.xmldsig.diagnosis import Diagnosis, made_up
from docexchange.signing.xmldsig.element import Reference
from docexchange.signing.xmldsig.selection import Selection, Source


def reference(digest: bytes) -> Reference:
    """One with this digest."""
    return Reference(
        identity="",
        uri="#b",
        type="",
        transforms=(),
        digest_method=SHA256,
        digest_value=digest,
    )


def document(filling: int = 0) -> etree._Element:
    """A part that each canonical form writes otherwise, in a document of so many elements more."""
    return etree.fromstring(
        '<a xmlns:u="urn:unused" xml:id="i" xml:base="x/"><b xml:base="../y/">'
        f"<!--c-->text</b>{'<f/>' * filling}</a>"
    )


@pytest.mark.parametrize("form", Canonicalization)
def test_the_form_under_which_it_holds_is_named(form: Canonicalization) -> None:
    """Each of the six, for a part of a document."""
    root = document()
    part = Selection(source=Source(root, most=1000), apex=root[0], comments=True)
    octets = b"".join(part.canonical(Method(form)))
    told = Diagnosis().of(reference(hashlib.sha256(octets).digest()), root[0])
    assert told == f"it holds under {form.label}: the sender names one form and digests another"


def test_what_nobody_can_say_is_not_said() -> None:
    """Of a part, of a file, and of nodes that a transform chose."""
    digest = reference(hashlib.sha256(b"something else").digest())
    file = Attachment.from_bytes(b"file", name="f")
    for target in (document()[0], file, None):
        assert Diagnosis().of(digest, target) == ""


def test_the_text_of_a_file_is_tried() -> None:
    """Some digest the base64 that they have before them."""
    file = Attachment.from_bytes(b"file", name="f")
    told = Diagnosis().of(reference(hashlib.sha256(b"ZmlsZQ==").digest()), file)
    assert "it holds over the base64 text" in told


def test_a_large_document_is_not_tried() -> None:
    """A forger must not have us write it six times more."""
    root = document(filling=20_000)
    octets = etree.tostring(root[0], method="c14n")
    assert Diagnosis().of(reference(hashlib.sha256(octets).digest()), root[0]) == ""


def test_the_budget_is_one_for_all_references() -> None:
    """Sixteen megabytes of text are gone through once, and then no more."""
    file = Attachment.from_bytes(bytes(10_000_000), name="f")
    text = hashlib.sha256(b"AAAA" * (9_999_999 // 3) + b"AA==").digest()
    diagnosis = Diagnosis()
    assert "base64" in diagnosis.of(reference(text), file)
    assert diagnosis.of(reference(text), file) == ""


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (b"", "a placeholder of 0 octets"),
        (b"123456789", "a placeholder of 9 octets"),
        (bytes(32), "a placeholder: 32 octets that are all alike"),
        (b"1234567890", ""),
        (hashlib.sha256(b"").digest(), ""),
    ],
)
def test_what_stands_in_the_place_of_a_value_is_named(octets: bytes, told: str) -> None:
    """Too short for anything, or all alike."""
    assert made_up(octets) == told


def test_a_placeholder_of_a_digest_is_named_whatever_it_is_over() -> None:
    """Zeros, and the digest of nothing."""
    assert "all alike" in Diagnosis().of(reference(bytes(32)), None)
    empty = reference(hashlib.sha256(b"").digest())
    assert Diagnosis().of(empty, None) == "it is the digest of nothing: a placeholder"
