"""What a signature refers to, how, and what is left out: by an attacker, and by a trusted fool.

Where a test signs again, it does so with a key that is trusted: even then the rule must hold, for
the recipient of a letter relies on the rule and not on the good sense of whoever signed.
"""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from forgeries import add_attachment, add_entry, drop_attachment
from signing_help import (
    EXCLUSIVE,
    ONE,
    TWO,
    Forgery,
    assert_passed,
    assert_refused,
    attachments,
    b64,
    content,
    edit,
    element,
    letter,
    sign,
    signed_letter,
    verifier_for,
)

from docexchange.envelope import Envelope, TraceHeader
from docexchange.envelope.names import DS, edxml
from docexchange.errors import MalformedEnvelope
from docexchange.identifiers import OrganId
from docexchange.signing import SubIndication

if TYPE_CHECKING:
    from docexchange.clock import VirtualClock
    from docexchange.signing import Verifier
    from docexchange.testing import DemoPki

HASH = (SubIndication.HASH_FAILURE, "signature.digest")
COVERAGE = (SubIndication.FORMAT_FAILURE, "signature.coverage")
FORMAT = (SubIndication.FORMAT_FAILURE, "signature.format")
VALUE = (SubIndication.SIG_CRYPTO_FAILURE, "signature.value")
MISSING = (SubIndication.SIGNED_DATA_NOT_FOUND, "signature.missing-part")
TRANSFORM = (SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.transform")


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
    """The commune's own key: the signer is trusted, and foolish."""
    return pki.agency("commune").private_key


# --- parts that are changed, swapped, dropped or added ---


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("V/v báo cáo", "V/v báo cao", "MessageHeader"),
        ("000.00.00.G22", "000.00.00.H53", "MessageHeader"),
        ("BussinessDocType>0", "BussinessDocType>1", "Bussiness"),
        ("<edXML:AttachmentName>quyết", "<edXML:AttachmentName>Quyết", "edXMLBody"),
        ("<edXML:ContentType>application/pdf", "<edXML:ContentType>text/html", "edXMLBody"),
        (b64(ONE), b64(ONE[::-1]), "attachment quyết định.pdf"),
    ],
)
def test_one_change_anywhere_breaks_the_digest_of_that_part(
    pki: DemoPki, verifier: Verifier, old: str, new: str, label: str
) -> None:
    """The report names the part that was changed."""
    report = assert_refused(verifier, edit(signed_letter(pki), old, new), *HASH)
    assert report.reason.startswith(f"{label}: expected digest")
    broken = [item.label for item in report.signatures[0].coverage if not item.intact]
    assert broken == [label]
    assert [part.label for part in report.uncovered] == [label]


def test_all_broken_parts_are_listed(pki: DemoPki, verifier: Verifier) -> None:
    """Not only the first of them."""
    data = edit(signed_letter(pki), "V/v báo cáo", "V/v khác")
    report = assert_refused(verifier, edit(data, b64(TWO), b64(ONE)), *HASH)
    assert report.reason.startswith("MessageHeader, attachment phụ lục.pdf: ")


def test_octets_swapped_between_two_attachments_are_noticed(
    pki: DemoPki, verifier: Verifier
) -> None:
    """The reference ties a content id to its octets."""
    data = edit(signed_letter(pki), b64(ONE), "@")
    report = assert_refused(verifier, edit(edit(data, b64(TWO), b64(ONE)), "@", b64(TWO)), *HASH)
    assert "quyết định.pdf, attachment phụ lục.pdf" in report.reason


def test_content_ids_swapped_beside_the_octets_are_noticed(
    verifier: Verifier, forgery: Forgery
) -> None:
    """The same swap, made at the other end."""
    first, second = forgery.root.findall(f".//{edxml('Attachment')}/{edxml('ContentId')}")
    first.text, second.text = second.text, first.text
    assert_refused(verifier, forgery.bytes(), *HASH)


def test_content_ids_swapped_in_the_manifest_are_noticed(
    verifier: Verifier, forgery: Forgery
) -> None:
    """Names exchanged between two files: the manifest is under the signature."""
    first, second = forgery.root.findall(f".//{edxml('Reference')}/{edxml('ContentId')}")
    first.text, second.text = second.text, first.text
    report = assert_refused(verifier, forgery.bytes(), *HASH)
    assert report.reason.startswith("edXMLBody:")


