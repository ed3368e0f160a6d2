"""Attacks on the general engine: wrapping, bombs, confusions of key and form."""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from typing import Any

import pytest
from counting import calls_of
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dsig_help import Ref, certificate_info, examined, filter2, redo, sign_into, xpath
from lxml import etree
from signing_help import b64, certify, exclusive, private_key, raw_signature

from docexchange.envelope.names import DS
from docexchange.limits import Limits
from docexchange.signing import VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import (
    BASE64,
    ENVELOPED,
    Canonicalization,
    SignatureAlgorithm,
)
from docexchange.signing.xmldsig.deviations import Deviation
from docexchange.signing.xmldsig.keys import KnownKeys

KEY = private_key("p256")
CERTIFICATE = certify("signer", key=KEY).der
INFO = certificate_info(CERTIFICATE)
GENERAL = VerificationPolicy.general()
LEGACY = VerificationPolicy.unsafe_legacy()
BODY = '<body Id="b"><pay>1</pay></body>'


def message() -> Any:
    """A message with a head and a signed body."""
    root = etree.fromstring(f"<m><head/>{BODY}</m>")
    sign_into(root[0], [Ref("#b", (Canonicalization.EXCLUSIVE.value,))], key=KEY, info=INFO)
    return root


def signature(root: Any) -> Any:
    """The first signature of a document."""
    return next(root.iter(f"{{{DS}}}Signature"))


def forged() -> Any:
    """A body by an attacker."""
    return etree.fromstring('<body Id="evil"><pay>1000000</pay></body>')


def wrapped(kind: int) -> Any:
    """The eight ways of wrapping (Somorovsky et al., 2012), on this message.

    What is signed stays somewhere, so that its digest holds; the forged body stands where the
    application looks, as the second child of the message.
    """
    root = message()
    body, made, own = root[1], forged(), signature(root)
    root.remove(body)
    root.insert(1, made)
    if kind == 1:
        own.append(_object(body))
    elif kind == 2:
        root[0].append(body)
    elif kind == 3:
        root.append(body)
    elif kind == 4:
        made.append(body)
    elif kind == 5:
        made.append(own)
        made.append(body)
    elif kind == 6:
        made.append(own)
        own.append(_object(body))
    elif kind == 7:
        extension = etree.SubElement(root[0], "Extensions")
        extension.append(body)
    else:
        extension = etree.SubElement(own, f"{{{DS}}}Object")
        etree.SubElement(extension, "any").append(body)
    return root


def _object(body: Any) -> Any:
    element = etree.Element(f"{{{DS}}}Object")
    element.append(body)
    return element


@pytest.mark.parametrize("kind", range(1, 9))
def test_what_is_wrapped_is_not_covered(kind: int) -> None:
    """The signature holds over what was signed, and says that the forged body is not that."""
    root = wrapped(kind)
    result = examined(signature(root))
    assert result.intact, result.refusal
    assert not result.covers(root[1])
    assert not any(result.covers(item) for item in root[1].iterchildren("pay"))


@pytest.mark.parametrize("kind", range(1, 9))
@pytest.mark.parametrize("name", ["Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"])
def test_wrapping_with_the_same_id_is_refused(kind: int, name: str) -> None:
    """Whatever the attribute is called: readers differ on which of them are ids."""
    root = wrapped(kind)
    del root[1].attrib["Id"]
    root[1].set(name, "b")
    with pytest.raises(Refusal) as caught:
        examined(signature(root))
    assert caught.value.code == "signature.duplicate-id"


