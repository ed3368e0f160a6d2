"""Receipts read without a parser: the same as the parser reads, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letter_mutations import mutated
from signing_help import NOW, PLAIN_RECEIPT, signing_key, verifier_for
from strict_help import check_receipt, lines_changed

from docexchange.clock import VirtualClock
from docexchange.envelope.reading.strict_receipt import read_strict_receipt
from docexchange.envelope.receipt import read_receipt, receipt_xml
from docexchange.errors import UnreadableInput
from docexchange.signing import Signer, sign_receipt, verify_receipt
from docexchange.signing.statements import judge_statement, judge_strictly

if TYPE_CHECKING:
    from random import Random

    from docexchange.envelope import Receipt
    from docexchange.signing import Report, Verifier
    from docexchange.testing import DemoPki


@pytest.fixture(scope="module")
def signed(pki: DemoPki) -> bytes:
    """A receipt as nodes give it."""
    return written(pki, PLAIN_RECEIPT)


def written(pki: DemoPki, receipt: Receipt) -> bytes:
    """It, signed by the district."""
    return sign_receipt(
        receipt, Signer(signing_key(pki.agency("district")), clock=VirtualClock(NOW))
    )


@pytest.mark.parametrize("reason", ["", "quá hạn", "a\N{NEXT LINE}b", '"'])
def test_what_nodes_write_has_the_strict_form(pki: DemoPki, reason: str) -> None:
    """Nearly every receipt on the wire is read so."""
    data = written(pki, replace(PLAIN_RECEIPT, accepted=not reason, reason=reason))
    assert check_receipt(data)


@pytest.mark.parametrize("reason", ["a & b", "<b>", "two\nlines", "a\rb", "a\tb"])
def test_a_reason_that_xml_escapes_is_left_to_the_parser(pki: DemoPki, reason: str) -> None:
    """It passes all the same."""
    receipt = replace(PLAIN_RECEIPT, accepted=False, reason=reason)
    data = written(pki, receipt)
    assert read_strict_receipt(data) is None
    assert verify_receipt(data, verifier_for(pki)) == receipt


def test_other_forms_are_left_to_the_parser(signed: bytes) -> None:
    """Without a signature, with two, too large, or with anything around it."""
    start, tail = signed.index(b"<ds:Signature "), b"</Receipt>\n"
    signature = signed[start : -len(tail)]
    others = [
        receipt_xml(PLAIN_RECEIPT),
        signed[: -len(tail)] + signature + tail,
        signed + b" ",
        b"\xef\xbb\xbf" + signed,
        signed.replace(b"m-1.receipt", b"m-2.receipt", 1),
        signed.replace(b"<Size>", b"<Size>0"),
        signed.replace(b"<Hop>1", b"<Hop>\xd9\xa1"),
        signed.replace(b"<Reason>", b"<Reason> "),
        signed.replace(b"<Reason>", b"<Reason>" + b"x" * 70_000),
        signed.replace(b"<Reason>", b"<Reason>\xff"),
        signed.replace(b"Receipt xmlns=", b"Receipt  xmlns="),
    ]
    assert [read_strict_receipt(data) for data in others] == [None] * len(others)


@given(random=st.randoms(use_true_random=False))
def test_a_changed_receipt_reads_and_is_judged_alike(
    pki: DemoPki, signed: bytes, random: Random
) -> None:
    """Whatever was changed: what the octets say is what the tree says, or they say nothing."""
    for data in (lines_changed(signed, random), mutated(signed, random)):
        check_receipt(data)
        strict = read_strict_receipt(data)
        if strict is None:
            continue
        verifier = verifier_for(pki)
        report = judge_strictly(*strict, verifier)
        assert report == in_tree(data, verifier)
        assert report is None or strict.receipt == PLAIN_RECEIPT


def in_tree(data: bytes, verifier: Verifier) -> Report | None:
    """The report that the tree gives; None when it does not pass."""
    try:
        receipt, root = read_receipt(data)
        report = judge_statement(receipt, root, verifier)
    except UnreadableInput:
        return None
    return report if report.passed else None
