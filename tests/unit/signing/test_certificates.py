"""Certificates as this field reads them."""

from __future__ import annotations

import hashlib
import warnings
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st
from signing_help import COMMUNE, NOW, certify, edit, private_key

from docexchange.signing.certificates import fingerprint, load_der, load_pem_bundle, signatory

if TYPE_CHECKING:
    from docexchange.testing import DemoPki


def test_a_signatory_is_what_the_subject_says(pki: DemoPki) -> None:
    """Name, organisation and agency code, from the certificate alone."""
    leader = pki.leader("commune")
    who = signatory(leader.certificate)
    assert (who.name, who.organization) == ("Nguyễn Thị Hoa", "UBND xã An Thạnh")
    assert who.organ_id == COMMUNE
    assert who.sha256 == fingerprint(leader.der) == leader.sha256
    assert "Demo Sub-CA" in who.issuer
    assert int(who.serial, 16) == leader.certificate.serial_number
    assert who.not_before == NOW - timedelta(days=30)
    assert who.not_after > NOW


@pytest.mark.parametrize("code", ["", "!!", "x" * 60, "VATVN-0100109106"])
def test_a_code_that_is_none_is_no_code(code: str) -> None:
    """What could be a code of somebody's is taken as it stands; it binds nobody by itself."""
    who = signatory(certify("x", code=code).certificate)
    assert (who.organ_id is None) == (code != "VATVN-0100109106")


def test_a_subject_without_names_has_empty_ones() -> None:
    """It is a certificate all the same."""
    key = private_key("p256")
    builder = x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(x509.Name([]))
    certificate = (
        builder.public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    who = signatory(certificate)
    assert (who.name, who.organization, who.organ_id, who.issuer) == ("", "", None, "")


def test_of_two_names_the_first_counts() -> None:
    """As programs show it that list the names of a certificate."""
    names = ["A", "B"]
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name) for name in names])
    key = private_key("p256")
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    certificate = (
        builder.public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    assert signatory(certificate).name == "A"


def test_a_fingerprint_is_sha256_of_the_der(pki: DemoPki) -> None:
    """In lower-case hexadecimal, as directories write it."""
    der = pki.agency("commune").der
    assert fingerprint(der) == hashlib.sha256(der).hexdigest()


def test_a_certificate_is_read_once(pki: DemoPki) -> None:
    """The same octets give the same object."""
    der = pki.agency("commune").der
    assert load_der(der) is load_der(bytes(bytearray(der)))


def test_a_bundle_is_read_in_its_order(pki: DemoPki) -> None:
    """The signer's certificate, then its issuer's; any text between them is skipped."""
    commune = pki.agency("commune")
    pem = commune.certificate_pem.replace(b"-----BEGIN", b"Subject: x\n-----BEGIN")
    assert load_pem_bundle(pem) == (commune.certificate, *commune.chain)
    assert load_pem_bundle(commune.der) == (commune.certificate,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"-----BEGIN CERTIFICATE-----",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
)
def test_what_holds_no_certificate_is_a_value_error(data: bytes) -> None:
    """Callers turn it into an error that names the file."""
    with pytest.raises(ValueError, match=r".+"):
        load_pem_bundle(data)


@pytest.mark.parametrize("form", ["der", "pem"])
@pytest.mark.parametrize("strict", [True, False])
def test_a_certificate_that_breaks_the_rules_is_a_value_error(
    pki: DemoPki,
    form: str,
    strict: bool,  # noqa: FBT001
) -> None:
    """A version, a name, two serial numbers; whether or not warnings are errors."""
    good = pki.leader("district").der
    bad_ones = [
        edit(good, b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"),
        edit(good, b"\x0c\x0bDemo Sub-CA", b"\x03\x0b\x00emo Sub-CA"),
        _with_serial(good, 0),
        _with_serial(good, -5),
    ]
    for bad in bad_ones:
        with warnings.catch_warnings():
            warnings.simplefilter("error" if strict else "ignore")
            with pytest.raises(ValueError, match=r".+"):
                load_pem_bundle(bad if form == "der" else _pem(bad))


def _with_serial(der: bytes, serial: int) -> bytes:
    parsed = asn1_x509.Certificate.load(der)
    parsed["tbs_certificate"]["serial_number"] = serial
    return bytes(parsed.dump(force=True))


def _pem(der: bytes) -> bytes:
    import base64

    text = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n"


@given(st.binary(max_size=200))
def test_random_octets_are_a_value_error(data: bytes) -> None:
    """Never anything else."""
    with pytest.raises(ValueError, match=r".*"):
        load_der(data)
