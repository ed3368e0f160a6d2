"""What was revoked: lists direct, delta and indirect, OCSP answers, at any moment."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import core as asn1_core
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from evidence_help import UNKNOWN, ForgedAnswer, ForgedList
from signing_help import NOW, certify, der

from docexchange.signing import SubIndication, TrustStore
from docexchange.signing.errors import Refusal
from docexchange.signing.trust.evidence import answer_is_silent_on
from docexchange.signing.trust.parsing import certificate_of
from docexchange.signing.trust.refusals import published_at, refusal_of
from docexchange.testing import (
    Authority,
    OcspResponder,
    RevocationList,
    Validity,
    access,
    ocsp_responder,
    points,
    purposes,
    subject_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docexchange.signing import TrustedPath
    from docexchange.testing import Credential
    from docexchange.testing.extensions import Extra

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
YEARS = Validity(begin=NOW - 900 * DAY, end=NOW + 900 * DAY)
OCSP = access(ocsp="http://ocsp.demo.invalid/")
REVOKED = (SubIndication.REVOKED_NO_POE, "certificate.revoked")
TRY_LATER = (SubIndication.TRY_LATER, "certificate.no-revocation-information")


@cache
def root() -> Authority:
    """A root without a distribution point."""
    return Authority.root(subject_name("Root"), key="p256", validity=YEARS, crl_uri="")


def leaf(name: str = "Leaf", *extensions: Extra, validity: Validity = YEARS) -> Credential:
    """A seal of that root."""
    return root().issue(subject_name(name), key="p256", validity=validity, extensions=extensions)


def crl(
    *revoked: Credential, at: datetime = NOW - HOUR, since: datetime = NOW - DAY, **rest: Any
) -> bytes:
    """A list of that root."""
    entries = {item.certificate: since for item in revoked}
    return der(RevocationList(revoked=entries, **rest).sign(root().credential, at=at))


def judged(
    seal: Credential,
    *crls: bytes,
    at: datetime = NOW,
    ocsps: Sequence[bytes] = (),
    chain: Sequence[bytes] = (),
) -> TrustedPath:
    """The path of a seal."""
    trust = TrustStore([root().credential.der], crls=crls)
    return trust.find_path(seal.der, chain, at=at, check_revocation=True, ocsps=ocsps)


def refused(verdict: tuple[SubIndication, str], *arguments: Any, **options: Any) -> Refusal:
    """The refusal, after asserting its reason."""
    with pytest.raises(Refusal) as caught:
        judged(*arguments, **options)
    assert (caught.value.sub_indication, caught.value.code) == verdict, str(caught.value)
    return caught.value


# --- evidence ---


def test_a_path_tells_on_what_it_stands() -> None:
    """Which list, of whom, as of when, until when; and nothing where nothing was asked."""
    seal, octets = leaf(), crl()
    (found,) = judged(seal, octets).evidence
    assert (found.kind, found.produced, found.next_update) == (
        "CRL",
        NOW - HOUR,
        NOW - HOUR + 30 * DAY,
    )
    assert "Root" in found.issuer
    assert len(found.sha256) == 64
    trust = TrustStore([root().credential.der], crls=[octets])
    unasked = trust.find_path(seal.der, [], at=NOW, check_revocation=False)
    assert unasked.evidence == ()
    assert unasked.certificates == (seal.der, root().credential.der)


def test_a_list_is_obeyed_wherever_an_entry_stands() -> None:
    """At its beginning, its end, or nowhere, whoever else is named; and for each that is named."""
    seal, good = leaf("Seal"), leaf("Good")
    others = [leaf(f"Other {number}") for number in range(3)]
    for order in ((seal, *others), (*others, seal), (others[0], seal, *others[1:])):
        octets = crl(*order)
        refused(REVOKED, seal, octets)
        refused(REVOKED, others[0], octets)
        (found,) = judged(good, octets).evidence
        assert found.sha256 == hashlib.sha256(octets).hexdigest()


def test_a_list_with_an_entry_that_cannot_be_read_leaves_the_question_open() -> None:
    """As far as can be seen it names somebody else; but who knows whom it means."""
    seal, other = leaf(), leaf("Other")
    octets = crl(other)
    judged(seal, octets)
    number = asn1_core.Integer(other.certificate.serial_number).dump()
    refused(TRY_LATER, seal, _with_head(octets, lambda head: _not_a_sequence(head, number)))


def _not_a_sequence(head: bytes, number: bytes) -> bytes:
    """What is signed of a list, whose one entry, of this number, is a set."""
    at = head.index(number) - 2
    assert head[at] == 0x30
    return head[:at] + b"\x31" + head[at + 1 :]


def _with_head(octets: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A list in which something was changed before that root signed it."""
    tree = asn1_crl.CertificateList.load(octets)
    head = change(tree["tbs_cert_list"].dump())
    key: Any = root().credential.private_key
    value = asn1_core.OctetBitString(key.sign(head, ec.ECDSA(hashes.SHA256())))
    inside = head + tree["signature_algorithm"].dump() + value.dump()
    return b"\x30\x82" + len(inside).to_bytes(2, "big") + inside


