"""Letters and other files under signatures of other forms than ours."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest
from dsig_help import Ref, certificate_info, sign_into, xpath
from lxml import etree
from signing_help import (
    NAMES,
    NOW,
    ONE,
    TWO,
    attachments,
    certify,
    edit,
    letter,
    private_key,
    sign,
    signed_letter,
    verifier_for,
)
from timestamp_help import client

from docexchange.envelope import Attachment, Envelope, TraceHeader
from docexchange.envelope.attachments.base64_stream import encode
from docexchange.envelope.names import CONTENT_ELEMENT, DS
from docexchange.errors import MalformedEnvelope, VerificationFailed
from docexchange.limits import Limits
from docexchange.signing import Indication, Report, SubIndication, VerificationPolicy, Verifier
from docexchange.signing.certificates import fingerprint
from docexchange.signing.xades.names import SIGNED_PROPERTIES, XADES, XADES_141
from docexchange.signing.xmldsig.algorithms import ENVELOPED, Canonicalization, Digest

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

GENERAL = VerificationPolicy.general()
WHOLE = Ref("", (ENVELOPED,))


def auditor(pki: DemoPki, **options: Any) -> Verifier:
    """A verifier that takes any form."""
    return verifier_for(pki, policy=replace(GENERAL, **options))


def foreign_letter(pki: DemoPki, *references: Ref, text: bytes | None = None) -> bytes:
    """The commune's letter, enveloped-signed by a program that parses all of it."""
    data = b"".join(Envelope.of(letter(*attachments())).chunks())
    if text is not None:
        data = edit(data, encode(ONE), text)
    root = etree.fromstring(data)
    agency = pki.agency("commune")
    certificates = [agency.der, *(item.public_bytes(_der()) for item in agency.chain)]
    [header] = root.xpath("//e:edXMLHeader", namespaces=NAMES)
    info = certificate_info(*certificates)
    key = agency.private_key
    sign_into(header, references or [WHOLE], key=key, info=info, method=_method(key))
    made = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return made.replace(b"&#13;", b"\r")


def _der() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


def _method(key: Any) -> str:
    from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm

    name = "ECDSA_SHA256" if hasattr(key, "curve") else "RSA_SHA256"
    return SignatureAlgorithm[name].value


@pytest.mark.parametrize("form", Canonicalization)
def test_an_enveloped_signature_over_the_whole_letter(pki: DemoPki, form: Canonicalization) -> None:
    """It covers every part, attachments in their text; the message is rebuilt from it."""
    data = foreign_letter(pki, Ref("", (ENVELOPED, form.value)))
    verified = auditor(pki).verify(Envelope.from_bytes(data))
    assert [b"".join(item.chunks()) for item in verified.attachments] == [ONE, TWO]
    [found] = verified.report.signatures
    assert found.level == "XMLDSig"
    assert found.signatory is not None
    assert [item.label for item in found.coverage] == ["the whole document"]
    assert [step.name for step in found.steps][:6] == [
        "form",
        "certificate",
        "algorithms",
        "signature value",
        "coverage",
        "digests",
    ]


def test_large_attachments_are_digested_from_the_file_in_pieces(pki: DemoPki) -> None:
    """More than one piece of text; the last octet counts."""
    octets = bytes(range(256)) * 1998  # whole groups of three
    big = Attachment.from_bytes(octets, name="scan.pdf")
    agency = pki.agency("commune")
    root = etree.fromstring(b"".join(Envelope.of(letter(big)).chunks()))
    [header] = root.xpath("//e:edXMLHeader", namespaces=NAMES)
    chain = [item.public_bytes(_der()) for item in agency.chain]
    info = certificate_info(agency.der, *chain)
    key = agency.private_key
    sign_into(header, [WHOLE], key=key, info=info, method=_method(key))
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    assert (
        auditor(pki, limits=Limits(signed_bytes=20_000)).examine(Envelope.from_bytes(data)).passed
    )
    changed = edit(data, encode(octets[-3:]) + "</", encode(b"abc") + "</")
    report = auditor(pki).examine(Envelope.from_bytes(changed))
    assert report.sub_indication is SubIndication.HASH_FAILURE


def test_by_default_it_is_refused_by_name(pki: DemoPki) -> None:
    """Our profile survives relaying, and this does not: who wants it has to say so."""
    envelope = Envelope.from_bytes(foreign_letter(pki))
    report = verifier_for(pki).examine(envelope)
    assert report.code in {"signature.form", "signature.format", "signature.whole-document"}
    with pytest.raises(VerificationFailed):
        verifier_for(pki).verify(envelope)


