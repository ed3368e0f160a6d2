"""Attacks on the reader that needs no parser: what it takes means the same to every other reader.

The attacker here has a key that counts: whatever is changed is signed again, over what libxml2 says
its canonical form is. So no broken sum hides two readings.
"""

from __future__ import annotations

import base64
import hashlib
import pickle
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from letters import HUB, octets
from lxml import etree
from signature_peers import xmlsec1_accepts
from signing_help import (
    EXCLUSIVE,
    NOW,
    attachments,
    content,
    exclusive,
    letter,
    named_agency,
    raw_signature,
    revocation_list,
    sign,
    signed_letter,
    trust_in,
    verifier_for,
)
from strict_help import check_reading, without_strict

import docexchange
from docexchange.clock import VirtualClock
from docexchange.envelope import Attachment, Envelope
from docexchange.envelope.names import DS, EDXML
from docexchange.errors import DocExchangeError, MalformedEnvelope
from docexchange.signing import TrustStore, Verifier
from docexchange.testing import DemoPki

if TYPE_CHECKING:
    from docexchange.testing import Credential

SIGNATURE: Final = re.compile(rb"<ds:Signature .*?</ds:Signature>", re.DOTALL)
REFERENCE: Final = re.compile(
    rb'(<ds:Reference[^>]* URI="#([^"]*)".*?<ds:DigestValue>)[^<]*', re.DOTALL
)
VALUE: Final = re.compile(rb"(<ds:SignatureValue[^>]*>)[^<]*")
POSSESSIVE_GROUP: Final = re.compile(r"\)([*+?]|\{+[0-9,]+\}+)\+")
BOUND: Final = f' xmlns:edXML="{EDXML}"'.encode()
UNLISTED: Final = (
    b"<Attachment>\n<ContentId>cid:three</ContentId>\n<edXML:ContentTransferEncoded%s>QUJD"
    b"</edXML:ContentTransferEncoded>\n</Attachment>\n"
) % BOUND


def signed_again(data: bytes, credential: Credential) -> bytes:
    """The letter with digests and value of its one signature made right, the rest as it stands."""

    def digest(found: re.Match[bytes]) -> bytes:
        targets = etree.fromstring(data).xpath("//*[@Id=$id]", id=found[2].decode())
        octets = b"".join(map(exclusive, targets))
        return found[1] + base64.b64encode(hashlib.sha256(octets).digest())

    data = SIGNATURE.sub(lambda found: REFERENCE.sub(digest, found[0]), data, count=1)
    info = next(etree.fromstring(data).iter(f"{{{DS}}}SignedInfo"))
    value = base64.b64encode(raw_signature(credential.private_key, exclusive(info)))
    return VALUE.sub(lambda found: found[1] + value, data, count=1)


def bare_letter(pki: DemoPki) -> bytes:
    """The commune's letter without attachments, which any program can judge, with a hub behind."""
    signed = Envelope.from_bytes(sign(replace(letter(), business=None), pki.agency("commune")))
    return octets(signed.with_trace(HUB))


def said_alike(pki: DemoPki, data: bytes) -> bool:
    """Whether a letter passes, once both ways of reading and judging it have said the same."""
    check_reading(data)
    envelope = Envelope.from_bytes(data)
    for verifier in (verifier_for(pki), verifier_for(pki, binding=named_agency)):
        assert verifier.examine(envelope) == verifier.examine(without_strict(envelope))
    return verifier_for(pki).examine(envelope).passed


# --- a careless signer ---

