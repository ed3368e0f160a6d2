"""The two doors of a verifier, and the type that only it makes."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from signing_help import (
    NOW,
    ONE,
    Forgery,
    assert_passed,
    assert_refused,
    attachments,
    certify,
    edit,
    element,
    letter,
    sign,
    signed_letter,
    signed_status,
    status,
    trust_in,
    verifier_for,
)

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.errors import UsageError, VerificationFailed
from docexchange.signing import (
    Indication,
    SubIndication,
    VerificationPolicy,
    VerifiedEnvelope,
    Verifier,
)
from docexchange.signing.xmldsig.algorithms import Digest

if TYPE_CHECKING:
    from docexchange.identifiers import OrganId
    from docexchange.signing import Signatory
    from docexchange.testing import DemoPki


def test_a_good_letter_comes_out_verified(pki: DemoPki) -> None:
    """The message, its attachments and the report."""
    envelope = Envelope.from_bytes(signed_letter(pki))
    verified = verifier_for(pki).verify(envelope)
    assert verified.message == envelope.message
    assert b"".join(verified.attachments[0].chunks()) == ONE
    assert verified.report.passed


def test_a_status_comes_out_verified(pki: DemoPki) -> None:
    """It has no attachments."""
    verified = verifier_for(pki).verify(Envelope.from_bytes(signed_status(pki)))
    assert verified.message == status()
    assert verified.attachments == ()


def test_a_bad_letter_raises_with_its_report(pki: DemoPki) -> None:
    """Summary, code and advice are those of the report."""
    envelope = Envelope.from_bytes(edit(signed_letter(pki), "V/v báo", "V/v bao"))
    with pytest.raises(VerificationFailed) as caught:
        verifier_for(pki).verify(envelope)
    report: Any = caught.value.report
    assert str(caught.value) == report.summary
    assert (caught.value.code, caught.value.advice) == (report.code, report.advice)
    assert report.indication is Indication.TOTAL_FAILED


def test_trace_headers_are_not_in_what_is_verified() -> None:
    """Nobody vouches for them."""
    fields = {field.name for field in dataclasses.fields(VerifiedEnvelope)}
    assert fields == {"message", "report"}


def test_nobody_else_makes_a_verified_envelope(pki: DemoPki) -> None:
    """Neither by hand, nor out of one that was made."""
    verified = verifier_for(pki).verify(Envelope.from_bytes(signed_letter(pki)))
    with pytest.raises(TypeError):
        VerifiedEnvelope(verified.message, verified.report, object())
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(verified, message=letter(subject="Khác"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        verified.message = letter()  # type: ignore[misc]


def test_the_moment_is_the_clocks_unless_given(pki: DemoPki) -> None:
    """Timezone-aware, of any zone."""
    clock = VirtualClock(NOW)
    verifier = Verifier(trust_in(pki), clock=clock)
    envelope = Envelope.from_bytes(signed_letter(pki))
    assert verifier.examine(envelope).checked_at == NOW
    clock.advance(timedelta(hours=1))
    assert verifier.examine(envelope).checked_at == NOW + timedelta(hours=1)
    given = datetime(2026, 3, 2, 3, tzinfo=UTC)
    report = verifier.examine(envelope, at=given)
    assert report.checked_at == given
    assert report.signatures[0].best_signature_time == given


def test_a_moment_without_a_zone_is_refused(pki: DemoPki) -> None:
    """It is two moments, seven hours apart; for signed and for unsigned letters alike."""
    naive = datetime(2026, 3, 2, 3)  # noqa: DTZ001
    for data in (signed_letter(pki), b"".join(Envelope.of(letter()).chunks())):
        for door in (verifier_for(pki).examine, verifier_for(pki).verify):
            with pytest.raises(UsageError) as caught:
                door(Envelope.from_bytes(data), at=naive)
            assert caught.value.code == "verify.time"


def test_a_letter_can_be_judged_for_the_time_when_it_was_signed(pki: DemoPki) -> None:
    """The certificate has expired since; that it was good then is still to be seen."""
    end = NOW + timedelta(days=1)
    data = sign(letter(), certify("x", issuer=pki.sub_ca.credential, end=end))
    later = VirtualClock(end + timedelta(days=1))
    verifier = Verifier(trust_in(pki), clock=later)
    verdict = (SubIndication.OUT_OF_BOUNDS_NO_POE, "certificate.out-of-bounds")
    report = assert_refused(verifier, data, *verdict)
    assert "--at" in report.advice
    assert verifier.verify(Envelope.from_bytes(data), at=NOW)


def test_the_binding_is_asked_about_sender_signer_and_moment(pki: DemoPki) -> None:
    """Once for each signature, and only when everything else holds."""
    asked: list[tuple[str, str, datetime]] = []

    def binding(sender: OrganId, signer: Signatory, at: datetime) -> str:
        asked.append((str(sender), signer.name, at))
        return ""

    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), binding=binding)
    assert_passed(verifier, sign(letter(), pki.agency("district")))
    assert set(asked) == {("000.21.31.H53", "UBND huyện Bến Cầu", NOW)}
    asked.clear()
    verifier.examine(Envelope.from_bytes(sign(letter(), pki.stranger)))
    assert asked == []


def test_a_cryptographic_failure_weighs_more_than_a_question_of_trust(pki: DemoPki) -> None:
    """A forged letter of a stranger is forged first of all."""
    data = edit(sign(letter(), pki.stranger), "V/v báo", "V/v bao")
    assert_refused(verifier_for(pki), data, SubIndication.HASH_FAILURE, "signature.digest")


def test_ids_in_a_foreign_spelling_can_be_signed_by_others(pki: DemoPki) -> None:
    """Another tool may use ``ID``; the report then lists nothing as uncovered."""
    forgery = Forgery(signed_letter(pki))
    body = forgery.one("//e:edXMLBody")
    body.set("ID", body.attrib.pop("Id"))
    import hashlib

    from signing_help import b64, exclusive

    value = forgery.reference("#m-1.body")[-1]
    value.text = b64(hashlib.sha256(exclusive(body)).digest())
    forgery.resign(pki.agency("commune").private_key)
    assert assert_passed(verifier_for(pki), forgery.bytes()).uncovered == ()


def test_an_envelope_that_was_never_written_can_be_verified(pki: DemoPki) -> None:
    """Straight from the signer, without a detour through a file."""
    from signing_help import signing_key

    from docexchange.signing import Signer

    signer = Signer(signing_key(pki.agency("commune")), clock=VirtualClock(NOW))
    assert_passed(verifier_for(pki), signer.sign(letter(*attachments())).envelope)


def test_comments_in_the_header_are_no_signatures(pki: DemoPki) -> None:
    """Nor do they trouble the search for one."""
    plain = b"".join(Envelope.of(letter()).chunks())
    data = edit(plain, "</edXML:edXMLHeader>", "<!--Signature--><?x?></edXML:edXMLHeader>")
    assert_refused(verifier_for(pki), data, SubIndication.FORMAT_FAILURE, "signature.none")


def test_unknown_elements_outside_the_parts_are_left_alone(pki: DemoPki) -> None:
    """Systems add their own; they reach nobody."""
    forgery = Forgery(signed_letter(pki))
    forgery.header.append(element("ErrorList"))
    assert_passed(verifier_for(pki), forgery.bytes())


def test_a_policy_may_ask_for_longer_digests(pki):
    """What is good enough for others is refused, by name."""
    policy = VerificationPolicy(digests=frozenset({Digest.SHA512}))
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), policy=policy)
    report = verifier.examine(Envelope.from_bytes(signed_letter(pki)))
    assert report.code == "signature.digest-algorithm"
    assert "expected SHA-512 as digest, found SHA-256" in report.summary