def test_every_changed_octet_is_found(pki: DemoPki) -> None:
    """In the header, and in the text of an attachment that no parser has seen."""
    data = foreign_letter(pki)
    for old, new in (("V/v báo cáo", "V/v bao cao"), (encode(TWO), encode(TWO[::-1]))):
        report = auditor(pki).examine(Envelope.from_bytes(edit(data, old, new)))
        assert report.sub_indication is SubIndication.HASH_FAILURE
        assert "of the whole document, found" in report.reason


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_in_attachments_are_read_as_xml_reads_them(pki: DemoPki, end: bytes) -> None:
    """XML 1.0, clause 2.11: the signer's parser saw a line feed, whatever stands in the file."""
    half = len(encode(ONE)) // 2
    text = encode(ONE)[:half].encode() + b"\n" + encode(ONE)[half:].encode()
    data = foreign_letter(pki, text=text)
    broken = edit(data, text, text.replace(b"\n", end))
    assert auditor(pki).examine(Envelope.from_bytes(broken)).passed


def test_a_hub_breaks_it(pki: DemoPki) -> None:
    """A trace header changes the document; that is why our profile is another."""
    trace = TraceHeader(letter().sender.organ_id, NOW)
    envelope = Envelope.from_bytes(foreign_letter(pki)).with_trace(trace)
    report = auditor(pki).examine(envelope)
    assert report.sub_indication is SubIndication.HASH_FAILURE


@pytest.mark.parametrize(
    "reference",
    [
        Ref("", (ENVELOPED, xpath("not(ancestor-or-self::ds:Signature)", ds=DS))),
        Ref("", (xpath("true()"), ENVELOPED)),
    ],
)
def test_an_expression_covers_nothing(pki: DemoPki, reference: Ref) -> None:
    """Its digest holds, and yet it might have left out the subject."""
    report = auditor(pki).examine(Envelope.from_bytes(foreign_letter(pki, reference)))
    assert report.indication is Indication.TOTAL_FAILED
    assert report.code == "signature.coverage"
    assert "MessageHeader" in report.reason


def test_a_signature_over_one_part_is_not_enough(pki: DemoPki) -> None:
    """What is missing is named, attachments too."""
    data = b"".join(Envelope.of(letter(*attachments())).chunks())
    identity = etree.fromstring(data).xpath("string(//e:MessageHeader/@Id)", namespaces=NAMES)
    report = auditor(pki).examine(Envelope.from_bytes(foreign_letter(pki, Ref(f"#{identity}"))))
    assert report.code == "signature.coverage"
    assert "phụ lục.pdf" in report.reason
    assert "MessageHeader" not in report.reason


def letter_by_parts(pki: DemoPki, name: str) -> bytes:
    """The commune's letter; header, body and each element of a name are signed by their ids."""
    root = etree.fromstring(b"".join(Envelope.of(letter(*attachments())).chunks()))
    parts = root.xpath("//e:MessageHeader | //e:Bussiness | //e:edXMLBody", namespaces=NAMES)
    for number, element in enumerate(root.iter("{*}" + name)):
        element.set("Id", f"a{number}")
        parts.append(element)
    agency = pki.agency("commune")
    chain = [item.public_bytes(_der()) for item in agency.chain]
    [header] = root.xpath("//e:edXMLHeader", namespaces=NAMES)
    references = [Ref(f"#{item.get('Id')}", (Canonicalization.EXCLUSIVE,)) for item in parts]
    info, key = certificate_info(agency.der, *chain), agency.private_key
    sign_into(header, references, key=key, info=info, method=_method(key))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def with_ids_swapped(data: bytes) -> bytes:
    """The content ids beside the octets of two attachments change places."""
    head, mark, tail = data.partition(b"<AttachmentEncoded")
    other = {b"cid:one<": b"cid:two<", b"cid:two<": b"cid:one<"}
    return head + mark + re.sub(b"cid:(one|two)<", lambda found: other[found[0]], tail)


def test_attachments_may_be_signed_in_their_text(pki: DemoPki) -> None:
    """With the content id that says which of them it is; then they cannot be exchanged."""
    data = letter_by_parts(pki, "Attachment")
    verified = auditor(pki).verify(Envelope.from_bytes(data))
    assert [b"".join(item.chunks()) for item in verified.attachments] == [ONE, TWO]
    swapped = Envelope.from_bytes(with_ids_swapped(data))
    assert [b"".join(item.chunks()) for item in swapped.message.attachments] == [TWO, ONE]
    assert auditor(pki).examine(swapped).code == "signature.digest"


def test_the_text_of_attachments_without_their_content_ids_is_not_enough(pki: DemoPki) -> None:
    """Each octet is signed, and yet the decision could be exchanged for the appendix."""
    data = letter_by_parts(pki, CONTENT_ELEMENT)
    for sent in (data, with_ids_swapped(data)):
        report = auditor(pki).examine(Envelope.from_bytes(sent))
        assert (report.passed, report.code) == (False, "signature.coverage")
        assert "attachment phụ lục.pdf" in report.reason