def test_lists_may_come_with_the_letter() -> None:
    """They count because their issuer signed them, whoever brought them."""
    seal = leaf()
    trust = TrustStore([root().credential.der])
    options = {"at": NOW, "check_revocation": True}
    assert trust.find_path(seal.der, [], crls=[crl()], **options).evidence
    with pytest.raises(Refusal, match="revoked"):
        trust.find_path(seal.der, [], crls=[crl(seal)], **options)
    with pytest.raises(Refusal, match="no revocation information"):
        trust.find_path(seal.der, [], crls=[b"junk"], **options)


# --- lists ---


DELTAS = {"delta_uri": "http://crl.demo.invalid/delta.crl"}


def test_a_delta_adds_to_the_list_it_is_based_on() -> None:
    """Revoked since then; and both are evidence."""
    seal, other = leaf(), leaf("Other")
    base = crl(number=7, **DELTAS)
    delta = crl(seal, number=8, base=7)
    refused(REVOKED, seal, base, delta)
    kinds = {item.kind for item in judged(other, base, delta).evidence}
    assert kinds == {"CRL", "delta CRL"}


def test_a_list_with_deltas_is_not_enough_without_one() -> None:
    """It says itself that there is news elsewhere."""
    refused(TRY_LATER, leaf(), crl(number=7, **DELTAS))


def test_a_delta_counts_although_the_list_points_to_none() -> None:
    """The library looks at none then; whoever gives one means it. Of a stranger it is nothing."""
    seal, other = leaf(), leaf("Other")
    base = crl(number=7)
    assert judged(other, base, crl(seal, number=8, base=7))
    refused(REVOKED, seal, base, crl(seal, number=8, base=7))
    refused(TRY_LATER, seal, crl(number=8, base=7))
    false = Authority.root(subject_name("Root"), key="p256", validity=YEARS, crl_uri="")
    forged = RevocationList(revoked={seal.certificate: NOW - DAY}, number=8, base=7)
    assert judged(seal, base, der(forged.sign(false.credential, at=NOW - HOUR)))


@pytest.mark.parametrize("more", [{}, DELTAS])
def test_a_delta_takes_back_what_was_on_hold(more: dict[str, str]) -> None:
    """``removeFromCRL`` (RFC 5280, clause 5.3.1), where the list points to deltas."""
    seal = leaf()
    hold = {seal.certificate: x509.ReasonFlags.certificate_hold}
    back = {seal.certificate: x509.ReasonFlags.remove_from_crl}
    base = crl(seal, number=7, reasons=hold, **more)
    delta = crl(seal, number=8, base=7, reasons=back)
    if more:
        assert judged(seal, base, delta)
    else:
        refused(REVOKED, seal, base, delta)


def test_an_old_delta_does_not_take_back_a_newer_revocation() -> None:
    """A letter could bring the delta that released the key before it was stolen again."""
    seal = leaf()
    back = {seal.certificate: x509.ReasonFlags.remove_from_crl}
    old = crl(seal, number=8, base=7, reasons=back, at=NOW - 2 * HOUR)
    refused(TRY_LATER, seal, crl(seal, number=9, **DELTAS), old)
    refused(REVOKED, seal, crl(seal, number=9), old)


def test_a_delta_to_a_newer_list_leaves_a_gap() -> None:
    """What was revoked between the two is on neither."""
    refused(TRY_LATER, leaf(), crl(number=6, **DELTAS), crl(number=8, base=7))


def test_a_list_that_nobody_signed_takes_out_no_delta() -> None:
    """Whoever tampers with a file or a line must not be able to hide what a delta tells."""
    seal = leaf()
    base, delta = crl(number=1, at=NOW - 9 * DAY), crl(seal, number=5, base=1, at=NOW - 2 * HOUR)
    for forged in (crl(number=9), crl(number=5, **DELTAS)):
        tampered = forged[:-1] + bytes([forged[-1] ^ 1])
        refused(REVOKED, seal, base, delta, tampered)
        refused(REVOKED, seal, base, tampered, delta)


