"""XPath 1.0, held to libxml2's."""

from __future__ import annotations

import math
from typing import Any

import pytest
from lxml import etree

from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.budget import Budget
from docexchange.signing.xmldsig.nodes import Kind, Node, Tree
from docexchange.signing.xmldsig.xpath import Context, Run, boolean, parse

ROOT = etree.fromstring(
    '<!--top--><a xmlns="u:x" xmlns:b="u:b" xml:lang="en-US" id="A"><b:c n="1">one<d>2<e/>'
    '<?pi x?>3</d></b:c><b:c n="2">two <!--k--><b:c n="3.5" b:n="4"/></b:c>tail</a>'
)
NAMES = {"x": "u:x", "b": "u:b"}
SAME = """
count(//b:c) ; string(//b:c[2]/@n) ; //b:c[@n>1]/@n ; //b:c[last()] ; sum(//@n) ; //text()
//text()[.='3'] ; /x:a/* ; /*/*[2]/preceding-sibling::* ; //x:d/following::* ; //x:d/..
//x:e/preceding::node() ; //x:e/ancestor::* ; count(//node()) ; name(//@*[local-name()='n'][4])
namespace-uri(//x:d) ; -3 mod 2 ; 5 div 2 ; 1 div 0 ; -(1 div 0) ; 0 div 0 ; 5 mod 0 ; -5 mod 2
round(2.5) ; round(-2.5) ; substring('12345',2,3) ; substring('12345',1.5,2.6)
substring('12345',0 div 0,3) ; substring('12345',-42,1 div 0) ; substring('12345',-1 div 0)
translate('bar','abc','AB') ; normalize-space('  a  b ') ; substring-before('1999/04','/')
substring-after('1999/04','/') ; substring-after('abc','') ; substring-before('abc','')
contains('abc','') ; boolean(//zzz) ; //b:c = 'one' ; //b:c != 'one' ; //@n > 3 ; //@n < 1
//@n >= //b:c/@b:n ; //@n = 2 ; //@n = true() ; 2 <= //@n ; //zzz = //zzz ; //zzz != 'x'
count(//x:d|//x:e|//x:d) ; //processing-instruction('pi') ; //comment() ; (//b:c)[2]/@n
//b:c[1]/@n ; string(1.5) ; floor(-1.5) ; ceiling(-1.5) ; not(//x:d) ; 'a' and 'b' or false()
1 < 2 = true() ; 1+2*3-4 ; --3 ; ---3 ; /descendant::b:c[2]/@b:n ; //b:c[position()=2 and @n]
//*[not(self::b:c)] ; //b:* ; //@n/.. ; //x:e/following-sibling::node()[1] ; count(//@*)
string-length('abc') ; starts-with('ab','a') ; concat('a',1,true()) ; number('x') ; number(' 12. ')
true() = 'x' ; 1 = '1' ; 'a' = 'a' ; //b:c[@n='2']//@* ; //b:c[last()-1] ; //*[lang('en')]
//b:c/child::text()[1] ; //@*[name()='n'] ; //x:e/ancestor-or-self::*[2] ; string(//x:d)
""".replace("\n", ";").split(";")


def evaluated(text: str, node: Node | None = None, **options: Any) -> Any:
    """The value of an expression at the root, or elsewhere."""
    tree = options.pop("tree", None) or Tree(ROOT, most=1000)
    budget = Budget(options.pop("most", 100_000), limit="signature_steps", unit="steps")
    run = Run(tree=tree, budget=budget, **options)
    return parse(text, NAMES).evaluate(Context(node or tree.root, run))


def plain(value: Any) -> Any:
    """Nodes as something that can be compared with what lxml gives."""
    if not isinstance(value, list):
        return value
    paths = {Kind.ELEMENT: lambda node: ROOT.getroottree().getpath(node.element)}
    return [paths.get(item.kind, lambda node: node.value)(item) for item in value]


