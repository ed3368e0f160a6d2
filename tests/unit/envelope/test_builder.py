"""Builders put messages together and tell all faults at once."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from letters import AT, COMMUNE, GOVERNMENT_OFFICE, PDF, builder, letter

from docexchange.envelope import (
    Attachment,
    Business,
    DocumentBuilder,
    Envelope,
    Organization,
    OtherInfo,
    Priority,
    ResponseFor,
    StaffInfo,
    StatusCode,
    SteeringType,
    status_of,
)
from docexchange.errors import InvalidEnvelope, InvalidField, UsageError
from docexchange.identifiers import DocumentId, MessageId, OrganId


def codes_of(made: DocumentBuilder, **options: date) -> set[str]:
    """Codes of all faults that ``build`` tells."""
    with pytest.raises(InvalidEnvelope) as refused:
        made.build(**options)
    return {fault.code for fault in refused.value.faults}


def test_every_step_lands_in_its_field():
    """A letter built with every step has what each step was given."""
    answered = ResponseFor(organ_id=COMMUNE.organ_id, code="1/A", document_id=DocumentId("x"))
    info = OtherInfo(priority=Priority.EXPRESS, copies=3)
    document = (
        builder(type=False, signer=False)
        .type(" Báo cáo ", number=2, detail=14)
        .signer(" An ", competence=" KT. ", position=" Chủ tịch ")
        .content(" Nội dung ")
        .due(date(2026, 4, 1))
        .other_info(info)
        .in_response_to(answered)
        .steering(SteeringType.REPORT)
        .task_codes(" NV-01 ", "NV-02")
        .application_type(" VBDH ")
        .to_places(" Như trên ", "Lưu: VT")
        .business(Business(reason="mới"))
        .attach(PDF)
        .build()
    )
    assert (document.document_type.name, document.document_type.detail) == ("Báo cáo", 14)
    assert document.signer.competence == "KT."
    assert document.content == "Nội dung"
    assert document.due_date == date(2026, 4, 1)
    assert (document.other_info, document.response_for) == (info, (answered,))
    assert document.steering is SteeringType.REPORT
    assert (document.task_codes, document.application_type) == (("NV-01", "NV-02"), "VBDH")
    assert document.to_places == ("Như trên", "Lưu: VT")
    assert (document.business, document.attachments) == (Business(reason="mới"), (PDF,))


def test_the_document_id_follows_from_the_letter():
    """Without one of its own, a letter gets the id that the decision prescribes."""
    assert builder().build().document_id == DocumentId("000.21.31.H53,2026/03/02,12/UBND-VX")
    own = builder().document_id(DocumentId("x")).build()
    assert own.document_id == DocumentId("x")


def test_message_ids_are_fresh_unless_given():
    """Two letters built alike are two messages; a given id is used."""
    made = builder(message_id=False)
    assert made.build().message_id != made.build().message_id
    assert builder().build().message_id == MessageId("m-1")


def test_a_builder_is_never_changed():
    """Each step returns a new builder; the old one builds what it built before."""
    first = builder()
    first.to(COMMUNE)
    first.attach(PDF)
    first.content("more")
    assert (first.build().recipients, first.build().attachments) == ((GOVERNMENT_OFFICE,), ())
    assert first.build().content == ""


def test_receivers_and_attachments_add_up():
    """``to`` and ``attach`` may be called again for more."""
    other = Attachment.from_bytes(b"x", name="b.bin")
    document = builder().to(COMMUNE).attach(PDF).attach(other).build()
    assert document.recipients == (GOVERNMENT_OFFICE, COMMUNE)
    assert document.attachments == (PDF, other)


def test_setting_a_field_twice_is_refused():
    """A second subject is a mistake of the caller and is told as one."""
    with pytest.raises(UsageError, match="subject once") as refused:
        builder().subject("again")
    assert refused.value.code == "builder.set-twice"


def test_nothing_set_is_told_field_by_field():
    """An empty builder names everything that is missing, with the step that sets it."""
    with pytest.raises(InvalidEnvelope) as refused:
        DocumentBuilder().build()
    steps = {fault.advice.split("(")[0].removeprefix("Call .") for fault in refused.value.faults}
    assert steps == {"sender", "code", "promulgated", "type", "subject", "signer"}
    assert all(hasattr(DocumentBuilder, step) for step in steps)


def test_missing_and_wrong_fields_are_told_together():
    """What is missing does not hide what is wrong elsewhere."""
    made = builder(subject=False, promulgated=False, to=False).content("x" * 501)
    assert codes_of(made) == {
        "N.MessageHeader.Subject",
        "N.MessageHeader.PromulgationInfo",
        "N.MessageHeader.To",
        "R.MessageHeader.Content",
    }


@pytest.mark.parametrize("number", ["1\n2", "1\u200b2", "1\0002", "x" * 300])
def test_a_code_that_gives_no_id_is_a_fault_among_others(number: str):
    """A number unfit for a document id is told by its own path, not as a bare exception."""
    made = builder(code=False, subject=False).code(number, "UBND")
    assert any(code.endswith("Code.CodeNumber") for code in codes_of(made))
    assert "N.MessageHeader.Subject" in codes_of(made)


def test_a_date_after_today_is_a_fault():
    """A letter dated tomorrow is refused when today is known."""
    assert codes_of(builder(), today=date(2026, 3, 1)) == {
        "R.MessageHeader.PromulgationInfo.PromulgationDate"
    }
    assert builder().build(today=date(2026, 3, 2)).promulgation.on == date(2026, 3, 2)


def test_a_moment_is_not_a_date():
    """A datetime where a date belongs is refused, because it is not the same day everywhere."""
    made = builder(promulgated=False).promulgated(datetime(2026, 3, 2, 20, tzinfo=UTC))
    assert codes_of(made, today=date(2026, 3, 2)) == {
        "T.MessageHeader.PromulgationInfo.PromulgationDate"
    }


def test_faults_are_caught_by_either_name():
    """``InvalidEnvelope`` is one of our errors and a group of its faults."""
    caught = []
    try:
        DocumentBuilder().build()
    except* InvalidField as group:
        caught = list(group.exceptions)
    assert len(caught) == 6


def test_a_status_goes_back_to_the_sender():
    """The receiver's status names the letter and is for its sender."""
    made = status_of(letter(), StatusCode.REFUSED, reporter=GOVERNMENT_OFFICE, at=AT)
    assert made.destinations == (COMMUNE.organ_id,)
    assert made.response_for.code == "12/UBND-VX"
    assert made.response_for.promulgated == date(2026, 3, 2)


