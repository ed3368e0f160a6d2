"""Every lie that a timestamp token can tell, and the name it is refused by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import algos, cms, tsp, x509
from cryptography.x509 import ExtendedKeyUsage, ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from signing_help import NOW, certify, der, private_key, revocation_list, trust_in
from timestamp_help import DATA, STAMPS, Forged, authority, in_pieces, stamper

from docexchange.clock import VirtualClock
from docexchange.signing import TimestampRules, TrustStore, VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.token_checks import check_token
from docexchange.signing.tokens import MAX_TOKEN, read_token
from docexchange.testing import TimestampAuthority

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.testing import Credential, DemoPki

POLICY = VerificationPolicy()


def judged(der: bytes, trust: TrustStore, *, data: bytes = DATA, **options: Any) -> object:
    options = {"policy": POLICY, "at": NOW + timedelta(days=1)} | options
    return check_token(read_token(der), data, trust=trust, **options)


def assert_refused(der: bytes, trust: TrustStore, code: str, **options: Any) -> None:
    with pytest.raises(Refusal) as caught:
        judged(der, trust, **options)
    assert caught.value.code == f"timestamp.{code}", str(caught.value)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048", "ed25519"])
def test_a_token_of_a_trusted_authority_is_believed(pki: DemoPki, kind: str) -> None:
    """Whatever kind of key it has, its maker comes back, with the path and both lists."""
    maker = stamper(pki, f"TSA {kind}", key=private_key(kind))
    token = authority(maker).stamp(DATA)
    found_maker = judged(token, trust_in(pki))
    assert found_maker.certificate == maker.certificate
    assert found_maker.path == (maker.der, pki.sub_ca.credential.der, pki.root.credential.der)
    assert [item.kind for item in found_maker.evidence] == ["CRL", "CRL"]
    found = read_token(token)
    assert (found.time, found.accuracy, found.serial) == (NOW, timedelta(seconds=1), 1)


@pytest.mark.parametrize("size", [1, 40, 1000])
def test_a_token_may_be_written_in_ber(pki: DemoPki, size: int) -> None:
    """RFC 5652, clause 5.1: only what is signed must be DER, not what is around it."""
    token = authority(pki.tsa).stamp(DATA)
    written = in_pieces(token, size)
    assert judged(written, trust_in(pki))
    assert replace(read_token(written), der=b"") == replace(read_token(token), der=b"")
    assert_refused(written, trust_in(pki), "imprint", data=DATA + b" ")


def test_a_token_is_read_once_and_every_other_anew(pki: DemoPki) -> None:
    """What is remembered is remembered by all octets; what is no token is none each time."""
    token = authority(pki.tsa).stamp(DATA)
    other = authority(pki.tsa).stamp(DATA + b" ")
    assert read_token(token) is read_token(bytes(bytearray(token)))
    assert read_token(other).imprint != read_token(token).imprint
    for _ in range(2):
        with pytest.raises(Refusal):
            read_token(token[:-1])


def test_other_octets_are_not_proved(pki: DemoPki) -> None:
    """A token over something else, or over one octet more, is refused as moved."""
    token = authority(pki.tsa).stamp(DATA)
    assert_refused(token, trust_in(pki), "imprint", data=DATA + b" ")


@given(at=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_no_flipped_bit_changes_what_a_token_says(pki: DemoPki, at: int, bit: int) -> None:
    """Either it is refused with a name, or the flip lies outside of all that it says."""
    token = authority(pki.tsa).stamp(DATA)
    forged = bytearray(token)
    forged[at % len(token)] ^= 1 << bit
    try:
        judged(bytes(forged), trust_in(pki))
    except Refusal as refusal:
        code = refusal.code
    else:
        code = "timestamp.same"
        found, genuine = read_token(bytes(forged)), read_token(token)
        same = replace(found, der=b"", certificates=()), replace(genuine, der=b"", certificates=())
        assert same[0] == same[1]
    assert code.startswith("timestamp.")


@given(length=st.integers(min_value=0, max_value=1500), tail=st.binary(max_size=8))
def test_a_cut_or_longer_token_is_refused(pki: DemoPki, length: int, tail: bytes) -> None:
    """Nothing but the whole token is one, and nothing may follow it."""
    token = authority(pki.tsa).stamp(DATA)
    for forged in (token[:length], token + b"\0" + tail):
        assert_refused(forged, trust_in(pki), "format")


@given(junk=st.binary(max_size=200))
def test_junk_is_refused_as_junk(junk: bytes) -> None:
    """Whatever the octets, the answer is a refusal with a name."""
    with pytest.raises(Refusal, match="expected"):
        read_token(junk)


def test_a_token_longer_than_any_is_not_even_read() -> None:
    """The limit comes before the parser."""
    with pytest.raises(Refusal, match="131073"):
        read_token(bytes(MAX_TOKEN + 1))


def second_signature(signed: Any) -> None:
    signed["signer_infos"] = [signed["signer_infos"][0].copy(), signed["signer_infos"][0].copy()]


def no_certificates(signed: Any) -> None:
    signed["certificates"] = []


def other_version(signed: Any) -> None:
    signed["version"] = "v1"


def other_content(signed: Any) -> None:
    signed["encap_content_info"]["content_type"] = "data"


def sha1_imprint(forged: Forged) -> None:
    forged.info(
        message_imprint={"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}
    )


def critical_extension(forged: Forged) -> None:
    extension = {"extn_id": "1.2.3.4", "critical": True, "extn_value": b"x"}
    forged.info(extensions=[extension])


def doubled_attribute(forged: Forged) -> None:
    held = list(forged.signer["signed_attrs"])
    forged.signed_attributes([*held, held[1].copy()])


def mark_of_another(forged: Forged) -> None:
    mark = tsp.ESSCertIDv2(
        {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "cert_hash": bytes(32)}
    )
    forged.attributes(signing_certificate_v2=[tsp.SigningCertificateV2({"certs": [mark]})])


def marked(maker: Credential, *, issuer: x509.Name | None = None, more: int = 0) -> list[Any]:
    """An ESSCertIDv2 that names its certificate by issuer and number as well."""
    held = x509.Certificate.load(maker.der)
    serial = {
        "issuer": [x509.GeneralName("directory_name", issuer or held.issuer)],
        "serial_number": held.serial_number + more,
    }
    mark = tsp.ESSCertIDv2(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "cert_hash": held.sha256,
            "issuer_serial": serial,
        }
    )
    return [tsp.SigningCertificateV2({"certs": [mark]})]


def test_a_token_may_name_its_certificate_by_issuer_and_number(pki: DemoPki) -> None:
    """As many authorities do (RFC 5035, clause 4): the right ones pass, others are refused."""

    def token(**changes: Any) -> bytes:
        forged = Forged(authority(pki.tsa).stamp(DATA), pki.tsa)
        return forged.attributes(signing_certificate_v2=marked(pki.tsa, **changes)).der()

    assert judged(token(), trust_in(pki))
    other = x509.Name.build({"common_name": "another"})
    for changes in ({"issuer": other}, {"more": 1}):
        assert_refused(token(**changes), trust_in(pki), "certificate")


def wrong_serial(forged: Forged) -> None:
    sid = forged.signer["sid"].chosen
    changed = {"issuer": sid["issuer"], "serial_number": sid["serial_number"].native + 1}
    forged.signer["sid"] = cms.SignerIdentifier("issuer_and_serial_number", changed)


FORGERIES: dict[str, tuple[Callable[[Forged], object], str]] = {
    "two signatures": (lambda token: token.change(second_signature), "format"),
    "no certificate": (lambda token: token.change(no_certificates), "certificate"),
    "another version": (lambda token: token.change(other_version), "format"),
    "other content": (lambda token: token.change(other_content), "format"),
    "an imprint by SHA-1": (sha1_imprint, "algorithm"),
    "a critical extension": (critical_extension, "extension"),
    "an attribute twice": (doubled_attribute, "format"),
    "no content type": (lambda token: token.attributes(content_type=None), "format"),
    "another content type": (lambda token: token.attributes(content_type=["data"]), "format"),
    "no digest": (lambda token: token.attributes(message_digest=None), "format"),
    "another digest": (lambda token: token.attributes(message_digest=[bytes(32)]), "content"),
    "no ESSCertID": (lambda token: token.attributes(signing_certificate_v2=None), "certificate"),
    "the ESSCertID of another": (mark_of_another, "certificate"),
    "the number of another certificate": (wrong_serial, "certificate"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_is_refused_by_name(pki: DemoPki, name: str) -> None:
    """Even when the maker itself signs what breaks the rules."""
    change, code = FORGERIES[name]
    forged = Forged(authority(pki.tsa).stamp(DATA), pki.tsa)
    change(forged)
    assert_refused(forged.der(), trust_in(pki), code)


def test_another_time_needs_the_makers_key(pki: DemoPki) -> None:
    """The same change by the maker passes, by anybody else it is a broken signature."""
    token = authority(pki.tsa).stamp(DATA)
    earlier = NOW - timedelta(days=2)
    assert judged(Forged(token, pki.tsa).info(gen_time=earlier).der(), trust_in(pki))
    other = Forged(token, pki.agency("commune")).info(gen_time=earlier)
    assert_refused(other.der(), trust_in(pki), "signature")


@pytest.mark.parametrize(
    "extensions",
    [
        [],
        [(ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), False)],
        [(ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), True)],
        [
            (
                ExtendedKeyUsage(
                    [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING]
                ),
                True,
            )
        ],
    ],
    ids=["none", "not critical", "another", "two"],
)
def test_only_a_certificate_for_timestamps_alone_may_make_them(
    pki: DemoPki, extensions: list[Any]
) -> None:
    """RFC 3161, clause 2.3: one purpose, and critical; an agency cannot stamp its own letters."""
    maker = stamper(pki, "No TSA", extensions=extensions)
    assert_refused(authority(maker).stamp(DATA), trust_in(pki), "purpose")


def test_a_key_that_may_not_sign_makes_no_timestamps(pki: DemoPki) -> None:
    """RFC 5280, clause 4.2.1.3: a key usage that is there must allow it; none at all is none."""
    maker = stamper(pki, "Deciphering TSA", usage=frozenset({"key_encipherment"}))
    assert_refused(authority(maker).stamp(DATA), trust_in(pki), "purpose")
    silent = stamper(pki, "TSA of few words", usage=frozenset())
    assert judged(authority(silent).stamp(DATA), trust_in(pki))


def test_a_strangers_token_is_refused(pki: DemoPki) -> None:
    """An authority below a root that nobody trusts."""
    root = certify("Stranger Root", ca=True)
    maker = certify("Stranger TSA", issuer=root, extensions=[STAMPS])
    assert_refused(authority(maker).stamp(DATA), trust_in(pki), "no-chain")


def test_a_weak_key_makes_no_timestamps(pki: DemoPki) -> None:
    """RSA of 1024 bits is refused for authorities as for signers."""
    maker = stamper(pki, "Weak TSA", key=private_key("rsa1024"))
    assert_refused(authority(maker).stamp(DATA), trust_in(pki), "key-size")


def trust_with(pki: DemoPki, *revoked: Credential, since: Any) -> TrustStore:
    root_list = der(pki.crls()[0])
    lists = [root_list, revocation_list(pki.sub_ca.credential, *revoked, since=since)]
    return TrustStore([pki.root.credential.der], crls=lists)


def test_a_key_reported_stolen_stamps_no_more(pki: DemoPki) -> None:
    """Whether the report is older or younger than the token's own word for its time."""
    maker = stamper(pki, "Stolen TSA")
    early = NOW - timedelta(days=5)
    token = authority(maker, at=early).stamp(DATA)
    assert judged(token, trust_with(pki, since=NOW))
    for since in (early - timedelta(days=1), early + timedelta(days=1)):
        assert_refused(token, trust_with(pki, maker, since=since), "revoked")


