"""One file verified: what to say about it, as values that another process can hand over.

>>> outcome = examined("letter.edxml", judge, View(verbose=True))
>>> outcome.code, outcome.lines
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docexchange.cli._exit import (
    Complaint,
    ExitCode,
    code_of_error,
    code_of_pdf,
    code_of_report,
    complaint_on,
    error_json,
)
from docexchange.cli._letters import about, received
from docexchange.cli._pdf_verdict import attached_lines, pdf_verdict_lines
from docexchange.cli._verdict import verdict_lines
from docexchange.errors import DocExchangeError, MalformedEnvelope

if TYPE_CHECKING:
    from docexchange.cli._trust import Judge
    from docexchange.envelope import Envelope
    from docexchange.envelope.attachments.attachment import FileSource, Source
    from docexchange.signing import Report
    from docexchange.signing.pdf import PdfReport

__all__ = ["Outcome", "View", "examined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the user wants to see."""

    verbose: bool = False
    """The whole report as text."""
    as_json: bool = False
    """The whole report as JSON."""
    etsi: bool = False
    """The whole report as the XML of ETSI TS 119 102-2."""
    second_opinion: bool = False
    """Whether another engine is asked too."""
    detached: dict[str, str] = field(default_factory=dict)
    """Files that references of an XML file mean, by URI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one file."""

    name: str
    """The file."""
    code: ExitCode
    """Its exit code."""
    verdict: str = ""
    """Its verdict; empty where it cannot be read."""
    lines: tuple[str, ...] = ()
    """What to print."""
    result: dict[str, Any] | None = None
    """The same for JSON, where that is wanted."""
    etsi: bytes = b""
    """The same as the XML of ETSI, where that is wanted."""
    complaint: Complaint | None = None
    """Why it cannot be read."""


def examined(name: str, judge: Judge, view: View, *, listed: bool = False) -> Outcome:
    """Verify one file; never raises for a bad one.

    Args:
        name: a letter, any other XML, or a PDF file, or a pipe of them; ``-`` is standard input.
        judge: how it is to be judged.
        view: what is to be told.
        listed: it was found in a folder, where pipes are left alone.
    """
    try:
        with received(name, listed=listed) as found:
            return _judged(name, found, judge, view)
    except DocExchangeError as error:
        return Outcome(
            name=name,
            code=code_of_error(error),
            complaint=complaint_on(error),
            result={"file": name, "error": error_json(error)} if view.as_json else None,
        )


def _judged(name: str, found: Envelope | FileSource | bytes, judge: Judge, view: View) -> Outcome:
    from docexchange.envelope.attachments.attachment import FileSource

    if isinstance(found, FileSource):
        return _pdf_told(name, found, judge, view)
    if isinstance(found, bytes):
        with about(name):
            return _told(name, None, _xml_report(found, judge, view), judge, view)
    return _told(name, found, _letter_report(found, judge, view), judge, view)


def _letter_report(envelope: Envelope, judge: Judge, view: View) -> Report:
    report = judge.examine(envelope)
    if not view.second_opinion:
        return report
    from docexchange.signing.second_opinion import SignedFile, with_second_opinion

    return with_second_opinion(report, SignedFile.of(envelope))


def _xml_report(data: bytes, judge: Judge, view: View) -> Report:
    from docexchange.envelope import Attachment

    beside = {
        uri: Attachment.from_path(path, media_type="application/octet-stream")
        for uri, path in view.detached.items()
    }
    report = judge.examine_xml(data, beside)
    if report.code == "signature.none":
        raise MalformedEnvelope(
            "expected an edXML letter or other XML with a signature, found XML with neither",
            code="envelope.root",
            advice="There is nothing to verify in it. Ask the sender which format this is.",
        )
    if not view.second_opinion:
        return report
    from docexchange.signing.second_opinion import SignedFile, with_second_opinion

    return with_second_opinion(report, SignedFile(octets=data, attachments=beside))


def _told(
    name: str, envelope: Envelope | None, report: Report, judge: Judge, view: View
) -> Outcome:
    lines: tuple[str, ...] = ()
    if not view.as_json:
        lines = (
            *verdict_lines(name, envelope, report, judge=judge, verbose=view.verbose),
            *attached_lines(report.attachments, verbose=view.verbose),
        )
    return Outcome(
        name=name,
        code=code_of_report(report),
        verdict=report.indication.value,
        lines=lines,
        result=_result(name, envelope, report) if view.as_json else None,
        etsi=_etsi(report) if view.etsi else b"",
    )


def _pdf_told(name: str, source: Source, judge: Judge, view: View) -> Outcome:
    report = judge.examine_pdf(source, name)
    lines: tuple[str, ...] = ()
    if not view.as_json:
        lines = tuple(pdf_verdict_lines(name, report, judge=judge, verbose=view.verbose))
    code = code_of_pdf(report)
    return Outcome(
        name=name,
        code=code,
        verdict="" if code is ExitCode.UNREADABLE else report.indication.value,
        lines=lines,
        result={"file": name, "pdf": report.as_json()} if view.as_json else None,
        etsi=_etsi(report) if view.etsi else b"",
    )


def _etsi(report: Report | PdfReport) -> bytes:
    from docexchange.signing.etsi import etsi_xml

    return etsi_xml(report)


def _result(name: str, envelope: Envelope | None, report: Report) -> dict[str, Any]:
    sender = envelope.message.sender if envelope is not None else None
    return {
        "file": name,
        "sender": sender and {"organ_id": str(sender.organ_id), "name": sender.name},
        "report": report.as_json(),
    }