def test_asking_back_goes_to_the_receiver():
    """Status 13 comes from the sender and goes the other way."""
    made = status_of(letter(), StatusCode.ASKED_BACK, reporter=COMMUNE, at=AT)
    assert made.destinations == (GOVERNMENT_OFFICE.organ_id,)


def test_a_status_made_twice_is_one():
    """Equal reports have equal ids; another code or reporter makes another."""
    made = [
        status_of(letter(), code, reporter=party, at=AT + timedelta(days=n)).message_id
        for n, (code, party) in enumerate(
            [
                (StatusCode.ARRIVED, GOVERNMENT_OFFICE),
                (StatusCode.ARRIVED, GOVERNMENT_OFFICE),
                (StatusCode.REFUSED, GOVERNMENT_OFFICE),
                (StatusCode.ARRIVED, Organization(OrganId("G01"), "Bộ Công an")),
            ]
        )
    ]
    assert made[0] == made[1]
    assert len(set(made)) == 3


def test_a_status_about_a_letter_for_nobody_is_refused():
    """A letter without receivers cannot be asked back; the fault says what is missing."""
    with pytest.raises(InvalidEnvelope) as refused:
        status_of(letter(recipients=()), StatusCode.ASKED_BACK, reporter=COMMUNE, at=AT)
    assert "MessageHeader.ResponseFor.OrganId: expected a value" in str(refused.value)


def test_a_status_needs_a_time_zone():
    """A naive moment is refused instead of being taken for local time."""
    with pytest.raises(InvalidEnvelope) as refused:
        status_of(
            letter(),
            StatusCode.ARRIVED,
            reporter=COMMUNE,
            at=datetime(2026, 3, 2),  # noqa: DTZ001 - the very thing refused
        )
    assert "time zone" in str(refused.value)


def test_a_status_cannot_carry_what_xml_cannot():
    """Control characters in description and staff are faults, not exceptions of the writer."""
    with pytest.raises(InvalidEnvelope) as refused:
        status_of(
            letter(),
            StatusCode.REFUSED,
            reporter=GOVERNMENT_OFFICE,
            at=AT,
            description="\0",
            staff=StaffInfo(department="\x1b", staff="\ud800", email="\ufffe", mobile="\x0b"),
        )
    assert len(refused.value.faults) == 5


def test_every_field_of_a_document_can_be_built():
    """The builder has a step for each field of a document."""
    document = replace(letter(), content="x")
    assert {field.name for field in fields(document)} == {
        "message_id", "sender", "recipients", "document_id", "code", "promulgation",
        "document_type", "subject", "content", "signer", "due_date", "other_info",
        "response_for", "steering", "task_codes", "application_type", "to_places", "business",
        "attachments",
    }  # fmt: skip


def test_a_copy_of_a_message_that_was_checked_is_checked_again():
    """Only the very values that were built are taken as known to be faultless."""
    document = builder().build()
    assert document.known_faultless
    faulty = replace(document, subject="")
    assert not faulty.known_faultless
    with pytest.raises(InvalidEnvelope):
        Envelope.of(faulty)


def test_a_date_of_today_is_held_against_a_message_that_was_checked():
    """Whoever gives the date of today asks more than the builder did."""
    document = builder().build()
    issued = document.promulgation.on
    assert issued
    with pytest.raises(InvalidEnvelope):
        Envelope.of(document, today=issued - timedelta(days=1))