def test_cid_references_swapped_in_signed_info_break_the_value(
    verifier: Verifier, forgery: Forgery
) -> None:
    """``SignedInfo`` is what the value is over."""
    forgery.reference("cid:one").set("URI", "cid:swap")
    forgery.reference("cid:two").set("URI", "cid:one")
    forgery.reference("cid:swap").set("URI", "cid:two")
    assert_refused(verifier, forgery.bytes(), *VALUE)


def test_an_attachment_dropped_with_its_entry_is_missed(
    verifier: Verifier, forgery: Forgery
) -> None:
    """The signature still refers to it."""
    drop_attachment(forgery, 1)
    report = assert_refused(verifier, forgery.bytes(), *MISSING)
    assert "cid:two" in report.reason


def test_an_attachment_dropped_without_its_entry_is_no_envelope(forgery: Forgery) -> None:
    """The manifest promises octets that are not there."""
    found = forgery.root.find(f".//{edxml('Attachment')}")
    found.getparent().remove(found)
    with pytest.raises(MalformedEnvelope) as caught:
        Envelope.from_bytes(forgery.bytes())
    assert caught.value.code == "envelope.attachment-missing"


def test_an_extra_attachment_without_an_entry_is_refused(
    verifier: Verifier, forgery: Forgery
) -> None:
    """Nobody vouches for it, so the letter does not pass with it."""
    add_attachment(forgery, "three", b"MZ evil")
    report = assert_refused(verifier, forgery.bytes(), *COVERAGE)
    assert "1 more" in report.reason


def test_an_extra_attachment_with_an_entry_is_not_covered(
    verifier: Verifier, forgery: Forgery
) -> None:
    """The report names it."""
    add_attachment(forgery, "three", b"MZ evil")
    add_entry(forgery, "three", "lương.exe")
    report = assert_refused(verifier, forgery.bytes(), *COVERAGE)
    assert report.reason.endswith("not covered: attachment lương.exe")


