"""What is added to signatures that are there: it changes nothing that is signed."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from signing_help import (
    NOW,
    Forgery,
    assert_passed,
    assert_refused,
    attachments,
    b64,
    certify,
    edit,
    letter,
    sign,
    signed_letter,
    signing_key,
    trust_in,
    verifier_for,
)
from timestamp_help import client

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.errors import MalformedEnvelope, UsageError
from docexchange.signing import (
    Signer,
    SubIndication,
    VerificationPolicy,
    Verifier,
    countersigned,
    timestamped,
)
from docexchange.signing.coverage import countersigned_part
from docexchange.signing.xades.names import XADES
from docexchange.signing.xades.unsigned import counter_signature_xml, unsigned_xml

if TYPE_CHECKING:
    from docexchange.testing import Credential, DemoPki

LATER = NOW + timedelta(minutes=1)


def counter(
    pki: DemoPki, data: bytes, who: Credential | None = None, *, number: int = 1, **options: Any
) -> bytes:
    """The letter, countersigned by the commune's leader."""
    options.setdefault("role", "leader")
    signer = Signer(signing_key(who or pki.leader("commune")), clock=VirtualClock(LATER), **options)
    signed = countersigned(Envelope.from_bytes(data), signer, number=number)
    return b"".join(signed.envelope.chunks())


def test_a_counter_signature_is_verified_and_told(pki: DemoPki) -> None:
    """Inside the report of what it countersigns, with its own role and level."""
    report = assert_passed(verifier_for(pki), counter(pki, signed_letter(pki)))
    assert len(report.signatures) == 1
    (found,) = report.signatures[0].counter_signatures
    assert (found.roles, found.level) == (("leader",), "XAdES-B-B")
    assert [item.label for item in found.coverage] == [
        "countersigned signature",
        "SignedProperties",
    ]


def test_it_goes_in_and_nothing_else_moves(pki: DemoPki) -> None:
    """Taken out again, the letter is the same to the byte; a second one goes beside the first."""
    before = signed_letter(pki)
    after = counter(pki, before)
    start = after.index(b"<xades:UnsignedProperties>")
    end = after.index(b"</xades:UnsignedProperties>") + len(b"</xades:UnsignedProperties>")
    assert after[:start] + after[end:] == before
    twice = counter(pki, after, pki.agency("district"))
    (found,) = assert_passed(verifier_for(pki), twice).signatures
    assert len(found.counter_signatures) == 2


def test_the_second_of_two_signatures_can_be_countersigned(pki: DemoPki) -> None:
    """By its number; beyond the last there is none."""
    two = sign(Envelope.from_bytes(signed_letter(pki)), pki.leader("commune"), role="leader")
    report = assert_passed(verifier_for(pki), counter(pki, two, pki.agency("province"), number=2))
    assert [len(item.counter_signatures) for item in report.signatures] == [0, 1]
    for number in (0, 3):
        with pytest.raises(UsageError) as caught:
            counter(pki, two, number=number)
        assert caught.value.code == "sign.no-such-signature"


def test_a_counter_signature_moved_from_elsewhere_is_refused(pki: DemoPki) -> None:
    """It vouches for another value than the one it stands in."""
    first = Forgery(counter(pki, sign(letter(*attachments()), pki.agency("province"))))
    moved = copy.deepcopy(first.one("//xades:UnsignedProperties"))
    forgery = Forgery(signed_letter(pki))
    forgery.one("//xades:QualifyingProperties").append(moved)
    report = assert_refused(
        verifier_for(pki),
        forgery.bytes(),
        SubIndication.SIGNED_DATA_NOT_FOUND,
        "signature.missing-part",
    )
    assert report.signatures[0].indication == "TOTAL-PASSED"
    assert report.signatures[0].counter_signatures[0].code == "signature.missing-part"


def test_within_one_letter_it_cannot_be_moved_either(pki: DemoPki) -> None:
    """From the seal's signature to the leader's, both of the same letter."""
    two = sign(Envelope.from_bytes(signed_letter(pki)), pki.leader("commune"), role="leader")
    forgery = Forgery(counter(pki, two))
    unsigned = forgery.one("//xades:UnsignedProperties")
    other = forgery.root.findall(".//{*}QualifyingProperties[@Target]")[-1]
    other.append(unsigned)
    assert_refused(
        verifier_for(pki), forgery.bytes(), SubIndication.FORMAT_FAILURE, "signature.coverage"
    )


