"""The corpus of canonical XML: what we write for each case, and the octets that are expected.

``benchmarks/agreement.py`` prints it, the tests insist on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from corpora_outcome import Outcome
from dsig_help import CORPORA, lenient

from docexchange.signing.xmldsig.algorithms import Canonicalization
from docexchange.signing.xmldsig.budget import Budget
from docexchange.signing.xmldsig.canonical import Method, canonical
from docexchange.signing.xmldsig.nodes import NodeSet, Tree
from docexchange.signing.xmldsig.xpath import Context, Run, parse

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = CORPORA / "c14n"
W3C: Final = FOLDER / "w3c-c14n11"
SIGNED: Final = FOLDER / "w3c-xmldsig"
APACHE: Final = FOLDER / "apache"
NAMES: Final = {"ietf": "http://www.ietf.org", "w3c": "http://www.w3.org"}
SUBTREE: Final = "(//. | //@* | //namespace::*)[ancestor-or-self::{}]"


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


def meant(output: Path) -> bytes:
    """The octets that a file of the W3C means; two vendors made mistakes."""
    if output.name == "xmlbase-c14n11spec2-102-UPC.output":  # the signature, not what it signs
        return (W3C / "xmlbase-c14n11spec2-102.output").read_bytes()
    octets = output.read_bytes()
    if output.name == "xmlbase-prop-102-UPC.output":  # its editor closed the last line
        return octets.removesuffix(b"\n")
    return octets


def w3c_octets(source: Path, xpath: Path) -> bytes:
    """What we write for a case of the W3C."""
    nodes = selected(lenient(source), xpath.read_text())
    return canonical(nodes, Method(Canonicalization.INCLUSIVE_11))


def pair_octets(source: str, xpath: str, form: Canonicalization) -> bytes:
    """What we write for a pair of Apache's."""
    root = lenient(APACHE / source)
    text = (APACHE / xpath).read_text() if xpath.endswith(".xpath") else xpath
    nodes = selected(root, text) if text else whole(root)
    return canonical(nodes, Method(form))


def c14n(_corpora: Path) -> list[Outcome]:
    """Every file of octets of the W3C and of Apache."""
    cases = [
        (out.name, w3c_octets(source, xpath), meant(out)) for source, xpath, out in w3c_cases()
    ]
    cases += [
        (f"{output} {form.label}", pair_octets(source, xpath, form), (APACHE / output).read_bytes())
        for source, xpath, output, form in PAIRS
    ]
    return [
        Outcome(name=name, expected="pass", found="pass" if made == octets else "other octets")
        for name, made, octets in cases
    ]
