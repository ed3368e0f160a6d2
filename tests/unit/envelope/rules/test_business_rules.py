"""Recall, update and replacement: each says what it acts on, and nothing of the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from letters import COMMUNE, GOVERNMENT_OFFICE, builder, letter

from docexchange.envelope import (
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Document,
    DocumentBuilder,
    OtherInfo,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    ResponseFor,
    StaffInfo,
)
from docexchange.envelope.rules.rules import check
from docexchange.errors import InvalidEnvelope
from docexchange.identifiers import DocumentId, OrganId
from docexchange.testing.strategies.letters import documents

PATH = "TraceHeaderList.Bussiness"
INFO = f"{PATH}.BussinessDocumentInfo"
RECEIVER = f"{INFO}.ReceiverList.Receiver"
REPLACED = f"{PATH}.ReplacementInfoList.ReplacementInfo"
OLD = DocumentId("000.21.31.H53,2026/02/01,9/UBND-VX")
HERE = GOVERNMENT_OFFICE.organ_id
DISTRICT = OrganId("000.00.31.H53")
RECALL = Business(kind=BusinessKind.RECALL, reason="Sai số liệu", document_id=OLD)
ADDED = Receiver(DISTRICT, ReceiverType.ADDED)
CHANGE = BusinessDocumentInfo(document_info=False, document_receiver=True, receivers=(ADDED,))
UPDATE = Business(kind=BusinessKind.UPDATE, document_id=OLD, document_info=CHANGE)
REPLACEMENT = Business(
    kind=BusinessKind.REPLACE, replacements=(ReplacementInfo(OLD, (HERE, DISTRICT)),)
)


def codes_of(business: Business, **changes: object) -> list[str]:
    """Codes of the faults of a letter with this business."""
    return [fault.code for fault in check(letter(business=business, **changes))]


def earlier() -> Document:
    """A letter that was sent before, to two agencies."""
    party = replace(GOVERNMENT_OFFICE, organ_id=DISTRICT, name="UBND huyện Bến Cầu")
    return builder(code=False).code("9", "UBND-VX").to(party).build()


def again() -> DocumentBuilder:
    """A builder for the letter after it."""
    return builder()


@pytest.mark.parametrize("business", [RECALL, UPDATE, REPLACEMENT, Business()])
def test_what_says_all_it_must_has_no_faults(business: Business):
    """A letter of each kind with everything its kind needs may be sent."""
    assert codes_of(business) == []


@pytest.mark.parametrize(
    ("business", "code"),
    [
        (Business(kind=None), f"N.{PATH}.BussinessDocType"),
        (replace(RECALL, reason=" "), f"N.{PATH}.BussinessDocReason"),
        (replace(RECALL, document_id=None), f"N.{PATH}.DocumentId"),
        (replace(UPDATE, document_id=None), f"N.{PATH}.DocumentId"),
        (replace(UPDATE, document_info=None), f"N.{INFO}"),
        (replace(UPDATE, document_info=replace(CHANGE, document_info=None)),
         f"N.{INFO}.DocumentInfo"),
        (replace(UPDATE, document_info=replace(CHANGE, document_receiver=None)),
         f"N.{INFO}.DocumentReceiver"),
        (replace(UPDATE, document_info=replace(CHANGE, receivers=())), f"N.{RECEIVER}"),
        (replace(UPDATE, document_info=replace(CHANGE, receivers=(replace(ADDED, type=None),))),
         f"N.{RECEIVER}.ReceiverType"),
        (replace(UPDATE, document_info=replace(CHANGE, receivers=(replace(ADDED, organ_id=None),))),
         f"N.{RECEIVER}.OrganId"),
        (replace(REPLACEMENT, replacements=()), f"N.{REPLACED}"),
        (replace(REPLACEMENT, replacements=(ReplacementInfo(None, (HERE,)),)),
         f"N.{REPLACED}.DocumentId"),
    ],
)  # fmt: skip
def test_what_a_kind_lacks_is_told(business: Business, code: str):
    """Each thing that a kind must have is told alone when it is missing."""
    assert codes_of(business) == [code]


@pytest.mark.parametrize(
    ("business", "code"),
    [
        (replace(UPDATE, document_info=BusinessDocumentInfo(
            document_info=False, document_receiver=False)), f"M.{INFO}"),
        (replace(UPDATE, document_info=replace(
            CHANGE, document_info=True, document_receiver=False)), f"M.{INFO}.DocumentReceiver"),
        (replace(UPDATE, document_info=replace(
            CHANGE, receivers=(ADDED, replace(ADDED, type=ReceiverType.REMOVED)))),
         f"M.{RECEIVER}"),
        (replace(UPDATE, document_info=replace(
            CHANGE, receivers=(ADDED, Receiver(OrganId("H53.31"), ReceiverType.REMOVED)))),
         f"M.{RECEIVER}"),
        (replace(REPLACEMENT, replacements=REPLACEMENT.replacements * 2), f"M.{REPLACED}"),
        (replace(RECALL, document_info=CHANGE), f"M.{INFO}"),
        (replace(Business(), document_info=CHANGE), f"M.{INFO}"),
        (replace(UPDATE, replacements=REPLACEMENT.replacements), f"M.{PATH}.ReplacementInfoList"),
        (replace(UPDATE, document_info=replace(CHANGE, receivers=(
            replace(ADDED, organ_id=OrganId("28.22.H17")),))), f"T.{RECEIVER}.OrganId"),
        (replace(REPLACEMENT, replacements=(ReplacementInfo(OLD, (OrganId("28.22.H17"),)),)),
         f"T.{REPLACED}.OrganIdList.OrganId"),
        (replace(RECALL, reason="x" * 501), f"R.{PATH}.BussinessDocReason"),
        (Business(staff=(StaffInfo(department_id="\x01"),)), f"T.{PATH}.StaffInfo.DepartmentId"),
        (Business(staff=(StaffInfo(staff_id="\x01"),)), f"T.{PATH}.StaffInfo.StaffId"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_told(business: Business, code: str):
    """A message that says two things, or one thing twice, has a fault."""
    assert codes_of(business) == [code]


def test_a_recall_may_name_its_letter_as_the_official_sample_does():
    """``ResponseFor`` alone is enough; another letter there than in ``Bussiness`` is not."""
    named = (ResponseFor(organ_id=HERE, code="9/UBND-VX", document_id=OLD),)
    bare = replace(RECALL, document_id=None)
    assert codes_of(bare, response_for=named) == codes_of(RECALL, response_for=named) == []
    assert letter(business=bare, response_for=named).acted_on == (OLD,)
    other = (replace(named[0], document_id=DocumentId("other")),)
    assert codes_of(RECALL, response_for=other) == [f"M.{PATH}.DocumentId"]
    assert codes_of(RECALL, response_for=(*named, *other)) == [f"M.{PATH}.DocumentId"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"task_codes": ("\x01",)}, "T.MessageHeader.ResponseForTask.TaskCode"),
        ({"application_type": "\x01"}, "T.MessageHeader.ApplicationType"),
        ({"other_info": OtherInfo(reply_fors="\x01")}, "T.MessageHeader.OtherInfo.ReplyFors"),
        ({"other_info": OtherInfo(reference_codes="x" * 501)},
         "R.MessageHeader.OtherInfo.ReferenceCodes"),
    ],
)  # fmt: skip
def test_extensions_have_rules_too(changes: dict[str, object], code: str):
    """What XML cannot carry, or is endless, is told for the extensions of the SDK as well."""
    assert codes_of(Business(), **changes) == [code]


def test_a_recall_is_built_from_the_letter_it_takes_back():
    """The builder names the letter in both places where systems look, for every receiver."""
    old = earlier()
    made = again().recall(old, reason=" Sai số liệu ").build()
    assert made.business == replace(RECALL, document_id=old.document_id)
    assert made.acted_on == (old.document_id,)
    assert made.response_for == tuple(
        ResponseFor(
            organ_id=organ_id,
            code="9/UBND-VX",
            document_id=old.document_id,
            promulgated=date(2026, 3, 2),
        )
        for organ_id in (HERE, DISTRICT)
    )


def test_an_update_is_built_from_the_letter_it_changes():
    """Receivers to add and to remove, and the document itself, are each said on their own."""
    old = earlier()
    made = again().update(old, add=[COMMUNE.organ_id], remove=[HERE], reason="Đổi nơi nhận").build()
    assert made.business == Business(
        kind=BusinessKind.UPDATE,
        reason="Đổi nơi nhận",
        document_id=old.document_id,
        document_info=BusinessDocumentInfo(
            document_info=False,
            document_receiver=True,
            receivers=(
                Receiver(HERE, ReceiverType.REMOVED),
                Receiver(COMMUNE.organ_id, ReceiverType.ADDED),
            ),
        ),
    )
    made = again().update(old, document=True).build()
    assert made.business is not None
    assert made.business.document_info == BusinessDocumentInfo(
        document_info=True, document_receiver=False
    )
    assert made.acted_on == (old.document_id,)


def test_an_update_that_changes_nothing_is_refused():
    """An update must say what it changes."""
    with pytest.raises(InvalidEnvelope) as refused:
        again().update(earlier()).build()
    assert [fault.code for fault in refused.value.faults] == [f"M.{INFO}"]


def test_a_replacement_is_built_from_the_letters_it_replaces():
    """Each letter replaced is named, with the agencies that hold it."""
    old, older = earlier(), letter(document_id=DocumentId("older"))
    made = again().replace(old, older, reason="Thay thế").build()
    assert made.business == Business(
        kind=BusinessKind.REPLACE,
        reason="Thay thế",
        replacements=(
            ReplacementInfo(old.document_id, (HERE, DISTRICT)),
            ReplacementInfo(DocumentId("older"), (HERE,)),
        ),
    )
    assert made.acted_on == (old.document_id, DocumentId("older"))


def test_a_letter_without_an_id_cannot_be_acted_on():
    """A letter that has no id is a fault in each of the three, not a message about nothing."""
    nameless = replace(earlier(), document_id=None)
    for made in (
        again().recall(nameless, reason="x"),
        again().update(nameless, document=True),
        again().replace(nameless),
    ):
        with pytest.raises(InvalidEnvelope) as refused:
            made.build()
        assert "DocumentId: expected a value" in str(refused.value)


@given(documents)
def test_a_sound_message_tells_what_it_acts_on(document: Document):
    """Recalls, updates and replacements name at least one document; others name none."""
    kind = document.business.kind if document.business else BusinessKind.NEW
    assert bool(document.acted_on) == (kind is not BusinessKind.NEW)