def test_our_own_letters_pass_for_auditors_too(pki: DemoPki) -> None:
    """The general engine reads our profile with the same verdict, level and roles."""
    envelope = Envelope.from_bytes(signed_letter(pki))
    general, ours = auditor(pki).examine(envelope), verifier_for(pki).examine(envelope)
    assert general.passed
    assert ours.passed
    for name in ("level", "roles", "signing_time", "signatory", "algorithm"):
        assert getattr(general.signatures[0], name) == getattr(ours.signatures[0], name)


def test_what_is_written_and_not_yet_read_can_be_examined(pki: DemoPki) -> None:
    """An envelope of ours, straight from the signer: its attachments are no spans of a file."""
    envelope = Envelope.of(letter(*attachments()))
    assert auditor(pki).examine(envelope).code == "signature.none"
    data = sign(letter(*attachments()), pki.agency("commune"))
    assert auditor(pki).examine(Envelope.from_bytes(data)).passed


def plain(pki: DemoPki, *references: Ref, **options: Any) -> bytes:
    """Some XML file, signed by the commune."""
    agency = pki.agency("commune")
    root = etree.fromstring('<invoice><total Id="t">1</total></invoice>')
    chain = [item.public_bytes(_der()) for item in agency.chain]
    info = certificate_info(*chain, agency.der)  # the signer's own need not be the first
    key = agency.private_key
    sign_into(root, references or [WHOLE], key=key, info=info, method=_method(key), **options)
    return etree.tostring(root)


def test_any_xml_file(pki: DemoPki) -> None:
    """With a path to an anchor, and a list of what is covered."""
    report = auditor(pki).examine_xml(plain(pki))
    assert report.passed, report.summary
    report = verifier_for(pki).examine_xml(plain(pki))
    assert report.code == "signature.transform"


def test_what_no_signature_covers_is_told_with_its_size(pki: DemoPki) -> None:
    """The topmost elements outside, and what an element says of its own; nothing of a whole one."""
    assert auditor(pki).examine_xml(plain(pki)).uncovered == ()
    data = edit(plain(pki, Ref("#t")), b"<invoice>", b'<invoice n="7">x<note><b/></note>')
    report = auditor(pki).examine_xml(data)
    assert report.passed, report.summary
    assert [(item.label, item.octets) for item in report.uncovered] == [
        ("/invoice/text()|@*", 3),
        ("/invoice/note", len(b"<note><b></b></note>")),
    ]


@pytest.mark.parametrize(
    "beside", [b"<note/>", b"note", b'<x:QualifyingProperties xmlns:x="urn:x"/>']
)
def test_what_stands_unsigned_in_a_signature_is_told(pki: DemoPki, beside: bytes) -> None:
    """An object that no reference is to; properties of XAdES are judged with their signature."""
    data = xades_signed(pki, second_version(pki))
    assert auditor(pki).examine_xml(data).uncovered == ()
    hidden = b"<ds:Object>" + beside + b"</ds:Object></ds:Signature>"
    report = auditor(pki).examine_xml(edit(data, b"</ds:Signature>", hidden))
    assert report.passed, report.summary
    assert [item.label for item in report.uncovered] == ["/invoice/Signature/Object"]
    inside = edit(data, b"</x:SignedProperties>", b"</x:SignedProperties>" + beside)
    labels = [item.label for item in auditor(pki).examine_xml(inside).uncovered]
    assert all(label.startswith("/invoice/Signature/Object/Qualifying") for label in labels)
    assert labels != []


def test_an_object_is_signed_by_a_reference_to_it_or_by_another_signature(pki: DemoPki) -> None:
    """Enveloping: the second object is nobody's word. Enveloped: who signs later signs it too."""
    agency = pki.agency("commune")
    chain = [item.public_bytes(_der()) for item in agency.chain]
    options: Any = {"key": agency.private_key, "info": certificate_info(agency.der, *chain)}
    two = '<ds:Object Id="a"><pay>1</pay></ds:Object><ds:Object Id="b"><pay>9</pay></ds:Object>'
    for references, labels in (([Ref("#a")], ["/Signature/Object"]), ([Ref("#a"), Ref("#b")], [])):
        alone = sign_into(None, references, objects=two, **options)
        report = auditor(pki).examine_xml(etree.tostring(alone))
        assert report.passed, report.summary
        assert [item.label for item in report.uncovered] == labels
    root = etree.fromstring("<invoice/>")
    sign_into(root, [WHOLE], objects=two, **options)
    once = auditor(pki).examine_xml(etree.tostring(root))
    assert [item.label for item in once.uncovered] == ["/invoice/Signature/Object"] * 2
    sign_into(root, [WHOLE], **options)
    twice = auditor(pki).examine_xml(etree.tostring(root))
    assert [item.intact for item in twice.signatures[1].coverage] == [True]
    assert twice.uncovered == ()


