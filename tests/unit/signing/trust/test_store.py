"""Whom we trust: paths, dates, constraints, revocation, and what is remembered of them."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from signing_help import (
    NOW,
    assert_passed,
    assert_refused,
    certify,
    der,
    letter,
    private_key,
    revocation_list,
    sign,
    trust_in,
)

from docexchange.clock import VirtualClock
from docexchange.errors import ConfigurationError, InputNotFound
from docexchange.signing import SubIndication, TrustStore, Verifier
from docexchange.signing.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.testing import Credential, DemoPki

NO_CHAIN = (SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "certificate.no-chain")
NO_LIST = (SubIndication.TRY_LATER, "certificate.no-revocation-information")
BOUNDS = (SubIndication.OUT_OF_BOUNDS_NO_POE, "certificate.out-of-bounds")
REVOKED = (SubIndication.REVOKED_NO_POE, "certificate.revoked")
REVOKED_CA = (SubIndication.REVOKED_CA_NO_POE, "certificate.revoked")
BAD_PATH = (SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, "certificate.path")
UNREADABLE = (SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, "certificate.unreadable")
WEAK = (SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, "certificate.algorithm")


def path(
    trust: TrustStore,
    leaf: Credential,
    *,
    at: datetime = NOW,
    revocation: bool = True,
    chain: Any = None,
) -> tuple[str, ...]:
    """The subjects on the path of a certificate."""
    carried = leaf.chain if chain is None else chain
    found = trust.find_path(leaf.der, list(map(der, carried)), at=at, check_revocation=revocation)
    return found.subjects


def assert_no_path(trust: TrustStore, leaf: Credential, verdict: Any, **options: Any) -> Refusal:
    """The refusal, after asserting its reason."""
    with pytest.raises(Refusal) as caught:
        path(trust, leaf, **options)
    assert (caught.value.sub_indication, caught.value.code) == verdict, str(caught.value)
    return caught.value


def store(root: Credential, *crls: bytes, **options: Any) -> TrustStore:
    """Trusts one root."""
    return TrustStore([root.der], crls=crls, **options)


# --- reading ---


def test_a_folder_holds_anchors_and_lists(pki: DemoPki, pki_folder: Path) -> None:
    """Certificates by their ending, lists by ``crl`` in the name."""
    trust = TrustStore.from_path(pki_folder / "trust")
    assert trust.anchors == (pki.root.credential.der,)
    assert len(trust.crls) == 2
    names = path(trust, pki.agency("commune"))
    assert [name.split(",")[0] for name in names] == [
        "Common Name: UBND xã An Thạnh",
        "Common Name: Demo Sub-CA",
        "Common Name: Demo Root CA",
    ]


def test_files_of_every_form_are_read(tmp_path: Path, pki: DemoPki) -> None:
    """DER and PEM, a bundle of certificates, lists apart; other files are left alone."""
    root, sub = pki.root.credential, pki.sub_ca.credential
    folder = tmp_path / "trust"
    folder.mkdir()
    (folder / "root.DER").write_bytes(root.der)
    (folder / "README.txt").write_text("not a certificate")
    (tmp_path / "bundle.pem").write_bytes(root.certificate_pem + sub.certificate_pem)
    lists = [tmp_path / "root.crl", tmp_path / "sub.pem"]
    for file, item, form in zip(lists, pki.crls(), (Encoding.DER, Encoding.PEM), strict=True):
        file.write_bytes(item.public_bytes(form))
    trust = TrustStore.from_path(folder, crls=lists)
    assert path(trust, pki.agency("commune"))
    bundle = TrustStore.from_path(tmp_path / "bundle.pem", crls=lists)
    assert path(bundle, pki.agency("commune"), chain=())


def test_every_list_of_a_pem_file_is_read(tmp_path: Path, pki: DemoPki) -> None:
    """A second list passed over would be a revocation passed over."""
    lists = pki.crls()
    pem = b"".join(item.public_bytes(Encoding.PEM) for item in lists)
    (tmp_path / "all.crl").write_bytes(pem)
    (tmp_path / "root.pem").write_bytes(pki.root.credential.certificate_pem)
    trust = TrustStore.from_path(tmp_path)
    assert list(trust.crls) == list(map(der, lists))
    assert_no_path(trust, pki.revoked, REVOKED)


def test_pipes_and_devices_in_a_folder_are_left_alone(pki_folder, tmp_path):
    """One without a writer would be waited for for ever, and some never end."""
    folder = shutil.copytree(pki_folder / "trust", tmp_path / "trust")
    known = TrustStore.from_path(folder)
    os.mkfifo(folder / "pipe.pem")
    os.mkfifo(folder / "pipe.crl")
    (folder / "endless.cer").symlink_to("/dev/zero")
    trust = TrustStore.from_path(folder)
    assert (trust.anchors, trust.crls) == (known.anchors, known.crls)


def test_trust_without_an_anchor_is_refused(tmp_path: Path) -> None:
    """An empty folder trusts nobody; saying so beats refusing every letter."""
    for make in (lambda: TrustStore([]), lambda: TrustStore.from_path(tmp_path)):
        with pytest.raises(ConfigurationError) as caught:
            make()
        assert caught.value.code == "trust.empty"


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    """Anchor, list, or a link to nowhere in a folder."""
    (tmp_path / "nowhere.pem").symlink_to(tmp_path / "gone")
    for paths, crls in (([tmp_path / "x.pem"], []), ([tmp_path], []), ([], [tmp_path / "x.crl"])):
        with pytest.raises(InputNotFound, match=r"x\.|nowhere"):
            TrustStore.from_path(*paths, crls=crls)


@pytest.mark.parametrize("name", ["root.pem", "root.crl", "root.crl.pem", "root.der"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 64,
        b"-----BEGIN CERTIFICATE-----",
        b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----",
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, data: bytes
) -> None:
    """The error names the file."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ConfigurationError, match=name) as caught:
        TrustStore.from_path(tmp_path)
    assert caught.value.code == "trust.unreadable"


