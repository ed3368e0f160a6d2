"""A report as the XML of ETSI TS 119 102-2 V1.2.1, which other validation software reads.

One ``SignatureValidationReport`` a signature, counter-signatures after the one they stand in. Every
certificate, revocation list, OCSP answer and timestamp is a ``ValidationObject``, by its digest,
and is referred to by the id of that. Our steps are its ``ValidationConstraint``; our reasons its
``ReportData``, under URNs of our own, since the standard leaves both to the software.

>>> Path("letter.report.xml").write_bytes(etsi_xml(report))
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Final

from lxml import etree

from docexchange.envelope.base64_stream import encode
from docexchange.envelope.names import DS
from docexchange.signing.verdicts import Indication
from docexchange.signing.xmldsig.algorithms import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.signing.report import Report, SignatureReport, Step, TimestampReport

__all__ = ["NAMESPACE", "etsi_xml"]

NAMESPACE: Final = "http://uri.etsi.org/19102/v1.2.1#"
"""Of the elements of the report."""
_URN: Final = "urn:etsi:019102:"
_OURS: Final = "urn:docexchange:"
_INDICATIONS: Final = {
    Indication.TOTAL_PASSED: "total-passed",
    Indication.TOTAL_FAILED: "total-failed",
    Indication.INDETERMINATE: "indeterminate",
}
_LISTS: Final = {"CRL": "CRL", "delta CRL": "CRL", "OCSP": "OCSPResponse"}
_BARE: Final = 2
"""Children of an object without a report on it."""
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def etsi_xml(report: Report) -> bytes:
    """A report as a document, in UTF-8.

    Args:
        report: of any file that has signatures, or none.
    """
    root = etree.Element(f"{{{NAMESPACE}}}ValidationReport", nsmap={None: NAMESPACE, "ds": DS})
    objects: dict[str, _Element] = {}
    for name, signature in _numbered(report.signatures, "signature"):
        root.append(_signature(name, signature, report, objects))
    if objects:
        _add(root, "SignatureValidationObjects").extend(objects.values())
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _numbered(
    signatures: tuple[SignatureReport, ...], name: str
) -> Iterator[tuple[str, SignatureReport]]:
    mark = "-" if name == "signature" else "."
    for number, signature in enumerate(signatures, start=1):
        yield f"{name}{mark}{number}", signature
        yield from _numbered(signature.counter_signatures, f"{name}{mark}{number}")


def _signature(
    name: str, signature: SignatureReport, report: Report, objects: dict[str, _Element]
) -> _Element:
    """In the order of ``SignatureValidationReportType``."""
    element = etree.Element(f"{{{NAMESPACE}}}SignatureValidationReport")
    _identify(element, name, report)
    _add_steps(element, signature)
    known = (item for item in signature.timestamps if item.sha256)
    stamps = {item.sha256: _timestamp(item, report, objects) for item in known}
    _add_times(element, signature, report, stamps)
    _add_attributes(element, signature, stamps)
    _add_signer(element, signature, objects)
    process = _add(element, "SignatureValidationProcess")
    kind = "LTVM" if signature.timestamps else "Basic"
    _add(process, "SignatureValidationProcessID", f"{_URN}validationprocess:{kind}")
    status = _add_status(element, signature)
    _add_chain(status, signature, objects)
    return element


def _identify(element: _Element, name: str, report: Report) -> None:
    identifier = _add(element, "SignatureIdentifier", id=name)
    _add(identifier, "HashOnly", "false")
    _add(identifier, "DocHashOnly", "false")
    if report.message_id:
        _add(identifier, "DAIdentifier", report.message_id)


def _add_steps(element: _Element, signature: SignatureReport) -> None:
    if signature.steps:
        evaluated = _add(element, "ValidationConstraintsEvaluationReport")
        for step in signature.steps:
            _add_step(evaluated, step)


def _add_step(evaluated: _Element, step: Step) -> None:
    constraint = _add(evaluated, "ValidationConstraint")
    name = f"{_OURS}step:{step.name.replace(' ', '-')}"
    _add(constraint, "ValidationConstraintIdentifier", name)
    applied = "disabled" if step.passed is None else "applied"
    _add(_add(constraint, "ConstraintStatus"), "Status", f"{_URN}constraintStatus:{applied}")
    if step.passed is not None:
        held = "passed" if step.passed else "failed"
        status = _add(constraint, "ValidationStatus")
        _add(status, "MainIndication", f"{_URN}mainindication:{held}")


def _add_times(
    element: _Element, signature: SignatureReport, report: Report, stamps: dict[str, str]
) -> None:
    times = _add(element, "ValidationTimeInfo")
    _add(times, "ValidationTime", _time(report.checked_at))
    best = _add(times, "BestSignatureTime")
    _add(best, "POETime", _time(signature.best_signature_time or report.checked_at))
    _add(best, "TypeOfProof", f"{_URN}poetype:validation")
    if signature.proved_by is not None:
        _add(
            best,
            "POEObject",
            VOReference=stamps[signature.timestamps[signature.proved_by - 1].sha256],
        )


def _add_attributes(element: _Element, signature: SignatureReport, stamps: dict[str, str]) -> None:
    attributes = etree.Element(f"{{{NAMESPACE}}}SignatureAttributes")
    if signature.signing_time is not None:
        _add(_add(attributes, "SigningTime", Signed="true"), "Time", _time(signature.signing_time))
    for role in signature.roles:
        details = _add(_add(attributes, "SignerRole", Signed="true"), "RoleDetails")
        _add(details, "Role", role)
        _add(details, "EndorsementType", "claimed")
    if signature.policy:
        policy = _add(attributes, "SigPolicyIdentifier", Signed="true")
        _add(policy, "SigPolicyId", f"urn:oid:{signature.policy}")
    for stamp in signature.timestamps:
        if stamp.time is not None:
            told = _add(attributes, "SignatureTimeStamp", Signed="false")
            _add(told, "AttributeObject", VOReference=stamps[stamp.sha256])
            _add(told, "TimeStampValue", _time(stamp.time))
    if len(attributes):
        element.append(attributes)


def _add_signer(
    element: _Element, signature: SignatureReport, objects: dict[str, _Element]
) -> None:
    who = signature.signatory
    if who is not None:
        signer = _add(element, "SignerInformation")
        name = _object("certificate", who.sha256, objects)
        _add(signer, "SignerCertificate", VOReference=name)
        _add(signer, "Signer", who.name or who.organization)


def _add_status(element: _Element, verdict: SignatureReport | TimestampReport) -> _Element:
    status = _add(element, "SignatureValidationStatus")
    _add(status, "MainIndication", f"{_URN}mainindication:{_INDICATIONS[verdict.indication]}")
    if verdict.sub_indication is not None:
        _add(status, "SubIndication", f"{_URN}subindication:{verdict.sub_indication}")
    return status


def _add_chain(status: _Element, signature: SignatureReport, objects: dict[str, _Element]) -> None:
    for item in signature.evidence:
        _object(_LISTS[item.kind], item.sha256, objects)
    names = [_object("certificate", item.sha256, objects) for item in signature.chain]
    if not (names or signature.reason):
        return
    data = _add(status, "AssociatedValidationReportData")
    if names:
        _add(data, "TrustAnchor", VOReference=names[-1])
        chain = _add(data, "CertificateChain")
        _add(chain, "SigningCertificate", VOReference=names[0])
        for name in names[1:-1]:
            _add(chain, "IntermediateCertificate", VOReference=name)
        _add(chain, "TrustAnchor", VOReference=names[-1])
    if signature.reason:
        told = _add(_add(data, "AdditionalValidationReportData"), "ReportData")
        _add(told, "Type", f"{_OURS}reason:{signature.code}")
        _add(told, "Value", signature.reason)


def _timestamp(stamp: TimestampReport, report: Report, objects: dict[str, _Element]) -> str:
    """Add a timestamp with the verdict on it; the id it has."""
    name = _object("timestamp", stamp.sha256, objects)
    if len(objects[name]) > _BARE:
        return name  # the same token twice
    inner = _add(objects[name], "ValidationReport")
    times = _add(inner, "ValidationTimeInfo")
    _add(times, "ValidationTime", _time(report.checked_at))
    best = _add(times, "BestSignatureTime")
    _add(best, "POETime", _time(report.checked_at))
    _add(best, "TypeOfProof", f"{_URN}poetype:validation")
    if stamp.authority is not None:
        signer = _add(inner, "SignerInformation")
        maker = _object("certificate", stamp.authority.sha256, objects)
        _add(signer, "SignerCertificate", VOReference=maker)
        _add(signer, "Signer", stamp.authority.name or stamp.authority.organization)
    _add_status(inner, stamp)
    return name


def _object(kind: str, sha256: str, objects: dict[str, _Element]) -> str:
    """Add an object, once; the id it has."""
    name = f"{kind}-{sha256}"
    if name not in objects:
        element = etree.Element(f"{{{NAMESPACE}}}ValidationObject", id=name)
        _add(element, "ObjectType", f"{_URN}validationObject:{kind}")
        digest = _add(_add(element, "ValidationObjectRepresentation"), "DigestAlgAndValue")
        etree.SubElement(digest, f"{{{DS}}}DigestMethod", Algorithm=Digest.SHA256.value)
        value = etree.SubElement(digest, f"{{{DS}}}DigestValue")
        value.text = encode(bytes.fromhex(sha256))
        objects[name] = element
    return name


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _add(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    if text is not None:
        element.text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    return element
