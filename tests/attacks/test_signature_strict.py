"""Forgeries that keep the strict form, which is read without a parser: none of them passes.

Each is also judged as the parser reads it; the two verdicts must be one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letter_mutations import mutated
from letters import content_of
from signing_help import signed_letter, verifier_for
from strict_help import lines_changed, without_strict

from docexchange.envelope import Envelope
from docexchange.errors import DocExchangeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from docexchange.testing import DemoPki

HEADER = re.compile(rb"<edXML:MessageHeader.*</edXML:MessageHeader>\n", re.DOTALL)
BODY = re.compile(rb"<edXML:edXMLBody.*</edXML:edXMLBody>\n", re.DOTALL)
TRACES = re.compile(rb"<edXML:TraceHeaderList.*</edXML:TraceHeaderList>\n", re.DOTALL)
SIGNATURE = re.compile(rb"<ds:Signature .*</ds:Signature>\n", re.DOTALL)
PROPERTIES = re.compile(rb"<xades:SignedProperties.*</xades:SignedProperties>")


def evil(data: bytes) -> bytes:
    """Another subject in what is signed."""
    return data.replace("V/v báo cáo".encode(), "V/v chuyển tiền".encode())


def part(pattern: re.Pattern[bytes], data: bytes) -> bytes:
    """What the pattern finds."""
    found = pattern.search(data)
    assert found
    return found[0]


def beside(pattern: re.Pattern[bytes]) -> Callable[[bytes], bytes]:
    """An evil double in front of the signed one."""
    return lambda data: data.replace(part(pattern, data), evil(part(pattern, data)) * 2, 1)


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """One text for another."""
    return lambda data: data.replace(old, new)


FORGERIES: dict[str, Callable[[bytes], bytes]] = {
    "another subject": evil,
    "evil header in front": lambda data: data.replace(
        part(HEADER, data), evil(part(HEADER, data)) + part(HEADER, data)
    ),
    "evil header behind": lambda data: data.replace(
        part(HEADER, data), part(HEADER, data) + evil(part(HEADER, data))
    ),
    "evil header, original in the body": lambda data: evil(data).replace(
        b"<edXML:edXMLManifest", part(HEADER, data) + b"<edXML:edXMLManifest"
    ),
    "evil header under another id": lambda data: data.replace(
        part(HEADER, data),
        evil(part(HEADER, data)).replace(b'"m-1"', b'"m-2"') + part(HEADER, data),
    ),
    "two bodies": beside(BODY),
    "two lists of traces": beside(TRACES),
    "the business without its id": replaced(b' Id="m-1.business"', b""),
    "no business": lambda data: data.replace(part(TRACES, data), b""),
    "the signature twice": lambda data: data.replace(
        part(SIGNATURE, data), part(SIGNATURE, data) * 2
    ),
    "the signature in the body": lambda data: data.replace(part(SIGNATURE, data), b"").replace(
        b"<edXML:edXMLManifest", part(SIGNATURE, data) + b"<edXML:edXMLManifest"
    ),
    "other properties beside the signed": lambda data: data.replace(
        part(PROPERTIES, data), part(PROPERTIES, data).replace(b"agency", b"leader") * 2
    ),
    "another role": replaced(b">agency<", b">leader<"),
    "properties of another signature": replaced(b' Target="#s-', b' Target="#t-'),
    "an id taken by the signature": lambda data: re.sub(
        rb'(<ds:SignatureValue Id=")[^"]*', rb"\1m-1", data
    ),
    "an id taken by a reference": lambda data: re.sub(
        rb'(<ds:Reference Id=")[^"]*', rb"\1m-1.body", data, count=1
    ),
    "a reference left out": lambda data: re.sub(
        rb"<ds:Reference Id=((?!</ds:Ref).)*</ds:Reference>", b"", data, count=1
    ),
    "an attachment under another name": replaced("phụ lục.pdf".encode(), b"x.pdf"),
    "attachments that change places": lambda data: re.sub(
        rb"(<Attachment>\n.*?</Attachment>\n)(<Attachment>\n.*?</Attachment>\n)",
        lambda found: (
            found[1].replace(b"cid:one", b"cid:two") + found[2].replace(b"cid:two", b"cid:one")
        ),
        data,
        flags=re.DOTALL,
    ),
    "an attachment of the sender's left out": lambda data: re.sub(
        rb"<Attachment>\n.*?</Attachment>\n", b"", data, count=1, flags=re.DOTALL
    ),
    "other octets": replaced(b"JVBERi0xLjQgb25l", b"JVBERi0xLjQgb25m"),
    "two algorithms": lambda data: re.sub(
        rb"<ds:SignatureMethod [^<]*</ds:SignatureMethod>", lambda found: found[0] * 2, data
    ),
    "a digest of something else": lambda data: re.sub(
        rb"<ds:DigestValue>[^<]{4}", b"<ds:DigestValue>AAAA", data, count=1
    ),
    "no value": lambda data: re.sub(rb"(<ds:SignatureValue[^>]*>)[^<]*", rb"\1AAAA", data),
    "the certificate of another": lambda data: re.sub(
        rb"(<ds:X509Certificate>[^<]*</ds:X509Certificate>)(<ds:X509Cert.*?</ds:X509Certificate>)",
        rb"\2\1",
        data,
    ),
}


def judged_alike(pki: DemoPki, data: bytes) -> bool:
    """Whether a letter passes, once both ways of reading it have said the same."""
    try:
        envelope = Envelope.from_bytes(data)
    except DocExchangeError:
        return False
    verifier = verifier_for(pki)
    report = verifier.examine(envelope)
    assert report == verifier.examine(without_strict(envelope))
    original = Envelope.from_bytes(signed_letter(pki))
    assert not report.passed or content_of(envelope.message) == content_of(original.message)
    return report.passed


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_of_the_strict_form_does_not_pass(pki: DemoPki, name: str) -> None:
    """It is refused when it is read, or fails with the verdict that the tree gives."""
    data = signed_letter(pki)
    forged = FORGERIES[name](data)
    assert forged != data
    assert not judged_alike(pki, forged)


def test_the_letter_these_attacks_start_from_passes(pki: DemoPki) -> None:
    """Nothing else than the change is refused."""
    assert judged_alike(pki, signed_letter(pki))


@given(st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_changed_letters_are_judged_alike(pki: DemoPki, random: Random) -> None:
    """After changes of lines, texts, ids and markup both ways give one report."""
    judged_alike(pki, random.choice((lines_changed, mutated))(signed_letter(pki), random))