def test_a_changed_counter_signature_is_refused(pki: DemoPki) -> None:
    """Its role is signed like everything else."""
    data = edit(counter(pki, signed_letter(pki)), "ClaimedRole>leader", "ClaimedRole>readel")
    assert_refused(verifier_for(pki), data, SubIndication.HASH_FAILURE, "signature.digest")


def test_a_strangers_counter_signature_makes_the_letter_indeterminate(pki: DemoPki) -> None:
    """The verdict on a letter is that of its worst signature."""
    data = counter(pki, signed_letter(pki), pki.stranger)
    assert_refused(
        verifier_for(pki), data, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "certificate.no-chain"
    )


def test_an_ordinary_signature_is_no_counter_signature(pki: DemoPki) -> None:
    """Over the letter's parts instead of the value: it does not say what it countersigns."""
    two = sign(Envelope.from_bytes(signed_letter(pki)), pki.leader("commune"), role="leader")
    forgery = Forgery(counter(pki, two))
    inner = forgery.one("//xades:CounterSignature")
    second = forgery.header.findall("{http://www.w3.org/2000/09/xmldsig#}Signature")[1]
    inner.replace(inner[0], second)
    report = verifier_for(pki).examine(Envelope.from_bytes(forgery.bytes()))
    assert report.code == "signature.coverage"


def test_counter_signatures_count_as_signatures(pki: DemoPki) -> None:
    """A letter cannot hide a thousand of them in one."""
    data = counter(pki, signed_letter(pki))
    forgery = Forgery(data)
    place = forgery.one("//xades:UnsignedSignatureProperties")
    place.extend([copy.deepcopy(place[0]) for _ in range(16)])
    # Doubled ids are another reason, and looked for later.
    assert_refused(
        verifier_for(pki), forgery.bytes(), SubIndication.FORMAT_FAILURE, "signature.too-many"
    )


def test_countersigning_twice_at_one_moment_is_refused(pki: DemoPki) -> None:
    """The two would have one id."""
    once = counter(pki, signed_letter(pki))
    with pytest.raises(UsageError) as caught:
        counter(pki, once)
    assert caught.value.code == "sign.twice"


def test_a_timestamp_comes_to_a_signature_that_has_none(pki: DemoPki) -> None:
    """To each of them, once; the rest of the letter stays."""
    two = sign(Envelope.from_bytes(signed_letter(pki)), pki.leader("commune"), role="leader")
    stamping = client(pki.tsa)
    stamped = timestamped(Envelope.from_bytes(two), stamping, at=NOW).envelope
    report = assert_passed(verifier_for(pki), b"".join(stamped.chunks()))
    assert [item.level for item in report.signatures] == ["XAdES-B-T"] * 2
    again = timestamped(stamped, stamping, at=NOW).envelope
    assert b"".join(again.chunks()) == b"".join(stamped.chunks())


def test_a_countersigned_signature_can_be_stamped_and_the_other_way_round(pki: DemoPki) -> None:
    """Both stand beside one another."""
    data = counter(pki, sign(letter(), pki.agency("commune"), timestamps=client(pki.tsa)))
    (found,) = assert_passed(verifier_for(pki), data).signatures
    assert (found.level, len(found.counter_signatures)) == ("XAdES-B-T", 1)
    bare = Envelope.from_bytes(counter(pki, signed_letter(pki)))
    stamped = timestamped(bare, client(pki.tsa), at=NOW).envelope
    (found,) = assert_passed(verifier_for(pki), b"".join(stamped.chunks())).signatures
    assert (found.level, len(found.counter_signatures)) == ("XAdES-B-T", 1)


def test_what_is_not_signed_takes_neither(pki: DemoPki) -> None:
    """There is nothing to stamp or to countersign."""
    plain = Envelope.of(letter())
    with pytest.raises(UsageError) as caught:
        timestamped(plain, client(pki.tsa), at=NOW)
    assert caught.value.code == "sign.none"
    with pytest.raises(UsageError):
        counter(pki, b"".join(plain.chunks()))


