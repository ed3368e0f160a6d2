"""The report as XML of ETSI TS 119 102-2: its order, its references, and what it says."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from lxml import etree
from pdf_help import signed, stamped, typed
from pyhanko.generated.etsi.ts_11910202 import ValidationReport
from signing_help import (
    NOW,
    attachments,
    certify,
    edit,
    letter,
    sign,
    signed_letter,
    signing_key,
    trust_in,
    verifier_for,
)
from timestamp_help import STAMPS, authority, client
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from docexchange.clock import VirtualClock
from docexchange.envelope import Attachment, Envelope
from docexchange.envelope.attachments.attachment import BytesSource
from docexchange.envelope.names import DS
from docexchange.envelope.reading.findings import Finding
from docexchange.signing import Signer, VerificationPolicy, Verifier, countersigned
from docexchange.signing.certificates import fingerprint
from docexchange.signing.etsi import NAMESPACE, etsi_xml
from docexchange.signing.etsi_parts import OUR_NAMESPACE

if TYPE_CHECKING:
    from docexchange.signing import Report
    from docexchange.signing.pdf import PdfReport
    from docexchange.testing import DemoPki

VR: Final = {"v": NAMESPACE, "ds": DS, "o": OUR_NAMESPACE}
ORDER: Final = {
    "ValidationReport": "SignatureValidationReport* SignatureValidationObjects?",
    "SignatureValidationReport": "SignatureIdentifier? ValidationConstraintsEvaluationReport? "
    "ValidationTimeInfo? SignersDocument* SignatureAttributes? SignerInformation? "
    "SignatureQuality? SignatureValidationProcess? SignatureValidationStatus",
    "ValidationReport/": "ValidationTimeInfo? SignerInformation? SignatureValidationStatus",
    "SignatureIdentifier": "DigestAlgAndValue? SignatureValue? HashOnly DocHashOnly DAIdentifier?",
    "ValidationConstraintsEvaluationReport": "SignatureValidationPolicy? ValidationConstraint*",
    "ValidationConstraint": "ValidationConstraintIdentifier ValidationConstraintParameter* "
    "ConstraintStatus ValidationStatus?",
    "ConstraintStatus": "Status",
    "ValidationTimeInfo": "ValidationTime BestSignatureTime",
    "BestSignatureTime": "POETime TypeOfProof POEObject?",
    "SignatureAttributes": "SigningTime* SignerRole* SigPolicyIdentifier* SignatureTimeStamp*",
    "SigningTime": "AttributeObject* Time",
    "SignerRole": "AttributeObject* RoleDetails*",
    "RoleDetails": "Role EndorsementType",
    "SigPolicyIdentifier": "SigPolicyId",
    "SignatureTimeStamp": "AttributeObject* TimeStampValue",
    "SignerInformation": "SignerCertificate Signer?",
    "SignatureValidationProcess": "SignatureValidationProcessID?",
    "SignatureValidationStatus": "MainIndication SubIndication* AssociatedValidationReportData*",
    "ValidationStatus": "MainIndication SubIndication*",
    "AssociatedValidationReportData": "TrustAnchor? CertificateChain? SignedDataObjects? "
    "RevocationStatusInformation? CryptoInformation? AdditionalValidationReportData?",
    "CertificateChain": "SigningCertificate IntermediateCertificate* TrustAnchor?",
    "AdditionalValidationReportData": "ReportData*",
    "ReportData": "Type Value",
    "SignatureValidationObjects": "ValidationObject*",
    "ValidationObject": "ObjectType ValidationObjectRepresentation POE? POEProvisioning? "
    "ValidationReport?",
    "ValidationObjectRepresentation": "DigestAlgAndValue",
    "DigestAlgAndValue": "DigestMethod DigestValue",
}
"""Each element that has children, and which, in the order of the standard's schema."""


