"""The XPointer transform: one pointer, bound prefixes, nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from dsig_help import Ref, certificate_info, examined, sign_into
from lxml import etree
from signing_help import certify, private_key

from docexchange.envelope.names import DS
from docexchange.limits import Limits
from docexchange.signing import VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import XPOINTER
from docexchange.signing.xmldsig.documents import SignedDocument
from docexchange.signing.xmldsig.element import Transform
from docexchange.signing.xmldsig.transforms import Pipeline
from docexchange.signing.xmldsig.xpointer import read_xpointer

KEY = private_key("p256")
INFO = certificate_info(certify("signer", key=KEY).der)
LIFTED = VerificationPolicy.unsafe_legacy()


def pointing(*texts: str) -> str:
    """A transform with XPointers."""
    inside = "".join(f'<p:XPointer xmlns:p="{XPOINTER}">{text}</p:XPointer>' for text in texts)
    return f'<ds:Transform Algorithm="{XPOINTER}">{inside}</ds:Transform>'


def signed(*texts: str) -> Any:
    """A document whose signature covers what XPointers choose of it."""
    root = etree.fromstring('<m xmlns:q="urn:q"><q:a Id="a">1<!--c--></q:a><b Id="b">2</b></m>')
    return sign_into(root, [Ref("", (pointing(*texts),))], key=KEY, info=INFO)


@pytest.mark.parametrize(
    "text",
    [
        'xpointer(id("a"))',
        "  xpointer(id('a'))\n",
        "xmlns(x=urn:q) xpointer(//x:a)",
        "xmlns(x=urn:other) xmlns(x=urn:q)xpointer(//x:a[. = '1'])",
    ],
)
def test_what_it_points_to_is_covered_and_nothing_else(text: str) -> None:
    """The subtree; a change elsewhere does not matter."""
    element = signed(text)
    root = element.getroottree().getroot()
    assert examined(element, LIFTED).intact
    root[1].text = "changed"
    assert examined(element, LIFTED).intact
    root[0].text = "changed"
    assert examined(element, LIFTED).refusal.code == "signature.digest"


def test_only_a_policy_that_names_it_does_it() -> None:
    """Neither the default nor the one for auditors; and it never says what is covered."""
    element = signed("xpointer(id('a'))")
    for policy in (VerificationPolicy(), VerificationPolicy.general()):
        refusal = examined(element, policy).refusal
        assert refusal.code == "signature.transform"
        assert "XPointer" in str(refusal)
    lifted = replace(VerificationPolicy.general(), transforms=LIFTED.transforms)
    result = examined(element, lifted)
    assert result.intact
    assert not result.covers(element.getroottree().getroot()[0])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "element(/1/2)",
        "xpointer(id('a')) xpointer(id('b'))",
        "xpointer(id('a'))xmlns(x=urn:q)",
        "xpointer(id('a')",
        "xpointer()",
        "xpointer(id(^'a^'))",
        "xpointer(document('x'))",
        "xpointer(//y:a)",
        "xmlns(x) xpointer(//x:a)",
        "xmlns(x=urn:q)" * 50,
    ],
)
def test_other_pointers_are_refused(text: str) -> None:
    """No other scheme, no fallback, no function that XPath does not have."""
    with pytest.raises(Refusal) as caught:
        read_xpointer(text, {})
    assert caught.value.code in {"signature.format", "signature.xpath"}


def run(transform: str, limits: Limits | None = None) -> str:
    """The code with which a transform over a small document is refused."""
    root = etree.fromstring(f'<m Id="a" xmlns:ds="{DS}">{transform}</m>')
    document = SignedDocument(root, limits=limits)
    pipeline = Pipeline.of(document, root, LIFTED.transforms)
    steps = [Transform(XPOINTER, has_parameters=True, element=root[0])]
    with pytest.raises(Refusal) as caught:
        pipeline.run(document.find(""), steps)
    return caught.value.code


@pytest.mark.parametrize("texts", [(), ("xpointer(id('a'))",) * 2, ("xpointer(1)",)])
def test_one_pointer_to_nodes_is_wanted(texts: tuple[str, ...]) -> None:
    """Not none, not two, and not one to a number."""
    assert run(pointing(*texts)) == "signature.format"


def test_it_costs_what_xpath_costs() -> None:
    """A pointer that takes long runs out of steps, and a long one is not read."""
    slow = pointing("xpointer(//node()[count(//node()[count(//node()) &gt; 1]) &gt; 1])")
    assert run(slow, Limits(signature_steps=100)) == "signature.budget"
    long = pointing(f"xpointer({' ' * 500}//a)")
    assert run(long, Limits(xpath_characters=400)) == "signature.format"