OWN: Final = r"<ds:Reference Type=[^>]*>.*?</ds:Reference>"
CID: Final = r'<ds:Reference Id="[^"]*" URI="cid:one".*?</ds:Reference>'
INCLUSIVE: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
CARELESS: Final = {
    "a time without a zone": (r"(?<=T02:00:00)Z<", "<"),
    "a time outside the calendar": ("T02:00:00Z<", "T25:00:00Z<"),
    "a time that is none": ("(?<=<xades:SigningTime>)[^<]*", "today"),
    "a certificate named by a weak digest": (
        "(?<=<xades:CertDigest>)(.*?)http://www.w3.org/2001/04/xmlenc#sha256",
        r"\1http://www.w3.org/2000/09/xmldsig#sha1",
    ),
    "another certificate named": ("(<xades:CertDigest>.*?<ds:DigestValue[^>]*>)....", r"\1AAAA"),
    "a certificate named by half a digest": (
        "(<xades:CertDigest>.*?<ds:DigestValue[^>]*>)[^<]{24}",
        r"\1",
    ),
    "properties without their type": (r'<ds:Reference Type="[^"]*"', "<ds:Reference"),
    "properties of another type": (r'<ds:Reference Type="[^"]*"', '<ds:Reference Type="urn:x"'),
    "properties that are not signed": (OWN, ""),
    "properties signed twice": (OWN, r"\g<0>\g<0>"),
    "properties of an older version": (
        OWN,
        lambda found: found[0].replace("01903#", "01903/v1.2.2#"),
    ),
    "an attachment that is not signed": (CID, ""),
    "an attachment signed twice": (
        CID,
        lambda found: found[0] + found[0].replace(" Id=", " Type="),
    ),
    "an attachment by an escaped URI": ('URI="cid:one"', 'URI="cid:on%65"'),
    "an attachment in capitals": ('URI="cid:one"', 'URI="CID:one"'),
    "an attachment of nobody": ('URI="cid:one"', 'URI="cid:three"'),
    "an attachment after a transform": (
        '(?<=URI="cid:one">)',
        f'<ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE}"></ds:Transform></ds:Transforms>',
    ),
    "a weak digest of an attachment": (
        r'(URI="cid:one">)<ds:DigestMethod Algorithm="[^"]*',
        r'\1<ds:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1',
    ),
    "a digest nobody knows": (
        r'(URI="cid:one">)<ds:DigestMethod Algorithm="[^"]*',
        r'\1<ds:DigestMethod Algorithm="urn:x',
    ),
    "half a digest": (r'(URI="cid:one">.*?<ds:DigestValue>)[^<]{24}', r"\1"),
    "a digest that is not base64": (r'(URI="cid:one">.*?<ds:DigestValue>)[^<]', r"\1="),
    "the whole document": ('URI="#m-1"', 'URI=" "'),
    "a part by a pointer": ('URI="#m-1"', "URI=\"#xpointer(id('m-1'))\""),
    "a file of another host": ('URI="#m-1"', 'URI="http://example.com/m-1"'),
    "no transform of a part": ("<ds:Transforms>.*?</ds:Transforms>", ""),
    "a transform twice": ("<ds:Transform .*?</ds:Transform>", r"\g<0>\g<0>"),
    "another canonical form of a part": (f'(?<=<ds:Transform Algorithm="){EXCLUSIVE}', INCLUSIVE),
    "another canonical form": (f'(?<=ionMethod Algorithm="){EXCLUSIVE}', INCLUSIVE),
    "another method": ("ecdsa-sha256", "ecdsa-sha512"),
    "a weak method": ("ecdsa-sha256", "ecdsa-sha1"),
    "a method for shared secrets": ("ecdsa-sha256", "hmac-sha256"),
}


@pytest.mark.parametrize("name", CARELESS)
def test_what_a_careless_signer_signs_is_judged_alike(pki: DemoPki, name: str) -> None:
    """Digests and value hold, so only the rules can refuse it; both readers must know them."""
    old, new = CARELESS[name]
    data, count = re.subn(old, new, signed_letter(pki).decode(), count=1, flags=re.DOTALL)
    assert count
    assert not said_alike(pki, signed_again(data.encode(), pki.agency("commune")))


# --- half of a repeated thing ---