def test_a_choice_covers_nothing_for_sure(pki: DemoPki) -> None:
    """After an XPath the whole file is still listed as not covered, and the entry says why."""
    report = auditor(pki).examine_xml(plain(pki, Ref("", (ENVELOPED, xpath("true()")))))
    assert report.passed, report.summary
    assert [item.whole for item in report.signatures[0].coverage] == [False]
    assert [item.label for item in report.uncovered] == ["/invoice/total"]


def test_our_own_form_keeps_its_level_and_timestamps(pki: DemoPki) -> None:
    """Under the general policy too; only what is of another form is judged as such."""
    data = sign(letter(*attachments()), pki.agency("commune"), timestamps=client(pki.tsa))
    own = auditor(pki).verify(Envelope.from_bytes(data)).report.signatures[0]
    assert (own.level, own.foreign, own.proved_by) == ("XAdES-B-T", False, 1)
    other = auditor(pki).verify(Envelope.from_bytes(foreign_letter(pki))).report.signatures[0]
    assert (other.level, other.foreign) == ("XMLDSig", True)
    assert other.coverage[0].parts[0] == "MessageHeader"


def test_a_timestamp_can_be_insisted_on(pki: DemoPki) -> None:
    """Another form is no way round it."""
    report = auditor(pki, require_timestamp=True).examine(Envelope.from_bytes(foreign_letter(pki)))
    assert report.code == "signature.no-timestamp"


def xades_signed(
    pki: DemoPki,
    named: str,
    *,
    unsigned: str = "",
    typed: bool = True,
    time: str = "2026-03-02T09:00:00+07:00",
    namespace: str = XADES,
) -> bytes:
    """Some XML file with an enveloped XAdES signature by the commune, as others write them.

    Args:
        pki: whose.
        named: what names the signing certificate.
        unsigned: inside ``UnsignedSignatureProperties``.
        typed: whether the reference to the properties says what they are.
        time: in ``SigningTime``.
        namespace: of the properties.
    """
    beside = (
        "<x:UnsignedProperties><x:UnsignedSignatureProperties>"
        f"{unsigned}</x:UnsignedSignatureProperties></x:UnsignedProperties>"
        if unsigned
        else ""
    )
    held = (
        f'<ds:Object><x:QualifyingProperties xmlns:x="{namespace}" Target="#s">'
        '<x:SignedProperties Id="p"><x:SignedSignatureProperties>'
        f"<x:SigningTime>{time}</x:SigningTime>{named}"
        "</x:SignedSignatureProperties></x:SignedProperties>"
        f"{beside}</x:QualifyingProperties></ds:Object>"
    )
    kind = SIGNED_PROPERTIES if namespace == XADES else f"{namespace}SignedProperties"
    kind = kind if typed else ""
    properties = Ref("#p", (Canonicalization.EXCLUSIVE.value,), type=kind)
    data = plain(pki, WHOLE, properties, objects=held)
    return edit(data, b"<ds:Signature ", b'<ds:Signature Id="s" ')


