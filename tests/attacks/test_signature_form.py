"""The shape of a signature: what is doubled, missing, added, nested, commented or encoded oddly."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from lxml import etree
from signing_help import (
    Forgery,
    assert_passed,
    assert_refused,
    b64,
    between,
    certify,
    content,
    edit,
    element,
    exclusive,
    letter,
    private_key,
    sign,
    signed_letter,
    verifier_for,
)

from docexchange.envelope import Envelope
from docexchange.envelope.names import DS
from docexchange.signing import SubIndication
from docexchange.signing.xades.properties import XADES

if TYPE_CHECKING:
    from docexchange.signing import Verifier
    from docexchange.testing import DemoPki

FORMAT = (SubIndication.FORMAT_FAILURE, "signature.format")
VALUE = (SubIndication.SIG_CRYPTO_FAILURE, "signature.value")
HASH = (SubIndication.HASH_FAILURE, "signature.digest")
DOUBLE = (SubIndication.FORMAT_FAILURE, "signature.duplicate-id")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture
def verifier(pki: DemoPki) -> Verifier:
    """Trusts the PKI."""
    return verifier_for(pki)


@pytest.fixture
def forgery(pki: DemoPki) -> Forgery:
    """The commune's letter with two attachments."""
    return Forgery(signed_letter(pki))


@pytest.fixture
def key(pki: DemoPki) -> Any:
    """The commune's own key."""
    return pki.agency("commune").private_key


# --- elements doubled, missing, added ---


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize(
    "path",
    [
        "//ds:SignedInfo",
        "//ds:SignatureValue",
        "//ds:KeyInfo",
        "//ds:CanonicalizationMethod",
        "//ds:SignatureMethod",
        "//ds:SignedInfo/ds:Reference/ds:Transforms",
        "//ds:SignedInfo/ds:Reference/ds:DigestMethod",
        "//ds:SignedInfo/ds:Reference/ds:DigestValue",
        "//ds:Object",
        "//xades:QualifyingProperties",
        "//xades:SignedProperties",
        "//xades:SignedSignatureProperties",
    ],
)
def test_whatever_must_be_there_once_is_refused_twice(
    verifier: Verifier, forgery: Forgery, key: Any, path: str, where: str
) -> None:
    """Of two, one reader takes the first and another the last."""
    found = forgery.one(path)
    double = copy.deepcopy(found)
    for item in double.xpath("descendant-or-self::*[@Id]"):
        del item.attrib["Id"]
    (found.addprevious if where == "before" else found.addnext)(double)
    assert_refused(verifier, forgery.redigest().resign(key).bytes(), *FORMAT)


@pytest.mark.parametrize(
    "path",
    [
        "//ds:SignedInfo/ds:CanonicalizationMethod",
        "//ds:SignedInfo/ds:SignatureMethod",
        "//ds:SignedInfo/ds:Reference/ds:DigestMethod",
        "//ds:SignedInfo/ds:Reference/ds:DigestValue",
        "//ds:KeyInfo",
        "//ds:Object",
        "//xades:QualifyingProperties",
        "//xades:SignedProperties",
        "//xades:SignedSignatureProperties",
        "//xades:SigningTime",
        "//xades:SigningCertificateV2",
    ],
)
def test_whatever_must_be_there_is_missed(
    verifier: Verifier, forgery: Forgery, key: Any, path: str
) -> None:
    """Nothing that the form prescribes is optional."""
    found = forgery.one(path)
    found.getparent().remove(found)
    assert_refused(verifier, forgery.redigest().resign(key).bytes(), *FORMAT)


def test_a_signature_without_a_value_or_signed_info_is_none(
    verifier: Verifier, forgery: Forgery
) -> None:
    """Empty shells in the right namespace."""
    for name in ("SignatureValue", "SignedInfo"):
        found = forgery.one(f"//ds:{name}")
        found.getparent().remove(found)
        assert_refused(verifier, forgery.bytes(), *FORMAT)
    forgery.signature[:] = []
    assert_refused(verifier, forgery.bytes(), *FORMAT)


