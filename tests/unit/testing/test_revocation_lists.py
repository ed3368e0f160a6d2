"""Lists, answers and extensions of the throw-away PKI stand as the standards have them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp

from docexchange.errors import UsageError
from docexchange.testing import (
    Authority,
    OcspResponder,
    RevocationList,
    Validity,
    access,
    freshest,
    names,
    ocsp_responder,
    points,
    policies,
    policy_constraints,
    purposes,
    subject_name,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.testing.extensions import Extra

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = Validity(begin=NOON, end=NOON + 365 * DAY)


def root(**options: Any) -> Authority:
    """An authority."""
    return Authority.root(subject_name("Root"), key="p256", validity=YEAR, crl_uri="", **options)


def issued(by: Authority, extensions: Sequence[Extra] = ()) -> x509.Certificate:
    """A certificate of it."""
    made = by.issue(subject_name("Leaf"), key="p256", validity=YEAR, extensions=extensions)
    return made.certificate


def test_a_delta_says_what_it_is_based_on() -> None:
    """Critically (RFC 5280, 5.2.4), with the list's own number."""
    delta = RevocationList(number=8, base=7).sign(root().credential, at=NOON)
    found = delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    assert (found.critical, found.value.crl_number) == (True, 7)
    assert delta.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 8


def test_a_delta_to_a_list_that_is_not_older_is_refused() -> None:
    """Nobody could have the list it is based on."""
    with pytest.raises(UsageError, match="older"):
        RevocationList(number=7, base=7)


def test_entries_of_an_indirect_list_name_their_issuer() -> None:
    """Critically (5.3.3); the list says critically that it is one (5.2.5)."""
    leaf = issued(root())
    made = RevocationList(revoked={leaf: NOON}, indirect=True).sign(root().credential, at=NOON)
    point = made.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert (point.critical, point.value.indirect_crl) == (True, True)
    entry = made.get_revoked_certificate_by_serial_number(leaf.serial_number)
    assert entry is not None
    issuer = entry.extensions.get_extension_for_class(x509.CertificateIssuer)
    assert issuer.critical
    assert issuer.value.get_values_for_type(x509.DirectoryName) == [leaf.issuer]


def test_a_list_may_say_that_it_keeps_the_expired() -> None:
    """``expiredCertsOnCRL``, as a GeneralizedTime."""
    made = RevocationList(expired_kept_since=NOON).sign(root().credential, at=NOON)
    held = made.extensions.get_extension_for_oid(x509.ObjectIdentifier("2.5.29.60"))
    assert held.value.value == b"\x18\x0f20260302120000Z"


def test_a_cross_certificate_has_the_name_and_key_of_the_other() -> None:
    """And is issued by the one who vouches."""
    one, other = root(), root(path_length=None)
    cross = one.cross_certify(other, validity=YEAR)
    held = other.credential.certificate
    assert (cross.subject, cross.public_key()) == (held.subject, held.public_key())
    cross.verify_directly_issued_by(one.credential.certificate)


def test_what_is_asked_for_stands_in_the_certificate() -> None:
    """Each extension, with the place of its own list instead of the authority's."""
    authority = Authority.root(
        subject_name("Root"), key="p256", validity=YEAR, crl_uri="http://a.example/crl"
    )
    extras = [
        policies("1.2.3"),
        purposes("1.3.6.1.5.5.7.3.36"),
        points("http://b.example/crl"),
        freshest("http://b.example/delta"),
        access(ocsp="http://b.example/ocsp", issuers="http://b.example/ca"),
        names(permitted=[x509.DNSName("vn")]),
        policy_constraints(require_after=0),
    ]
    held = issued(authority, extras).extensions
    for value, critical in extras:
        found = held.get_extension_for_class(type(value))
        assert (found.value, found.critical) == (value, critical)
    plain = issued(authority).extensions.get_extension_for_class(x509.CRLDistributionPoints)
    assert "a.example" in str(plain.value)


def test_a_responder_answers_what_it_is_asked() -> None:
    """Good, then revoked; signed by its delegate; for nobody else's certificates."""
    authority = root()
    leaf = issued(authority)
    delegate = authority.issue(
        subject_name("OCSP"), key="p256", validity=YEAR, extensions=ocsp_responder()
    )
    responder = OcspResponder(issuer=authority.credential, signer=delegate)
    asked = ocsp.OCSPRequestBuilder().add_certificate(
        leaf, authority.credential.certificate, hashes.SHA256()
    )
    question = asked.build().public_bytes(_der())
    good = ocsp.load_der_ocsp_response(responder.answer(question, at=NOON))
    assert (good.certificate_status, good.this_update_utc) == (ocsp.OCSPCertStatus.GOOD, NOON)
    assert good.certificates == [delegate.certificate]
    responder.revoke(leaf, at=NOON - DAY)
    bad = ocsp.load_der_ocsp_response(responder.answer(question, at=NOON))
    assert bad.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert bad.revocation_time_utc == NOON - DAY
    other = OcspResponder(issuer=root().credential)
    stranger = ocsp.load_der_ocsp_response(other.answer(question, at=NOON))
    assert stranger.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    junk = ocsp.load_der_ocsp_response(other.answer(b"junk", at=NOON))
    assert junk.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def _der() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER
