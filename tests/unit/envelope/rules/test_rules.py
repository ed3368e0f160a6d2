"""The rules of the field: what must be there, how long it may be, what it may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import COMMUNE, GOVERNMENT_OFFICE, PDF, letter, octets, status

from docexchange.envelope import (
    Attachment,
    Business,
    Code,
    Document,
    DocumentType,
    Envelope,
    Message,
    Organization,
    OtherInfo,
    PromulgationInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
)
from docexchange.envelope.attachments.attachment import BytesSource
from docexchange.envelope.rules.rules import check, faults
from docexchange.errors import InvalidEnvelope
from docexchange.identifiers import ContentId, OrganId
from docexchange.testing.strategies.letters import messages

HEADER = "MessageHeader"


def codes_of(message: Message) -> list[str]:
    """Codes of all faults."""
    return [fault.code for fault in check(message)]


def test_a_sound_message_has_no_faults():
    """The letters of these tests are sound."""
    assert codes_of(letter(PDF)) == codes_of(status()) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipients": ()}, "N.MessageHeader.To"),
        ({"document_id": None}, "N.MessageHeader.DocumentId"),
        ({"code": Code("", "a")}, "N.MessageHeader.Code.CodeNumber"),
        ({"code": Code("1", "\u00a0")}, "N.MessageHeader.Code.CodeNotation"),
        ({"promulgation": PromulgationInfo()}, f"N.{HEADER}.PromulgationInfo.PromulgationDate"),
        ({"document_type": DocumentType(type=2)}, "N.MessageHeader.DocumentType.TypeName"),
        ({"document_type": DocumentType(name="x")}, "N.MessageHeader.DocumentType.Type"),
        ({"subject": ""}, "N.MessageHeader.Subject"),
        ({"subject": " \n"}, "N.MessageHeader.Subject"),
        ({"signer": SignerInfo()}, "N.MessageHeader.SignerInfo.FullName"),
        ({"other_info": OtherInfo(priority=None)}, "N.MessageHeader.OtherInfo.Priority"),
        ({"sender": replace(COMMUNE, name="  ")}, "N.MessageHeader.From.OrganName"),
    ],
)
def test_what_is_missing_is_told(changes: dict[str, object], code: str):
    """Each required field that is empty, or only white space, has its ``N.`` fault."""
    assert code in codes_of(letter(**changes))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": "x" * 501}, "R.MessageHeader.Subject"),
        ({"content": "x" * 501}, "R.MessageHeader.Content"),
        ({"code": Code("1" * 12, "a")}, "R.MessageHeader.Code.CodeNumber"),
        ({"to_places": ("x" * 151,)}, "R.MessageHeader.ToPlaces.Place"),
        ({"business": Business(reason="x" * 501)},
         "R.TraceHeaderList.Bussiness.BussinessDocReason"),
        ({"response_for": (ResponseFor(code="x" * 43),)}, "R.MessageHeader.ResponseFor.Code"),
        ({"other_info": OtherInfo(copies=-1)}, "R.MessageHeader.OtherInfo.PromulgationAmount"),
        ({"other_info": OtherInfo(pages=10**9)}, "R.MessageHeader.OtherInfo.PageAmount"),
        ({"other_info": OtherInfo(appendixes=("x" * 251,))},
         "R.MessageHeader.OtherInfo.Appendixes.Appendix"),
        ({"document_type": DocumentType(type=-1, name="x")}, "R.MessageHeader.DocumentType.Type"),
        ({"sender": replace(COMMUNE, fax="0" * 21)}, "R.MessageHeader.From.Fax"),
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_told(changes: dict[str, object], code: str):
    """Lengths and amounts beyond their bounds have an ``R.`` fault."""
    assert codes_of(letter(**changes)) == [code]


@pytest.mark.parametrize("most", [("subject", 500), ("content", 500)])
def test_the_longest_text_allowed_passes(most: tuple[str, int]):
    """A text exactly as long as allowed is no fault."""
    assert codes_of(letter(**{most[0]: "ế" * most[1]})) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": "a\x00b"}, "T.MessageHeader.Subject"),
        ({"code": Code("1\n2", "a")}, "T.MessageHeader.Code.CodeNumber"),
        ({"response_for": (ResponseFor(code="\x01"),)}, "T.MessageHeader.ResponseFor.Code"),
        ({"business": Business(staff=(StaffInfo(email="\x01"),))},
         "T.TraceHeaderList.Bussiness.StaffInfo.Email"),
        ({"attachments": (replace(PDF, description="\ud800"),)},
         "T.AttachmentEncoded.Attachment.Description"),
        ({"attachments": (replace(PDF, media_type="\x02"),)},
         "T.AttachmentEncoded.Attachment.ContentType"),
        ({"due_date": datetime(2026, 1, 1, tzinfo=UTC)}, "T.MessageHeader.DueDate"),
        ({"response_for": (ResponseFor(promulgated=datetime(2026, 1, 1, tzinfo=UTC)),)},
         "T.MessageHeader.ResponseFor.PromulgationDate"),
        ({"sender": Organization(OrganId("28.22.H17"), "x")}, "T.MessageHeader.From.OrganId"),
    ],
)  # fmt: skip
def test_what_is_of_the_wrong_type_is_told(changes: dict[str, object], code: str):
    """Characters XML cannot carry, moments for dates and odd codes have a ``T.`` fault."""
    assert codes_of(letter(**changes)) == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipients": (GOVERNMENT_OFFICE,) * 2}, "M.MessageHeader.To"),
        ({"attachments": (PDF, PDF)}, "M.Attachment.ContentId"),
        ({"attachments": (replace(PDF, name="../a"),)}, "M.AttachmentName"),
    ],
)
def test_what_is_not_allowed_is_told(changes: dict[str, object], code: str):
    """Doubled receivers and attachments, and names with folders, have an ``M.`` fault."""
    assert codes_of(letter(**changes)) == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": None}, "N.MessageHeader.StatusCode"),
        ({"at": None}, "N.MessageHeader.Timestamp"),
        ({"at": datetime(2026, 3, 2)}, "T.MessageHeader.Timestamp"),  # noqa: DTZ001 - refused
        ({"at": datetime.max.replace(tzinfo=UTC)}, "T.MessageHeader.Timestamp"),
        ({"description": "x" * 501}, "R.MessageHeader.Description"),
        ({"staff": StaffInfo(staff="\x00")}, "T.MessageHeader.StaffInfo.Staff"),
        ({"sender": replace(COMMUNE, name="")}, "N.MessageHeader.From.OrganName"),
    ],
)
def test_a_status_has_rules_of_its_own(changes: dict[str, object], code: str):
    """What a status lacks or overdoes is told like that of a letter."""
    assert codes_of(replace(status(), **changes)) == [code]


def test_a_status_must_name_its_letter():
    """An empty ``ResponseFor`` is three faults."""
    assert codes_of(replace(status(), response_for=ResponseFor())) == [
        "N.MessageHeader.ResponseFor.OrganId",
        "N.MessageHeader.ResponseFor.DocumentId",
        "N.MessageHeader.ResponseFor.Code",
    ]


def test_today_counts_in_vietnam():
    """The caller passes the date; a letter of that very date is in order."""
    assert check(letter(), today=date(2026, 3, 2)) == ()
    assert [fault.code for fault in check(letter(), today=date(2026, 3, 1))] == [
        "R.MessageHeader.PromulgationInfo.PromulgationDate"
    ]


@given(messages)
def test_what_the_strategies_make_may_be_sent(message: Message):
    """The messages of these property tests are sound, so that they test the way, not the rules."""
    assert check(message) == ()


@given(st.text(), st.text(), st.text())
def test_text_of_any_kind_is_sent_or_refused(subject: str, place: str, description: str):
    """Arbitrary text in a letter ends in bytes or in ``InvalidEnvelope``, in nothing else."""
    attached = Attachment(
        content_id=ContentId("1"),
        name="a",
        media_type=place,
        description=description,
        size=0,
        sha256=Attachment.from_bytes(b"", name="a").sha256,
        source=BytesSource(b""),
    )
    document = letter(attached, subject=subject, to_places=(place,), content=description)
    try:
        data = octets(Envelope.of(document))
    except InvalidEnvelope:
        return
    received = Envelope.from_bytes(data)
    assert received.findings == ()
    assert isinstance(received.message, Document)
    assert received.message.subject == subject.strip()


def test_faults_come_one_by_one():
    """A message with endless faults can be asked for its first ones alone."""
    endless = letter(to_places=("\0",) * 100_000)
    assert next(faults(endless)).code == "T.MessageHeader.ToPlaces.Place"
