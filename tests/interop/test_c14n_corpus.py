"""Canonical XML to the octet: the W3C's, Apache's and Merlin Hughes' known answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from corpora_c14n import (
    APACHE,
    FOLDER,
    PAIRS,
    PLAIN,
    SIGNED,
    W3C,
    meant,
    pair_octets,
    w3c_cases,
    w3c_octets,
    whole,
)
from dsig_help import beside, digested, document_of, lenient
from lxml import etree

from docexchange.envelope.names import DS
from docexchange.signing import VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.bases import without_dots
from docexchange.signing.xmldsig.canonical import Method, canonical
from docexchange.signing.xmldsig.examine import examine_signature
from docexchange.signing.xmldsig.keys import KnownKeys

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.signing.xmldsig.algorithms import Canonicalization

pytestmark = pytest.mark.corpora


@pytest.mark.parametrize(("source", "xpath", "output"), w3c_cases(), ids=lambda path: path.name)
def test_canonical_xml_11_of_the_w3c(source: Path, xpath: Path, output: Path) -> None:
    """All vendors' outputs; one of them is by mistake the signature instead of what it signs."""
    assert w3c_octets(source, xpath) == meant(output)


def test_the_mistake_of_one_vendor_is_there() -> None:
    """Or it need not be put right."""
    assert b"<SignedInfo>" in (W3C / "xmlbase-c14n11spec2-102-UPC.output").read_bytes()


@pytest.mark.parametrize(("source", "xpath", "output", "form"), PAIRS, ids=str)
def test_pairs_of_apache(source: str, xpath: str, output: str, form: Canonicalization) -> None:
    """The examples of the three standards, DTDs and all."""
    assert pair_octets(source, xpath, form) == (APACHE / output).read_bytes()


def test_a_relative_namespace_has_no_canonical_form() -> None:
    """Refused, as clause 1.3 of Canonical XML 1.0 has it."""
    root = lenient(APACHE / "in/relative-ns-behaviour.xml")
    with pytest.raises(Refusal, match="relative URI"):
        canonical(whole(root), Method(PLAIN))


def test_dots_in_paths() -> None:
    """The table of appendix A of Canonical XML 1.1."""
    folder = W3C / "appendixa"
    inputs = (folder / "inputs.txt").read_text().split("\n")
    outputs = (folder / "outputs.txt").read_text().split("\n")
    assert len(inputs) > 60
    assert [without_dots(item) for item in inputs] == outputs


@pytest.mark.parametrize(
    "name",
    ["Y1/exc-signature", "Y2/signature-joseph-exc", "Y3/signature", "Y4/signature", "Y5/signature"],
)
def test_octets_of_merlin(name: str) -> None:
    """What each reference digests, and SignedInfo: 79 files of octets."""
    file = FOLDER / f"interop/{name}.xml"
    root, document = document_of(file, detached=beside(file.parent))
    for xpath in root.iter(f"{{{DS}}}XPath"):
        etree.strip_tags(xpath, etree.Comment)  # which we refuse there, see test_transforms
    octets = digested(document, next(root.iter(f"{{{DS}}}Signature")))
    expected = sorted(file.parent.glob("c14n-*.txt"), key=lambda path: int(path.stem[5:]))
    assert len(octets) >= len(expected) > 2
    for made, path in zip(octets, expected, strict=False):
        assert made == path.read_bytes(), path.name


def signed_files() -> list[Path]:
    """Signatures of the second edition's interop event, and Merlin Hughes' that are whole."""
    found = [path for path in SIGNED.rglob("*.xml") if re.search(r"-\w+-[A-Z]+\.xml", path.name)]
    return sorted(path for path in found if "template" not in path.name)


@pytest.mark.parametrize("file", signed_files(), ids=lambda path: path.stem)
def test_signatures_of_the_second_edition(file: Path) -> None:
    """Each vendor's signature holds: C14N 1.1, xpointers with comments, names of many spellings."""
    known = sorted((SIGNED / "dname/certs").glob("*.crt"))
    keys = KnownKeys(
        certificates=tuple(path.read_bytes() for path in known),
        otherwise=None if file.parent.name == "dname" else b"secret",
    )
    root, document = document_of(file, detached=beside(file.parent))
    element = next(root.iter(f"{{{DS}}}Signature"))
    policy = VerificationPolicy.unsafe_legacy()
    result = examine_signature(element, document, policy=policy, keys=keys)
    assert result.value_holds
    why = {"xpointerscheme-1-IAIK": "#xpointer(/)", "defCan-3-IAIK": "expected digest"}
    if not result.intact:
        assert why.get(file.stem, "no reason") in str(result.refusal)


def digest_inputs() -> list[Path]:
    """What was digested, as one vendor wrote it down."""
    found = sorted(SIGNED.rglob("*-ref0.digestinput"))
    # Its last transform is a stylesheet: how that writes its result, no standard says.
    return [path for path in found if not path.name.startswith("defCan-3-")]


@pytest.mark.parametrize("path", digest_inputs(), ids=lambda path: path.stem)
def test_octets_of_the_second_edition(path: Path) -> None:
    """To the octet, for every reference."""
    stem = path.name.removesuffix("-ref0.digestinput")
    file = path.with_name(f"{stem}.xml")
    root, document = document_of(file, detached=beside(file.parent))
    element = next(root.iter(f"{{{DS}}}Signature"))
    if stem == "xpointerscheme-1-IAIK":
        with pytest.raises(Refusal, match="xpointer"):
            digested(document, element)
        return
    for number, made in enumerate(digested(document, element)[:-1]):
        expected = path.with_name(f"{stem}-ref{number}.digestinput").read_bytes()
        assert made == expected