def test_signed_info_without_references_signs_nothing(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """A good value over an empty list."""
    forgery.signed_info[:] = list(forgery.signed_info)[:2]
    assert_refused(verifier, forgery.resign(key).bytes(), *FORMAT)


@pytest.mark.parametrize(
    "path",
    [
        "//ds:Signature",
        "//ds:SignedInfo",
        "//ds:SignedInfo/ds:Reference",
        "//ds:SignedInfo/ds:Reference/ds:Transforms",
        "//ds:KeyInfo",
        "//ds:X509Data",
        "//ds:Object",
        "//xades:QualifyingProperties",
    ],
)
@pytest.mark.parametrize("namespace", [DS, XADES, "urn:evil"])
def test_an_unknown_element_is_not_passed_over(
    verifier: Verifier, forgery: Forgery, key: Any, path: str, namespace: str
) -> None:
    """What one reader skips, another may obey."""
    forgery.one(path).append(element("Evil", namespace))
    assert_refused(verifier, forgery.redigest().resign(key).bytes(), *FORMAT)


@pytest.mark.parametrize("name", ["", "CounterSignature", "Evil"])
def test_unsigned_properties_that_nobody_knows_are_refused(
    verifier: Verifier, forgery: Forgery, name: str
) -> None:
    """Anybody can add them: an empty place, a counter-signature without one, the unknown."""
    added = element("UnsignedProperties", XADES)
    if name:
        added.append(element("UnsignedSignatureProperties", XADES))
        added[0].append(element(name, XADES))
    forgery.one("//xades:QualifyingProperties").append(added)
    assert_refused(verifier, forgery.bytes(), *FORMAT)


@pytest.mark.parametrize("target", ["", "#other", "#m-1", None])
def test_properties_for_another_signature_are_refused(
    verifier: Verifier, forgery: Forgery, target: str | None
) -> None:
    """EN 319 132-1, clause 5.1: ``Target`` names the signature around them."""
    qualifying = forgery.one("//xades:QualifyingProperties")
    del qualifying.attrib["Target"]
    if target is not None:
        qualifying.set("Target", target)
    assert_refused(verifier, forgery.bytes(), *FORMAT)


def test_a_signature_without_an_id_is_refused(verifier: Verifier, forgery: Forgery) -> None:
    """An empty ``Id`` and an empty ``Target`` do not match each other."""
    forgery.signature.set("Id", "")
    forgery.one("//xades:QualifyingProperties").set("Target", "#")
    assert_refused(verifier, forgery.bytes(), *FORMAT)


def test_properties_borrowed_from_another_signature_do_not_hold(
    pki: DemoPki, verifier: Verifier, forgery: Forgery
) -> None:
    """Another signature of the same key with a better role."""
    other = sign(letter(), pki.agency("commune"), role="leader")
    mine = forgery.one("//xades:SignedProperties")
    theirs = Forgery(other).one("//xades:SignedProperties")
    theirs.set("Id", mine.get("Id"))
    mine.getparent().replace(mine, theirs)
    assert_refused(verifier, forgery.bytes(), *HASH)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-03-02T02:00:00Z", "2025-03-02T02:00:00Z"),
        ("<xades:ClaimedRole>agency", "<xades:ClaimedRole>leader"),
        ("<xades:MimeType>application/pdf", "<xades:MimeType>text/html"),
    ],
)
def test_time_role_and_types_are_under_the_signature(
    pki: DemoPki, verifier: Verifier, old: str, new: str
) -> None:
    """One change in the properties breaks their digest."""
    report = assert_refused(verifier, edit(signed_letter(pki), old, new), *HASH)
    assert report.reason.startswith("SignedProperties:")


def test_a_signature_policy_that_nobody_can_judge_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """The signer said: judge me by these rules; we do not have them."""
    policy = element("SignaturePolicyIdentifier", XADES)
    policy.append(element("SignaturePolicyImplied", XADES))
    forgery.one("//xades:SignedSignatureProperties").append(policy)
    data = forgery.redigest().resign(key).bytes()
    verdict = (SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE, "signature.policy-unknown")
    assert_refused(verifier, data, *verdict)


@pytest.mark.parametrize(
    "moment",
    ["", "yesterday", "2026-03-02T02:00:00", "2026-13-02T02:00:00Z", "9999-12-31T23:59:59-14:00"],
)
def test_a_signing_time_that_is_none_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any, moment: str
) -> None:
    """A time without a zone is two times; one outside the calendar is none."""
    forgery.one("//xades:SigningTime").text = moment
    assert_refused(verifier, forgery.redigest().resign(key).bytes(), *FORMAT)


def test_a_certificate_named_by_a_weak_digest_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """Another certificate with the same SHA-1 can be made."""
    forgery.one("//xades:CertDigest/ds:DigestMethod").set("Algorithm", DS + "sha1")
    verdict = (SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "signature.digest-algorithm")
    assert_refused(verifier, forgery.redigest().resign(key).bytes(), *verdict)


# --- comments and other things between the characters ---


def value_in(data: bytes, name: str) -> bytes:
    """The text of the first element of this name."""
    return between(data, f"<ds:{name}".encode(), b"</ds:").rpartition(b">")[2]


