"""Recalls, updates and replacements are vouched for: nobody turns one into another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from signing_help import (
    CENTRAL,
    DISTRICT,
    assert_passed,
    assert_refused,
    edit,
    letter,
    sign,
    verifier_for,
)

from docexchange.envelope import (
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Envelope,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    ResponseFor,
)
from docexchange.identifiers import DocumentId
from docexchange.signing import SubIndication

if TYPE_CHECKING:
    from docexchange.envelope import Document
    from docexchange.testing import DemoPki

OLD = DocumentId("000.21.31.H53,2026/02/01,9/UBND-VX")
MESSAGES = {
    BusinessKind.RECALL: Business(kind=BusinessKind.RECALL, reason="Sai số liệu", document_id=OLD),
    BusinessKind.UPDATE: Business(
        kind=BusinessKind.UPDATE,
        document_id=OLD,
        document_info=BusinessDocumentInfo(
            document_info=False,
            document_receiver=True,
            receivers=(Receiver(DISTRICT, ReceiverType.REMOVED),),
        ),
    ),
    BusinessKind.REPLACE: Business(
        kind=BusinessKind.REPLACE, replacements=(ReplacementInfo(OLD, (CENTRAL,)),)
    ),
}


def message(kind: BusinessKind) -> Document:
    """A message of one kind."""
    return replace(letter(), business=MESSAGES[kind])


@pytest.mark.parametrize("kind", MESSAGES)
def test_what_is_signed_is_what_is_verified(pki: DemoPki, kind: BusinessKind) -> None:
    """Each kind passes, and the application sees exactly what was signed."""
    data = sign(message(kind), pki.agency("commune"))
    assert_passed(verifier_for(pki), data)
    verified = verifier_for(pki).verify(Envelope.from_bytes(data))
    assert verified.message == message(kind)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (BusinessKind.RECALL, "BussinessDocType>1<", "BussinessDocType>0<"),
        (BusinessKind.RECALL, "Sai số liệu", "Sai số điện"),
        (BusinessKind.RECALL, "2026/02/01,9/UBND-VX<", "2026/02/01,8/UBND-VX<"),
        (BusinessKind.UPDATE, "ReceiverType>0<", "ReceiverType>1<"),
        (BusinessKind.UPDATE, f"Receiver>\n<edXML:OrganId>{DISTRICT}",
         f"Receiver>\n<edXML:OrganId>{CENTRAL}"),
        (BusinessKind.UPDATE, "DocumentInfo>0<", "DocumentInfo>1<"),
        (BusinessKind.REPLACE, "2026/02/01,9/UBND-VX<", "2026/02/01,8/UBND-VX<"),
        (BusinessKind.REPLACE, f"<edXML:OrganId>{CENTRAL}</edXML:OrganId>\n</edXML:OrganIdList>",
         "</edXML:OrganIdList>"),
    ],
)  # fmt: skip
def test_a_changed_message_is_refused(pki: DemoPki, kind: BusinessKind, old: str, new: str) -> None:
    """Kind, reason, document, receiver and agency are all under the signature."""
    data = edit(sign(message(kind), pki.agency("commune")), old, new)
    assert_refused(verifier_for(pki), data, SubIndication.HASH_FAILURE, "signature.digest")


def test_a_recall_cannot_be_taken_out_of_a_letter(pki: DemoPki) -> None:
    """Without its ``Bussiness`` a recall would be a new letter; the signature tells."""
    data = sign(message(BusinessKind.RECALL), pki.agency("commune"))
    start, end = data.index(b"<edXML:Bussiness "), data.index(b"</edXML:Bussiness>\n")
    stripped = data[:start] + data[end + len(b"</edXML:Bussiness>\n") :]
    assert not verifier_for(pki).examine(Envelope.from_bytes(stripped)).passed


def test_a_letter_cannot_be_turned_into_a_recall(pki: DemoPki) -> None:
    """A ``Bussiness`` added to a letter that was signed without one is not vouched for."""
    bare = sign(replace(letter(), business=None), pki.agency("commune"))
    assert_passed(verifier_for(pki), bare)
    added = (
        '<edXML:TraceHeaderList version="1.0"><edXML:Bussiness Id="m-1.business">'
        "<edXML:BussinessDocType>1</edXML:BussinessDocType>"
        f"<edXML:DocumentId>{OLD}</edXML:DocumentId></edXML:Bussiness></edXML:TraceHeaderList>"
    )
    data = edit(bare, "</edXML:MessageHeader>\n", f"</edXML:MessageHeader>\n{added}")
    assert_refused(verifier_for(pki), data, SubIndication.FORMAT_FAILURE, "signature.coverage")


def test_the_letter_a_recall_names_in_its_header_is_signed(pki: DemoPki) -> None:
    """A recall in the form of the official sample is covered as well."""
    named = ResponseFor(organ_id=CENTRAL, code="9/UBND-VX", document_id=OLD)
    sample = replace(MESSAGES[BusinessKind.RECALL], document_id=None)
    recall = replace(letter(), business=sample, response_for=(named,))
    data = sign(recall, pki.agency("commune"))
    assert_passed(verifier_for(pki), data)
    changed = edit(data, "2026/02/01,9/UBND-VX<", "2026/02/01,8/UBND-VX<")
    assert_refused(verifier_for(pki), changed, SubIndication.HASH_FAILURE, "signature.digest")
