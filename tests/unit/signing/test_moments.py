"""Since when a signature is proved to exist, and what hangs on that time (EN 319 102-1, 5.5)."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from signing_help import (
    EXCLUSIVE,
    NOW,
    XADES,
    Forgery,
    assert_passed,
    assert_refused,
    attachments,
    b64,
    certify,
    der,
    edit,
    exclusive,
    letter,
    revocation_list,
    sign,
    verifier_for,
)
from timestamp_help import STAMPS, Broken, Forged, authority, client, stamper

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.errors import TransportError
from docexchange.signing import (
    Indication,
    SubIndication,
    TrustStore,
    TsaClient,
    VerificationPolicy,
    Verifier,
    timestamped,
)

if TYPE_CHECKING:
    from docexchange.testing import Credential, DemoPki

DAY = timedelta(days=1)
DECLARING = f'<ds:Signature xmlns:xades="{XADES}" '
HOUR = timedelta(hours=1)


def stamped_letter(pki: DemoPki, signer: Credential | None = None, **options: Any) -> bytes:
    """The commune's letter, with a timestamp of the moment of signing."""
    options.setdefault("timestamps", client(pki.tsa))
    return sign(letter(*attachments()), signer or pki.agency("commune"), **options)


def judged_at(pki: DemoPki, at: datetime, *crls: bytes, **policy: Any) -> Verifier:
    """A verifier of a later time, with lists of that time."""
    lists = crls or tuple(der(item) for item in pki.crls(at - timedelta(hours=1)))
    trust = TrustStore([pki.root.credential.der], crls=lists)
    return Verifier(trust, clock=VirtualClock(at), policy=VerificationPolicy(**policy))


def token_in(forgery: Forgery) -> Any:
    """The element with the token."""
    return forgery.one("//xades:EncapsulatedTimeStamp")


def test_a_timestamp_makes_it_b_t(pki: DemoPki) -> None:
    """Level, best time, authority and accuracy are told."""
    data = stamped_letter(pki)
    found = assert_passed(judged_at(pki, NOW + DAY), data).signatures[0]
    assert (found.level, found.best_signature_time) == ("XAdES-B-T", NOW)
    stamp = found.timestamps[0]
    assert stamp.authority is not None
    assert (stamp.authority.name, stamp.time, stamp.accuracy_seconds) == ("Demo TSA", NOW, 1.0)
    step = next(step for step in found.steps if step.name == "timestamps")
    assert step.passed
    assert [step.number for step in found.steps] == list(range(1, len(found.steps) + 1))


def test_without_one_nothing_older_than_now_is_proved(pki: DemoPki) -> None:
    """B-B: the best time is the moment of judging."""
    data = sign(letter(), pki.agency("commune"))
    found = assert_passed(judged_at(pki, NOW + DAY), data).signatures[0]
    assert (found.level, found.best_signature_time) == ("XAdES-B-B", NOW + DAY)
    assert found.timestamps == ()


def test_an_expired_certificate_passes_if_it_was_valid_when_stamped(pki: DemoPki) -> None:
    """The same letter without the timestamp does not pass any more."""
    short = certify("short", issuer=pki.sub_ca.credential, end=NOW + DAY)
    # Lists from before its end: later ones need not name what has expired anyway.
    lists = [der(item) for at in (NOW + DAY, NOW + 10 * DAY) for item in pki.crls(at - HOUR)]
    later = judged_at(pki, NOW + 10 * DAY, *lists)
    assert_passed(later, stamped_letter(pki, short))
    assert_refused(
        later,
        sign(letter(), short),
        SubIndication.OUT_OF_BOUNDS_NO_POE,
        "certificate.out-of-bounds",
    )