def test_a_key_in_the_folder_of_anchors_is_refused(tmp_path: Path, pki: DemoPki) -> None:
    """It does not belong there, and somebody should know."""
    (tmp_path / "root.pem").write_bytes(pki.root.credential.certificate_pem)
    (tmp_path / "key.pem").write_bytes(pki.root.credential.key_pem())
    with pytest.raises(ConfigurationError, match=r"key\.pem"):
        TrustStore.from_path(tmp_path)


@pytest.mark.parametrize("where", ["anchors", "intermediates"])
def test_octets_that_are_no_certificate_are_refused_at_once(pki: DemoPki, where: str) -> None:
    """Not when the first letter comes."""
    root = pki.root.credential.der
    options: Any = {"anchors": [root], where: [root, b"x"]}
    with pytest.raises(ConfigurationError) as caught:
        TrustStore(**options)
    assert caught.value.code == "trust.unreadable"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """Sixty-four megabytes are enough for any list."""
    with (tmp_path / "huge.pem").open("wb") as stream:
        os.truncate(stream.fileno(), 65 * 1024 * 1024)
    with pytest.raises(ConfigurationError, match="64 MiB"):
        TrustStore.from_path(tmp_path / "huge.pem")


# --- paths ---


def test_the_chain_may_come_with_the_letter_or_from_the_operator(pki: DemoPki) -> None:
    """And without it there is no path."""
    commune = pki.agency("commune")
    assert path(trust_in(pki), commune)
    assert path(trust_in(pki, intermediates=[pki.sub_ca.credential.der]), commune, chain=())
    refusal = assert_no_path(trust_in(pki), commune, NO_CHAIN, chain=())
    assert "UBND xã An Thạnh" in str(refusal)
    assert "--trust" in refusal.advice


def test_strangers_have_no_path(pki: DemoPki) -> None:
    """Another root, even when it comes along; a certificate that signs itself."""
    assert_no_path(trust_in(pki), pki.stranger, NO_CHAIN)
    assert_no_path(trust_in(pki), certify("Self"), NO_CHAIN)


def test_a_stranger_among_the_intermediates_is_no_anchor(pki: DemoPki) -> None:
    """Intermediates help; they are not trusted."""
    root = der(pki.stranger.chain[0])
    assert_no_path(trust_in(pki, intermediates=[root]), pki.stranger, NO_CHAIN)


def test_an_anchor_may_be_an_authority_in_the_middle(pki: DemoPki) -> None:
    """One may trust an authority and not all that its root has made; its lists stay unproved."""
    trust = TrustStore([pki.sub_ca.credential.der], crls=[der(pki.crls()[1])])
    assert len(path(trust, pki.agency("commune"), revocation=False)) == 2
    assert_no_path(trust, pki.agency("commune"), NO_LIST)


