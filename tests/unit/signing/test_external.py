"""Two steps: what is signed elsewhere is taken only if it is right."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given
from hypothesis import strategies as st
from signing_help import (
    NOW,
    assert_passed,
    attachments,
    certify,
    letter,
    private_key,
    sign,
    signed_letter,
    signing_key,
    verifier_for,
)
from timestamp_help import client

from docexchange.envelope import Envelope
from docexchange.errors import UnreadableInput, UnusableKey, UsageError
from docexchange.signing import PreparedSignature, SignaturePolicy, complete, prepare
from docexchange.signing.xmldsig.algorithms import Digest, Padding

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

POLICY = SignaturePolicy(oid="1.3.6.1.4.1.32473.9", value=hashlib.sha256(b"rules").digest())


def prepared_by(credential: Any, envelope: Envelope, **options: Any) -> PreparedSignature:
    return prepare(envelope, [credential.certificate, *credential.chain], at=NOW, **options)


def finished(
    prepared: PreparedSignature, value: bytes, envelope: Envelope, **options: Any
) -> bytes:
    signed = complete(prepared, value, envelope=envelope, at=NOW, **options)
    return b"".join(signed.envelope.chunks())


@pytest.mark.parametrize("kind", ["p256", "p521", "rsa2048", "ed25519"])
def test_two_steps_give_what_one_step_gives(pki: DemoPki, kind: str) -> None:
    """By way of text, as in another process; for kinds without chance in them, to the byte."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key(kind))
    document = letter(*attachments())
    envelope = Envelope.of(document)
    text = prepared_by(credential, envelope, role="agency").to_json()
    prepared = PreparedSignature.from_json(text)
    value = signing_key(credential).sign(prepared.octets, prepared.algorithm)
    data = finished(prepared, value, envelope)
    if kind in {"rsa2048", "ed25519"}:
        assert data == sign(document, credential)
    assert_passed(verifier_for(pki), data)


def test_a_value_in_der_is_taken_as_well(pki: DemoPki) -> None:
    """Services and openssl give ECDSA values in DER, some over a digest."""
    commune = pki.agency("commune")
    envelope = Envelope.of(letter())
    prepared = prepared_by(commune, envelope)
    assert isinstance(commune.private_key, ec.EllipticCurvePrivateKey)
    hashed = ec.ECDSA(utils.Prehashed(hashes.SHA256()))
    value = commune.private_key.sign(prepared.octets_digest, hashed)
    assert_passed(verifier_for(pki), finished(prepared, value, envelope))


def test_policy_padding_and_digest_survive_the_way(pki: DemoPki) -> None:
    """Everything that was settled when it was prepared."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key("rsa2048"))
    options = {"policy": POLICY, "padding": Padding.PSS, "digest": Digest.SHA384, "role": "ký"}
    prepared = prepared_by(credential, Envelope.of(letter()), **options)
    assert PreparedSignature.from_json(prepared.to_json()) == prepared
    assert prepared.algorithm.name == "PSS_SHA384"


@given(value=st.binary(max_size=80))
def test_no_other_value_is_taken(pki: DemoPki, value: bytes) -> None:
    """Whatever the service sends instead."""
    envelope = Envelope.of(letter())
    prepared = prepared_by(pki.agency("commune"), envelope)
    with pytest.raises(UsageError) as caught:
        finished(prepared, value, envelope)
    assert caught.value.code == "prepared.value"


def test_a_value_by_another_key_is_refused(pki: DemoPki) -> None:
    """The service took the wrong key."""
    envelope = Envelope.of(letter())
    prepared = prepared_by(pki.agency("commune"), envelope)
    value = signing_key(pki.leader("commune")).sign(prepared.octets, prepared.algorithm)
    with pytest.raises(UsageError, match="UBND"):
        finished(prepared, value, envelope)


def test_another_letter_is_refused(pki: DemoPki) -> None:
    """What was signed is not in it, though the value is right."""
    commune = pki.agency("commune")
    prepared = prepared_by(commune, Envelope.of(letter()))
    value = signing_key(commune).sign(prepared.octets, prepared.algorithm)
    for other in (letter(subject="khác"), letter(*attachments())):
        with pytest.raises(UsageError) as caught:
            finished(prepared, value, Envelope.of(other))
        assert caught.value.code == "prepared.other-letter"


def test_a_signature_that_came_meanwhile_stays(pki: DemoPki) -> None:
    """The leader signed while the seal's service was thinking."""
    commune, envelope = pki.agency("commune"), Envelope.of(letter())
    prepared = prepared_by(commune, envelope, role="agency")
    value = signing_key(commune).sign(prepared.octets, prepared.algorithm)
    meanwhile = Envelope.from_bytes(sign(envelope, pki.leader("commune"), role="leader"))
    report = assert_passed(verifier_for(pki), finished(prepared, value, meanwhile))
    assert [item.roles for item in report.signatures] == [("leader",), ("agency",)]


