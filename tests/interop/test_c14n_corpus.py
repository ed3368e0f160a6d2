"""Canonical XML to the octet: the W3C's, Apache's and Merlin Hughes' known answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from dsig_help import CORPORA, beside, digested, document_of, lenient
from lxml import etree

from docexchange.envelope.names import DS
from docexchange.signing import VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import Canonicalization
from docexchange.signing.xmldsig.bases import without_dots
from docexchange.signing.xmldsig.budget import Budget
from docexchange.signing.xmldsig.canonical import Method, canonical
from docexchange.signing.xmldsig.examine import examine_signature
from docexchange.signing.xmldsig.keys import KnownKeys
from docexchange.signing.xmldsig.nodes import NodeSet, Tree
from docexchange.signing.xmldsig.xpath import Context, Run, parse

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.corpora

FOLDER: Final = CORPORA / "c14n"
W3C: Final = FOLDER / "w3c-c14n11"
SIGNED: Final = FOLDER / "w3c-xmldsig"
APACHE: Final = FOLDER / "apache"
NAMES: Final = {"ietf": "http://www.ietf.org", "w3c": "http://www.w3.org"}
SUBTREE: Final = "(//. | //@* | //namespace::*)[ancestor-or-self::{}]"
DTD: Final = "expected no document type declaration"
"""Our parser refuses every DTD; the octets of these are held to through their XPath instead."""


def selected(root: Any, xpath: str) -> NodeSet:
    """The nodes of an expression over a whole document."""
    tree = Tree(root, most=100_000)
    ids = {
        item.value: node
        for node in tree.ordered
        for item in node.attributes
        if item.name in {"id", "Id"}
    }
    budget = Budget(1_000_000, limit="signature_steps", unit="steps")
    text = re.sub(r"<!--.*?-->", "", xpath, flags=re.DOTALL)
    run = Run(tree=tree, budget=budget, ids=ids)
    found = parse(text, NAMES).evaluate(Context(tree.root, run))
    marks = bytearray(len(tree))
    assert isinstance(found, list)
    for node in found:
        marks[node.order] = 1
    return NodeSet(tree, marks)


def whole(root: Any) -> NodeSet:
    """All nodes of a document."""
    tree = Tree(root, most=100_000)
    return NodeSet.of_subtree(tree, tree.root, comments=True)


def w3c_cases() -> list[tuple[Path, Path, Path]]:
    """Input, XPath and octets; those without an XPath of their own name are in the next one."""
    found = []
    for output in sorted(W3C.glob("*.output")):
        stem = re.sub("-(IAIK|IBM|SUN|UPC)$", "", output.stem)
        stem = {"xmlbase-c14n11spec-103": "xmlbase-c14n11spec3-103"}.get(stem, stem)
        stem = {"xmlbase-prop-102": "xmlbase-c14n11spec2-102"}.get(stem, stem)
        source = re.sub(r"-\d+$", "", stem)
        found.append((W3C / f"{source}-input.xml", W3C / f"{stem}.xpath", output))
    return found


@pytest.mark.parametrize(("source", "xpath", "output"), w3c_cases(), ids=lambda path: path.name)
def test_canonical_xml_11_of_the_w3c(source: Path, xpath: Path, output: Path) -> None:
    """All vendors' outputs; one of them is by mistake the signature instead of what it signs."""
    expected = output.read_bytes()
    if output.name == "xmlbase-c14n11spec2-102-UPC.output":
        assert b"<SignedInfo>" in expected
        expected = (W3C / "xmlbase-c14n11spec2-102.output").read_bytes()
    if output.name == "xmlbase-prop-102-UPC.output":  # its editor closed the last line
        expected = expected.removesuffix(b"\n")
    nodes = selected(lenient(source), xpath.read_text())
    assert canonical(nodes, Method(Canonicalization.INCLUSIVE_11)) == expected


PLAIN, COMMENTS = Canonicalization.INCLUSIVE, Canonicalization.INCLUSIVE_COMMENTS
EXCLUSIVE: Final = Canonicalization.EXCLUSIVE
E3: Final = (
    "(//. | //@* | //namespace::*)[self::ietf:e1 or (parent::ietf:e1 and not(self::text() or "
    "self::e2)) or count(id('E3')|ancestor-or-self::node()) = count(ancestor-or-self::node())]"
)
PAIRS: Final = [
    *((f"in/{n}_input.xml", "", f"in/{n}_c14n.xml", PLAIN) for n in range(31, 37)),
    ("in/31_input.xml", "", "in/31_c14n-comments.xml", COMMENTS),
    ("in/37_input.xml", "in/37_subset.xpath", "in/37_c14n.xml", PLAIN),
    ("in/38_input.xml", E3, "in/38_c14n.xml", Canonicalization.INCLUSIVE_11),
    ("in/34_input_validatingParser.xml", "", "in/34_c14n_validatingParser.xml", PLAIN),
    (
        "in/default_ns_redefinition_input.xml",
        SUBTREE.format("*[@Id]"),
        "in/default_ns_redefinition_c14n.xml",
        PLAIN,
    ),
    (
        "inExcl/example2_2_1.xml",
        SUBTREE.format("*[local-name()='elem2']"),
        "inExcl/example2_2_1_c14nized.xml",
        PLAIN,
    ),
    (
        "inExcl/example2_2_2.xml",
        SUBTREE.format("*[local-name()='elem2']"),
        "inExcl/example2_2_2_c14nized.xml",
        PLAIN,
    ),
    *(
        (
            f"inExcl/example2_2_{n}.xml",
            SUBTREE.format("*[local-name()='elem2']"),
            "inExcl/example2_2_c14nized_exclusive.xml",
            EXCLUSIVE,
        )
        for n in (1, 2)
    ),
    (
        "inExcl/example2_2_3.xml",
        SUBTREE.format("p"),
        "inExcl/example2_2_3_c14nized_exclusive.xml",
        EXCLUSIVE,
    ),
    (
        "inExcl/example2_4.xml",
        SUBTREE.format("*[local-name()='elem2']"),
        "inExcl/example2_4_c14nized.xml",
        EXCLUSIVE,
    ),
    (
        "inExcl/plain-soap-1.1.xml",
        SUBTREE.format("*[local-name()='Body']"),
        "inExcl/plain-soap-c14nized.xml",
        EXCLUSIVE,
    ),
]


@pytest.mark.parametrize(("source", "xpath", "output", "form"), PAIRS, ids=str)
def test_pairs_of_apache(source: str, xpath: str, output: str, form: Canonicalization) -> None:
    """The examples of the three standards, DTDs and all."""
    root = lenient(APACHE / source)
    text = (APACHE / xpath).read_text() if xpath.endswith(".xpath") else xpath
    nodes = selected(root, text) if text else whole(root)
    assert canonical(nodes, Method(form)) == (APACHE / output).read_bytes()


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
    expected = why.get(file.stem, DTD if "spec" in file.stem else "")
    if not result.intact:
        assert expected
        assert expected in str(result.refusal)


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
    refused = {"spec-102": DTD, "spec2-102": DTD, "xpointerscheme-1": "xpointer"}
    why = next((why for mark, why in refused.items() if f"{mark}-IAIK" in stem), "")
    if why:
        with pytest.raises(Refusal, match=why):
            digested(document, element)
        return
    for number, made in enumerate(digested(document, element)[:-1]):
        expected = path.with_name(f"{stem}-ref{number}.digestinput").read_bytes()
        assert made == expected
