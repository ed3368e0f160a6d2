"""What must hold of everything that reads bytes from outside, whatever the bytes are.

Each property takes any bytes. A reader either takes them, and then what it says about them has to
agree with itself, or refuses them with one of the errors its docstring names. Two drivers hold our
readers to this: Hypothesis in ``tests/attacks`` and atheris in ``fuzz``.

>>> check_envelope(b"<edXML/>")
>>> PROPERTIES["receipt"](b"noise")
"""

from __future__ import annotations

import binascii
import io
import json
import re
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Final

from letters import HUB, Trickle, content_of, octets, refusal
from signing_help import NOW, signed_letter, signed_status, verifier_for

from docexchange.cli._describe import describe
from docexchange.cli._letter_toml import read_letter
from docexchange.directory.csv_file import parse_csv
from docexchange.directory.toml_file import parse_toml
from docexchange.envelope import Attachment, Envelope
from docexchange.envelope.attachments.base64_stream import Base64Decoder
from docexchange.envelope.formats import (
    format_date,
    format_timestamp,
    parse_date,
    parse_timestamp,
)
from docexchange.envelope.reading.encodings import utf_16_in
from docexchange.envelope.reading.skeleton import scan
from docexchange.envelope.reading.tolerances import Tolerance
from docexchange.envelope.receipt import read_receipt, receipt_xml
from docexchange.envelope.rules.rules import check
from docexchange.errors import (
    DocExchangeError,
    InvalidEnvelope,
    InvalidIdentifier,
    LimitExceeded,
    MalformedDirectory,
    MalformedEnvelope,
    MalformedReceipt,
    TransportError,
    UnreadableInput,
)
from docexchange.identifiers import ContentId, DocumentId, MessageId, OrganId
from docexchange.testing import DemoPki
from docexchange.transport.parcel import Parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docexchange.errors import InvalidField

__all__ = ["PROPERTIES", "check_envelope", "check_signatures", "signed_letters"]

_OF_THE_OCTETS: Final = frozenset({Tolerance.CONTENT_TYPE, Tolerance.ZIPPED})
"""What an attachment is told for being, however the letter around it is written."""
_PIECES: Final = (1, 2, 3, 5, 7, 64, 255, 1024)
_WHITE: Final = b" \t\r\n"
_BASE64: Final = re.compile(
    rb"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"  # RFC 4648, section 4
)


def check_envelope(data: bytes) -> Envelope | None:
    """An envelope that a receiver can do everything with, or one of two refusals (then None)."""
    refused = refusal(data)
    if refused is not None:
        _check_told(refused)
        return None
    envelope = Envelope.from_bytes(data)
    copy = _carried_on(envelope, data)
    assert scan(Trickle(copy, [*_PIECES] * 4)) == scan(io.BytesIO(copy))
    json.dumps(describe("-", envelope))
    for finding in envelope.findings:
        assert finding.code
        assert finding.message
    for attachment in envelope.message.attachments:
        _check_octets(attachment)
    _check_trace(envelope, copy)
    _check_rewriting(envelope)
    return envelope


def _carried_on(envelope: Envelope, data: bytes) -> bytes:
    """The bytes that came; of UTF-16 a copy in UTF-8, which says the same and stays as it is."""
    copy = octets(envelope)
    if not utf_16_in(data[:4]):
        assert copy == data
        return copy
    again = Envelope.from_bytes(copy)
    assert octets(again) == copy
    assert content_of(again.message) == content_of(envelope.message)
    return copy


def _check_told(error: DocExchangeError, *, for_good: bool = True) -> None:
    assert for_good
    assert str(error)
    assert error.code
    assert error.advice


def _check_octets(attachment: Attachment) -> None:
    """They come out as they were measured, however they are read."""
    with attachment.open() as stream:
        assert stream.read() == b"".join(attachment.chunks())
    _check_inflated(attachment)


def _check_inflated(attachment: Attachment) -> bytes | None:
    """The file in an archive, or a refusal (then None)."""
    try:
        inside = attachment.inflated()
    except (MalformedEnvelope, LimitExceeded) as error:
        _check_told(error)
        return None
    return b"".join(inside.chunks())


def _check_trace(envelope: Envelope, data: bytes) -> None:
    """A hub adds its line and moves nothing else, or cannot tell where it goes."""
    try:
        traced = envelope.with_trace(HUB)
    except MalformedEnvelope as error:
        _check_told(error)  # a comment or the like makes the place ambiguous
        return
    copied = octets(traced)
    assert _is_insertion(data, copied)
    again = Envelope.from_bytes(copied)
    assert again.traces == (*envelope.traces, HUB)
    assert content_of(again.message) == content_of(envelope.message)


def _is_insertion(before: bytes, after: bytes) -> bool:
    """Whether bytes were put in at one place, where at most ``/>`` made room for them."""
    start = next((i for i, (b, a) in enumerate(zip(before, after)) if b != a), len(before))  # noqa: B905
    tails = zip(reversed(before), reversed(after))  # noqa: B905  they differ in length
    end = next((i for i, (b, a) in enumerate(tails) if b != a), len(before))
    return len(after) > len(before) and start + end >= len(before) - len(b"/>")