class Rollover:
    """An authority under that root with a new key and the old name; lists name no keys."""

    def __init__(self) -> None:
        self.old, self.new = (
            root().subordinate(subject_name("Below"), key="p256", validity=YEARS, crl_uri="")
            for _ in range(2)
        )
        self.seal = self.new.issue(subject_name("Seal"), key="p256", validity=YEARS)

    def list(
        self, by: Authority, *revoked: Credential, ago: timedelta = HOUR, **rest: Any
    ) -> bytes:
        """A list by one of the two keys."""
        entries = {item.certificate: NOW - DAY for item in revoked}
        made = der(RevocationList(revoked=entries, **rest).sign(by.credential, at=NOW - ago))
        forged = ForgedList(made, by.credential)
        held = forged.head["crl_extensions"]
        nameless = [item for item in held if item["extn_id"].native != "authority_key_identifier"]
        forged.head["crl_extensions"] = asn1_crl.TBSCertListExtensions(nameless)
        return forged.signed().der()

    def judged(self, *lists: bytes) -> TrustedPath:
        """The path of the seal."""
        chain = [self.old.credential.der, self.new.credential.der]
        return judged(self.seal, crl(), *lists, chain=chain)


def test_a_list_that_nobody_signed_is_none_for_an_authority_with_two_certificates() -> None:
    """While the library checks one of the two, it takes for its list whatever bears its name."""
    made = Rollover()
    evil = Authority.root(subject_name("Below"), key="p256", validity=YEARS, crl_uri="")
    forged = made.list(evil)
    identified = der(RevocationList().sign(evil.credential, at=NOW - HOUR))
    for lists in ([forged], [identified], [forged, identified]):
        with pytest.raises(Refusal) as caught:
            made.judged(*lists)
        assert caught.value.code == "certificate.no-revocation-information"
    assert made.judged(forged, made.list(made.new))
    with pytest.raises(Refusal, match="revoked"):
        made.judged(forged, made.list(made.new, made.seal))


def test_a_list_by_the_old_key_takes_out_no_delta_by_the_new() -> None:
    """It has a greater number, is newer, and speaks for others."""
    made = Rollover()
    lists = [
        made.list(made.new, number=7, ago=3 * HOUR),
        made.list(made.new, made.seal, number=8, base=7, ago=2 * HOUR),
        made.list(made.old, number=20),
    ]
    for order in (lists, lists[::-1]):
        with pytest.raises(Refusal) as caught:
            made.judged(*order)
        assert caught.value.code == "certificate.revoked"


def test_a_delta_by_the_old_key_is_not_taken_for_one_by_the_new() -> None:
    """The signer's own authority has published both that it promised."""
    made = Rollover()
    news = [made.list(made.new, number=7, **DELTAS), made.list(made.new, number=8, base=7)]
    olds = [made.list(made.old, number=7), made.list(made.old, number=9, base=7, ago=HOUR / 2)]
    for order in ((*news, *olds), (*olds, *news)):
        assert made.judged(*order).evidence
        with pytest.raises(Refusal) as caught:
            made.judged(*order, made.list(made.new, made.seal, number=9, base=7, ago=HOUR / 4))
        assert caught.value.code == "certificate.revoked"


HOLD = x509.ReasonFlags.certificate_hold


def test_who_was_on_hold_is_good_again_when_the_next_list_says_so() -> None:
    """The list before may still be in the folder, and not yet due to be replaced."""
    seal, other = leaf(), leaf("Other")
    reasons = {seal.certificate: HOLD}
    held = crl(seal, other, at=NOW - 9 * DAY, since=NOW - 10 * DAY, number=1, reasons=reasons)
    free = crl(number=2)
    for lists in ((held, free), (free, held)):
        assert [item.produced for item in judged(seal, *lists).evidence] == [NOW - HOUR]
        refused(REVOKED, seal, *lists, at=NOW - 5 * DAY)
        refused(REVOKED, other, *lists)  # revoked for good, whatever a later list leaves out
    tampered = free[:-1] + bytes([free[-1] ^ 1])
    refused(REVOKED, seal, held, tampered)


def test_what_says_revoked_for_good_stands_beyond_its_time() -> None:
    """A list or an answer whose next was due, beside others that say nothing of it, or "good"."""
    seal = leaf("Leaf", OCSP)
    reasons = {seal.certificate: HOLD}
    past = {"at": NOW - 40 * DAY, "since": NOW - 41 * DAY}
    for news in (crl(number=2), crl(number=1, at=NOW - 20 * DAY)):
        refused(REVOKED, seal, crl(seal, number=1, **past), news)
        assert judged(seal, crl(seal, number=1, reasons=reasons, **past), news)
    said = responder()
    said.revoke(seal.certificate, at=NOW - 4 * DAY)
    answer = said.statement(seal.certificate, at=NOW - 3 * DAY)
    refused(REVOKED, seal, crl(at=NOW - 9 * DAY), ocsps=[answer])
    good = responder().statement(seal.certificate, at=NOW)
    refused(REVOKED, seal, ocsps=[answer, good])
    # At that moment it was not revoked yet, and a stranger's answer never says anything.
    assert judged(seal, crl(at=NOW - 9 * DAY), at=NOW - 5 * DAY, ocsps=[answer])
    lying = OcspResponder(issuer=certify("Root", ca=True), revoked=said.revoked)
    assert judged(seal, ocsps=[lying.statement(seal.certificate, at=NOW - 3 * DAY), good])


