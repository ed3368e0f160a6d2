"""What reports of ETSI TS 119 102-2 are made of: elements, verdicts, and objects by their digest.

>>> objects = Objects()
>>> status = add_verdict(element, signature, objects)
>>> element.extend(objects.elements)
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Final

from lxml import etree

from docexchange.envelope.attachments.base64_stream import encode
from docexchange.envelope.names import DS
from docexchange.signing.verdicts import Indication
from docexchange.signing.xmldsig.algorithms import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.signing.certificates import Signatory
    from docexchange.signing.report import FileVerdict, TimestampReport, TracedVerdict

__all__ = [
    "NAMESPACE",
    "OURS",
    "OUR_NAMESPACE",
    "URN",
    "Objects",
    "add",
    "add_ours",
    "add_signer",
    "add_verdict",
    "moment",
    "report_data",
    "timestamp_object",
]

NAMESPACE: Final = "http://uri.etsi.org/19102/v1.2.1#"
"""Of the elements of the report."""
URN: Final = "urn:etsi:019102:"
"""What the standard's own names begin with."""
OURS: Final = "urn:docexchange:"
"""What ours begin with, where it leaves names to the software."""
OUR_NAMESPACE: Final = f"{OURS}report"
"""Of the elements inside ``ReportData``."""
_INDICATIONS: Final = {
    Indication.TOTAL_PASSED: "total-passed",
    Indication.TOTAL_FAILED: "total-failed",
    Indication.INDETERMINATE: "indeterminate",
}
_LISTS: Final = {"CRL": "CRL", "delta CRL": "CRL", "OCSP": "OCSPResponse"}
_BARE: Final = 2
"""Children of an object without a report on it."""
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    """Add an element of the standard."""
    return _added(parent, f"{{{NAMESPACE}}}{name}", text, attributes)


def add_ours(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    """Add an element of our own, for ``ReportData``."""
    return _added(parent, f"{{{OUR_NAMESPACE}}}{name}", text, attributes)


def _added(parent: _Element, tag: str, text: str | None, attributes: dict[str, str]) -> _Element:
    known = {name: _as_xml(value) for name, value in attributes.items()}
    nsmap = {None: OUR_NAMESPACE} if tag.startswith(f"{{{OUR_NAMESPACE}}}") else None
    element = etree.SubElement(parent, tag, known, nsmap=nsmap)
    if text is not None:
        element.text = _as_xml(text)
    return element


def _as_xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def moment(at: datetime) -> str:
    """A moment as the standard writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


class Objects:
    """Every certificate, list, answer and timestamp once, by its digest."""

    def __init__(self) -> None:
        self._held: dict[str, _Element] = {}

    @property
    def elements(self) -> Sequence[_Element]:
        """Each as ``ValidationObject``."""
        return tuple(self._held.values())

    def element(self, name: str) -> _Element:
        """The one with this id."""
        return self._held[name]

    def named(self, kind: str, sha256: str) -> str:
        """The id of an object, which is there from now on.

        Args:
            kind: last part of the standard's URN for it.
            sha256: of its DER, in hexadecimal.
        """
        name = f"{kind}-{sha256}"
        if name not in self._held:
            element = etree.Element(f"{{{NAMESPACE}}}ValidationObject", id=name)
            add(element, "ObjectType", f"{URN}validationObject:{kind}")
            digest = add(add(element, "ValidationObjectRepresentation"), "DigestAlgAndValue")
            etree.SubElement(digest, f"{{{DS}}}DigestMethod", Algorithm=Digest.SHA256.value)
            value = etree.SubElement(digest, f"{{{DS}}}DigestValue")
            value.text = encode(bytes.fromhex(sha256))
            self._held[name] = element
        return name


def add_signer(element: _Element, who: Signatory | None, objects: Objects) -> None:
    """``SignerInformation``; nothing where nobody is known."""
    if who is not None:
        signer = add(element, "SignerInformation")
        add(signer, "SignerCertificate", VOReference=objects.named("certificate", who.sha256))
        add(signer, "Signer", who.name or who.organization)


def add_verdict(
    element: _Element, verdict: TracedVerdict, objects: Objects, more: Sequence[_Element] = ()
) -> None:
    """``SignatureValidationStatus`` with the path and what the verdict stands on.

    Args:
        element: the report it is the verdict of.
        verdict: on a signature or timestamp.
        objects: what the report refers to.
        more: further ``ReportData``.
    """
    status = add(element, "SignatureValidationStatus")
    add(status, "MainIndication", f"{URN}mainindication:{_INDICATIONS[verdict.indication]}")
    if verdict.sub_indication is not None:
        add(status, "SubIndication", f"{URN}subindication:{verdict.sub_indication}")
    told = [*_report_data(verdict, objects), *more]
    if not (verdict.chain or told):
        return
    data = add(status, "AssociatedValidationReportData")
    _add_chain(data, verdict, objects)
    if told:
        add(data, "AdditionalValidationReportData").extend(told)


def _add_chain(data: _Element, verdict: TracedVerdict, objects: Objects) -> None:
    names = [objects.named("certificate", item.sha256) for item in verdict.chain]
    if names:
        add(data, "TrustAnchor", VOReference=names[-1])
        chain = add(data, "CertificateChain")
        add(chain, "SigningCertificate", VOReference=names[0])
        for name in names[1:-1]:
            add(chain, "IntermediateCertificate", VOReference=name)
        add(chain, "TrustAnchor", VOReference=names[-1])


def report_data(kind: str, value: str | None = None) -> _Element:
    """``ReportData`` of a kind of ours.

    Args:
        kind: its type, without what ours begin with.
        value: its text; None for elements that are still to be added to its last child.
    """
    told = etree.Element(f"{{{NAMESPACE}}}ReportData")
    add(told, "Type", f"{OURS}{kind}")
    add(told, "Value", value)
    return told


def _report_data(verdict: TracedVerdict, objects: Objects) -> Iterator[_Element]:
    if verdict.reason:
        yield report_data(f"reason:{verdict.code}", verdict.reason)
    if verdict.advice:
        yield report_data("advice", verdict.advice)
    if verdict.algorithm_name:
        yield report_data("algorithm", verdict.algorithm_name)
    if verdict.evidence:
        told = report_data("evidence")
        for item in verdict.evidence:
            name = objects.named(_LISTS[item.kind], item.sha256)
            add_ours(told[-1], "NotRevokedBy", VOReference=name)
        yield told


def timestamp_object(stamp: TimestampReport, report: FileVerdict, objects: Objects) -> str:
    """Add a timestamp with the verdict on it; the id it has.

    Args:
        stamp: one that could be read.
        report: the report it stands in.
        objects: what the report refers to.
    """
    name = objects.named("timestamp", stamp.sha256)
    if len(objects.element(name)) > _BARE:
        return name  # the same token twice
    inner = add(objects.element(name), "ValidationReport")
    times = add(inner, "ValidationTimeInfo")
    add(times, "ValidationTime", moment(report.checked_at))
    best = add(times, "BestSignatureTime")
    add(best, "POETime", moment(report.checked_at))
    add(best, "TypeOfProof", f"{URN}poetype:validation")
    add_signer(inner, stamp.authority, objects)
    add_verdict(inner, stamp, objects)
    return name
