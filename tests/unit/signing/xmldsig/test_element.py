"""``ds:Signature`` read by the letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from signing_help import Forgery, element, signed_letter

from docexchange.envelope.names import DS
from docexchange.signing import SubIndication
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N, SignatureAlgorithm
from docexchange.signing.xmldsig.element import SignatureElement, read_signature

if TYPE_CHECKING:
    from docexchange.testing import DemoPki


@pytest.fixture
def forgery(pki: DemoPki) -> Forgery:
    """A good signature, to be changed."""
    return Forgery(signed_letter(pki))


def read(forgery: Forgery, most: int = 100) -> SignatureElement:
    """The signature as a value."""
    return read_signature(forgery.signature, max_references=most)


def refusal(forgery: Forgery) -> str:
    """Why it is not of the prescribed form."""
    with pytest.raises(Refusal) as caught:
        read(forgery)
    assert caught.value.sub_indication is SubIndication.FORMAT_FAILURE
    assert caught.value.code == "signature.format"
    return str(caught.value)


def test_a_signature_as_a_value(pki: DemoPki, forgery: Forgery) -> None:
    """Everything a validation needs."""
    signature = read(forgery)
    commune = pki.agency("commune")
    assert signature.element is forgery.signature
    assert signature.identity == forgery.signature.get("Id")
    assert signature.signed_info is forgery.signed_info
    assert signature.canonicalization.algorithm == EXCLUSIVE_C14N
    assert signature.signature_method.algorithm == SignatureAlgorithm.ECDSA_SHA256
    assert not signature.signature_method.has_parameters
    assert len(signature.value) == 64
    assert signature.certificates[0] == commune.der
    assert len(signature.certificates) == 2
    assert [item.tag for item in signature.objects] == [f"{{{DS}}}Object"]
    assert [item.uri for item in signature.references][:5] == [
        "#m-1",
        "#m-1.business",
        "#m-1.body",
        "cid:one",
        "cid:two",
    ]
    first, *_, own = signature.references
    assert [item.algorithm for item in first.transforms] == [EXCLUSIVE_C14N]
    assert len(first.digest_value) == 32
    assert own.type == "http://uri.etsi.org/01903#SignedProperties"
    assert signature.references[3].transforms == ()


def test_a_reference_may_lack_what_is_optional(forgery: Forgery) -> None:
    """``Id`` and ``Type`` are optional; a missing ``URI`` is told apart from an empty one."""
    reference = forgery.reference("cid:one")
    for name in ("Id", "URI"):
        del reference.attrib[name]
    found = read(forgery).references[3]
    assert (found.identity, found.uri, found.type) == ("", None, "")


def test_several_objects_are_read(forgery: Forgery) -> None:
    """How many there may be is for XAdES to say."""
    forgery.signature.append(element("Object", DS))
    assert len(read(forgery).objects) == 2


@pytest.mark.parametrize("names", [["X509Data", "X509Data"], []])
def test_certificates_of_all_data_are_read_in_order(forgery: Forgery, names: list[str]) -> None:
    """Two ``X509Data``, or none."""
    info = forgery.one("//ds:KeyInfo")
    certificates = list(info[0])
    info[:] = [element(name, DS) for name in names]
    for parent, certificate in zip(info, certificates, strict=False):
        parent.append(certificate)
    assert len(read(forgery).certificates) == len(names)


@pytest.mark.parametrize(
    ("path", "position", "tag"),
    [
        ("//ds:Signature", 0, "Object"),
        ("//ds:Signature", 1, "KeyInfo"),
        ("//ds:SignedInfo", 0, "Reference"),
        ("//ds:SignedInfo", 2, "SignatureMethod"),
        ("//ds:SignedInfo/ds:Reference", 0, "DigestMethod"),
        ("//ds:SignedInfo/ds:Reference", 3, "Transforms"),
        ("//ds:Transforms", 0, "DigestMethod"),
        ("//ds:DigestMethod", 0, "Anything"),
    ],
)
def test_children_stand_at_their_place(
    forgery: Forgery, path: str, position: int, tag: str
) -> None:
    """The schema prescribes an order, and so do we."""
    forgery.one(path).insert(position, element(tag, DS))
    assert refusal(forgery).startswith("expected ")


@pytest.mark.parametrize("path", ["//ds:SignedInfo", "//ds:KeyInfo", "//ds:SignatureValue"])
def test_a_name_of_another_namespace_is_another_name(forgery: Forgery, path: str) -> None:
    """``SignedInfo`` of somebody else is not ours."""
    found = forgery.one(path)
    found.tag = f"{{urn:x}}{etree.QName(found).localname}"
    assert "urn:x" in refusal(forgery)


@pytest.mark.parametrize(
    "name",
    [
        "SignedInfo",
        "SignatureValue",
        "KeyInfo",
        "Object",
        "CanonicalizationMethod",
        "SignatureMethod",
        "Reference",
        "Transforms",
        "Transform",
        "DigestMethod",
        "DigestValue",
        "X509Data",
        "X509Certificate",
    ],
)
def test_a_name_of_no_namespace_is_another_name(forgery: Forgery, name: str) -> None:
    """Other readers would not see such an element, so neither do we."""
    forgery.signature.find(f".//{{{DS}}}{name}").tag = name
    assert name in refusal(forgery)


def test_a_method_with_text_has_parameters(forgery: Forgery) -> None:
    """An element or any text inside counts."""
    forgery.one("//ds:SignatureMethod").text = " x "
    assert read(forgery).signature_method.has_parameters
    forgery.one("//ds:SignatureMethod").text = " \n"
    assert not read(forgery).signature_method.has_parameters


def test_too_many_references_are_refused_before_any_is_read(forgery: Forgery) -> None:
    """The seventh is rubbish, and nobody gets to see it."""
    forgery.signed_info.append(element("Reference", DS))
    with pytest.raises(Refusal, match="at most 6 references, found 7"):
        read(forgery, most=6)


tags = st.sampled_from(
    [
        "SignedInfo",
        "SignatureValue",
        "KeyInfo",
        "Object",
        "Reference",
        "CanonicalizationMethod",
        "SignatureMethod",
        "DigestMethod",
        "DigestValue",
        "Transforms",
        "Transform",
        "X509Data",
        "X509Certificate",
    ]
)
trees = st.recursive(
    st.builds(lambda tag, text: (tag, text, []), tags, st.sampled_from(["", "AAAA", "x y"])),
    lambda inner: st.tuples(tags, st.just(""), st.lists(inner, max_size=4)),
    max_leaves=25,
)


def grown(tree: Any) -> Any:
    """A tree of elements."""
    tag, text, inner = tree
    made = element(tag, DS)
    made.text = text
    made.extend(map(grown, inner))
    return made


@given(st.lists(trees, max_size=5))
def test_any_tree_is_read_or_refused(inner: list[Any]) -> None:
    """Nothing else can happen."""
    signature = element("Signature", DS)
    signature.extend(map(grown, inner))
    try:
        found = read_signature(signature, max_references=10)
    except Refusal:
        return
    assert found.references