@pytest.mark.parametrize("root_first", [True, False])
def test_a_root_and_its_authority_may_both_be_given(
    pki: DemoPki,
    root_first: bool,  # noqa: FBT001
) -> None:
    """Whoever puts all certificates into one folder has said nothing wrong."""
    anchors = [pki.root.credential.der, pki.sub_ca.credential.der]
    lists = list(map(der, pki.crls()))
    trust = TrustStore(anchors if root_first else anchors[::-1], crls=lists)
    assert trust.anchors == (pki.root.credential.der,)
    assert len(path(trust, pki.agency("commune"), chain=())) == 3
    assert_no_path(trust, pki.revoked, REVOKED, chain=())


def test_two_roots_of_one_name_and_key_both_stay_anchors() -> None:
    """A root and its renewal vouch for each other, and both are at the top."""
    old = certify("Root", ca=True)
    new = certify("Root", ca=True, key=old.private_key, end=NOW + timedelta(days=9000))
    trust = TrustStore([old.der, new.der])
    assert trust.anchors == (old.der, new.der)
    assert path(trust, certify("Leaf", issuer=new), revocation=False)


def test_two_authorities_that_issued_each_other_are_anchors_when_nobody_else_is() -> None:
    """A circle has no top, and somebody trusts it."""
    one, two = certify("One", ca=True), certify("Two", ca=True)
    cross = certify("One", ca=True, issuer=two, key=one.private_key)
    back = certify("Two", ca=True, issuer=one, key=two.private_key)
    assert TrustStore([cross.der, back.der]).anchors == (cross.der, back.der)


def test_the_issuer_of_an_issuer_is_found() -> None:
    """Three certificates under the root."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root)
    lower = certify("Lower", ca=True, issuer=upper)
    leaf = certify("Leaf", issuer=lower)
    lists = [revocation_list(item) for item in (root, upper, lower)]
    assert len(path(store(root, *lists), leaf)) == 4


def test_a_path_longer_than_an_authority_allows_is_refused() -> None:
    """``pathLenConstraint`` (RFC 5280, clause 4.2.1.9), of a subordinate and of the anchor."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, path_length=0)
    leaf = certify("Leaf", issuer=certify("Lower", ca=True, issuer=upper))
    assert_no_path(store(root), leaf, BAD_PATH, revocation=False)
    short = certify("Short", ca=True, path_length=0)
    below = certify("Below", ca=True, issuer=short)
    assert_no_path(store(short), certify("Leaf", issuer=below), BAD_PATH, revocation=False)
    assert path(store(short), certify("Leaf", issuer=short), revocation=False)


def test_an_authority_that_may_not_sign_certificates_is_refused() -> None:
    """Its key usage lacks ``keyCertSign``."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, usage=frozenset({"digital_signature"}))
    assert_no_path(store(root), certify("Leaf", issuer=upper), BAD_PATH, revocation=False)


def test_name_constraints_of_the_anchor_hold() -> None:
    """They count only when the path is told of them: a known trap of the library behind."""
    only = x509.NameConstraints([x509.DirectoryName(_country("LA"))], None)
    root = certify("Root", ca=True, extensions=[(only, True)])
    assert_no_path(store(root), certify("Leaf", issuer=root), BAD_PATH, revocation=False)
    mine = x509.NameConstraints([x509.DirectoryName(_country("VN"))], None)
    root = certify("Root", ca=True, extensions=[(mine, True)])
    assert path(store(root), certify("Leaf", issuer=root), revocation=False)


def test_name_constraints_of_a_subordinate_hold() -> None:
    """Here for hosts that the certificate of the signer names, and may not name."""
    limits = x509.NameConstraints(None, [x509.DNSName("evil.vn")])
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, extensions=[(limits, True)])
    for host, fine in (("good.vn", True), ("www.evil.vn", False)):
        name = x509.SubjectAlternativeName([x509.DNSName(host)])
        leaf = certify("Leaf", issuer=upper, extensions=[(name, False)])
        if fine:
            assert path(store(root), leaf, revocation=False)
        else:
            assert_no_path(store(root), leaf, BAD_PATH, revocation=False)


def test_a_constraint_that_nobody_can_judge_is_refused() -> None:
    """The library knows no containment of addresses; it says so, and we say no."""
    net = x509.NameConstraints([x509.IPAddress(ipaddress.ip_network("10.0.0.0/8"))], None)
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, extensions=[(net, True)])
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("10.1.1.1"))])
    leaf = certify("Leaf", issuer=upper, extensions=[(host, False)])
    assert_no_path(store(root), leaf, UNREADABLE, revocation=False)


def _country(code: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, code)])


def test_a_certificate_signed_with_sha1_is_refused(pki: DemoPki) -> None:
    """Another with the same digest could be made."""
    leaf = pki.agency("commune")
    parsed = asn1_x509.Certificate.load(leaf.der)
    for part in (parsed["tbs_certificate"]["signature"], parsed["signature_algorithm"]):
        part["algorithm"] = "sha1_ecdsa"
    data = parsed["tbs_certificate"].dump(force=True)
    key = pki.sub_ca.credential.private_key
    parsed["signature_value"] = key.sign(data, ec.ECDSA(hashes.SHA1()))
    chain = list(map(der, leaf.chain))
    with pytest.raises(Refusal) as caught:
        trust_in(pki).find_path(parsed.dump(force=True), chain, at=NOW, check_revocation=True)
    assert (caught.value.sub_indication, caught.value.code) == WEAK


def test_an_authority_with_a_short_rsa_key_is_refused() -> None:
    """RSA-1024 under a good root."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, key=private_key("rsa1024"))
    assert_no_path(store(root), certify("Leaf", issuer=upper), WEAK, revocation=False)