BOMBS = {
    "nested counts": xpath("count(//node()[count(//node()[count(//node()) > 1]) > 1]) > 0"),
    "back and forth": xpath("//*/../*/../*/../*/../*/../*/../*/../* = 'x'"),
    "unions": xpath("|".join(["//node()"] * 150) + " = 1"),
    "strings": xpath("string-length(concat(" + ",".join(["string(/)"] * 300) + ")) > 0"),
    "preceding": xpath("count(//*/preceding::*/following::*) > 1"),
    "ancestors": filter2(intersect="//*[count(//*/ancestor::*/descendant::*) > 1]"),
    "predicates": xpath("//*[//*[//*[//*[//*]]]]"),
    "names of namespaces": xpath("count(//namespace::*[count(//namespace::*) > 1]) > 1"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_xpath_bomb_ends_soon(bomb: str) -> None:
    """Counted in nodes, so that it ends after the same number everywhere."""
    root = etree.fromstring("<m>" + "<a><b>text</b><c/></a>" * 700 + "</m>")
    element = sign_into(root, [Ref("", (ENVELOPED,))], key=KEY, info=INFO)
    steps = etree.fromstring(f'<ds:Transforms xmlns:ds="{DS}">{BOMBS[bomb]}</ds:Transforms>')
    reference = element.find(f".//{{{DS}}}Reference")
    reference.replace(reference[0], steps)
    resign(element)
    limits = Limits(signature_steps=200_000)
    start = time.process_time()
    result = examined(element, replace(GENERAL, limits=limits))
    assert time.process_time() - start < 5
    assert result.value_holds
    assert result.references[0].refusal.code == "signature.budget"


def resign(element: Any) -> None:
    """Make the value right again, over digests that need not be."""
    data = exclusive(element.find(f"{{{DS}}}SignedInfo"))
    element.find(f"{{{DS}}}SignatureValue").text = b64(raw_signature(KEY, data))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "1" + ")" * 500,
        "+".join(["1"] * 1500),
        "1" + " or 1" * 800,
        "(/)" + "[1]" * 900,
        "|".join(["/"] * 1500),
        "/*[" * 300 + "1" + "]" * 300,
        "not(" * 300 + "1" + ")" * 300,
    ],
)
def test_a_deep_or_long_expression_is_refused(text: str) -> None:
    """Before Python's own stack complains."""
    with pytest.raises(Refusal, match=r"nested expressions|operators and predicates"):
        sign_into(message(), [Ref("", (xpath(text),))], key=KEY, info=INFO)


@pytest.mark.parametrize("call", ["document('http://localhost/')", "evil()", "$x", "unparsed()"])
def test_no_function_reads_outside(call: str) -> None:
    """There is the core library and ``here()``; nothing else, no variables."""
    with pytest.raises(Refusal) as caught:
        sign_into(message(), [Ref("", (xpath(f"{call} = 1"),))], key=KEY, info=INFO)
    assert caught.value.code == "signature.xpath"


def calls_for(references: int) -> int:
    """Calls for a signature with so many references to one document."""
    root = etree.fromstring(
        "<m>" + "".join(f'<a Id="a{n}"><b>text</b></a>' for n in range(references)) + "</m>"
    )
    form = Canonicalization.INCLUSIVE_11.value
    listed = [Ref(f"#a{n}", (form,)) for n in range(references)]
    element = sign_into(root, listed[:1], key=KEY, info=INFO)
    info = element.find(f"{{{DS}}}SignedInfo")
    for number in range(1, references):
        copied = copy.deepcopy(info[2])
        copied.set("URI", f"#a{number}")
        info.append(copied)
    resign(element)
    results = []
    calls = calls_of(lambda: results.append(examined(element)))
    assert results[0].value_holds
    assert len(results[0].references) == references
    return calls


def test_many_references_take_linear_time() -> None:
    """Eight times as many take about eight times the calls, not sixty-four times."""
    calls_for(10)  # what is done once is done
    assert calls_for(800) < 9 * calls_for(100)


def test_the_same_thing_is_digested_once() -> None:
    """400 references to the whole document cost what one costs."""
    root = etree.fromstring("<m>" + "<a>text</a>" * 20_000 + "</m>")
    element = sign_into(root, [Ref("", (ENVELOPED,))], key=KEY, info=INFO)
    info = element.find(f"{{{DS}}}SignedInfo")
    for _ in range(399):
        info.append(copy.deepcopy(info[2]))
    resign(element)
    limits = Limits(signed_bytes=2_000_000)
    result = examined(element, replace(GENERAL, limits=limits))
    assert result.intact
    assert len(result.references) == 400