def test_completing_twice_is_refused(pki: DemoPki) -> None:
    """The letter would carry one signature two times."""
    commune, envelope = pki.agency("commune"), Envelope.of(letter())
    prepared = prepared_by(commune, envelope)
    value = signing_key(commune).sign(prepared.octets, prepared.algorithm)
    once = Envelope.from_bytes(finished(prepared, value, envelope))
    with pytest.raises(UsageError) as caught:
        finished(prepared, value, once)
    assert caught.value.code == "sign.twice"


def test_a_timestamp_comes_with_the_second_step(pki: DemoPki) -> None:
    """Only then is there a value to stamp."""
    commune, envelope = pki.agency("commune"), Envelope.of(letter())
    prepared = prepared_by(commune, envelope)
    value = signing_key(commune).sign(prepared.octets, prepared.algorithm)
    data = finished(prepared, value, envelope, timestamps=client(pki.tsa))
    assert assert_passed(verifier_for(pki), data).signatures[0].level == "XAdES-B-T"


def test_a_certificate_that_cannot_sign_is_refused_before_anybody_signs(pki: DemoPki) -> None:
    """Expired, or with a key that is too short."""
    weak = certify("x", issuer=pki.sub_ca.credential, key=private_key("rsa1024"))
    short = certify("x", issuer=pki.sub_ca.credential, end=NOW - timedelta(days=1))
    for credential, code in ((weak, "key.too-small"), (short, "key.out-of-bounds")):
        with pytest.raises(UnusableKey) as caught:
            prepared_by(credential, Envelope.of(letter()))
        assert caught.value.code == code


@given(data=st.data())
def test_what_was_stored_is_read_whole_or_refused(pki: DemoPki, data: st.DataObject) -> None:
    """Any field left out or replaced is told as unreadable, or gives another value."""
    prepared = prepared_by(pki.agency("commune"), Envelope.of(letter()), policy=POLICY)
    plain = json.loads(prepared.to_json())
    name = data.draw(st.sampled_from(sorted(set(plain) - {"octets_digest"})))
    plain[name] = data.draw(st.sampled_from([None, 1, "x", [], {}, "\0", "é"]))
    try:
        found = PreparedSignature.from_json(json.dumps(plain))
    except UnreadableInput as error:
        code = error.code
    else:
        code = "prepared.malformed"
        assert found != prepared
        assert name in {"role", "policy"}
    assert code == "prepared.malformed"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "x"}', "\0", "[" * 10_000])
def test_anything_else_is_no_prepared_signature(text: str) -> None:
    """A letter given by mistake, an empty file, a bomb."""
    with pytest.raises(UnreadableInput) as caught:
        PreparedSignature.from_json(text)
    assert caught.value.code == "prepared.malformed"


def test_an_already_signed_letter_can_be_prepared(pki: DemoPki) -> None:
    """For the second of two signatures."""
    envelope = Envelope.from_bytes(signed_letter(pki))
    leader = pki.leader("commune")
    prepared = prepared_by(leader, envelope, role="leader")
    value = signing_key(leader).sign(prepared.octets, prepared.algorithm)
    report = assert_passed(verifier_for(pki), finished(prepared, value, envelope))
    assert len(report.signatures) == 2