# --- dates ---


@pytest.mark.parametrize(
    ("begin", "end"),
    [(NOW - timedelta(days=9), NOW - timedelta(days=1)), (NOW + timedelta(1), NOW + timedelta(9))],
)
def test_a_certificate_outside_its_dates_is_refused(
    pki: DemoPki, begin: datetime, end: datetime
) -> None:
    """Expired, or not yet valid; and good within them."""
    leaf = certify("Leaf", issuer=pki.sub_ca.credential, begin=begin, end=end)
    assert_no_path(trust_in(pki), leaf, BOUNDS, revocation=False)
    assert path(trust_in(pki), leaf, at=begin + timedelta(days=1), revocation=False)


def test_an_expired_authority_is_refused() -> None:
    """The whole path must be valid at that moment."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, end=NOW - timedelta(days=1))
    leaf = certify("Leaf", issuer=upper)
    assert_no_path(store(root), leaf, BOUNDS, revocation=False)
    assert path(store(root), leaf, at=NOW - timedelta(days=2), revocation=False)


def test_the_dates_of_the_signer_hold_to_the_second(pki: DemoPki) -> None:
    """What is remembered of the path in that minute does not outlive the certificate."""
    end = NOW + timedelta(seconds=30)
    leaf = certify("Leaf", issuer=pki.sub_ca.credential, end=end)
    clock = VirtualClock(NOW)
    verifier = Verifier(trust_in(pki), clock=clock)
    data = sign(letter(), leaf)
    for _ in range(2):
        clock.advance(timedelta(seconds=15))
        assert_passed(verifier, data)
    clock.advance(timedelta(seconds=1))
    assert_refused(verifier, data, *BOUNDS)
    begin = certify("Begin", issuer=pki.sub_ca.credential, begin=clock.now())
    data = sign_at(clock, begin)
    assert_passed(verifier, data)
    earlier = clock.now() - timedelta(seconds=1)
    from docexchange.envelope import Envelope

    assert verifier.examine(Envelope.from_bytes(data), at=earlier).code == BOUNDS[1]


def sign_at(clock: VirtualClock, credential: Credential) -> bytes:
    """A letter signed at the present of a clock."""
    from signing_help import signing_key

    from docexchange.signing import Signer

    return b"".join(Signer(signing_key(credential), clock=clock).sign(letter()).envelope.chunks())


# --- revocation ---


def test_a_revoked_signer_is_refused(pki: DemoPki) -> None:
    """With advice, since nothing proves that the signature is older than the theft."""
    refusal = assert_no_path(trust_in(pki), pki.revoked, REVOKED)
    assert "newly signed" in refusal.advice
    assert path(trust_in(pki), pki.revoked, revocation=False)


def test_a_moment_before_the_revocation_can_be_judged_with_a_later_list(pki: DemoPki) -> None:
    """The list tells since when."""
    since = NOW - timedelta(days=1)
    assert path(trust_in(pki), pki.revoked, at=since - timedelta(minutes=1))
    assert_no_path(trust_in(pki), pki.revoked, REVOKED, at=since + timedelta(minutes=1))


def test_a_revoked_authority_is_refused() -> None:
    """It is told apart from a revoked signer."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root)
    leaf = certify("Leaf", issuer=upper)
    lists = [revocation_list(root, upper), revocation_list(upper)]
    assert_no_path(store(root, *lists), leaf, REVOKED_CA)