@pytest.mark.parametrize(
    ("before", "half"),
    [
        (b"</ds:X509Data>", b"<ds:X509Certificate>"),
        (b"</ds:X509Data>", b"<ds:X509Certificate>AAAA"),
        (b"</xades:SignedDataObjectProperties>", b'<xades:DataObjectFormat ObjectReference="'),
        (b"</xades:SignedDataObjectProperties>", b'<xades:DataObjectFormat ObjectReference="#a'),
        (b"</ds:Transforms>", b'<ds:Transform Algorithm="'),
        (b"</ds:SignedInfo>", b"<ds:Reference"),
        (b"</ds:SignedInfo>", b'<ds:Reference Id="a" URI="'),
        (b"</edXML:Subject>", b"&"),
        (b"</edXML:Subject>", b"&amp"),
        (b"</edXML:Subject>", b"&ltgt;"),
    ],
)
def test_half_of_a_repeated_thing_is_no_letter(pki: DemoPki, before: bytes, half: bytes) -> None:
    """A repetition that breaks off is no XML, also where Python takes half a group for a match."""
    data = signed_letter(pki)
    assert before in data
    with pytest.raises(MalformedEnvelope, match="well-formed"):
        Envelope.from_bytes(data.replace(before, half + before))


def test_no_pattern_has_a_possessive_group() -> None:
    """Python before 3.11.5 matches half of one: ``(?:ab?c)++`` takes all of ``aca``."""
    sources = Path(docexchange.__file__).parent.rglob("*.py")
    found = [path.name for path in sources if POSSESSIVE_GROUP.search(path.read_text("utf-8"))]
    assert not found


# --- texts and markup, under a good signature ---

TEXTS: Final = {
    "an escaped escape": b"&amp;lt;b&amp;gt; &amp;amp; &lt;b&gt;",
    "a line break and a tab": b"a\n\t b",
    "spaces behind": b"a \n\t ",
    "a line break of other scripts": "a\u0085b\u2028c\u2029d".encode(),
    "other spaces inside": "a\u00a0b\u3000c\ufeffd\u200be".encode(),
    "controls above ASCII": "a\u007fb\u0080c\u009f".encode(),
    "characters that are none": "a\ufdd0b\U0001ffffc\U0010ffff".encode(),
    "letters in two forms": "e\u0301 \u00e9 \u1ebf".encode(),
    "what looks like an end": b"]] &gt; -- ?&gt; /&gt;",
    "quotes": b"\"a' = b",
}
"""All of them canonical as they stand."""
MARKUP: Final = {
    "a number for a character": b"&#x41;",
    "a carriage return by number": b"a&#13;b",
    "a line break by number": b"a&#xA;b",
    "quotes escaped": b"&quot;&apos;",
    "a comment": b"V/v<!-- --> b",
    "an instruction": b"V/v<?x y?> b",
    "marked text": b"<![CDATA[V/v <b>]]>",
    "a greater-than sign": b"a > b",
    "the end of marked text, escaped": b"]]&#62;",
    "two kinds of line end": b"a\r\nb\rc",
    "a space in front": b" a",
    "an odd space in front": "\u2028a".encode(),
    "an element": b"<b>a</b>",
}
"""None of them canonical, or not a text alone."""
SUBJECT: Final = re.compile(rb"(<edXML:Subject>)[^<]*")


@pytest.mark.peer("xmlsec1")
@pytest.mark.parametrize("name", TEXTS)
def test_any_text_means_to_all_what_it_means_here(pki: DemoPki, name: str, tmp_path: Path) -> None:
    """What stands in canonical form passes without a tree, in the tree and by xmlsec1."""
    commune = pki.agency("commune")
    data = signed_again(SUBJECT.sub(rb"\1" + TEXTS[name], bare_letter(pki)), commune)
    assert Envelope.from_bytes(data).strict is not None
    assert said_alike(pki, data)
    subject = etree.fromstring(data).findtext(f".//{{{EDXML}}}Subject") or ""
    assert subject.strip() == Envelope.from_bytes(data).message.subject
    if name in {"an escaped escape", "a line break of other scripts"}:  # a process each
        assert xmlsec1_accepts(data, commune, tmp_path)