@pytest.mark.parametrize("inserted", ["<!---->", "<?x?>", "<![CDATA[A]]>", "<b/>"])
@pytest.mark.parametrize("name", ["DigestValue", "SignatureValue", "X509Certificate"])
def test_nothing_but_text_may_stand_in_a_value(
    pki: DemoPki, verifier: Verifier, name: str, inserted: str
) -> None:
    """A parser that reads up to the comment reads another value than one that reads past it."""
    data = signed_letter(pki)
    value = value_in(data, name)
    data = edit(data, value, value[:9] + inserted.encode() + value[9:])
    verdict = VALUE if "CDATA" in inserted else FORMAT
    report = verifier.examine(Envelope.from_bytes(data))
    assert not report.passed
    if "CDATA" not in inserted:
        assert (report.sub_indication, report.code) == verdict


@pytest.mark.parametrize("name", ["SigningTime", "ClaimedRole"])
def test_a_comment_in_a_property_is_refused(pki: DemoPki, verifier: Verifier, name: str) -> None:
    """The digest holds, for canonical XML leaves comments out; the form does not."""
    data = edit(signed_letter(pki), f"</xades:{name}>", f"<!-- x --></xades:{name}>")
    assert_refused(verifier, data, *FORMAT)


@pytest.mark.parametrize(
    "before",
    ["<ds:SignatureMethod", "<ds:SignatureValue", "<ds:X509Data", "<ds:DigestMethod", "<ds:Object"],
)
@pytest.mark.parametrize("inserted", ["<!-- x -->", "<?x?>", "x"])
def test_comments_instructions_and_stray_text_in_a_signature_are_refused(
    pki: DemoPki, verifier: Verifier, before: str, inserted: str
) -> None:
    """In an element that only holds elements there is nothing else."""
    assert_refused(verifier, edit(signed_letter(pki), before, inserted + before), *FORMAT)


def test_white_space_in_values_changes_nothing(pki: DemoPki, verifier: Verifier) -> None:
    """Many tools break base64 into lines."""
    data = signed_letter(pki)
    for name in ("SignatureValue", "X509Certificate"):
        value = value_in(data, name)
        lines = b"\n".join(value[at : at + 64] for at in range(0, len(value), 64))
        data = edit(data, value, b"\n" + lines + b"\n")
    assert_passed(verifier, data)


@pytest.mark.parametrize(
    "text", ["", "AAA", "A===", "AAAA=", "####", "ÀÀÀÀ", "AAAA=AAA", "AAAA-_=="]
)
@pytest.mark.parametrize("name", ["DigestValue", "SignatureValue", "X509Certificate"])
def test_values_that_are_not_base64_are_refused(
    verifier: Verifier, forgery: Forgery, name: str, text: str
) -> None:
    """By the letter of RFC 4648; an empty one is base64 of nothing, and holds nowhere."""
    forgery.one(f"//ds:{name}").text = text
    report = verifier.examine(Envelope.from_bytes(forgery.bytes()))
    assert not report.passed
    if text:
        assert_refused(verifier, forgery.bytes(), *FORMAT)


# --- signature values ---


def good_value(pki: DemoPki, forgery: Forgery) -> tuple[int, int]:
    """The numbers r and s of a good value."""
    key = pki.agency("commune").private_key
    der = key.sign(exclusive(forgery.signed_info), ec.ECDSA(hashes.SHA256()))
    return utils.decode_dss_signature(der)


def side_by_side(r: int, s: int) -> bytes:
    """As RFC 4051 wants it."""
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@pytest.mark.parametrize(
    "make",
    [
        lambda r, s: side_by_side(r, s)[:-1],
        lambda r, s: side_by_side(r, s) + b"\0",
        lambda r, s: b"\0" + side_by_side(r, s),
        lambda r, s: side_by_side(r, s)[:32],
        lambda _r, _s: b"",
        lambda _r, _s: bytes(64),
        lambda _r, s: side_by_side(0, s),
        lambda r, _s: side_by_side(r, 0),
        lambda _r, s: side_by_side(P256_ORDER, s),
        lambda r, _s: side_by_side(r, P256_ORDER),
        lambda _r, _s: b"\xff" * 64,
        lambda r, s: side_by_side(s, r),
        lambda r, s: utils.encode_dss_signature(r, s) + b"\0",
        lambda r, s: r.to_bytes(48, "big") + s.to_bytes(48, "big"),
    ],
)
def test_an_ecdsa_value_in_any_other_form_is_refused(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, make: Any
) -> None:
    """Truncated, padded, zero, out of range, in DER, or the halves swapped (CVE-2022-21449)."""
    value = make(*good_value(pki, forgery))
    forgery.one("//ds:SignatureValue").text = b64(value)
    assert_refused(verifier, forgery.bytes(), *VALUE)


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("signature.der-value", utils.encode_dss_signature),
        ("signature.value-length", lambda r, s: r.to_bytes(33, "big") + s.to_bytes(33, "big")),
    ],
)
def test_an_ecdsa_value_that_holds_in_another_form_is_refused_for_its_form(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, code: str, make: Any
) -> None:
    """By its own name, and only while it holds: over another letter it is a bad value as any."""
    value = make(*good_value(pki, forgery))
    forgery.one("//ds:SignatureValue").text = b64(value)
    assert_refused(verifier, forgery.bytes(), SubIndication.SIG_CRYPTO_FAILURE, code)
    forgery.one("//ds:SignatureMethod").tail = " "
    assert_refused(verifier, forgery.bytes(), *VALUE)