def first_version(pki: DemoPki, **changes: Any) -> str:
    """``SigningCertificate`` for the commune's certificate; ``changes`` are what is said wrong."""
    certificate = pki.agency("commune").certificate
    said = {
        "digest": hashlib.sha256(pki.agency("commune").der).digest(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial": certificate.serial_number,
        "method": Digest.SHA256.value,
        **changes,
    }
    return (
        "<x:SigningCertificate><x:Cert><x:CertDigest>"
        f'<ds:DigestMethod Algorithm="{said["method"]}"/>'
        f"<ds:DigestValue>{encode(said['digest'])}</ds:DigestValue></x:CertDigest><x:IssuerSerial>"
        f"<ds:X509IssuerName>{escape(said['issuer'])}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{said['serial']}</ds:X509SerialNumber>"
        "</x:IssuerSerial></x:Cert></x:SigningCertificate>"
    )


def second_version(pki: DemoPki, digest: bytes = b"", method: Digest = Digest.SHA256) -> str:
    """``SigningCertificateV2`` for the same, or for what has another digest."""
    value = encode(digest or hashlib.sha256(pki.agency("commune").der).digest())
    return (
        "<x:SigningCertificateV2><x:Cert><x:CertDigest>"
        f'<ds:DigestMethod Algorithm="{method.value}"/>'
        f"<ds:DigestValue>{value}</ds:DigestValue>"
        "</x:CertDigest></x:Cert></x:SigningCertificateV2>"
    )


def test_both_versions_of_the_signing_certificate_are_read(pki: DemoPki) -> None:
    """The first makes XAdES-BES, the second the level of EN 319 132-1; both may stand there."""
    first, second = first_version(pki), second_version(pki)
    levels = []
    for named in (first, second, first + second):
        report = auditor(pki).examine_xml(xades_signed(pki, named))
        assert report.passed, report.summary
        levels.append(report.signatures[0].level)
    assert levels == ["XAdES-BES", "XAdES-B-B", "XAdES-B-B"]
    assert report.signatures[0].signing_time == NOW


def test_a_claimed_time_without_a_zone_is_no_reason_to_refuse(pki: DemoPki) -> None:
    """XML Schema lets it be left out, and some programs do; nothing hangs on the claim."""
    data = xades_signed(pki, second_version(pki), time="2026-03-02T09:00:00")
    report = auditor(pki).examine_xml(data)
    assert report.passed, report.summary
    assert report.signatures[0].signing_time is None


@pytest.mark.parametrize(
    "spell",
    [
        lambda name: ", ".join(reversed(name.split(","))),
        lambda name: name.replace("CN=", "cn = "),
        lambda name: name.replace("CN=", "2.5.4.3="),
        lambda name: "/" + "/".join(reversed(name.split(","))),
        lambda name: name.replace(",", ";"),
        lambda name: ",".join(_quoted(part) for part in name.split(",")),
        lambda name: ",".join(_in_hexadecimal(part) for part in name.split(",")),
    ],
    ids=["reversed", "spaces", "oid", "slashes", "semicolons", "quotes", "hex"],
)
def test_the_issuer_may_be_spelled_in_any_way(pki: DemoPki, spell: Any) -> None:
    """What others write into X509IssuerName names the same issuer."""
    name = pki.agency("commune").certificate.issuer.rfc4514_string()
    assert spell(name) != name
    named = first_version(pki, issuer=spell(name))
    report = auditor(pki).examine_xml(xades_signed(pki, named))
    assert report.passed, report.summary


def _quoted(part: str) -> str:
    kind, _, value = part.partition("=")
    return f'{kind}="{value}"'


def _in_hexadecimal(part: str) -> str:
    kind, _, value = part.partition("=")
    return f"{kind}=#0c{len(value.encode()):02x}{value.encode().hex()}"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"serial": 7}, "signature.certificate-substituted"),
        ({"issuer": "CN=Another"}, "signature.certificate-substituted"),
        ({"issuer": ""}, "signature.certificate-substituted"),
        ({"digest": bytes(32)}, "signature.no-certificate"),
        ({"serial": "0x7"}, "signature.format"),
        ({"method": Digest.SHA1.value}, "signature.digest-algorithm"),
    ],
)
def test_a_wrong_first_version_is_refused(pki: DemoPki, changes: dict[str, Any], code: str) -> None:
    """Another number, issuer or digest: one key may stand in two certificates; one was meant."""
    data = xades_signed(pki, first_version(pki, **changes))
    report = auditor(pki).examine_xml(data)
    assert (report.passed, report.code) == (False, code)


def _of_its_authority(pki: DemoPki) -> dict[str, Any]:
    """What ``first_version`` says of the authority of the commune's certificate."""
    above = pki.agency("commune").chain[0]
    return {
        "digest": hashlib.sha256(above.public_bytes(_der())).digest(),
        "issuer": above.issuer.rfc4514_string(),
        "serial": above.serial_number,
    }


def _one_list(*lists: str) -> str:
    """What lists say, said in one."""
    return re.sub(
        r"</x:SigningCertificate(?:V2)?><x:SigningCertificate(?:V2)?>", "", "".join(lists)
    )


@pytest.mark.parametrize("reverse", [False, True])
def test_the_list_may_name_the_path_in_any_order(pki: DemoPki, *, reverse: bool) -> None:
    """TS 101 903, 7.2.2, and EN 319 132-1, 5.2.2, want the signer's among them, not in front."""
    above = _of_its_authority(pki)
    firsts = [first_version(pki), first_version(pki, **above)]
    seconds = [second_version(pki), second_version(pki, above["digest"])]
    if reverse:
        firsts, seconds = firsts[::-1], seconds[::-1]
    first, second = _one_list(*firsts), _one_list(*seconds)
    for named in (first, second, first + second):
        report = auditor(pki).examine_xml(xades_signed(pki, named))
        assert report.passed, report.summary
        assert report.signatures[0].signatory.sha256 == fingerprint(pki.agency("commune").der)


def test_a_list_that_names_the_authority_alone_does_not_name_the_signer(pki: DemoPki) -> None:
    """Whoever exchanged the certificate could have named any; the authority's key did not sign."""
    above = _of_its_authority(pki)
    for named in (first_version(pki, **above), second_version(pki, above["digest"])):
        assert not auditor(pki).examine_xml(xades_signed(pki, named)).passed


def test_how_the_authority_is_named_is_no_reason_to_refuse_the_signer(pki: DemoPki) -> None:
    """Its digest may be one that nobody takes any more, and its number none."""
    weak = first_version(pki, method=Digest.SHA1.value, serial="0x7")
    first = _one_list(first_version(pki), weak)
    second = _one_list(second_version(pki), second_version(pki, b"AAA", Digest.SHA1))
    for named in (first, second):
        report = auditor(pki).examine_xml(xades_signed(pki, named))
        assert report.passed, report.summary