def test_a_place_that_cannot_be_told_is_not_guessed(pki: DemoPki) -> None:
    """A comment that looks like the place makes two of them."""
    data = signed_letter(pki)
    start = data.index(b"<xades:QualifyingProperties")
    tag = data[start : data.index(b">", start) + 1]
    doubled = edit(data, b"<ds:Object>", b"<ds:Object><!--" + tag + b"-->")
    with pytest.raises(MalformedEnvelope) as caught:
        counter(pki, doubled)
    assert caught.value.code == "envelope.no-place"


def roles(pki: DemoPki, *required: str) -> Verifier:
    policy = VerificationPolicy(required_roles=required)
    return Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW))


def test_a_missing_signature_is_noticed_by_who_needs_both(pki: DemoPki) -> None:
    """Leader and seal sign; one of them is taken off on the way."""
    commune = pki.agency("commune")
    leader = sign(letter(), pki.leader("commune"), role="leader")
    both = sign(Envelope.from_bytes(leader), commune)
    assert_passed(roles(pki, "leader", "agency"), both)
    assert_passed(verifier_for(pki), leader)
    report = assert_refused(
        roles(pki, "leader", "agency"),
        leader,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        "signature.role-missing",
    )
    assert "agency" in report.reason


def test_one_signer_is_not_two(pki: DemoPki) -> None:
    """A role is what the signer claims: whoever claims both has signed for one."""
    leader = sign(letter(), pki.leader("commune"), role="leader")
    earlier = Signer(
        signing_key(pki.leader("commune")),
        clock=VirtualClock(NOW - timedelta(hours=1)),
        role="agency",
    )
    both = b"".join(earlier.sign(Envelope.from_bytes(leader)).envelope.chunks())
    for one in ("leader", "agency"):
        assert_passed(roles(pki, one), both)
    report = assert_refused(
        roles(pki, "leader", "agency"),
        both,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        "signature.role-missing",
    )
    assert "one signer" in report.reason
    assert_passed(
        roles(pki, "leader", "agency"), sign(Envelope.from_bytes(both), pki.agency("commune"))
    )


def test_the_timestamp_of_a_counter_signature_is_not_that_of_the_signature(pki: DemoPki) -> None:
    """Each is stamped by itself, and once."""
    stamping = client(pki.tsa)
    bare = Envelope.from_bytes(counter(pki, signed_letter(pki), timestamps=stamping))
    stamped = timestamped(bare, stamping, at=NOW).envelope
    assert timestamped(stamped, stamping, at=NOW).envelope.skeleton == stamped.skeleton
    (found,) = assert_passed(verifier_for(pki), b"".join(stamped.chunks())).signatures
    assert [found.level, found.counter_signatures[0].level] == ["XAdES-B-T", "XAdES-B-T"]


def test_a_counter_signature_fills_no_role(pki: DemoPki) -> None:
    """It vouches for a signature, not for the letter."""
    data = counter(pki, signed_letter(pki))
    assert_refused(
        roles(pki, "leader", "agency"),
        data,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        "signature.role-missing",
    )


def test_a_role_claimed_by_a_broken_signature_does_not_count(pki: DemoPki) -> None:
    """The reason told is that of the broken one."""
    leader = sign(letter(), pki.leader("commune"), role="leader")
    both = sign(Envelope.from_bytes(leader), certify("x"))
    assert_refused(
        roles(pki, "leader", "agency"),
        both,
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        "certificate.no-chain",
    )


def test_a_counter_signature_can_be_countersigned(pki: DemoPki) -> None:
    """By others' tools; each vouches for the one that it stands in, and all of them are judged."""
    outer = Forgery(counter(pki, signed_letter(pki)))
    middle = outer.one("//xades:CounterSignature/ds:Signature")
    made = Signer(signing_key(pki.agency("province")), clock=VirtualClock(LATER)).signature(
        [countersigned_part(middle.find("{*}SignatureValue"))]
    )
    unsigned = etree.fromstring(
        f'<q xmlns:xades="{XADES}">{unsigned_xml(counter_signature_xml(made).decode())}</q>'
    )
    middle.find(".//{*}QualifyingProperties").append(unsigned[0])
    (found,) = assert_passed(verifier_for(pki), outer.bytes()).signatures
    assert len(found.counter_signatures[0].counter_signatures) == 1
    value = outer.one("//xades:CounterSignature//xades:CounterSignature//ds:SignatureValue")
    value.text = b64(bytes(64))
    report = verifier_for(pki).examine(Envelope.from_bytes(outer.bytes()))
    assert (report.indication, report.code) == ("TOTAL-FAILED", "signature.value")