def name_of(element: Any) -> str:
    """Its name; a report inside an object is of another type than the root."""
    name = etree.QName(element).localname
    return f"{name}/" if name == "ValidationReport" and element.getparent() is not None else name


def faults(root: Any) -> list[str]:
    """Where a document departs from that order."""
    found = []
    for element in root.iter(f"{{{NAMESPACE}}}*"):
        if etree.QName(element).localname == "Value":
            continue  # of any type
        names = [etree.QName(child).localname for child in element]
        left = list(names)
        for word in ORDER.get(name_of(element), "").split():
            wanted, most = word.rstrip("*?"), len(left) if word.endswith("*") else 1
            count = 0
            while left[:1] == [wanted] and count < most:
                del left[0]
                count += 1
            if not count and word[-1] not in "*?":
                found.append(f"{name_of(element)}: no {wanted}")
        if left:
            found.append(f"{name_of(element)}: {left} out of order in {names}")
    return found


def dangling(root: Any) -> list[str]:
    """References to objects that are not there."""
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    return [name for name in root.xpath("//@VOReference") if name not in ids]


def stamped_and_countersigned(pki: DemoPki) -> bytes:
    """A letter with everything on it."""
    seal = pki.agency("commune")
    data = sign(letter(*attachments()), seal, timestamps=client(pki.tsa))
    signer = Signer(signing_key(pki.leader("commune")), clock=VirtualClock(NOW), role="leader")
    signed = countersigned(Envelope.from_bytes(data), signer, number=1).envelope
    return b"".join(signed.chunks())


LETTERS: Final = {
    "good": signed_letter,
    "everything": stamped_and_countersigned,
    "changed": lambda pki: edit(signed_letter(pki), "V/v báo", "V/v bao"),
    "unsigned": lambda _pki: b"".join(Envelope.of(letter(*attachments())).chunks()),
    "stranger": lambda pki: sign(letter(), pki.stranger),
    "revoked": lambda pki: sign(letter(), pki.revoked),
    "odd name": lambda pki: sign(
        letter(), certify("a\x01b\ufffe<&>", issuer=pki.sub_ca.credential)
    ),
    "another stamp": lambda pki: sign(
        letter(), pki.agency("commune"), timestamps=client(certify("TSA", extensions=[STAMPS]))
    ),
}


def report_on(pki: DemoPki, name: str) -> Report:
    """Ours."""
    return verifier_for(pki).examine(Envelope.from_bytes(LETTERS[name](pki)))


@pytest.mark.parametrize("name", LETTERS)
def test_every_report_has_the_form_of_the_standard(pki: DemoPki, name: str) -> None:
    """Well-formed, in the order of the schema, every reference to an object that is there."""
    root = etree.fromstring(etsi_xml(report_on(pki, name)))
    assert root.tag == f"{{{NAMESPACE}}}ValidationReport"
    assert faults(root) == []
    assert dangling(root) == []


def test_the_check_of_the_form_sees_faults(pki: DemoPki) -> None:
    """So that the test above means something: something moved, missing, dangling."""
    root = etree.fromstring(etsi_xml(report_on(pki, "good")))
    [one] = root.xpath("v:SignatureValidationReport", namespaces=VR)
    one.append(one[0])
    [chain] = root.xpath("//v:CertificateChain", namespaces=VR)
    chain.remove(chain[0])
    root.remove(root[-1])
    assert len(faults(root)) == 2
    assert dangling(root)


@pytest.mark.parametrize("name", LETTERS)
def test_verdicts_are_the_urns_of_the_standard(pki: DemoPki, name: str) -> None:
    """Main indication and sub-indication of each signature, in order."""
    report = report_on(pki, name)
    root = etree.fromstring(etsi_xml(report))
    place = "v:SignatureValidationReport/v:SignatureValidationStatus"
    told = [
        (item.findtext("v:MainIndication", "", VR), item.findtext("v:SubIndication", "", VR))
        for item in root.xpath(place, namespaces=VR)
    ]
    flat = [one for top in report.signatures for one in (top, *top.counter_signatures)]
    assert told == [
        (
            f"urn:etsi:019102:mainindication:{item.indication.lower()}",
            f"urn:etsi:019102:subindication:{item.sub_indication}" if item.sub_indication else "",
        )
        for item in flat
    ]


