"""The report as the XML of ETSI TS 119 102-2 V1.2.1, which other validation software reads.

One ``SignatureValidationReport`` a signature: counter-signatures after the one they stand in, then
the signatures inside attached PDF files. Every certificate, revocation list, OCSP answer and
timestamp is a ``ValidationObject``, by its digest, and is referred to by the id of that. Our steps
are its ``ValidationConstraint``; reasons, the map of what is signed and the findings its
``ReportData``, under URNs of our own, since the standard leaves both to the software.

>>> Path("letter.report.xml").write_bytes(etsi_xml(report))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from docexchange.envelope.names import DS
from docexchange.signing.etsi_parts import (
    NAMESPACE,
    OURS,
    URN,
    Objects,
    add,
    add_ours,
    add_signer,
    add_verdict,
    moment,
    report_data,
    timestamp_object,
)
from docexchange.signing.pdf.report import PdfReport, PdfSignature
from docexchange.signing.report import Report, SignatureReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from docexchange.signing.report import SignatureVerdict, Step, TimestampReport

__all__ = ["NAMESPACE", "etsi_xml"]


def etsi_xml(report: Report | PdfReport) -> bytes:
    """A report as a document, in UTF-8.

    Args:
        report: on any file, with signatures or without.
    """
    root = etree.Element(f"{{{NAMESPACE}}}ValidationReport", nsmap={None: NAMESPACE, "ds": DS})
    objects = Objects()
    for element in _of_file(report, objects):
        root.append(element)
    if objects.elements:
        add(root, "SignatureValidationObjects").extend(objects.elements)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _of_file(report: Report | PdfReport, objects: Objects) -> Iterator[_Element]:
    if isinstance(report, PdfReport):
        yield from _of_pdf(report, report.name, "", objects)
        return
    first = list(_findings(report))
    for name, signature in _numbered(report.signatures, "signature-"):
        yield _signature(name, report.message_id, signature, report, objects, first)
        first = []
    for number, pdf in enumerate(report.attachments, start=1):
        if pdf.code != "pdf.unsigned":
            document = "/".join(filter(None, (report.message_id, pdf.name)))
            yield from _of_pdf(pdf, document, f"pdf-{number}-", objects)


def _of_pdf(report: PdfReport, document: str, prefix: str, objects: Objects) -> Iterator[_Element]:
    # The standard wants one signature at least: where there is none, the verdict stands in for it.
    none = PdfSignature(
        field="",
        indication=report.indication,
        sub_indication=report.sub_indication,
        reason=report.reason,
        code=report.code,
        advice=report.advice,
    )
    first = list(_findings(report))
    for number, signature in enumerate(report.signatures or (none,), start=1):
        yield _signature(f"{prefix}signature-{number}", document, signature, report, objects, first)
        first = []


def _numbered(
    signatures: tuple[SignatureReport, ...], before: str
) -> Iterator[tuple[str, SignatureReport]]:
    for number, signature in enumerate(signatures, start=1):
        yield f"{before}{number}", signature
        yield from _numbered(signature.counter_signatures, f"{before}{number}.")


def _signature(
    name: str,
    document: str,
    signature: SignatureVerdict,
    report: Report | PdfReport,
    objects: Objects,
    findings: list[_Element],
) -> _Element:
    """In the order of ``SignatureValidationReportType``."""
    element = etree.Element(f"{{{NAMESPACE}}}SignatureValidationReport")
    _identify(element, name, document)
    _add_steps(element, signature)
    over_document = report.timestamps if isinstance(report, PdfReport) else ()
    stamps = {
        item.sha256: timestamp_object(item, report, objects)
        for item in (*signature.timestamps, *over_document)
        if item.sha256
    }
    _add_times(element, signature, report, stamps)
    _add_attributes(element, signature, stamps)
    add_signer(element, signature.signatory, objects)
    process = add(element, "SignatureValidationProcess")
    kind = "LTVM" if signature.timestamps else "Basic"
    add(process, "SignatureValidationProcessID", f"{URN}validationprocess:{kind}")
    add_verdict(element, signature, objects, [*_map(signature, report), *findings])
    return element


def _identify(element: _Element, name: str, document: str) -> None:
    identifier = add(element, "SignatureIdentifier", id=name)
    add(identifier, "HashOnly", "false")
    add(identifier, "DocHashOnly", "false")
    if document:
        add(identifier, "DAIdentifier", document)


def _add_steps(element: _Element, signature: SignatureVerdict) -> None:
    if signature.steps:
        evaluated = add(element, "ValidationConstraintsEvaluationReport")
        for step in signature.steps:
            _add_step(evaluated, step)


def _add_step(evaluated: _Element, step: Step) -> None:
    constraint = add(evaluated, "ValidationConstraint")
    name = f"{OURS}step:{step.name.replace(' ', '-')}"
    add(constraint, "ValidationConstraintIdentifier", name)
    applied = "disabled" if step.passed is None else "applied"
    add(add(constraint, "ConstraintStatus"), "Status", f"{URN}constraintStatus:{applied}")
    if step.passed is not None:
        held = "passed" if step.passed else "failed"
        status = add(constraint, "ValidationStatus")
        add(status, "MainIndication", f"{URN}mainindication:{held}")


def _add_times(
    element: _Element,
    signature: SignatureVerdict,
    report: Report | PdfReport,
    stamps: dict[str, str],
) -> None:
    times = add(element, "ValidationTimeInfo")
    add(times, "ValidationTime", moment(report.checked_at))
    best = add(times, "BestSignatureTime")
    add(best, "POETime", moment(signature.best_signature_time or report.checked_at))
    add(best, "TypeOfProof", f"{URN}poetype:validation")
    proof = _proof(signature, report)
    if proof is not None:
        add(best, "POEObject", VOReference=stamps[proof.sha256])


def _proof(signature: SignatureVerdict, report: Report | PdfReport) -> TimestampReport | None:
    """The timestamp that proves the best signature time."""
    if signature.proved_by is not None:
        return signature.timestamps[signature.proved_by - 1]
    if isinstance(report, PdfReport) and isinstance(signature, PdfSignature):
        number = signature.proved_by_document
        return None if number is None else report.timestamps[number - 1]
    return None


def _add_attributes(element: _Element, signature: SignatureVerdict, stamps: dict[str, str]) -> None:
    attributes = etree.Element(f"{{{NAMESPACE}}}SignatureAttributes")
    if signature.signing_time is not None:
        told = add(attributes, "SigningTime", Signed="true")
        add(told, "Time", moment(signature.signing_time))
    if isinstance(signature, SignatureReport):
        _add_claims(attributes, signature)
    for stamp in signature.timestamps:
        if stamp.time is not None:
            told = add(attributes, "SignatureTimeStamp", Signed="false")
            add(told, "AttributeObject", VOReference=stamps[stamp.sha256])
            add(told, "TimeStampValue", moment(stamp.time))
    if len(attributes):
        element.append(attributes)


def _add_claims(attributes: _Element, signature: SignatureReport) -> None:
    for role in signature.roles:
        details = add(add(attributes, "SignerRole", Signed="true"), "RoleDetails")
        add(details, "Role", role)
        add(details, "EndorsementType", "claimed")
    if signature.policy:
        policy = add(attributes, "SigPolicyIdentifier", Signed="true")
        add(policy, "SigPolicyId", f"urn:oid:{signature.policy}")


def _map(signature: SignatureVerdict, report: Report | PdfReport) -> Iterator[_Element]:
    """What is signed: what nothing covers first, then what this signature covers."""
    told = report_data("map")
    if isinstance(report, Report):
        for part in report.uncovered:
            add_ours(told[-1], "NotCovered", part.label, octets=str(part.octets))
    if isinstance(signature, SignatureReport):
        _add_references(told[-1], signature)
    elif isinstance(signature, PdfSignature) and signature.coverage and signature.changes:
        add_ours(
            told[-1],
            "Covered",
            label=signature.coverage,
            octets=str(signature.octets),
            changes=signature.changes,
        )
    if len(told[-1]):
        yield told


def _add_references(value: _Element, signature: SignatureReport) -> None:
    for item in signature.coverage:
        covered = add_ours(
            value,
            "Covered",
            label=item.label,
            uri=item.uri,
            octets=str(item.octets),
            digest=item.digest,
            intact=str(item.intact).lower(),
            whole=str(item.whole).lower(),
        )
        for part in item.parts:
            add_ours(covered, "Part", part)


def _findings(report: Report | PdfReport) -> Iterator[_Element]:
    for finding in report.findings:
        yield report_data(f"finding:{finding.code}", finding.message)
