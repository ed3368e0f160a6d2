"""What may stand beside a signature without being signed, and what may not."""

from __future__ import annotations

import pytest
from lxml import etree
from signing_help import exclusive

from docexchange.envelope.names import DS
from docexchange.signing.errors import Refusal
from docexchange.signing.xades.names import XADES, XADES_141, XADES_RECORDS
from docexchange.signing.xades.unsigned import (
    counter_signature_xml,
    read_stamp,
    read_unsigned,
    timestamp_xml,
    unsigned_xml,
)
from docexchange.signing.xmldsig.algorithms import Canonicalization


def element(text: str) -> etree._Element:
    bound = f'xmlns:xades="{XADES}" xmlns:x141="{XADES_141}" xmlns:records="{XADES_RECORDS}"'
    return etree.fromstring(f'<a {bound} xmlns:ds="{DS}">{text}</a>')[0]


def wrapped(text: str) -> etree._Element:
    return element(unsigned_xml(text))


def test_what_is_written_is_read() -> None:
    """Timestamps and counter-signatures, each to its own list, in their order."""
    inner = f'<ds:Signature xmlns:ds="{DS}" Id="s"></ds:Signature>'.encode()
    text = timestamp_xml(b"one") + counter_signature_xml(inner).decode() + timestamp_xml(b"two")
    found = read_unsigned(wrapped(text))
    assert [read_stamp(item)[0] for item in found.timestamps] == [b"one", b"two"]
    assert [item.get("Id") for item in found.counter_signatures] == ["s"]
    assert found.later == ()
    assert read_stamp(found.timestamps[0])[1].algorithm == Canonicalization.EXCLUSIVE


def test_nothing_is_nothing() -> None:
    """Neither on writing nor on reading."""
    assert unsigned_xml("") == ""
    assert read_unsigned(None) == read_unsigned(wrapped(" "))


def test_a_timestamp_binds_its_own_prefixes() -> None:
    """So that it can be put into a signature that spells XAdES in another way."""
    text = timestamp_xml(b"octets")
    assert exclusive(etree.fromstring(text)).decode() == text


@pytest.mark.parametrize(
    "name",
    [
        "xades:CertificateValues",
        "xades:RevocationValues",
        "xades:ArchiveTimeStamp",
        "xades:CompleteCertificateRefs",
        "x141:ArchiveTimeStamp",
        "x141:TimeStampValidationData",
        "x141:AnyValidationData",
        "x141:RenewedDigestsV2",
        "records:SealingEvidenceRecords",
    ],
)
def test_material_for_later_is_known_by_name(name: str) -> None:
    """It is told and not judged."""
    assert read_unsigned(wrapped(f"<{name}/>")).later == (name.partition(":")[2],)


@pytest.mark.parametrize(
    "text",
    [
        "<xades:Whatever/>",
        "<x141:CertificateValues/>",
        "<CertificateValues/>",
        "<!-- a comment -->",
        "<?an instruction?>",
        "<xades:CounterSignature/>",
        "<xades:CounterSignature><ds:Signature/><ds:Signature/></xades:CounterSignature>",
        "<xades:CounterSignature><xades:Signature/></xades:CounterSignature>",
        "<xades:SignatureTimeStamp/>" * 33,
    ],
)
def test_what_nobody_knows_is_refused(text: str) -> None:
    """By its place and its whole name; nor may there be more than anybody needs."""
    with pytest.raises(Refusal) as caught:
        read_unsigned(wrapped(text))
    assert caught.value.code == "signature.format"


@pytest.mark.parametrize(
    "text",
    [
        "<xades:UnsignedProperties/>",
        (
            "<xades:UnsignedProperties><xades:UnsignedDataObjectProperties/>"
            "</xades:UnsignedProperties>"
        ),
        (
            "<xades:UnsignedProperties><xades:UnsignedSignatureProperties/>"
            "<xades:UnsignedSignatureProperties/></xades:UnsignedProperties>"
        ),
    ],
)
def test_they_stand_in_one_place(text: str) -> None:
    """Once, and nothing beside them."""
    with pytest.raises(Refusal):
        read_unsigned(element(text))


TOKEN = "<xades:EncapsulatedTimeStamp>AAAA</xades:EncapsulatedTimeStamp>"
METHOD = '<ds:CanonicalizationMethod Algorithm="{}"/>'


@pytest.mark.parametrize("method", list(Canonicalization))
def test_every_canonical_form_is_known(method: Canonicalization) -> None:
    """Whatever others took."""
    stamp = element(
        f"<xades:SignatureTimeStamp>{METHOD.format(method)}{TOKEN}</xades:SignatureTimeStamp>"
    )
    token, named = read_stamp(stamp)
    assert (token, named.algorithm, named.has_parameters) == (b"\0\0\0", method, False)


@pytest.mark.parametrize(
    "inside",
    [
        "",
        TOKEN + TOKEN,
        METHOD.format("urn:x") + TOKEN,
        METHOD.format("") + TOKEN,
        TOKEN + METHOD.format(Canonicalization.EXCLUSIVE.value),
        '<xades:Include URI="#x"/>' + TOKEN,
        "<xades:XMLTimeStamp/>",
        "<xades:EncapsulatedTimeStamp>%</xades:EncapsulatedTimeStamp>",
        "<xades:EncapsulatedTimeStamp>AA<!-- -->AA</xades:EncapsulatedTimeStamp>",
    ],
)
def test_a_timestamp_of_another_form_is_refused(inside: str) -> None:
    """One token, over the signature value and nothing else."""
    with pytest.raises(Refusal) as caught:
        read_stamp(element(f"<xades:SignatureTimeStamp>{inside}</xades:SignatureTimeStamp>"))
    assert caught.value.code == "timestamp.format"