def test_what_says_revoked_for_good_needs_no_later_word() -> None:
    """Where nothing newer is at hand, the question is not open but answered."""
    seal, other = leaf("Leaf", OCSP), leaf("Other")
    past = {"at": NOW - 40 * DAY, "since": NOW - 41 * DAY}
    refused(REVOKED, seal, crl(seal, other, **past))
    refused(TRY_LATER, seal, crl(other, **past))
    refused(TRY_LATER, seal, crl(seal, reasons={seal.certificate: HOLD}, **past))
    assert judged(seal, crl(seal, **past), at=NOW - 45 * DAY)
    said = responder()
    said.revoke(seal.certificate, at=NOW - 4 * DAY)
    answer = said.statement(seal.certificate, at=NOW - 3 * DAY)
    refused(REVOKED, seal, ocsps=[answer])
    lying = OcspResponder(issuer=certify("Root", ca=True), revoked=said.revoked)
    refused(TRY_LATER, seal, ocsps=[lying.statement(seal.certificate, at=NOW - 3 * DAY)])


def test_an_authority_that_was_revoked_for_good_stays_so() -> None:
    """Told by a list whose next was due."""
    below = root().subordinate(subject_name("Below"), key="p256", validity=YEARS, crl_uri="")
    authority = below.credential
    seal = certify("Seal", issuer=authority, begin=YEARS.begin, end=YEARS.end)
    about = der(RevocationList().sign(authority, at=NOW - HOUR))
    old = crl(authority, at=NOW - 40 * DAY, since=NOW - 41 * DAY)
    assert judged(seal, crl(), about, chain=[authority.der])
    verdict = (SubIndication.REVOKED_CA_NO_POE, "certificate.revoked")
    refused(verdict, seal, crl(), about, old, chain=[authority.der])


def test_an_authority_of_the_same_name_and_another_key_is_no_reason() -> None:
    """What is missing is told of the path that there is, so that it can be fetched."""
    seal = certify("Leaf", issuer=root().credential)
    subject = root().credential.certificate.subject
    young = Authority.root(subject, key="p256", validity=YEARS, crl_uri="").credential
    trust = TrustStore([young.der, root().credential.der])
    with pytest.raises(Refusal) as caught:
        trust.find_path(seal.der, [], at=NOW, check_revocation=True)
    assert (caught.value.sub_indication, caught.value.code) == TRY_LATER


def test_a_later_list_that_is_out_of_date_replaces_none() -> None:
    """The one before is good for longer."""
    short = crl(at=NOW - 3 * DAY, lifetime=DAY, number=2)
    found = judged(leaf(), crl(at=NOW - 9 * DAY, number=1), short).evidence
    assert NOW - 9 * DAY in [item.produced for item in found]


def test_a_list_by_another_key_replaces_none() -> None:
    """An authority with a new key goes on telling of certificates by the old one with that."""
    seal = leaf()
    subject = root().credential.certificate.subject
    young = Authority.root(subject, key="p256", validity=YEARS, crl_uri="").credential
    trust = TrustStore(
        [root().credential.der, young.der],
        crls=[
            crl(seal, at=NOW - 9 * DAY, number=1, reasons={seal.certificate: HOLD}),
            der(RevocationList(number=2).sign(young, at=NOW - HOUR)),
        ],
    )
    with pytest.raises(Refusal) as caught:
        trust.find_path(seal.der, [], at=NOW, check_revocation=True)
    assert caught.value.code == "certificate.revoked"


def test_an_indirect_list_speaks_for_those_who_point_to_it() -> None:
    """Another authority issues it, and the certificate names that authority."""
    lister = certify("Lister", ca=True, issuer=root().credential)
    uri = "http://crl.demo.invalid/all.crl"
    pointing = leaf("Pointing", points(uri, issuer=lister.certificate.subject))
    plain = leaf("Plain")

    def indirect(*revoked: Credential) -> bytes:
        entries = {item.certificate: NOW - DAY for item in revoked}
        found = RevocationList(revoked=entries, indirect=True, uri=uri)
        return der(found.sign(lister, at=NOW - HOUR))

    chain = [lister.der]
    # The lister itself must be shown not to be revoked, by its own issuer.
    assert judged(pointing, indirect(), crl(), chain=chain)
    refused(REVOKED, pointing, indirect(pointing), crl(), chain=chain)
    refused(TRY_LATER, plain, indirect(), chain=chain)
    # Entries of others with the same serial number are not ours.
    stranger = certify("Stranger", issuer=certify("Elsewhere", ca=True))
    assert judged(pointing, indirect(stranger), crl(), chain=chain)