@pytest.mark.parametrize("name", MARKUP)
def test_any_other_text_is_left_to_the_parser(pki: DemoPki, name: str) -> None:
    """A signature over its canonical form is none over its octets, so these are never taken."""
    data = SUBJECT.sub(lambda found: found[1] + MARKUP[name], bare_letter(pki))
    try:
        envelope = Envelope.from_bytes(signed_again(data, pki.agency("commune")))
    except DocExchangeError:
        return
    assert envelope.strict is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<edXML:From>", b'<edXML:From xmlns:xml="http://www.w3.org/XML/1998/namespace">'),
        (b"<edXML:From>", b'<edXML:From xml:lang="vi">'),
        (b"<edXML:From>", b'<edXML:From xml:id="m-1.body">'),
        (b"<edXML:From>", b"<edXML:From%s>" % BOUND),
        (b'Header Id="m-1">', b'Header%s Id="m-1">' % BOUND),
        (b'Header Id="m-1">', b'Header xmlns="" Id="m-1">'),
        (b'Header Id="m-1">', b"Header Id='m-1'>"),
        (b'Header Id="m-1">', b'Header Id="m-1" id="m-1">'),
        (b'Header Id="m-1">', b'Header Id=" m-1">'),
        (b'Header Id="m-1">', b'Header Id="m&#45;1">'),
        (b'<edXML:edXMLManifest version="1.0">', b'<edXML:edXMLManifest Id="m-1">'),
        (b'List%s version="1.0">' % BOUND, b'List version="1.0"%s>' % BOUND),
        (b'List%s version="1.0">' % BOUND, b'List%s id="m-1">' % BOUND),
        (b"List%s" % BOUND, b'List xmlns:edXML="urn:x"'),
        (b"<edXML:TraceHeader>", b'<edXML:TraceHeader Id="m-1">'),
        (b"<ds:SignedInfo xmlns:ds=", b'<ds:SignedInfo Id="m-1" xmlns:ds='),
        (b"<ds:KeyInfo>", b'<ds:KeyInfo Id="m-1">'),
        (b"<ds:Object>", b'<ds:Object Id="m-1.body">'),
        (b"</ds:Object></ds:Signature>", b"</ds:Object><ds:Object></ds:Object></ds:Signature>"),
        (b'<xades:SignedProperties xmlns:xades="', b'<xades:SignedProperties xmlns:x="'),
        (b"<xades:Cert>", b'<xades:Cert URI="x">'),
        (b'encoding="UTF-8"', b'encoding="utf-8"'),
        (b'version="1.0" enc', b'version="1.1" enc'),
        (b"<?xml", b"\xef\xbb\xbf<?xml"),
        (b"</edXML>\n", b"</edXML>\n<?x?>"),
    ],
)
def test_other_bindings_and_attributes_are_left_to_the_parser(
    pki: DemoPki, old: bytes, new: bytes
) -> None:
    """No prefix, attribute or id stands in a letter that is read without one but our own."""
    data = bare_letter(pki)
    assert old in data
    try:
        assert Envelope.from_bytes(data.replace(old, new, 1)).strict is None
    except MalformedEnvelope:
        return


# --- hubs, attachments, insiders ---


@pytest.mark.parametrize(
    "smuggled",
    [
        b"<edXML:Subject>x</edXML:Subject>\n",
        b"<edXML:Bussiness>\n<edXML:DocumentId>x</edXML:DocumentId>\n</edXML:Bussiness>\n",
        b'<edXML:Bussiness Id="m-1.x">\n<edXML:Paper>1</edXML:Paper>\n</edXML:Bussiness>\n',
        b'<edXML:MessageHeader Id="m-2">\n</edXML:MessageHeader>\n',
        b'<edXML:edXMLBody Id="m-1.b">\n</edXML:edXMLBody>\n',
        b"<AttachmentEncoded>\n</AttachmentEncoded>\n",
    ],
)
@pytest.mark.parametrize("end", [b"</edXML:TraceHeaderList>", b"</edXML:TraceHeader>"])
def test_hubs_add_traces_and_nothing_else(pki: DemoPki, smuggled: bytes, end: bytes) -> None:
    """Nothing that means something passes in the place that no signature covers."""
    data = bare_letter(pki)
    assert end in data
    assert said_alike(pki, data)
    changed = data.replace(end, smuggled + end, 1)
    if said_alike(pki, changed):
        assert Envelope.from_bytes(changed).findings
        assert content(changed) == content(data)