def test_a_timestamp_after_the_end_of_the_certificate_is_too_late(pki: DemoPki) -> None:
    """It proves that the signature was there at a time when the certificate was not valid."""
    short = certify("short", issuer=pki.sub_ca.credential, end=NOW + DAY)
    data = sign(letter(), short)
    late = NOW + 2 * DAY
    stamp = client(pki.tsa, at=late)
    data = b"".join(timestamped(Envelope.from_bytes(data), stamp, at=late).envelope.chunks())
    report = assert_refused(
        judged_at(pki, NOW + 10 * DAY),
        data,
        SubIndication.OUT_OF_BOUNDS_NO_POE,
        "certificate.out-of-bounds",
    )
    assert report.signatures[0].best_signature_time == late


def test_a_signature_older_than_its_certificate_failed(pki: DemoPki) -> None:
    """Proved to be made before the certificate was: no later proof can mend that (5.5.4)."""
    early = NOW - 60 * DAY
    old_tsa = stamper(pki, "Old TSA", begin=NOW - 90 * DAY)
    data = stamped_letter(pki)
    forgery = Forgery(data)
    value = exclusive(forgery.one("//ds:SignatureValue"))
    token_in(forgery).text = b64(authority(old_tsa, at=early).stamp(value))
    assert_refused(
        verifier_for(pki),
        forgery.bytes(),
        SubIndication.NOT_YET_VALID,
        "certificate.not-yet-valid",
    )


@pytest.mark.parametrize(("since", "passes"), [(timedelta(hours=1), True), (-DAY, False)])
def test_what_was_revoked_after_the_timestamp_passes(
    pki: DemoPki,
    since: timedelta,
    passes: bool,  # noqa: FBT001
) -> None:
    """And what was revoked before it does not."""
    signer = certify("revoked later", issuer=pki.sub_ca.credential)
    at = NOW + 5 * DAY
    root_list = der(pki.crls(at - timedelta(hours=1))[0])
    own = revocation_list(
        pki.sub_ca.credential, signer, at=at - timedelta(hours=1), since=NOW + since
    )
    verifier = judged_at(pki, at, root_list, own)
    bare = sign(letter(), signer)
    assert_refused(verifier, bare, SubIndication.REVOKED_NO_POE, "certificate.revoked")
    data = stamped_letter(pki, signer)
    if passes:
        assert_passed(verifier, data)
    else:
        assert_refused(verifier, data, SubIndication.REVOKED_NO_POE, "certificate.revoked")


def of_another_signature(pki: DemoPki) -> bytes:
    other = Forgery(stamped_letter(pki, pki.leader("commune")))
    forgery = Forgery(stamped_letter(pki))
    token_in(forgery).text = token_in(other).text
    return forgery.bytes()


def of_a_stranger(pki: DemoPki) -> bytes:
    root = certify("Stranger Root", ca=True)
    return stamped_letter(
        pki, timestamps=client(certify("Stranger TSA", issuer=root, extensions=[STAMPS]))
    )


def broken(pki: DemoPki) -> bytes:
    forgery = Forgery(stamped_letter(pki))
    value = exclusive(forgery.one("//ds:SignatureValue"))
    forged = Forged(authority(pki.tsa).stamp(value), pki.agency("district"))
    token_in(forgery).text = b64(forged.info(gen_time=NOW - DAY).der())
    return forgery.bytes()


def junk(pki: DemoPki) -> bytes:
    forgery = Forgery(stamped_letter(pki))
    token_in(forgery).text = b64(b"junk")
    return forgery.bytes()


def over_other_octets(pki: DemoPki) -> bytes:
    forgery = Forgery(stamped_letter(pki))
    include = forgery.one("//xades:SignatureTimeStamp")
    include.insert(0, include.makeelement("{http://uri.etsi.org/01903/v1.3.2#}Include", URI="#x"))
    return forgery.bytes()


def canonicalised_otherwise(pki: DemoPki) -> bytes:
    forgery = Forgery(stamped_letter(pki))
    forgery.one("//xades:SignatureTimeStamp/ds:CanonicalizationMethod").set("Algorithm", "urn:x")
    return forgery.bytes()