@pytest.mark.parametrize("changes", [{"serial": 7}, {"digest": bytes(32)}])
def test_a_right_second_version_does_not_cover_up_a_wrong_first(
    pki: DemoPki, changes: dict[str, Any]
) -> None:
    """Readers of one and of the other would take different certificates for the signer's."""
    data = xades_signed(pki, first_version(pki, **changes) + second_version(pki))
    assert auditor(pki).examine_xml(data).code == "signature.certificate-substituted"


def test_a_first_version_without_a_certificate_is_malformed(pki: DemoPki) -> None:
    """Empty, twice, or without issuer."""
    once = first_version(pki)
    no_issuer = re.sub(r"<x:IssuerSerial>.*</x:IssuerSerial>", "", once)
    for named in ("<x:SigningCertificate/>", once + once, no_issuer):
        assert auditor(pki).examine_xml(xades_signed(pki, named)).code == "signature.format"


NOTHING = b"<ds:X509Certificate>AAAA</ds:X509Certificate>"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</x:QualifyingProperties>", b"<x:UnsignedProperties/></x:QualifyingProperties>"),
        (b"</ds:X509Data>", NOTHING + b"</ds:X509Data>"),
        (b"<ds:X509Data>", b"<ds:X509Data>" + NOTHING),
    ],
)
def test_what_helps_nobody_does_no_harm(pki: DemoPki, old: bytes, new: bytes) -> None:
    """No properties that nobody signed, and certificates that nobody can read."""
    data = xades_signed(pki, second_version(pki))
    report = auditor(pki).examine_xml(edit(data, old, new))
    assert report.passed, report.summary


def test_roles_may_be_insisted_on_in_any_xml(pki: DemoPki) -> None:
    """A file of which nobody says in which role it was signed has not been signed in that role."""
    role = (
        "<x:SignerRoleV2><x:ClaimedRoles><x:ClaimedRole>leader</x:ClaimedRole></x:ClaimedRoles>"
        "</x:SignerRoleV2>"
    )
    needy = auditor(pki, required_roles=("leader",))
    assert needy.examine_xml(xades_signed(pki, second_version(pki) + role)).passed
    two = role.replace(
        "</x:ClaimedRoles>", "<x:ClaimedRole>agency</x:ClaimedRole></x:ClaimedRoles>"
    )
    for_two = auditor(pki, required_roles=("leader", "agency"))
    greedy = for_two.examine_xml(xades_signed(pki, second_version(pki) + two))
    assert (greedy.passed, greedy.code) == (False, "signature.role-missing")
    report = needy.examine_xml(xades_signed(pki, second_version(pki)))
    assert (report.indication, report.code) == (
        Indication.INDETERMINATE,
        "signature.role-missing",
    )


@pytest.mark.parametrize("typed", [True, False])
def test_signed_properties_cannot_be_hidden(pki: DemoPki, *, typed: bool) -> None:
    """What the signer said of policy, role and certificate does not vanish by moving it aside."""
    implied = (
        "<x:SignaturePolicyIdentifier><x:SignaturePolicyImplied/></x:SignaturePolicyIdentifier>"
    )
    data = xades_signed(pki, second_version(pki) + implied, typed=typed)
    assert auditor(pki).examine_xml(data).code == "signature.policy-unknown"
    [held] = re.findall(b"<ds:Object>.*</ds:Object>", data)
    bare = re.sub(b"</?x:QualifyingProperties[^>]*>", b"", held).replace(
        b"<x:SignedProperties", f'<x:SignedProperties xmlns:x="{XADES}"'.encode()
    )
    inside = held.replace(b"<ds:Object>", b"<ds:Object><a>").replace(
        b"</ds:Object", b"</a></ds:Object"
    )
    for hidden in (data.replace(held, inside), data.replace(held, bare)):
        report = auditor(pki).examine_xml(hidden)
        assert (report.passed, report.code) == (False, "signature.format")
        assert "SignedProperties" in report.reason


def test_what_xades_1_4_1_adds_is_named_and_not_judged(pki: DemoPki) -> None:
    """Properties of both namespaces, beside a signature that passes for what it is."""
    unsigned = (
        f'<x:CertificateValues/><y:TimeStampValidationData xmlns:y="{XADES_141}"/>'
        f'<y:ArchiveTimeStamp xmlns:y="{XADES_141}"/>'
    )
    data = xades_signed(pki, second_version(pki), unsigned=unsigned)
    report = auditor(pki).examine_xml(data)
    assert report.passed, report.summary
    last = report.signatures[0].steps[-1]
    assert (last.name, last.passed) == ("long-term material", None)
    assert last.detail == (
        "not judged yet: CertificateValues, TimeStampValidationData, ArchiveTimeStamp"
    )