def test_a_list_of_another_distribution_point_is_not_the_one() -> None:
    """A list for a part of the certificates says nothing about the others."""
    seal = leaf("Leaf", points("http://crl.demo.invalid/a.crl"))
    assert judged(seal, crl(uri="http://crl.demo.invalid/a.crl"))
    refused(TRY_LATER, seal, crl(uri="http://crl.demo.invalid/b.crl"))


def test_a_list_signed_with_sha1_proves_nothing() -> None:
    """The library asks its table of algorithms about certificates only; we ask about lists, too."""
    seal = leaf()
    weak = asn1_crl.CertificateList.load(crl())
    for part in (weak["tbs_cert_list"]["signature"], weak["signature_algorithm"]):
        part["algorithm"] = "sha1_ecdsa"
    key: Any = root().credential.private_key
    weak["signature"] = key.sign(weak["tbs_cert_list"].dump(force=True), ec.ECDSA(hashes.SHA1()))
    refused(TRY_LATER, seal, weak.dump(force=True))


# --- moments ---


def test_what_was_revoked_after_the_moment_was_good_at_the_moment() -> None:
    """A later list tells since when; the list of that time is not needed."""
    seal = leaf()
    late = crl(seal, at=NOW + 10 * DAY, since=NOW + DAY)
    assert judged(seal, late, at=NOW)
    refused(REVOKED, seal, late, at=NOW + 2 * DAY)


def test_a_list_issued_after_a_certificate_ended_may_have_dropped_it() -> None:
    """Its silence proves nothing (RFC 5280, 3.3), unless it says that it keeps the expired."""
    brief = leaf(validity=Validity(begin=NOW - 100 * DAY, end=NOW - 50 * DAY))
    moment = NOW - 60 * DAY
    refused(TRY_LATER, brief, crl(at=NOW), at=moment)
    assert judged(brief, crl(at=NOW - 55 * DAY), at=moment)
    assert judged(brief, crl(at=NOW, expired_kept_since=NOW - 400 * DAY), at=moment)
    refused(TRY_LATER, brief, crl(at=NOW, expired_kept_since=NOW - 10 * DAY), at=moment)
    # What it does say counts all the same.
    refused(REVOKED, brief, crl(brief, at=NOW, since=NOW - 70 * DAY), at=moment)


def test_a_list_that_names_an_expired_certificate_is_not_silent_on_it() -> None:
    """It was revoked later than the moment in question, and before it ended."""
    brief = leaf(validity=Validity(begin=NOW - 100 * DAY, end=NOW - 50 * DAY))
    late = crl(brief, at=NOW, since=NOW - 55 * DAY)
    assert judged(brief, late, at=NOW - 60 * DAY)
    refused(REVOKED, brief, late, at=NOW - 52 * DAY)


# --- OCSP ---


def responder(**options: Any) -> OcspResponder:
    """The responder of that root."""
    return OcspResponder(issuer=root().credential, **options)


def test_an_answer_does_in_place_of_a_list() -> None:
    """It stands in the evidence with its responder."""
    seal = leaf("Leaf", OCSP)
    answer = responder().statement(seal.certificate, at=NOW - HOUR / 2)
    (found,) = judged(seal, ocsps=[answer]).evidence
    assert (found.kind, found.produced) == ("OCSP", NOW - HOUR / 2)
    assert "Root" in found.issuer


def test_an_answer_that_says_revoked_is_obeyed() -> None:
    """Although a list from before knows nothing of it."""
    seal, said = leaf("Leaf", OCSP), responder()
    said.revoke(seal.certificate, at=NOW - HOUR)
    answer = said.statement(seal.certificate, at=NOW)
    refused(REVOKED, seal, crl(at=NOW - 2 * HOUR), ocsps=[answer])


def test_an_answer_that_says_good_does_not_hide_a_list_that_says_revoked() -> None:
    """The letter brings the answer of yesterday, the operator has the list of today."""
    seal = leaf("Leaf", OCSP)
    answer = responder(lifetime=7 * DAY).statement(seal.certificate, at=NOW - 2 * DAY)
    assert judged(seal, ocsps=[answer])
    refused(REVOKED, seal, crl(seal), ocsps=[answer])


def test_an_answer_that_says_good_does_not_hide_an_indirect_list() -> None:
    """The list is by another authority, which stands nowhere on the path of the signer."""
    lister = certify("Lister", ca=True, issuer=root().credential)
    uri = "http://crl.demo.invalid/all.crl"
    seal = leaf("Leaf", OCSP, points(uri, issuer=lister.certificate.subject))
    answer = responder().statement(seal.certificate, at=NOW - HOUR / 2)
    for entries in ({}, {seal.certificate: NOW - DAY}):
        found = RevocationList(revoked=entries, indirect=True, uri=uri)
        lists = crl(), der(found.sign(lister, at=NOW - HOUR / 4))
        if entries:
            refused(REVOKED, seal, *lists, ocsps=[answer], chain=[lister.der])
        else:
            assert judged(seal, *lists, ocsps=[answer], chain=[lister.der])


