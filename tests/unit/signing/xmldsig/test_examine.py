"""The engine: signatures as others make them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dsig_help import Ref, certificate_info, examined, filter2, redo, sign_into, xpath
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from signing_help import b64, certify, private_key

from docexchange.envelope import Attachment
from docexchange.envelope.names import DS
from docexchange.limits import Limits
from docexchange.signing import VerificationPolicy
from docexchange.signing.xmldsig.algorithms import (
    BASE64,
    ENVELOPED,
    XSLT,
    Canonicalization,
    SignatureAlgorithm,
)
from docexchange.signing.xmldsig.keys import KnownKeys

KEY = private_key("p256")
CERTIFICATE = certify("signer", key=KEY).der
INFO = certificate_info(CERTIFICATE)
MANIFEST = DS + "Manifest"


def document() -> Any:
    """A letter with a few parts."""
    return etree.fromstring(
        '<l:letter xmlns:l="urn:l" xml:lang="vi"><head Id="head">Hà Nội<!--c--></head>'
        '<body ID="body" xmlns:x="urn:x"><p x:a="1">QUJD</p></body></l:letter>'
    )


def signed(*references: Ref, **options: Any) -> Any:
    """The signature over parts of it."""
    return sign_into(document(), references, key=KEY, info=INFO, **options)


@pytest.mark.parametrize("form", Canonicalization)
def test_enveloped_over_the_whole_document(form: Canonicalization) -> None:
    """The commonest form: all but the signature; it covers every element but those within."""
    element = signed(Ref("", (ENVELOPED, form.value)), form=form.value)
    result = examined(element)
    assert result.intact, result.refusal
    root = element.getparent()
    assert all(result.covers(item) for item in (root[0], root[1], root[1][0]))
    assert not result.covers(root)  # of the root, the signature itself is no part
    assert not result.covers(element)
    assert result.chosen.certificate == CERTIFICATE
    assert result.algorithm == "ECDSA with SHA-256"


@pytest.mark.parametrize("form", Canonicalization)
@pytest.mark.parametrize(
    "uri", ["#head", "#body", "#xpointer(id('head'))", '#xpointer(id("body"))']
)
def test_parts_by_id_in_every_form(form: Canonicalization, uri: str) -> None:
    """What is named is covered, with all below it, and nothing beside it."""
    element = signed(Ref(uri, (form.value,)), form=form.value)
    result = examined(element)
    assert result.intact, result.refusal
    head, body = element.getparent()[:2]
    assert result.covers(head) is ("head" in uri)
    assert result.covers(body) is result.covers(body[0]) is ("body" in uri)
    assert result.references[0].size > 10


@pytest.mark.parametrize(
    ("uri", "counts"),
    [("", False), ("#xpointer(/)", True), ("#head", False), ("#xpointer(id('head'))", True)],
)
def test_comments_count_where_the_pointer_says_so(uri: str, *, counts: bool) -> None:
    """XMLDSig 1.1, clause 4.4.3.3, and only in a form with comments."""
    for form in (Canonicalization.EXCLUSIVE_COMMENTS, Canonicalization.EXCLUSIVE):
        element = signed(Ref(uri, (ENVELOPED, form.value)))
        comment = next(element.getparent().iter(etree.Comment))
        comment.text = "changed"
        assert examined(element).intact is not (counts and form.comments)


def test_enveloping() -> None:
    """The signed thing stands inside the signature."""
    inside = '<ds:Object Id="o"><any xmlns="">thing</any></ds:Object>'
    element = sign_into(None, [Ref("#o")], key=KEY, info=INFO, objects=inside)
    result = examined(element)
    assert result.intact, result.refusal
    assert result.covers(element[-1][0])
    element[-1][0].text = "other"
    assert examined(element).refusal.code == "signature.digest"


def test_detached_files_are_those_that_were_given() -> None:
    """By their URI; with a transform on the way it is no longer sure what is covered."""
    files = {
        "a.txt": Attachment.from_bytes(b"text", name="a"),
        "b.txt": Attachment.from_bytes(b"QUJD", name="b"),
    }
    element = signed(Ref("a.txt"), Ref("b.txt", (BASE64,)), detached=files)
    result = examined(element, detached=files)
    assert result.intact, result.refusal
    assert result.covers(files["a.txt"])
    assert not result.covers(files["b.txt"])
    changed = {**files, "a.txt": Attachment.from_bytes(b"Text", name="a")}
    assert examined(element, detached=changed).refusal.code == "signature.digest"


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("http://localhost/a", "signature.external-reference"),
        ("file:///etc/passwd", "signature.external-reference"),
        ("../a.xml", "signature.external-reference"),
        ("cid:none", "signature.missing-part"),
        ("#none", "signature.missing-part"),
        ("#xpointer(//*)", "signature.xpointer"),
        ("#xpointer(id('none'))", "signature.missing-part"),
    ],
)
def test_nothing_is_fetched(uri: str, code: str) -> None:
    """What was not given is missing, whatever its name promises."""
    files = {uri: Attachment.from_bytes(b"x", name="x")}
    start = uri[:1] != "#"
    element = signed(Ref(uri) if start else Ref("#head"), detached=files)
    if not start:
        element.find(f".//{{{DS}}}Reference").set("URI", uri)
        octets = element  # the value no longer holds; the reference is looked at all the same
        assert octets is element
    result = examined(element)
    assert not result.intact
    if start:
        assert result.references[0].refusal.code == code
    else:
        assert result.refusal.code == "signature.value"


def test_a_reference_without_uri_is_nobodys_guess() -> None:
    """The standard leaves it to the application; we have none that knows."""
    element = signed(Ref("#head"))
    del element.find(f".//{{{DS}}}Reference").attrib["URI"]
    assert examined(element).refusal.code == "signature.value"


def test_xpath_selects_but_covers_nothing() -> None:
    """An expression may have left out what matters, so nothing counts as covered by it."""
    element = signed(Ref("", (xpath("not(ancestor-or-self::ds:Signature)", ds=DS),)))
    result = examined(element)
    assert result.intact, result.refusal
    assert result.references[0].target is None
    assert not any(result.covers(item) for item in element.getparent().iter("*"))
    element.getparent()[0].text = "Huế"
    assert examined(element).refusal.code == "signature.digest"


def test_here_is_the_element_of_the_expression() -> None:
    """The classic way to write enveloped-signature in XPath (XMLDSig 1.1, clause 6.6.4)."""
    text = (
        "count(ancestor-or-self::ds:Signature | here()/ancestor::ds:Signature[1]) > "
        "count(ancestor-or-self::ds:Signature)"
    )
    element = signed(Ref("", (xpath(text, ds=DS),)))
    same = signed(Ref("", (ENVELOPED,)))
    values = [item.find(f".//{{{DS}}}DigestValue").text for item in (element, same)]
    assert values[0] == values[1]
    assert examined(element).intact


def test_filter_2_adds_takes_away_and_keeps() -> None:
    """In order; what it leaves is what is digested."""
    element = signed(Ref("", (filter2(intersect="//body | //head", subtract="//p"),)))
    assert examined(element).intact
    element.getparent()[1][0].text = "changed, but taken away"
    assert examined(element).intact
    element.getparent()[0].text = "changed"
    assert not examined(element).intact


def test_base64_of_nodes_is_their_text() -> None:
    """Clause 6.6.2: tags and comments fall away, then it is decoded."""
    element = signed(Ref("#body", (BASE64,)))
    result = examined(element)
    assert result.intact
    assert result.references[0].size == 3


def test_transforms_go_in_their_order() -> None:
    """Canonical octets are parsed again for what comes next."""
    steps = (Canonicalization.EXCLUSIVE.value, xpath("ancestor-or-self::p"))
    element = signed(Ref("#body", steps))
    assert examined(element).intact
    transforms = element.find(f".//{{{DS}}}Transforms")
    transforms.append(transforms[0])
    assert not examined(element).intact


def test_enveloped_signature_is_for_the_document_of_the_signature() -> None:
    """After a transform to octets, and over another document, there is nothing to leave out."""
    element = signed(Ref("", (ENVELOPED,)))
    first = etree.Element(f"{{{DS}}}Transform", Algorithm=Canonicalization.EXCLUSIVE.value)
    element.find(f".//{{{DS}}}Transforms").insert(0, first)
    result = examined(element)
    assert not result.intact


def test_manifests_are_told_one_by_one_and_do_not_decide() -> None:
    """XMLDSig 1.1, clause 5.1."""
    files = {"a.txt": Attachment.from_bytes(b"text", name="a")}
    listed = Ref("a.txt").xml("http://www.w3.org/2001/04/xmlenc#sha256")
    good = listed.replace(
        "<ds:DigestValue/>", f"<ds:DigestValue>{b64(files['a.txt'].sha256)}</ds:DigestValue>"
    )
    bad = listed.replace("<ds:DigestValue/>", f"<ds:DigestValue>{b64(bytes(32))}</ds:DigestValue>")
    inside = f'<ds:Object><ds:Manifest Id="m">{good}{bad}</ds:Manifest></ds:Object>'
    element = signed(Ref("#m", type=MANIFEST), objects=inside, detached=files)
    result = examined(element, detached=files)
    assert result.intact, result.refusal
    assert [item.intact for item in result.manifests] == [True, False]
    assert result.manifests[1].refusal.code == "signature.digest"
    assert not result.covers(files["a.txt"])


def test_several_and_nested_signatures() -> None:
    """A later one covers the earlier; each is examined by itself."""
    root = document()
    first = sign_into(root, [Ref("#head")], key=KEY, info=INFO)
    first.set("Id", "first")
    second = sign_into(root, [Ref("#first"), Ref("", (ENVELOPED,))], key=KEY, info=INFO)
    assert examined(first).intact
    result = examined(second)
    assert result.intact
    assert result.covers(first)
    first.find(f"{{{DS}}}SignatureValue").text = "AA=="
    assert not examined(second).intact


def test_a_key_known_by_name() -> None:
    """Given by the caller, with no certificate at all."""
    info = "<ds:KeyInfo><ds:KeyName>clerk</ds:KeyName></ds:KeyInfo>"
    element = sign_into(document(), [Ref("#head")], key=KEY, info=info)
    assert examined(element).refusal.code == "signature.no-certificate"
    known = KnownKeys(by_name={"clerk": KEY.public_key()})
    assert examined(element, keys=known).intact
    other = KnownKeys(by_name={"clerk": private_key("p384").public_key()})
    assert examined(element, keys=other).refusal.code == "signature.value"


@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_a_bare_key_counts_only_where_a_policy_says_so(kind: str) -> None:
    """Anyone can make one that fits."""
    key = private_key(kind)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    info = (
        '<ds:KeyInfo><d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">'
        f"{b64(spki)}</d:DEREncodedKeyValue></ds:KeyInfo>"
    )
    method = SignatureAlgorithm.RSA_SHA256 if kind[0] == "r" else SignatureAlgorithm.ECDSA_SHA256
    element = sign_into(document(), [Ref("#head")], key=key, info=info, method=method.value)
    assert examined(element).refusal.code == "signature.key-value"
    assert examined(element, replace(VerificationPolicy.general(), key_values=True)).intact


def test_our_own_profile_stays_narrow() -> None:
    """The default policy does no transform but exclusive canonicalisation, by name."""
    for steps, name in (
        ((ENVELOPED,), "enveloped-signature"),
        ((Canonicalization.INCLUSIVE.value,), "inclusive canonical XML 1.0"),
        ((xpath("true()"),), "XPath transform"),
        ((filter2(union="//p"),), "XPath Filter 2"),
        ((BASE64,), "base64"),
    ):
        result = examined(signed(Ref("#body", steps)), VerificationPolicy())
        assert name in str(result.refusal)
        assert result.refusal.code == "signature.transform"
    inclusive = signed(Ref("#body"), form=Canonicalization.INCLUSIVE.value)
    assert examined(inclusive, VerificationPolicy()).refusal.code == "signature.canonicalization"


def test_stylesheets_are_refused_by_name() -> None:
    """Even for auditors; only the lifted policy runs one, and shut in."""
    sheet = (
        f'<ds:Transform Algorithm="{XSLT}"><x:stylesheet version="1.0" '
        'xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/">'
        "<x:copy-of select=\"document('/etc/passwd')\"/>ok</x:template></x:stylesheet>"
        "</ds:Transform>"
    )
    element = signed(Ref("#body"))
    steps = etree.fromstring(f'<ds:Transforms xmlns:ds="{DS}">{sheet}</ds:Transforms>')
    element.find(f".//{{{DS}}}Reference").insert(0, steps)
    with pytest.raises(Exception, match="expected a stylesheet that works"):
        redo(element, key=KEY)


def test_a_budget_ends_what_costs_too_much() -> None:
    """Octets, nodes, steps, transforms, characters: each by the name of its limit."""
    general = VerificationPolicy.general()
    walk = xpath("count(//node()[count(//node()) > 1]) > 1")
    for limits, steps, word in (
        (Limits(signed_bytes=100), (ENVELOPED,), "signed_bytes"),
        (Limits(signature_nodes=5), (xpath("true()"),), "signature_nodes"),
        (Limits(signature_steps=500), (walk,), "signature_steps"),
        (Limits(transforms=1), (ENVELOPED, ENVELOPED), "at most 1 transforms"),
        (Limits(xpath_characters=10), (walk,), "at most 10 characters"),
    ):
        element = signed(Ref("", steps))
        result = examined(element, replace(general, limits=limits))
        assert word in str(result.refusal), str(result.refusal)


@given(st.binary(max_size=400))
def test_any_form_of_rubbish_is_a_refusal(noise: bytes) -> None:
    """Never an error of another kind."""
    element = signed(Ref("", (ENVELOPED,)))
    inside = list(element.iter())
    victim = inside[len(noise) % len(inside)]
    victim.text = noise.decode("ascii", "ignore").translate(dict.fromkeys(range(32))) or "x"
    assert examined(element).intact in {True, False}