def _check_rewriting(envelope: Envelope) -> None:
    """What may be sent comes back equal when it is written our way; the rest is not sent."""
    message = envelope.message
    faults = check(message)
    try:
        ours = Envelope.of(message)
    except InvalidEnvelope as error:
        _same_faults(error.faults, faults)
        return
    again = Envelope.from_bytes(octets(ours))
    assert not faults
    assert content_of(again.message) == content_of(message)
    assert {finding.code for finding in again.findings} <= _OF_THE_OCTETS


def _same_faults(told: Sequence[InvalidField], found: Sequence[InvalidField]) -> None:
    assert found
    assert [(item.code, str(item)) for item in told] == [(item.code, str(item)) for item in found]


def check_signatures(data: bytes) -> None:
    """Any letter gets a verdict; one that passes says what the commune has signed."""
    try:
        envelope = Envelope.from_bytes(data)
    except (MalformedEnvelope, LimitExceeded):
        return
    verifier = verifier_for(signing_pki())
    report = verifier.examine(envelope)
    json.dumps(report.as_json())
    if not report.passed:
        assert report.code
        assert report.reason
        return
    told = content_of(verifier.verify(envelope).message)
    assert told in [content_of(Envelope.from_bytes(seed).message) for seed in signed_letters()]


@cache
def signing_pki() -> DemoPki:
    """The keys of this process; letters signed in another one do not pass here."""
    return DemoPki.create(at=NOW, key="p256")


def signed_letters() -> tuple[bytes, ...]:
    """A letter and a status, under the commune's seal."""
    return signed_letter(signing_pki()), signed_status(signing_pki())


def check_receipt(data: bytes) -> None:
    """A receipt that is written again the same, or a refusal."""
    try:
        receipt, _ = read_receipt(data)
    except (MalformedReceipt, LimitExceeded) as error:
        _check_told(error)
        return
    assert read_receipt(receipt_xml(receipt))[0] == receipt


def check_archive(data: bytes) -> None:
    """An archive of one file that no other program finds another file in, or a refusal."""
    octets = _check_inflated(Attachment.from_bytes(data, name="a.zip"))
    if octets is None:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as other:
            found = [other.read(name) for name in other.infolist()]
    except (zipfile.BadZipFile, NotImplementedError):
        return  # a program that takes nothing takes nothing else
    assert found == [octets]


def check_base64(data: bytes) -> None:
    """Decoding in pieces gives what decoding at once gives; the first octet says where to cut."""
    size, text = (data[0] if data else 0) + 1, data[1:]
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert _decoded(pieces) == _decoded([text]) == _plainly_decoded(text)


def _decoded(pieces: list[bytes]) -> bytes | None:
    decoder = Base64Decoder()
    try:
        octets = b"".join(map(decoder.feed, pieces))
        decoder.finish()
    except MalformedEnvelope as error:
        _check_told(error)
        return None
    return octets


def _plainly_decoded(text: bytes) -> bytes | None:
    squeezed = text.translate(None, _WHITE)
    return binascii.a2b_base64(squeezed) if _BASE64.fullmatch(squeezed) else None


def check_identifiers(data: bytes) -> None:
    """Identifiers and dates are what they were read from, or a refusal."""
    text = data.decode("utf-8", "replace")
    for kind in (OrganId, DocumentId, MessageId, ContentId):
        try:
            identifier = kind(text)
        except InvalidIdentifier:
            continue
        assert str(identifier) == text
        if isinstance(identifier, OrganId):
            _check_forms(identifier)
    for read, write in ((parse_date, format_date), (parse_timestamp, format_timestamp)):
        try:
            value = read(text)
        except ValueError:
            continue
        assert read(write(value)) == value


def _check_forms(organ_id: OrganId) -> None:
    """A code in either system leads back to itself."""
    modern = OrganId(organ_id.as_decision_20)
    assert modern.as_decision_20 == modern.value
    assert OrganId(modern.as_qcvn_102).as_decision_20 == modern.value
    assert modern.level == organ_id.level


def check_parcel(data: bytes) -> None:
    """A note that is written again the same, or a refusal for good."""
    try:
        parcel = Parcel.from_json(data)
    except TransportError as error:
        _check_told(error, for_good=not error.retryable)
        return
    assert Parcel.from_json(parcel.to_json()) == parcel


def check_directory(data: bytes) -> None:
    """A directory of agencies in either form, or a refusal."""
    text = data.decode("utf-8", "replace")
    for parse in (parse_toml, parse_csv):
        try:
            parse(text)
        except MalformedDirectory as error:
            _check_told(error)


def check_letter_file(data: bytes) -> None:
    """A letter with its faults, or a refusal."""
    try:
        letter = read_letter(data)
    except UnreadableInput as error:
        _check_told(error)
        return
    for fault in letter.faults:
        _check_told(fault)


PROPERTIES: Final[dict[str, Callable[[bytes], object]]] = {
    "envelope": check_envelope,
    "signature": check_signatures,
    "archive": check_archive,
    "receipt": check_receipt,
    "base64": check_base64,
    "identifiers": check_identifiers,
    "parcel": check_parcel,
    "directory": check_directory,
    "letter-file": check_letter_file,
}
"""All of them, by the name of what is read."""