def test_objects_are_there_by_digest_and_the_proof_of_time_by_reference(pki: DemoPki) -> None:
    """Certificates of the path, both lists, and the timestamp that proves the best time."""
    report = report_on(pki, "everything")
    root = etree.fromstring(etsi_xml(report))
    found = {
        base64.b64decode(item.findtext(".//ds:DigestValue", "", VR)).hex(): item.findtext(
            "v:ObjectType", "", VR
        ).rpartition(":")[2]
        for item in root.iterfind("v:SignatureValidationObjects/v:ValidationObject", VR)
    }
    top = report.signatures[0]
    assert {found[item.sha256] for item in top.chain} == {"certificate"}
    assert {found[item.sha256] for item in top.evidence} == {"CRL"}
    [proof] = root.xpath("//v:BestSignatureTime/v:POEObject/@VOReference", namespaces=VR)
    assert proof == f"timestamp-{top.timestamps[0].sha256}"
    assert found[top.timestamps[0].sha256] == "timestamp"
    assert root.findtext(".//v:BestSignatureTime/v:POETime", "", VR) == "2026-03-02T02:00:00Z"
    assert root.xpath("//v:SignatureIdentifier/@id", namespaces=VR) == [
        "signature-1",
        "signature-1.1",
    ]


def test_a_timestamp_has_the_path_and_the_evidence_that_a_signature_has(pki: DemoPki) -> None:
    """Its authority's certificates up to the anchor, and the lists, by reference to objects."""
    report = report_on(pki, "everything")
    [stamp] = report.signatures[0].timestamps
    root = etree.fromstring(etsi_xml(report))
    [inner] = root.xpath("//v:ValidationObject/v:ValidationReport", namespaces=VR)
    names = inner.xpath(".//v:CertificateChain/*/@VOReference", namespaces=VR)
    assert names == [f"certificate-{item.sha256}" for item in stamp.chain]
    assert stamp.chain[0].sha256 == fingerprint(pki.tsa.der)
    lists = inner.xpath(".//o:NotRevokedBy/@VOReference", namespaces=VR)
    assert lists == [f"CRL-{item.sha256}" for item in stamp.evidence]
    assert len(lists) == 2
    assert data_of(inner, "algorithm")[0].text == "ECDSA with SHA-256"


def data_of(root: Any, kind: str) -> list[Any]:
    """The ``Value`` of each ``ReportData`` of a kind of ours."""
    place = f"//v:ReportData[v:Type='urn:docexchange:{kind}']/v:Value"
    return list(root.xpath("." + place, namespaces=VR))


def test_the_map_of_what_is_signed_begins_with_what_is_not(pki: DemoPki) -> None:
    """Each reference with its size, digest and parts; before them what nothing covers."""
    report = report_on(pki, "changed")
    [told] = data_of(etree.fromstring(etsi_xml(report)), "map")
    names = [etree.QName(item).localname for item in told]
    assert names == ["NotCovered"] + ["Covered"] * len(report.signatures[0].coverage)
    assert (told[0].text, told[0].get("octets")) == (
        "MessageHeader",
        str(report.uncovered[0].octets),
    )
    broken, *others = told[1:]
    assert (broken.get("label"), broken.get("intact")) == ("MessageHeader", "false")
    for element, item in zip(told[1:], report.signatures[0].coverage, strict=True):
        assert element.get("octets") == str(item.octets)
        assert [part.text for part in element] == list(item.parts)
    assert {item.get("intact") for item in others} == {"true"}


