"""The certificates and lists of one small certification authority."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from docexchange.errors import UsageError
from docexchange.testing import Authority, Validity, subject_name

if TYPE_CHECKING:
    from docexchange.testing import Credential, DemoPki

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
YEAR = Validity(begin=NOON, end=NOON + timedelta(days=365))


def _root(key: str = "p256") -> Authority:
    return Authority.root(
        subject_name("Root"), key=key, validity=YEAR, crl_uri="http://crl.demo.invalid/r.crl"
    )


def _extension(credential: Credential, kind: type) -> x509.Extension:
    return credential.certificate.extensions.get_extension_for_class(kind)


def test_authorities_may_certify_within_their_path_length(pki: DemoPki) -> None:
    """Root and sub-CA are critical CAs, path lengths 1 and 0, and sign certificates and lists."""
    for authority, length in ((pki.root, 1), (pki.sub_ca, 0)):
        constraints = _extension(authority.credential, x509.BasicConstraints)
        usage = _extension(authority.credential, x509.KeyUsage)
        assert (constraints.critical, usage.critical) == (True, True)
        assert (constraints.value.ca, constraints.value.path_length) == (True, length)
        assert (usage.value.key_cert_sign, usage.value.crl_sign) == (True, True)
        assert not usage.value.digital_signature


def test_signers_may_sign_documents_and_nothing_else(pki: DemoPki) -> None:
    """A signer is critically no CA, and its key usage is digitalSignature and nonRepudiation."""
    constraints = _extension(pki.leader("commune"), x509.BasicConstraints)
    usage = _extension(pki.leader("commune"), x509.KeyUsage)
    assert (constraints.critical, usage.critical) == (True, True)
    assert not constraints.value.ca
    assert (usage.value.digital_signature, usage.value.content_commitment) == (True, True)
    assert (usage.value.key_cert_sign, usage.value.crl_sign) == (False, False)
    assert not usage.value.key_agreement


def test_key_identifiers_chain_the_certificates(pki: DemoPki) -> None:
    """Each authority key identifier is the subject key identifier one level up."""
    for lower, upper in ((pki.agency("commune"), pki.sub_ca), (pki.sub_ca.credential, pki.root)):
        above = _extension(upper.credential, x509.SubjectKeyIdentifier).value
        assert _extension(lower, x509.AuthorityKeyIdentifier).value.key_identifier == above.digest


def test_certificates_say_where_their_list_is(pki: DemoPki) -> None:
    """The distribution point is an address that cannot exist (RFC 2606, ``.invalid``)."""
    (point,) = _extension(pki.agency("commune"), x509.CRLDistributionPoints).value
    assert [name.value for name in point.full_name] == ["http://crl.demo.invalid/sub-ca.crl"]


@pytest.mark.parametrize(("key", "digest"), [("p256", hashes.SHA256), ("p384", hashes.SHA384)])
def test_the_digest_is_as_strong_as_the_key(key: str, digest: type) -> None:
    """P-384 signs with SHA-384, everything else with SHA-256."""
    seal = _root(key).issue(subject_name("UBND xã An Thạnh"), key=key, validity=YEAR)
    assert isinstance(seal.certificate.signature_hash_algorithm, digest)


def test_a_serial_number_follows_from_its_key() -> None:
    """Two certificates with the same subject never share a serial number, and 128 bits suffice."""
    root = _root()
    serials = {
        root.issue(subject_name("A"), key="p256", validity=YEAR).certificate.serial_number
        for _ in range(8)
    }
    assert len(serials) == 8
    assert all(0 < serial < 2**128 for serial in serials)


def test_what_the_root_issues_carries_no_chain() -> None:
    """The trust anchor never travels in a signature."""
    assert _root().issue(subject_name("A"), key="p256", validity=YEAR).chain == ()


def test_a_list_holds_what_was_revoked_by_then() -> None:
    """A revocation later than the list stands only in the next list."""
    root = _root()
    seal = root.issue(subject_name("A"), key="p256", validity=YEAR).certificate
    revoked = {seal: NOON + timedelta(days=2)}
    early = root.crl(revoked, at=NOON + timedelta(days=1))
    late = root.crl(revoked, at=NOON + timedelta(days=2))
    assert early.get_revoked_certificate_by_serial_number(seal.serial_number) is None
    entry = late.get_revoked_certificate_by_serial_number(seal.serial_number)
    assert entry is not None
    assert entry.revocation_date_utc == NOON + timedelta(days=2)
    assert (
        entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.name
        == "key_compromise"
    )


def test_a_list_is_numbered_dated_and_signed() -> None:
    """Later lists have higher numbers, name their end, and verify with the authority's key."""
    root = _root()
    first = root.crl({}, at=NOON)
    second = root.crl({}, at=NOON + timedelta(seconds=1), lifetime=timedelta(hours=1))
    numbers = [
        each.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        for each in (first, second)
    ]
    assert numbers[0] < numbers[1]
    assert first.next_update_utc == NOON + timedelta(days=30)
    assert second.next_update_utc == NOON + timedelta(hours=1, seconds=1)
    assert second.is_signature_valid(root.credential.certificate.public_key())


def test_an_authority_revokes_only_its_own(pki: DemoPki) -> None:
    """A certificate of another issuer is refused, naming both."""
    with pytest.raises(UsageError, match=r"Demo Root CA.*Demo Sub-CA"):
        pki.root.crl({pki.agency("commune").certificate: NOON}, at=NOON)


def test_a_time_without_its_zone_is_refused() -> None:
    """Validity and lists are never guessed into a zone."""
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(UsageError, match="with its zone"):
        Validity(begin=naive, end=NOON)
    with pytest.raises(UsageError, match="with its zone"):
        _root().crl({}, at=naive)


def test_a_validity_ends_after_it_begins() -> None:
    """An empty or reversed span is refused."""
    with pytest.raises(UsageError, match="expected an end after"):
        Validity(begin=NOON, end=NOON)


def test_a_subject_names_country_agency_code_and_person() -> None:
    """The four attributes stand in the order in which certificates in use have them."""
    name = subject_name("Nguyễn Thị Hoa", organisation="UBND xã An Thạnh", code="000.21.31.H53")
    assert [(part.oid.dotted_string, part.value) for part in name] == [
        ("2.5.4.6", "VN"),
        ("2.5.4.10", "UBND xã An Thạnh"),
        ("2.5.4.97", "000.21.31.H53"),
        ("2.5.4.3", "Nguyễn Thị Hoa"),
    ]