@pytest.mark.parametrize("first", ["good", "revoked"])
def test_of_two_answers_of_one_moment_the_one_that_says_revoked_counts(first: str) -> None:
    """In either order; a stranger who says "revoked" is not listened to."""
    seal, said = leaf("Leaf", OCSP), responder()
    said.revoke(seal.certificate, at=NOW - HOUR)
    answers = [item.statement(seal.certificate, at=NOW) for item in (responder(), said)]
    refused(REVOKED, seal, ocsps=answers if first == "good" else answers[::-1])
    lying = OcspResponder(issuer=certify("Root", ca=True))
    lying.revoke(seal.certificate, at=NOW - HOUR)
    false = lying.statement(seal.certificate, at=NOW)
    forged = replace(responder(), signer=lying.issuer, revoked=lying.revoked)
    for lie in (false, forged.statement(seal.certificate, at=NOW)):
        pair = [answers[0], lie]
        assert judged(seal, ocsps=pair if first == "good" else pair[::-1])


def test_a_stale_answer_leaves_the_question_open() -> None:
    """It was good for an hour."""
    seal = leaf("Leaf", OCSP)
    answer = responder().statement(seal.certificate, at=NOW - 2 * HOUR)
    refused(TRY_LATER, seal, ocsps=[answer])


def test_an_answer_may_be_signed_by_a_delegate_of_the_issuer() -> None:
    """With the purpose for it; not by just any of its certificates."""
    seal = leaf("Leaf", OCSP)
    delegate = leaf("Responder", *ocsp_responder())
    answer = responder(signer=delegate).statement(seal.certificate, at=NOW)
    assert judged(seal, ocsps=[answer]).evidence[0].kind == "OCSP"
    neighbour = responder(signer=leaf("Neighbour")).statement(seal.certificate, at=NOW)
    refused(TRY_LATER, seal, ocsps=[neighbour])


PURPOSE = purposes("1.3.6.1.5.5.7.3.9")
"""What makes a certificate one of a responder, and one that is asked about itself."""
APART = "http://crl.demo.invalid/responders.crl"


def test_a_responder_must_be_shown_not_to_be_revoked_unless_its_authority_waives_it() -> None:
    """RFC 6960, 4.2.2.2.1; by a list, or by what the authority itself says of it."""
    seal = leaf("Leaf", OCSP)
    for delegate in (leaf("Responder", PURPOSE), leaf("Responder", PURPOSE, OCSP)):
        answer = responder(signer=delegate).statement(seal.certificate, at=NOW)
        refused(TRY_LATER, seal, ocsps=[answer])
        # It cannot vouch for itself.
        itself = responder(signer=delegate).statement(delegate.certificate, at=NOW)
        refused(TRY_LATER, seal, ocsps=[answer, itself])
        kinds = {item.kind for item in judged(seal, crl(), ocsps=[answer]).evidence}
        assert kinds == {"CRL", "OCSP"}
    about = responder().statement(delegate.certificate, at=NOW)
    assert [item.kind for item in judged(seal, ocsps=[answer, about]).evidence] == ["OCSP"] * 2
    waived = responder(signer=leaf("Responder", *ocsp_responder()))
    assert judged(seal, ocsps=[waived.statement(seal.certificate, at=NOW)])


@pytest.mark.parametrize("extensions", [(PURPOSE,), ocsp_responder()])
def test_the_answer_of_a_revoked_responder_proves_nothing(extensions: Sequence[Extra]) -> None:
    """Also where its authority let nobody ask: whoever has its key says "good" of anybody."""
    seal, delegate = leaf("Leaf", OCSP), leaf("Responder", *extensions, points(APART))
    answer = responder(signer=delegate).statement(seal.certificate, at=NOW)
    apart = crl(delegate, uri=APART)  # which says nothing of the seal
    assert judged(seal, crl(uri=APART), ocsps=[answer])
    refused(TRY_LATER, seal, apart, ocsps=[answer])
    assert [item.kind for item in judged(seal, crl(delegate), ocsps=[answer]).evidence] == ["CRL"]
    refused(REVOKED, seal, crl(delegate, seal), ocsps=[answer])
    # It was good at the moment in question.
    later = crl(delegate, uri=APART, at=NOW, since=NOW - HOUR / 4)
    early = responder(signer=delegate).statement(seal.certificate, at=NOW - HOUR)
    assert judged(seal, later, at=NOW - HOUR / 2, ocsps=[early])


def test_a_responder_that_was_revoked_for_good_stays_so() -> None:
    """Told by a list whose next was due, whatever the next leaves out."""
    seal, delegate = leaf("Leaf", OCSP), leaf("Responder", *ocsp_responder(), points(APART))
    answer = responder(signer=delegate).statement(seal.certificate, at=NOW)
    old = crl(delegate, uri=APART, at=NOW - 40 * DAY, since=NOW - 41 * DAY)
    assert judged(seal, crl(uri=APART, number=2), ocsps=[answer])
    refused(TRY_LATER, seal, old, crl(uri=APART, number=2), ocsps=[answer])