def test_an_extra_attachment_that_a_fool_signed_in_the_manifest_only_is_not_covered(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """An entry under the signature does not cover octets."""
    add_attachment(forgery, "three", b"MZ evil")
    add_entry(forgery, "three", "lương.exe")
    report = assert_refused(verifier, forgery.redigest().resign(key).bytes(), *COVERAGE)
    assert report.reason.endswith("not covered: attachment lương.exe")


def test_a_second_set_of_octets_under_a_signed_content_id_is_no_envelope(
    forgery: Forgery,
) -> None:
    """No two readers may disagree about which octets a reference means."""
    add_attachment(forgery, "one", b"MZ evil")
    with pytest.raises(MalformedEnvelope) as caught:
        Envelope.from_bytes(forgery.bytes())
    assert caught.value.code == "envelope.duplicate-content-id"


def test_a_second_entry_for_a_signed_content_id_is_no_envelope(forgery: Forgery) -> None:
    """Nor about what it is called."""
    add_entry(forgery, "one", "lương.exe")
    with pytest.raises(MalformedEnvelope) as caught:
        Envelope.from_bytes(forgery.bytes())
    assert caught.value.code == "envelope.duplicate-content-id"


@pytest.mark.parametrize("name", ["AttachmentName", "ContentType", "Description"])
def test_what_stands_beside_the_octets_is_not_used(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, name: str
) -> None:
    """It is not signed; name, type and description come from the signed manifest."""
    attached = forgery.one("//e:Attachment")
    (attached.find(edxml(name)) if name != "Description" else attached).text = "../evil.exe"
    if name == "Description":
        attached.text = None
        added = element("Description")
        added.text = "../evil.exe"
        attached.insert(0, added)
    assert_passed(verifier, forgery.bytes())
    assert content(forgery.bytes()) == content(signed_letter(pki))


def test_a_trace_header_of_a_hub_changes_nothing(
    pki: DemoPki, verifier: Verifier, clock: VirtualClock
) -> None:
    """Hubs add them on the way; they are left out of the signature on purpose."""
    envelope = Envelope.from_bytes(signed_letter(pki))
    relayed = envelope
    for code in ("000.00.31.H53", "000.00.00.H53"):
        relayed = relayed.with_trace(TraceHeader(OrganId(code), clock.now()))
    data = b"".join(relayed.chunks())
    assert_passed(verifier, data)
    assert content(data) == content(envelope)
    assert len(Envelope.from_bytes(data).traces) == 2


def test_white_space_and_comments_outside_what_is_signed_change_nothing(
    pki: DemoPki, verifier: Verifier
) -> None:
    """As does anything else that no reader looks at."""
    data = edit(signed_letter(pki), "</edXML:edXMLHeader>", "<!-- x -->\n\n</edXML:edXMLHeader>")
    assert_passed(verifier, data)


@pytest.mark.parametrize("where", ["<edXML:From>", "<edXML:edXMLManifest"])
def test_a_comment_between_elements_of_a_signed_part_changes_nothing(
    pki: DemoPki, verifier: Verifier, where: str
) -> None:
    """Canonical XML leaves comments out, and so does the reader."""
    data = edit(signed_letter(pki), where, f"<!-- x -->{where}")
    assert_passed(verifier, data)
    assert content(data) == content(signed_letter(pki))


@pytest.mark.parametrize("inserted", ["<!---->", "<!-- x -->", "<?x?>"])
@pytest.mark.parametrize(
    "before", ["00.G22</edXML:OrganId>", "báo cáo</edXML:Subject>", "phụ lục.pdf</edXML:A"]
)
def test_a_comment_inside_a_signed_text_is_no_envelope(
    pki: DemoPki, before: str, inserted: str
) -> None:
    """The digest would hold while some parsers see half of the text."""
    at = before.index("<")
    data = edit(signed_letter(pki), before, before[: at - 2] + inserted + before[at - 2 :])
    with pytest.raises(MalformedEnvelope) as caught:
        Envelope.from_bytes(data)
    assert caught.value.code == "xml.mixed-content"


def test_another_namespace_behind_the_same_prefix_is_noticed(forgery: Forgery) -> None:
    """The declaration stands outside the signed part, and yet is signed with it."""
    data = forgery.bytes().replace(
        b'xmlns:edXML="http://www.mic', b'xmlns:edXML="http://www.mid', 1
    )
    with pytest.raises(MalformedEnvelope):
        Envelope.from_bytes(data)


# --- references ---


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("http://example.vn/letter.xml", "signature.external-reference"),
        ("https://example.vn/letter.xml", "signature.external-reference"),
        ("file:///etc/hostname", "signature.external-reference"),
        ("/etc/hostname", "signature.external-reference"),
        ("ftp://example.vn/x", "signature.external-reference"),
        ("data:,x", "signature.external-reference"),
        ("", "signature.whole-document"),
    ],
)
def test_an_external_or_whole_document_reference_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any, uri: str, code: str
) -> None:
    """A trusted signer signed it; nothing is fetched all the same."""
    forgery.reference("cid:one").set("URI", uri)
    data = forgery.resign(key).bytes()
    assert_refused(verifier, data, SubIndication.SIG_CONSTRAINTS_FAILURE, code)


def test_a_reference_without_a_uri_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """What it means would be left to the reader."""
    del forgery.reference("cid:one").attrib["URI"]
    data = forgery.resign(key).bytes()
    assert_refused(
        verifier, data, SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.whole-document"
    )


@pytest.mark.parametrize(
    "uri",
    ["#", "#nothing", "#xpointer(/)", "#xpointer(id('m-1'))", "cid:three", "cid:", "cid:%6Fne"],
)
def test_a_reference_to_nothing_is_said_to_be_one(
    verifier: Verifier, forgery: Forgery, key: Any, uri: str
) -> None:
    """XPointers and escapes are not interpreted."""
    forgery.reference("cid:one").set("URI", uri)
    assert_refused(verifier, forgery.resign(key).bytes(), *MISSING)


@pytest.mark.parametrize("uri", ["#m-1", "#m-1.business", "#m-1.body", "cid:one", "cid:two"])
def test_each_part_must_be_referenced_by_the_signature_itself(
    verifier: Verifier, forgery: Forgery, key: Any, uri: str
) -> None:
    """A trusted signer left one out: the letter is not fully vouched for."""
    reference = forgery.reference(uri)
    reference.getparent().remove(reference)
    report = assert_refused(verifier, forgery.resign(key).bytes(), *COVERAGE)
    assert "not covered" in report.reason