def test_a_token_outlives_its_makers_certificate(pki: DemoPki) -> None:
    """Path and period are those of the token's time; a time outside of it is refused."""
    maker = stamper(pki, "Old TSA", end=NOW + timedelta(hours=1))
    token = authority(maker).stamp(DATA)
    assert judged(token, trust_in(pki), at=NOW + timedelta(days=10))
    late = authority(maker, at=NOW + timedelta(hours=2)).stamp(DATA)
    assert_refused(late, trust_in(pki), "out-of-bounds")


def test_a_token_of_the_future_proves_nothing_yet(pki: DemoPki) -> None:
    """Judged for a moment before it was made, there was no token; clocks may differ a little."""
    token = authority(pki.tsa).stamp(DATA)
    assert judged(token, trust_in(pki), at=NOW - timedelta(minutes=4))
    assert_refused(token, trust_in(pki), "future", at=NOW - timedelta(minutes=6))


def test_rules_on_policy_and_accuracy_are_kept(pki: DemoPki) -> None:
    """A verifier that names policies or an accuracy gets those or none."""
    token = TimestampAuthority(
        pki.tsa, clock=VirtualClock(NOW), policy="1.2.3", accuracy_seconds=5
    ).stamp(DATA)

    def rules(**options: Any) -> VerificationPolicy:
        return VerificationPolicy(timestamps=TimestampRules(**options))

    trust = trust_in(pki)
    assert judged(token, trust, policy=rules(policies=("1.2.3",)))
    assert judged(token, trust, policy=rules(max_accuracy=timedelta(seconds=5)))
    assert_refused(token, trust, "policy", policy=rules(policies=("1.2.4",)))
    strict = rules(max_accuracy=timedelta(seconds=4))
    assert_refused(token, trust, "accuracy", policy=strict)
    silent = Forged(token, pki.tsa)
    silent.info(accuracy=None)
    assert_refused(silent.der(), trust, "accuracy", policy=strict)
