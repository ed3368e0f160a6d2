"""Findings tell what is worth telling about something received."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from letters import PDF, letter

from docexchange.envelope import (
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Code,
    DocumentType,
    Finding,
    Organization,
    OtherInfo,
    PromulgationInfo,
    ReplacementInfo,
)
from docexchange.envelope.rules.rules import check
from docexchange.errors import InvalidField, halves
from docexchange.identifiers import OrganId


def test_a_fault_becomes_a_finding():
    """Nothing that a fault says is lost when it is told about something received."""
    fault = InvalidField("expected x, found y", path="A.B", code="R.A.B", advice="Do.")
    assert Finding.of(fault) == Finding(
        code="R.A.B", path="A.B", message="expected x, found y", advice="Do."
    )


def test_a_message_falls_into_its_two_halves():
    """What was expected and what was found can be asked for apart, whatever stands in them."""
    finding = Finding(code="c", path="p", message="receipt: expected a, b, found c, found d")
    assert (finding.expected, finding.found) == ("a, b", "c, found d")
    assert halves("no such form") == ("", "")


def test_every_fault_has_its_five_parts():
    """Whatever is wrong with a message, each fault has code, path, expected, found and advice."""
    odd = Organization(OrganId("28.22.H17"), name="\x01", email="e" * 101)
    spoilt = replace(
        letter(PDF, replace(PDF, name="../a")),
        recipients=(odd, odd),
        document_id=None,
        code=Code("1\t2", ""),
        promulgation=PromulgationInfo(place="null"),
        document_type=DocumentType(type=-1),
        subject="x" * 501,
        due_date=datetime(2026, 3, 2, tzinfo=UTC),
        other_info=OtherInfo(priority=None, appendixes=("x", "y" * 251)),
        business=Business(
            kind=BusinessKind.UPDATE,
            document_info=BusinessDocumentInfo(document_info=False, document_receiver=False),
            replacements=(ReplacementInfo(None),),
        ),
    )
    told = check(spoilt)
    assert len({fault.code for fault in told}) >= 18
    for fault in told:
        assert re.fullmatch(r"[NRMT]\.[A-Za-z.]+", fault.code)
        assert all((fault.path, fault.expected, fault.found, fault.advice)), str(fault)
    paths = {fault.path for fault in told}
    assert {"MessageHeader.To[2].Email", "MessageHeader.OtherInfo.Appendixes.Appendix[2]"} <= paths