@pytest.mark.parametrize("uri", ["#m-1", "#m-1.business", "#m-1.body", "cid:one"])
def test_a_part_referenced_twice_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any, uri: str
) -> None:
    """Digested once is enough."""
    reference = forgery.reference(uri)
    double = copy.deepcopy(reference)
    del double.attrib["Id"]
    reference.addnext(double)
    report = assert_refused(verifier, forgery.resign(key).bytes(), *COVERAGE)
    assert f"{uri} referenced twice" in report.reason


def test_signed_properties_referenced_twice_are_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """One signature, one set of properties, one reference."""
    forgery.own_reference.addnext(copy.deepcopy(forgery.own_reference))
    report = assert_refused(verifier, forgery.resign(key).bytes(), *FORMAT)
    assert "found 2" in report.reason


def test_signed_properties_that_nothing_refers_to_are_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """Without it time, role and certificate would be anybody's word."""
    forgery.signed_info.remove(forgery.own_reference)
    report = assert_refused(verifier, forgery.resign(key).bytes(), *FORMAT)
    assert "one reference to SignedProperties, found 0" in report.reason


@pytest.mark.parametrize("kind", ["", "http://uri.etsi.org/01903/v1.1.1#SignedProperties", "x"])
def test_the_reference_to_signed_properties_must_say_what_it_is(
    verifier: Verifier, forgery: Forgery, key: Any, kind: str
) -> None:
    """EN 319 132-1, clause 4.4.2 prescribes its ``Type``."""
    forgery.own_reference.set("Type", kind)
    report = assert_refused(verifier, forgery.resign(key).bytes(), *FORMAT)
    assert "Type" in report.reason


def test_a_reference_to_an_element_that_is_not_a_part_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """Only what must be covered may be covered: everything else can only confuse."""
    forgery.root.append(element("Extra", Id="extra"))
    more = copy.deepcopy(forgery.reference("#m-1"))
    more.set("URI", "#extra")
    more.attrib.pop("Id")
    forgery.signed_info.append(more)
    report = assert_refused(verifier, forgery.redigest().resign(key).bytes(), *COVERAGE)
    assert "something else: #extra" in report.reason


def test_a_reference_to_a_manifest_of_references_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """Digests inside a ``ds:Manifest`` are checked by nobody, so they cover nothing."""
    manifest = element("Manifest", DS, Id="manifest")
    manifest.append(forgery.reference("cid:one"))
    forgery.one("//ds:Object").addnext(manifest)
    report = assert_refused(verifier, forgery.resign(key).bytes(), *FORMAT)
    assert "Manifest" in report.reason


# --- transforms, digests, canonicalisation ---

DSIG = "http://www.w3.org/2000/09/xmldsig#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


def transforms(*algorithms: str) -> Any:
    """A ``ds:Transforms`` with these steps."""
    parent = element("Transforms", DS)
    parent.extend(element("Transform", DS, Algorithm=algorithm) for algorithm in algorithms)
    return parent


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        (["http://www.w3.org/TR/1999/REC-xslt-19991116"], "XSLT"),
        (["http://www.w3.org/TR/1999/REC-xpath-19991116", EXCLUSIVE], "XPath transform"),
        (["http://www.w3.org/2002/06/xmldsig-filter2", EXCLUSIVE], "XPath Filter 2"),
        ([DSIG + "base64"], "base64"),
        ([DSIG + "enveloped-signature", EXCLUSIVE], "enveloped-signature"),
        ([EXCLUSIVE, EXCLUSIVE], "exclusive"),
        ([EXCLUSIVE + "WithComments"], "exclusive canonical XML with comments"),
        ([INCLUSIVE], "inclusive canonical XML 1.0"),
        (["http://www.w3.org/2006/12/xml-c14n11"], "inclusive canonical XML 1.1"),
        (["http://www.w3.org/TR/xml-exc-c14n#"], "no standard"),
        (["urn:evil"], "urn:evil"),
        ([], "none"),
    ],
)
def test_any_transform_but_the_one_of_the_profile_is_refused_by_name(
    verifier: Verifier, forgery: Forgery, key: Any, steps: list[str], named: str
) -> None:
    """A transform decides what is digested: XSLT can make any document digest to anything."""
    forgery.reference("#m-1")[0] = transforms(*steps)
    report = assert_refused(verifier, forgery.redigest().resign(key).bytes(), *TRANSFORM)
    assert named in report.reason