@pytest.mark.parametrize("name", ["DigestValue", "SignatureValue", "SignedInfo", "X509Certificate"])
@pytest.mark.parametrize("markup", ["<!--x-->", "<?x?>"])
def test_comments_inside_are_refused(name: str, markup: str) -> None:
    """What is read would not be what was digested (CVE-2025-29774, CVE-2025-29775)."""
    root = message()
    data = etree.tostring(root).decode()
    inside = data.index(f"<ds:{name}>") + len(f"<ds:{name}>")
    other = etree.fromstring(data[:inside] + markup + data[inside:])
    assert examined(signature(other)).refusal.code == "signature.format"


def test_two_signed_infos_are_no_signature() -> None:
    """One to be checked and one to be read (CVE-2025-29774)."""
    root = message()
    own = signature(root)
    for place in (0, 1, len(own)):
        changed = copy.deepcopy(root)
        other = signature(changed)
        other.insert(place, copy.deepcopy(own[0]))
        assert examined(other).refusal.code == "signature.format"


def test_hmac_under_a_public_key_is_no_signature() -> None:
    """Not even where HMAC is allowed: a public key is no secret."""
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    root = etree.fromstring(f"<m>{BODY}</m>")
    method = SignatureAlgorithm.HMAC_SHA256.value
    element = sign_into(root, [Ref("#b")], key=public, info=INFO, method=method)
    assert examined(element).refusal.code == "signature.algorithm"
    assert examined(element, LEGACY).refusal.code == "signature.key-kind"
    known = KnownKeys(otherwise=public)
    assert examined(element, LEGACY, keys=known).refusal.code == "signature.key-kind"


@pytest.mark.parametrize("bits", ["0", "1", "8", "80", "-8", "08x", "", "99999999", "1e2"])
def test_hmac_cut_short_is_refused(bits: str) -> None:
    """Half of the digest must be left (CVE-2009-0217)."""
    root = etree.fromstring(f"<m>{BODY}</m>")
    method = SignatureAlgorithm.HMAC_SHA256.value
    element = sign_into(root, [Ref("#b")], key=b"secret", method=method)
    known = KnownKeys(otherwise=b"secret")
    assert examined(element, LEGACY, keys=known).intact
    length = etree.SubElement(element[0][1], f"{{{DS}}}HMACOutputLength")
    length.text = bits
    redo_value = element.find(f"{{{DS}}}SignatureValue")
    redo_value.text = redo_value.text[:4] if bits in {"8", "0", "1"} else redo_value.text
    strict = replace(LEGACY, deviations=LEGACY.deviations - {Deviation.HMAC_LENGTH})
    for policy in (LEGACY, strict):  # with a value as long as ever, or one that nothing is left of
        assert examined(element, policy, keys=known).refusal.code in {
            "signature.format",
            "signature.value",
        }


@pytest.mark.parametrize("form", Canonicalization)
def test_a_relative_namespace_has_no_canonical_form(form: Canonicalization) -> None:
    """Nobody can say which octets were signed."""
    root = etree.fromstring(f"<m>{BODY}</m>")
    element = sign_into(root, [Ref("#b", (form.value,))], key=KEY, info=INFO)
    root[0].append(etree.fromstring('<r:x xmlns:r="relative"/>'))
    result = examined(element)
    assert result.references[0].refusal.code == "signature.format"
    assert "relative URI" in str(result.refusal)


def test_a_key_beside_a_certificate_must_be_its_key() -> None:
    """Whoever reads KeyValue and whoever reads X509Data must come to the same key."""
    for other, intact in ((private_key("rsa2048"), False), (KEY, True)):
        spki = other.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        bare = (
            '<d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">'
            f"{b64(spki)}</d:DEREncodedKeyValue></ds:KeyInfo>"
        )
        info = INFO.replace("</ds:KeyInfo>", bare)
        root = etree.fromstring(f"<m>{BODY}</m>")
        element = sign_into(root, [Ref("#b")], key=KEY, info=info)
        for policy in (GENERAL, LEGACY):
            result = examined(element, policy)
            assert result.intact is intact
            if not intact:
                assert result.refusal.code == "signature.key-value"