def test_what_other_systems_put_beside_a_signature_is_named_and_not_judged(pki: DemoPki) -> None:
    """The schema allows it; what is signed stays signed, and nothing in there is believed."""
    unsigned = '<v:Stamp xmlns:v="urn:office"><v:By>somebody</v:By></v:Stamp>'
    data = xades_signed(pki, second_version(pki), unsigned=unsigned)
    report = auditor(pki).examine_xml(data)
    assert report.passed, report.summary
    [told] = [step for step in report.signatures[0].steps if step.name == "UnsignedProperties"]
    assert told.passed is None
    assert told.detail == "not judged, as no standard knows them: {urn:office}Stamp"


@pytest.mark.parametrize(
    "unsigned",
    [
        "<Stamp/>",
        '<x:Stamp xmlns:x="http://uri.etsi.org/01903/v9#"/>',
        '<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>',
        '<v:Stamp xmlns:v="urn:office"><x:SignatureTimeStamp/></v:Stamp>',
        '<v:Stamp xmlns:v="urn:office"><v:In><ds:Signature/></v:In></v:Stamp>',
    ],
)
def test_what_might_be_of_the_standard_is_refused_beside_a_signature(
    pki: DemoPki, unsigned: str
) -> None:
    """Timestamps and signatures have their place; elsewhere they would seem to count, or hide."""
    report = auditor(pki).examine_xml(xades_signed(pki, second_version(pki), unsigned=unsigned))
    assert not report.passed
    assert report.code == "signature.format"


def aside(data: bytes) -> bytes:
    """The same file, its signed properties moved out of their place, digests unharmed."""
    [bound] = re.findall(rb' xmlns:x="[^"]*"', data)
    bare = re.sub(rb"</?x:QualifyingProperties[^>]*>", b"", data)
    return edit(bare, b"<x:SignedProperties", b"<x:SignedProperties" + bound)


@pytest.mark.parametrize("version", ["1.1.1", "1.2.2"])
@pytest.mark.parametrize("placed", [lambda data: data, aside], ids=["in place", "aside"])
def test_what_earlier_xades_says_is_told_and_not_judged(
    pki: DemoPki, version: str, placed: Any
) -> None:
    """By name, wherever it stands; a signature policy among it is none that is known here."""
    namespace = f"http://uri.etsi.org/01903/v{version}#"
    data = xades_signed(pki, second_version(pki), namespace=namespace)
    report = auditor(pki).examine_xml(placed(data))
    assert report.passed, report.summary
    signature = report.signatures[0]
    step = next(item for item in signature.steps if item.name == "SignedProperties")
    told = f"not judged yet: SigningTime, SigningCertificateV2 (XAdES {version})"
    assert (step.passed, step.detail) == (None, told)
    assert (signature.level, signature.roles, signature.signing_time) == ("XMLDSig", (), None)
    policy = second_version(pki) + "<x:SignaturePolicyIdentifier/>"
    under = placed(xades_signed(pki, policy, namespace=namespace))
    report = auditor(pki).examine_xml(under)
    assert (report.sub_indication, report.code) == (
        SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE,
        "signature.policy-unknown",
    )
    assert f"XAdES {version}" in report.reason


def test_what_others_say_under_a_signature_is_told_and_not_judged(pki: DemoPki) -> None:
    """Roles that somebody certified, and timestamps over files: each by its name, once."""
    certified = "<x:SignerRoleV2><x:CertifiedRolesV2/></x:SignerRoleV2>"
    stamps = "<x:AllDataObjectsTimeStamp/><x:AllDataObjectsTimeStamp/>"
    data = xades_signed(pki, second_version(pki) + certified + stamps)
    report = auditor(pki).examine_xml(data)
    assert report.passed, report.summary
    told = [step.detail for step in report.signatures[0].steps if step.name == "SignedProperties"]
    assert told == ["not judged yet: CertifiedRolesV2, AllDataObjectsTimeStamp"]


def test_a_type_of_earlier_xades_hides_nothing_either(pki: DemoPki) -> None:
    """A reference that says it is to such properties, and is not, is refused as for others."""
    kind = "http://uri.etsi.org/01903/v1.2.2#SignedProperties"
    report = auditor(pki).examine_xml(plain(pki, WHOLE, Ref("", (ENVELOPED,), type=kind)))
    assert (report.passed, report.code) == (False, "signature.format")
    assert "SignedProperties" in report.reason


def test_files_beside_it(pki: DemoPki) -> None:
    """Given by their URI, and never fetched."""
    files = {"a.pdf": Attachment.from_bytes(b"%PDF", name="a.pdf")}
    data = plain(pki, Ref("a.pdf"), detached=files)
    assert auditor(pki).examine_xml(data, detached=files).passed
    report = auditor(pki).examine_xml(data)
    assert report.code == "signature.external-reference"
    other = {"a.pdf": Attachment.from_bytes(b"%PdF", name="a.pdf")}
    assert auditor(pki).examine_xml(data, detached=other).code == "signature.digest"