@pytest.mark.parametrize("name", ["single_extensions", "response_extensions"])
def test_an_answer_with_a_critical_extension_nobody_understands_is_none(name: str) -> None:
    """RFC 6960, 4.4; one that is not critical is passed over."""
    seal = leaf("Leaf", OCSP)
    for critical in (False, True):
        forged = ForgedAnswer(responder().statement(seal.certificate, at=NOW), root().credential)
        place = forged.single if name == "single_extensions" else forged.head
        octets = asn1_core.ParsableOctetString(b"\x05\x00")
        place[name] = [{"extn_id": UNKNOWN, "critical": critical, "extn_value": octets}]
        answer = forged.signed().der()
        if critical:
            refused(TRY_LATER, seal, ocsps=[answer])
        else:
            assert judged(seal, ocsps=[answer])


def test_a_revoked_responder_may_come_in_the_chain() -> None:
    """An answer need not bring the certificate of whoever signed it."""
    seal, delegate = leaf("Leaf", OCSP), leaf("Responder", *ocsp_responder(), points(APART))
    forged = ForgedAnswer(responder(signer=delegate).statement(seal.certificate, at=NOW), delegate)
    del forged.tree["certs"]
    alone = forged.der()
    assert judged(seal, crl(uri=APART), ocsps=[alone], chain=[delegate.der])
    refused(TRY_LATER, seal, crl(delegate, uri=APART), ocsps=[alone], chain=[delegate.der])


def test_an_answer_by_a_stranger_is_no_answer() -> None:
    """Of the right names, under another key; nor are its certificates looked at."""
    seal = leaf("Leaf", OCSP)
    false = Authority.root(subject_name("Root"), key="p256", validity=YEARS, crl_uri="")
    answer = replace_issuer(responder(), false).statement(seal.certificate, at=NOW)
    refused(TRY_LATER, seal, ocsps=[answer])
    assert judged(seal, crl(), ocsps=[answer])


def replace_issuer(given: OcspResponder, other: Authority) -> OcspResponder:
    """The same responder under another key."""
    return replace(given, signer=other.credential)


def test_an_answer_about_another_certificate_is_no_answer() -> None:
    """Good, but not ours."""
    seal, other = leaf("Leaf", OCSP), leaf("Other", OCSP)
    refused(TRY_LATER, seal, ocsps=[responder().statement(other.certificate, at=NOW)])


@pytest.mark.parametrize("ids", [hashes.SHA384(), hashes.SHA512()])
def test_certificate_ids_in_long_digests_do_not_crash(ids: hashes.HashAlgorithm) -> None:
    """A known trap of the library behind, which knows two digests; others are passed over."""
    seal = leaf("Leaf", OCSP)
    answer = responder().statement(seal.certificate, at=NOW, ids=ids)
    refused(TRY_LATER, seal, ocsps=[answer])
    assert judged(seal, crl(), ocsps=[answer])


def test_certificate_ids_in_sha256_are_understood() -> None:
    """As newer responders write them."""
    seal = leaf("Leaf", OCSP)
    assert judged(
        seal, ocsps=[responder().statement(seal.certificate, at=NOW, ids=hashes.SHA256())]
    )


def test_an_answer_after_a_certificate_ended_may_have_forgotten_it() -> None:
    """Its "good" proves nothing then (RFC 6960, 4.4.4); its "revoked later" does."""
    brief = leaf("Leaf", OCSP, validity=Validity(begin=NOW - 100 * DAY, end=NOW - 50 * DAY))
    moment = NOW - 60 * DAY
    answer = responder(lifetime=100 * DAY).statement(brief.certificate, at=NOW)
    refused(TRY_LATER, brief, at=moment, ocsps=[answer])
    said = responder()
    said.revoke(brief.certificate, at=NOW - 55 * DAY)
    late = said.statement(brief.certificate, at=NOW)
    assert judged(brief, at=moment, ocsps=[late]).evidence[0].kind == "OCSP"


def test_an_archive_may_reach_back_beyond_the_end_of_a_certificate() -> None:
    """``archiveCutoff``: before the end of the certificate it keeps, after it it does not."""
    brief = leaf("Leaf", OCSP, validity=Validity(begin=NOW - 100 * DAY, end=NOW - 50 * DAY))
    path = [certificate_of(brief.der)]
    plain = asn1_ocsp.OCSPResponse.load(responder().statement(brief.certificate, at=NOW))
    assert answer_is_silent_on(plain, path)
    for cutoff, silent in ((NOW - 60 * DAY, False), (NOW - 40 * DAY, True)):
        assert answer_is_silent_on(_with_cutoff(plain, cutoff), path) is silent