def test_octets_that_look_like_a_letter_stay_octets(pki: DemoPki) -> None:
    """An attachment may be a signed letter itself, or end like one; each goes to its own entry."""
    inner = signed_letter(pki)
    texts = (inner, b"0", b"</edXML:ContentTransferEncoded>\n</Attachment>\n", b"")
    files = [Attachment.from_bytes(item, name=f"{at}.bin") for at, item in enumerate(texts)]
    data = sign(letter(*files), pki.agency("commune"))
    assert said_alike(pki, data)
    assert Envelope.from_bytes(data).strict is not None
    assert content(data)[2] == list(texts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b">JVBERi0xLjQgb25l<", b">JVBERi0xLjQgb25l\n<"),
        (b">JVBERi0xLjQgb25l<", b"><!-- -->JVBERi0xLjQgb25l<"),
        (b"<AttachmentEncoded>\n", b"<AttachmentEncoded>\n<Attachment>\n</Attachment>\n"),
        (b"<Attachment>\n", b"<Attachment>\n<ContentId>cid:two</ContentId>\n"),
        (b"</AttachmentEncoded>", UNLISTED + b"</AttachmentEncoded>"),
    ],
)
def test_the_seam_of_attachments_is_left_to_the_parser(
    pki: DemoPki, old: bytes, new: bytes
) -> None:
    """Whatever stands otherwise where octets were cut out is not taken here."""
    data = signed_letter(pki)
    assert old in data
    try:
        assert Envelope.from_bytes(data.replace(old, new, 1)).strict is None
    except MalformedEnvelope:
        return


def test_another_agency_signs_for_itself_alone(pki: DemoPki) -> None:
    """Its good key over the commune's letter passes where no sender is asked for, else nowhere."""
    data = sign(letter(*attachments()), pki.agency("district"))
    assert said_alike(pki, data)
    report = verifier_for(pki, binding=named_agency).examine(Envelope.from_bytes(data))
    assert report.code == "signature.wrong-sender"


def test_a_value_by_another_key_is_no_value(pki: DemoPki) -> None:
    """Everything adds up but the key that made the value."""
    assert said_alike(pki, signed_again(bare_letter(pki), pki.agency("commune")))
    assert not said_alike(pki, signed_again(bare_letter(pki), pki.agency("district")))


# --- what is remembered ---


def test_each_moment_and_each_trust_is_judged_anew(pki: DemoPki) -> None:
    """One envelope and one verifier: what passed today is not good for ever, nor for anybody."""
    commune = pki.agency("commune")
    envelope, verifier = Envelope.from_bytes(signed_letter(pki)), verifier_for(pki)
    assert verifier.examine(envelope).passed
    for years in (-30, 30):
        moment = NOW + timedelta(days=365 * years)
        assert not verifier.examine(envelope, at=moment).passed
    revoked = revocation_list(pki.sub_ca.credential, commune, at=NOW)
    trust = TrustStore([pki.root.credential.der], crls=[*trust_in(pki).crls, revoked])
    assert not Verifier(trust, clock=VirtualClock(NOW)).examine(envelope).passed
    assert not verifier_for(DemoPki.create(at=NOW, key="p256")).examine(envelope).passed
    assert verifier.examine(envelope).passed


def test_no_copy_of_an_envelope_is_judged_by_octets_it_has_not(pki: DemoPki) -> None:
    """Other octets are read anew; whatever else is changed, what was read before is forgotten."""
    envelope = Envelope.from_bytes(signed_letter(pki))
    evil = envelope.skeleton.replace("V/v báo cáo".encode(), b"V/v chi   tien")
    assert evil != envelope.skeleton
    changed = replace(envelope, skeleton=evil)
    assert changed.strict is None
    assert verifier_for(pki).examine(changed).code == "signature.digest"


def test_an_envelope_from_another_process_is_judged_alike(pki: DemoPki) -> None:
    """What was read without a parser travels whole, or not at all."""
    envelope = Envelope.from_bytes(signed_letter(pki))
    copy = pickle.loads(pickle.dumps(envelope))
    assert copy.strict is not None
    assert verifier_for(pki).examine(copy) == verifier_for(pki).examine(envelope)