def test_a_file_that_nothing_names_is_told_as_not_covered(pki: DemoPki) -> None:
    """Whoever misspells a name must not take silence for a yes."""
    files = {"b.pdf": Attachment.from_bytes(b"%PDF", name="b.pdf")}
    report = auditor(pki).examine_xml(plain(pki), detached=files)
    assert report.passed, report.summary
    assert [(item.label, item.octets) for item in report.uncovered] == [("b.pdf", 4)]


def test_a_file_that_a_manifest_names_must_be_the_one(pki: DemoPki) -> None:
    """Where it is at hand; one that is not is told, and a third one is not covered."""
    listed = Ref("a.pdf").xml(Digest.SHA256.value)
    value = f"<ds:DigestValue>{encode(hashlib.sha256(b'%PDF').digest())}</ds:DigestValue>"
    held = listed.replace("<ds:DigestValue/>", value)
    inside = f'<ds:Object><ds:Manifest Id="m">{held}</ds:Manifest></ds:Object>'
    data = plain(pki, Ref("#m", type=f"{DS}Manifest"), objects=inside)

    def judged(**files: bytes) -> Report:
        beside = {f"{name}.pdf": Attachment.from_bytes(files[name], name=name) for name in files}
        return auditor(pki).examine_xml(data, detached=beside)

    good, changed, gone = judged(a=b"%PDF"), judged(a=b"%PdF"), judged(b=b"%PDF")
    assert (good.passed, changed.code, gone.passed) == (True, "signature.digest", True)
    assert [item.intact for item in gone.signatures[0].coverage] == [True, False]
    assert [item.label for item in good.uncovered] == ["/invoice/total"]
    assert [item.label for item in gone.uncovered] == ["/invoice/total", "b.pdf"]


@pytest.mark.parametrize("kind", ["", f"{DS}Manifest"])
def test_an_object_that_leaves_out_its_own_signature_is_not_covered(
    pki: DemoPki, kind: str
) -> None:
    """``enveloped-signature`` leaves nothing of it: anybody may change it, and what it names."""
    listed = (
        Ref("a.pdf")
        .xml(Digest.SHA256.value)
        .replace(
            "<ds:DigestValue/>",
            f"<ds:DigestValue>{encode(hashlib.sha256(b'%PdF').digest())}</ds:DigestValue>",
        )
    )
    inside = f'<ds:Object><ds:Manifest Id="m">{listed}</ds:Manifest></ds:Object>'
    files = {"a.pdf": Attachment.from_bytes(b"%PdF", name="a")}
    data = plain(pki, Ref("#m", (ENVELOPED,), type=kind), Ref("#t"), objects=inside)
    report = auditor(pki).examine_xml(data, detached=files)
    assert [item.whole for item in report.signatures[0].coverage] == [False, True]
    assert [item.label for item in report.uncovered] == ["/invoice/Signature/Object", "a.pdf"]


def test_trust_is_asked_for_as_always(pki: DemoPki) -> None:
    """A good signature by a stranger is a stranger's."""
    key = private_key("p256")
    root = etree.fromstring("<invoice/>")
    sign_into(root, [WHOLE], key=key, info=certificate_info(certify("stranger", key=key).der))
    report = auditor(pki).examine_xml(etree.tostring(root))
    assert report.indication is Indication.INDETERMINATE
    assert report.signatures[0].steps[-1].name == "trust"


def test_a_bare_key_has_no_trust(pki: DemoPki) -> None:
    """Even where the policy takes it: there is no certificate that anybody issued."""
    from cryptography.hazmat.primitives.serialization import PublicFormat

    key = private_key("p256")
    spki = key.public_key().public_bytes(_der(), PublicFormat.SubjectPublicKeyInfo)
    info = (
        '<ds:KeyInfo><d:DEREncodedKeyValue xmlns:d="http://www.w3.org/2009/xmldsig11#">'
        f"{encode(spki)}</d:DEREncodedKeyValue></ds:KeyInfo>"
    )
    root = etree.fromstring("<invoice/>")
    sign_into(root, [WHOLE], key=key, info=info)
    report = auditor(pki, key_values=True).examine_xml(etree.tostring(root))
    assert report.code == "signature.no-certificate"


def test_what_is_no_signed_xml(pki: DemoPki) -> None:
    """No XML, no signature, too many, an id twice."""
    verifier = auditor(pki)
    with pytest.raises(MalformedEnvelope):
        verifier.examine_xml(b"<!DOCTYPE a><a/>")
    assert verifier.examine_xml(b"<a/>").code == "signature.none"
    assert verifier.examine_xml(b'<a Id="x"><b Id="x"/></a>').code == "signature.none"
    data = plain(pki)
    doubled = edit(data, b"<invoice>", b'<invoice><a Id="t"/>')
    assert verifier.examine_xml(doubled).code == "signature.duplicate-id"
    few = auditor(pki, limits=Limits(signatures=0))
    assert few.examine_xml(data).code == "signature.too-many"