def test_the_other_solution_of_an_ecdsa_value_signs_the_same_letter(
    pki: DemoPki, verifier: Verifier, forgery: Forgery
) -> None:
    """With (r, s) holds (r, n-s): a value is no fingerprint, and nothing takes it for one."""
    r, s = good_value(pki, forgery)
    forgery.one("//ds:SignatureValue").text = b64(side_by_side(r, P256_ORDER - s))
    assert_passed(verifier, forgery.bytes())
    assert content(forgery.bytes()) == content(signed_letter(pki))


@pytest.mark.parametrize("value", [b"", b"\0", b"\0" * 256, b"\xff" * 256, b"\1" * 255])
def test_an_rsa_value_that_is_none_is_refused(
    pki: DemoPki, verifier: Verifier, value: bytes
) -> None:
    """Of whatever length."""
    rsa = certify("RSA", issuer=pki.sub_ca.credential, key=private_key("rsa2048"))
    forgery = Forgery(sign(letter(), rsa))
    assert_passed(verifier, forgery.bytes())
    forgery.one("//ds:SignatureValue").text = b64(value)
    assert_refused(verifier, forgery.bytes(), *VALUE)


# --- several signatures ---


def both(pki: DemoPki) -> bytes:
    """Signed by the leader, then sealed."""
    first = sign(letter(), pki.leader("commune"), role="leader")
    return sign(Envelope.from_bytes(first), pki.agency("commune"))


def test_leader_and_agency_sign_the_same_letter(pki: DemoPki, verifier: Verifier) -> None:
    """The second signature leaves the first as it is."""
    report = assert_passed(verifier, both(pki))
    assert [item.roles for item in report.signatures] == [("leader",), ("agency",)]


@pytest.mark.parametrize("number", [0, 1])
def test_one_bad_signature_spoils_the_letter(pki: DemoPki, verifier: Verifier, number: int) -> None:
    """The verdict on the file is that of its worst signature."""
    forgery = Forgery(both(pki))
    forgery.root.findall(f".//{{{DS}}}SignatureValue")[number].text = b64(bytes(64))
    report = assert_refused(verifier, forgery.bytes(), *VALUE)
    verdicts = [item.sub_indication for item in report.signatures]
    assert verdicts[number] is SubIndication.SIG_CRYPTO_FAILURE
    assert verdicts[1 - number] is None
    assert report.uncovered == ()


def test_a_failed_signature_weighs_more_than_an_undecided_one(
    pki: DemoPki, verifier: Verifier
) -> None:
    """TOTAL-FAILED before INDETERMINATE, in whatever order they stand."""
    data = sign(Envelope.from_bytes(sign(letter(), pki.stranger)), pki.agency("commune"))
    assert_refused(verifier, data, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "certificate.no-chain")
    forgery = Forgery(data)
    forgery.root.findall(f".//{{{DS}}}SignatureValue")[1].text = b64(bytes(64))
    assert_refused(verifier, forgery.bytes(), *VALUE)


def test_the_same_signature_twice_is_refused(verifier: Verifier, forgery: Forgery) -> None:
    """Two signatures by one person are not two persons."""
    forgery.signature.addnext(copy.deepcopy(forgery.signature))
    assert_refused(verifier, forgery.bytes(), *DOUBLE)


def test_another_prefix_for_the_same_names_changes_nothing(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """Names are what counts, not how they are spelled; the value is made over the spelling."""
    text = etree.tostring(forgery.signature).replace(b"ds:", b"dsig:")
    other = etree.fromstring(text.replace(b"xmlns:ds=", b"xmlns:dsig="))
    forgery.header.replace(forgery.signature, other)
    assert_passed(verifier, forgery.redigest().resign(key).bytes())
    assert content(forgery.bytes()) == content(signed_letter(pki))