def theirs(value: Any) -> Any:
    """The same for lxml."""
    if not isinstance(value, list):
        return value
    tree = ROOT.getroottree()
    named = [isinstance(item, etree._Element) and isinstance(item.tag, str) for item in value]
    return [
        tree.getpath(item) if name else getattr(item, "text", item)
        for item, name in zip(value, named, strict=True)
    ]


@pytest.mark.parametrize("text", [item.strip() for item in SAME if item.strip()])
def test_values_are_as_libxml2_has_them(text: str) -> None:
    """Nodes in document order, numbers, texts and truths."""
    tree = Tree(ROOT, most=1000)
    found = plain(evaluated(text, tree=tree))
    expected = theirs(etree.XPathDocumentEvaluator(ROOT.getroottree(), namespaces=NAMES)(text))
    if isinstance(found, float) and math.isnan(found):
        assert math.isnan(expected)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string(0.0000001)", "0.0000001"),
        ("string(1000000000000)", "1000000000000"),
        ("string(-0)", "0"),
        ("string(1 div 0)", "Infinity"),
        ("string(0 div 0)", "NaN"),
        ("string(-1 div 0)", "-Infinity"),
        ("boolean(number('1e3'))", False),
        ("count(//x:d/namespace::*)", 3.0),
        ("count(/)", 1.0),
        ("name(//namespace::b)", "b"),
        ("lang('en')", False),
    ],
)
def test_the_standard_where_libxml2_is_not_to_its_letter(text: str, expected: Any) -> None:
    """XPath 1.0, clause 4.2: no exponents; clause 5.4: namespace nodes."""
    assert evaluated(text) == expected


def test_ids_and_here() -> None:
    """Given from outside, for this document."""
    tree = Tree(ROOT, most=1000)
    node = tree.node_of(ROOT)
    assert evaluated("id('A none')", tree=tree, ids={"A": node}) == [node]
    assert evaluated("count(id(//@id))", tree=tree, ids={"A": node}) == 1
    assert evaluated("here()", tree=tree, here=node) == [node]
    with pytest.raises(Refusal, match=r"here\(\)"):
        evaluated("here()")


def test_a_filter_sees_attributes_and_namespaces_as_context() -> None:
    """As the XPath transform needs it (XMLDSig 1.1, clause 6.6.3)."""
    tree = Tree(ROOT, most=1000)
    node = tree.node_of(ROOT)
    [identity] = [item for item in node.attributes if item.name == "id"]
    assert evaluated("parent::x:a and self::node() and not(self::x:a)", identity, tree=tree)
    assert evaluated("name()", next(node.namespaces()), tree=tree) == "xml"
    assert boolean(evaluated("ancestor-or-self::x:a", next(node.namespaces()), tree=tree))


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "1 +",
            "(",
            "//",
            "a b",
            "foo()",
            "count()",
            "count(1)",
            "$x",
            "a::b",
            "p:x",
            "1 | 2",
        ],
        *["'open", "[1]", "1[1]", "#", "not(1, 2)", "@@a", "a/", "1/a", "document('x')", "'a'/b"],
    ],
)
def test_what_is_no_xpath_is_refused(text: str) -> None:
    """Never an error of another kind."""
    with pytest.raises(Refusal) as caught:
        evaluated(text)
    assert caught.value.code == "signature.xpath"


def test_what_is_looked_at_is_counted() -> None:
    """An expression ends when its budget does."""
    assert evaluated("count(//node())", most=100)
    with pytest.raises(Refusal) as caught:
        evaluated("count(//node()[count(//node()) > 1])", most=100)
    assert caught.value.code == "signature.budget"


def test_text_that_is_not_there_is_not_made_up() -> None:
    """The stand-in of an attachment is never taken for its text."""
    tree = Tree(ROOT, most=1000)
    [text] = [node for node in tree.ordered if node.value == "one"]
    opaque = frozenset({text.order})
    assert evaluated("count(//x:e)", tree=tree, opaque=opaque) == 1
    for look in ("string(/)", "//b:c = 'x'", "//text()[. = 'one']"):
        with pytest.raises(Refusal, match="attachments"):
            evaluated(look, tree=tree, opaque=opaque)
