"""A difference between two letters as one line for a clerk.

>>> line_of(difference, before, after)
'Subject: V/v báo cáo → V/v báo cáo quý I'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.cli._code_words import (
    business_words,
    code_words,
    day_words,
    receiver_word,
    yes_or_no,
)
from docexchange.cli._output import plain
from docexchange.cli._words import say
from docexchange.envelope.codes import BusinessKind, Priority, ReceiverType, StatusCode
from docexchange.envelope.formats import parse_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.envelope import Difference, Envelope

__all__ = ["FIELDS", "line_of"]

_MOST: Final = 120
"""Characters of a value that are shown."""
_LEAD: Final = 20
"""Characters shown before the place where two long texts part."""

FIELDS: Final = {
    "MessageHeader.Id": "Message",
    "MessageHeader.From": "From",
    "MessageHeader.To": "To",
    "MessageHeader.DocumentId": "Document",
    "MessageHeader.Code.CodeNumber": "Number alone",
    "MessageHeader.Code.CodeNotation": "Notation",
    "MessageHeader.PromulgationInfo.Place": "Place of issue",
    "MessageHeader.PromulgationInfo.PromulgationDate": "Date",
    "MessageHeader.DocumentType.TypeName": "Type",
    "MessageHeader.DocumentType": "Type",
    "MessageHeader.Subject": "Subject",
    "MessageHeader.Content": "Content",
    "MessageHeader.SignerInfo.FullName": "Signed by",
    "MessageHeader.SignerInfo.Position": "Position",
    "MessageHeader.SignerInfo.Competence": "Competence",
    "MessageHeader.DueDate": "Due",
    "MessageHeader.OtherInfo.Priority": "Priority",
    "MessageHeader.OtherInfo.SphereOfPromulgation": "Sphere",
    "MessageHeader.OtherInfo.TyperNotation": "Typed by",
    "MessageHeader.OtherInfo.PromulgationAmount": "Copies",
    "MessageHeader.OtherInfo.PageAmount": "Pages",
    "MessageHeader.OtherInfo.Appendixes.Appendix": "Appendixes",
    "MessageHeader.ResponseFor": "Answers",
    "MessageHeader.SteeringType": "Steering",
    "MessageHeader.ResponseForTask.TaskCode": "Task codes",
    "MessageHeader.ToPlaces.Place": "Places",
    "MessageHeader.StaffInfo": "Handled by",
    "MessageHeader.StatusCode": "Status",
    "MessageHeader.Description": "Description",
    "MessageHeader.Timestamp": "Reported at",
    "MessageHeader": "Kind of message",
    "TraceHeaderList.TraceHeader": "Passed",
    "TraceHeaderList.Bussiness.DocumentId": "Earlier document",
    "TraceHeaderList.Bussiness.BussinessDocType": "Purpose",
    "TraceHeaderList.Bussiness.BussinessDocReason": "Reason",
    "TraceHeaderList.Bussiness.Paper": "Paper",
    "TraceHeaderList.Bussiness.BussinessDocumentInfo.DocumentInfo": "Document changed",
    "TraceHeaderList.Bussiness.BussinessDocumentInfo.DocumentReceiver": "Receivers changed",
    "TraceHeaderList.Bussiness.BussinessDocumentInfo.ReceiverList.Receiver": "Receiver changed",
    "TraceHeaderList.Bussiness.ReplacementInfoList.ReplacementInfo": "Replaces",
    "TraceHeaderList.Bussiness.StaffInfo": "Handled by",
    "edXMLBody.edXMLManifest.Reference": "Attachment",
    "edXMLBody.edXMLManifest.Reference.AttachmentName": "Attachment",
    "AttachmentEncoded.Attachment": "Attachment",
    "edXMLHeader.Signature": "Digital signature",
    "edXML.namespace": "Namespace",
    "edXML.prefix": "Prefix",
    "edXML.wrapping": "Wrapping",
}
"""What people call a field, as a word of ``say``, by its path or the beginning of its path."""

LEAVES: Final = {
    "OrganId": "code",
    "OrganName": "name",
    "OrganizationInCharge": "superior",
    "OrganAdd": "address",
    "Telephone": "telephone",
    "PromulgationDate": "date",
    "Code": "number",
    "Type": "number in the list",
    "TypeDetail": "number in the list",
    "ReceiverType": "what is done",
    "Department": "department",
    "Mobile": "telephone",
    "ContentType": "kind of file",
    "Description": "description",
}
"""What people call a field inside of one of those; others are told by their element."""

_CHANGES: Final = {
    "added": "added",
    "removed": "removed",
    "renamed": "renamed",
    "octets": "other octets",
    "order": "other order",
}
_PLACED: Final = {
    "finding": "Finding",
    "element": "Unknown element",
    "attribute": "XML attribute",
}
"""What is told by its place, for want of a name."""


def line_of(difference: Difference, before: Envelope, after: Envelope) -> str:
    """One line, safe on a terminal.

    Args:
        difference: between the two letters.
        before: the first.
        after: the second.
    """
    subject, _, change = difference.code.partition(".")
    label = _label(difference, subject)
    if change in _CHANGES:
        label += f", {say(_CHANGES[change])}"
    if subject == "signature":
        letter = before if difference.after is None else after
        return f"{label}: {_signature(letter, int(difference.which))}"
    told = [value for value in (difference.before, difference.after) if value is not None]
    if change in {"added", "removed"}:
        receiver = subject == "item" and difference.path.endswith(".Receiver")
        return f"{label}: {plain(_short(_receiver(told[0]) if receiver else told[0]))}"
    # Only values that the model has read are sure to be of the form that their name promises.
    modelled = subject in {"field", "kind"}
    return f"{label}: {_both(difference, _reader(difference.path) if modelled else str)}"


def _label(difference: Difference, subject: str) -> str:
    """What the difference is about: the field, and which one of several."""
    if subject in _PLACED:
        return f"{say(_PLACED[subject])} {plain(difference.path)}"
    words = _field(difference.path)
    told = subject == "item" or difference.code in {"attachment.added", "attachment.removed"}
    which = "" if told else difference.which
    return plain(f"{words} ({_short(which)})" if which else words)


def _field(path: str) -> str:
    """What people call the field at a path; the path itself where they have no word for it."""
    if path in FIELDS:
        return say(FIELDS[path])
    above, _, last = path.rpartition(".")
    if above in FIELDS and above != "MessageHeader":
        return f"{say(FIELDS[above])}, {say(LEAVES.get(last, last))}"
    return path


def _both(difference: Difference, read: Callable[[str], str]) -> str:
    before, after = (
        None if value is None else read(value) for value in (difference.before, difference.after)
    )
    at = _parting(before or "", after or "")
    shown = [
        say("none") if value is None else plain(_short(value, at)) for value in (before, after)
    ]
    return " → ".join(shown)


def _receiver(text: str) -> str:
    """An agency in an update, and whether it comes or goes."""
    agency, _, change = text.rpartition(", ")
    return f"{agency} ({_READERS['ReceiverType'](change)})" if agency else text


def _short(value: str, at: int = 0) -> str:
    """A text, or what stands around the place ``at`` in one that is too long."""
    if len(value) <= _MOST:
        return value
    start = max(0, min(at - _LEAD, len(value) - _MOST))
    end = start + _MOST
    lead, rest = "…" if start else "", "…" if end < len(value) else ""
    return f"{lead}{value[start:end]}{rest} ({len(value):,} {say('characters')})"


def _parting(before: str, after: str) -> int:
    """Where two texts begin to differ."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))


def _signature(envelope: Envelope, number: int) -> str:
    from docexchange.cli._signatures import signature_words, signatures_in

    return signature_words(signatures_in(envelope)[number - 1])


def _reader(path: str) -> Callable[[str], str]:
    """How values of a field are shown."""
    return _READERS.get(path.rpartition(".")[2], str)


_READERS: Final[dict[str, Callable[[str], str]]] = {
    "PromulgationDate": lambda text: day_words(parse_date(text)),
    "DueDate": lambda text: day_words(parse_date(text)),
    "Priority": lambda text: code_words(Priority(int(text))),
    "StatusCode": lambda text: f"{text} {code_words(StatusCode(text))}",
    "BussinessDocType": lambda text: business_words(BusinessKind(int(text))),
    "ReceiverType": lambda text: say(receiver_word(ReceiverType(int(text)))),
    "Paper": lambda text: yes_or_no(text == "1"),
    "DocumentInfo": lambda text: yes_or_no(text == "1"),
    "DocumentReceiver": lambda text: yes_or_no(text == "1"),
    "MessageHeader": say,
}
"""How values of a field are shown, by its name; others stand as they are."""