@pytest.mark.parametrize("missing", [0, 1])
def test_a_missing_list_leaves_the_question_open(pki: DemoPki, missing: int) -> None:
    """Of the root or of the authority below; nothing is taken to be good for want of a list."""
    lists = list(map(der, pki.crls()))
    del lists[missing]
    trust = TrustStore([pki.root.credential.der], crls=lists)
    refusal = assert_no_path(trust, pki.agency("commune"), NO_LIST)
    assert "--crl" in refusal.advice
    assert path(trust, pki.agency("commune"), revocation=False)


def test_a_list_is_needed_although_the_certificate_names_no_place_for_one() -> None:
    """A known trap of the library behind: "hard fail" does not fail there."""
    root = certify("Root", ca=True)
    leaf = certify("Leaf", issuer=root)
    assert_no_path(store(root), leaf, NO_LIST)
    assert path(store(root, revocation_list(root)), leaf)
    assert_no_path(store(root, revocation_list(root, leaf)), leaf, REVOKED)


def test_a_stale_list_leaves_the_question_open(pki: DemoPki) -> None:
    """Who was revoked since then stands on the next one."""
    lists = list(map(der, pki.crls(NOW - timedelta(days=31))))
    trust = TrustStore([pki.root.credential.der], crls=lists)
    assert_no_path(trust, pki.agency("commune"), NO_LIST)
    assert path(trust, pki.agency("commune"), at=NOW - timedelta(days=20))


def test_a_list_by_somebody_else_is_no_list() -> None:
    """Of the right name, signed with another key: it can neither clear nor accuse."""
    root = certify("Root", ca=True)
    leaf = certify("Leaf", issuer=root)
    false = certify("Root", ca=True)
    assert_no_path(store(root, revocation_list(false)), leaf, NO_LIST)
    forged = revocation_list(false, certify("Leaf", issuer=false))
    assert path(store(root, forged, revocation_list(root)), leaf)


# --- what is remembered ---


def test_verdicts_are_remembered_by_certificate_evidence_and_minute(pki: DemoPki) -> None:
    """The same question within the minute is answered from memory; any other is judged."""
    trust, commune = trust_in(pki), pki.agency("commune")
    first = path(trust, commune)
    assert path(trust, commune, at=NOW + timedelta(seconds=59)) is first
    assert path(trust, commune, at=NOW + timedelta(seconds=60)) is not first
    assert path(trust, commune, revocation=False) is not first
    assert_no_path(trust, commune, NO_CHAIN, chain=())
    assert path(trust, commune) is first


def test_a_refusal_is_remembered_too(pki: DemoPki) -> None:
    """Each time as a fresh exception: one shared by threads would gather their tracebacks."""
    trust = trust_in(pki)
    first, second = (assert_no_path(trust, pki.revoked, REVOKED) for _ in range(2))
    assert first is not second
    assert str(first) == str(second)


def test_memory_is_bounded(pki: DemoPki) -> None:
    """The oldest verdict goes first."""
    trust = trust_in(pki)
    stranger = der(pki.stranger.chain[0])
    for number in range(4200):
        with pytest.raises(Refusal):
            trust.find_path(b"%d" % number, [stranger], at=NOW, check_revocation=False)
    assert len(trust._verdicts) == 4096


def test_it_works_inside_a_running_event_loop(pki: DemoPki) -> None:
    """A web server judges a letter while it serves others."""

    async def judged() -> tuple[str, ...]:
        return path(trust_in(pki), pki.agency("commune"))

    assert len(asyncio.run(judged())) == 3


def test_threads_may_share_it(pki: DemoPki) -> None:
    """Good and bad certificates at once, each with its own answer."""
    trust = trust_in(pki)

    def ask(number: int) -> str:
        leaf = (pki.agency("commune"), pki.revoked, pki.stranger)[number % 3]
        try:
            return str(len(path(trust, leaf, at=NOW + timedelta(minutes=number % 5))))
        except Refusal as refusal:
            return refusal.code

    expected = ["3", "certificate.revoked", "certificate.no-chain"]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(60))) == expected * 20