@pytest.mark.parametrize("steps", [[DSIG + "base64"], [EXCLUSIVE], ["urn:evil"]])
def test_any_transform_of_an_attachment_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any, steps: list[str]
) -> None:
    """The digest is over the octets that are carried."""
    forgery.reference("cid:one").insert(0, transforms(*steps))
    assert_refused(verifier, forgery.resign(key).bytes(), *TRANSFORM)


def test_parameters_of_the_transform_are_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """``InclusiveNamespaces`` changes what is digested."""
    parameter = element("InclusiveNamespaces", EXCLUSIVE, PrefixList="edXML")
    forgery.reference("#m-1")[0][0].append(parameter)
    report = assert_refused(verifier, forgery.redigest().resign(key).bytes(), *TRANSFORM)
    assert "with parameters" in report.reason


@pytest.mark.parametrize(
    ("uri", "name", "algorithm"),
    [
        (DSIG + "sha1", "SHA-1", "sha1"),
        ("http://www.w3.org/2001/04/xmldsig-more#md5", "MD5", "md5"),
        ("http://www.w3.org/2001/04/xmldsig-more#sha224", "SHA-224", "sha224"),
    ],
)
def test_a_weak_digest_is_refused_by_name_although_it_holds(
    verifier: Verifier, forgery: Forgery, key: Any, uri: str, name: str, algorithm: str
) -> None:
    """Two files can be made with the same SHA-1 digest."""
    reference = forgery.reference("cid:one")
    reference[-2].set("Algorithm", uri)
    reference[-1].text = b64(hashlib.new(algorithm, ONE).digest())
    data = forgery.resign(key).bytes()
    verdict = (SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "signature.digest-algorithm")
    report = assert_refused(verifier, data, *verdict)
    assert f"found {name}" in report.reason


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        (INCLUSIVE, "inclusive canonical XML 1.0"),
        (EXCLUSIVE + "WithComments", "with comments"),
        ("", "none"),
    ],
)
def test_another_canonicalisation_of_signed_info_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any, uri: str, name: str
) -> None:
    """With comments left in or namespaces drawn in, the octets differ between tools."""
    forgery.signed_info[0].set("Algorithm", uri)
    data = forgery.resign(key).bytes()
    verdict = (SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.canonicalization")
    report = assert_refused(verifier, data, *verdict)
    assert name in report.reason


def test_parameters_of_the_canonicalisation_are_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """The same for ``SignedInfo``."""
    parameter = element("InclusiveNamespaces", EXCLUSIVE, PrefixList="edXML")
    forgery.signed_info[0].append(parameter)
    verdict = (SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.canonicalization")
    assert_refused(verifier, forgery.resign(key).bytes(), *verdict)


@pytest.mark.parametrize("size", [0, 1, 20, 31, 33, 64])
def test_a_digest_of_another_length_does_not_hold(
    verifier: Verifier, forgery: Forgery, key: Any, size: int
) -> None:
    """A truncated digest is no digest."""
    digest = hashlib.sha512(ONE).digest()
    forgery.reference("cid:one")[-1].text = b64((hashlib.sha256(ONE).digest() + digest)[:size])
    assert_refused(verifier, forgery.resign(key).bytes(), *HASH)


def test_a_hub_that_declares_a_relative_namespace_makes_the_letter_unusable_not_the_program(
    pki: DemoPki, verifier: Verifier
) -> None:
    """Canonical XML has no form for it (C14N 1.0, clause 1.3), so there is nothing to digest."""
    data = edit(signed_letter(pki), "<edXML xmlns=", '<edXML xmlns:q="relative" xmlns=')
    report = assert_refused(verifier, data, *FORMAT)
    assert "relative" in report.reason


@pytest.mark.parametrize("algorithm", ["SHA384", "SHA512"])
def test_stronger_digests_pass(pki: DemoPki, verifier: Verifier, algorithm: str) -> None:
    """SHA-384 and SHA-512 are as good."""
    from docexchange.signing.xmldsig.algorithms import Digest

    data = sign(letter(*attachments()), pki.agency("commune"), digest=Digest[algorithm])
    assert assert_passed(verifier, data).signatures[0].algorithm.endswith(algorithm.lower())
