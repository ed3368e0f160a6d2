"""Keys, and the forms in which a signer's credential leaves the process."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

from docexchange.errors import UsageError
from docexchange.testing import Credential, KeyKind, new_key

if TYPE_CHECKING:
    from docexchange.testing import DemoPki


@pytest.mark.parametrize("kind", sorted({*get_args(KeyKind)} - {"rsa3072", "rsa4096", "ed25519"}))
def test_a_key_has_the_size_its_kind_names(kind: KeyKind) -> None:
    """The digits of the kind are the bits of the key."""
    key = new_key(kind)
    assert hasattr(key, "key_size")
    assert key.key_size == int(kind.removeprefix("rsa").removeprefix("p"))


def test_an_edwards_key_has_the_one_size_there_is() -> None:
    """It makes signatures of 64 octets."""
    key = new_key("ed25519")
    assert isinstance(key, ed25519.Ed25519PrivateKey)
    assert len(key.sign(b"data")) == 64


def test_an_unknown_kind_of_key_is_refused_with_the_list() -> None:
    """The refusal names what was found and what there is."""
    with pytest.raises(UsageError, match=r"p256, p384, p521, ed25519, rsa2048, .* found 'dsa1024'"):
        new_key("dsa1024")  # type: ignore[arg-type]


def test_a_credential_refuses_the_key_of_another(pki: DemoPki) -> None:
    """Certificate and key that do not belong together cannot be held together."""
    with pytest.raises(UsageError, match="the key of another"):
        Credential(
            certificate=pki.agency("commune").certificate,
            private_key=pki.agency("district").private_key,
        )


def test_the_fingerprint_is_the_hash_of_the_der(pki: DemoPki) -> None:
    """``sha256`` is what anyone gets who hashes the certificate file."""
    seal = pki.agency("commune")
    assert seal.sha256 == hashlib.sha256(seal.der).hexdigest()


def test_pem_holds_the_certificate_and_then_its_issuer(pki: DemoPki) -> None:
    """The first certificate of the PEM is the signer's, the second vouches for it."""
    seal = pki.agency("commune")
    first, second = x509.load_pem_x509_certificates(seal.certificate_pem)
    assert first == seal.certificate
    first.verify_directly_issued_by(second)


@pytest.mark.parametrize("password", [None, "mật khẩu"])
def test_the_key_comes_back_from_pem(pki: DemoPki, password: str | None) -> None:
    """What is written with a password, or without, is read with the same."""
    seal = pki.agency("commune")
    secret = password.encode() if password else None
    key = load_pem_private_key(seal.key_pem(password), secret)
    assert key.public_key() == seal.certificate.public_key()


def test_pkcs12_holds_everything_and_asks_for_its_password(pki: DemoPki) -> None:
    """Certificate, key, chain and name come back; a wrong password gets nothing."""
    seal = pki.agency("commune")
    file = seal.pkcs12("demo")
    held = pkcs12.load_pkcs12(file, b"demo")
    assert held.cert is not None
    assert held.cert.friendly_name == "UBND xã An Thạnh".encode()
    assert held.cert.certificate == seal.certificate
    assert held.key is not None
    assert [other.certificate for other in held.additional_certs] == list(seal.chain)
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12(file, b"wrong")


def test_an_empty_password_is_refused(pki: DemoPki) -> None:
    """A file that looks locked and is not would deceive."""
    with pytest.raises(UsageError, match="one or more printable characters"):
        pki.agency("commune").pkcs12("")


def test_a_credential_shows_its_name_and_never_its_key(pki: DemoPki) -> None:
    """The representation is fit for a log."""
    seal = pki.agency("commune")
    assert repr(seal) == f"Credential(name='UBND xã An Thạnh', sha256='{seal.sha256}')"