def _with_cutoff(answer: Any, cutoff: datetime) -> Any:
    basic = answer.basic_ocsp_response.copy()
    basic["tbs_response_data"]["responses"][0]["single_extensions"] = [
        {
            "extn_id": "archive_cutoff",
            "critical": False,
            "extn_value": asn1_core.GeneralizedTime(cutoff),
        }
    ]
    held = {"response_type": "basic_ocsp_response", "response": basic}
    return asn1_ocsp.OCSPResponse({"response_status": "successful", "response_bytes": held})


def test_an_answer_that_says_revoked_later_clears_the_time_before() -> None:
    """Revoked since yesterday: so the day before it was not; and that stands as evidence."""
    seal, said = leaf("Leaf", OCSP), responder()
    said.revoke(seal.certificate, at=NOW - DAY)
    answer = said.statement(seal.certificate, at=NOW)
    (found,) = judged(seal, at=NOW - 2 * DAY, ocsps=[answer]).evidence
    assert (found.kind, found.produced) == ("OCSP", NOW)
    refused(REVOKED, seal, at=NOW - DAY, ocsps=[answer])


def test_news_of_later_must_be_genuine() -> None:
    """A stranger's answer clears nothing; nor does one about another certificate."""
    seal, other = leaf("Leaf", OCSP), leaf("Other", OCSP)
    false = Authority.root(subject_name("Root"), key="p256", validity=YEARS, crl_uri="")
    forging, said = replace(responder(), signer=false.credential), responder()
    forging.revoke(seal.certificate, at=NOW - DAY)
    said.revoke(other.certificate, at=NOW - DAY)
    answers = [
        forging.statement(seal.certificate, at=NOW),
        said.statement(other.certificate, at=NOW),
    ]
    refused(TRY_LATER, seal, at=NOW - 2 * DAY, ocsps=answers)
    true = responder()
    true.revoke(seal.certificate, at=NOW - 3 * DAY)
    both = [*answers, true.statement(seal.certificate, at=NOW)]
    refused(REVOKED, seal, at=NOW - 2 * DAY, ocsps=both)


def test_news_of_the_signer_say_nothing_of_its_authority() -> None:
    """The library would ask nothing of anybody then; we ask about each authority."""
    below = root().subordinate(subject_name("Below"), key="p256", validity=YEARS, crl_uri="")
    seal = below.issue(subject_name("Leaf"), key="p256", validity=YEARS, extensions=[OCSP])
    said = OcspResponder(issuer=below.credential)
    said.revoke(seal.certificate, at=NOW - DAY)
    options: Any = {
        "at": NOW - 2 * DAY,
        "ocsps": [said.statement(seal.certificate, at=NOW)],
        "chain": [below.credential.der],
    }
    refused(TRY_LATER, seal, **options)
    kinds = [item.kind for item in judged(seal, crl(at=NOW), **options).evidence]
    assert kinds == ["OCSP", "CRL"]
    gone = (SubIndication.REVOKED_CA_NO_POE, "certificate.revoked")
    refused(gone, seal, crl(below.credential, since=NOW - 3 * DAY), **options)


@pytest.mark.parametrize("octets", [b"", b"junk", b"\x30\x03\x0a\x01\x06"])
def test_what_is_no_answer_is_passed_over(octets: bytes) -> None:
    """Nothing, junk, and a responder that says "unauthorized"."""
    seal = leaf("Leaf", OCSP)
    refused(TRY_LATER, seal, ocsps=[octets])
    assert judged(seal, crl(), ocsps=[octets])


def test_the_advice_names_where_to_get_what_is_missing() -> None:
    """The addresses of the certificate, lists before responders; nothing that is no address."""
    here, other = "http://crl.demo.invalid/a.crl", "ldap://crl.demo.invalid/a"
    refusal = refused(TRY_LATER, leaf("Leaf", points(here), OCSP))
    assert refusal.advice.endswith(f"Published at: {here}, http://ocsp.demo.invalid/")
    assert "Published" not in refused(TRY_LATER, leaf()).advice
    odd = ["javascript:alert()", "http://x y", "http://x\n", other, other, f"http://{'x' * 500}"]
    assert published_at(refusal_of(ValueError()), odd).advice.strip() == f"Published at: {other}"


def test_a_stranger_has_no_addresses_in_the_advice() -> None:
    """What no anchor vouches for may name any address, and nobody is told to go there."""
    stranger = Authority.root(subject_name("Other"), key="p256", validity=YEARS, crl_uri="")
    seal = stranger.issue(
        subject_name("Leaf"),
        key="p256",
        validity=YEARS,
        extensions=(points("http://evil.invalid/"),),
    )
    with pytest.raises(Refusal) as caught:
        judged(seal)
    assert "evil" not in caught.value.advice