def test_findings_are_told_once(pki: DemoPki) -> None:
    """With the first signature of the file, by their code."""
    finding = Finding(code="D.zipped", path="Attachment", message="expected x, found y")
    report = replace(report_on(pki, "everything"), findings=(finding,))
    [told] = data_of(etree.fromstring(etsi_xml(report)), "finding:D.zipped")
    assert told.text == "expected x, found y"


def pdf_report(pki: DemoPki, pdf: bytes) -> PdfReport:
    """On a file of its own."""
    return verifier_for(pki).examine_pdf(BytesSource(pdf), name="a.pdf")


def test_a_pdf_file_has_a_report_of_the_same_form(pki: DemoPki) -> None:
    """Signature, path, what it covers, and the timestamp over the document as proof of the time."""
    seal = signed(typed(), pki.agency("commune"))
    report = pdf_report(pki, stamped(seal, authority(pki.tsa, at=NOW - timedelta(hours=1))))
    data = etsi_xml(report)
    root = etree.fromstring(data)
    assert (faults(root), dangling(root)) == ([], [])
    [proof] = root.xpath("//v:BestSignatureTime/v:POEObject/@VOReference", namespaces=VR)
    assert proof == f"timestamp-{report.timestamps[0].sha256}"
    assert root.xpath("//v:DAIdentifier/text()", namespaces=VR) == ["a.pdf"]
    [[covered]] = data_of(root, "map")
    assert covered.attrib == {
        "label": "whole revision",
        "octets": str(report.signatures[0].octets),
        "changes": "timestamps only",
    }
    config = ParserConfig(fail_on_unknown_properties=True)
    assert XmlParser(config=config).from_bytes(data, ValidationReport)


def test_a_pdf_file_that_nobody_signed_has_a_report_too(pki: DemoPki) -> None:
    """The standard wants one verdict at least: it is that of the file."""
    root = etree.fromstring(etsi_xml(pdf_report(pki, typed())))
    assert faults(root) == []
    assert len(root) == 1
    assert [item.text for item in data_of(root, "reason:pdf.unsigned")] == [
        "expected a signature in the PDF file, found none"
    ]


def test_signatures_in_attached_files_follow_those_of_the_letter(pki: DemoPki) -> None:
    """Numbered by file, and named by letter and file; files that nobody signed have none."""
    files = [
        Attachment.from_bytes(typed(), name="một.pdf"),
        Attachment.from_bytes(signed(typed(), pki.leader("commune")), name="hai.pdf"),
    ]
    policy = VerificationPolicy(check_pdfs=True)
    verifier = Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW))
    report = verifier.examine(Envelope.from_bytes(sign(letter(*files), pki.agency("commune"))))
    root = etree.fromstring(etsi_xml(report))
    assert (faults(root), dangling(root)) == ([], [])
    assert root.xpath("//v:SignatureIdentifier/@id", namespaces=VR) == [
        "signature-1",
        "pdf-2-signature-1",
    ]
    assert root.xpath("//v:DAIdentifier/text()", namespaces=VR) == ["m-1", "m-1/hai.pdf"]


def test_another_program_reads_it(pki: DemoPki) -> None:
    """The classes that pyHanko has from the official schema take every element and attribute."""
    config = ParserConfig(fail_on_unknown_properties=True)
    for name in LETTERS:
        data = etsi_xml(report_on(pki, name))
        read = XmlParser(config=config).from_bytes(data, ValidationReport)
        assert read.signature_validation_report[0].signature_validation_status.main_indication


def test_an_unbound_report_is_told_as_well(pki: DemoPki) -> None:
    """Without message id, and with a step that was not checked."""
    report = replace(report_on(pki, "good"), message_id="")
    root = etree.fromstring(etsi_xml(report))
    assert root.find(".//v:DAIdentifier", VR) is None
    states = root.xpath("//v:ConstraintStatus/v:Status/text()", namespaces=VR)
    assert states[-1].endswith(":disabled")
    assert states[0].endswith(":applied")
