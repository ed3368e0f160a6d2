"""Signatures of the strict form pass without a tree; what does not pass is judged in one."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from letters import HUB, octets
from signing_help import (
    NOW,
    attachments,
    letter,
    named_agency,
    sign,
    signed_letter,
    signed_status,
    signing_key,
    status,
    trust_in,
    verifier_for,
)
from strict_help import check_reading, without_strict

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.envelope.envelope import OpenEnvelope
from docexchange.limits import Limits
from docexchange.signing import Signer, VerificationPolicy, Verifier
from docexchange.signing.coverage import written_parts
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.testing import DemoPki

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.envelope import Message


def twice_signed(pki: DemoPki) -> bytes:
    """A letter under two signatures, with a hub behind it."""
    letter = Envelope.from_bytes(signed_letter(pki))
    both = Envelope.from_bytes(sign(letter, pki.agency("district"), role="leader"))
    return octets(both.with_trace(HUB))


def sha512(pki: DemoPki) -> bytes:
    """A letter under a signature with another digest."""
    return sign(
        Envelope.from_bytes(signed_letter(pki)).message,
        pki.agency("commune"),
        digest=Digest.SHA512,
    )


@pytest.mark.parametrize("make", [signed_letter, signed_status, twice_signed, sha512])
def test_a_letter_that_passes_needs_no_tree(pki: DemoPki, make: Callable[[DemoPki], bytes]) -> None:
    """The report is the one that the tree gives, field by field, and nothing was parsed."""
    assert check_reading(make(pki))
    envelope = Envelope.from_bytes(make(pki))
    report = verifier_for(pki).examine(envelope)
    assert report.passed
    assert "root" not in vars(envelope)
    assert report == verifier_for(pki).examine(without_strict(envelope))


@pytest.mark.parametrize(
    "policy",
    [
        VerificationPolicy(),
        VerificationPolicy.general(),
        VerificationPolicy(require_timestamp=True),
        VerificationPolicy(required_roles=("leader",)),
        VerificationPolicy(limits=replace(Limits(), signatures=1)),
        VerificationPolicy(limits=replace(Limits(), references=5)),
        VerificationPolicy(limits=replace(Limits(), certificates=1)),
        VerificationPolicy(check_revocation=False),
        VerificationPolicy(key_usage=False),
    ],
)
def test_every_policy_has_its_say(pki: DemoPki, policy: VerificationPolicy) -> None:
    """Whatever is insisted on, both ways come to the same report."""
    envelope = Envelope.from_bytes(twice_signed(pki))
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), policy=policy)
    assert verifier.examine(envelope) == verifier.examine(without_strict(envelope))


def test_a_stranger_is_judged_in_the_tree(pki: DemoPki) -> None:
    """Without trust, or when the signer is not the sender, the report is that of the tree."""
    stranger = DemoPki.create(at=NOW, key="p256")
    envelope = Envelope.from_bytes(signed_letter(stranger))
    bound = Envelope.from_bytes(twice_signed(pki))
    judge = partial(Verifier, clock=VirtualClock(NOW), binding=named_agency)
    for verifier, told in ((verifier_for(pki), envelope), (judge(trust_in(pki)), bound)):
        report = verifier.examine(told)
        assert not report.passed
        assert report.reason
        assert report == verifier.examine(without_strict(told))


def test_a_changed_envelope_is_not_taken_for_what_was_read(pki: DemoPki) -> None:
    """A signature spliced in after reading is seen: what was read before no longer counts."""
    envelope = Envelope.from_bytes(signed_letter(pki))
    spliced = envelope.with_signature(b"<x/>")
    assert envelope.strict is not None
    assert spliced.strict is None
    assert envelope.with_trace(HUB).strict is None


@pytest.mark.parametrize("message", [letter(*attachments()), status()])
def test_what_was_just_signed_is_judged_by_the_octets_that_leave(
    pki: DemoPki, message: Message
) -> None:
    """No tree, and the report that the tree gives, and that whoever reads the file gives."""
    signer = Signer(signing_key(pki.agency("commune")), clock=VirtualClock(NOW), role="agency")
    ours, verifier = signer.sign(message).envelope, verifier_for(pki)
    report = verifier.examine(ours)
    assert report.passed
    assert "root" not in vars(ours)
    assert report == verifier.examine(without_strict(ours))
    assert report == verifier.examine(Envelope.from_bytes(octets(ours)))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("<ds:DigestValue>", "<ds:DigestValue>AAAA", 1),
        lambda text: text.replace("<ds:KeyInfo>", "<ds:KeyInfo >"),
        lambda text: re.sub('(Value Id=")[^"]*', r"\1m-1", text),
        lambda text: re.sub("(<ds:SignatureValue[^>]*>)[^<]*", r"\1AAAA", text),
        lambda text: text + text,
        lambda text: text[:0],
    ],
)
def test_a_bad_signature_on_what_was_just_written_does_not_pass(
    pki: DemoPki, change: Callable[[str], str]
) -> None:
    """That we wrote the letter does not make the signature good, nor does its form."""
    signer = Signer(signing_key(pki.agency("commune")), clock=VirtualClock(NOW), role="agency")
    message = letter(*attachments())

    opened, verifier = OpenEnvelope.of(message), verifier_for(pki)
    parts = written_parts(opened.written.fragments, message.attachments)
    ours = opened.closed(change(signer.signature(parts).decode()).encode())
    report = verifier.examine(ours)
    assert report == verifier.examine(without_strict(ours))
    assert report.passed is (change("<ds:KeyInfo>") == "<ds:KeyInfo >")