def test_a_circle_of_key_references_ends() -> None:
    """KeyInfo that refers to itself."""
    info = (
        '<ds:KeyInfo Id="k"><d:KeyInfoReference xmlns:d="http://www.w3.org/2009/xmldsig11#" '
        'URI="#k"/></ds:KeyInfo>'
    )
    element = sign_into(etree.fromstring(f"<m>{BODY}</m>"), [Ref("#b")], key=KEY, info=info)
    assert "circle" in str(examined(element).refusal)


def test_a_transform_that_drops_everything_covers_nothing() -> None:
    """The digest of nothing always holds."""
    root = etree.fromstring(f"<m>{BODY}</m>")
    for step in (xpath("false()"), filter2(subtract="/"), xpath("self::nothing")):
        element = sign_into(root, [Ref("", (step,))], key=KEY, info=INFO)
        result = examined(element)
        assert result.intact
        assert result.references[0].size == 0
        assert not result.covers(root[0])
        root.remove(element)


def test_enveloped_signature_around_the_target_leaves_nothing() -> None:
    """A reference into the signature, less the signature, is empty: it covers nothing."""
    inside = '<ds:Object Id="o"><pay>1</pay></ds:Object>'
    steps = (ENVELOPED, Canonicalization.EXCLUSIVE.value)
    element = sign_into(None, [Ref("#o", steps)], key=KEY, info=INFO, objects=inside)
    result = examined(element)
    assert result.intact
    assert result.references[0].size == 0
    assert not result.covers(element[-1])


def test_redo_makes_a_signature_right_again() -> None:
    """The workbench of these tests works: only so do they show rules and not broken sums."""
    root = message()
    root[1][0].text = "2"
    assert not examined(signature(root)).intact
    assert examined(redo(signature(root), key=KEY)).intact


@pytest.mark.parametrize(
    "step",
    [xpath("false()"), BASE64, Canonicalization.INCLUSIVE.value, "prefixes"],
)
def test_small_parts_of_a_large_document_do_not_cost_the_whole_each_time(step: str) -> None:
    """Many references, each to little of a large document: the budget ends it."""
    listed = (
        f'<ds:Transform Algorithm="{Canonicalization.EXCLUSIVE}"><e:InclusiveNamespaces '
        f'xmlns:e="{Canonicalization.EXCLUSIVE}" PrefixList="n1 n2"/></ds:Transform>'
    )
    bound = "".join(f' xmlns:n{number}="urn:{number}"' for number in range(300))
    filling = "<x>text</x>" * 1000
    parts = "".join(f'<a Id="a{number}"/>' for number in range(1000))
    root = etree.fromstring(f"<m><deep{bound}>{parts}</deep>{filling}</m>")
    element = sign_into(
        root, [Ref("#a0", (listed if step == "prefixes" else step,))], key=KEY, info=INFO
    )
    info = element.find(f"{{{DS}}}SignedInfo")
    for number in range(1, 1000):
        copied = copy.deepcopy(info[2])
        copied.set("URI", f"#a{number}")
        info.append(copied)
    resign(element)
    start = time.process_time()
    result = examined(element)
    assert time.process_time() - start < 12
    assert result.value_holds


@pytest.mark.parametrize("name", ["X509SubjectName", "X509SKI", "X509Certificate"])
def test_a_key_info_without_end_is_refused(name: str) -> None:
    """Each of them would be held against each certificate."""
    many = f"<ds:{name}>AAAA</ds:{name}>" * 5000
    info = f"<ds:KeyInfo><ds:X509Data>{many}</ds:X509Data></ds:KeyInfo>"
    element = sign_into(etree.fromstring(f"<m>{BODY}</m>"), [Ref("#b")], key=KEY, info=info)
    assert examined(element).refusal.code == "signature.format"