BAD = {
    "of another signature": (of_another_signature, "timestamp.imprint"),
    "of a stranger": (of_a_stranger, "timestamp.no-chain"),
    "broken": (broken, "timestamp.signature"),
    "junk": (junk, "timestamp.format"),
    "over other octets": (over_other_octets, "timestamp.format"),
    "canonicalised otherwise": (canonicalised_otherwise, "timestamp.format"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_timestamp_is_told_and_not_counted(pki: DemoPki, name: str) -> None:
    """The letter is as good as without it; whoever insists on timestamps refuses it."""
    make, code = BAD[name]
    data = make(pki)
    at = NOW + DAY
    found = assert_passed(judged_at(pki, at), data).signatures[0]
    assert (found.level, found.best_signature_time) == ("XAdES-B-B", at)
    assert found.timestamps[0].code == code
    assert found.timestamps[0].indication is not Indication.TOTAL_PASSED
    assert found.timestamps[0].authority is None
    step = next(step for step in found.steps if step.name == "timestamps")
    assert step.passed is False
    assert "not counted" in step.detail
    strict = judged_at(pki, at, require_timestamp=True)
    assert_refused(strict, data, SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.no-timestamp")


def test_a_bad_timestamp_saves_no_expired_certificate(pki: DemoPki) -> None:
    """A backdated token of a stranger proves nothing."""
    short = certify("short", issuer=pki.sub_ca.credential, end=NOW + DAY)
    root = certify("Stranger Root", ca=True)
    stranger = certify("Stranger TSA", issuer=root, extensions=[STAMPS])
    data = stamped_letter(pki, short, timestamps=client(stranger))
    assert_refused(
        judged_at(pki, NOW + 10 * DAY),
        data,
        SubIndication.OUT_OF_BOUNDS_NO_POE,
        "certificate.out-of-bounds",
    )


def test_the_earliest_good_one_counts(pki: DemoPki) -> None:
    """Whatever their order, and whatever bad ones stand between."""
    data = stamped_letter(pki)
    forgery = Forgery(data)
    value = exclusive(forgery.one("//ds:SignatureValue"))
    place = forgery.one("//xades:UnsignedSignatureProperties")
    for token in (authority(pki.tsa, at=NOW - DAY).stamp(value), b"junk"):
        extra = copy.deepcopy(place[0])
        extra[-1].text = b64(token)
        place.append(extra)
    found = assert_passed(verifier_for(pki), forgery.bytes()).signatures[0]
    assert found.best_signature_time == NOW - DAY
    assert [stamp.passed for stamp in found.timestamps] == [True, True, False]


def test_judged_before_the_timestamp_was_made_there_is_none(pki: DemoPki) -> None:
    """A proof of the future is none yet."""
    data = stamped_letter(pki)
    found = verifier_for(pki).examine(Envelope.from_bytes(data), at=NOW - timedelta(minutes=10))
    assert found.passed
    assert found.signatures[0].timestamps[0].code == "timestamp.future"


@pytest.mark.parametrize("method", ["inclusive", "none named"])
def test_other_canonical_forms_are_understood(pki: DemoPki, method: str) -> None:
    """Inclusive canonical XML is what XMLDSig takes where no method is named."""
    inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    forgery = Forgery(stamped_letter(pki))
    value = forgery.one("//ds:SignatureValue")
    octets = etree.tostring(value, method="c14n", exclusive=False, with_comments=False)
    token_in(forgery).text = b64(authority(pki.tsa).stamp(octets))
    named = forgery.one("//xades:SignatureTimeStamp/ds:CanonicalizationMethod")
    if method == "inclusive":
        named.set("Algorithm", inclusive)
    else:
        named.getparent().remove(named)
    found = assert_passed(verifier_for(pki), forgery.bytes()).signatures[0]
    assert found.level == "XAdES-B-T"


PREFIXED = '<e:InclusiveNamespaces xmlns:e="{}" PrefixList="{}"/>'


@pytest.mark.parametrize(
    ("inside", "drawn", "code"),
    [
        (PREFIXED.format(EXCLUSIVE, "xades"), {"xades": XADES}, ""),
        (PREFIXED.format(EXCLUSIVE, "xades"), {}, "timestamp.imprint"),
        (PREFIXED.format(EXCLUSIVE, "nothing"), {}, ""),
        (PREFIXED.format("urn:x", "xades"), {"xades": XADES}, "signature.format"),
        (2 * PREFIXED.format(EXCLUSIVE, ""), {}, "signature.format"),
    ],
    ids=["as named", "ignored", "not in force", "of another namespace", "twice"],
)
def test_prefixes_that_the_canonical_form_draws_in_are_stamped_too(
    pki: DemoPki, inside: str, drawn: dict[str, str], code: str
) -> None:
    """Exclusive Canonical XML, clause 3: ``InclusiveNamespaces`` is part of the method."""
    forgery = Forgery(edit(stamped_letter(pki), "<ds:Signature ", DECLARING))
    value = forgery.one("//ds:SignatureValue")
    octets = etree.tostring(
        value, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=[*drawn]
    )
    token_in(forgery).text = b64(authority(pki.tsa).stamp(octets))
    named = forgery.one("//xades:SignatureTimeStamp/ds:CanonicalizationMethod")
    named.extend(etree.fromstring(f"<a>{inside}</a>"))
    stamp = assert_passed(verifier_for(pki), forgery.bytes()).signatures[0].timestamps[0]
    assert stamp.code == code


def test_signing_fails_where_no_authority_answers(pki: DemoPki) -> None:
    """No letter leaves without the proof that was asked for."""
    with pytest.raises(TransportError, match="closed door"):
        stamped_letter(pki, timestamps=TsaClient(("a", "b"), poster=Broken()))


@pytest.mark.parametrize(
    ("old", "new", "passes"),
    [
        ("<xades:SignatureTimeStamp ", "<xades:ArchiveTimeStamp ", True),
        ("<xades:SignatureTimeStamp ", "<xades:Whatever ", False),
    ],
)
def test_unsigned_properties_are_known_or_refused(
    pki: DemoPki,
    old: str,
    new: str,
    passes: bool,  # noqa: FBT001
) -> None:
    """Material for long-term validation is told as not judged; the unknown breaks the form."""
    name = new.strip("< ")
    data = edit(stamped_letter(pki), old, new)
    data = edit(data, "</xades:SignatureTimeStamp>", f"</{name}>")
    if not passes:
        assert_refused(verifier_for(pki), data, SubIndication.FORMAT_FAILURE, "signature.format")
        return
    steps = assert_passed(verifier_for(pki), data).signatures[0].steps
    assert steps[-1].passed is None
    assert "ArchiveTimeStamp" in steps[-1].detail


def test_too_many_unsigned_properties_are_refused_before_any_is_judged(pki: DemoPki) -> None:
    """Each costs a path to be built."""
    forgery = Forgery(stamped_letter(pki))
    place = forgery.one("//xades:UnsignedSignatureProperties")
    place.extend([copy.deepcopy(place[0]) for _ in range(32)])
    assert_refused(
        verifier_for(pki), forgery.bytes(), SubIndication.FORMAT_FAILURE, "signature.format"
    )


def test_the_report_tells_timestamps_in_json(pki: DemoPki) -> None:
    """Times as text, verdicts by name."""
    report = assert_passed(verifier_for(pki), stamped_letter(pki))
    plain = report.as_json()["signatures"][0]["timestamps"][0]
    assert plain["time"] == "2026-03-02T02:00:00+00:00"
    assert plain["indication"] == "TOTAL-PASSED"
